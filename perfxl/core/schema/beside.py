"""Grey columns of the program's sheets, filled by formulas and never read as data: names that stand beside codes, and
what follows from other columns of the row.

They are no columns of the schema's tables: what says which person, KPI, unit or objective a code is, is the code.
"""

from __future__ import annotations

from perfxl.core.language import Text
from perfxl.core.schema.declare import Column, Table, Type
from perfxl.core.schema.worked import WORKED, Worked

NAMED = {
    "people.person": ("name", Text("姓名", "name")),
    "units.unit": ("name", Text("名称", "name")),
    "kpis.kpi": ("name", Text("名称", "name")),
    "objectives.objective": ("text", Text("内容", "text")),
    "contracts.contract": ("holder", Text("姓名", "name")),
}
"""What a column refers to -> the column of that table that says its name, and what such a name is called. A contract
goes by its holder, who goes by name."""

_HOLDER = Text("受约人", "Holder")


_of_tables: dict[str, dict[str, Column]] = {}


def names_beside(table: Table) -> dict[str, Column]:
    """Column of codes -> the grey column that stands right of it."""
    if table.name not in _of_tables:
        codes = (column for column in table.columns if column.type is Type.REF and column.ref in NAMED)
        _of_tables[table.name] = {column.name: _beside(column) for column in codes}
    return _of_tables[table.name]


def worked_beside(table: Table) -> dict[str, Worked]:
    """Column -> what stands right of it and follows from it and others."""
    return {each.after: each for each in WORKED.get(table.name, ())}


def grey_beside(table: Table) -> dict[str, Column]:
    """Column -> the grey column that stands right of it, whatever fills that."""
    return names_beside(table) | {after: each.column for after, each in worked_beside(table).items()}


def with_grey(table: Table) -> list[tuple[Column, str]]:
    """The columns of the table's sheet in order, the grey ones among them. Behind each column, "" or the column beside
    which it stands."""
    grey, columns = grey_beside(table), list[tuple[Column, str]]()
    for column in table.columns:
        columns.append((column, ""))
        if column.name in grey:
            columns.append((grey[column.name], column.name))
    return columns


def _beside(column: Column) -> Column:
    """工号 -> 姓名, 受约人 -> 受约人姓名, 指标编号 -> 指标名称, 合同编号 -> 受约人姓名."""
    tail = NAMED[column.ref][1]
    said = _HOLDER if column.ref == "contracts.contract" else column.text
    zh = said.zh.removesuffix("编号").removesuffix("工号") + tail.zh
    return Column(f"{column.name}_name", zh, f"{said.en.removesuffix(' ID')} {tail.en}")

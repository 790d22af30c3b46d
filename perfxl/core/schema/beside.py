"""Names that stand beside codes in the program's sheets: grey columns, filled by formulas, never read as data.

They are no columns of the schema's tables: what says which person, KPI, unit or objective a code is, is the code.
"""

from __future__ import annotations

from perfxl.core.language import Text
from perfxl.core.schema.declare import Column, Table, Type

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


def with_names(table: Table) -> list[tuple[Column, str]]:
    """The columns of the table's sheet in order, with the names beside the codes. Behind each column, "" or the column
    whose codes it names."""
    names, columns = names_beside(table), list[tuple[Column, str]]()
    for column in table.columns:
        columns.append((column, ""))
        if column.name in names:
            columns.append((names[column.name], column.name))
    return columns


def _beside(column: Column) -> Column:
    """工号 -> 姓名, 受约人 -> 受约人姓名, 指标编号 -> 指标名称, 合同编号 -> 受约人姓名."""
    tail = NAMED[column.ref][1]
    said = _HOLDER if column.ref == "contracts.contract" else column.text
    zh = said.zh.removesuffix("编号").removesuffix("工号") + tail.zh
    return Column(f"{column.name}_name", zh, f"{said.en.removesuffix(' ID')} {tail.en}")

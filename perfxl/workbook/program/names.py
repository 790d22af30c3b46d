"""What the grey columns of a program's sheets show, names beside codes and what follows from other columns, and the
formulas that work it out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from perfxl.core.cells import column_letter
from perfxl.core.codes import NAMING
from perfxl.core.language import Text
from perfxl.core.records import Records, Tables
from perfxl.core.schema import Column, get
from perfxl.core.schema.beside import NAMED, names_beside, worked_beside
from perfxl.workbook.program.layout import (
    FIRST_ROW,
    REFERENCE_ROWS,
    TableSheet,
    last_row,
    numbered,
    place_of,
    quoted,
    span,
)

MOST_ROWS = 20_000
"""Tables with more rows have no names beside their codes: Excel would look up each whenever it opens the file, and
whoever reads the file would wait for as many cells more."""

# A code is found whether it is a number here and text there; a * in it is no placeholder; T shows no 0 for a blank.
_LOOK_UP = (
    'IF({code}="","",IFERROR(T(INDEX({names},'
    'IFERROR(MATCH(SUBSTITUTE({code},"*","~*"),{codes},0),MATCH(VALUE({code}),{codes},0)))),""))'
)
HINT = Text("由公式带出，不必填写，也不会读取。", "Filled by a formula; leave it: it is not read.")


def formula_name(sheet: TableSheet, beside: str) -> str:
    """The defined name that works out the grey column beside a column: the cells hold nothing else, so that long tables
    stay small."""
    return numbered(f"px_n_{sheet.table.name}_{beside}", sheet.part)


def grey_formula(sheet: TableSheet, beside: str, first: Mapping[str, Sequence[TableSheet]], lang: str) -> str:
    """What that name stands for, of the same row.

    first  the sheets of each table; names are looked up on the first one
    """
    worked = worked_beside(sheet.table)
    if beside not in worked:
        return _name_formula(sheet, beside, first)
    cells = {column.name: _in_row(sheet, column.name) for column in sheet.table.columns}
    return worked[beside].formula(lang).format_map(cells)


def grey_values(records: Records, beside: str, names: NamesOfCodes, lang: str) -> list[Any]:
    """What a grey column shows, row by row; "" where nothing follows."""
    worked = worked_beside(records.table)
    if beside not in worked:
        known = names(records.table.column(beside))
        return [known.get(code, "") for code in records.column(beside)]
    columns = {column.name: records.column(column.name) for column in records.table.columns}
    rows = ({name: values[i] for name, values in columns.items()} for i in range(len(records)))
    return ["" if value is None else value for value in (worked[beside].value(row, lang) for row in rows)]


def _in_row(sheet: TableSheet, column: str) -> str:
    """A column's cell in the row of whatever cell asks: of the name as seen from row 1."""
    return f"{quoted(sheet.title)}!${column_letter(place_of(sheet.table, column))}1"


def _name_formula(sheet: TableSheet, codes: str, first: Mapping[str, Sequence[TableSheet]]) -> str:
    """The code in the same row, looked up."""
    column = sheet.table.column(codes)
    target, key = column.ref.split(".")
    said = NAMED[column.ref][0]
    looked_up = first[target][0]
    last = last_row(max(REFERENCE_ROWS, 2 * len(looked_up.records)))
    shown = place_of(get(target), said) + (said in names_beside(get(target)))
    return _LOOK_UP.format(
        code=_in_row(sheet, codes),
        names=span(looked_up.title, shown, FIRST_ROW, last),
        codes=span(looked_up.title, place_of(get(target), key), FIRST_ROW, last),
    )


class NamesOfCodes:
    """The names of a program's codes, as the formulas find them."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._names: dict[str, Mapping[Any, str]] = {}

    def __call__(self, column: Column) -> Mapping[Any, str]:
        """Code -> what stands beside it in a column that refers to others; of a code that nobody has, nothing."""
        table = column.ref.partition(".")[0]
        if table not in self._names:
            self._names[table] = self._of(table)
        return self._names[table]

    def _of(self, table: str) -> dict[Any, str]:
        records = self._tables.get(table)
        if not records:
            return {}
        key, said = NAMING[table][:2]
        pairs = list(zip(records.column(key), records.column(said), strict=True))
        people = self._of("people") if table == "contracts" else None
        found: dict[Any, str] = {}
        for code, name in pairs:
            shown = people.get(name, "") if people is not None else "" if name is None else str(name)
            found.setdefault(code, shown)
        return found

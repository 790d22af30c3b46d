"""Rows that were read: typed values by canonical column, each with the address it came from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from perfxl.core.cells import column_letter
from perfxl.core.problems import Address
from perfxl.core.schema import Table, get


@dataclass(slots=True)
class Records:
    """The rows of one table, as columns of equal length; None is a blank cell.

    columns  canonical column name -> values (text str, number float, date datetime.date, bool, choice's canonical name)
    rows     sheet row number of each record (1-based), as the file came
    letters  canonical column name -> column letter, as the file came
    percent  canonical column name -> record indices whose cell was typed or formatted as a percentage
    extra    header as typed -> raw values, for columns the schema does not know: kept, never interpreted
    multiplied  canonical column -> record indices of figures that were typed with a word such as 万 and taken as plain
             ones, for the KPI's unit is no multiple
    """

    table: Table
    columns: dict[str, list[Any]] = field(default_factory=dict)
    file: str = ""
    sheet: str = ""
    rows: Sequence[int] = ()
    letters: dict[str, str] = field(default_factory=dict)
    percent: dict[str, set[int]] = field(default_factory=dict)
    extra: dict[str, list[Any]] = field(default_factory=dict)
    multiplied: dict[str, set[int]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()), ()))

    def __repr__(self) -> str:  # a large table would fill a terminal
        return f"<{self.table.name}: {len(self)} rows>"

    def column(self, name: str) -> list[Any]:
        """The values of a column; blanks for a column that the sheet does not hold."""
        values = self.columns.get(name)
        return values if values is not None else [None] * len(self)

    def record(self, i: int) -> dict[str, Any]:
        """One row as {column: value}, blanks for columns the sheet does not hold."""
        columns = self.columns
        return {c.name: columns[c.name][i] if c.name in columns else None for c in self.table.columns}

    def records(self) -> Iterator[dict[str, Any]]:
        """All rows, as `record` gives them."""
        return (self.record(i) for i in range(len(self)))

    def address(self, i: int, column: str = "") -> Address:
        """The cell of row i; where the sheet has no such column, the row's first known cell."""
        letter = self.letters.get(column) or next(iter(self.letters.values()), "")
        cell = f"{letter}{self.rows[i]}" if i < len(self.rows) and letter else ""
        return Address(self.file, self.sheet, cell)


@dataclass(slots=True)
class Gathered(Records):
    """Rows gathered from other records: several sheets of one table, or a contract sheet taken apart.

    origins  for each row the records and the index it came from, which is where it is addressed
    names    canonical column -> column of the origin, where they differ
    """

    origins: Sequence[tuple[Records, int]] = ()
    names: Mapping[str, str] = field(default_factory=dict)

    def address(self, i: int, column: str = "") -> Address:
        """The cell where the row came from."""
        origin, at = self.origins[i]
        return origin.address(at, self.names.get(column, column))


def join_parts(parts: Sequence[Records]) -> Records:
    """One table from its parts, in order; each row keeps its address. `file`, `sheet` and `letters` are the first's."""
    if len(parts) == 1:
        return parts[0]
    first = parts[0]
    names = [column.name for column in first.table.columns if any(column.name in part.columns for part in parts)]
    extras = dict.fromkeys(name for part in parts for name in part.extra)
    whole = Gathered(
        first.table,
        {name: [value for part in parts for value in part.column(name)] for name in names},
        first.file,
        first.sheet,
        [row for part in parts for row in part.rows],
        dict(first.letters),
        extra={name: [v for part in parts for v in part.extra.get(name, [None] * len(part))] for name in extras},
        origins=[(part, i) for part in parts for i in range(len(part))],
    )
    start = 0
    for part in parts:
        for into, marks in ((whole.percent, part.percent), (whole.multiplied, part.multiplied)):
            for name, marked in marks.items():
                into.setdefault(name, set()).update(start + i for i in marked)
        start += len(part)
    return whole


Tables = Mapping[str, Records]
"""The tables of one program by canonical name; a table the workbook does not hold is absent."""


def empty(table: str) -> Records:
    """The table with all its columns and no rows."""
    declared = get(table)
    return Records(declared, {column.name: [] for column in declared.columns})


def from_rows(table: str, rows: Sequence[Mapping[str, Any]], file: str = "", sheet: str = "") -> Records:
    """Records from dicts (tests, small tables), addressed as `from_columns` does.

    Raises: KeyError for a column that the schema does not declare."""
    declared = get(table)
    for row in rows:
        for name in row:
            declared.column(name)
    return from_columns(
        table, {column.name: [row.get(column.name) for row in rows] for column in declared.columns}, file, sheet
    )


def from_columns(table: str, columns: dict[str, list[Any]], file: str = "", sheet: str = "") -> Records:
    """Records from columns of equal length, addressed as `perfxl new` would lay them out (header row 3, data from
    row 4)."""
    declared = get(table)
    rows = len(next(iter(columns.values()), ()))
    letters = {column.name: column_letter(i) for i, column in enumerate(declared.columns)}
    return Records(declared, columns, file, sheet or declared.zh, range(4, 4 + rows), letters)

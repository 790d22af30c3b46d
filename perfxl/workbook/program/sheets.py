"""Which sheets a table fills: one, or as many as it needs where a sheet has too few rows for its records."""

from __future__ import annotations

from typing import Any, NamedTuple

from perfxl.core.records import Records
from perfxl.core.schema import Table
from perfxl.workbook import layout


class Sheet(NamedTuple):
    """One sheet of a table: its title, which of the table's sheets it is (from 1 on), and the records it holds."""

    table: Table
    title: str
    part: int
    records: Records


def sheets_of(table: Table, records: Records | None, lang: str) -> list[Sheet]:
    """The table's sheets in order; the reader joins them again, since their headers and names are the same."""
    records = Records(table) if records is None else records
    room = layout.SHEET_ROWS - layout.FIRST_ROW
    title = table.title(lang)
    first, *further = range(0, max(len(records), 1), room)
    sheets = [Sheet(table, title, 1, _cut(records, first, room) if further else records)]
    for part, start in enumerate(further, 2):
        sheets.append(Sheet(table, f"{title} ({part})", part, _cut(records, start, room)))
    return sheets


def _cut(records: Records, start: int, count: int) -> Records:
    """Some of the records, without the addresses they came from: they are written, not judged."""
    stop = start + count

    def of_columns(columns: dict[str, list[Any]]) -> dict[str, list[Any]]:
        return {name: values[start:stop] for name, values in columns.items()}

    percent = {name: {i - start for i in marked if start <= i < stop} for name, marked in records.percent.items()}
    return Records(records.table, of_columns(records.columns), percent=percent, extra=of_columns(records.extra))

"""Where things stand in a program workbook: which sheets a table fills, in which rows, and the names by which they are
found again after edits."""

from __future__ import annotations

from typing import Any, NamedTuple

from perfxl.core.cells import column_letter
from perfxl.core.language import Text
from perfxl.core.records import Records
from perfxl.core.schema import Table
from perfxl.core.schema.beside import with_grey

# Zero-based rows of every table's sheet: title, help line, headers, first record.
TITLE_ROW, HELP_ROW, HEADER_ROW, FIRST_ROW = range(4)

SHEET_ROWS = 1_048_576  # what a sheet holds; a table with more records goes on in a further sheet

INDEX_SHEETS = Text("目录", "Index")
LISTS_SHEET = "_lists"  # hidden; holds what the dropdowns offer

# Rows below the records that are ready for entry (formats, dropdowns) and that dropdown names reach.
READY_ROWS = 5_000
REFERENCE_ROWS = 10_000


def last_row(records: int) -> int:
    """The zero-based row of the last of so many records, or of the last that fits the sheet."""
    return min(FIRST_ROW + records, SHEET_ROWS) - 1


def table_name(table: str, part: int = 1) -> str:
    """The workbook-wide name of a table's range, headers included: survives renamed sheets and moved columns. Each
    sheet of a table that fills several has a name of its own. px_ alone would give the table methods the name of the
    function PX_METHODS: names know no case."""
    return numbered(f"perfxl_table_{table}", part)


def list_object_name(table: str, part: int = 1) -> str:
    """The name of Excel's own table object; it may not equal a defined name."""
    return numbered(f"t_{table}", part)


def list_name(what: str) -> str:
    """The name of the range that a dropdown offers."""
    return f"px_list_{what}"


def place_of(table: Table, column: str) -> int:
    """Where on its sheet a column of the table stands, from 0: names beside codes stand between."""
    return next(at for at, (each, of) in enumerate(with_grey(table)) if not of and each.name == column)


def quoted(sheet: str) -> str:
    """A sheet's name as formulas and links spell it."""
    escaped = sheet.replace("'", "''")
    return f"'{escaped}'"


def span(sheet: str, column: int, first: int, last: int) -> str:
    """One column's rows as an absolute reference; rows are zero-based."""
    letter = column_letter(column)
    return f"{quoted(sheet)}!${letter}${first + 1}:${letter}${last + 1}"


def numbered(name: str, part: int) -> str:
    """A name of one of the sheets that a table fills."""
    return name if part == 1 else f"{name}_{part}"


class TableSheet(NamedTuple):
    """One sheet of a table: its title, which of the table's sheets it is (from 1 on), and the records it holds."""

    table: Table
    title: str
    part: int
    records: Records


def sheets_of(table: Table, records: Records | None, lang: str) -> list[TableSheet]:
    """The table's sheets in order; the reader joins them again, since their headers and names are the same."""
    records = Records(table) if records is None else records
    room = SHEET_ROWS - FIRST_ROW
    title = table.title(lang)
    first, *further = range(0, max(len(records), 1), room)
    sheets = [TableSheet(table, title, 1, _cut(records, first, room) if further else records)]
    for part, start in enumerate(further, 2):
        sheets.append(TableSheet(table, f"{title} ({part})", part, _cut(records, start, room)))
    return sheets


def _cut(records: Records, start: int, count: int) -> Records:
    """Some of the records, without the addresses they came from: they are written, not judged."""
    stop = start + count

    def of_columns(columns: dict[str, list[Any]]) -> dict[str, list[Any]]:
        return {name: values[start:stop] for name, values in columns.items()}

    percent = {name: {i - start for i in marked if start <= i < stop} for name, marked in records.percent.items()}
    return Records(records.table, of_columns(records.columns), percent=percent, extra=of_columns(records.extra))

"""Where things stand in a program workbook, and the names by which they are found again after edits."""

from __future__ import annotations

from perfxl.core.cells import column_letter

# Zero-based rows of every table's sheet: title, help line, headers, first record.
TITLE_ROW, HELP_ROW, HEADER_ROW, FIRST_ROW = range(4)

SHEET_ROWS = 1_048_576  # what a sheet holds; a table with more records goes on in a further sheet

INDEX_SHEETS = {"zh": "目录", "en": "Index"}
LISTS_SHEET = "_lists"  # hidden; holds what the dropdowns offer

# Rows below the records that are ready for entry (formats, dropdowns) and that dropdown names reach.
READY_ROWS = 5_000
REFERENCE_ROWS = 10_000


def last_row(records: int) -> int:
    """The zero-based row of the last of so many records, or of the last that fits the sheet."""
    return min(FIRST_ROW + records, SHEET_ROWS) - 1


def table_name(table: str, part: int = 1) -> str:
    """The workbook-wide name of a table's range, headers included: survives renamed sheets and moved columns. Each
    sheet of a table that fills several has a name of its own."""
    return _numbered(f"px_{table}", part)


def list_object_name(table: str, part: int = 1) -> str:
    """The name of Excel's own table object; it may not equal a defined name."""
    return _numbered(f"t_{table}", part)


def list_name(what: str) -> str:
    """The name of the range that a dropdown offers."""
    return f"px_list_{what}"


def quoted(sheet: str) -> str:
    """A sheet's name as formulas and links spell it."""
    escaped = sheet.replace("'", "''")
    return f"'{escaped}'"


def span(sheet: str, column: int, first: int, last: int) -> str:
    """One column's rows as an absolute reference; rows are zero-based."""
    letter = column_letter(column)
    return f"{quoted(sheet)}!${letter}${first + 1}:${letter}${last + 1}"


def _numbered(name: str, part: int) -> str:
    return name if part == 1 else f"{name}_{part}"

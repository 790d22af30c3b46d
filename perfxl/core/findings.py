"""Reading a table's rows and reporting on them: what everything that judges tables starts from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from perfxl.core.problems import Problem, Text, problem
from perfxl.core.records import Book, Records
from perfxl.core.tables import get


def finding(code: str, records: Records, i: int, column: str, **details: Any) -> Problem:
    """A problem at one cell, with the value that stands there."""
    return problem(
        code,
        records.address(i, column),
        table=records.table.name,
        column=column,
        value=cell(records, i, column),
        **details,
    )


def place(records: Records, i: int, column: str) -> str:
    """Sheet and cell for a message about another cell of the same file: 组织!A6."""
    address = records.address(i, column)
    return f"{address.sheet}!{address.cell}" if address.cell else address.sheet


def cell(records: Records, i: int, column: str) -> Any:
    held = records.columns.get(column)
    return held[i] if held else None


def rows_of(book: Book, table: str) -> Records | None:
    """The table, unless the workbook does not hold it or nobody has filled it in: people start small."""
    records = book.get(table)
    return records if records else None


def columns_of(records: Records, *names: str) -> Iterator[tuple[Any, ...]]:
    """(i, value, value, ...) for each row."""
    return zip(range(len(records)), *(records.column(name) for name in names), strict=True)


def table_text(table: str) -> Text:
    return Text(get(table).zh, get(table).en)


def column_text(table: str, column: str) -> Text:
    declared = get(table).column(column)
    return Text(declared.zh, declared.en)

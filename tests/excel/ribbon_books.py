"""A small program as the ribbon sees it: as a file, and as a workbook open in Excel's object model."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from perfxl.core.schema import Table, get
from perfxl.ribbon.file_book import FileBook
from perfxl.ribbon.live_book import LiveBook
from perfxl.ribbon.running import run
from tests.core import clean_program
from tests.excel import com_excel


def write_broken(folder: Path) -> Path:
    """A small program with some errors: a weight that is far too large, a rating missing, a date that is none."""
    broken = clean_program.rows(
        clean_program.put("contract_lines", 0, weight=95.0),
        clean_program.put("people", 1, name="=1+1"),
        clean_program.put("contract_lines", 9, target="很多"),
    )
    return write_sheets(folder / "方案.xlsx", broken)


def write_sheets(path: Path, tables: Mapping[str, list[dict[str, Any]]]) -> Path:
    """Tables as sheets without any look."""
    options = {"strings_to_formulas": False, "default_date_format": "yyyy-mm-dd"}
    with xlsxwriter.Workbook(path, options) as workbook:
        for table, rows in tables.items():
            sheet = workbook.add_worksheet(get(table).zh)
            for at, row in enumerate(_sheet(get(table), rows)):
                sheet.write_row(at, 0, row)
    return path


def _sheet(table: Table, rows: list[dict[str, Any]]) -> list[list[Any]]:
    columns = [column for column in table.columns if any(row.get(column.name) is not None for row in rows)]
    return [[column.zh for column in columns], *([row.get(column.name) for column in columns] for row in rows)]


def open_file(path: Path, chosen: Path | None = None) -> FileBook:
    return FileBook(path, chosen=chosen)


def open_live(path: Path, chosen: Path | None = None) -> LiveBook:
    return LiveBook(com_excel.workbook(path, chosen))


both = pytest.mark.parametrize("opened", [open_file, open_live])
Opened = Callable[..., Any]


def click(name: str, book: Any, lang: str = "zh", ticked: Collection[str] = ()) -> str:
    return run(f"px.{name}", book, lang, ticked)


def titles(book: Any) -> set[str]:
    if isinstance(book, FileBook):
        return set(book._book.sheetnames)
    return {str(sheet.Name) for sheet in book._book.Worksheets}


def cell_value(book: Any, sheet: str, cell: str) -> Any:
    if isinstance(book, FileBook):
        return book._book[sheet][cell].value
    return book._book.Worksheets(sheet).Range(cell).Value

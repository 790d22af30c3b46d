"""Pages of results as sheets of an .xlsx file: of a copy of the program, or of a workbook of their own."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from perfxl.disk import real
from perfxl.outputs import replacing
from perfxl.ribbon.open_book import HEADER_ROW, FileLink, Link, Page, PageColumn, Value, quoted

_LINE = 15.0  # points
_HEADER, _INK, _LINK = "344054", "FFFFFF", "175CD3"


def write_pages(path: Path, pages: Sequence[Page], source: str) -> Path:
    """A workbook of pages made from the program in the file `source`. Raises: OSError."""
    book = Workbook()
    assert book.active is not None
    book.remove(book.active)
    for page in pages:
        write_page(book.create_sheet(page.sheet), page)
    with replacing(path, "check", source) as temporary:
        book.save(temporary)
    return path


def write_page(sheet: Worksheet, page: Page) -> None:
    """Fills an empty sheet with a page."""
    sheet["A1"], sheet["A2"] = page.title, page.about
    sheet["A1"].font = Font(size=18, bold=True)
    for at, column in enumerate(page.columns, 1):
        cell = sheet.cell(HEADER_ROW, at)
        _set(cell, column.header)
        cell.font, cell.fill = Font(bold=True, color=_INK), PatternFill("solid", start_color=_HEADER)
        cell.alignment = Alignment(horizontal="right" if column.number else "left")
        sheet.column_dimensions[get_column_letter(at)].width = column.width
    for at, row in enumerate(page.rows, HEADER_ROW + 1):
        for place, (value, declared) in enumerate(zip(row, page.columns, strict=True), 1):
            _fill_in(sheet.cell(at, place), value, declared)
        sheet.row_dimensions[at].height = _LINE * max(map(_lines, row, page.columns))
    for at, colour in enumerate(page.colours, HEADER_ROW + 1):
        sheet.cell(at, 1).fill = PatternFill("solid", start_color=colour)
    sheet.freeze_panes = f"A{HEADER_ROW + 1}"
    sheet.sheet_view.showGridLines = False
    if page.for_printing:
        _set_up_printing(sheet)
    sheet.auto_filter.ref = f"A{HEADER_ROW}:{get_column_letter(len(page.columns))}{HEADER_ROW + len(page.rows)}"


def _set_up_printing(sheet: Worksheet) -> None:
    """As wide as the paper, the header on each page, page numbers."""
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "portrait", sheet.PAPERSIZE_A4
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.page_margins.left = sheet.page_margins.right = 0.5  # inches
    sheet.print_title_rows = f"1:{HEADER_ROW}"
    if sheet.oddFooter:
        sheet.oddFooter.center.text = "&P / &N"


def _fill_in(cell: Any, value: Value, column: PageColumn) -> None:
    cell.alignment = Alignment(vertical="top", wrap_text=not column.number)
    if isinstance(value, Link | FileLink):
        if isinstance(value, FileLink):
            cell.hyperlink = real(value.path).as_uri()
        else:
            cell.hyperlink = Hyperlink(ref=cell.coordinate)
        cell.hyperlink.location = quoted(value.to) if value.to else None
        cell.font = Font(color=_LINK, underline="single")
        value = value.text
    _set(cell, value)
    if column.number:
        cell.number_format = column.number


def _lines(value: Value, column: PageColumn) -> int:
    """How many lines a text takes in its column, where Chinese characters are two wide."""
    text = value.text if isinstance(value, Link | FileLink) else value
    if not isinstance(text, str):
        return 1
    width = sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
    return max(1, math.ceil(width / (column.width - 1)))


def _set(cell: Any, value: str | float | None) -> None:
    cell.value = value
    if isinstance(value, str):  # never a formula, whatever it begins with
        cell.data_type = "s"

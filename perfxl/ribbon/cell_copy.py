"""A plain copy of a workbook that is open in Excel, cell by cell through COM: of one that is saved encrypted, with a
password of its own or by the company, which no other program can read from a file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import xlsxwriter

from perfxl.core.cells import a1
from perfxl.ooxml.mark import PROPERTY
from perfxl.tables.grid import is_own

_ZIP = b"PK"
_ENDINGS = (".xlsx", ".xlsm")
_VISIBLE = -1
_VISIBLE_CELLS = 12
_ERRORS = {2000: "#NULL!", 2007: "#DIV/0!", 2015: "#VALUE!", 2023: "#REF!", 2029: "#NAME?", 2036: "#NUM!", 2042: "#N/A"}
_ERROR = -2146828288  # how COM hands over the first one
_GENERAL = "General"


def is_readable(path: Path) -> bool:
    """Whether a copy that Excel has saved is what its ending says: an encrypted one is not."""
    if path.suffix.lower() not in _ENDINGS:
        return True
    with path.open("rb") as file:
        return file.read(2) == _ZIP


def copy_cells(workbook: Any, path: Path) -> None:
    """Writes what the workbook's cells hold: values and formulas with their results, number formats, merged cells,
    hidden rows and sheets, the day that its dates count from, and the mark by which a result is known."""
    options = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    options["date_1904"] = bool(getattr(workbook, "Date1904", False))
    with xlsxwriter.Workbook(str(path.with_suffix(".xlsx")), options) as copy:
        mark = _mark(workbook)
        if mark:
            copy.set_custom_property(PROPERTY, mark)
        for sheet in workbook.Worksheets:
            if is_own(str(sheet.Name)):  # what perfxl put there is no data
                continue
            written = copy.add_worksheet(str(sheet.Name))
            if sheet.Visible != _VISIBLE:
                written.hide()
            _copy_sheet(copy, sheet, written)
    if path.suffix.lower() != ".xlsx":
        path.with_suffix(".xlsx").replace(path)


class _Block(NamedTuple):
    """Cells of a range, counted within it."""

    top: int
    left: int
    height: int
    width: int


def _copy_sheet(copy: Any, sheet: Any, written: Any) -> None:
    used = sheet.UsedRange
    top, left = used.Row - 1, used.Column - 1
    whole = _Block(0, 0, used.Rows.Count, used.Columns.Count)
    values, formulas = _rows(used.Value2), _rows(used.Formula)
    formats = {_GENERAL: None}
    for block, number_format in _formats(used, whole):
        if number_format not in formats:
            formats[number_format] = copy.add_format({"num_format": number_format})
        for row in range(block.top, block.top + block.height):
            for column in range(block.left, block.left + block.width):
                cell, place = (values[row][column], formulas[row][column]), (top + row, left + column)
                _write(written, *place, *cell, formats[number_format])
    for row, column, height, width in _merged(sheet, used, whole):
        first = values[row][column]
        written.merge_range(top + row, left + column, top + row + height - 1, left + column + width - 1, "")
        if first is not None:
            _write(written, top + row, left + column, first, formulas[row][column], None)
    for row in sorted(set(range(top, top + whole.height)) - _visible_rows(used)):
        written.set_row(row, None, None, {"hidden": True})


def _write(written: Any, row: int, column: int, value: Any, formula: Any, shown: Any) -> None:
    error = _ERRORS.get(value - _ERROR) if isinstance(value, int) and not isinstance(value, bool) else None
    if isinstance(formula, str) and formula[:1] == "=" and formula != value:
        written.write_formula(row, column, formula, shown, error if error else "" if value is None else value)
    elif error:
        written.write_formula(row, column, f"={error}", shown, error)
    elif isinstance(value, bool):
        written.write_boolean(row, column, value, shown)
    elif isinstance(value, int | float):
        written.write_number(row, column, value, shown)
    elif isinstance(value, str) and value:
        written.write_string(row, column, value, shown)


def _formats(used: Any, block: _Block) -> Iterator[tuple[_Block, str]]:
    """The number formats, in as few questions as it takes: Excel names one for a range where all its cells have it."""
    first = a1(used.Row - 1 + block.top, used.Column - 1 + block.left)
    last = a1(used.Row + block.top + block.height - 2, used.Column + block.left + block.width - 2)
    common = used.Worksheet.Range(f"{first}:{last}").NumberFormat
    if isinstance(common, str):
        yield block, common
    elif block.width > 1:
        half = block.width // 2
        yield from _formats(used, block._replace(width=half))
        yield from _formats(used, block._replace(left=block.left + half, width=block.width - half))
    else:
        half = block.height // 2
        yield from _formats(used, block._replace(height=half))
        yield from _formats(used, block._replace(top=block.top + half, height=block.height - half))


def _visible_rows(used: Any) -> set[int]:
    """The rows of a range that show, from 0; Excel raises where none does."""
    rows: set[int] = set()
    if used.Rows.Count * used.Columns.Count == 1:  # of a lone cell it takes the whole sheet
        return {used.Row - 1}
    with suppress(Exception):
        for area in used.SpecialCells(_VISIBLE_CELLS).Areas:
            rows.update(range(area.Row - 1, area.Row - 1 + area.Rows.Count))
    return rows


def _merged(sheet: Any, used: Any, whole: _Block) -> Iterator[tuple[int, int, int, int]]:
    """Merged cells: row, column, height, width within the range."""
    if used.MergeCells is False:
        return
    for row in range(whole.height):
        at = used.Row - 1 + row
        of_row = sheet.Range(f"{a1(at, used.Column - 1)}:{a1(at, used.Column + whole.width - 2)}")
        if of_row.MergeCells is False:
            continue
        for column in range(whole.width):
            cell = sheet.Range(a1(at, used.Column - 1 + column))
            if cell.MergeCells:
                area = cell.MergeArea
                if (area.Row, area.Column) == (at + 1, used.Column + column):
                    yield row, column, area.Rows.Count, area.Columns.Count


def _mark(workbook: Any) -> str:
    """The property by which a result is known; blank where there is none."""
    with suppress(Exception):  # COM has no name for what is not there
        return str(workbook.CustomDocumentProperties(PROPERTY).Value)
    return ""


def _rows(cells: Any) -> Any:
    """A lone cell comes bare."""
    return cells if isinstance(cells, tuple) else ((cells,),)

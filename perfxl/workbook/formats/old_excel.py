"""Workbooks of Excel 5 to 2003 and of old WPS (.xls, .et): BIFF, read by xlrd, which knows formats and merges too."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from typing import Any

import xlrd
from xlrd.compdoc import CompDocError

from perfxl.core.cells import column_letter
from perfxl.ooxml.package import PackageError
from perfxl.workbook.formats.cells import GENERAL, BookWriter, ErrorText, Value
from perfxl.workbook.program.layout import quoted

_RECORD, _CELL = struct.Struct("<HH"), struct.Struct("<HH")  # kind and size of a record; row and column of a cell
_BEGIN, _END = (0x0009, 0x0209, 0x0409, 0x0809), 0x000A  # of a sheet's records
_FORMULA = (0x0006, 0x0206, 0x0406)
_TEXT, _AREA = 1, -1  # kinds of what a name stands for (xlrd.formula.oSTRG, oREF)

# What xlrd raises where a file breaks off or contradicts itself.
_BROKEN = (
    CompDocError,
    struct.error,
    AssertionError,
    AttributeError,
    IndexError,
    KeyError,
    TypeError,
    ValueError,  # text that is not of its code page among them
    OverflowError,
    MemoryError,
    RecursionError,
    NotImplementedError,
)


def write_old_excel(data: bytes, book: BookWriter) -> None:
    """Hands the cells of an .xls on; formulas give the value stored last.

    Raises: PackageError.
    """
    try:
        source = xlrd.open_workbook(
            file_contents=data, formatting_info=True, ragged_rows=True, on_demand=True, logfile=io.StringIO()
        )
        book.since_1904 = bool(source.datemode)
        for at, name in enumerate(source.sheet_names()):
            _write_sheet(source, at, name, book)
            book.formulas[name] = set(_formula_cells(source, at))
            source.unload_sheet(at)
        _define_names(source, book)
    except xlrd.XLRDError as error:
        reason = "encrypted" if "encrypted" in str(error).lower() else "damaged"
        raise PackageError(reason, book.file) from None
    except _BROKEN:
        raise book.damaged() from None


def _define_names(source: Any, book: BookWriter) -> None:
    """Hands the names of the whole workbook on that stand for an area or a text."""
    titles = source.sheet_names()
    for name in source.name_obj_list:
        found: Any = name.result if name.scope == -1 else None
        if found is None or found.value is None:
            continue
        if found.kind == _TEXT:
            book.define(name.name, '"{}"'.format(str(found.value).replace('"', '""')))
        elif found.kind == _AREA and len(found.value) == 1:
            sheet, end, top, bottom, left, right = found.value[0].coords
            if 0 <= sheet < len(titles) and end == sheet + 1:
                first, last = (f"${column_letter(c)}${r}" for c, r in ((left, top + 1), (right - 1, bottom)))
                book.define(name.name, f"{quoted(titles[sheet])}!{first}:{last}")


def _write_sheet(source: Any, at: int, name: str, book: BookWriter) -> None:
    sheet = source.sheet_by_index(at)
    writer = book.sheet(name, hidden=sheet.visibility != 0)
    for top, bottom, left, right in sheet.merged_cells:
        writer.merge((top, left, bottom - 1, right - 1))
    for row in range(sheet.nrows):
        info = sheet.rowinfo_map.get(row)
        writer.row(row, _cells(source, sheet, row), hidden=bool(info and info.hidden))


def _cells(source: Any, sheet: Any, row: int) -> Iterator[tuple[int, Value, str]]:
    types, values = sheet.row_types(row), sheet.row_values(row)
    for column, (kind, value) in enumerate(zip(types, values, strict=True)):
        if kind in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK) or value == "":
            continue
        if kind == xlrd.XL_CELL_ERROR:
            yield column, ErrorText(xlrd.error_text_from_code.get(value, "#VALUE!")), GENERAL
        elif kind == xlrd.XL_CELL_BOOLEAN:
            yield column, bool(value), GENERAL
        elif kind == xlrd.XL_CELL_TEXT:
            yield column, value, GENERAL
        else:
            yield column, _plain_number(value), _format(source, sheet.cell_xf_index(row, column))


def _formula_cells(source: Any, at: int) -> Iterator[tuple[int, int]]:
    """The cells of a sheet that hold a formula, by the records of the file; xlrd gives their values alone."""
    data, place, depth = source.mem, source._sh_abs_posn[at], 0
    while place + _RECORD.size <= len(data):
        kind, size = _RECORD.unpack_from(data, place)
        place += _RECORD.size
        if kind in _BEGIN:
            depth += 1
        elif kind == _END:
            depth -= 1
            if not depth:
                return
        elif kind in _FORMULA and depth == 1 and size >= _CELL.size:
            yield _CELL.unpack_from(data, place)
        place += size


def _plain_number(value: float) -> float:
    """Whole numbers as Excel writes them."""
    return int(value) if value.is_integer() and abs(value) < 2**53 else value


def _format(source: Any, style: int) -> str:
    code = source.format_map[source.xf_list[style].format_key].format_str
    return GENERAL if code.lower() == "general" else str(code)

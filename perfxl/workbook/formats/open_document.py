"""Spreadsheets of OpenDocument (.ods): values, formats as far as they say what a number is, merges, what is hidden."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import IO, cast

from lxml import etree

from perfxl.ooxml.package import Package
from perfxl.ooxml.xml import Element
from perfxl.workbook.formats.cells import (
    DAY,
    GENERAL,
    MAX_COLUMNS,
    MAX_ROWS,
    MOMENT,
    PERCENT,
    SPAN,
    BookWriter,
    ErrorText,
    SheetWriter,
    Value,
    serial_day,
)
from perfxl.workbook.program.layout import quoted

_ODF = "urn:oasis:names:tc:opendocument:xmlns:"
_TABLE, _OFFICE, _TEXT, _STYLE, _NUMBER = (
    f"{{{_ODF}{name}:1.0}}" for name in ("table", "office", "text", "style", "datastyle")
)
_CALC = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"
_SPAN = re.compile(r"(-?)PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:[.,]\d+)?)S)?")
_ERROR = re.compile(r"#(?:DIV/0!|N/A|NAME\?|NULL!|NUM!|REF!|VALUE!)")
_AREA = re.compile(
    r"\$?('(?:[^']|'')+'|[^'.$:]+)\.\$?([A-Z]{1,3})\$?(\d{1,7})"
    r"(?::(?:\$?(?:'(?:[^']|'')+'|[^'.$:]+))?\.\$?([A-Z]{1,3})\$?(\d{1,7}))?"
)
_CONSTANT = re.compile(r'"[^"]*"')
_NOT_CONTENT = {f"{_OFFICE}annotation", f"{_TEXT}note", f"{_TEXT}ruby-text"}
_BREAKS = {f"{_TEXT}tab": "\t", f"{_TEXT}line-break": "\n"}


def write_open_document(package: Package, book: BookWriter) -> None:
    """Hands the cells of an .ods on; formulas give the value stored last. Raises: PackageError."""
    styles = _Styles()
    try:
        common = package.find("styles.xml")
        if common:
            styles.add(etree.fromstring(package.part(common), _parser()))
        pieces = cast(IO[bytes], _Pieces(package.pieces(package.main)))
        sheet: _Sheet | None = None
        found = False
        for event, element in etree.iterparse(pieces, ("start", "end"), **_SAFE):
            tag = element.tag
            if tag == f"{_TABLE}table" and _is_sheet(element):
                sheet = _Sheet(element, styles, book) if event == "start" else None
                found = True
                if event == "end":
                    element.clear()
            elif event == "start":
                continue
            elif tag == f"{_OFFICE}automatic-styles":
                styles.add(element)
            elif sheet and tag == f"{_TABLE}table-column" and sheet.owns(element):
                sheet.add_column(element)
            elif sheet and tag == f"{_TABLE}table-row" and sheet.owns(element):
                sheet.add_row(element)
                element.clear()
            elif tag == f"{_TABLE}named-expressions" and _is_sheet(element):
                _define_names(element, book)
    except (etree.XMLSyntaxError, ValueError):
        raise book.damaged() from None
    if not found:
        raise package.error("other_format", format="ods")


_SAFE = {"resolve_entities": False, "no_network": True, "load_dtd": False, "remove_comments": True, "remove_pis": True}


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)


def _define_names(names: Element, book: BookWriter) -> None:
    """Hands the names of the whole document on that stand for an area or a text."""
    for element in names:
        name = element.get(f"{_TABLE}name", "")
        area = _AREA.fullmatch(element.get(f"{_TABLE}cell-range-address", ""))
        text = element.get(f"{_TABLE}expression", "").removeprefix("of:").removeprefix("=")
        if area:
            title = area[1][1:-1].replace("''", "'") if area[1].startswith("'") else area[1]
            last = f":${area[4]}${area[5]}" if area[4] else ""
            book.define(name, f"{quoted(title)}!${area[2]}${area[3]}{last}")
        elif _CONSTANT.fullmatch(text):
            book.define(name, text)


class _Pieces:
    """A part as a file that is read from its start."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces

    def read(self, size: int = -1) -> bytes:
        return next(self._pieces, b"")


class _Styles:
    """The number formats of cell styles, as codes."""

    def __init__(self) -> None:
        self._codes: dict[str, str] = {}  # number format -> code
        self._cells: dict[str, tuple[str, str]] = {}  # cell style -> number format, parent
        self.hidden_tables: set[str] = set()

    def add(self, root: Element) -> None:
        for element in root.iter():
            name = element.get(f"{_STYLE}name", "")
            if element.tag == f"{_STYLE}style":
                self._cells[name] = (
                    element.get(f"{_STYLE}data-style-name", ""),
                    element.get(f"{_STYLE}parent-style-name", ""),
                )
                shown = element.find(f"{_STYLE}table-properties")
                if shown is not None and shown.get(f"{_TABLE}display") == "false":
                    self.hidden_tables.add(name)
            elif element.tag == f"{_STYLE}default-style" and element.get(f"{_STYLE}family") == "table-cell":
                self._cells[""] = element.get(f"{_STYLE}data-style-name", ""), ""
            elif isinstance(element.tag, str) and element.tag.startswith(_NUMBER) and name:
                self._codes[name] = _code(element)

    def code(self, style: str) -> str:
        """The number format of a cell style or of the nearest one that it comes from."""
        for _ in range(10):
            format, parent = self._cells.get(style, ("", ""))
            if format or not style:
                return self._codes.get(format, GENERAL)
            style = parent
        return GENERAL


def _code(element: Element) -> str:
    """Excel's format for what matters of an OpenDocument number format: percentages, and padded numbers."""
    if element.tag == f"{_NUMBER}percentage-style":
        return PERCENT
    if element.tag != f"{_NUMBER}number-style":
        return GENERAL
    code = ""
    for part in element:
        if part.tag == f"{_NUMBER}text":
            code += '"{}"'.format((part.text or "").replace('"', "")) if part.text else ""
        elif part.tag == f"{_NUMBER}number":
            digits = int(part.get(f"{_NUMBER}min-integer-digits", "0"))
            if int(part.get(f"{_NUMBER}decimal-places", "0")) or part.get(f"{_NUMBER}grouping") == "true":
                return GENERAL
            code += "0" * min(digits, 30) or "#"
    return GENERAL if code in ("", "0", "#") else code


class _Sheet:
    """A table of the document: rows in their order, with what its columns say."""

    def __init__(self, element: Element, styles: _Styles, book: BookWriter) -> None:
        self._element, self._styles, self._book = element, styles, book
        hidden = element.get(f"{_TABLE}style-name", "") in styles.hidden_tables
        name = element.get(f"{_TABLE}name", "")
        self._writer: SheetWriter = book.sheet(name, hidden)
        self._formulas = book.formulas.setdefault(name, set())
        self._calculated: set[int] = set()  # columns of the row that is read
        self._columns: list[tuple[int, str]] = []  # up to which column, the style of its cells
        self._at = 0

    def owns(self, element: Element) -> bool:
        """Whether a row or column is the sheet's own, not of a table within a cell."""
        return next(element.iterancestors(f"{_TABLE}table"), None) is self._element

    def add_column(self, element: Element) -> None:
        before = self._columns[-1][0] if self._columns else 0
        end = min(before + _repeat(element, "columns"), MAX_COLUMNS)
        self._columns.append((end, element.get(f"{_TABLE}default-cell-style-name", "")))

    def add_row(self, row: Element) -> None:
        self._calculated.clear()
        cells = list(self._cells(row))
        times = _repeat(row, "rows")
        hidden = row.get(f"{_TABLE}visibility", "visible") != "visible" or any(
            group.get(f"{_TABLE}display") == "false" for group in row.iterancestors(f"{_TABLE}table-row-group")
        )
        if not cells and not (hidden and times < MAX_ROWS // 2):
            self._at += times
            return
        if times * max(len(cells), 1) > MAX_ROWS:  # no table says the same so often
            self._book.count(cells=times * max(len(cells), 1) * 10)
        for _ in range(times):
            self._writer.row(self._at, cells, hidden)
            self._formulas.update((self._at, column) for column in self._calculated)
            self._at += 1

    def _cells(self, row: Element) -> Iterator[tuple[int, Value, str]]:
        column, own = 0, row.get(f"{_TABLE}default-cell-style-name", "")
        for cell in row:
            if cell.tag not in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
                continue
            times = _repeat(cell, "columns")
            self._merge(cell, column)
            style = cell.get(f"{_TABLE}style-name") or own or self._column_style(column)
            found = _value(cell, self._styles.code(style))
            if found is not None:
                if column + times > MAX_COLUMNS:
                    self._book.count(cells=MAX_COLUMNS * MAX_ROWS)
                if cell.get(f"{_TABLE}formula"):
                    self._calculated.update(range(column, column + times))
                for each in range(column, column + times):
                    yield each, *found
            column += times

    def _merge(self, cell: Element, column: int) -> None:
        across = int(cell.get(f"{_TABLE}number-columns-spanned", "1"))
        down = int(cell.get(f"{_TABLE}number-rows-spanned", "1"))
        if across > 1 or down > 1:
            last = min(self._at + down, MAX_ROWS) - 1, min(column + across, MAX_COLUMNS) - 1
            self._writer.merge((self._at, column, *last))

    def _column_style(self, column: int) -> str:
        return next((style for end, style in self._columns if column < end), "")


def _is_sheet(element: Element) -> bool:
    parent = element.getparent()
    return parent is not None and parent.tag == f"{_OFFICE}spreadsheet"


def _repeat(element: Element, what: str) -> int:
    return max(int(element.get(f"{_TABLE}number-{what}-repeated", "1")), 1)


def _value(cell: Element, code: str) -> tuple[Value, str] | None:
    """Value and format of a cell; None for a blank one."""
    kind, stored = cell.get(f"{_OFFICE}value-type", ""), cell.get(f"{_OFFICE}value", "")
    if cell.get(f"{_CALC}value-type") == "error":
        text = _shown(cell)
        return ErrorText(text if _ERROR.fullmatch(text) else "#VALUE!"), GENERAL
    if kind in ("float", "currency", "percentage"):
        number = float(stored)
        plain = int(number) if number.is_integer() and abs(number) < 2**53 else number
        return plain, PERCENT if kind == "percentage" else code
    if kind == "boolean":
        return cell.get(f"{_OFFICE}boolean-value") == "true", GENERAL
    if kind == "date":
        written = cell.get(f"{_OFFICE}date-value", "")
        serial = serial_day(datetime.fromisoformat(written))
        return (written, GENERAL) if serial is None else (serial, MOMENT if "T" in written else DAY)
    if kind == "time":
        span = _SPAN.fullmatch(cell.get(f"{_OFFICE}time-value", ""))
        if span is None:
            raise ValueError(kind)
        hours, minutes, seconds = (float((part or "0").replace(",", ".")) for part in span.groups()[1:])
        return (hours * 3600 + minutes * 60 + seconds) / 86400 * (-1 if span[1] else 1), SPAN
    text = cell.get(f"{_OFFICE}string-value") or _shown(cell)
    return (text, GENERAL) if text else None


def _shown(cell: Element) -> str:
    return "\n".join(_text(line) for line in cell.iterchildren(f"{_TEXT}p", f"{_TEXT}h"))


def _text(element: Element) -> str:
    pieces = [element.text or ""]
    for child in element:
        if child.tag in _BREAKS:
            pieces.append(_BREAKS[child.tag])
        elif child.tag == f"{_TEXT}s":
            pieces.append(" " * min(int(child.get(f"{_TEXT}c", "1")), 1000))
        elif isinstance(child.tag, str) and child.tag not in _NOT_CONTENT:
            pieces.append(_text(child))
        pieces.append(child.tail or "")
    return "".join(pieces)

"""Web pages that a system saved as .xls: the tables of the page below one another, as Excel shows them. The same rule
as for text files says what is a number, unless the page marks a cell as text. XML of Excel 2003 is read likewise."""

from __future__ import annotations

import re
from datetime import datetime

from lxml import etree, html

from perfxl.ooxml.package import PackageError
from perfxl.ooxml.xml import Element
from perfxl.workbook.formats.cells import (
    GENERAL,
    MOMENT,
    PERCENT,
    BookWriter,
    ErrorText,
    SheetWriter,
    Value,
    serial_day,
)
from perfxl.workbook.formats.plain_text import decode, read_value

_SHEET = "Sheet1"
_AS_TEXT = re.compile(r"mso-number-format\s*:\s*[\"']?\\?@", re.IGNORECASE)
_NOT_SHOWN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_CLASS_AS_TEXT = re.compile(r"\.([\w-]+)\s*\{[^}]*mso-number-format\s*:\s*[\"']?\\?@", re.IGNORECASE)
_CHARSET = re.compile(rb"(?:charset|encoding)\s*=\s*[\"']?([\w-]+)", re.IGNORECASE)
_CHINESE = {"gb2312": "gb18030", "gbk": "gb18030"}
_MOST_SPAN = 1000  # columns or rows of one cell
_EXCEL_2003 = "urn:schemas-microsoft-com:office:spreadsheet"
_HEAD = 4096


def write_web_page(data: bytes, book: BookWriter) -> None:
    """Hands the tables of a web page on, or the sheets of XML of Excel 2003.

    Raises: PackageError; the format "web" where there is no table.
    """
    text = _decoded(data, book)
    if _EXCEL_2003 in text[:_HEAD]:
        _write_excel_2003(text, book)
        return
    try:
        page = html.document_fromstring(
            text.encode("utf-8", "replace"), parser=html.HTMLParser(encoding="utf-8", no_network=True)
        )
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        raise book.damaged() from None
    tables = [table for table in page.iter("table") if not any(True for _ in table.iterancestors("table"))]
    if not tables:
        raise PackageError("other_format", book.file, format="web")
    as_text = frozenset(_CLASS_AS_TEXT.findall("".join(style.text or "" for style in page.iter("style"))))
    sheet, below = book.sheet(_SHEET), 0
    for table in tables:
        below = _write_table(table, as_text, sheet, below) + 1


def _decoded(data: bytes, book: BookWriter) -> str:
    """By the encoding that the page states, else as text files are."""
    stated = _CHARSET.search(data[:_HEAD])
    if stated and not data.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        name = stated[1].decode().lower()
        try:
            return data.decode(_CHINESE.get(name, name))
        except (LookupError, UnicodeDecodeError):
            pass
    decoded = decode(data)
    if decoded is None:
        raise book.damaged()
    return decoded[0]


def _write_table(table: Element, as_text: frozenset[str], sheet: SheetWriter, first: int) -> int:
    """Writes a table from row `first` on, and gives the row after it."""
    busy: dict[int, int] = {}  # column -> the first row in which it is free again
    at = first
    for row in table.iter("tr"):
        if next(row.iterancestors("table")) is not table:
            continue
        cells, column = [], 0
        for cell in row:
            if cell.tag not in ("td", "th"):
                continue
            while busy.get(column, 0) > at:
                column += 1
            across, down = _span(cell, "colspan"), _span(cell, "rowspan")
            sheet.merge((at, column, at + down - 1, column + across - 1))
            busy.update(dict.fromkeys(range(column, column + across), at + down))
            shown = _text(cell)
            if shown:
                cells.append((column, *_value(cell, shown, as_text)))
            column += across
        sheet.row(at, cells, hidden=bool(_NOT_SHOWN.search(row.get("style", ""))))
        at += 1
    return at


def _span(cell: Element, name: str) -> int:
    given = cell.get(name, "1").strip()
    return min(max(int(given), 1), _MOST_SPAN) if given.isdecimal() and len(given) < 6 else 1


def _text(cell: Element) -> str:
    """As a browser shows it: spaces count once, <br> and paragraphs begin a line."""
    for element in cell.iter("br", "p", "div", "li"):
        if element.tag == "br":
            element.tail = "\n" + (element.tail or "").lstrip()
        elif element.getprevious() is not None:
            element.text = "\n" + (element.text or "").lstrip()
    pieces = "".join(str(text) for text in cell.itertext()).split("\n")
    return "\n".join(" ".join(piece.split()) for piece in pieces).strip()


def _value(cell: Element, shown: str, as_text: frozenset[str]) -> tuple[Value, str]:
    stored = cell.get("x:num") or cell.get("num") or ""
    if stored:
        value, code = read_value(stored)
        if not isinstance(value, str):
            return value, PERCENT if shown.endswith(("%", "％")) else code
    marked = _AS_TEXT.search(cell.get("style", "")) or as_text & set(cell.get("class", "").split())
    if marked or "x:str" in cell.attrib:
        return shown, GENERAL
    return read_value(shown)


def _write_excel_2003(text: str, book: BookWriter) -> None:
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise PackageError("unsafe", book.file, what="dtd")
    source = re.sub(r"^\ufeff?\s*<\?xml[^>]*\?>", "", text).encode()
    try:
        root = etree.fromstring(source, etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True))
        formats = {
            style.get(_ss("ID"), ""): (style.find(_ss("NumberFormat")).get(_ss("Format"), ""))  # type: ignore[union-attr]
            for style in root.iter(_ss("Style"))
            if style.find(_ss("NumberFormat")) is not None
        }
        for worksheet in root.iter(_ss("Worksheet")):
            options = worksheet.find("{urn:schemas-microsoft-com:office:excel}WorksheetOptions")
            hidden = options is not None and options.find("{*}Visible") is not None
            sheet = book.sheet(worksheet.get(_ss("Name"), _SHEET), hidden)
            _write_rows(worksheet, formats, sheet)
    except (etree.XMLSyntaxError, ValueError):
        raise book.damaged() from None


def _write_rows(worksheet: Element, formats: dict[str, str], sheet: SheetWriter) -> None:
    at = 0
    for row in worksheet.iter(_ss("Row")):
        at = int(row.get(_ss("Index"), at + 1)) - 1
        cells, column = [], 0
        for cell in row.iter(_ss("Cell")):
            column = int(cell.get(_ss("Index"), column + 1)) - 1
            across, down = int(cell.get(_ss("MergeAcross"), "0")), int(cell.get(_ss("MergeDown"), "0"))
            sheet.merge((at, column, at + down, column + across))
            data = cell.find(_ss("Data"))
            if data is not None and (shown := "".join(map(str, data.itertext()))):
                code = formats.get(cell.get(_ss("StyleID"), ""), "")
                cells.append((column, *_stored(data.get(_ss("Type"), "String"), shown, code)))
            column += across + 1
        sheet.row(at, cells, hidden=row.get(_ss("Hidden")) == "1")
        at += 1 + int(row.get(_ss("Span"), "0"))


def _stored(kind: str, shown: str, code: str) -> tuple[Value, str]:
    if kind == "Number":
        return float(shown), PERCENT if code == "Percent" else "" if code.isalpha() else code
    if kind == "Boolean":
        return shown == "1", GENERAL
    if kind == "Error":
        return ErrorText(shown), GENERAL
    if kind == "DateTime":
        serial = serial_day(datetime.fromisoformat(shown))
        return (shown, GENERAL) if serial is None else (serial, MOMENT)
    return shown, GENERAL


def _ss(name: str) -> str:
    return f"{{{_EXCEL_2003}}}{name}"

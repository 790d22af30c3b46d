"""Sheets streamed row by row: 100,000 lines of formulas need neither cell objects nor a second pass.

Rows are XML as the file holds it, made while it is written: bytes, which take half the room of a text with Chinese in
it, and half the time to be put together. What stands around them (widths, conditional formats, print set-up) stays
XlsxWriter's. Text goes in as inline strings, so it can never become a formula or a link.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import cache, lru_cache
from itertools import islice
from math import isfinite
from operator import add

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from perfxl.core.cells import a1, column_letter
from perfxl.core.values.dates import serial
from perfxl.ooxml.text import escape, inline_string, quote_attribute
from perfxl.workbook.style import ROW_HEIGHT
from perfxl.workbook.writing import PartWriter

_MOST_LINKS = 65_530  # Excel's limit for a sheet
_AT_ONCE = 20  # rows, or blocks of them: a row alone takes as long to be written as to be made
# What follows a cell's address in its element; see `row`.
Tail = bytes
Cells = Mapping[int, Tail]


class RowSheet(Worksheet):
    """A sheet whose rows come from `stream`, called once while the file is written; `links` are internal
    hyperlinks, cell -> place, and may grow until the rows are written."""

    stream: Callable[[], Iterable[bytes]]
    corner: tuple[int, int]
    links: dict[str, str]
    more_formats = ""
    """Conditional formats beside XlsxWriter's, as XML."""

    def fill(self, stream: Callable[[], Iterable[bytes]], last_row: int, last_column: int) -> None:
        self.stream, self.corner, self.links = stream, (last_row, last_column), {}

    def _write_dimension(self) -> None:
        self._xml_empty_tag("dimension", [("ref", f"A1:{a1(*self.corner)}")])

    def _write_sheet_data(self) -> None:
        self._xml_start_tag("sheetData")
        rows = iter(self.stream())
        while some := list(islice(rows, _AT_ONCE)):
            written = b"".join(some)
            self.fh.write(written if isinstance(self.fh, PartWriter) else written.decode())
        self._xml_end_tag("sheetData")

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        """XlsxWriter looks for each of 130 functions that Excel got later; perfxl uses none of them, and the list of
        everybody has a thousand conditional formats."""
        return formula.removeprefix("=")

    def _write_conditional_formats(self) -> None:
        super()._write_conditional_formats()
        self.fh.write(self.more_formats)

    def _write_hyperlinks(self) -> None:
        if not self.links:
            return
        self._xml_start_tag("hyperlinks")
        for cell, place in islice(self.links.items(), _MOST_LINKS):
            self.fh.write(f'<hyperlink ref="{cell}" location={quote_attribute(place)}/>')
        self._xml_end_tag("hyperlinks")


def row(number: int, cells: Cells, height: float = ROW_HEIGHT, outline: int = 0, folded: bool = False) -> bytes:
    """One row from zero-based columns, in ascending order; `number` is one-based. Of an outline, its level, and whether
    it is folded away."""
    at = b"%d" % number
    inside = b"".join([_start(column) + at + tail for column, tail in cells.items()])
    fold = (f' outlineLevel="{outline}"' if outline else "") + (' hidden="1"' if folded else "")
    return b'<row r="%s" ht="%a" customHeight="1"%s>%s</row>' % (at, height, fold.encode(), inside)


def whole_row(number: int, tails: Sequence[Tail], height: float = ROW_HEIGHT) -> bytes:
    """A row whose cells stand side by side from the first column on, as `row` gives it, in less time."""
    at = b"%d" % number
    inside = at.join(map(add, (b"", *tails), _starts(len(tails))))
    return b'<row r="%s" ht="%a" customHeight="1">%s</row>' % (at, height, inside)


@cache
def _starts(count: int) -> tuple[bytes, ...]:
    """What stands before the row's number in each cell; nothing after the last."""
    return (*map(_start, range(count)), b"")


@cache
def _start(column: int) -> bytes:
    return f'<c r="{column_letter(column)}'.encode()


def blank(look: Format) -> Tail:
    """A blank cell."""
    return b'" s="%d"/>' % look._get_xf_index()


def text(value: str, look: Format) -> Tail:
    """A cell of text, blank where there is none."""
    if not value:
        return blank(look)
    return f'" s="{look._get_xf_index()}" t="inlineStr">{inline_string(value)}</c>'.encode()


def number(value: float | date, look: Format) -> Tail:
    """A number or a date; blank where it is not finite."""
    figure = serial(value) if isinstance(value, date) else float(value)
    return b'" s="%d"><v>%s</v></c>' % (look._get_xf_index(), _figure(figure)) if isfinite(figure) else blank(look)


def formula(written: str, value: float | str, look: Format) -> Tail:
    """A formula that was made ready by `escaped`, without "=", and the value it holds; "" for none."""
    if isinstance(value, str):
        return f'" s="{look._get_xf_index()}" t="str"><f>{written}</f><v>{escape(value)}</v></c>'.encode()
    shown = _figure(float(value)) if isfinite(value) else b""
    kind = b"" if shown else b' t="str"'
    return b'" s="%d"%s><f>%s</f><v>%s</v></c>' % (look._get_xf_index(), kind, written.encode(), shown)


ROW = "\0"
"""Stands for the row's number in the tails of cells that are the same in many rows."""
ROW_IN_XML = ROW.encode()


class FormulaAnywhere:
    """A formula with ROW for its row, in one look, made ready once: `holding` gives the cell of a value."""

    def __init__(self, written: str, look: Format) -> None:
        style, inside = look._get_xf_index(), f"><f>{escape(written)}</f><v>"
        self._number, self._text = f'" s="{style}"{inside}'.encode(), f'" s="{style}" t="str"{inside}'.encode()

    def holding(self, value: float | str) -> Tail:
        """As `formula` gives it."""
        if isinstance(value, str):
            return b"%s%s</v></c>" % (self._text, escape(value).encode())
        return b"%s%s</v></c>" % ((self._number, _figure(value)) if isfinite(value) else (self._text, b""))


def escaped(written: str) -> str:
    """A formula as XML holds it."""
    return escape(written)


@lru_cache(10_000)
def _figure(value: float) -> bytes:
    return (repr(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)).encode()

"""Sheets streamed row by row: 100,000 lines of formulas need neither cell objects nor a second pass.

Rows are XML text, made while the file is written; what stands around them (widths, conditional formats, print set-up)
stays XlsxWriter's. Text goes in as inline strings, so it can never become a formula or a link.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from itertools import islice
from math import isfinite
from operator import add

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from perfxl.core.cells import a1, column_letter
from perfxl.core.values.dates import serial
from perfxl.ooxml.text import escape, inline_string, quote_attribute
from perfxl.workbook.style import ROW_HEIGHT

_MOST_LINKS = 65_530  # Excel's limit for a sheet
_AT_ONCE = 200  # rows: each alone takes as long to be written as to be made
# What follows a cell's address in its element; see `row`.
Tail = str
Cells = Mapping[int, Tail]


class RowSheet(Worksheet):
    """A sheet whose rows come from `stream`, called once while the file is written; `links` are internal
    hyperlinks, cell -> place, and may grow until the rows are written."""

    stream: Callable[[], Iterable[str]]
    corner: tuple[int, int]
    links: dict[str, str]
    more_formats = ""
    """Conditional formats beside XlsxWriter's, as XML."""

    def fill(self, stream: Callable[[], Iterable[str]], last_row: int, last_column: int) -> None:
        self.stream, self.corner, self.links = stream, (last_row, last_column), {}

    def _write_dimension(self) -> None:
        self._xml_empty_tag("dimension", [("ref", f"A1:{a1(*self.corner)}")])

    def _write_sheet_data(self) -> None:
        self._xml_start_tag("sheetData")
        rows = iter(self.stream())
        while some := list(islice(rows, _AT_ONCE)):
            self.fh.write("".join(some))
        self._xml_end_tag("sheetData")

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


def row(number: int, cells: Cells, height: float = ROW_HEIGHT, outline: int = 0, folded: bool = False) -> str:
    """One row from zero-based columns, in ascending order; `number` is one-based. Of an outline, its level, and whether
    it is folded away."""
    inside = "".join([f'<c r="{column_letter(column)}{number}{tail}' for column, tail in cells.items()])
    fold = (f' outlineLevel="{outline}"' if outline else "") + (' hidden="1"' if folded else "")
    return f'<row r="{number}" ht="{height}" customHeight="1"{fold}>{inside}</row>'


def whole_row(number: int, tails: Sequence[Tail], height: float = ROW_HEIGHT) -> str:
    """A row whose cells stand side by side from the first column on, as `row` gives it, in less time."""
    at = str(number)
    inside = at.join(map(add, ("", *tails), _starts(len(tails))))
    return f'<row r="{at}" ht="{height}" customHeight="1">{inside}</row>'


@cache
def _starts(count: int) -> tuple[str, ...]:
    """What stands before the row's number in each cell; nothing after the last."""
    return (*(f'<c r="{column_letter(column)}' for column in range(count)), "")


def blank(look: Format) -> Tail:
    """A blank cell."""
    return f'" s="{look._get_xf_index()}"/>'


def text(value: str, look: Format) -> Tail:
    """A cell of text, blank where there is none."""
    if not value:
        return blank(look)
    return f'" s="{look._get_xf_index()}" t="inlineStr">{inline_string(value)}</c>'


def number(value: float | date, look: Format) -> Tail:
    """A number or a date; blank where it is not finite."""
    figure = serial(value) if isinstance(value, date) else float(value)
    return f'" s="{look._get_xf_index()}"><v>{_figure(figure)}</v></c>' if isfinite(figure) else blank(look)


def formula(written: str, value: float | str, look: Format) -> Tail:
    """A formula that was made ready by `escaped`, without "=", and the value it holds; "" for none."""
    if isinstance(value, str):
        return f'" s="{look._get_xf_index()}" t="str"><f>{written}</f><v>{escape(value)}</v></c>'
    shown = _figure(float(value)) if isfinite(value) else ""
    kind = "" if shown else ' t="str"'
    return f'" s="{look._get_xf_index()}"{kind}><f>{written}</f><v>{shown}</v></c>'


ROW = "\0"
"""Stands for the row's number in the tails of cells that are the same in many rows."""


class FormulaAnywhere:
    """A formula with ROW for its row, in one look, made ready once: `holding` gives the cell of a value."""

    def __init__(self, written: str, look: Format) -> None:
        style, inside = look._get_xf_index(), f"><f>{escape(written)}</f><v>"
        self._number, self._text = f'" s="{style}"{inside}', f'" s="{style}" t="str"{inside}'

    def holding(self, value: float | str) -> Tail:
        """As `formula` gives it."""
        if isinstance(value, str):
            return f"{self._text}{escape(value)}</v></c>"
        return f"{self._number}{_figure(value)}</v></c>" if isfinite(value) else f"{self._text}</v></c>"


def escaped(written: str) -> str:
    """A formula as XML holds it."""
    return escape(written)


def _figure(value: float) -> str:
    return repr(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)

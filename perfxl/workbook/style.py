"""The look of every workbook perfxl writes: fonts, colours, cell formats, text widths."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from fractions import Fraction
from functools import cache
from math import ceil
from typing import Any, NamedTuple

from xlsxwriter import Workbook
from xlsxwriter.format import Format

from perfxl.core.language import Text

FONTS = Text("微软雅黑", "Calibri")
FONT_SIZE = 10
ROW_HEIGHT, LINE_HEIGHT = 20.0, 15.0
_NARROWER = 0.92  # text is a little narrower than its count of digits' widths
_GREATEST_HEIGHT = 409.0  # Excel's limit

PAGE_OF_PAGES = Text("第 &P 页，共 &N 页", "Page &P of &N")  # in a footer

INK, MUTED, LINE, PAPER, LINK = "#262626", "#6B7280", "#D0D5DD", "#FFFFFF", "#1F5FBF"
INPUT, RESULT = "#FFF9E5", "#EEF0F2"  # fills: to be typed in, computed

DATE_FORMAT = "yyyy-mm-dd"
TEXT_FORMAT = "@"


class Stage(NamedTuple):
    """The two shades of a stage of the yearly cycle: tab, title and required headers; optional headers."""

    deep: str
    pale: str


STAGES: dict[str, Stage] = {
    "setup": Stage("#475467", "#E4E7EC"),
    "design": Stage("#1F5FBF", "#DCE8FA"),
    "contract": Stage("#2E7D4F", "#DDF0E4"),
    "results": Stage("#B85C00", "#FBE8D3"),
    "follow_up": Stage("#6941A5", "#EAE2F6"),
}


class Formats:
    """Cell formats of one workbook, each made once."""

    def __init__(self, workbook: Workbook, lang: str) -> None:
        self._workbook = workbook
        self._base = {"font_name": FONTS(lang), "font_size": FONT_SIZE, "font_color": INK, "valign": "vcenter"}
        self._made: dict[tuple[tuple[str, Any], ...], Format] = {}

    def __call__(self, **properties: Any) -> Format:
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            self._made[key] = self._workbook.add_format({**self._base, **properties})
        return self._made[key]

    def bordered(self, **properties: Any) -> Format:
        return self(border=1, border_color=LINE, **properties)


def text_width(text: str) -> int:
    """Width in column units: Chinese characters and full-width signs count double; of several lines, the longest."""
    return max(len(line) if line.isascii() else sum(map(_char_width, line)) for line in text.split("\n"))


def fitting_width(texts: Iterable[str], least: float, most: float) -> float:
    """A column width that shows the texts, within limits; what is longer wraps."""
    widest = max(map(text_width, texts), default=0) + 3
    return min(max(widest, least), most)


def figure_format(value: float | Fraction) -> str:
    """The number format of a figure of any size: as many decimals as tell something. None leaves decimals out by #,
    which would leave the point alone behind a whole number: "15." """
    if value == int(value):
        return "#,##0"
    return "#,##0.00" if not -1 < value < 1 else "0.0000"


def row_height(text: str, width: float) -> float:
    """The height of a row that shows the text wrapped in a column of this width."""
    if 2 * len(text) < width - 2 and "\n" not in text:
        return ROW_HEIGHT
    lines = sum(max(1, ceil(_NARROWER * text_width(line) / max(1.0, width - 2))) for line in text.split("\n"))
    return min(ROW_HEIGHT + LINE_HEIGHT * (lines - 1), _GREATEST_HEIGHT)


@cache
def _char_width(char: str) -> int:
    return 2 if unicodedata.east_asian_width(char) in "WFA" else 1

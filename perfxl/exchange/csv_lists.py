"""Lists as .csv that Excel, WPS and Word read rightly, in which no text can become a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

__all__ = ["as_csv", "from_csv"]

_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")  # with which a spreadsheet begins a formula
_AS_TEXT = "'"


def as_csv(rows: Iterable[Sequence[str | int]]) -> bytes:
    """With the mark by which Excel knows UTF-8."""
    out = io.StringIO()
    csv.writer(out).writerows(
        [_AS_TEXT + str(each) if str(each).startswith(_FORMULA_SIGNS) else each for each in row] for row in rows
    )
    return out.getvalue().encode("utf-8-sig")


def from_csv(content: bytes) -> list[list[str]]:
    """The rows, as they were given to `as_csv`, also where Excel has saved the list again."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030", "replace")
    return [[_meant(each) for each in row] for row in csv.reader(io.StringIO(text, newline=""))]


def _meant(text: str) -> str:
    return text[1:] if text.startswith(_AS_TEXT) and text[1:].startswith(_FORMULA_SIGNS) else text

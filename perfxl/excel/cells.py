"""Cells as spreadsheet programs send them and as they take them back, and the failure of a worksheet function: an error
value in the cell, and the reason that PX_WHY tells.

Excel through COM sends floats, text, booleans, None for a blank cell, datetimes (or serial numbers), decimals for
currency cells, a bare int for an error cell, -2147352572 for an argument left out, and a range of one row flat or
nested. xlwings Lite sends JavaScript's null and dicts for errors, Calc empty text and nothing for errors.
Here a cell is float, str, bool, date or None; an error cell is its text ("#N/A"), which no rule reads as a number.
A range is a list of rows of equal length, cut to the cells that are used; blank cells in it are "", as in a file.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from itertools import zip_longest
from math import isfinite
from typing import Any, TypeAlias

from perfxl.core.problems import Problem, problem
from perfxl.core.values.dates import serial

Cell: TypeAlias = "float | str | bool | date | None"
Rows: TypeAlias = "list[list[Any]]"

MISSING = -2147352572
"""COM's DISP_E_PARAMNOTFOUND."""


class CellError(StrEnum):
    """An Excel error value. A result holds it as this text; each host turns the text into its own error."""

    VALUE = "#VALUE!"  # the input cannot be used
    NUM = "#NUM!"  # the rule gives no number
    NA = "#N/A"  # there is no such thing
    DIV0 = "#DIV/0!"
    REF = "#REF!"
    NAME = "#NAME?"
    NULL = "#NULL!"


class Failure(Exception):
    """Raised by a worksheet function that has no answer; the registry makes it an error value."""

    def __init__(self, problems: Problem | Sequence[Problem], error: CellError = CellError.VALUE) -> None:
        self.problems = (problems,) if isinstance(problems, Problem) else tuple(problems)
        self.error = error
        super().__init__("; ".join(about.code for about in self.problems))


def failure(name: str, error: CellError = CellError.VALUE, *, value: Any = None, **details: Any) -> Failure:
    """A failure with one reason, by its name in the catalogue."""
    return Failure(problem(name, value=value, **details), error)


class BlankOrZero(float):
    """A zero that may have been a blank cell: all that Calc tells of a single one. No rule may take it for either."""


# Error cells as COM sends them: the value of xlErr..., offset by 0x800A0000.
_ERRORS = {
    2000: CellError.NULL,
    2007: CellError.DIV0,
    2015: CellError.VALUE,
    2023: CellError.REF,
    2029: CellError.NAME,
    2036: CellError.NUM,
    2042: CellError.NA,
}
_ERROR_BASE = -2146828288
_LAST_ERROR = 2100  # newer ones, such as #SPILL! (2045), have no text that all hosts know: #VALUE! stands for them


def argument(raw: Any) -> Any:
    """A cell, or rows of cells where a range of more than one cell was given; None where nothing was given."""
    if not isinstance(raw, list | tuple):
        return cell(raw)
    cells = rows(raw)
    if len(cells) == 1 and len(cells[0]) == 1:
        return cells[0][0]
    return cells or None


def rows(raw: Any) -> Rows:
    """Rows of equal length without the blank rows and columns at the end; none where nothing was given."""
    if not isinstance(raw, list | tuple):
        value = cell(raw)
        return [] if value is None else [[value]]
    nested = raw if raw and isinstance(raw[0], list | tuple) else [raw]
    used = nested[: _used(nested)]
    # Column by column, since most hold one kind of cell throughout: a table of 80,000 cells takes milliseconds.
    columns = [_column(column) for column in zip_longest(*used)]
    while columns and columns[-1].count("") == len(used):
        columns.pop()
    return list(map(list, zip(*columns, strict=True)))


def cell(raw: Any) -> Any:
    """One cell."""
    kind = type(raw)
    if kind is float:
        return raw if raw == raw else None
    if kind is str:
        return raw if raw else None
    if raw is None or kind is bool:
        return raw
    return _other(raw)


def result(value: Any) -> Rows:
    """Rows of what every host can show: numbers, text, booleans, and error values as their text; blanks are ""."""
    if not isinstance(value, list):
        return [[_shown(value)]]
    if not value:
        return [[""]]
    return [[_shown(cell) for cell in row] for row in value]


def spell_cell(value: Any) -> str:
    """A cell in a sentence."""
    return f"{value:.15g}" if isinstance(value, float) else str(value)


_PLAIN = {float, str, bool, type(None)}


_MOST = 10**308  # no spreadsheet holds more


def _other(raw: Any) -> Any:
    if isinstance(raw, float):
        return raw if raw == raw else None
    if isinstance(raw, int):
        return _integer(raw)
    if isinstance(raw, Decimal):  # currency cells
        return float(raw)
    if isinstance(raw, datetime):
        # Also pywin32's own, which carries a time zone; Excel's day 0 is a bare time of day.
        return raw.date() if raw.time() == time.min else datetime(*raw.timetuple()[:6])
    if isinstance(raw, date):
        return raw
    if isinstance(raw, dict):  # Office.js: {"type": "Error", "basicValue": "#N/A", ...}, or a formatted number
        return cell(raw.get("basicValue")) if raw.get("type") != "Error" else _error_text(raw.get("basicValue"))
    if type(raw).__name__ in ("JsNull", "JsUndefined", "NAType", "NaTType"):
        return None
    return str(raw)


def _integer(raw: int) -> Any:
    if raw == MISSING:
        return None
    if _ERROR_BASE + 2000 <= raw <= _ERROR_BASE + _LAST_ERROR:
        return str(_ERRORS.get(raw - _ERROR_BASE, CellError.VALUE))
    return float(raw) if abs(raw) < _MOST else str(CellError.NUM)


def _error_text(text: Any) -> str:
    return str(text) if text in set(CellError) else str(CellError.VALUE)


def _used(nested: Sequence[Sequence[Any]]) -> int:
    """How many rows there are up to the last that holds anything; a column of a million blanks is passed quickly."""
    for at in range(len(nested) - 1, -1, -1):
        row = nested[at]
        if row.count(None) + row.count("") < len(row) and any(cell(value) is not None for value in row):
            return at + 1
    return 0


def _column(raw: tuple[Any, ...]) -> Sequence[Any]:
    kinds = set(map(type, raw))
    if float in kinds and not isfinite(sum(value for value in raw if type(value) is float)):
        kinds.add(object)  # a NaN is a blank
    if kinds <= _PLAIN:
        return raw if type(None) not in kinds else ["" if value is None else value for value in raw]
    return ["" if value is None else value for value in map(cell, raw)]


def _shown(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, float):
        return value if value == value and abs(value) != float("inf") else str(CellError.NUM)
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if isinstance(value, date):
        return _day(value)
    return str(value) if isinstance(value, CellError) else value


def _day(value: date) -> float:
    """Excel's serial number; a time of day is its fraction."""
    if not isinstance(value, datetime):
        return serial(value)
    seconds = value.hour * 3600 + value.minute * 60 + value.second
    return serial(value.date()) + seconds / 86400

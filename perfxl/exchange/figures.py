"""How figures look in the workbooks that go out: in percent where their KPI is, and with few decimals."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any

from perfxl.core.values.dates import serial
from perfxl.core.values.numbers import show_number
from perfxl.workbook.template import DATES, Figure

__all__ = ["FORMATS", "figure", "result"]

PERCENTS = ("0%", "0.0%", "0.00%")
"""Number formats for KPIs in percent, by decimals."""
ROUNDED = "#,##0.00"
"""For figures that have more decimals than anybody reads: targets of a month."""
FORMATS = (*PERCENTS, ROUNDED, DATES)

_DECIMALS = 2


def result(value: Any, percent: bool, day: bool) -> Any:
    """What a formula gives, a figure or a text in its place, so that what it gives later looks like a figure, too.

    day  of a KPI whose figures are days
    """
    if day:
        return Figure(serial(value) if isinstance(value, date) else value, DATES)
    return Figure(value, PERCENTS[1]) if percent and isinstance(value, str) else figure(value, percent)


def figure(value: Any, percent: bool, day: bool = False) -> Any:
    """A figure as its cell shows it; what is no number stays as it is. A blank cell is one of percentages or of days,
    too: what is typed there as 95 is 95%."""
    if value is None and (percent or day):
        return Figure(None, DATES if day else PERCENTS[1])
    return _shown(value, percent) if isinstance(value, float) else value


@lru_cache(maxsize=4096)
def _shown(value: float, percent: bool) -> float | Figure:
    if percent:
        return Figure(value, PERCENTS[min(_decimals(value * 100), len(PERCENTS) - 1)])
    few = round(value, _DECIMALS) == value or _decimals(value) <= _DECIMALS
    return value if few else Figure(value, ROUNDED)


@lru_cache(maxsize=4096)
def _decimals(value: float) -> int:
    return len(show_number(value, digits=10).partition(".")[2])

"""How values are shown on paper. A figure that was agreed is never rounded: decimals are filled up, not cut off."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import Any

from perfxl.core.language import Text
from perfxl.core.schema import get
from perfxl.core.values.numbers import is_percent, show_figure, show_number

BLANK = "—"  # what a paper shows where there is nothing

PERCENTAGE_POINTS = (
    Text("{} 个百分点", "{} percentage points"),
    Text("{} 个百分点", "{} percentage point"),
)  # more, one
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_FIGURE = re.compile(r"[+−-]?[\d,.]+(?:–[+−-]?[\d,.]+)?(?=$| \()")
_DAY_TO_WRITE = Text("　　年　　月　　日", "__________")
_SPAN = Text("{start}至{end}", "{start} to {end}")
_DAY = Text("{year}年{month}月{day}日", "{day} {name} {year}")


def format_figure(value: Any, unit: str = "", decimals: int | None = None, lang: str = "zh") -> str:
    """A KPI's figure in its unit: 0.95 with the unit % is "95%"; dates as short as a column needs them, grade labels
    and blanks as they read."""
    if value is None or value == "":
        return BLANK
    if isinstance(value, date):
        return Text(value.isoformat(), format_day(value, "en"))(lang)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    return show_figure(value, unit, decimals or 0, thousands=True)


def format_measure(value: Any, unit: str = "", decimals: int | None = None, lang: str = "zh") -> str:
    """A figure with its unit: "5%", "3 次"; a date or a grade has none."""
    shown = format_figure(value, unit, decimals, lang)
    numeric = isinstance(value, int | float) and unit and not is_percent(unit)
    return f"{shown} {unit}" if numeric else shown


def add_unit(shown: str, unit: str) -> str:
    """A figure with its unit behind it, where it has none yet: "5 次", "−3 次 (−5.0%)"; words, dates, percentages and
    figures that name a unit of their own stay as they are."""
    figure = _FIGURE.match(shown)
    if not unit or figure is None or is_percent(unit) or unit in shown:
        return shown
    return f"{figure[0]} {unit}{shown[figure.end() :]}"


def format_step(value: Any, unit: str, lang: str) -> str:
    """A distance between figures with its unit: of percentages it is in percentage points, for 1% of one is less."""
    if is_percent(unit) and isinstance(value, int | float):
        points = format_number(value * 100)
        return PERCENTAGE_POINTS[points == "1"](lang).format(points)
    return format_measure(value, unit, None, lang)


def format_weight(points: float | None) -> str:
    """Percent points: 25.0 is "25%"."""
    return BLANK if points is None else f"{format_number(points)}%"


def format_number(value: float, decimals: int = 0) -> str:
    """With thousands separators and at least `decimals` decimals; as many as the value's 15 digits hold."""
    return show_number(value, decimals, thousands=True)


def format_day(value: date | None, lang: str, to_fill_in: bool = False) -> str:
    """2025年3月31日, 31 Mar 2025; for none a dash or, `to_fill_in`, room to write it."""
    if value is None:
        return _DAY_TO_WRITE(lang) if to_fill_in else BLANK
    return _DAY(lang).format(year=value.year, month=value.month, day=value.day, name=MONTHS[value.month - 1])


def format_period(period: str | None, lang: str) -> str:
    """A period as short as a list needs it: 2025-03 is 3月, Mar; 2025Q1 as it stands; blank for none."""
    month = re.fullmatch(r"\d{4}-(\d{2})", period or "")
    if month is None:
        return period or ""
    number = int(month[1])
    return Text(f"{number}月", MONTHS[number - 1])(lang)


def format_span(start: date | None, end: date | None, lang: str, to_fill_in: bool = False) -> str:
    """From a day to a day. Where neither is known it is blank or, `to_fill_in`, room to write both."""
    if start is None and end is None and not to_fill_in:
        return ""
    blank = _DAY_TO_WRITE(lang)
    days = {name: blank if day is None else format_day(day, lang) for name, day in (("start", start), ("end", end))}
    return _SPAN(lang).format(**days)


def text_or_dash(value: Any) -> str:
    """Text as it stands, a dash for none."""
    return BLANK if value is None or value == "" else str(value)


def shorten(name: str, length: int) -> str:
    """A name that fits beside a chart."""
    return name if len(name) <= length else f"{name[: length - 1]}…"


def capitalize(label: str) -> str:
    """With a capital first letter, as a cell begins (str.capitalize would lower the rest)."""
    return label[:1].upper() + label[1:]


def format_choice(table: str, column: str, value: str | None, lang: str) -> str:
    """What a choice's canonical name is called; a value that is no choice is shown as it stands."""
    return _labels(table, column, lang).get(value or "", value or BLANK)


@lru_cache
def _labels(table: str, column: str, lang: str) -> dict[str, str]:
    return {option.name: capitalize(option.label(lang)) for option in get(table).column(column).choices}

"""Dates and periods: read as people type them, as spans of days, and counted in calendar or working days.

A day is datetime.date; a period is "2025", "2025H1", "2025Q1" or "2025-01". Only an order that everybody reads alike
is accepted, year first. 3/5/2025 is March or May, 25-3-5 has no century: both are errors, never guesses.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from numbers import Real
from typing import Any, NamedTuple

from perfxl.core.language import Text
from perfxl.core.values.text import (
    BLANK,
    DASH_IS_BLANK,
    EXCEL_ERROR,
    Parsed,
    fold,
    is_blank,
    is_bool,
    is_dash,
    is_error_value,
    is_nothing,
)

NOT_A_DATE = "not_a_date"
AMBIGUOUS_DATE = "date_ambiguous"
NOT_A_PERIOD = "not_a_period"
READ_AS_DATE = "text_read_as_date"
MONTH_OF_DATE = "date_read_as_month"
PERIOD_OF_PROGRAM = "period_without_year"


def parse_date(raw: object) -> Parsed:
    """A day."""
    if is_blank(raw):
        return BLANK
    if isinstance(raw, datetime):
        return Parsed(raw.date(), "" if raw.time() == time.min else READ_AS_DATE)
    if isinstance(raw, date):
        return Parsed(raw)
    if isinstance(raw, str):
        return _date_in_text(fold(raw))
    return _date_in_number(raw)


def parse_period(raw: object, within: Span | None = None) -> Parsed:
    """A period. Spellings of the same one (2025年一季度, Q1 2025, 2025Q1) are no problem. Excel turns a typed 2025-01
    into the 1st of January, so that is none either; a day within the month is. A month, quarter or half without a year
    is the only one `within` some days, such as the program's."""
    if is_blank(raw):
        return BLANK
    text = fold(raw) if isinstance(raw, str) else _digits(raw)
    if text is None:
        return _month_of(raw)
    if not text or is_dash(text):
        return Parsed(None, DASH_IS_BLANK if text else "")
    text = text.upper().replace(" ", "")
    period = _period(text)
    if period:
        return Parsed(period)
    period = _only_period(text, within) if within and _YEARLESS.fullmatch(text) else ""
    return Parsed(period, PERIOD_OF_PROGRAM) if period else _month_of(raw)


# Kinds of schema/choices.PERIOD_KIND, finest first, with their length in months.
MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}
_MARKS = {"-": "month", "Q": "quarter", "H": "half"}
_DAY_ZERO = date(1899, 12, 30)  # Excel's, for every date after February 1900
_MONDAY = 2  # serial 2 is Monday, 1 January 1900


class Span(NamedTuple):
    """First and last day, both inside."""

    start: date
    end: date

    def overlaps(self, other: Span) -> bool:
        """Whether they share a day."""
        return self.start <= other.end and other.start <= self.end

    def inside(self, other: Span) -> bool:
        """Whether the other holds all its days."""
        return other.start <= self.start and self.end <= other.end


def span(start: date | None, end: date | None) -> Span | None:
    """From one day to another; None where one is missing or they are in the wrong order."""
    return Span(start, end) if start and end and start <= end else None


def period_kind(period: str) -> str:
    """month, quarter, half or year."""
    return _MARKS[period[4]] if len(period) > 4 else "year"


@lru_cache(maxsize=4096)
def period_span(period: str) -> Span:
    """The days of a canonical period."""
    from calendar import monthrange  # here, since it loads locale and worksheet functions start with Excel

    year, months = int(period[:4]), MONTHS[period_kind(period)]
    first = (int(period[5:]) - 1) * months + 1 if len(period) > 4 else 1
    last = first + months - 1
    return Span(date(year, first, 1), date(year, last, monthrange(year, last)[1]))


UNDATED = "2000"
"""The year that figures stand under where nothing says which; nobody is shown it."""


def say_period(period: str) -> str | Text:
    """A period as people are told it: where its year is made up, only what part of a year it is."""
    return say_undated(period[4:]) if period.startswith(UNDATED) else period


def say_undated(part: str) -> Text:
    """What a period says after its year (-03, Q1, H2, blank for all of it) where nobody wrote the year."""
    if not part:
        return Text("全期", "the whole period")
    kind, number = part[0], int(part[1:])
    if kind == "H":
        return Text("下半年" if number == 2 else "上半年", f"H{number}")
    return Text(f"{number}季度", f"Q{number}") if kind == "Q" else Text(f"{number}月", f"month {number}")


def period_of(start: date, end: date) -> str:
    """The month, quarter, half or year that runs from one day to the other; "" where none does."""
    year = start.year
    months = (f"{year}-{month:02}" for month in range(1, 13))
    periods = (str(year), f"{year}H1", f"{year}H2", *(f"{year}Q{quarter}" for quarter in range(1, 5)), *months)
    return next((period for period in periods if period_span(period) == (start, end)), "")


def periods_within(kind: str, days: Span) -> list[str]:
    """The months, quarters, half-years or years (a kind of MONTHS) that have a day in common with these days."""
    months = MONTHS[kind]
    parts = {"month": "-{:02}", "quarter": "Q{}", "half": "H{}", "year": ""}[kind]
    first, last = ((day.year * 12 + day.month - 1) // months for day in days)
    a_year = 12 // months
    return [f"{number // a_year}{parts.format(number % a_year + 1)}" for number in range(first, last + 1)]


def serial(day: date) -> float:
    """Excel's serial number of a date."""
    return float((day - _DAY_ZERO).days)


def from_serial(number: float) -> date:
    """The date of Excel's serial number."""
    return _DAY_ZERO + timedelta(days=int(number))


class Days:
    """Counts the days after `first` up to and with `last`; 0 where last is not later.

    off, on   serials of weekdays off and of weekend days worked (the make-up working weekends of the Chinese
              calendar), sorted; empty when calendar days count
    """

    def __init__(self, working: bool, off: Iterable[date] = (), on: Iterable[date] = ()) -> None:
        self.working = working
        self.off = sorted(serial(day) for day in set(off) if day.weekday() < 5) if working else []
        self.on = sorted(serial(day) for day in set(on) if day.weekday() >= 5) if working else []

    def between(self, first: float, last: float) -> float:
        """Days between two serials."""
        if not last > first:
            return 0.0
        if not self.working:
            return last - first
        weekdays = _weekdays_through(last) - _weekdays_through(first)
        return float(weekdays - _within(self.off, first, last) + _within(self.on, first, last))


def _weekdays_through(day: float) -> int:
    """Monday to Friday among the serials 2..day."""
    weeks, rest = divmod(int(day) - _MONDAY + 1, 7)
    return weeks * 5 + min(rest, 5)


def _within(days: Sequence[float], first: float, last: float) -> int:
    return bisect_right(days, last) - bisect_right(days, first)


# 1982 to 2119: Excel's day numbers that can be meant as dates.
_SERIALS = range(30000, 80001)
_YEARS = range(1900, 2200)

_DATE = re.compile(
    r"(\d{4}) ?([-/.年]?) ?(\d{1,2}) ?([-/.月]?) ?(\d{1,2}) ?[日号]?"
    r"(?: ?\(?(?:星期|周)[一二三四五六日天]\)?)?"
    r"(?:[ T](?:上午|下午)? ?\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)? ?(?:[AP]M|Z|[-+]\d{2}:?\d{2})?)?",
    re.ASCII | re.IGNORECASE,
)
_SEPARATORS = {("年", "月"), ("-", "-"), ("/", "/"), (".", "."), ("", "")}
_OTHER_ORDER = re.compile(r"\d{1,2} ?[-/.年] ?\d{1,2} ?[-/.月] ?(?:\d{4}|\d{1,2}) ?[日号]?", re.ASCII)
_ISO = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)

_NUMERALS = {numeral: i for i, numeral in enumerate("一二三四五六七八九十", 1)}
_NUMERALS |= {"十一": 11, "十二": 12, "上": 1, "下": 2}
_Y = r"(?P<y>(?:19|20|21)\d\d)"
_FORMS = (
    (rf"{_Y}(?:年度?|年?全年)?", "{y}"),
    (rf"{_Y}[-年]?H(?P<n>[12])", "{y}H{n}"),
    (rf"H(?P<n>[12])[-/]?{_Y}", "{y}H{n}"),
    (rf"{_Y}年?(?P<n>[上下])半年度?", "{y}H{n}"),
    (rf"{_Y}[-年]?Q(?P<n>[1-4])", "{y}Q{n}"),
    (rf"Q(?P<n>[1-4])[-/]?{_Y}", "{y}Q{n}"),
    (rf"{_Y}[-年]?第?(?P<n>[1-4一二三四])季度?", "{y}Q{n}"),
    (rf"{_Y}(?:[-/.年M]|-M)(?P<n>0?[1-9]|1[0-2])(?:月份?)?", "{y}-{n:02}"),
    (rf"{_Y}(?P<n>0[1-9]|1[0-2])", "{y}-{n:02}"),
    (rf"{_Y}年(?P<n>十[一二]?|[一二三四五六七八九])月份?", "{y}-{n:02}"),
)


def _date_in_text(text: str) -> Parsed:
    if not text or is_nothing(text):
        return Parsed(None, DASH_IS_BLANK if text else "")
    match = _DATE.fullmatch(text)
    if match:
        return _checked_date(text, *match.groups())
    if text.isascii() and text.isdigit() and len(text) == 5:
        return _date_in_number(int(text))
    if is_error_value(text):
        return Parsed(None, EXCEL_ERROR)
    return Parsed(None, AMBIGUOUS_DATE if _OTHER_ORDER.fullmatch(text) else NOT_A_DATE)


def _checked_date(text: str, year: str, first: str, month: str, second: str, day: str) -> Parsed:
    run_together = not first and len(month + day) < 4
    if (first, second) not in _SEPARATORS or run_together or int(year) not in _YEARS:
        return Parsed(None, NOT_A_DATE)
    try:
        return Parsed(date(int(year), int(month), int(day)), "" if _ISO.fullmatch(text) else READ_AS_DATE)
    except ValueError:
        return Parsed(None, NOT_A_DATE)


def _date_in_number(raw: object) -> Parsed:
    """20250305 typed as a number, or a day number whose cell lost its date format."""
    number = _number(raw)
    if number is not None and int(number) in _SERIALS:
        return Parsed(_DAY_ZERO + timedelta(days=int(number)), READ_AS_DATE)
    digits = _digits(raw)
    return _date_in_text(digits) if digits and len(digits) == 8 else Parsed(None, NOT_A_DATE)


def _digits(raw: object) -> str | None:
    """A number that could be a year, a month such as 202501 or a day such as 20250305, as text."""
    number = _number(raw)
    return str(int(number)) if number is not None and number.is_integer() else None


def _number(raw: Any) -> float | None:
    """Of at most 8 digits, of whatever type; yes/no is none."""
    is_number = isinstance(raw, Real) and not is_bool(raw)
    return float(raw) if is_number and 0 <= raw < 1e8 else None


@lru_cache(maxsize=4096)
def _period(text: str) -> str:
    """The canonical period, blank where it is none; cached, since a column repeats a dozen of them."""
    for pattern, canonical in _FORMS:
        match = re.fullmatch(pattern, text, re.ASCII)  # compiled when first met: start-up is dear
        if match:
            number = match.groupdict().get("n") or "0"
            return canonical.format(y=match["y"], n=_NUMERALS.get(number) or int(number))
    return ""


_YEARLESS = re.compile(r"(?:\d{1,2}|[一二三四五六七八九十]{1,2})月份?|第?[1-4一二三四]季度?|[上下]半年度?|[QH][1-4]")


def _only_period(text: str, within: Span) -> str:
    """The period of that name that shares days with `within`; blank where there are none or several."""
    years = range(within.start.year, within.end.year + 1)
    named = filter(None, (_period(f"{year}年{text}") or _period(f"{year}{text}") for year in years))
    inside = [period for period in named if period_span(period).overlaps(within)]
    return inside[0] if len(inside) == 1 else ""


def _month_of(raw: object) -> Parsed:
    parsed = parse_date(raw)
    if parsed.value is None:
        return Parsed(None, EXCEL_ERROR if parsed.problem == EXCEL_ERROR else NOT_A_PERIOD)
    return Parsed(f"{parsed.value:%Y-%m}", "" if parsed.value.day == 1 else MONTH_OF_DATE)

"""Dates and periods as people type them. A day is datetime.date; a period is "2025", "2025H1", "2025Q1" or "2025-01".

Only an order that everybody reads alike is accepted, year first. 3/5/2025 is March or May, 25-3-5 has no century:
both are errors, never guesses.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from numbers import Real
from typing import Any

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
)

NOT_A_DATE = "not_a_date"
AMBIGUOUS_DATE = "date_ambiguous"
NOT_A_PERIOD = "not_a_period"
READ_AS_DATE = "text_read_as_date"
MONTH_OF_DATE = "date_read_as_month"


def parse_date(raw: object) -> Parsed:
    if is_blank(raw):
        return BLANK
    if isinstance(raw, datetime):
        return Parsed(raw.date(), "" if raw.time() == time.min else READ_AS_DATE)
    if isinstance(raw, date):
        return Parsed(raw)
    if isinstance(raw, str):
        return _date_in_text(fold(raw))
    return _date_in_number(raw)


def parse_period(raw: object) -> Parsed:
    """Spellings of the same period (2025年一季度, Q1 2025, 2025Q1) are no finding. Excel turns a typed 2025-01 into
    the 1st of January, so that is no finding either; a day within the month is."""
    if is_blank(raw):
        return BLANK
    text = fold(raw) if isinstance(raw, str) else _digits(raw)
    if text is None:
        return _month_of(raw)
    if not text or is_dash(text):
        return Parsed(None, DASH_IS_BLANK if text else "")
    period = _period(text.upper().replace(" ", ""))
    return Parsed(period) if period else _month_of(raw)


# 1982 to 2119: Excel's day numbers that can be meant as dates.
_SERIALS = range(30000, 80001)
_EXCEL_DAY_ZERO = date(1899, 12, 30)
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
    if not text or is_dash(text):
        return Parsed(None, DASH_IS_BLANK if text else "")
    found = _DATE.fullmatch(text)
    if found:
        return _checked_date(text, *found.groups())
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
        return Parsed(_EXCEL_DAY_ZERO + timedelta(days=int(number)), READ_AS_DATE)
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
        found = re.fullmatch(pattern, text, re.ASCII)  # compiled when first met: start-up is dear
        if found:
            number = found.groupdict().get("n") or "0"
            return canonical.format(y=found["y"], n=_NUMERALS.get(number) or int(number))
    return ""


def _month_of(raw: object) -> Parsed:
    parsed = parse_date(raw)
    if parsed.value is None:
        return Parsed(None, EXCEL_ERROR if parsed.code == EXCEL_ERROR else NOT_A_PERIOD)
    return Parsed(f"{parsed.value:%Y-%m}", "" if parsed.value.day == 1 else MONTH_OF_DATE)

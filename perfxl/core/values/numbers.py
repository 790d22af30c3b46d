"""Numbers: read from cells as people type them, rounded and compared as Excel does.

Nothing is guessed. A figure that has one reading is read and reported (85%, １,234, 12万, ¥1,200, (3)); what could
be read in two ways, or carries a unit that perfxl would have to believe (12人, 5分), is an error saying what to type.
A currency is no multiplier, so ¥1,200, 1,200元 and 1200 are the same number; the notice asks to check the KPI's unit.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from math import copysign, floor, isfinite
from numbers import Number
from typing import TYPE_CHECKING

from perfxl.core.values.dates import AMBIGUOUS_DATE, parse_date
from perfxl.core.values.text import (
    BLANK,
    DASH_IS_BLANK,
    EXCEL_ERROR,
    NO,
    NOT_APPLICABLE,
    YES,
    Parsed,
    fold,
    fold_name,
    is_blank,
    is_bool,
    is_error_value,
    is_nothing,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike

NOT_A_NUMBER = "not_a_number"
BOOLEAN = "number_is_boolean"
DATE = "number_is_date"
NOT_AN_INTEGER = "not_an_integer"
NOT_A_FIGURE = "not_a_figure"
UNIT = "number_with_unit"
TEXT_NUMBER = "text_read_as_number"
NORMALISED = "number_normalised"
MULTIPLIED = "number_multiplied"
CURRENCY = "currency_dropped"
FRACTION = "percent_points_fraction"


def parse_number(raw: object) -> Parsed:
    """A float. A percent sign divides by 100 and sets `percent`."""
    if type(raw) is float and isfinite(raw):
        return _new(Parsed, (raw, "", False))  # twice as fast as Parsed(raw), and nearly every cell takes this way
    if isinstance(raw, str):
        return _number_in_text(raw)
    return _number_in_object(raw)


def parse_points(raw: object, percent_cell: bool = False) -> Parsed:
    """Percent points: 15, "15%" and a percent cell that holds 0.15 are all 15.0."""
    parsed = parse_number(raw)
    value, problem, percent = parsed
    if value is None:
        return parsed
    if percent or (percent_cell and not isinstance(raw, str)):
        return Parsed(canonical(value * 100), problem, True)
    return Parsed(value, FRACTION if 0 < abs(value) < 1 else problem)


def parse_integer(raw: object) -> Parsed:
    """A whole number."""
    parsed = parse_number(raw)
    if parsed.value is None:
        return parsed
    if parsed.percent or not parsed.value.is_integer():
        return Parsed(None, NOT_AN_INTEGER)
    return Parsed(int(parsed.value), parsed.problem)


def parse_count(raw: object) -> Parsed:
    """How often something happened: 2, "2", "2次", "2 times". A count is greater than zero; the reader of the cell says
    what one that is not means."""
    parsed = parse_number(raw)
    if parsed.problem != UNIT or not isinstance(raw, str):
        return parsed
    match = _COUNTED.fullmatch(fold(raw))
    return Parsed(float(match[1]), NORMALISED) if match else parsed


def parse_figure(raw: object, labels: Collection[str]) -> Parsed:
    """A KPI's figure: number, date, NOT_APPLICABLE, or one of the grade labels, which is returned as it stands among
    them."""
    parsed = parse_number(raw)
    if parsed.problem == DASH_IS_BLANK and raw in labels:
        return Parsed(raw)
    if parsed.value is not None or parsed.problem not in _MAYBE_OTHER:
        return parsed
    day = parse_date(raw)
    if day.value is not None or day.problem == AMBIGUOUS_DATE:
        return day
    return _word(raw, labels) or Parsed(None, parsed.problem if parsed.problem in {BOOLEAN, UNIT} else NOT_A_FIGURE)


@lru_cache(1024)
def is_not_applicable(text: str) -> bool:
    """Whether a text says that the item does not apply: 不适用, N/A, not applicable."""
    return text == NOT_APPLICABLE or bool(_NOT_APPLICABLE.fullmatch(fold(text)))


@lru_cache(1024)
def is_percent(unit: object) -> bool:
    """Whether figures in this unit are kept as fractions and shown as percentages: %, ％, 占比%, 百分比, percent; not a
    unit per percent (万元/%)."""
    name = fold_name(unit)
    return name in _PERCENT_UNITS or ("%" in name and "/" not in name)


def show_figure(
    value: float, unit: object = "", decimals: int = 0, *, digits: int = 15, thousands: bool = False
) -> str:
    """A KPI's figure in its unit, which is shown itself only where it means percent: 0.95 is 95%."""
    if is_percent(unit):
        return f"{show_number(value * 100, decimals, digits=digits, thousands=thousands)}%"
    return show_number(value, decimals, digits=digits, thousands=thousands)


@lru_cache(8192)
def show_number(value: float, decimals: int = 0, *, digits: int = 15, thousands: bool = False) -> str:
    """A number with at least `decimals` decimals, and as many as its significant `digits` hold: filled up, never cut
    off."""
    shown = Decimal(f"{value + 0.0:.{digits}g}")
    given = len(f"{shown:f}".partition(".")[2])
    return f"{shown:{',' if thousands else ''}.{max(given, decimals)}f}"


def round_half_away(x: float, digits: int = 2) -> float:
    """Excel's ROUND: half away from zero, on the 15 digits that a person sees: 2.675 -> 2.68, 1.005 -> 1.01."""
    if not x or not isfinite(x):
        return x + 0.0
    if 0 <= digits <= _EXACT_POWER:
        scaled = abs(float(x)) * 10.0**digits  # of NumPy a warning would go to the terminal where it overflows
        whole = floor(scaled) if scaled < _LONGEST_TIE else 0
        past_tie = scaled - whole - 0.5
        if whole and abs(past_tie) > scaled * _SEEN_ERROR:  # no tie anywhere near: no decimals needed
            return copysign((whole + (past_tie > 0)) / 10.0**digits, x) + 0.0
    shown = Decimal(f"{x:.15g}")
    digits = max(digits, -400)  # beyond every float: all zero
    if shown.as_tuple().exponent < -digits:  # type: ignore[operator]  # finite, so the exponent is a number
        shown = shown.quantize(Decimal((0, (1,), -digits)), ROUND_HALF_UP)
    return float(shown) + 0.0  # no minus zero, as in Excel


def round_half_away_array(x: ArrayLike, digits: int = 2) -> np.ndarray:
    """`round_half_away` of every element, bit for bit. Decimals are needed only for what lies close to a tie without
    being the float nearest to it, and for what is too long to have a tie within 15 digits."""
    import numpy as np

    values = np.asarray(x, dtype=np.float64)
    flat = values.ravel()
    scale = 10.0 ** min(abs(digits), _EXACT_POWER)
    with np.errstate(over="ignore", invalid="ignore"):
        scaled = np.abs(flat)
        scaled = np.multiply(scaled, scale, out=scaled) if digits >= 0 else np.divide(scaled, scale, out=scaled)
        whole = np.floor(scaled)
        past_tie = scaled - whole
        past_tie -= 0.5
        whole += past_tie > 0
        np.abs(past_tie, out=past_tie)
        close = np.flatnonzero(~(past_tie > scaled * _SEEN_ERROR))  # NaN and infinite ones too
        near = scaled[close]
        is_tie = past_tie[close] <= near * _FLOAT_ERROR
        whole[close] = np.floor(near) + ((near - np.floor(near) > 0.5) | is_tie)
        rounded = np.divide(whole, scale, out=whole) if digits >= 0 else np.multiply(whole, scale, out=whole)
    np.copysign(rounded, flat, out=rounded)
    rounded += 0.0
    unsure = close[~(is_tie & (near < _LONGEST_TIE))] if abs(digits) <= _EXACT_POWER else np.arange(flat.size)
    unsure = unsure[np.isfinite(flat[unsure])]
    rounded[unsure], certain = _rounded_as_seen(flat[unsure], digits)
    unsure = unsure[~certain]
    rounded[unsure] = [round_half_away(value, digits) for value in flat[unsure].tolist()]
    return rounded.reshape(values.shape)


def _rounded_as_seen(x: np.ndarray, digits: int) -> tuple[np.ndarray, np.ndarray]:
    """Rounded by the 15 digits as an integer, and where that was certain: where the float that holds them lies clearly
    on one side of a half, and they have digits to drop."""
    import numpy as np

    with np.errstate(all="ignore"):
        decimals = 14 - np.floor(np.log10(np.abs(x)))
        drop = decimals - digits
        fits = (digits >= 0) & (decimals <= _EXACT_POWER) & (drop >= 1) & (drop <= 15)
        scaled = np.abs(x) * 10.0 ** np.where(fits, decimals, 0)
        seen = np.floor(scaled + 0.5)
        fits &= (np.abs(scaled - np.floor(scaled) - 0.5) > 0.125) & (seen >= 1e14) & (seen < 1e15)
        step = 10 ** np.where(fits, drop, 1).astype(np.int64)
        whole = (np.where(fits, seen, 0).astype(np.int64) + step // 2) // step
    return np.copysign(whole / 10.0 ** min(max(digits, 0), _EXACT_POWER), x) + 0.0, fits


def canonical(x: float) -> float:
    """The number a person sees: 15 significant digits, as Excel shows and compares."""
    return float(f"{x:.15g}")


def same(a: float, b: float) -> bool:
    """Equal as Excel and LibreOffice compare."""
    return a == b or abs(a - b) < min(abs(a), abs(b)) * 2.0**-48


_new = tuple.__new__

# A power of ten up to this is an exact float, so one division by it gives the float nearest to the decimal.
_EXACT_POWER = 22
# Relative distances of the scaled float: from the 15-digit decimal it shows (half of digit 15, and a rounding), and
# from a decimal of which it is the nearest float (two roundings: its own and the scaling's).
_SEEN_ERROR = 6e-15
_FLOAT_ERROR = 2.0**-52
_LONGEST_TIE = 1e13  # a longer number and its half have more than 15 digits

_PERCENT_UNITS = frozenset({"百分比", "百分数", "percent"})
_MAYBE_OTHER = {NOT_A_NUMBER, BOOLEAN, DATE, UNIT}
_POWERS = {"": 0, "%": -2, "‰": -3, "百": 2, "千": 3, "万": 4, "萬": 4, "百万": 6, "千万": 7, "亿": 8, "億": 8}
_POWERS |= {"十万": 5, "十亿": 9, "百亿": 10, "千亿": 11, "万亿": 12}
_NUMBER = re.compile(
    r"(?P<sign>[-+]?) ?(?P<money>[¥$€£]|RMB|CNY)? ?(?P<sign2>[-+]?) ?(?=\.?\d)"
    r"(?P<whole>[1-9]\d{0,2}(?:,\d{3})+|[1-9]\d{0,2}(?: \d{3})+|\d*)(?P<part>\.\d*)?(?:e(?P<power>[-+]?\d{1,3}))? ?"
    rf"(?P<unit>{'|'.join(sorted(_POWERS, key=len, reverse=True))}) ?(?P<yuan>元|圆|块)?",
    re.ASCII | re.IGNORECASE,
)
_WITH_UNIT = re.compile(r"[^\w]{0,3}\d[\d,. ]*[^\W\d_]")
_COUNTED = re.compile(r"(\d{1,6}) ?(?:次|件|起|回|人次|times?|x)", re.IGNORECASE)
_NOT_APPLICABLE = re.compile(r"(?:不适用|n/?a|n\.a\.?|not applicable) ?(?:[(:,;].*)?", re.IGNORECASE)


def _number_in_object(raw: object) -> Parsed:
    if is_blank(raw):
        return BLANK
    if is_bool(raw):
        return Parsed(None, BOOLEAN)
    if isinstance(raw, date | time | timedelta):
        return Parsed(None, DATE)
    if isinstance(raw, Number):
        try:
            value = float(raw)  # type: ignore[arg-type]  # complex is a Number too: TypeError
        except (TypeError, ValueError, OverflowError):
            return Parsed(None, NOT_A_NUMBER)
        if isfinite(value):
            return Parsed(value)
        return BLANK if value != value else Parsed(None, NOT_A_NUMBER)
    return Parsed(None, NOT_A_NUMBER)


def _number_in_text(raw: str) -> Parsed:
    text = fold(raw)
    if not text:
        return BLANK
    if is_nothing(text):
        return Parsed(None, DASH_IS_BLANK)
    return _read(text.replace("。", "."), raw) or Parsed(None, _why_not(text))


def _read(text: str, raw: str) -> Parsed | None:
    bracketed = text[0] == "(" and text[-1] == ")"
    match = _NUMBER.fullmatch(text[1:-1].strip() if bracketed else text)
    if not match:
        return None
    signs = ("-" if bracketed else "") + match["sign"] + match["sign2"]
    percent = match["unit"] in ("%", "‰")
    if len(signs) > 1 or (percent and (match["money"] or match["yuan"])):
        return None
    digits = (match["whole"] + (match["part"] or "")).replace(",", "").replace(" ", "")
    power = int(match["power"] or 0) + _POWERS[match["unit"]]
    value = float(f"{signs}{digits}e{power}") + 0.0  # one rounding, and no minus zero
    if not isfinite(value):
        return None
    if _POWERS[match["unit"]] > 0:
        problem = MULTIPLIED
    elif match["money"] or match["yuan"]:
        problem = CURRENCY
    else:
        problem = TEXT_NUMBER if match[0].replace(" ", "") == raw.strip() and "," not in raw else NORMALISED
    return Parsed(value, problem, percent)


def _why_not(text: str) -> str:
    if is_error_value(text):
        return EXCEL_ERROR
    if text.casefold() in YES | NO:
        return BOOLEAN
    if parse_date(text).value is not None:
        return DATE
    return UNIT if _WITH_UNIT.match(text) else NOT_A_NUMBER


def _word(raw: object, labels: Collection[str]) -> Parsed | None:
    """N/A or a grade label."""
    if not isinstance(raw, str):
        return None
    if is_not_applicable(raw):
        return Parsed(NOT_APPLICABLE)
    text = fold(raw)
    if text in labels:
        return Parsed(text)
    word = text.casefold()
    label = next((label for label in sorted(labels) if fold(label).casefold() == word), None)
    return Parsed(label) if label is not None else None

"""Units that are multiples: 950万 of a KPI in 万元 is 950, of one in 元 9,500,000."""

from __future__ import annotations

import re
from collections.abc import Iterable

from perfxl.core.values.numbers import canonical
from perfxl.core.values.text import fold

_POWERS = {
    "万亿": 1e12, "千亿": 1e11, "百亿": 1e10, "十亿": 1e9, "亿": 1e8, "千万": 1e7, "百万": 1e6, "十万": 1e5,
    "万": 1e4, "千": 1e3, "百": 1e2,
}  # fmt: skip
_MULTIPLE = re.compile(rf"({'|'.join(_POWERS)})(?![分克米瓦卡])")
_BRACKETED = re.compile(r"[(\[](?:单位)?[:]?\s*([^()\[\]]+)[)\]]")
_AT_END = re.compile(r"[(\[](?:单位)?[:]?\s*([^()\[\]]+)[)\]]\s*$")
_LIKE = 10.0  # times that an actual may be its target, or its target the actual, and be in the same unit


def bracketed(name: object) -> str:
    """What stands in brackets behind a name, which may be a unit: 万元 of 收入(万元)."""
    match = _AT_END.search(fold(name)) if isinstance(name, str) else None
    return match[1].strip() if match else ""


def multiple_of(texts: Iterable[str]) -> float | None:
    """How many plain ones a unit is, by the first of the texts that names one: a unit (万元), or a name or a header
    with it in brackets (收入(万元)); None where none does."""
    for text in texts:
        inside = _BRACKETED.findall(fold(text)) or [fold(text)]
        for each in inside:
            if match := _MULTIPLE.match(each.strip()):
                return _POWERS[match[1]]
    return None


def in_multiples(value: float, multiple: float) -> float:
    """A figure of plain ones in such a unit."""
    return canonical(value / multiple)


def may_differ(target: float, actual: float, parts: int = 1) -> bool:
    """Whether two figures, of which one has a multiple and one has none, are too far apart to be in one unit.

    parts  how many of such actuals may make up the target
    """
    return not target or not actual or not 1 / _LIKE / parts <= abs(actual / target) <= _LIKE

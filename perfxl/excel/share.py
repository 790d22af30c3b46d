"""PX_CASCADE: a target divided by shares."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from perfxl.core.cascade import allocate
from perfxl.core.formula import SEEN
from perfxl.core.language import Text
from perfxl.core.values.numbers import parse_number
from perfxl.core.weights.rules import WHOLE, exact, plain
from perfxl.excel.errors import failure
from perfxl.excel.lines import number
from perfxl.excel.normalise import Rows

_TARGET, _DECIMALS = Text("上级目标值", "The superior's target"), Text("小数位数", "Decimals")
_MOST_DECIMALS = 12


def divided(target: Any, shares: Any, decimals: Any) -> Rows:
    """The parts, in the shape of the shares; a blank share has no part."""
    total = exact(number(target, _TARGET)) or Fraction(0)
    rows = shares if isinstance(shares, list) else [[shares if shares is not None else ""]]
    given = [_share(cell) for row in rows for cell in row]
    known = _whole([share for share in given if share is not None])
    places = _places(total, decimals)
    parts = allocate(total, known, places)
    if parts is None:
        raise failure("target_too_precise", value=float(total), decimals=places)
    left = iter(parts)
    flat = iter([None if share is None else float(next(left)) for share in given])
    return [[next(flat) for _ in row] for row in rows]


def _share(cell: Any) -> Fraction | None:
    read = parse_number(None if cell == "" else cell)
    if read.value is None and (cell == "" or read.problem == "dash_is_blank"):
        return None
    share = exact(read.value)
    if share is None or share < 0:
        raise failure("share_invalid", value=cell)
    return share


def _whole(shares: list[Fraction]) -> list[Fraction]:
    """Shares of 1: typed as fractions (a percent cell) or as percent points. Thirds typed as 33.33% are not whole;
    thirds calculated as =1/3 are, though their floats lack the last digit."""
    total = sum(shares, Fraction(0))
    if round(total, SEEN) in (1, WHOLE):
        return [share / total for share in shares]
    points = total * 100 if total <= 2 else total
    way_zh, way_en = ("少", "short") if points < WHOLE else ("多", "over")
    raise failure("shares_sum", total=plain(points), amount=plain(abs(points - WHOLE)), way_zh=way_zh, way_en=way_en)


def _places(total: Fraction, decimals: Any) -> int:
    if decimals is not None:
        given = number(decimals, _DECIMALS)
        if not given.is_integer() or not -_MOST_DECIMALS <= given <= _MOST_DECIMALS:
            raise failure(
                "argument_out_of_range", value=given, argument=_DECIMALS, low=-_MOST_DECIMALS, high=_MOST_DECIMALS
            )
        return int(given)
    return next((places for places in range(_MOST_DECIMALS) if (total * 10**places).denominator == 1), _MOST_DECIMALS)

"""Bands of a scoring sentence (≥95%得100分, 90%-95%得80分) as steps from the best down."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from math import inf

from perfxl.tables.notation.clauses import Clause
from perfxl.tables.notation.rules import (
    CONTRADICTION,
    STRICT_LIMIT,
    UNORDERED,
    Basis,
    Rule,
    Unclear,
    rule_unit,
    scale_of,
)
from perfxl.tables.notation.targets import Direction, is_counted


@dataclass(frozen=True)
class Band:
    """From low to high; None: without end. `low_in` and `high_in`: whether the end itself belongs to it; None: it is
    not said, and taken to."""

    low: float | None
    high: float | None
    low_in: bool | None
    high_in: bool | None
    points: float
    unit: str
    basis: Basis

    @classmethod
    def read(cls, clause: Clause, points: float) -> Band:
        """The band of a clause, and its points."""
        if clause.fact in ("zero_below", "zero_above"):
            at, unit, basis = limit_of(clause, "at", "unit")
            inside = clause.has("below")
            if clause.fact == "zero_below":
                return cls(None, at, None, None if inside else False, 0.0, unit, basis)
            return cls(at, None, False, None, 0.0, unit, basis)
        basis = basis_of(clause)
        low, low_unit, _ = limit_of(clause, "low", "low_unit") if clause.has("low") else (None, "", "")
        high, high_unit, _ = limit_of(clause, "high", "high_unit") if clause.has("high") else (None, "", "")
        if low_unit and high_unit and low_unit != high_unit:
            raise Unclear(CONTRADICTION)
        groups = clause.groups
        low_in = _inside(groups.get("low_sign") or groups.get("low_sign2") or "", groups, "low")
        high_in = _inside(groups.get("high_sign") or "", groups, "high")
        if clause.has("only") or groups.get("low_sign") == "=":
            high, low_in, high_in = low, True, True
        if clause.has("open"):
            low_in = low_in is not False
        if clause.has("and"):
            high_in = True
        return cls(low, high, low_in, high_in, points, low_unit or high_unit, basis)


_INSIDE = frozenset(["≥", "≤", "=", "不低于", "不少于", "大于等于", "达到", "达", "小于等于", "不超过", "不高于"])
_INSIDE |= {"at least", "no less than", "at most", "up to"}


def _inside(sign: str, groups: dict[str, str], end: str) -> bool | None:
    note = groups.get(f"{end}_note") or groups.get(f"{end}_note2") or ""
    if note:
        return "不" not in note
    if not sign:
        return None
    return sign in _INSIDE


# What people call the actual as a share of the target; 实际完成值 is the actual itself.
_ACHIEVED = re.compile("率|比例|完成$|完成为|完成情况|completion|achievement")


def basis_of(clause: Clause) -> Basis:
    """What the percentages of a clause are of."""
    if clause.groups.get("of") or clause.groups.get("of2"):
        return "target"
    return "achievement" if _ACHIEVED.search(clause.groups.get("who", "")) else ""


def limit_of(clause: Clause, name: str, unit: str) -> tuple[float, str, Basis]:
    """A limit of a clause: figure, unit, and what a percentage is of. Raises: Unclear."""
    at = clause.number(name)
    if at is None:
        raise Unclear(CONTRADICTION)
    return at, rule_unit(clause.groups.get(unit, "")), basis_of(clause)


def read_steps(
    bands: list[Band], rest: float | None, full: float | None, cap: float | None = None, cap_full: bool = False
) -> Rule:
    """Bands of which the better ones have more points, as steps from the best down. `rest`: points of whatever no band
    holds. Raises: Unclear."""
    units = {band.unit for band in bands if band.unit}
    bases: set[Basis] = {band.basis for band in bands if band.basis}
    if len(units) > 1 or len(bases) > 1:
        raise Unclear(CONTRADICTION)
    unit = next(iter(units), "")
    ordered = sorted(bands, key=lambda band: (_from(band), _to(band)))
    rising = all(a.points < b.points for a, b in pairwise(ordered))
    falling = all(a.points > b.points for a, b in pairwise(ordered))
    if len(ordered) == 1:
        rising, falling = ordered[0].low is not None, ordered[0].low is None
    if not (rising or falling):
        raise Unclear(UNORDERED)
    unsettled = _seams(ordered, unit, rising)
    best_first = ordered[::-1] if rising else ordered
    best, worst = best_first[0], best_first[-1]
    open_end = best.high if rising else best.low
    if open_end is not None and not _is_end(open_end, unit, rising):
        unsettled.append((open_end, inf) if rising else (-inf, open_end))
    otherwise = rest
    steps = best_first
    if (worst.low if rising else worst.high) is None and len(best_first) > 1:
        if rest is not None:
            raise Unclear(CONTRADICTION)
        steps, otherwise = best_first[:-1], worst.points
    limits = []
    for band in steps:
        limit, inside = (band.low, band.low_in) if rising else (band.high, band.high_in)
        if limit is None:
            raise Unclear(UNORDERED)
        if inside is False:
            raise Unclear(STRICT_LIMIT)
        limits.append((limit, band.points))
    if otherwise is not None and not all(otherwise < points for _, points in limits):
        raise Unclear(UNORDERED)
    if otherwise is None:
        last = limits[-1][0]
        unsettled.append((-inf, last) if rising else (last, inf))
    scale = scale_of([points for _, points in limits], full)
    if cap_full:
        cap = scale
    if cap is not None and cap < max(points for _, points in limits):
        raise Unclear(CONTRADICTION)
    basis: Basis = next(iter(bases), "")
    direction: Direction = "higher" if rising else "lower"
    return Rule(
        "steps",
        scale,
        direction,
        unit=unit,
        basis=basis,
        steps=tuple(limits),
        otherwise=otherwise,
        unsettled=tuple(unsettled),
    )


def _seams(ordered: list[Band], unit: str, rising: bool) -> list[tuple[float, float]]:
    """Where one band ends and the next begins: figures that both claim, or neither."""
    unsettled = []
    for below, above in pairwise(ordered):
        if below.high is None:
            # ≥80 and ≥90: the better one counts where both hold, as steps do.
            if below.low is None or above.low is None or not rising:
                raise Unclear(UNORDERED)
            continue
        if above.low is None:
            if below.high is None or above.high is None or rising:
                raise Unclear(UNORDERED)
            continue
        if above.low == below.high:
            one, other = below.high_in, above.low_in
            if one is False and other is False:
                raise Unclear(STRICT_LIMIT)
            if one is not False and other is not False and not (one is None) ^ (other is None):
                unsettled.append((above.low, above.low))
            worse_keeps = (one is True and other is None) if rising else (other is True and one is None)
            if worse_keeps:
                unsettled.append((above.low, above.low))
            continue
        whole = below.high.is_integer() and above.low.is_integer() and above.low - below.high == 1
        if not whole or below.high_in is False or above.low_in is False:
            raise Unclear(UNORDERED)
        if not is_counted(unit):
            unsettled.append((below.high, above.low))
    return unsettled


def _is_end(limit: float, unit: str, rising: bool) -> bool:
    """Beyond which no figure can be: 100 of a percentage or of points, 0 of what is counted down."""
    return (limit == 100 and unit in ("", "%", "分")) if rising else limit == 0


def _from(band: Band) -> float:
    return -inf if band.low is None else band.low


def _to(band: Band) -> float:
    return inf if band.high is None else band.high

"""Figures that a wanted score needs: the scoring methods turned round, and a year's figure spread over its periods.

The sample first decides how well somebody did and then makes up the actuals that show it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from typing import Any, NamedTuple

from perfxl.sample import material
from perfxl.sample.material import Figure, Kpi

# A telecom operator's months: low at the spring festival, high at the year's end.
SEASON = (0.95, 0.86, 1.0, 0.99, 1.01, 1.0, 1.01, 1.02, 1.02, 1.0, 1.03, 1.11)


class Goal(NamedTuple):
    """A contract line's figures as agreed."""

    kpi: Kpi
    target: Figure | None = None
    challenge: Figure | None = None
    threshold: Figure | None = None
    base: Figure | None = None


class Actual(NamedTuple):
    """One reported actual."""

    value: Figure | None
    numerator: float | None = None
    denominator: float | None = None


def apportion(total: int, weights: Sequence[float]) -> list[int]:
    """Whole parts in the weights' proportion that sum to the total; the largest remainders get what is left."""
    whole = sum(weights)
    exact = [total * weight / whole for weight in weights]
    parts = [int(part) for part in exact]
    order = sorted(range(len(parts)), key=lambda i: parts[i] - exact[i])
    for i in order[: total - sum(parts)]:
        parts[i] += 1
    return parts


def spread(total: float, weights: Sequence[float], decimals: int = 0) -> list[float]:
    """`apportion` in units of the last decimal."""
    unit = 10**decimals
    return [part / unit for part in apportion(round(total * unit), weights)]


def solve_outcome(goal: Goal, points: float, rng: Random) -> Any:
    """The year's actual that earns about so many points by the KPI's method."""
    return _OUTCOMES[goal.kpi.method](goal, points, rng)


def make_actuals(kpi: Kpi, year: Any, periods: int, span: int, rng: Random) -> list[Actual]:
    """The periods' actuals that aggregate to the year's figure."""
    if kpi.method in ("grade", "marks"):
        return [Actual(label) for label in [*_earlier(kpi, year, periods - 1, rng), year]]
    if isinstance(year, date):
        return [Actual(year)] * periods
    if kpi.aggregation == "ratio":
        return [_fraction(kpi, value, span, rng) for value in _around(kpi, year, periods, rng)]
    return [Actual(round(value, kpi.places)) for value in _SERIES[kpi.aggregation](kpi, year, periods, rng)]


def _number(figure: Figure | None) -> float:
    assert isinstance(figure, float)
    return figure


def _sign(kpi: Kpi) -> int:
    return -1 if kpi.lower else 1


def _ratio(goal: Goal, points: float, rng: Random) -> float:
    target = _number(goal.target)
    return target + _sign(goal.kpi) * abs(target) * (points - 100) / 100


def _own(goal: Goal, points: float, rng: Random) -> float:
    target = _number(goal.target)
    return target + _sign(goal.kpi) * abs(target) * (points - 100) / (50 if points >= 100 else 200)


def _progress(goal: Goal, points: float, rng: Random) -> float:
    base = _number(goal.base)
    return base + (_number(goal.target) - base) * points / 100


def _interpolate(goal: Goal, points: float, rng: Random) -> float:
    target = _number(goal.target)
    if points < 100:
        threshold = _number(goal.threshold)
        return threshold + (target - threshold) * (points - 60) / 40
    return target if goal.challenge is None else target + (_number(goal.challenge) - target) * (points - 100) / 20


def _steps(goal: Goal, points: float, rng: Random) -> float:
    """Somewhere between the step whose points are nearest and the next better one."""
    steps = material.STEPS[goal.kpi.table or ""].steps
    at, _ = min(steps, key=lambda step: abs(step[1] - points))
    better = min((other for other, _ in steps if other > at), default=1.0)
    return at + (better - at) * rng.uniform(0.2, 0.7)


def _grade(goal: Goal, points: float, rng: Random) -> int:
    """The label's place on the scale; between two labels by chance, so that the average is right."""
    earned = material.SCALES[goal.kpi.table or ""].points
    place = next((i for i, least in enumerate(earned) if points >= least), len(earned) - 1)
    if place and rng.random() < (points - earned[place]) / (earned[place - 1] - earned[place]):
        place -= 1
    return place


def _milestone(goal: Goal, points: float, rng: Random) -> date:
    assert isinstance(goal.target, date)
    late = round((100 - points) / (goal.kpi.k or 1))
    return goal.target + timedelta(days=late if late > 0 else -rng.randrange(8))


def _per_unit(goal: Goal, points: float, rng: Random) -> float:
    kpi = goal.kpi
    figure = _number(goal.target) + _sign(kpi) * (points - 100) * (kpi.step or 1) / (kpi.k or 1)
    return max(0.0, figure)


def _within(goal: Goal, points: float, rng: Random) -> float:
    kpi = goal.kpi
    low, high = kpi.low or 0.0, kpi.high or 0.0
    if points >= 88:
        return rng.uniform(low + (high - low) * 0.15, high - (high - low) * 0.15)
    return high + (100 - points) * (kpi.step or 1) / (kpi.k or 1)


def _pass_fail(goal: Goal, points: float, rng: Random) -> float:
    target, most = _number(goal.target), goal.kpi.most or 1.0
    return (target + most) / 2 if points >= 76 else target - 0.03


def _monitor(goal: Goal, points: float, rng: Random) -> float:
    return _number(goal.target) * rng.uniform(0.92, 1.08)


_OUTCOMES = {
    "ratio": _ratio,
    "own": _own,
    "progress": _progress,
    "interpolate": _interpolate,
    "steps": _steps,
    "grade": _grade,
    "marks": _grade,
    "milestone": _milestone,
    "per_unit": _per_unit,
    "within": _within,
    "pass_fail": _pass_fail,
    "monitor": _monitor,
}


def _earlier(kpi: Kpi, year: int, periods: int, rng: Random) -> list[int]:
    worst = len(material.SCALES[kpi.table or ""].points) - 2  # but one
    return [min(worst, max(0, year + rng.choice((-1, 0, 0, 1)))) for _ in range(periods)]


def _around(kpi: Kpi, year: float, periods: int, rng: Random) -> list[float]:
    """Values about the year's, nearer to it as it nears the KPI's natural end; they average to it."""
    if kpi.most is not None:
        year = min(year, kpi.most)
    room = abs(year) * 0.04 if kpi.most is None else min(abs(year) * 0.04, 0.6 * (kpi.most - year))
    values = [rng.uniform(-room, room) for _ in range(periods)]
    middle = sum(values) / periods
    return [year + value - middle for value in values]


def _summed(kpi: Kpi, year: float, periods: int, rng: Random) -> list[float]:
    weights = SEASON if periods == len(SEASON) and kpi.each else [1.0] * periods
    return spread(max(0.0, year), [weight * rng.uniform(0.9, 1.1) for weight in weights], kpi.decimals)


def _highest(kpi: Kpi, year: float, periods: int, rng: Random) -> list[float]:
    at = rng.randrange(periods)
    return [year if i == at else year * rng.uniform(0.6, 0.97) for i in range(periods)]


def _lowest(kpi: Kpi, year: float, periods: int, rng: Random) -> list[float]:
    at, room = rng.randrange(periods), (kpi.most or year * 1.1) - year
    return [year if i == at else year + room * rng.uniform(0.3, 1) for i in range(periods)]


def _trend(kpi: Kpi, year: float, periods: int, rng: Random) -> list[float]:
    slope = rng.uniform(-0.02, 0.02)
    return [year * (1 + slope * (periods - 1 - i)) for i in range(periods)]


_SERIES = {"sum": _summed, "mean": _around, "max": _highest, "min": _lowest, "last": _trend}


def _fraction(kpi: Kpi, value: float, span: int, rng: Random) -> Actual:
    denominator = max(1, round((kpi.volume or 1) * span * rng.uniform(0.92, 1.08)))
    numerator = max(0, round(value * denominator))
    if kpi.most is not None:
        numerator = min(numerator, round(kpi.most * denominator))
    return Actual(round(numerator / denominator, kpi.places), float(numerator), float(denominator))

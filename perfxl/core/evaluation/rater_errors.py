"""Rater errors: what each rater's marks show beside the others' of the same people. Advisory; they change no score.

Each error is a named statistic with its sample; marks of one person are one observation, since they hang together.
Source: domain.md section 8, scoring.md section 5.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import isfinite, nan, sqrt
from typing import Any, NamedTuple

from perfxl.core.evaluation.statistics import f_below, false_discovery, t_above
from perfxl.core.language import Text


class Mark(NamedTuple):
    """One mark in percent of its scale, and what is known of both sides."""

    rater: str
    ratee: str
    kpi: str
    value: float


class Ratee(NamedTuple):
    """What is known of somebody who is marked; None where it is not."""

    group: str | None = None
    tenure: float | None = None
    result: float | None = None
    last_month: float | None = None


class RaterError(NamedTuple):
    """How a rater errs: its name, the remedy, and the words for the two signs of its statistic."""

    name: str
    text: Text
    remedy: Text


class Finding(NamedTuple):
    """A statistic of a rater: its value, the people it rests on, the chance of one so large without an error, and the
    rate of false discoveries at which it would count."""

    rater: str
    error: RaterError
    value: float
    sample: int
    chance: float
    discovery: float = nan


ERRORS = (
    RaterError(
        "leniency",
        Text("极端倾向（偏宽为正、偏严为负）", "leniency (+) or severity (-)"),
        Text("统一标准，把等级分布与团队业绩挂钩", "a common standard, distribution tied to the team's result"),
    ),
    RaterError(
        "central_tendency",
        Text("平均趋势", "central tendency"),
        Text("强制分布、对比法", "forced distribution, paired comparison"),
    ),
    RaterError("halo", Text("晕轮效应", "halo"), Text("增加、不定期评价", "more, unscheduled ratings")),
    RaterError(
        "stereotype", Text("刻板影响", "stereotype"), Text("交叉评价、同级评价", "cross rating, peers' ratings")
    ),
    RaterError(
        "similar_to_me",
        Text("类似误差", "similar-to-me"),
        Text("交叉评价，提高客观指标的权重", "cross rating, more objective weight"),
    ),
    RaterError(
        "substitution",
        Text("不适合替代（跟着资历走）", "substitution (marks follow tenure)"),
        Text("严格按指标和行为标准评价", "strict KPI and behaviour criteria"),
    ),
    RaterError(
        "recency",
        Text("近期影响", "recency"),
        Text("平时记录关键事件", "record critical incidents through the period"),
    ),
)


class _Given(NamedTuple):
    """A rater's marks beside the others' of the same people and KPIs."""

    rater: str
    own: Mapping[str, Mapping[str, float]]  # ratee -> KPI -> mark
    others: Mapping[str, Mapping[str, float]]  # the same cells, as the mean of the others
    people: Mapping[str, Ratee]
    group: str | None

    def off(self) -> dict[str, float]:
        """Ratee -> by how much the marks are above the others'."""
        return {
            ratee: _mean([mark - self.others[ratee][kpi] for kpi, mark in marks.items()])
            for ratee, marks in self.own.items()
        }


def find_errors(
    marks: Iterable[Mark],
    people: Mapping[str, Ratee] | None = None,
    groups: Mapping[str, str] | None = None,
    *,
    least: int = 5,
) -> list[Finding]:
    """The statistics of each rater who shares ratees with others, in order of the raters and of ERRORS.

    people  what is known of ratees: only what is, is tested
    groups  rater -> the rater's own group
    least   fewer observations give no chance (NaN)
    """
    found: list[Finding] = []
    for given in _beside_others(list(marks), people or {}, groups or {}):
        for error in ERRORS:
            value, sample, chance = _TESTS[error.name](given)
            if sample:
                found.append(Finding(given.rater, error, value, sample, chance if sample >= least else nan))
    for error in ERRORS:  # many raters are tested for each
        at = [i for i, each in enumerate(found) if each.error is error]
        for i, rate in zip(at, false_discovery([found[i].chance for i in at]), strict=True):
            found[i] = found[i]._replace(discovery=rate)
    return found


def _beside_others(marks: Sequence[Mark], people: Mapping[str, Ratee], groups: Mapping[str, str]) -> Iterable[_Given]:
    cells: dict[tuple[str, str], dict[str, list[float]]] = {}
    for mark in marks:
        cells.setdefault((mark.ratee, mark.kpi), {}).setdefault(mark.rater, []).append(mark.value)
    means = {cell: {rater: _mean(values) for rater, values in given.items()} for cell, given in cells.items()}
    own: dict[str, dict[str, dict[str, float]]] = {}
    others: dict[str, dict[str, dict[str, float]]] = {}
    for (ratee, kpi), given in means.items():
        whole = sum(given.values())
        for rater, value in given.items():
            if len(given) > 1:
                own.setdefault(rater, {}).setdefault(ratee, {})[kpi] = value
                others.setdefault(rater, {}).setdefault(ratee, {})[kpi] = (whole - value) / (len(given) - 1)
    for rater in dict.fromkeys(mark.rater for mark in marks):
        if rater in own:
            yield _Given(rater, own[rater], others[rater], people, groups.get(rater))


_Tested = tuple[float, int, float]
_NONE: _Tested = (nan, 0, nan)


def _leniency(given: _Given) -> _Tested:
    """The mean distance to the others' marks of the same people, in percent points of the scale; two-sided."""
    off = list(given.off().values())
    return (
        _mean(off),
        len(off),
        _two_sided(_mean(off), sqrt(_variance(off) / len(off)) if len(off) > 1 else nan, len(off)),
    )


def _central_tendency(given: _Given) -> _Tested:
    """The spread of people's mean marks against that of the others' for them; a small share is the error."""
    own = [_mean(list(marks.values())) for marks in given.own.values()]
    other = [_mean(list(marks.values())) for marks in given.others.values()]
    return _less_spread(_variance(own), _variance(other), len(own), len(own) - 1)


def _halo(given: _Given) -> _Tested:
    """The spread of one person's marks over KPIs against that of the others' for it; a small share is the error."""
    several = [ratee for ratee, marks in given.own.items() if len(marks) > 1]
    spreads = [
        [_variance(list(marks[ratee].values())) * (len(marks[ratee]) - 1) for ratee in several]
        for marks in (given.own, given.others)
    ]
    freedom = sum(len(given.own[ratee]) - 1 for ratee in several)
    own, other = (sum(each) / freedom if freedom else nan for each in spreads)
    return _less_spread(own, other, len(several), freedom)


def _stereotype(given: _Given) -> _Tested:
    """How much of the distance to the others' marks goes with the ratees' groups."""
    groups: dict[str, list[float]] = {}
    for ratee, off in given.off().items():
        group = given.people.get(ratee, Ratee()).group
        if group is not None:
            groups.setdefault(group, []).append(off)
    every = [off for those in groups.values() for off in those]
    if len(groups) < 2 or len(every) <= len(groups):
        return _NONE
    whole = sum((off - _mean(every)) ** 2 for off in every)
    within = sum((off - _mean(those)) ** 2 for those in groups.values() for off in those)
    over, under = len(groups) - 1, len(every) - len(groups)
    chance = 1 - f_below((whole - within) / over / (within / under), over, under) if within > 0 else nan
    return (whole - within) / whole if whole > 0 else 0.0, len(every), chance


def _similar_to_me(given: _Given) -> _Tested:
    """How much more is given to people of the rater's own group; one-sided."""
    if given.group is None:
        return _NONE
    sides: tuple[list[float], list[float]] = ([], [])
    for ratee, off in given.off().items():
        group = given.people.get(ratee, Ratee()).group
        if group is not None:
            sides[group != given.group].append(off)
    if min(map(len, sides)) < 2:
        return _NONE
    errors = [_variance(side) / len(side) for side in sides]
    more = _mean(sides[0]) - _mean(sides[1])
    if sum(errors) <= 0:
        return more, len(sides[0]) + len(sides[1]), nan
    freedom = sum(errors) ** 2 / sum(error**2 / (len(side) - 1) for error, side in zip(errors, sides, strict=True))
    return more, len(sides[0]) + len(sides[1]), t_above(more / sqrt(sum(errors)), freedom)


def _substitution(given: _Given) -> _Tested:
    """How the distance to the others' marks goes with tenure; one-sided."""
    rows = [
        (off, tenure)
        for ratee, off in given.off().items()
        if (tenure := given.people.get(ratee, Ratee()).tenure) is not None
    ]
    if len(rows) < 3:
        return _NONE
    r = _correlation([off for off, _ in rows], [tenure for _, tenure in rows])
    return r, len(rows), _chance_of(r, len(rows) - 2)


def _recency(given: _Given) -> _Tested:
    """How marks go with the last month's result beyond the period's; one-sided."""
    rows = [
        (_mean(list(marks.values())), known.last_month, known.result)
        for ratee, marks in given.own.items()
        if (known := given.people.get(ratee, Ratee())).last_month is not None and known.result is not None
    ]
    if len(rows) < 4:
        return _NONE
    mark, last, whole = ([row[at] or 0.0 for row in rows] for at in range(3))
    ml, mw, lw = _correlation(mark, last), _correlation(mark, whole), _correlation(last, whole)
    rest = (1 - mw * mw) * (1 - lw * lw)
    r = (ml - mw * lw) / sqrt(rest) if rest > 1e-12 else nan
    return r, len(rows), _chance_of(r, len(rows) - 3)


_TESTS: dict[str, Callable[[_Given], _Tested]] = {
    "leniency": _leniency,
    "central_tendency": _central_tendency,
    "halo": _halo,
    "stereotype": _stereotype,
    "similar_to_me": _similar_to_me,
    "substitution": _substitution,
    "recency": _recency,
}


def _less_spread(own: float, other: float, sample: int, freedom: int) -> _Tested:
    """The share of one spread in another, both of so many degrees of freedom."""
    if freedom < 1 or not other > 0:
        return _NONE
    return own / other, sample, f_below(own / other, freedom, freedom)


def _two_sided(value: float, error: float, sample: int) -> float:
    return 2 * t_above(abs(value / error), sample - 1) if isfinite(error) and error > 0 else nan


def _chance_of(r: float, freedom: int) -> float:
    """Of a correlation at least so large."""
    if not isfinite(r) or freedom < 1:
        return nan
    return 0.0 if r >= 1 else t_above(r * sqrt(freedom / (1 - r * r)), freedom) if r > -1 else 1.0


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _variance(values: Sequence[Any]) -> float:
    """Of a sample; NaN of one value."""
    if len(values) < 2:
        return nan
    mean = _mean(values)
    return float(sum((value - mean) ** 2 for value in values) / (len(values) - 1))


def _correlation(one: Sequence[float], other: Sequence[float]) -> float:
    spread = _variance(one) * _variance(other)
    if not spread > 0:
        return nan
    means = _mean(one), _mean(other)
    together = sum((a - means[0]) * (b - means[1]) for a, b in zip(one, other, strict=True)) / (len(one) - 1)
    return together / sqrt(spread)

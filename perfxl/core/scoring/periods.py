"""Actuals of months, quarters and half-years to the figure of a contract's period; phasing, light and forecast.

Months are counted through: year x 12 + month - 1.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise
from math import fsum
from operator import attrgetter
from typing import Any, NamedTuple

from perfxl.core.language import Text
from perfxl.core.policy import Policy
from perfxl.core.records import Records
from perfxl.core.scoring.scalar import number
from perfxl.core.values.dates import Span, period_span
from perfxl.core.values.numbers import canonical, round_half_away
from perfxl.core.values.text import NOT_APPLICABLE


class Report(NamedTuple):
    """One row of actuals: the months it covers, what it says, and which part of an amount belongs to the contract."""

    first: int
    last: int
    value: Any
    numerator: float | None
    denominator: float | None
    row: int
    share: float = 1.0

    @property
    def figures(self) -> tuple[Any, ...]:
        """What it says."""
        return self.value, self.numerator, self.denominator


NO_MONTHS: frozenset[int] = frozenset()
"""One for all the lines in which no month is absent."""


class Aggregate(NamedTuple):
    """value to date (number, date, label, N/A or None); complete when it stands for the whole period; through is the
    last month reported (-1 for none); known and due count months, absent are those that are not applicable and count
    in neither; problem names what cannot be aggregated, wrong the rows that it is about; shares are the parts of the
    rows that count, where not all do."""

    value: Any = None
    complete: bool = False
    through: int = -1
    known: int = 0
    due: int = 0
    problem: str = ""
    rows: Sequence[int] = ()
    absent: frozenset[int] = NO_MONTHS
    wrong: tuple[int, ...] = ()
    shares: tuple[float, ...] = ()


def month_of(day: date) -> int:
    """The month of a day, counted through."""
    return day.year * 12 + day.month - 1


@lru_cache(maxsize=4096)
def months_of_period(period: str) -> tuple[int, int]:
    """First and last month of a period such as 2025-Q1."""
    span = period_span(period)
    return month_of(span.start), month_of(span.end)


@lru_cache(maxsize=4096)
def days_of_months(first: int, last: int) -> Span:
    """The days of months, counted through."""
    after = last + 1
    end = date(after // 12, after % 12 + 1, 1) - timedelta(days=1)
    return Span(date(first // 12, first % 12 + 1, 1), end)


@lru_cache(maxsize=4096)
def months_of_contract(start: date, end: date) -> tuple[int, int]:
    """First and last month of a contract; a month belongs to the contract that holds its last day."""
    from calendar import monthrange

    last = month_of(end)
    if end.day < monthrange(end.year, end.month)[1] and last > month_of(start):
        last -= 1
    return month_of(start), last


def aggregate(rule: str | None, reports: Sequence[Report], first: int, last: int) -> Aggregate:
    """The figure of months first..last. rule: sum, last, mean, max, min or ratio.

    Two reports of the same months count once where they are equal, and cannot be used where they differ; a month beside
    its quarter cannot be used either, except by `last`, where the latest and then the finest one counts.
    Source: scoring.md sections 2 and 7.
    """
    reported = [r for r in reports if _says(r)]
    if len(reported) > 1:
        reported.sort(key=_in_time)
    due = last - first + 1
    if not reported:
        return Aggregate(due=due)
    problem, wrong = "", tuple[int, ...]()
    apart = all(before.last < later.first for before, later in pairwise(reported))
    if not apart:
        reported, problem, wrong = _settle(rule, reported)
    through = reported[-1].last
    counted = [r for r in reported if r.value != NOT_APPLICABLE]
    if apart and len(counted) == len(reported):  # as most are: no month need be told from another
        covers = knows = sum(max(min(r.last, last) - max(r.first, first) + 1, 0) for r in reported)
        absent = NO_MONTHS
    else:
        covered, known = (_months(each, first, last) for each in (reported, counted))
        covers, knows, absent = len(covered), len(known), frozenset(covered - known) or NO_MONTHS
    complete = through >= last if rule == "last" else covers >= due
    rows = run_of_rows([r.row for r in reported])
    state = Aggregate(NOT_APPLICABLE, complete, through, knows, due - len(absent), problem, rows, absent, wrong)
    if any(r.share != 1.0 for r in reported):
        state = state._replace(shares=tuple(r.share for r in reported))
    if problem:
        return state._replace(value=None)
    if not counted:
        return state
    value, problem = _combine(rule, counted)
    wrong = tuple(r.row for r in counted if _no_number(r)) if problem == "figure_not_a_number" else wrong
    return state._replace(value=value, problem=problem, wrong=wrong)


_in_time = attrgetter("last", "first", "row")


def _months(reports: Sequence[Report], first: int, last: int) -> set[int]:
    return {month for r in reports for month in range(max(r.first, first), min(r.last, last) + 1)}


def run_of_rows(rows: list[int]) -> Sequence[int]:
    """Rows that follow each other, as those about one KPI mostly do, in little room."""
    run = range(rows[0], rows[0] + len(rows))
    return run if len(rows) > 1 and rows == list(run) else tuple(rows)


def _settle(rule: str | None, reports: Sequence[Report]) -> tuple[list[Report], str, tuple[int, ...]]:
    """Reports of which some share months: those that count, or the problem and the rows it is about."""
    kept: dict[tuple[int, int], Report] = {}
    for report in reports:
        same = kept.setdefault((report.first, report.last), report)
        if same.figures != report.figures:
            return list(kept.values()), "actuals_differ", (same.row, report.row)
    by_start = sorted(kept.values(), key=lambda r: (r.first, -r.last))
    widest = by_start[0]
    for report in by_start[1:] if rule != "last" else ():
        if report.first <= widest.last:
            return list(kept.values()), "actuals_overlap", (widest.row, report.row)
        widest = report
    return list(kept.values()), "", ()


def phased(
    target: float,
    steps: Sequence[tuple[int, float]],
    through: int,
    first: int,
    last: int,
    rule: str,
    absent: Collection[int] = (),
) -> float:
    """The target to date at the end of month `through`.

    Between given steps (last month, target by then) it runs linearly, and to the target at the end; before the first
    step from nothing for sums, and as the first step says for figures that do not accumulate. Months that are not
    applicable (`absent`) pass without anything being due. Source: scoring.md section 7.
    """
    if rule != "sum" and not steps:
        return target
    if not steps and not absent:  # as of most: evenly from nothing to the target
        at, whole = min(through, last) + 1 - first, last + 1 - first
        return target if at >= whole else target * at / whole if at > 0 else 0.0

    def passed(month: int) -> int:
        end = min(month, last) + 1
        return end - first - (sum(first <= each < end for each in absent) if absent else 0)

    at = passed(through)
    knots = [(0, 0.0)] if rule == "sum" else []
    knots += [(passed(month), figure) for month, figure in steps if first <= month <= last]
    if not any(month >= last for month, _ in steps):
        knots.append((passed(last), target))
    before = [knot for knot in knots if knot[0] <= at]
    after = [knot for knot in knots if knot[0] > at]
    if not after:
        return before[-1][1]
    if not before:
        return after[0][1]
    (left, low), (right, high) = before[-1], after[0]
    return low + (high - low) * (at - left) / (right - left)


def phasing_steps(agreed: Records) -> dict[tuple[Any, Any], list[tuple[int, float]]]:
    """The table of phased targets: (contract, KPI) -> the last month of each step and the target by then, in order."""
    phasing: dict[tuple[Any, Any], list[tuple[int, float]]] = {}
    for row in agreed.records():
        figure = number(row["target"])
        if row["period"] and figure == figure:
            step = months_of_period(row["period"])[1], figure
            phasing.setdefault((row["contract"], row["kpi"]), []).append(step)
    for steps in phasing.values():
        steps.sort()
    return phasing


def run_rate(value: float, known: int, due: int, rule: str) -> float:
    """What the period's end brings at the pace so far; months that are not applicable are in neither count."""
    return value * due / known if rule == "sum" and 0 < known < due else value


def attainment(actual: float, target: float, direction: float) -> float | None:
    """Percent of the target reached; None for a target of zero."""
    return 100 * (1 + direction * (actual - target) / abs(target)) if target else None


def light(percent: float | None, policy: Policy) -> str:
    """green, amber, red, or blank where there is nothing to judge. Exactly on a threshold, on the 10 digits that lights
    are judged by, is on its better side. Source: scoring.md section 7."""
    if percent is None:
        return ""
    percent = round_half_away(percent, 10)
    if percent >= policy["light_green"]:
        return "green"
    return "amber" if percent >= policy["light_amber"] else "red"


LIGHT_LABELS = {
    "green": Text("绿灯", "green"),
    "amber": Text("黄灯", "amber"),
    "red": Text("红灯", "red"),
    "": Text("", ""),
}


def _says(report: Report) -> bool:
    return report.value is not None or (report.numerator is not None and report.denominator is not None)


def _combine(rule: str | None, reports: Sequence[Report]) -> tuple[Any, str]:
    if rule == "ratio" and all(r.numerator is not None and r.denominator is not None for r in reports):
        over = fsum(r.denominator or 0.0 for r in reports)
        return (
            (canonical(fsum(r.numerator or 0.0 for r in reports) / over), "") if over else (None, "denominators_zero")
        )
    values = [_single(r) for r in reports]
    if rule == "last" or (len(values) == 1 and reports[0].share == 1.0):
        return values[-1], ""
    if rule is None or rule not in RULES:
        return None, "ratio_parts_missing" if rule == "ratio" else "aggregation_missing"
    if any(map(_no_number, reports)):
        return None, "figure_not_a_number"
    if rule == "sum":
        values = [value if r.share == 1.0 else value * r.share for value, r in zip(values, reports, strict=True)]
    return canonical(RULES[rule](values)), ""


def _single(report: Report) -> Any:
    if report.value is None and report.numerator is not None and report.denominator:
        return canonical(report.numerator / report.denominator)
    return report.value


def _no_number(report: Report) -> bool:
    return not isinstance(_single(report), float)


def _mean(values: Sequence[float]) -> float:
    return fsum(values) / len(values)


RULES: dict[str, Callable[[Sequence[float]], float]] = {"sum": fsum, "mean": _mean, "max": max, "min": min}
"""How plain figures are combined, by the rules that combine all of them."""

"""Actuals of months, quarters and half-years to the figure of a contract's period; phasing, light and forecast.

Months are counted through: year x 12 + month - 1.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from math import fsum
from typing import Any, NamedTuple

from perfxl.core.language import Text
from perfxl.core.policy import Policy
from perfxl.core.values.dates import period_span
from perfxl.core.values.numbers import canonical
from perfxl.core.values.text import NOT_APPLICABLE


class Report(NamedTuple):
    """One row of actuals: the months it covers and what it says."""

    first: int
    last: int
    value: Any
    numerator: float | None
    denominator: float | None
    row: int


class Aggregate(NamedTuple):
    """value to date (number, date, label, N/A or None); complete when it stands for the whole period; through is the
    last month reported (-1 for none); known and due count months; problem names what cannot be aggregated."""

    value: Any = None
    complete: bool = False
    through: int = -1
    known: int = 0
    due: int = 0
    problem: str = ""
    rows: tuple[int, ...] = ()


def month_of(day: date) -> int:
    """The month of a day, counted through."""
    return day.year * 12 + day.month - 1


def months_of_period(period: str) -> tuple[int, int]:
    """First and last month of a period such as 2025-Q1."""
    span = period_span(period)
    return month_of(span.start), month_of(span.end)


def months_of_contract(start: date, end: date) -> tuple[int, int]:
    """First and last month of a contract; a month belongs to the contract that holds its last day."""
    from calendar import monthrange

    last = month_of(end)
    if end.day < monthrange(end.year, end.month)[1] and last > month_of(start):
        last -= 1
    return month_of(start), last


def aggregate(rule: str | None, reports: Sequence[Report], first: int, last: int) -> Aggregate:
    """The figure of months first..last. rule: sum, last, mean, max, min or ratio. Source: scoring.md section 2."""
    reported = sorted((r for r in reports if _says(r)), key=lambda r: (r.last, r.row))
    rows = tuple(r.row for r in reported)
    due = last - first + 1
    if not reported:
        return Aggregate(due=due)
    through = reported[-1].last
    covered = {month for r in reported for month in range(max(r.first, first), min(r.last, last) + 1)}
    complete = through >= last if rule == "last" else len(covered) >= due
    counted = [r for r in reported if r.value != NOT_APPLICABLE]
    state = Aggregate(NOT_APPLICABLE, complete, through, len(covered), due, "", rows)
    if not counted:
        return state
    value, problem = _combine(rule, counted)
    return state._replace(value=value, problem=problem)


def phased(target: float, steps: Sequence[tuple[int, float]], through: int, first: int, last: int, rule: str) -> float:
    """The target to date at the end of month `through`: the latest given step, otherwise linear for sums, and the
    target itself for figures that do not accumulate."""
    given = [figure for month, figure in steps if month <= through]
    if given:
        return given[-1]
    if rule != "sum":
        return target
    return target * max(0, min(through, last) - first + 1) / (last - first + 1)


def run_rate(value: float, known: int, due: int, rule: str) -> float:
    """What the period's end brings at the pace so far."""
    return value * due / known if rule == "sum" and 0 < known < due else value


def attainment(actual: float, target: float, direction: float) -> float | None:
    """Percent of the target reached; None for a target of zero."""
    return 100 * (1 + direction * (actual - target) / abs(target)) if target else None


def light(percent: float | None, policy: Policy) -> str:
    """green, amber, red, or blank where there is nothing to judge."""
    if percent is None:
        return ""
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
    if len(values) == 1 or rule == "last":
        return values[-1], ""
    if rule is None or rule not in _RULES:
        return None, "ratio_parts_missing" if rule == "ratio" else "aggregation_missing"
    if not all(isinstance(value, float) for value in values):
        return None, "figure_not_a_number"
    return canonical(_RULES[rule](values)), ""


def _single(report: Report) -> Any:
    if report.value is None and report.numerator is not None and report.denominator:
        return canonical(report.numerator / report.denominator)
    return report.value


def _mean(values: Sequence[float]) -> float:
    return fsum(values) / len(values)


_RULES: dict[str, Callable[[Sequence[float]], float]] = {"sum": fsum, "mean": _mean, "max": max, "min": min}

"""How a person's figures came along through the period, as numbers for a chart."""

from __future__ import annotations

from typing import Any

from perfxl.core.scoring.joined import contract_months
from perfxl.core.scoring.line import number
from perfxl.core.scoring.periods import Report, aggregate, attainment, months_of_period, phased
from perfxl.documents.contexts.base import Contexts
from perfxl.documents.contexts.person import Scored

_MONTH = ("{month}月", "{name}")
_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_FEWEST = 2  # points of a line worth drawing
_MOST = 120.0  # percent: one KPI far beyond its target does not hide the others


def trend(contexts: Contexts, scored: list[Scored]) -> list[dict[str, Any]]:
    """Attainment to date at the end of each month that was reported: actual so far against target so far, the mean of
    the weighted KPIs that report more than once, by weight. Empty where there is no course to show."""
    courses = [course for course in (_course(contexts, each) for each in scored) if course]
    ends = sorted({month for _, course in courses for month in course})
    if len(ends) < _FEWEST:
        return []
    points = []
    for end in ends:
        known = [(weight, course[max(past)]) for weight, course in courses if (past := [m for m in course if m <= end])]
        whole = sum(weight for weight, _ in known)
        mean = sum(weight * min(value, _MOST) for weight, value in known) / whole
        label = contexts.say(_MONTH).format(month=end % 12 + 1, name=_NAMES[end % 12])
        points.append({"period": label, "attainment": round(mean, 1), "target": 100.0})
    return points


def _course(contexts: Contexts, scored: Scored) -> tuple[float, dict[int, float]] | None:
    """A line's weight, and its attainment by month; None for a line that has no course."""
    line, result = scored
    joined = contexts.results.scores.joined
    full = number(joined.columns["target"][line.position])
    if not line.counts or result.weight <= 0 or full != full:
        return None
    reports = [_report(contexts, row) for row in joined.to_date[line.position].rows]
    ends = sorted({report.last for report in reports})
    first, last = contexts.kept(_months)[joined.contract[line.position]]
    rule = joined.columns["aggregation"][line.position] or ""
    direction = -1.0 if joined.columns["direction"][line.position] == "lower" else 1.0
    steps = _steps(contexts, scored)
    course = {}
    for end in ends:
        so_far = aggregate(rule, [report for report in reports if report.last <= end], first, last)
        reached = number(so_far.value)
        aim = phased(full, steps, end, first, last, rule)
        percent = attainment(reached, aim, direction) if reached == reached else None
        if percent is not None:
            course[end] = percent
    return (result.weight, course) if len(course) >= _FEWEST else None


def _months(contexts: Contexts) -> list[tuple[int, int]]:
    return contract_months(contexts.results.scores.joined.contracts, contexts.policy)


def _report(contexts: Contexts, row: int) -> Report:
    held = contexts.index.at("actuals", row)
    return Report(*months_of_period(held["period"]), held["value"], held["numerator"], held["denominator"], row)


def _steps(contexts: Contexts, scored: Scored) -> list[tuple[int, float]]:
    row = scored.line.row
    found = [
        (months_of_period(step["period"])[1], float(step["target"]))
        for _, step in contexts.index.rows("phasing", "contract", row["contract"])
        if step["kpi"] == row["kpi"] and step["period"] and isinstance(step["target"], float)
    ]
    return sorted(found)

"""Which targets were missed: lines that earned less than their target gives and did not reach it."""

from __future__ import annotations

from datetime import date
from typing import Any

from perfxl.core.policy import Policy
from perfxl.core.rulebook import Method, RuleBook
from perfxl.core.scoring.program import Scores
from perfxl.core.scoring.scalar import LOWER, implied_direction

FULL = 100.0
"""Points of a target that was reached, whatever the method but one that draws its line by the policy."""


def points_at_target(method: str, policy: Policy) -> float:
    """The points that a line earns by reaching its target, of a built-in method by its name."""
    return float(policy["knot_target"]) if method == "interpolate" else FULL


def find_missed(scores: Scores) -> frozenset[int]:
    """The rows of weighted lines whose points are below those of their target and whose actual is worse than it. One
    that reached the target has no gap, whatever points its rule gives for that."""
    policy, table = scores.policy, scores.line_table
    most = max(FULL, points_at_target("interpolate", policy))
    candidates = ((scores.lines.points < most) & (scores.effective > 0)).nonzero()[0].tolist()
    methods, book = table.columns["method"], RuleBook(policy)
    missed = []
    for line in candidates:
        method = book.find(methods[line])
        if method is None or method.effect != "points":
            continue
        below = scores.lines.points[line] < points_at_target(method.name, policy)
        reached = method.name != "marks" and _is_reached(method, table.columns, line)  # marks are no figures of the KPI
        if below and not reached:
            missed.append(line)
    return frozenset(missed)


def people_with_gaps(scores: Scores) -> set[str]:
    """The people who missed a target of the contract that they hold now."""
    starts, contracts = scores.line_table.contracts.column("start"), scores.line_table.contract
    short = {contracts[line] for line in find_missed(scores)}
    return {
        person
        for person, rows in scores.segments.items()
        if max(rows, key=lambda row: (starts[row] is None, starts[row] or row)) in short
    }


def _is_reached(method: Method, columns: dict[str, list[Any]], line: int) -> bool:
    target, actual = columns["target"][line], columns["actual"][line]
    if isinstance(target, date) and isinstance(actual, date):
        return actual <= target
    if not isinstance(target, float) or not isinstance(actual, float):
        return False
    lower = columns["direction"][line] == "lower"
    if not columns["direction"][line]:
        row = {name: columns[name][line] for name in ("threshold", "target")}
        lower = implied_direction(method, row) == LOWER
    return actual <= target if lower else actual >= target

"""Figures with a word such as 万 beside figures without one, of KPIs whose unit does not say which is meant."""

from __future__ import annotations

from collections.abc import Iterator

from perfxl.core.checks.percents import COMPARED
from perfxl.core.policy import Policy
from perfxl.core.problems import Problem
from perfxl.core.records import Records, Tables
from perfxl.core.table_access import columns_of, lines_by_holder, problem_at, rows_of
from perfxl.core.values.multiples import may_differ

_MONTHS = 12  # so many reports may make up a target


def check_multiples(tables: Tables, policy: Policy) -> list[Problem]:
    """950万 beside a target of 1000: of what unit the second is, nobody says."""
    lines = rows_of(tables, "contract_lines")
    if lines is None:
        return []
    return [*_in_lines(lines), *_in_actuals(tables, lines)]


def _in_lines(lines: Records) -> Iterator[Problem]:
    targets, multiplied = lines.column("target"), lines.multiplied.get("target", set())
    for name in COMPARED[1:]:
        values = lines.column(name)
        for i in sorted(multiplied ^ lines.multiplied.get(name, set())):
            if _differ(targets[i], values[i]):
                yield problem_at("units_differ", lines, i, name)


def _in_actuals(tables: Tables, lines: Records) -> Iterator[Problem]:
    actuals, agreed = rows_of(tables, "actuals"), lines_by_holder(tables)
    words, in_lines = actuals.multiplied.get("value", set()) if actuals else set(), lines.multiplied.get("target", ())
    if actuals is None or agreed is None or not (words or in_lines):
        return
    targets = lines.column("target")
    for i, holder, kpi, value in columns_of(actuals, "holder", "kpi", "value"):
        rows = [row for row in agreed.get((holder, kpi), ()) if (row in in_lines) is not (i in words)]
        if any(_differ(targets[row], value, _MONTHS) for row in rows):
            yield problem_at("units_differ", actuals, i, "value")


def _differ(target: object, value: object, parts: int = 1) -> bool:
    """Of blanks and noughts there is nothing to ask."""
    if not isinstance(target, float | int) or not isinstance(value, float | int) or not target or not value:
        return False
    return may_differ(target, value, parts)

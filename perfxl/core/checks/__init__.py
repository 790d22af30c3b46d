"""The checks of a program: tables in, problems out. One subject per module, each `check(book, policy)`."""

from __future__ import annotations

from collections.abc import Callable

from perfxl.core.checks import (
    actuals,
    conservation,
    contracts,
    dates,
    duplicates,
    events,
    lines,
    methods,
    objectives,
    percents,
    references,
    trees,
    weights,
)
from perfxl.core.policy import Policy
from perfxl.core.problems import Problem
from perfxl.core.records import Tables
from perfxl.core.table_access import kept

Check = Callable[[Tables, Policy], list[Problem]]

CHECKS: tuple[Check, ...] = (
    duplicates.check,
    references.check,
    trees.check,
    objectives.check,
    methods.check,
    dates.check,
    contracts.check,
    lines.check,
    percents.check,
    weights.check,
    actuals.check,
    events.check,
    conservation.check,
)


def run_checks(book: Tables, policy: Policy) -> list[Problem]:
    """Everything that is wrong between the tables. Single cells are judged by whoever reads them, the policy's own
    sheets by core/policy_reading."""
    with kept():
        return [found for check in CHECKS for found in check(book, policy)]

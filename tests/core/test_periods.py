"""Lights, phasing and run rate (scoring.md section 7)."""

from __future__ import annotations

import pytest

from perfxl.core.policy import Policy
from perfxl.core.scoring.periods import Report, aggregate, attainment, light, phased, run_rate
from perfxl.core.values.text import NOT_APPLICABLE


def test_exactly_on_a_threshold_is_on_its_better_side() -> None:
    """1.045 of 1.1 is 95 to everybody, though the float falls short of it."""
    percent = attainment(1.045, 1.1, 1.0)
    assert percent is not None and percent < 95.0
    assert light(percent, Policy()) == "green"
    assert light(94.999999, Policy()) == "amber"


@pytest.mark.parametrize(
    ("steps", "through", "rule", "target"),
    [
        ([], 2, "sum", 30.0),
        ([], 2, "last", 120.0),
        ([(5, 80.0)], 2, "sum", 40.0),  # from nothing to the step
        ([(5, 80.0)], 8, "sum", 100.0),  # from the step to the target at the end
        ([(2, 60.0), (5, 80.0)], 3, "sum", 60.0 + 20.0 / 3),
        ([(5, 80.0)], 5, "sum", 80.0),
        ([(11, 110.0)], 11, "sum", 110.0),  # the end is given
        ([(2, 60.0), (5, 90.0)], 0, "last", 60.0),
        ([(2, 60.0), (5, 90.0)], 4, "last", 80.0),
        ([(5, 80.0)], 30, "sum", 120.0),
    ],
)
def test_the_target_runs_from_step_to_step(
    steps: list[tuple[int, float]], through: int, rule: str, target: float
) -> None:
    assert phased(120.0, steps, through, 0, 11, rule) == pytest.approx(target)


def test_months_that_are_not_applicable_count_in_nothing() -> None:
    reports = [Report(m, m, NOT_APPLICABLE if m == 1 else 10.0, None, None, m) for m in range(4)]
    found = aggregate("sum", reports, 0, 11)
    assert (found.value, found.known, found.due, found.absent) == (30.0, 3, 11, frozenset({1}))
    assert run_rate(30.0, found.known, found.due, "sum") == 110.0
    assert phased(110.0, [], 3, 0, 11, "sum", found.absent) == 30.0


def test_reports_that_are_no_numbers_are_named_themselves() -> None:
    """The message was of the contract line: “” is not a number: F01."""
    reports = [
        Report(0, 0, 95.0, None, None, 3),
        Report(1, 1, "优", None, None, 5),
        Report(2, 2, "95abc", None, None, 4),
    ]
    found = aggregate("mean", reports, 0, 11)
    assert (found.value, found.problem, found.wrong) == (None, "figure_not_a_number", (5, 4))


def test_parts_of_reports_are_kept_where_one_counts_in_part() -> None:
    """explain shows them: which part of a quarter belongs to the contract."""
    reports = [Report(0, 2, 90.0, None, None, 0, 0.5), Report(3, 5, 30.0, None, None, 1)]
    found = aggregate("sum", reports, 0, 5)
    assert (found.value, found.shares) == (75.0, (0.5, 1.0))
    assert aggregate("sum", reports[1:], 3, 5).shares == ()

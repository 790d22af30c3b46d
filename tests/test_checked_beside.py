"""Checks and scores of a large program, by two processes: what one of them finds and scores."""

from __future__ import annotations

import sys
from dataclasses import replace

import pytest

from perfxl import processes
from perfxl import program as program_module
from perfxl.core.checks import CHECKS, run_checks
from perfxl.core.policy import Policy
from perfxl.core.problems import Address, Problem, problem
from perfxl.core.records import Tables
from perfxl.core.scoring.program import join_program, score_program
from perfxl.program import Program, from_tables
from perfxl.sample import program as sample
from tests.workbook.random_program import program as random_program

FORKED = pytest.mark.skipif(sys.platform != "linux", reason="other systems cannot fork safely")
UNREAD = "half"


def figures(program: Program) -> tuple[list[str], list[Problem]]:
    scores, found = program.score()
    assert scores.outlook
    shown = [repr((scores.lines.points.tolist(), scores.totals.total.tolist(), scores.verdicts, scores.decisions))]
    return shown, [*found, *program.all_problems()]


def with_text_for_a_figure(tables: Tables) -> tuple[Tables, Problem]:
    """An actual that could not be read, as reading leaves it."""
    actuals = tables["actuals"]
    at = next(i for i, value in enumerate(actuals.column("value")) if isinstance(value, float))
    values = [None if i == at else value for i, value in enumerate(actuals.column("value"))]
    address = replace(actuals.address(at, "value"))
    lost = problem("figure_not_a_number", address, table="actuals", column="value", value=UNREAD)
    return {**tables, "actuals": replace(actuals, columns={**actuals.columns, "value": values})}, lost


@FORKED
@pytest.mark.parametrize("tables", [sample(60, 9), random_program(40, 3)], ids=["sample", "random"])
@pytest.mark.parametrize("cores", [1, 2])
def test_two_processes_find_what_one_finds(tables: Tables, cores: int, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = figures(from_tables(tables)[0])
    monkeypatch.setattr(program_module, "SHARED_FROM", 1)
    monkeypatch.setattr(processes, "count_cores", lambda: cores)
    monkeypatch.setattr(processes, "can_fork", lambda: True)  # whatever threads the tests' own processes have
    assert figures(from_tables(tables)[0]) == alone
    checked_first = from_tables(tables)[0]
    checked_first.check()
    assert figures(checked_first) == alone
    monkeypatch.setattr(program_module, "SHARED_UP_TO", 1)
    assert figures(from_tables(tables)[0]) == alone


def test_scores_that_nobody_needs_any_more_can_go() -> None:
    """What scoring found stays; who asks for them again has the same scores."""
    program = from_tables(sample(30, 9))[0]
    before = figures(program)
    found = program.all_problems()
    program.let_scores_go()
    assert program.all_problems() == found and "_scores" not in vars(program)
    assert figures(program) == before
    program.policy = Policy().but(points_cap=100)
    assert "_of_scoring" not in vars(program)


def test_lines_are_joined_again_where_checks_tell_of_unread_cells() -> None:
    """What counts as unreadable is the same, whoever says so and when."""
    tables, lost = with_text_for_a_figure(sample(30, 9))
    policy = Policy()
    told, found = score_program(tables, policy, problems=[lost])
    again, found_again = score_program(tables, policy, problems=[lost], joined=join_program(tables, policy))
    assert found_again == found and again.line_table.columns == told.line_table.columns
    assert any(UNREAD in str(value) for value in again.line_table.columns["actual"])


def test_whoever_does_them_all_checks_come_in_their_order() -> None:
    tables = random_program(20, 5)
    backwards = run_checks(tables, Policy(), lambda count, run: [run(i) for i in reversed(range(count))][::-1])
    assert backwards == run_checks(tables, Policy()) and len(CHECKS) == 30
    assert all(isinstance(each.address, Address) for each in backwards)

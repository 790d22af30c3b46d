"""What messages say: the label that is wrong, and methods by the name that the language has for them."""

from __future__ import annotations

from typing import Any

import pytest

from perfxl.core.policy import Policy
from perfxl.core.policy_reading import read_policy
from perfxl.core.problems import Problem
from perfxl.core.rulebook import METHODS
from perfxl.core.scoring.program import score_program
from perfxl.core.scoring.scalar import LineScorer
from tests.core.clean_program import Edit, book, line, put


def scoring_problems(*edits: Edit) -> list[Problem]:
    tables = book(*edits)
    return score_program(tables, read_policy(tables)[0])[1]


@pytest.mark.parametrize(
    ("code", "value", "edit"),
    [
        ("M107", "特优", lambda rows: _report(rows, "K5", "特优")),
        ("M108", "没有的表", put("kpis", 4, scale="没有的表")),
        ("M108", "没有的档", put("kpis", 3, steps="没有的档")),
    ],
)
def test_a_label_that_is_not_there_is_quoted(code: str, value: str, edit: Edit) -> None:
    assert value in {str(about.value) for about in scoring_problems(edit) if about.code == code}


def _report(rows: dict[str, list[dict[str, Any]]], kpi: str, value: Any) -> None:
    for row in rows["actuals"]:
        if row["kpi"] == kpi:
            row["value"] = value


def test_methods_are_named_in_the_language_of_the_message() -> None:
    lines = (line("C1", f"K{number}") for number in range(1, 10))
    problems = scoring_problems(*(put("contract_lines", row, target=None, low=None) for row in lines))
    scorer = LineScorer(Policy())
    problems += [
        about
        for method in METHODS
        for given in ({"actual": 1.0}, {"actual": "abc", "target": "abc"}, {"actual": 1.0, "target": 0.0})
        if (about := scorer.score({"method": method.name, **given}).problem)
    ]
    assert len(problems) > 10
    names = {method.name for method in METHODS}
    for about in problems:
        words = about.message("zh") + about.hint("zh")
        assert not [name for name in names if name in words], words

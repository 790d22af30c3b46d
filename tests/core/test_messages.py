"""What messages say: the label that is wrong, and methods by the name that the language has for them."""

from __future__ import annotations

import re
from typing import Any

import pytest

from perfxl.core.catalogue import CATALOGUE
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


_DETAIL = re.compile(r"\{(\w+)[^{}]*\}")
_CHINESE = re.compile(r"[\u3400-\u9fff]+")
# Words that an English message quotes: what was typed is Chinese.
_QUOTED = {"万", "万元", "优", "良", "中", "差"}


@pytest.mark.parametrize("name", CATALOGUE)
def test_every_text_of_the_catalogue_is_of_its_language(name: str) -> None:
    """Chinese without the English names of methods and tables, English without Chinese, both of the same details."""
    kind = CATALOGUE[name]
    for text in (kind.zh, kind.hint_zh):
        plain = _DETAIL.sub("", text)
        assert _CHINESE.search(plain) or not plain.strip(), text
        words = set(re.findall(r"(?<![\w-])[a-z_]+(?![\w.])", plain))
        assert not words & {method.name for method in METHODS}, text
    for text in (kind.en, kind.hint_en):
        assert set(_CHINESE.findall(_DETAIL.sub("", text))) <= _QUOTED, text
    zh, en = ({re.sub("_(zh|en)$", "", each) for each in _DETAIL.findall(text)} for text in (kind.zh, kind.en))
    assert zh == en, (zh, en)

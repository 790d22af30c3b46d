"""Figures and scoring sentences as HR types them: what is understood, what it scores, what is left to people."""

from __future__ import annotations

from typing import Any

import pytest

from perfxl.core.scoring.scalar import LineScorer
from perfxl.tables.notation.lines import settle_rule
from perfxl.tables.notation.sentences import read_sentence
from perfxl.tables.notation.targets import read_target


def points_of(sentence: str, target: Any, actual: Any, name: str = "", full: float | None = None) -> float | None:
    """What a sentence scores through the rule book; None where it is left open."""
    rule, _ = read_sentence(sentence, full)
    if rule is None:
        return None
    goal, reached = read_target(target), read_target(actual)
    line, _ = settle_rule(rule, goal, actual=reached.number, name=name)
    if line is None:
        return None
    columns = {name: value for name, value in vars(line).items() if value not in (None, ())}
    columns["actual"] = reached.date or reached.number
    if goal.date:
        columns["target"] = goal.date
    return LineScorer().score(columns).points


@pytest.mark.parametrize(
    ("sentence", "target", "actual", "name", "points"),
    [
        ("每降低1%扣2分", "≥98%", "97%", "合格率", 98),
        ("每降低1%扣2分", "≥95%", "96%", "审核覆盖率", 100),
        ("每低1%扣2分", 0.95, 0.93, "回款率", 96),
        ("每多1次扣5分", 2, 3, "投诉次数", 95),
        ("每起扣10分", 0, 1, "安全事故", 90),
    ],
)
def test_sentences_score(sentence: str, target: Any, actual: Any, name: str, points: float) -> None:
    assert points_of(sentence, target, actual, name) == points

"""Which improvement actions nobody could check."""

from __future__ import annotations

from datetime import date

import pytest

from perfxl.documents.papers.improvement import is_vague, missing

DUE = date(2026, 3, 31)


@pytest.mark.parametrize(
    "action",
    [
        "加强学习",
        "进一步提高服务意识",
        "努力完成任务",
        "Improve communication",
        "Pay more attention to quality",
        "优化流程",
    ],
)
def test_intentions_alone_are_vague(action: str) -> None:
    assert is_vague(action, None, None)
    assert is_vague(action, None, DUE)
    assert is_vague(action, "客户满意", None)
    assert not is_vague(action, "客户满意度达到目标", DUE)


@pytest.mark.parametrize(
    "action",
    [
        "每周与直接上级复盘一次，提高回款率",
        "加强拜访：每周拜访3家客户",
        "两个月内完善渠道管理制度",
        "Improve collection: call every debtor weekly",
        "参加专题培训并通过测试",
        "Attend the training and pass the test",
        "",
    ],
)
def test_actions_with_a_figure_or_without_intentions_are_not(action: str) -> None:
    assert not is_vague(action, None, None)


def test_an_action_says_who_by_when_measured_how_checked_when() -> None:
    row = {"owner": "E001", "due": DUE, "measure": None, "check_date": None, "support": None}
    assert missing(row) == ["measure", "check_date"]

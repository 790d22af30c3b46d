"""Points, weighted scores and attainment that a table shows say which way is better, and what people gave."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from perfxl.program import load
from tests.cli.test_import_command import standings
from tests.workbook.books import save

DAYS, SALES = ["项目完成天数", 50, 30, 36], ["销售额", 50, 100, 100]  # the name says nothing of the direction


@pytest.mark.parametrize(
    ("header", "shown", "total"),
    [
        ("得分", (80, 100), 90.0),
        ("得分", (120, 100), 110.0),
        ("得分", (70, 100), 85.0),  # by no method: what people gave
        ("加权得分", (40, 50), 90.0),
        ("加权得分", (60, 50), 110.0),
        ("加权得分", (35, 50), 85.0),
        ("完成率", ("80%", "100%"), 90.0),
        ("完成率", ("83.3%", "100%"), 90.0),  # target by actual
        ("完成率", ("120%", "100%"), 110.0),
    ],
)
def test_what_is_shown_says_which_way_is_better(
    header: str, shown: tuple[Any, Any], total: float, tmp_path: Path
) -> None:
    rows = [["指标", "权重", "目标值", "实际值", header], [*DAYS, shown[0]], [*SALES, shown[1]]]
    program, _ = load(save(tmp_path / "表.xlsx", {"Sheet1": [["2026年度"], ["姓名：张三"], *rows]}))
    assert standings(program) == {"张三": ("official", total)}


def test_where_nothing_says_which_way_is_better_it_is_asked(tmp_path: Path) -> None:
    """36 days of 30 are 120 points or 80: taken for more is better, they were 110 in all, officially."""
    rows = [["指标", "权重", "目标值", "实际值"], DAYS, SALES]
    program, problems = load(save(tmp_path / "表.xlsx", {"Sheet1": [["2026年度"], ["姓名：张三"], *rows]}))
    assert standings(program) == {"张三": ("undetermined", None)}
    assert [each.address.cell for each in problems if each.code == "T188"] == ["A4"]

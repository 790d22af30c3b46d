"""How the figures of periods across make one: shown by the table, or asked; never assumed where it changes points."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from perfxl.tables.aggregating import find_aggregation
from tests.tables.layouts import read_rows

MONTHS = [f"{month}月" for month in range(1, 13)]
QUARTERS = ["一季度", "二季度", "三季度", "四季度"]


def _table(row: list[Any], heads: list[str], more: tuple[str, ...] = ()) -> list[list[Any]]:
    return [["姓名：甲  2026年度"], ["指标", "权重", "目标", *heads, *more], row]


@pytest.mark.parametrize(
    ("row", "heads"),
    [
        (["客户满意度", 100, 90, *[91, 92, 90, 89] * 3], MONTHS),
        (["库存周转天数", 100, 30, 32, 31, 30, 29], QUARTERS),
        (["在编人数", 100, 50, 50, 51, 52, 50], QUARTERS),
        (["健康指数", 100, 100, 80, 80], ["上半年", "下半年"]),
    ],
)
def test_figures_that_do_not_add_up_are_asked_about(row: list[Any], heads: list[str], tmp_path: Path) -> None:
    """Twelve months of 90 are no 1,091 of a target of 90, and no 120 points."""
    read = read_rows(tmp_path, _table(row, heads))
    assert read.totals == {"甲": (None, False)} and read.cells("M114") == ["A3"]
    (message,) = [problem for problem in read.problems if problem.code == "M114"]
    assert "汇总方式" in message.hint("zh") and "指标库" not in message.message("zh") + message.hint("zh")


@pytest.mark.parametrize(
    ("row", "heads", "actual", "total"),
    [
        (["销售额", 100, 1200, *[100] * 12], MONTHS, 1200, 100),
        (["培训人次", 100, 200, 50, 50, 50, 40], QUARTERS, 190, 95),
        (["培养人才", 100, 12, 3, 3, 3, 3], QUARTERS, 12, 100),
        (["合格率", 100, "90%", "91%", "92%", "90%", "87%"], QUARTERS, 0.9, 100),
        (["投诉次数", 100, 10, 2, 3, 2, 2], QUARTERS, 9, 110),
    ],
)
def test_what_the_figures_show_is_read(
    row: list[Any], heads: list[str], actual: float, total: float, tmp_path: Path
) -> None:
    read = read_rows(tmp_path, _table(row, heads))
    assert read.lines[0][4] == actual and read.totals == {"甲": (total, True)}


@pytest.mark.parametrize(("whole", "head", "actual"), [(92, "累计", 92), (91.5, "全年平均", 91.5), (366, "合计", 366)])
def test_the_tables_own_total_says_how(whole: float, head: str, actual: float, tmp_path: Path) -> None:
    read = read_rows(tmp_path, _table(["员工体验", 100, 90, 91, 92, 91, 92, whole], QUARTERS, (head,)))
    assert read.lines[0][4] == actual


@pytest.mark.parametrize(("word", "actual"), [("平均", 90.5), ("期末", 92), ("最大", 92), ("最小", 89)])
def test_the_answer_is_a_column(word: str, actual: float, tmp_path: Path) -> None:
    rows = _table(["员工体验", 100, 90, 89, 91, 90, 92, word], QUARTERS, ("汇总方式",))
    read = read_rows(tmp_path, rows)
    assert read.lines[0][4] == actual and read.official == ["甲"] and not read.cells("M114")


@pytest.mark.parametrize("times", [0.2, 1.0, 3.0])
@pytest.mark.parametrize("count", [4, 12])
def test_size_and_units_do_not_matter(times: float, count: int) -> None:
    """What follows from the figures is the same in 元 and 万元."""
    for scale in (1.0, 1e4):
        assert find_aggregation("数值", [times * scale] * count, count * scale) == ("sum" if times < 3 else None)
        assert find_aggregation("数值", [scale] * count, scale) is None

"""Figures that a table shows beside others are compared, asked about or counted; none is passed over."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.tables.layouts import Rows, read_rows

NAME: list[Any] = ["姓名：甲"]


@pytest.mark.parametrize(
    ("head", "rows", "shown", "said"),
    [
        (["指标", "分值", "目标", "实际", "得分"], [["收入", 60, 100, 90, 54], ["服务", 40, 100, 80, 32]], 90, True),
        (["指标", "分值", "目标", "实际", "得分"], [["收入", 60, 100, 90, 54], ["服务", 40, 100, 80, 32]], 86, False),
        (["指标", "权重", "目标", "实际", "得分"], [["收入", 60, 100, 90, 90], ["服务", 40, 100, 80, 80]], 86, False),
        (["指标", "权重", "目标", "实际", "得分"], [["收入", 60, 100, 90, 90], ["服务", 40, 100, 80, 80]], 85, False),
        (["指标", "权重", "目标", "实际", "得分"], [["收入", 60, 100, 90, 90], ["服务", 40, 100, 80, 80]], 88, True),
    ],
    ids=["sum off", "sum", "weighted", "mean", "weighted off"],
)
def test_a_total_that_does_not_follow_is_said(
    head: list[str], rows: list[list[Any]], shown: float, said: bool, tmp_path: Path
) -> None:
    read = read_rows(tmp_path, [NAME, head, *rows, ["合计", 100, "", "", shown]])
    assert read.totals == {"甲": (86, True)} and read.cells("S208") == (["E5"] if said else [])


@pytest.mark.parametrize(
    ("rate", "said"), [(0.9091, True), ("90.91%", True), (1.1, False), ("110%", False), (0.9, False)]
)
def test_an_attainment_of_its_own_is_said(rate: Any, said: bool, tmp_path: Path) -> None:
    rows = [NAME, ["指标", "权重", "目标", "实际", "完成率"], ["成本", "100%", 100, 110, rate]]
    assert read_rows(tmp_path, rows).cells("M170") == (["E3"] if said else [])


ADJUSTED: Rows = [NAME, ["指标", "权重", "得分", "加分", "扣分"], ["收入", 60, 90, 2, ""], ["服务", 40, 80, "", 3]]


def test_points_beside_the_score_are_never_passed_over(tmp_path: Path) -> None:
    read = read_rows(tmp_path, ADJUSTED)
    assert read.totals == {} and read.cells("M171") == ["D2"]
    left = [row[:3] for row in ADJUSTED]
    assert read_rows(tmp_path, left).totals == {"甲": (86, True)}


def test_what_was_taken_off_is_in_the_score_already(tmp_path: Path) -> None:
    rows = [
        NAME,
        ["考核项目", "分值", "扣分", "得分"],
        ["考勤", 20, 4, 16],
        ["业绩", 80, 10, 70],
        ["合计", 100, 14, 86],
    ]
    assert read_rows(tmp_path, rows).totals == {"甲": (86, True)}


@pytest.mark.parametrize("low", [4, 5, 10])
def test_marks_of_two_scales_are_asked_about(low: float, tmp_path: Path) -> None:
    """90 of 100 beside 4 of 5, perhaps; with a total that proves it, or a zero, there is no doubt."""
    head = ["指标", "权重", "评分"]
    read = read_rows(tmp_path, [NAME, head, ["质量", 60, 90], ["态度", 40, low]])
    assert read.totals == {"甲": (None, False)} and read.cells("S204") == ["C2"]
    assert read_rows(tmp_path, [NAME, head, ["质量", 60, 90], ["态度", 40, 0]]).totals == {"甲": (54, True)}
    proved = [NAME, head, ["质量", 60, 90], ["态度", 40, low], ["合计", 100, 54 + 0.4 * low]]
    assert read_rows(tmp_path, proved).totals == {"甲": (54 + 0.4 * low, True)}


@pytest.mark.parametrize(
    ("head", "points"),
    [("目标(≤)", [80, 120]), ("目标（不超过）", [80, 120]), ("目标值(≥)", [120, 80]), ("目标值", [120, 80])],
)
def test_a_sign_in_the_header_holds_for_all(head: str, points: list[float], tmp_path: Path) -> None:
    read = read_rows(tmp_path, [NAME, ["指标", "权重", head, "实际"], ["甲项", 50, 5, 6], ["乙项", 50, 10, 8]])
    assert [line[-1] for line in read.lines] == points


@pytest.mark.parametrize(
    ("rule", "weight", "actual", "points"),
    [
        ("每超1次扣10分，扣完为止", 60, "3次", 83.33),
        ("达标得60分，每超1次扣6分，扣完为止", 60, "3次", 90),
        ("每超1次扣10分", 60, "9次", 0),
    ],
)
def test_points_taken_off_are_of_the_points_to_be_had(
    rule: str, weight: float, actual: str, points: float, tmp_path: Path
) -> None:
    """分值 60: 10 off are a sixth, not a tenth."""
    rows = [
        NAME,
        ["指标", "分值", "目标", "评分标准", "实际"],
        ["投诉", weight, "≤2次", rule, actual],
        ["其他", 40, 100, "", 80],
    ]
    assert read_rows(tmp_path, rows).lines[0][-1] == points


@pytest.mark.parametrize("head", ["自评说明", "完成说明", "上级评语", "情况说明"])
def test_remarks_are_no_scoring_rule(head: str, tmp_path: Path) -> None:
    rows = [
        NAME,
        ["指标", "权重", "目标", "实际", head, "得分"],
        ["收入", "60%", 100, 90, "完成较好", 90],
        ["服务", "40%", 100, 80, "一般", 80],
    ]
    assert read_rows(tmp_path, rows).totals == {"甲": (86, True)}


@pytest.mark.parametrize("title", ["{} 绩效考核表", "{}  2026年度业绩合同"])
def test_a_name_before_the_title(title: str, tmp_path: Path) -> None:
    table: list[list[Any]] = [["指标", "权重", "目标", "实际"], ["收入", 60, 100, 90], ["服务", 40, 100, 80]]
    rows = [[title.format("甲")], *table, [title.format("乙")], *table]
    assert list(read_rows(tmp_path, rows).totals) == ["甲", "乙"]


def test_a_weight_that_says_not_scored_is_monitored(tmp_path: Path) -> None:
    rows = [NAME, ["指标", "权重", "目标", "实际"], ["收入", "100%", 100, 90], ["参考", "不计分", 50, 40]]
    assert read_rows(tmp_path, rows).totals == {"甲": (90, True)}


def test_a_mark_without_a_scale_is_said_once_in_a_matrix(tmp_path: Path) -> None:
    """KPIs across have their cells in the header's columns, where checking and scoring look."""
    read = read_rows(tmp_path, [["姓名", "质量（60%）", "态度（40%）"], ["甲", 9, 8], ["乙", 8, 7]])
    assert sorted(read.cells("M165")) == ["B2", "B3", "C2", "C3"]


def test_the_remedy_of_a_word_for_a_figure_is_a_column(tmp_path: Path) -> None:
    read = read_rows(tmp_path, [NAME, ["指标", "权重", "目标", "实际"], ["收入", 100, 100, "良好"]])
    [asked] = [problem for problem in read.problems if problem.address.cell == "D3"]
    assert "良好" not in asked.hint("zh") and "得分" in asked.hint("zh")


@pytest.mark.parametrize(
    ("head", "asked", "rival"),
    [
        (["目标", "本月完成", "累计完成"], "累计完成", "本月完成"),
        (["目标", "本月实际", "累计实际"], "累计实际", "本月实际"),
    ],
)
def test_two_columns_for_one_are_asked_about_in_one_question(
    head: list[str], asked: str, rival: str, tmp_path: Path
) -> None:
    """Which of them counts against the target nobody can tell; the question names both and what to do."""
    rows: list[list[Any]] = [
        ["姓名：甲　2026年3月"],
        ["指标", "权重", *head],
        ["销售额", 60, 300, 100, 290],
        ["回款", 40, 150, 50, 140],
    ]
    read = read_rows(tmp_path, rows)
    questions = [problem for problem in read.problems if problem.code == "S201"]
    assert read.totals == {} and len(questions) == 1
    assert (
        asked in questions[0].message("zh")
        and rival in questions[0].message("zh")
        and "备注" in questions[0].message("zh")
    )
    answered = [row[:] for row in rows]
    answered[1][answered[1].index(rival)] = "备注"
    assert read_rows(tmp_path, answered).official == ["甲"]

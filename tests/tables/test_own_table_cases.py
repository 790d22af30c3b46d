"""Each kind of table that HR has, from its file to lines, totals and what is asked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from perfxl.cli import main
from perfxl.core.problems import Severity
from perfxl.program import load
from tests.fuzz.harness import official_totals
from tests.tables.layouts import read_file, save

DATA = Path(__file__).parent.parent / "data" / "tables"

# File -> the lines (KPI, weight, target, actual, points), each holder's total with whether it is official.
Line = tuple[str, float | None, Any, Any, float | None]
CASES: dict[str, tuple[list[Line], dict[str, tuple[float | None, bool]]]] = {
    "01_self_superior_scores.xlsx": (
        [
            ("销售收入", 40, None, None, None),
            ("回款率", 30, None, None, None),
            ("客户满意度", 30, None, None, None),
        ],
        {"甲": (None, False)},
    ),
    "01b_three_known_of_seven.xlsx": (
        [
            ("销售收入", 40, 1000, None, None),
            ("回款率", 30, 0.95, None, None),
            ("客户满意度", 30, 90, None, None),
        ],
        {"甲": (None, False)},
    ),
    "02_key_column_synonym.xlsx": (
        [
            ("合格率", 25, 0.98, 0.97, 98),
            ("审核覆盖率", 25, 0.95, 0.96, 100),
            ("准交率", 25, 0.95, 0.95, 100),
            ("异常解决率", 25, 0.9, 0.91, 100),
        ],
        {"甲": (99.5, True)},
    ),
    "02b_score_form_synonyms.xlsx": (
        [("遵守制度", 20, None, None, 85), ("协作配合", 20, None, None, 90), ("沟通", 60, None, None, 91.67)],
        {"甲": (90, True)},
    ),
    "02c_blank_form.xlsx": ([], {}),
    "03_english_kra.xlsx": (
        [("Revenue", 40, 1000, 1100, 80), ("Collection", 20, 0.95, 0.9, 60), ("CSAT", 40, 90, 92, 100)],
        {"A": (84, True)},
    ),
    "03b_english_measure.xlsx": (
        [("Revenue", 40, 1000, 1100, None), ("CSAT", 60, 90, 92, None)],
        {"03b_english_measure": (None, False)},
    ),
    "03c_english_rated.xlsx": (
        [("Accuracy", 30, None, None, 80), ("Coherence", 30, None, None, 100), ("Speed", 40, None, None, 60)],
        {"03c_english_rated": (78, True)},
    ),
    "04_item_and_content.xlsx": (
        [("收入", 30, 100, 90, 90), ("回款", 30, 100, 95, 95), ("出勤", 20, 100, 100, 100), ("协作", 20, 100, 90, 90)],
        {"甲": (93.5, True)},
    ),
    "05_table_below_swallowed.xlsx": (
        [
            ("销售收入", 30, 1000, 950, 95),
            ("回款率", 30, 0.95, 0.9, 94.74),
            ("新客户", 20, 10, 9, 90),
            ("满意度", 20, 90, 91, 101.11),
        ],
        {"甲": (95.14, True)},
    ),
    "05b_bonus_sections_below.xlsx": (
        [
            ("合格率", 50, 0.98, 0.97, 98.98),
            ("准交率", 50, 0.95, 0.96, 101.05),
            ("未按流程采购", None, None, 2, -2),
            ("延误", None, None, 0, 0),
            ("合理化建议", None, None, 3, 3),
        ],
        {"甲": (101.02, True)},
    ),
    "05c_action_plan_below.xlsx": (
        [("收入", 50, 100, 90, 90), ("回款", 50, 100, 95, 95)],
        {"甲": (92.5, True)},
    ),
    "06_table_above_lost.xlsx": (
        [
            ("计划达成率", 60, 0.95, None, None),
            ("库存周转率", 40, 6, None, None),
            ("盘点准确率", 50, 0.99, None, None),
            ("仓储成本", 50, 100, None, None),
        ],
        {"计划主管": (None, False), "仓储主管": (None, False)},
    ),
    "07_posts_in_a_column.xlsx": (
        [
            ("收入", 60, 100, None, None),
            ("回款", 40, 100, None, None),
            ("满意度", 70, 90, None, None),
            ("响应率", 30, 95, None, None),
        ],
        {"销售经理": (None, False), "客服专员": (None, False)},
    ),
    "08_two_level_weights.xlsx": (
        [
            ("项目交付", 30, 100, 90, 90),
            ("代码质量", 18, 100, 80, 80),
            ("文档", 12, 100, 85, 85),
            ("协作", 20, 100, 90, 90),
            ("主动", 20, 100, 80, 80),
        ],
        {"甲": (85.6, True)},
    ),
    "08b_weight_in_heading.xlsx": (
        [
            ("合格率", 30, 100, 90, 90),
            ("投诉率", 30, 100, 95, 105),
            ("准时率", 20, 100, 90, 90),
            ("准确率", 20, 100, 95, 95),
        ],
        {"甲": (95.5, True)},
    ),
    "09_units_in_values.xlsx": (
        [
            ("客户满意度", 30, 90, 92, 102.22),
            ("投诉次数", 30, 2, 3, 50),
            ("安全事故", 20, 0, 0, None),
            ("响应时间", 20, 24, 20, 116.67),
        ],
        {"甲": (None, False)},
    ),
    "10_text_targets.xlsx": (
        [
            ("库存资金占用", 30, "同比下降5%", "下降4%", 80),
            ("报表", 30, "每月5日前完成", "按时", 100),
            ("成本", 20, "预算内", "超支2%", 80),
            ("协调能力", 20, "优秀", "良好", 85),
        ],
        {"甲": (87, True)},
    ),
    "11_scoring_sentence.xlsx": (
        [
            ("回款率", 30, 0.95, 0.93, 96),
            ("满意度", 30, 90, 88, 90),
            ("投诉次数", 20, 2, 3, 95),
            ("安全事故", 20, 0, 1, 90),
        ],
        {"甲": (92.8, True)},
    ),
    "12_placeholders.xlsx": (
        [("合格率", 50, 0.98, None, None), ("准交率", 50, 0.95, None, None)],
        {"甲": (None, False)},
    ),
    "13_people_by_kpi_matrix.xlsx": (
        [
            ("代码质量", 45, None, None, 90),
            ("开发效率", 25, None, None, 90),
            ("工作态度", 20, None, None, 80),
            ("协作", 10, None, None, 90),
            ("代码质量", 45, None, None, 80),
            ("开发效率", 25, None, None, 75),
            ("工作态度", 20, None, None, 80),
            ("协作", 10, None, None, 80),
        ],
        {"甲": (88, True), "乙": (78.75, True)},
    ),
    "14_months_across.xlsx": (
        [("销售收入", 50, 1200, 300, None), ("新客户", 50, 120, 30, None)],
        {"甲": (None, False)},
    ),
    "15_target_actual_rows.xlsx": (
        [("核算达标率", None, 1, 0.966667, None), ("净流量", None, 300, 290, None)],
        {"北部区域": (None, False)},
    ),
    "16_rubric_rows.xlsx": (
        [("工作质量", 40, None, "优秀", 100), ("工作效率", 60, None, "按时完成", 83.33)],
        {"甲": (90, True)},
    ),
    "17_total_other_words.xlsx": ([("收入", 50, None, None, 90), ("回款", 50, None, None, 80)], {"甲": (85, True)}),
    "18_info_row_of_cells.xlsx": (
        [("遵守制度", 20, None, None, None), ("协作", 20, None, None, None), ("沟通", 60, None, None, None)],
        {"18_info_row_of_cells": (None, False)},
    ),
    "19_contract_without_issuer.xlsx": (
        [("销售收入(万元)", 30, 1000, 1100, 110), ("回款率", 30, 0.95, 0.9, 94.74), ("客户满意度", 40, 90, 92, 102.22)],
        {"甲": (102.31, True)},
    ),
    "20_scored_by_superior.xlsx": (
        [("收入", 30, None, None, 90), ("回款", 30, None, None, 80), ("协作", 40, None, None, 85)],
        {"甲": (85, True)},
    ),
    "21_old_format.xls": (
        [("销售收入(万元)", 30, 1000, 1100, 110), ("回款率", 30, 0.95, 0.9, 94.74), ("客户满意度", 40, 90, 92, 102.22)],
        {"甲": (102.31, True)},
    ),
}
FAILING = {"05c_action_plan_below.xlsx", "09_units_in_values.xlsx"}  # a cell or a line of theirs is wrong
SAID = {
    "01_self_superior_scores.xlsx": ("M154", ""),  # the shares are asked for once
    "02c_blank_form.xlsx": ("S203", "A4"),
    "03b_english_measure.xlsx": ("S204", "F1"),  # the scale is asked for
    "05_table_below_swallowed.xlsx": ("S220", "A10"),
    "05c_action_plan_below.xlsx": ("V105", "D9"),
    "08b_weight_in_heading.xlsx": ("S136", "A6"),
    "09_units_in_values.xlsx": ("M103", "C6"),
    "13_people_by_kpi_matrix.xlsx": ("S208", "F3"),
    "15_target_actual_rows.xlsx": ("W118", "B4"),
}


@pytest.mark.parametrize("name", CASES)
def test_a_case_is_read(name: str) -> None:
    read = read_file(DATA / name)
    lines, totals = CASES[name]
    assert [line[1:] for line in read.lines] == lines
    assert read.totals == totals
    if name in SAID:
        code, cell = SAID[name]
        assert read.cells(code)[:1] == [cell]


@pytest.mark.parametrize("name", CASES)
def test_the_commands_say_the_same(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`check --json` and `score --json` list tables and contracts at every exit code."""
    told = []
    for command in (["check"], ["score", "-o", str(tmp_path / "scores.xlsx")]):
        failed = main([*command, str(DATA / name), "--json"])
        told.append(json.loads(capsys.readouterr().out))
        assert bool(failed) == (name in FAILING)
    assert told[0]["tables"] == told[1]["tables"] and told[0]["tables"]
    assert told[0]["contracts"] == told[1]["contracts"]
    assert len(told[0]["contracts"]) == len(CASES[name][1])


def test_what_stands_beside_the_kpis() -> None:
    """Categories, kinds, grades and plans of the cases that are about them."""
    of_kra = read_file(DATA / "03_english_kra.xlsx").contracts[0]["lines"]
    assert [line["category"] for line in of_kra] == ["financial", "financial", "customer"]
    effects = read_file(DATA / "05b_bonus_sections_below.xlsx").contracts[0]["lines"]
    assert [line["kind"] for line in effects[2:]] == ["deduct", "deduct", "bonus"]
    assert read_file(DATA / "08_two_level_weights.xlsx").contracts[0]["grade"] == "B"
    assert read_file(DATA / "05c_action_plan_below.xlsx").kinds == ["contract", "plans"]


_TWO_POSTS: list[list[Any]] = [
    ["岗位：计划主管"],
    ["指标名称", "权重", "得分"],
    ["计划达成率", 50, 99],
    ["库存周转", 50, 95],
    [],
    ["岗位：仓储主管"],
    ["指标名称", "权重", "得分"],
    ["盘点准确率", 50, 90],
    ["收货及时率", 50, 92],
]


@pytest.mark.parametrize("typed", ["２０２５", "1.2.3", "甲"])
def test_a_table_like_the_one_above_is_not_left_with_a_notice(typed: str, tmp_path: Path) -> None:
    """The first header of the second table was typed over: its two rows were gone without an error, or read."""
    program, _ = load(save(tmp_path / "两个岗位.xlsx", _TWO_POSTS))
    assert sorted(official_totals(program).values()) == [91.0, 97.0]
    rows = [list(row) for row in _TWO_POSTS]
    rows[6][0] = typed
    program, _ = load(save(tmp_path / "两个岗位.xlsx", rows))
    errors = {(each.code, each.address.cell) for each in program.all_problems() if each.severity is Severity.ERROR}
    assert errors == {("S201", "A7")}
    assert official_totals(program) == {}
    rows[6:] = [[typed, "权重", "实际值"], ["盘点准确率", 50, 90], [typed, 1e308, 92]]
    rows[1:4] = [["指标名称", "权重", "实际值"], ["计划达成率", 50, 99], ["库存周转", 50, 95]]
    program, _ = load(save(tmp_path / "两个岗位.xlsx", rows))
    errors = {(each.code, each.address.cell) for each in program.all_problems() if each.severity is Severity.ERROR}
    assert ("S281", "A7") in errors


_WHOSE = ["姓名", "指标名称", "权重", "目标值", "实际完成值"]
_FIGURES_OF_TWO: list[list[Any]] = [["甲", "收入", 60, 100, 90], ["甲", "利润", 40, 50, 50]]


@pytest.mark.parametrize(
    "units",
    [
        ["", "", "（%）", "（万元）", "（万元）"],
        ["", "", "%", "万元", "万元"],
        ["", "", "(%)", "", ""],
        ["单位", "", "%", "万元", "万元"],
        ["", "", "", "（单位：万元）", "【万元】"],
        ["", "", "", "[万元]", "[万元]"],
    ],
    ids=str,
)
def test_a_row_of_units_below_the_header_is_part_of_it(units: list[str], tmp_path: Path) -> None:
    """In brackets it passed for a KPI without a name, and in one column for a note."""
    program, _ = load(save(tmp_path / "业绩合同.xlsx", [_WHOSE, units, *_FIGURES_OF_TWO], sheet="业绩合同"))
    codes = {each.code for each in program.all_problems()}
    assert not codes & {"V101", "V109", "S112"}
    assert official_totals(program) == {"甲": 94.0}


def test_the_units_in_that_row_are_compared(tmp_path: Path) -> None:
    """Targets in 万元 beside actuals in 元 gave 120 points."""
    rows: list[list[Any]] = [
        _WHOSE,
        ["", "", "%", "万元", "元"],
        ["甲", "收入", 60, 100, 900000],
        ["甲", "利润", 40, 50, 1],
    ]
    program, problems = load(save(tmp_path / "业绩合同.xlsx", rows, sheet="业绩合同"))
    assert "S218" in {each.code for each in problems}
    assert not program.usable or official_totals(program) == {}


@pytest.mark.parametrize(
    ("row", "left"),
    [(["", "", "约三成", 100, 90], {}), (["乙", "", "约三成", 100, 90], {"甲": 94.0}), (["丙", "", "？", "", ""], {})],
    ids=str,
)
def test_a_row_of_which_nothing_was_taken_leaves_no_total_official(
    row: list[Any], left: dict[str, float], tmp_path: Path
) -> None:
    """Its errors touched nobody, since no line stands there; where it names somebody, it is theirs."""
    others: list[list[Any]] = [["乙", "收入", 60, 100, 90], ["乙", "利润", 40, 50, 50]]
    path = save(tmp_path / "业绩合同.xlsx", [_WHOSE, row, *_FIGURES_OF_TWO, *others], sheet="业绩合同")
    program, _ = load(path)
    assert any(each.severity is Severity.ERROR and each.address.cell.endswith("2") for each in program.all_problems())
    assert official_totals(program) == left

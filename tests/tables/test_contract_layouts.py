"""Contract and weight tables of HR's own, in the layouts that occur: each is read right, or asked about."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.tables.layouts import Rows, read_rows

HEAD: list[Any] = ["考核指标", "权重", "目标值", "实际完成值"]


def test_rows_right_below_others_are_no_header(tmp_path: Path) -> None:
    """部门费用 and 扣分 are words of headers too, but stand in the table's last row."""
    rows: Rows = [
        ["指标种类", *HEAD],
        ["任务", "收入", 50, 100, 90],
        ["", "回款", 50, 100, 100],
        ["质量", "部门费用", "扣分"],
    ]
    read = read_rows(tmp_path, rows)
    assert read.kinds == ["contract"]
    assert [line[1:3] for line in read.lines] == [("收入", 50.0), ("回款", 50.0), ("部门费用", None)]


def test_names_above_two_tables_are_no_header(tmp_path: Path) -> None:
    head = ["指标", "权重", "目标", "实际"]
    rows: Rows = [["张三", "", "", "", "", "李四"], [*head, "", *head], ["收入", 100, 9, 9, "", "产量", 100, 9, 9]]
    read = read_rows(tmp_path, rows)
    assert read.taken == {"指标": "kpi", "权重": "weight", "目标": "target", "实际": "actual"}


def test_a_section_of_one_kpi_is_no_total(tmp_path: Path) -> None:
    rows: Rows = [["姓名：张三"], HEAD, ["一、业绩（70%）"], ["收入", "60%", 100, 90], ["利润", "40%", 100, 90]]
    read = read_rows(tmp_path, [*rows, ["二、行为（30%）"], ["协作", "100%", 100, 80]])
    assert [line[1:3] for line in read.lines] == [("收入", 42.0), ("利润", 28.0), ("协作", 30.0)]
    assert read.totals == {"张三": (87.0, True)}


def test_the_next_post_with_one_kpi_is_no_total(tmp_path: Path) -> None:
    rows: Rows = [["岗位", *HEAD], ["销售", "收入", 60, 100, 90], ["", "回款", 40, 100, 100], ["客服", "满意度", 100]]
    read = read_rows(tmp_path, rows)
    assert [line[:3] for line in read.lines] == [
        ("销售", "收入", 60.0),
        ("销售", "回款", 40.0),
        ("客服", "满意度", 100.0),
    ]


def test_a_scale_below_the_table_is_a_note(tmp_path: Path) -> None:
    rows: Rows = [["Criteria", "Weight", "Manager Rating"], ["Quality", 60, 4], ["Teamwork", 40, 5]]
    read = read_rows(tmp_path, [*rows, ["Rating scale: 1 = Poor, 2 = Fair, 3 = Good, 4 = Very good, 5 = Excellent"]])
    assert [line[1] for line in read.lines] == ["Quality", "Teamwork"]


@pytest.mark.parametrize(
    "labels",
    [
        ["被考核人", "甲", "考核人", "李总", "考核期", "2026年1月"],
        ["姓名", "甲", "", "岗位", "经理", ""],
        ["部门", "一部", "姓名", "甲", "职务", "主管"],
        ["Name", "甲", "Position", "Manager", "Department", "Sales team"],
        ["姓名", "甲", "工号", "0012", "上级", "王经理"],
    ],
)
@pytest.mark.parametrize("blank", [0, 1])
@pytest.mark.parametrize("left", [0, 2])
def test_labels_with_their_values_are_no_header(labels: list[str], blank: int, left: int, tmp_path: Path) -> None:
    """The person was lost, and the file's name stood in for it."""
    rows: list[list[Any]] = [
        labels,
        *[[]] * blank,
        ["指标", "权重", "目标", "实际"],
        ["收入", "60%", 100, 90],
        ["服务", "40%", 100, 80],
    ]
    read = read_rows(tmp_path, [[""] * left + row for row in rows])
    assert read.totals == {"甲": (86, True)} and read.kinds == ["contract"]

"""Layouts as people make them: each is read as its owner means it, or is left alone; no total rests on a guess."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from perfxl.core.problems import Problem
from perfxl.program import load
from tests.cli.test_import_command import standings
from tests.workbook.books import save

HEADER = ["指标", "权重", "目标值", "实际值"]


def read(path: Path, *rows: list[Any]) -> tuple[dict[str, Any], dict[str, list[Any]], list[Problem]]:
    """Standings, each table's columns by name, and all problems."""
    program, _ = load(save(path / "表.xlsx", {"Sheet1": list(rows)}))
    lines = program.tables.get("contract_lines")
    columns = {name: list(lines.column(name)) for name in ("kpi", "weight", "target", "threshold")} if lines else {}
    return (standings(program) if lines else {}), columns, program.all_problems()


def test_sections_with_headers_of_their_own_make_one_whole(tmp_path: Path) -> None:
    first: list[list[Any]] = [["一、业绩考核（70%）"], HEADER, ["销售额", 60, 100, 90], ["回款额", 40, 100, 80]]
    second: list[list[Any]] = [
        ["二、行为考核（30%）"],
        ["项目", "权重", "自评20%", "上级评80%"],
        ["责任心", 50, 90, 80],
        ["协作", 50, 80, 90],
    ]
    found, columns, problems = read(tmp_path, ["2026年度"], ["姓名：张三"], *first, *second)
    assert columns["weight"] == [42.0, 28.0, 15.0, 15.0]
    assert found == {"张三": ("official", 0.42 * 90 + 0.28 * 80 + 0.15 * 82 + 0.15 * 88)}
    # Of parts that make no whole nothing is official.
    first[0] = ["一、业绩考核（60%）"]
    found, _, problems = read(tmp_path, ["2026年度"], ["姓名：张三"], *first, *second)
    assert found["张三"][0] != "official" and "section_weights_unclear" in {each.name for each in problems}


@pytest.mark.parametrize("lower", [False, True])
def test_the_target_between_the_least_and_the_challenge(lower: bool, tmp_path: Path) -> None:
    limits = [[80, 100, 120], [60, 80, 100]]
    rows: list[list[Any]] = [
        [name, w, *(each[::-1] if lower else each), each[1]]
        for name, w, each in zip("甲乙", (60, 40), limits, strict=True)
    ]
    found, columns, _ = read(
        tmp_path, ["2026年度"], ["姓名：张三"], ["指标", "权重", "底线目标", "基本目标", "挑战目标", "实际"], *rows
    )
    assert columns["target"] == [100.0, 80.0] and columns["threshold"] == ([120.0, 100.0] if lower else [80.0, 60.0])
    assert found == {"张三": ("official", 100.0)}


def test_full_marks_and_points_may_say_points(tmp_path: Path) -> None:
    rows: list[list[Any]] = [["业绩", "60分", "55分"], ["态度", "40分", "38分"]]
    found, columns, _ = read(tmp_path, ["2026年度"], ["姓名：张三"], ["考核内容", "分值", "得分"], *rows)
    assert columns["weight"] == [60.0, 40.0] and found == {"张三": ("official", 93.0)}


@pytest.mark.parametrize(
    "rows",
    [
        # People with their totals and grades: no bands of grades.
        [["排名", "姓名", "总分", "等级"], [1, "李四", 93, "A"], [2, "张三", 87, "B"]],
        [["姓名", "得分", "等级"], ["李四", 93, "A"], ["张三", 87, "B"], ["王五", 70, "C"]],
        # Totals of months gone by: no KPIs.
        [["姓名", "1月", "2月", "3月", "平均"], ["张三", 90, 80, 85, 85], ["李四", 70, 75, 80, 75]],
        [["姓名", "1", "2", "3", "出勤天数"], ["张三", "√", "√", "○", 2], ["李四", "√", "√", "√", 3]],
        [["姓名", "基本工资", "绩效工资", "绩效系数", "应发"], ["张三", 5000, 2000, 1.1, 7200]],
        [["项目", "预算", "实际", "差异"], ["差旅费", 100, 90, -10], ["办公费", 50, 60, 10]],
    ],
)
def test_lists_that_are_no_contracts_set_nothing(rows: list[list[Any]], tmp_path: Path) -> None:
    found, _, problems = read(tmp_path, *rows)
    assert not found
    assert not {"grade_bands_read"} & {each.name for each in problems}

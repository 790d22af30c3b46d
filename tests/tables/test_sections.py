"""Rows that name a section and hold what its rows below have together are headings; nothing else is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from perfxl.program import load
from tests.cli.test_import_command import standings
from tests.workbook.books import save

PLAIN = ["指标名称", "权重", "目标值", "实际完成值"]
REVENUE, CASH, SERVICE = ["收入", 40, 100, 90], ["回款", 20, 100, 100], ["满意度", 40, 90, 81]
SCORED = ["考核项目", "满分", "得分"]
SHARED = ["考核项目", "权重", "自评分20%", "上级评分80%"]


def read(path: Path, *rows: list[Any]) -> tuple[tuple[str, float | None], list[Any], list[Any]]:
    """The person's standing and total, the lines' KPIs and weights, and the rows that were taken for headings."""
    program, problems = load(save(path / "表.xlsx", {"Sheet1": [["2026年度绩效考核表"], ["姓名：甲"], *rows]}))
    lines = program.tables["contract_lines"]
    weights = [weight and round(weight, 9) for weight in lines.column("weight")]
    headings = [each.address.cell for each in problems if each.name == "row_is_heading"]
    return standings(program)["甲"], list(zip(lines.column("kpi"), weights, strict=True)), headings


THREE = [("收入", 40.0), ("回款", 20.0), ("满意度", 40.0)]
FOUR = [("任务", 40.0), ("质量", 20.0), ("出勤", 20.0), ("协作", 20.0)]


def of_four(header: list[Any], first: list[Any], second: list[Any], *lines: list[Any]) -> list[list[Any]]:
    return [header, ["业绩", 60, *first], *lines[:2], ["态度", 40, *second], *lines[2:]]


_PLAIN_ROWS: list[list[Any]] = [["财务", 60], REVENUE, CASH, ["客户", 40], SERVICE]
BESIDE = [["财务", None, 60], [None, *REVENUE], [None, *CASH], ["客户", None, 40], [None, *SERVICE]]
WITHIN = [["财务", 60], ["收入", 70, 100, 90], ["回款", 30, 100, 100], ["客户", 40], ["满意度", 100, 90, 81]]
OUTLINE = (1, 1.1, 1.2, 2, 2.1)
POINTS = [["任务", 40, 37], ["质量", 20, 18], ["出勤", 20, 18], ["协作", 20, 17]]
MARKS = [["任务", 40, 38, 37], ["质量", 20, 19, 18], ["出勤", 20, 18, 18], ["协作", 20, 18, 17]]


@pytest.mark.parametrize(
    ("rows", "total", "lines"),
    [
        ([PLAIN, ["一、财务类", 60], REVENUE, CASH, ["二、客户类", 40], SERVICE], 92.0, THREE),
        ([PLAIN, *_PLAIN_ROWS, ["合计", 100]], 92.0, THREE),
        ([["序号", *PLAIN], *([n, *row] for n, row in zip(OUTLINE, _PLAIN_ROWS, strict=True))], 92.0, THREE),
        ([["类别", *PLAIN], *BESIDE], 92.0, THREE),
        ([PLAIN, *([name, weight / 100, *rest] for name, weight, *rest in _PLAIN_ROWS)], 92.0, THREE),
        ([PLAIN, *WITHIN], 91.8, [("收入", 42.0), ("回款", 18.0), ("满意度", 40.0)]),
        # Sections with the points of their rows, or without.
        (of_four(SCORED, [55], [35], *POINTS), 90.0, FOUR),
        (of_four(SCORED, [], [], *POINTS), 90.0, FOUR),
        (of_four(SHARED, [], [], *([name, w, 90, 80] for name, w in FOUR)), 82.0, FOUR),
        (of_four(["考核项目", "满分", "自评20%", "上级评80%"], [57, 55], [36, 35], *MARKS), 90.6, FOUR),
    ],
)
def test_sections_are_headings(rows: list[list[Any]], total: float, lines: list[Any], tmp_path: Path) -> None:
    standing, found, headings = read(tmp_path, *rows)
    assert standing == ("official", total)
    assert found == lines
    assert len(headings) == 2


def test_outlined_weights_alone_have_sections_too(tmp_path: Path) -> None:
    rows = [["一", "财务", 60], [1, "收入", 40], [2, "回款", 20], ["二", "客户", 40], [1, "满意度", 40]]
    assert read(tmp_path, ["序号", "指标名称", "权重"], *rows)[1:] == (THREE, ["B4", "B7"])


@pytest.mark.parametrize(
    "rows",
    [
        [["收入", 50], ["回款", 50, 100, 100]],
        [["收入", 50], ["回款", 25, 100, 100], ["利润", 25, 100, 100]],
        [["收入", 30, 100, 90], ["回款", 30, 100, 100], ["利润", 40]],
        [["收入", 60], ["回款", 40, 100, 100], ["利润", 20, 100, 100], ["客户", 40], ["满意度", 30, 90, 81]],
    ],
)
def test_a_kpi_without_figures_is_no_section_where_sums_do_not_prove_it(rows: list[list[Any]], tmp_path: Path) -> None:
    standing, found, headings = read(tmp_path, PLAIN, *rows)
    assert standing[0] != "official"
    assert len(found) == len(rows) and not headings


def test_a_subtotal_of_one_row_is_a_total(tmp_path: Path) -> None:
    rows = [REVENUE, CASH, ["财务小计", 60], SERVICE, ["客户小计", 40], ["总计", 100]]
    assert read(tmp_path, PLAIN, *rows)[:2] == (("official", 92.0), THREE)

"""Levels in columns (5分 | 4分 | 3分, 优秀(100) | 良好(80)): steps, grades or full marks, and never other points."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from perfxl.program import load
from tests.tables.layouts import read_rows, save

FEW = ["5分", "4分", "3分", "2分", "1分"]
TOP = ["优秀(100)", "良好(80)", "合格(60)"]


def _points(folder: Path, head: list[Any], *rows: list[Any]) -> list[float | None]:
    read = read_rows(folder, [["姓名：甲"], head, *rows])
    return [line[-1] for line in read.lines]


@pytest.mark.parametrize(
    ("head", "cells", "actual", "points"),
    [
        (FEW, ["≥98%", "95%-98%", "90%-95%", "85%-90%", "<85%"], "96%", 80),
        (FEW, ["≥98%", "95%-98%", "90%-95%", "85%-90%", "<85%"], "80%", 20),
        (FEW[::-1], ["<85%", "85%-90%", "90%-95%", "95%-98%", "≥98%"], "99%", 100),
        ([5, 4, 3, 2, 1], ["≥98%", "95%-98%", "90%-95%", "85%-90%", "<85%"], "92%", 60),
        ([1, 2, 3, 4, 5], ["<85%", "85%-90%", "90%-95%", "95%-98%", "≥98%"], "92%", 60),
        (FEW, [100, 90, 80, 70, 60], 92, 80),
        (FEW, [0, 1, 2, 3, 4], 1, 80),
        (FEW, [0, 1, 2, 3, 4], 9, None),  # worse than the worst level: nothing says what that gives
        (TOP, ["≥98%", "≥95%", "≥90%"], "96%", 80),
        (["优(100分)", "良(80分)", "差(0分)"], [100, 90, 80], 95, 80),
        (["120分", "100分", "80分"], ["≥110", "100-110", "90-100"], 115, 120),
        (["10分", "8分", "6分"], ["≥110", "100-110", "90-100"], 105, 80),
        (["95分", "80分", "60分"], ["≥110", "100-110", "90-100"], 105, None),  # of 95 or of 100: not said
    ],
)
def test_limits_below_levels_are_steps(
    head: list[Any], cells: list[Any], actual: Any, points: float | None, tmp_path: Path
) -> None:
    line = ["产品合格", 100, *cells, actual]
    assert _points(tmp_path, ["指标", "权重", *head, "实际值"], line) == [points]


@pytest.mark.parametrize(
    ("head", "of", "given", "points"),
    [
        (["优秀(100)", "良好(80)", "合格(60)"], "评定", "良好", 80),
        (["优秀(120)", "良好(100)", "合格(80)"], "评定", "优秀", 120),
        (["优秀(5)", "良好(4)", "合格(3)"], "评定", "良好", 80),
        (["5分", "4分", "3分"], "得分", 4, 80),
        (["5分", "4分", "3分"], "上级评分", 3, 60),
        (["5分", "4分", "3分"], "得分", 20, None),  # not of 5: the scale is asked for
    ],
)
def test_sentences_below_levels_leave_the_points_to_people(
    head: list[str], of: str, given: Any, points: float | None, tmp_path: Path
) -> None:
    rows = ["合作", 50, "主动", "愿意", "一般", given], ["学习", 50, "主动学", "愿意学", "一般学", given]
    assert _points(tmp_path, ["指标", "权重", *head, of], *rows) == [points, points]


def test_limits_in_percent_make_a_kpi_in_percent(tmp_path: Path) -> None:
    """So that papers show 96% and ≥98%, not 0.96 and 0.98."""
    rows: list[list[Any]] = [["姓名：甲"], ["指标", "权重", *FEW, "实际值"]]
    rows += [["合格率", 100, "≥98%", "95%-98%", "90%-95%", "85%-90%", "<85%", "96%"]]
    program, _ = load(save(tmp_path / "table.xlsx", rows))
    assert program.tables["kpis"].column("unit") == ["%"]
    rows[-1] = ["产量", 100, "≥98", "95-98", "90-95", "85-90", "<85", 96]
    program, _ = load(save(tmp_path / "table.xlsx", rows))
    assert program.tables["kpis"].column("unit") == [None]


def test_levels_below_a_header_over_them(tmp_path: Path) -> None:
    head = [["指标", "权重", "评分标准", "", "", "实际值"], ["", "", "5分", "4分", "3分", ""]]
    read = read_rows(
        tmp_path, [["姓名：甲"], *head, ["合格率", 100, "≥98%", "95%-98%", "<95%", "97%"]], ("C2:E2", "A2:A3", "B2:B3")
    )
    assert read.totals == {"甲": (80.0, True)}
    assert "S212" in read.asked

"""Levels that are ticked: ✓ below 优, ■ among □, 是 among 否, 1 among 0; what a level is worth is never guessed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from perfxl.core.problems import Problem
from perfxl.program import load
from perfxl.tables.ticks import find_ticks, ticked_label
from tests.cli.test_import_command import standings
from tests.workbook.books import save

USUAL = ["考核项目", "权重", "优", "良", "中", "差"]
CHOSEN = {"任务": (40, 1), "质量": (30, 0), "态度": (30, 2)}  # weight, level


def rows(header: list[Any], mark: Any, empty: Any = None) -> list[list[Any]]:
    levels = len(header) - 2
    made = [[name, w, *(mark if at == on else empty for at in range(levels))] for name, (w, on) in CHOSEN.items()]
    return [header, *made]


def read(path: Path, table: list[list[Any]]) -> tuple[tuple[str, float | None], list[Problem]]:
    program, _ = load(save(path / "表.xlsx", {"Sheet1": [["2026年度绩效考核表"], ["姓名：甲"], *table]}))
    return standings(program)["甲"], program.all_problems()


@pytest.mark.parametrize(
    ("mark", "empty"),
    [
        *((mark, None) for mark in ("✓", "√", "✔", "☑", "●", "■", "★", "是", "V", "○", "+", 1, "R")),
        *(("■", "□"), ("☑", "☐"), ("●", "○"), ("是", "否"), (1, 0), ("√", "-")),
    ],
)
def test_a_tick_is_the_level_reached(mark: Any, empty: Any, tmp_path: Path) -> None:
    standing, problems = read(tmp_path, rows(USUAL, mark, empty))
    assert standing == ("official", 0.4 * 75 + 0.3 * 100 + 0.3 * 50)
    assert [each.address.cell for each in problems if each.name == "ticks_read"] == ["C4"]


@pytest.mark.parametrize(
    ("header", "note", "total"),
    [
        (["考核项目", "权重", "5分", "4分", "3分", "2分", "1分"], None, 80.0),
        (["考核项目", "权重", "优(100)", "良(80)", "中(60)", "差(40)"], None, 80.0),
        (["考核项目", "权重", "优秀(10)", "良好(8)", "合格(6)", "不合格(4)"], None, 80.0),
        (USUAL, "注：优10分，良8分，中6分，差4分", 80.0),
        (USUAL, "等级：优90-100，良80-89，中60-79，差60以下", 75.0),  # of totals, not of levels
    ],
)
def test_levels_are_worth_the_points_that_are_given(
    header: list[Any], note: str | None, total: float, tmp_path: Path
) -> None:
    standing, problems = read(tmp_path, [*rows(header, "√"), *([[note]] if note else [])])
    assert standing == ("official", total)
    assert ("ticks_read" in {each.name for each in problems}) == (total == 75.0)


@pytest.mark.parametrize(
    ("header", "note"),
    [
        (["考核项目", "权重", "优秀", "良好", "合格", "不合格"], None),
        (USUAL, "注：优=95分，良=85分，中=70分，差=50分"),  # of 100, or is 95 the most?
        (USUAL, "注：优=100分"),
    ],
)
def test_levels_of_unknown_worth_are_not_scored(header: list[Any], note: str | None, tmp_path: Path) -> None:
    standing, problems = read(tmp_path, [*rows(header, "√"), *([[note]] if note else [])])
    assert standing[0] != "official"
    assert [each.code for each in problems if each.name.startswith("ticks")] == ["T181"]
    assert "not_a_figure" not in {each.name for each in problems}


def test_two_ticks_in_a_row_are_asked_about_and_none_is_pending(tmp_path: Path) -> None:
    table = rows(USUAL, "√")
    table[1][4] = "√"
    standing, problems = read(tmp_path, table)
    assert standing[0] == "undetermined"
    assert [(each.code, each.address.cell) for each in problems if each.name == "ticks_several"] == [("T182", "E4")]
    table[1][3:5] = [None, None]
    standing, problems = read(tmp_path, table)
    assert standing[0] == "provisional" and "ticks_several" not in {each.name for each in problems}


def test_a_cross_is_no_tick(tmp_path: Path) -> None:
    assert read(tmp_path, rows(USUAL, "×"))[0][0] != "official"


@pytest.mark.parametrize(
    "cells",
    [
        ("良", "优", "中"),
        ("□优 ☑良 □中 □差", "☑优 □良 □中 □差", "□优 □良 ☑中 □差"),
        ("优□ 良√ 中□ 差□", "优√ 良□ 中□ 差□", "优□ 良□ 中√ 差□"),
    ],
)
def test_one_column_may_say_which_level(cells: tuple[str, ...], tmp_path: Path) -> None:
    made = [[name, weight, cell] for (name, (weight, _)), cell in zip(CHOSEN.items(), cells, strict=True)]
    assert read(tmp_path, [["考核项目", "权重", "评定"], *made])[0] == ("official", 75.0)


def test_the_level_reached_beside_points_below_each_level(tmp_path: Path) -> None:
    header = ["考核项目", "权重", "优秀", "良好", "一般", "较差", "评定"]
    table = [["任务", 40, 40, 32, 24, 16, "良好"], ["质量", 60, 60, 48, 36, 24, "优秀"]]
    assert read(tmp_path, [header, *table])[0] == ("official", 0.4 * 80 + 60)


def test_marks_alone() -> None:
    assert find_ticks([(3, ["√", ""]), (4, ["", ""])], [0, 1]) == {3: [0], 4: []}
    assert find_ticks([(3, ["√", "良"])], [0, 1]) is None
    assert find_ticks([(3, ["□", "□"])], [0, 1]) is None
    assert ticked_label("□优 □良") is None and ticked_label("☑优 ☑良") is None and ticked_label("√") is None

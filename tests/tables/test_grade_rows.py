"""Grade bands down or across, under any words and at any place, are the program's grades; what is none is not."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from perfxl.program import load
from perfxl.tables.grade_rows import find_bands_across, lower_bound
from perfxl.tables.grid import Grid
from tests.tables.layouts import Rows, read_rows, save

CONTRACT: list[list[Any]] = [
    ["姓名：甲"],
    ["指标", "权重", "目标值", "实际值"],
    ["收入", 50, 100, 90],
    ["回款", 50, 100, 96],
]
GRADES = (("A", 90.0, 1.2), ("B", 80.0, 1.0), ("C", 60.0, 0.8), ("D", 0.0, 0.0))
RANGES = (
    ("≥90", "80-89", "60-79", "<60"),
    ("90分以上", "80~90", "60~80", "60分以下"),
    ("90-100", "80-90", "60-80", "0-60"),
    ("X≥90", "80≤X<90", "60≤X<80", "X<60"),
    ("90 and above", "80 to 89", "60 to 79", "below 60"),
)
LABELS = (("等级", "分数", "系数"), ("绩效等级", "得分区间", "绩效系数"), ("Grade", "Score", "Multiplier"))


def _bands_of(folder: Path, rows: Rows) -> list[tuple[Any, ...]]:
    program, _ = load(save(folder / "table.xlsx", rows))
    bands = program.tables["grade_bands"]
    return [(row["grade"], row["lower"], row["coefficient"]) for row in bands.records()]


@pytest.mark.parametrize("seed", range(30))
def test_bands_read_the_same_wherever_they_stand(seed: int, tmp_path: Path) -> None:
    rng = random.Random(seed)
    labels, ranges = rng.choice(LABELS), rng.choice(RANGES)
    lines: list[list[Any]] = [
        [labels[0], *(grade for grade, _, _ in GRADES)],
        [labels[1], *ranges],
        [labels[2], *(coefficient for _, _, coefficient in GRADES)],
    ]
    if rng.random() < 0.3:  # from the worst up
        lines = [[line[0], *line[:0:-1]] for line in lines]
    if rng.random() < 0.4:  # down
        lines = [list(line) for line in zip(*lines, strict=True)]
    elif rng.random() < 0.4:
        lines[0], lines[1] = lines[1], lines[0]
    title: list[list[Any]] = [["绩效等级划分"]] if rng.random() < 0.5 else []
    left = [""] * rng.randint(0, 2)
    bands = [left + row for row in title + lines]
    rows = [*CONTRACT, [], *bands] if rng.random() < 0.7 else [*bands, [], *CONTRACT]
    assert sorted(_bands_of(tmp_path, rows), key=lambda band: -band[1]) == list(GRADES), rows
    read = read_rows(tmp_path, rows)
    assert read.totals == {"甲": (93.0, True)}, rows
    assert "S220" in read.asked and not read.wrong
    assert [contract["grade"] for contract in read.contracts] == ["A"]


def test_bands_directly_below_a_table_are_no_rows_of_it(tmp_path: Path) -> None:
    read = read_rows(tmp_path, [*CONTRACT, ["等级", "优", "良", "差"], ["分数", "≥90", "80-90", "<80"]])
    assert [line[1] for line in read.lines] == ["收入", "回款"]
    assert sorted(read.kinds) == ["contract", "grade_bands"]


def test_a_range_that_cannot_be_read_gives_no_grades(tmp_path: Path) -> None:
    read = read_rows(tmp_path, [*CONTRACT, [], ["等级", "A", "B", "C"], ["分数", "≥90", "80-90", "其他"]])
    assert read.cells("S221") == ["D7"] and read.wrong


@pytest.mark.parametrize(
    "rows",
    [
        [["指标", "A", "B", "C"], ["合格率", "≥98", "95-98", "<95"]],  # levels of a KPI
        [["等级", "A", "B", "C"], ["人数", "≥5", "3-5", "<3"]],
        [["等级", "A", "A", "C"], ["分数", "≥90", "80-90", "<80"]],  # one grade twice
        [["等级", "A", "B", "C"], ["分数", "≥90", "95-98", "<80"]],  # in no order
        [["等级", "A", "B"], ["分数", "≥90", "80-90", "<80"]],  # a range without a grade
    ],
)
def test_what_is_no_grade_bands(rows: list[list[Any]]) -> None:
    assert not list(find_bands_across(Grid("表", rows)))


@pytest.mark.parametrize(
    ("cell", "lower"),
    [
        (90.0, 90.0),
        ("≥90", 90.0),
        (">=90", 90.0),
        (">90", 90.01),
        ("＞90分", 90.01),
        ("大于90", 90.01),
        ("大于等于90", 90.0),
        ("80<X≤90", 80.01),
        ("80<=X<90", 80.0),
        ("80≤X<90", 80.0),
        ("80(不含)-90", 80.01),
        ("80（含）-90", 80.0),
        ("over 90", 90.01),
        ("90 and above", 90.0),
        ("60分以下", 0.0),
        ("60（不含）以下", 0.0),
        ("<60", 0.0),
        ("X<60", 0.0),
        ("总分<60", 0.0),
        ("其他", None),
    ],
)
def test_the_least_total_of_a_range(cell: Any, lower: float | None) -> None:
    assert lower_bound(cell) == lower

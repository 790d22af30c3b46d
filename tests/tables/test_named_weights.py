"""Weights beside names, in KPIs' cells and in headers; months without a year; columns by the hundred."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from perfxl.tables.named_weights import read_names
from tests.tables.layouts import read_file, read_rows, save

HEAD = ["指标", "目标", "实际"]


@pytest.mark.parametrize(
    ("names", "weights"),
    [
        (("收入(60%)", "回款（40%）"), [60, 40]),
        (("收入 60%", "回款 40%"), [60, 40]),
        (("收入：60%", "回款：40%"), [60, 40]),
        (("收入（权重60%）", "回款（权重：40%）"), [60, 40]),
        (("Revenue (60%)", "Cash (40%)"), [60, 40]),
        (("收入(60%)", "回款(30%)"), [60, 30]),  # W101 says what they make
        (("收入(60%)", "回款"), [None, None]),
        (("收入增长10%", "成本下降5%"), [None, None]),
        (("合格率≥60%", "准时率≥40%"), [None, None]),
    ],
)
def test_weights_in_the_names_of_kpis(names: tuple[str, str], weights: list[Any], tmp_path: Path) -> None:
    read = read_rows(tmp_path, [["姓名：甲"], HEAD, [names[0], 100, 90], [names[1], 100, 80]])
    assert [line[2] for line in read.lines] == weights
    assert bool(read.official) == (sum(weight or 0 for weight in weights) == 100)
    assert ("S228" in read.asked) == (weights[0] is not None)
    if weights[0] is not None:
        assert not any(c in line[1] for line in read.lines for c in "%%(（:：")


def test_percentages_that_are_no_weights_are_said(tmp_path: Path) -> None:
    rows: list[list[Any]] = [["姓名：甲"], HEAD, ["收入(60%)", 100, 90], ["回款", 100, 80]]
    assert read_rows(tmp_path, rows).cells("S230") == ["A3"]


@pytest.mark.parametrize(("weight", "asked"), [(60, False), (50, True)])
def test_two_weights_of_one_kpi_must_agree(weight: float, asked: bool, tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["姓名：甲"],
        ["指标", "权重", "目标", "实际"],
        ["收入(60%)", weight, 100, 90],
        ["回款(40%)", 100 - weight, 100, 80],
    ]
    read = read_rows(tmp_path, rows)
    assert (read.cells("S229") == ["A3"]) == asked and bool(read.official) != asked


def test_a_name_keeps_what_is_no_weight() -> None:
    assert read_names(["收入增长", "50%", "(50%)", "收入(万元)", None]) == {}


PEOPLE: list[list[Any]] = [["姓名", "收入(50%)", "回款 30%", "服务20%"], ["甲", 90, 80, 100]]


@pytest.mark.parametrize(
    ("above", "name", "month"),
    [
        ([["绩效考核"], ["考核期间：4月"]], "table", ""),
        ([["2026年绩效考核"], ["考核期间：4月"]], "table", "2026-04"),
        ([["绩效考核"], ["考核期间：4月"]], "2026年绩效", "2026-04"),
        ([["绩效考核"], ["考核期间：2026年4月"]], "table", "2026-04"),
    ],
)
@pytest.mark.parametrize("kpis_down", [False, True])
def test_a_month_without_a_year_is_never_dropped(
    above: list[list[str]], name: str, month: str, kpis_down: bool, tmp_path: Path
) -> None:
    rows: list[list[Any]] = [*above, *PEOPLE]
    if kpis_down:
        rows = [*above, ["指标", "权重", "目标", "实际"], ["收入", 60, 100, 90], ["回款", 40, 100, 80]]
    read = read_file(save(tmp_path / f"{name}.xlsx", rows))
    if month:
        assert read.official and [c["start"][:7] for c in read.contracts] == [month]
    else:
        assert not read.official and read.cells("V107") == ["A2"]


def test_a_column_without_weight_among_those_with(tmp_path: Path) -> None:
    read = read_rows(tmp_path, [["绩效考核表"], ["姓名", "收入(50%)", "回款", "服务20%"], ["甲", 90, 80, 100]])
    assert read.cells("S231") == ["C2"] and not read.contracts


def test_full_marks_in_the_headers_of_a_matrix(tmp_path: Path) -> None:
    read = read_rows(tmp_path, [["绩效考核表"], ["姓名", "业绩50分", "能力30分", "态度20分"], ["甲", 45, 24, 18]])
    assert read.totals == {"甲": (87.0, True)}


@pytest.mark.parametrize("known", ["权重", "目标值", "得分"])
@pytest.mark.parametrize("place", [0, 150, 300])
def test_two_known_columns_among_hundreds(known: str, place: int, tmp_path: Path) -> None:
    others = [f"字段{i}" for i in range(300)]
    cells = [f"甲{i}" for i in range(300)]
    rows: list[list[Any]] = [["姓名：甲"]]
    rows.append([*others[:place], "考核指标", *others[place:], known])
    rows += [[*cells[:place], kpi, *cells[place:], figure] for kpi, figure in (("收入", 60), ("回款", 40))]
    read = read_rows(tmp_path, rows)
    assert [line[1] for line in read.lines] == ["收入", "回款"]
    assert len([p for p in read.problems if p.code == "S109"]) == 1  # the rest, named once
    if known == "权重":
        assert [line[2] for line in read.lines] == [60, 40]

"""Deductions and bonuses in tables of their own: whose they are, and none is passed over without a word."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from perfxl.importing import import_files
from perfxl.program import from_tables
from tests.fuzz.harness import official_totals
from tests.tables.layouts import Rows, read_file, read_rows, save_sheets

HEAD: list[Any] = ["考核指标", "权重", "目标值", "完成值"]
A: Rows = [["姓名：甲"], HEAD, ["巡检次数", "60%", 30, 30], ["隐患整改率", "40%", "100%", "95%"]]
B: Rows = [["姓名：乙"], HEAD, ["巡检次数", "60%", 30, 24], ["隐患整改率", "40%", "100%", "100%"]]

RECORDS: dict[str, tuple[Rows, dict[str, float]]] = {
    "by day": (
        [["日期", "姓名", "事由", "扣分"], ["2026-01-05", "甲", "违章", 2], ["2026-02-01", "乙", "迟到", 1]],
        {"甲": 96, "乙": 87},
    ),
    "one reason twice": (
        [["姓名", "扣分原因", "扣分"], ["甲", "迟到", 1], ["甲", "迟到", 2]],
        {"甲": 95, "乙": 88},
    ),
    "both ways": (
        [["姓名", "事由", "加分", "扣分"], ["甲", "建议", 2, ""], ["乙", "迟到", "", 1]],
        {"甲": 100, "乙": 87},
    ),
    "bonuses alone": ([["姓名", "加分项目", "加分"], ["乙", "提案", 3]], {"甲": 98, "乙": 91}),
}


@pytest.mark.parametrize("layout", RECORDS)
@pytest.mark.parametrize("before", [True, False])
def test_a_record_of_effects_counts_for_whom_it_names(layout: str, before: bool, tmp_path: Path) -> None:
    """The sheet was left with a notice, and the totals were official without it."""
    rows, totals = RECORDS[layout]
    sheets = {"记录": rows, "甲": A, "乙": B} if before else {"甲": A, "乙": B, "记录": rows}
    path = save_sheets(tmp_path / "表.xlsx", sheets)
    assert read_file(path).totals == {name: (total, True) for name, total in totals.items()}
    assert official_totals(from_tables(import_files([path], year=2026).tables)[0]) == totals


def test_effects_of_which_contract_nobody_knows_leave_no_total(tmp_path: Path) -> None:
    months = {f"{month}月": [["姓名：甲"], [f"2026年{month}月绩效考核"], *A[1:]] for month in (1, 2)}
    record: Rows = [["姓名", "事由", "扣分"], ["甲", "违章", 2]]
    read = read_file(save_sheets(tmp_path / "表.xlsx", {**months, "记录": record}))
    assert read.official == [] and read.cells("T187") == ["B2", "B2"]
    dated = read_file(save_sheets(tmp_path / "表.xlsx", {**months, "记录": [["2026年2月扣分记录"], *record]}))
    assert [(each["start"], each["total"]) for each in dated.contracts] == [("2026-01-01", 98), ("2026-02-01", 96)]


def test_points_of_a_table_that_is_not_understood_leave_no_total(tmp_path: Path) -> None:
    record: Rows = [["编号", "次数", "扣分"], [1, 1, 2], [2, 1, 3]]
    read = read_file(save_sheets(tmp_path / "表.xlsx", {"甲": A, "记录": record}))
    assert read.official == [] and read.cells("T186") == ["C1"]


def test_deductions_of_pay_are_none(tmp_path: Path) -> None:
    rows: Rows = [["姓名", "基本工资", "扣分", "实发"], ["甲", 5000, 2, 4900]]
    read = read_file(save_sheets(tmp_path / "表.xlsx", {"甲": A, "工资": rows}))
    assert read.totals == {"甲": (98, True)}


@pytest.mark.parametrize(("name", "said"), [("项目完成天数", True), ("库存天数", False), ("出勤人数", False)])
def test_days_of_which_nobody_says_what_is_better_are_warned_about(name: str, said: bool, tmp_path: Path) -> None:
    rows: Rows = [["姓名：甲"], HEAD, [name, "100%", 30, 25]]
    assert read_rows(tmp_path, rows).cells("T188") == (["A3"] if said else [])
    assert read_rows(tmp_path, [*rows[:2], [name, "100%", "≤30", 25]]).cells("T188") == []

"""Tables as HR departments lay them out, each with what it must give: lines and totals, or what is asked.

tests/data/tables/layouts.json holds them: rows, merges; kinds, lines (holder, KPI, weight, target, actual, points),
totals (holder -> total, official), asks (code, cell). A table that is none of a program's gives no contract.
"""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from tests.tables.layouts import LAYOUTS_FILE, Read, read_rows

LAYOUTS: list[dict[str, Any]] = json.loads(LAYOUTS_FILE.read_text(encoding="utf-8"))


@pytest.mark.parametrize("layout", LAYOUTS, ids=[layout["name"] for layout in LAYOUTS])
def test_a_layout_is_read_or_asked_about(layout: dict[str, Any], tmp_path: Path) -> None:
    read = read_rows(tmp_path, layout["rows"], tuple(layout["merges"]))
    assert read.kinds == layout["kinds"]
    assert [list(line) for line in read.lines] == layout["lines"]
    assert {name: list(total) for name, total in read.totals.items()} == layout["totals"]
    assert {tuple(ask) for ask in layout["asks"]} <= {(p.code, p.address.cell) for p in read.problems}


def test_what_is_no_contract_gives_none() -> None:
    """Attendance, payroll, budgets, surveys, lists of sales, stock, suppliers: left."""
    left = [layout for layout in LAYOUTS if not layout["kinds"]]
    assert len(left) > 12 and all(layout["asks"] and not layout["lines"] for layout in left)


# The same table in other words, orders and places

WORDS = {
    "kpi": (
        "考核指标",
        "关键业绩指标(KPI)",
        "指标名称",
        "具体指标",
        "考核内容",
        "*关键指标",
        "KPI",
        "Performance measure",
    ),
    "weight": ("权重", "权重(%)", "目标权重", "权重分配", "所占\n比重", "Weight (%)", "Weightage", "权重 Weight"),
    "target": ("目标值", "年度目标", "目标完成值", "计划值", "Target", "Target value", "目标值 Target", "目标【值】"),
    "actual": ("实际完成值", "实际值", "实际业绩", "完成情况", "Actual", "Achievement", "实际完成\nActual", "实绩"),
    "category": ("指标类别", "考核维度", "主要业绩考核方面", "Perspective", "KPI category"),
    "unit": ("单位", "计量单位", "Unit of measure", "UoM"),
    "strange": ("协办科室", "版次", "Cost centre", "档案柜"),
}
TABLE = [
    ("财务", "收入", 30.0, 1000.0, 900.0, "万元"),
    ("财务", "利润", 20.0, 100.0, 95.0, "万元"),
    ("客户", "客户满意度", 25.0, 90.0, 90.0, "分"),
    ("内部", "项目完成数", 25.0, 8.0, 6.0, "个"),
]
TOTALS = ("合计", "总计", "汇总", "Total", "权重之和", "小计", "")


def _laid_out(rng: random.Random) -> tuple[list[list[Any]], tuple[str, ...]]:
    """The table under words, in an order and at a place that chance picks."""
    columns = ["kpi", "weight", "target", "actual", *rng.sample(["category", "unit", "strange"], rng.randint(0, 3))]
    rng.shuffle(columns)
    if "category" in columns:  # what groups others stands before them
        columns.remove("category")
        columns.insert(columns.index("kpi"), "category")
    at = {name: i for i, name in enumerate(columns)}
    left, top = rng.randint(0, 3), rng.randint(0, 2)
    scale = rng.choice((1.0, 100.0))
    rows: list[list[Any]] = [[] for _ in range(top)]
    if rng.random() < 0.7:
        rows.append([""] * left + [rng.choice(("绩效合约", "2026年度绩效考核表", "Performance contract"))])
    rows.append([""] * left + rng.choice((["姓名：甲", "", "部门：一部"], ["姓名", "甲", "部门", "一部"])))
    rows.append([""] * left + [rng.choice(WORDS[name]) for name in columns])
    merged, values = rng.random() < 0.5, []
    for i, (category, kpi, weight, target, actual, unit) in enumerate(TABLE):
        shown = category if not (merged and i == 1) else ""
        cells = {"category": shown, "kpi": kpi, "weight": weight / scale, "target": target, "actual": actual}
        values.append([{**cells, "unit": unit, "strange": "甲字"}[name] for name in columns])
    merges: tuple[str, ...] = ()
    if merged and "category" in at:
        letter = chr(ord("A") + left + at["category"])
        merges = (f"{letter}{len(rows) + 1}:{letter}{len(rows) + 2}",)
    rows += [[""] * left + row for row in values]
    total: list[Any] = [""] * len(columns)
    total[at["weight"]] = sum(line[2] for line in TABLE) / scale
    word = rng.choice(TOTALS)
    first = min(at[name] for name in ("kpi", "category") if name in at)
    total[first] = word if first < at["weight"] else ""
    if rng.random() < 0.8:
        rows.append([""] * left + total)
    if rng.random() < 0.4:
        rows.append([""] * left + ["备注：以上数据由财务部提供。"])
    return rows, merges


@pytest.mark.parametrize("seed", range(60))
def test_the_same_table_reads_the_same(seed: int, tmp_path: Path) -> None:
    rows, merges = _laid_out(random.Random(seed))
    read = read_rows(tmp_path, rows, merges)
    expected = [("甲", kpi, weight, target, actual) for _, kpi, weight, target, actual, _ in TABLE]
    assert [line[:5] for line in read.lines] == expected, rows
    assert read.totals == {"甲": (round(0.3 * 90 + 0.2 * 95 + 0.25 * 100 + 0.25 * 75, 2), True)}, rows


@pytest.mark.parametrize("seed", range(12))
def test_two_tables_read_as_each_alone(seed: int, tmp_path: Path) -> None:
    """Below each other with a line of names each, or beside each other."""
    rng = random.Random(seed)
    head = [rng.choice(WORDS[name]) for name in ("kpi", "weight", "target", "actual")]
    one: list[list[Any]] = [head, *([kpi, weight, target, actual] for _, kpi, weight, target, actual, _ in TABLE)]
    if seed % 2:
        rows: list[list[Any]] = [["姓名：甲"], *one, [], ["姓名：乙"], *one]
    else:
        rows = [["姓名：甲", "", "", "", "", "姓名：乙"], *([*row, "", *row] for row in one)]
    read = read_rows(tmp_path, rows)
    assert read.totals == {"甲": (89.75, True), "乙": (89.75, True)}, rows
    assert len(read.lines) == 2 * len(TABLE)


def _forms(shares: str, words: tuple[str, str]) -> list[list[Any]]:
    own, superior = words
    rows: list[list[Any]] = [
        ["姓名：甲"],
        ["考核项目", "权重", own, superior],
        ["质量", 40, 90, 80],
        ["效率", 60, 80, 90],
    ]
    return [*rows, [shares]] if shares else rows


@pytest.mark.parametrize(
    ("rows", "total"),
    [
        (_forms("", ("自评30%", "上级评分70%")), 85.4),
        (_forms("注：自评占30%，上级评占70%。", ("自评分", "上级评分")), 85.4),
        (_forms("", ("Self rating (30%)", "Manager rating (70%)")), 85.4),
        (_forms("", ("自评", "领导评")), None),
        (_forms("", ("Self score", "Supervisor score")), None),
    ],
)
def test_no_total_without_shares(rows: list[list[Any]], total: float | None, tmp_path: Path) -> None:
    read: Read = read_rows(tmp_path, rows)
    assert read.totals == {"甲": (total, total is not None)}
    assert ("M154" in read.asked) == (total is None)


def test_figures_of_nobody_are_no_contract(tmp_path: Path) -> None:
    """A merged header that swallows the column of names leaves a matrix without people: named, not guessed."""
    rows: list[list[Any]] = [
        ["2025年一季度得分表"],
        ["姓名", "销售额", "回款率", "满意度", "合计"],
        ["权重", "45%", "35%", "20%", "100%"],
        *([name, 90.0, 80.0, 70.0, 82.5] for name in ("甲", "乙", "丙")),
    ]
    read = read_rows(tmp_path, rows, ("A2:B2",))
    assert read.official == [] and read.wrong
    assert read.cells("S106") == ["A2"]

"""The four steps of understanding a table, each alone on small grids: blocks, columns, kind, confidence."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pytest

from perfxl.tables.blocks import Block, find_blocks
from perfxl.tables.grid import Grid
from perfxl.tables.understand import KINDS, Reading, hear_columns, judge_readings, read_as, read_kinds

Rows = Sequence[Sequence[Any]]
CONTRACT = KINDS[0]


def _grid(rows: Rows, merges: Sequence[tuple[int, int, int, int]] = (), sheet: str = "表") -> Grid:
    width = max(len(row) for row in rows) + 1
    cells = [[float(c) if isinstance(c, int) else c for c in row] + [""] * (width - len(row)) for row in rows]
    return Grid(sheet, cells, merges=list(merges))


def _only(grid: Grid) -> Block:
    [block] = find_blocks(grid)
    return block


# 1. Blocks

TABLE: list[list[Any]] = [["指标", "权重", "目标值"], ["收入", 60, 100], ["回款", 40, 90]]
PLANS: list[list[Any]] = [["存在问题", "改进措施", "责任人"], ["回款慢", "每周催收", "乙"]]


@pytest.mark.parametrize("left", [0, 1, 3])
@pytest.mark.parametrize("above", [[], [["绩效合约"]], [["绩效合约"], ["姓名：甲"]], [["绩效合约"], []]])
@pytest.mark.parametrize("below", [[], [[]], [["备注：数据由财务部提供。"]], [[], ["签字："]]])
def test_a_block_is_the_same_wherever_it_stands(left: int, above: Rows, below: Rows) -> None:
    rows = [[""] * left + list(row) for row in [*above, *TABLE, *below]]
    block = _only(_grid(rows))
    assert (block.row, block.height, block.first) == (len(above), 1, len(above) + 1)
    assert {at - left: text for at, text in block.texts.items()} == dict(enumerate(TABLE[0]))
    assert block.bottom >= len(above) + len(TABLE)
    titled = len(above) if above and above[-1] else 0
    assert block.top == len(above) - titled


@pytest.mark.parametrize("parting", [[[]], [[], []], [["改进计划"]], [[], ["改进计划"]]])
def test_tables_below_each_other_are_parted(parting: Rows) -> None:
    blocks = find_blocks(_grid([*TABLE, *parting, *PLANS]))
    assert [block.row for block in blocks] == [0, len(TABLE) + len(parting)]
    assert blocks[0].bottom <= blocks[1].top <= blocks[1].row


def test_tables_beside_each_other_are_parted() -> None:
    rows = [[*one, "", *other] for one, other in zip(TABLE, TABLE, strict=True)]
    blocks = find_blocks(_grid(rows))
    assert [(min(block.texts), max(block.texts)) for block in blocks] == [(0, 2), (4, 6)]


@pytest.mark.parametrize(
    ("head", "merges", "texts"),
    [
        ([["指标", "评分", "", "权重"], ["", "自评", "上级", ""]], [(0, 1, 0, 2), (0, 0, 1, 0), (0, 3, 1, 3)],
         ["指标", "评分 自评", "评分 上级", "权重"]),
        ([["指标", "目标"], ["KPI", "Target"]], [], None),
    ],
)  # fmt: skip
def test_a_header_over_several_rows_is_one(head: Rows, merges: Any, texts: list[str] | None) -> None:
    block = _only(_grid([*head, ["收入", 80, 90, 100]], merges))
    assert block.first == 2 or texts is None
    assert texts is None or list(block.texts.values()) == texts


# 2. Columns

WORDS = {
    "kpi": ("指标名称", "考核指标", "KPI", "Performance measure", "具体指标"),
    "weight": ("权重", "权重(%)", "目标权重", "Weightage", "Weight (%)"),
    "target": ("目标值", "年度目标", "Target", "计划值"),
    "actual": ("实际值", "完成情况", "Actual", "实绩"),
    "points": ("得分", "考核得分", "Score"),
}
CELLS: dict[str, list[Any]] = {
    "kpi": ["收入", "回款", "满意度"],
    "weight": [50, 30, 20],
    "target": [100, 95, 90],
    "actual": [90, 95, 91],
    "points": [90, 80, 70],
}


@pytest.mark.parametrize("seed", range(40))
def test_columns_mean_the_same_in_other_words_and_orders(seed: int) -> None:
    rng = random.Random(seed)
    names = ["kpi", "weight", *rng.sample(["target", "actual", "points"], rng.randint(1, 3))]
    order = rng.sample(names, len(names))
    rows = [[rng.choice(WORDS[name]) for name in order], *zip(*(CELLS[name] for name in order), strict=True)]
    grid = _grid(rows)
    block = _only(grid)
    reading = read_as(CONTRACT, block, hear_columns(grid, block))
    assert reading is not None
    assert [reading.columns[at].meaning for at in range(len(order))] == order, rows


def test_no_two_columns_have_one_meaning() -> None:
    grid = _grid([["指标", "指标名称", "权重", "分值"], ["财务", "收入", 60, 60], ["财务", "回款", 40, 40]])
    block = _only(grid)
    reading = read_as(CONTRACT, block, hear_columns(grid, block))
    assert reading is not None
    meanings = [taken.meaning for taken in reading.columns.values()]
    assert len(set(meanings)) == len(meanings)
    assert meanings[:2] == ["category", "kpi"]  # what repeats groups what does not


def test_arithmetic_outweighs_words() -> None:
    """总分 is weight x marks of each row: the weighted score, whatever its header says."""
    rows: list[list[Any]] = [["指标", "权重", "评分", "总分"], ["收入", 60, 90, 54], ["回款", 40, 80, 32]]
    grid = _grid(rows)
    columns = hear_columns(grid, _only(grid))
    assert columns[3].senses == {"weighted": 1.0} and columns[2].senses == {"points": 1.0}
    rows[1][3] = 55  # it no longer follows
    grid = _grid(rows)
    assert "weighted" not in hear_columns(grid, _only(grid))[3].senses


# 3. Kind

KIND_TABLES: dict[str, Rows] = {
    "contract": TABLE,
    "plans": PLANS,
    "grade_bands": [["等级", "分数区间"], ["A", "90-100"], ["B", "80-90"]],
    "deductions": [["扣分项目", "次数", "扣分"], ["迟到", 1, 2]],
    "bonuses": [["加分项目", "加分"], ["创新", 2]],
    "people": [["工号", "姓名", "部门"], ["001", "甲", "一部"]],
    "rubric": [
        ["考核项目", "评价等级", "对应分值"],
        ["质量", "优", 60],
        ["", "良", 40],
        ["效率", "优", 40],
        ["", "良", 30],
    ],
    "matrix": [["姓名", "收入(60%)", "回款(40%)"], ["甲", 90, 80], ["乙", 70, 80]],
}


@pytest.mark.parametrize("kind", KIND_TABLES)
@pytest.mark.parametrize("seed", range(6))
def test_the_kind_is_told_in_any_order_of_columns(kind: str, seed: int) -> None:
    rng, rows = random.Random(seed), KIND_TABLES[kind]
    order = list(range(len(rows[0])))
    if kind not in ("rubric", "matrix"):  # there, a column stands left of what belongs to it
        rng.shuffle(order)
    strange = [[*(row[at] for at in order), "版次" if i == 0 else "甲字"] for i, row in enumerate(rows)]
    grid = _grid(
        strange if rng.random() < 0.5 and kind not in ("people", "matrix") else [[r[a] for a in order] for r in rows]
    )
    block = _only(grid)
    readings = read_kinds(grid, block, hear_columns(grid, block))
    assert readings and readings[0].kind == kind
    assert all(one.score >= other.score for one, other in pairwise(readings))


@pytest.mark.parametrize(
    "rows",
    [
        [["姓名", "基本工资", "实发工资"], ["甲", 5000, 4800]],
        [["预算项目", "预算", "实际"], ["差旅", 100, 90]],
        [["日期", "出勤", "备注"], ["1日", "√", ""]],
    ],
)
def test_what_is_no_kind_gives_no_reading(rows: Rows) -> None:
    grid = _grid(rows, sheet="台账")
    for block in find_blocks(grid):
        readings = read_kinds(grid, block, hear_columns(grid, block))
        assert not readings
        assert judge_readings(grid, block, hear_columns(grid, block), readings) is None


# 4. Confidence


def _judged(rows: Rows) -> Reading | None:
    grid = _grid(rows)
    block = _only(grid)
    columns = hear_columns(grid, block)
    return judge_readings(grid, block, columns, read_kinds(grid, block, columns))


@pytest.mark.parametrize(
    ("rows", "doubted"),
    [
        (TABLE, None),
        ([["协办", "权重", "目标值"], ["收入", 60, 100], ["回款", 40, 90]], 0),  # what is measured, is not said
        ([["指标", "轻重", "目标值"], ["收入", 60, 100], ["回款", 40, 90]], 1),  # makes 100, and no weight is known
        ([["指标", "权重", "目标值", "调整后目标"], ["收入", 60, 100, 90], ["回款", 40, 90, 80]], 3),
        ([["指标", "权重", "目标值", "完成率"], ["收入", 60, 100, 0.9], ["回款", 40, 90, 0.8]], 3),
        ([["指标", "权重", "分值", "目标值"], ["收入", 60, 55, 100], ["回款", 40, 38, 90]], 2),
    ],
)
def test_what_is_not_sure_is_in_doubt(rows: Rows, doubted: int | None) -> None:
    reading = _judged(rows)
    assert reading is not None
    assert reading.sure == (doubted is None)
    assert doubted is None or doubted in reading.doubts
    assert (reading.confidence >= 0.5) == reading.sure


@pytest.mark.parametrize("seed", range(10))
def test_a_strange_column_changes_no_confidence(seed: int) -> None:
    rng = random.Random(seed)
    place = rng.randint(0, len(TABLE[0]))
    words = rng.choice(["版次", "Cost centre", "档案柜"])
    rows = [[*row[:place], words if i == 0 else "甲字", *row[place:]] for i, row in enumerate(TABLE)]
    plain, more = _judged(TABLE), _judged(rows)
    assert plain is not None and more is not None and more.sure
    assert more.confidence == plain.confidence

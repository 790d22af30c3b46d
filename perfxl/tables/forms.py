"""The tables of a sheet that is none of perfxl's own: each block as what it was understood to be, in the schema's rows.

A contract, a scored form, a rubric, a matrix of people and KPIs, months across: all become rows of the contract sheet,
which tables/contract_sheet takes apart. Grade bands, plans, people become rows of their own tables. What is unsure is
not read; what is left is named.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from perfxl.core.cells import a1, column_letter
from perfxl.core.language import Text, join_texts
from perfxl.core.problems import Address, Problem, problem
from perfxl.core.schema import Table, get
from perfxl.tables.blocks import Block, find_blocks
from perfxl.tables.grid import Grid
from perfxl.tables.headers import Header
from perfxl.tables.lexicon import MARK, PERIOD
from perfxl.tables.understand import Reading, understand

SEARCHED = 60
"""Rows of a sheet in which its first header is looked for."""

KIND_NAMES: dict[str, Text] = {
    "contract": Text("合同或权重表", "contract or weight table"),
    "scored_form": Text("评分表", "scored form"),
    "rubric": Text("分档评分表", "rubric"),
    "matrix": Text("人员×指标评分表", "people by KPI matrix"),
    "months": Text("分月表", "months across"),
    "target_actual_rows": Text("目标/实际分行表", "target and actual rows"),
    "grade_bands": Text("等级划分表", "grade bands"),
    "deductions": Text("扣分项", "deductions"),
    "bonuses": Text("加分项", "bonuses"),
    "plans": Text("行动计划", "action plan"),
    "people": Text("人员名单", "people list"),
    "none": Text("其他表", "another table"),
}


class RowLeft(NamedTuple):
    """A row that is no record, and why: a sheet row from 1, a problem's name."""

    row: int
    why: str


class ColumnTaken(NamedTuple):
    """What a column was taken for: "" where it is kept as it is; how surely, 0 to 1, and by what."""

    letter: str
    header: str
    column: str
    how: str
    sure: float


@dataclass
class FoundTable:
    """One table of a workbook as `check --json` tells it; rows count from 1."""

    sheet: str
    range: str
    kind: str
    confidence: float
    header_rows: list[int]
    columns: list[ColumnTaken] = field(default_factory=list)
    rows_read: int = 0
    rows_left: list[RowLeft] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """As --json has it."""
        return {
            "sheet": self.sheet,
            "range": self.range,
            "kind": self.kind,
            "confidence": self.confidence,
            "header_rows": self.header_rows,
            "columns": [column._asdict() for column in self.columns],
            "rows_read": self.rows_read,
            "rows_left": [left._asdict() for left in self.rows_left],
        }


@dataclass
class Form:
    """One block to be read: the rows and columns that are its own, as a sheet of one table."""

    grid: Grid
    reading: Reading
    header: Header
    found: FoundTable
    file: str = ""

    @property
    def kind(self) -> str:
        return self.reading.kind

    @property
    def block(self) -> Block:
        return self.reading.block

    @property
    def table(self) -> Table:
        return self.header.table

    def problem(self, name: str, row: int, at: int, **details: Any) -> Problem:
        """A problem at a cell of the form."""
        return problem(name, Address(self.file, self.grid.name, a1(row, at)), table=self.table.name, **details)


def looks_like_forms(grid: Grid) -> bool:
    """Whether the rows on top hold a header of a table that may be understood."""
    return any(understand(grid, block) for block in find_blocks(grid, SEARCHED))


def find_forms(file: str, grid: Grid) -> tuple[list[Form], list[FoundTable], list[Problem]]:
    """The tables of a sheet that are understood surely enough to be read, what each block is, and what to ask."""
    blocks = find_blocks(grid)
    forms: list[Form] = []
    found: list[FoundTable] = []
    problems: list[Problem] = []
    first = min((block.top for block in blocks), default=0)
    for block in blocks:
        reading = understand(grid, block)
        table = _describe(grid, block, reading)
        found.append(table)
        address = Address(file, grid.name, a1(block.row, min(block.texts)))
        if reading is None:
            headers = join_texts(Text(text, text) for text in list(block.texts.values())[:8])
            problems.append(problem("table_left", address, columns=headers))
        elif not reading.sure:
            problems.append(_ask(address, block, reading))
        elif clash := _units_clash(block, reading):
            problems.append(
                problem("units_differ", Address(file, grid.name, a1(block.row, clash)), value=block.texts[clash])
            )
        else:
            problems += _near_headers(Address(file, grid.name), block, reading)
            forms.append(Form(_part(grid, block, first, len(blocks) > 1), reading, _header(reading), table, file))
    return forms, found, problems


_UNIT = re.compile(
    r"[(（\[](?:单位)?[:：]?\s*(亿元?|万元?|千元|元|天|日|小时|分钟|kg|t|吨|件|台)[)）\]]", re.IGNORECASE
)


def _units_clash(block: Block, reading: Reading) -> int | None:
    """The column of actuals, where its header names another unit than the targets': 目标(万元), 实际(元)."""
    target, actual = reading.at("target"), reading.at("actual")
    if target is None or actual is None:
        return None
    units = [match[1].lower() if (match := _UNIT.search(block.texts[at])) else "" for at in (target, actual)]
    return actual if all(units) and units[0] != units[1] else None


def _near_headers(place: Address, block: Block, reading: Reading) -> list[Problem]:
    """The headers that were read by a spelling that is all but theirs."""
    return [
        problem(
            "header_near",
            Address(place.file, place.sheet, a1(block.row, at)),
            value=text,
            likely=meaning_text(reading.columns[at].meaning),
        )
        for at, text in sorted(block.texts.items())
        if at in reading.columns and block.heard[at].near
    ]


def _ask(address: Address, block: Block, reading: Reading) -> Problem:
    """The reading that comes closest, the header in doubt and what would settle it."""
    at = reading.doubts[0]
    taken = reading.columns[at]
    names = [meaning_text(meaning) for meaning in (taken.meaning, taken.second) if meaning]
    return problem(
        "table_unsure",
        Address(address.file, address.sheet, a1(block.row, at)),
        likely=KIND_NAMES[reading.kind],
        value=block.texts[at],
        columns=Text("还是".join(name.zh for name in names), " or ".join(name.en for name in names)),
    )


def meaning_text(meaning: str) -> Text:
    """What a meaning is called in both languages."""
    contract = get("contract_sheet")
    if meaning in contract:
        return contract.column(meaning).text
    return _MEANINGS.get(meaning.partition(":")[0], Text(meaning, meaning))


_MEANINGS = {
    "mark": Text("评分", "marks"),
    "period": Text("各期实绩", "actuals by period"),
    "option": Text("评分选项", "option"),
    "option_points": Text("选项分值", "points of the option"),
    "kpi_column": Text("指标", "a KPI"),
    "person_column": Text("某人的得分", "somebody's points"),
    "level": Text("评分档次", "a level"),
    "attainment": Text("完成率", "attainment"),
    "range": Text("分数区间", "range of totals"),
    "deduction": Text("扣分", "deduction"),
    "bonus": Text("加分", "bonus"),
}


def _describe(grid: Grid, block: Block, reading: Reading | None) -> FoundTable:
    last = max(
        (i for i in range(block.row, block.bottom) if any(v != "" for v in grid.rows[i][block.left : block.right])),
        default=block.row,
    )
    left, right = min(block.texts), max(block.texts)
    columns = []
    for at, text in sorted(block.texts.items()):
        taken = reading.columns.get(at) if reading else None
        columns.append(
            ColumnTaken(
                column_letter(at),
                text,
                taken.meaning if taken else "",
                taken.how if taken else "kept",
                taken.sure if taken else 0.0,
            )
        )
    kind = describe_kind(reading) if reading else "none"
    header_rows = list(range(block.row + 1, block.first + 1))
    return FoundTable(
        grid.name,
        f"{a1(block.row, left)}:{a1(last, right)}",
        kind,
        reading.confidence if reading else 0.0,
        header_rows,
        columns,
    )


def describe_kind(reading: Reading) -> str:
    """The kind of table as users know it."""
    meanings = {taken.meaning for taken in reading.columns.values()}
    if reading.kind != "contract":
        return reading.kind
    if "row_kind" in meanings:
        return "target_actual_rows"
    if any(meaning.startswith(PERIOD) for meaning in meanings):
        return "months"
    scored = any(meaning.startswith(MARK) for meaning in meanings) or (
        "points" in meanings and "actual" not in meanings
    )
    return "scored_form" if scored else "contract"


def _header(reading: Reading) -> Header:
    """A reading as a header of the contract sheet, or of the table that it is."""
    block = reading.block
    table = get(TABLES.get(reading.kind, "contract_sheet"))
    known = {at: _column(reading.kind, taken.meaning) for at, taken in reading.columns.items()}
    columns = {at: name for at, name in known.items() if name in table}
    beside = {at: taken.meaning for at, taken in reading.columns.items() if at not in columns}
    header = Header(table, block.row, block.height, columns, dict(block.texts), beside=beside)
    for at in block.texts:
        lang = block.heard[at].language if at in reading.columns else ""
        if lang:
            header.langs[lang] = header.langs.get(lang, 0) + 1
    return header


TABLES = {"grade_bands": "grade_bands", "plans": "improvements", "people": "people"}
_OWN = {
    "grade_bands": {"note": "meaning", "range": ""},
    "plans": {"rule": "measure", "note": "status", "name": "holder", "person": "holder"},
    "people": {"department": "unit", "issuer": "superior"},
    "deductions": {"deduction_item": "kpi", "deduction": ""},
    "bonuses": {"bonus_item": "kpi", "bonus": ""},
}


def _column(kind: str, meaning: str) -> str:
    return _OWN.get(kind, {}).get(meaning, meaning)


def _part(grid: Grid, block: Block, first: int, several: bool) -> Grid:
    """The sheet with nothing but the block's own cells and the lines above the first table, which hold for all."""
    if not several:
        return grid
    width = len(grid.rows[0])
    blank = [""] * width
    rows: list[list[Any]] = []
    for i, row in enumerate(grid.rows):
        if i < first:
            rows.append(list(row))
        elif block.top <= i < block.bottom:
            rows.append([value if block.left <= at < block.right else "" for at, value in enumerate(row)])
        else:
            rows.append(list(blank))
    merges = [
        m
        for m in grid.merges
        if m[0] < first or (block.top <= m[0] < block.bottom and block.left <= m[1] < block.right)
    ]
    return replace(grid, rows=rows, merges=merges, totals=set(grid.totals))


def rows_of(grid: Grid, block: Block) -> Sequence[int]:
    """The sheet rows below the header that hold anything."""
    last = min(block.bottom, len(grid.rows))
    return [i for i in range(block.first, last) if any(value != "" for value in grid.rows[i])]

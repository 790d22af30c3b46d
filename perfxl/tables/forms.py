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
from perfxl.core.records import Records
from perfxl.core.schema import Table, get
from perfxl.core.schema.sources import TABLE_KIND, TAKEN_FOR
from perfxl.tables.blocks import Block, find_blocks
from perfxl.tables.columns import NO_VALUE
from perfxl.tables.grade_rows import find_bands_across
from perfxl.tables.grid import Grid
from perfxl.tables.headers import Header
from perfxl.tables.lexicon import SURE
from perfxl.tables.matrix import KPI_COLUMN
from perfxl.tables.memory import NOTHING_SETTLED, Memory
from perfxl.tables.settled import describe_kind, read_block
from perfxl.tables.titles import OWNERS, read_title
from perfxl.tables.total_lists import PAYROLL, find_total_list, read_total_list
from perfxl.tables.understand import Reading

SEARCHED = 60
"""Rows of a sheet in which its first header is looked for."""
_SAMPLES, _SHOWN = 3, 30  # cells of a column and their characters

KIND_NAMES: dict[str, Text] = {kind.name: kind.text for kind in TABLE_KIND}


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
    """One table of a workbook as `check --json` tells it; rows count from 1.

    samples  letter of a column -> some of its cells; doubts, the letters of columns that are to be decided
    own      a table of HR's own, which was understood; not a sheet of perfxl's
    """

    sheet: str
    range: str
    kind: str
    confidence: float
    header_rows: list[int]
    columns: list[ColumnTaken] = field(default_factory=list)
    rows_read: int = 0
    rows_left: list[RowLeft] = field(default_factory=list)
    samples: dict[str, str] = field(default_factory=dict)
    doubts: frozenset[str] = frozenset()
    own: bool = True

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
    beside: float = 0.0  # the weights that headings give the sheet's other tables
    whole: Grid | None = None  # the sheet, where all that it says is about this table

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


def looks_like_forms(grid: Grid, memory: Memory = NOTHING_SETTLED) -> bool:
    """Whether the rows on top hold a header of a table that may be understood."""
    blocks = find_blocks(grid, SEARCHED, memory)
    known = any(
        memory.recall(block.texts)
        or read_block(grid, block, memory)
        or find_total_list(grid, block)
        or _effects_in(grid, block)
        for block in blocks
    )
    return known or any(find_bands_across(grid))


def find_forms(
    file: str, grid: Grid, memory: Memory = NOTHING_SETTLED
) -> tuple[list[Form], list[FoundTable], list[Records], list[Problem]]:
    """The tables of a sheet that are understood surely enough to be read, what each block is, the totals that lists of
    people show, and what to ask."""
    blocks = _without_false_headers(grid, find_blocks(grid, memory=memory), memory)
    forms: list[Form] = []
    found: list[FoundTable] = []
    problems: list[Problem] = []
    left: list[Block] = []
    totals: list[Records] = []
    first = min((block.row for block in blocks), default=0)
    for block in blocks:
        reading = read_block(grid, block, memory)
        table = _describe(grid, block, reading)
        found.append(table)
        address = Address(file, grid.name, a1(block.row, min(block.texts)))
        listed = find_total_list(grid, block) if reading is None or reading.kind == "people" else None
        if listed:
            totals.append(read_total_list(file, grid, block, listed))
            place = Address(file, grid.name, a1(block.row, listed.total))
            problems.append(problem("totals_listed", place, value=block.texts[listed.total], count=len(totals[-1])))
        if reading is None:
            left += [] if listed else [block]
        elif not reading.sure:
            problems.append(replace(_ask(address, block, reading), table=_table_of(reading)))
        elif clash := _units_clash(block, reading):
            place = Address(file, grid.name, a1(block.row, clash))
            problems.append(problem("units_differ", place, table=_table_of(reading), value=block.texts[clash]))
        else:
            problems += _near_headers(Address(file, grid.name), block, reading)
            forms.append(Form(_part(grid, block, first, len(blocks) > 1), reading, _header(reading), table, file))
    return forms, found, totals, [*problems, *(_say_left(file, grid, block, forms) for block in left)]


def _effects_in(grid: Grid, block: Block) -> list[int]:
    """The columns of points that were taken off or added."""
    rows = grid.rows[block.first : block.bottom]
    if any(PAYROLL.search(text) for text in block.texts.values()):
        return []
    said = [at for at, heard in block.heard.items() if any(heard.senses.get(of, 0.0) >= SURE - 0.05 for of in _EFFECTS)]
    return [at for at in said if any(isinstance(row[at], float) and row[at] for row in rows)]


_EFFECTS = ("deduction", "bonus")


def _say_left(file: str, grid: Grid, block: Block, forms: Sequence[Form]) -> Problem:
    """A table of which nothing is understood. Where most of its headers are those of one that is read, in the same
    columns, it is one of them, and the header that differs keeps its rows from being read."""
    texts, headers = block.texts, join_texts(Text(text, text) for text in list(block.texts.values())[:8])
    for form in forms:
        others = form.block.texts
        same = [at for at, text in texts.items() if others.get(at) == text]
        other = [at for at in sorted(others) if others[at] != texts.get(at)]
        if other and len(same) > max(1, len(other)):
            at, first = other[0], Address(file, grid.name, a1(form.block.row, min(others)))
            found = texts.get(at, Text("（空白）", "(blank)"))
            details: dict[str, Any] = {"value": found, "expected": others[at], "first": first.place}
            place = Address(file, grid.name, a1(block.row, at))
            return problem("table_like_another", place, table=form.table.name, **details)
    effects = _effects_in(grid, block)
    if effects:
        place = Address(file, grid.name, a1(block.row, effects[0]))
        return problem("effects_left", place, table="contract_sheet", value=texts[effects[0]], columns=headers)
    return problem("table_left", Address(file, grid.name, a1(block.row, min(texts))), columns=headers)


def _without_false_headers(grid: Grid, blocks: list[Block], memory: Memory) -> list[Block]:
    """The blocks without those whose header is a row of the table directly above: nothing is understood of them, and
    neither a title nor a blank row parts them from it."""
    kept: list[Block] = []
    for block in blocks:
        above = kept[-1] if kept else None
        if above and _touches(grid, above, block) and read_block(grid, block, memory) is None:
            above.bottom = block.bottom
        else:
            kept.append(block)
    return kept


def _touches(grid: Grid, above: Block, block: Block) -> bool:
    """Whether a block goes on directly below another, with its header and in the same columns."""
    same = (above.left, above.right) == (block.left, block.right)
    return same and above.bottom == block.top == block.row and any(value != "" for value in grid.rows[block.row - 1])


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
        if at in reading.columns and block.heard[at].near and reading.columns[at].how != "sources"
    ]


def _ask(address: Address, block: Block, reading: Reading) -> Problem:
    """The reading that comes closest, the header in doubt and what would settle it."""
    at = reading.doubts[0]
    place = Address(address.file, address.sheet, a1(block.row, at))
    if reading.unfit:
        return problem("source_unfit", place, value=block.texts[at], kind=KIND_NAMES[reading.kind], why=reading.unfit)
    if reading.kind == "matrix" and _shares_of_others(block, reading, at):
        return problem("header_without_weight", place, value=block.texts[at])
    taken = reading.columns[at]
    if taken.meaning == "attainment":
        return problem("attainment_alone", place, value=block.texts[at])
    if taken.meaning in ("deduction", "bonus"):
        return problem("adjustments_beside", place, value=block.texts[at])
    names = [meaning_text(meaning) for meaning in (taken.meaning, taken.second) if meaning]
    alike = (place for place, other in reading.columns.items() if place != at and other.meaning == taken.meaning)
    rival = next((block.texts[place] for place in alike if not taken.second and taken.meaning in _ONCE), "")
    return problem(
        "table_unsure",
        place,
        likely=KIND_NAMES[reading.kind],
        value=block.texts[at],
        columns=Text(
            "还是".join(name.zh for name in names) + _ONE_OF.zh.format(rival),
            " or ".join(name.en for name in names) + _ONE_OF.en.format(rival),
        )
        if rival
        else Text("还是".join(name.zh for name in names), " or ".join(name.en for name in names)),
    )


_ONCE = ("target", "actual", "weight", "points")  # of these there is one column
_ONE_OF = Text(
    "（与“{}”只能用一列，请把不用的一列的表头改为“备注”）", " (only one of it and {} can be: call the other Note)"
)


def _shares_of_others(block: Block, reading: Reading, at: int) -> bool:
    """Whether the headers beside a KPI's give weights, and its own does not."""
    figures = [other for other, taken in reading.columns.items() if taken.meaning == KPI_COLUMN]
    return block.heard[at].share is None and any(block.heard[other].share is not None for other in figures)


def meaning_text(meaning: str) -> Text:
    """What a meaning is called in both languages."""
    return _MEANINGS.get(meaning, Text(meaning, meaning))


_MEANINGS = {taken.name: taken.text for taken in TAKEN_FOR}


def _describe(grid: Grid, block: Block, reading: Reading | None) -> FoundTable:
    last = max(
        (i for i in range(block.row, block.bottom) if any(v != "" for v in grid.rows[i][block.left : block.right])),
        default=block.row,
    )
    left, right = min(block.texts), max(block.texts)
    columns, samples = [], {}
    for at, text in sorted(block.texts.items()):
        samples[column_letter(at)] = _sample(grid, block, at)
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
        samples=samples,
        doubts=frozenset(column_letter(at) for at in reading.doubts) if reading else frozenset(),
    )


def _sample(grid: Grid, block: Block, at: int) -> str:
    """Some different cells of a column, as a person sees them."""
    shown: dict[str, None] = {}
    for i in range(block.first, min(block.bottom, len(grid.rows))):
        if len(shown) == _SAMPLES:
            break
        value = grid.rows[i][at]
        if isinstance(value, float):
            percent = i in grid.percent.get(at, ())
            shown[f"{value * 100:.10g}%" if percent else f"{value:.10g}"] = None
        elif value != "" and value not in NO_VALUE:
            shown[" ".join(str(value).split())[:_SHOWN]] = None
    return "；".join(shown)


def _header(reading: Reading) -> Header:
    """A reading as a header of the contract sheet, or of the table that it is."""
    block = reading.block
    table = get(_table_of(reading))
    known = {at: _column(reading.kind, taken.meaning) for at, taken in reading.columns.items()}
    columns = {at: name for at, name in known.items() if name in table}
    beside = {at: taken.meaning for at, taken in reading.columns.items() if at not in columns}
    header = Header(table, block.row, block.height, columns, dict(block.texts), beside=beside)
    for at in block.texts:
        lang = _language(block.texts[at], block.heard[at].language) if at in reading.columns else ""
        if lang:
            header.langs[lang] = header.langs.get(lang, 0) + 1
    return header


_HAN = re.compile("[\u3400-\u9fff]")
_WORD = re.compile("[^\\W\\d_]{2}")


def _language(text: str, heard: str) -> str:
    """What language a header is in; A(100分) is Chinese, and A, Q1 or KPI speak for none."""
    return "zh" if _HAN.search(text) else heard if _WORD.search(text) and text.strip().casefold() != "kpi" else ""


def _table_of(reading: Reading) -> str:
    """The table that the rows become, or would: what is not read of contracts may concern anybody."""
    return TABLES.get(reading.kind, "contract_sheet")


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
    own = read_title(grid.rows[max(block.top, first) : block.row]).keys() & OWNERS
    for i, row in enumerate(grid.rows):
        if i < min(first, block.top):
            rows.append(list(blank) if own and read_title([row]).keys() & OWNERS else list(row))
        elif block.top <= i < block.bottom:
            mine = [value if block.left <= at < block.right else "" for at, value in enumerate(row)]
            shared = i < first and not any(value != "" for value in mine)  # a line above tables side by side
            rows.append(list(row) if shared else mine)
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

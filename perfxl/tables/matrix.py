"""People down and KPIs across, or KPIs down and people across: each cell the points of one KPI of one person.

Figures beside names are points only where something says so: weights or full marks, a total that follows, or the title
of an appraisal. Payrolls and attendance lists have names and figures too.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import NamedTuple

from perfxl.core.values.numbers import parse_number
from perfxl.core.values.text import fold
from perfxl.tables.blocks import Block, cell_text
from perfxl.tables.evidence import Column, number_in
from perfxl.tables.grid import Grid
from perfxl.tables.lexicon import SURE, Heard, hear
from perfxl.tables.total_words import is_total_score
from perfxl.tables.totals import is_total_word

KPI_COLUMN, PERSON_COLUMN = "kpi_column", "person_column"
_OF_PERSON = (
    *("person", "name", "post", "department", "issuer", "total_score", "grade", "no", "note", "rank", "coefficient"),
    "signature",
)
_FIGURES = ("target", "actual", "weight", "points", "count", "section_weight", "deduction", "bonus")
_MOST = 120.0  # points of 100 with those added
_APPRAISAL = re.compile(
    r"考核|绩效|考评|测评|评价|评分|评估|指标|kpi|业绩|appraisal|performance|evaluation|scorecard|rating|objectives",
    re.I,
)
_NO_APPRAISAL = re.compile(r"工资|薪酬|奖金|考勤|预算|费用|salary|payroll|attendance|budget", re.I)


class WeightRow(NamedTuple):
    """A row of weights below a matrix' header: its sheet row, column -> percent points; whether it says that they are
    the full marks (满分)."""

    row: int
    weights: dict[int, float]
    full: bool


def speaks_of_appraisal(grid: Grid, block: Block) -> bool:
    """Whether the lines above a table, or its sheet's name, say that somebody is appraised."""
    lines = [cell_text(value) for row in grid.rows[: block.row] for value in row if value != ""]
    said = [line for line in (*lines, grid.name) if _APPRAISAL.search(line)]
    return bool(said) and not any(_NO_APPRAISAL.search(line) for line in said)


def find_matrix(grid: Grid, block: Block, columns: Mapping[int, Column]) -> dict[int, str] | None:
    """Column -> what it is taken for, where people stand down the table and points of KPIs across; else None."""
    heard = block.heard
    shared = sum(heard[at].share is not None for at in block.texts) > 1
    whose = ("name", "person", "department", "post") if shared else ("name", "person")
    if not any(_says(heard[at], *whose) for at in block.texts) or any(
        _says(heard[at], "kpi") and heard[at].share is None for at in block.texts
    ):
        return None
    taken: dict[int, str] = {}
    for at in sorted(block.texts):
        column = columns.get(at)
        if column is None:  # a header far from the table's rows
            continue
        known = next((meaning for meaning in _OF_PERSON if _says(heard[at], meaning)), "")
        if shared and heard[at].share is None and _says(heard[at], "points"):
            known = "total_score"  # 得分 behind KPIs with their weights
        if heard[at].share is None and heard[at].scale is None and is_total_score(block.texts[at]):
            known = "total_score"
        if heard[at].share is not None or (not known and column.numbers and not column.words):
            if heard[at].share is None and any(_says(heard[at], meaning) for meaning in _FIGURES):
                return None
            taken[at] = KPI_COLUMN
        elif known:
            taken[at] = known
    figures = [at for at, meaning in taken.items() if meaning == KPI_COLUMN]
    others = len(block.texts) - len(taken)
    if all(heard[at].period for at in figures):
        return None  # somebody's totals of months gone by are no KPIs
    if len(figures) < 2 or len(figures) < others or not _are_points(grid, block, figures, taken):
        return None
    return taken


def _says(heard: Heard, *meanings: str) -> bool:
    return any(heard.senses.get(meaning, 0.0) >= SURE - 0.05 for meaning in meanings)


def _are_points(grid: Grid, block: Block, figures: list[int], taken: Mapping[int, str]) -> bool:
    if any(block.heard[at].share is not None for at in figures) or find_weight_row(grid, block, figures):
        return True
    if all(block.heard[at].scale for at in figures):
        return True
    rows = [row for row in grid.rows[block.first : block.bottom] if all(isinstance(row[at], float) for at in figures)]
    if not rows or any(not 0 <= row[at] <= _MOST for row in rows for at in figures):
        return False
    total = next((at for at, meaning in taken.items() if meaning == "total_score"), None)
    sums = [(sum(row[at] for at in figures), number_in(row[total])) for row in rows] if total is not None else []
    follows = bool(sums) and all(
        shown is not None and min(abs(made - shown), abs(made / len(figures) - shown)) < 0.51 for made, shown in sums
    )
    return follows or speaks_of_appraisal(grid, block)


def find_weight_row(grid: Grid, block: Block, figures: list[int]) -> WeightRow | None:
    """The row right below the header that gives each KPI its weight: 权重 | | 50% | 30% | 20%."""
    for i in range(block.first, min(block.first + 2, block.bottom, len(grid.rows))):
        row = grid.rows[i]
        labels = [cell_text(row[at]) for at in range(block.left, min(figures)) if cell_text(row[at])]
        said = [meaning for label in labels for meaning in hear(label).senses if meaning in ("weight", "full_marks")]
        if not said:
            continue
        numbers = {at: number_in(row[at]) for at in figures}
        known = {at: number for at, number in numbers.items() if number is not None}
        times = 100.0 if sum(known.values()) <= 1 + 1e-9 else 1.0
        if len(known) == len(figures) and abs(sum(known.values()) * times - 100) < 1e-6:
            weights = {at: number * times for at, number in known.items()}
            return WeightRow(i, weights, "weight" not in said or _are_full_marks(grid, block, i, weights))
    return None


def _are_full_marks(grid: Grid, block: Block, row: int, weights: Mapping[int, float]) -> bool:
    """Whether no figure below is above its weight: points of the weight, not of 100."""
    below = grid.rows[row + 1 : block.bottom]
    figures = [(line[at], weight) for line in below for at, weight in weights.items() if isinstance(line[at], float)]
    return bool(figures) and all(number <= weight for number, weight in figures)


def find_people_across(
    grid: Grid, block: Block, columns: Mapping[int, Column], taken: Mapping[int, str]
) -> tuple[list[int], bool]:
    """The columns of figures under unknown names beside KPIs and weights, and whether the table's totals prove that
    they are points: each total the weighted sum above it."""
    known = set(taken.values())
    if not {"kpi", "weight"} <= known or known - {"no", "kpi", "weight", "category", "section_weight", "unit", "note"}:
        return [], False
    weight = next(at for at, meaning in taken.items() if meaning == "weight")
    people = [
        at
        for at, column in sorted(columns.items())
        if at > weight and column.is_unknown() and not column.heard.period and column.numbers and not column.words
    ]
    if not people or any(not 0 <= number <= _MOST for at in people for number in columns[at].numbers):
        return [], False
    totals = [row for row in grid.rows[block.first : block.bottom] if any(map(is_total_word, row))]
    weights = [number_in(cell) or 0.0 for cell in columns[weight].cells]
    times = 1.0 if sum(weights) <= 1 + 1e-9 else 0.01
    proved = bool(totals) and all(
        (shown := number_in(totals[-1][at])) is not None
        and abs(sum(w * times * (number_in(p) or 0.0) for w, p in zip(weights, columns[at].cells, strict=True)) - shown)
        < 0.51
        for at in people
    )
    return people, proved


def plain_name(text: str, others: Collection[str] = ()) -> str:
    """A KPI's name without the weight or the full marks that its header gives it, nor a word above all such columns."""
    words = text.split()
    while len(words) > 1 and others and all(other.split()[:1] == words[:1] for other in others):
        words, others = words[1:], [" ".join(other.split()[1:]) for other in others]
    plain = " ".join(words)
    return re.sub(r"\s*[(（]?\s*\d+(?:\.\d+)?\s*(?:%|分|points?)\s*[)）]?\s*$", "", plain)


def full_marks_in(text: str) -> float | None:
    """The full marks in a header such as 业绩(50分)."""
    match = re.search(r"[(](?:满分)?\s*(\d+(?:\.\d+)?)\s*分?[)]|[^\d.](\d+(?:\.\d+)?)\s*分$", fold(text).strip())
    return parse_number(match[1] or match[2]).value if match else None

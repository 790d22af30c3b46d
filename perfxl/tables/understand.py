"""What a table is, and what each of its columns holds: the reading that its headers, its cells and their places
support best, with the one that comes second.

Evidence adds up for each column and meaning; one assignment of columns to meanings is best as a whole. The kinds of
table are tried side by side, and the kind whose assignment says most is taken, if it leaves its rivals behind.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from perfxl.core.schema import get
from perfxl.tables.blocks import Block
from perfxl.tables.evidence import Column
from perfxl.tables.grid import Grid
from perfxl.tables.lexicon import LIKELY, MARK, PERIOD, SURE, Heard

CLEAR = 0.2
"""How far the best reading of a column must be ahead of the next for it to be sure."""
_TAKEN = 0.4  # what a column's evidence must come to for it to be taken for anything

_FIGURES = ("weight", "section_weight", "target", "actual", "points", "full_marks", "weighted")
_COMPOSED = {"form", "target_text", "actual_text"}
_CONTRACT = frozenset(column.name for column in get("contract_sheet").columns) - _COMPOSED | {
    "no",
    "contract",
    "row_kind",
    "attainment",
    "variance",
    "signature",
}


class Kind(NamedTuple):
    """A kind of table: the meanings that its columns may have, and those of which one of each group must be there."""

    name: str
    meanings: frozenset[str]
    needs: tuple[tuple[str, ...], ...]
    many: tuple[str, ...] = ()


KINDS = (
    Kind("contract", _CONTRACT, (("kpi",), (*_FIGURES, MARK, PERIOD)), (MARK, PERIOD)),
    Kind(
        "rubric",
        frozenset(
            (
                "no",
                "kpi",
                "category",
                "option",
                "option_points",
                "points",
                "rule",
                "definition",
                "note",
                "name",
                "person",
                "post",
                "department",
            )
        ),
        (("kpi",), ("option",), ("option_points",)),
        (MARK,),
    ),
    Kind(
        "grade_bands", frozenset(("no", "grade", "range", "coefficient", "note", "meaning")), (("grade",), ("range",))
    ),
    Kind(
        "deductions",
        frozenset(
            ("no", "deduction_item", "rule", "count", "deduction", "event_date", "note", "actual", "name", "person")
        ),
        (("deduction_item",), ("deduction", "count", "rule")),
    ),
    Kind(
        "bonuses",
        frozenset(("no", "bonus_item", "rule", "count", "bonus", "event_date", "note", "actual", "name", "person")),
        (("bonus_item",), ("bonus", "count", "rule")),
    ),
    Kind(
        "plans",
        frozenset(
            (
                "no",
                "gap",
                "action",
                "owner",
                "due",
                "start",
                "resources",
                "status",
                "note",
                "kpi",
                "rule",
                "name",
                "person",
            )
        ),
        (("action",), ("gap", "owner", "due", "kpi")),
    ),
    Kind(
        "people",
        frozenset(("no", "name", "person", "post", "department", "email", "issuer", "note")),
        (("name", "person"), ("post", "department", "email", "person")),
    ),
)


class Taken(NamedTuple):
    """What a column was taken for: how surely (0 to 1), by what, and what came second."""

    meaning: str
    sure: float
    how: str
    second: str = ""
    lead: float = 1.0


@dataclass
class Reading:
    """A block as a table of one kind.

    columns  column -> what it was taken for; of a matrix, the columns of figures are taken for "kpi_column"
    doubts   columns of which the reading is not sure enough to rest a figure on
    """

    block: Block
    kind: str
    columns: dict[int, Taken]
    score: float
    rival: str = ""
    doubts: list[int] = field(default_factory=list)

    @property
    def sure(self) -> bool:
        """Whether the table may be read without asking."""
        return not self.doubts

    @property
    def confidence(self) -> float:
        """The least sure of the columns that figures rest on, 0 to 1."""
        of_figures = [taken.sure for taken in self.columns.values() if _rests_on(taken.meaning)]
        least = min(of_figures, default=0.0)
        return round(min(least, 0.49) if self.doubts else least, 2)

    def at(self, meaning: str) -> int | None:
        """The column taken for a meaning."""
        return next((at for at, taken in self.columns.items() if taken.meaning == meaning), None)

    def all(self, prefix: str) -> dict[int, str]:
        """Column -> the rest of its meaning, of all that begin with `prefix`."""
        return {
            at: taken.meaning.removeprefix(prefix)
            for at, taken in self.columns.items()
            if taken.meaning.startswith(prefix)
        }


def understand(grid: Grid, block: Block) -> Reading | None:
    """The best reading of a block; None where it is no kind of table that is known."""
    columns = {
        at: Column(grid, block, at)
        for at in sorted(block.texts)
        if block.heard[at].best >= _TAKEN / 2 or block.heard[at].share is not None
    }
    matrix = _as_matrix(grid, block)
    readings = [reading for kind in KINDS if (reading := _read_as(kind, block, columns))]
    if matrix and not any(reading.kind == "contract" and reading.score > matrix.score for reading in readings):
        return matrix
    readings.sort(key=lambda reading: -reading.score)
    if not readings:
        return None
    best = readings[0]
    if len(readings) > 1:
        best.rival = readings[1].kind
    return best


# One assignment as a whole


def _read_as(kind: Kind, block: Block, columns: Mapping[int, Column]) -> Reading | None:
    """The block as a table of one kind; None where a column lacks that it needs."""
    offers: dict[int, dict[str, float]] = {}
    for at, column in columns.items():
        for meaning, heard in column.heard.senses.items():
            if meaning in kind.meanings or meaning.startswith(kind.many or ("\0",)):
                score = (
                    heard
                    + column.support(meaning, kind.name)
                    + (0.3 if any(meaning in group for group in kind.needs) else 0.0)
                )
                if score >= _TAKEN:
                    offers.setdefault(at, {})[meaning] = score
    chosen = assign(offers, kind.many)
    if not _has_needs(kind, chosen):
        return None
    total = sum(offers[at][meaning] for at, meaning in chosen.items())
    reading = Reading(block, kind.name, {}, total / max(1, len(block.texts)) ** 0.5)
    for at, meaning in chosen.items():
        others = {other: score for other, score in offers[at].items() if other != meaning}
        second = max(others, key=lambda other: others[other], default="")
        lead = 1.0
        if second:
            lead = total - _total_without(offers, kind, at, meaning)
        heard = columns[at].heard.senses[meaning]
        certain = min(1.0, max(0.0, heard + max(0.0, columns[at].support(meaning, kind.name))))
        reading.columns[at] = Taken(
            meaning, round(certain, 2), "header" if heard >= SURE - 0.05 else "header and cells", second, lead
        )
        if _rests_on(meaning) and (certain < LIKELY * 0.9 or (second and lead < CLEAR and _rests_on(second))):
            reading.doubts.append(at)
    return reading


def _has_needs(kind: Kind, chosen: Mapping[int, str]) -> bool:
    return all(
        any(
            meaning == need or (need.endswith(":") and meaning.startswith(need))
            for meaning in chosen.values()
            for need in group
        )
        for group in kind.needs
    )


def _total_without(offers: Mapping[int, Mapping[str, float]], kind: Kind, at: int, meaning: str) -> float:
    """What the best assignment comes to in which a column means something else; nothing where the table then lacks
    what it needs."""
    others = {
        column: {m: s for m, s in senses.items() if (column, m) != (at, meaning)} for column, senses in offers.items()
    }
    chosen = assign(others, kind.many)
    return sum(others[column][m] for column, m in chosen.items()) if _has_needs(kind, chosen) else 0.0


def _rests_on(meaning: str) -> bool:
    """Whether figures rest on what a column was taken for."""
    return meaning in ("kpi", *_FIGURES, "option_points", "deduction", "bonus", "range") or meaning.startswith(MARK)


def assign(offers: Mapping[int, Mapping[str, float]], many: tuple[str, ...]) -> dict[int, str]:
    """Column -> meaning, each meaning once but for those that begin with a word of `many`: the assignment of the
    highest total. By augmenting paths (the Hungarian method), columns one after the other."""
    columns = list(offers)
    names = list(dict.fromkeys(_slot(meaning, at, many) for at in columns for meaning in offers[at]))
    index = {name: i for i, name in enumerate(names)}
    width = len(names) + len(columns)  # each column may also stay without a meaning
    costs = [[0.0] * width for _ in columns]
    for i, at in enumerate(columns):
        for meaning, score in offers[at].items():
            costs[i][index[_slot(meaning, at, many)]] = -score
    slots = _cheapest(costs, width)
    chosen: dict[int, str] = {}
    for i, at in enumerate(columns):
        by_slot = {index[_slot(meaning, at, many)]: meaning for meaning in offers[at]}
        if slots[i] in by_slot:
            chosen[at] = by_slot[slots[i]]
    return chosen


def _slot(meaning: str, at: int, many: tuple[str, ...]) -> str:
    return f"{meaning}@{at}" if many and meaning.startswith(many) else meaning


def _cheapest(costs: Sequence[Sequence[float]], width: int) -> list[int]:
    """For each row the column that it gets in the assignment of least cost; there are at least as many columns."""
    potential_row, potential_column = [0.0] * (len(costs) + 1), [0.0] * (width + 1)
    owner, way = [0] * (width + 1), [0] * (width + 1)
    for row in range(1, len(costs) + 1):
        owner[0], column = row, 0
        least, used = [float("inf")] * (width + 1), [False] * (width + 1)
        while True:
            used[column] = True
            current, delta, following = owner[column], float("inf"), 0
            for j in range(1, width + 1):
                if used[j]:
                    continue
                cost = costs[current - 1][j - 1] - potential_row[current] - potential_column[j]
                if cost < least[j]:
                    least[j], way[j] = cost, column
                if least[j] < delta:
                    delta, following = least[j], j
            for j in range(width + 1):
                if used[j]:
                    potential_row[owner[j]] += delta
                    potential_column[j] -= delta
                else:
                    least[j] -= delta
            column = following
            if owner[column] == 0:
                break
        while column:
            owner[column] = owner[way[column]]
            column = way[column]
    slots = [0] * len(costs)
    for j in range(1, width + 1):
        if owner[j]:
            slots[owner[j] - 1] = j - 1
    return slots


# People down, KPIs across


def _as_matrix(grid: Grid, block: Block) -> Reading | None:
    """People in rows and KPIs in columns: a name, and two or more columns of numbers whose headers are not words for
    columns, or carry a weight."""
    who = next(
        (
            at
            for at in sorted(block.texts)
            if max(block.heard[at].senses.get("name", 0.0), block.heard[at].senses.get("person", 0.0)) >= SURE - 0.05
        ),
        None,
    )
    if who is None or any(block.heard[at].senses.get("kpi", 0.0) >= SURE - 0.05 for at in block.texts):
        return None
    columns: dict[int, Taken] = {}
    for at, heard in sorted(block.heard.items()):
        column = Column(grid, block, at)
        numeric = column.numbers and not column.words
        if heard.share is not None or (heard.best < LIKELY and numeric):
            columns[at] = Taken("kpi_column", SURE if heard.share is not None else LIKELY, "cells")
        else:
            meaning = _of_person(heard)
            if meaning:
                columns[at] = Taken(meaning, heard.senses[meaning], "header")
    figures = [at for at, taken in columns.items() if taken.meaning == "kpi_column"]
    if len(figures) < 2 or 2 * len(figures) < len(block.texts) - len(columns) + len(figures):
        return None
    reading = Reading(block, "matrix", columns, 0.9 * len(columns) / max(1, len(block.texts)) ** 0.5)
    shares = [block.heard[at].share for at in figures]
    if any(share is None for share in shares) and any(share is not None for share in shares):
        reading.doubts = [at for at, share in zip(figures, shares, strict=True) if share is None]
    return reading


def _of_person(heard: Heard) -> str:
    order = ("person", "name", "post", "department", "issuer", "total_score", "grade", "no", "note")
    return next((meaning for meaning in order if heard.senses.get(meaning, 0.0) >= SURE - 0.05), "")

"""What a table is, and what each of its columns holds: the reading that its headers, its cells and their places
support best, with the one that comes second.

Evidence adds up for each column and meaning; one assignment of columns to meanings is best as a whole. The kinds of
table are tried side by side, and the kind whose assignment says most is taken, if it leaves its rivals behind.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from perfxl.core.language import Text
from perfxl.core.schema import get
from perfxl.tables.blocks import Block
from perfxl.tables.evidence import Column, number_in
from perfxl.tables.grid import Grid
from perfxl.tables.lexicon import CLEAR, LIKELY, MARK, PERIOD, SURE
from perfxl.tables.matrix import KPI_COLUMN, PERSON_COLUMN, find_matrix, find_people_across, speaks_of_appraisal
from perfxl.tables.proof import LEVEL, add_proof, heard_as

_NEEDED = 0.3  # what speaks for a meaning that the kind needs, parted among those of which one will do
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
    "deducted",
}


class Kind(NamedTuple):
    """A kind of table: the meanings that its columns may have, and those of which one of each group must be there."""

    name: str
    meanings: frozenset[str]
    needs: tuple[tuple[str, ...], ...]
    many: tuple[str, ...] = ()


KINDS = (
    Kind("contract", _CONTRACT, (("kpi",), (*_FIGURES, MARK, PERIOD, LEVEL)), (MARK, PERIOD, LEVEL)),
    Kind(
        "rubric",
        frozenset(
            (
                "no",
                "kpi",
                "category",
                "option",
                "option_points",
                "weight",
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
            (
                *("no", "deduction_item", "rule", "count", "deduction", "event_date", "note", "actual", "name"),
                *("person", "department", "post", "bonus"),
            )
        ),
        (("deduction_item",), ("deduction", "count", "rule")),
    ),
    Kind(
        "bonuses",
        frozenset(
            (
                *("no", "bonus_item", "rule", "count", "bonus", "event_date", "note", "actual", "name", "person"),
                *("department", "post"),
            )
        ),
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
    unfit    why what was settled before (settled.py) cannot be
    """

    block: Block
    kind: str
    columns: dict[int, Taken]
    score: float
    rival: str = ""
    doubts: list[int] = field(default_factory=list)
    unfit: Text | None = None

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

    def block_cells(self, grid: Grid, at: int | None) -> list[Any]:
        """The cells of a column."""
        last = min(self.block.bottom, len(grid.rows))
        return [grid.rows[i][at] for i in range(self.block.first, last)] if at is not None else []

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
    """The best reading of a block; None where it is no kind of table that is known. The steps after `find_blocks`, one
    after the other: what the columns speak for, the kinds that the table may be, how sure the best of them is."""
    columns = hear_columns(grid, block)
    return judge_readings(grid, block, columns, read_kinds(grid, block, columns))


def hear_columns(grid: Grid, block: Block) -> dict[int, Column]:
    """Each column with the meanings that its header, its cells and what they prove of each other allow."""
    columns = {at: Column(grid, block, at) for at in sorted(block.texts) if len(block.texts[at]) <= _LONGEST}
    add_proof(columns, block.texts)
    return columns


def read_kinds(grid: Grid, block: Block, columns: Mapping[int, Column]) -> list[Reading]:
    """The block as each kind of table that it may be, the one that says most first; none where it is no kind known."""
    matrix = _as_matrix(grid, block, columns)
    readings = [reading for kind in KINDS if (reading := read_as(kind, block, columns))]
    readings = [reading for reading in readings if _is_borne_out(grid, reading)]
    readings.sort(key=lambda reading: -reading.score)
    if matrix and not any(reading.kind == "contract" and reading.score > matrix.score for reading in readings):
        readings.insert(0, matrix)
    return readings


def judge_readings(
    grid: Grid, block: Block, columns: Mapping[int, Column], readings: Sequence[Reading]
) -> Reading | None:
    """The best reading with what it leaves in doubt: columns that may be what the table lacks, people across that no
    total proves. Where there is none, a contract whose KPIs alone are unknown is asked about."""
    if not readings:
        return _with_unknown_kpi(block, columns)
    best = readings[0]
    if len(readings) > 1:
        best.rival = readings[1].kind
    if best.kind == "contract":
        across = _as_people_across(grid, best, columns)
        if across:
            return across
        _doubt_unknown(best, columns)
    return best


_LONGEST = 60  # characters of a header; what is longer is a sentence
_LISTS = ("people", "plans")
_WHO = ("name", "person", "rank")
_SCORED = ("weight", "section_weight", "full_marks", "points", "weighted", "rule", LEVEL)


def _is_borne_out(grid: Grid, reading: Reading) -> bool:
    """Whether more speaks for a reading than a word or two. Budgets have items, plans and actuals too; a list of names
    with many other columns is about something else."""
    columns = reading.columns
    if reading.kind in _LISTS:
        return 2 * len(columns) >= len(reading.block.texts)
    if reading.kind == "grade_bands":  # a list of people with their totals and grades has no bands, nor has a result
        bounds = reading.at("range")
        cells = [cell for cell in reading.block_cells(grid, bounds) if cell != ""]
        return not (len(cells) == 1 and isinstance(cells[0], float)) and not any(
            heard.senses.get(of, 0.0) >= SURE - 0.05 for heard in reading.block.heard.values() for of in _WHO
        )
    if reading.kind != "contract":
        return True
    scored = any(taken.meaning in _SCORED or taken.meaning.startswith(MARK) for taken in columns.values())
    kpi = reading.at("kpi")
    named = kpi is not None and reading.block.heard[kpi].senses.get("kpi", 0.0) >= SURE - 0.05
    return scored or named or speaks_of_appraisal(grid, reading.block)


def _with_unknown_kpi(block: Block, columns: Mapping[int, Column]) -> Reading | None:
    """A contract but for the words above its KPIs: a column of different texts beside weights that make a whole, or
    beside targets and actuals. It is asked about."""
    if not heard_as(columns, "kpi") and _looks_weighed(columns):
        unknown = [column for column in columns.values() if column.is_unknown() and column.names_things()]
        if unknown:
            unknown[0].senses = {"kpi": _TAKEN}
            reading = read_as(KINDS[0], block, columns)
            if reading and unknown[0].at not in reading.doubts:
                reading.doubts.insert(0, unknown[0].at)
            return reading
    return None


def _looks_weighed(columns: Mapping[int, Column]) -> bool:
    weighed = any(column.sums_to_whole() for column in heard_as(columns, "weight"))
    return weighed or bool(heard_as(columns, "target", SURE - 0.05) and heard_as(columns, "actual", SURE - 0.05))


def _doubt_unknown(reading: Reading, columns: Mapping[int, Column]) -> None:
    """Figures under unknown words that may be what the table lacks, and a second column for what counts once."""
    taken = {each.meaning for each in reading.columns.values()}
    full, weight = reading.at("full_marks"), reading.at("weight")
    if full is not None and weight is not None and columns[full].varies():
        likely = columns[full].heard.senses.get("full_marks", 0.0) <= LIKELY
        if likely and columns[full].cells != columns[weight].cells:
            reading.doubts.append(full)  # 分值 beside 权重: the marks to be had, or those that were given
    rate = reading.at("attainment")
    if rate is not None and columns[rate].filled and not taken & {"actual", "points", "weighted"} and "target" in taken:
        reading.doubts += [] if any(m.startswith((MARK, PERIOD)) for m in taken) else [rate]
    for at, column in columns.items():
        if at in reading.columns:
            continue
        effect = next((name for name in ("deduction", "bonus") if column.senses.get(name, 0.0) >= SURE - 0.05), "")
        if effect and any(column.numbers) and not _is_rest(columns, reading, column):
            _doubt(reading, at, effect)
            continue
        known = max(column.senses.values(), default=0.0) >= LIKELY
        if (
            column.filled
            and not taken & {"points"}
            and not (column.heard.period and column.senses.keys() == {"total_score"})  # the sum of periods beside it
            and (column.heard.period or column.senses.get("points", 0) >= LIKELY)
        ):
            _doubt(reading, at, "points")
            continue
        if not known and not taken & {"weight", "full_marks"} and column.sums_to_whole():
            _doubt(reading, at, "weight")
        elif not known and not taken & {"points"} and column.numbers and _MARKED.search(column.heard.text.casefold()):
            _doubt(reading, at, "points")
        for meaning in ("weight", "target", "actual", "points"):
            other = reading.at(meaning)
            rival = column.numbers and column.senses.get(meaning, 0.0) > 0.0
            if rival and other is not None and columns[other].cells != column.cells:
                _doubt(reading, at, meaning)


_MARKED = re.compile(r"分$|评$|score|mark|rating")


def _is_rest(columns: Mapping[int, Column], reading: Reading, off: Column) -> bool:
    """Whether what was taken off is what the points lack of full marks, so that it is counted in them already."""
    points, full = reading.at("points"), reading.at("full_marks") or reading.at("weight")
    if points is None or full is None:
        return False
    cells = zip(columns[full].cells, columns[points].cells, off.cells, strict=True)
    rows = [[number_in(cell) for cell in row] for row in cells]
    known = [(f, p, o or 0.0) for f, p, o in rows if f is not None and p is not None]
    return bool(known) and all(abs(f - abs(o) - p) < _NEAR for f, p, o in known)


_NEAR = 0.051  # a figure shown with one decimal


def _doubt(reading: Reading, at: int, meaning: str) -> None:
    reading.columns[at] = Taken(meaning, 0.0, "cells")
    reading.doubts.append(at)


def _as_matrix(grid: Grid, block: Block, columns: Mapping[int, Column]) -> Reading | None:
    found = find_matrix(grid, block, columns)
    if found is None:
        return None
    taken = {
        at: Taken(meaning, block.heard[at].senses.get(meaning, SURE if meaning == KPI_COLUMN else LIKELY), "header")
        for at, meaning in found.items()
    }
    reading = Reading(block, "matrix", taken, 0.9 * len(taken) / max(1, len(block.texts)) ** 0.5)
    figures = [at for at, meaning in found.items() if meaning == KPI_COLUMN]
    shares = [block.heard[at].share for at in figures]
    if any(share is None for share in shares) and any(share is not None for share in shares):
        reading.doubts = [at for at, share in zip(figures, shares, strict=True) if share is None]
    return reading


def _as_people_across(grid: Grid, contract: Reading, columns: Mapping[int, Column]) -> Reading | None:
    """A contract's KPIs and weights with people across; asked about, where no totals prove it."""
    found = {at: taken.meaning for at, taken in contract.columns.items()}
    people, proved = find_people_across(grid, contract.block, columns, found)
    if not people:
        return None
    taken = {**contract.columns, **{at: Taken(PERSON_COLUMN, SURE if proved else LIKELY, "cells") for at in people}}
    return Reading(contract.block, "matrix", taken, contract.score, doubts=[] if proved else people[:1])


# One assignment as a whole


def read_as(kind: Kind, block: Block, columns: Mapping[int, Column]) -> Reading | None:
    """The block as a table of one kind, by the assignment of meanings to columns that is best as a whole; None where a
    column lacks that the kind needs."""
    offers: dict[int, dict[str, float]] = {}
    for at, column in columns.items():
        for meaning, heard in column.senses.items():
            if meaning in kind.meanings or meaning.startswith(kind.many or ("\0",)):
                score = (
                    heard
                    + column.support(meaning, kind.name)
                    + max((_NEEDED / len(group) ** 0.5 for group in kind.needs if meaning in group), default=0.0)
                )
                if score >= _TAKEN:
                    offers.setdefault(at, {})[meaning] = score
    chosen = assign(offers, kind.many)
    if not has_needs(kind, chosen):
        return None
    total = sum(offers[at][meaning] for at, meaning in chosen.items())
    reading = Reading(block, kind.name, {}, total / max(1, len(block.texts)) ** 0.5)
    for at, meaning in chosen.items():
        others = {other: score for other, score in offers[at].items() if other != meaning}
        second = max(others, key=lambda other: others[other], default="")
        lead = 1.0
        if second:
            lead = total - _total_without(offers, kind, at, meaning)
        heard = columns[at].senses[meaning]
        certain = min(1.0, max(0.0, heard + max(0.0, columns[at].support(meaning, kind.name))))
        reading.columns[at] = Taken(
            meaning, round(certain, 2), "header" if heard >= SURE - 0.05 else "header and cells", second, lead
        )
        rivals = bool(second) and lead < CLEAR and _rests_on(second)
        # Full marks that make a whole are the weights, where nothing else is: 标准分值 25, 15, 30 ...
        one = {meaning, second} == _WHOLES and columns[at].sums_to_whole() and second not in chosen.values()
        if _rests_on(meaning) and (certain < LIKELY * 0.9 or (rivals and not one)):
            reading.doubts.append(at)
    return reading


_WHOLES = {"weight", "full_marks"}


def has_needs(kind: Kind, chosen: Mapping[int, str]) -> bool:
    """Whether the columns chosen are enough for a table of the kind."""
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
    return sum(others[column][m] for column, m in chosen.items()) if has_needs(kind, chosen) else 0.0


def _rests_on(meaning: str) -> bool:
    """Whether figures rest on what a column was taken for."""
    return meaning in (
        "kpi",
        KPI_COLUMN,
        PERSON_COLUMN,
        LEVEL,
        *_FIGURES,
        "option_points",
        "deduction",
        "bonus",
        "range",
    ) or meaning.startswith(MARK)


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

"""A block as HR settled it before, on the sheet Sources; else as it is understood.

A settled reading is certain; what rests on it, sums and scores that the table itself shows, is checked all the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from perfxl.core.language import Text
from perfxl.tables.blocks import Block
from perfxl.tables.grid import Grid
from perfxl.tables.lexicon import MARK, PERIOD, hear
from perfxl.tables.matrix import KPI_COLUMN, PERSON_COLUMN
from perfxl.tables.memory import Memory, Settled
from perfxl.tables.understand import KINDS, Kind, Reading, Taken, has_needs, understand

_MATRIX = Kind(
    "matrix",
    frozenset(
        (
            *("person", "name", "post", "department", "issuer", "total_score", "grade", "no", "note", "rank"),
            *("coefficient", "signature"),
        )
    ),
    (("name", "person"), (KPI_COLUMN,)),
    (KPI_COLUMN,),
)
_PEOPLE_ACROSS = Kind(
    "matrix",
    frozenset(("no", "kpi", "weight", "category", "unit", "note")),
    (("kpi",), ("weight",), (PERSON_COLUMN,)),
    (PERSON_COLUMN,),
)
_KINDS = {kind.name: kind for kind in (*KINDS, _MATRIX)}

_NO_SUCH_COLUMN = Text("这类表没有这样的列", "a table of that kind has no such column")
_TWICE = Text("两列读作同一项", "two columns are taken for one thing")
_LACKS = Text("缺少必要的列", "a column that it needs is missing")
_SEVERAL = Text("同样的表头有不同读法", "it reads the same headers in several ways")


def read_block(grid: Grid, block: Block, memory: Memory) -> Reading | None:
    """The reading that was settled for a table with these headers, or the one that the evidence supports best; None
    where it is no kind of table that is known."""
    settled = memory.recall(block.texts)
    if not settled:
        return understand(grid, block)
    if len(settled) > 1:
        # Of tables with the same headers HR corrects one: what perfxl itself reads is not the correction.
        plain = understand(grid, replace(block, heard={at: hear(text) for at, text in block.texts.items()}))
        settled = [each for each in settled if not (plain and _is_reading(plain, each))]
        settled = memory.of_place(settled, grid.name)
    if len(settled) == 1:
        return _as_settled(block, settled[0])
    return _in_doubt(block, "contract", {}, [min(block.texts)], _SEVERAL)


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


def _is_reading(reading: Reading, settled: Settled) -> bool:
    taken = {at: reading.columns[at].meaning if at in reading.columns else "" for at in reading.block.texts}
    return settled.kind == describe_kind(reading) and settled.of(reading.block.texts) == taken


def _as_settled(block: Block, settled: Settled) -> Reading | None:
    if settled.kind == "none":
        return None
    taken = {at: meaning for at, meaning in settled.of(block.texts).items() if meaning}
    kind = _KINDS.get(settled.kind, _KINDS["contract"])  # scored forms and months are contracts of a kind
    if kind is _MATRIX and PERSON_COLUMN in taken.values():
        kind = _PEOPLE_ACROSS
    strange = [at for at, meaning in taken.items() if meaning not in kind.meanings and not _is_many(kind, meaning)]
    if strange:
        return _in_doubt(block, kind.name, taken, strange, _NO_SUCH_COLUMN)
    single = [meaning for meaning in taken.values() if not _is_many(kind, meaning)]
    twice = [at for at, meaning in taken.items() if single.count(meaning) > 1]
    if twice:
        return _in_doubt(block, kind.name, taken, twice[1:], _TWICE)
    if not has_needs(kind, taken):
        return _in_doubt(block, kind.name, taken, [min(block.texts)], _LACKS)
    return Reading(block, kind.name, {at: Taken(meaning, 1.0, "sources") for at, meaning in taken.items()}, 1.0)


def _is_many(kind: Kind, meaning: str) -> bool:
    return bool(kind.many) and meaning.startswith(kind.many)


def _in_doubt(block: Block, kind: str, taken: Mapping[int, str], doubts: list[int], why: Text) -> Reading:
    columns = {at: Taken(meaning, 1.0, "sources") for at, meaning in taken.items()}
    return Reading(block, kind, columns, 0.0, doubts=doubts, unfit=why)

"""Where things stand on the sheet of lines: its columns, and the rows of every contract.

A contract is a block: the KPIs that carry weight, category by category, so that every sum is one of neighbouring
cells; then those that carry none; then the row of sums. Within a category the order is the program's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from perfxl.core.cells import column_letter
from perfxl.core.weights.program import ContractWeights

HEADER_ROW = 4  # one-based
FIRST_ROW = HEADER_ROW + 1

COLUMNS = (
    "contract",
    "holder",
    "kpi",
    "name",
    "unit",
    "category",
    "impact",
    "controllability",
    "measurability",
    "importance",
    "share",
    "raw",
    "derived",
    "agreed",
    "difference",
    "category_sum",
    "repaired",
    "check",
)
PLACE = {name: i for i, name in enumerate(COLUMNS)}
LETTER = {name: column_letter(i) for name, i in PLACE.items()}


class Category(NamedTuple):
    """A category's lines: their positions in the contract, and the rows they stand in (one-based)."""

    name: str
    positions: tuple[int, ...]
    first: int
    last: int


class Block(NamedTuple):
    """A contract's rows, one-based. The weighted lines of all categories end in the row before `free`."""

    weights: ContractWeights
    first: int
    categories: tuple[Category, ...]
    unweighted: tuple[int, ...]
    free: int
    sums: int

    def range(self, column: str) -> str:
        """The cells of the lines that carry weight, in one column."""
        return f"{LETTER[column]}{self.first}:{LETTER[column]}{self.free - 1}"


def plan(contracts: Sequence[ContractWeights]) -> list[Block]:
    blocks: list[Block] = []
    row = FIRST_ROW
    for weights in contracts:
        categories = tuple(_categories(weights, row))
        free = row + sum(len(category.positions) for category in categories)
        unweighted = tuple(i for i, c in enumerate(weights.candidates) if not c.weighted)
        blocks.append(Block(weights, row, categories, unweighted, free, free + len(unweighted)))
        row = blocks[-1].sums + 1
    return blocks


def _categories(weights: ContractWeights, row: int) -> Iterator[Category]:
    members: dict[str, list[int]] = {}
    for i, candidate in enumerate(weights.candidates):
        if candidate.weighted:
            members.setdefault(candidate.category, []).append(i)
    for name, positions in members.items():
        yield Category(name, tuple(positions), row, row + len(positions) - 1)
        row += len(positions)

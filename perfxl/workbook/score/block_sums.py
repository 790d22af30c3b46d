"""Sums over the lines of contracts: what the rows below a contract's lines hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import fsum
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from perfxl.core.scoring.program import Scores
from perfxl.core.scoring.scalar import number
from perfxl.workbook.score.sheet_plan import ContractPlan

if TYPE_CHECKING:
    from perfxl.core.scoring.program import Floats


class BlockSum(NamedTuple):
    """Of one contract: over the lines with weight, but for `adjusted`; blank figures count nothing.

    known     the weight of the lines that have points
    open      how many lines keep the total from being official, and weights that are not legal in sum
    adjusted  the points of the lines that adjust the total
    """

    weight: float
    effective: float
    weighted: float
    known: float
    adjusted: float
    open: int


class BlockSums:
    """The sums of every contract, by contract; `is_open` says which lines keep a total from being official."""

    def __init__(self, scores: Scores, is_open: Sequence[bool], blocks: Mapping[int, ContractPlan]) -> None:
        weights = [number(weight) for weight in scores.line_table.columns["weight"]]
        points, effective = scores.lines.points, scores.effective
        has_points = (points == points).tolist()
        weighted, adjusting = ([getattr(b, name) for b in blocks.values()] for name in ("weighted", "adjusting"))
        known = [[line for line in lines if has_points[line]] for lines in weighted]
        sums = zip(
            sum_each(np.array(weights, dtype=np.float64), weighted),
            sum_each(effective, weighted),
            sum_each(effective * points / 100, weighted),
            sum_each(effective, known),
            sum_each(points, adjusting),
            (
                sum(is_open[line] for line in (*block.weighted, *block.adjusting))
                + _illegal(weights[line] for line in block.weighted)
                for block in blocks.values()
            ),
            strict=True,
        )
        self.of = {contract: BlockSum(*each) for contract, each in zip(blocks, sums, strict=True)}


def sum_each(figures: Floats, groups: Sequence[Sequence[int]]) -> list[float]:
    """The sum of the figures at some places, of each group of places: groups of one size at once, added as np.nansum
    adds them."""
    there, sums = np.where(figures == figures, figures, 0.0), np.zeros(len(groups))
    by_size: dict[int, list[int]] = {}
    for at, group in enumerate(groups):
        by_size.setdefault(len(group), []).append(at)
    for size, members in by_size.items():
        if size:
            sums[members] = there[np.array([groups[at] for at in members])].sum(axis=1)
    summed: list[float] = sums.tolist()
    return summed


def _illegal(weights: Iterable[float]) -> int:
    """A sum that is not 100, and weights below 0; of nothing nothing is said."""
    given = [weight for weight in weights if weight == weight]
    whole = fsum(given)
    return (round(whole, 10) != 100) + sum(weight < 0 for weight in given) if whole else 0

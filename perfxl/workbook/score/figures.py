"""The figures of the summary: how totals spread, how units compare, where most points are lost."""

from __future__ import annotations

from math import floor
from typing import NamedTuple

import numpy as np

from perfxl.core.scoring.program import Scores
from perfxl.core.scoring.scalar import Status

_MOST_BINS = 14
_STEPS = (5.0, 10.0, 20.0, 50.0, 100.0)
MOST_GAPS = 12


class Gap(NamedTuple):
    """A KPI's lost points, weight x (100 - points) / 100 over all who hold it: what their totals lack for it."""

    kpi: str
    people: int
    points: float
    weight: float
    lost: float


def bins(scores: Scores) -> list[tuple[float, float]]:
    """Ranges of the totals, lower end inside, that hold them all."""
    totals = scores.totals.total[~np.isnan(scores.totals.total)]
    if not totals.size:
        return []
    low, high = float(totals.min()), float(totals.max())
    for step in _STEPS:
        first, last = floor(low / step), floor(high / step)
        if last - first < _MOST_BINS:
            break
    return [(place * step, (place + 1) * step) for place in range(first, last + 1)]


def gaps(scores: Scores) -> list[Gap]:
    """The KPIs that lose most, the greatest first."""
    columns = scores.line_table.columns
    held: dict[object, list[int]] = {}
    for line, kpi in enumerate(columns["kpi"]):
        if scores.effective[line] > 0 and scores.status(line) is Status.SCORED:
            held.setdefault(kpi, []).append(line)
    found = []
    for kpi, lines in held.items():
        points, weights = scores.lines.points[lines], scores.effective[lines]
        lost = float((weights * np.maximum(0.0, 100.0 - points)).sum()) / 100
        name = str(columns["name"][lines[0]] or kpi or "")
        found.append(Gap(name, len(lines), float(points.mean()), float(weights.mean()), lost))
    found.sort(key=lambda gap: -gap.lost)
    return [gap for gap in found[:MOST_GAPS] if gap.lost > 0]


def count(scores: Scores, status: Status) -> int:
    """Lines of a status that carry weight or adjust a total."""
    from perfxl.core.scoring.vector import STATUSES

    return int((scores.lines.status == STATUSES.index(status)).sum())

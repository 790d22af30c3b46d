"""Levels in columns: 优 | 良 | 中 | 差, 甲 | 乙 | 丙 | 丁, 100分 | 80分 | 60分, each above what earns it.

Below each level stand limits (≥98%), sentences, or points. Points say that they are of the level only where they fall
from the best level down in every row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from perfxl.core.values.text import clean
from perfxl.tables.evidence import Column
from perfxl.tables.lexicon import LEAST_LEVELS, is_level, level_parts, level_scales
from perfxl.tables.notation.rules import FULL


class Level(NamedTuple):
    """A level's label, "" where only its points stand in the header, and its points of 100 or of its full marks."""

    label: str
    points: float | None

    def __str__(self) -> str:
        """As the header says it, in one line."""
        return self.label or (f"{self.points:.10g}分" if self.points is not None else "")


def read_level(text: str) -> Level:
    """What the header of a column of levels says: 优(100分), A:90, 80分."""
    label, points = level_parts(text)
    return Level(label, float(points) if points else None)


def find_levels(columns: Mapping[int, Column], texts: Mapping[int, str]) -> list[int]:
    """The columns of levels, from left to right; none where fewer than three stand side by side."""
    runs: list[list[int]] = [[]]
    for at in sorted(texts):
        known = is_level(texts[at])
        if known and (not runs[-1] or at == runs[-1][-1] + 1):
            runs[-1].append(at)
        elif known:
            runs.append([at])
        elif runs[-1]:
            runs.append([])
    return next(
        (run for run in runs if len(run) >= LEAST_LEVELS and _are_levels([columns[at] for at in run], texts)), []
    )


def _are_levels(run: Sequence[Column], texts: Mapping[int, str]) -> bool:
    """Whether the headers are of one scale, best first or last, and figures below fall with them."""
    levels = [read_level(texts[column.at]) for column in run]
    labels = [level.label.casefold() for level in levels]
    if all(labels):
        places = [[scale.index(label) for label in labels] for scale in level_scales() if set(labels) <= set(scale)]
        if not any(_falls(place) or _falls(place[::-1]) for place in places):
            return False
    points = [level.points for level in levels if level.points is not None]
    if points and (len(points) < len(levels) or not (_falls(points) or _falls(points[::-1]))):
        return False
    if not all(column.numbers and not column.words for column in run):
        return True
    if all(cell in ("", 0.0, 1.0) for column in run for cell in column.cells):
        return True  # ticks, as it seems
    rows = [row for row in zip(*(column.cells for column in run), strict=True) if all(cell != "" for cell in row)]
    figures = [[cell for cell in row if isinstance(cell, float)] for row in rows]
    return bool(rows) and all(len(row) == len(run) and (_falls(row) or _falls(row[::-1])) for row in figures)


def _falls(values: Sequence[float]) -> bool:
    return all(a > b for a, b in pairwise(values)) or all(a < b for a, b in pairwise(values))


_OF_FEW = 10.0  # levels of 5 to 1, of 10 to 0


def full_marks_of(levels: Iterable[Level]) -> float | None:
    """Full marks by the points of the levels: 100 where one has them, the best of 5 to 1; None where it is not said."""
    points = {level.points for level in levels if level.points is not None}
    best = max(points, default=0.0)
    return FULL if FULL in points else best if 0 < best <= _OF_FEW else None


def show_limit(cell: Any, percent: bool) -> str:
    """What stands below a level, as a person sees it."""
    if isinstance(cell, float):
        return f"{cell * 100:.10g}%" if percent else f"{cell:.10g}"
    return " ".join(clean(str(cell)).split())


def as_limits(levels: Mapping[int, Level], cells: Mapping[int, str], figures: Mapping[int, float]) -> dict[int, str]:
    """Figures below levels with points as limits: at least so much where better levels have more, else at most."""
    ranked = sorted(figures, key=lambda at: -(levels[at].points or 0.0))
    sign = "≥" if figures[ranked[0]] > figures[ranked[-1]] else "≤"
    return {at: f"{sign}{cells[at]}" for at in ranked}

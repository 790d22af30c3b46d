"""Levels in columns: 优 | 良 | 中 | 差, 甲 | 乙 | 丙 | 丁, 100分 | 80分 | 60分, each above what earns it.

Below each level stand limits (≥98%), sentences, or points. Points say that they are of the level only where they fall
from the best level down in every row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from perfxl.tables.evidence import Column
from perfxl.tables.lexicon import is_level, level_parts, level_scales

LEAST = 3
"""Columns of levels at least."""


class Level(NamedTuple):
    """A level's label, "" where only its points stand in the header, and its points of 100 or of its full marks."""

    label: str
    points: float | None


def read_level(text: str) -> Level:
    """What the header of a column of levels says: 优(100分), A:90, 80分."""
    label, points = level_parts(text)
    return Level(label, float(points) if points else None)


def find_levels(columns: Mapping[int, Column], texts: Mapping[int, str]) -> list[int]:
    """The columns of levels, from left to right; none where fewer than three stand side by side."""
    runs: list[list[int]] = [[]]
    for at in sorted(texts):
        level = read_level(texts[at])
        known = is_level(texts[at]) or (not level.label and level.points is not None)
        if known and (not runs[-1] or at == runs[-1][-1] + 1):
            runs[-1].append(at)
        elif known:
            runs.append([at])
        elif runs[-1]:
            runs.append([])
    return next((run for run in runs if len(run) >= LEAST and _are_levels([columns[at] for at in run], texts)), [])


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
    rows = [row for row in zip(*(column.cells for column in run), strict=True) if all(cell != "" for cell in row)]
    figures = [[cell for cell in row if isinstance(cell, float)] for row in rows]
    return bool(rows) and all(len(row) == len(run) and (_falls(row) or _falls(row[::-1])) for row in figures)


def _falls(values: Sequence[float]) -> bool:
    return all(a > b for a, b in pairwise(values)) or all(a < b for a, b in pairwise(values))

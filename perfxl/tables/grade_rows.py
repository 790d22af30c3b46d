"""Grade bands as people write them: rows of a grade and its range, or grades across with their ranges below.

等级   A     B      C          等级 | 分数区间
分数  ≥90  80-90  <80          A    | ≥90
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from perfxl.core.cells import a1, column_letter
from perfxl.core.problems import Address, Problem, problem
from perfxl.core.records import Records, join_parts
from perfxl.core.schema import get
from perfxl.core.values.numbers import canonical
from perfxl.core.values.text import fold
from perfxl.tables.blocks import cell_text
from perfxl.tables.columns import convert
from perfxl.tables.evidence import number_in
from perfxl.tables.grid import Grid
from perfxl.tables.lexicon import LIKELY, hear
from perfxl.tables.memory import Memory

_LEAST = 2  # grades
_MOST_ROWS = 5
_LONGEST = 12  # characters of a grade
_BESIDE = ("grade", "option", "coefficient", "meaning", "note")
_RANGES = ("range", "points", "total_score", "full_marks")
_TITLE = re.compile(r"等级|评级|档次|分级|划分|对照|grade|band|rating", re.IGNORECASE)
_A_BOUND = re.compile(
    r"\d\s*(?:%|分)?\s*(?:\(含\)|含)?\s*(?:-|~|至|到|—|–|以|及以|to|and|or)|[≥>≤<]|低于|不足|小于|below|under|less"
)

_FROM = re.compile(
    r"(?P<more>[≥>]=?|大于等于|不低于|不小于|大于|高于|超过|more than|over|above)\s*(?P<of>\d+(?:\.\d+)?)"
    r"|(?P<from>\d+(?:\.\d+)?)\s*(?:%|分)?\s*(?:\((?P<ends>不?含)\)|含)?\s*"
    r"(?P<to>-|~|至|到|—|–|to|≤|<=?|以上|及以上|or more|and above|\+)"
)
_BELOW = re.compile(
    r"(?:[<≤]=?|低于|不足|小于|below|under|less than)\s*\d"
    r"|\d+(?:\.\d+)?\s*(?:%|分)?\s*(?:\(不?含\))?\s*(?:以下|及以下|or less|and below)"
)
_OF_WHAT = re.compile(r"^(?:[a-z]|[\u4e00-\u9fff]*[分绩])\s*(?=[<≤>≥])")  # X<60, 总分<60
_STRICT = (">", "大于", "高于", "超过", "more than", "over", "above")
_CENT = 0.01  # totals have two decimals


def lower_bound(cell: Any) -> float | None:
    """The least total of a grade's range: 90-100, ≥90, 80≤X<90, 60分以下 (0); of >90, the next total above it; None
    where it says none."""
    if isinstance(cell, float):
        return cell
    text = _OF_WHAT.sub("", fold(str(cell)).casefold())
    if _BELOW.match(text):
        return 0.0
    match = _FROM.search(text)
    if match is None:
        return number_in(cell)
    strict = match["more"] in _STRICT or match["to"] == "<" or match["ends"] == "不含"
    return canonical(float(match["of"] or match["from"]) + (_CENT if strict else 0.0))


@dataclass(frozen=True)
class BandsAcross:
    """Grade bands that stand across: the sheet's rows from 0, `bottom` outside; the column of labels, those of grades.

    rows  meaning -> sheet row: grade, range, coefficient, meaning
    """

    top: int
    bottom: int
    label: int
    columns: tuple[int, ...]
    rows: Mapping[str, int]

    def labels(self, grid: Grid) -> dict[int, str]:
        """The labels in their order, as the headers of the same table turned round."""
        return {at: cell_text(grid.rows[row][self.label]) for at, row in enumerate(self.rows.values())}


def find_bands_across(grid: Grid) -> Iterator[BandsAcross]:
    """Grades across with their ranges below, from top to bottom."""
    done = -1
    for i, row in enumerate(grid.rows):
        if i <= done or sum(isinstance(value, str) and bool(_A_BOUND.search(value)) for value in row) < _LEAST:
            continue
        found = next((found for at in range(len(row)) if (found := _bands_at(grid, i, at))), None)
        if found:
            done = found.bottom - 1
            yield found


def is_set_aside(grid: Grid, bands: BandsAcross, memory: Memory) -> bool:
    """Whether HR settled on the sheet Sources that a table with these labels is not read."""
    settled = memory.recall(bands.labels(grid))
    return bool(settled) and all(each.kind == "none" for each in settled)


def _bands_at(grid: Grid, i: int, label: int) -> BandsAcross | None:
    """Bands whose row of ranges is row i, with its label in a column."""
    if not _says(grid.rows[i][label], _RANGES):
        return None
    columns = _columns_of(grid, i, label)
    if len(columns) < _LEAST:
        return None
    first = last = i
    while first > 0 and last - first < _MOST_ROWS and _is_part(grid, first - 1, label, columns):
        first -= 1
    while last + 1 < len(grid.rows) and last - first < _MOST_ROWS and _is_part(grid, last + 1, label, columns):
        last += 1
    rows: dict[str, int] = {"range": i}
    for row in range(first, last + 1):
        said = next((each for each in _BESIDE if _says(grid.rows[row][label], (each,))), "")
        meaning = {"option": "grade", "note": "meaning"}.get(said, said)
        if meaning and row != i:
            rows.setdefault(meaning, row)
    grade = rows.get("grade")
    lowers = [lower for at in columns if (lower := lower_bound(grid.rows[i][at])) is not None]
    in_order = all(a > b for a, b in pairwise(lowers)) or all(a < b for a, b in pairwise(lowers))
    if (
        grade is None
        or len(lowers) < _LEAST
        or not in_order
        or not _are_grades([grid.rows[grade][at] for at in columns])
    ):
        return None
    return BandsAcross(
        _title_above(grid, first, label), last + 1, label, columns, dict(sorted(rows.items(), key=lambda each: each[1]))
    )


def _says(cell: Any, meanings: Collection[str]) -> bool:
    text = cell_text(cell)
    senses = hear(text).senses if text and len(text) <= 20 else {}
    return any(senses.get(meaning, 0.0) >= LIKELY for meaning in meanings)


def _columns_of(grid: Grid, i: int, label: int) -> tuple[int, ...]:
    """The filled cells right of a label, as far as only merged cells part them."""
    columns: list[int] = []
    covered = {
        at for top, left, bottom, right in grid.merges if top <= i <= bottom for at in range(left + 1, right + 1)
    }
    for at in range(label + 1, len(grid.rows[i])):
        if grid.rows[i][at] != "":
            columns.append(at)
        elif at not in covered:
            break
    return tuple(columns)


def _is_part(grid: Grid, i: int, label: int, columns: tuple[int, ...]) -> bool:
    """Whether a row says something of each grade: a label that is known, a cell for each, and nothing right of them."""
    return _says(grid.rows[i][label], _BESIDE) and _columns_of(grid, i, label) == columns


def _are_grades(cells: list[Any]) -> bool:
    words = [cell_text(cell) for cell in cells]
    return all(words) and len(set(words)) == len(words) and all(len(word) <= _LONGEST for word in words)


def _title_above(grid: Grid, first: int, label: int) -> int:
    """The bands' first row, with the line above where that speaks of grades and of nothing else."""
    above = [cell for cell in grid.rows[first - 1] if cell != ""] if first else []
    return first - 1 if len(above) == 1 and _TITLE.search(cell_text(above[0])) else first


def without(grid: Grid, across: Collection[BandsAcross]) -> Grid:
    """The sheet with nothing where the bands stand."""
    if not across:
        return grid
    rows = [list(row) for row in grid.rows]
    for bands in across:
        for i in range(bands.top, bands.bottom):
            for at in range(bands.label, bands.columns[-1] + 1):
                rows[i][at] = ""
    return replace(grid, rows=rows)


def read_bands_across(file: str, grid: Grid, bands: BandsAcross) -> tuple[list[Records], list[Problem]]:
    """The bands as rows of the program's grades, each addressed at its range; none where a range cannot be read."""
    declared, parts, problems = get("grade_bands"), [], []
    place = bands.rows["range"]
    lowers = {at: lower_bound(grid.rows[place][at]) for at in bands.columns}
    for at, lower in lowers.items():
        if lower is None:
            about = {"table": "grade_bands", "value": grid.rows[place][at]}
            problems.append(problem("range_unreadable", Address(file, grid.name, a1(place, at)), **about))
    if problems:
        return [], problems
    for at, lower in lowers.items():
        letter = column_letter(at)
        values: dict[str, list[Any]] = {"lower": [lower]}
        for name in ("grade", "coefficient", "meaning"):
            if name in bands.rows:
                row = bands.rows[name]
                converted = convert(
                    declared.column(name), [grid.rows[row][at]], grid.percent_rows(at, [row]), frozenset()
                )
                values[name] = converted.values
                for _, wrong, value in converted.problems:
                    about = {"table": "grade_bands", "column": name, "value": value}
                    problems.append(problem(wrong, Address(file, grid.name, a1(row, at)), **about))
        parts.append(Records(declared, values, file, grid.name, [place + 1], dict.fromkeys(values, letter)))
    first = Address(file, grid.name, a1(bands.rows["grade"], bands.label))
    problems.append(problem("grade_bands_read", first, table="grade_bands", count=len(parts)))
    return [join_parts(parts)], problems

"""Rows that name a section and hold what its rows below have together: 财务类 60, then 收入 40 and 回款 20.

Nothing but arithmetic tells such a row from a KPI that nobody filled in: every row belongs to one section, the weights
of each make its own, or 100, and the sections' make a whole.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from perfxl.core.values.numbers import parse_number
from perfxl.core.values.text import clean, fold
from perfxl.tables.totals import before_total_word

_NEAR = 1e-6
_SHOWN = 0.051  # points with one decimal
_NAMES = re.compile(r"^\(?[一二三四五六七八九十]+[)、.]|(?:类|类指标|维度|方面|层面|板块|模块|部分)$")
_MEASURES = ("target", "actual", "challenge", "threshold", "base", "low", "high")  # of a KPI, not of a section
_OUTLINE = re.compile(r"^(?:[一二三四五六七八九十]+|[ivx]+)[、.]?$", re.IGNORECASE)


class Section(NamedTuple):
    """What the row of a section says: the column and the text of its name, and its weight in percent points."""

    at: int
    name: str
    weight: float


class _Row(NamedTuple):
    i: int
    cells: Sequence[Any]
    weight: float
    name: tuple[int, str] | None  # of a row with nothing else to measure
    hint: bool  # whether its name or number is a section's
    scored: bool  # whether it has points or the like, which add up as the weights do


def find_sections(
    rows: Sequence[Sequence[Any]], first: int, at: Mapping[str, int], number: int | None
) -> dict[int, Section]:
    """The sheet rows of sections; none where the sums do not prove them.

    first   the row below the header
    at      column of the schema -> column of the sheet
    number  the column of the rows' numbers
    """
    weight = at.get("weight", at.get("full_marks"))
    if weight is None:
        return {}
    found = [row for i in range(first, len(rows)) if (row := _row(i, rows[i], at, weight, number))]
    for parted in (_by_figures(found), _by_hints(found), _by_sums(found)):
        sections = _proved(parted, number)
        if sections:
            return sections
    return {}


def _row(i: int, cells: Sequence[Any], at: Mapping[str, int], weight: int, number: int | None) -> _Row | None:
    """A row with a weight; None where there is none, or a word says that it holds a total."""
    figure = _figure(cells[weight])
    places = [at[column] for column in ("category", "kpi") if column in at]
    names = [(place, clean(cells[place])) for place in places if isinstance(cells[place], str) and cells[place].strip()]
    if figure is None or figure <= 0 or any(next(before_total_word(text), None) is not None for _, text in names):
        return None
    measures = {at[column] for column in _MEASURES if column in at}
    figures = {place for place, cell in enumerate(cells) if type(cell) is float and place not in measures}
    used = {place for place, _ in names} | {weight, *(() if number is None else (number,))}
    blank = all(cell == "" for place, cell in enumerate(cells) if place not in used | figures)
    single = len({text for _, text in names}) == 1
    outlined = number is not None and bool(_OUTLINE.match(fold(str(cells[number]))))
    hint = bool(names) and (outlined or bool(_NAMES.search(fold(names[0][1]))))
    return _Row(i, cells, figure, names[-1] if blank and single else None, hint, bool(figures - used))


def _figure(cell: Any) -> float | None:
    return cell if type(cell) is float else parse_number(cell).value


def _by_figures(rows: list[_Row]) -> list[list[_Row]]:
    """Each row with nothing to measure begins a section, where those that have something follow."""
    parted: list[list[_Row]] = []
    for row in rows:
        if row.name and not row.scored and not (parted and len(parted[-1]) == 1):
            parted.append([row])
        elif parted:
            parted[-1].append(row)
        else:
            return []
    return parted if any(row.scored or not row.name for row in rows) else []


def _by_hints(rows: list[_Row]) -> list[list[_Row]]:
    """Each row begins a section whose name or number says so."""
    parted: list[list[_Row]] = []
    for row in rows:
        if row.name and row.hint:
            parted.append([row])
        elif parted:
            parted[-1].append(row)
        else:
            return []
    return parted


def _by_sums(rows: list[_Row]) -> list[list[_Row]]:
    """Where weights and points add up alike, the sums say which rows are whose."""
    parted: list[list[_Row]] = []
    rest = 0.0
    for row in rows:
        if not row.scored:
            return []
        if rest < _NEAR:
            parted.append([row])
            rest = row.weight
        else:
            parted[-1].append(row)
            rest -= row.weight
    return parted


def _proved(parted: list[list[_Row]], number: int | None) -> dict[int, Section]:
    heads = [section[0] for section in parted]
    wholes = [sum(row.weight for row in section[1:]) for section in parted]
    total = sum(head.weight for head in heads)
    times = next((times for times in (1.0, 100.0) if abs(total * times - 100) < _NEAR), None)
    if times is None or not all(head.name and len(section) > 1 for head, section in zip(heads, parted, strict=True)):
        return {}
    each = all(abs(whole - head.weight) < _NEAR for head, whole in zip(heads, wholes, strict=True))
    within = all(abs(whole * times - 100) < _NEAR for whole in wholes)
    if not (each or (within and len(heads) > 1)) or not all(_adds_up(section, number) for section in parted):
        return {}
    return {head.i: Section(*head.name, head.weight * times) for head in heads if head.name}


def _adds_up(section: list[_Row], number: int | None) -> bool:
    """Whether the other figures of a section's row, its points for one, are the sums of those below."""
    head, *below = section
    for place, cell in enumerate(head.cells):
        figure = cell if type(cell) is float and place != number else None
        if figure is None or figure == head.weight:
            continue
        if abs(sum(_figure(row.cells[place]) or 0.0 for row in below) - figure) > _SHOWN:
            return False
    return True

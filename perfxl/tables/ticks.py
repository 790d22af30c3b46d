"""Choices ticked in columns of levels: 优 | 良 | 中 | 差 with ✓ below one of them, or ■ among □.

Only where every cell below the levels is such a mark, and they are told apart, is a mark a choice. A cross says in one
form that something holds and in another that it does not: it is no tick.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from perfxl.core.policy import DEFAULT_SCALE
from perfxl.core.values.text import fold
from perfxl.tables.levels import Level, full_marks_of
from perfxl.tables.row_form import Option

TICKED = frozenset((*"✓√✔☑●■◆★▲是对vy1rþ✅◉⬛", "yes", "true"))
UNTICKED = frozenset((*"□☐○◇☆△否n0-—/⬜〇◯", "no", "false"))
_EITHER = frozenset("○◯〇☆△◇+*#x")
"""Marks that are a choice where no other mark stands beside them, in one cell of a row at most."""

_BOX = re.compile(r"([□☐○■☑●√✓✔✅])")
_BOXED_BEFORE = re.compile(r"([□☐○■☑●√✓✔✅])\s*([^\s□☐○■☑●√✓✔✅、,，;；]+)")
_BOXED_BEHIND = re.compile(r"([^\s□☐○■☑●√✓✔✅、,，;；]+?)\s*([□☐○■☑●√✓✔✅])")


def find_ticks(rows: Sequence[tuple[int, Sequence[Any]]], levels: Sequence[int]) -> dict[int, list[int]] | None:
    """Sheet row -> the columns that are ticked there; None where the cells below the levels hold anything else.

    rows  sheet row and its cells
    """
    marks = {i: {at: mark for at in levels if (mark := _mark(row[at]))} for i, row in rows}
    used = {mark for found in marks.values() for mark in found.values()}
    if not used or not used <= TICKED | UNTICKED | _EITHER:
        return None
    chosen = used & TICKED or (used if len(used) == 1 and used <= _EITHER else set())
    ticked = {i: [at for at, mark in found.items() if mark in chosen] for i, found in marks.items()}
    return ticked if any(len(found) == 1 for found in ticked.values()) else None


class TickedRow(NamedTuple):
    """What the ticks of a row say: the level reached where one is ticked, all levels with their points where these are
    given, and whether nothing says how many points the level is worth."""

    label: str | None
    options: tuple[Option, ...] = ()
    open: bool = False


def read_ticks(
    rows: Sequence[tuple[int, Sequence[Any]]], levels: Mapping[int, Level], lines: Sequence[str] = ()
) -> tuple[list[TickedRow] | None, list[tuple[str, int, int, dict[str, Any]]]]:
    """Each row's level by its tick, and what is to be told (problem, row, column, details); None where there are none.

    Levels are worth the points of their headers, or of the `lines` around the table (优=95分); those of the usual scale
    without points, what the policy gives them.
    """
    ticks = find_ticks(rows, list(levels))
    if ticks is None:
        return None, []
    stated = {at: points for at, level in levels.items() if (points := _stated(str(level), lines)) is not None}
    if len(stated) == len(levels):
        levels = {at: level._replace(points=stated[at]) for at, level in levels.items()}
    names = {at: str(level) for at, level in levels.items()}
    best = full_marks_of(levels.values())
    pointed = best is not None and all(level.points is not None for level in levels.values())
    usual = not (pointed or stated) and set(names.values()) <= DEFAULT_SCALE.keys()
    first = min(levels)
    told: list[tuple[str, int, int, dict[str, Any]]] = []
    found = []
    for i, _ in rows:
        chosen = ticks[i]
        label = names[chosen[0]] if len(chosen) == 1 else None
        if len(chosen) > 1:
            told.append(("ticks_several", i, chosen[1], {"value": "、".join(names[at] for at in chosen)}))
        options = tuple(Option(names[at], levels[at].points or 0.0, i + 1, names[at] == label) for at in levels)
        open_ = len(chosen) > 1 or not (pointed or usual)
        found.append(TickedRow(label, options if pointed and not open_ else (), open_))
    at_first = next(i for i, _ in rows if ticks[i])
    if usual:
        usual_points = "、".join(f"{name} {DEFAULT_SCALE[name]:g}" for name in names.values())
        told.insert(0, ("ticks_read", at_first, first, {"value": usual_points}))
    elif not pointed:
        told.insert(0, ("ticks_without_points", at_first, first, {"value": "、".join(names.values())}))
    return found, told


def _stated(label: str, lines: Sequence[str]) -> float | None:
    """The points that a line gives a level: 优=95分, not 优：90-100, which is a grade's range of totals."""
    after = r"(?![\d.]|\s*分?\s*(?:[-~—至]|及?以[上下]|≤|<))"
    said = re.compile(rf"(?<![^\W\d_]){re.escape(label)}\s*[=:：为(（]?\s*(\d+(?:\.\d+)?){after}")
    return next((float(match[1]) for line in lines if (match := said.search(fold(line)))), None)


def ticked_label(text: str) -> str | None:
    """The one option that is ticked in □优 ☑良 □中 or 优□ 良√ 中□; None where the text is no such list, or ticks none
    or several."""
    if len(_BOX.findall(text)) < 2 and not _BOX.match(text.strip()):
        return None
    before = text.strip()[:1] in "□☐○■☑●√✓✔✅"
    pairs = _BOXED_BEFORE.findall(text) if before else [(b, a) for a, b in _BOXED_BEHIND.findall(text)]
    chosen = [label for mark, label in pairs if mark in TICKED]
    return chosen[0] if len(chosen) == 1 and len(pairs) > 1 else None


def are_ticks(cells: Mapping[int, Sequence[Any]]) -> bool:
    """Whether columns, which stand side by side, hold ticks."""
    rows = list(enumerate(zip(*cells.values(), strict=True)))
    return find_ticks(rows, range(len(cells))) is not None


def _mark(cell: Any) -> str:
    if isinstance(cell, float):
        return f"{cell:.15g}"
    return fold(cell).casefold().strip() if isinstance(cell, str) else str(cell)

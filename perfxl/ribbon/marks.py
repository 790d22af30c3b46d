"""Problems as marks on cells, and how a mark remembers what was there before."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from perfxl.core.problem_table import SEVERITY_COLOURS, comment_text, worst_first
from perfxl.core.problems import Problem
from perfxl.ribbon.open_book import Mark, Place

MOST_MARKS = 1_000  # Excel takes some milliseconds for each; the list names every problem anyway

NO_FILL, KEPT_FILL = "-", "="  # there was none; it was of a kind that cannot be given back, and left alone

_OURS = re.compile(r"(?:^|\n\n)\[perfxl (-|=|[0-9A-F]{6})\]\n(.*)", re.DOTALL)


def marks_of(problems: Sequence[Problem], lang: str) -> list[Mark]:
    """A mark for each cell that has problems, the worst first, at most MOST_MARKS."""
    at: dict[Place, list[Problem]] = {}
    for problem in worst_first(problems):
        if problem.address.sheet and problem.address.cell:
            at.setdefault(Place(problem.address.sheet, problem.address.cell), []).append(problem)
    return [
        Mark(place, SEVERITY_COLOURS[of_cell[0].severity], comment_text(of_cell, lang))
        for place, of_cell in list(at.items())[:MOST_MARKS]
    ]


class Comment(NamedTuple):
    """A cell's comment taken apart: the user's own text, the fill before the mark, the mark's text. Without a mark the
    fill is None."""

    own: str
    fill: str | None = None
    text: str = ""


def written(own: str, fill: str, text: str) -> str:
    """A comment that holds the user's own text, and ours with the fill that the cell had. Kept in the comment, it goes
    where the cell goes when rows are inserted or sorted."""
    head = f"{own}\n\n" if own else ""
    return f"{head}[perfxl {fill}]\n{text}"


def read(comment: str) -> Comment:
    found = _OURS.search(comment)
    return Comment(comment[: found.start()], found[1], found[2]) if found else Comment(comment)

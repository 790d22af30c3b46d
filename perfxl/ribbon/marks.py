"""Problems as marks on cells, and how a mark remembers what was there before."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from perfxl.core.language import Text
from perfxl.core.problems import SEVERITY_LABELS, Problem, Severity
from perfxl.ribbon.open_book import Mark, Place

MOST_MARKS = 1_000  # Excel takes some milliseconds for each; the list names every problem anyway

COLOURS = {Severity.ERROR: "F8B4B4", Severity.WARNING: "FFDF8C", Severity.NOTICE: "BFDBFE"}
NO_FILL, KEPT_FILL = "-", "="  # there was none; it was of a kind that cannot be given back, and left alone

_HINT = Text("建议：", "What to do: ")
_OURS = re.compile(r"(?:^|\n\n)\[perfxl (-|=|[0-9A-F]{6})\]\n(.*)", re.DOTALL)


def marks_of(problems: Sequence[Problem], lang: str) -> list[Mark]:
    """A mark for each cell that has problems, the worst first, at most MOST_MARKS."""
    at: dict[Place, list[Problem]] = {}
    ranks = {severity: rank for rank, severity in enumerate(Severity)}
    for found in sorted(problems, key=lambda p: ranks[p.severity]):
        if found.address.sheet and found.address.cell:
            at.setdefault(Place(found.address.sheet, found.address.cell), []).append(found)
    return [Mark(place, COLOURS[some[0].severity], _text(some, lang)) for place, some in list(at.items())[:MOST_MARKS]]


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


def _text(problems: Sequence[Problem], lang: str) -> str:
    lines = []
    for found in problems:
        lines.append(f"[{SEVERITY_LABELS[found.severity](lang)} {found.code}] {found.message(lang)}")
        if found.hint(lang):
            lines.append(_HINT(lang) + found.hint(lang))
    return "\n".join(dict.fromkeys(lines))

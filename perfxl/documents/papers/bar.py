"""Whose results are below a line: of certain grades, or with a total below a figure."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from perfxl.core.language import COMMA, Text
from perfxl.core.policy import Policy
from perfxl.core.problems import Problem, problem
from perfxl.core.scoring.totals import ordered_bands
from perfxl.core.values.text import fold_name
from perfxl.documents.papers.contexts import Contexts
from perfxl.documents.papers.results import Total


class Bar(NamedTuple):
    """The line: `grades` of those below it, or the total that they have not reached; either will do."""

    grades: frozenset[str] = frozenset()
    below: float | None = None


def read_bar(grades: Collection[str], below: float | None, policy: Policy) -> tuple[Bar | None, list[Problem]]:
    """The line as it was given; None where none was, or where a grade is none of the program's."""
    if not grades and below is None:
        return None, []
    known = {fold_name(band.grade): band.grade for band in policy.bands}
    unknown = [grade for grade in grades if fold_name(grade) not in known]
    if unknown:
        shown = [band.grade for band in policy.bands]
        return None, [
            problem("grade_of_line_unknown", value=grade, grades=Text(COMMA.zh.join(shown), COMMA.en.join(shown)))
            for grade in unknown
        ]
    return Bar(frozenset(known[fold_name(grade)] for grade in grades), below), []


def find_below(contexts: Contexts, bar: Bar) -> tuple[set[str], list[Problem]]:
    """The people below the line, official or provisional, and a notice of those of whom nothing is known yet."""
    below, unknown = set(), 0
    for person in contexts.standing.people:
        result = contexts.standing.person(person)
        total = result.provisional if result.total is None else result.total
        if total is None or result.undetermined:
            unknown += 1
        elif (bar.below is not None and total < bar.below) or _grade(result, total, contexts.policy) in bar.grades:
            below.add(person)
    return below, [problem("line_total_unknown", count=unknown)] if unknown else []


def _grade(result: Total, total: float, policy: Policy) -> str:
    """The grade in force, or the one that a provisional total would earn."""
    bands = ordered_bands(policy)
    return (result.band or next((band for band in bands if total >= band.lower), bands[-1])).grade

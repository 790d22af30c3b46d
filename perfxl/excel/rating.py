"""Raters' marks for the worksheet functions: ranges of marks and relations in, the points of one line out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from perfxl.core.language import Text
from perfxl.core.policy import DEFAULT_SCALE
from perfxl.core.problems import problem
from perfxl.core.schema.choices import RELATION
from perfxl.core.scoring.marks import (
    Mark,
    MarkScale,
    combine_marks,
    read_shares,
    relation_of,
    shares_problem,
)
from perfxl.core.scoring.scalar import LineScore, blank
from perfxl.core.values.numbers import parse_figure, parse_points
from perfxl.core.values.text import DASH_IS_BLANK, NOT_APPLICABLE
from perfxl.excel.cells import Failure, Rows, failure
from perfxl.excel.lines import read_number
from perfxl.excel.settings import PolicyRanges

_KPI = Text("此指标", "This KPI")
_RELATIONS = Text("、".join(relation.zh for relation in RELATION), ", ".join(relation.en for relation in RELATION))
_LEAST = 2.0  # full marks beyond which a mark below 1 is hardly meant
_FULL = Text("评分满分", "Full marks")


def score_marks(cells: Mapping[str, Any], settings: PolicyRanges) -> LineScore:
    """The points of a line that people mark. A mark that is not yet given leaves it pending.

    Raises: Failure for what cannot be read, and where shares are missing or do not sum."""
    marks, relations = _side_by_side(cells["marks"], cells["relations"])
    full = None if blank(cells["full_marks"]) else read_number(cells["full_marks"], _FULL)
    scale = MarkScale.of(full, None, settings.policy)
    given: list[Mark] = []
    waiting, stated = False, True
    for raw, word in zip(marks, relations, strict=True):
        if raw == "" and word == "":
            continue
        relation = relation_of(word)
        if relation is None:
            raise failure("word_unknown", value=word, known=_RELATIONS)
        read = parse_figure(raw, frozenset((*DEFAULT_SCALE, *settings.labels)))
        if read.value is None and read.problem in ("", DASH_IS_BLANK):
            waiting = True
            continue
        if isinstance(raw, float) and 0 < raw < 1 and full is not None and full > _LEAST:
            raise Failure(problem("mark_percent_unclear", value=raw, full=full))
        mark, percent = (raw if read.value is None else read.value), read.percent
        value, wrong = scale.read(mark, percent=percent)
        if wrong:
            raise Failure(problem(wrong, value=raw, kpi=_KPI))
        if mark != NOT_APPLICABLE:
            stated = stated and scale.says_its_scale(mark, percent=percent)
        if value is not None:
            given.append(Mark(relation, value))
    shares = _shares(cells["shares"], settings)
    combined = combine_marks(given, shares)
    if combined.problem:
        raise Failure(shares_problem(combined, shares))
    actual: Any = None if waiting else combined.value
    if not given and not waiting and any(raw != "" for raw in marks):
        actual = NOT_APPLICABLE
    line = {"method": "marks", "actual": actual, "full_marks": full if full is not None else 100.0 if stated else None}
    return settings.scorer.score(line)


def _side_by_side(marks: Rows, relations: Rows) -> tuple[list[Any], list[Any]]:
    """The cells of both ranges in one order. Blank cells at a range's end were cut: the marks that are not yet given.

    Raises: Failure where a mark lies beyond all relations."""
    height, width = (max(sizes) for sizes in zip(_size(marks), _size(relations), strict=True))
    columns = []
    for rows in (marks, relations):
        cells = [[*row, *[""] * (width - len(row))] for row in [*rows, *[[]] * (height - len(rows))]]
        columns.append(["" if blank(cell) else cell for row in cells for cell in row])
    if any(mark != "" and relation == "" for mark, relation in zip(*columns, strict=True)):
        counts = {
            name: sum(cell != "" for cell in each) for name, each in zip(("marks", "relations"), columns, strict=True)
        }
        raise failure("ranges_differ", **counts)
    return columns[0], columns[1]


def _size(rows: Rows) -> tuple[int, int]:
    return len(rows), max((len(row) for row in rows), default=0)


def _shares(given: Any, settings: PolicyRanges) -> Mapping[str, float]:
    """As text, as two columns, or those of the policy. Cells formatted as percentages arrive as fractions."""
    if blank(given) if not isinstance(given, list) else not given:
        return settings.policy.rater_shares()
    if not isinstance(given, list):
        shares = read_shares(str(given))
        if shares is None:
            raise Failure(problem("rater_shares_unreadable", value=given, kpi=_KPI))
        return shares
    table: dict[str, float] = {}
    for row in given:
        if len(row) < 2 or row[0] == "" or row[1] == "":
            continue
        relation, share = relation_of(row[0]), parse_points(row[1]).value
        if relation is None or share is None or relation in table:
            raise Failure(problem("rater_shares_unreadable", value=f"{row[0]} {row[1]}", kpi=_KPI))
        table[relation] = float(share)
    fractions = round(sum(table.values()), 10) == 1
    return {relation: share * 100 if fractions else share for relation, share in table.items()}

"""Single lines for the worksheet functions: cells in, points and reasons out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

from perfxl.core.formula import names_of
from perfxl.core.language import Text
from perfxl.core.policy import DEFAULT_SCALE
from perfxl.core.problems import Problem, problem
from perfxl.core.rulebook import FIGURES, Method, tree_of
from perfxl.core.schema import get
from perfxl.core.scoring.scalar import STATUS_LABELS, LineScore, Status, blank
from perfxl.core.scoring.scalar import number as number_of
from perfxl.core.values.numbers import parse_figure, parse_number
from perfxl.excel.errors import CellError, Failure, failure
from perfxl.excel.normalise import Rows
from perfxl.excel.settings import Given

FIGURE_COLUMNS = tuple(FIGURES.values())
# Codes of what has no number, and of names that nobody declared; the rest is input that cannot be used.
_NO_NUMBER = frozenset(("target_zero", "target_equals_base", "result_not_a_number"))
_UNKNOWN = frozenset(("method_unknown", "grade_unknown", "scale_unknown"))
_GIVEN_SCALE = "\0given"  # no sheet can name a scale so
_PAIRS = Text("分档表或分级表", "The step table or grade scale")


def single(cells: Mapping[str, Any], given: Given, lang: str) -> float | str:
    """What the cell of one line shows: its points, or 待报, 不适用, 仅监控."""
    return shown(single_score(cells, given), lang)


def single_score(cells: Mapping[str, Any], given: Given) -> LineScore:
    """One line, its figures given cell by cell; step table and grade scale may be given as two columns."""
    if blank(cells["method"]):
        raise failure("argument_blank", argument=Text("计分方法", "Scoring method"))
    line = dict(cells)
    if isinstance(line["steps"], list):
        line["steps"] = tuple(_pairs(line["steps"]).items())
    if isinstance(line["scale"], list):
        given = given.with_scale(_GIVEN_SCALE, _pairs(line["scale"], labels=True))
        line["scale"] = _GIVEN_SCALE
    return score(*line_of(line, given), given)


def line_of(cells: Mapping[str, Any], given: Given) -> tuple[dict[str, Any], dict[str, Problem]]:
    """Cells by column to a line as LineScorer takes it, and what is wrong with cells that cannot be read."""
    line, unreadable = dict(cells), {}
    grades = frozenset((*DEFAULT_SCALE, *given.labels))
    for column in (*FIGURE_COLUMNS, "floor", "cap"):
        raw = cells.get(column)
        if raw is None or type(raw) is float:
            continue
        read = parse_figure(raw, grades)
        if read.value is not None:
            line[column] = read.value
        elif read.problem:
            unreadable[column] = problem(read.problem, table="contract_sheet", column=column, value=raw)
            line[column] = None if unreadable[column].severity == "notice" else str(raw)
    return line, {column: about for column, about in unreadable.items() if about.severity == "error"}


def score(line: Mapping[str, Any], unreadable: Mapping[str, Problem], given: Given) -> LineScore:
    """The points of a line. What the method reads must be readable, even where it could do without it."""
    return sure(given.scorer.score(line), line, unreadable)


def sure(found: LineScore, line: Mapping[str, Any], unreadable: Mapping[str, Problem]) -> LineScore:
    """The score, unless a cell that the method reads is not what it must be."""
    if found.method is None or found.status not in (Status.SCORED, Status.PENDING):
        return found
    about = _wrong_cell(found.method, line, unreadable) if found.method.text else None
    return found._replace(points=None, status=Status.PROBLEM, problem=about) if about else found


def shown(found: LineScore, lang: str, kpi: str = "") -> float | str:
    """What a cell shows: the points, or 待报, 不适用, 仅监控. Raises Failure where something is wrong."""
    if found.points is not None:
        return found.points
    if found.problem is not None:
        raise Failure(told(found, kpi), _error(found.problem))
    return STATUS_LABELS[found.status][0 if lang == "zh" else 1]


def told(found: LineScore, kpi: str = "") -> Problem:
    """The problem of a line in words that fit where no contract is known."""
    about = found.problem
    assert about is not None
    method, figure = found.method, str(about.details.get("figure"))
    details = {**about.details, "kpi": kpi or Text("此指标", "This KPI")}
    if method:
        details["method"] = Text(method.zh, method.name)
    if figure in FIGURES:
        column = get("contract_sheet").column(FIGURES[figure])
        details["figure"] = Text(column.zh, column.en)
    return replace(about, details=details)


def number(raw: Any, argument: Text, default: float | None = None) -> float:
    """A number that must be there. Raises Failure."""
    read = parse_number(raw)
    if read.value is not None:
        return float(read.value)
    if raw is None and default is not None:
        return default
    nothing = raw is None or read.problem in ("", "dash_is_blank")
    raise Failure(problem("argument_blank" if nothing else "argument_not_a_number", value=raw, argument=argument))


def _wrong_cell(method: Method, line: Mapping[str, Any], unreadable: Mapping[str, Problem]) -> Problem | None:
    columns = _columns_of(method.text)
    for column in columns:
        if column in unreadable:
            return unreadable[column]
    if method.own or "DAYS" in method.text or "STEPS" in method.text:  # what may read a date
        return None
    for column in columns:
        value = line.get(column)
        if isinstance(value, date):
            return problem("number_is_date", table="contract_sheet", column=column, value=value)
    return None


def _pairs(rows: Rows, *, labels: bool = False) -> dict[Any, float]:
    """Two columns: at which figure (or grade) how many points. A header above them is passed over."""
    found: dict[Any, float] = {}
    for place, row in enumerate(rows):
        if len(row) < 2 or row[0] == "":
            continue
        points, at = parse_number(row[1]).value, parse_figure(row[0], DEFAULT_SCALE).value
        key = str(row[0]).strip() if labels else number_of(at)
        if points is None or key != key:
            if place == 0:
                continue
            raise failure("argument_not_a_number", value=row[1] if points is None else row[0], argument=_PAIRS)
        found[key] = points
    return found


@cache
def _columns_of(text: str) -> tuple[str, ...]:
    """The columns whose cells a method reads."""
    return (*(FIGURES[name] for name in names_of(tree_of(text)) if name in FIGURES), "floor", "cap")


def _error(about: Problem) -> CellError:
    return CellError.NUM if about.name in _NO_NUMBER else CellError.NA if about.name in _UNKNOWN else CellError.VALUE

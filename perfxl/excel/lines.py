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
from perfxl.core.values.multiples import in_multiples, multiple_of
from perfxl.core.values.numbers import MULTIPLIED, parse_figure, parse_number
from perfxl.excel.cells import CellError, Failure, Rows, failure
from perfxl.excel.settings import PolicyRanges

FIGURE_COLUMNS = tuple(FIGURES.values())
# What has no number, and names that nobody declared; the rest is input that cannot be used.
_NO_NUMBER = frozenset(("target_zero", "target_equals_base", "result_not_a_number"))
_UNKNOWN = frozenset(("method_unknown", "grade_unknown", "scale_unknown"))
_SCALE_OF_CALL = "\0given"  # no sheet can name a scale so
_PAIRS = Text("分档表或分级表", "The step table or grade scale")


def score_cells(cells: Mapping[str, Any], settings: PolicyRanges) -> LineScore:
    """One line, its figures settings cell by cell; step table and grade scale may be settings as two columns."""
    if blank(cells["method"]):
        raise failure("argument_blank", argument=Text("计分方法", "Scoring method"))
    line = dict(cells)
    if isinstance(line["steps"], list):
        line["steps"] = tuple(_pairs(line["steps"]).items())
    if isinstance(line["scale"], list):
        settings = settings.with_scale(_SCALE_OF_CALL, _pairs(line["scale"], labels=True))
        line["scale"] = _SCALE_OF_CALL
    return score(*line_of(line, settings), settings)


def line_of(cells: Mapping[str, Any], settings: PolicyRanges) -> tuple[dict[str, Any], dict[str, Problem]]:
    """Cells by column to a line as LineScorer takes it, and what is wrong with cells that cannot be read."""
    line, unreadable = dict(cells), {}
    grades, unit = frozenset((*DEFAULT_SCALE, *settings.labels)), cells.get("unit")
    multiple = None if blank(unit) else multiple_of([str(unit)])
    for column in (*FIGURE_COLUMNS, "floor", "cap"):
        raw = cells.get(column)
        if raw is None or type(raw) is float:
            continue
        read = parse_figure(raw, grades)
        if read.value is not None:
            line[column] = in_multiples(read.value, multiple) if multiple and read.problem == MULTIPLIED else read.value
        elif read.problem:
            unreadable[column] = problem(read.problem, table="contract_sheet", column=column, value=raw)
            line[column] = None if unreadable[column].severity == "notice" else str(raw)
    return line, {column: about for column, about in unreadable.items() if about.severity == "error"}


def score(line: Mapping[str, Any], unreadable: Mapping[str, Problem], settings: PolicyRanges) -> LineScore:
    """The points of a line. What the method reads must be readable, even where it could do without it."""
    return reject_unreadable(settings.scorer.score(line), line, unreadable)


def reject_unreadable(line_score: LineScore, line: Mapping[str, Any], unreadable: Mapping[str, Problem]) -> LineScore:
    """The score, unless a cell that the method reads is not what it must be."""
    method = line_score.method
    if method is None or line_score.status not in (Status.SCORED, Status.PENDING):
        return line_score
    about = _wrong_cell(method, line, unreadable) if method.text else None
    return line_score._replace(points=None, status=Status.PROBLEM, problem=about) if about else line_score


def show_score(line_score: LineScore, lang: str, kpi: str = "") -> float | str:
    """What a cell shows: the points, or 待报, 不适用, 仅监控. Raises: Failure where something is wrong."""
    if line_score.points is not None:
        return line_score.points
    about = line_score.problem
    if about is None:
        return STATUS_LABELS[line_score.status](lang)
    error = CellError.NUM if about.name in _NO_NUMBER else CellError.NA if about.name in _UNKNOWN else CellError.VALUE
    raise Failure(describe_problem(line_score, kpi), error)


def describe_problem(line_score: LineScore, kpi: str = "") -> Problem:
    """The problem of a line in words that fit where no contract is known."""
    about = line_score.problem
    assert about is not None
    method, figure = line_score.method, str(about.details.get("figure"))
    details = {**about.details, "kpi": kpi or Text("此指标", "This KPI")}
    if method:
        details["method"] = Text(method.zh, method.name)
    if figure in FIGURES:
        column = get("contract_sheet").column(FIGURES[figure])
        details["figure"] = Text(column.zh, column.en)
    return replace(about, details=details)


def read_number(raw: Any, argument: Text, default: float | None = None) -> float:
    """A number that must be there. Raises: Failure."""
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
    pairs: dict[Any, float] = {}
    for place, row in enumerate(rows):
        if len(row) < 2 or row[0] == "":
            continue
        points, at = parse_number(row[1]).value, parse_figure(row[0], DEFAULT_SCALE).value
        key = str(row[0]).strip() if labels else number_of(at)
        if points is None or key != key:
            if place == 0:
                continue
            raise failure("argument_not_a_number", value=row[1] if points is None else row[0], argument=_PAIRS)
        pairs[key] = points
    return pairs


@cache
def _columns_of(text: str) -> tuple[str, ...]:
    """The columns whose cells a method reads."""
    return (*(FIGURES[name] for name in names_of(tree_of(text)) if name in FIGURES), "floor", "cap")

"""The lines of a DataFrame as they are scored, and what is said of each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from perfxl.core.language import COMMA, Text
from perfxl.core.policy import DEFAULT_SCALE, Policy
from perfxl.core.problems import Problem, problem
from perfxl.core.rulebook import COLUMNS, RuleBook
from perfxl.core.schema import get
from perfxl.core.scoring import vector
from perfxl.core.scoring.scalar import blank
from perfxl.core.scoring.vector import Factor, Lines
from perfxl.core.values.numbers import parse_figure
from perfxl.core.values.text import DASH_IS_BLANK, NOT_APPLICABLE
from perfxl.frames.events import column_of, told
from perfxl.frames.figures import doubtful, read_figures

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["line_problems", "line_reasons", "read_lines"]


def read_lines(frame: pd.DataFrame, policy: Policy) -> tuple[Lines, Mapping[int, list[Problem]]]:
    """The lines as they are scored, and what is wrong with figures that can be read."""
    size = len(frame)
    method = _factor(frame, "method")
    using = _Users(method, policy)
    grade = _factor(frame, "grade", using.rows("GRADES"))
    read = read_figures(frame)
    absent, label = np.zeros(size, dtype=bool), Factor.blank(size)
    if any(read.labels):  # few frames hold grades or N/A
        absent = np.fromiter((label == NOT_APPLICABLE for label in read.labels), dtype=bool, count=size)
        label = Factor.of([None if label == NOT_APPLICABLE else label for label in read.labels])
    if "limit" not in frame:
        read.values["limit"] = read.values["cap"]  # the limit of deductions and bonuses
    label, scale = _label_and_scale(label, grade, policy)
    lines = Lines(
        size,
        method,
        _factor(frame, "direction", using.rows("D")),
        read.values,
        _steps(frame, using.rows("STEPS")),
        scale,
        label,
        absent,
        read.unreadable,
        read.dates,
    )
    return lines, doubtful(frame, read)


def _label_and_scale(label: Factor, grade: Factor, policy: Policy) -> tuple[Factor, Factor]:
    """The column grade holds a scale's name where the policy has one of that name, otherwise a label."""
    if not any(known := [str(value).strip() in policy.scales for value in grade.values]) and not label.values:
        return grade, Factor.blank(len(grade.codes))
    is_scale = np.array([*known, False])
    scale = Factor(np.where(is_scale[grade.codes], grade.codes, -1), grade.values)
    given = np.where(is_scale[grade.codes], -1, grade.codes)
    values = [*label.values, *grade.values]
    codes = np.where((label.codes < 0) & (given >= 0), given + len(label.values), label.codes)
    return Factor(codes, values), scale


class _Users:
    """Which rows use what: telling the texts of a column apart is most of the work, so only those that count are."""

    def __init__(self, method: Factor, policy: Policy) -> None:
        book = RuleBook(policy)
        self.codes = method.codes
        self.methods = [book.find(name) for name in method.values]

    def rows(self, what: str) -> NDArray[np.bool_]:
        """Rows whose method names a figure or look-up."""
        using = [bool(m and m.text) and what in re.findall(r"\w+", m.text if m else "") for m in self.methods]
        return np.array([*using, False])[self.codes]


def _factor(frame: pd.DataFrame, name: str, rows: NDArray[np.bool_] | None = None) -> Factor:
    """A column of few values; rows that nobody asks about stay blank."""
    column = column_of(frame, name)
    if isinstance(column.dtype, pd.CategoricalDtype):
        return Factor(column.cat.codes.to_numpy().astype(np.int32), list(column.cat.categories))
    if column.dtype.kind == "f" and bool(column.isna().all()):
        return Factor.blank(len(frame))
    texts = column.to_numpy(dtype=object)  # half the time of pandas' own string columns
    if rows is None or bool(rows.all()):
        codes, values = pd.factorize(texts)
        return Factor(codes.astype(np.int64), list(values))
    factor = Factor.blank(len(frame))
    some, values = pd.factorize(texts[rows])
    factor.codes[rows], factor.values = some, list(values)
    return factor


def _steps(frame: pd.DataFrame, rows: NDArray[np.bool_]) -> Factor:
    try:
        return _factor(frame, "steps", rows)
    except TypeError:  # lists of pairs cannot be told apart by hash
        pairs = column_of(frame, "steps").map(lambda v: tuple(map(tuple, v)) if isinstance(v, list | tuple) else v)
        return Factor.of(pairs.tolist())


def line_problems(
    frame: pd.DataFrame, read: Lines, scores: vector.LineScores, policy: Policy
) -> Iterator[tuple[int, Problem]]:
    """Row and problem of every line that cannot be scored."""
    names = column_of(frame, "kpi")
    for row in np.flatnonzero(scores.problem).tolist():
        name, symbol = vector.PROBLEMS[scores.problem[row]], scores.symbol[row]
        place = scores.method[row]
        method = scores.methods[place].label if place >= 0 else ""
        column = COLUMNS[vector.SYMBOLS[symbol]] if symbol >= 0 else _COLUMN_OF.get(name, "target")
        value = column_of(frame, column).iloc[row]
        kpi = names.iloc[row]
        yield (
            row,
            problem(
                name,
                table="contract_sheet",
                column=column,
                value=None if blank(value) else value,
                kpi=Text("此指标", "This KPI") if blank(kpi) else str(kpi),
                method=method,
                figure=get("contract_sheet").column(column).text if symbol >= 0 else "",
                floor=_limit(read, "floor", row, policy),
                cap=_limit(read, "cap", row, policy),
            ),
        )


_COLUMN_OF = {
    "method_unknown": "method",
    "direction_unknown": "direction",
    "grade_unknown": "actual",
    "scale_unknown": "steps",
}


def _limit(read: Lines, name: str, row: int, policy: Policy) -> float:
    own = float(read.figure(name)[row])
    return own if own == own else float(policy[f"points_{name}"])


def line_reasons(
    frame: pd.DataFrame,
    read: Lines,
    scores: vector.LineScores,
    doubts: Mapping[int, list[Problem]],
    policy: Policy,
    lang: str,
) -> list[str]:
    """What is said of each line, blank where all is well."""
    reasons = [""] * len(frame)
    column = column_of(frame, "actual")
    for row, value in enumerate(column.tolist() if column.dtype.kind == "O" else ()):
        if isinstance(value, str) and parse_figure(value, DEFAULT_SCALE).problem == DASH_IS_BLANK:
            reasons[row] = told(problem(DASH_IS_BLANK, value=value), lang)
    for row, doubted in doubts.items():
        reasons[row] = COMMA(lang).join(told(about, lang) for about in doubted)
    for row, about in line_problems(frame, read, scores, policy):
        reasons[row] = told(about, lang)
    return reasons

"""Percentages: a KPI in % whose target is 95% and whose actual says 95 has lost a percent sign."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from perfxl.core.checks.lookups import labels, line_labels, lines_by_holder
from perfxl.core.findings import columns_of, finding, rows_of
from perfxl.core.policy import Policy
from perfxl.core.problems import Problem
from perfxl.core.records import Book, Records
from perfxl.core.text import fold

_FIGURES = ("target", "challenge", "threshold", "base", "low", "high")
# How far a figure may lie from the target before it looks a hundred times too great.
_FAR, _FURTHER = 20.0, 500.0
# Up to this a plain figure reads as a fraction (150%), beyond it as percent points.
_FRACTION = 1.5


class _Figure(NamedTuple):
    """`marked`: typed or formatted as a percentage."""

    value: float
    marked: bool


def check(book: Book, policy: Policy) -> list[Problem]:
    kpis, lines = rows_of(book, "kpis"), rows_of(book, "contract_lines")
    if kpis is None or lines is None:
        return []
    percents = {kpi for _, kpi, unit in columns_of(kpis, "kpi", "unit") if unit and "%" in fold(unit)}
    return [*_lines(book, lines, percents), *_actuals(book, lines, percents)] if percents else []


def _lines(book: Book, lines: Records, percents: set[str]) -> Iterator[Problem]:
    """Figures of a line against its target."""
    label = line_labels(book)
    others = [name for name in _FIGURES[1:] if name in lines.columns]
    for i, contract, kpi in columns_of(lines, "contract", "kpi"):
        target = _figure(lines, i, "target") if kpi in percents else None
        for name in others if target else ():
            column = _without_sign(lines, i, name, target, "target")
            if column:
                other = target if column != "target" else _figure(lines, i, name)
                yield finding("M130", lines, i, column, line=label(contract, kpi), other=_shown(other))


def _actuals(book: Book, lines: Records, percents: set[str]) -> Iterator[Problem]:
    """Actuals against the target of the same person and KPI."""
    actuals, held = rows_of(book, "actuals"), lines_by_holder(book)
    if actuals is None or held is None:
        return
    targets = {key: _figure(lines, rows[0], "target") for key, rows in held.items() if key[1] in percents}
    people, kpis = labels(book, "people"), labels(book, "kpis")
    for i, holder, kpi, value in columns_of(actuals, "holder", "kpi", "value"):
        if kpi not in percents or type(value) is not float:
            continue
        target = targets.get((holder, kpi))
        if target and _without_sign(actuals, i, "value", target, ""):
            yield finding("M130", actuals, i, "value", line=f"{people[holder]} · {kpis[kpi]}", other=_shown(target))


def _without_sign(records: Records, i: int, column: str, target: _Figure | None, target_column: str) -> str:
    """The column of the figure that lost its sign, of the two; blank where they agree."""
    figure = _figure(records, i, column)
    if figure is None or target is None:
        return ""
    small, great = sorted((figure, target), key=lambda each: abs(each.value))
    ratio = abs(great.value / small.value)
    if great.marked or not _FAR <= ratio <= _FURTHER:
        return ""
    if not small.marked and not abs(small.value) <= _FRACTION < abs(great.value):
        return ""
    return column if great is figure else target_column


def _figure(records: Records, i: int, column: str) -> _Figure | None:
    """A number other than zero."""
    value = records.columns[column][i] if column in records.columns else None
    if not isinstance(value, float | int) or not value:
        return None
    return _Figure(float(value), i in records.percent.get(column, ()))


def _shown(figure: _Figure | None) -> str:
    assert figure
    return f"{figure.value * 100:.10g}%" if figure.marked else f"{figure.value:.10g}"

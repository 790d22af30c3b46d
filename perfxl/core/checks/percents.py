"""Percentages: a KPI in % whose target is 95% and whose actual says 95 has lost a percent sign."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from perfxl.core.policy import Policy
from perfxl.core.problems import Problem
from perfxl.core.records import Records, Tables
from perfxl.core.table_access import cell, columns_of, finding, labels, line_labels, lines_by_holder, rows_of
from perfxl.core.values.numbers import is_percent, show_figure

_FIGURES = ("challenge", "threshold", "base", "low", "high")
# How far a figure may lie from the target before it looks a hundred times too great.
_FAR, _FURTHER = 20.0, 500.0
# Up to this a plain figure reads as a fraction (150%), beyond it as percent points.
_FRACTION = 1.5


class _Figure(NamedTuple):
    """`marked`: typed or formatted as a percentage."""

    value: float
    marked: bool

    @property
    def text(self) -> str:
        return show_figure(self.value, "%" if self.marked else "", digits=10)


def check(book: Tables, policy: Policy) -> list[Problem]:
    kpis, lines = rows_of(book, "kpis"), rows_of(book, "contract_lines")
    if kpis is None or lines is None:
        return []
    percents = {kpi for _, kpi, unit in columns_of(kpis, "kpi", "unit") if is_percent(unit)}
    return [*_lines(book, lines, percents), *_actuals(book, lines, percents)] if percents else []


def _lines(book: Tables, lines: Records, percents: set[str]) -> Iterator[Problem]:
    """Figures of a line against its target."""
    label = line_labels(book)
    others = [name for name in _FIGURES if name in lines.columns]
    for i, contract, kpi, target in columns_of(lines, "contract", "kpi", "target"):
        for name in others if kpi in percents else ():
            if not _far(lines.columns[name][i], target):
                continue
            figure, aim = _figure(lines, i, name), _figure(lines, i, "target")
            lost = _without_sign(figure, aim)
            if lost:
                column, other = (name, aim) if lost is figure else ("target", figure)
                yield finding("percent_lost", lines, i, column, line=label(contract, kpi), other=other.text)


def _actuals(book: Tables, lines: Records, percents: set[str]) -> Iterator[Problem]:
    """Actuals against the target of the same person and KPI."""
    actuals, held = rows_of(book, "actuals"), lines_by_holder(book)
    if actuals is None or held is None:
        return
    targets, people, kpis = lines.column("target"), labels(book, "people"), labels(book, "kpis")
    first = {pair: rows[0] for pair, rows in held.items() if pair[1] in percents and targets[rows[0]]}
    pairs = zip(actuals.column("holder"), actuals.column("kpi"), strict=True)
    for i, (row, value) in enumerate(zip(map(first.get, pairs), actuals.column("value"), strict=True)):
        if row is None or not _far(value, targets[row]):
            continue
        holder, kpi = cell(actuals, i, "holder"), cell(actuals, i, "kpi")
        figure, aim = _figure(actuals, i, "value"), _figure(lines, row, "target")
        if _without_sign(figure, aim) is figure:
            yield finding("percent_lost", actuals, i, "value", line=f"{people[holder]} · {kpis[kpi]}", other=aim.text)


def _far(value: object, target: object) -> bool:
    """Two numbers of which one is many times the other: few are, so this is asked first."""
    if not isinstance(value, float | int) or not isinstance(target, float | int) or not value or not target:
        return False
    times = abs(value / target)
    return _FAR <= times <= _FURTHER or 1 / _FURTHER <= times <= 1 / _FAR


def _without_sign(figure: _Figure, target: _Figure) -> _Figure | None:
    """Of two that lie far apart, the one that lost its sign; None where both may stand."""
    small, great = sorted((figure, target), key=lambda each: abs(each.value))
    if great.marked or (not small.marked and not abs(small.value) <= _FRACTION < abs(great.value)):
        return None
    return great


def _figure(records: Records, i: int, column: str) -> _Figure:
    return _Figure(float(records.columns[column][i]), i in records.percent.get(column, ()))

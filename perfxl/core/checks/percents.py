"""Percent signs that were lost: of two figures of a KPI, 95% and 93, or 0.93 and 95, one was meant otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from perfxl.core.policy import Policy
from perfxl.core.problems import Problem
from perfxl.core.records import Records, Tables
from perfxl.core.table_access import (
    cell,
    columns_of,
    labels,
    line_labels,
    lines_by_holder,
    pick,
    problem_at,
    reports_by_holder,
    rows_of,
)
from perfxl.core.values.multiples import bracketed
from perfxl.core.values.numbers import is_percent, show_figure
from perfxl.core.values.text import fold

COMPARED = ("actual", "challenge", "threshold", "base", "low", "high")
"""The figures of a line that are set against its target."""
# How far a figure may lie from the target before it looks a hundred times too great.
FAR, _FURTHER = 20.0, 500.0
_SURELY_NEAR = FAR * (1 - 1e-9)
_NUMBER = (float, int)
# Up to this a plain figure reads as a fraction (150%), beyond it as percent points.
FRACTION = 1.5
# As percentages, an actual and its target are rarely further apart.
_ALIKE = 1.6


class Figure(NamedTuple):
    """`marked`: typed or formatted as a percentage."""

    value: float
    marked: bool = False

    @property
    def text(self) -> str:
        """The figure as it was typed."""
        return show_figure(self.value, "%" if self.marked else "", digits=10)


def is_far(value: object, target: object) -> bool:
    """Two numbers of which one is many times the other: few are, so this is asked first."""
    if not isinstance(value, _NUMBER) or not isinstance(target, _NUMBER) or not value or not target:
        return False
    times = abs(value / target)
    return times >= FAR or times <= 1 / FAR


class Counting(NamedTuple):
    """What a KPI's figures are counted in, as far as its unit and its name say; whether lower is
    better, and whether its reports are added up."""

    unit: Any = None
    name: Any = None
    lower: bool = False
    summed: bool = False

    @property
    def text(self) -> str:
        """The unit, or what stands in brackets behind the name: 收入(万元)."""
        return (fold(self.unit) if isinstance(self.unit, str) else "") or bracketed(self.name)


def without_sign(figure: Figure, target: Figure, counting: Counting) -> Figure | None:
    """Of a figure and its target that lie far apart, the one that lost its percent sign; None where both may stand.

    Where a cell is marked as a percentage the other one lost its sign, whatever the unit. Where neither is, it did in
    KPIs in %; and where nobody says what a KPI is counted in, if the two are alike as percentages, or if taking them as
    they stand would give the points of a target far surpassed.
    """
    small, great = sorted((figure, target), key=lambda each: abs(each.value))
    if great.marked:
        return None
    if small.marked:
        return great
    if not abs(great.value) <= _FURTHER * abs(small.value) or not abs(small.value) <= FRACTION < abs(great.value):
        return None
    counted_in = counting.text
    if counted_in:
        return great if is_percent(counted_in) else None
    if small is figure and float(figure.value).is_integer():
        return None  # 1 of 30 is something that happened once
    surpassed = small is (figure if counting.lower else target)
    alike = 1 / _ALIKE <= abs(100 * small.value / great.value) <= _ALIKE
    return great if surpassed or alike else None


def lost_in_row(records: Records, i: int, counting: Counting) -> Iterator[tuple[str, str]]:
    """The figures of a row that lost their percent sign, or beside which the target did: (column, the other one)."""
    for column in COMPARED:
        if column in records.columns and is_far(records.columns[column][i], records.column("target")[i]):
            figure, aim = _figure(records, i, column), _figure(records, i, "target")
            lost = without_sign(figure, aim, counting)
            if lost is not None:
                at_figure = lost is figure or _may_be_either(figure, aim, counting)
                yield (column, aim.text) if at_figure else ("target", figure.text)


def _may_be_either(figure: Figure, target: Figure, counting: Counting) -> bool:
    """Whether it is not certain which of two figures lost its sign; then the one that was typed last is named."""
    return not (figure.marked or target.marked or is_percent(counting.text))


def check_percents(tables: Tables, policy: Policy) -> list[Problem]:
    """Of two figures of a KPI one has lost its percent sign (scoring.md section 7)."""
    lines = rows_of(tables, "contract_lines")
    if lines is None:
        return []
    kpis = rows_of(tables, "kpis")
    cards = columns_of(kpis, "kpi", *_CARD) if kpis is not None else ()
    of_kpi = {kpi: Counting(unit, name, way == "lower", rule == "sum") for _, kpi, unit, name, way, rule in cards}
    return [*_lost_in_lines(tables, lines, of_kpi), *_lost_in_actuals(tables, lines, of_kpi)]


_CARD = ("unit", "name", "direction", "aggregation")


def _lost_in_lines(tables: Tables, lines: Records, cards: dict[str, Counting]) -> Iterator[Problem]:
    """Figures of a line against its target."""
    label, targets = line_labels(tables), lines.column("target")
    others = [name for name in COMPARED[1:] if name in lines.columns]
    far = [
        (i, at)
        for at, name in enumerate(others)
        for i, (value, target) in enumerate(zip(lines.columns[name], targets, strict=True))
        if value is not None and is_far(value, target)
    ]
    for i, at in sorted(far):
        name, (contract, kpi) = others[at], (cell(lines, i, column) for column in ("contract", "kpi"))
        figure, aim, card = _figure(lines, i, name), _figure(lines, i, "target"), cards.get(kpi, Counting())
        lost = without_sign(figure, aim, card)
        if lost:
            column, other = (name, aim) if lost is figure else ("target", figure)
            yield problem_at("percent_lost", lines, i, column, line=label(contract, kpi), other=other.text)


def _lost_in_actuals(tables: Tables, lines: Records, cards: dict[str, Counting]) -> Iterator[Problem]:
    """Actuals against the target of the same person and KPI; a target that lost its sign is named once."""
    actuals, reports = rows_of(tables, "actuals"), reports_by_holder(tables)
    if actuals is None:
        return
    people, kpis = labels(tables, "people"), labels(tables, "kpis")
    named = set[int]()
    for i, row in _far_from_targets(tables, lines, actuals):
        pair = holder, kpi = cell(actuals, i, "holder"), cell(actuals, i, "kpi")
        card, aim, share = cards.get(kpi, Counting()), _figure(lines, row, "target"), _share(actuals, i)
        figure = _figure(actuals, i, "value") if share is None else Figure(share, is_percent(card.text))
        lost, line = without_sign(figure, aim, card), f"{people[holder]} · {kpis[kpi]}"
        either = _may_be_either(figure, aim, card)
        if lost is None or (card.summed and either and len(reports[pair]) > 1):
            continue  # a month's part of a year's amount lies far from it
        if lost is figure or either:
            column = "value" if share is None else "numerator"
            yield problem_at("percent_lost", actuals, i, column, line=line, other=aim.text)
        elif row not in named:
            named.add(row)
            yield problem_at("percent_lost", lines, row, "target", line=line, other=figure.text)


def _far_from_targets(tables: Tables, lines: Records, actuals: Records) -> list[tuple[int, int]]:
    """(row of actuals, line) of the reports that lie far from the first target that their holder and KPI have."""
    targets, agreed = lines.column("target"), lines_by_holder(tables) or {}
    values, over = (actuals.column(name) for name in ("value", "numerator"))
    found = []
    for pair, rows in reports_by_holder(tables).items():
        line = next(filter(targets.__getitem__, agreed.get(pair, ())), None)
        if line is None or not isinstance(targets[line], _NUMBER):
            continue
        figures = pick(values, rows)
        if None in figures:  # what is still to come, or given by its parts
            rows = [i for i in rows if values[i] is not None or over[i] is not None]
            figures = pick(values, rows)
        if not rows or _all_near(figures, targets[line]):
            continue
        said = [_share(actuals, i) if values[i] is None else values[i] for i in rows]
        found += [(i, line) for i, each in zip(rows, said, strict=True) if is_far(each, targets[line])]
    return sorted(found)


def _all_near(figures: Sequence[Any], target: float) -> bool:
    """Whether figures are all near a target for certain, as most are: the least and the greatest of them tell."""
    size = abs(target)
    try:
        return bool(size / _SURELY_NEAR < min(figures) and max(figures) < size * _SURELY_NEAR)
    except TypeError:  # blanks, words or dates among them
        return False


def _share(actuals: Records, i: int) -> float | None:
    """What a report comes to that gives numerator and denominator alone."""
    value, above, below = (cell(actuals, i, name) for name in ("value", "numerator", "denominator"))
    if value is None and isinstance(above, _NUMBER) and isinstance(below, _NUMBER) and below:
        return above / below
    return None


def _figure(records: Records, i: int, column: str) -> Figure:
    return Figure(float(cell(records, i, column)), i in records.percent.get(column, ()))

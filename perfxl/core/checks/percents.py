"""Percent signs that were lost: of two figures of a KPI, 95% and 93, or 0.93 and 95, one was meant otherwise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
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
    problem_at,
    rows_of,
)
from perfxl.core.values.multiples import bracketed
from perfxl.core.values.numbers import is_percent, show_figure
from perfxl.core.values.text import fold

COMPARED = ("actual", "challenge", "threshold", "base", "low", "high")
"""The figures of a line that are set against its target."""
# How far a figure may lie from the target before it looks a hundred times too great.
FAR, _FURTHER = 20.0, 500.0
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
    if not isinstance(value, float | int) or not isinstance(target, float | int) or not value or not target:
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
    label = line_labels(tables)
    others = [name for name in COMPARED[1:] if name in lines.columns]
    for i, contract, kpi, target in columns_of(lines, "contract", "kpi", "target"):
        for name in others:
            if not is_far(lines.columns[name][i], target):
                continue
            figure, aim, card = _figure(lines, i, name), _figure(lines, i, "target"), cards.get(kpi, Counting())
            lost = without_sign(figure, aim, card)
            if lost:
                column, other = (name, aim) if lost is figure else ("target", figure)
                yield problem_at("percent_lost", lines, i, column, line=label(contract, kpi), other=other.text)


def _lost_in_actuals(tables: Tables, lines: Records, cards: dict[str, Counting]) -> Iterator[Problem]:
    """Actuals against the target of the same person and KPI; a target that lost its sign is named once."""
    actuals, agreed = rows_of(tables, "actuals"), lines_by_holder(tables)
    if actuals is None or agreed is None:
        return
    targets, people, kpis = lines.column("target"), labels(tables, "people"), labels(tables, "kpis")
    first = {pair: next((row for row in rows if targets[row]), None) for pair, rows in agreed.items()}
    pairs = list(zip(actuals.column("holder"), actuals.column("kpi"), strict=True))
    reports = Counter(pairs) if any(card.summed for card in cards.values()) else Counter[Any]()
    named = set[int]()
    shares = _shares(actuals)
    for i, (pair, value) in enumerate(zip(pairs, actuals.column("value"), strict=True)):
        row = first.get(pair)
        if row is None or not is_far(shares.get(i, value), targets[row]):
            continue
        holder, kpi = pair
        card, aim = cards.get(kpi, Counting()), _figure(lines, row, "target")
        figure = Figure(shares[i], is_percent(card.text)) if i in shares else _figure(actuals, i, "value")
        lost, line = without_sign(figure, aim, card), f"{people[holder]} · {kpis[kpi]}"
        either = _may_be_either(figure, aim, card)
        if lost is None or (card.summed and either and reports[pair] > 1):
            continue  # a month's part of a year's amount lies far from it
        if lost is figure or either:
            yield problem_at(
                "percent_lost", actuals, i, "numerator" if i in shares else "value", line=line, other=aim.text
            )
        elif row not in named:
            named.add(row)
            yield problem_at("percent_lost", lines, row, "target", line=line, other=figure.text)


def _shares(actuals: Records) -> dict[int, float]:
    """Of the reports that give numerator and denominator alone, what they come to."""
    if not {"numerator", "denominator"} <= actuals.columns.keys():
        return {}
    reports = zip(*(actuals.column(name) for name in ("value", "numerator", "denominator")), strict=True)
    return {
        i: above / below
        for i, (value, above, below) in enumerate(reports)
        if value is None and isinstance(above, float | int) and isinstance(below, float | int) and below
    }


def _figure(records: Records, i: int, column: str) -> Figure:
    return Figure(float(cell(records, i, column)), i in records.percent.get(column, ()))

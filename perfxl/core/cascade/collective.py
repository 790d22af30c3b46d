"""Collective KPIs: one target and one actual for everybody who carries them.

Who reports for one of them reports for all: the figure stands once more for each of the others who has said nothing for
those months, at the cell where it was typed. Figures that differ are a problem that names both cells, and no figure.
Source: domain.md section 2.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from perfxl.core.language import Text
from perfxl.core.problems import Problem
from perfxl.core.records import Gathered, Records, Tables, empty
from perfxl.core.schema import get
from perfxl.core.scoring.periods import months_of_period
from perfxl.core.table_access import (
    columns_of,
    contracts_of,
    labels,
    period_and_cell,
    place,
    problem_at,
    reports_by_holder,
    rows_of,
)
from perfxl.core.values.dates import period_span

_COLLECTIVE = "collective"
_FIGURES = ("value", "numerator", "denominator")
_SAID = ("kpi", "period", *_FIGURES)


def collective_kpis(tables: Tables) -> set[Any]:
    """The KPIs whose card names the source 集体指标, but for those that were dropped."""
    kpis = rows_of(tables, "kpis")
    rows = columns_of(kpis, "kpi", "source", "verdict") if kpis else ()
    return {kpi for _, kpi, source, verdict in rows if source == _COLLECTIVE and verdict != "drop" and kpi is not None}


class _Report(NamedTuple):
    row: int
    holder: Any
    period: Any
    months: tuple[int, int]
    figures: tuple[Any, ...]


class Collective:
    """Who carries each collective KPI, and what was reported for it.

    tables  kpis, contracts, and of contract_lines and actuals at least the rows of collective KPIs
    """

    def __init__(self, tables: Tables) -> None:
        self.tables, self.kpis = tables, collective_kpis(tables)
        self.lines = rows_of(tables, "contract_lines") if self.kpis else None
        self.actuals = rows_of(tables, "actuals") if self.kpis else None
        self.carriers: dict[Any, dict[Any, int]] = {}  # KPI -> holder -> the first line
        self.spans: dict[tuple[Any, Any], list[Any]] = {}
        if self.lines is None:
            return
        contracts = contracts_of(tables)
        for i, number, kpi in columns_of(self.lines, "contract", "kpi"):
            if kpi in self.kpis and number in contracts:
                for holder in contracts[number].holders[:1]:  # a shared contract has one result
                    self.carriers.setdefault(kpi, {}).setdefault(holder, i)
                    self.spans.setdefault((kpi, holder), []).append(contracts[number].span)

    def reports(self) -> dict[Any, list[_Report]]:
        """What carriers reported, by KPI."""
        found: dict[Any, list[_Report]] = {}
        if self.actuals is None or not self.carriers:
            return found
        rows_of_holders = reports_by_holder(self.tables)
        carried = ((holder, kpi) for kpi, carriers in self.carriers.items() for holder in carriers)
        columns = [self.actuals.column(name) for name in ("holder", "kpi", "period", *_FIGURES)]
        for i in sorted(i for key in carried for i in rows_of_holders.get(key, ())):
            holder, kpi, period, *figures = (values[i] for values in columns)
            if period is not None and any(figure is not None for figure in figures):
                report = _Report(i, holder, period, months_of_period(period), tuple(figures))
                found.setdefault(kpi, []).append(report)
        return found

    def shared(self, lang: str) -> Records:
        """The reports that count for the others too, as actuals at the cells where they were typed."""
        columns: dict[str, list[Any]] = {name: [] for name in ("holder", *_SAID, "evidence")}
        origins: list[tuple[Records, int]] = []
        names, percent = labels(self.tables, "people"), dict[str, set[int]]()
        for kpi, reports in self.reports().items():
            own: dict[Any, list[tuple[int, int]]] = {}
            by_period: dict[Any, list[_Report]] = {}
            for report in reports:
                own.setdefault(report.holder, []).append(report.months)
                by_period.setdefault(report.period, []).append(report)
            for period, told in by_period.items():
                if len({report.figures for report in told}) > 1:
                    continue  # which of them holds, nobody can say
                first = told[0]
                for holder in self.carriers[kpi]:
                    if any(_overlap(first.months, months) for months in own.get(holder, ())):
                        continue
                    if not self._held(kpi, holder, period):
                        continue
                    assert self.actuals is not None
                    for name in _FIGURES:
                        if first.row in self.actuals.percent.get(name, ()):
                            percent.setdefault(name, set()).add(len(origins))
                    origins.append((self.actuals, first.row))
                    said = Text(f"集体指标，由{names[first.holder]}填报", f"collective, from {names[first.holder]}")
                    row = (holder, kpi, period, *first.figures, said(lang))
                    for name, value in zip(columns, row, strict=True):
                        columns[name].append(value)
        if not origins or self.actuals is None:
            return empty("actuals")
        actuals = self.actuals
        rows = [actuals.rows[i] if i < len(actuals.rows) else 0 for _, i in origins]
        return Gathered(
            get("actuals"),
            columns,
            actuals.file,
            actuals.sheet,
            rows,
            dict(actuals.letters),
            percent,
            origins=origins,
        )

    def problems(self) -> Iterator[Problem]:
        """Carriers whose targets or actuals differ from the first one's."""
        if self.lines is None:
            return
        people, kpis = labels(self.tables, "people"), labels(self.tables, "kpis")
        targets = self.lines.column("target")
        for kpi, carriers in self.carriers.items():
            given = [(holder, row) for holder, row in carriers.items() if targets[row] is not None]
            for holder, row in given[1:]:
                first_holder, first = given[0]
                if targets[row] != targets[first]:
                    yield problem_at(
                        "collective_targets_differ",
                        self.lines,
                        row,
                        "target",
                        kpi=kpis[kpi],
                        person=people[holder],
                        other=people[first_holder],
                        first=place(self.lines, first, "target"),
                        figure=targets[first],
                    )
        for kpi, reports in self.reports().items():
            firsts: dict[Any, _Report] = {}
            for report in reports:
                before = firsts.setdefault(report.period, report)
                if before.holder != report.holder and before.figures != report.figures:
                    assert self.actuals is not None
                    column = next(n for n, a, b in zip(_FIGURES, before.figures, report.figures, strict=True) if a != b)
                    yield problem_at(
                        "collective_actuals_differ",
                        self.actuals,
                        report.row,
                        column,
                        kpi=kpis[kpi],
                        person=people[report.holder],
                        other=people[before.holder],
                        first=period_and_cell(self.actuals, before.row),
                    )

    def _held(self, kpi: Any, holder: Any, period: Any) -> bool:
        """Whether a contract of theirs holds the KPI on any day of the period."""
        days = period_span(period)
        spans = self.spans[kpi, holder]
        return any(span is None or (span.start <= days.end and days.start <= span.end) for span in spans)


def share_actuals(tables: Tables, lang: str = "zh") -> Records:
    """The actuals of collective KPIs that count for those who have not reported them."""
    return Collective(tables).shared(lang)


def without_waiting(actuals: Records, shared: Records) -> Records:
    """The actuals without the rows that wait for a figure which a colleague has reported."""
    keys = set(zip(*(shared.column(name) for name in ("holder", "kpi", "period")), strict=True))
    columns = zip(*(actuals.column(name) for name in ("holder", "kpi", "period")), strict=True)
    says = zip(*(actuals.column(name) for name in _FIGURES), strict=True)
    kept = [
        i
        for i, (key, figures) in enumerate(zip(columns, says, strict=True))
        if key not in keys or any(figure is not None for figure in figures)
    ]
    if len(kept) == len(actuals):
        return actuals
    at = {old: new for new, old in enumerate(kept)}
    return Gathered(
        actuals.table,
        {name: [values[i] for i in kept] for name, values in actuals.columns.items()},
        actuals.file,
        actuals.sheet,
        [actuals.rows[i] for i in kept],
        dict(actuals.letters),
        {name: {at[i] for i in marked if i in at} for name, marked in actuals.percent.items()},
        {name: [values[i] for i in kept] for name, values in actuals.extra.items()},
        {name: {at[i] for i in marked if i in at} for name, marked in actuals.multiplied.items()},
        [(actuals, i) for i in kept],
    )


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]

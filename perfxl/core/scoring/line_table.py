"""Contract lines joined with the KPI library, the actuals and the events: what there is to score."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from perfxl.core.policy import Policy
from perfxl.core.records import Records, Tables, empty
from perfxl.core.rulebook import FIGURES, RuleBook
from perfxl.core.scoring.periods import (
    Aggregate,
    Report,
    aggregate,
    month_of,
    months_of_contract,
    months_of_period,
)
from perfxl.core.values.numbers import canonical

# The line's own figure, and where it is blank the KPI library's.
_FALLBACK = ("k", "unit_step", "floor", "cap", "limit")
_OF_KPI = (
    *("name", "method", "direction", "unit", "decimals", "steps", "scale", "kind", "aggregation"),
    *("veto_effect", "veto_grade"),
)
_OF_LINE = ("target", "challenge", "threshold", "base", "low", "high", "weight", "derived_weight")


@dataclass(slots=True)
class LineTable:
    """Columns of one length, a row for each contract line in sheet order.

    lines, contracts, kpis  the tables they are joined from
    contract   row in contracts (-1 where there is none of that ID)
    columns    column -> values: those of the line, its KPI and `actual` (the aggregated figure, None while pending)
    to_date    what was reported so far, complete or not
    events     line -> rows of events
    vetoed     lines whose veto took place -> how often: by the events or by the actuals, whichever says more
    """

    lines: Records
    contracts: Records
    kpis: Records
    contract: list[int]
    columns: dict[str, list[Any]]
    to_date: list[Aggregate]
    events: dict[int, list[int]]
    vetoed: dict[int, float]

    def __len__(self) -> int:
        return len(self.contract)


_Key = tuple[Any, Any]


def join_lines(tables: Tables, policy: Policy) -> LineTable:
    """Contract lines with what the KPI library says where they say nothing, what was reported and what happened."""
    lines, contracts, kpis = (tables.get(name) or empty(name) for name in ("contract_lines", "contracts", "kpis"))
    places = {number: i for i, number in enumerate(contracts.column("contract"))}
    cards = {kpi: i for i, kpi in enumerate(kpis.column("kpi"))}
    contract = [places.get(number, -1) for number in lines.column("contract")]
    card = [cards.get(kpi, -1) for kpi in lines.column("kpi")]
    columns: dict[str, list[Any]] = {name: lines.column(name) for name in ("kpi", "responsibility", *_OF_LINE)}
    for name in _OF_KPI:
        columns[name] = _pick(kpis.column(name), card)
    for name, of_kpi in (("aspect", "category"), *((name, name) for name in _FALLBACK)):
        pairs = zip(lines.column(name), _pick(kpis.column(of_kpi), card), strict=True)
        columns[name] = [library if own is None else own for own, library in pairs]
    columns["holder"] = _pick(contracts.column("holder"), contract)

    lines_of: dict[_Key, list[int]] = defaultdict(list)
    for line, key in enumerate(zip(columns["holder"], columns["kpi"], strict=True)):
        lines_of[key].append(line)
    to_date = _aggregates(tables, columns, lines_of, contract, contract_months(contracts, policy))
    events = _events(tables, lines_of, contract, contracts)
    columns["actual"] = [a.value if a.complete and not a.problem else None for a in to_date]
    # Figures in the 15 digits that a person sees, so that a workbook that holds them decides every tie alike.
    for name in (*FIGURES.values(), "floor", "cap"):
        columns[name] = [
            canonical(value) if value.__class__ is float and not value.is_integer() else value
            for value in columns[name]
        ]
    counts = tables["events"].column("count") if events else []
    counted = {
        line: float(sum(1.0 if counts[row] is None else counts[row] for row in rows)) for line, rows in events.items()
    }
    for line, times in counted.items():
        if columns["actual"][line] is None:
            columns["actual"][line] = times
    vetoed = _vetoed(tables, policy, columns["method"], to_date, counted)
    return LineTable(lines, contracts, kpis, contract, columns, to_date, events, vetoed)


def contract_months(contracts: Records, policy: Policy) -> list[tuple[int, int]]:
    """First and last month of each contract; the program's period where a date is missing."""
    start, end = policy["period_start"], policy["period_end"]
    return [
        months_of_contract(first or start or date(2000, 1, 1), last or end or date(2000, 12, 31))
        for first, last in zip(contracts.column("start"), contracts.column("end"), strict=True)
    ]


def as_of_month(tables: Tables, policy: Policy) -> int:
    """The month that lights and forecasts look from: the policy's date, else the last period that was reported."""
    return month_looked_from(policy, reported_periods(tables.get("actuals") or empty("actuals")))


def reported_periods(actuals: Records) -> set[str]:
    """The periods for which something was reported."""
    rows = zip(*(actuals.column(name) for name in ("period", "value", "numerator")), strict=True)
    return {period for period, value, part in rows if period and (value is not None or part is not None)}


def month_looked_from(policy: Policy, reported: Iterable[str]) -> int:
    """As as_of_month, from the reported periods; -1 where the policy says nothing and nothing was reported."""
    if policy["as_of"]:
        return month_of(policy["as_of"])
    return max((months_of_period(period)[1] for period in reported), default=-1)


def _pick(values: Sequence[Any], places: Sequence[int]) -> list[Any]:
    return [values[i] if i >= 0 else None for i in places]


def _aggregates(
    tables: Tables,
    columns: dict[str, list[Any]],
    lines_of: dict[_Key, list[int]],
    contract: list[int],
    months: list[tuple[int, int]],
) -> list[Aggregate]:
    actuals = tables.get("actuals") or empty("actuals")
    names = ("holder", "kpi", "period", "value", "numerator", "denominator")
    reports: dict[_Key, list[Report]] = defaultdict(list)
    for row, (holder, kpi, period, value, over, under) in enumerate(zip(*map(actuals.column, names), strict=True)):
        if period is not None:
            reports[holder, kpi].append(Report(*months_of_period(period), value, over, under, row))
    aggregates = []
    for line, key in enumerate(zip(columns["holder"], columns["kpi"], strict=True)):
        first, last = months[contract[line]] if contract[line] >= 0 else (0, 0)
        own = reports.get(key, [])
        if len(lines_of[key]) > 1:
            # The same KPI before and after a change of post: a period belongs to the contract that holds its end.
            own = [report for report in own if first <= report.last <= last]
        aggregates.append(aggregate(columns["aggregation"][line], own, first, last))
    return aggregates


def _events(
    tables: Tables, lines_of: dict[_Key, list[int]], contract: list[int], contracts: Records
) -> dict[int, list[int]]:
    """Rows of events by line; with two contracts for one KPI, an event belongs to the one that holds its date."""
    events = tables.get("events")
    if not events:
        return {}
    starts, ends = contracts.column("start"), contracts.column("end")

    def holds(row: int, day: date | None) -> bool:
        start, end = starts[row], ends[row]
        return day is None or ((start is None or start <= day) and (end is None or day <= end))

    rows_of: dict[int, list[int]] = defaultdict(list)
    for row, (holder, kpi, day) in enumerate(zip(*map(events.column, ("holder", "kpi", "date")), strict=True)):
        lines = lines_of.get((holder, kpi), [])
        for line in lines:
            if len(lines) == 1 or holds(contract[line], day):
                rows_of[line].append(row)
    return dict(rows_of)


def _vetoed(
    tables: Tables, policy: Policy, methods: list[Any], to_date: list[Aggregate], counted: dict[int, float]
) -> dict[int, float]:
    rules = RuleBook(policy)
    known = {name: rules.find(name) for name in set(methods)}
    vetoes = {name for name, method in known.items() if method and method.name == "veto"}
    values = (tables.get("actuals") or empty("actuals")).column("value")
    vetoed = {}
    for line, name in enumerate(methods):
        if name in vetoes:
            reported = [values[row] for row in to_date[line].rows]
            times = max(counted.get(line, 0.0), sum(value for value in reported if isinstance(value, float)))
            if times > 0:
                vetoed[line] = times
    return vetoed

"""Contract lines joined with the KPI library, the actuals and the events: what there is to score."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
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
_OF_KPI = ("name", "method", "direction", "unit", "decimals", "steps", "scale", "kind", "aggregation", "veto_effect")
_OF_LINE = ("target", "challenge", "threshold", "base", "low", "high", "weight", "derived_weight")


@dataclass(slots=True)
class LineTable:
    """Columns of one length, a row for each contract line in sheet order.

    line       row in contract_lines; contract, row in contracts (-1 where there is none of that ID)
    columns    column -> values: those of the line, its KPI and `actual` (the aggregated figure, None while pending)
    to_date    what was reported so far, complete or not
    events     rows of events by line
    vetoed     lines whose veto took place -> how often: by the events or by the actuals, whichever says more
    """

    lines: Records
    contracts: Records
    kpis: Records
    contract: list[int]
    columns: dict[str, list[Any]]
    to_date: list[Aggregate]
    events: dict[int, list[int]] = field(default_factory=dict)
    vetoed: dict[int, float] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.contract)


def join_lines(book: Tables, policy: Policy) -> LineTable:
    lines, contracts, kpis = (book.get(name) or empty(name) for name in ("contract_lines", "contracts", "kpis"))
    place = {key: i for i, key in enumerate(contracts.column("contract"))}
    card = {key: i for i, key in enumerate(kpis.column("kpi"))}
    contract = [place.get(key, -1) for key in lines.column("contract")]
    of = [card.get(key, -1) for key in lines.column("kpi")]
    columns: dict[str, list[Any]] = {name: lines.column(name) for name in ("kpi", "responsibility", *_OF_LINE)}
    for name in _OF_KPI:
        columns[name] = _taken(kpis.column(name), of)
    columns["veto_grade"] = _taken(kpis.column("veto_grade"), of)
    columns["aspect"] = _first(lines.column("aspect"), _taken(kpis.column("category"), of))
    for name in _FALLBACK:
        columns[name] = _first(lines.column(name), _taken(kpis.column(name), of))
    holders = contracts.column("holder")
    columns["holder"] = [holders[c] if c >= 0 else None for c in contract]
    table = LineTable(lines, contracts, kpis, contract, columns, [])
    table.to_date = _aggregates(book, policy, table)
    table.events = _events(book, table)
    columns["actual"] = [a.value if a.complete and not a.problem else None for a in table.to_date]
    for name in (*FIGURES.values(), "floor", "cap"):
        columns[name] = [_as_seen(value) for value in columns[name]]
    counted = _counted(book, table)
    for line, times in counted.items():
        if columns["actual"][line] is None:
            columns["actual"][line] = times
    table.vetoed = _vetoed(book, policy, table, counted)
    return table


def contract_months(contracts: Records, policy: Policy) -> list[tuple[int, int]]:
    """First and last month of each contract; the program's period where a date is missing."""
    start, end = policy["period_start"], policy["period_end"]
    return [
        months_of_contract(first or start or date(2000, 1, 1), last or end or date(2000, 12, 31))
        for first, last in zip(contracts.column("start"), contracts.column("end"), strict=True)
    ]


def as_of_month(book: Tables, policy: Policy) -> int:
    """The month that lights and forecasts look from: the policy's date, else the last period that was reported."""
    return month_looked_from(policy, reported_periods(book.get("actuals") or empty("actuals")))


def reported_periods(actuals: Records) -> set[str]:
    rows = zip(*(actuals.column(name) for name in ("period", "value", "numerator")), strict=True)
    return {period for period, value, part in rows if period and (value is not None or part is not None)}


def month_looked_from(policy: Policy, reported: Iterable[str]) -> int:
    """-1 where the policy says nothing and nothing was reported."""
    if policy["as_of"]:
        return month_of(policy["as_of"])
    return max((months_of_period(period)[1] for period in reported), default=-1)


def _as_seen(value: Any) -> Any:
    """A figure in the 15 digits that a person sees, so that a workbook that holds it decides every tie alike."""
    return canonical(value) if value.__class__ is float and not value.is_integer() else value


def _taken(values: Sequence[Any], places: Sequence[int]) -> list[Any]:
    return [values[i] if i >= 0 else None for i in places]


def _first(own: Sequence[Any], other: Sequence[Any]) -> list[Any]:
    return [b if a is None else a for a, b in zip(own, other, strict=True)]


def _aggregates(book: Tables, policy: Policy, table: LineTable) -> list[Aggregate]:
    reports = _reports(book)
    months = contract_months(table.contracts, policy)
    shared: dict[tuple[Any, Any], list[int]] = defaultdict(list)
    keys = list(zip(table.columns["holder"], table.columns["kpi"], strict=True))
    for line, key in enumerate(keys):
        shared[key].append(line)
    found = []
    for line, key in enumerate(keys):
        first, last = months[table.contract[line]] if table.contract[line] >= 0 else (0, 0)
        rows = reports.get(key, [])
        if len(shared[key]) > 1:
            # The same KPI before and after a change of post: a period belongs to the contract that holds its end.
            rows = [r for r in rows if first <= r.last <= last]
        found.append(aggregate(table.columns["aggregation"][line], rows, first, last))
    return found


def _reports(book: Tables) -> dict[tuple[Any, Any], list[Report]]:
    actuals = book.get("actuals") or empty("actuals")
    names = ("holder", "kpi", "period", "value", "numerator", "denominator")
    found: dict[tuple[Any, Any], list[Report]] = defaultdict(list)
    for row, (holder, kpi, period, value, over, under) in enumerate(
        zip(*(actuals.column(name) for name in names), strict=True)
    ):
        if period is not None:
            found[holder, kpi].append(Report(*months_of_period(period), value, over, under, row))
    return found


def _events(book: Tables, table: LineTable) -> dict[int, list[int]]:
    """Rows of events by line; with two contracts for one KPI, an event belongs to the one that holds its date."""
    events = book.get("events")
    if not events:
        return {}
    lines: dict[tuple[Any, Any], list[int]] = defaultdict(list)
    for line, key in enumerate(zip(table.columns["holder"], table.columns["kpi"], strict=True)):
        lines[key].append(line)
    found: dict[int, list[int]] = defaultdict(list)
    for row, (holder, kpi, day) in enumerate(
        zip(events.column("holder"), events.column("kpi"), events.column("date"), strict=True)
    ):
        mine = lines.get((holder, kpi), [])
        held = [line for line in mine if len(mine) == 1 or _holds(table.contracts, table.contract[line], day)]
        for line in held:
            found[line].append(row)
    return dict(found)


def _counted(book: Tables, table: LineTable) -> dict[int, float]:
    """How often something happened, by line; an event without a count happened once."""
    if not table.events:
        return {}
    counts = book["events"].column("count")
    return {
        line: float(sum(1.0 if counts[row] is None else counts[row] for row in rows))
        for line, rows in table.events.items()
    }


def _vetoed(book: Tables, policy: Policy, table: LineTable, counted: dict[int, float]) -> dict[int, float]:
    rules = RuleBook(policy)
    found = {name: rules.find(name) for name in set(table.columns["method"])}
    vetoes = {name for name, method in found.items() if method and method.name == "veto"}
    values = (book.get("actuals") or empty("actuals")).column("value")
    times = {}
    for line, name in enumerate(table.columns["method"]):
        if name in vetoes:
            reported = [values[row] for row in table.to_date[line].rows]
            most = max(counted.get(line, 0.0), sum(value for value in reported if isinstance(value, float)))
            if most > 0:
                times[line] = most
    return times


def _holds(contracts: Records, contract: int, day: date | None) -> bool:
    start, end = contracts.column("start")[contract], contracts.column("end")[contract]
    return day is None or ((start is None or start <= day) and (end is None or day <= end))

"""Actuals and events: of a contract that holds their KPI, inside its days, of the right period and kind, and readable
by the method."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import chain
from typing import Any, NamedTuple

from perfxl.core.amendments import once_held
from perfxl.core.checks.methods import Plan, plans_of
from perfxl.core.checks.strangers import check_strangers
from perfxl.core.official import events_repeated
from perfxl.core.policy import Policy
from perfxl.core.problems import Problem
from perfxl.core.records import Records, Tables
from perfxl.core.schema.choices import EVENT_KIND, KIND, PERIOD_KIND
from perfxl.core.scoring.line_table import contract_days
from perfxl.core.scoring.scalar import resolve_scale
from perfxl.core.table_access import (
    Labels,
    LinesByHolder,
    ReportsByHolder,
    cell,
    column_text,
    columns_of,
    contracts_of,
    known_people,
    labels,
    lines_by_holder,
    period_and_cell,
    place,
    problem_at,
    reports_by_holder,
    rows_of,
)
from perfxl.core.values.dates import MONTHS, Span, period_kind, period_span
from perfxl.core.values.numbers import show_figure
from perfxl.core.values.text import NOT_APPLICABLE, fold_name

_KINDS = {kind.name: kind.text for kind in PERIOD_KIND}
_FIGURES = ("value", "numerator", "denominator")
_BLANK: frozenset[Any] = frozenset({None, NOT_APPLICABLE})


class _Names(NamedTuple):
    people: Labels
    kpis: Labels

    def of(self, holder: str, kpi: str) -> dict[str, str]:
        return {"person": self.people[holder], "kpi": self.kpis[kpi]}


def check_actuals(tables: Tables, policy: Policy) -> list[Problem]:
    """Actuals that no contract, period or method can take."""
    actuals = rows_of(tables, "actuals")
    if actuals is None:
        return []
    names, plans = _Names(labels(tables, "people"), labels(tables, "kpis")), plans_of(tables, policy)
    agreed, reports = lines_by_holder(tables), reports_by_holder(tables)
    periods = set(zip(actuals.column("kpi"), actuals.column("period"), strict=True))
    return [
        *_outside_contracts(actuals, reports, agreed, names, once_held(tables, policy)),
        *_of_second_holders(tables, actuals, names, reports),
        *check_strangers(tables, policy, actuals),
        *_outside_program(actuals, policy.span(), names),
        *_outside_validity(tables, policy, actuals, reports, agreed, names),
        *_coarse_periods(actuals, periods, plans, names),
        *_overlaps(actuals, reports, periods, plans, names),
        *_ratios(actuals, plans, names),
        *_unreadable(actuals, reports, plans, policy, names),
    ]


def _outside_contracts(
    actuals: Records, reports: ReportsByHolder, agreed: LinesByHolder | None, names: _Names, once: set[tuple[str, str]]
) -> Iterator[Problem]:
    """One problem for all rows of a person without contract, or of a KPI that is not in the person's contract."""
    if agreed is None:
        return
    stray = [pair for pair in reports if pair not in agreed and pair not in once and None not in pair]
    if not stray:
        return
    holders = {holder for holder, _ in agreed}
    rows: dict[tuple[Any, ...], list[int]] = {}
    for pair in stray:
        rows.setdefault(pair if pair[0] in holders else pair[:1], []).extend(reports[pair])
    for subject, mine in rows.items():
        bound, first = len(subject) > 1, min(mine)
        name, column = ("actuals_kpi_not_held", "kpi") if bound else ("actuals_without_contract", "holder")
        named = names.of(*(cell(actuals, first, each) for each in ("holder", "kpi")))
        yield problem_at(name, actuals, first, column, count=len(mine), **named)


def _of_second_holders(
    tables: Tables, records: Records, names: _Names, reports: ReportsByHolder | None = None
) -> Iterator[Problem]:
    """A contract that two share is scored by what stands under its first holder: events of the second one, and those
    `reports` that say something, would count nowhere."""
    agreed, lines = lines_by_holder(tables), rows_of(tables, "contract_lines")
    contracts = contracts_of(tables)
    if agreed is None or lines is None or all(len(contract.holders) < 2 for contract in contracts.values()):
        return
    numbers = lines.column("contract")
    seconds = {contract.holders[1] for contract in contracts.values() if len(contract.holders) > 1}
    firsts = dict[tuple[str, str], str]()
    for (holder, kpi), rows in agreed.items():
        shared = [contracts[numbers[line]].holders[0] for line in rows] if holder in seconds else [holder]
        if holder not in shared:
            firsts[holder, kpi] = shared[0]
    pairs = list(zip(records.column("holder"), records.column("kpi"), strict=True)) if reports is None else []
    found = [i for i, pair in enumerate(pairs) if pair in firsts]
    for i in found if reports is None else _rows_of(reports, firsts):
        if reports is None or any(cell(records, i, name) is not None for name in _FIGURES):
            holder, kpi = cell(records, i, "holder"), cell(records, i, "kpi")
            first = names.people[firsts[holder, kpi]]
            yield problem_at("under_second_holder", records, i, "holder", first=first, **names.of(holder, kpi))


def _rows_of(reports: ReportsByHolder, pairs: Iterable[tuple[Any, Any]]) -> list[int]:
    """The rows of these holders and KPIs, in sheet order."""
    return sorted(chain.from_iterable(reports.get(pair, ()) for pair in pairs))


def _outside_program(actuals: Records, program: Span | None, names: _Names) -> Iterator[Problem]:
    periods = actuals.column("period")
    outside = {period for period in set(periods) - {None} if program and not period_span(period).overlaps(program)}
    if not outside or program is None:
        return
    for i, holder, kpi, period in columns_of(actuals, "holder", "kpi", "period"):
        if period in outside:
            yield problem_at(
                "period_outside_program",
                actuals,
                i,
                "period",
                start=program.start,
                end=program.end,
                **names.of(holder, kpi),
            )


def _outside_validity(
    tables: Tables,
    policy: Policy,
    actuals: Records,
    reports: ReportsByHolder,
    agreed: LinesByHolder | None,
    names: _Names,
) -> Iterator[Problem]:
    """A period that no contract with this KPI covers, not even in part, would count nowhere."""
    lines = rows_of(tables, "contract_lines")
    if lines is None or agreed is None:
        return
    periods = {period: period_span(period) for period in set(actuals.column("period")) - {None}}
    numbers = lines.column("contract")
    valid = _days_of_contracts(tables, policy)
    # What contracts of the same days leave out; most leave out nothing, and then no row need be looked at.
    outside = {
        days: {period for period, of_period in periods.items() if days is None or not of_period.overlaps(days)}
        for days in set(valid.values())
    }
    leaving = {contract: outside[days] for contract, days in valid.items() if outside[days]}
    left_out = {
        pair: set.intersection(*(leaving.get(numbers[row], set()) for row in rows))
        for pair, rows in agreed.items()
        if numbers[rows[0]] in leaving
    }
    for i in _rows_of(reports, (pair for pair, gone in left_out.items() if gone)) if leaving else ():
        holder, kpi, period = (cell(actuals, i, name) for name in ("holder", "kpi", "period"))
        if period in left_out[holder, kpi]:
            yield problem_at("actual_outside_contracts", actuals, i, "period", **names.of(holder, kpi))


def _days_of_contracts(tables: Tables, policy: Policy) -> dict[str, Span | None]:
    """Contract -> its days that count, by the rule that scoring goes by."""
    contracts = rows_of(tables, "contracts")
    if contracts is None:
        return {}
    days = contract_days(contracts, policy)
    return {number: days[contract.row] for number, contract in contracts_of(tables).items()}


_OfKpis = set[tuple[Any, Any]]
"""KPIs, each with the periods of which it is reported."""


def _coarse_periods(actuals: Records, of_kpis: _OfKpis, plans: dict[str, Plan], names: _Names) -> Iterator[Problem]:
    """A KPI judged by the month cannot be reported by the year; the other way round it is added up."""
    finest = {kpi: MONTHS[plan.card["period"]] for kpi, plan in plans.items() if plan.card["period"]}
    coarse = {(k, p) for k, p in of_kpis if p is not None and k in finest and MONTHS[period_kind(p)] > finest[k]}
    for i, holder, kpi, period in columns_of(actuals, "holder", "kpi", "period") if coarse else ():
        if (kpi, period) in coarse:
            kinds = {"found": _KINDS[period_kind(period)], "expected": _KINDS[plans[kpi].card["period"]]}
            yield problem_at("actual_of_wrong_type", actuals, i, "period", **kinds, **names.of(holder, kpi))


def _overlaps(
    actuals: Records, reports: ReportsByHolder, of_kpis: _OfKpis, plans: dict[str, Plan], names: _Names
) -> Iterator[Problem]:
    """A quarter beside its own months would count twice; where the last figure counts, the finer one does."""
    last = {kpi for kpi, plan in plans.items() if plan.card["aggregation"] == "last"}
    periods = actuals.column("period")
    kinds: dict[str, set[str]] = {}
    for kpi, period in of_kpis:
        if period is not None:
            kinds.setdefault(kpi, set()).add(period_kind(period))
    mixed = {kpi for kpi, of_kpi in kinds.items() if len(of_kpi) > 1}
    rows: dict[tuple[str, str], list[int]] = {}
    for i in _rows_of(reports, (pair for pair in reports if pair[1] in mixed)) if mixed else ():
        if periods[i] is not None:
            rows.setdefault((cell(actuals, i, "holder"), cell(actuals, i, "kpi")), []).append(i)
    for (holder, kpi), mine in rows.items():
        mine.sort(key=lambda i: (period_span(periods[i]).start, -MONTHS[period_kind(periods[i])], i))
        latest = mine[0]
        for i in mine[1:]:
            days, before = period_span(periods[i]), period_span(periods[latest])
            if periods[i] != periods[latest] and days.overlaps(before):
                name, column = ("finer_period_counts", "period") if kpi in last else ("actuals_overlap", "value")
                other = period_and_cell(actuals, latest)
                yield problem_at(name, actuals, i, column, other=other, **names.of(holder, kpi))
            if days.end > before.end:
                latest = i


def _ratios(actuals: Records, plans: dict[str, Plan], names: _Names) -> Iterator[Problem]:
    ratios = {kpi for kpi, plan in plans.items() if plan.card["aggregation"] == "ratio"}
    parts = zip(*(actuals.column(name) for name in ("kpi", "numerator", "denominator")), strict=True)
    suspect = [
        i
        for i, (kpi, above, below) in enumerate(parts)
        if (kpi in ratios if below is None else below == 0) or (above is None) is not (below is None)
    ]
    for i in suspect:
        holder, kpi, value, above, below = (cell(actuals, i, name) for name in ("holder", "kpi", *_FIGURES))
        if (above is None) != (below is None):
            yield problem_at(
                "ratio_part_missing",
                actuals,
                i,
                "numerator" if above is None else "denominator",
                **names.of(holder, kpi),
            )
        elif below == 0:
            yield problem_at("denominator_zero", actuals, i, "denominator", **names.of(holder, kpi))
        elif below is None and kpi in ratios and value not in _BLANK:
            marked = i in actuals.percent.get("value", ())
            ratio = show_figure(value, "%" if marked else "") if isinstance(value, float) else value
            yield problem_at("ratio_given_alone", actuals, i, "value", ratio=ratio, **names.of(holder, kpi))


def _unreadable(
    actuals: Records, reports: ReportsByHolder, plans: dict[str, Plan], policy: Policy, names: _Names
) -> Iterator[Problem]:
    """Figures that the method cannot take: a grade for a number, a number for a date, a label off the scale."""
    takes = {kpi: _Takes(plan, policy) for kpi, plan in plans.items() if plan.scored or plan.counts}
    numeric = {kpi for kpi, figures in takes.items() if figures.numbers and not plans[kpi].counts}
    kpis, values = actuals.column("kpi"), actuals.column("value")
    kinds = set(zip(kpis, map(type, values), strict=True))
    plain = {*((kpi, float) for kpi in numeric), *((kpi, type(None)) for kpi in takes)}
    suspect = {kpi for kpi, kind in kinds - plain if kpi in takes}
    for i in _rows_of(reports, (pair for pair in reports if pair[1] in suspect)) if suspect else ():
        kpi, value = kpis[i], values[i]
        if value is None or value == NOT_APPLICABLE or (type(value) is float and kpi in numeric):
            continue
        name = "count_negative" if plans[kpi].counts and _is_below_zero(value) else takes[kpi].judge(value)
        if name:
            line = f"{names.people[cell(actuals, i, 'holder')]} · {names.kpis[kpi]}"
            details = {"kpi": line, "method": plans[kpi].method_text, "figure": column_text("actuals", "value")}
            yield problem_at(name, actuals, i, "value", **details)


def _is_below_zero(value: Any) -> bool:
    return isinstance(value, float) and value < 0


class _Takes:
    """What a KPI's method takes for an actual: labels of a scale, dates (a milestone's, and nowhere else), numbers."""

    def __init__(self, plan: Plan, policy: Policy) -> None:
        self.labels = resolve_scale(plan.card["scale"], policy) if plan.uses("GRADES") else None
        self.graded, self.dates = plan.uses("GRADES"), plan.uses("DAYS")
        self.numbers = not self.graded and not self.dates
        self.either = self.dates and plan.method is not None and plan.method.own

    def judge(self, value: Any) -> str:
        if self.graded:
            return "grade_unknown" if self.labels is not None and fold_name(_label(value)) not in self.labels else ""
        if isinstance(value, date) and self.dates:
            return ""
        if isinstance(value, float | int) and (self.numbers or self.either):
            return ""
        return "figure_not_a_date" if self.dates else "figure_not_a_number"


def _label(value: Any) -> str:
    """Levels such as 0-3 are read as numbers."""
    return f"{value:g}" if isinstance(value, float) else str(value)


_EVENT_KINDS = {kind.name: kind.text for kind in (*KIND, *EVENT_KIND)}


def check_events(tables: Tables, policy: Policy) -> list[Problem]:
    """Events of the wrong kind, outside every contract, or with a count that is none."""
    events = rows_of(tables, "events")
    if events is None:
        return []
    names = _Names(labels(tables, "people"), labels(tables, "kpis"))
    return [
        *_kinds(tables, events),
        *_dates(tables, events, policy),
        *_strays(tables, policy, events),
        *_of_second_holders(tables, events, names),
        *check_strangers(tables, policy, events),
        *_counts(tables, events),
        *_repeated(tables, events),
    ]


def _kinds(tables: Tables, events: Records) -> Iterator[Problem]:
    kpis = rows_of(tables, "kpis")
    if kpis is None:
        return
    kinds = {kpi: kind for _, kpi, kind in columns_of(kpis, "kpi", "kind") if kind}
    names = labels(tables, "kpis")
    for i, kpi, kind in columns_of(events, "kpi", "kind"):
        if kind and kind != kinds.get(kpi, kind):
            yield problem_at(
                "event_of_wrong_kind",
                events,
                i,
                "kind",
                kpi=names[kpi],
                found=_EVENT_KINDS[kind],
                expected=_EVENT_KINDS[kinds[kpi]],
            )


def _dates(tables: Tables, events: Records, policy: Policy) -> Iterator[Problem]:
    program, people = policy.span(), labels(tables, "people")
    if program is None:
        return
    for i, holder, day in columns_of(events, "holder", "date"):
        if day and not program.start <= day <= program.end:
            yield problem_at(
                "event_outside_period", events, i, "date", person=people[holder], start=program.start, end=program.end
            )


def _strays(tables: Tables, policy: Policy, events: Records) -> Iterator[Problem]:
    """Events that would count in no contract."""
    lines, agreed = rows_of(tables, "contract_lines"), lines_by_holder(tables)
    once = once_held(tables, policy)
    if lines is None or agreed is None:
        return
    spans = _days_of_contracts(tables, policy)
    numbers = lines.column("contract")
    people, kpis, known = labels(tables, "people"), labels(tables, "kpis"), known_people(tables)
    for i, holder, kpi, day in columns_of(events, "holder", "kpi", "date"):
        if holder is None or kpi is None or (known is not None and fold_name(holder) not in known):
            continue
        rows, names = agreed.get((holder, kpi)), {"person": people[holder], "kpi": kpis[kpi]}
        if rows is None:
            if (holder, kpi) in once:
                continue
            yield problem_at("event_kpi_not_held", events, i, "kpi", **names)
            continue
        days = [spans[numbers[row]] for row in rows]
        if day and not any(span is not None and span.start <= day <= span.end for span in days):
            yield problem_at("event_outside_contracts", events, i, "date", **names)


def _counts(tables: Tables, events: Records) -> Iterator[Problem]:
    people = labels(tables, "people")
    for i, holder, count in columns_of(events, "holder", "count"):
        if count is not None and (count <= 0 or count != int(count)):
            yield problem_at("event_count_invalid", events, i, "count", person=people[holder])


def _repeated(tables: Tables, events: Records) -> Iterator[Problem]:
    """The same event in two rows would count twice."""
    people, kpis = labels(tables, "people"), labels(tables, "kpis")
    columns = [events.column(name) for name in ("holder", "kpi", "date", "fact")]
    for i, first in events_repeated(*columns):
        details = {"person": people[columns[0][i]], "kpi": kpis[columns[1][i]], "date": columns[2][i]}
        yield problem_at("event_repeated", events, i, "date", first=place(events, first, "date"), **details)

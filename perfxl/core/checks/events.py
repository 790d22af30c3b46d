"""Events: of the kind their KPI is, of somebody whose contract holds that KPI, inside its days."""

from __future__ import annotations

from collections.abc import Iterator

from perfxl.core.language import Text
from perfxl.core.policy import Policy
from perfxl.core.problems import Problem
from perfxl.core.records import Records, Tables
from perfxl.core.schema.choices import EVENT_KIND, KIND
from perfxl.core.table_access import columns_of, contracts_of, finding, labels, lines_by_holder, rows_of

_KINDS = {kind.name: Text(kind.zh, kind.en) for kind in (*KIND, *EVENT_KIND)}


def check(book: Tables, policy: Policy) -> list[Problem]:
    events = rows_of(book, "events")
    if events is None:
        return []
    return [*_kinds(book, events), *_dates(book, events, policy), *_strays(book, events), *_counts(book, events)]


def _kinds(book: Tables, events: Records) -> Iterator[Problem]:
    kpis = rows_of(book, "kpis")
    if kpis is None:
        return
    kinds = {kpi: kind for _, kpi, kind in columns_of(kpis, "kpi", "kind") if kind}
    names = labels(book, "kpis")
    for i, kpi, kind in columns_of(events, "kpi", "kind"):
        if kind and kind != kinds.get(kpi, kind):
            yield finding(
                "event_of_wrong_kind",
                events,
                i,
                "kind",
                kpi=names[kpi],
                found=_KINDS[kind],
                expected=_KINDS[kinds[kpi]],
            )


def _dates(book: Tables, events: Records, policy: Policy) -> Iterator[Problem]:
    program, people = policy.span(), labels(book, "people")
    if program is None:
        return
    for i, holder, day in columns_of(events, "holder", "date"):
        if day and not program.start <= day <= program.end:
            yield finding(
                "event_outside_period", events, i, "date", person=people[holder], start=program.start, end=program.end
            )


def _strays(book: Tables, events: Records) -> Iterator[Problem]:
    """Events that would count in no contract."""
    lines, held = rows_of(book, "contract_lines"), lines_by_holder(book)
    if lines is None or held is None:
        return
    spans = {contract: found.span for contract, found in contracts_of(book).items()}
    numbers = lines.column("contract")
    people, kpis = labels(book, "people"), labels(book, "kpis")
    for i, holder, kpi, day in columns_of(events, "holder", "kpi", "date"):
        if holder is None or kpi is None:
            continue
        rows, names = held.get((holder, kpi)), {"person": people[holder], "kpi": kpis[kpi]}
        if rows is None:
            yield finding("event_kpi_not_held", events, i, "kpi", **names)
            continue
        days = [spans[numbers[row]] for row in rows]
        if day and not any(span is None or span.start <= day <= span.end for span in days):
            yield finding("event_outside_contracts", events, i, "date", **names)


def _counts(book: Tables, events: Records) -> Iterator[Problem]:
    people = labels(book, "people")
    for i, holder, count in columns_of(events, "holder", "count"):
        if count is not None and (count <= 0 or count != int(count)):
            yield finding("event_count_invalid", events, i, "count", person=people[holder])

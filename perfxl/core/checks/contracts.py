"""Contracts: who holds what from when to when, with whom, and with which lines; and dates in their order."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from perfxl.core.policy import Policy
from perfxl.core.problems import Problem
from perfxl.core.records import Tables
from perfxl.core.table_access import (
    Contract,
    cell,
    column_text,
    columns_of,
    contracts_of,
    first_rows,
    labels,
    line_labels,
    problem_at,
    rows_of,
)
from perfxl.core.values.dates import Span

_DAY = timedelta(days=1)


def check_contracts(tables: Tables, policy: Policy) -> list[Problem]:
    """Contracts whose parties, days, lines or signatures are not as they should be."""
    return [
        *_parties(tables),
        *_segments(tables),
        *_without_lines(tables),
        *_dropped(tables),
        *_without_contract(tables, policy.span()),
        *_signed_late(tables),
    ]


def _parties(tables: Tables) -> Iterator[Problem]:
    contracts = rows_of(tables, "contracts")
    if contracts is None:
        return
    people = labels(tables, "people")
    for i, contract, holder, second, issuer in columns_of(contracts, "contract", "holder", "second_holder", "issuer"):
        if issuer is not None and issuer in (holder, second):
            yield problem_at("issuer_is_holder", contracts, i, "issuer", contract=contract, person=people[issuer])
        if second is not None and second == holder:
            yield problem_at("holders_same", contracts, i, "second_holder", contract=contract, person=people[second])


def _segments(tables: Tables) -> Iterator[Problem]:
    """The contracts of one person, in order of time, must meet: no overlap, no gap."""
    contracts = rows_of(tables, "contracts")
    if contracts is None:
        return
    contracts_held: dict[str, list[tuple[Span, Contract]]] = {}
    for contract in contracts_of(tables).values():
        for holder in contract.holders if contract.span else ():
            contracts_held.setdefault(holder, []).append((contract.span, contract))  # type: ignore[arg-type]  # a span is there
    people = labels(tables, "people")
    for holder, segments in contracts_held.items():
        segments.sort(key=lambda segment: (segment[0], segment[1].row))
        latest, before = segments[0]
        for days, contract in segments[1:]:
            details = {"person": people[holder], "contract": contract.contract, "other": before.contract}
            if days.start <= latest.end:
                yield problem_at("contracts_overlap", contracts, contract.row, "start", until=latest.end, **details)
            elif days.start > latest.end + _DAY:
                gap = {"first": latest.end + _DAY, "last": days.start - _DAY}
                yield problem_at("contracts_leave_gap", contracts, contract.row, "start", **gap, **details)
            if days.end > latest.end:
                latest, before = days, contract


def _without_lines(tables: Tables) -> Iterator[Problem]:
    contracts, lines = rows_of(tables, "contracts"), rows_of(tables, "contract_lines")
    if contracts is None or lines is None:
        return
    filled, people = set(lines.column("contract")), labels(tables, "people")
    for i, contract, holder in columns_of(contracts, "contract", "holder"):
        if contract is not None and contract not in filled:
            yield problem_at("contract_without_lines", contracts, i, "contract", person=people[holder])


def _dropped(tables: Tables) -> Iterator[Problem]:
    kpis, lines = rows_of(tables, "kpis"), rows_of(tables, "contract_lines")
    if kpis is None or lines is None:
        return
    dropped = {kpi for _, kpi, verdict in columns_of(kpis, "kpi", "verdict") if verdict == "drop"}
    if not dropped:
        return
    label = line_labels(tables)
    for i, contract, kpi in columns_of(lines, "contract", "kpi"):
        if kpi in dropped:
            yield problem_at("line_holds_dropped_kpi", lines, i, "kpi", contract=contract, line=label(contract, kpi))


def _without_contract(tables: Tables, program: Span | None) -> Iterator[Problem]:
    """Everybody in service holds a contract, save whoever stands at the top and only issues them."""
    people, contracts = rows_of(tables, "people"), rows_of(tables, "contracts")
    if people is None or contracts is None:
        return
    bound = set(contracts.column("holder")) | set(contracts.column("second_holder"))
    issuers, names = set(contracts.column("issuer")), labels(tables, "people")
    columns = ("person", "superior", "start", "end", "unit", "post")
    for i, person, superior, start, end, unit, post in columns_of(people, *columns):
        if person is None or person in bound or (person in issuers and superior is None):
            continue
        if unit is None and post is None:  # only named, as whom a lone table asks to act
            continue
        if program and ((end and end < program.start) or (start and start > program.end)):
            continue
        yield problem_at("person_without_contract", people, i, "person", person=names[person])


def _signed_late(tables: Tables) -> Iterator[Problem]:
    contracts = rows_of(tables, "contracts")
    if contracts is None:
        return
    for i, contract, signed, start in columns_of(contracts, "contract", "signed", "start"):
        if signed and start and signed > start:
            yield problem_at("signed_after_start", contracts, i, "signed", contract=contract, start=start)


# Table, earlier date, later date.
_ORDER = (
    ("people", "start", "end"),
    ("contracts", "start", "end"),
    ("plans", "start", "end"),
    ("improvements", "due", "check_date"),
    ("appeals", "date", "decided_on"),
)


def check_dates(tables: Tables, policy: Policy) -> list[Problem]:
    """Dates before earlier ones, outside the program or outside service."""
    order = [problem for table, earlier, later in _ORDER for problem in _order(tables, table, earlier, later)]
    return [*order, *_outside_program(tables, policy), *_outside_service(tables)]


def _order(tables: Tables, table: str, earlier: str, later: str) -> Iterator[Problem]:
    records = rows_of(tables, table)
    if records is None:
        return
    for i, first, second in columns_of(records, earlier, later):
        if first and second and first > second:
            yield problem_at("date_before_earlier", records, i, later, earlier=column_text(table, earlier), date=first)


def _outside_program(tables: Tables, policy: Policy) -> Iterator[Problem]:
    contracts, program = rows_of(tables, "contracts"), policy.span()
    if contracts is None or program is None:
        return
    for i, contract, start, end in columns_of(contracts, "contract", "start", "end"):
        for column, day in (("start", start), ("end", end)):
            if day and not program.start <= day <= program.end:
                yield problem_at(
                    "contract_outside_period",
                    contracts,
                    i,
                    column,
                    contract=contract,
                    start=program.start,
                    end=program.end,
                )


def _outside_service(tables: Tables) -> Iterator[Problem]:
    contracts, people = rows_of(tables, "contracts"), rows_of(tables, "people")
    if contracts is None or people is None:
        return
    rows, names = first_rows(people, "person"), labels(tables, "people")
    for i, contract, holder, start, end in columns_of(contracts, "contract", "holder", "start", "end"):
        if holder not in rows:
            continue
        arrived, left = (cell(people, rows[holder], column) for column in ("start", "end"))
        details = {"contract": contract, "person": names[holder], "arrived": _day(arrived), "left": _day(left)}
        if start and arrived and start < arrived:
            yield problem_at("contract_outside_service", contracts, i, "start", **details)
        if end and left and end > left:
            yield problem_at("contract_outside_service", contracts, i, "end", **details)


def _day(day: date | None) -> str:
    return str(day) if day else "…"

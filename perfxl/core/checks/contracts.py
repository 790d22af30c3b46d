"""Contracts: who holds what from when to when, with whom, and with which lines."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from perfxl.core.policy import Policy
from perfxl.core.problems import Problem
from perfxl.core.records import Tables
from perfxl.core.table_access import (
    Contract,
    columns_of,
    contracts_of,
    finding,
    labels,
    line_labels,
    rows_of,
)
from perfxl.core.values.dates import Span

_DAY = timedelta(days=1)


def check(book: Tables, policy: Policy) -> list[Problem]:
    return [
        *_parties(book),
        *_segments(book),
        *_without_lines(book),
        *_dropped(book),
        *_without_contract(book, policy.span()),
        *_signed_late(book),
    ]


def _parties(book: Tables) -> Iterator[Problem]:
    contracts = rows_of(book, "contracts")
    if contracts is None:
        return
    people = labels(book, "people")
    for i, contract, holder, second, issuer in columns_of(contracts, "contract", "holder", "second_holder", "issuer"):
        if issuer is not None and issuer in (holder, second):
            yield finding("issuer_is_holder", contracts, i, "issuer", contract=contract, person=people[issuer])
        if second is not None and second == holder:
            yield finding("holders_same", contracts, i, "second_holder", contract=contract, person=people[second])


def _segments(book: Tables) -> Iterator[Problem]:
    """The contracts of one person, in order of time, must meet: no overlap, no gap."""
    contracts = rows_of(book, "contracts")
    if contracts is None:
        return
    held: dict[str, list[tuple[Span, Contract]]] = {}
    for contract in contracts_of(book).values():
        for holder in contract.holders if contract.span else ():
            held.setdefault(holder, []).append((contract.span, contract))  # type: ignore[arg-type]  # a span is there
    people = labels(book, "people")
    for holder, segments in held.items():
        segments.sort(key=lambda segment: (segment[0], segment[1].row))
        latest, before = segments[0]
        for days, contract in segments[1:]:
            details = {"person": people[holder], "contract": contract.contract, "other": before.contract}
            if days.start <= latest.end:
                yield finding("contracts_overlap", contracts, contract.row, "start", until=latest.end, **details)
            elif days.start > latest.end + _DAY:
                gap = {"first": latest.end + _DAY, "last": days.start - _DAY}
                yield finding("contracts_leave_gap", contracts, contract.row, "start", **gap, **details)
            if days.end > latest.end:
                latest, before = days, contract


def _without_lines(book: Tables) -> Iterator[Problem]:
    contracts, lines = rows_of(book, "contracts"), rows_of(book, "contract_lines")
    if contracts is None or lines is None:
        return
    filled, people = set(lines.column("contract")), labels(book, "people")
    for i, contract, holder in columns_of(contracts, "contract", "holder"):
        if contract is not None and contract not in filled:
            yield finding("contract_without_lines", contracts, i, "contract", person=people[holder])


def _dropped(book: Tables) -> Iterator[Problem]:
    kpis, lines = rows_of(book, "kpis"), rows_of(book, "contract_lines")
    if kpis is None or lines is None:
        return
    dropped = {kpi for _, kpi, verdict in columns_of(kpis, "kpi", "verdict") if verdict == "drop"}
    if not dropped:
        return
    label = line_labels(book)
    for i, contract, kpi in columns_of(lines, "contract", "kpi"):
        if kpi in dropped:
            yield finding("line_holds_dropped_kpi", lines, i, "kpi", contract=contract, line=label(contract, kpi))


def _without_contract(book: Tables, program: Span | None) -> Iterator[Problem]:
    """Everybody in service holds a contract, save whoever stands at the top and only issues them."""
    people, contracts = rows_of(book, "people"), rows_of(book, "contracts")
    if people is None or contracts is None:
        return
    bound = set(contracts.column("holder")) | set(contracts.column("second_holder"))
    issuers, names = set(contracts.column("issuer")), labels(book, "people")
    for i, person, superior, start, end in columns_of(people, "person", "superior", "start", "end"):
        if person is None or person in bound or (person in issuers and superior is None):
            continue
        if program and ((end and end < program.start) or (start and start > program.end)):
            continue
        yield finding("person_without_contract", people, i, "person", person=names[person])


def _signed_late(book: Tables) -> Iterator[Problem]:
    contracts = rows_of(book, "contracts")
    if contracts is None:
        return
    for i, contract, signed, start in columns_of(contracts, "contract", "signed", "start"):
        if signed and start and signed > start:
            yield finding("signed_after_start", contracts, i, "signed", contract=contract, start=start)

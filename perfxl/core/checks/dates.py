"""Dates: what begins ends later; contracts stay inside the program's period and their holder's service."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from perfxl.core.policy import Policy
from perfxl.core.problems import Problem
from perfxl.core.records import Tables
from perfxl.core.table_access import cell, column_text, columns_of, finding, first_rows, labels, rows_of

# Table, earlier date, later date.
_ORDER = (
    ("people", "start", "end"),
    ("contracts", "start", "end"),
    ("plans", "start", "end"),
    ("improvements", "due", "check_date"),
    ("appeals", "date", "decided_on"),
)


def check(book: Tables, policy: Policy) -> list[Problem]:
    order = [found for table, earlier, later in _ORDER for found in _order(book, table, earlier, later)]
    return [*order, *_outside_program(book, policy), *_outside_service(book)]


def _order(book: Tables, table: str, earlier: str, later: str) -> Iterator[Problem]:
    records = rows_of(book, table)
    if records is None:
        return
    for i, first, second in columns_of(records, earlier, later):
        if first and second and first > second:
            yield finding("date_before_earlier", records, i, later, earlier=column_text(table, earlier), date=first)


def _outside_program(book: Tables, policy: Policy) -> Iterator[Problem]:
    contracts, program = rows_of(book, "contracts"), policy.span()
    if contracts is None or program is None:
        return
    for i, contract, start, end in columns_of(contracts, "contract", "start", "end"):
        for column, day in (("start", start), ("end", end)):
            if day and not program.start <= day <= program.end:
                yield finding(
                    "contract_outside_period",
                    contracts,
                    i,
                    column,
                    contract=contract,
                    start=program.start,
                    end=program.end,
                )


def _outside_service(book: Tables) -> Iterator[Problem]:
    contracts, people = rows_of(book, "contracts"), rows_of(book, "people")
    if contracts is None or people is None:
        return
    rows, names = first_rows(people, "person"), labels(book, "people")
    for i, contract, holder, start, end in columns_of(contracts, "contract", "holder", "start", "end"):
        if holder not in rows:
            continue
        arrived, left = (cell(people, rows[holder], column) for column in ("start", "end"))
        details = {"contract": contract, "person": names[holder], "arrived": _day(arrived), "left": _day(left)}
        if start and arrived and start < arrived:
            yield finding("contract_outside_service", contracts, i, "start", **details)
        if end and left and end > left:
            yield finding("contract_outside_service", contracts, i, "end", **details)


def _day(day: date | None) -> str:
    return str(day) if day else "…"

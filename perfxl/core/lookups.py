"""Look-ups in a program's tables: names for messages, rows by key, contracts and lines by holder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from functools import wraps
from typing import Any, NamedTuple, TypeVar, cast

from perfxl.core.findings import columns_of, rows_of
from perfxl.core.policy import Policy
from perfxl.core.records import Book, Records
from perfxl.core.values.periods import Span

# Where a table says what a row is called.
_NAMES = {"people": "name", "units": "name", "kpis": "name", "objectives": "text"}
_LONGEST_NAME = 40

Found = TypeVar("Found")
_kept: ContextVar[dict[Any, Any] | None] = ContextVar("kept", default=None)

# (holder, KPI) -> rows of the contract lines.
LinesByHolder = dict[tuple[str, str], list[int]]


class Labels(dict[Any, str]):
    """Key -> "name (key)"; a key that nobody declared stands for itself, a blank for nothing."""

    def __missing__(self, key: Any) -> str:
        return "" if key is None else str(key)


def labels(book: Book, table: str) -> Labels:
    records = rows_of(book, table)
    if records is None:
        return Labels()
    key, name = records.table.key[0], _NAMES[table]
    return Labels(
        (row_key, f"{_short(row_name)} ({row_key})" if row_name and row_name != row_key else str(row_key))
        for _, row_key, row_name in columns_of(records, key, name)
    )


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}…"


def first_rows(records: Records | None, key: str) -> dict[Any, int]:
    """Key -> the first row that holds it."""
    if records is None:
        return {}
    values = records.column(key)
    return {value: i for i, value in zip(range(len(values) - 1, -1, -1), reversed(values), strict=True)}


class Contract(NamedTuple):
    """A contract row and whom it binds."""

    row: int
    contract: str
    holders: tuple[str, ...]
    span: Span | None


@contextmanager
def kept() -> Iterator[None]:
    """Within it, what is looked up in a book is worked out once: many checks ask for the same."""
    token = _kept.set({})
    try:
        yield
    finally:
        _kept.reset(token)


def _once(work: Callable[[Book], Found]) -> Callable[[Book], Found]:
    @wraps(work)
    def found(book: Book) -> Found:
        known = _kept.get()
        if known is None:
            return work(book)
        key = work.__name__, id(book)
        if key not in known:
            known[key] = work(book)
        return cast("Found", known[key])

    return found


@_once
def contracts_of(book: Book) -> dict[str, Contract]:
    """Contracts by number; of a number that stands twice the first."""
    records = rows_of(book, "contracts")
    found: dict[str, Contract] = {}
    if records is None:
        return found
    for i, contract, holder, second, start, end in columns_of(
        records, "contract", "holder", "second_holder", "start", "end"
    ):
        if contract is not None:
            holders: tuple[str, ...] = (holder,) if second is None or second == holder else (holder, second)
            if holder is None:
                holders = holders[1:]
            found.setdefault(contract, Contract(i, contract, holders, span(start, end)))
    return found


@_once
def lines_by_holder(book: Book) -> LinesByHolder | None:
    """The lines of each person and KPI; both holders of a shared contract have its lines.
    None where the workbook does not say who holds what."""
    lines, contracts = rows_of(book, "contract_lines"), contracts_of(book)
    if lines is None or not contracts:
        return None
    holders = {number: contract.holders for number, contract in contracts.items()}
    held: LinesByHolder = {}
    for i, contract, kpi in columns_of(lines, "contract", "kpi"):
        for holder in holders.get(contract, ()):
            held.setdefault((holder, kpi), []).append(i)
    return held


def line_labels(book: Book) -> LineLabels:
    return LineLabels(contracts_of(book), labels(book, "people"), labels(book, "kpis"))


class LineLabels(NamedTuple):
    """What a message calls a contract line: who holds it and the KPI."""

    contracts: dict[str, Contract]
    people: Labels
    kpis: Labels

    def __call__(self, contract: str, kpi: str) -> str:
        found = self.contracts.get(contract)
        holders = "、".join(self.people[person] for person in found.holders) if found else contract or ""
        return f"{holders} · {self.kpis[kpi]}" if holders else self.kpis[kpi]


def span(start: date | None, end: date | None) -> Span | None:
    return Span(start, end) if start and end and start <= end else None


def program_span(policy: Policy) -> Span | None:
    """The period of the program, where the policy sheet gives both ends."""
    return span(policy["period_start"], policy["period_end"])

"""How rules get at a program's tables: cells and rows, names for messages, rows by key, contracts and lines by holder,
and a problem at a cell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from itertools import groupby
from typing import Any, Concatenate, NamedTuple, ParamSpec, TypeVar, cast

from perfxl.core.language import LANGUAGES, Text
from perfxl.core.problems import Problem, problem
from perfxl.core.records import Records, Tables
from perfxl.core.schema import get
from perfxl.core.values.dates import Span, say_period, span
from perfxl.core.values.text import fold_name

# Where a table says what a row is called.
_NAMES = {"people": "name", "units": "name", "kpis": "name", "objectives": "text"}
_LONGEST_NAME = 40
_DATED = ("actuals", "phasing")  # whose period is one of the calendar's

Result = TypeVar("Result")
Asked = ParamSpec("Asked")
_kept: ContextVar[dict[Any, Any] | None] = ContextVar("kept", default=None)

# (holder, KPI) -> rows of the contract lines.
LinesByHolder = dict[tuple[str, str], list[int]]


@contextmanager
def lookups_kept() -> Iterator[bool]:
    """Within it, what is looked up in a program's tables is worked out once: many checks ask for the same, and so does
    what comes after them. Within another one, that one keeps it. Gives whether it is the one that keeps."""
    if _kept.get() is not None:
        yield False
        return
    token = _kept.set({})
    try:
        yield True
    finally:
        _kept.reset(token)


def let_go(room: str) -> None:
    """Lets go of what modules of a room looked up: trees of all lines and links take as much room as the lines."""
    kept = _kept.get() or {}
    for key in [key for key in kept if key[0].startswith(room)]:
        del kept[key]


def once(work: Callable[Concatenate[Tables, Asked], Result]) -> Callable[Concatenate[Tables, Asked], Result]:
    """What a function makes of a program's tables, worked out once within `lookups_kept`; nobody changes it."""

    @wraps(work)
    def look_up(tables: Tables, /, *args: Asked.args, **named: Asked.kwargs) -> Result:
        results = _kept.get()
        if results is None:
            return work(tables, *args, **named)
        key = work.__module__, work.__name__, id(tables), args, *sorted(named.items())
        if key not in results:
            results[key] = work(tables, *args, **named), tables  # which no others take the place of, under the same id
        return cast("Result", results[key][0])

    return look_up


def problem_at(name: str, records: Records, i: int, column: str, **details: Any) -> Problem:
    """A problem at one cell, with the value that stands there."""
    value = cell(records, i, column)
    return problem(
        name,
        records.address(i, column),
        table=records.table.name,
        column=column,
        value=say_period(value) if value and column == "period" and records.table.name in _DATED else value,
        **details,
    )


def period_and_cell(actuals: Records, i: int) -> Text:
    """An actual by its period and cell, for a message about another one."""
    said = say_period(cell(actuals, i, "period") or "")
    where = place(actuals, i, "value")
    return Text(*(f"{said(lang) if isinstance(said, Text) else said} ({where})" for lang in LANGUAGES))


def place(records: Records, i: int, column: str) -> str:
    """Sheet and cell for a message about another cell of the same file: 组织!A6."""
    return records.address(i, column).place


def cell(records: Records, i: int, column: str) -> Any:
    """The value of row i; blank for a column that the sheet does not hold."""
    values = records.columns.get(column)
    return values[i] if values else None


def rows_of(tables: Tables, table: str) -> Records | None:
    """The table, unless the workbook does not hold it or nobody has filled it in: people start small."""
    records = tables.get(table)
    return records if records else None


def columns_of(records: Records, *names: str) -> Iterator[tuple[Any, ...]]:
    """(i, value, value, ...) for each row."""
    return zip(range(len(records)), *(records.column(name) for name in names), strict=True)


def table_text(table: str) -> Text:
    """What the sheet is called."""
    return get(table).text


def column_text(table: str, column: str) -> Text:
    """What the column is called."""
    return get(table).column(column).text


class Labels(dict[Any, str]):
    """Key -> "name (key)"; a key that nobody declared stands for itself, a blank for nothing."""

    def __missing__(self, key: Any) -> str:
        return "" if key is None else str(key)


@once
def labels(tables: Tables, table: str) -> Labels:
    """What a message calls the rows of people, units, KPIs or objectives."""
    records = rows_of(tables, table)
    if records is None:
        return Labels()
    key, name = records.table.key[0], _NAMES[table]
    return Labels((row_key, _label(row_key, row_name)) for _, row_key, row_name in columns_of(records, key, name))


def _label(key: Any, name: Any) -> str:
    """Both, unless the one is told in the other: 收入 (甲) is the ID of another 收入."""
    return str(key) if not name or str(key).startswith(name) else f"{_short(name)} ({key})"


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


@once
def contracts_of(tables: Tables) -> dict[str, Contract]:
    """Contracts by number; of a number that stands twice the first."""
    records = rows_of(tables, "contracts")
    contracts: dict[str, Contract] = {}
    if records is None:
        return contracts
    for i, contract, holder, second, start, end in columns_of(
        records, "contract", "holder", "second_holder", "start", "end"
    ):
        if contract is not None:
            holders: tuple[str, ...] = (holder,) if second is None or second == holder else (holder, second)
            if holder is None:
                holders = holders[1:]
            contracts.setdefault(contract, Contract(i, contract, holders, span(start, end)))
    return contracts


@once
def known_people(tables: Tables) -> set[str] | None:
    """How the people of the program and the holders of its contracts are spelt, in any case and width; None where the
    workbook says neither."""
    people, contracts = rows_of(tables, "people"), contracts_of(tables)
    if people is None or not contracts:
        return None
    bound = (holder for contract in contracts.values() for holder in contract.holders)
    return {fold_name(person) for person in (*people.column("person"), *bound) if person is not None}


def row_of_anybody(records: Records, i: int, column: str, kpi: Any, name: str) -> Problem:
    """A row of which nobody knows whose it is, at the cell that should say so.

    kpi  the KPI whose holders it may concern, everybody where it is not known either; name, what that is called
    """
    whose = records.column(column)[i]
    said = Text("", "") if whose is None else Text(f"（{whose}）", f" ({whose})")
    holders = Text("所有人", "nobody")
    if kpi is not None:
        holders = Text(f"凡合同中有“{name}”的人", f"nobody whose contract holds “{name}”")
    return problem_at("row_of_anybody", records, i, column, whose=said, holders=holders, of_kpi=kpi)


@once
def lines_by_holder(tables: Tables) -> LinesByHolder | None:
    """The lines of each person and KPI; both holders of a shared contract have its lines.
    None where the workbook does not say who holds what."""
    lines, contracts = rows_of(tables, "contract_lines"), contracts_of(tables)
    if lines is None or not contracts:
        return None
    holders = {number: contract.holders for number, contract in contracts.items()}
    rows: LinesByHolder = {}
    for i, contract, kpi in columns_of(lines, "contract", "kpi"):
        for holder in holders.get(contract, ()):
            rows.setdefault((holder, kpi), []).append(i)
    return rows


ReportsByHolder = Mapping[tuple[Any, Any], Sequence[int]]
"""(holder, KPI) -> rows of the actuals. Most stand together; these are a range, which takes little room."""


@once
def reports_by_holder(tables: Tables) -> ReportsByHolder:
    """The actuals of each person and KPI, each named or not."""
    actuals = rows_of(tables, "actuals")
    rows: dict[tuple[Any, Any], Sequence[int]] = {}
    if actuals is None:
        return rows
    start = 0
    for key, together in groupby(zip(actuals.column("holder"), actuals.column("kpi"), strict=True)):
        here = range(start, start + len(list(together)))
        rows[key] = [*rows[key], *here] if key in rows else here
        start = here.stop
    return rows


def pick(values: Sequence[Any], rows: Sequence[int]) -> Sequence[Any]:
    """The values of these rows; of a range at once."""
    return values[rows.start : rows.stop] if isinstance(rows, range) else [values[row] for row in rows]


Key = tuple[Any, Any]
"""KPI and holder."""


@once
def rolled_up_kpis(tables: Tables) -> set[Any]:
    """The KPIs whose actuals come from subordinates."""
    kpis = rows_of(tables, "kpis")
    return {kpi for _, kpi, rule in columns_of(kpis, "kpi", "roll_up") if rule and kpi is not None} if kpis else set()


@once
def superiors_rolled_up(tables: Tables) -> dict[Key, set[Key]]:
    """(KPI, holder) -> the superiors' whose actuals are rolled up from it."""
    links, rolled, above = rows_of(tables, "links"), rolled_up_kpis(tables), dict[Key, set[Key]]()
    for _, kpi, owner, *lower in columns_of(links, "kpi", "owner", "sub_kpi", "sub_owner") if links and rolled else ():
        if kpi in rolled:
            above.setdefault((lower[0], lower[1]), set()).add((kpi, owner))
    return above


def all_above(tables: Tables, keys: Iterable[Key]) -> set[Key]:
    """What is rolled up from these, level by level."""
    above, found, pending = superiors_rolled_up(tables), set[Key](), list(keys)
    while pending:
        upper = above.get(pending.pop(), set()) - found
        found |= upper
        pending += upper
    return found


def line_labels(tables: Tables) -> LineLabels:
    """What messages call the program's contract lines."""
    return LineLabels(contracts_of(tables), labels(tables, "people"), labels(tables, "kpis"))


class LineLabels(NamedTuple):
    """What a message calls a contract line: who holds it and the KPI."""

    contracts: dict[str, Contract]
    people: Labels
    kpis: Labels

    def __call__(self, contract: str, kpi: str) -> str:
        signed = self.contracts.get(contract)
        holders = "、".join(self.people[person] for person in signed.holders) if signed else contract or ""
        return f"{holders} · {self.kpis[kpi]}" if holders else self.kpis[kpi]


class Names(NamedTuple):
    """ID -> name, in the order of the sheets; an ID without a name stands for itself, a blank for nothing. `apart`
    names people too, those who share a name with the ID behind it."""

    people: Labels = Labels()
    units: Labels = Labels()
    kpis: Labels = Labels()
    apart: Labels = Labels()

    @classmethod
    def of(cls, tables: Tables) -> Names:
        """The names that a program's tables give."""
        people = _names(tables, "people")
        counts = Counter(people.values())
        apart = Labels(
            (person, f"{name} ({person})" if counts[name] > 1 and name != person else name)
            for person, name in people.items()
        )
        return cls(people, _names(tables, "units"), _names(tables, "kpis"), apart)


def _names(tables: Tables, table: str) -> Labels:
    records = rows_of(tables, table)
    if records is None:
        return Labels()
    key = records.table.key[0]
    return Labels((row, str(name or row)) for _, row, name in columns_of(records, key, "name") if row is not None)

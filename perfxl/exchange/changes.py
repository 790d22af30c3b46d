"""What collecting changes: cells and rows of the program's tables, each with the cell, the person and the time that it
comes from, and how far each file that was sent has come back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from perfxl.core.problems import Address, Problem
from perfxl.core.records import Gathered, Records
from perfxl.core.requests import JOBS
from perfxl.core.schema import Table
from perfxl.core.values.numbers import canonical
from perfxl.exchange.record import SentFile

__all__ = [
    *("LATEST", "STOP", "Change", "Disagreement", "FileState", "Key", "Merged", "NewRow", "Slot"),
    *("Origins", "is_same", "table_with"),
]

LATEST, STOP = "latest", "stop"
"""Which of two answers that disagree counts: the one of the file that was changed last, or none."""

Key = tuple[Any, ...]
Slot = tuple[str, Key, str]
"""Table, key of the row, column."""


class Change(NamedTuple):
    """A cell of the program that gets another value: its table, the row (as the table has it), the column, what stood
    there and what comes; the file, cell, person and time that it comes from."""

    table: str
    row: int
    column: str
    old: Any
    new: Any
    source: Address
    who: str
    modified: float
    percent: bool = False


class NewRow(NamedTuple):
    """A row that the program does not have yet; otherwise as Change."""

    table: str
    values: dict[str, Any]
    source: Address
    who: str
    modified: float
    percent: frozenset[str] = frozenset()


class Disagreement(NamedTuple):
    """Answers to one and the same (by the key of its row) that differ, in the order in which they came; the one that
    was taken, None where the rule takes neither."""

    key: Key
    answers: tuple[Change, ...]
    taken: Change | None


@dataclass
class FileState:
    """How far a file that was sent has come back: the names under which it came, answered and asked rows by job."""

    sent: SentFile
    names: list[str] = field(default_factory=list)
    answered: dict[str, set[Key]] = field(default_factory=dict)

    @property
    def asked(self) -> int:
        """Rows that were to be filled in."""
        return sum(count for job, count in self.sent.counts.items() if not JOBS[job].adds)

    @property
    def done(self) -> int:
        """Rows of them that were."""
        return sum(len(keys) for job, keys in self.answered.items() if not JOBS[job].adds)


@dataclass
class Merged:
    """The outcome: changes in the order in which they came, the new rows that some of them make and others, the tables
    with them, the state of each file that was sent."""

    changes: list[Change]
    added: list[NewRow]
    tables: dict[str, Records]
    files: list[FileState]
    problems: list[Problem]
    disagreements: list[Disagreement] = field(default_factory=list)

    @property
    def changed(self) -> list[Change]:
        """The cells that the program has and that get another value; those of new rows are told with their row."""
        return [each for each in self.changes if each.row >= 0]


def table_with(table: Records, changes: Iterable[Change], every: Sequence[NewRow]) -> Records:
    """A table with what came back: cells that changed, rows that are new; each says where its value comes from."""
    names = [c.name for c in table.table.columns if c.name in table.columns or any(c.name in r.values for r in every)]
    columns = {name: [*table.column(name), *(row.values.get(name) for row in every)] for name in names}
    percent = {name: set(marked) for name, marked in table.percent.items()}
    multiplied = {name: set(marked) for name, marked in table.multiplied.items()}
    origins: list[tuple[Records, int]] = [(table, i) for i in range(len(table))]
    origin = Origins(table.table)
    for change in changes:
        multiplied.get(change.column, set[int]()).discard(change.row)
        columns.setdefault(change.column, [None] * (len(table) + len(every)))[change.row] = change.new
        marked = percent.setdefault(change.column, set())
        (marked.add if change.percent else marked.discard)(change.row)
        origins[change.row] = origin(change.source, change.column)
    for i, row in enumerate(every, len(table)):
        origins.append(origin(row.source, table.table.columns[0].name))
        for name in row.percent:
            percent.setdefault(name, set()).add(i)
    extra = {name: [*values, *([None] * len(every))] for name, values in table.extra.items()}
    numbers = [*table.rows, *(0 for _ in every)]
    letters = dict(table.letters)
    return Gathered(
        *(table.table, columns, table.file, table.sheet, numbers, letters),
        *(percent, extra, multiplied, origins),
    )


class Origins:
    """Records that stand for cells of files that came back: one for each column of a sheet."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._known: dict[tuple[str, str, str, str], Records] = {}

    def __call__(self, source: Address, column: str) -> tuple[Records, int]:
        letters = source.cell.rstrip("0123456789")
        key = (source.file, source.sheet, column, letters)
        if key not in self._known:
            self._known[key] = Records(self._table, {column: []}, source.file, source.sheet, [], {column: letters})
        records = self._known[key]
        records.columns[column].append(None)
        assert isinstance(records.rows, list)
        records.rows.append(int(source.cell[len(letters) :] or 0))
        return records, len(records) - 1


def is_same(one: Any, other: Any) -> bool:
    """Whether two values are one and the same to a person: 95 and 95.0, 0.1 + 0.2 and 0.3."""
    one, other = (each.isoformat() if isinstance(each, date) else each for each in (one, other))
    if isinstance(one, int | float) and isinstance(other, int | float) and not isinstance(one, bool | type(None)):
        return canonical(float(one)) == canonical(float(other))
    return bool(one == other) or (one in (None, "") and other in (None, ""))

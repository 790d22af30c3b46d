"""A program whose rows are on disk. In memory stay its small tables and what names people and papers."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterator, Sequence
from typing import Any

import numpy as np

from perfxl.core.policy import Policy
from perfxl.core.records import Records, Tables, joined
from perfxl.core.scoring.book import contracts_of_people, score_book
from perfxl.core.scoring.joined import month_looked_from, reported_periods
from perfxl.core.scoring.totals import Totals
from perfxl.documents.contexts.base import Outline
from perfxl.documents.shelf.rows import ABOUT_PEOPLE, Packed, Place, Rows, unpacked

__all__ = ["Shelf"]

_SCORED_AT_ONCE = 500  # people

# What says which papers there are, whom they are about, and who belongs to which unit.
_NAMING = {
    "people": ("person", "name", "post", "unit"),
    "contracts": ("contract", "holder", "second_holder", "unit", "post", "start", "end"),
    "coaching": ("holder",),
    "interviews": ("holder", "date"),
    "improvements": ("holder",),
    "appeals": ("appeal", "holder"),
}


class Shelf:
    """Fill it with `add`, some rows of a table at a time; `ready` ends that. Both raise NoRoom."""

    def __init__(self) -> None:
        self._rows = Rows()
        self._kept: dict[str, list[Records]] = {}
        self._names: dict[str, str] = {}  # a name stands in many rows, and once in memory
        self._periods: set[str] = set()
        self.book: Tables = {}
        """Small tables whole; of those about people the columns that name papers and people."""

    def __bool__(self) -> bool:
        """Whether there is anything in it."""
        return bool(self.book)

    def add(self, records: Records) -> None:
        table = records.table.name
        if table in ABOUT_PEOPLE:
            self._rows.add(records)
            if table == "actuals":
                self._periods |= reported_periods(records)
            if table in _NAMING:
                self._keep_names(records)
        else:
            self._kept.setdefault(table, []).append(records)

    def holds(self, table: str) -> bool:
        """Whether there are rows of a table about people."""
        return table in self._rows.held

    def ready(self) -> None:
        self._rows.ready()
        self.book = {table: joined(parts) for table, parts in self._kept.items()}
        self._kept, self._names = {}, {}

    @property
    def places(self) -> list[Place]:
        """What the rows that `around` gives refer to."""
        return self._rows.places

    def around(self, ids: Collection[str]) -> Packed:
        """The rows that papers about these people and contracts are made from; see `unpacked`."""
        return self._rows.around(ids)

    def outline(self, policy: Policy, scored: bool) -> Outline:
        """What papers must know of the whole; `scored`: where everybody stands as well."""
        as_of = month_looked_from(policy, self._periods)
        return Outline(as_of, self._totals(policy, as_of) if scored else None)

    def _totals(self, policy: Policy, as_of: int) -> Totals:
        people = list(contracts_of_people(self.book["contracts"])) if "contracts" in self.book else []
        parts = [
            self._totals_of(people[first : first + _SCORED_AT_ONCE], policy, as_of)
            for first in range(0, max(len(people), 1), _SCORED_AT_ONCE)
        ]
        return Totals(*(np.concatenate([getattr(part, name) for part in parts]) for name in Totals.__slots__))

    def _totals_of(self, people: Sequence[str], policy: Policy, as_of: int) -> Totals:
        scores, _ = score_book({**self.book, **unpacked(self.around(people), self.places)}, policy, as_of)
        place = {person: i for i, person in enumerate(scores.people)}
        rows = [place[person] for person in people]
        return Totals(*(getattr(scores.totals, name)[rows] for name in Totals.__slots__))

    def _keep_names(self, records: Records) -> None:
        """Rows of one sheet go on where the last ones of it ended."""
        parts = self._kept.setdefault(records.table.name, [])
        if not parts or (parts[-1].file, parts[-1].sheet) != (records.file, records.sheet):
            held: dict[str, list[Any]] = {name: [] for name in _NAMING[records.table.name] if name in records.columns}
            parts.append(Records(records.table, held, records.file, records.sheet, array("l"), records.letters))
        kept = parts[-1]
        for name, values in kept.columns.items():
            values.extend(self._once(records.columns[name]))
        rows = kept.rows
        assert isinstance(rows, array)
        rows.extend(records.rows)

    def _once(self, values: list[Any]) -> Iterator[Any]:
        return (self._names.setdefault(value, value) if isinstance(value, str) else value for value in values)

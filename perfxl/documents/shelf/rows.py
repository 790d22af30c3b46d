"""The tables that grow with the number of people, on disk: rows go in as they are read, and come out by whom they are
about.

They stand in a database of SQLite's own temporary kind: a file without a name that only this process can open, and
that is gone with it however it ends.
"""

from __future__ import annotations

import json
import marshal
import os
import sqlite3
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from itertools import groupby
from typing import Any, NamedTuple

from perfxl.core.records import Records, empty, joined
from perfxl.core.schema import Table, Type, get

__all__ = ["ABOUT_PEOPLE", "NoRoom", "Packed", "Place", "Rows", "temporary_folder", "unpacked"]

ABOUT_PEOPLE = (
    *("people", "contracts", "contract_lines", "phasing", "actuals", "events"),
    *("plans", "coaching", "interviews", "improvements", "appeals"),
)
"""The tables with rows for each person or contract that papers are made from."""

# How the rows of a table are asked for. Everything else about a person is found by the holder.
_ASKED_BY = {
    "people": ("person",),
    "contracts": ("contract", "holder", "second_holder"),
    "contract_lines": ("contract",),
    "phasing": ("contract",),
}
_BY_HOLDER = ("holder",)
_CACHE = 8_000  # KiB of the database that stay in memory

Packed = dict[str, list[tuple[int, bytes]]]
"""Table -> (place, rows) of some of its rows; see `unpacked`."""


class NoRoom(Exception):
    """The disk takes no more; says why."""


class Place(NamedTuple):
    """Where rows came from: file, sheet, and the columns that it holds, with their letters."""

    file: str
    sheet: str
    names: tuple[str, ...]
    letters: dict[str, str]


class Rows:
    """Fill it with `add`; `ready` ends that, then `around` gives rows. Raises NoRoom."""

    def __init__(self) -> None:
        self.places: list[Place] = []
        self.held: set[str] = set()  # tables with rows
        self._count = 0
        self._database = sqlite3.connect("")
        for setting in (f"cache_size = -{_CACHE}", "journal_mode = OFF", "synchronous = OFF"):
            self._database.execute(f"PRAGMA {setting}")
        for table in ABOUT_PEOPLE:
            keys = "".join(f", {name} TEXT" for name in _keys(table))
            self._database.execute(f"CREATE TABLE {table} (place, rows BLOB{keys})")

    def add(self, records: Records) -> None:
        """Rows of one table, from one sheet. Those that are about the same and name the same people are kept together,
        for that is how they are asked for."""
        if not len(records):
            return
        table = records.table
        place = self._place(Place(records.file, records.sheet, tuple(records.columns), records.letters))
        keys = zip(*(records.column(name) for name in _keys(table.name)), strict=True)
        values = zip(*(_plain(table, name, values) for name, values in records.columns.items()), strict=True)
        together: dict[tuple[Any, ...], list[Any]] = {}
        for at, (key, line, row) in enumerate(zip(keys, records.rows, values, strict=True), self._count):
            together.setdefault(key, []).append((at, line, row))
        marks = ", ".join("?" * (2 + len(_keys(table.name))))
        with _room_for_it():
            self._database.executemany(
                f"INSERT INTO {table.name} VALUES ({marks})",
                ((place, marshal.dumps(rows, _WITHOUT_REFERENCES), *key) for key, rows in together.items()),
            )
        self._count += len(records)
        self.held.add(table.name)

    def ready(self) -> None:
        with _room_for_it():
            for table in ABOUT_PEOPLE:
                for name in _ASKED_BY.get(table, _BY_HOLDER):
                    self._database.execute(f"CREATE INDEX {table}_by_{name} ON {table} ({name})")

    def around(self, ids: Collection[str]) -> Packed:
        """What papers about these people and contracts are made from: all rows about the people, those of all their
        contracts, and whoever is named in them.

        Of the other holder of a contract that two share there is what the contract's figures take, not all they
        hold."""
        contracts = self._rows("contracts", dict.fromkeys(_ASKED_BY["contracts"], ids))
        holders = {*ids, *_named(contracts, "contracts", "holder")}
        keys = _named(contracts, "contracts", "contract")
        contracts = self._rows("contracts", {"holder": holders, "contract": keys})
        keys = _named(contracts, "contracts", "contract")
        found = {"contracts": contracts}
        for table in ABOUT_PEOPLE:
            if table not in ("people", "contracts"):
                asked = keys if "contract" in _ASKED_BY.get(table, ()) else holders
                found[table] = self._rows(table, {_ASKED_BY.get(table, _BY_HOLDER)[0]: asked})
        people = {*holders, *(one for table, rows in found.items() for one in _people_in(rows, table))}
        named = self._rows("people", {"person": people})
        found["people"] = self._rows("people", {"person": people | _people_in(named, "people")})
        return {table: [row[:2] for row in found[table]] for table in ABOUT_PEOPLE if table in self.held}

    def _rows(self, table: str, asked: Mapping[str, Collection[str]]) -> list[tuple[Any, ...]]:
        """(place, rows, keys …) of the rows of which one of the columns is one of the values."""
        if table not in self.held:
            return []
        parts = [f"SELECT rowid FROM {table} WHERE {name} IN (SELECT value FROM json_each(?))" for name in asked]
        query = f"SELECT * FROM {table} WHERE rowid IN ({' UNION '.join(parts)})"
        return self._database.execute(query, [json.dumps(list(values)) for values in asked.values()]).fetchall()

    def _place(self, place: Place) -> int:
        if not self.places or self.places[-1] != place:
            self.places.append(place)
        return len(self.places) - 1


def unpacked(packed: Packed, places: Sequence[Place]) -> dict[str, Records]:
    """The rows as tables, in the order they were added, each row at its address."""
    return {table: _records(get(table), found, places) for table, found in packed.items()}


def _records(table: Table, found: list[tuple[int, bytes]], places: Sequence[Place]) -> Records:
    rows = sorted((at, place, line, row) for place, some in found for at, line, row in marshal.loads(some))
    parts = [_of_one_place(table, places[place], list(some)) for place, some in groupby(rows, lambda row: row[1])]
    return joined(parts) if parts else empty(table.name)


def _of_one_place(table: Table, place: Place, rows: list[tuple[int, int, int, Any]]) -> Records:
    columns = zip(*(row for *_, row in rows), strict=True)
    held = {name: _whole(table, name, values) for name, values in zip(place.names, columns, strict=True)}
    return Records(table, held, place.file, place.sheet, [line for _, _, line, _ in rows], place.letters)


# marshal is several times as fast as pickle and knows no dates; nothing else in a cell is a tuple.
_MAY_BE_DATES = (Type.DATE, Type.FIGURE)
_WITHOUT_REFERENCES = 2  # the last of its formats that does not look for objects met before


def _plain(table: Table, name: str, values: list[Any]) -> list[Any]:
    if table.column(name).type not in _MAY_BE_DATES:
        return values
    return [(value.toordinal(),) if isinstance(value, date) else value for value in values]


def _whole(table: Table, name: str, values: Sequence[Any]) -> list[Any]:
    if table.column(name).type not in _MAY_BE_DATES:
        return list(values)
    return [date.fromordinal(*value) if isinstance(value, tuple) else value for value in values]


def _keys(table: str) -> tuple[str, ...]:
    """The columns that say whom or which contract a row is about, and whom it names."""
    asked = _ASKED_BY.get(table, _BY_HOLDER)
    return (*asked, *(name for name in _references(table) if name not in asked))


def _references(table: str) -> Iterator[str]:
    return (column.name for column in get(table).columns if column.ref == "people.person")


def _named(rows: Iterable[tuple[Any, ...]], table: str, name: str) -> set[str]:
    at = 2 + _keys(table).index(name)
    return {row[at] for row in rows if row[at] is not None}


def _people_in(rows: list[tuple[Any, ...]], table: str) -> set[str]:
    return set().union(*(_named(rows, table, name) for name in _references(table)))


def temporary_folder() -> str:
    """Where SQLite puts its temporary files."""
    own = os.name != "nt" and not os.environ.get("TMPDIR") and os.access("/var/tmp", os.W_OK)
    return "/var/tmp" if own else tempfile.gettempdir()


@contextmanager
def _room_for_it() -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        raise NoRoom(str(error)) from error

"""A program's tables on disk, for more people than memory should hold: rows go in as they are read, and come out by
whom they are about. In memory stay the small tables and what names people and papers.

The rows stand in a database of SQLite's own temporary kind: a file without a name that only this process can open, and
that is gone with it however it ends.
"""

from __future__ import annotations

import json
import marshal
import os
import sqlite3
import tempfile
from array import array
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from itertools import compress
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from perfxl.core.problems import Problem
from perfxl.core.records import Records, Tables, empty, join_parts
from perfxl.core.schema import Table, Type, get

if TYPE_CHECKING:
    from perfxl.core.policy import Policy
    from perfxl.core.scoring.outcomes import Outcome
    from perfxl.core.scoring.program import Scores
    from perfxl.core.scoring.totals import Totals

ABOUT_PEOPLE = (
    *("people", "contracts", "contract_lines", "phasing", "negotiations", "amendments", "actuals", "events"),
    *("marks", "calibrations", "plans", "coaching", "interviews", "improvements", "appeals"),
)
"""The tables with rows for each person or contract: those on disk."""

# How the rows of a table are asked for. Everything else about a person is found by the holder.
_KEYS = {
    "people": ("person",),
    "contracts": ("contract", "holder", "second_holder"),
    "contract_lines": ("contract",),
    "phasing": ("contract",),
    "negotiations": ("contract",),
    "amendments": ("contract",),
    "marks": ("ratee", "contract"),
}
_BY_HOLDER = ("holder",)
# What says which papers there are, whom they are about, and who belongs to which unit: held in memory as well.
_NAMING = {
    "people": ("person", "name", "post", "unit"),
    "contracts": ("contract", "holder", "second_holder", "unit", "post", "start", "end"),
    "contract_lines": ("contract", "kpi"),
    "marks": ("rater", "dimension"),
    "negotiations": ("contract", "session"),
    "amendments": ("contract",),
    "coaching": ("holder",),
    "interviews": ("holder", "date"),
    "improvements": ("holder",),
    "appeals": ("appeal", "holder"),
}
_CACHE = 8_000  # KiB of the database that stay in memory
_SCORED_AT_ONCE = 500  # people
# marshal is several times as fast as pickle and knows no dates: they go in as tuples, which no other cell is.
_MAY_HOLD_DATES = (Type.DATE, Type.FIGURE)
_WITHOUT_REFERENCES = 2  # the last of marshal's formats that does not look for objects met before

PackedRows = dict[str, list[tuple[int, bytes]]]
"""Table -> (number of the origin, rows) of some of its rows; see `unpack_rows`."""


class DiskFull(Exception):
    """The disk takes no more; says why."""


class SheetOrigin(NamedTuple):
    """Where rows came from: file, sheet, and the columns that it holds, with their letters."""

    file: str
    sheet: str
    names: tuple[str, ...]
    letters: dict[str, str]


@dataclass(frozen=True)
class Outline:
    """What is known of a program whose rows are not at hand: the month that lights and forecasts look from (-1: none),
    the totals of its people in order of first contract (None where no paper asks for them), what scoring found
    against contracts, by number, what was decided about people, the contracts whose lines hold a proposal, and who
    missed a target (None where no paper asks)."""

    as_of: int
    totals: Totals | None = None
    undetermined: Mapping[Any, Problem | None] = field(default_factory=dict)
    outcomes: Mapping[str, Outcome] = field(default_factory=dict)
    proposed: frozenset[str] = frozenset()
    with_gaps: frozenset[str] | None = None


class TotalsOfPeople:
    """Where people stand, gathered as they are scored, some at a time.

    undetermined  the contracts without a total, by number, with the reason
    outcomes      by person, what calibration and appeals made of a result
    with_gaps     people who missed a target
    """

    def __init__(self) -> None:
        self.with_gaps: set[str] = set()
        self.undetermined: dict[Any, Problem | None] = {}
        self.outcomes: dict[str, Outcome] = {}
        self._place: dict[str, int] = {}
        self._parts: list[list[Any]] = []

    def add(self, people: Iterable[str | None], scores: Scores) -> None:
        """Takes the totals of these people, of whom those without a contract have none."""
        from perfxl.core.official import Standing
        from perfxl.core.scoring.missed import people_with_gaps
        from perfxl.core.scoring.totals import Totals

        numbers = scores.line_table.contracts.column("contract")
        for number, verdict in zip(numbers, scores.verdicts.contracts, strict=True):
            if verdict.standing is Standing.UNDETERMINED:
                self.undetermined.setdefault(number, verdict.reason)
        at = {person: i for i, person in enumerate(scores.people)}
        held = [person for person in people if person is not None and person in at]
        rows = [at[person] for person in held]
        self._place |= {person: len(self._place) + i for i, person in enumerate(held)}
        self.with_gaps |= people_with_gaps(scores).intersection(held)
        decided = scores.decisions.people
        self.outcomes |= {person: decided[person] for person in held if person in decided}
        self._parts.append([getattr(scores.totals, name)[rows] for name in Totals.__slots__])

    def of(self, people: Sequence[str]) -> Totals:
        """The totals of people in the order given."""
        import numpy as np

        from perfxl.core.scoring.totals import Totals

        rows = [self._place[person] for person in people]
        return Totals(*(np.concatenate(parts)[rows] for parts in zip(*self._parts, strict=True)))


class TableStore(Mapping[str, Records]):
    """The tables by name, as any program's. A table about people is read from disk when it is asked for, without the
    columns that the schema does not know.

    Fill it with `add`, some rows of a table at a time; `finish` ends that. Both raise DiskFull.
    """

    def __init__(self) -> None:
        self.origins: list[SheetOrigin] = []
        """What packed rows refer to."""
        self.in_memory: Tables = {}
        """Small tables whole; of those about people the columns that name papers and people."""
        self._parts: dict[str, list[Records]] = {}
        self._names: dict[str, str] = {}  # a name stands in many rows, and once in memory
        self.kpis_held = empty("contract_lines")
        """Which contract holds which KPI; where there are no rows, as `in_memory` has it."""
        self.periods: set[str] = set()
        """For which something was reported."""
        self.first_rows: dict[tuple[str, str], int] = {}
        """(file, sheet) -> the first row of its rows about people: above it stands nothing but headers."""
        self._filled: set[str] = set()  # tables with rows on disk
        self._columns: dict[str, dict[str, None]] = {}  # of each table on disk, those that some sheet holds
        self._count = 0
        self._database = sqlite3.connect("")
        for setting in (f"cache_size = -{_CACHE}", "journal_mode = OFF", "synchronous = OFF"):
            self._database.execute(f"PRAGMA {setting}")
        for table in ABOUT_PEOPLE:
            keys = "".join(f", {name} TEXT" for name in _key_columns(table))
            self._database.execute(f"CREATE TABLE {table} (origin, rows BLOB{keys})")

    def __getitem__(self, table: str) -> Records:
        if table not in self._filled:
            return self.in_memory[table]
        rows = self._database.execute(f"SELECT origin, rows FROM {table}").fetchall()
        return unpack_rows({table: rows}, self.origins)[table]

    def __iter__(self) -> Iterator[str]:
        yield from self.in_memory
        yield from sorted(self._filled - self.in_memory.keys())

    def __len__(self) -> int:
        return len(self.in_memory.keys() | self._filled)

    def __contains__(self, table: object) -> bool:
        return table in self.in_memory or table in self._filled

    def add(self, records: Records) -> None:
        """Takes rows of one table, from one sheet. Those that are about the same and name the same people are kept
        together, for that is how they are asked for."""
        table = records.table
        if table.name not in ABOUT_PEOPLE:
            self._parts.setdefault(table.name, []).append(records)
            return
        if table.name == "actuals":
            from perfxl.core.scoring.line_table import reported_periods

            self.periods |= reported_periods(records)
        if table.name in _NAMING:
            self._keep_names(records)
        if not len(records):  # a sheet without rows is there all the same
            self._parts.setdefault(table.name, []).append(records)
            return
        place = records.file, records.sheet
        self.first_rows[place] = min(records.rows[0], self.first_rows.get(place, records.rows[0]))
        self._columns.setdefault(table.name, {}).update(dict.fromkeys(records.columns))
        origin = SheetOrigin(records.file, records.sheet, tuple(records.columns), records.letters)
        if not self.origins or self.origins[-1] != origin:
            self.origins.append(origin)
        keys = zip(*(records.column(name) for name in _key_columns(table.name)), strict=True)
        cells = zip(*(_without_dates(table, name, values) for name, values in records.columns.items()), strict=True)
        marked = _marked_columns(records)
        rows_by_key: dict[tuple[Any, ...], list[Any]] = {}
        for i, (key, line, row) in enumerate(zip(keys, records.rows, cells, strict=True)):
            rows_by_key.setdefault(key, []).append((self._count + i, line, row, marked.get(i, ())))
        marks = ", ".join("?" * (2 + len(_key_columns(table.name))))
        number = len(self.origins) - 1
        with _disk_errors():
            self._database.executemany(
                f"INSERT INTO {table.name} VALUES ({marks})",
                ((number, marshal.dumps(rows, _WITHOUT_REFERENCES), *key) for key, rows in rows_by_key.items()),
            )
        self._count += len(records)
        self._filled.add(table.name)

    def finish(self) -> None:
        """Ends the filling."""
        with _disk_errors():
            for table in ABOUT_PEOPLE:
                for name in _KEYS.get(table, _BY_HOLDER):
                    self._database.execute(f"CREATE INDEX {table}_by_{name} ON {table} ({name})")
        for table in self._filled - _NAMING.keys():
            self._parts.pop(table, None)
        self.in_memory = {table: join_parts(parts) for table, parts in self._parts.items()}
        if "contract_lines" in self._filled:  # papers have no use for it
            self.kpis_held = self.in_memory.pop("contract_lines")
        self._parts, self._names = {}, {}

    def select_rows(self, ids: Collection[str]) -> PackedRows:
        """What papers about these people and contracts are made from: all rows about the people, those of all their
        contracts, and whoever is named in them.

        Of the other holder of a contract that two share there is what the contract's figures take, not all they
        hold."""
        contracts = self._rows_where("contracts", dict.fromkeys(_KEYS["contracts"], ids))
        holders = {*ids, *_values_in(contracts, "contracts", "holder")}
        keys = _values_in(contracts, "contracts", "contract")
        contracts = self._rows_where("contracts", {"holder": holders, "contract": keys})
        keys = _values_in(contracts, "contracts", "contract")
        rows_by_table = {"contracts": contracts}
        for table in ABOUT_PEOPLE:
            if table not in ("people", "contracts"):
                (key, *_) = _KEYS.get(table, _BY_HOLDER)
                rows_by_table[table] = self._rows_where(table, {key: keys if key == "contract" else holders})
        # Marks count for a contract whichever of its holders they are about, and may name it instead.
        both = holders | _values_in(contracts, "contracts", "second_holder")
        rows_by_table["marks"] = self._rows_where("marks", {"ratee": both, "contract": keys})
        people = {*holders, *(person for table, rows in rows_by_table.items() for person in _people_in(rows, table))}
        superiors = _people_in(self._rows_where("people", {"person": people}), "people")
        rows_by_table["people"] = self._rows_where("people", {"person": people | superiors})
        return {table: [row[:2] for row in rows_by_table[table]] for table in ABOUT_PEOPLE if table in self._filled}

    def list_keys(self, table: str, name: str = "") -> list[str]:
        """The different values of what the rows of a table on disk are found by: a holder, a contract; or those of
        another of its key columns."""
        if table not in self._filled:
            return []
        name = name or _KEYS.get(table, _BY_HOLDER)[0]
        rows = self._database.execute(f"SELECT DISTINCT {name} FROM {table} WHERE {name} IS NOT NULL ORDER BY {name}")
        return [value for (value,) in rows]

    def read_columns(self, table: str, names: Sequence[str]) -> Iterator[tuple[Any, ...]]:
        """Some columns, other than of dates, of every row of a table on disk; as they are found, in any order."""
        for number, block in self._database.execute(f"SELECT origin, rows FROM {table}"):
            held = self.origins[number].names
            places = [held.index(name) if name in held else -1 for name in names]
            for _, _, row, _ in marshal.loads(block):
                yield tuple(None if at < 0 else row[at] for at in places)

    def pick_rows(self, table: str, names: Sequence[str], is_wanted: Callable[[tuple[Any, ...]], bool]) -> Records:
        """The rows of a table on disk that some of their columns, other than of dates, ask for, at their addresses."""
        packed: list[tuple[int, bytes]] = []
        for number, block in self._database.execute(f"SELECT origin, rows FROM {table}"):
            held = self.origins[number].names
            places = [held.index(name) if name in held else -1 for name in names]
            rows = [
                each
                for each in marshal.loads(block)
                if is_wanted(tuple(None if at < 0 else each[2][at] for at in places))
            ]
            if rows:
                packed.append((number, marshal.dumps(rows, _WITHOUT_REFERENCES)))
        return unpack_rows({table: packed}, self.origins)[table]

    def pick_greatest(
        self, table: str, names: Sequence[str], rank: Callable[[tuple[Any, ...]], tuple[Any, Any] | None]
    ) -> Records:
        """Of the rows of a table on disk that some of their columns, other than of dates, give one group, the greatest;
        of equals the first. `rank` gives a row's group and its size, None for a row that is not wanted."""
        best: dict[Any, tuple[Any, int, int, Any]] = {}
        for number, block in self._database.execute(f"SELECT origin, rows FROM {table}"):
            held = self.origins[number].names
            places = [held.index(name) if name in held else -1 for name in names]
            for each in marshal.loads(block):
                ranked = rank(tuple(None if at < 0 else each[2][at] for at in places))
                if ranked is not None:
                    group, size = ranked
                    before = best.get(group)
                    if before is None or (size, -each[0]) > before[:2]:
                        best[group] = size, -each[0], number, each
        packed: dict[int, list[Any]] = {}
        for _, _, number, each in best.values():
            packed.setdefault(number, []).append(each)
        blocks = [(number, marshal.dumps(rows, _WITHOUT_REFERENCES)) for number, rows in packed.items()]
        return unpack_rows({table: blocks}, self.origins)[table]

    def read_all_about(self, ids: Collection[str | None], numbers: Collection[str | None] = ()) -> dict[str, Records]:
        """Every row about these people and contracts: the contracts that they hold, alone or as second holder, with
        all their lines, what was reported of the people, and whoever is named in it. None among the keys stands for
        rows that say nobody's name. A table has all its columns."""
        known = [id for id in ids if id is not None]
        contracts = self._rows_where("contracts", {"holder": known, "second_holder": known, "contract": numbers})
        keys = {*numbers, *_values_in(contracts, "contracts", "contract")}
        rows_by_table = {"contracts": contracts}
        for table in ABOUT_PEOPLE:
            if table not in ("people", "contracts"):
                (key, *_) = _KEYS.get(table, _BY_HOLDER)
                rows_by_table[table] = self._rows_where(table, {key: keys if key == "contract" else ids})
        # A mark that names a contract and nobody is a row of that contract.
        marks = self._rows_where("marks", {"ratee": ids, "contract": keys - {None}})
        at = [2 + _key_columns("marks").index(name) for name in _KEYS["marks"]]
        rows_by_table["marks"] = [
            row for row in marks if row[at[0]] is not None or row[at[1]] is None or row[at[1]] in keys
        ]
        people = {*known, *(person for table, rows in rows_by_table.items() for person in _people_in(rows, table))}
        rows_by_table["people"] = self._rows_where("people", {"person": people})
        packed = {table: [row[:2] for row in rows] for table, rows in rows_by_table.items() if table in self._filled}
        tables = unpack_rows(packed, self.origins)
        for table, records in tables.items():
            for name in self._columns[table]:
                records.columns.setdefault(name, [None] * len(records))
        return tables

    def find_proposed(self) -> frozenset[str]:
        """The contracts whose lines hold a target that a side has proposed."""
        if "contract_lines" not in self._filled:
            return frozenset()
        rows = self.read_columns("contract_lines", ("contract", "proposal_issuer", "proposal_holder"))
        return frozenset(contract for contract, *proposals in rows if any(each is not None for each in proposals))

    def make_outline(self, policy: Policy, totals: TotalsOfPeople | None = None) -> Outline:
        """What papers must know of the whole; with `totals`, where everybody stands as well."""
        as_of = self.month_looked_from(policy)
        if totals is None:
            return Outline(as_of)
        everybody, gaps = totals.of(self._everybody()), frozenset(totals.with_gaps)
        return Outline(as_of, everybody, totals.undetermined, totals.outcomes, with_gaps=gaps)

    def score_everybody(self, policy: Policy) -> TotalsOfPeople:
        """Where everybody stands."""
        from perfxl.core.scoring.program import score_program

        everybody, as_of, totals = self._everybody(), self.month_looked_from(policy), TotalsOfPeople()
        for first in range(0, max(len(everybody), 1), _SCORED_AT_ONCE):
            people = everybody[first : first + _SCORED_AT_ONCE]
            rows = unpack_rows(self.select_rows(people), self.origins)
            totals.add(people, score_program({**self.in_memory, **rows}, policy, as_of)[0])
        return totals

    def month_looked_from(self, policy: Policy) -> int:
        """The month that lights and forecasts look from (-1: none), which some of the rows would not know."""
        from perfxl.core.scoring.line_table import month_looked_from

        return month_looked_from(policy, self.periods)

    def _everybody(self) -> list[str]:
        from perfxl.core.scoring.program import contracts_of_people

        return list(contracts_of_people(self.in_memory["contracts"])) if "contracts" in self.in_memory else []

    def _keep_names(self, records: Records) -> None:
        """Rows of one sheet go on where the last ones of it ended."""
        parts = self._parts.setdefault(records.table.name, [])
        if not parts or (parts[-1].file, parts[-1].sheet) != (records.file, records.sheet):
            columns: dict[str, list[Any]] = {
                name: [] for name in _NAMING[records.table.name] if name in records.columns
            }
            parts.append(Records(records.table, columns, records.file, records.sheet, array("l"), records.letters))
        part, names = parts[-1], self._names
        for name, values in part.columns.items():
            values.extend(
                names.setdefault(value, value) if isinstance(value, str) else value for value in records.columns[name]
            )
        assert isinstance(part.rows, array)
        part.rows.extend(records.rows)

    def _rows_where(self, table: str, keys: Mapping[str, Collection[Any]]) -> list[tuple[Any, ...]]:
        """(origin, rows, keys …) of the rows of which one of the columns is one of the values."""
        if table not in self._filled:
            return []
        parts = [f"SELECT rowid FROM {table} WHERE {name} IN (SELECT value FROM json_each(?))" for name in keys]
        parts += [f"SELECT rowid FROM {table} WHERE {name} IS NULL" for name, values in keys.items() if None in values]
        query = f"SELECT * FROM {table} WHERE rowid IN ({' UNION '.join(parts)})"
        return self._database.execute(query, [json.dumps(list(values)) for values in keys.values()]).fetchall()


def unpack_rows(packed: PackedRows, origins: Sequence[SheetOrigin]) -> dict[str, Records]:
    """The rows as tables, in the order they were added, each row at its address."""
    tables = {}
    for name, blocks in packed.items():
        table, parts = get(name), []
        by_origin: dict[int, list[Any]] = {}  # origins come in the order of their rows
        for number, block in blocks:
            by_origin.setdefault(number, []).extend(marshal.loads(block))
        for number, rows in sorted(by_origin.items()):
            origin = origins[number]
            rows.sort(key=itemgetter(0))
            _, lines, values, marks = zip(*rows, strict=True)
            columns = {
                name: _with_dates(table, name, column)
                for name, column in zip(origin.names, zip(*values, strict=True), strict=True)
            }
            part = Records(table, columns, origin.file, origin.sheet, list(lines), origin.letters)
            for i in compress(range(len(marks)), marks):
                for at in marks[i]:
                    marked, place = (part.percent, at) if at >= 0 else (part.multiplied, ~at)
                    marked.setdefault(origin.names[place], set()).add(i)
            parts.append(part)
        tables[name] = join_parts(parts) if parts else empty(name)
    return tables


def _marked_columns(records: Records) -> dict[int, tuple[int, ...]]:
    """Row -> the places of the columns whose cell is marked as a percentage, and, inverted, of those with a word such
    as 万."""
    marked: dict[int, tuple[int, ...]] = {}
    for at, name in enumerate(records.columns):
        for place, rows in ((at, records.percent), (~at, records.multiplied)):
            for i in rows.get(name, ()):
                marked[i] = (*marked.get(i, ()), place)
    return marked


def find_temporary_folder() -> str:
    """Where SQLite puts its temporary files."""
    own = os.name != "nt" and not os.environ.get("TMPDIR") and os.access("/var/tmp", os.W_OK)
    return "/var/tmp" if own else tempfile.gettempdir()


def _without_dates(table: Table, name: str, values: list[Any]) -> list[Any]:
    if table.column(name).type not in _MAY_HOLD_DATES:
        return values
    return [(value.toordinal(),) if isinstance(value, date) else value for value in values]


def _with_dates(table: Table, name: str, values: Sequence[Any]) -> list[Any]:
    if table.column(name).type not in _MAY_HOLD_DATES:
        return list(values)
    return [date.fromordinal(*value) if isinstance(value, tuple) else value for value in values]


def _key_columns(table: str) -> tuple[str, ...]:
    """The columns that say whom or which contract a row is about, and whom it names."""
    keys = _KEYS.get(table, _BY_HOLDER)
    return (*keys, *(name for name in _person_columns(table) if name not in keys))


def _person_columns(table: str) -> Iterator[str]:
    return (column.name for column in get(table).columns if column.ref == "people.person")


def _values_in(rows: Iterable[tuple[Any, ...]], table: str, name: str) -> set[str]:
    at = 2 + _key_columns(table).index(name)
    return {row[at] for row in rows if row[at] is not None}


def _people_in(rows: list[tuple[Any, ...]], table: str) -> set[str]:
    return set().union(*(_values_in(rows, table, name) for name in _person_columns(table)))


@contextmanager
def _disk_errors() -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        raise DiskFull(str(error)) from error

"""Readings that HR has settled: tables with the same headers are read accordingly ever after.

They stand on the sheet Sources of a program. A table is known again by the set of its headers, whatever its file, its
sheet and the order of its columns.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from perfxl.core.problems import Problem, problem
from perfxl.core.records import Records
from perfxl.core.schema.sources import NOT_READ
from perfxl.tables.headers import bare
from perfxl.tables.lexicon import EXACT, Heard, hear


@dataclass(frozen=True)
class Settled:
    """What a table was settled to be: its kind, and each column's bare header with what it is taken for, from left to
    right; "" for a column that is not read; the files and sheets of such tables."""

    kind: str
    columns: tuple[tuple[str, str], ...]
    places: set[tuple[str, str]] = field(default_factory=set, compare=False)

    def of(self, texts: Mapping[int, str]) -> dict[int, str]:
        """Column -> what it is taken for; of several columns with one header, each its own, from left to right."""
        rest = list(self.columns)
        found: dict[int, str] = {}
        for at, text in sorted(texts.items()):
            place = next((i for i, (header, _) in enumerate(rest) if header == bare(text)), None)
            if place is not None:
                found[at] = rest.pop(place)[1]
        return found


@dataclass
class Memory:
    """Readings by the set of their headers; of one set there are several where the tables were settled differently."""

    readings: dict[frozenset[str], list[Settled]] = field(default_factory=dict)
    words: dict[str, set[str]] = field(default_factory=dict)
    file: str = ""

    def add(self, settled: Settled) -> None:
        """Remembers a reading and the words of its headers."""
        known = self.readings.setdefault(frozenset(header for header, _ in settled.columns), [])
        if settled in known:
            known[known.index(settled)].places.update(settled.places)
        else:
            known.append(settled)
        for header, meaning in settled.columns:
            if meaning:
                self.words.setdefault(header, set()).add(meaning)

    def for_file(self, name: str) -> Memory:
        """The same, while a file of that name is read."""
        return replace(self, file=name)

    def of_place(self, settled: list[Settled], sheet: str) -> list[Settled]:
        """Of several readings of the same headers those that were settled for this very sheet; all, where none was."""
        return [each for each in settled if (self.file, sheet) in each.places] or settled

    def recall(self, texts: Mapping[int, str]) -> list[Settled]:
        """The readings of a table with these headers."""
        return self.readings.get(frozenset(bare(text) for text in texts.values()), [])

    def hear(self, text: str) -> Heard:
        """What the text says as a header, the settled words included."""
        heard, known = hear(text), self.words.get(bare(text))
        return replace(heard, senses={**heard.senses, **dict.fromkeys(known, EXACT)}) if known else heard


NOTHING_SETTLED = Memory()


def read_memory(*lists: Records | None) -> tuple[Memory, list[Problem]]:
    """What the sheets Sources settle; where two settle the same headers, the first of them. A table with a column that
    is not decided yet settles nothing."""
    memory, problems = Memory(), []
    for sources in lists:
        settled, found = _read_list(sources) if sources else ([], [])
        known = set(memory.readings)
        for each in settled:
            if frozenset(header for header, _ in each.columns) not in known:
                memory.add(each)
        problems += found
    return memory, problems


def _read_list(sources: Records) -> tuple[list[Settled], list[Problem]]:
    settled: list[Settled] = []
    problems: list[Problem] = []
    for rows in tables_of(sources):
        kinds = list(dict.fromkeys(sources.column("kind")[i] for i in rows))
        if len(kinds) > 1:
            second = next(i for i in rows if sources.column("kind")[i] == kinds[1])
            problems.append(problem("source_kinds_differ", sources.address(second, "kind"), table="sources"))
            continue
        taken = [sources.column("taken_for")[i] for i in rows]
        if kinds[0] is None or (None in taken and kinds[0] != "none"):
            continue
        headers = [bare(sources.column("header")[i]) for i in rows]
        meanings = ["" if meaning in (None, NOT_READ) else meaning for meaning in taken]
        place = (sources.column("file")[rows[0]], sources.column("sheet")[rows[0]])
        settled.append(Settled(kinds[0], tuple(zip(headers, meanings, strict=True)), {place}))
    return settled, problems


def tables_of(sources: Records) -> list[list[int]]:
    """The rows of each table that was read. Of two files of one name, whose tables stand in one place, each is one: a
    table has a column once."""
    tables: dict[tuple[object, ...], list[list[int]]] = {}
    columns = (sources.column(name) for name in ("file", "sheet", "range"))
    letters = sources.column("letter")
    for i, place in enumerate(zip(*columns, strict=True)):
        those = tables.setdefault(place, [])
        lacking = next((rows for rows in those if letters[i] not in [letters[row] for row in rows]), None)
        if lacking is None:
            those.append([i])
        else:
            lacking.append(i)
    return [rows for those in tables.values() for rows in those]

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
    right; "" for a column that is not read."""

    kind: str
    columns: tuple[tuple[str, str], ...]

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

    def add(self, settled: Settled) -> None:
        """Remembers a reading and the words of its headers."""
        known = self.readings.setdefault(frozenset(header for header, _ in settled.columns), [])
        if settled not in known:
            known.append(settled)
        for header, meaning in settled.columns:
            if meaning:
                self.words.setdefault(header, set()).add(meaning)

    def recall(self, texts: Mapping[int, str]) -> list[Settled]:
        """The readings of a table with these headers."""
        return self.readings.get(frozenset(bare(text) for text in texts.values()), [])

    def hear(self, text: str) -> Heard:
        """What the text says as a header, the settled words included."""
        heard, known = hear(text), self.words.get(bare(text))
        return replace(heard, senses={**heard.senses, **dict.fromkeys(known, EXACT)}) if known else heard


NOTHING_SETTLED = Memory()


def read_memory(sources: Records | None) -> tuple[Memory, list[Problem]]:
    """What the sheet Sources settles. A table with a column that is not decided yet settles nothing."""
    memory, problems = Memory(), []
    for rows in _tables_of(sources) if sources else ():
        assert sources is not None
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
        memory.add(Settled(kinds[0], tuple(zip(headers, meanings, strict=True))))
    return memory, problems


def _tables_of(sources: Records) -> list[list[int]]:
    """The rows of each table that was read."""
    tables: dict[tuple[object, ...], list[int]] = {}
    columns = (sources.column(name) for name in ("file", "sheet", "range"))
    for i, place in enumerate(zip(*columns, strict=True)):
        tables.setdefault(place, []).append(i)
    return list(tables.values())

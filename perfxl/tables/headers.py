"""Finds a sheet's header row and what each header stands for, by the names and aliases of the schema.

Headers are compared without brackets, spaces, marks and width: 权重（%）, *权重 and 权 重 are all 权重.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any, NamedTuple

from perfxl.core.schema import Table, all_tables
from perfxl.core.values.text import fold

SEARCHED_ROWS = 40

Merge = tuple[int, int, int, int]
"""First row, first column, last row, last column of merged cells; zero-based."""

_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】|<[^<>]*>")
_MARKS = "*★☆※●•·:；;,，。#↓↑ "
_TAIL = re.compile(r"[/\-_]?%$")


class Meaning(NamedTuple):
    """A column that a header text may stand for; the smaller the rank, the more specific the text."""

    column: str
    rank: int
    lang: str


@dataclass
class Header:
    """The header of a sheet read as one table. Columns and rows count from 0.

    columns     sheet column -> canonical column
    texts       sheet column -> header as typed, of every column with a header
    rivals      sheet column -> the sheet column that was taken instead, where two headers mean one column
    twins       sheet column -> the sheet column with the very same header
    """

    table: Table
    row: int
    height: int = 1
    columns: dict[int, str] = field(default_factory=dict)
    texts: dict[int, str] = field(default_factory=dict)
    rivals: dict[int, int] = field(default_factory=dict)
    twins: dict[int, int] = field(default_factory=dict)
    langs: dict[str, int] = field(default_factory=dict)

    @property
    def missing(self) -> list[str]:
        found = set(self.columns.values())
        return [column.name for column in self.table.columns if column.required and column.name not in found]

    def percent(self, column: int) -> bool:
        """The header says that its plain numbers are percent points."""
        return "%" in fold(self.texts.get(column, ""))


def find_header(table: Table, rows: Sequence[Sequence[Any]], merges: Sequence[Merge]) -> Header | None:
    """The row, or pair of rows, that names most columns of the table; the upper one where several do."""
    best: Header | None = None
    for i in range(min(len(rows), SEARCHED_ROWS)):
        for found in _candidates(table, rows, merges, i):
            if found.columns and (best is None or _clarity(found) > _clarity(best)):
                best = found
    return best


def _clarity(header: Header) -> tuple[int, int]:
    """A title above a header is no second row of it."""
    return len(header.columns), -header.height


def bare(text: object) -> str:
    """A header or sheet name as it is compared."""
    return _bare(text) if isinstance(text, str) else ""


@lru_cache(maxsize=16384)
def _bare(text: str) -> str:
    folded = fold(text).casefold()
    plain = _BRACKETS.sub("", folded).strip(_MARKS)
    return _TAIL.sub("", (plain or folded.strip(_MARKS)).replace(" ", ""))


@cache
def meanings(table: str) -> dict[str, tuple[Meaning, ...]]:
    """Bare header text -> the columns it may stand for."""
    found: dict[str, list[Meaning]] = {}
    for column in all_tables()[table].columns:
        spellings = [
            (column.zh, "zh"),
            (column.en, "en"),
            *((alias, "") for alias in column.aliases),
            (column.name, ""),
        ]
        for rank, (spelling, lang) in enumerate(spellings):
            known = found.setdefault(bare(spelling), [])
            if all(meaning.column != column.name for meaning in known):
                known.append(Meaning(column.name, max(rank - 1, 0), lang or ("en" if spelling.isascii() else "zh")))
    return {text: tuple(known) for text, known in found.items()}


def _candidates(table: Table, rows: Sequence[Sequence[Any]], merges: Sequence[Merge], i: int) -> list[Header]:
    known = meanings(table.name)
    below = rows[i + 1] if i + 1 < len(rows) and _may_be_header(rows[i + 1]) else ()
    if not any(bare(text) in known for text in rows[i]) and not any(bare(text) in known for text in below):
        return []
    single = _assigned(table, i, 1, [(text,) for text in _texts(rows[i])])
    if not below:
        return [single]
    double = _assigned(table, i, 2, _stacked(rows, merges, i))
    spanned = any(top == i and (left < right or bottom == i + 1) for top, left, bottom, right in merges)
    gained = len(double.columns) - len(single.columns)
    return [double] if gained >= (1 if spanned else 2) else [single]


def _may_be_header(row: Sequence[Any]) -> bool:
    return all(isinstance(value, str) for value in row) and any(row)


def _texts(row: Sequence[Any]) -> list[str]:
    return [value.strip() if isinstance(value, str) else "" for value in row]


def _stacked(rows: Sequence[Sequence[Any]], merges: Sequence[Merge], i: int) -> list[tuple[str, ...]]:
    """For each column the readings of a header over two rows, the most telling first."""
    upper, lower = _texts(rows[i]), _texts(rows[i + 1])
    for top, left, _, right in merges:
        if top == i:
            upper[left : right + 1] = [upper[left]] * len(upper[left : right + 1])
    readings: list[tuple[str, ...]] = []
    for group, name in zip(upper, lower, strict=True):
        if group and name and bare(name) != bare(group):
            readings.append((name, group + name, name + group))
        else:
            readings.append((name or group,))
    return readings


def _assigned(table: Table, row: int, height: int, readings: Sequence[tuple[str, ...]]) -> Header:
    """Gives each column to the header that names it most specifically."""
    header = Header(table, row, height)
    known = meanings(table.name)
    offers: list[tuple[int, int, int, Meaning]] = []
    seen: dict[str, int] = {}
    for at, texts in enumerate(readings):
        if not texts[0]:
            continue
        header.texts[at] = texts[0] if len(texts) == 1 else texts[1].removesuffix(texts[0]) + "/" + texts[0]
        first = seen.setdefault(bare(header.texts[at]), at)
        if first != at:
            header.twins[at] = first
        for turn, text in enumerate(texts):
            offers += [(meaning.rank, turn, at, meaning) for meaning in known.get(bare(text), ())]
    taken: dict[str, int] = {}
    for _, _, at, meaning in sorted(offers, key=lambda offer: offer[:3]):
        if at in header.columns:
            continue
        if meaning.column in taken:
            header.rivals.setdefault(at, taken[meaning.column])
            continue
        header.columns[at] = meaning.column
        taken[meaning.column] = at
        header.langs[meaning.lang] = header.langs.get(meaning.lang, 0) + 1
    header.rivals = {at: other for at, other in header.rivals.items() if at not in header.columns}
    return header

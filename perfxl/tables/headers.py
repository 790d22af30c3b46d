"""Which table a sheet holds: its header row, what each header stands for, and its name as a hint.

Headers are compared without brackets, spaces, marks and width: 权重（%）, *权重 and 权 重 are all 权重. One in two
languages (计分方法 Method) is the column that both of its halves mean.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import zip_longest
from typing import Any, NamedTuple

from perfxl.core.schema import Table, Type, all_tables
from perfxl.core.schema.beside import grey_beside
from perfxl.core.values.text import fold, simplified
from perfxl.tables.grid import Grid, Merge

SEARCHED_ROWS = 40

_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】|<[^<>]*>")
_MARKS = "*★☆※●•·:；;,，。#↓↑ "
_TAIL = re.compile(r"[/\-_]?%$")
_NUMBERING = re.compile(r"^(?:\d{4}年度?|\d{4}|\d{1,2}[.、_\-]|[一二三四五六七八九十]+[.、])[_\-.]*")
_CHINESE_FIRST = re.compile(r"([㐀-鿿]+)[^㐀-鿿a-z]*([a-z][^㐀-鿿]*)")
_CHINESE_LAST = re.compile(r"([a-z][^㐀-鿿]*?)[^㐀-鿿a-z]*([㐀-鿿]+)")
_COPY = re.compile(r"(?:[_\-]?\d{4}年度?|[_\-]\d{4}|[_\-]\d{1,2}|\d{1,2}月|第?[一二三四1-4]季度|[上下]半年)$")
NAMED, PARTLY = 2.0, 1.0  # how far a sheet's name speaks for a table


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
    beside      sheet column -> what else a column is known to hold, such as the rows' numbers or marks
    names       sheet column -> the column whose codes it names, or beside which it says what follows from it: no data,
                whatever stands there
    """

    table: Table
    row: int
    height: int = 1
    columns: dict[int, str] = field(default_factory=dict)
    texts: dict[int, str] = field(default_factory=dict)
    rivals: dict[int, int] = field(default_factory=dict)
    twins: dict[int, int] = field(default_factory=dict)
    beside: dict[int, str] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    langs: dict[str, int] = field(default_factory=dict)

    @property
    def missing(self) -> list[str]:
        """The required columns that no header names."""
        present = set(self.columns.values())
        return [column.name for column in self.table.columns if column.required and column.name not in present]

    @property
    def points(self) -> list[int]:
        """The columns of percent points."""
        return [at for at, name in self.columns.items() if self.table.column(name).type is Type.POINTS]

    def percent(self, column: int) -> bool:
        """Whether the header says that its plain numbers are percent points."""
        return "%" in fold(self.texts.get(column, ""))


class Match(NamedTuple):
    """A sheet as a table; `header` is None where the name says so but no header row was found."""

    table: Table
    header: Header | None
    named: bool


def recognise(sheet: Grid) -> Match | None:
    """The table that explains most of the sheet's headers; None where no table does."""
    best: Match | None = None
    best_score, words = 0.0, _words(sheet.rows)
    spoken = frozenset[str]().union(*(_speakers().get(word, frozenset()) for row in words for word in row))
    for table in all_tables().values():
        if table.name not in spoken:
            continue
        name = match_name(sheet.name, table)
        header = find_header(table, sheet.rows, sheet.merges, words)
        if header is None or not _is_enough(header, name):
            continue
        score = len(header.columns) + name - len(header.missing) / 2
        if name == NAMED:
            score += len(header.names)  # 姓名 and 指标名称 make a sheet called 实绩 no contract
        if score > best_score:
            best, best_score = Match(table, header, name == NAMED), score
    if best:
        return best
    named = next((table for table in all_tables().values() if match_name(sheet.name, table) == NAMED), None)
    return Match(named, None, True) if named else None


def find_likely_header(sheet: Grid) -> Header | None:
    """For a sheet that is no table: the header that comes near one, if three columns or more speak for it."""
    words = _words(sheet.rows)
    headers = [find_header(table, sheet.rows, sheet.merges, words) for table in all_tables().values()]
    best = max((header for header in headers if header), key=lambda header: len(header.columns), default=None)
    return best if best and len(best.columns) >= 3 else None


def match_name(sheet: str, table: Table) -> float:
    """NAMED where the sheet's name is the table's, PARTLY where it begins or ends with it, else 0. Year, number and
    copy marks do not count: "2025年人员 (2)" is 人员."""
    plain = bare(sheet)
    name = _COPY.sub("", _NUMBERING.sub("", plain)) or plain
    titles = _titles(table)
    if name in titles or name.removesuffix("表") in titles:
        return NAMED
    return PARTLY if any(len(title) > 1 and (name.startswith(title) or name.endswith(title)) for title in titles) else 0


@cache
def _titles(table: Table) -> frozenset[str]:
    return frozenset(bare(title) for title in (table.zh, table.en, table.name, *table.aliases))


def _is_enough(header: Header, name: float) -> bool:
    """A name vouches for its headers; without one the table's required columns must all be there, and at least two in
    three headers be the table's, or four of them; a lone KPI list needs a figure."""
    count, missing = len(header.columns), len(header.missing)
    if name == NAMED:
        return count >= 2 or (count == 1 and missing == 0)
    if name == PARTLY:
        return count >= 2 and missing <= 1
    if count < 2 or missing:
        return False
    figures = {"weight", "target", "actual", "impact"}
    if header.table.name == "contract_sheet" and not figures.intersection(header.columns.values()):
        return False
    return count >= 4 or 3 * count >= 2 * (len(header.texts) - len(header.names))


def find_header(
    table: Table, rows: Sequence[Sequence[Any]], merges: Sequence[Merge], words: Sequence[frozenset[str]] = ()
) -> Header | None:
    """The row, or pair of rows, that names most columns of the table; the upper one where several do.

    words  of the rows in which a header is looked for their bare texts, where they are known
    """
    best: Header | None = None
    names, words = meanings(table.name).keys(), words or _words(rows)
    named = [not names.isdisjoint(texts) for texts in words]
    for i in range(min(len(rows), SEARCHED_ROWS)):
        header = _header_at(table, rows, merges, i, named[i : i + 2])
        if header and header.columns and (best is None or _clarity(header) > _clarity(best)):
            best = header
    if best:
        _find_names(best)
    return best


def _find_names(header: Header) -> None:
    """Takes note of the columns of names beside those of codes, and of those that follow from others."""
    spellings = {
        bare(text): beside
        for beside, column in grey_beside(header.table).items()
        if beside in header.columns.values()
        for text in column.text
    }
    for at, text in header.texts.items():
        if at not in header.columns and at not in header.rivals and bare(text) in spellings:
            header.names[at] = spellings[bare(text)]
            header.twins.pop(at, None)


def _words(rows: Sequence[Sequence[Any]]) -> list[frozenset[str]]:
    plain = [frozenset(map(bare, row)) for row in rows[: SEARCHED_ROWS + 1]]
    return [words.union(*map(_halves, words)) for words in plain]


@lru_cache(maxsize=1 << 16)
def _halves(plain: str) -> tuple[str, ...]:
    """The Chinese and the other half of a bare text in two languages; none of another text."""
    if plain.isascii():
        return ()
    if found := _CHINESE_FIRST.fullmatch(plain):
        return found[1], found[2]
    found = _CHINESE_LAST.fullmatch(plain)
    return (found[2], found[1]) if found else ()


def _meant(names: Mapping[str, tuple[Meaning, ...]], text: str) -> tuple[Meaning, ...]:
    """The columns that a header may stand for; of one in two languages, those that both halves mean."""
    plain = bare(text)
    if plain in names:
        return names[plain]
    halves = _halves(plain)
    if not halves:
        return ()
    others = {meaning.column for meaning in names.get(halves[1], ())}
    return tuple(meaning for meaning in names.get(halves[0], ()) if meaning.column in others)


def _clarity(header: Header) -> tuple[int, int]:
    """A title above a header is no second row of it."""
    return len(header.columns), -header.height


def bare(text: object) -> str:
    """A header or sheet name as it is compared."""
    return _bare(text) if isinstance(text, str) else ""


@lru_cache(maxsize=1 << 16)  # more than two rows of headers, each looked at for every table
def _bare(text: str) -> str:
    folded = simplified(fold(text)).casefold()
    plain = _BRACKETS.sub("", folded).strip(_MARKS)
    return _TAIL.sub("", (plain or folded.strip(_MARKS)).replace(" ", ""))


@cache
def _speakers() -> dict[str, frozenset[str]]:
    """Bare header text -> the tables that know it."""
    speakers: dict[str, frozenset[str]] = {}
    for table in all_tables():
        for text in meanings(table):
            speakers[text] = speakers.get(text, frozenset()) | {table}
    return speakers


@cache
def meanings(table: str) -> dict[str, tuple[Meaning, ...]]:
    """Bare header text -> the columns it may stand for."""
    by_text: dict[str, list[Meaning]] = {}
    for column in all_tables()[table].columns:
        spellings = [
            (column.zh, "zh"),
            (column.en, "en"),
            *((alias, "") for alias in column.aliases),
            (column.name, ""),
        ]
        for rank, (spelling, lang) in enumerate(spellings):
            columns = by_text.setdefault(bare(spelling), [])
            if all(meaning.column != column.name for meaning in columns):
                columns.append(Meaning(column.name, max(rank - 1, 0), lang or ("en" if spelling.isascii() else "zh")))
    return {text: tuple(columns) for text, columns in by_text.items()}


def _header_at(
    table: Table, rows: Sequence[Sequence[Any]], merges: Sequence[Merge], i: int, named: Sequence[bool]
) -> Header | None:
    """Row `i` read as a header, alone or with the row below; None where neither names a column. `named` says whether
    a text of the two does."""
    if not any(named):
        return None
    below = rows[i + 1] if i + 1 < len(rows) and _may_be_header(rows[i + 1]) else ()
    if not named[0] and not (below and named[1]):
        return None
    single = _assign_columns(table, i, 1, [(text,) for text in _texts(rows[i])])
    if not below:
        return single
    double = _assign_columns(table, i, 2, _stacked(rows, merges, i))
    spanned = any(top == i and (left < right or bottom == i + 1) for top, left, bottom, right in merges)
    gained = len(double.columns) - len(single.columns)
    return double if gained >= (1 if spanned else 2) else single


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
    for group, name in zip_longest(upper, lower, fillvalue=""):  # a range in a call may be ragged
        if group and name and bare(name) != bare(group):
            readings.append((name, group + name, name + group))
        else:
            readings.append((name or group,))
    return readings


def _assign_columns(table: Table, row: int, height: int, readings: Sequence[tuple[str, ...]]) -> Header:
    """Gives each column to the header that names it most specifically."""
    header = Header(table, row, height)
    names = meanings(table.name)
    offers: list[tuple[int, int, int, Meaning]] = []
    first_with: dict[str, int] = {}
    for at, texts in enumerate(readings):
        if not texts[0]:
            continue
        header.texts[at] = texts[0] if len(texts) == 1 else texts[1].removesuffix(texts[0]) + "/" + texts[0]
        first = first_with.setdefault(bare(header.texts[at]), at)
        if first != at:
            header.twins[at] = first
        for turn, text in enumerate(texts):
            offers += [(meaning.rank, turn, at, meaning) for meaning in _meant(names, text)]
    assigned: dict[str, int] = {}
    for _, _, at, meaning in sorted(offers, key=lambda offer: offer[:3]):
        if at in header.columns:
            continue
        if meaning.column in assigned:
            header.rivals.setdefault(at, assigned[meaning.column])
            continue
        header.columns[at] = meaning.column
        assigned[meaning.column] = at
        header.langs[meaning.lang] = header.langs.get(meaning.lang, 0) + 1
    header.rivals = {at: other for at, other in header.rivals.items() if at not in header.columns}
    return header

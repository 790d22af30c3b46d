"""A large sheet of which only the rows that hold some texts are wanted. It is gone through once: while it is seen
whether it is sound and of a form that can be cut (cut.py), the rows are kept that are wanted as far as that is sure
from their XML, and the cells of some columns. Only these are read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import Any, NamedTuple

from perfxl.core.cells import column_letter
from perfxl.core.values.text import fold_name, parse_text
from perfxl.ooxml.package import Package
from perfxl.tables.grid import Grid, GridSource
from perfxl.workbook.reading import cut, sheet_xml
from perfxl.workbook.reading.cut import Survey, UnsupportedLayout
from perfxl.workbook.reading.grids import broken_is_damaged
from perfxl.workbook.reading.plain_rows import without_plain_rows
from perfxl.workbook.reading.prefetch import Told, prefetch
from perfxl.workbook.reading.shared_strings import SharedStrings
from perfxl.workbook.reading.stream import WORTH_A_PROCESS, StreamedSheet, StreamedWorkbook

_WORTH_SIEVING = 16  # a part of a block
_NEAR = 50  # rows that are left out between two that are kept; of more, what is read begins anew
_MOST_KEPT = 64 * 2**20  # bytes of one sheet
_APART = 0.75  # of all bytes: as much as the other process goes through while this one reads what comes first
_FEW = 40  # of more, looking each up takes less time than a choice among them
_CALCULATED = re.compile(rb't="str"><f>[^<]*</f><v>([^<]*)</v>')  # of plain rows, whose texts hold no entities


class Columns(NamedTuple):
    """Of a sheet that is sieved the columns that are wanted whole, and the one that says whom a row is about."""

    whole: Sequence[int]
    key: int | None = None


class Wanted(NamedTuple):
    """The rows of a sheet that hold one of the texts; and those that hold one `of_anybody` whose key is none of the
    `known`."""

    texts: frozenset[str]
    of_anybody: frozenset[str] = frozenset()
    known: frozenset[str] = frozenset()


Kept = tuple[list[bytes], dict[int, list[bytes]]]
"""The wanted rows of each block; column -> its cells, of each block."""


def sieved_grids(package: Package, later: Callable[[Grid], Columns | None]) -> tuple[list[GridSource], Sieve]:
    """Every worksheet in order, surveyed but for those that are sieved `later`: of a sheet, by the rows where a header
    is looked for, some columns; None for one that is not to be sieved. With them, what sieves.

    Raises: PackageError; UnsupportedLayout where sheets can only be read at once.
    """
    with broken_is_damaged(package):
        workbook = StreamedWorkbook(package)
        strings, names = workbook.strings, list(workbook.skeleton.sheets)
        if strings is None or workbook.skeleton.missing or workbook.skeleton.shown.pad:
            raise UnsupportedLayout
        sieved: dict[str, SievedSheet] = {}
        for name in names:
            if workbook.size(name) * _WORTH_SIEVING >= cut.BLOCK:
                sheet = SievedSheet(workbook, name, strings)
                columns = later(sheet.top)
                if columns is not None:
                    sheet.columns, sieved[name] = columns, sheet
        begun = Sieve(sieved.values())
        surveys = workbook.surveys([name for name in names if name not in sieved])
        return [sieved.get(name) or workbook.sheet(name, surveys[name]) for name in names], begun


class Sieve:
    """Goes through some sheets and keeps the rows that may hold one of the texts that it is asked for. A process of its
    own begins at once with the larger part of them and looks again at what it has passed by when it is told the texts.
    """

    def __init__(self, sheets: Iterable[SievedSheet]) -> None:
        self._sheets = sorted(sheets, key=lambda sheet: -sheet.size)
        self._apart: list[SievedSheet] = []
        self._wanted = Told[list[Wanted]]()
        most = _APART * sum(sheet.size for sheet in self._sheets)
        for sheet in self._sheets:
            largest = not self._apart and sheet.size >= WORTH_A_PROCESS * cut.BLOCK
            if largest or (self._apart and sum(each.size for each in (*self._apart, sheet)) <= most):
                self._apart.append(sheet)
        self._ahead = prefetch(self._look_through(i) for i in range(len(self._apart))) if self._apart else iter(())

    def look_for(self, wanted: Callable[[SievedSheet], Wanted]) -> None:
        """What is kept is in the sheets then.

        Raises: UnsupportedLayout where rows of one must be seen together; PackageError.
        """
        self._wanted.tell([wanted(sheet) for sheet in self._apart])
        for sheet in self._sheets:
            if sheet not in self._apart:
                sheet.kept = sheet.look_through(partial(_told, wanted(sheet)))
        for sheet, kept in zip(self._apart, self._ahead, strict=True):
            sheet.kept = kept

    def _look_through(self, at: int) -> Kept:
        def wanted(wait: bool) -> Wanted | None:
            told = self._wanted.get(wait)
            return None if told is None else told[at]

        return self._apart[at].look_through(wanted)


def _told(wanted: Wanted, wait: bool) -> Wanted:
    return wanted


class SievedSheet:
    """A sheet of which some columns are wanted whole, and of all else some rows."""

    def __init__(self, workbook: StreamedWorkbook, name: str, strings: SharedStrings) -> None:
        self._workbook, self._name, self._strings = workbook, name, strings
        self.size = workbook.size(name)
        self.top = StreamedSheet(workbook, name, strings, Survey(top=cut.top_rows(self._pieces()))).top
        self.columns = Columns(())
        self.kept: Kept = [], {}

    def blocks(self, width: int, whole: bool) -> Iterator[Grid]:
        for xml in self.kept[0]:
            yield from self._read(xml, width)

    def column_blocks(self, at: int) -> Iterator[Grid]:
        for xml in self.kept[1][at]:
            first, rows = self._workbook.values(self._name, self._strings, _mended(xml), at + 1)
            yield self._workbook.grid(self._name, xml, rows, first, [])

    def look_through(self, wanted: Callable[[bool], Wanted | None]) -> Kept:
        """What is kept of the sheet. `wanted` says what is wanted, or waits for that if it is told to."""
        columns = dict[int, list[bytes]]()
        rows: _Rows | None = None
        early = 0  # blocks that came before it was known what is wanted

        def look(xml: bytes, with_texts: bool) -> None:
            nonlocal rows, early
            told = None if rows else wanted(False)
            if told is not None:
                rows = _Rows(self._strings, told, self.columns.key, early)
            if rows:
                rows.add(xml, with_texts)
            else:
                early += 1
            for at in self.columns.whole:
                cells = sheet_xml.only_column(xml, at)
                if cells:
                    columns.setdefault(at, []).append(cells)

        with broken_is_damaged(self._workbook.package):
            surveyed = cut.survey(self._pieces(), look)
        if surveyed.merges or surveyed.stray:
            raise UnsupportedLayout
        kept = rows.kept if rows else []
        if early:
            passed_by = _Rows(self._strings, wanted(True) or Wanted(frozenset()), self.columns.key)
            for i, xml in enumerate(islice(cut.blocks(self._pieces(), surveyed), early)):
                passed_by.add(xml, i in surveyed.with_texts)
            kept = passed_by.kept + kept
        return kept, {at: columns.get(at, []) for at in self.columns.whole}

    def _pieces(self) -> Iterator[bytes]:
        return self._workbook.pieces(self._name)

    def _read(self, xml: bytes, width: int) -> Iterator[Grid]:
        """Rows from here and there, those together that stand near each other."""
        squeezed, numbers = sheet_xml.squeezed(_mended(xml))
        first, rows = self._workbook.values(self._name, self._strings, squeezed, width)
        all_of_them = self._workbook.grid(self._name, xml, [], 0, [])
        together: list[list[Any]] = []
        begin = 0
        for number, row in zip(numbers[first:], rows, strict=False):  # blank rows at the end have no values
            gap = number - 1 - begin - len(together)
            if together and gap > _NEAR:
                yield replace(all_of_them, rows=together, first=begin)
                together = []
            if not together:
                begin, gap = number - 1, 0
            together += [[""] * len(row) for _ in range(gap)]
            together.append(row)
        yield replace(all_of_them, rows=together, first=begin)


class _Rows:
    """The wanted rows of a sheet, block by block; `before` so many blocks went by unseen."""

    def __init__(self, strings: SharedStrings, wanted: Wanted, key: int | None, before: int = 0) -> None:
        self._indices = _indices(strings, wanted.texts)
        self._folded = set(map(fold_name, wanted.texts))
        self._of_anybody = _indices(strings, wanted.of_anybody) - self._indices
        self._folded_of_anybody = set(map(fold_name, wanted.of_anybody)) - self._folded
        self._known = _indices(strings, wanted.known)
        self._folded_known = set(map(fold_name, wanted.known))
        letter = b"" if key is None else column_letter(key).encode()
        self._key = re.compile(rb'<c r="%b\d++"([^>]*+)>(?:<f>[^<]*+</f>)?+<v>([^<]*+)</v>' % letter)
        both = self._indices | self._of_anybody
        few = sorted(both) if len(both) <= _FEW else [rb"\d++"]
        self._value = re.compile(rb"<v>(%b)</v>" % b"|".join(few))
        self._size, self._begun = 0, before > 0
        self.kept: list[bytes] = []

    def add(self, xml: bytes, with_texts: bool) -> None:
        """Keeps rows of a block: all of them where texts may stand beside the shared strings and such as formulas give;
        of the sheet's first block a row at least, since a table without rows has its columns too."""
        wanted = xml if with_texts else cut.rows_at(xml, self._places(xml))
        if not wanted and not self._begun:
            wanted = cut.first_row(xml)
        self._begun = True
        if wanted:
            self.kept.append(wanted)
            self._size += len(wanted)
        if self._size > _MOST_KEPT:
            raise UnsupportedLayout

    def _places(self, xml: bytes) -> list[int]:
        """Where a wanted text stands."""
        of_anybody: list[int] = []
        places: list[int] = []
        for value in self._value.finditer(xml):
            if value[1] in self._indices:
                places.append(value.start())
            elif value[1] in self._of_anybody:
                of_anybody.append(value.start())
        if b"f" in xml:  # found fastest; and no other tag or attribute of a plain row has one
            calculated = [(text[1], text.start(1)) for text in _CALCULATED.finditer(xml)]
            folded = {text: fold_name(parse_text(text.decode()).value) for text in {text for text, _ in calculated}}
            places += [at for text, at in calculated if folded[text] in self._folded]
            of_anybody += [at for text, at in calculated if folded[text] in self._folded_of_anybody]
        places += [at for at in of_anybody if self._is_strange(xml, at)]
        places.sort()
        return places

    def _is_strange(self, xml: bytes, at: int) -> bool:
        """Whether the row at a place has a key that is unknown, or none."""
        start, end = cut.row_around(xml, at)
        key = self._key.search(xml, start, end)
        if key is None:
            return True
        if b't="s"' in key[1]:
            return key[2] not in self._known
        return b't="str"' not in key[1] or fold_name(parse_text(key[2].decode()).value) not in self._folded_known


def _indices(strings: SharedStrings, texts: frozenset[str]) -> set[bytes]:
    return {b"%d" % index for index in strings.places_of(texts)}


def _mended(xml: bytes) -> bytes:
    return sheet_xml.mended(xml, without_plain_rows(xml).xml)

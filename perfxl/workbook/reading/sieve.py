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
from typing import Any

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

Kept = tuple[list[bytes], dict[int, list[bytes]]]
"""The wanted rows of each block; column -> its cells, of each block."""


def sieved_grids(package: Package, later: Callable[[Grid], Sequence[int] | None]) -> tuple[list[GridSource], Sieve]:
    """Every worksheet in order, surveyed but for those that are sieved `later`: of a sheet, by the rows where a header
    is looked for, the columns that are wanted whole; None for one that is not to be sieved. With them, what sieves.

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
                    sheet.columns, sieved[name] = tuple(columns), sheet
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
        self._texts = Told[list[frozenset[str]]]()
        most = _APART * sum(sheet.size for sheet in self._sheets)
        for sheet in self._sheets:
            largest = not self._apart and sheet.size >= WORTH_A_PROCESS * cut.BLOCK
            if largest or (self._apart and sum(each.size for each in (*self._apart, sheet)) <= most):
                self._apart.append(sheet)
        self._ahead = prefetch(self._look_through(i) for i in range(len(self._apart))) if self._apart else iter(())

    def look_for(self, texts: Callable[[SievedSheet], frozenset[str]]) -> None:
        """What is kept is in the sheets then.

        Raises: UnsupportedLayout where rows of one must be seen together; PackageError.
        """
        self._texts.tell([texts(sheet) for sheet in self._apart])
        for sheet in self._sheets:
            if sheet not in self._apart:
                sheet.kept = sheet.look_through(partial(_known, texts(sheet)))
        for sheet, kept in zip(self._apart, self._ahead, strict=True):
            sheet.kept = kept

    def _look_through(self, at: int) -> Kept:
        def wanted(wait: bool) -> frozenset[str] | None:
            texts = self._texts.get(wait)
            return None if texts is None else texts[at]

        return self._apart[at].look_through(wanted)


def _known(texts: frozenset[str], wait: bool) -> frozenset[str]:
    return texts


class SievedSheet:
    """A sheet of which `columns` are wanted whole, and of all else the rows with one of the `texts`."""

    def __init__(self, workbook: StreamedWorkbook, name: str, strings: SharedStrings) -> None:
        self._workbook, self._name, self._strings = workbook, name, strings
        self.size = workbook.size(name)
        self.top = StreamedSheet(workbook, name, strings, Survey(top=cut.top_rows(self._pieces()))).top
        self.columns: tuple[int, ...] = ()
        self.kept: Kept = [], {}

    def blocks(self, width: int, whole: bool) -> Iterator[Grid]:
        for xml in self.kept[0]:
            yield from self._read(xml, width)

    def column_blocks(self, at: int) -> Iterator[Grid]:
        for xml in self.kept[1][at]:
            first, rows = self._workbook.values(self._name, self._strings, _mended(xml), at + 1)
            yield self._workbook.grid(self._name, xml, rows, first, [])

    def look_through(self, wanted: Callable[[bool], frozenset[str] | None]) -> Kept:
        """What is kept of the sheet. `wanted` gives the texts, or waits for them if it is told to."""
        columns = dict[int, list[bytes]]()
        rows: _Rows | None = None
        early = 0  # blocks that came before it was known what is wanted

        def look(xml: bytes, with_texts: bool) -> None:
            nonlocal rows, early
            texts = None if rows else wanted(False)
            if texts is not None:
                rows = _Rows(self._strings, texts, early)
            if rows:
                rows.add(xml, with_texts)
            else:
                early += 1
            for at in self.columns:
                cells = sheet_xml.only_column(xml, at)
                if cells:
                    columns.setdefault(at, []).append(cells)

        with broken_is_damaged(self._workbook.package):
            surveyed = cut.survey(self._pieces(), look)
        if surveyed.merges or surveyed.stray:
            raise UnsupportedLayout
        kept = rows.kept if rows else []
        if early:
            passed_by = _Rows(self._strings, wanted(True) or frozenset())
            for i, xml in enumerate(islice(cut.blocks(self._pieces(), surveyed), early)):
                passed_by.add(xml, i in surveyed.with_texts)
            kept = passed_by.kept + kept
        return kept, {at: columns.get(at, []) for at in self.columns}

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

    def __init__(self, strings: SharedStrings, texts: frozenset[str], before: int = 0) -> None:
        self._indices = {b"%d" % index for index in strings.places_of(texts)}
        few = sorted(self._indices) if len(self._indices) <= _FEW else [rb"\d++"]
        self._value = re.compile(rb"<v>(%b)</v>" % b"|".join(few))
        self._folded = set(map(fold_name, texts))
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
        places = [value.start() for value in self._value.finditer(xml) if value[1] in self._indices]
        if b"f" in xml:  # found fastest; and no other tag or attribute of a plain row has one
            calculated = [(text[1], text.start(1)) for text in _CALCULATED.finditer(xml)]
            wanted = {text for text in {text for text, _ in calculated} if self._is_wanted(text.decode())}
            places = sorted([*places, *(at for text, at in calculated if text in wanted)])
        return places

    def _is_wanted(self, text: str) -> bool:
        return fold_name(parse_text(text).value) in self._folded


def _mended(xml: bytes) -> bytes:
    return sheet_xml.mended(xml, without_plain_rows(xml).xml)

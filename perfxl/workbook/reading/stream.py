"""Reads a large workbook in memory that does not grow with it: sheet by sheet, block of rows by block of rows.

    info, problems = stream_book("方案.xlsx", {"people", "actuals"}, take)

The file is inflated twice: once to see that it is sound and of a form that can be cut (cut.py), once to give each
block of rows, in a small package of its own, to calamine. A sheet of another form is read whole.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from python_calamine import SheetTypeEnum, SheetVisibleEnum

from perfxl.core.problems import Problem
from perfxl.core.records import Records
from perfxl.ooxml.package import Package, PackageError
from perfxl.workbook.opening import file_problem, workbook_on_disk
from perfxl.workbook.reading import cut, sheet_xml
from perfxl.workbook.reading.ahead import ahead
from perfxl.workbook.reading.frame import Frame, broken_is_damaged
from perfxl.workbook.reading.info import ReadInfo
from perfxl.workbook.reading.raw import RawSheet, raw_sheet
from perfxl.workbook.reading.read import Sheet, no_collection, read_sheets
from perfxl.workbook.reading.shared_strings import SharedStrings

_WORTH_A_PROCESS = 3  # blocks


def stream_book(
    path: str | Path, wanted: Collection[str], take: Callable[[Records], None], lang: str | None = None
) -> tuple[ReadInfo, list[Problem]]:
    """Calls `take` with the wanted tables' rows, block by block, in the order of sheets and rows; the blocks of a
    table joined are what read_book gives. A table without rows gives one empty block; other tables are recognised
    only, and count no records.

    The problems are read_book's, but for cells in blocks after a sheet's first, which are named only until the sheet
    has sheet_records.MANY problems. A file that turns out to be unusable says so; before the first block is taken the
    whole file has been found sound, so later on this means that a sheet's XML makes no sense to calamine."""
    info = ReadInfo(Path(path).name, lang or "zh")
    with workbook_on_disk(path) as (package, problems):
        if package is None:
            return info, problems
        try:
            with no_collection():
                problems += read_sheets(_sheets(package), info, lang, take, wanted)
        except PackageError as error:
            return ReadInfo(info.file, info.lang), [*problems, file_problem(error)]
    return info, problems


def _sheets(package: Package) -> list[Sheet]:
    """Every worksheet in order, gone through once."""
    with broken_is_damaged(package):
        book = _Book(package)
        return [book.sheet(name) for name in book.frame.sheets]


class _Book:
    """What its sheets have in common."""

    def __init__(self, package: Package) -> None:
        self.package, self.frame = package, Frame(package)
        metas = self.frame.book({}).sheets_metadata
        self.known = {meta.name for meta in metas if meta.typ is SheetTypeEnum.WorkSheet}
        self.hidden = {meta.name for meta in metas if meta.visible is not SheetVisibleEnum.Visible}
        try:
            self.strings: SharedStrings | None = SharedStrings(package, self.frame)
        except cut.Odd:
            self.strings = None

    def sheet(self, name: str) -> Sheet:
        try:
            if self.strings and name in self.known:
                return _Sheet(self, name, self.strings)
        except cut.Odd:
            pass
        return raw_sheet(self.package, self.frame, name)


class _Sheet:
    """A sheet that is read in blocks."""

    def __init__(self, book: _Book, name: str, strings: SharedStrings) -> None:
        self._book, self._name, self._strings = book, name, strings
        self._survey = cut.survey(self._pieces())
        top = self._read(self._survey.top, 0)
        top.rows[:0] = _blank_rows(top.first, top.rows)
        self.top = replace(top, first=0, merges=self._survey.merges)

    def blocks(self, width: int, whole: bool) -> Iterator[RawSheet]:
        rows = (self._read(xml, width, last) for xml, last in self._joined(whole))
        return ahead(rows) if len(self._survey.last) >= _WORTH_A_PROCESS else rows

    def column_blocks(self, at: int) -> Iterator[RawSheet]:
        if len(self._survey.last) == 1:
            return iter(())
        columns = (sheet_xml.only_column(xml, at) for xml in cut.blocks(self._pieces()))
        return (self._read(xml, at + 1) for xml in columns if xml)

    def _pieces(self) -> Iterator[bytes]:
        return self._book.package.pieces(self._book.frame.sheets[self._name])

    def _joined(self, whole: bool) -> Iterator[tuple[bytes, int]]:
        """The blocks of rows, those together that must be, with the row up to which blank rows belong to them."""
        held: list[bytes] = []
        for i, xml in enumerate(cut.blocks(self._pieces()), 1):
            held.append(xml)
            if i == len(self._survey.last) or not (whole or i - 1 in self._survey.tied):
                yield b"".join(held), self._survey.last[i - 1] if i < self._survey.filled else 0
                held.clear()

    def _read(self, xml: bytes, width: int, last: int = 0) -> RawSheet:
        with broken_is_damaged(self._book.package):
            content = b"<worksheet><sheetData>%b</sheetData></worksheet>" % cut.marked(sheet_xml.mended(xml))
            values = self._book.frame.book({self._name: content}).get_sheet_by_name(self._name)
            first, left = values.start or (0, 0)
            rows = self._strings.put(values.to_python(skip_empty_area=True))
        right = max(width - left - len(rows[0]), 0) if rows else 0
        if left or right:
            rows = [[""] * left + row + [""] * right for row in rows]
        rows += _blank_rows(last - first - len(rows), rows)
        return RawSheet(
            self._name,
            rows,
            self._name in self._book.hidden,
            sheet_xml.percent_cells(xml, self._book.frame.percent_styles),
            [merge for merge in self._survey.merges if first <= merge[0] < first + len(rows)],
            sheet_xml.hidden_rows(xml),
            first,
        )


def _blank_rows(count: int, like: list[list[Any]]) -> list[list[Any]]:
    return [[""] * len(like[0]) for _ in range(count)] if like else []

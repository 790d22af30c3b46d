"""A large workbook as grids in memory that does not grow with it: sheet by sheet, block of rows by block of rows.

The file is inflated twice: once to see that it is sound and of a form that can be cut (cut.py), once to give each
block of rows, in a small package of its own, to calamine. A sheet of another form is read whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from perfxl.core.problems import Problem
from perfxl.ooxml.package import Package
from perfxl.tables.grid import Grid, GridSource, Merge
from perfxl.workbook.reading import cut, sheet_xml
from perfxl.workbook.reading.cut import Survey, UnsupportedLayout
from perfxl.workbook.reading.grids import broken_is_damaged, missing_sheets, read_grid
from perfxl.workbook.reading.plain_rows import without_plain_rows
from perfxl.workbook.reading.prefetch import prefetch
from perfxl.workbook.reading.shared_strings import SharedStrings
from perfxl.workbook.reading.skeleton import WorkbookSkeleton

WORTH_A_PROCESS = 3  # blocks


def stream_grids(package: Package) -> tuple[list[GridSource], list[Problem]]:
    """Every worksheet in order, gone through once. Raises: PackageError."""
    with broken_is_damaged(package):
        workbook = StreamedWorkbook(package)
        surveys = workbook.surveys(list(workbook.skeleton.sheets))
        sheets = [workbook.sheet(name, surveys[name]) for name in workbook.skeleton.sheets]
        return sheets, missing_sheets(package, workbook.skeleton)


class StreamedWorkbook:
    """What its sheets have in common. `strings` are None where they can only be read with all else."""

    def __init__(self, package: Package) -> None:
        self.package, self.skeleton = package, WorkbookSkeleton(package)
        try:
            self.strings: SharedStrings | None = SharedStrings(self.skeleton)
        except UnsupportedLayout:
            self.strings = None

    def pieces(self, name: str) -> Iterator[bytes]:
        """The XML of a sheet."""
        return self.package.pieces(self.skeleton.sheets[name])

    def size(self, name: str) -> int:
        """The bytes of a sheet."""
        return self.package.entries[self.skeleton.sheets[name]].file_size

    def surveys(self, names: list[str]) -> dict[str, Survey | None]:
        """Of these sheets, the largest in a process of its own; None where it can only be read whole."""
        largest = max(names, key=self.size, default="")
        if self.strings is None or not largest or self.size(largest) < WORTH_A_PROCESS * cut.BLOCK:
            return {name: self._survey(name) for name in names}
        ahead = prefetch((self._survey(name),) for name in (largest,))
        others = {name: self._survey(name) for name in names if name != largest}
        return {largest: next(ahead)[0], **others}

    def _survey(self, name: str) -> Survey | None:
        try:
            return cut.survey(self.pieces(name)) if self.strings else None
        except UnsupportedLayout:
            return None

    def sheet(self, name: str, surveyed: Survey | None) -> GridSource:
        """One that was surveyed."""
        if self.strings and surveyed:
            return StreamedSheet(self, name, self.strings, surveyed)
        return read_grid(self.package, self.skeleton, name)

    def values(self, name: str, strings: SharedStrings, xml: bytes, width: int) -> tuple[int, list[list[Any]]]:
        """The number of the first row, counted from 0, and the values of rows, at least `width` in each."""
        with broken_is_damaged(self.package):
            content = b"<worksheet><sheetData>%b</sheetData></worksheet>" % cut.marked(xml)
            values = self.skeleton.open_with({name: content}).get_sheet_by_name(name)
            first, left = values.start or (0, 0)
            rows = strings.put(values.to_python(skip_empty_area=True))
        right = max(width - left - len(rows[0]), 0) if rows else 0
        if left or right:
            rows = [[""] * left + row + [""] * right for row in rows]
        return first, rows

    def grid(self, name: str, xml: bytes, rows: list[list[Any]], first: int, merges: list[Merge]) -> Grid:
        """The grid of some rows, with what their XML says beside the values."""
        percent = sheet_xml.percent_cells(xml, self.skeleton.percent_styles)
        hidden_rows = sheet_xml.hidden_rows(xml)
        sheet = Grid(name, rows, name in self.skeleton.hidden, percent, merges, hidden_rows, first)
        return self.skeleton.shown.describe(sheet, xml, self.skeleton.sheets[name])


class StreamedSheet:
    """A sheet that is read in blocks."""

    def __init__(self, workbook: StreamedWorkbook, name: str, strings: SharedStrings, surveyed: Survey) -> None:
        self._workbook, self._name, self._strings, self._survey = workbook, name, strings, surveyed
        top = self._read(self._survey.top, 0)
        top.rows[:0] = _blank_rows(top.first, top.rows)
        self.top = replace(top, first=0, merges=self._survey.merges, strays=self._survey.strays)

    def blocks(self, width: int, whole: bool) -> Iterator[Grid]:
        joined = self._joined(whole)  # cells cost more on the way from another process than they take to be read
        joined = prefetch(joined) if len(self._survey.last) >= WORTH_A_PROCESS else joined
        return (self._read(xml, width, last, to_mend) for xml, last, to_mend in joined)

    def column_blocks(self, at: int) -> Iterator[Grid]:
        if len(self._survey.last) == 1:
            return iter(())
        columns = (sheet_xml.only_column(xml, at) for xml in cut.blocks(self._pieces(), self._survey))
        return (self._read(xml, at + 1) for xml in columns if xml)

    def _pieces(self) -> Iterator[bytes]:
        return self._workbook.pieces(self._name)

    def _joined(self, whole: bool) -> Iterator[tuple[bytes, int, bool]]:
        """The blocks of rows, those together that must be, with the row up to which blank rows belong to them, and
        whether there is something to mend."""
        held: list[bytes] = []
        for i, xml in enumerate(cut.blocks(self._pieces(), self._survey), 1):
            held.append(xml)
            if i == len(self._survey.last) or not (whole or i - 1 in self._survey.tied):
                to_mend = not self._survey.to_mend.isdisjoint(range(i - len(held), i))
                yield b"".join(held), self._survey.last[i - 1] if i < self._survey.filled else 0, to_mend
                held.clear()

    def _read(self, xml: bytes, width: int, last: int = 0, to_mend: bool = True) -> Grid:
        if self._survey.stray:
            xml = sheet_xml.without_columns(xml, self._survey.stray)
        mended = sheet_xml.mended(xml, without_plain_rows(xml).xml) if to_mend else xml
        first, rows = self._workbook.values(self._name, self._strings, mended, width)
        rows += _blank_rows(last - first - len(rows), rows)
        merges = [merge for merge in self._survey.merges if first <= merge[0] < first + len(rows)]
        return self._workbook.grid(self._name, xml, rows, first, merges)


def _blank_rows(count: int, like: list[list[Any]]) -> list[list[Any]]:
    return [[""] * len(like[0]) for _ in range(count)] if like else []

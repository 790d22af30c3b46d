"""A large workbook as grids in memory that does not grow with it: sheet by sheet, block of rows by block of rows.

The file is inflated twice: once to see that it is sound and of a form that can be cut (cut.py), once for the cells. Of
a block of plain rows they are seen at once (plain_cells.py); any other block is given, in a small package of its own,
to calamine. A sheet of another form is read whole. Of a large sheet another process makes the cells or the packages,
and a thread has calamine read these, while the rows before are used.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from functools import cached_property
from typing import Any, NamedTuple

from python_calamine import CalamineSheet, CalamineWorkbook

from perfxl.core.problems import Problem
from perfxl.ooxml.package import Package
from perfxl.processes import share_out
from perfxl.tables.grid import Grid, GridSource, Merge
from perfxl.workbook.reading import cut, sheet_xml
from perfxl.workbook.reading.cut import Survey, UnsupportedLayout
from perfxl.workbook.reading.grids import broken_is_damaged, missing_sheets, read_grid
from perfxl.workbook.reading.plain_cells import PlainCells, PlainReader
from perfxl.workbook.reading.plain_rows import without_plain_rows
from perfxl.workbook.reading.prefetch import prefetch
from perfxl.workbook.reading.shared_strings import SharedStrings
from perfxl.workbook.reading.skeleton import WorkbookSkeleton

WORTH_A_PROCESS = 3  # blocks
_PERCENT = "%"


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
        self.is_ahead = False
        """Whether a thread reads: no process is forked meanwhile."""

    def pieces(self, name: str) -> Iterator[bytes]:
        """The XML of a sheet."""
        return self.package.pieces(self.skeleton.sheets[name])

    def size(self, name: str) -> int:
        """The bytes of a sheet."""
        return self.package.entries[self.skeleton.sheets[name]].file_size

    def surveys(self, names: list[str]) -> dict[str, Survey | None]:
        """Of these sheets, large ones by two processes; None where a sheet can only be read whole."""
        largest_first = sorted(names, key=self.size, reverse=True)
        few = not names or self.size(largest_first[0]) < WORTH_A_PROCESS * cut.BLOCK
        found = share_out(len(names), lambda i: self._survey(largest_first[i]), alone=few or self.strings is None)
        return dict(zip(largest_first, found, strict=True))

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
        return self.rows(self.cells(name, self.packed(name, xml)), strings, width)

    def packed(self, name: str, xml: bytes) -> bytes:
        """Rows as a package of their own."""
        content = b"<worksheet><sheetData>%b</sheetData></worksheet>" % cut.marked(xml)
        return self.skeleton.package_with({name: content})

    @cached_property
    def plain(self) -> PlainReader:
        """What reads blocks of plain rows."""
        styles = {**self.skeleton.shown.padding_styles, _PERCENT: self.skeleton.percent_styles}
        return PlainReader(self._single_cells, styles)

    def _single_cells(self, cells: list[bytes]) -> list[Any]:
        """What calamine makes of cells without an address."""
        name = next(iter(self.skeleton.sheets))
        rows = (b'<row r="%d"><c r="A%d"%b</row>' % (i, i, cell) for i, cell in enumerate(cells, 1))
        with broken_is_damaged(self.package):
            sheet = self.cells(name, self.packed(name, b"".join(rows)))
            first, _ = sheet.start or (0, 0)
            read = [""] * first + [row[0] for row in sheet.to_python(skip_empty_area=True)]
        return read + [""] * (len(cells) - len(read))

    def cells(self, name: str, package: bytes) -> CalamineSheet:
        """What calamine makes of it, which holds up no other thread."""
        with broken_is_damaged(self.package):
            return CalamineWorkbook.from_filelike(io.BytesIO(package)).get_sheet_by_name(name)

    def rows(self, cells: CalamineSheet, strings: SharedStrings, width: int) -> tuple[int, list[list[Any]]]:
        """As `values`."""
        with broken_is_damaged(self.package):
            first, left = cells.start or (0, 0)
            rows = strings.put(cells.to_python(skip_empty_area=True))
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

    def plain_grid(self, name: str, cells: PlainCells) -> Grid:
        """The grid of plain rows, none of which is hidden, without their values."""
        sheet = Grid(name, [], name in self.skeleton.hidden, cells.shown.pop(_PERCENT), first=cells.first)
        return self.skeleton.shown.put(sheet, cells.shown, self.skeleton.sheets[name])


class Block(NamedTuple):
    """Rows of a sheet on their way to its grid: their cells, or a package of their own that holds them, and the grid
    without their values. `last` is the row up to which blank rows belong to them."""

    cells: PlainCells | bytes
    grid: Grid
    last: int


class StreamedSheet:
    """A sheet that is read in blocks."""

    def __init__(self, workbook: StreamedWorkbook, name: str, strings: SharedStrings, surveyed: Survey) -> None:
        self._workbook, self._name, self._strings, self._survey = workbook, name, strings, surveyed
        top = self._read(self._survey.top, 0)
        top.rows[:0] = _blank_rows(top.first, top.rows)
        self.top = replace(top, first=0, merges=self._survey.merges, strays=self._survey.strays)

    def blocks(self, width: int, whole: bool) -> Iterator[Grid]:
        blocks = self._blocks(whole)
        if len(self._survey.last) < WORTH_A_PROCESS or self._workbook.is_ahead:
            return (self._filled(block, self._read_cells(block), width) for block in blocks)
        # Values cost more on the way from another process than they take to be made: it makes what leads to them.
        return self._read_ahead(prefetch(blocks), width)

    def _read_ahead(self, blocks: Iterator[Block], width: int) -> Iterator[Grid]:
        """The grids, while a thread has calamine read the next one."""
        self._workbook.is_ahead = True
        try:
            with ThreadPoolExecutor(1) as thread:
                ahead: tuple[Block, Future[PlainCells | CalamineSheet]] | None = None
                for block in blocks:
                    begun = block, thread.submit(self._read_cells, block)
                    if ahead:
                        yield self._filled(ahead[0], ahead[1].result(), width)
                    ahead = begun
                if ahead:
                    yield self._filled(ahead[0], ahead[1].result(), width)
        finally:
            self._workbook.is_ahead = False

    def column_blocks(self, at: int) -> Iterator[Grid]:
        for i, xml in enumerate(cut.blocks(self._pieces(), self._survey) if len(self._survey.last) > 1 else ()):
            if i in self._survey.plain:
                block = self._plain_block(xml, only=at)
                yield self._filled(block, self._read_cells(block), at + 1)
            elif column := sheet_xml.only_column(xml, at):
                yield self._read(column, at + 1)

    def _pieces(self) -> Iterator[bytes]:
        return self._workbook.pieces(self._name)

    def _blocks(self, whole: bool) -> Iterator[Block]:
        """The rows, those blocks together that must be."""
        held: list[bytes] = []
        for i, xml in enumerate(cut.blocks(self._pieces(), self._survey), 1):
            held.append(xml)
            if i == len(self._survey.last) or not (whole or i - 1 in self._survey.tied):
                together = range(i - len(held), i)
                last = self._survey.last[i - 1] if i < self._survey.filled else 0
                if self._survey.plain.issuperset(together):
                    yield self._plain_block(b"".join(held), last)
                else:
                    yield self._block(b"".join(held), last, not self._survey.to_mend.isdisjoint(together))
                held.clear()

    def _read(self, xml: bytes, width: int, last: int = 0) -> Grid:
        block = self._block(xml, last, to_mend=True)
        return self._filled(block, self._read_cells(block), width)

    def _plain_block(self, xml: bytes, last: int = 0, only: int | None = None) -> Block:
        cells = self._workbook.plain.cells(xml, only)
        return Block(cells, self._workbook.plain_grid(self._name, cells), last)

    def _block(self, xml: bytes, last: int, to_mend: bool) -> Block:
        if self._survey.stray:
            xml = sheet_xml.without_columns(xml, self._survey.stray)
        mended = sheet_xml.mended(xml, without_plain_rows(xml).xml) if to_mend else xml
        return Block(self._workbook.packed(self._name, mended), self._workbook.grid(self._name, xml, [], 0, []), last)

    def _read_cells(self, block: Block) -> PlainCells | CalamineSheet:
        return block.cells if isinstance(block.cells, PlainCells) else self._workbook.cells(self._name, block.cells)

    def _filled(self, block: Block, cells: PlainCells | CalamineSheet, width: int) -> Grid:
        """The block's grid with its values."""
        if isinstance(cells, PlainCells):
            first, rows = cells.first, cells.rows(width, self._strings.take)
        else:
            first, rows = self._workbook.rows(cells, self._strings, width)
        rows += _blank_rows(block.last - first - len(rows), rows)
        merges = [merge for merge in self._survey.merges if first <= merge[0] < first + len(rows)]
        return replace(block.grid, rows=rows, first=first, merges=merges)


def _blank_rows(count: int, like: list[list[Any]]) -> list[list[Any]]:
    return [[""] * len(like[0]) for _ in range(count)] if like else []

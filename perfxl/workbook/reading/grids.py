"""The cells of a workbook as grids: values by python-calamine, and by a scan of the XML what calamine does not tell.

Values only: formulas give their stored result, macros are not looked at. Calamine allocates every cell of the
rectangle that a sheet spans, so the areas of all sheets are checked before it sees those that are mostly blank.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from functools import cached_property, partial
from typing import Any
from xml.etree import ElementTree
from xml.parsers.expat import errors

from lxml import etree
from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum

from perfxl.core.problems import Address, Problem, problem
from perfxl.ooxml.package import Package
from perfxl.ooxml.xml import check_well_formed
from perfxl.tables.grid import Grid, Merge
from perfxl.workbook.reading import sheet_xml
from perfxl.workbook.reading.odd_cells import without_lost_strings
from perfxl.workbook.reading.plain_rows import without_plain_rows
from perfxl.workbook.reading.skeleton import WorkbookSkeleton, count_strings

_SMALL = 2**20  # bytes of all sheets
_READERS = 2  # more would only wait for the values to become Python's, one sheet at a time
_LARGE, _SPARSE = 1_000_000, 20  # cells of a rectangle; cells for each one that is there
_WIDE = 10_000_000  # cells of a rectangle without the rows that are not there


def read_grids(
    package: Package, wanted: Callable[[str], bool] = lambda name: True, skeleton: WorkbookSkeleton | None = None
) -> tuple[list[Grid], list[Problem]]:
    """Every worksheet in order, or those that are wanted, by name. Raises: PackageError."""
    with broken_is_damaged(package):
        skeleton = skeleton or WorkbookSkeleton(package)
        names = [name for name in skeleton.sheets if wanted(name)]
        sheets = _SheetScan(package, skeleton).grids(names)
    return [sheets[name] for name in names], missing_sheets(package, skeleton)


def missing_sheets(package: Package, skeleton: WorkbookSkeleton) -> list[Problem]:
    """A problem for each sheet that the workbook names and the file lacks. They are said of the file, since what such
    a sheet held may concern everybody."""
    return [problem("sheet_part_missing", Address(package.name), value=name) for name in skeleton.missing]


def read_grid(package: Package, skeleton: WorkbookSkeleton, name: str) -> Grid:
    """One worksheet whole. Raises: PackageError."""
    with broken_is_damaged(package):
        sheet = _SheetXml(package, skeleton, name)
        if sheet.area > sheet_xml.MAX_AREA:
            raise sheet.far_away()
        _TextSize(package, skeleton).add(sheet)
        grid = sheet.grid()
        grid.rows = _read_alone(skeleton, sheet)
    return grid


@contextmanager
def broken_is_damaged(package: Package) -> Iterator[None]:
    """XML that makes no sense means a damaged file; parsers say of a lack of memory that it makes none."""
    try:
        yield
    except (ElementTree.ParseError, etree.XMLSyntaxError, CalamineError, KeyError, ValueError) as error:
        raise package.error("needs_memory" if _is_for_memory(error) else "damaged") from None


def _is_for_memory(error: Exception) -> bool:
    if isinstance(error, etree.XMLSyntaxError):
        return bool(getattr(error, "code", None) == etree.ErrorTypes.ERR_NO_MEMORY)
    return isinstance(error, ElementTree.ParseError) and error.code == errors.codes[errors.XML_ERROR_NO_MEMORY]


class _SheetXml:
    """A sheet's XML of the usual form, without stray cells; `same` says that it is as it came. `rest` is it without its
    plain rows, `cells` how many there are, filled or not."""

    def __init__(self, package: Package, skeleton: WorkbookSkeleton, name: str) -> None:
        self._package, self._skeleton, self.name = package, skeleton, name
        original = package.part(skeleton.sheets[name])
        self.xml, self.rest = original, without_plain_rows(original)
        check_well_formed(self.rest.xml)
        if sheet_xml.is_other_form(self.rest.xml):
            self._become(sheet_xml.usual_form(original))
        misplaced = sheet_xml.is_misplaced(self.rest.xml)
        apart = not misplaced and len(set(self.rest.numbers)) == len(self.rest.numbers)
        if (misplaced and self.xml is original) or sheet_xml.has_twins(self.rest.xml if apart else self.xml):
            raise package.error("damaged")
        wide = sheet_xml.wide_cells(self.rest.xml)
        stray = wide.stray_from(self.cells) if wide.counts else 0
        self._strays = wide.named(stray)
        if stray:
            self._become(sheet_xml.without_columns(self.xml, stray))
        self.same = self.xml is original
        self.columns = wide.columns_before(stray)
        self.rows = sheet_xml.filled_rows(self.xml, self.rest.numbers)
        self.area = self.rows * self.columns

    @cached_property
    def cells(self) -> int:
        return sheet_xml.count_cells(self.xml)

    @property
    def is_sparse(self) -> bool:
        """Whether it is far larger than what it holds."""
        return self.area > _LARGE and self.area > _SPARSE * self.cells

    def mended(self) -> bytes:
        """As calamine can take it; the same object where it can as it is."""
        return sheet_xml.mended(self.xml, self.rest.xml)

    def far_away(self) -> Exception:
        cell = sheet_xml.far_cell(self.xml)
        return self._package.error("cell_far_away", sheet=self.name, cell=cell)

    def grid(self) -> Grid:
        """All but the values."""
        merges = sheet_xml.merges(self.xml)
        if sheet_xml.overlap(merges, self.rows, self.columns):
            raise self._package.error("damaged")
        grid = Grid(
            self.name,
            [],
            hidden=self.name in self._skeleton.hidden,
            percent=sheet_xml.percent_cells(self.xml, self._skeleton.percent_styles),
            merges=merges,
            hidden_rows=sheet_xml.hidden_rows(self.rest.xml),
            strays=self._strays,
        )
        return self._skeleton.shown.describe(grid, self.xml, self._skeleton.sheets[self.name])

    def _become(self, xml: bytes) -> None:
        self.xml, self.rest = xml, without_plain_rows(xml)


class _TextSize:
    """What the texts of the sheets take, of which calamine makes a copy for each cell."""

    def __init__(self, package: Package, skeleton: WorkbookSkeleton) -> None:
        self._package, self._skeleton = package, skeleton
        self._cells = self._size = 0

    def add(self, sheet: _SheetXml) -> None:
        """Raises: PackageError where it is too much."""
        self._cells += sheet_xml.count_string_cells(sheet.xml)
        if self._cells * self._skeleton.size_of_strings <= sheet_xml.MAX_TEXT:
            return
        sizes = self._skeleton.sizes_of_strings
        if self._cells * max(sizes) > sheet_xml.MAX_TEXT:
            self._size += sheet_xml.size_of_texts(sheet.xml, sizes)
        if self._size > sheet_xml.MAX_TEXT:
            raise self._package.error("needs_memory")


class _SheetScan:
    """Scans the sheets, largest first, while calamine, which needs no lock, reads those found fit for it."""

    def __init__(self, package: Package, skeleton: WorkbookSkeleton) -> None:
        self._package, self._skeleton = package, skeleton
        self._sheets: dict[str, Grid] = {}
        self._changed: dict[str, bytes] = {}
        self._alone: list[str] = []  # read when all have been seen: the sparse ones, and those that calamine refuses
        self._area = self._merges = self._widest = 0
        self._texts = _TextSize(package, skeleton)
        self._far = ""

    def grids(self, names: Iterable[str]) -> dict[str, Grid]:
        """These sheets by name."""
        entries, parts = self._package.entries, {name: self._skeleton.sheets[name] for name in names}
        waiting: dict[str, Future[list[list[Any]]]] = {}
        small = sum(entries[part].file_size for part in parts.values()) < _SMALL
        # For small sheets threads cost more than they bring.
        with nullcontext() if small else ThreadPoolExecutor(_READERS) as readers:
            values = _Values(self._package.whole()) if self._skeleton.is_plain else None
            for name in sorted(parts, key=lambda name: -entries[parts[name]].file_size):
                sheet = _SheetXml(self._package, self._skeleton, name)
                self._count(sheet, name)
                self._texts.add(sheet)
                self._sheets[name] = sheet.grid()
                self._merges += len(self._sheets[name].merges)
                if self._merges > sheet_xml.MAX_MERGES:
                    raise self._package.error("too_many", what="merges", count=self._merges)
                mended = sheet.mended()
                if sheet.is_sparse:
                    self._alone.append(name)
                elif values and sheet.same and mended is sheet.xml:
                    if readers:
                        waiting[name] = readers.submit(values.read, name)
                    else:
                        self._take(name, partial(values.read, name))
                else:
                    self._changed[name] = mended
            for name, rows in waiting.items():
                self._take(name, rows.result)
        self._read_changed()
        for name in self._alone:
            self._sheets[name].rows = _read_alone(self._skeleton, _SheetXml(self._package, self._skeleton, name))
        return self._sheets

    def _take(self, name: str, read: Callable[[], list[list[Any]]]) -> None:
        try:
            self._sheets[name].rows = read()
        except CalamineError:
            self._alone.append(name)

    def _count(self, sheet: _SheetXml, name: str) -> None:
        """Raises: PackageError where all sheets together are too large; the one that spans most is named."""
        self._area += sheet.area
        if sheet.area > self._widest:
            self._widest, self._far = sheet.area, name
        if self._area > sheet_xml.MAX_AREA:
            raise _SheetXml(self._package, self._skeleton, self._far).far_away()

    def _read_changed(self) -> None:
        if self._changed:
            again = _Values(self._skeleton.package_with(self._changed, self._skeleton.strings()))
            for name in self._changed:
                self._take(name, partial(again.read, name))


def _read_alone(skeleton: WorkbookSkeleton, sheet: _SheetXml) -> list[list[Any]]:
    """The values of a sheet, also where most of its rows are not there, or cells refer to strings that are not."""
    xml, strings = sheet.mended(), skeleton.strings()
    numbers: list[int] = []
    if sheet.is_sparse:
        xml, numbers = sheet_xml.squeezed(xml)
        if len(numbers) * sheet.columns > max(_WIDE, _SPARSE * sheet.cells):
            raise sheet.far_away()
    try:
        rows = _Values(skeleton.package_with({sheet.name: xml}, strings)).read(sheet.name)
    except CalamineError:
        xml = without_lost_strings(xml, count_strings(strings or b""))
        rows = _Values(skeleton.package_with({sheet.name: xml}, strings)).read(sheet.name)
    return _apart(rows, numbers, sheet_xml.merges(sheet.xml)) if numbers else rows


def _apart(rows: list[list[Any]], numbers: list[int], merges: Sequence[Merge]) -> list[list[Any]]:
    """The rows at their numbers again. Blank ones between them are one and the same, but those into which merged cells
    may put something: of a cell at A1048576 there are a million."""
    apart: list[list[Any]] = []
    blank = [""] * len(rows[0]) if rows else []
    for number, row in zip(numbers, rows, strict=False):  # rows without a value at the end are not there
        apart += [blank] * (number - 1 - len(apart))
        apart.append(row)
    for at in {at for top, _, bottom, _ in merges for at in range(top, min(bottom + 1, len(apart)))}:
        if apart[at] is blank:
            apart[at] = list(blank)
    return apart


class _Values:
    """What calamine reads. A book of calamine belongs to one thread at a time, so each reading thread has its own."""

    def __init__(self, data: bytes) -> None:
        self._data, self._books = data, threading.local()
        metas = self._book().sheets_metadata
        self._names = {meta.name for meta in metas if meta.typ is SheetTypeEnum.WorkSheet}

    def read(self, name: str) -> list[list[Any]]:
        if name not in self._names:
            raise KeyError(name)
        return self._book().get_sheet_by_name(name).to_python(skip_empty_area=False)

    def _book(self) -> CalamineWorkbook:
        if not hasattr(self._books, "own"):
            self._books.own = CalamineWorkbook.from_filelike(io.BytesIO(self._data))
        book: CalamineWorkbook = self._books.own
        return book

"""The raw cells of a workbook: values by python-calamine, and by a scan of the XML what calamine does not tell.

Values only: formulas give their stored result, macros are not looked at. Calamine ends the whole process on a sheet
that spans too large an area, so the area is checked first.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from perfxl.ooxml.package import Package
from perfxl.workbook.reading import sheet_xml
from perfxl.workbook.reading.frame import Frame, broken_is_damaged


@dataclass
class RawSheet:
    """One sheet, or the rows of it from row `first` on. Rows and columns count from A1 = 0, 0; a blank cell is ""."""

    name: str
    rows: list[list[Any]]
    hidden: bool = False
    percent: dict[int, set[int]] = field(default_factory=dict)
    merges: list[sheet_xml.Merge] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    first: int = 0

    @property
    def top(self) -> RawSheet:
        return self

    def blocks(self, width: int, whole: bool) -> Iterator[RawSheet]:
        yield self

    def column_blocks(self, at: int) -> Iterator[RawSheet]:
        return iter(())


def raw_sheets(package: Package) -> list[RawSheet]:
    """Every worksheet in order. Raises PackageError."""
    with broken_is_damaged(package):
        frame = Frame(package)
        sheets = _scanned(package, frame)
    return [sheets[name] for name in frame.sheets]


def raw_sheet(package: Package, frame: Frame, name: str) -> RawSheet:
    """One worksheet whole. Raises PackageError."""
    with broken_is_damaged(package):
        _, xml = _checked(package, frame, name)
        values = _Values(frame.filled({name: sheet_xml.mended(xml)}, frame.strings()))
        sheet = _described(name, xml, frame.percent_styles)
        sheet.rows, sheet.hidden = values.read(name), name in values.hidden
    return sheet


def _scanned(package: Package, frame: Frame) -> dict[str, RawSheet]:
    """Scans the sheets, largest first, while calamine, which needs no lock, reads those found fit for it."""
    sheets: dict[str, RawSheet] = {}
    changed: dict[str, bytes] = {}
    parts = frame.sheets
    with ThreadPoolExecutor(_READERS) as readers:
        values = _Values(package.whole())
        waiting = {}
        for name in sorted(parts, key=lambda name: -package.entries[parts[name]].file_size):
            original, xml = _checked(package, frame, name)
            mended = sheet_xml.mended(xml)
            if mended is original:
                waiting[name] = readers.submit(values.read, name)
            else:
                changed[name] = mended
            sheets[name] = _described(name, xml, frame.percent_styles)
        for name, rows in waiting.items():
            sheets[name].rows = rows.result()
    if changed:
        again = _Values(frame.filled(changed, frame.strings()))
        for name in changed:
            sheets[name].rows = again.read(name)
    for name, sheet in sheets.items():
        sheet.hidden = name in values.hidden
    return sheets


def _checked(package: Package, frame: Frame, name: str) -> tuple[bytes, bytes]:
    """The sheet's XML as it came, and of the usual form."""
    original = package.part(frame.sheets[name])
    xml, far = sheet_xml.checked(original)
    if far:
        raise package.error("cell_far_away", sheet=name, cell=far)
    return original, xml


def _described(name: str, xml: bytes, percent_styles: frozenset[int]) -> RawSheet:
    return RawSheet(
        name,
        [],
        percent=sheet_xml.percent_cells(xml, percent_styles),
        merges=sheet_xml.merges(xml),
        hidden_rows=sheet_xml.hidden_rows(xml),
    )


_READERS = 2  # more would only wait for the values to become Python's, one sheet at a time


class _Values:
    """What calamine reads. A book of calamine belongs to one thread at a time, so each reading thread has its own."""

    def __init__(self, data: bytes) -> None:
        self._data, self._books = data, threading.local()
        metas = self._book().sheets_metadata
        self._names = {meta.name for meta in metas if meta.typ is SheetTypeEnum.WorkSheet}
        self.hidden = {meta.name for meta in metas if meta.visible is not SheetVisibleEnum.Visible}

    def read(self, name: str) -> list[list[Any]]:
        if name not in self._names:
            return []
        return self._book().get_sheet_by_name(name).to_python(skip_empty_area=False)

    def _book(self) -> CalamineWorkbook:
        if not hasattr(self._books, "own"):
            self._books.own = CalamineWorkbook.from_filelike(io.BytesIO(self._data))
        return self._books.own

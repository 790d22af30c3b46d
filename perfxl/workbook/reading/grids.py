"""The cells of a workbook as grids: values by python-calamine, and by a scan of the XML what calamine does not tell.

Values only: formulas give their stored result, macros are not looked at. Calamine ends the whole process on a sheet
that spans too large an area, so the area is checked first. A WorkbookSkeleton makes small packages in memory that hold
the workbook's own formats and date system together with just the sheets to be read.
"""

from __future__ import annotations

import io
import re
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from xml.etree import ElementTree
from zipfile import ZIP_STORED

from lxml import etree
from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from perfxl.ooxml.package import WORKBOOK, Package
from perfxl.ooxml.relations import read_relations, relations_part
from perfxl.ooxml.zip_write import write_zip
from perfxl.tables.grid import Grid
from perfxl.workbook.reading import sheet_xml
from perfxl.workbook.reading.shown import ShownCells

STRINGS = "xl/sharedStrings.xml"
_FIXED = {"[content_types].xml", "_rels/.rels", WORKBOOK, "xl/_rels/workbook.xml.rels", "xl/styles.xml"}
_BUILT_IN_PERCENT = {9, 10}
_NOT_CODE = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
_READERS = 2  # more would only wait for the values to become Python's, one sheet at a time


def read_grids(package: Package) -> list[Grid]:
    """Every worksheet in order. Raises: PackageError."""
    with broken_is_damaged(package):
        skeleton = WorkbookSkeleton(package)
        sheets = _scan_sheets(package, skeleton)
    return [sheets[name] for name in skeleton.sheets]


def read_grid(package: Package, skeleton: WorkbookSkeleton, name: str) -> Grid:
    """One worksheet whole. Raises: PackageError."""
    with broken_is_damaged(package):
        _, xml = _read_xml(package, skeleton, name)
        values = _Values(skeleton.package_with({name: sheet_xml.mended(xml)}, skeleton.strings()))
        sheet = skeleton.shown.describe(_describe(name, xml, skeleton.percent_styles), xml, skeleton.sheets[name])
        sheet.rows, sheet.hidden = values.read(name), name in values.hidden
    return sheet


@contextmanager
def broken_is_damaged(package: Package) -> Iterator[None]:
    """XML that makes no sense means a damaged file."""
    try:
        yield
    except (ElementTree.ParseError, etree.XMLSyntaxError, CalamineError, KeyError, ValueError):
        raise package.error("damaged") from None


class WorkbookSkeleton:
    """A workbook without its cells: `sheets` maps each worksheet, in the workbook's order, to its part;
    `percent_styles` are the indices of cell styles that show a percentage."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._fixed = {part: package.part(part) for part in package.entries if part.lower() in _FIXED}
        self.sheets = _sheet_parts(package)
        self.percent_styles = _percent_styles(package)
        self.shown = ShownCells(package)
        self.strings_part = next((part for part in package.entries if part.lower() == STRINGS.lower()), "")

    def package_with(self, sheets: Mapping[str, bytes], strings: bytes | None = None) -> bytes:
        """A package with nothing but some sheets, by name, and shared strings."""
        parts = {**self._fixed, **{self.sheets[name]: xml for name, xml in sheets.items()}}
        if strings is not None:
            parts[STRINGS] = strings
        target = io.BytesIO()
        write_zip(target, parts, ZIP_STORED)
        return target.getvalue()

    def open_with(self, sheets: Mapping[str, bytes], strings: bytes | None = None) -> CalamineWorkbook:
        return CalamineWorkbook.from_filelike(io.BytesIO(self.package_with(sheets, strings)))

    def strings(self) -> bytes | None:
        return self._package.part(self.strings_part) if self.strings_part else None


def _scan_sheets(package: Package, skeleton: WorkbookSkeleton) -> dict[str, Grid]:
    """Scans the sheets, largest first, while calamine, which needs no lock, reads those found fit for it."""
    sheets: dict[str, Grid] = {}
    changed: dict[str, bytes] = {}
    parts = skeleton.sheets
    with ThreadPoolExecutor(_READERS) as readers:
        values = _Values(package.whole())
        waiting = {}
        for name in sorted(parts, key=lambda name: -package.entries[parts[name]].file_size):
            original, xml = _read_xml(package, skeleton, name)
            mended = sheet_xml.mended(xml)
            if mended is original:
                waiting[name] = readers.submit(values.read, name)
            else:
                changed[name] = mended
            sheets[name] = skeleton.shown.describe(_describe(name, xml, skeleton.percent_styles), xml, parts[name])
        for name, rows in waiting.items():
            sheets[name].rows = rows.result()
    if changed:
        again = _Values(skeleton.package_with(changed, skeleton.strings()))
        for name in changed:
            sheets[name].rows = again.read(name)
    for name, sheet in sheets.items():
        sheet.hidden = name in values.hidden
    return sheets


def _read_xml(package: Package, skeleton: WorkbookSkeleton, name: str) -> tuple[bytes, bytes]:
    """The sheet's XML as it came, and of the usual form."""
    original = package.part(skeleton.sheets[name])
    xml, far = sheet_xml.checked(original)
    if far:
        raise package.error("cell_far_away", sheet=name, cell=far)
    return original, xml


def _describe(name: str, xml: bytes, percent_styles: frozenset[int]) -> Grid:
    return Grid(
        name,
        [],
        percent=sheet_xml.percent_cells(xml, percent_styles),
        merges=sheet_xml.merges(xml),
        hidden_rows=sheet_xml.hidden_rows(xml),
    )


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
        book: CalamineWorkbook = self._books.own
        return book


def _sheet_parts(package: Package) -> dict[str, str]:
    """Sheet name -> part, in the workbook's order, worksheets only."""
    relations = read_relations(package.part(relations_part(WORKBOOK)), WORKBOOK)
    parts = {r.id: r.target for r in relations if r.kind == "worksheet" and r.target in package}
    sheets = {}
    for element in ElementTree.fromstring(package.part(WORKBOOK)).iter():
        if _local(element.tag) == "sheet":
            key = next((value for name, value in element.attrib.items() if _local(name) == "id"), "")
            if key in parts:
                sheets[element.get("name", "")] = parts[key]
    return sheets


def _percent_styles(package: Package) -> frozenset[int]:
    """The indices of cell styles whose number format, built in or custom, shows a percentage."""
    if "xl/styles.xml" not in package:
        return frozenset()
    root = ElementTree.fromstring(package.part("xl/styles.xml"))
    formats = set(_BUILT_IN_PERCENT)
    for element in root.iter():
        if _local(element.tag) == "numFmt" and "%" in _NOT_CODE.sub("", element.get("formatCode", "")):
            formats.add(int(element.get("numFmtId", "0")))
    styles = next((element for element in root if _local(element.tag) == "cellXfs"), ())
    return frozenset(i for i, style in enumerate(styles) if int(style.get("numFmtId", "0")) in formats)


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]

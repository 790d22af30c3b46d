"""The raw cells of a workbook: values by python-calamine, and by a scan of the XML what calamine does not tell.

Values only: formulas give their stored result, macros are not looked at. Calamine ends the whole process on a sheet
that spans too large an area, so the area is checked first.
"""

from __future__ import annotations

import io
import posixpath
import re
import threading
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from perfxl.core.problems import Address, problem
from perfxl.workbook.reading import sheet_xml
from perfxl.workbook.reading.guard import Package, Unusable


@dataclass
class RawSheet:
    """One sheet. Rows and columns count from A1 = 0, 0; a blank cell is ""."""

    name: str
    rows: list[list[Any]]
    hidden: bool = False
    percent: dict[int, set[int]] = field(default_factory=dict)
    merges: list[sheet_xml.Merge] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)


def raw_sheets(package: Package) -> list[RawSheet]:
    """Every worksheet in order. Raises Unusable."""
    try:
        parts, percent_styles = _sheet_parts(package), _percent_styles(package)
        sheets = _scanned(package, parts, percent_styles)
    except (ElementTree.ParseError, CalamineError, KeyError, ValueError):
        raise Unusable(problem("F108", Address(package.name))) from None
    return [sheets[name] for name in parts]


def _scanned(package: Package, parts: dict[str, str], percent_styles: frozenset[int]) -> dict[str, RawSheet]:
    """Scans the sheets, largest first, while calamine, which needs no lock, reads those found fit for it."""
    sheets: dict[str, RawSheet] = {}
    changed: dict[str, bytes] = {}
    with ThreadPoolExecutor(_READERS) as readers:
        values = _Values(package.data)
        waiting = {}
        for name in sorted(parts, key=lambda name: -package.entries[parts[name]].file_size):
            original = package.part(parts[name])
            xml, far = sheet_xml.checked(original)
            if far:
                raise Unusable(problem("F111", Address(package.name, name, far)))
            mended = sheet_xml.mended(xml)
            if mended is original:
                waiting[name] = readers.submit(values.read, name)
            else:
                changed[name] = mended
            sheets[name] = _described(name, xml, percent_styles)
        for name, rows in waiting.items():
            sheets[name].rows = rows.result()
    if changed:
        again = _Values(_with_parts(package, {parts[name]: xml for name, xml in changed.items()}))
        for name in changed:
            sheets[name].rows = again.read(name)
    for name, sheet in sheets.items():
        sheet.hidden = name in values.hidden
    return sheets


def _described(name: str, xml: bytes, percent_styles: frozenset[int]) -> RawSheet:
    return RawSheet(
        name,
        [],
        percent=sheet_xml.percent_cells(xml, percent_styles),
        merges=sheet_xml.merges(xml),
        hidden_rows=sheet_xml.hidden_rows(xml),
    )


_READERS = 2  # more would only wait for the values to become Python's, one sheet at a time
_SHEETS = "xl/worksheets/sheet"
_EMPTY_SHEET = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData/></worksheet>'


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


def _with_parts(package: Package, changed: dict[str, bytes]) -> bytes:
    """The package in memory with some parts replaced, to read just these; the other sheets are left empty."""
    unread = {part for part in package.entries if part.startswith(_SHEETS)} - changed.keys()
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for part in package.entries:
            if part.startswith("xl/") and not part.endswith((".xml", ".rels")):
                continue  # pictures and macros
            archive.writestr(part, _EMPTY_SHEET if part in unread else changed.get(part) or package.part(part))
    return target.getvalue()


def _sheet_parts(package: Package) -> dict[str, str]:
    """Sheet name -> part, in the workbook's order, worksheets only."""
    rels = {}
    for relation in ElementTree.fromstring(package.part("xl/_rels/workbook.xml.rels")):
        target = relation.get("Target", "")
        path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
        if relation.get("Type", "").endswith("/worksheet") and path in package:
            rels[relation.get("Id", "")] = path
    found = {}
    for element in ElementTree.fromstring(package.part("xl/workbook.xml")).iter():
        if _local(element.tag) == "sheet":
            key = next((value for name, value in element.attrib.items() if _local(name) == "id"), "")
            if key in rels:
                found[element.get("name", "")] = rels[key]
    return found


_BUILT_IN_PERCENT = {9, 10}
_NOT_CODE = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')


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

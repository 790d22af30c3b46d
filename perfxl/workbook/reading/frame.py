"""A workbook without its cells: which part is which sheet, the styles that show a percentage, and small packages in
memory that hold the workbook's own formats and date system together with just the sheets to be read.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from xml.etree import ElementTree
from zipfile import ZIP_STORED

from python_calamine import CalamineError, CalamineWorkbook

from perfxl.ooxml.package import WORKBOOK, Package
from perfxl.ooxml.relations import read_relations, relations_part
from perfxl.ooxml.zip_write import write_zip

STRINGS = "xl/sharedStrings.xml"
_FIXED = {"[content_types].xml", "_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml"}


@contextmanager
def broken_is_damaged(package: Package) -> Iterator[None]:
    """XML that makes no sense means a damaged file."""
    try:
        yield
    except (ElementTree.ParseError, CalamineError, KeyError, ValueError):
        raise package.error("damaged") from None


class Frame:
    """`sheets` maps each worksheet, in the workbook's order, to its part."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._fixed = {part: package.part(part) for part in package.entries if part.lower() in _FIXED}
        self.sheets = _sheet_parts(package)
        self.percent_styles = _percent_styles(package)
        self.strings_part = next((part for part in package.entries if part.lower() == STRINGS.lower()), "")

    def filled(self, sheets: Mapping[str, bytes], strings: bytes | None = None) -> bytes:
        """A package with nothing but some sheets, by name, and shared strings."""
        parts = {**self._fixed, **{self.sheets[name]: xml for name, xml in sheets.items()}}
        if strings is not None:
            parts[STRINGS] = strings
        target = io.BytesIO()
        write_zip(target, parts, ZIP_STORED)
        return target.getvalue()

    def book(self, sheets: Mapping[str, bytes], strings: bytes | None = None) -> CalamineWorkbook:
        return CalamineWorkbook.from_filelike(io.BytesIO(self.filled(sheets, strings)))

    def strings(self) -> bytes | None:
        return self._package.part(self.strings_part) if self.strings_part else None


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

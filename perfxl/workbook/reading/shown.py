"""What Excel shows beside the values: numbers padded by their format, and the totals rows of its tables."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from functools import cache, partial
from typing import Any, TypeVar
from xml.etree import ElementTree

from perfxl.core.cells import cell_place
from perfxl.ooxml.package import Package
from perfxl.ooxml.relations import read_relations, relations_part
from perfxl.tables.grid import Grid
from perfxl.tables.number_formats import pads
from perfxl.workbook.reading import sheet_xml

Found = TypeVar("Found")
LARGE_PART, _MOST_KNOWN = 256 * 2**10, 64
_known: dict[tuple[str, bytes], Any] = {}


class ShownCells:
    """A workbook's styles and tables, asked sheet by sheet."""

    def __init__(self, package: Package, styles: bytes) -> None:
        """`styles` is the XML of the workbook's styles, blank where it has none."""
        self.padding_styles = remembered(_padding_styles, styles)
        """Number format -> the cell styles that have it, of formats that pad."""
        self._totals = cache(partial(_totals_rows, package))

    @property
    def pad(self) -> bool:
        """Whether a number may show as an ID with letters or zeros before it."""
        return bool(self.padding_styles)

    def describe(self, sheet: Grid, xml: bytes, part: str) -> Grid:
        """The grid of some of the sheet's rows, with what is shown there."""
        styles = self.padding_styles.items()
        return self.put(sheet, {code: sheet_xml.percent_cells(xml, frozenset(those)) for code, those in styles}, part)

    def put(self, sheet: Grid, padded: Mapping[str, Mapping[int, Iterable[int]]], part: str) -> Grid:
        """As `describe`, where it is known which cells are padded: number format -> column -> rows."""
        for code, cells in padded.items():
            for column, rows in cells.items():
                sheet.padded.setdefault(column, {}).update(dict.fromkeys(rows, code))
        sheet.totals = self._totals(part)
        return sheet


def remembered(work: Callable[[bytes], Found], xml: bytes) -> Found:
    """What `work` finds in a part. Hundreds of files that were made from one template have the same styles, so that of
    the last small parts is kept; nothing may change it."""
    if len(xml) > LARGE_PART:
        return work(xml)
    key = work.__name__, xml
    if key not in _known:
        if len(_known) >= _MOST_KNOWN:
            _known.clear()
        _known[key] = work(xml)
    found: Found = _known[key]
    return found


def _padding_styles(xml: bytes) -> dict[str, set[int]]:
    """Number format -> the indices of the cell styles that have it, of formats that pad."""
    if not xml:
        return {}
    root = ElementTree.fromstring(xml)
    codes = {
        element.get("numFmtId", ""): element.get("formatCode", "")
        for element in root.iter()
        if _local(element.tag) == "numFmt" and pads(element.get("formatCode", ""))
    }
    styles: dict[str, set[int]] = defaultdict(set)
    for i, style in enumerate(next((element for element in root if _local(element.tag) == "cellXfs"), ())):
        code = codes.get(style.get("numFmtId", ""))
        if code:
            styles[code].add(i)
    return dict(styles)


def _totals_rows(package: Package, part: str) -> frozenset[int]:
    """The zero-based rows that Excel's tables on the sheet keep for their totals."""
    relations = package.find(relations_part(part))
    if not relations:
        return frozenset()
    rows: set[int] = set()
    for relation in read_relations(package.part(relations), part):
        target = package.find(relation.target)
        if relation.kind == "table" and target:
            table = ElementTree.fromstring(package.part(target))
            count, corner = table.get("totalsRowCount", "0"), table.get("ref", "").rpartition(":")[2]
            if count.isdigit() and int(count) and re.fullmatch(r"\$?[A-Z]{1,3}\$?[1-9]\d{0,6}", corner):
                last, _ = cell_place(corner)
                rows.update(range(last - int(count) + 1, last + 1))
    return frozenset(rows)


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]

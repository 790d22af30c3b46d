"""A large sheet that is patched while it is copied: its rows are never in memory as a whole."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from lxml import etree

from perfxl.ooxml.edit import PackageEditor
from perfxl.ooxml.xml import Element, parse, serialize
from perfxl.workbook.patch.cell_marks import Marks, RowMarker
from perfxl.workbook.reading.cut import UnsupportedLayout, cut

LARGE = 16 * 2**20  # bytes

_ROWS = re.compile(rb"<sheetData(?:\s[^>]*?)?/?>")
_OPEN, _CLOSE = b"<sheetData>", b"</sheetData>"


class LargeSheet:
    """`frame` is the tree of all but the rows, to edit in place."""

    def __init__(self, parts: PackageEditor, part: str, frame: Element) -> None:
        self._parts, self._part, self.frame = parts, part, frame

    @classmethod
    def find(cls, parts: PackageEditor, part: str) -> LargeSheet | None:
        """None for a sheet that is small, or of a form that can only be patched as a whole."""
        if parts.size(part) < LARGE:
            return None
        head = tail = b""
        try:
            for xml in cut(parts.original(part)):
                if b"<!" in xml:  # rows may stand in a comment
                    return None
                head, tail = head or xml, xml
            frame = _frame(head, tail)
        except (UnsupportedLayout, etree.XMLSyntaxError):
            return None
        return None if frame is None else cls(parts, part, frame)

    def mark(self, marks: Marks, filled: Callable[[int, str], int]) -> None:
        """Gives cells the format `filled(format before, colour)` while the sheet is copied."""

        def change(pieces: Iterator[bytes]) -> Iterator[bytes]:
            before, after = _ROWS.split(serialize(self.frame), maxsplit=1)
            marker = RowMarker(b"", self.frame, marks, filled)
            yield before + _OPEN
            for i, xml in enumerate(cut(pieces)):
                if i and not xml.startswith(_CLOSE):
                    yield from marker.mark(xml)
            yield from marker.rest()
            yield _CLOSE + after

        self._parts.change(self._part, change)


def _frame(head: bytes, tail: bytes) -> Element | None:
    start = _ROWS.search(head)
    if not start or head[start.end() :].strip():
        return None
    return parse(head[: start.start()] + b"<sheetData/>" + tail.removeprefix(_CLOSE))

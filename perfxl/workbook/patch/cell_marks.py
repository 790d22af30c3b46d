"""Gives cells of a sheet another format, in the bytes of its XML: all the rest stays as it is, and a sheet of 100,000s
of rows costs one pass.

The bytes are searched by tag; that is safe because XML text holds no bare "<", and comments and CDATA, which may,
are taken out first where a sheet has them.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from perfxl.core.cells import a1, column_index
from perfxl.ooxml.xml import Element, namespace, parse, serialize

Marks = Mapping[int, Mapping[int, str]]
"""Zero-based row -> zero-based column -> fill colour."""

Cell = tuple[int, int]

_AREA = re.compile(r"\$?([A-Z]+)\$?(\d+):\$?([A-Z]+)\$?(\d+)")
_SHEET_DATA = re.compile(rb"<((?:[\w.-]+:)?)sheetData(?:\s[^>]*?)?(/?)>")
_REFERENCE = re.compile(rb"""\sr\s*=\s*["']([A-Z]*)(\d+)["']""")
_STYLE = re.compile(rb"""\ss\s*=\s*["'](\d+)["']""")
_SPANS = re.compile(rb"""\sspans\s*=\s*["'][^"']*["']""")
_CUSTOM = re.compile(rb"""\scustomFormat\s*=\s*["'](?:1|true)["']""")


class SheetXml(NamedTuple):
    """A sheet's XML in two: a tree in which sheetData is empty, and the rows as bytes."""

    frame: Element
    rows: bytes
    prefix: bytes

    def joined(self) -> bytes:
        """The XML of the sheet."""
        frame = serialize(self.frame)
        place = next(_SHEET_DATA.finditer(frame))
        tag = self.prefix + b"sheetData"
        return b"".join((frame[: place.start()], b"<", tag, b">", self.rows, b"</", tag, b">", frame[place.end() :]))


def split_sheet(xml: bytes) -> SheetXml | None:
    """None for what has no cells (a chart sheet)."""
    if b"<!" in xml:
        xml = serialize(parse(xml))
    start = _SHEET_DATA.search(xml)
    if not start:
        return None
    prefix, empty = start[1], bool(start[2])
    tag = prefix + b"sheetData"
    end = start.end() if empty else xml.rindex(b"</" + tag)
    after = end if empty else xml.index(b">", end) + 1
    frame = parse(b"".join((xml[: start.start()], b"<", tag, b"/>", xml[after:])))
    return SheetXml(frame, b"" if empty else xml[start.end() : end], prefix)


def mark_cells(sheet: SheetXml, marks: Marks, filled: Callable[[int, str], int]) -> SheetXml:
    """The sheet with the marked cells in the format `filled(format before, colour)`; cells that are not there are
    made, in their row's or column's format."""
    marker = RowMarker(sheet.prefix, sheet.frame, marks, filled)
    return sheet._replace(rows=b"".join((*marker.mark(sheet.rows), *marker.rest())))


def merge_starts(frame: Element, cells: Iterable[Cell]) -> dict[Cell, Cell]:
    """For each of the cells that is merged into another, that other."""
    by_row: dict[int, list[int]] = defaultdict(list)
    for row, column in cells:
        by_row[row].append(column)
    rows = sorted(by_row)
    starts: dict[Cell, Cell] = {}
    for merge in frame.iter(f"{{{namespace(frame)}}}mergeCell"):
        area = _AREA.fullmatch(merge.get("ref", ""))
        if not area:
            continue
        left, top, right, bottom = column_index(area[1]), int(area[2]) - 1, column_index(area[3]), int(area[4]) - 1
        for row in rows[bisect_left(rows, top) : bisect_right(rows, bottom)]:
            starts |= {(row, column): (top, left) for column in by_row[row] if left <= column <= right}
    return starts


class RowMarker:
    """Marks cells of rows that come in order: `mark` of all, or of some whole rows at a time, then `rest`."""

    def __init__(self, prefix: bytes, frame: Element, marks: Marks, filled: Callable[[int, str], int]) -> None:
        self._writer = _RowWriter(prefix, filled, _column_formats(frame))
        self._tags = _tags(self._writer.row_tag)
        self._marks, self._waiting, self._row = marks, sorted(marks, reverse=True), -1

    def mark(self, xml: bytes) -> Iterator[bytes]:
        """The rows in pieces."""
        writer, marks, waiting = self._writer, self._marks, self._waiting
        copied = 0
        for tag in self._tags.finditer(xml):
            if not waiting:
                break
            reference = _REFERENCE.search(tag[1])
            self._row = row = int(reference[2]) - 1 if reference else self._row + 1
            if waiting[-1] > row:
                continue
            yield xml[copied : tag.start()]
            copied = tag.start()
            while waiting and waiting[-1] < row:
                yield writer.new_row(waiting[-1], marks[waiting.pop()])
            if waiting and waiting[-1] == row:
                end = tag.end() if tag[2] else xml.index(b"</" + writer.row_tag, tag.end())
                yield writer.row(row, tag[1], xml[tag.end() : end], marks[waiting.pop()])
                copied = end if tag[2] else xml.index(b">", end) + 1
        yield xml[copied:]

    def rest(self) -> Iterator[bytes]:
        """The marked rows behind the last one."""
        while self._waiting:
            yield self._writer.new_row(self._waiting[-1], self._marks[self._waiting.pop()])


class _RowWriter:
    def __init__(self, prefix: bytes, filled: Callable[[int, str], int], columns: list[tuple[int, int, int]]) -> None:
        self.row_tag = prefix + b"row"
        self._cell_tag = prefix + b"c"
        self._cells = _tags(self._cell_tag)
        self._filled, self._columns = filled, columns

    def new_row(self, row: int, colours: Mapping[int, str]) -> bytes:
        return self.row(row, b' r="%d"' % (row + 1), b"", colours)

    def row(self, row: int, attributes: bytes, cells: bytes, colours: Mapping[int, str]) -> bytes:
        """The row with its cells marked; `cells` is what stands between its tags."""
        default = self._row_format(attributes)
        waiting = sorted(colours, reverse=True)
        pieces: list[bytes] = []
        copied, column, end = 0, -1, 0
        for tag in self._cells.finditer(cells):
            reference = _REFERENCE.search(tag[1])
            column = column_index(reference[1].decode()) if reference else column + 1
            pieces.append(cells[copied : tag.start()])
            while waiting and waiting[-1] < column:
                pieces.append(self._new_cell(row, waiting[-1], default, colours[waiting.pop()]))
            if waiting and waiting[-1] == column:
                pieces.append(self._restyled(tag, colours[waiting.pop()]))
            else:
                pieces.append(tag[0])
            copied = tag.end()
            end = copied if tag[2] else cells.index(b"</" + self._cell_tag, copied)
            end = end if tag[2] else cells.index(b">", end) + 1
        pieces.append(cells[copied:end])
        pieces += [self._new_cell(row, column, default, colours[column]) for column in reversed(waiting)]
        attributes = _SPANS.sub(b"", attributes)  # a hint that may no longer hold
        close = b"</" + self.row_tag + b">"
        return b"".join((b"<", self.row_tag, attributes, b">", *pieces, cells[end:], close))

    def _restyled(self, tag: re.Match[bytes], colour: str) -> bytes:
        style = _STYLE.search(tag[1])
        new = b' s="%d"' % self._filled(int(style[1]) if style else 0, colour)
        attributes = tag[1][: style.start()] + new + tag[1][style.end() :] if style else tag[1].rstrip() + new
        return b"<" + self._cell_tag + attributes + tag[2] + b">"

    def _new_cell(self, row: int, column: int, default: int | None, colour: str) -> bytes:
        base = self._column_format(column) if default is None else default
        return b'<%s r="%s" s="%d"/>' % (self._cell_tag, a1(row, column).encode(), self._filled(base, colour))

    def _row_format(self, attributes: bytes) -> int | None:
        style = _STYLE.search(attributes)
        return int(style[1]) if style and _CUSTOM.search(attributes) else None

    def _column_format(self, column: int) -> int:
        return next((style for first, last, style in self._columns if first <= column <= last), 0)


def _tags(name: bytes) -> re.Pattern[bytes]:
    """Opening tags of that name; their attributes, and a slash where there is nothing inside."""
    return re.compile(rb"<%b(?=[\s/>])([^>]*?)(/?)>" % re.escape(name))


def _column_formats(frame: Element) -> list[tuple[int, int, int]]:
    """First and last column (zero-based) and format of each stretch of columns."""
    name = f"{{{namespace(frame)}}}col"
    return [
        (int(column.get("min", "1")) - 1, int(column.get("max", "1")) - 1, int(column.get("style", "0")))
        for column in frame.iter(name)
    ]

"""What a sheet's XML says beyond its values: percent cells, merged ranges, hidden rows; and what calamine cannot take.

Searches run over the bytes, one C-level pass each, since a sheet may hold millions of cells. They rely on tags of the
form `<c r="A1" ...>`; a sheet written otherwise (prefixes, other attribute order, no references) is first rewritten
so by `checked`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from perfxl.core.cells import column_index, column_letter
from perfxl.tables.grid import NOT_STORED, Merge

MAX_AREA = 30_000_000  # calamine allocates every cell of the rectangle, 32 bytes each

# A cell of the usual form, in A to Z and above row 1,000,000: 26 million at most.
_UNUSUAL_CELL = re.compile(rb'<c(?! r="[A-Z]\d{1,6}")[\s/>]')
_OTHER_FORM = re.compile(rb'<c(?! r="[A-Z]+\d+")[\s/>]')
_PERHAPS_PREFIXED = re.compile(rb":(?:c|row)[\s/>]")
_PREFIXED = re.compile(rb"<[^<>\s/\"':]+:(?:c|row)[\s/>]")
_TAG = re.compile(rb"<(/?)(?:[^<>\s/:\"'!?]+:)?([A-Za-z]\w*)([^<>]*?)(/?)>")
_ATTRIBUTE = re.compile(rb"([\w:.-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_REFERENCE = re.compile(rb"([A-Za-z]{1,3})([1-9]\d{0,6})")
_CELL_START = re.compile(rb'<c r="([A-Z]+)(\d+)"')
_FILLED = re.compile(rb'<c r="([A-Z]+)(\d+)"[^>]*(?<!/)>(?!</c>)')
_MERGE = re.compile(rb'<mergeCell [^>]*?ref="\$?([A-Z]+)\$?(\d+):\$?([A-Z]+)\$?(\d+)"')
_HIDDEN_ROW = re.compile(rb'<row r="(\d+)"[^>]*? hidden="(?:1|true)"')
_ERROR_CELL = re.compile(rb'(<c r="[A-Z]+\d+"[^>]*? t=")e(")')
_HAS_FORMULA = re.compile(rb"<f[\s>/]")  # and not <formula1> of a data validation
_FORMULA = rb"<f[^>]*/>|<f[^>]*>[^<]*</f>"
_UNSTORED = re.compile(rb'<c (r="[A-Z]+\d+")([^>]*)>(?:' + _FORMULA + rb")\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>")


def checked(xml: bytes) -> tuple[bytes, str]:
    """The sheet with unprefixed tags and `r` as the first attribute of every cell; and the cell that makes the
    rectangle from A1 too large for memory, "" where none does."""
    prefixed = _PERHAPS_PREFIXED.search(xml) and _PREFIXED.search(xml)
    if not prefixed and not _UNUSUAL_CELL.search(xml):
        return xml, ""
    if prefixed or _OTHER_FORM.search(xml):
        xml = b"".join(_plain_tags(xml))
    return xml, _far_cell(xml)


def reach(xml: bytes) -> tuple[int, int] | None:
    """The last row and the number of columns of rows that have cells beyond column Z; 0, 26 where there are none.
    None where the tags are prefixed or cells have another first attribute than `r`."""
    if _PERHAPS_PREFIXED.search(xml) and _PREFIXED.search(xml):
        return None
    if not _UNUSUAL_CELL.search(xml):
        return 0, 26
    return None if _OTHER_FORM.search(xml) else _extent(_CELL_START.findall(xml))


def only_column(xml: bytes, at: int) -> bytes:
    """The filled cells of one column, as one row: readers go by each cell's reference."""
    cells = re.findall(rb'<c r="%b\d+"[^<>]*(?<!/)>.*?</c>' % column_letter(at).encode(), xml, re.DOTALL)
    return b"<row>%b</row>" % b"".join(cells) if cells else b""


def mended(xml: bytes) -> bytes:
    """The sheet as calamine can take it without losing anything: error cells as their text (calamine reads some as
    blank and fails on others), formulas without a stored result as NOT_STORED. The same object where nothing is so."""
    if b' t="e"' in xml:
        xml = _ERROR_CELL.sub(rb"\1str\2", xml)
    if _HAS_FORMULA.search(xml):
        xml = _UNSTORED.sub(_mark_unstored, xml)
    return xml


def percent_cells(xml: bytes, styles: frozenset[int]) -> dict[int, set[int]]:
    """Zero-based column -> zero-based rows of the cells whose style shows a percentage."""
    if not styles:
        return {}
    rows = defaultdict(list)
    before = re.split(rb' s="(?:%s)"' % b"|".join(str(style).encode() for style in sorted(styles)), xml)
    for piece in before[:-1]:
        cell = _CELL_START.match(piece, piece.rfind(b"<"))
        if cell:  # and not a row, which has a style as well
            rows[cell[1]].append(cell[2])
    return {column_index(column.decode()): {int(row) - 1 for row in numbers} for column, numbers in rows.items()}


def merges(xml: bytes) -> list[Merge]:
    """The merged ranges that stand behind the cells."""
    return [
        (int(top) - 1, column_index(left.decode()), int(bottom) - 1, column_index(right.decode()))
        for left, top, right, bottom in _MERGE.findall(xml, xml.rfind(b"</sheetData>"))
    ]


def hidden_rows(xml: bytes) -> set[int]:
    """The zero-based rows that are not shown."""
    return {int(row) - 1 for row in _HIDDEN_ROW.findall(xml)} if b' hidden="' in xml else set()


def _far_cell(xml: bytes) -> str:
    rows, columns = _extent(_FILLED.findall(xml))
    return f"{column_letter(columns - 1)}{rows}" if rows * columns > MAX_AREA else ""


def _extent(cells: list[tuple[bytes, bytes]]) -> tuple[int, int]:
    rows = columns = 0
    for column, row in set(cells):
        rows, columns = max(rows, int(row)), max(columns, column_index(column.decode()) + 1)
    return rows, columns


def _mark_unstored(match: re.Match[bytes]) -> bytes:
    if b't="str"' in match[2]:  # a formula that gave an empty text
        return match[0]
    return b'<c %b t="str"><v>%b</v></c>' % (match[1], NOT_STORED.encode())


def _plain_tags(xml: bytes) -> Iterator[bytes]:
    """The sheet tag by tag; cells and rows without a reference get the one that follows from their place."""
    row = column = last = 0
    for match in _TAG.finditer(xml):
        yield xml[last : match.start()]
        last = match.end()
        closing, tag, rest, empty = match.groups()
        if closing:
            yield b"</%b>" % tag
            continue
        attributes = {name: a or b for name, a, b in _ATTRIBUTE.findall(rest)}
        if tag == b"row":
            given = attributes.pop(b"r", b"")
            row, column = int(given) if given.isdigit() else row + 1, 0
            attributes = {b"r": b"%d" % row, **attributes}
        elif tag == b"c":
            reference = _REFERENCE.fullmatch(attributes.pop(b"r", b""))
            if reference:
                column = column_index(reference[1].decode()) + 1
                attributes = {b"r": reference[0].upper(), **attributes}
            else:
                column += 1
                attributes = {b"r": b"%b%d" % (column_letter(column - 1).encode(), row), **attributes}
        shown = b"".join(b' %b="%b"' % (name, value.replace(b'"', b"&quot;")) for name, value in attributes.items())
        yield b"<%b%b%b>" % (tag, shown, empty)
    yield xml[last:]

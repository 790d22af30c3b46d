"""What a sheet's XML says beyond its values: percent cells, merged ranges, hidden rows; and what calamine cannot take.

Searches run over the bytes, one C-level pass each, since a sheet may hold millions of cells. They rely on tags of the
form `<c r="A1" ...>`; a sheet written otherwise (prefixes, other attribute order, no references) is first rewritten
so by `checked`.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from perfxl.core.cells import column_index, column_letter
from perfxl.ooxml.text import escape
from perfxl.tables.grid import NOT_STORED, Merge, Strays
from perfxl.workbook.reading.odd_cells import settled

MAX_AREA = 30_000_000  # of all sheets together; calamine allocates every cell of a rectangle, 32 bytes each
MAX_MERGES = 1_000_000
MAX_TEXT = 2**30  # bytes of the texts of all cells together; calamine makes a copy for each

USUAL_COLUMNS = 26
_GAP = 200  # blank columns between a table and what no longer belongs to it
_STRAY_CELLS, _STRAY_ROWS = 100, 100_000  # what is more, or further down, is no slip
_NAMED_STRAYS = 5
ENOUGH_CELLS = 2 * _STRAY_CELLS + 1
"""Where there are so many cells, strays are few among them."""

# A cell of the usual form, in A to Z and above row 1,000,000: 26 million at most.
_UNUSUAL_CELL = re.compile(rb'<c(?! r="[A-Z]\d{1,6}")[\s/>]')
_OTHER_FORM = re.compile(rb'<c(?! r="[A-Z]+\d+")[\s/>]')
_OTHER_ROW = re.compile(rb'<row(?! r="\d+")[\s/>]')
_ROW_NUMBER = re.compile(rb'<row r="(\d+)"')
_MARKUP = re.compile(rb"<!\[CDATA\[(.*?)\]\]>|<!--.*?-->|<\?(?!xml[\s?]).*?\?>", re.DOTALL)
_DIMENSION = re.compile(rb"<dimension\b[^>]*?(?:/>|>\s*</dimension>)")
_USUAL_DIMENSION = re.compile(rb'<dimension ref="[A-Z]{1,3}[1-9]\d{0,6}(?::[A-Z]{1,3}[1-9]\d{0,6})?"')
_PLACED = re.compile(rb'<(?:row r="|c r="[A-Z]+)(\d+)"')
_WIDE_CELL = re.compile(rb'<c r="([A-Z]{2,3})(\d+)"[^>]*?(?:/>|>.*?</c>)', re.DOTALL)
_PLACE = re.compile(rb'(<row r="|<c r="[A-Z]+)(\d+)"')
_WIDE_FILLED = re.compile(rb'<c r="([A-Z]{2,3})(\d+)"[^>]*(?<!/)>(?!</c>)')
_PERHAPS_PREFIXED = re.compile(rb":(?:c|row)[\s/>]")
_PREFIXED = re.compile(rb"<[^<>\s/\"':]+:(?:c|row)[\s/>]")
_TAG = re.compile(rb"<(/?)(?:[^<>\s/:\"'!?]+:)?([A-Za-z]\w*)([^<>]*?)(/?)>")
_ATTRIBUTE = re.compile(rb"([\w:.-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_REFERENCE = re.compile(rb"([A-Za-z]{1,3})([1-9]\d{0,6})")
_ADDRESS = re.compile(rb'<c r="([A-Z]+\d+)"')
_CELL_START = re.compile(rb'<c r="([A-Z]+)(\d+)"')
_FILLED = re.compile(rb'<c r="([A-Z]+)(\d+)"[^>]*(?<!/)>(?!</c>)')
_LATE_FORMULA = re.compile(rb"(<v>[^<]*</v>|<v/>)\s*(<f[^>]*/>|<f[^>]*>[^<]*</f>)")
_MERGE = re.compile(rb"""<mergeCell\s[^>]*?ref=["']\$?([A-Z]+)\$?(\d+):\$?([A-Z]+)\$?(\d+)["']""")
_HIDDEN_ROW = re.compile(rb'<row r="(\d+)"[^>]*? hidden="(?:1|true)"')
_STRING_CELL = re.compile(rb'<c r="[A-Z]+\d+"[^<>]*? t="s"[^<>]*>(?:<f[^<>]*/>|<f[^<>]*>[^<]*</f>)?<v>(\d{1,9})</v>')
_ERROR_CELL = re.compile(rb'(<c r="[A-Z]+\d+"[^>]*? t=")e(")')
_LOOSE_END = re.compile(rb"</([^<>\s]++)\s+>")  # </c >: an end as any other, which what looks for cells would miss
_HAS_FORMULA = re.compile(rb"<f[\s>/]")  # and not <formula1> of a data validation
_FORMULA = rb"<f[^>]*/>|<f[^>]*>[^<]*</f>"
_UNSTORED = re.compile(rb'<c (r="[A-Z]+\d+")([^>]*)>(?:' + _FORMULA + rb")\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>")


@dataclass
class Wide:
    """The filled cells beyond column Z: how many in each column, which comes first there, the last row of any."""

    counts: Counter[int] = field(default_factory=Counter)
    firsts: dict[int, str] = field(default_factory=dict)
    last_row: int = 0

    def add(self, xml: bytes) -> None:
        """Takes note of the cells of some rows."""
        for letters, row in _WIDE_FILLED.findall(xml):
            column = column_index(letters.decode())
            self.counts[column] += 1
            self.firsts.setdefault(column, f"{letters.decode()}{row.decode()}")
            self.last_row = max(self.last_row, int(row))

    def stray_from(self, cells: int) -> int:
        """The column from which cells lie far right of the others, few of a sheet's `cells`; 0 where none do."""
        left, right = USUAL_COLUMNS - 1, sum(self.counts.values())
        for column in sorted(self.counts):
            few = right <= _STRAY_CELLS and 2 * right < cells and self.last_row <= _STRAY_ROWS
            if column - left > _GAP and few:
                return column
            left, right = column, right - self.counts[column]
        return 0

    def columns_before(self, stray: int) -> int:
        """The number of columns up to the last one that is used."""
        return max((column + 1 for column in self.counts if not stray or column < stray), default=USUAL_COLUMNS)

    def named(self, stray: int) -> Strays:
        """The cells from a column on."""
        columns = [column for column in sorted(self.counts) if column >= stray] if stray else []
        return Strays(
            sum(self.counts[column] for column in columns),
            tuple(self.firsts[column] for column in columns[:_NAMED_STRAYS]),
        )


def usual_form(xml: bytes) -> bytes:
    """The sheet with unprefixed tags, `r` as the first attribute of every row and cell, and nothing but elements."""
    xml = without_markup(xml)
    return b"".join(_plain_tags(xml)) if _has_other_tags(xml) else xml


def is_other_form(xml: bytes) -> bool:
    """Whether it is not of the usual form."""
    return _has_markup(xml) or _has_other_tags(xml)


def _has_other_tags(xml: bytes) -> bool:
    if (_PERHAPS_PREFIXED.search(xml) and _PREFIXED.search(xml)) or _OTHER_ROW.search(xml):
        return True
    return bool(_UNUSUAL_CELL.search(xml) and _OTHER_FORM.search(xml))


def _has_markup(xml: bytes) -> bool:
    return b"<!" in xml or xml.count(b"<?") > 1


def is_misplaced(xml: bytes) -> bool:
    """Whether a cell says of itself that it stands in another row than the one around it: it would take the place of
    what stands there."""
    rows = [number for number, _ in groupby(_ROW_NUMBER.findall(xml))]
    return rows != [number for number, _ in groupby(_PLACED.findall(xml))]


def has_twins(xml: bytes) -> bool:
    """Whether two cells of a sheet of the usual form that hold something have one address: only one would be read."""
    places = _ADDRESS.findall(xml)
    if len(set(places)) == len(places):
        return False
    filled = _FILLED.findall(xml)
    return len(set(filled)) < len(filled)


def without_markup(xml: bytes) -> bytes:
    """XML with CDATA as plain text, and without comments and processing instructions."""
    if _has_markup(xml):
        return _MARKUP.sub(lambda match: escape((match[1] or b"").decode()).encode(), xml)
    return xml


def wide_cells(xml: bytes) -> Wide:
    """The cells beyond column Z of a sheet of the usual form."""
    wide = Wide()
    if _UNUSUAL_CELL.search(xml):
        wide.add(xml)
    return wide


def count_cells(xml: bytes) -> int:
    """The cells, filled or not."""
    return xml.count(b'<c r="')


def count_string_cells(xml: bytes) -> int:
    """The cells that refer to a shared string."""
    return xml.count(b't="s"')


def size_of_texts(xml: bytes, sizes: Sequence[int]) -> int:
    """The bytes of the shared strings that cells refer to, with those of each string."""
    used = Counter(_STRING_CELL.findall(xml))
    return sum(times * sizes[int(index)] for index, times in used.items() if int(index) < len(sizes))


def without_columns(xml: bytes, stray: int) -> bytes:
    """The sheet without the cells from a column on."""
    return _WIDE_CELL.sub(lambda cell: b"" if column_index(cell[1].decode()) >= stray else cell[0], xml)


def filled_rows(xml: bytes, numbers: list[int]) -> int:
    """The last row, counted from 1, that may hold a value; `numbers` are those of all rows, as they come."""
    end = max(xml.rfind(b"</sheetData>"), 0) or len(xml)
    last = xml.rfind(b"<v", 0, end)
    last = max(last, *(xml.rfind(tag, max(last, 0), end) for tag in (b"<is", b"<f")))
    if last < 0:
        return 0
    row = _ROW_NUMBER.match(xml, max(xml.rfind(b"<row ", 0, last), 0))
    if row and numbers == sorted(numbers):
        cell = _CELL_START.match(xml, max(xml.rfind(b"<c ", 0, last), 0))
        return max(int(row[1]), int(cell[2]) if cell else 0)
    return max((int(filled[2]) for filled in _FILLED.finditer(xml)), default=0)


def squeezed(xml: bytes) -> tuple[bytes, list[int]]:
    """The sheet with its rows one below the other, and the number that each had, counted from 1."""
    there = {int(number) for number in _ROW_NUMBER.findall(xml)} | {int(row) for _, row in _CELL_START.findall(xml)}
    numbers = sorted(there)
    places = {b"%d" % number: b"%d" % at for at, number in enumerate(numbers, 1)}
    return _PLACE.sub(lambda tag: b'%b%b"' % (tag[1], places[b"%d" % int(tag[2])]), xml), numbers


def far_cell(xml: bytes) -> str:
    """The corner of the rectangle that the filled cells span from A1."""
    rows, columns = _extent(_FILLED.findall(xml))
    return f"{column_letter(columns - 1)}{rows}" if rows else ""


def reach(xml: bytes) -> tuple[int, int] | None:
    """The last row and the number of columns of rows that have cells beyond column Z; 0, 26 where there are none.
    None where the tags are prefixed or cells have another first attribute than `r`."""
    if _PERHAPS_PREFIXED.search(xml) and _PREFIXED.search(xml):
        return None
    if not _UNUSUAL_CELL.search(xml):
        return 0, USUAL_COLUMNS
    return None if _OTHER_FORM.search(xml) else _extent(_CELL_START.findall(xml))


def only_column(xml: bytes, at: int) -> bytes:
    """The filled cells of one column, as one row: readers go by each cell's reference."""
    cells = re.findall(rb'<c r="%b\d+"[^<>]*(?<!/)>.*?</c>' % column_letter(at).encode(), xml, re.DOTALL)
    return b"<row>%b</row>" % b"".join(cells) if cells else b""


def mended(xml: bytes, rest: bytes) -> bytes:
    """The sheet as calamine can take it without losing anything: error cells as their text (calamine reads some as
    blank and fails on others), formulas without a stored result as NOT_STORED, cells that make no sense as odd_cells
    says. The same object where nothing is so. `rest` is it without its plain rows, in which nothing is."""
    changed = _mended(rest)
    return xml if changed is rest or changed == rest else _mended(xml)


def _mended(xml: bytes) -> bytes:
    xml = _LOOSE_END.sub(rb"</\1>", xml)
    if b' t="e"' in xml:
        xml = _ERROR_CELL.sub(rb"\1str\2", xml)
    dimension = _DIMENSION.search(xml, 0, max(xml.find(b"<sheetData"), 0) or len(xml))
    if dimension and not _USUAL_DIMENSION.match(dimension[0]):
        xml = xml[: dimension.start()] + xml[dimension.end() :]
    if _HAS_FORMULA.search(xml):
        xml = _LATE_FORMULA.sub(rb"\2\1", xml)
        xml = _UNSTORED.sub(_mark_unstored, xml)
    return settled(xml)


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
    """The merged ranges that stand behind the cells.

    Raises: ValueError for more than there may be.
    """
    behind = max(xml.rfind(b"</sheetData>"), 0)
    if xml.count(b"<mergeCell ", behind) > MAX_MERGES:
        raise ValueError(MAX_MERGES)
    return [
        (int(top) - 1, column_index(left.decode()), int(bottom) - 1, column_index(right.decode()))
        for left, top, right, bottom in _MERGE.findall(xml, behind)
    ]


def overlap(merges: Iterable[Merge], rows: int, columns: int) -> bool:
    """Whether ranges, which may not overlap, cover more cells than a sheet has: going through them would not end. Those
    beyond all that is filled, such as the blank rows of a form, cover nothing that is gone through."""
    covered = 0
    for top, left, bottom, right in merges:
        covered += max(min(bottom, rows) - top + 1, 0) * max(min(right, columns) - left + 1, 0)
    return covered > 2 * (rows + 1) * (columns + 1) + 10_000


def hidden_rows(xml: bytes) -> set[int]:
    """The zero-based rows that are not shown."""
    return {int(row) - 1 for row in _HIDDEN_ROW.findall(xml)} if b' hidden="' in xml else set()


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

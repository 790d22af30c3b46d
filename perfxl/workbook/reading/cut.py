"""A sheet's XML cut into blocks of whole rows while it is inflated, so that it is never in memory as a whole.

`cut` gives head, blocks and tail; `survey` goes through them once to see whether the blocks, read one by one, hold
what the sheet read at once would hold. Where that is not sure it raises UnsupportedLayout.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice, pairwise
from operator import lt

from perfxl.ooxml.xml import new_proof
from perfxl.tables.grid import Merge, Strays
from perfxl.tables.headers import SEARCHED_ROWS
from perfxl.workbook.reading import sheet_xml
from perfxl.workbook.reading.plain_rows import ROW, Rest, without_plain_rows

BLOCK = 4 * 2**20
MARK = "\ue001"  # stands before the index of a shared string
_MOST = 64 * 2**20  # of a head, of a tail, of a row
_GAP = 10_000  # rows; calamine allocates the cells of rows that are not there
_ROW, _CLOSING = b"<row ", b"</sheetData>"
_NUMBERED = re.compile(rb'<row r="(\d{1,7})"')
_MARK_ENTITY = re.compile(rb"&#(?:[xX]0*[eE]001|0*57345);")
# What makes rows odd, each with its rarest letter: one letter is found much faster than several.
_ODD = [(b"!", b"<!"), (b"?", b"<?"), (b"'", b"'s'"), (b"\xee", MARK.encode()), (b"_", b"_xE001_"), (b"_", b"_xe001_")]
_SHARED, _MARKED = b' t="s"><v>', b' t="str"><v>' + MARK.encode()

_SHARED_AND_MORE = re.compile(rb' t="s"( [^<>]*><v>)')  # another attribute follows


class UnsupportedLayout(Exception):
    """The XML is of a form that can only be read whole."""


@dataclass
class Survey:
    """`head` are the bytes before the rows and `sizes` those of each block; `last` holds the last row of each block,
    counted from 1, and `filled` the number of blocks up to the last one with values in it; `top` is the XML of the rows
    where a header is looked for; `tied` are the blocks that merged cells bind to the next one, `with_texts` those in
    which texts may stand beside the shared strings, `to_mend` those that calamine cannot take as they are, and `plain`
    those of nothing but plain rows; from the column `stray` on, 0 for none, cells are not read (`strays`)."""

    merges: list[Merge] = field(default_factory=list)
    head: int = 0
    sizes: list[int] = field(default_factory=list)
    last: list[int] = field(default_factory=list)
    filled: int = 0
    top: bytes = b""
    tied: set[int] = field(default_factory=set)
    with_texts: set[int] = field(default_factory=set)
    to_mend: set[int] = field(default_factory=set)
    plain: set[int] = field(default_factory=set)
    stray: int = 0
    strays: Strays = field(default_factory=Strays)


def blocks(pieces: Iterable[bytes], surveyed: Survey) -> Iterator[bytes]:
    """Just the rows, of a sheet that was surveyed: where to cut is known."""
    held, size, before = [], 0, surveyed.head
    sizes = iter(surveyed.sizes)
    wanted = next(sizes, 0)
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        while wanted and size >= before + wanted:
            pending = b"".join(held)
            yield pending[before : before + wanted]
            held, size = [pending[before + wanted :]], size - before - wanted
            before, wanted = 0, next(sizes, 0)


def marked(xml: bytes) -> bytes:
    """Cells that hold a shared string hold a text instead: the mark and the string's index."""
    xml = xml.replace(_SHARED, _MARKED)
    return _SHARED_AND_MORE.sub(rb' t="str"\1' + MARK.encode(), xml) if b' t="s" ' in xml else xml


def top_rows(pieces: Iterable[bytes]) -> bytes:
    """The rows where a header is looked for.

    Raises: UnsupportedLayout where that is not sure.
    """
    top = b""
    for xml in islice(cut(pieces), 1, None):
        if xml.startswith(_CLOSING):
            break
        top += _first_rows(xml, SEARCHED_ROWS + 1)
        last = _NUMBERED.match(xml, xml.rfind(_ROW))
        if not last:
            raise UnsupportedLayout
        if int(last[1]) > SEARCHED_ROWS:
            break
    return top


def rows_at(xml: bytes, places: Iterable[int]) -> bytes:
    """The rows of a block in which something stands at one of the places, in order."""
    rows, end = [], 0
    for at in places:
        if at >= end:
            start, end = row_around(xml, at)
            rows.append(xml[start:end])
    return b"".join(rows)


def row_around(xml: bytes, at: int) -> tuple[int, int]:
    """Where the row of a block begins and ends in which something stands."""
    return xml.rfind(_ROW, 0, at), _end_of_row(xml, at)


def first_row(xml: bytes) -> bytes:
    """The first row of a block."""
    return xml[: _end_of_row(xml, 1)]


def _end_of_row(xml: bytes, within: int) -> int:
    following = xml.find(_ROW, within)
    return following if following >= 0 else len(xml)


def survey(pieces: Iterable[bytes], look: Callable[[bytes, bool], None] | None = None) -> Survey:
    """Goes through a sheet once. `look` is shown each block, and whether texts may stand beside the shared strings.

    Raises: UnsupportedLayout where its blocks may not hold what the sheet holds; etree.XMLSyntaxError where it is no
    XML, which calamine would not say.
    """
    result, wide, before, cells = Survey(), sheet_xml.Wide(), 0, 0
    for xml, rest in _proved(_titles_apart(cut(pieces))):
        if xml.startswith(_CLOSING):
            result.merges = sheet_xml.merges(xml)
        elif not xml.startswith(_ROW):
            if b"<!" in xml or xml.count(b"<?") > 1:
                raise UnsupportedLayout
            result.head = len(xml)
        else:
            _check_rows(rest, before)
            result.sizes.append(len(xml))
            reach = sheet_xml.reach(rest.xml)
            if reach is None:
                raise UnsupportedLayout
            before = rest.numbers[-1]
            if cells < sheet_xml.ENOUGH_CELLS:
                cells += sheet_xml.count_cells(xml)
            with_texts = b'"str"' in rest.xml or b"inlineStr" in xml
            if with_texts:
                result.with_texts.add(len(result.last))
            if look:
                look(xml, with_texts)
            if sheet_xml.mended(xml, rest.xml) is not xml:
                result.to_mend.add(len(result.last))
            if rest.xml == ROW:
                result.plain.add(len(result.last))
            if reach[0] > before:
                raise UnsupportedLayout
            if reach[1] > sheet_xml.USUAL_COLUMNS:
                wide.add(rest.xml)
            if not result.last or result.last[-1] <= SEARCHED_ROWS:
                result.top += _first_rows(xml, SEARCHED_ROWS + 1)
            result.last.append(before)
            if b"<v" in xml or b"<is" in xml:
                result.filled = len(result.last)
    result.stray = wide.stray_from(cells)
    result.strays = wide.named(result.stray)
    columns = wide.columns_before(result.stray)
    if before * columns > sheet_xml.MAX_AREA or sheet_xml.overlap(result.merges, before, columns):
        raise UnsupportedLayout
    for top, _, bottom, _ in result.merges:
        result.tied.update(range(bisect_left(result.last, top + 1), bisect_left(result.last, bottom + 1)))
    return result


def _proved(parts: Iterable[bytes]) -> Iterator[tuple[bytes, Rest]]:
    """The parts of a sheet, each with what it is without its plain rows; those of which many rows are missing apart."""
    proof = new_proof()
    for xml in parts:
        rest = without_plain_rows(xml)
        proof.feed(rest.xml)
        apart = list(_close_rows(xml, len(rest.numbers))) if xml.startswith(_ROW) else [xml]
        yield from ((rows, without_plain_rows(rows)) for rows in apart) if len(apart) > 1 else ((xml, rest),)
    proof.close()


def _titles_apart(parts: Iterable[bytes]) -> Iterator[bytes]:
    """The parts of a large sheet, titles and headers apart from the many rows below them, which are mostly plain."""
    is_first = True
    for xml in parts:
        rows = xml
        if is_first and xml.startswith(_ROW):
            is_first, titles = False, _first_rows(xml, SEARCHED_ROWS)
            if 2 * len(titles) < BLOCK < 2 * len(xml):
                yield titles
                rows = xml[len(titles) :]
        yield rows


def cut(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """What comes before the rows, the rows block by block, and what follows from </sheetData> on."""
    pending, inside, ended = b"", False, False
    held, size = [b""], 0
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        if inside and (ended or size < BLOCK) and size <= _MOST:
            continue
        pending = b"".join(held)
        if not inside and (at := pending.find(_ROW)) >= 0:
            yield pending[:at]
            pending, inside = pending[at:], True
        ended = ended or (inside and len(pending) >= BLOCK and _CLOSING in pending)
        while inside and not ended and len(pending) >= BLOCK and (at := _border(pending)) > 0:
            yield pending[:at]
            pending = pending[at:]
        if len(pending) > _MOST:
            raise UnsupportedLayout
        held, size = [pending], len(pending)
    rows, closing, tail = b"".join(held).partition(_CLOSING)
    if not inside or not closing:
        raise UnsupportedLayout
    while len(rows) >= BLOCK and (at := _border(rows)) > 0:
        yield rows[:at]
        rows = rows[at:]
    yield rows
    yield closing + tail


def _border(pending: bytes) -> int:
    at = pending.rfind(_ROW, 1, BLOCK + len(_ROW) - 1)
    return at if at > 0 else pending.find(_ROW, BLOCK)


def _close_rows(xml: bytes, count: int) -> Iterator[bytes]:
    """The rows apart where many between them are missing."""
    first, last = _NUMBERED.match(xml), _NUMBERED.match(xml, xml.rfind(_ROW))
    start = 0
    if first and last and int(last[1]) - int(first[1]) > count + _GAP:
        for before, row in pairwise(_NUMBERED.finditer(xml)):
            if int(row[1]) - int(before[1]) > _GAP:
                yield xml[start : row.start()]
                start = row.start()
    yield xml[start:]


def _check_rows(rest: Rest, before: int) -> None:
    """Whether the rows come in order, and are such as can be read block by block."""
    numbers, odd = rest.numbers, rest.xml
    in_order = all(map(lt, [before, *numbers], numbers))
    if not rest.is_numbered or not in_order or sheet_xml.is_misplaced(odd) or sheet_xml.has_twins(odd):
        raise UnsupportedLayout
    if any(letter in odd and text in odd for letter, text in _ODD) or (b"&#" in odd and _MARK_ENTITY.search(odd)):
        raise UnsupportedLayout
    others = odd.count(b'"s"') - odd.count(_SHARED)
    if others and others != len(_SHARED_AND_MORE.findall(odd)):
        raise UnsupportedLayout


def _first_rows(xml: bytes, last: int) -> bytes:
    end = next((row.start() for row in _NUMBERED.finditer(xml) if int(row[1]) > last), len(xml))
    return xml[:end]

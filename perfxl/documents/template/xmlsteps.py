"""What docxtpl does to the XML after rendering, each step only where there is something to do.

The text steps work on the rendered text; `fix_tree` is for parts whose structure depends on the data (columns in a
loop, tags that cross cells, XML that came in with a value) and costs a parse.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

from docxtpl import DocxTemplate
from lxml import etree

from perfxl.documents.template.package import SAFE_PARSER

__all__ = ["WP", "W", "break_lines", "fix_tree", "number_pictures", "row_span", "unescape_braces"]

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
FIRST_PICTURE = 1001

_RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_REFERENCES = "//@r:id | //@r:embed | //@r:link"
_BREAKS = "\t\n\a\f"
_PARAGRAPH = re.compile("<w:p(?: [^>]*)?>")
_PARAGRAPH_END = "</w:p>"
_PICTURE_ID = re.compile(r'(<wp:docPr\b[^>]*?\sid=")[^"]*(")')
_resolve_listing: Callable[[None, str], str] = DocxTemplate.resolve_listing  # uses nothing of its template


def unescape_braces(xml: str) -> str:
    """docxtpl's way to print what would be a tag."""
    return xml.replace("{_{", "{{").replace("}_}", "}}").replace("{_%", "{%").replace("%_}", "%}")


def break_lines(xml: str) -> str:
    """Line breaks, tabs, \\a and \\f in texts become Word's own. docxtpl goes through every paragraph; only those
    that hold such a character can change."""
    pieces: list[str] = []
    done = 0
    for position in sorted(_breaks(xml)):
        begin = _PARAGRAPH.search(xml, max(done, _end_before(xml, position)))
        end = xml.find(_PARAGRAPH_END, position) + len(_PARAGRAPH_END)
        if position >= done and begin and begin.start() < position and end >= len(_PARAGRAPH_END):
            pieces += (xml[done : begin.start()], _resolve_listing(None, xml[begin.start() : end]))
            done = end
    return "".join((*pieces, xml[done:]))


def number_pictures(xml: str) -> str:
    """Pictures of the body are numbered from 1001: Word wants the numbers unique."""
    numbers = count(FIRST_PICTURE)
    return _PICTURE_ID.sub(lambda found: f"{found[1]}{next(numbers)}{found[2]}", xml)


def fix_tree(xml: bytes, *, body: bool) -> tuple[bytes, set[str]]:
    """A whole part, parsed (raises etree.XMLSyntaxError if it is none); tables and pictures of the body put right.
    Also the relations it refers to."""
    root = etree.fromstring(xml, SAFE_PARSER)
    if body:
        for table in root.iter(f"{W}tbl"):
            _fit_grid(table)
        for number, picture in enumerate(root.iter(f"{WP}docPr"), FIRST_PICTURE):
            picture.set("id", str(number))
    references: Any = root.xpath(_REFERENCES, namespaces={"r": _RELATIONSHIPS})
    return etree.tostring(root, encoding="UTF-8", standalone=True), set(map(str, references))


def row_span(row: etree._Element) -> int:
    """How many columns of the grid the cells of a row take."""
    return sum(map(_span, row.findall(f"{W}tc")))


def _breaks(xml: str) -> Iterator[int]:
    for character in _BREAKS:  # four searches for one character are much faster than one for any of them
        position = xml.find(character)
        while position >= 0:
            yield position
            position = xml.find(character, position + 1)


def _end_before(xml: str, position: int) -> int:
    before = xml.rfind(_PARAGRAPH_END, 0, position)
    return 0 if before < 0 else before + len(_PARAGRAPH_END)


def _fit_grid(table: etree._Element) -> None:
    """The grid gets as many columns as the rows need, the width of the table stays."""
    grid = table.find(f"{W}tblGrid")
    if grid is None:
        return
    rows = list(table.iter(f"{W}tr"))
    columns = grid.findall(f"{W}gridCol")
    width = sum(_width(column) for column in columns)
    wanted = max((len(row.findall(f"{W}tc")) for row in rows), default=0)
    if wanted > len(columns) and width > 0:
        average = width / wanted
        for column in columns:
            column.set(f"{W}w", str(int(_width(column) * average / (width / len(columns)))))
        for _ in range(wanted - len(columns)):
            etree.SubElement(grid, f"{W}gridCol", {f"{W}w": str(int(average))})
        columns = grid.findall(f"{W}gridCol")
    surplus = len(columns) - max(map(row_span, rows), default=0)
    if surplus > 0:
        _drop_columns(grid, columns, surplus)


def _drop_columns(grid: etree._Element, columns: list[etree._Element], surplus: int) -> None:
    kept, dropped = columns[:-surplus], columns[-surplus:]
    for column in dropped:
        grid.remove(column)
    share = int(sum(_width(column) for column in dropped) / len(kept)) if kept else 0
    for column in kept:
        column.set(f"{W}w", str(int(_width(column) + share)))


def _width(column: etree._Element) -> float:
    return float(column.get(f"{W}w") or 0)


def _span(cell: etree._Element) -> int:
    span = cell.find(f"{W}tcPr/{W}gridSpan")
    return 1 if span is None else int(span.get(f"{W}val") or 1)

"""The structure of a part's XML: what docxtpl does to it after rendering, and what is known of it before."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any, NamedTuple

from jinja2 import Environment as Lexer
from lxml import etree

from perfxl.documents.template.breaks import place_breaks, without_hidden
from perfxl.documents.template.containers import always_filled, repair
from perfxl.ooxml.xml import SAFE_PARSER

__all__ = [
    "WP",
    "PartShape",
    "W",
    "find_shape",
    "fix_tree",
    "join_runs",
    "number_pictures",
    "row_span",
    "unescape_braces",
]


W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
FIRST_PICTURE = 1001

_RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_REFERENCES = "//@r:id | //@r:embed | //@r:link"
_PICTURE_ID = re.compile(r'(<wp:docPr\b[^>]*?\sid=")[^"]*(")')


def unescape_braces(xml: str) -> str:
    """docxtpl's way to print what would be a tag."""
    return xml.replace("{_{", "{{").replace("}_}", "}}").replace("{_%", "{%").replace("%_}", "%}")


def number_pictures(xml: str) -> str:
    """Pictures of the body are numbered from 1001: Word wants the numbers unique."""
    numbers = count(FIRST_PICTURE)
    return _PICTURE_ID.sub(lambda match: f"{match[1]}{next(numbers)}{match[2]}", xml)


def join_runs(root: etree._Element) -> None:
    """Puts each tag in a text of a drawing (chart, SmartArt) into one run, where editing has spread it over several."""
    for paragraph in root.iter(f"{A}p"):
        texts = [text for run in paragraph.findall(f"{A}r") if (text := run.find(f"{A}t")) is not None]
        written = "".join(text.text or "" for text in texts)
        for tag in _TAG.finditer(written):
            at = 0
            first: etree._Element | None = None
            for text in texts:
                own = text.text or ""
                begin, end = max(tag.start(), at), min(tag.end(), at + len(own))
                at += len(own)
                if first is not None and begin < end:
                    first.text = (first.text or "") + own[begin - (at - len(own)) : end - (at - len(own))]
                    text.text = own[: begin - (at - len(own))] + own[end - (at - len(own)) :]
                elif begin < end and end < tag.end():
                    first = text


def fix_tree(xml: bytes, *, body: bool, breaks: bool = False) -> tuple[bytes, set[str]]:
    """A whole part, parsed (raises etree.XMLSyntaxError if it is none); its `breaks` placed, tables and pictures of the
    body put right, what was emptied filled up. Also the relations it refers to."""
    root = etree.fromstring(xml, SAFE_PARSER)
    if breaks:
        place_breaks(root)
    if body:
        for table in root.iter(f"{W}tbl"):
            _fit_grid(table)
        for number, picture in enumerate(root.iter(f"{WP}docPr"), FIRST_PICTURE):
            picture.set("id", str(number))
    repair(root)
    references: Any = root.xpath(_REFERENCES, namespaces={"r": _RELATIONSHIPS})
    fixed = etree.tostring(root, encoding="UTF-8", standalone=True)
    return without_hidden(fixed) if breaks else fixed, set(map(str, references))


def row_span(row: etree._Element) -> int:
    """How many columns of the grid the cells of a row take."""
    spans = (cell.find(f"{W}tcPr/{W}gridSpan") for cell in row.findall(f"{W}tc"))
    return sum(1 if span is None else int(span.get(f"{W}val") or 1) for span in spans)


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
        kept, dropped = columns[:-surplus], columns[-surplus:]
        for column in dropped:
            grid.remove(column)
        share = int(sum(_width(column) for column in dropped) / len(kept)) if kept else 0
        for column in kept:
            column.set(f"{W}w", str(int(_width(column) + share)))


def _width(column: etree._Element) -> float:
    return float(column.get(f"{W}w") or 0)


class PartShape(NamedTuple):
    """What is the same for every record; the defaults are those of a part about which nothing can be said."""

    well_formed: bool = False
    tables_fit: bool = False
    pictures_fixed: bool = False
    filled: bool = False


def find_shape(source: str, lexer: Lexer) -> PartShape:
    """`source` is a whole part, patched by docxtpl, syntactically correct for Jinja."""
    marked = _MarkedXml()
    for _, kind, text in lexer.lex(source):
        marked.add(kind, text)
    try:
        root = etree.fromstring("".join(marked.pieces).encode(), SAFE_PARSER)
    except etree.XMLSyntaxError:
        return PartShape()
    tags = {int(str(tag.text).split()[0]): tag for tag in _marks(root.iter(etree.ProcessingInstruction))}
    if not all(_balanced(block, tags) for block in marked.blocks):
        return PartShape()
    apart = [block for block in marked.blocks if not _same_parent(block, tags)]
    return PartShape(
        well_formed=True,
        tables_fit=not any(f"{W}tbl" in _path(place, tags) for block in apart for place in block)
        and _tables_fit(root, tags),
        pictures_fixed=all(not apart and not _in_block(picture) for picture in root.iter(f"{WP}docPr")),
        filled=all(_within_text(block, tags) for block in apart) and always_filled(root, _in_block),
    )


_TARGET = "tag"
_OPENING = frozenset(("for", "if", "macro", "call", "filter", "with", "block", "autoescape", "set"))
_MIDDLE = frozenset(("else", "elif"))
_DEPTH = {"open": 1, "middle": 0, "close": -1}
_IN_MARKUP = "?"  # stands for a tag within an attribute; no number, so that a gridSpan with a tag counts as unknown
_HOLDS_MORE = tuple(f"{W}{name}" for name in ("bookmarkStart", "sdtContent", "txbxContent"))
_GRID_MAKERS = frozenset(f"{W}{name}" for name in ("tr", "tblGrid", "tcPr"))

Block = list[int | str]  # where its tags stand


@dataclass
class _MarkedXml:
    """The part with a processing instruction in the place of every tag. A tag within an attribute is instead named
    by the markup it stands in ("@12": the twelfth)."""

    pieces: list[str] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    _open: list[Block] = field(default_factory=list)
    _tag: list[str] | None = None
    _count: int = 0
    _markup: int = 0
    _inside: bool = False

    def add(self, kind: str, text: str) -> None:
        if kind == "data":
            self._data(text)
        elif kind == "variable_begin" and self._inside:
            self.pieces.append(_IN_MARKUP)
        elif kind == "block_begin":
            self._tag = []
        elif kind == "block_end":
            self._block(self._tag or [])
            self._tag = None
        elif self._tag is not None and kind != "whitespace":
            self._tag.append(text)

    def _data(self, text: str) -> None:
        self.pieces.append(text)
        self._markup += text.count("<")
        last_open, last_close = text.rfind("<"), text.rfind(">")
        if last_open != last_close:
            self._inside = last_open > last_close

    def _block(self, tag: list[str]) -> None:
        word = tag[0] if tag else ""
        if word.startswith("end"):
            self._open.pop().append(self._place("close"))
        elif word in _MIDDLE:
            self._open[-1].append(self._place("middle"))
        elif word in _OPENING and not (word == "set" and "=" in tag):
            block: Block = [self._place("open")]
            self.blocks.append(block)
            self._open.append(block)

    def _place(self, role: str) -> int | str:
        if self._inside:
            self.pieces.append(_IN_MARKUP)
            return f"@{self._markup}"
        self._count += 1
        self.pieces.append(f"<?{_TARGET} {self._count} {role}?>")
        return self._count


def _marks(instructions: Iterable[etree._Element]) -> Iterator[etree._Element]:
    """Our own among processing instructions: a template may have brought others."""
    return (tag for tag in instructions if isinstance(tag, etree._ProcessingInstruction) and tag.target == _TARGET)


def _balanced(block: Block, tags: dict[int, etree._Element]) -> bool:
    """Leaving the block out, or repeating it, keeps the XML well-formed: its tags stand at like places."""
    return len({_path(place, tags) for place in block}) == 1


def _same_parent(block: Block, tags: dict[int, etree._Element]) -> bool:
    parents = [None if isinstance(place, str) else tags[place].getparent() for place in block]
    return all(parent is parents[0] for parent in parents)


def _within_text(block: Block, tags: dict[int, etree._Element]) -> bool:
    """Whether all tags of a block stand in the runs of one paragraph which holds nothing but runs: then nothing that
    has to be filled, or to be there once, goes with it."""
    paragraphs = [None if isinstance(place, str) else next(tags[place].iterancestors(f"{W}p"), None) for place in block]
    first = paragraphs[0]
    return (
        first is not None and all(each is first for each in paragraphs) and next(first.iter(*_HOLDS_MORE), None) is None
    )


def _path(place: int | str, tags: dict[int, etree._Element]) -> tuple[str, ...]:
    if isinstance(place, str):
        return (place,)
    return tuple(str(parent.tag) for parent in tags[place].iterancestors())


def _in_block(element: etree._Element, within: etree._Element | None = None) -> bool:
    """May the element be left out or repeated? Only blocks among neighbours are asked for, so the tags that stand
    before it, and before its ancestors (up to `within`), tell."""
    current: etree._Element | None = element
    while current is not None and current is not within:
        before = current.itersiblings(etree.ProcessingInstruction, preceding=True)
        if sum(_DEPTH[str(tag.text).split()[1]] for tag in _marks(before)):
            return True
        current = current.getparent()
    return False


def _tables_fit(root: etree._Element, tags: dict[int, etree._Element]) -> bool:
    """No row has more cells than its grid has columns, and one row that is always there fills it."""
    if any(_path(number, tags)[0] in _GRID_MAKERS for number in tags):
        return False
    return all(_fits(table) for table in root.iter(f"{W}tbl"))


def _fits(table: etree._Element) -> bool:
    columns = len(table.findall(f"{W}tblGrid/{W}gridCol"))
    rows = list(table.iter(f"{W}tr"))
    if any(len(row.findall(f"{W}tc")) > columns for row in rows):
        return False
    try:
        return any(row_span(row) >= columns and not _in_block(row, within=table) for row in rows)
    except ValueError:  # a tag within a gridSpan
        return False

"""A person's page as the template draws it: which row of it says what, in which column each field stands, how its cells
look, and all that stands around the rows.

A defined name `perfxl_rows_<kind>` marks each row that perfxl fills (KINDS); `{{field}}` says where a value goes.
Rows from the first of a contract's kinds to the last are written for each contract, HR's own rows between them too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from typing import NamedTuple

from lxml import etree
from xlsxwriter.format import Format

from perfxl.ooxml.text import escape, inline_string, quote_attribute
from perfxl.ooxml.xml import Element
from perfxl.workbook.row_sheet import ROW, ROW_IN_XML, Tail
from perfxl.workbook.style import ROW_HEIGHT
from perfxl.workbook.template.mixed_book import Look, MixedWorkbook
from perfxl.workbook.template.references import CURRENT, Growth, Place, References
from perfxl.workbook.template.sheet import FIELD, Block, SheetTemplate

__all__ = [
    *("ABSENT", "CONTRACT", "DECIDED", "INSTEAD", "PERSON"),
    *("Letters", "PageRows", "PageTemplate", "RowPattern", "insert_links", "link_xml"),
]

CONTRACT = (
    *("title", "details", "header", "lines", "adjusting", "vetoes", "monitored"),
    *("sum", "limits", "result", "undetermined"),
)
"""What a contract's rows are, in the order of the shipped template; `undetermined` stands in place of `result`."""
PERSON = ("segments_title", "segments_header", "segments", "person_result", "person_undetermined")
"""The rows over several contracts."""
DECIDED = "decided"
INSTEAD = {"undetermined": "result", "person_undetermined": "person_result"}

ABSENT = "\1"
"""Stands in a formula for the column of a field that the template does not show: such a formula is not written, but
the value that it has."""
_MARK = "\U0010fd01"  # of a place in a cell of HR's own
_MOST_RULES = 1000  # of a unit's list
_WIDTH = 8.43  # of a column, where the sheet does not say


class Letters(dict[str, str]):
    """The column of each field; ABSENT for one that is not shown."""

    def __missing__(self, field: str) -> str:
        return ABSENT

    def __hash__(self) -> int:  # type: ignore[override]
        return id(self)  # they are made once for each kind of row, and never changed


class _Cell(NamedTuple):
    """A cell of a row: where, in which style, and what: a field alone, text around fields, or always the same."""

    letters: str
    style: int
    field: str
    parts: tuple[str, ...]
    same: str

    @property
    def blank(self) -> Tail:
        return f'" s="{self.style}"/>'.encode()

    @property
    def is_open(self) -> bool:
        """Whether it is known only when a row is written."""
        return bool(self.parts) or CURRENT in self.same or _MARK in self.same


class RowPattern(NamedTuple):
    """A row of the page; `kind` is blank for one of HR's own. Its form has all that is known, places for the height and
    the open cells, and ROW for its number. An open cell has its field, and what stands there without: b"" where that
    depends on the row."""

    kind: str
    row: int
    height: float
    form: bytes
    open: tuple[tuple[str, Tail, _Cell], ...]
    letters: Letters
    styles: Mapping[str, int]
    cells: tuple[_Cell, ...]

    @classmethod
    def of(cls, kind: str, row: int, height: float, cells: tuple[_Cell, ...] = ()) -> RowPattern:
        """From the cells of the template's row."""
        letters, styles = Letters(), {}
        for cell in cells:
            if cell.field and cell.field not in letters:
                letters[cell.field], styles[cell.field] = cell.letters, cell.style
        return cls(kind, row, height, b"", (), letters, styles, cells).filled({}, height)

    def filled(self, cells: Mapping[str, Tail], height: float) -> RowPattern:
        """For many rows that share these cells, b"" for a blank one: only the others are still to be put in."""
        tails, places = list[bytes](), list[tuple[str, Tail, _Cell]]()
        for cell in self.cells:
            if cell.is_open and cell.field not in cells:
                places.append((cell.field, cell.blank if cell.field else b"", cell))
                tail = b"%s"
            else:
                tail = (cells.get(cell.field, cell.same.encode()) or cell.blank).replace(b"%", b"%%")
            tails.append(f'<c r="{cell.letters}{ROW}'.encode() + tail)
        form = b'<row r="%s" ht="%%a" customHeight="1">%s</row>' % (ROW_IN_XML, b"".join(tails))
        return self._replace(form=form, open=tuple(places), height=max(height, self.height))


class PageTemplate:
    """Compiled from the tree of the template's sheet, whose texts stand in its cells.

    marks   the row of each kind
    key     the sheet, as `title_key` names it
    printed the first and last column of what is printed, from 0
    """

    def __init__(self, tree: Element, marks: Mapping[str, int], key: str, printed: tuple[int, int]) -> None:
        self._namespace = etree.QName(tree).namespace or ""
        self.marks, self.key = marks, key
        self._declared = dict(tree.nsmap)
        region = [marks[kind] for kind in (*CONTRACT, *PERSON, DECIDED) if kind in marks]
        self.first, self.last = min(region), max(region)
        self._references = References({key: range(self.first, self.last + 1)})
        data = tree.find(f"{{{self._namespace}}}sheetData")
        assert data is not None, "a sheet has rows, be they none"
        kinds = {row: kind for kind, row in marks.items()}
        patterns = {pattern.row: pattern for pattern in (self._pattern(row, kinds) for row in data)}
        for row in range(1, self.last + 1):  # blank ones are rows, too
            patterns.setdefault(row, RowPattern.of("", row, ROW_HEIGHT))
        ordered = [patterns[row] for row in sorted(patterns)]
        self.head = [p for p in ordered if p.row < self.first]
        self.tail = [p for p in ordered if p.row > self.last]
        self.contract = _between(ordered, marks, CONTRACT)
        self.person = _between(ordered, marks, PERSON)
        self.decided = [p for p in ordered if p.kind == DECIDED]
        self.of_kind = {p.kind: p for p in ordered if p.kind}
        self.apart: dict[str, list[str]] = {}
        if INSTEAD.keys() & self.of_kind.keys():
            self._drop_other_forms()
        self.refers = any(_MARK in cell.same for p in ordered for cell in p.cells)
        self.widths = self._widths(tree)
        self.printed = printed
        self.formats = [deepcopy(each) for each in tree if etree.QName(each).localname == "conditionalFormatting"]
        data[:] = []
        blocks = [Block("", row) for row in range(self.first, self.last + 1)]
        around = SheetTemplate(tree, key, blocks, {}, (), {key: range(self.first, self.last + 1)}, [], lambda _: {})
        self.around = _Around(around)

    def _drop_other_forms(self) -> None:
        """A row in place of a result has its figures in the same columns, by which formulas find them."""
        for kind, other in INSTEAD.items():
            own, usual = self.letters(kind), self.letters(other)
            apart = [name for name in ("known", "open", "adjusted", "band") if own[name] != usual[name]]
            if kind in self.of_kind and apart:
                self.apart[kind] = apart
                del self.of_kind[kind]

    def letters(self, kind: str) -> Letters:
        """The columns of the fields in a kind of row."""
        return self.of_kind[kind].letters if kind in self.of_kind else Letters()

    def place(self, kind: str, field: str) -> int | None:
        """The zero-based column of a field."""
        letters = self.letters(kind).get(field)
        return None if letters is None else _index(letters)

    def width(self, kind: str, field: str) -> float:
        """The width of the column of a field."""
        place = self.place(kind, field)
        return _WIDTH if place is None else self.widths.get(place, _WIDTH)

    def resolved(self, text: str, places: Growth) -> str:
        """A cell of HR's own with the rows that it refers to."""
        return self._references.resolved(text, places)

    def conditional_formats(self, start: int, end: int) -> str:
        """The page's conditional formats for the rows of many people on one sheet."""
        # From the row before on: a reference to the first row that is repeated stays where it is.
        references = References({self.key: range(self.first - 1, self.last + 1)})
        pieces = []
        for each in map(deepcopy, self.formats):
            for rule in each:  # behind those of the unit's list
                rule.set("priority", str(int(rule.get("priority", "1")) + _MOST_RULES))
            each.set("sqref", references.reach(each.get("sqref", ""), self.key))
            for element in each.iter():
                if etree.QName(element).localname == "formula" and element.text:
                    element.text = references.formula(element.text, self.key)
            pieces.append(_plain(each, self._declared))
        return references.resolved("".join(pieces), _Span(start, end))

    def _pattern(self, row: Element, kinds: Mapping[int, str]) -> RowPattern:
        number = int(row.get("r", "0"))
        cells = tuple(self._cell(cell, number) for cell in row)
        return RowPattern.of(kinds.get(number, ""), number, float(row.get("ht", ROW_HEIGHT)), cells)

    def _cell(self, cell: Element, row: int) -> _Cell:
        of = f"{{{self._namespace}}}"
        letters, style = cell.get("r", "").rstrip("0123456789"), cell.get("s", "0")
        formula = cell.find(f"{of}f")
        text = "".join(part.text or "" for part in cell.iter(f"{of}t")) if formula is None else ""
        parts = tuple(FIELD.split(text))
        if len(parts) > 1:
            alone = parts[1] if len(parts) == 3 and not parts[0].strip() and not parts[2].strip() else ""
            return _Cell(letters, int(style), alone, parts, "")
        if formula is not None:
            formula.text = self._references.formula(formula.text or "", self.key, row)
            for value in cell.findall(f"{of}v"):
                cell.remove(value)
            cell.attrib.pop("t", "")
        inside = "".join(_plain(child, self._declared) for child in cell)
        kind = f' t="{cell.get("t")}"' if cell.get("t") else ""
        same = f'" s="{style}"{kind}>{inside}</c>' if inside else f'" s="{style}"/>'
        return _Cell(letters, int(style), "", (), same)

    def _widths(self, tree: Element) -> dict[int, float]:
        return {
            place: float(column.get("width", _WIDTH))
            for column in tree.iter(f"{{{self._namespace}}}col")
            for place in range(int(column.get("min", "1")) - 1, min(int(column.get("max", "1")), 200))
        }


class PageRows:
    """Writes rows of pages into a workbook."""

    def __init__(self, template: PageTemplate, workbook: MixedWorkbook) -> None:
        self.template, self._workbook = template, workbook
        self._looks: dict[tuple[str, str, str], Look | Format] = {}

    def look(self, kind: str, field: str, shown: str = "") -> Look | Format:
        """How the cell of a field looks, with another number format where one is given."""
        look = self._looks.get((kind, field, shown))
        if look is None:
            pattern = self.template.of_kind.get(kind)
            style = pattern.styles.get(field, 0) if pattern else 0
            look = self._looks[kind, field, shown] = self._workbook.look(style, shown)
        return look

    def row(
        self,
        pattern: RowPattern,
        number: int,
        cells: Mapping[str, Tail],
        height: float = 0.0,
        texts: Mapping[str, str] | None = None,
        places: Growth | None = None,
    ) -> bytes:
        """One row: `cells` are those of fields that stand alone, `texts` what fields within a text say."""
        given, other = cells.get, self._other_tail
        if texts is None:
            tails = [given(field) or blank or other(cell, number, {}, places) for field, blank, cell in pattern.open]
        else:
            tails = [given(field) or other(cell, number, texts, places) for field, _, cell in pattern.open]
        return (pattern.form % (max(height, pattern.height), *tails)).replace(ROW_IN_XML, b"%d" % number)

    def _other_tail(self, cell: _Cell, number: int, texts: Mapping[str, str], places: Growth | None) -> Tail:
        """What stands in a cell for which none was given."""
        if cell.parts:
            text = "".join(texts.get(part, "") if i % 2 else part for i, part in enumerate(cell.parts)).rstrip()
            return _text_tail(text, cell.style)
        same = self.template.resolved(cell.same, places) if _MARK in cell.same and places else cell.same
        return same.replace(CURRENT, str(number)).encode()


class _Around:
    """What stands before and after the rows of a page."""

    def __init__(self, sheet: SheetTemplate) -> None:
        self._before: list[object] = []
        self._after: list[object] = []
        pieces = self._before
        for piece in sheet.pieces:
            if isinstance(piece, str) and pieces is self._before and "<sheetData" in piece:
                found = re.search(r"<sheetData\s*(?:/>|>\s*</sheetData>)", piece)
                assert found, "its rows were taken out"
                self._before.append(piece[: found.start()] + "<sheetData>")
                pieces = self._after
                piece = "</sheetData>" + piece[found.end() :]
            pieces.append(piece)

    def before(self, places: Growth, texts: Mapping[str, str]) -> str:
        """Everything up to the first row."""
        return "".join(self._written(self._before, places, texts))

    def after(self, places: Growth, texts: Mapping[str, str], rows: Mapping[int, Iterable[int]], links: str) -> str:
        """Everything after the last row, with the links put in."""
        written = "".join(self._written(self._after, places, texts, rows))
        written = re.sub(r"<mergeCells[^>]*>\s*</mergeCells>", "", written)
        return insert_links(written, links)

    def _written(
        self,
        pieces: Iterable[object],
        places: Growth,
        texts: Mapping[str, str],
        rows: Mapping[int, Iterable[int]] | None = None,
    ) -> Iterator[str]:
        for piece in pieces:
            if isinstance(piece, str):
                yield piece
            elif isinstance(piece, Place):
                yield str(places.row(piece))
            elif hasattr(piece, "name"):  # in a header or footer
                yield escape(texts.get(piece.name, "").replace("&", "&&"))
            else:  # merged cells of a row: for each row that was written from it
                for number in (rows or {}).get(piece.row, ()):  # type: ignore[attr-defined]
                    yield piece.texts[0].replace(CURRENT, str(number))  # type: ignore[attr-defined]


def link_xml(cell: str, place: str) -> str:
    """A link from a cell to a place of the book."""
    return f'<hyperlink ref="{cell}" location={quote_attribute(place)}/>'


def insert_links(sheet: str, links: str) -> str:
    """A sheet's XML, or the end of it, with more links."""
    if not links:
        return sheet
    if "</hyperlinks>" in sheet:
        return sheet.replace("</hyperlinks>", f"{links}</hyperlinks>", 1)
    behind = re.search(rf"<(?:{'|'.join(_BEHIND_LINKS)})\b|</worksheet>", sheet)
    assert behind, "every sheet ends"
    return f"{sheet[: behind.start()]}<hyperlinks>{links}</hyperlinks>{sheet[behind.start() :]}"


_BEHIND_LINKS = (
    *("printOptions", "pageMargins", "pageSetup", "headerFooter", "rowBreaks", "colBreaks", "customProperties"),
    *("cellWatches", "ignoredErrors", "smartTags", "drawing", "legacyDrawing", "legacyDrawingHF", "picture"),
    *("oleObjects", "controls", "webPublishItems", "tableParts", "extLst"),
)


class _Span(Growth):
    """Every row of the page is somewhere from `start` to `end`."""

    def __init__(self, start: int, end: int) -> None:
        super().__init__({})
        self._start, self._end = start, end

    def row(self, place: Place) -> int:
        return (self._end if place.end else self._start) - place.less


def _between(ordered: Sequence[RowPattern], marks: Mapping[str, int], kinds: Sequence[str]) -> list[RowPattern]:
    rows = [marks[kind] for kind in kinds if kind in marks]
    return [p for p in ordered if rows and min(rows) <= p.row <= max(rows)]


def _text_tail(text: str, style: int) -> Tail:
    return (f'" s="{style}" t="inlineStr">{inline_string(text)}</c>' if text else f'" s="{style}"/>').encode()


def _plain(element: Element, declared: Mapping[str | None, str]) -> str:
    """An element as it stands inside a sheet that declares its namespaces."""
    text = etree.tostring(element, encoding="unicode", with_tail=False)
    for prefix, uri in declared.items():
        text = text.replace(f' xmlns{f":{prefix}" if prefix else ""}="{uri}"', "")
    return text


def _index(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1

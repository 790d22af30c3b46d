"""New rows below those of a table, in the bytes of a sheet's XML: what stands in the sheet, its formats and whatever
else the file holds stay as they are."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from perfxl.core.cells import a1, column_index
from perfxl.core.values.dates import serial
from perfxl.ooxml.text import escape, inline_string, xml_text
from perfxl.ooxml.xml import Element, namespace
from perfxl.workbook.patch.cell_marks import SheetXml
from perfxl.workbook.patch.style_sheet import StyleSheet

SHEET_ROWS = 1_048_576
_REMEMBERED = 50_000  # different cells whose XML is kept

_REFERENCE = re.compile(rb"""\sr\s*=\s*["']([A-Z]*)(\d+)["']""")
_STYLE = re.compile(rb"""\ss\s*=\s*["'](\d+)["']""")
_SPANS = re.compile(rb"""\sspans\s*=\s*["'][^"']*["']""")
_FORMULA = re.compile(rb"<(?:[\w.-]+:)?f[\s/>]")
_FILLED = re.compile(rb"<(?:[\w.-]+:)?(?:v|is)[\s>]")
_RESULT = re.compile(rb"<((?:[\w.-]+:)?v)>[^<]*</\1>")
_BLANK_TEXT = re.compile(rb"<(?:[\w.-]+:)?v>\s*</")


class NewCell(NamedTuple):
    """What goes into a cell: text, a number, a date; `percent`: the number shows as a percentage; `formula`: what works
    the text out, the same in every row."""

    value: Any
    percent: bool = False
    formula: str = ""


class _Cell(NamedTuple):
    attributes: bytes
    inner: bytes

    @property
    def style(self) -> int | None:
        found = _STYLE.search(self.attributes)
        return int(found[1]) if found else None


class AddedRows:
    """Puts rows into a sheet. `columns` are those that the table holds (from 0); `above`, its last row with content, or
    that of its header (from 1); `header`, the header's."""

    def __init__(self, sheet: SheetXml, styles: StyleSheet, columns: Sequence[int], above: int, header: int) -> None:
        self.sheet, self._styles, self._columns = sheet, styles, columns
        self._formats: dict[tuple[int, str], int] = {}
        self._plain_styles: dict[int, int] = {}
        self._tails: dict[Any, bytes] = {}
        self._letters: dict[int, bytes] = {}
        self._row_tag, self._cell_tag = sheet.prefix + b"row", sheet.prefix + b"c"
        self._head, self._rows = self._split(above)
        self.first = 1 + max([above, *(row for row, (_, cells) in self._rows.items() if self._is_filled(cells))])
        # New rows look like the last one with content, or like the first one that is ready for it.
        self._look, self._like = self._rows.get(above if above > header else above + 1, (b"", {}))

    def put(self, rows: Sequence[Mapping[int, NewCell]]) -> SheetXml:
        """The sheet with the rows from `first` on."""
        return self._with(dict(enumerate(rows, self.first)), self._look, self._like)

    def change(self, cells: Mapping[int, Mapping[int, NewCell]], worked: Collection[int]) -> SheetXml:
        """The sheet with other values in cells of rows (from 1), none before `above`. Formats stay as they are, but for
        those in which a number would be read as another one; formulas in the columns `worked` of these rows lose the
        results that they had before."""
        for row in cells.keys() & self._rows.keys():
            there = self._rows[row][1]
            for column in there.keys() & set(worked):
                if _FORMULA.search(there[column].inner):
                    there[column] = there[column]._replace(inner=_RESULT.sub(b"", there[column].inner))
        return self._with(cells, b"", {})

    def _with(self, rows: Mapping[int, Mapping[int, NewCell]], look: bytes, like: Mapping[int, _Cell]) -> SheetXml:
        """The sheet with cells in rows; those that are not there yet look like another."""
        look = _REFERENCE.sub(b"", look).strip(b" /")
        ready = {c: cell.style or 0 for c, cell in like.items() if c in self._columns}
        new: dict[int, bytes] = {}
        for row, cells in rows.items():
            if row not in self._rows:
                new[row] = self._new_row(row, look, cells, ready)
                continue
            attributes, there = self._rows[row]
            left = {c: style for c, style in ready.items() if c not in there and c not in cells}
            blank = {c: self._placed(row, c, _Cell(b' s="%d"' % style, b"")) for c, style in left.items()}
            put = {c: self._placed(row, c, self._cell(c, there.get(c), cell)) for c, cell in cells.items()}
            self._rows[row] = attributes, {**there, **blank, **put}
        new |= {row: self._joined(*of_row) for row, of_row in self._rows.items()}
        tail = b"".join(new[row] for row in sorted(new))
        frame = self.sheet.frame
        for dimension in frame.findall(f"{{{namespace(frame)}}}dimension"):
            frame.remove(dimension)
        return self.sheet._replace(rows=self._head + tail)

    def _new_row(self, row: int, look: bytes, cells: Mapping[int, NewCell], ready: Mapping[int, int]) -> bytes:
        """A row that was not there, as bytes at once: programs have hundreds of thousands of them, whose cells are much
        alike. What follows a cell's address is made once a value."""
        number = b"%d" % row
        parts = []
        for column in sorted(cells.keys() | ready.keys()):
            cell = cells.get(column)
            key = column, cell.value.__class__ if cell else None, cell
            tail = self._tails.get(key)
            if tail is None:
                made = self._cell(column, None, cell) if cell else _Cell(b' s="%d"' % ready[column], b"")
                tail = self._cell_tail(made)
                if len(self._tails) < _REMEMBERED:
                    self._tails[key] = tail
            letter = self._letters.get(column)
            if letter is None:
                letter = self._letters[column] = b'<%b r="%b' % (self._cell_tag, a1(0, column)[:-1].encode())
            parts.append(letter + number + tail)
        tag = self._row_tag
        attributes = (b' r="%b" %b' % (number, look)).rstrip(b" /")
        return b"<%b%b>%b</%b>" % (tag, attributes, b"".join(parts), tag)

    def _cell_tail(self, cell: _Cell) -> bytes:
        """A cell's XML behind its address."""
        if cell.inner:
            return b'"%b>%b</%b>' % (cell.attributes, cell.inner, self._cell_tag)
        return b'"%b/>' % cell.attributes

    def _placed(self, row: int, column: int, cell: _Cell) -> _Cell:
        return cell._replace(attributes=b' r="%b"%b' % (a1(row - 1, column).encode(), cell.attributes))

    def _split(self, above: int) -> tuple[bytes, dict[int, tuple[bytes, dict[int, _Cell]]]]:
        """The rows before one as they are, and it and those below it taken apart."""
        xml, head, row = self.sheet.rows, len(self.sheet.rows), 0
        found: dict[int, tuple[bytes, dict[int, _Cell]]] = {}
        for tag in _tags(self._row_tag).finditer(xml):
            reference = _REFERENCE.search(tag[1])
            row = int(reference[2]) if reference else row + 1
            if row < above:
                continue
            head = min(head, tag.start())
            end = tag.end() if tag[2] else xml.index(b"</" + self._row_tag, tag.end())
            found[row] = _SPANS.sub(b"", tag[1]), self._cells(xml[tag.end() : end])
        return xml[:head], found

    def _cells(self, xml: bytes) -> dict[int, _Cell]:
        cells: dict[int, _Cell] = {}
        column = -1
        for tag in _tags(self._cell_tag).finditer(xml):
            reference = _REFERENCE.search(tag[1])
            column = column_index(reference[1].decode()) if reference else column + 1
            end = tag.end() if tag[2] else xml.index(b"</" + self._cell_tag, tag.end())
            cells[column] = _Cell(tag[1], xml[tag.end() : end])
        return cells

    def _is_filled(self, cells: Mapping[int, _Cell]) -> bool:
        """Whether a row has content in the table's columns; a formula that shows nothing is none."""
        inner = (cells[column].inner for column in self._columns if column in cells)
        return any(_FILLED.search(each) and not (_FORMULA.search(each) and _BLANK_TEXT.search(each)) for each in inner)

    def _cell(self, column: int, there: _Cell | None, cell: NewCell) -> _Cell:
        """The cell but for its address."""
        like = self._like.get(column)
        style = there.style if there else like.style if like else None
        style = style if style is not None else self._column_style(column)
        value, kind = cell.value, b""
        if isinstance(value, date):
            value = serial(value) if self._styles.is_date(style) else value.isoformat()
        if cell.formula:
            number = isinstance(value, float | int)
            shown = repr(float(value)) if number else xml_text(str(value))
            inner = self._prefixed(f"<f>{escape(cell.formula)}</f><v>{shown}</v>".encode())
            kind = b"" if number else b' t="str"'
            style = self._percentage(style, value) if cell.percent else style
        elif isinstance(value, float | int):
            inner = b"<%bv>%b</%bv>" % (self.sheet.prefix, repr(float(value)).encode(), self.sheet.prefix)
            if not isinstance(cell.value, date):
                style = self._percentage(style, value) if cell.percent else self._plain(style)
        else:
            inner = self._prefixed(inline_string(str(value)).encode())
            kind = b' t="inlineStr"'
        return _Cell(b' s="%d"%b' % (style, kind), inner)

    def _prefixed(self, inner: bytes) -> bytes:
        return re.sub(rb"<(/?)(?=(?:is|t|f|v)[ >])", rb"<\1" + self.sheet.prefix, inner) if self.sheet.prefix else inner

    def _plain(self, style: int) -> int:
        """The format in which a plain number is read again as one: 95 in a cell of percentages would be 9500%, in one
        of dates a day in 1900."""
        if style not in self._plain_styles:
            other = self._styles.is_percent(style) or self._styles.is_date(style)
            self._plain_styles[style] = self._formatted(style, "General") if other else style
        return self._plain_styles[style]

    def _percentage(self, style: int, value: float) -> int:
        decimals = max(-int(Decimal(repr(float(value))).scaleb(2).normalize().as_tuple().exponent), 0)
        shown = f"0.{'0' * decimals}%" if decimals else "0%"
        return self._formatted(style, shown)

    def _formatted(self, style: int, shown: str) -> int:
        if (style, shown) not in self._formats:
            self._formats[style, shown] = self._styles.with_number_format(style, shown)
        return self._formats[style, shown]

    def _column_style(self, column: int) -> int:
        for each in self.sheet.frame.iter(f"{{{namespace(self.sheet.frame)}}}col"):
            if int(each.get("min", "1")) - 1 <= column <= int(each.get("max", "1")) - 1:
                return int(each.get("style", "0"))
        return 0

    def _joined(self, attributes: bytes, cells: Mapping[int, _Cell]) -> bytes:
        tag = self._cell_tag
        parts = [
            b"<%b%b>%b</%b>" % (tag, cell.attributes.rstrip(b" /"), cell.inner, tag)
            if cell.inner
            else b"<%b%b/>" % (tag, cell.attributes.rstrip(b" /"))
            for _, cell in sorted(cells.items())
        ]
        return b"<%b%b>%b</%b>" % (self._row_tag, attributes.rstrip(b" /"), b"".join(parts), self._row_tag)


def grow_table(table: Element, header_row: int, last_row: int) -> None:
    """Lets Excel's own table, if its header stands in that row (from 1), reach down to the last one; one with a row of
    totals stays as it is."""
    area = re.fullmatch(r"([A-Z]+)(\d+):([A-Z]+)(\d+)", table.get("ref", ""))
    if not area or int(area[2]) != header_row or int(area[4]) >= last_row or table.get("totalsRowCount", "0") != "0":
        return
    reach = f"{area[1]}{area[2]}:{area[3]}{last_row}"
    table.set("ref", reach)
    for filtered in table.findall(f"{{{namespace(table)}}}autoFilter"):
        filtered.set("ref", reach)


def _tags(name: bytes) -> re.Pattern[bytes]:
    return re.compile(rb"<%b(?=[\s/>])([^>]*?)(/?)>" % re.escape(name))

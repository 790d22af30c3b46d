"""One sheet of a template: its repeated rows, its fields, and all else as it is, ready to be written many times."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from lxml import etree

from perfxl.core.cells import column_index, column_letter
from perfxl.ooxml.relations import XML_HEAD
from perfxl.ooxml.text import escape, quote_attribute
from perfxl.ooxml.xml import Element
from perfxl.workbook.template.columns import Record, Records
from perfxl.workbook.template.references import CURRENT, Growth, Place, References
from perfxl.workbook.template.rows import RepeatedRow, RowLayout, Slot
from perfxl.workbook.template.values import Look, plain_text

__all__ = ["FIELD", "Block", "Field", "SheetLayout", "SheetTemplate", "StyleOf", "bare"]

FIELD = re.compile(r"\{\{\s*([^\W\d]\w*)\s*\}\}")
_REFERENCE = re.compile(r"([A-Za-z]{1,3})([1-9]\d*)")
_ROWS = "\U0010fd03"  # where the rows stand while the rest of the sheet is serialized
# What refers to cells outside of them: attributes with ranges or a cell, elements with formulas or ranges.
_RANGES, _CELLS = ("sqref", "ref"), ("topLeftCell", "activeCell", "r1", "r2")
_FORMULAS = {"formula", "formula1", "formula2", "f"}
_HEADERS = {"oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader", "firstFooter"}

StyleOf = Callable[[str], Mapping[str, str]]
"""The number of a style -> the numbers of its copies with other number formats, by format."""


class Block(NamedTuple):
    """A row that is repeated for each record of a table."""

    table: str
    row: int


class Field(NamedTuple):
    """A value that goes into a cell; `table` is blank outside of repeated rows, `cell` the header's or footer's name
    there. `alone`: it is all that the cell holds."""

    table: str
    name: str
    cell: str
    alone: bool = True


class _Header(NamedTuple):
    """A field in a header or footer."""

    name: str


_Piece = bytes | tuple[Slot, bytes] | RowLayout | _Header


class SheetLayout:
    """A sheet where it is known how many rows there are of each table: texts, and what is filled in between."""

    def __init__(self, pieces: Sequence[_Piece]) -> None:
        self._pieces = pieces

    def render(self, values: Record, rows: Mapping[str, Records]) -> bytes:
        """The sheet's part. A table without records leaves its row blank."""
        written: list[bytes] = []
        for piece in self._pieces:
            if isinstance(piece, bytes):
                written.append(piece)
            elif isinstance(piece, RowLayout):
                written += piece.written(rows.get(piece.table) or ({},))
            elif isinstance(piece, _Header):
                written.append(escape(plain_text(values.get(piece.name)).replace("&", "&&")).encode())
            else:
                slot, formula = piece
                written.append(slot.tail(values, formula))
        return b"".join(written)


class SheetTemplate:
    """Compiled from the tree of a sheet, which is used up.

    key         the sheet, as `title_key` names it
    blocks      its repeated rows
    results     cells with a formula whose value is that of a field
    absent      rows whose job is not asked for: emptied and hidden
    repeated    the repeated rows of all sheets, for references to them
    strings     the shared texts
    styles      copies of a style with other number formats
    since_1904  the workbook's calendar
    """

    def __init__(
        self,
        tree: Element,
        key: str,
        blocks: Iterable[Block],
        results: Mapping[str, str],
        absent: Collection[int],
        repeated: Mapping[str, Collection[int]],
        strings: Sequence[str],
        styles: StyleOf,
        since_1904: bool = False,
    ) -> None:
        self._key, self._results, self._absent = key, results, absent
        self._strings, self._styles, self._since_1904 = strings, styles, since_1904
        self._references = References(repeated)
        self._prefix = f"{tree.prefix}:" if tree.prefix else ""
        self._namespace = etree.QName(tree).namespace or ""
        self._blocks = {block.row: block for block in blocks}
        self.fields: list[Field] = []
        self.columns: dict[tuple[str, str], tuple[int, str]] = {}  # table and field -> row and column
        data = tree.find(self._tag("sheetData"))
        rows = ""
        if data is not None:
            self._spell_out(data)
            rows = "".join(self._row_texts(data))
            data[:] = []
            data.text = _ROWS
        self._move_outside(tree)
        text = XML_HEAD + etree.tostring(tree, encoding="unicode").replace(_ROWS, rows)
        self.pieces = list(self._references.pieces(text))
        del self._strings, self._styles  # so that the rest can be sent to other processes

    @property
    def is_filled(self) -> bool:
        """Whether anything of the sheet differs from copy to copy."""
        return bool(self._absent) or any(not isinstance(piece, str) for piece in self.pieces)

    def laid_out(self, growth: Growth) -> SheetLayout:
        """The sheet with so many rows."""

        def resolve(text: str) -> str:
            return self._references.resolved(text, growth)

        pieces, fixed = list[_Piece](), list[str]()
        for piece in self.pieces:
            if isinstance(piece, Place):
                fixed.append(str(growth.row(piece)))
            elif isinstance(piece, str):
                fixed.append(piece)
            else:
                pieces.append("".join(fixed).encode())
                fixed.clear()
                if isinstance(piece, Slot):
                    pieces.append((piece, resolve(piece.formula).encode()))
                elif isinstance(piece, RepeatedRow):
                    pieces.append(piece.laid_out(growth.row(Place(self._key, piece.row)), growth, resolve))
                else:
                    assert isinstance(piece, _Header)
                    pieces.append(piece)
        return SheetLayout([*pieces, "".join(fixed).encode()])

    # ---- compiling

    def _spell_out(self, data: Element) -> None:
        """Gives rows and cells without a number theirs, and shared formulas to each cell."""
        shared: dict[str, tuple[str, str]] = {}
        number = 0
        for row in data:
            number = int(row.get("r", number + 1))
            row.set("r", str(number))
            column = -1
            for cell in row:
                found = _REFERENCE.fullmatch(cell.get("r", ""))
                column = column_index(found[1]) if found else column + 1
                cell.set("r", f"{column_letter(column)}{number}")
                formula = cell.find(self._tag("f"))
                if formula is not None and formula.get("t") == "shared":
                    first, at = shared.setdefault(formula.get("si", ""), (formula.text or "", cell.get("r", "")))
                    formula.text = _moved(first, at, cell.get("r", ""))
                    for name in ("t", "si", "ref"):
                        formula.attrib.pop(name, "")

    def _row_texts(self, data: Element) -> Iterator[str]:
        for row in data:
            number = int(row.get("r", "0"))
            block = self._blocks.get(number)
            if block and number not in self._absent:
                yield self._references.mark(self._repeated_row(row, block))
            elif number in self._absent:
                row.attrib.pop("hidden", "")  # LibreOffice says of each row that it is not
                yield self._tagged(row, str(number), "", ' hidden="1"')
            else:
                cells = "".join(self._cell_text(cell, number) for cell in row)
                yield self._tagged(row, self._references.row(number, self._key), cells)

    def _cell_text(self, cell: Element, row: int) -> str:
        letters = _letters(cell.get("r", ""))
        place = letters + self._references.row(row, self._key)
        slot = self._slot(cell, "", row, self._results.get(f"{letters}{row}"), None)
        if slot:
            return f'<{self._prefix}c r="{place}"{self._references.mark(slot)}'
        self._move_formula(cell, None)
        cell.set("r", place)
        return bare(cell)

    def _repeated_row(self, row: Element, block: Block) -> RepeatedRow:
        height, hidden = _taken(row, "ht", "customHeight"), _taken(row, "hidden")
        tag = self._tagged(row, CURRENT, None).removesuffix(">")
        texts, slots = [""], list[Slot]()
        columns: dict[str, str] = {}
        for cell in row:
            letters = _letters(cell.get("r", ""))
            result = self._results.get(f"{letters}{block.row}")
            slot = self._slot(cell, block.table, block.row, result, block.row)
            if slot:
                texts[-1] += f'<{self._prefix}c r="{letters}{CURRENT}"'
                slots.append(slot)
                texts.append("")
                if slot.is_alone:
                    columns.setdefault(slot.parts[1], letters)
            else:
                self._move_formula(cell, block.row)
                cell.set("r", letters + CURRENT)
                texts[-1] += bare(cell)
        texts[-1] += f"</{self._prefix}row>"
        self.columns |= {(block.table, field): (block.row, letters) for field, letters in columns.items()}
        return RepeatedRow(block.table, block.row, tag, height, hidden, tuple(texts), tuple(slots), columns)

    def _slot(self, cell: Element, table: str, row: int, result: str | None, own_row: int | None) -> Slot | None:
        """The value that a cell shows; None where it is the same in every copy."""
        letters, formula = _letters(cell.get("r", "")), cell.find(self._tag("f"))
        parts = self._parts(cell)
        if formula is not None:
            if not result:
                return None
            self._move_formula(cell, own_row)
            parts = ("", result, "")
        if len(parts) == 1:
            return None
        number = cell.get("s")
        style = f' s="{number}"' if number else ""
        others = {name: f' s="{other}"' for name, other in self._styles(number or "0").items()}
        look = Look(style, others, self._since_1904, self._prefix)
        slot = Slot(parts, look, bare(formula) if formula is not None else "")
        self.fields += [Field(table, name, f"{letters}{row}", slot.is_alone) for name in parts[1::2]]
        return slot

    def _tagged(self, row: Element, number: str, cells: str | None, more: str = "") -> str:
        """A row's tag with its number, closed around the cells where they are given."""
        kept = ((name, value) for name, value in row.items() if name not in ("r", "spans"))
        attributes = "".join(f" {_prefixed(row, str(name))}={quote_attribute(str(value))}" for name, value in kept)
        opened = f'<{self._prefix}row r="{number}"{attributes}{more}'
        if cells is None:
            return f"{opened}>"
        return f"{opened}>{cells}</{self._prefix}row>" if cells else f"{opened}/>"

    def _parts(self, cell: Element) -> tuple[str, ...]:
        """A cell's text around its fields: text, field, text ...; one part where it holds none."""
        if cell.find(self._tag("f")) is not None:
            return ("",)
        kind, text = cell.get("t", "n"), ""
        if kind == "s":
            index = (cell.findtext(self._tag("v")) or "").strip()
            text = self._strings[int(index)] if index.isdigit() and int(index) < len(self._strings) else ""
        elif kind == "inlineStr":
            text = "".join(part.text or "" for part in cell.iter(self._tag("t")))
        elif kind == "str":
            text = cell.findtext(self._tag("v")) or ""
        return tuple(FIELD.split(text))

    def _move_formula(self, cell: Element, own_row: int | None) -> None:
        """Turns a formula's references into marks. Its stored result is taken out: it was that of the template."""
        formula = cell.find(self._tag("f"))
        if formula is None:
            return
        formula.text = self._references.formula(formula.text or "", self._key, own_row)
        if formula.get("ref"):
            formula.set("ref", self._references.formula(formula.get("ref", ""), self._key, own_row))
        value = cell.find(self._tag("v"))
        if value is not None:
            cell.remove(value)
            cell.attrib.pop("t", "")

    def _move_outside(self, tree: Element) -> None:
        """Everything of a sheet but its rows."""
        for element in list(tree.iter()):
            name = etree.QName(element).localname
            if name == "mergeCell" and (row := self._row_of(element.get("ref", ""))):
                self._repeat(element, row)
                continue
            if name == "sparkline" and (row := self._row_of(self._reach_of(element))):
                self._repeat(element, row)
                continue
            for attribute in _RANGES:
                if attribute in element.attrib:
                    element.set(attribute, self._references.reach(element.get(attribute, ""), self._key))
            for attribute in _CELLS:
                if attribute in element.attrib:
                    element.set(attribute, self._references.cell(element.get(attribute, ""), self._key))
            if name == "sqref" and element.text:
                element.text = self._references.reach(element.text, self._key)
            elif name in _FORMULAS and element.text:
                element.text = self._references.formula(element.text, self._key)
            elif name == "cfvo" and element.get("type") == "formula":
                element.set("val", self._references.formula(element.get("val", ""), self._key))
            elif name == "rowBreaks":
                for line in element:
                    line.set("id", self._references.row(int(line.get("id", "0")), self._key, end=True))
            elif name == "mergeCells":
                element.attrib.pop("count", "")
            elif name in _HEADERS:
                self._move_header(element, name)

    def _reach_of(self, element: Element) -> str:
        return next((part.text or "" for part in element if etree.QName(part).localname == "sqref"), "")

    def _row_of(self, reach: str) -> int:
        """The repeated row in which a range lies as a whole; 0 for none."""
        rows = {int(found[2]) for part in reach.split(":") if (found := _REFERENCE.fullmatch(part))}
        return rows.pop() if len(rows) == 1 and rows <= self._blocks.keys() else 0

    def _repeat(self, element: Element, row: int) -> None:
        """Puts an element once for each row: merged cells, sparklines."""
        for part in element.iter():
            for attribute in _RANGES:
                if attribute in part.attrib:
                    part.set(attribute, self._references.formula(part.get(attribute, ""), self._key, row))
            if part.text and etree.QName(part).localname in ("f", "sqref"):
                part.text = self._references.formula(part.text, self._key, row)
        slot = self._references.mark(RepeatedRow(self._blocks[row].table, row, "", "", "", (bare(element),), (), {}))
        parent, previous = element.getparent(), element.getprevious()
        assert parent is not None, "a root is never repeated"
        parent.remove(element)
        if previous is None:
            parent.text = (parent.text or "") + slot
        else:
            previous.tail = (previous.tail or "") + slot

    def _move_header(self, element: Element, name: str) -> None:
        parts = FIELD.split(element.text or "")
        for i in range(1, len(parts), 2):
            self.fields.append(Field("", parts[i], name, False))
            parts[i] = self._references.mark(_Header(parts[i]))
        element.text = "".join(parts)

    def _tag(self, name: str) -> str:
        return f"{{{self._namespace}}}{name}"


def bare(element: Element) -> str:
    """An element as it stands inside its parent, which declares its namespaces."""
    text = etree.tostring(element, encoding="unicode", with_tail=False)
    parent = element.getparent()
    end = text.index(">")
    tag = text[:end]
    for prefix, uri in (parent.nsmap if parent is not None else {}).items():
        tag = tag.replace(f' xmlns{f":{prefix}" if prefix else ""}="{uri}"', "")
    return tag + text[end:]


def _moved(formula: str, at: str, to: str) -> str:
    """A formula of one cell as another has it, which shares it."""
    from openpyxl.formula.translate import Translator  # takes as long as all else that is imported, and few need it

    moved: str = Translator(f"={formula}", at).translate_formula(to)
    return moved[1:]


def _taken(row: Element, *names: str) -> str:
    """Attributes that are written anew where they change: taken out of the row, or they would stand there twice.
    LibreOffice says of each row whether it is hidden and whose its height is."""
    return "".join(f' {name}="{row.attrib.pop(name)!s}"' for name in names if name in row.attrib)


def _letters(reference: str) -> str:
    return reference.rstrip("0123456789")


def _prefixed(row: Element, name: str) -> str:
    """An attribute's name as the file writes it."""
    if not name.startswith("{"):
        return name
    uri, _, local = name[1:].partition("}")
    prefix = next((prefix for prefix, known in row.nsmap.items() if known == uri and prefix), "")
    return f"{prefix}:{local}" if prefix else local

"""A row that is repeated, written for many records: column by column, since a call for each cell takes longer than all
else, and texts that come again and again are turned into cells once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, repeat
from math import isfinite
from operator import is_
from typing import NamedTuple

from perfxl.ooxml.text import escape, xml_safe, xml_text
from perfxl.workbook.template.columns import HEIGHT, Columns, Record, Records, column_of
from perfxl.workbook.template.references import CURRENT, Growth
from perfxl.workbook.template.values import Calculated, CellValue, Figure, Look, cell_tail, plain_text, result_tail

__all__ = ["RepeatedRow", "RowLayout", "Slot"]

_HIDDEN = ' hidden="1"'

_ROW = "\x01"  # CURRENT while rows are written: XML has no such sign, so that no value has it, and rows stay narrow
_ROW_BYTE = _ROW.encode()
_AT_ONCE = 512  # records
_MOST_TEXTS = 4096  # of a column, and formulas of a row, that are kept: names come in any number
_MOST_CELLS = 256  # of a column that are kept with their formulas
_MOST_NUMBERED = 2**18  # bytes of a layout's rows that are kept with their numbers
_FIELDS = re.compile(r"\{\{[^{}]*\}\}")
_FIELD = re.compile(r"\{\{(?:(\w+)\.)?(\w+)(?::(\d+):(\d+))?\}\}")  # see Calculated
_TEXTS: frozenset[type] = frozenset((str, type(None)))
_CALCULATED: frozenset[type] = frozenset((Calculated,))
_STRINGS: frozenset[type] = frozenset((str,))
_NUMBERS: frozenset[type] = frozenset((float,))
_BLANKS: frozenset[type] = frozenset((type(None),))


class Slot:
    """A value: text, field, text ... of a cell, or the formula of the template that shows the field."""

    def __init__(self, parts: tuple[str, ...], look: Look, formula: str = "") -> None:
        self.parts, self.look, self.formula = parts, look, formula
        self.is_alone = len(parts) == 3 and not parts[0] and not parts[2]  # the field is all that the cell shows
        self._texts = _Texts(look)
        number = f"<{look.prefix}v>"
        self._number, self._end = f"{look.style}>{number}", f"</{look.prefix}v></{look.prefix}c>"

    def tail(self, record: Record, formula: bytes = b"") -> bytes:
        """What follows `<c r="A1"` in a cell outside of repeated rows, with the formula as it reads there."""
        value = self._values([record])[0]
        if formula:
            return self._with_formula(formula, value, self.look.style)
        if type(value) in _TEXTS:
            return self._texts[value]
        if isinstance(value, Calculated) and "{{" not in value.formula:
            prefix = self.look.prefix
            return self.calculated(f"<{prefix}f>{escape(value.formula)}</{prefix}f>".encode(), value)
        return cell_tail(value, self.look).encode()

    def tails(
        self, records: Records, formula: bytes, formulas: _Formulas, numbers: Sequence[bytes]
    ) -> bytes | Iterable[bytes]:
        """The same for many records of a repeated row with these numbers; once, without numbers, where it is the same
        for all of them. `formulas` are those that values bring along."""
        values = self._values(records)
        if formula:
            cells: Iterable[bytes] = [self._with_formula(formula, value, self.look.style) for value in values]
            return map(bytes.replace, cells, repeat(_ROW_BYTE), numbers)
        kinds = {*map(type, values)}
        if _all_one(values, kinds):
            return self._tail(values[0], formulas)
        if kinds <= _TEXTS:
            return list(map(self._texts.__getitem__, values))
        if kinds == _NUMBERS and all(map(isfinite, values)):  # type: ignore[arg-type]
            start, end = self._number, self._end
            return [f"{start}{value!r}{end}".encode() for value in values]
        if kinds == _CALCULATED:
            cells = self._all_calculated(values, formulas)  # type: ignore[arg-type]
        else:
            cells = [self._tail(value, formulas) for value in values]
        return map(bytes.replace, cells, repeat(_ROW_BYTE), numbers)

    def _values(self, records: Records) -> Sequence[CellValue]:
        if self.is_alone:
            return column_of(records, self.parts[1])
        texts = [
            [*map(plain_text, column_of(records, part))] if i % 2 else repeat(part) for i, part in enumerate(self.parts)
        ]
        return ["".join(row) for row in zip(*texts, strict=False)]

    def _tail(self, value: CellValue, formulas: _Formulas) -> bytes:
        if type(value) in _TEXTS:
            return self._texts[value]
        if isinstance(value, Calculated):
            return self.calculated(formulas[value.formula], value)
        return cell_tail(value, self.look).encode()

    def _all_calculated(self, values: Sequence[Calculated], formulas: _Formulas) -> list[bytes]:
        kinds = {type(result) for _, result in values}
        if kinds == _STRINGS or (kinds == _NUMBERS and all(result and isfinite(result) for _, result in values)):  # type: ignore[arg-type]
            return list(map(formulas.cells_of(self).__getitem__, values))
        texts = [formulas[text] for text, _ in values]
        return list(map(self.calculated, texts, values))

    def calculated(self, formula: bytes, value: Calculated) -> bytes:
        """The tail of a value with its formula, as it stands in the cell; blank where it cannot."""
        result, look = value.value, self.look
        if not formula:
            return cell_tail(result, look).encode()
        if isinstance(result, Figure):
            return self._with_formula(formula, result, look.by_format.get(result.format, look.style))
        return self._with_formula(formula, result, look.style)

    def _with_formula(self, formula: bytes, value: CellValue, style: str) -> bytes:
        look = self.look
        kind, stored = result_tail(value, look.since_1904, look.prefix)
        return b"".join((f"{style}{kind}>".encode(), formula, f"{stored}</{look.prefix}c>".encode()))


def _part(records: Records, start: int, stop: int) -> Records:
    if not start and stop >= len(records):
        return records
    return records.part(start, stop) if isinstance(records, Columns) else records[start:stop]


def _all_one(values: Sequence[CellValue], kinds: set[type]) -> bool:
    """Whether all values are written alike. 1 is True, and 0.0 is -0.0, which are not: such ones are one object."""
    first = values[0]
    if kinds in (_STRINGS, _BLANKS) or (kinds == _NUMBERS and first):
        return values.count(first) == len(values)
    return all(map(is_, values, repeat(first)))


class _Texts(dict[CellValue, bytes]):
    """Cells of texts and blanks: what follows `<c r="A1"`."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._start, _, self._end = cell_tail(_ROW, look).partition(xml_text(_ROW))

    def __missing__(self, text: CellValue) -> bytes:
        if len(self) >= _MOST_TEXTS:
            self.clear()
        known = f"{self._start}{xml_text(text)}{self._end}" if isinstance(text, str) and text else None
        tail = self[text] = (known or cell_tail(text, self._look)).encode()
        return tail

    def __reduce__(self) -> tuple[type[_Texts], tuple[Look]]:
        return _Texts, (self._look,)


class RepeatedRow(NamedTuple):
    """What is repeated: the texts before, between and after its values, with CURRENT for the row's number."""

    table: str
    row: int
    tag: str  # of the row, but for what a record may change and its end; blank for what is no row
    height: str  # the template's attributes that a record's own height takes the place of
    hidden: str  # and whether the template hides it, which a record without height does
    texts: tuple[str, ...]
    slots: tuple[Slot, ...]
    letters: Mapping[str, str]  # of the column in which a field stands alone

    def laid_out(self, first: int, growth: Growth, resolve: Callable[[str], str]) -> RowLayout:
        """The row where the first record stands in row `first`; `resolve` puts in the rows that texts refer to."""
        texts = [resolve(text).replace(CURRENT, _ROW) for text in self.texts]
        own = [(slot.formula and resolve(slot.formula).replace(CURRENT, _ROW)).encode() for slot in self.slots]
        tag = self.tag.replace(CURRENT, _ROW)
        columns = [*zip(self.slots, own, [text.encode() for text in texts[1:]], strict=False)]
        usual = ((tag and f"{tag}{self.hidden}{self.height}>") + texts[0]).encode()
        return RowLayout(self.table, first, (tag, self.hidden), usual, texts[0], columns, _Formulas(self, growth))


class RowLayout:
    """A repeated row where it is known how many rows there are of each table.

    first     the number of the first row
    tag       of the row, and whether the template hides it
    usual     the tag with the template's height, and the text before the first value
    start     that text
    columns   a value, its formula, and the text after it
    formulas  those that values bring along
    """

    def __init__(
        self,
        table: str,
        first: int,
        tag: tuple[str, str],
        usual: bytes,
        start: str,
        columns: Sequence[tuple[Slot, bytes, bytes]],
        formulas: _Formulas,
    ) -> None:
        self.table = table
        self._first, (self._tag, self._hidden) = first, tag
        self._usual, self._start, self._columns, self._formulas = usual, start, columns, formulas
        self._known: dict[tuple[tuple[bytes, ...], bytes, int], Sequence[bytes]] = {}
        self._size = 0  # of them

    def written(self, records: Records) -> Iterator[bytes]:
        """A row for each record, in pieces."""
        parts = (_part(records, start, start + _AT_ONCE) for start in range(0, len(records), _AT_ONCE))
        firsts = range(self._first, self._first + len(records), _AT_ONCE)
        return chain.from_iterable(chain.from_iterable(map(self._rows, parts, firsts)))

    def _rows(self, records: Records, first: int) -> Iterable[tuple[bytes, ...]]:
        numbers = [b"%d" % number for number in range(first, first + len(records))]
        return zip(*self._pieces(records, numbers), strict=True)

    def _pieces(self, records: Records, numbers: Sequence[bytes]) -> Iterator[Iterable[bytes]]:
        """The parts of each row; what is the same in all rows, but for their numbers, is put together."""
        heights, same = column_of(records, HEIGHT), [self._usual]
        if heights.count(None) < len(heights):
            yield map(bytes.replace, map(self._tagged, heights), repeat(_ROW_BYTE), numbers)
            same = []
        for slot, formula, text in self._columns:
            tails = slot.tails(records, formula, self._formulas, numbers)
            if isinstance(tails, bytes):
                same += (tails, text)
                continue
            yield self._numbered(tuple(same), numbers)
            yield tails
            same = [text]
        yield self._numbered(tuple(same), numbers)

    def _numbered(self, same: tuple[bytes, ...], numbers: Sequence[bytes]) -> Sequence[bytes]:
        """A part of each row. Many files have as many rows with the same formulas in them."""
        key = same, numbers[0], len(numbers)
        known = self._known.get(key)
        if known is None:
            text = b"".join(same)
            known = [text.replace(_ROW_BYTE, number) for number in numbers]
            size = len(text) * len(numbers)
            if self._size + size > _MOST_NUMBERED:
                self._known, self._size = {}, 0
            if size <= _MOST_NUMBERED:
                self._known[key] = known
                self._size += size
        return known

    def _tagged(self, height: CellValue) -> bytes:
        """Excel shows nothing of a row without height, other programs only where it is said to be hidden."""
        if not isinstance(height, float):
            return self._usual
        return f'{self._tag}{self._hidden if height else _HIDDEN} ht="{height:g}">{self._start}'.encode()


class _Formulas(dict[str, bytes]):
    """The formulas that values of a repeated row bring along, as they stand in its cells; blank where the template does
    not show one of the fields that they refer to."""

    def __init__(self, row: RepeatedRow, growth: Growth) -> None:
        super().__init__()
        self._row, self._references = row, _References(row, growth)
        self._cells: dict[Slot, _Cells] = {}

    def cells_of(self, slot: Slot) -> _Cells:
        """The cells of a slot with a formula whose result is a text or a number but 0, which may be -0: until something
        is typed, most are the same."""
        if slot not in self._cells:
            self._cells[slot] = _Cells(slot, self)
        return self._cells[slot]

    def __missing__(self, formula: str) -> bytes:
        prefix = self._row.slots[0].look.prefix
        if len(self) >= _MOST_TEXTS:
            self.clear()
        try:
            text = escape(_FIELDS.sub(self._references.of, formula))
        except _NotShown:
            text = ""
        if xml_safe(text.replace(_ROW, "")) != text.replace(_ROW, ""):  # a sign that no formula can hold
            text = ""
        written = self[formula] = (text and f"<{prefix}f>{text}</{prefix}f>").encode()
        return written


class _Cells(dict[Calculated, bytes]):
    """What follows `<c r="A1"` in the cells of a slot."""

    def __init__(self, slot: Slot, formulas: _Formulas) -> None:
        super().__init__()
        self._slot, self._formulas = slot, formulas

    def __missing__(self, value: Calculated) -> bytes:
        if len(self) >= _MOST_CELLS:
            self.clear()
        tail = self[value] = self._slot.calculated(self._formulas[value.formula], value)
        return tail


class _References(dict[str, str]):
    """What {{...}} in a formula refers to."""

    def __init__(self, row: RepeatedRow, growth: Growth) -> None:
        super().__init__()
        self._row, self._growth = row, growth

    def of(self, found: re.Match[str]) -> str:
        return self[found[0]]

    def __missing__(self, text: str) -> str:
        found, own = _FIELD.fullmatch(text), self._row.table
        if found is None:
            return text
        table, field, first, last = found.groups()
        cells: str | None
        if table or first:
            cells = self._growth.reach(table or own, field, (int(first), int(last)) if first else None, own)
        else:
            letters = self._row.letters.get(field)
            cells = letters and letters + _ROW
        if not cells:
            raise _NotShown
        if len(self) >= _MOST_TEXTS:
            self.clear()
        self[text] = cells
        return cells


class _NotShown(Exception):
    """The template does not show a field."""

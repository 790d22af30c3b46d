"""The cells of plain rows (plain_rows.py) as arrays. What such rows are has been proved, so that where their cells
begin and end is seen of all of them at once: a large sheet is nothing else, and is read in a fraction of the time that
going from cell to cell takes.

Numbers and shared strings are understood here. What anything else holds, a date, a text or a truth value, calamine
says, once for all cells that are alike.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.integer[Any]]
Shown = dict[str, dict[int, set[int]]]
"""What a style shows -> column -> the rows of the sheet whose cell has such a style."""

_ROW, _CELL, _VALUE, _FORMULA, _INLINE = b"rcvfi"  # the letters behind < that tell the tags of plain rows apart
_STRING, _OF_NUMBER = b"sn"
_MOST_DIGITS = 9
_BEYOND = bytes(32)  # of a short last row, what is looked at behind its end
_NUMBER = b"><v>1.5</v></c>"  # comes back as it is where the style says that it is no date
_MOST_KNOWN = 100_000
_EXACT_DIGITS = 15
_MOST_SIGNS = _EXACT_DIGITS + 1  # with a point
_POWERS = np.array([10**i for i in range(_MOST_SIGNS)], float)


class PlainCells(NamedTuple):
    """The cells of some rows that hold something; rows and columns count from A1 = 0, 0.

    first, height   the first row that holds something, and how many there are up to the last
    width           how many columns there are up to the last that holds something
    numbers         of cells that hold a number: the row counted from `first`, the column, the number
    strings         of those that hold a shared string: row, column, the string's index
    others          of all others: row, column, the index of what it holds among `values`
    """

    first: int
    height: int
    width: int
    numbers: tuple[Ints, Ints, NDArray[np.float64]]
    strings: tuple[Ints, Ints, Ints]
    others: tuple[Ints, Ints, Ints]
    values: list[Any]
    shown: Shown

    def rows(self, width: int, texts: Callable[[Ints], NDArray[np.object_]]) -> list[list[Any]]:
        """The rows, at least `width` cells each; a blank cell is "".

        texts  gives the shared strings of some indices
        """
        cells = np.full((self.height, max(width, self.width)), "", object)
        row, column, number = self.numbers
        cells[row, column] = number
        row, column, index = self.strings
        cells[row, column] = texts(index)
        row, column, index = self.others
        if len(row):
            values = np.empty(len(self.values), object)
            values[:] = self.values
            cells[row, column] = values[index]
        rows: list[list[Any]] = cells.tolist()
        return rows


class PlainReader:
    """Reads plain rows of one workbook.

    read    what calamine makes of cells, given as what follows the address in each, up to the end of </c>
    styles  what a style shows -> the styles, of which the cells are told
    """

    def __init__(self, read: Callable[[list[bytes]], list[Any]], styles: Mapping[str, Collection[int]]) -> None:
        self._read, self._styles = read, {what: sorted(those) for what, those in styles.items()}
        self._known: dict[bytes, Any] = {}
        self._is_number: dict[int, bool] = {}  # by style

    def cells(self, xml: bytes, only: int | None = None) -> PlainCells:
        """The cells of rows that are plain one and all, or those of one column."""
        text = np.frombuffer(xml + _BEYOND, np.uint8)
        tags = np.flatnonzero(text == ord("<"))
        kinds = text[tags + 1]
        is_row, at = kinds == _ROW, np.flatnonzero(kinds == _CELL)
        numbers, digits = _read_digits(text, tags[is_row] + len('<row r="'))
        of_row = np.cumsum(is_row)[at] - 1
        columns = text[tags[at] + len('<c r="')] - ord("A")
        if only is not None:
            at, of_row, columns = (each[columns == only] for each in (at, of_row, columns))
        rows = numbers[of_row] - 1
        quotes = tags[at] + len('<c r="A') + digits[of_row]  # which close the addresses
        styles = np.where(text[quotes + 2] == _STRING, _read_digits(text, quotes + len('" s="'))[0], -1)
        shown = self._shown(rows, columns, styles)

        following = kinds[at + 1]  # the last tag is no cell's
        is_filled = np.isin(following, (_VALUE, _FORMULA, _INLINE))
        at, following = at[is_filled], following[is_filled]
        rows, columns, styles, quotes = (each[is_filled] for each in (rows, columns, styles, quotes))
        types = text[tags[at + 1] - len('s">')]  # of t="s">; where no type is said, a digit
        is_number = (types - ord("0") <= 9) | (types == _OF_NUMBER)
        is_number &= self._are_numbers(styles)
        is_string = types == _STRING
        is_other = ~is_number & ~is_string
        value = at + np.where(following == _FORMULA, 3, 1)  # the number of the tag <v>, or <is>
        first, last = (int(rows[0]), int(rows[-1])) if len(rows) else (0, -1)
        rows = rows - first

        begins, ends = tags[value] + len("<v>"), tags[value + 1]
        indices, _ = _read_digits(text, begins[is_string])
        attributes = zip((quotes[is_other] + 1).tolist(), tags[at + 1][is_other].tolist(), strict=True)
        # <v></v></c>, or <is><t></t></is></c>: the formula before it is nothing to a cell.
        closing = value + np.where(following == _INLINE, 4, 2)
        contents = zip(tags[value][is_other].tolist(), tags[closing][is_other].tolist(), strict=True)
        which: dict[bytes, int] = {}
        alike = [
            which.setdefault(xml[a:b] + xml[c : d + len("</c>")], len(which))
            for (a, b), (c, d) in zip(attributes, contents, strict=True)
        ]
        return PlainCells(
            first,
            last - first + 1,
            int(columns.max()) + 1 if len(columns) else 0,
            (rows[is_number], columns[is_number], _read_numbers(xml, text, begins[is_number], ends[is_number])),
            (rows[is_string], columns[is_string], indices),
            (rows[is_other], columns[is_other], np.array(alike, np.int32)),
            self._values(list(which)),
            shown,
        )

    def _shown(self, rows: Ints, columns: Ints, styles: Ints) -> Shown:
        shown: Shown = {}
        for what, those in self._styles.items():
            is_one = np.isin(styles, those)
            in_columns, in_rows = columns[is_one], rows[is_one]
            shown[what] = {at: set(in_rows[in_columns == at].tolist()) for at in set(in_columns.tolist())}
        return shown

    def _are_numbers(self, styles: Ints) -> NDArray[np.bool_]:
        """Of each style whether a number that has it is one, and no date."""
        used = np.flatnonzero(np.bincount(styles + 1)) - 1
        new = [style for style in used.tolist() if style not in self._is_number]
        given = [(b' s="%d"' % style if style >= 0 else b"") + _NUMBER for style in new]
        self._is_number.update((style, value == 1.5) for style, value in zip(new, self._read_new(given), strict=True))
        are_numbers = np.zeros(int(used.max(initial=-1)) + 2, bool)
        are_numbers[used + 1] = [self._is_number[style] for style in used.tolist()]
        return are_numbers[styles + 1]

    def _values(self, cells: list[bytes]) -> list[Any]:
        """What cells hold that are neither numbers nor shared strings."""
        if len(self._known) > _MOST_KNOWN:
            self._known.clear()
        new = [cell for cell in cells if cell not in self._known]
        self._known.update(zip(new, self._read_new(new), strict=True))
        return [self._known[cell] for cell in cells]

    def _read_new(self, cells: list[bytes]) -> list[Any]:
        return self._read(cells) if cells else []


def _read_digits(text: NDArray[np.uint8], at: Ints) -> tuple[Ints, Ints]:
    """The whole numbers that begin at some places, and how many digits each has."""
    value, count = np.zeros(len(at), np.int32), np.zeros(len(at), np.int32)
    more = np.ones(len(at), bool)
    for i in range(_MOST_DIGITS):
        digit = text[at + i] - ord("0")  # of other signs more than 9, since there is nothing below 0
        more &= digit <= 9
        if not more.any():
            break
        value = np.where(more, value * 10 + digit, value)
        count += more
    return value, count


def _read_numbers(xml: bytes, text: NDArray[np.uint8], begins: Ints, ends: Ints) -> NDArray[np.float64]:
    """The numbers that stand in some places. One of up to 15 digits, before and behind its point, is the quotient of
    two whole numbers that a float holds exactly, and a division gives the nearest float; others are read one by one."""
    whole, count, behind = (np.zeros(len(begins), np.int64) for _ in range(3))
    has_point, is_odd = (np.zeros(len(begins), bool) for _ in range(2))
    is_negative = text[begins] == ord("-")
    at = begins + is_negative
    for _ in range(min(int((ends - at).max(initial=0)), _MOST_SIGNS)):
        sign, is_there = text[at], at < ends
        digit = sign - ord("0")
        is_digit = is_there & (digit <= 9)
        whole = np.where(is_digit, whole * 10 + digit, whole)
        count += is_digit
        behind += is_digit & has_point
        is_point = is_there & (sign == ord("."))
        has_point |= is_point
        is_odd |= is_there & ~is_digit & ~is_point
        at = np.minimum(at + 1, ends)
    value: NDArray[np.float64] = whole / _POWERS[behind]
    value[is_negative] *= -1
    for i in np.flatnonzero(is_odd | (count > _EXACT_DIGITS) | (at < ends)).tolist():
        value[i] = float(xml[begins[i] : ends[i]])
    return value

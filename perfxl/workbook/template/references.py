"""References in formulas, ranges and names, so that they can follow rows that a template grows by.

A text with references becomes pieces: strings, and places whose row is known only when the rows are counted.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

__all__ = ["CURRENT", "MARK", "Column", "Growth", "Place", "References", "title_key"]

CURRENT = "\U0010fd00"
"""Stands for the number of the row that is being written. It and the signs around marks are for private use, at the
end of what Unicode has: no font and no text has them."""
_MARKED = "\U0010fd01"
MARK = re.compile(_MARKED + "(\\d+)\U0010fd02")

# A text in quotes; structured references and other books' sheets; a reference, with its sheet. Names and functions are
# left alone.
_TOKEN = re.compile(
    r"""(?P<text>"(?:[^"]|"")*")
    |(?P<other>\[[^\[\]]*(?:\[[^\[\]]*\][^\[\]]*)*\](?:[\w.]*!\$?[A-Za-z]*\$?\d*(?::\$?[A-Za-z]*\$?\d*)?)?)
    |(?P<foreign>'[^']*\[(?:[^']|'')*'!\$?[A-Za-z]*\$?\d*(?::\$?[A-Za-z]*\$?\d*)?)
    |(?P<sheet>'(?:[^']|'')+'!|(?<![\w.!:$'])[^\W\d][\w.]*!)?
     (?P<ref>(?:(?<=!)|(?<![\w.$:!]))
       (?:\$?[A-Za-z]{1,3}\$?[1-9]\d{0,6}(?::\$?[A-Za-z]{1,3}\$?[1-9]\d{0,6})?|\$?[1-9]\d{0,6}:\$?[1-9]\d{0,6})
       (?![\w.(!:]))
    """,
    re.VERBOSE,
)
_CELL = re.compile(r"(\$?[A-Za-z]{0,3})(\$?)(\d+)")


class Place(NamedTuple):
    """A row of the template to which a text refers; `end` where it closes a range, which grows with a row that is
    repeated there. The sheet is named as `title_key` does; `less` is taken off: some parts count rows from 0."""

    sheet: str
    row: int
    end: bool = False
    less: int = 0


class Column(NamedTuple):
    """Where a field of a table stands alone in a repeated row: the sheet's title, the row, the column."""

    title: str
    row: int
    letters: str


class Growth:
    """How many rows stand where the template has one.

    counts   the repeated rows of each sheet, each with how often it is written, at least once
    columns  by table and field
    """

    def __init__(
        self,
        counts: Mapping[str, Mapping[int, int]],
        columns: Mapping[tuple[str, str], Column] | None = None,
    ) -> None:
        self._counts = {sheet: sorted(rows.items()) for sheet, rows in counts.items() if rows}
        self._columns = columns or {}
        self._reaches: dict[tuple[str, str, tuple[int, int] | None, str], str | None] = {}

    def reach(self, table: str, field: str, records: tuple[int, int] | None = None, of: str = "") -> str | None:
        """The cells of a table's field, of all its records or of some, as a formula of table `of` names them; None
        where the template does not show it."""
        key = (table, field, records, of)
        if key not in self._reaches:
            self._reaches[key] = self._reach(*key)
        return self._reaches[key]

    def _reach(self, table: str, field: str, records: tuple[int, int] | None, of: str) -> str | None:
        column = self._columns.get((table, field))
        if column is None:
            return None
        key = title_key(column.title)
        first = self.row(Place(key, column.row))
        last = self.row(Place(key, column.row, end=True))
        if records:
            first, last = first + records[0], first + records[1]
        sheet = "" if of == table else "'{}'!".format(column.title.replace("'", "''"))
        cells = f"${column.letters}${first}"
        return f"{sheet}{cells}" if first == last else f"{sheet}{cells}:${column.letters}${last}"

    def row(self, place: Place) -> int:
        """The row of the filled sheet."""
        at = place.row - place.less
        for repeated, count in self._counts.get(place.sheet, ()):
            if repeated < place.row or (repeated == place.row and place.end):
                at += count - 1
        return at


class References:
    """Turns the references of texts into marks; `mark` makes one, and `slots` are what they stand for.

    repeated  the rows of each sheet that are repeated
    """

    def __init__(self, repeated: Mapping[str, Collection[int]]) -> None:
        self._repeated = {sheet: frozenset(rows) for sheet, rows in repeated.items() if rows}
        self.slots: list[object] = []

    def mark(self, slot: object) -> str:
        """Text that stands for the slot until pieces are made of what holds it."""
        self.slots.append(slot)
        return f"\U0010fd01{len(self.slots) - 1}\U0010fd02"

    def pieces(self, text: str) -> Iterator[object]:
        """The text in pieces, marks replaced by what they stand for."""
        for i, part in enumerate(MARK.split(text)):
            if i % 2:
                yield self.slots[int(part)]
            elif part:
                yield part

    def resolved(self, text: str, growth: Growth) -> str:
        """The text with its places' rows."""
        if _MARKED not in text:
            return text
        return "".join(
            str(growth.row(piece)) if isinstance(piece, Place) else str(piece) for piece in self.pieces(text)
        )

    def formula(self, text: str, sheet: str, own_row: int | None = None, cells_grow: bool = False) -> str:
        """A formula that stands on a sheet. In the repeated row `own_row`, a reference to that row without $ means the
        row being written; ranges that end in a repeated row grow, and with `cells_grow` single cells of one, too."""

        def moved(match: re.Match[str]) -> str:
            if match["ref"] is None:
                return match[0]
            title = match["sheet"] or ""
            of = title_key(title[:-1]) if title else sheet
            reach = match["ref"]
            if cells_grow and ":" not in reach and self._is_repeated(reach, of):
                reach = f"{reach}:{reach}"
            return title + self._range(reach, of, own_row if of == sheet else None)

        return _TOKEN.sub(moved, text)

    def reach(self, text: str, sheet: str) -> str:
        """Ranges parted by blanks, as `sqref` holds them: a single cell of a repeated row grows, too."""
        grown = (
            f"{part}:{part}" if ":" not in part and self._is_repeated(part, sheet) else part for part in text.split()
        )
        return " ".join(self._range(part, sheet, None) for part in grown)

    def cell(self, text: str, sheet: str) -> str:
        """One cell, which stays one."""
        return self._range(text, sheet, None)

    def row(self, row: int, sheet: str, end: bool = False, less: int = 0) -> str:
        """A row's number, less something."""
        first = min(self._repeated.get(sheet, ()), default=row + 1)
        stays = row < first or (row == first and not end)
        return str(row - less) if stays else self.mark(Place(sheet, row, end, less))

    def _range(self, text: str, sheet: str, own_row: int | None) -> str:
        first, colon, last = text.partition(":")
        begin, end = _CELL.fullmatch(first), _CELL.fullmatch(last or first)
        if begin is None or end is None:
            return text
        if own_row is not None and int(begin[3]) == int(end[3]) == own_row and not begin[2] and not end[2]:
            return begin[1] + CURRENT + (f":{end[1]}{CURRENT}" if colon else "")
        opened = begin[1] + begin[2] + self.row(int(begin[3]), sheet)
        return f"{opened}:{end[1]}{end[2]}{self.row(int(end[3]), sheet, end=True)}" if colon else opened

    def _is_repeated(self, cell: str, sheet: str) -> bool:
        found = _CELL.fullmatch(cell)
        return found is not None and int(found[3]) in self._repeated.get(sheet, ())


def title_key(sheet: str) -> str:
    """What a sheet is known by, from its title or from how formulas write it: Excel tells no case apart."""
    if sheet.startswith("'"):
        sheet = sheet[1:-1].replace("''", "'")
    return sheet.casefold()

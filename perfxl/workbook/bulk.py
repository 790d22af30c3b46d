"""Many rows fast: an XlsxWriter sheet whose records are rendered straight to XML while the file is written.

XlsxWriter keeps every cell as an object until the end, and its constant-memory mode knows no tables; 400,000 rows
need neither. Titles, formats, validations and the table stay XlsxWriter's; only the rows go past it. Text goes in
as inline strings, so it can never become a formula.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from itertools import islice, repeat
from math import isfinite
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from perfxl.core.cells import a1, column_letter

_CHUNK = 2_000
_LONGEST = 32_767  # characters a cell holds
_EPOCH = date(1899, 12, 30).toordinal()
_REMEMBERED = 50_000  # different values of a column whose XML is kept
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")


class Cell(NamedTuple):
    """What a record's value shows as: text, number, date or blank, and how it looks."""

    value: str | float | date | None
    format: Format


class BulkColumn(NamedTuple):
    """A column's values and how one becomes a cell. `hints` stand beside the values where the look depends on the
    rest of the row (a KPI's unit); equal values with equal hints are rendered once."""

    values: Sequence[Any]
    cell: Callable[[Any, Any], Cell]
    hints: Sequence[Any] = ()


class BulkSheet(Worksheet):
    """A sheet with one table of records under a header row."""

    bulk: tuple[int, Sequence[BulkColumn], int] | None = None

    def add_records(self, first_row: int, columns: Sequence[BulkColumn], count: int) -> None:
        """Puts `count` records from first_row down, from column A on; nothing else may stand in or below these rows."""
        self.bulk = (first_row, columns, count)

    def grow_table(self, last_row: int) -> None:
        """Lets the sheet's last table reach down to last_row: add_table itself would visit every cell of it."""
        table = self.tables[-1]
        for key in ("range", "a_range", "autofilter"):
            first = table[key].split(":")[0]
            last = column_letter(len(table["columns"]) - 1)
            table[key] = f"{first}:{last}{last_row + 1}"

    def _write_rows(self) -> None:
        super()._write_rows()
        if self.bulk:
            for rows in _rendered(*self.bulk):
                self.fh.write(rows)

    def _write_dimension(self) -> None:
        if not self.bulk:
            super()._write_dimension()
            return
        first_row, columns, count = self.bulk
        corner = a1(max(first_row + count - 1, self.dim_rowmax), max(len(columns) - 1, self.dim_colmax))
        self._xml_empty_tag("dimension", [("ref", f"A1:{corner}")])


def _rendered(first_row: int, columns: Sequence[BulkColumn], count: int) -> Iterator[str]:
    """XML of the rows, some thousands at a time."""
    renderers = [_renderer(column_letter(i), column) for i, column in enumerate(columns)]
    for start in range(0, count, _CHUNK):
        stop = min(start + _CHUNK, count)
        cells = [render(start, stop, first_row + 1) for render in renderers]
        yield "".join(
            f'<row r="{first_row + 1 + i}">{"".join(row)}</row>'
            for i, row in zip(range(start, stop), zip(*cells, strict=True), strict=True)
        )


def _renderer(letter: str, column: BulkColumn) -> Callable[[int, int, int], list[str]]:
    """Renders the cells of records start..stop of one column; what follows a cell's address is made once a value."""
    tails: dict[Any, str] = {}
    hints = column.hints or repeat(None)

    def render(start: int, stop: int, first: int) -> list[str]:
        cells = []
        pairs = zip(column.values[start:stop], islice(hints, start, stop) if column.hints else hints, strict=False)
        for row, (value, hint) in enumerate(pairs, first + start):
            key = (value.__class__, value, hint)
            tail = tails.get(key)
            if tail is None:
                tail = _tail(column.cell(value, hint))
                if len(tails) < _REMEMBERED:
                    tails[key] = tail
            cells.append(f'<c r="{letter}{row}"{tail}')
        return cells

    return render


def _tail(cell: Cell) -> str:
    style = f' s="{cell.format._get_xf_index()}"'
    value = cell.value
    if isinstance(value, date):
        return f"{style}><v>{value.toordinal() - _EPOCH}</v></c>"
    if isinstance(value, int | float) and isfinite(value):
        return f"{style}><v>{float(value)!r}</v></c>"
    if isinstance(value, str) and value:
        return f'{style} t="inlineStr"><is><t xml:space="preserve">{_xml_text(value)}</t></is></c>'
    return f"{style}/>"


def _xml_text(text: str) -> str:
    """Text as XML holds it; signs that XML cannot hold are spelt the way Excel does."""
    return escape(_UNSAFE.sub(lambda found: f"_x{ord(found[0]):04X}_", text[:_LONGEST]))

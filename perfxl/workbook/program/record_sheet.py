"""Many rows fast: an XlsxWriter sheet whose records are rendered straight to XML while the file is written.

XlsxWriter keeps every cell as an object until the end, and its constant-memory mode knows no tables; 400,000 rows
need neither. Titles, formats, validations and the table stay XlsxWriter's; only the rows go past it. Text goes in
as shared strings, so it can never become a formula.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from math import isfinite
from typing import Any, NamedTuple

from xlsxwriter.worksheet import Worksheet

from perfxl.core.cells import a1, column_letter
from perfxl.ooxml.text import LONGEST_TEXT, escape, xml_text
from perfxl.workbook.cell_values import StyledCell
from perfxl.workbook.style import ROW_HEIGHT, row_height

_CHUNK = 2_000
_EPOCH = date(1899, 12, 30).toordinal()
_REMEMBERED = 50_000  # different values of a column whose XML is kept


class RecordColumn(NamedTuple):
    """A column's values and how one becomes a cell. `hints` stand beside the values where the look depends on the
    rest of the row (a KPI's unit); equal values with equal hints are rendered once. `wraps_at`: the column's width,
    which the row's height follows where text wraps. `formula`: what works the values out."""

    values: Sequence[Any]
    cell: Callable[[Any, Any], StyledCell]
    hints: Sequence[Any] = ()
    wraps_at: float = 0.0
    formula: str = ""


class RecordSheet(Worksheet):
    """A sheet with one table of records under a header row."""

    bulk: tuple[int, Sequence[RecordColumn], int] | None = None

    def add_records(self, first_row: int, columns: Sequence[RecordColumn], count: int) -> None:
        """Puts `count` records from first_row down, from column A on; nothing else may stand in or below these rows."""
        self.bulk = (first_row, columns, count)
        self.strings: dict[str, int] = {}  # XlsxWriter closes its own table before the rows are written
        for column in (column for column in columns if not column.formula):
            for value, hint in dict.fromkeys(zip(column.values, _hints(column), strict=True)):
                text = None if isinstance(value, float) else column.cell(value, hint).value
                if isinstance(text, str):
                    text = text[:LONGEST_TEXT]
                    self.strings[text] = self.str_table._get_shared_string_index(text)

    def grow_table(self, last_row: int, formulas: Sequence[str]) -> None:
        """Lets the sheet's last table reach down to last_row, with the formulas of its columns, "" for none: add_table
        itself would visit every cell of it."""
        table = self.tables[-1]
        for column, formula in zip(table["columns"], formulas, strict=True):
            column["formula"] = formula
        for key in ("range", "a_range", "autofilter"):
            first = table[key].split(":")[0]
            last = column_letter(len(table["columns"]) - 1)
            table[key] = f"{first}:{last}{last_row + 1}"

    def _write_rows(self) -> None:
        super()._write_rows()
        if self.bulk:
            for rows in _rendered(*self.bulk, self.strings):
                self.fh.write(rows)

    def _write_dimension(self) -> None:
        if not self.bulk:
            super()._write_dimension()
            return
        first_row, columns, count = self.bulk
        corner = a1(max(first_row + count - 1, self.dim_rowmax), max(len(columns) - 1, self.dim_colmax))
        self._xml_empty_tag("dimension", [("ref", f"A1:{corner}")])


def _hints(column: RecordColumn) -> Sequence[Any]:
    return column.hints or [None] * len(column.values)


def _rendered(first_row: int, columns: Sequence[RecordColumn], count: int, strings: Mapping[str, int]) -> Iterator[str]:
    """XML of the rows, some thousands at a time."""
    renderers = [_renderer(column_letter(i), column, strings) for i, column in enumerate(columns)]
    for start in range(0, count, _CHUNK):
        stop = min(start + _CHUNK, count)
        heights = [ROW_HEIGHT] * (stop - start)
        cells = [render(start, stop, first_row + 1, heights) for render in renderers]
        yield "".join(
            f'<row r="{row}" ht="{height}">{"".join(of_row)}</row>'
            for row, height, of_row in zip(
                range(first_row + 1 + start, first_row + 1 + stop), heights, zip(*cells, strict=True), strict=True
            )
        )


def _renderer(
    letter: str, column: RecordColumn, strings: Mapping[str, int]
) -> Callable[[int, int, int, list[float]], list[str]]:
    """Renders the cells of records start..stop of one column and raises the rows' heights to what they need; what
    follows a cell's address is made once a value."""
    rendered_values: dict[Any, tuple[str, float]] = {}
    hints, formula = _hints(column), f"<f>{escape(column.formula)}</f>" if column.formula else ""

    def render(start: int, stop: int, first: int, heights: list[float]) -> list[str]:
        cells = []
        for i in range(start, stop):
            value = column.values[i]
            key = (value.__class__, value, hints[i])
            rendered = rendered_values.get(key)
            if rendered is None:
                cell = column.cell(value, hints[i])
                tail = _calculated(cell, formula) if formula else _tail(cell, strings)
                rendered = tail, _height(cell, column.wraps_at)
                if len(rendered_values) < _REMEMBERED:
                    rendered_values[key] = rendered
            tail, height = rendered
            cells.append(f'<c r="{letter}{first + i}"{tail}')
            if height > heights[i - start]:
                heights[i - start] = height
        return cells

    return render


def _height(cell: StyledCell, width: float) -> float:
    if width and isinstance(cell.value, str) and cell.format.text_wrap:
        return row_height(cell.value, width)
    return ROW_HEIGHT


def _calculated(cell: StyledCell, formula: str) -> str:
    style, value = cell.format._get_xf_index(), cell.value
    if isinstance(value, int | float) and isfinite(value):
        return f' s="{style}">{formula}<v>{float(value)!r}</v></c>'
    return f' s="{style}" t="str">{formula}<v>{xml_text(value) if isinstance(value, str) else ""}</v></c>'


def _tail(cell: StyledCell, strings: Mapping[str, int]) -> str:
    style = f' s="{cell.format._get_xf_index()}"'
    value = cell.value
    if isinstance(value, date):
        return f"{style}><v>{value.toordinal() - _EPOCH}</v></c>"
    if isinstance(value, int | float) and isfinite(value):
        return f"{style}><v>{float(value)!r}</v></c>"
    if isinstance(value, str) and value:
        return f'{style} t="s"><v>{strings[value[:LONGEST_TEXT]]}</v></c>'
    return f"{style}/>"

"""The rows of a table that is no contract sheet: which of its rows count, its cells typed, whose it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from perfxl.core.cells import column_letter
from perfxl.core.problems import Problem
from perfxl.core.records import Records
from perfxl.core.schema import get
from perfxl.core.values.dates import Span
from perfxl.core.values.text import clean
from perfxl.tables.blocks import cell_text
from perfxl.tables.columns import convert
from perfxl.tables.forms import Form, RowLeft, rows_of
from perfxl.tables.sheet_reader import SheetInfo
from perfxl.tables.titles import read_period, read_title, year_around
from perfxl.tables.totals import is_total_word

WHO = ("person", "name", "post", "department", "issuer")
Parts = tuple[list[Records], SheetInfo, list[Problem]]


def fields_of(form: Form, count: int, within: Span | None) -> tuple[dict[str, list[Any]], list[Problem]]:
    """Whose the rows are and of which period, from the lines above the table; a month of no year is asked about.

    within  the program's period, which gives a month its year where the lines do not
    """
    above = form.grid.rows[: form.block.row]
    fields = read_title(above, above=True)
    problems = []
    if said := fields.get("period"):
        fields["period"] = read_period(said, within or year_around(above, form.grid.name, form.file))
        if not fields["period"]:
            cells = ((i, at) for i, row in enumerate(above) for at, cell in enumerate(row) if said in clean(str(cell)))
            row, at = next(cells, (form.block.row, min(form.block.texts)))
            problems.append(form.problem("not_a_period", row, at, column="period", value=said))
    return {name: [fields[name]] * count for name in (*WHO, "period") if fields.get(name)}, problems


def info_of(form: Form, records: int) -> SheetInfo:
    """What the sheet is listed as, with so many rows read."""
    return SheetInfo(
        form.grid.name, form.table.name, form.block.row + 1, [], records, form.block.bottom, form.grid.hidden
    )


def kept_rows(form: Form, key: int) -> list[int]:
    """The rows that name what they are about; totals and notes are left, and said so."""
    kept = []
    for i in rows_of(form.grid, form.block):
        row = form.grid.rows[i]
        if any(is_total_word(cell) for cell in row):
            form.found.rows_left.append(RowLeft(i + 1, "row_is_total"))
        elif row[key] == "" or not cell_text(str(row[key])):
            form.found.rows_left.append(RowLeft(i + 1, "row_is_note"))
        else:
            kept.append(i)
    return kept


def typed(form: Form, rows: Sequence[int], columns: dict[int, str], table: str) -> tuple[Records, list[Problem]]:
    """The columns' cells as the table's types, with what is wrong with them."""
    declared = get(table)
    records = Records(declared, {}, form.file, form.grid.name, [i + 1 for i in rows])
    problems = []
    for at, name in columns.items():
        column = declared.column(name)
        raw = [form.grid.rows[i][at] for i in rows]
        converted = convert(column, raw, form.grid.percent_rows(at, rows), frozenset())
        records.columns[name], records.letters[name] = converted.values, column_letter(at)
        if converted.percent:
            records.percent[name] = converted.percent
        for i, problem_name, value in converted.problems:
            problems.append(form.problem(problem_name, rows[i], at, column=name, value=value))
    return records, problems

"""Writes a program workbook from the schema: empty for HR to fill, or holding the tables of a book."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from itertools import chain
from pathlib import Path

from perfxl.core.records import Records
from perfxl.core.schema import template_tables
from perfxl.workbook.layout import INDEX_SHEETS, LISTS_SHEET
from perfxl.workbook.program.bulk import BulkSheet
from perfxl.workbook.program.defaults import with_defaults
from perfxl.workbook.program.index_sheet import write_index
from perfxl.workbook.program.lists import Lists
from perfxl.workbook.program.sheets import sheets_of
from perfxl.workbook.program.table_sheet import Surroundings, write_table_sheet
from perfxl.workbook.style import Formats
from perfxl.workbook.writing import new_workbook

# The same program gives the same bytes, whenever it is written.
_CREATED = datetime(2025, 1, 1)
_TITLES = {"zh": "绩效方案", "en": "Performance program"}


def write_program(
    path: Path, book: Mapping[str, Records] | None = None, lang: str = "zh", blank_rows: int = 200
) -> None:
    """Writes the workbook; tables that the book does not hold are there, empty, with `blank_rows` rows to fill. A
    table with more records than a sheet has rows goes on in further sheets."""
    filled = with_defaults(book or {}, lang)
    sheets = {table.name: sheets_of(table, filled.get(table.name), lang) for table in template_tables()}
    every = list(chain.from_iterable(sheets.values()))
    with new_workbook(path, lang, _TITLES[lang], _CREATED) as workbook:
        formats = Formats(workbook, lang)
        index = workbook.add_worksheet(INDEX_SHEETS[lang])
        worksheets = [workbook.add_worksheet(sheet.title, worksheet_class=BulkSheet) for sheet in every]
        hidden = workbook.add_worksheet(LISTS_SHEET)
        hidden.hide()
        lists = Lists(workbook, sheets, filled, lang)
        around = Surroundings(workbook, formats, lists, filled, lang, blank_rows)
        for worksheet, sheet in zip(worksheets, every, strict=True):
            write_table_sheet(worksheet, sheet, around)
        write_index(index, every, formats, lang)
        lists.write(hidden)

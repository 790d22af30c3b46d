"""One table's sheet: title, help line, a real Excel table with its dropdowns and hints, print set-up."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import repeat
from math import ceil
from typing import Any, NamedTuple

from xlsxwriter import Workbook

from perfxl.core.cells import column_letter
from perfxl.core.policy import Setting
from perfxl.core.records import Records, Tables
from perfxl.core.schema import Column, Table, Type
from perfxl.core.schema.beside import with_grey
from perfxl.workbook.cell_values import (
    StyledCell,
    cell_maker,
    column_format,
    decimals_of,
    figure_units,
    label,
    value_cell,
)
from perfxl.workbook.program.dropdowns import DropdownLists, column_rule, setting_of, setting_rule
from perfxl.workbook.program.layout import (
    FIRST_ROW,
    HEADER_ROW,
    HELP_ROW,
    INDEX_SHEETS,
    READY_ROWS,
    TITLE_ROW,
    TableSheet,
    last_row,
    list_object_name,
    quoted,
    table_name,
)
from perfxl.workbook.program.names import HINT, MOST_ROWS, NamesOfCodes, formula_name, grey_formula, grey_values
from perfxl.workbook.program.record_sheet import RecordColumn, RecordSheet
from perfxl.workbook.style import (
    INPUT,
    LINE,
    LINK,
    MUTED,
    PAGE_OF_PAGES,
    PAPER,
    RESULT,
    STAGES,
    Formats,
    fitting_width,
    text_width,
)

# What perfxl or the program's rules put in, rather than a person.
COMPUTED = {("contract_lines", "derived_weight"), ("policy", "key"), ("policy", "unit"), ("policy", "help")}

REQUIRED_MARK = "\u00a0*"  # shown behind a header by its number format; the header itself stays as the schema has it
_WORD = re.compile("[!-~\u00a0]+")  # what a line break does not go through; Chinese may break anywhere
_FORM_ROWS = 20  # rows drawn on an empty sheet, so that it looks like the form it is
_ROOM_FOR_FILTER = 4
_LEAST_WIDTH, _MOST_WIDTH = 9, 50
_SAMPLE = 1_000
_PORTRAIT_WIDTH, _PAGE_WIDTH = 110, 190  # column units that one A4 page shows readably, upright and across
_TYPE_WIDTHS = {Type.TEXT: 16, Type.REF: 13, Type.DATE: 12, Type.FIGURE: 12}
_LONG_TEXT = {
    **dict.fromkeys(("definition", "sentence", "action", "fact", "formula", "situation", "reason", "comment"), 40),
    **dict.fromkeys(("text", "help", "meaning", "note", "cause", "causes", "advice", "gap", "evidence"), 28),
    **dict.fromkeys(("self_assessment", "affirmed", "shortfalls", "next_targets", "opinion", "follow_up"), 28),
    **dict.fromkeys(("finding", "resources", "measure", "numerator", "denominator", "data_source"), 22),
    **dict.fromkeys(("csf_result", "csf_action_1", "csf_action_2", "support"), 22),
}


class SheetColumn(NamedTuple):
    """A column of a sheet; `beside` is the column beside which a grey one stands, "" for one of the table or of the
    user's own."""

    column: Column
    beside: str = ""


def _sheet_columns(sheet: TableSheet) -> list[SheetColumn]:
    table, records = sheet.table, sheet.records
    if len(records) > MOST_ROWS:
        columns = [SheetColumn(column) for column in table.columns]
    else:
        columns = [SheetColumn(*each) for each in with_grey(table)]
    return columns + [SheetColumn(Column("", header, header)) for header in records.extra]


class ProgramBook(NamedTuple):
    """What a sheet needs to know of the workbook around it."""

    workbook: Workbook
    formats: Formats
    lists: DropdownLists
    tables: Tables
    sheets: Mapping[str, Sequence[TableSheet]]
    names: NamesOfCodes
    lang: str
    blank_rows: int


def write_table_sheet(worksheet: RecordSheet, sheet: TableSheet, book: ProgramBook) -> None:
    """Fills the worksheet with the sheet's records, or readies it for them."""
    records = sheet.records
    declared = _sheet_columns(sheet)
    columns = _record_columns(sheet, declared, book)
    widths = _widths(declared, columns, book.lang)
    columns = [column._replace(wraps_at=width) for column, width in zip(columns, widths, strict=True)]
    count = len(records)
    drawn = max(count, _FORM_ROWS)

    _write_top(worksheet, sheet, book)
    for i, (each, width) in enumerate(zip(declared, widths, strict=True)):
        look = book.formats(font_color=MUTED) if each.beside else column_format(book.formats, each.column)
        worksheet.set_column(i, i, width, look)
    _add_table(worksheet, sheet, declared, columns, book, drawn)
    worksheet.add_records(FIRST_ROW, [_padded(column, drawn) for column in columns], drawn)
    ready = last_row(count + max(book.blank_rows, READY_ROWS))
    _ready_for_entry(worksheet, sheet, declared, book, FIRST_ROW + drawn, ready)
    _set_up_view(worksheet, sheet, declared, widths, book.lang)


def _write_top(worksheet: RecordSheet, sheet: TableSheet, book: ProgramBook) -> None:
    formats, lang = book.formats, book.lang
    colour = STAGES[sheet.table.stage]
    worksheet.set_row(TITLE_ROW, 30)
    worksheet.write_string(TITLE_ROW, 0, sheet.title, formats(font_size=18, bold=True, font_color=colour.deep))
    worksheet.set_row(HELP_ROW, 20)
    index = INDEX_SHEETS(lang)
    back = formats(font_color=LINK, underline=1)
    worksheet.write_url(HELP_ROW, 0, f"internal:{quoted(index)}!A1", back, string=f"← {index}")
    worksheet.write_string(HELP_ROW, 1, sheet.table.help(lang), formats(font_color=MUTED))
    worksheet.set_tab_color(colour.deep)


def _record_columns(sheet: TableSheet, declared: Sequence[SheetColumn], book: ProgramBook) -> list[RecordColumn]:
    table, records = sheet.table, sheet.records
    if table.name == "policy":
        return _policy_columns(records, book)
    formats, lang = book.formats, book.lang
    units = figure_units(records, book.tables)
    columns = []
    for column, beside in declared:
        if beside:
            columns.append(_grey(sheet, column, beside, book, units))
        elif column.name:
            decimals = _common_decimals(table, column, records)
            make = cell_maker(formats, column, lang, (table.name, column.name) in COMPUTED, decimals)
            hints = _hints(records, column, units) if column.type is Type.FIGURE else ()
            columns.append(RecordColumn(records.column(column.name), make, hints))
    for values in records.extra.values():
        columns.append(RecordColumn(values, lambda value, _: value_cell(formats, value, lang, {"text_wrap": True})))
    return columns


def _grey(
    sheet: TableSheet, column: Column, beside: str, book: ProgramBook, units: Sequence[Any] | None
) -> RecordColumn:
    """A column that a formula fills: the names beside a column of codes, or what follows from other columns."""
    look = {"bg_color": RESULT, "font_color": MUTED, "align": "left", "indent": 1, "text_wrap": True}
    shown = grey_values(sheet.records, beside, book.names, book.lang)
    formula = formula_name(sheet, beside)
    book.workbook.define_name(formula, f"={grey_formula(sheet, beside, book.sheets, book.lang)}")
    hints = _hints(sheet.records, sheet.table.column(beside), units) if column.type is Type.FIGURE else ()

    def cell(value: Any, unit: Any) -> StyledCell:
        return value_cell(book.formats, value, book.lang, look, unit)

    return RecordColumn(shown, cell, hints, formula=formula)


def _common_decimals(table: Table, column: Column, records: Records) -> int:
    """Decimals that all of a column's numbers show, so that they stand in line; none where each row is of another
    KPI and has its own."""
    alike = column.type is Type.POINTS or (column.type is Type.NUMBER and "kpi" not in table)
    if not alike:
        return 0
    sample = records.column(column.name)[:_SAMPLE]
    return min(max((decimals_of(value) for value in sample if isinstance(value, float)), default=0), 2)


def _hints(records: Records, column: Column, units: Sequence[Any] | None) -> Sequence[Any]:
    """How each figure of a column shows: as its KPI's figures do, or as a percentage where it was typed as one."""
    typed = records.percent.get(column.name, set())
    units = units or [(False, 0)] * len(records)
    return [(percent or i in typed, decimals) for i, (percent, decimals) in enumerate(units)] if typed else units


def _policy_columns(records: Records, book: ProgramBook) -> list[RecordColumn]:
    """The policy's rows: what may be changed is coloured as input, each value shown as its setting's type."""
    settings = [setting_of(key) for key in records.column("key")]

    def value(given: Any, setting: Setting | None) -> StyledCell:
        given = label(setting.choices, given, book.lang) if setting else given
        return value_cell(book.formats, given, book.lang, {"bg_color": INPUT, "align": "center", "text_wrap": True})

    columns = []
    for column in records.table.columns:
        make = value if column.name == "value" else cell_maker(book.formats, column, book.lang)
        columns.append(RecordColumn(records.column(column.name), make, settings if column.name == "value" else ()))
    return columns


def _padded(column: RecordColumn, count: int) -> RecordColumn:
    missing = [None] * (count - len(column.values))
    if not missing:
        return column
    return column._replace(values=[*column.values, *missing], hints=[*column.hints, *missing] if column.hints else ())


def _add_table(
    worksheet: RecordSheet,
    sheet: TableSheet,
    declared: Sequence[SheetColumn],
    columns: Sequence[RecordColumn],
    book: ProgramBook,
    drawn: int,
) -> None:
    """The table has blank rows to fill in. One with formulas ends with the rows that are drawn: Excel lets it grow, and
    the formulas with it, as rows are typed below it, and would print blank ones that hold formulas."""
    table, part = sheet.table, sheet.part
    last = last_row(max(len(sheet.records) + book.blank_rows, 1))
    formulas = [column.formula for column in columns]
    colour = STAGES[table.stage]
    worksheet.set_row(HEADER_ROW, 32)
    headers: list[dict[str, Any]] = []
    for column, beside in declared:
        look: dict[str, Any] = {"bold": True, "text_wrap": True, "align": "center", "num_format": "@"}
        if not column.name:
            look = {"text_wrap": True, "align": "center", "font_color": MUTED}
        elif beside or (table.name, column.name) in COMPUTED:
            look |= {"bg_color": RESULT, "font_color": MUTED, "bold": False}
        elif column.required:
            look |= {"bg_color": colour.deep, "font_color": PAPER, "num_format": f'@"{REQUIRED_MARK}"'}
        else:
            look |= {"bg_color": colour.pale, "font_color": colour.deep}
        header = {"header": column.header(book.lang), "header_format": book.formats.bordered(**look)}
        headers.append(header)

    last_column = len(headers) - 1
    options = {"name": list_object_name(table.name, part), "style": None, "columns": headers}
    worksheet.add_table(HEADER_ROW, 0, FIRST_ROW, last_column, options)
    worksheet.grow_table(last_row(drawn) if any(formulas) else last, formulas)
    place = f"{quoted(sheet.title)}!$A${HEADER_ROW + 1}:${column_letter(last_column)}${last + 1}"
    book.workbook.define_name(table_name(table.name, part), f"={place}")


def _ready_for_entry(
    worksheet: RecordSheet,
    sheet: TableSheet,
    declared: Sequence[SheetColumn],
    book: ProgramBook,
    undrawn: int,
    last: int,
) -> None:
    """Dropdowns, limits and hints down to the last ready row; rows get their lines when something is typed there."""
    table, records = sheet.table, sheet.records
    own = [(i, each) for i, each in enumerate(declared) if each.column.name]
    for i, (column, beside) in own:
        computed = (table.name, column.name) in COMPUTED
        if table.name == "policy" and column.name == "value":
            for row, key in enumerate(records.column("key"), FIRST_ROW):
                setting = setting_of(key)
                if setting:
                    worksheet.data_validation(row, i, row, i, setting_rule(setting, book.lists, book.lang))
        elif beside:
            hint = {"input_title": column.header(book.lang), "input_message": HINT(book.lang)}
            worksheet.data_validation(FIRST_ROW, i, last, i, {"validate": "any", **hint})
        elif table.name != "policy":
            rule = column_rule(table, column, book.lists, book.lang, computed)
            worksheet.data_validation(FIRST_ROW, i, last, i, rule)
    end = column_letter(len(own) - 1)
    if undrawn <= last:
        below = f"$A{undrawn + 1}:${end}{undrawn + 1}"
        filled = f'=COUNTIF({below},"?*")+COUNT({below})>0'  # a formula that shows nothing is no entry
        lines = book.workbook.add_format({"border": 1, "border_color": LINE})
        area = (undrawn, 0, last, len(own) - 1)
        worksheet.conditional_format(*area, {"type": "formula", "criteria": filled, "format": lines})
    worksheet.ignore_errors({"number_stored_as_text": f"A{FIRST_ROW + 1}:{end}{last + 1}"})


def _widths(declared: Sequence[SheetColumn], columns: Sequence[RecordColumn], lang: str) -> list[float]:
    widths = []
    for (column, _), shown in zip(declared, columns, strict=True):
        header = column.header(lang) + (REQUIRED_MARK if column.required else "")
        widths.append(max(_header_width(header), _content_width(column, shown, lang)))
    return widths


def _header_width(header: str) -> float:
    """Room for the header on two lines, words unbroken, beside the filter's button."""
    words = max(map(text_width, _WORD.findall(header)), default=0)
    return float(max(words, ceil(text_width(header) / 2) + 1, _LEAST_WIDTH - _ROOM_FOR_FILTER) + _ROOM_FOR_FILTER)


def _content_width(column: Column, shown: RecordColumn, lang: str) -> float:
    """Room for what the column shows, or for what is usual where it holds nothing yet."""
    step = max(1, len(shown.values) // _SAMPLE)
    hints = shown.hints[::step] or repeat(None)
    values = [shown.cell(value, hint).value for value, hint in zip(shown.values[::step], hints, strict=False)]
    texts = [f"{value:,}" if isinstance(value, int | float) else str(value) for value in values if value is not None]
    usual = _TYPE_WIDTHS.get(column.type, _LEAST_WIDTH)
    if column.type is Type.TEXT and not texts:
        usual = _LONG_TEXT.get(column.name, usual)
    choices = [choice.label(lang) for choice in column.choices]
    return fitting_width([*texts, *choices], _LEAST_WIDTH if texts else usual, _MOST_WIDTH)


def _set_up_view(
    worksheet: RecordSheet,
    sheet: TableSheet,
    declared: Sequence[SheetColumn],
    widths: Sequence[float],
    lang: str,
) -> None:
    """What stays in sight on the screen, and how it prints."""
    lead = _leading_columns(sheet.table, declared)
    worksheet.freeze_panes(FIRST_ROW, lead)
    pages = ceil(sum(widths) / _PAGE_WIDTH)
    if sum(widths) > _PORTRAIT_WIDTH:
        worksheet.set_landscape()
    worksheet.set_paper(9)
    worksheet.fit_to_pages(pages, 0)
    worksheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
    worksheet.repeat_rows(HEADER_ROW)
    if pages > 1:
        worksheet.repeat_columns(0, lead - 1)
    worksheet.set_header(f"&R&8&K6B7280{sheet.title}")
    worksheet.set_footer(f"&L&8&K6B7280&F&C&8&K6B7280{PAGE_OF_PAGES(lang)}&R&8&K6B7280&D")


def _leading_columns(table: Table, declared: Sequence[SheetColumn]) -> int:
    """The columns that say which row this is: the key (two at most), and a name right behind it."""
    lead = min(max(len(table.key), 1), 2)
    names = [column.name for column in table.columns]
    lead += lead == 1 and names[1:2] == ["name"]
    first = [column.name for column in table.columns[:lead]]
    return max(i + 1 for i, (column, of) in enumerate(declared) if (of or column.name) in first)

"""What the sheets of a result workbook share: title, header, print set-up, and the list of problems."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import ceil
from typing import NamedTuple

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from perfxl.core.language import Text
from perfxl.core.problem_table import (
    CELL,
    CODE,
    FILE,
    HINT,
    MESSAGE,
    SEVERITY,
    SEVERITY_COLOURS,
    SHEET,
    group_problems,
    worst_first,
)
from perfxl.core.problems import Problem, Severity
from perfxl.workbook.style import MUTED, PAGE_OF_PAGES, PAPER, STAGES, Formats, row_height, text_width

PROBLEM_SHEETS = Text("问题", "Problems")

# Fills that judge: in order, look at it, must be mended; and a proposal.
GOOD, FAIR, BAD, ADVICE = "#DDF0E4", "#FFDF8C", "#F8B4B4", "#DCE8FA"

TITLE_HEIGHT, HEADER_HEIGHT = 32, 34
_MOST_PROBLEMS = 200_000
_LEAST_WIDTH, _FILTER_WIDTH = 8.5, 3


class Tile(NamedTuple):
    """A key figure and the columns it stands over."""

    first: int
    last: int
    label: str
    value: int
    fill: str | None = None


class ResultPage:
    """One sheet of a result: its looks in the colours of a stage of the yearly cycle."""

    def __init__(self, sheet: Worksheet, formats: Formats, lang: str, stage: str) -> None:
        self.sheet, self.formats, self.lang = sheet, formats, lang
        self.colour = STAGES[stage]

    def top(self, title: str, subtitle: str, column: int = 0) -> None:
        """Rows 1 and 2."""
        self.sheet.set_row(0, TITLE_HEIGHT)
        self.sheet.write_string(0, column, title, self.title_look())
        self.sheet.write_string(1, column, subtitle, self.muted_look())
        self.sheet.hide_gridlines(2)
        self.sheet.set_tab_color(self.colour.deep)

    def title_look(self) -> Format:
        return self.formats(font_size=18, bold=True, font_color=self.colour.deep)

    def muted_look(self) -> Format:
        return self.formats(font_color=MUTED)

    def section(self, row: int, text: str, column: int = 0) -> None:
        self.sheet.set_row(row, 26)
        look = self.formats(bold=True, font_size=12, font_color=self.colour.deep, valign="bottom")
        self.sheet.write_string(row, column, text, look)

    def header_look(self, **more: object) -> Format:
        look = {"bold": True, "font_color": PAPER, "bg_color": self.colour.deep, "align": "center", "text_wrap": True}
        return self.formats.bordered(**(look | more))

    def header(self, row: int, headers: Sequence[str], column: int = 0) -> None:
        self.sheet.set_row(row, HEADER_HEIGHT)
        for i, text in enumerate(headers, column):
            self.sheet.write_string(row, i, text, self.header_look())

    def tiles(self, row: int, tiles: Sequence[Tile]) -> None:
        """Key figures side by side, in two rows."""
        self.sheet.set_row(row, 20)
        self.sheet.set_row(row + 1, 34)
        for tile in tiles:
            look = {"align": "center", "bg_color": tile.fill or self.colour.pale}
            name = self.formats.bordered(font_color=MUTED, text_wrap=True, **look)
            figure = self.formats.bordered(bold=True, font_size=18, **look)
            self.span(row, tile.first, tile.last, tile.label, name)
            self.span(row + 1, tile.first, tile.last, tile.value, figure)

    def span(self, row: int, first: int, last: int, value: str | int, look: Format) -> None:
        """One cell over several columns."""
        if first != last:
            self.sheet.merge_range(row, first, row, last, "", look)
        self.write(row, first, value, look)

    def write(self, row: int, column: int, value: str | float | None, look: Format) -> None:
        """Text stays text, and what is empty is a blank cell."""
        if value is None or value == "":
            self.sheet.write_blank(row, column, None, look)
        elif isinstance(value, str):
            self.sheet.write_string(row, column, value, look)
        else:
            self.sheet.write_number(row, column, value, look)

    def print_set_up(self, title: str, header_row: int | None = None, landscape: bool = True, pages: int = 1) -> None:
        """A4, so many pages wide, the header on each."""
        if landscape:
            self.sheet.set_landscape()
        self.sheet.set_paper(9)
        self.sheet.fit_to_pages(pages, 0)
        self.sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
        if header_row is not None:
            self.sheet.repeat_rows(header_row)
        self.sheet.set_header(f"&R&8&K6B7280{title.replace('&', '&&')}")
        self.sheet.set_footer(f"&L&8&K6B7280&F&C&8&K6B7280{PAGE_OF_PAGES(self.lang)}")


def header_width(text: str, filtered: bool = False) -> float:
    """Room for a header on two lines, words unbroken, beside a filter's button where there is one."""
    words = max(map(text_width, re.findall("[!-~]+", text)), default=0)
    return max(words + 2, ceil(text_width(text) / 2) + 2, _LEAST_WIDTH) + (_FILTER_WIDTH if filtered else 0)


_COLUMNS = (
    *(SEVERITY, CODE, SHEET._replace(width=16), CELL),
    *(MESSAGE._replace(width=64), HINT._replace(width=52)),
)
_HEADER_ROW = 3
_GUIDE = Text(
    "按级别排列；“工作表”与“单元格”指原方案文件中的位置，请在原文件中改正后重新生成。",
    "Worst first; sheet and cell are those of the program workbook: mend it there and run the command again.",
)
_FILES_GUIDE = Text(
    "按级别排列；文件、工作表、单元格都是发回时的样子，请填报人改正后重新发回。",
    "Worst first; file, sheet and cell are as they came back: have them mended and sent again.",
)
_WRAPPED = _COLUMNS[-2:]
_MORE = Text("；只列出前 {} 条", "; only the first {} are listed")


def severity_format(formats: Formats, severity: Severity) -> Format:
    """The format of a cell that names a severity."""
    return formats.bordered(bg_color=f"#{SEVERITY_COLOURS[severity]}", align="center")


def write_problems(page: ResultPage, problems: Sequence[Problem], of_files: bool = False) -> None:
    """Fills a sheet with the problems, worst first and equal notices in one line, each with its hint; `of_files` are
    those of many files, each named as it came."""
    sheet, formats, lang = page.sheet, page.formats, page.lang
    lines = group_problems(worst_first(problems, by_code=True), linked=True)
    listed = lines[:_MOST_PROBLEMS]
    more = _MORE(lang).format(len(listed)) if len(listed) < len(lines) else ""
    columns = (*_COLUMNS[:2], FILE, *_COLUMNS[2:]) if of_files else _COLUMNS
    page.top(PROBLEM_SHEETS(lang), (_FILES_GUIDE if of_files else _GUIDE)(lang) + more)
    page.header(_HEADER_ROW, [column.header(lang) for column in columns])
    for i, column in enumerate(columns):
        sheet.set_column(i, i, column.width)
    centred = formats.bordered(align="center")
    wrapped = formats.bordered(text_wrap=True)
    severities = {severity: severity_format(formats, severity) for severity in Severity}
    column_formats = [wrapped if column in _WRAPPED or column is FILE else centred for column in columns]
    for row, group in enumerate(listed, _HEADER_ROW + 1):
        column_formats[0] = severities[group.first.severity]
        texts = [group.shown(column, lang) for column in columns]
        for i, (text, cell_format) in enumerate(zip(texts, column_formats, strict=True)):
            sheet.write_string(row, i, text, cell_format)
        sheet.set_row(row, max(row_height(t, c.width) for t, c in zip(texts, columns, strict=True)))
    sheet.autofilter(_HEADER_ROW, 0, _HEADER_ROW + max(len(listed), 1), len(columns) - 1)
    sheet.freeze_panes(_HEADER_ROW + 1, 0)
    page.print_set_up(PROBLEM_SHEETS(lang), _HEADER_ROW)

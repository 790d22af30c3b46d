"""The sheet 检查结果 / Findings, first in the checked copy of a workbook: every problem, linked to its cell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from perfxl.core.cells import column_letter
from perfxl.core.language import Text
from perfxl.core.problem_table import (
    CELL,
    CODE,
    HINT,
    MESSAGE,
    SEVERITY,
    SEVERITY_COLOURS,
    SHEET,
    VALUE,
    ProblemGroup,
    group_problems,
)
from perfxl.core.problems import SEVERITY_LABELS, Address, Problem, count
from perfxl.ooxml.text import inline_string, xml_text
from perfxl.workbook.patch.style_sheet import StyleSheet
from perfxl.workbook.program.layout import quoted
from perfxl.workbook.style import FONT_SIZE, FONTS, INK, LINE, LINK, MUTED, PAPER, row_height

TITLES = Text("检查结果", "Findings")

MOST_LINKS = 65_000  # Excel holds 65,530 links a sheet
MOST_LINES = 20_000  # more are told kind by kind
HEADER_ROW = 5


_COLUMNS = (SEVERITY, CODE, SHEET, CELL, MESSAGE._replace(width=56), HINT._replace(width=48), VALUE)
_WRAPPED = {SHEET.header, MESSAGE.header, HINT.header, VALUE.header}
_LINKED = _COLUMNS.index(CELL)

_NONE = Text("没有发现问题。", "Nothing was found.")
GUIDE = Text(
    "点击“单元格”一列可跳到出错处；表中已按级别标色，并附批注。改正请在原文件中进行，本文件只是带标记的副本。",
    "The column Cell leads to the place; cells are coloured by severity and carry comments. "
    "Mend the original: this is a marked copy.",
)
_UNCOMMENTED = Text("，其中 {} 处未加批注", "; {} of them without a comment")
_UNMARKED = Text("，其中 {} 处未标色、未加批注", "; {} of them without a mark or comment")
_BY_KIND = Text("；本表逐条列出前 {} 条，其余每种一行", "; the first {} are listed one by one, the others kind by kind")


_LIST = re.compile(rf"(?:{'|'.join(TITLES)})(?: \(\d+\))?")


def is_list(title: str) -> bool:
    """Whether a sheet of that title is the list of an earlier copy."""
    return _LIST.fullmatch(title) is not None


class Left(NamedTuple):
    """Cells with a problem that have no mark, and cells with a mark that have no comment, since there are too many."""

    unmarked: int
    uncommented: int


class Findings(NamedTuple):
    """The sheet's XML, and the absolute range of its list for the autofilter's name."""

    xml: Iterator[str]
    filtered: str


def findings_sheet(
    file: str,
    problems: Sequence[Problem],
    sheets: set[str],
    styles: StyleSheet,
    left: Left,
    lang: str,
    guide: Text = GUIDE,
) -> Findings:
    """Makes the sheet. `sheets` are the names that can be linked to; worst problems come first, otherwise as given,
    equal notices in one line; `guide` says how the list is to be used."""
    lines = group_problems(problems, linked=True)
    listed = [*lines[:MOST_LINES], *_by_kind(lines[MOST_LINES:])]
    last = column_letter(len(_COLUMNS) - 1)
    reach = f"A{HEADER_ROW}:{last}{HEADER_ROW + max(len(listed), 1)}"
    about = file
    if not problems:
        about += "    " + _NONE(lang)
    if left.unmarked:
        about += _UNMARKED(lang).format(left.unmarked)
    if left.uncommented:
        about += _UNCOMMENTED(lang).format(left.uncommented)
    if len(lines) > MOST_LINES:
        about += _BY_KIND(lang).format(MOST_LINES)
    return Findings(_xml(about, problems, listed, sheets, _CellStyles(styles, lang), reach, lang, guide), reach)


def _by_kind(lines: Sequence[ProblemGroup]) -> list[ProblemGroup]:
    """Lines of one kind on one sheet as one, with how many there are and where the first of them stand."""
    kinds: dict[tuple[str, str, str], ProblemGroup] = {}
    for line in lines:
        address = line.first.address
        kind = kinds.setdefault((line.first.name, address.file, address.sheet), ProblemGroup(line.first, []))
        kind.problems.extend(line.problems)
    return list(kinds.values())


class _CellStyles:
    """The formats of the sheet."""

    def __init__(self, styles: StyleSheet, lang: str) -> None:
        font = FONTS(lang)
        plain = styles.font(font, FONT_SIZE, INK[1:])
        line = styles.border(LINE[1:])
        self.title = styles.format(styles.font(font, 18, INK[1:], bold=True))
        self.muted = styles.format(styles.font(font, FONT_SIZE, MUTED[1:]))
        white = styles.font(font, FONT_SIZE, PAPER[1:], bold=True)
        self.header = styles.format(white, fill="344054", border=line, wrap=True, centred=True)
        self.text = styles.format(plain, border=line, wrap=True)
        self.centred = styles.format(plain, border=line, centred=True)
        linked = styles.font(font, FONT_SIZE, LINK[1:], underline=True)
        self.link = styles.format(linked, border=line, centred=True)
        self.severity = {
            severity: styles.format(plain, fill=colour, border=line, centred=True)
            for severity, colour in SEVERITY_COLOURS.items()
        }


def _xml(
    about: str,
    problems: Sequence[Problem],
    listed: Sequence[ProblemGroup],
    sheets: set[str],
    styles: _CellStyles,
    reach: str,
    lang: str,
    guide: Text,
) -> Iterator[str]:
    """The part: title, file, counts, how to read the list, and the list with its links."""
    yield '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    yield '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    yield '<sheetPr><tabColor rgb="FFD92D20"/><pageSetUpPr fitToPage="1"/></sheetPr><sheetViews>'
    yield '<sheetView showGridLines="0" tabSelected="1" workbookViewId="0">'
    yield f'<pane ySplit="{HEADER_ROW}" topLeftCell="A{HEADER_ROW + 1}" activePane="bottomLeft" state="frozen"/>'
    yield '</sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/><cols>'
    for i, column in enumerate(_COLUMNS, 1):
        yield f'<col min="{i}" max="{i}" width="{column.width}" customWidth="1"/>'
    yield "</cols><sheetData>"
    yield _row(1, 34, [(0, TITLES(lang), styles.title)])
    yield _row(2, 20, [(0, about, styles.muted)])
    counts = [
        (i, f"{SEVERITY_LABELS[severity](lang)} {n}", styles.severity[severity])
        for i, (severity, n) in enumerate(count(problems).items())
    ]
    yield _row(3, 24, [*counts, (4, guide(lang), styles.muted)])
    yield _row(HEADER_ROW, 24, [(i, column.header(lang), styles.header) for i, column in enumerate(_COLUMNS)])
    links: list[tuple[int, Address]] = []
    for row, group in enumerate(listed, HEADER_ROW + 1):
        address = group.first.address
        leads_somewhere = address.sheet in sheets and bool(address.cell)
        if leads_somewhere and len(links) < MOST_LINKS:
            links.append((row, address))
        yield _line(row, group, styles, leads_somewhere, lang)
    yield f'</sheetData><autoFilter ref="{reach}"/>'
    if links:
        yield "<hyperlinks>"
        for row, address in links:
            location = xml_text(f"{quoted(address.sheet)}!{address.cell}").replace('"', "&quot;")
            yield f'<hyperlink ref="{column_letter(_LINKED)}{row}" location="{location}"/>'
        yield "</hyperlinks>"
    yield '<pageMargins left="0.4" right="0.4" top="0.6" bottom="0.6" header="0.3" footer="0.3"/>'
    yield '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/>'
    yield "<headerFooter><oddFooter>&amp;C&amp;8&amp;P / &amp;N</oddFooter></headerFooter></worksheet>"


def _line(row: int, group: ProblemGroup, styles: _CellStyles, linked: bool, lang: str) -> str:
    cells, height = [], 0.0
    for i, column in enumerate(_COLUMNS):
        text = group.shown(column, lang)
        style = styles.text
        if column is SEVERITY:
            style = styles.severity[group.first.severity]
        elif column is CODE or (column is CELL and not linked):
            style = styles.centred
        elif column is CELL:
            style = styles.link
        if column.header in _WRAPPED:
            height = max(height, row_height(text, column.width))
        cells.append((i, text, style))
    return _row(row, height, cells)


def _row(row: int, height: float, cells: Sequence[tuple[int, str, int]]) -> str:
    """A row of texts, each with its column and its style."""
    content = "".join(
        f'<c r="{column_letter(column)}{row}" s="{style}" t="inlineStr">{inline_string(text)}</c>'
        if text
        else f'<c r="{column_letter(column)}{row}" s="{style}"/>'
        for column, text, style in cells
    )
    return f'<row r="{row}" ht="{height:g}" customHeight="1">{content}</row>'

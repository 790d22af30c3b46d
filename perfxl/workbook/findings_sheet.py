"""The sheet 检查结果 / Findings, first in the checked copy of a workbook: every problem, linked to its cell."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from perfxl.core.cells import column_letter
from perfxl.core.problems import SEVERITY_LABELS, Problem, Severity, count
from perfxl.ooxml.text import inline_string, xml_text
from perfxl.workbook.layout import quoted
from perfxl.workbook.patch.style_sheet import StyleSheet
from perfxl.workbook.style import FONT_SIZE, FONTS, INK, LINE, LINK, MUTED, PAPER, row_height

TITLES = {"zh": "检查结果", "en": "Findings"}

# Fill of a marked cell and of its line in the list, by severity: RRGGBB.
COLOURS = {Severity.ERROR: "F8B4B4", Severity.WARNING: "FFDF8C", Severity.NOTICE: "BFDBFE"}

MOST_LINKS = 65_000  # Excel holds 65,530 links a sheet
MOST_LINES = 1_000_000
HEADER_ROW = 5


class _Column(NamedTuple):
    zh: str
    en: str
    width: float
    wraps: bool
    text: Callable[[Problem, str], str]


_LINKED = 3  # the column that holds the cell's address
_COLUMNS = (
    _Column("级别", "Severity", 9, False, lambda p, lang: _severity(p.severity, lang)),
    _Column("代码", "Code", 8, False, lambda p, lang: p.code),
    _Column("工作表", "Sheet", 18, True, lambda p, lang: p.address.sheet),
    _Column("单元格", "Cell", 10, False, lambda p, lang: p.address.cell),
    _Column("问题", "Problem", 56, True, lambda p, lang: p.message(lang)),
    _Column("建议", "What to do", 48, True, lambda p, lang: p.hint(lang)),
    _Column("原值", "Value", 20, True, lambda p, lang: "" if p.value is None else str(p.value)),
)
_TEXTS = {
    "none": ("没有发现问题。", "Nothing was found."),
    "guide": (
        "点击“单元格”一列可跳到出错处；表中已按级别标色，并附批注。改正请在原文件中进行，本文件只是带标记的副本。",
        "The column Cell leads to the place; cells are coloured by severity and carry comments. "
        "Mend the original: this is a marked copy.",
    ),
    "uncommented": ("，其中 {} 处未加批注", "; {} of them without a comment"),
    "unlisted": ("；本表只列出前 {} 条", "; only the first {} are listed"),
}


class Findings(NamedTuple):
    """The sheet's XML, and the absolute range of its list for the autofilter's name."""

    xml: Iterator[str]
    filtered: str


def findings_sheet(
    file: str, problems: Sequence[Problem], sheets: set[str], styles: StyleSheet, uncommented: int, lang: str
) -> Findings:
    """Makes the sheet. `sheets` are the names that can be linked to; worst problems come first, otherwise as given."""
    ranks = {severity: rank for rank, severity in enumerate(Severity)}
    listed = sorted(problems, key=lambda found: ranks[found.severity])[:MOST_LINES]
    last = column_letter(len(_COLUMNS) - 1)
    reach = f"A{HEADER_ROW}:{last}{HEADER_ROW + max(len(listed), 1)}"
    looks = _Looks(styles, lang)
    return Findings(_xml(file, problems, listed, sheets, looks, uncommented, reach, lang), reach)


class _Looks:
    """The formats of the sheet."""

    def __init__(self, styles: StyleSheet, lang: str) -> None:
        font = FONTS[lang]
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
            for severity, colour in COLOURS.items()
        }


def _xml(
    file: str,
    problems: Sequence[Problem],
    listed: Sequence[Problem],
    sheets: set[str],
    looks: _Looks,
    uncommented: int,
    reach: str,
    lang: str,
) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    yield '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    yield '<sheetPr><tabColor rgb="FFD92D20"/><pageSetUpPr fitToPage="1"/></sheetPr><sheetViews>'
    yield '<sheetView showGridLines="0" tabSelected="1" workbookViewId="0">'
    yield f'<pane ySplit="{HEADER_ROW}" topLeftCell="A{HEADER_ROW + 1}" activePane="bottomLeft" state="frozen"/>'
    yield '</sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/><cols>'
    for i, column in enumerate(_COLUMNS, 1):
        yield f'<col min="{i}" max="{i}" width="{column.width}" customWidth="1"/>'
    yield "</cols><sheetData>"
    yield from _top(file, problems, listed, looks, uncommented, lang)
    for row, found in enumerate(listed, HEADER_ROW + 1):
        yield _line(row, found, sheets, looks, lang)
    yield f'</sheetData><autoFilter ref="{reach}"/>'
    yield from _links(listed, sheets)
    yield '<pageMargins left="0.4" right="0.4" top="0.6" bottom="0.6" header="0.3" footer="0.3"/>'
    yield '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/>'
    yield "<headerFooter><oddFooter>&amp;C&amp;8&amp;P / &amp;N</oddFooter></headerFooter></worksheet>"


def _top(
    file: str, problems: Sequence[Problem], listed: Sequence[Problem], looks: _Looks, uncommented: int, lang: str
) -> Iterator[str]:
    """Title, file, the counts, how to read the list, and the list's header."""
    side = 0 if lang == "zh" else 1
    yield _row(1, 34, [(0, TITLES[lang], looks.title)])
    summary = file
    if not problems:
        summary += "    " + _TEXTS["none"][side]
    if uncommented:
        summary += _TEXTS["uncommented"][side].format(uncommented)
    if len(listed) < len(problems):
        summary += _TEXTS["unlisted"][side].format(len(listed))
    yield _row(2, 20, [(0, summary, looks.muted)])
    yield _row(3, 24, [*_counts(problems, looks, lang), (4, _TEXTS["guide"][side], looks.muted)])
    headers = [column.zh if lang == "zh" else column.en for column in _COLUMNS]
    yield _row(HEADER_ROW, 24, [(i, header, looks.header) for i, header in enumerate(headers)])


def _counts(problems: Sequence[Problem], looks: _Looks, lang: str) -> Iterator[tuple[int, str, int]]:
    counts = count(problems)
    for i, severity in enumerate(Severity):
        yield i, f"{_severity(severity, lang)} {counts[severity]}", looks.severity[severity]


def _line(row: int, found: Problem, sheets: set[str], looks: _Looks, lang: str) -> str:
    texts = [column.text(found, lang) for column in _COLUMNS]
    formats = [looks.severity[found.severity], looks.centred, looks.text, looks.link, *[looks.text] * 3]
    if not _leads_somewhere(found, sheets):
        formats[_LINKED] = looks.centred
    height = max(row_height(text, column.width) for text, column in zip(texts, _COLUMNS, strict=True) if column.wraps)
    return _row(row, height, list(zip(range(len(texts)), texts, formats, strict=True)))


def _links(listed: Sequence[Problem], sheets: set[str]) -> Iterator[str]:
    letter = column_letter(_LINKED)
    linked = (
        (row, found.address) for row, found in enumerate(listed, HEADER_ROW + 1) if _leads_somewhere(found, sheets)
    )
    links = [
        f'<hyperlink ref="{letter}{row}" location="{_attribute(f"{quoted(address.sheet)}!{address.cell}")}"/>'
        for row, address in islice(linked, MOST_LINKS)
    ]
    if links:
        yield f"<hyperlinks>{''.join(links)}</hyperlinks>"


def _leads_somewhere(found: Problem, sheets: set[str]) -> bool:
    return found.address.sheet in sheets and bool(found.address.cell)


def _row(row: int, height: float, cells: Sequence[tuple[int, str, int]]) -> str:
    content = "".join(
        f'<c r="{column_letter(column)}{row}" s="{look}" t="inlineStr">{inline_string(text)}</c>'
        if text
        else f'<c r="{column_letter(column)}{row}" s="{look}"/>'
        for column, text, look in cells
    )
    return f'<row r="{row}" ht="{height:g}" customHeight="1">{content}</row>'


def _attribute(text: str) -> str:
    return xml_text(text).replace('"', "&quot;")


def _severity(severity: Severity, lang: str) -> str:
    zh, en = SEVERITY_LABELS[severity]
    return zh if lang == "zh" else en

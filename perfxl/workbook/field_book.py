"""The list of the fields that Word templates may use, as a workbook: how to write them, then a sheet for each paper."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from xlsxwriter.format import Format

from perfxl.core.language import Text
from perfxl.workbook.result_page import ResultPage
from perfxl.workbook.style import Formats, fitting_width, row_height
from perfxl.workbook.writing import new_workbook

_STAGE = "contract"
_TEXTS = {
    "how_to": Text("怎样写", "How to"),
    "title": Text("模板字段速查", "Fields of templates"),
    "guide": Text(
        "下列写法在所有模板里都一样；各种文件可用的字段见后面各表，复制到 Word 模板里即可。",
        "These work in every template. The fields of each paper are on its sheet: copy them into the Word template.",
    ),
    "sheet_guide": Text(
        "perfxl documents {key} 的模板可用的字段；示例取自示例方案。缩进的字段只能写在它上面的重复之内。",
        "For templates of perfxl documents {key}; examples are the sample program's. Indented fields belong between "
        "the tags of the list above them.",
    ),
    "write": Text("在模板里这样写", "Write this"),
    "meaning": Text("含义", "Meaning"),
    "example": Text("示例", "Example"),
}
_HEADER_ROW = 3
_CODE_FONT = "Consolas"


class FieldRow(NamedTuple):
    """`depth` is how far it is indented; `repeats` marks the head of a list."""

    tag: str
    meaning: str
    example: str = ""
    depth: int = 0
    repeats: bool = False


class FieldSheet(NamedTuple):
    """The fields of one paper: its key on the command line, the sheet's title."""

    key: str
    title: str
    rows: Sequence[FieldRow]


def write_field_book(path: Path, how_to: Sequence[FieldRow], sheets: Sequence[FieldSheet], lang: str) -> None:
    """Writes the list of fields: how to write them, then a sheet for each paper."""
    with new_workbook(path, lang, _say("title", lang), "fields") as workbook:
        formats = Formats(workbook, lang)
        page = ResultPage(workbook.add_worksheet(_say("how_to", lang)), formats, lang, _STAGE)
        _fill(page, _say("title", lang), _say("guide", lang), how_to, ("write", "meaning"))
        for sheet in sheets:
            page = ResultPage(workbook.add_worksheet(sheet.title), formats, lang, _STAGE)
            guide = _say("sheet_guide", lang).format(key=sheet.key)
            _fill(page, sheet.title, guide, sheet.rows, ("write", "meaning", "example"))


def _fill(page: ResultPage, title: str, guide: str, rows: Sequence[FieldRow], columns: Sequence[str]) -> None:
    page.top(title, guide)
    page.header(_HEADER_ROW, [_say(column, page.lang) for column in columns])
    texts = list(zip(*((row.tag, row.meaning, row.example) for row in rows), strict=True))
    widths = (fitting_width(texts[0], 30, 52), fitting_width(texts[1], 30, 62), fitting_width(texts[2], 24, 62))
    for column, width in enumerate(widths[: len(columns)]):
        page.sheet.set_column(column, column, width)
    for at, row in enumerate(rows, _HEADER_ROW + 1):
        shown = (row.tag, row.meaning, row.example)[: len(columns)]
        for column, text in enumerate(shown):
            page.write(at, column, text, _look(page, row, column))
        page.sheet.set_row(at, max(row_height(text, width) for text, width in zip(shown, widths, strict=False)))
    page.sheet.freeze_panes(_HEADER_ROW + 1, 1)
    page.print_set_up(title, _HEADER_ROW)


def _look(page: ResultPage, row: FieldRow, column: int) -> Format:
    fill = {"bg_color": page.colour.pale, "bold": True} if row.repeats else {}
    if column:
        return page.formats.bordered(text_wrap=True, **fill)
    return page.formats.bordered(text_wrap=True, font_name=_CODE_FONT, indent=row.depth, **fill)


def _say(name: str, lang: str) -> str:
    return _TEXTS[name](lang)

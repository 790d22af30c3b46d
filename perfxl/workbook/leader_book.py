"""`perfxl cascade --for`: a leader's part of the cascade, with direct reports and what lies below, and nobody else."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from perfxl.core.cascade.tree import CascadeTree, Node
from perfxl.core.language import Text
from perfxl.core.problems import Problem
from perfxl.core.scoring.periods import LIGHT_LABELS
from perfxl.core.values.numbers import is_percent
from perfxl.pictures import Album, Outline
from perfxl.pictures.outline import say_figure, says_edge
from perfxl.workbook.picture_sheets import add_picture_sheets
from perfxl.workbook.result_page import PROBLEM_SHEETS, ResultPage, write_problems
from perfxl.workbook.score.cell_writer import LIGHTS
from perfxl.workbook.style import Formats
from perfxl.workbook.writing import new_workbook

_STAGE = "design"
_DEEPEST = 7  # levels that Excel groups
_TITLE = Text("分解清单", "Cascade list")
_GUIDE = Text(
    "{}及其下级；点左侧的 1-7 或 +、- 折叠与展开。",
    "{} and all below; 1-7 or +, - at the left fold and unfold.",
)
_NOBODY = Text("此人与下级都没有合同指标。", "Neither this person nor anybody below has contract lines.")
_AGAIN = Text("（见上）", "(see above)")
_COLUMNS = (
    *((Text("指标", "KPI"), 40), (Text("指标编号", "KPI ID"), 12), (Text("责任人", "Owner"), 12)),
    *((Text("工号", "Employee ID"), 12), (Text("单位", "Unit"), 20), (Text("承接方式", "How carried"), 20)),
    *((Text("计量单位", "Measure"), 10), (Text("目标", "Target"), 14), (Text("实绩", "Actual"), 14)),
    (Text("亮灯", "Light"), 10),
)
_HEADER = 3


def write_leader_book(
    path: Path, tree: CascadeTree, album: Album, problems: Sequence[Problem], lang: str = "zh", source: str = ""
) -> None:
    """Writes the workbook of a leader's tree: the list to fold and unfold, the pictures, what is wrong with it.

    Raises: OSError where it cannot be written.
    """
    with new_workbook(path, lang, _TITLE(lang), "cascade", source) as workbook:
        formats = Formats(workbook, lang)
        _write_list(ResultPage(workbook.add_worksheet(_TITLE(lang)), formats, lang, _STAGE), tree)
        add_picture_sheets(workbook, formats, album, lang)
        if problems:
            write_problems(ResultPage(workbook.add_worksheet(PROBLEM_SHEETS(lang)), formats, lang, _STAGE), problems)


def _write_list(page: ResultPage, tree: CascadeTree) -> None:
    sheet, lang, outline = page.sheet, page.lang, Outline(tree)
    who = tree.names.people[tree.leader]
    page.top(_TITLE(lang), _GUIDE(lang).format(who))
    page.header(_HEADER, [header(lang) for header, _ in _COLUMNS])
    for i, (_, width) in enumerate(_COLUMNS):
        sheet.set_column(i, i, width)
    sheet.outline_settings(symbols_below=False)
    row = _HEADER + 1
    for each in outline.rows:
        name = each.node.name + (_AGAIN(lang) if each.again else "")
        _write_row(page, row, each.node, outline, name, each.depth, says_edge(each, lang))
        row += 1
    for node in outline.loose:
        _write_row(page, row, node, outline, node.name, 0, "")
        row += 1
    if row == _HEADER + 1:
        sheet.write_string(row, 0, _NOBODY(lang), page.muted_look())
    sheet.freeze_panes(_HEADER + 1, 1)
    page.print_set_up(_TITLE(lang), _HEADER)
    sheet.activate()


def _write_row(page: ResultPage, row: int, node: Node, outline: Outline, name: str, depth: int, how: str) -> None:
    bordered, names = page.formats.bordered, outline.names
    if depth:
        page.sheet.set_row(row, None, None, {"level": min(depth, _DEEPEST)})
    page.write(row, 0, name, bordered(indent=min(depth, 15), bold=not depth))
    texts = (node.kpi, names.people[node.person], node.person, names.units[node.unit], how, node.measure)
    for column, text in enumerate(texts, 1):
        page.write(row, column, text, bordered())
    for column, value in ((7, node.target), (8, node.actual)):
        figure = value if value is None or isinstance(value, int | float) else say_figure(value, node.measure)
        more = {"num_format": "0.00%"} if is_percent(node.measure) else {}
        page.write(row, column, figure, bordered(align="right", **more))
    fill, ink = LIGHTS[node.light] if node.light else ("#FFFFFF", "#262626")
    page.write(row, 9, LIGHT_LABELS[node.light](page.lang), bordered(align="center", bg_color=fill, font_color=ink))

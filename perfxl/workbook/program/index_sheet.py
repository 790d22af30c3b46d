"""The first sheet: the yearly cycle, what to fill in which order and by whom, with a link to every sheet."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any, NamedTuple

from xlsxwriter.worksheet import Worksheet

from perfxl.core.language import Text
from perfxl.workbook.program.layout import FIRST_ROW, REFERENCE_ROWS, TableSheet, last_row, quoted, span
from perfxl.workbook.style import (
    INK,
    INPUT,
    LINE,
    LINK,
    MUTED,
    PAGE_OF_PAGES,
    PAPER,
    RESULT,
    STAGES,
    Formats,
    row_height,
)


class StageGuide(NamedTuple):
    """A stage of the cycle: name, when and by whom, what to do, and the command that follows."""

    name: Text
    who: Text
    what: Text
    command: str


GUIDES: dict[str, StageGuide] = {
    "setup": StageGuide(
        Text("设置", "Set-up"),
        Text("年初一次 · 人力资源部", "Once a year · HR"),
        Text(
            "参数与等级已按常用值填好，改动即处处生效；先填组织与人员。",
            "Policy and grades hold the usual values, change them as you need. Start with units and people.",
        ),
        "perfxl check",
    ),
    "design": StageGuide(
        Text("设计", "Design"),
        Text("年初 · 人力资源部与各部门", "Start of year · HR, departments"),
        Text(
            "由公司目标逐级分解到部门与个人；每个指标在指标库有一张卡，筛选后保留 5-10 个。",
            "Break objectives down to units and people; a card for each KPI in the library; screen, keep 5 to 10.",
        ),
        "perfxl check",
    ),
    "contract": StageGuide(
        Text("合同", "Contract"),
        Text("签约前 · 发约人与受约人", "Before signing · both sides"),
        Text(
            "每人每岗一份业绩合同：先测算权重，再商定，合计 100%；定目标值、挑战值、门槛值，然后打印签字。",
            "One contract a person and post: weights derived, then agreed, 100% in all; targets set; printed, signed.",
        ),
        "perfxl weights · documents",
    ),
    "results": StageGuide(
        Text("实绩", "Results"),
        Text("每月或每季 · 数据上报人", "Monthly or quarterly · reporters"),
        Text(
            "按期上报实绩；空白 = 未报，0 = 零，不适用 = N/A，三者不同。扣分、加分、否决记入事件。",
            "Blank = not yet reported, 0 = zero, N/A = not applicable. What deducts, adds or vetoes is an event.",
        ),
        "perfxl score",
    ),
    "follow_up": StageGuide(
        Text("跟进", "Follow-up"),
        Text("全年 · 直接上级", "All year · superiors"),
        Text(
            "行动计划、辅导、面谈、改进与申诉；用数据说明每一分从何而来。",
            "Action plans, coaching, interviews, improvement, appeals; every point can be explained.",
        ),
        "perfxl explain",
    ),
}

# Without these there is nothing to score; the prefilled ones are ready as they are; the rest when needed.
_NEEDED = {"units", "people", "kpis", "contracts", "contract_lines", "actuals"}
_PREFILLED = {"policy", "grade_bands", "grade_tables"}

_TEXTS = {
    "title": Text("绩效方案工作簿", "Performance program workbook"),
    "subtitle": Text(
        "一本工作簿贯穿全年：按颜色从左到右、从上到下填写，随时运行 perfxl check 检查。点击表名即可跳转。",
        "One workbook for the whole year: follow the colours from left to right and top to bottom; "
        "run perfxl check at any time. Click a name to go there.",
    ),
    "legend": Text("图例", "Legend"),
    "required": Text("必填列 *", "Required *"),
    "optional": Text("选填列", "Optional"),
    "input": Text("可改的参数", "May be changed"),
    "computed": Text("计算或说明，不填", "Computed, leave"),
    "number": Text("序号", "No."),
    "sheet": Text("工作表", "Sheet"),
    "what": Text("填什么", "What goes there"),
    "need": Text("何时填", "When"),
    "rows": Text("已填行数", "Rows filled"),
    "needed": Text("必填", "always"),
    "prefilled": Text("已预填", "prefilled"),
    "as_needed": Text("按需", "as needed"),
    "further": Text("“{title}”的续表。", "{title}, continued."),
}

# Five equal boxes for the stages: B:C, D, E, F, G:H; the explanations of the list run over D:F.
_WIDTHS = {0: 2, 1: 6, 2: 19, 3: 25, 4: 25, 5: 25, 6: 12, 7: 13, 8: 2}
_BOXES = ((1, 2), (3, 3), (4, 4), (5, 5), (6, 7))
_WHAT_WIDTH = 75


def write_index(worksheet: Worksheet, sheets: Sequence[TableSheet], formats: Formats, lang: str) -> None:
    """Writes the index of these sheets, in their order."""
    writer = _IndexSheet(worksheet, formats, lang)
    writer.top()
    writer.flow()
    writer.legend()
    writer.listing(sheets)
    writer.set_up()


class _IndexSheet:
    def __init__(self, sheet: Worksheet, formats: Formats, lang: str) -> None:
        self._sheet, self._formats = sheet, formats
        self._lang = lang
        self._row = 0

    def top(self) -> None:
        for column, width in _WIDTHS.items():
            self._sheet.set_column(column, column, width)
        self._sheet.set_row(0, 36)
        self._sheet.write_string(0, 1, self._text("title"), self._formats(font_size=20, bold=True))
        self._sheet.set_row(1, 32)
        muted = self._formats(font_color=MUTED, text_wrap=True)
        self._merge(1, 1, 7, self._text("subtitle"), muted)
        self._row = 3

    def flow(self) -> None:
        """The cycle as five boxes: stage, who and when, what to run."""
        for height, offset in zip((26, 20, 20), range(3), strict=True):
            self._sheet.set_row(self._row + offset, height)
        for number, ((first, last), (stage, guide)) in enumerate(zip(_BOXES, GUIDES.items(), strict=True), 1):
            colour = STAGES[stage]
            arrow = "  ▶" if number < len(GUIDES) else ""
            head = self._formats(bg_color=colour.deep, font_color=PAPER, bold=True, font_size=12, align="center")
            body = self._formats(bg_color=colour.pale, font_color=colour.deep, align="center", shrink=True)
            self._merge(self._row, first, last, f"{number}  {guide.name(self._lang)}{arrow}", head)
            self._merge(self._row + 1, first, last, guide.who(self._lang), body)
            self._merge(self._row + 2, first, last, guide.command, body)
        self._row += 4

    def legend(self) -> None:
        colour = STAGES["contract"]
        looks: dict[str, dict[str, Any]] = {
            "required": {"bg_color": colour.deep, "font_color": PAPER, "bold": True},
            "optional": {"bg_color": colour.pale, "font_color": colour.deep, "bold": True},
            "input": {"bg_color": INPUT},
            "computed": {"bg_color": RESULT, "font_color": MUTED},
        }
        self._merge(self._row, 1, 2, self._text("legend"), self._formats(bold=True))
        for column, (name, look) in zip((3, 4, 5, 6), looks.items(), strict=True):
            self._merge(
                self._row,
                column,
                7 if column == 6 else column,
                self._text(name),
                self._formats.bordered(align="center", **look),
            )
        self._row += 2

    def listing(self, sheets: Sequence[TableSheet]) -> None:
        head = self._formats(bold=True, bottom=2, bottom_color=INK, align="center")
        for column, name in ((1, "number"), (2, "sheet"), (6, "need"), (7, "rows")):
            self._sheet.write_string(self._row, column, self._text(name), head)
        self._merge(self._row, 3, 5, self._text("what"), self._formats(bold=True, bottom=2, bottom_color=INK))
        self._sheet.set_row(self._row, 22)
        self._row += 1
        number = 0
        for stage, group in groupby(sheets, lambda sheet: sheet.table.stage):
            self._stage(stage)
            for sheet in group:
                number += 1
                self._entry(number, sheet)

    def _stage(self, stage: str) -> None:
        guide, colour = GUIDES[stage], STAGES[stage]
        text = f"{guide.name(self._lang)}    {guide.what(self._lang)}"
        self._merge(
            self._row,
            1,
            7,
            text,
            self._formats(bg_color=colour.pale, font_color=colour.deep, bold=True, text_wrap=True),
        )
        self._sheet.set_row(self._row, 4 + row_height(text, sum(_WIDTHS.values()) - 4))
        self._row += 1

    def _entry(self, number: int, listed: TableSheet) -> None:
        sheet, table, title = self._sheet, listed.table, listed.title
        colour = STAGES[table.stage]
        line = {"bottom": 1, "bottom_color": LINE}
        need = "needed" if table.name in _NEEDED else "prefilled" if table.name in _PREFILLED else "as_needed"
        centred = self._formats(align="center", **line)
        strong = self._formats(align="center", bold=True, font_color=colour.deep, **line)
        sheet.write_number(self._row, 1, number, self._formats(align="center", font_color=MUTED, **line))
        link = self._formats(font_color=LINK, underline=1, **line)
        sheet.write_url(self._row, 2, f"internal:{quoted(title)}!A1", link, string=title)
        text = self._help(listed)
        self._merge(self._row, 3, 5, text, self._formats(text_wrap=True, **line))
        sheet.write_string(self._row, 6, self._text(need), strong if need == "needed" else centred)
        count = len(listed.records)
        keys = span(title, 0, FIRST_ROW, last_row(max(REFERENCE_ROWS, 2 * count)))
        sheet.write_formula(
            self._row, 7, f"=COUNTA({keys})", self._formats(align="center", num_format="#,##0", **line), count
        )
        sheet.set_row(self._row, row_height(text, _WHAT_WIDTH))
        self._row += 1

    def _help(self, listed: TableSheet) -> str:
        if listed.part == 1:
            return listed.table.help(self._lang)
        return self._text("further").format(title=listed.table.title(self._lang))

    def set_up(self) -> None:
        self._sheet.hide_gridlines(2)
        self._sheet.set_tab_color(INK)
        self._sheet.set_portrait()
        self._sheet.set_paper(9)
        self._sheet.fit_to_pages(1, 0)
        self._sheet.print_area(0, 0, self._row - 1, 8)
        self._sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
        self._sheet.set_footer(f"&C&8&K6B7280{PAGE_OF_PAGES(self._lang)}")
        self._sheet.activate()

    def _text(self, name: str) -> str:
        return _TEXTS[name](self._lang)

    def _merge(self, row: int, first: int, last: int, text: str, look: object) -> None:
        if first == last:
            self._sheet.write_string(row, first, text, look)
        else:
            self._sheet.merge_range(row, first, row, last, text, look)

"""How the sheets are drawn: what is asked, what may be typed, how much is done, how it prints."""

from __future__ import annotations

from pathlib import Path

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from perfxl.core.cells import column_letter
from perfxl.core.language import LANGUAGES, Text
from perfxl.core.schema import choices, get
from perfxl.ooxml.zip_write import SAME_DAY
from perfxl.workbook.style import (
    DATE_FORMAT,
    INPUT,
    LINK,
    MUTED,
    PAGE_OF_PAGES,
    PAPER,
    STAGES,
    Formats,
    row_height,
)
from perfxl.workbook.template.book import IF, RESULT, ROWS
from perfxl.workbook.writing import new_workbook
from tools.manager_templates.sheets import SCORES, SHEETS, Column, Sheet

_TITLE = Text("绩效填报表", "Performance form")
_START, _LISTS = Text("首页", "Start"), Text("列表", "Lists")
_TITLE_ROW, _HELP_ROW, _DONE_ROW, _HEADER_ROW, _FIRST_ROW = range(5)
_COVER_ROWS = 8  # where the list of jobs begins on the first sheet
_LIGHTS = (("●", "#1E7B3A", "#E3F4E8"), ("▲", "#946200", "#FFF3D6"), ("■", "#B42318", "#FDE3E1"))


def build_templates(folder: Path) -> list[Path]:
    """Writes both templates; the same sources give the same bytes.

    Returns: their paths.
    """
    paths = [folder / f"manager.{lang}.xlsx" for lang in LANGUAGES]
    for path, lang in zip(paths, LANGUAGES, strict=True):
        with new_workbook(path, lang, _TITLE(lang), "template", created=SAME_DAY) as workbook:
            _Builder(workbook, lang).build()
    return paths


class _Builder:
    def __init__(self, workbook: Workbook, lang: str) -> None:
        self.workbook, self.lang, self.formats = workbook, lang, Formats(workbook, lang)

    def build(self) -> None:
        start = self.workbook.add_worksheet(_START(self.lang))
        sheets = {}
        for sheet in SHEETS:
            sheets[sheet.job] = self.workbook.add_worksheet(sheet.title(self.lang))
            if sheet.job == "grades":
                scores = self.workbook.add_worksheet(SCORES.title(self.lang))
        lists = self.workbook.add_worksheet(_LISTS(self.lang))
        done = [self._job(sheets[sheet.job], sheet) for sheet in SHEETS]
        self._job(scores, SCORES)
        self._start(start, done)
        self._lists(lists)
        start.activate()

    def _define(self, name: str, sheet: str, reach: str) -> None:
        self.workbook.define_name(name, f"='{sheet}'!{reach}")

    # ---- a job

    def _job(self, worksheet: Worksheet, sheet: Sheet) -> str:
        """Writes the sheet; returns the cell that says how much is done."""
        title, columns = sheet.title(self.lang), sheet.columns
        last = len(columns) - 1
        deep = STAGES[sheet.stage].deep
        formats = self.formats
        worksheet.set_tab_color(deep)
        worksheet.hide_gridlines(2)
        worksheet.write(_TITLE_ROW, 0, f"{title}  {{{{period}}}}", formats(bold=True, font_size=16, font_color=deep))
        worksheet.set_row(_TITLE_ROW, 30)
        text = sheet.help(self.lang)
        width = sum(column.width_in(self.lang) for column in columns)
        worksheet.merge_range(_HELP_ROW, 0, _HELP_ROW, last, text, formats(font_color=MUTED, text_wrap=True))
        worksheet.set_row(_HELP_ROW, row_height(text, width))
        letters = {column.field: column_letter(i) for i, column in enumerate(columns)}
        if sheet.needed:
            self._done(worksheet, sheet, letters)
        header = formats.bordered(bold=True, font_color=PAPER, bg_color=deep, align="center", text_wrap=True)
        asked = formats.bordered(bold=True, bg_color=INPUT, align="center", text_wrap=True)
        for i, column in enumerate(columns):
            worksheet.set_column(i, i, column.width_in(self.lang) + _INDENTED)
            worksheet.write(_HEADER_ROW, i, self._header(column), header if column.kind == "shown" else asked)
            self._cell(worksheet, i, column, letters)
        heights = (row_height(self._header(each), each.width_in(self.lang) - 1) for each in columns)
        worksheet.set_row(_HEADER_ROW, max(32, *heights))
        worksheet.freeze_panes(_FIRST_ROW, 2)
        if sheet.needed:
            worksheet.autofilter(_HEADER_ROW, 0, _FIRST_ROW, last)
        self._part_people(worksheet, [i for i, column in enumerate(columns) if column.field in _PERSON])
        self._page(worksheet, title, last)
        at = f"$A${_FIRST_ROW + 1}:${column_letter(last)}${_FIRST_ROW + 1}"
        self._define(f"{ROWS}{sheet.job}", title, at)
        if "light" in letters:
            self._lights(worksheet, letters["light"])
        if "points" in letters:
            place = f"{letters['points']}{_FIRST_ROW + 1}"
            worksheet.conditional_format(place, _bar(200))  # the figure stands beside it
        may = {"autofilter": True, "format_columns": True, "format_rows": True, "sort": True}
        worksheet.protect("", may if sheet.needed else {"format_columns": True, "format_rows": True})
        return f"'{title}'!$B${_DONE_ROW + 1}"

    def _part_people(self, worksheet: Worksheet, who: list[int]) -> None:
        """Whom a row is about stands out in the first row of each, since those of one person are read together: in the
        others it is faint. Not by lines, which LibreOffice saves as black, nor fills, which marks of problems have.

        who  the columns that say it, the ID first
        """
        row, key = _FIRST_ROW + 1, column_letter(who[0])
        look = self.workbook.add_format({"font_color": _FAINT})
        again = " ".join(f"{column_letter(i)}{row}" for i in who)
        rule = {"type": "formula", "criteria": f"=${key}{row}=${key}{row - 1}", "format": look, "multi_range": again}
        worksheet.conditional_format(_FIRST_ROW, who[0], _FIRST_ROW, who[0], rule)

    def _done(self, worksheet: Worksheet, sheet: Sheet, letters: dict[str, str]) -> None:
        """How much is filled in, live, and by when it is due."""
        row = _FIRST_ROW + 1
        reach = f"{letters[sheet.needed]}{row}:{letters[sheet.needed]}{row}"
        label, value = self.formats(font_color=MUTED, shrink=True), self.formats(bold=True, align="left")
        worksheet.write(_DONE_ROW, 0, Text("已填", "Done")(self.lang), label)
        worksheet.write_formula(_DONE_ROW, 1, f"=COUNTA({reach})", value)
        self._define(f"{RESULT}done_{sheet.job}", sheet.title(self.lang), f"$B${_DONE_ROW + 1}")
        worksheet.write(_DONE_ROW, 2, Text("共 {{rows_%s}} 行", "of {{rows_%s}} rows")(self.lang) % sheet.job, label)
        worksheet.write(_DONE_ROW, 3, Text("截止 {{due}}", "due {{due}}")(self.lang), value)

    def _header(self, column: Column) -> str:
        if isinstance(column.header, Text):
            return column.header(self.lang)
        table, name = column.header.split(".")
        return get(table).column(name).header(self.lang)

    def _cell(self, worksheet: Worksheet, at: int, column: Column, letters: dict[str, str]) -> None:
        """The sample row's cell: where the value goes, what may be typed."""
        formats, row = self.formats, _FIRST_ROW
        look = {"text_wrap": True, "align": "left", "indent": 1, "valign": "vcenter"}
        if column.kind == "shown":
            shown = {"font_color": MUTED} if column.field in ("holder", "kpi", "contract", "rater", "ratee") else {}
            if column.field in ("points", "effective", "weighted", "spread"):
                shown["num_format"] = "0.00"
            side = (
                "right" if column.field in _FIGURES else "center" if column.field in ("light", "contract") else "left"
            )
            look |= {**shown, "align": side, "indent": int(side != "center")}
            worksheet.write_string(row, at, f"{{{{{column.field}}}}}", formats.bordered(**look))
            return
        look |= {"bg_color": INPUT, "locked": False}
        if column.kind in ("figure", "mark"):
            look |= {"align": "right", "num_format": "General"}
        elif column.kind == "date":
            look |= {"align": "center", "indent": 0, "num_format": DATE_FORMAT}
        elif column.kind in ("grade", "status"):
            look |= {"align": "center", "indent": 0}
        worksheet.write_string(row, at, f"{{{{{column.field}}}}}", formats.bordered(**look))
        rule = self._rule(column, letters)
        if rule:
            worksheet.data_validation(row, at, row, at, rule)

    def _rule(self, column: Column, letters: dict[str, str]) -> dict[str, object]:
        """What may be typed; what is pasted gets past it and is judged when it comes back."""
        lang, row = self.lang, _FIRST_ROW + 1
        cell = f"{letters[column.field]}{row}"
        absent = f'UPPER(TRIM({cell}))="N/A",TRIM({cell})="不适用"'
        hint = {"input_message": column.hint(lang)} if column.hint else {}
        if column.kind == "figure":
            message = Text("请填数字；不适用填 N/A", "A number, or N/A where it does not apply")(lang)
            return {"validate": "custom", "value": f"=OR(ISNUMBER({cell}),{absent})", "error_message": message, **hint}
        if column.kind == "mark":
            full = f"{letters['full_marks']}{row}"
            test = f"AND(ISNUMBER({cell}),{cell}>=0,OR(NOT(ISNUMBER({full})),{cell}<={full}))"
            message = Text("请填 0 到满分之间的数字", "A number from 0 to the full marks")(lang)
            return {"validate": "custom", "value": f"=OR({test},{absent})", "error_message": message}
        if column.kind == "date":
            message = Text("请填日期，如 2026-03-31", "A date, such as 2026-03-31")(lang)
            return {"validate": "date", "criteria": ">=", "value": "=DATE(2000,1,1)", "error_message": message}
        if column.kind == "grade":
            return {"validate": "list", "source": f"='{_LISTS(lang)}'!$A$2:$A$2", **hint}
        if column.kind == "status":
            return {"validate": "list", "source": f"='{_LISTS(lang)}'!$B$2:$B${1 + len(choices.STATUS)}"}
        return {}

    def _lights(self, worksheet: Worksheet, letter: str) -> None:
        for sign, ink, paper in _LIGHTS:
            rule = {"type": "text", "criteria": "begins with", "value": sign}
            look = self.workbook.add_format({"font_color": ink, "bg_color": paper})
            worksheet.conditional_format(f"{letter}{_FIRST_ROW + 1}", {**rule, "format": look})

    def _page(self, worksheet: Worksheet, title: str, last: int) -> None:
        worksheet.set_landscape()
        worksheet.set_paper(9)
        worksheet.fit_to_pages(1, 0)
        worksheet.set_margins(0.4, 0.4, 0.5, 0.6)
        worksheet.repeat_rows(_HEADER_ROW)
        worksheet.print_area(0, 0, _FIRST_ROW, last)
        worksheet.set_footer(f"&L{{{{recipient}}}} {title}&R{PAGE_OF_PAGES(self.lang)}")

    # ---- the first sheet and the lists

    def _start(self, worksheet: Worksheet, done: list[str]) -> None:
        lang, formats = self.lang, self.formats
        deep = STAGES["results"].deep
        worksheet.hide_gridlines(2)
        for i, width in enumerate((3, 22, 12, 12, 16, 46)):
            worksheet.set_column(i, i, width)
        worksheet.write(1, 1, f"{_TITLE(lang)}  {{{{period}}}}", formats(bold=True, font_size=20, font_color=deep))
        worksheet.set_row(1, 36)
        label, value = formats(font_color=MUTED), formats(bold=True)
        for row, (text, field) in enumerate(
            (
                (Text("填报人", "To be filled in by"), "{{recipient}}"),
                (Text("单位", "Unit"), "{{recipient_unit}}"),
                (Text("截止日期", "Due"), "{{due}}"),
            ),
            2,
        ):
            worksheet.write(row, 1, text(lang), label)
            worksheet.write(row, 2, field, value)
        advice = Text(
            "只填黄色单元格；其余单元格已锁定。填完存盘，发回给人力资源部即可；工作表可以改名、排序、插入行，不影响收集。",
            "Fill in the yellow cells only; the others are locked. Save and send the file back to HR. "
            "Sheets may be renamed, sorted, and rows inserted: what you fill in is still found.",
        )
        worksheet.merge_range(5, 1, 5, 5, advice(lang), formats(text_wrap=True, font_color=MUTED, valign="top"))
        worksheet.set_row(5, 34)
        header = formats.bordered(bold=True, font_color=PAPER, bg_color=deep, align="center")
        heads = (
            *(Text("要填的表", "Sheet to fill in"), Text("应填行数", "Rows"), Text("已填行数", "Done")),
            *(Text("完成", "Complete"), Text("说明", "What to do")),
        )
        worksheet.set_row(_COVER_ROWS - 1, 22)
        for i, head in enumerate(heads, 1):
            worksheet.write(_COVER_ROWS - 1, i, head(lang), header)
        for row, (sheet, cell) in enumerate(zip(SHEETS, done, strict=True), _COVER_ROWS):
            self._start_row(worksheet, row, sheet, cell)
        self._totals(worksheet, _COVER_ROWS + len(SHEETS) + 1)
        worksheet.set_landscape()
        worksheet.set_paper(9)
        worksheet.fit_to_pages(1, 1)
        worksheet.set_margins(0.5, 0.5, 0.6, 0.6)
        worksheet.protect("", {"format_columns": True})

    def _start_row(self, worksheet: Worksheet, row: int, sheet: Sheet, cell: str) -> None:
        lang, formats, title = self.lang, self.formats, sheet.title(self.lang)
        link = formats.bordered(font_color=LINK, underline=1, indent=1, align="left")
        worksheet.write_url(row, 1, f"internal:'{title}'!A1", link, title)
        number = formats.bordered(align="center")
        worksheet.write(row, 2, f"{{{{rows_{sheet.job}}}}}", number)
        worksheet.write_formula(row, 3, f"={cell}", number)
        self._define(f"{RESULT}done_{sheet.job}_2", _START(lang), f"$D${row + 1}")
        part = formats.bordered(align="center", num_format="0%")
        worksheet.write_formula(row, 4, f"=IF(C{row + 1}>0,MIN(1,D{row + 1}/C{row + 1}),0)", part)
        self._define(f"{RESULT}part_{sheet.job}", _START(lang), f"$E${row + 1}")
        self._define(f"{IF}{sheet.job}", _START(lang), f"$B${row + 1}")
        worksheet.conditional_format(row, 4, row, 4, _bar(1))
        text = sheet.help(lang)
        worksheet.write(
            row, 5, text, formats.bordered(text_wrap=True, align="left", indent=1, font_color=MUTED, font_size=9)
        )
        worksheet.set_row(row, max(24, row_height(text, 48)))

    def _totals(self, worksheet: Worksheet, row: int) -> None:
        """Each person's weights and provisional total, live."""
        lang, formats, start = self.lang, self.formats, _START(self.lang)
        deep = STAGES["results"].deep
        title = Text("权重与预估总分（随填随变，仅供参考）", "Weights and provisional totals, as you type")(lang)
        worksheet.write(row, 1, title, formats(bold=True, font_size=13, font_color=deep))
        worksheet.set_row(row, 28)
        header = formats.bordered(bold=True, font_color=PAPER, bg_color=deep, align="center")
        heads = (
            *(Text("姓名", "Name"), Text("权重合计 %", "Weights %"), Text("合计为 100", "Sum to 100")),
            *(Text("已有得分的权重", "Weight scored"), Text("按目前进度预估的总分", "Total at the pace so far")),
        )
        worksheet.set_row(row + 1, 22)
        for i, head in enumerate(heads, 1):
            worksheet.write(row + 1, i, head(lang), header)
        first = row + 2
        worksheet.set_row(first, 22)
        looks: tuple[tuple[str, dict[str, object]], ...] = (
            ("name", {"align": "left", "indent": 1, "bold": True}),
            ("weight_sum", {"align": "center", "num_format": "0.##"}),
            ("weight_check", {"align": "center"}),
            ("scored", {"align": "center", "num_format": "0%"}),
            ("provisional", {"align": "left", "indent": 1, "num_format": "0.00", "bold": True}),
        )
        for i, (field, look) in enumerate(looks, 1):
            worksheet.write_string(first, i, f"{{{{{field}}}}}", formats.bordered(**look))
        self._define(f"{ROWS}totals", start, f"$B${first + 1}:$F${first + 1}")
        for number, each in enumerate((row, row + 1, first), 1):
            self._define(f"{IF}totals_{number}", start, f"$B${each + 1}")
        worksheet.conditional_format(first, 5, first, 5, _bar(150))
        for sign, ink, paper in _CHECKS:
            look = self.workbook.add_format({"font_color": ink, "bg_color": paper})
            rule = {"type": "text", "criteria": "begins with", "value": sign, "format": look}
            worksheet.conditional_format(first, 3, first, 3, rule)

    def _lists(self, worksheet: Worksheet) -> None:
        """What the dropdowns offer."""
        worksheet.hide()
        worksheet.write(0, 0, Text("级别", "Grade")(self.lang))
        worksheet.write(1, 0, "{{grade}}")
        self._define(f"{ROWS}choices", _LISTS(self.lang), "$A$2:$A$2")
        worksheet.write(0, 1, Text("状态", "Status")(self.lang))
        for row, choice in enumerate(choices.STATUS, 1):
            worksheet.write(row, 1, choice.label(self.lang))


def _bar(most: float) -> dict[str, object]:
    """A bar as long as its figure, nothing for 0; of one colour, since one that fades has no end to compare."""
    ends = {"min_type": "num", "min_value": 0, "max_type": "num", "max_value": most}
    return {"type": "data_bar", "bar_color": _BAR, "bar_solid": True, "bar_border_color": _BAR, **ends}


_BAR = "#F2B98A"
_FAINT = "#8A92A1"
_PERSON = ("holder", "ratee", "name")
_INDENTED = 1  # a column is wider by that, so that its texts stand off the lines
_CHECKS = (("✓", "#1E7B3A", "#E3F4E8"), ("✗", "#B42318", "#FDE3E1"))
_FIGURES = {
    *("to_date", "estimate", "points", "effective", "weighted", "spread", "figure", "difference"),
    *("target", "threshold", "challenge", "base", "weight", "period_target", "full_marks"),
}

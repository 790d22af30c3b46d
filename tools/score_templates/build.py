"""Both templates, and how a page is drawn: each kind of row once, with its fields, looks and rules of colour."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from perfxl.core.cells import column_letter
from perfxl.core.language import LANGUAGES, Text
from perfxl.core.schema import get
from perfxl.core.scoring.periods import LIGHT_LABELS
from perfxl.core.scoring.scalar import STATUS_LABELS, Status
from perfxl.ooxml.zip_write import SAME_DAY
from perfxl.workbook.score.cell_writer import GRADE_COLOURS, LIGHTS, role_format
from perfxl.workbook.score.formulas import (
    BASIS,
    BASIS_PLACE,
    COLUMNS,
    GRADES,
    LIMIT_PLACE,
    PLACE,
    PRINTED,
    RESULT_PLACE,
    quote_text,
    setting_name,
)
from perfxl.workbook.score.texts import say
from perfxl.workbook.style import MUTED, PAGE_OF_PAGES, RESULT, ROW_HEIGHT, STAGES, Formats
from perfxl.workbook.template.book import ROWS
from perfxl.workbook.writing import new_workbook
from tools.score_templates.summary import draw_summary

_PAGE = Text("个人", "Person")
_TITLE = Text("得分表模板", "Template of score books")
_WAYS, _FIRST = 1, 3
_KINDS = (
    *("title", "details", "header", "lines", "adjusting", "vetoes", "monitored", "sum", "limits", "result"),
    *("undetermined", "", "segments_title", "segments_header", "segments", "person_result", "person_undetermined"),
    "decided",
)
_ROW = {kind: row for row, kind in enumerate(_KINDS, _FIRST) if kind}
_ROLES = {
    **dict.fromkeys(("aspect", "kpi"), "text"),
    **dict.fromkeys(("unit", "method"), "centred"),
    **dict.fromkeys(("direction", "status", "light"), "state"),
    **dict.fromkeys(("weight", "effective"), "weight"),
    **dict.fromkeys(("points", "weighted"), "points"),
    "spread": "helper",
}
_WEIGHING = ("weight", "effective", "weighted", "spread")
_RESULT_ROLES = {"completeness": "percent", "provisional": "muted"}
_SEGMENT_ROLES = {"total": "strong", "completeness": "percent", "provisional": "muted"}
_WIDER = {"aspect": 18.0, "kpi": 32.0, "unit": 11.0}
"""Columns whose English words are longer."""
_TALL = {"title", "result", "undetermined", "person_result", "person_undetermined"}


def build_templates(folder: Path) -> list[Path]:
    """Writes both templates; the same sources give the same bytes.

    Returns: their paths.
    """
    paths = [folder / f"scorecard.{lang}.xlsx" for lang in LANGUAGES]
    for path, lang in zip(paths, LANGUAGES, strict=True):
        with new_workbook(path, lang, _TITLE(lang), "template", created=SAME_DAY) as workbook:
            summary = workbook.add_worksheet(say("summary", lang))
            page = workbook.add_worksheet(_PAGE(lang))
            draw_summary(summary, workbook, Formats(workbook, lang), lang)
            _Page(page, workbook, lang).draw()
            # What the rules of colour name, with the values of the shipped policy, so that the template shows them.
            grades = ",".join(map(quote_text, "ABCDE"))
            workbook.define_name(GRADES, f"={{{grades}}}")
            workbook.define_name(setting_name("knot_threshold"), "=60")
    return paths


class _Page:
    """The sheet of a person's page."""

    def __init__(self, sheet: Worksheet, workbook: Workbook, lang: str) -> None:
        self.sheet, self.workbook, self.lang = sheet, workbook, lang
        self.formats = Formats(workbook, lang)

    def draw(self) -> None:
        """Each kind of row, and what stands around them."""
        for i, column in enumerate(COLUMNS):
            width = _WIDER.get(column.name, column.width) if self.lang == "en" else column.width
            self.sheet.set_column(i, i, width, None, {"level": 1} if i > PRINTED else None)
        for i, field in enumerate(("summary", "people", "unit")):
            self._cell(_WAYS, i, f"{{{{{field}}}}}", "back")
        self._row("title", {0: ("{{name}}    {{post}}", "title")}, "title")
        self._row("details", {0: ("{{details}}", "meta")})
        roles = ("header" if i <= PRINTED else "side_header" for i in range(len(COLUMNS)))
        headers = [column.header(self.lang) for column in COLUMNS]
        self._row("header", dict(enumerate(zip(headers, roles, strict=True))))
        self.sheet.set_row(_ROW["header"] - 1, 2 + ROW_HEIGHT + 13)
        self._lines()
        self._sums()
        self._person()
        self._row("decided", {0: ("{{decided}}", "meta")})
        for kind, row in _ROW.items():
            if kind != "header":
                self.sheet.set_row(row - 1, 24.0 if kind in _TALL else ROW_HEIGHT)
            reach = f"'{self.sheet.get_name()}'!$A${row}:${column_letter(len(COLUMNS) - 1)}${row}"
            self.workbook.define_name(f"{ROWS}{kind}", f"={reach}")
        self._colours()
        self._print()

    def _lines(self) -> None:
        fields = [column.name for column in COLUMNS]
        self._row("lines", self._fields(fields, _ROLES))
        for kind in ("adjusting", "vetoes", "monitored"):
            own = {**_ROLES, "points": "limit"} if kind == "vetoes" else _ROLES
            shown = [name for name in fields if name not in _WEIGHING or (kind == "vetoes" and name == "spread")]
            cells = self._fields(shown, own if kind != "vetoes" else {**own, "limit": "centred"})
            self._row(kind, cells, "plain", len(COLUMNS) - 1)

    def _sums(self) -> None:
        sums = {PLACE[name]: (f"{{{{{name}}}}}", "sum") for name in ("weight", "effective", "weighted")}
        self._row("sum", {0: (say("sum", self.lang), "sum_label"), **sums}, "sum_label")
        limits = {0: (say("limits", self.lang), "sum_label")}
        for name, at in LIMIT_PLACE.items():
            limits |= {at - 1: (say(name, self.lang), "name"), at: (f"{{{{{name}}}}}", "muted")}
        limits |= {at: (say(name, self.lang), "helper_label") for name, at in BASIS_PLACE.items()}
        self._row("limits", limits, "name")
        self._result("result", "contract_result", BASIS)
        self._undetermined("undetermined", "contract_result", BASIS)

    def _person(self) -> None:
        lang = self.lang
        self._row("segments_title", {0: (say("person_table", lang), "heading")})
        contract, span, days = PLACE["kpi"], PLACE["unit"], PLACE["direction"]
        head = {
            contract: (get("contracts").column("contract").header(lang), "sum_label"),
            span: (say("span", lang), "sum_label"),
            days: (say("days", lang), "head"),
            **{RESULT_PLACE[name]: (say(name, lang), "head") for name in _SEGMENT_ROLES},
            BASIS_PLACE["adjusted"]: (say("veto_most", lang), "helper_label"),
            BASIS_PLACE["band"]: (say("band", lang), "helper_label"),
        }
        self._row("segments_header", head, "sum_run")
        cells = {
            contract: ("{{contract}}", "link"),
            span: ("{{span}}", "run_text"),
            days: ("{{days}}", "count"),
            **{RESULT_PLACE[name]: (f"{{{{{name}}}}}", role) for name, role in _SEGMENT_ROLES.items()},
            BASIS_PLACE["adjusted"]: ("{{most}}", "helper"),
            BASIS_PLACE["band"]: ("{{best}}", "helper"),
        }
        self._row("segments", cells, "run")
        self._result("person_result", "person_result", ("band",))
        self._undetermined("person_undetermined", "person_result", ("band",))

    def _result(self, kind: str, label: str, basis: tuple[str, ...]) -> None:
        cells = {0: (say(label, self.lang), "sum_label")}
        for name, at in RESULT_PLACE.items():
            cells |= {at - 1: (say(name, self.lang), "name")}
            cells |= {at: (f"{{{{{name}}}}}", _RESULT_ROLES.get(name, "result"))}
        cells |= {BASIS_PLACE[name]: (f"{{{{{name}}}}}", "helper") for name in basis}
        self._row(kind, cells, "name")

    def _undetermined(self, kind: str, label: str, basis: tuple[str, ...]) -> None:
        """What is wrong runs into the blank cells beside it."""
        at = RESULT_PLACE["total"]
        cells = {0: (say(label, self.lang), "sum_label"), at - 1: (say("total", self.lang), "name")}
        cells |= {at: ("{{total}}", "undetermined")}
        cells |= {BASIS_PLACE[name]: (f"{{{{{name}}}}}", "helper") for name in basis}
        self._row(kind, cells, "name")

    def _fields(self, names: list[str], roles: Mapping[str, str]) -> dict[int, tuple[str, str]]:
        return {PLACE[name]: (f"{{{{{name}}}}}", roles.get(name, "figure")) for name in names}

    def _row(self, kind: str, cells: Mapping[int, tuple[str, str]], rest: str = "", last: int = PRINTED) -> None:
        """A row: text and role by column; `rest` is the role of the other cells up to `last`."""
        for i in range(last + 1) if rest else ():
            if i not in cells:
                self.sheet.write_blank(_ROW[kind] - 1, i, None, role_format(self.formats, rest))
        for i, (text, role) in cells.items():
            self._cell(_ROW[kind], i, text, role)

    def _cell(self, row: int, column: int, text: str, role: str) -> None:
        self.sheet.write_string(row - 1, column, text, role_format(self.formats, role))

    def _colours(self) -> None:
        """By rules that hold for all rows of the page."""
        lang, first = self.lang, _FIRST
        amber, red = LIGHTS["amber"], LIGHTS["red"]
        status = f"${column_letter(PLACE['status'])}{first}"
        for text, (paper, ink) in (
            (STATUS_LABELS[Status.PENDING](lang), amber),
            (STATUS_LABELS[Status.PROBLEM](lang), red),
            (say("triggered", lang), red),
            (STATUS_LABELS[Status.NOT_APPLICABLE](lang), (RESULT, MUTED)),
        ):
            self._rule(PLACE["status"], f"{status}={quote_text(text)}", paper, ink)
        light = f"${column_letter(PLACE['light'])}{first}"
        for name, (paper, ink) in LIGHTS.items():
            self._rule(PLACE["light"], f"{light}={quote_text(LIGHT_LABELS[name](lang))}", paper, ink)
        points, weight = (f"${column_letter(PLACE[name])}{first}" for name in ("points", "weight"))
        poor = f"AND(ISNUMBER({points}),ISNUMBER({weight}),{points}<{setting_name('knot_threshold')})"
        self._rule(PLACE["points"], poor, *red)
        at = RESULT_PLACE["grade"]
        beside, grade = (f"${column_letter(i)}{first}" for i in (at - 1, at))
        for place, (paper, ink) in enumerate(GRADE_COLOURS, 1):
            last = place == len(GRADE_COLOURS)
            test = f"MATCH({grade},{GRADES},0){'>=' if last else '='}{place}"
            self._rule(at, f"AND({beside}={quote_text(say('grade', lang))},{test})", paper, ink)

    def _rule(self, column: int, test: str, paper: str, ink: str) -> None:
        look = self.workbook.add_format({"bg_color": paper, "font_color": ink})
        rule = {"type": "formula", "criteria": f"={test}", "format": look}
        self.sheet.conditional_format(_FIRST - 1, column, max(_ROW.values()) - 1, column, rule)

    def _print(self) -> None:
        """A4 across, as wide as the page."""
        sheet = self.sheet
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.5)
        sheet.set_footer(f"&L&8&K6B7280&A&C&8&K6B7280{PAGE_OF_PAGES(self.lang)}")
        sheet.hide_gridlines(2)
        sheet.set_tab_color(STAGES["results"].deep)
        sheet.freeze_panes(_ROW["header"], 2)
        sheet.print_area(_FIRST - 1, 0, max(_ROW.values()) - 1, PRINTED)

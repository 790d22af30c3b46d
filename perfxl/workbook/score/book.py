"""Writes scores as a workbook in which every points and total cell is a native formula holding the engine's value.

Sheets: summary with charts and one for each person, as the template draws them (in a large program a person's contracts
stand on the unit's sheet, see sheet_plan.py); everybody, a sheet for each unit, parameters.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from xlsxwriter.worksheet import Worksheet

from perfxl.core.cells import column_letter
from perfxl.core.policy import Policy
from perfxl.core.problems import Problem
from perfxl.core.records import Tables
from perfxl.core.scoring.program import Scores
from perfxl.core.scoring.totals import ordered_bands
from perfxl.ooxml.zip_write import SAME_DAY
from perfxl.workbook.result_page import ResultPage, write_problems
from perfxl.workbook.row_sheet import RowSheet
from perfxl.workbook.score.cell_writer import BAR, CellFormats, CellWriter
from perfxl.workbook.score.contract_rows import ContractWriter
from perfxl.workbook.score.formulas import LAST, ScoreFormulas, quote_text
from perfxl.workbook.score.page import PageRows, PageTemplate
from perfxl.workbook.score.parameters import LineKinds, write_params
from perfxl.workbook.score.people_rows import (
    PEOPLE_FIRST,
    PEOPLE_HEADER,
    PEOPLE_LETTER,
    PEOPLE_PLACE,
    PEOPLE_WIDTHS,
    UNIT_PLACE,
    PeopleIndex,
    PeopleWriter,
    UnitWriter,
)
from perfxl.workbook.score.person_rows import PageSheets, PersonWriter
from perfxl.workbook.score.sheet_plan import UNIT_HEADER, PersonPlan, UnitPlan, plan_sheets
from perfxl.workbook.score.standing_cells import Standings
from perfxl.workbook.score.summary import Summary
from perfxl.workbook.score.template import ScoreTemplate, template_for
from perfxl.workbook.score.texts import say
from perfxl.workbook.sheet_names import SheetNames
from perfxl.workbook.style import PAGE_OF_PAGES, STAGES, Formats
from perfxl.workbook.template.mixed_book import MixedWorkbook, RawSheet
from perfxl.workbook.writing import new_workbook

Progress = Callable[[int, int], object]

_SHARED = range(500, 30_000)  # people: with fewer it is worth no process; with more, two hold too much
_SHEETS = ("summary", "people", "problems", "params")


def write_scores(
    path: str | Path,
    tables: Tables,
    scores: Scores,
    lang: str = "zh",
    progress: Progress | None = None,
    problems: Sequence[Problem] = (),
    source: str = "",
    template: ScoreTemplate | None = None,
) -> None:
    """Writes the score workbook. `progress` hears how many people are done, of how many; `problems` are listed on a
    sheet of their own; `source` is the program's file; `template` draws the summary and people's pages, the one that
    ships where none is given."""
    used = template or template_for(None, lang).template
    assert used, "the shipped template can be used"

    def make(file: Any, options: dict[str, Any]) -> MixedWorkbook:
        return MixedWorkbook(file, options, used.styles, used.theme)

    with new_workbook(path, lang, say("title", lang), "score", source, SAME_DAY, make) as workbook:
        _ScoreBook(workbook, tables, scores, lang, progress, problems, used).write()


class _ScoreBook:
    def __init__(
        self,
        workbook: MixedWorkbook,
        tables: Tables,
        scores: Scores,
        lang: str,
        progress: Progress | None,
        problems: Sequence[Problem],
        template: ScoreTemplate,
    ) -> None:
        self.template = template
        self.workbook, self.scores, self.lang, self.problems = workbook, scores, lang, problems
        names = SheetNames()
        for name in _SHEETS:
            names.take(say(name, lang))
        self.plan = plan_sheets(tables, scores, names, lang, template.page)
        page = PageRows(template.page, workbook)
        self.cell_formats, self.kinds = CellFormats(Formats(workbook, lang), page), LineKinds(tables, scores, lang)
        writer = CellWriter(self.cell_formats, lang)
        formulas = ScoreFormulas(scores.policy, writer.absent, lang, template.page)
        blocks = ContractWriter(tables, scores, self.kinds, formulas, writer, page, self.plan.blocks)
        self.cell_formats.number_all(blocks.lines.figures(self.plan.blocks.values()))
        standings = Standings(tables, scores, self.plan, PEOPLE_LETTER, PEOPLE_FIRST, lang)
        self.people_index = PeopleIndex(blocks, self.plan, standings)
        pages = PersonWriter(blocks, self.plan)
        self.units, self.pages = UnitWriter(pages, self.people_index), PageSheets(pages)
        self._progress, self._done, self._people_on = progress, 0, dict[Worksheet, int]()
        workbook.shared, workbook.written = len(scores.people) in _SHARED, self._written

    def write(self) -> None:
        """Adds the sheets in their order; rows are made when the workbook is closed."""
        self._summary()
        self._people()
        self._problems()
        for unit in self.plan.units:
            self._unit(unit)
        for unit in self.plan.units:
            for page in () if unit.holds_blocks else unit.pages:
                self._person(page, unit)
        write_params(self._sheet("params"), self.workbook, self.cell_formats.formats, self.kinds, self.lang)

    def _written(self, sheet: Worksheet) -> None:
        people = self._people_on.get(sheet, 0)
        self._done += people
        if people and self._progress:
            self._progress(self._done, len(self.scores.people))

    def _summary(self) -> None:
        title, template = say("summary", self.lang), self.template.summary
        sheet = self._raw(title)
        summary = Summary(self.people_index, self.lang)
        growth, (first, last) = template.growth(summary.rows), template.printed
        sheet.source = lambda: summary.xml(template)
        template.parts.add(self.workbook.added, sheet.index + 1, growth, title)
        sheet.print_area(0, first, template.last_row(growth) - 1, last)
        sheet.activate()

    def _raw(self, title: str) -> RawSheet:
        sheet: RawSheet = self.workbook.add_worksheet(title, worksheet_class=RawSheet)
        return sheet

    def _sheet(self, name: str) -> Worksheet:
        return self.workbook.add_worksheet(say(name, self.lang))

    def _streamed(self, title: str) -> RowSheet:
        sheet: RowSheet = self.workbook.add_worksheet(title, worksheet_class=RowSheet)
        return sheet

    def _people(self) -> None:
        sheet, count = self._streamed(say("people", self.lang)), len(self.scores.people)
        writer = PeopleWriter(self.people_index, self.lang)
        widths = (*PEOPLE_WIDTHS, *writer.decided.widths)
        view_people(sheet, self.cell_formats, self.scores.policy, count, self.lang, widths)
        tied = self.workbook.add_format({"num_format": say("tied", self.lang)})
        for name, first, last, test in self.people_index.standings.ties() if count else ():
            _rule(sheet, PEOPLE_PLACE[name], first, last, test, tied)
        sheet.fill(lambda: writer.rows(sheet), PEOPLE_HEADER + count, len(widths) - 1)

    def _problems(self) -> None:
        """Why lines have no points and totals are undetermined, where any is."""
        if self.problems:
            page = ResultPage(self._sheet("problems"), self.cell_formats.formats, self.lang, "results")
            write_problems(page, self.problems)

    def _unit(self, unit: UnitPlan) -> None:
        sheet = self._streamed(unit.sheet)
        view_unit(sheet, self.cell_formats, self.scores.policy, unit, self.lang, self.template.page)
        sheet.fill(lambda: self.units.rows(unit, sheet), unit.end, LAST)
        if unit.holds_blocks:
            self._people_on[sheet] = len(unit.pages)

    def _person(self, page: PersonPlan, unit: UnitPlan) -> None:
        sheet, (first, last) = self._raw(page.sheet), self.template.page.printed
        sheet.source = lambda: self.pages.xml(page, unit)
        self._people_on[sheet] = 1
        self.template.page_parts.add(self.workbook.added, sheet.index + 1, self.pages.growth(page), page.sheet)
        sheet.print_area(page.start - 1, first, page.end - 1, last)
        if len(page.blocks) == 1:
            sheet.repeat_rows(page.blocks[0].header - 1)


_A4 = 9
_PAGE_INCHES = 11.69  # A4 across
_MARGIN = 0.4
_PIXELS, _PADDING, _PER_INCH = 7, 5, 96  # of a column: a unit of its width, its padding
_SPARE = 0.8  # fonts that are not there are replaced by wider ones


def view_people(
    sheet: Worksheet, cell_formats: CellFormats, policy: Policy, count: int, lang: str, widths: Sequence[int]
) -> None:
    """The list of everybody."""
    first, last = PEOPLE_FIRST, PEOPLE_FIRST + max(count, 1) - 1
    for i, width in enumerate(widths):
        sheet.set_column(i, i, width)
    sheet.freeze_panes(PEOPLE_HEADER, 2)
    sheet.autofilter(PEOPLE_HEADER - 1, 0, last - 1, len(widths) - 1)
    _totals(sheet, cell_formats, policy, PEOPLE_PLACE["total"], PEOPLE_PLACE["grade"], first, last)
    _print(sheet, lang)
    sheet.print_area(0, 0, last - 1, len(widths) - 1)
    sheet.repeat_rows(PEOPLE_HEADER - 1)


def view_unit(
    sheet: RowSheet, cell_formats: CellFormats, policy: Policy, unit: UnitPlan, lang: str, page: PageTemplate
) -> None:
    """A unit's sheet; with its people's contracts below, each person on a new page."""
    first, last = page.printed
    for place, width in page.widths.items():
        sheet.set_column(place, place, width, None, {"level": 1} if place > last else None)
    people = unit.people
    sheet.freeze_panes(2 if unit.holds_blocks else UNIT_HEADER, 2)
    _totals(sheet, cell_formats, policy, UNIT_PLACE["total"], UNIT_PLACE["grade"], people.start, people.stop - 1)
    _print(sheet, lang)
    sheet.print_area(0, first, unit.end - 1, last)
    if unit.holds_blocks:
        sheet.more_formats = page.conditional_formats(unit.pages[0].start, unit.end)
        _print_by_scale(sheet, unit.pages, [page.widths.get(i, 9.0) for i in range(first, last + 1)])
        sheet.repeat_rows(0)
    else:
        sheet.repeat_rows(UNIT_HEADER - 1)


def _totals(
    sheet: Worksheet, cell_formats: CellFormats, policy: Policy, column: int, grade: int, first: int, last: int
) -> None:
    """Bars behind the totals of a list, and the colours of its grades."""
    sheet.conditional_format(
        first - 1,
        column,
        last - 1,
        column,
        {
            "type": "data_bar",
            "bar_color": BAR,
            "bar_solid": True,
            "bar_border_color": BAR,
            "min_type": "num",
            "min_value": 0,
            "max_type": "num",
            "max_value": max(float(policy["total_cap"]), 1.0),
        },
    )
    _grades(sheet, cell_formats, policy, grade, first, last)


def _grades(
    sheet: Worksheet, cell_formats: CellFormats, policy: Policy, column: int, first: int, last: int, beside: str = ""
) -> None:
    for place, band in enumerate(ordered_bands(policy)):
        test = f"${column_letter(column)}{first}={quote_text(band.grade)}"
        look = cell_formats.grades[min(place, len(cell_formats.grades) - 1)]
        _rule(sheet, column, first, last, f"AND({beside},{test})" if beside else test, look)


def _rule(sheet: Worksheet, column: int, first: int, last: int, test: str, look: object) -> None:
    options = {"type": "formula", "criteria": f"={test}", "format": look}
    sheet.conditional_format(first - 1, column, last - 1, column, options)


def _print(sheet: Worksheet, lang: str) -> None:
    """A4 across, as wide as the page."""
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=_MARGIN, right=_MARGIN, top=0.5, bottom=0.5)
    sheet.set_footer(f"&L&8&K6B7280&A&C&8&K6B7280{PAGE_OF_PAGES(lang)}")
    sheet.hide_gridlines(2)
    sheet.set_tab_color(STAGES["results"].deep)


def _print_by_scale(sheet: Worksheet, pages: Sequence[PersonPlan], widths: Sequence[float]) -> None:
    """Fitted by scale, each person on a new page: fitting to pages would undo the breaks."""
    inches = sum(width * _PIXELS + _PADDING for width in widths) / _PER_INCH
    sheet.set_print_scale(max(10, min(100, int(100 * _SPARE * (_PAGE_INCHES - 2 * _MARGIN) / inches))))
    sheet.set_h_pagebreaks([page.start - 1 for page in pages])

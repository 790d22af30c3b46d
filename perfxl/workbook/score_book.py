"""Writes scores as a workbook in which every points and total cell is a native formula holding the engine's value.

Sheets: summary with charts, everybody, a sheet for each unit, one for each person (in a large program a person's
contracts stand on the unit's sheet, see score/plan.py), parameters.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from perfxl.core.records import Records
from perfxl.core.scoring.program import Scores, problems_of
from perfxl.workbook.result_page import Page, write_problems
from perfxl.workbook.row_sheet import RowSheet
from perfxl.workbook.score import people, views
from perfxl.workbook.score.block import Blocks
from perfxl.workbook.score.columns import LAST
from perfxl.workbook.score.formulas import Formulas
from perfxl.workbook.score.kinds import Kinds
from perfxl.workbook.score.looks import Looks
from perfxl.workbook.score.page import Pages, Progress
from perfxl.workbook.score.params import write_params
from perfxl.workbook.score.pen import Pen
from perfxl.workbook.score.people import List, Roll
from perfxl.workbook.score.plan import Page as PersonPage
from perfxl.workbook.score.plan import Unit, lay_out, unit_of
from perfxl.workbook.score.sheet_names import SheetNames
from perfxl.workbook.score.summary import Summary
from perfxl.workbook.score.texts import say
from perfxl.workbook.score.unit import Units
from perfxl.workbook.style import Formats
from perfxl.workbook.writing import new_workbook

_SHEETS = ("summary", "people", "problems", "params")
# The same scores give the same bytes, whenever they are written.
_CREATED = datetime(2025, 1, 1)


def write_scores(
    path: str | Path,
    book: Mapping[str, Records],
    scores: Scores,
    lang: str = "zh",
    progress: Progress | None = None,
) -> None:
    """Writes the score workbook. `progress` hears how many people are done, of how many."""
    with new_workbook(path, lang, say("title", lang), _CREATED) as workbook:
        _Writer(workbook, book, scores, lang, progress).write()


class _Writer:
    def __init__(
        self,
        workbook: Workbook,
        book: Mapping[str, Records],
        scores: Scores,
        lang: str,
        progress: Progress | None,
    ) -> None:
        self.workbook, self.scores, self.lang = workbook, scores, lang
        names = SheetNames()
        for name in _SHEETS:
            names.take(say(name, lang))
        self.plan = lay_out(book, scores, names, lang)
        self.looks, self.kinds = Looks(Formats(workbook, lang)), Kinds(book, scores, lang)
        pen = Pen(self.looks, lang)
        blocks = Blocks(book, scores, self.kinds, Formulas(scores.policy, pen.absent, lang), pen)
        self.roll = Roll(blocks, self.plan, unit_of(book, scores))
        self.units = Units(Pages(blocks, self.plan, progress), self.roll)

    def write(self) -> None:
        """Adds the sheets in their order; rows are made when the workbook is closed."""
        summary = self._sheet("summary")
        self._people()
        self._problems()
        for unit in self.plan.units:
            self._unit(unit)
        for unit in self.plan.units:
            for page in () if unit.holds_blocks else unit.pages:
                self._person(page, unit)
        write_params(self._sheet("params"), self.workbook, self.looks.formats, self.kinds, self.lang)
        Summary(summary, self.workbook, self.roll, self.lang).write()

    def _sheet(self, name: str) -> Worksheet:
        return self.workbook.add_worksheet(say(name, self.lang))

    def _streamed(self, title: str) -> RowSheet:
        return self.workbook.add_worksheet(title, worksheet_class=RowSheet)

    def _people(self) -> None:
        sheet, count = self._streamed(say("people", self.lang)), len(self.scores.people)
        views.people(sheet, self.looks, self.scores.policy, count, self.lang)
        sheet.fill(lambda: List(self.roll, self.lang).rows(sheet), people.HEADER + count, people.LAST)

    def _problems(self) -> None:
        """Why lines have no points, where any has none."""
        joined, lines = self.scores.line_table, self.scores.lines
        found = [problem for line in range(len(joined)) for problem in problems_of(joined, lines, line)]
        if found:
            write_problems(Page(self._sheet("problems"), self.looks.formats, self.lang, "results"), found)

    def _unit(self, unit: Unit) -> None:
        sheet = self._streamed(unit.sheet)
        views.unit(sheet, self.looks, self.scores.policy, unit, self.lang)
        sheet.fill(lambda: self.units.rows(unit, sheet), unit.end, LAST)

    def _person(self, page: PersonPage, unit: Unit) -> None:
        sheet = self._streamed(page.sheet)
        views.person(sheet, self.looks, self.scores.policy, page, self.lang)
        sheet.fill(lambda: self.units.person_rows(page, unit, sheet), page.end, LAST)

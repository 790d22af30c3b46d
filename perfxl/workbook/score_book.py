"""Writes scores as a workbook in which every points and total cell is a native formula holding the engine's value.

Sheets: summary with charts, everybody, a sheet for each unit, one for each person (in a large program a person's
contracts stand on the unit's sheet, see score/plan.py), parameters.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from perfxl.core.records import Records
from perfxl.core.scoring.book import Scores
from perfxl.workbook.atomic import replacing
from perfxl.workbook.score import views
from perfxl.workbook.score.block import Blocks
from perfxl.workbook.score.columns import LAST
from perfxl.workbook.score.formulas import Formulas
from perfxl.workbook.score.kinds import Kinds
from perfxl.workbook.score.looks import Looks
from perfxl.workbook.score.page import Pages, Progress
from perfxl.workbook.score.params import write_params
from perfxl.workbook.score.people import List, Roll
from perfxl.workbook.score.plan import lay_out, unit_of
from perfxl.workbook.score.rows import RowSheet
from perfxl.workbook.score.sheet_names import SheetNames
from perfxl.workbook.score.summary import Summary
from perfxl.workbook.score.texts import say
from perfxl.workbook.score.unit import Units
from perfxl.workbook.style import Formats, new_workbook

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
    names = SheetNames()
    summary_name, people_name, params_name = (names.take(say(name, lang)) for name in ("summary", "people", "params"))
    plan = lay_out(book, scores, names, lang)
    with replacing(Path(path)) as temporary:
        workbook = new_workbook(str(temporary), lang)
        workbook.set_properties({"title": say("title", lang), "created": _CREATED})
        looks, kinds = Looks(Formats(workbook, lang)), Kinds(book, scores, lang)
        blocks = Blocks(book, scores, kinds, Formulas(scores.policy, kinds.absent, lang), looks, lang)
        roll = Roll(blocks, plan, unit_of(book, scores))
        units = Units(Pages(blocks, plan, progress), roll)

        summary_sheet = workbook.add_worksheet(summary_name)
        people_sheet = workbook.add_worksheet(people_name, worksheet_class=RowSheet)
        views.people(people_sheet, looks, scores.policy, len(scores.people), lang)
        people_sheet.fill(lambda: List(roll, lang).rows(people_sheet), len(scores.people) + 4, 12)
        for unit in plan.units:
            sheet = workbook.add_worksheet(unit.sheet, worksheet_class=RowSheet)
            views.unit(sheet, looks, scores.policy, unit, lang)
            sheet.fill(lambda u=unit, s=sheet: units.rows(u, s), unit.end, LAST)
        for unit in plan.units:
            for page in () if unit.holds_blocks else unit.pages:
                sheet = workbook.add_worksheet(page.sheet, worksheet_class=RowSheet)
                views.person(sheet, looks, scores.policy, page, lang)
                sheet.fill(lambda p=page, u=unit, s=sheet: units.person_rows(p, u, s), page.end, LAST)
        params = workbook.add_worksheet(params_name)
        write_params(params, workbook, looks.formats, kinds, lang)
        Summary(summary_sheet, workbook, roll, lang).write()
        workbook.close()

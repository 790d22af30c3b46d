"""A unit's sheet: its people with their totals, and in a large program their contracts below."""

from __future__ import annotations

from collections.abc import Iterator

from perfxl.core.cells import column_letter
from perfxl.core.schema import get
from perfxl.workbook import row_sheet as rows
from perfxl.workbook.layout import quoted
from perfxl.workbook.row_sheet import RowSheet, Tail
from perfxl.workbook.score.block import result_values
from perfxl.workbook.score.columns import PLACE, RESULTS
from perfxl.workbook.score.page import Pages
from perfxl.workbook.score.people import Person, Roll
from perfxl.workbook.score.plan import UNIT_BACK, UNIT_HEADER, UNIT_TITLE, Page, Unit
from perfxl.workbook.score.texts import say

# The list shares the widths of the score sheet's columns: name by name, where each stands.
_PERSON, _NAME, _POST, _RESULTS = PLACE["aspect"], PLACE["kpi"], PLACE["unit"], PLACE["weight"]
_OPEN, _RED, _AMBER, _UNIT = (_RESULTS + len(RESULTS) + i for i in range(4))
TOTAL = column_letter(_RESULTS)
GRADE = _RESULTS + RESULTS.index("grade")
_ROLES = {"total": "strong", "grade": "centred", "coefficient": "factor", "completeness": "percent"}


class Units:
    """Writes units' sheets as rows of XML."""

    def __init__(self, pages: Pages, roll: Roll) -> None:
        self.pages, self.roll, self.blocks, self.lang = pages, roll, pages.blocks, pages.lang

    def rows(self, unit: Unit, sheet: RowSheet) -> Iterator[str]:
        text = self.blocks.pen.text
        yield rows.row(UNIT_TITLE, {0: text(unit.name, "sheet_title")}, 30.0)
        yield self.way_back(UNIT_BACK, sheet, "summary", "people")
        # Where small units are gathered under their superior, whose is said; the column takes the width of two more.
        gathered = any(self.roll.person(page).unit != unit.name for page in unit.pages)
        width = _UNIT + 3 if gathered else _UNIT
        yield self._header(width)
        for row, page in enumerate(unit.pages, unit.people.first):
            yield self._person(row, page, sheet, width)
        yield self._mean(unit, width)
        if unit.holds_blocks:
            for page in unit.pages:
                yield from self.pages.rows(page, sheet)

    def person_rows(self, page: Page, unit: Unit, sheet: RowSheet) -> Iterator[str]:
        """A person's own sheet."""
        yield self.way_back(1, sheet, "summary", "people", unit=unit)
        yield from self.pages.rows(page, sheet)

    def way_back(self, row: int, sheet: RowSheet, *names: str, unit: Unit | None = None) -> str:
        titles = [say(name, self.lang) for name in names] + ([unit.sheet] if unit else [])
        cells: dict[int, Tail] = {}
        for column, title in enumerate(titles):
            cells[column] = self.blocks.pen.text(f"← {title}" if column == 0 else title, "back")
            sheet.links[f"{column_letter(column)}{row}"] = f"{quoted(title)}!A1"
        return rows.row(row, cells)

    def _header(self, width: int) -> str:
        text, lang = self.blocks.pen.text, self.lang
        people = get("people")
        cells = {i: text("", "header_run") for i in range(width)}
        for at, column in ((_PERSON, "person"), (_NAME, "name"), (_POST, "post"), (_UNIT, "unit")):
            if at < width:
                cells[at] = text(people.column(column).header(lang), "header_text")
        names = [*enumerate(RESULTS, _RESULTS), (_OPEN, "open"), (_RED, "red"), (_AMBER, "amber")]
        cells |= {at: text(say(name, lang), "header_text") for at, name in names}
        return rows.row(UNIT_HEADER, dict(sorted(cells.items())), 24.0)

    def _person(self, row: int, page: Page, sheet: RowSheet, width: int) -> str:
        person: Person = self.roll.person(page)
        text, looks = self.blocks.pen.text, self.blocks.pen.looks
        cells = {i: text("", "run") for i in range(width)}
        cells[_PERSON], cells[_NAME] = text(person.id, "plain"), text(person.name, "link")
        cells[_POST] = text(person.post, "run_text")
        if width > _UNIT:
            cells[_UNIT] = text(person.unit, "run_text")
        sheet.links[f"{column_letter(_NAME)}{row}"] = person.place
        values = result_values(self.blocks.scores.totals, page.place, self.blocks.scores.policy)
        for at, name in enumerate(RESULTS, _RESULTS):
            look = looks(_ROLES.get(name, "muted"))
            cells[at] = rows.formula(rows.escaped(self.roll.written(page, name)), values[name], look)
        for at, count in ((_OPEN, person.open), (_RED, person.red), (_AMBER, person.amber)):
            cells[at] = rows.number(count, looks("count"))
        return rows.row(row, cells)

    def _mean(self, unit: Unit, width: int) -> str:
        totals = self.blocks.scores.totals.total
        known = [totals[page.place] for page in unit.pages if totals[page.place] == totals[page.place]]
        held = f"{TOTAL}{unit.people.first}:{TOTAL}{unit.people.last}"
        text = self.blocks.pen.text
        cells = {i: text("", "sum_run") for i in range(width)}
        cells[0] = text(say("mean", self.lang), "sum_label")
        value = self.roll.mean(known)
        written = f'IF(COUNT({held})>0,ROUND(SUM({held})/COUNT({held}),2),"")'
        cells[_RESULTS] = rows.formula(rows.escaped(written), value, self.blocks.pen.looks("sum"))
        return rows.row(unit.mean, cells)

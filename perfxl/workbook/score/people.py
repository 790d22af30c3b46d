"""The list of everybody: totals that refer to the contracts' blocks, sorted by unit and then by total."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from perfxl.core.cells import column_letter
from perfxl.core.schema import get
from perfxl.core.values.numbers import round_half_away
from perfxl.workbook import row_sheet as rows
from perfxl.workbook.layout import quoted
from perfxl.workbook.row_sheet import RowSheet
from perfxl.workbook.score.block import Blocks, result_values
from perfxl.workbook.score.columns import RESULTS
from perfxl.workbook.score.plan import Page, Plan
from perfxl.workbook.score.texts import say

TITLE, BACK, HEADER = 1, 2, 4
FIRST = HEADER + 1
_PEOPLE = ("person", "name", "unit", "post")
_COUNTS = ("open", "red", "amber")
WIDTHS = (12, 18, 26, 26, 10, 8, 12, 11, 12, 9, 8, 8)
PLACE = {name: i for i, name in enumerate((*_PEOPLE, *RESULTS, *_COUNTS))}
LAST = len(WIDTHS) - 1
_ROLES = {"total": "strong", "grade": "centred", "coefficient": "factor", "completeness": "percent"}


class Person(NamedTuple):
    """What lists show of a person; `place` is the start of their page, for links."""

    id: str
    name: str
    unit: str
    post: str
    open: int
    red: int
    amber: int
    place: str


class Roll:
    """Everybody, and where their totals stand."""

    def __init__(self, blocks: Blocks, plan: Plan, units: Sequence[Any]) -> None:
        self.blocks, self.plan, self.scores = blocks, plan, blocks.scores
        self.units = units
        self._lines = self._lines_by_contract()

    def person(self, page: Page) -> Person:
        blocks, unit = self.blocks, self.units[page.place]
        contracts = self.scores.line_table.contracts
        counts = [sum(self._lines[c][i] for c in page.contracts) for i in range(len(_COUNTS))]
        post = blocks.posts.get(page.person) or contracts.column("post")[page.contracts[-1]] or ""
        name = str(blocks.people.get(page.person) or page.person)
        place = f"{quoted(page.sheet)}!A{page.start}"
        return Person(
            str(page.person),
            name,
            str(blocks.units.get(unit) or unit or ""),
            str(post),
            counts[0],
            counts[1],
            counts[2],
            place,
        )

    def written(self, page: Page, name: str) -> str:
        """The formula that takes a person's total, grade and so on from their page. Of one contract's completeness
        two decimals are the person's, as of several."""
        return f"ROUND({page.cell(name)},2)" if name == "completeness" else page.cell(name)

    def mean(self, totals: Sequence[float]) -> float | str:
        return round_half_away(sum(totals) / len(totals)) if totals else ""

    def _lines_by_contract(self) -> dict[int, tuple[int, int, int]]:
        """Open, red and amber lines of each contract."""
        lights = self.scores.outlook.light
        return {
            contract: (
                sum(self.blocks.lines.is_open(line) for line in (*block.weighted, *block.adjusting)),
                sum(lights[line] == "red" for line in block.weighted),
                sum(lights[line] == "amber" for line in block.weighted),
            )
            for contract, block in self.plan.blocks.items()
        }


class List:
    """Writes the list as rows of XML."""

    def __init__(self, roll: Roll, lang: str) -> None:
        self.roll, self.lang, self.blocks = roll, lang, roll.blocks

    def rows(self, sheet: RowSheet) -> Iterator[str]:
        text = self.blocks.pen.text
        yield rows.row(TITLE, {0: text(say("people", self.lang), "sheet_title")}, 30.0)
        summary = say("summary", self.lang)
        sheet.links[f"A{BACK}"] = f"{quoted(summary)}!A1"
        yield rows.row(BACK, {0: text(f"← {summary}", "back")})
        declared = get("people")
        headers = [declared.column(name).header(self.lang) for name in _PEOPLE]
        headers += [say(name, self.lang) for name in (*RESULTS, *_COUNTS)]
        yield rows.row(HEADER, {i: text(header, "header") for i, header in enumerate(headers)}, 34.0)
        for row, page in enumerate(self.roll.plan.pages, FIRST):
            yield self._person(row, page, sheet)

    def _person(self, row: int, page: Page, sheet: RowSheet) -> str:
        person, looks = self.roll.person(page), self.blocks.pen.looks
        shown = (person.id, person.name, person.unit, person.post)
        roles = ("plain", "link", "plain", "plain")
        cells = {i: rows.text(value, looks(role)) for i, (value, role) in enumerate(zip(shown, roles, strict=True))}
        sheet.links[f"{column_letter(1)}{row}"] = person.place
        values = result_values(self.roll.scores.totals, page.place, self.roll.scores.policy)
        for i, name in enumerate(RESULTS, len(_PEOPLE)):
            look = looks(_ROLES.get(name, "muted"))
            cells[i] = rows.formula(rows.escaped(self.roll.written(page, name)), values[name], look)
        for i, count in enumerate((person.open, person.red, person.amber), len(_PEOPLE) + len(RESULTS)):
            cells[i] = rows.number(count, looks("count"))
        return rows.row(row, cells)

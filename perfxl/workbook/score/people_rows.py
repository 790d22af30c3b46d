"""People as rows of XML: a person's page with its contracts and the total over them, a unit's list of its people, the
list of everybody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from perfxl.core.cells import column_letter
from perfxl.core.schema import get
from perfxl.workbook import row_sheet as rows
from perfxl.workbook.program.layout import quoted
from perfxl.workbook.row_sheet import RowSheet, Tail
from perfxl.workbook.score.cell_writer import FormulaCell
from perfxl.workbook.score.contract_rows import ContractWriter, result_values
from perfxl.workbook.score.decided_columns import DecidedColumns
from perfxl.workbook.score.formulas import (
    PLACE,
    RESULTS,
)
from perfxl.workbook.score.person_rows import PersonWriter
from perfxl.workbook.score.sheet_plan import (
    UNIT_BACK,
    UNIT_HEADER,
    UNIT_TITLE,
    PersonPlan,
    SheetPlan,
    UnitPlan,
)
from perfxl.workbook.score.standing_cells import RANKS, Standings, mean_of, mean_value
from perfxl.workbook.score.texts import say
from perfxl.workbook.style import row_height

# The list shares the widths of the score sheet's columns: name by name, where each stands.
_PERSON, _NAME, _POST, _RESULTS = PLACE["aspect"], PLACE["kpi"], PLACE["unit"], PLACE["weight"]
_OPEN, _RED, _AMBER, _RANK, _UNIT_RANK, _UNIT = (_RESULTS + len(RESULTS) + i for i in range(6))

UNIT_TOTAL = column_letter(_RESULTS)
UNIT_PLACE = {name: _RESULTS + i for i, name in enumerate(RESULTS)}


class UnitWriter:
    """Writes units' sheets as rows of XML."""

    def __init__(self, pages: PersonWriter, people_index: PeopleIndex) -> None:
        self.pages, self.people_index, self.blocks, self.lang = pages, people_index, pages.blocks, pages.lang

    def rows(self, unit: UnitPlan, sheet: RowSheet) -> Iterator[bytes]:
        text = self.blocks.writer.text
        yield rows.row(UNIT_TITLE, {0: text(unit.name, "sheet_title")}, 30.0)
        yield self.way_back(UNIT_BACK, sheet, "summary", "people")
        # Where small units are gathered under their superior, whose is said; the column takes the width of two more.
        gathered = any(self.people_index.unit_name(page) != unit.name for page in unit.pages)
        width = _UNIT + 3 if gathered else _UNIT
        yield self._header(width)
        for row, page in zip(unit.people, unit.pages, strict=True):
            yield self._person(row, page, sheet, width)
        yield self._mean(unit, width)
        if unit.is_listed:
            yield self._with_below(unit, width)
            yield self._head(unit, sheet, width)
        for row, page in enumerate(unit.decided, unit.figures_end + 1):
            told = self.pages.told(page, self.people_index.person(page).name)
            yield rows.row(row, {0: self.blocks.writer.text(told, "meta")})
        if unit.holds_blocks:
            for page in unit.pages:
                yield from self.pages.rows(page, sheet.links)

    def way_back(self, row: int, sheet: RowSheet, *names: str) -> bytes:
        titles = [say(name, self.lang) for name in names]
        cells: dict[int, Tail] = {}
        for column, title in enumerate(titles):
            cells[column] = self.blocks.writer.text(f"← {title}" if column == 0 else title, "back")
            sheet.links[f"{column_letter(column)}{row}"] = f"{quoted(title)}!A1"
        return rows.row(row, cells)

    def _header(self, width: int) -> bytes:
        text, lang = self.blocks.writer.text, self.lang
        people = get("people")
        cells = {i: text("", "header_run") for i in range(width)}
        for at, column in ((_PERSON, "person"), (_NAME, "name"), (_POST, "post"), (_UNIT, "unit")):
            if at < width:
                cells[at] = text(people.column(column).header(lang), "header_text")
        names = [*enumerate(RESULTS, _RESULTS), (_OPEN, "open"), (_RED, "red"), (_AMBER, "amber")]
        names += [(_RANK, "rank"), (_UNIT_RANK, "unit_rank")]
        cells |= {at: text(say(name, lang), "header_text") for at, name in names}
        return rows.row(UNIT_HEADER, dict(sorted(cells.items())), 24.0)

    def _person(self, row: int, page: PersonPlan, sheet: RowSheet, width: int) -> bytes:
        person: PersonEntry = self.people_index.person(page)
        text, cell_formats = self.blocks.writer.text, self.blocks.writer.cell_formats
        cells = {i: text("", "run") for i in range(width)}
        cells[_PERSON], cells[_NAME] = text(person.id, "plain"), text(person.name, "link")
        cells[_POST] = text(person.post, "run_text")
        if width > _UNIT:
            cells[_UNIT] = text(person.unit, "run_text")
        sheet.links[f"{column_letter(_NAME)}{row}"] = person.place
        cells |= self.people_index.results(page, _RESULTS)
        for at, count in ((_OPEN, person.open), (_RED, person.red), (_AMBER, person.amber)):
            cells[at] = rows.number(count, cell_formats("count"))
        for at, name in ((_RANK, "rank"), (_UNIT_RANK, "unit_rank")):
            cells[at] = self.people_index.rank_from_list(page, name)
        return rows.whole_row(row, list(cells.values()))

    def _with_below(self, unit: UnitPlan, width: int) -> bytes:
        """The mean over the unit's people and those of the units below it."""
        figures, writer = self.people_index.standings.units[unit.unit], self.blocks.writer
        cells = {i: writer.text("", "sum_run") for i in range(width)}
        cells[0] = writer.text(say("with_below", self.lang), "sum_label")
        cells[_POST] = writer.text(say("of_people", self.lang).format(len(figures.people)), "sum_run")
        cells[_RESULTS] = writer.formula(figures.mean, mean_value(figures.totals), "sum")
        return rows.row(unit.below, cells)

    def _head(self, unit: UnitPlan, sheet: RowSheet, width: int) -> bytes:
        """The head's own result, apart from the unit's."""
        figures, row, text = self.people_index.standings.units[unit.unit], unit.below + 1, self.blocks.writer.text
        cells = {i: text("", "run") for i in range(width)}
        cells[0], cells[_NAME] = text(say("head", self.lang), "sum_label"), text(figures.head or "—", "plain")
        if figures.page:
            head = self.people_index.person(figures.page)
            cells[_NAME], cells[_POST] = text(head.name, "link"), text(head.post, "run_text")
            sheet.links[f"{column_letter(_NAME)}{row}"] = head.place
            cells |= self.people_index.results(figures.page, _RESULTS)
        return rows.row(row, cells)

    def _mean(self, unit: UnitPlan, width: int) -> bytes:
        totals = self.blocks.scores.totals.total
        official = [totals[page.place] for page in unit.pages if totals[page.place] == totals[page.place]]
        reach = f"{UNIT_TOTAL}{unit.people.start}:{UNIT_TOTAL}{unit.people.stop - 1}"
        text = self.blocks.writer.text
        cells = {i: text("", "sum_run") for i in range(width)}
        cells[0] = text(say("mean", self.lang), "sum_label")
        cells[_RESULTS] = self.blocks.writer.formula(mean_of(reach), mean_value(official), "sum")
        return rows.row(unit.mean, cells)


PEOPLE_TITLE, PEOPLE_BACK, PEOPLE_HEADER = 1, 2, 4
PEOPLE_FIRST = PEOPLE_HEADER + 1
_PEOPLE = ("person", "name", "unit", "post")
_COUNTS = ("open", "red", "amber")
PEOPLE_WIDTHS = (12, 18, 26, 26, 10, 8, 12, 11, 12, 9, 8, 8, 12, 12, 20, 12)
PEOPLE_PLACE = {name: i for i, name in enumerate((*_PEOPLE, *RESULTS, *_COUNTS, *RANKS))}
PEOPLE_LETTER = {name: column_letter(i) for name, i in PEOPLE_PLACE.items()}
PEOPLE_LAST = len(PEOPLE_WIDTHS) - 1
_RESULT_ROLES = dict(zip(RESULTS, ("strong", "centred", "factor", "percent", "muted"), strict=True))
_SHEETS_AT_ONCE = 8  # whose results a list shows side by side


class PersonEntry(NamedTuple):
    """What lists show of a person; `place` is the start of their page, for links."""

    id: str
    name: str
    unit: str
    post: str
    open: int
    red: int
    amber: int
    place: str


class PeopleIndex:
    """Everybody, and where their totals stand."""

    def __init__(self, blocks: ContractWriter, plan: SheetPlan, standings: Standings) -> None:
        self.blocks, self.plan, self.scores, self.standings = blocks, plan, blocks.scores, standings
        self._lines = self._lines_by_contract()
        self._ready_results = lru_cache(_SHEETS_AT_ONCE)(self._result_cells)

    def person(self, page: PersonPlan) -> PersonEntry:
        blocks, contracts = self.blocks, self.scores.line_table.contracts
        post = blocks.posts.get(page.person) or contracts.column("post")[page.contracts[-1]] or ""
        name = str(blocks.people.get(page.person) or page.person)
        is_open, red, amber = map(sum, zip(*(self._lines[contract] for contract in page.contracts), strict=True))
        place = f"{quoted(page.sheet)}!A{page.start}"
        return PersonEntry(str(page.person), name, self.unit_name(page), str(post), is_open, red, amber, place)

    def unit_name(self, page: PersonPlan) -> str:
        """The name of a person's unit."""
        unit = self.plan.of[page.place]
        return str(self.blocks.units.get(unit) or unit or "")

    def results(self, page: PersonPlan, first: int) -> dict[int, Tail]:
        """The cells of a person's result in a list, from a column on. An undetermined one has no formula: what is wrong
        stands in place of the total, nothing in place of the rest."""
        verdict, writer = self.scores.verdicts.people[page.place], self.blocks.writer
        if verdict.is_undetermined:
            told = writer.text(verdict.label(self.blocks.lang), "undetermined")
            return {first: told} | {
                at: writer.text("", _RESULT_ROLES[name]) for at, name in enumerate(RESULTS[1:], first + 1)
            }
        values, row = result_values(self.scores.totals, page.place, self.scores.policy), b"%d" % page.result
        ready = self._ready_results(page.sheet, page.letters)
        return {at: cell(values[name]).replace(rows.ROW_IN_XML, row) for at, (name, cell) in enumerate(ready, first)}

    def _result_cells(self, sheet: str, letters: Mapping[str, str]) -> list[tuple[str, FormulaCell]]:
        """What gives the cells of results that stand on a sheet, in the columns that their row there has, which ROW
        stands for. Of one contract's completeness two decimals are the person's, as of several."""
        cells = []
        for name, role in _RESULT_ROLES.items():
            written = f"{quoted(sheet)}!${letters[name]}${rows.ROW}"
            written = f"ROUND({written},2)" if name == "completeness" else written
            cells.append((name, self.blocks.writer.formulas(role)[written]))
        return cells

    def own_total(self, page: PersonPlan) -> tuple[str, float | str] | None:
        """The formula and value of a person's total; None where it is undetermined."""
        if self.scores.verdicts.people[page.place].is_undetermined:
            return None
        total = float(self.scores.totals.total[page.place])
        return page.cell("total"), total if total == total else ""

    def open_lines(self, place: int) -> int:
        """How many lines keep a person's total from being official."""
        contracts = dict.fromkeys(self.scores.segments[self.scores.people[place]])
        return sum(self._lines[contract][0] for contract in contracts)

    def ranks(self, page: PersonPlan) -> dict[int, Tail]:
        """The places of a person, for the list of everybody."""
        writer, cells = self.blocks.writer, dict[int, Tail]()
        for name in RANKS:
            if name == "post_group":
                cells[PEOPLE_PLACE[name]] = writer.text(self.standings.group(page.place), "plain")
                continue
            written, value = self.standings.rank(name, page.place)
            if written is None:
                cells[PEOPLE_PLACE[name]] = writer.number(value, "whole")
            else:
                cells[PEOPLE_PLACE[name]] = writer.formula(written, value, "whole")
        return cells

    def rank_from_list(self, page: PersonPlan, name: str) -> Tail:
        """A place as the list of everybody has it."""
        value, writer = self.standings.rank(name, page.place)[1], self.blocks.writer
        if value == "":
            return writer.text("", "whole")
        written = f"{quoted(say('people', writer.lang))}!{PEOPLE_LETTER[name]}{rows.ROW}"
        row = b"%d" % self.standings.row(page.place)
        return writer.formulas("whole")[written](value).replace(rows.ROW_IN_XML, row)

    def _lines_by_contract(self) -> dict[int, tuple[int, int, int]]:
        """Open, red and amber lines of each contract."""
        lights = self.scores.outlook.light
        return {
            contract: (
                sum(self.blocks.lines.open[line] for line in (*block.weighted, *block.adjusting)),
                sum(lights[line] == "red" for line in block.weighted),
                sum(lights[line] == "amber" for line in block.weighted),
            )
            for contract, block in self.plan.blocks.items()
        }


class PeopleWriter:
    """Writes the list as rows of XML."""

    def __init__(self, people_index: PeopleIndex, lang: str) -> None:
        self.people_index, self.lang, self.blocks = people_index, lang, people_index.blocks
        self.decided = DecidedColumns(self.blocks.scores, self.blocks.writer, PEOPLE_LAST + 1)

    def rows(self, sheet: RowSheet) -> Iterator[bytes]:
        text = self.blocks.writer.text
        yield rows.row(PEOPLE_TITLE, {0: text(say("people", self.lang), "sheet_title")}, 30.0)
        summary = say("summary", self.lang)
        sheet.links[f"A{PEOPLE_BACK}"] = f"{quoted(summary)}!A1"
        yield rows.row(PEOPLE_BACK, {0: text(f"← {summary}", "back")})
        declared = get("people")
        headers = [declared.column(name).header(self.lang) for name in _PEOPLE]
        headers += [say(name, self.lang) for name in (*RESULTS, *_COUNTS, *RANKS)] + self.decided.headers()
        widths = (*PEOPLE_WIDTHS, *self.decided.widths)
        height = max(34.0, *map(row_height, headers, widths))
        yield rows.row(PEOPLE_HEADER, {i: text(header, "header") for i, header in enumerate(headers)}, height)
        for row, page in enumerate(self.people_index.plan.pages, PEOPLE_FIRST):
            yield self._person(row, page, sheet)

    def _person(self, row: int, page: PersonPlan, sheet: RowSheet) -> bytes:
        person, cell_formats = self.people_index.person(page), self.blocks.writer.cell_formats
        shown = (person.id, person.name, person.unit, person.post)
        roles = ("plain", "link", "plain", "plain")
        cells = {
            i: rows.text(value, cell_formats(role)) for i, (value, role) in enumerate(zip(shown, roles, strict=True))
        }
        sheet.links[f"{column_letter(1)}{row}"] = person.place
        cells |= self.people_index.results(page, len(_PEOPLE))
        for i, count in enumerate((person.open, person.red, person.amber), len(_PEOPLE) + len(RESULTS)):
            cells[i] = rows.number(count, cell_formats("count"))
        cells |= self.people_index.ranks(page)
        cells |= self.decided.cells(page)
        return rows.whole_row(row, list(cells.values()), self.decided.height(page))

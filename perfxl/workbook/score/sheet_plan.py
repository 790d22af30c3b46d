"""Which block stands on which sheet, and in which rows: settled before anything is written, since sheets refer to
each other.

Every unit has a sheet that lists its people. Up to MOST_PERSON_SHEETS people each have a sheet of their own with their
contracts; with more, the contracts stand on the unit's sheet, one person under another. Units beyond
MOST_UNIT_SHEETS are gathered under their superior units, and a sheet holds at most MOST_ON_SHEET people.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import mul
from typing import Any

from perfxl.core.records import Tables, empty
from perfxl.core.scoring.placing import UnitTree, units_of_people
from perfxl.core.scoring.program import Scores
from perfxl.workbook.program.layout import quoted
from perfxl.workbook.score.formulas import RowRange
from perfxl.workbook.score.page import INSTEAD, Letters, PageTemplate, RowPattern
from perfxl.workbook.score.texts import say
from perfxl.workbook.sheet_names import SheetNames

MOST_PERSON_SHEETS = 150
MOST_UNIT_SHEETS = 150
MOST_ON_SHEET = 1000  # page breaks between people: Excel takes 1,023 a sheet

# One-based rows of a unit's sheet: title, way back, header; the people follow.
UNIT_TITLE, UNIT_BACK, UNIT_HEADER = 1, 2, 4


class _Rows:
    """Where the rows of a contract or person stand: those before each kind, and how many of them are repeated."""

    def __init__(self, patterns: Sequence[RowPattern], repeated: Sequence[str]) -> None:
        self.patterns = [pattern for pattern in patterns if pattern.kind not in INSTEAD]
        self._before: dict[str, tuple[int, tuple[int, ...]]] = {}
        single, before = 0, [0] * len(repeated)
        for pattern in self.patterns:
            self._before.setdefault(pattern.kind, (single, tuple(before)))
            if pattern.kind in repeated:
                before[repeated.index(pattern.kind)] = 1
            else:
                single += 1
        self._before["end"] = single, tuple(before)

    def row(self, kind: str, start: int, counts: Sequence[int]) -> int:
        """The first row of a kind; "end" is the row after the last."""
        single, before = self._before[kind]
        return start + single + int(sum(map(mul, before, counts)))

    def placed(self, start: int, counts: Mapping[str, int]) -> Iterator[tuple[RowPattern, int, int]]:
        """Each of the template's rows, with the first and the last of those written for it."""
        for pattern in self.patterns:
            count = counts.get(pattern.kind, 1)
            yield pattern, start, start + count - 1
            start += count

    def __contains__(self, kind: str) -> bool:
        return kind in self._before


class PageLayout:
    """The rows of pages, as the template has them."""

    def __init__(self, page: PageTemplate) -> None:
        self.page = page
        self.contract = _Rows(page.contract, ("lines", "adjusting", "vetoes", "monitored"))
        self.person = _Rows(page.person, ("segments",))


@dataclass(slots=True)
class ContractPlan:
    """One contract: the rows of the template, with a row for each line by kind. RowRange are one-based."""

    contract: int
    sheet: str
    start: int
    layout: PageLayout
    weighted: list[int]
    adjusting: list[int]
    vetoes: list[int]
    monitored: list[int]

    @property
    def header(self) -> int:
        """The row of the columns' names; the first one where there is none."""
        return self.row("header") if "header" in self.layout.contract else self.start

    @property
    def lines(self) -> RowRange:
        """The weighted lines; one blank row where there are none."""
        found = self._range("lines", max(1, len(self.weighted)))
        assert found, "a template without lines is refused"
        return found

    @property
    def adjusting_rows(self) -> RowRange | None:
        return self._range("adjusting", len(self.adjusting))

    @property
    def veto_rows(self) -> RowRange | None:
        return self._range("vetoes", len(self.vetoes))

    @property
    def result(self) -> int:
        return self.row("result")

    @property
    def end(self) -> int:
        """The last row."""
        return self.row("end") - 1

    def placed(self) -> Iterator[tuple[RowPattern, int, int]]:
        """Each of the template's rows, with the first and the last of those written for it."""
        counts = {"adjusting": len(self.adjusting), "vetoes": len(self.vetoes), "monitored": len(self.monitored)}
        return self.layout.contract.placed(self.start, counts | {"lines": max(1, len(self.weighted))})

    def row(self, kind: str) -> int:
        """The first row of a kind."""
        counts = max(1, len(self.weighted)), len(self.adjusting), len(self.vetoes), len(self.monitored)
        return self.layout.contract.row(kind, self.start, counts)

    def _range(self, kind: str, count: int) -> RowRange | None:
        if not count:
            return None
        if kind not in self.layout.contract:  # shown nowhere, but in force: formulas cannot say so
            return RowRange(self.start, self.start, Letters())
        first = self.row(kind)
        return RowRange(first, first + count - 1, self.layout.page.letters(kind))


@dataclass(slots=True)
class PersonPlan:
    """One person: the contracts that stand here, and where several count (or one that stands elsewhere), the table
    that weighs them by days: heading, header, a row each, result. A page without a contract of its own has a title.
    Where something was decided about the result, a row below says so."""

    person: str
    place: int
    contracts: Sequence[int]
    layout: PageLayout
    sheet: str = ""
    start: int = 0
    blocks: list[ContractPlan] = field(default_factory=list)
    table: int = 0  # row of its heading; 0 where the one contract's result is the person's
    is_decided: bool = False

    @property
    def result(self) -> int:
        return self.row("person_result") if self.table else self.blocks[0].result

    @property
    def end(self) -> int:
        """The last row."""
        last = self.row("end") - 1 if self.table else self.blocks[-1].end
        return last + (self.is_decided and bool(self.layout.page.decided))

    def placed(self) -> Iterator[tuple[RowPattern, int, int]]:
        """The same of the table of contracts."""
        return self.layout.person.placed(self.table, {"segments": len(self.contracts)})

    def row(self, kind: str) -> int:
        """The first row of a kind of the table of contracts."""
        return self.layout.person.row(kind, self.table, (len(self.contracts),))

    @property
    def letters(self) -> Letters:
        """The columns of the person's total, grade and so on."""
        return self.layout.page.letters("person_result" if self.table else "result")

    def cell(self, name: str) -> str:
        """Where they stand, for formulas on other sheets."""
        return f"{quoted(self.sheet)}!${self.letters[name]}${self.result}"


@dataclass(slots=True)
class UnitPlan:
    """A unit's sheet, or one of several where the unit is large: the people, their mean, and a row for each of those
    about whose result something was decided."""

    name: str
    sheet: str
    pages: list[PersonPlan]
    holds_blocks: bool
    unit: Any  # its ID
    is_listed: bool  # in the units' table

    @property
    def people(self) -> range:
        """Their rows."""
        return range(UNIT_HEADER + 1, UNIT_HEADER + 1 + len(self.pages))

    @property
    def mean(self) -> int:
        return self.people.stop

    @property
    def below(self) -> int:
        """The row of the figures with the units below, which the head's own result follows."""
        return self.mean + 1

    @property
    def figures_end(self) -> int:
        """People of no unit have neither units below nor a head."""
        return self.mean + 2 if self.is_listed else self.mean

    @property
    def decided(self) -> list[PersonPlan]:
        """Those whose results stand side by side below the list."""
        return [page for page in self.pages if page.is_decided]

    @property
    def list_end(self) -> int:
        return self.figures_end + len(self.decided)

    @property
    def end(self) -> int:
        return self.pages[-1].end if self.holds_blocks else self.list_end


@dataclass(slots=True)
class SheetPlan:
    """The sheets of units with their people, and every contract's place; the units as a tree, and that of each of
    scores.people."""

    units: list[UnitPlan]
    blocks: dict[int, ContractPlan]  # by contract
    tree: UnitTree
    of: list[Any]

    @property
    def pages(self) -> Iterator[PersonPlan]:
        """Everybody, by unit and then from the best total down."""
        return (page for unit in self.units for page in unit.pages)


def plan_sheets(tables: Tables, scores: Scores, names: SheetNames, lang: str, page: PageTemplate) -> SheetPlan:
    """Where everything goes. `names` already holds the sheets that do not depend on people."""
    layout = PageLayout(page)
    own_sheets = len(scores.people) <= MOST_PERSON_SHEETS
    tree, of = UnitTree(tables), units_of_people(tables, scores.segments, scores.line_table.contracts)
    unit_names = column_of(tables, "units", "unit", "name")
    units = []
    for unit, places in _grouped(tables, scores, tree, of):
        name = str(unit_names.get(unit) or unit or "")
        for part, chunk in enumerate(_chunks(places)):
            title = (name or say("no_unit", lang)) + (f" ({part + 1})" if len(places) > MOST_ON_SHEET else "")
            pages = [
                PersonPlan(
                    p, i, list(dict.fromkeys(scores.segments[p])), layout, is_decided=p in scores.decisions.people
                )
                for i in chunk
                for p in [scores.people[i]]
            ]
            units.append(UnitPlan(title, names.take(title), pages, not own_sheets, unit, unit in tree.parent))
    plan = SheetPlan(units, {}, tree, of)
    _place(plan, tables, scores, names)
    return plan


def column_of(tables: Tables, table: str, key: str, column: str) -> dict[Any, Any]:
    """A column of a table by the table's key."""
    records = tables.get(table) or empty(table)
    return dict(zip(records.column(key), records.column(column), strict=True))


def _place(plan: SheetPlan, tables: Tables, scores: Scores, names: SheetNames) -> None:
    lines = _lines_by_contract(scores)
    holders = scores.line_table.contracts.column("holder")
    of_name = column_of(tables, "people", "person", "name")
    for unit in plan.units:
        row = unit.list_end + 2
        for page in unit.pages:
            if not unit.holds_blocks:
                page.sheet, row = (
                    names.take(str(of_name.get(page.person) or page.person), page.person),
                    len(page.layout.page.head) + 1,
                )
            else:
                page.sheet = unit.sheet
            # Of a contract that two share what was decided about one stands beside it.
            decided = scores.decisions.stated_total(page.person)
            apart = decided is not None and not any(map(scores.decisions.stated_contract, page.contracts))
            row = _place_page(page, row, lines, holders, apart) + 2
            plan.blocks |= {block.contract: block for block in page.blocks}


def _place_page(
    page: PersonPlan, row: int, lines: Mapping[int, Sequence[list[int]]], holders: Sequence[Any], apart: bool
) -> int:
    """The last row of the page."""
    page.start = row
    for contract in page.contracts:
        if holders[contract] == page.person:
            block = ContractPlan(contract, page.sheet, row, page.layout, *lines[contract])
            page.blocks.append(block)
            row = block.end + 2
    if not page.blocks:
        row += 1
    if len(page.contracts) != 1 or not page.blocks or apart:
        page.table = row
    return page.end


def _lines_by_contract(scores: Scores) -> dict[int, tuple[list[int], list[int], list[int], list[int]]]:
    """Each contract's lines: with weight, by aspect in order of the company's list or of appearance; adjusting; vetoes;
    monitored."""
    by_contract: dict[int, tuple[list[int], list[int], list[int], list[int]]] = {
        contract: ([], [], [], []) for contract in range(len(scores.line_table.contracts))
    }
    kinds = [_kind_of(method.effect, method.name) for method in scores.lines.methods]
    for line, contract in enumerate(scores.line_table.contract):
        if contract >= 0:
            method = scores.lines.method[line]
            by_contract[contract][kinds[method] if method >= 0 else 0].append(line)
    aspects, categories = scores.line_table.columns["aspect"], scores.policy.categories
    listed = {choice.name: i for i, choice in enumerate(categories.choices)} if categories.own else {}
    for weighted, *_ in by_contract.values():
        order: dict[Any, int] = dict(listed)
        for line in weighted:
            order.setdefault(aspects[line], len(order))
        weighted.sort(key=lambda line: order[aspects[line]])  # used at once
    return by_contract


def _kind_of(effect: str, name: str) -> int:
    return {"points": 0, "total": 1}.get(effect, 2 if name == "veto" else 3)


def _chunks(places: Sequence[int]) -> Iterator[Sequence[int]]:
    return (places[i : i + MOST_ON_SHEET] for i in range(0, len(places), MOST_ON_SHEET))


def _grouped(tables: Tables, scores: Scores, tree: UnitTree, of: Sequence[Any]) -> list[tuple[Any, list[int]]]:
    """Units with the places of their people: each unit followed at once by those below it, so that the people at and
    below a unit stand in one block of the list of everybody; within a unit the best total first."""
    sheets, order, last = _gathered(tree, of), tree.order, len(tree.order)
    total = scores.totals.total

    def place_of(unit: Any) -> tuple[int, str]:
        return order.get(unit, last), "" if unit in order else str(unit or "")

    groups: dict[Any, list[int]] = {}
    for place in sorted(range(len(of)), key=lambda i: (place_of(sheets[of[i]]), place_of(of[i]))):
        groups.setdefault(sheets[of[place]], []).append(place)
    for places in groups.values():
        places.sort(key=lambda i: (place_of(of[i]), -total[i] if total[i] == total[i] else float("inf")))
    return list(groups.items())


def _gathered(tree: UnitTree, units: Sequence[Any]) -> dict[Any, Any]:
    """For each unit the one on whose sheet it goes: itself, or where there are too many, a superior unit."""
    paths = {unit: tree.path(unit) for unit in dict.fromkeys(units)}
    deepest = max((len(path) for path in paths.values()), default=1)
    for depth in range(deepest, 0, -1):
        chosen = {unit: path[min(depth, len(path)) - 1] for unit, path in paths.items()}
        if len(set(chosen.values())) <= MOST_UNIT_SHEETS:
            break
    return chosen if paths else {}

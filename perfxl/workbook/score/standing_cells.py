"""Where people and units stand, as formulas over the list of everybody: ranks in which ties share a place, and each
unit's figures over its people and those of the units below it, its head's own result apart."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import groupby
from typing import Any, NamedTuple

from perfxl.core.records import Tables
from perfxl.core.scoring.placing import rank_totals
from perfxl.core.scoring.program import Scores
from perfxl.core.values.numbers import round_half_away
from perfxl.workbook.program.layout import quoted
from perfxl.workbook.score.formulas import quote_text
from perfxl.workbook.score.sheet_plan import PersonPlan, SheetPlan, column_of
from perfxl.workbook.score.texts import say

__all__ = ["MOST_RANKED", "RANKS", "Standings", "UnitFigures", "mean_of", "mean_value"]

RANKS = ("rank", "unit_rank", "post_group", "group_rank")
"""Columns of the list of everybody: the place in the company, in the unit, the group of posts, the place in it."""
MOST_RANKED = 5000
"""Ranks are formulas up to so many people: each compares with everybody, so that twice the people are four times the
work, and 100,000 would keep a spreadsheet busy for minutes. Beyond, they are the engine's figures."""


class UnitFigures(NamedTuple):
    """A unit over its people and those of the units below it.

    people, open   how many; their open lines
    reach          the cells of their totals on the list of everybody, for formulas on other sheets
    totals         the official ones
    head, page     the head's name, and where the head's result stands; None where there is none
    """

    unit: Any
    name: str
    level: int
    people: Sequence[int]
    reach: str
    totals: Sequence[float]
    head: str
    page: PersonPlan | None

    @property
    def official(self) -> str:
        """How many have an official total, as a formula."""
        return f"COUNT({self.reach})"

    @property
    def mean(self) -> str:
        """Their mean, as a formula."""
        return mean_of(self.reach)


class Standings:
    """Works out ranks and units' figures; `letters` are the columns of the list of everybody, `first` its first row."""

    def __init__(
        self, tables: Tables, scores: Scores, plan: SheetPlan, letters: Mapping[str, str], first: int, lang: str
    ) -> None:
        self._scores, self._plan, self._letters, self._first, self._lang = scores, plan, letters, first, lang
        self._sheet = quoted(say("people", lang))
        self._pages = list(plan.pages)
        self._row = {page.place: row for row, page in enumerate(self._pages, first)}
        self._names = column_of(tables, "units", "unit", "name")
        self._heads = column_of(tables, "units", "unit", "head")
        self._people = column_of(tables, "people", "person", "name")
        self._groups = _groups(tables, scores)

    def group(self, place: int) -> str:
        """The group of posts of a person: the post type, else the post; blank for none."""
        return self._groups[place][1]

    def rank(self, name: str, place: int) -> tuple[str | None, float | str]:
        """The formula of a rank, None where it is a figure only, and its value, "" for none."""
        value = self._ranks[name][place]
        shown: float | str = "" if value is None else float(value)
        if len(self._pages) > MOST_RANKED:
            return None, shown
        total, row = self._letters["total"], self._row[place]
        better, own = f'">"&{total}{row}', f"{total}{row}"
        if name == "rank":
            counted = f"COUNTIFS({self._cells('total')},{better})"
        elif name == "unit_rank":
            parts = (f"${total}${first}:${total}${last}" for first, last in self._runs_of_unit[self._plan.of[place]])
            counted = "+".join(f"COUNTIFS({part},{better})" for part in parts)
        else:
            group = quote_text("=" + _escaped(self.group(place)))
            counted = f"COUNTIFS({self._cells('post_group')},{group},{self._cells('total')},{better})"
        if (name == "unit_rank" and self._plan.of[place] is None) or (name == "group_rank" and not self.group(place)):
            return None, ""
        return f'IF(ISNUMBER({own}),{counted}+1,"")', shown

    def ties(self) -> Iterator[tuple[str, int, int, str]]:
        """Where equal places are to be marked: column by name, first and last row, the test of the first row."""
        last = self._first + len(self._pages) - 1
        rank, group_rank, group = (self._letters[name] for name in ("rank", "group_rank", "post_group"))
        yield "rank", self._first, last, f"COUNTIFS({self._cells('rank')},${rank}{self._first})>1"
        same = (
            f"--({self._cells('post_group')}=${group}{self._first}),"
            f"--({self._cells('group_rank')}=${group_rank}{self._first})"
        )
        numeric = f"ISNUMBER(${group_rank}{self._first})"
        yield "group_rank", self._first, last, f"AND({numeric},SUMPRODUCT({same})>1)"
        letter = self._letters["unit_rank"]
        for runs in self._runs_of_unit.values():
            for first, end in runs if len(runs) == 1 else ():
                if end > first:
                    yield "unit_rank", first, end, f"COUNTIFS(${letter}${first}:${letter}${end},${letter}{first})>1"

    def row(self, place: int) -> int:
        """The row of a person on the list of everybody."""
        return self._row[place]

    @cached_property
    def units(self) -> dict[Any, UnitFigures]:
        """Each unit of the units' table with anybody at or below it, each before those below it."""
        members: dict[Any, list[int]] = {}
        for place, unit in enumerate(self._plan.of):
            members.setdefault(unit, []).append(place)
        tree, found = self._plan.tree, {}
        for unit in tree.order:
            people = [place for each in tree.below(unit) for place in members.get(each, ())]
            if people:
                found[unit] = self._unit(unit, people)
        return found

    def _unit(self, unit: Any, people: list[int]) -> UnitFigures:
        totals = self._scores.totals.total
        official = [float(totals[place]) for place in people if totals[place] == totals[place]]
        head = self._heads.get(unit)
        reach = ",".join(
            f"{self._sheet}!${self._letters['total']}${first}:${self._letters['total']}${last}"
            for first, last in _runs(sorted(self._row[place] for place in people))
        )
        name, level = str(self._names.get(unit) or unit), len(self._plan.tree.path(unit))
        shown = str(self._people.get(head) or head or "")
        return UnitFigures(unit, name, level, people, reach, official, shown, self._page_of.get(head))

    @cached_property
    def _page_of(self) -> dict[Any, PersonPlan]:
        return {page.person: page for page in self._pages}

    @cached_property
    def _ranks(self) -> dict[str, list[int | None]]:
        totals: list[float | None] = [None if total != total else float(total) for total in self._scores.totals.total]
        groups: list[Hashable] = [key or None for key, _ in self._groups]
        return {
            "rank": rank_totals(totals),
            "unit_rank": rank_totals(totals, self._plan.of),
            "group_rank": rank_totals(totals, groups),
        }

    @cached_property
    def _runs_of_unit(self) -> dict[Any, list[tuple[int, int]]]:
        rows: dict[Any, list[int]] = {}
        for page in self._pages:
            rows.setdefault(self._plan.of[page.place], []).append(self._row[page.place])
        return {unit: _runs(of) for unit, of in rows.items()}

    def _cells(self, name: str) -> str:
        letter, last = self._letters[name], self._first + max(1, len(self._pages)) - 1
        return f"${letter}${self._first}:${letter}${last}"


def mean_of(reach: str) -> str:
    """The mean of the numbers among some cells, rounded as people see it; blank for none."""
    return f'IF(COUNT({reach})>0,ROUND(SUM({reach})/COUNT({reach}),2),"")'


def mean_value(totals: Sequence[float]) -> float | str:
    """The same of figures."""
    return round_half_away(sum(totals) / len(totals)) if totals else ""


def _groups(tables: Tables, scores: Scores) -> list[tuple[str, str]]:
    """Each person's group of posts, as a spreadsheet compares it (without regard to case) and as it shows."""
    types, posts = (column_of(tables, "people", "person", name) for name in ("post_type", "post"))
    of_contract = scores.line_table.contracts.column("post")
    shown = [
        str(types.get(person) or posts.get(person) or of_contract[scores.segments[person][-1]] or "").strip()
        for person in scores.people
    ]
    return [(text.casefold(), text) for text in shown]


def _runs(rows: Sequence[int]) -> list[tuple[int, int]]:
    """Ascending rows as blocks that follow one another."""
    runs = []
    for _, run in groupby(enumerate(rows), lambda pair: pair[1] - pair[0]):
        block = [row for _, row in run]
        runs.append((block[0], block[-1]))
    return runs


def _escaped(text: str) -> str:
    """A text as a criterion that means nothing but itself."""
    return "".join(f"~{sign}" if sign in "~*?" else sign for sign in text)

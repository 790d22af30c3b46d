"""Reports that follow the usual course: months or quarters one after the other, each with a plain figure. What such
periods come to in a contract is the same for thousands of lines and worked out once; the lines add their figures."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import fsum
from typing import Any, NamedTuple

from perfxl.core.records import Tables
from perfxl.core.scoring.periods import RULES, Aggregate, days_of_months, months_of_period, run_of_rows
from perfxl.core.table_access import pick, reports_by_holder
from perfxl.core.values.dates import Span
from perfxl.core.values.numbers import canonical
from perfxl.core.values.text import NOT_APPLICABLE

_NUMBERS, _NUMBERS_AND_BLANKS = {float}, {float, type(None)}


class Course(NamedTuple):
    """What periods come to in the months of a contract.

    places  of the reports that count, in order of time; `all_in_order`: that is all of them as they stand
    state   the aggregate but for its figure and rows; that of no report at all where none counts
    """

    rule: str | None
    places: tuple[int, ...]
    all_in_order: bool
    state: Aggregate

    def aggregate(self, rows: Sequence[int], figures: Sequence[Sequence[Any]]) -> Aggregate | None:
        """As periods.aggregate; None where one of the figures is not plain, which that has to settle."""
        if not self.places:
            return self.state
        if not self.all_in_order:
            rows = run_of_rows([rows[place] for place in self.places])
        elif len(rows) == 1:
            rows = tuple(rows)
        value = self._combine(rows, *figures)
        _, complete, through, known, due, *_ = self.state
        return None if value is None else Aggregate(value, complete, through, known, due, "", rows)

    def _combine(self, rows: Sequence[int], values: Sequence[Any], over: Sequence[Any], under: Sequence[Any]) -> Any:
        """The figure; None where it takes more than adding up."""
        mine = pick(values, rows)
        if self.rule == "ratio":
            above, below = pick(over, rows), pick(under, rows)
            plain = set(map(type, above)) == _NUMBERS == set(map(type, below))
            whole = fsum(below) if plain and set(map(type, mine)) <= _NUMBERS_AND_BLANKS else 0.0
            return canonical(fsum(above) / whole) if whole else None
        if self.rule == "last" or len(mine) == 1:
            return None if NOT_APPLICABLE in mine or None in mine else mine[-1]
        combine = RULES.get(self.rule or "")
        return canonical(combine(mine)) if combine and set(map(type, mine)) == _NUMBERS else None


class Courses:
    """The courses that the reports of a program take, each worked out when it is first met.

    periods, figures  columns of the actuals: the periods; value, numerator and denominator
    """

    def __init__(self, periods: Sequence[Any], *figures: Sequence[Any]) -> None:
        self._periods, self._figures = periods, figures
        self._known: dict[tuple[Any, ...], Course | None] = {}

    def aggregate(
        self, rule: str | None, rows: Sequence[int], first: int, last: int, days: Span | None, until: int | None = None
    ) -> Aggregate | None:
        """The aggregate of months first..last from the rows of actuals that share a day with `days`, and that are over
        by the month `until`; None where they do not follow a plain course. Each row must say something."""
        key = (*pick(self._periods, rows), rule, first, last, days, until)
        if key not in self._known:
            months = [months_of_period(period) for period in key[: len(rows)]]
            self._known[key] = _course_of(rule, months, first, last, days, until)
        course = self._known[key]
        return course.aggregate(rows, self._figures) if course else None


class SpokenReports:
    """(holder, KPI) -> the rows of its actuals that say something of a period.

    reported  columns of the actuals: the periods; value, numerator and denominator
    """

    def __init__(self, tables: Tables, reported: Sequence[Sequence[Any]]) -> None:
        self._all = reports_by_holder(tables)
        periods, values, over, under = reported
        silent = {row for row, period in enumerate(periods) if period is None} if None in periods else set[int]()
        silent.update(row for row, v in enumerate(values) if v is None and over[row] is None and under[row] is None)
        keys = zip(*map(tables["actuals"].column, ("holder", "kpi")), strict=True) if silent else ()
        touched = {key for row, key in enumerate(keys) if row in silent}
        self._some = {key: [row for row in self._all[key] if row not in silent] for key in touched}

    def __getitem__(self, key: tuple[Any, Any]) -> Sequence[int]:
        rows = self._some.get(key)
        return self._all.get(key, ()) if rows is None else rows


def _course_of(
    rule: str | None,
    months: Sequence[tuple[int, int]],
    first: int,
    last: int,
    days: Span | None,
    until: int | None,
) -> Course | None:
    """None where reports share months."""
    due = last - first + 1
    places = tuple(
        place
        for place, (start, end) in enumerate(months)
        if days is not None and days_of_months(start, end).overlaps(days) and (until is None or end <= until)
    )
    if not places:
        return Course(rule, places, all_in_order=False, state=Aggregate(due=due))
    places = tuple(sorted(places, key=lambda place: (months[place][1], months[place][0])))
    spans = [months[place] for place in places]
    if any(later[0] <= before[1] for before, later in pairwise(spans)):
        return None
    through = spans[-1][1]
    known = sum(max(min(end, last) - max(start, first) + 1, 0) for start, end in spans)
    complete = through >= last if rule == "last" else known >= due
    in_order = places == tuple(range(len(months)))
    return Course(rule, places, in_order, Aggregate(None, complete, through, known, due))

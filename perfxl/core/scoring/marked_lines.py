"""Raters' marks on their way to the contract lines of the method marks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from perfxl.core.policy import Policy
from perfxl.core.problems import Address, Problem
from perfxl.core.records import Tables, empty
from perfxl.core.rulebook import Method
from perfxl.core.scoring.marks import (
    Combined,
    Mark,
    MarkScale,
    combine_marks,
    notices_of,
    read_shares,
    shares_problem,
)
from perfxl.core.scoring.scalar import blank
from perfxl.core.table_access import Labels, labels, place, problem_at
from perfxl.core.values.dates import Span
from perfxl.core.values.numbers import is_percent
from perfxl.core.values.text import NOT_APPLICABLE, fold_name


class MarkedLine(NamedTuple):
    """What raters gave for one line: the rows of marks, what they make, and the shares that they were weighed by."""

    rows: tuple[int, ...]
    combined: Combined
    shares: Mapping[str, float]


class LineFinder:
    """Finds the lines that a mark is about: by whom or which contract, and by the KPI's ID or else its name."""

    def __init__(self) -> None:
        self._by_id: dict[tuple[str, Any, str], list[int]] = {}
        self._by_name: dict[tuple[str, Any, str], list[int]] = {}

    def add(self, line: int, contract: Any, holders: Iterable[Any], kpi: Any, name: Any) -> None:
        """Takes one line of the method marks."""
        whose = [("contract", contract), *(("person", holder) for holder in dict.fromkeys(holders))]
        for kind, key in whose:
            if key is None:
                continue
            if kpi is not None:
                self._by_id.setdefault((kind, key, fold_name(kpi)), []).append(line)
            if name is not None:
                self._by_name.setdefault((kind, key, fold_name(name)), []).append(line)

    def known(self, dimensions: Iterable[Any]) -> set[Any]:
        """Those by which marks are about any of the lines: few different ones come again and again."""
        words = {word for _, _, word in (*self._by_id, *self._by_name)}
        return {each for each in set(dimensions) if each is not None and fold_name(each) in words}

    def find(self, contract: Any, ratee: Any, dimension: Any) -> Sequence[int]:
        """The lines of the contract, or where none is named of the person."""
        whose = ("contract", contract) if contract is not None else ("person", ratee)
        key = (*whose, fold_name(dimension))
        return self._by_id.get(key) or self._by_name.get(key) or ()


class MarkJoiner:
    """Puts the marks into the columns of the lines. What is wrong gathers in `wrong`, the first for each line, and
    `notices`, what else there is to say, with the line that it is about."""

    def __init__(
        self,
        tables: Tables,
        policy: Policy,
        columns: dict[str, list[Any]],
        methods: Sequence[Method | None],
        contract: Sequence[int],
        days: Sequence[Span | None],
    ) -> None:
        self.marks = tables.get("marks") or empty("marks")
        self.lines, self.contracts, self.kpis = (
            tables.get(name) or empty(name) for name in ("contract_lines", "contracts", "kpis")
        )
        self.policy, self.columns, self.contract, self.days = policy, columns, contract, days
        self.rated = [line for line, method in enumerate(methods) if method is not None and method.name == "marks"]
        self.settings = _sheet_of(tables)
        self.people: Labels = labels(tables, "people") if self.rated else Labels()
        self.marked: dict[int, MarkedLine] = {}
        self.wrong: dict[int, Problem] = {}
        self.notices: list[tuple[int, Problem]] = []

    def join(self) -> None:
        """The mean of each line's marks becomes its actual."""
        rows_of = self._rows() if self.rated and len(self.marks) else {}
        for line in self.rated:
            if line in rows_of:
                self._put(line, rows_of[line])
            self._state_scale(line, rows_of.get(line, ()))

    def _rows(self) -> dict[int, list[int]]:
        """Line -> its rows of marks."""
        finder, numbers = LineFinder(), self.contracts.column("contract")
        pairs = list(zip(self.contracts.column("holder"), self.contracts.column("second_holder"), strict=True))
        for line in self.rated:
            at = self.contract[line]
            if at >= 0:
                kpi, name = self.columns["kpi"][line], self.columns["name"][line]
                finder.add(line, numbers[at], pairs[at], kpi, name)
        rows_of: dict[int, list[int]] = {}
        names, known = ("contract", "ratee", "dimension", "date"), finder.known(self.marks.column("dimension"))
        for row, (number, ratee, dimension, day) in enumerate(zip(*map(self.marks.column, names), strict=True)):
            if dimension not in known:
                continue
            lines = finder.find(number, ratee, dimension)
            if number is None and len({self.contract[line] for line in lines}) > 1:
                within = [line for line in lines if self._is_within(line, day)]
                if not within:
                    about = self._at("mark_counts_in_several", row, "dimension", lines[0], subject=self.people[ratee])
                    self.notices.append((lines[0], about))
                lines = within or lines
            for line in lines:
                rows_of.setdefault(line, []).append(row)
        return rows_of

    def _is_within(self, line: int, day: Any) -> bool:
        days = self.days[self.contract[line]]
        return day is not None and days is not None and days.start <= day <= days.end

    def _put(self, line: int, rows: list[int]) -> None:
        columns, marks = self.columns, self.marks
        scale = MarkScale.of(columns["full_marks"][line], columns["scale"][line], self.policy)
        found = list(self._judge(line, rows, scale))
        read = [each for each in found if isinstance(each, Mark)]
        wrong = [each for each in found if isinstance(each, Problem)]
        shares, unread = self._shares(line)
        combined = combine_marks(read, shares)
        self.marked[line] = MarkedLine(tuple(rows), combined, shares)
        if unread is not None:
            wrong.append(unread)
        elif combined.problem:
            # Said once for all lines: at the sheet where the shares belong.
            wrong.append(shares_problem(combined, shares).at(self._sheet_of_shares(line)))
        actual, waiting = columns["actual"][line], any(marks.column("mark")[row] is None for row in rows)
        if not wrong and not blank(actual) and combined.value is not None and actual != combined.value:
            wrong.append(
                self._at("actual_differs_from_marks", rows[0], "mark", line, mean=combined.value, actual=actual)
            )
        if wrong:
            self.wrong[line] = wrong[0]
            self.notices += [(line, about) for about in wrong[1:]]
            # No figure, and no mean either: of few raters it would tell who gave what.
            columns["actual"][line] = wrong[0].code
            return
        kpi = self._kpi(line)
        self.notices += [
            (line, problem_at(name, self.lines, line, "kpi", **{"kpi": kpi, **details}))
            for name, details in notices_of(combined, shares)
        ]
        if waiting:
            columns["actual"][line] = None
        elif combined.value is not None:
            columns["actual"][line] = combined.value
        elif all(marks.column("mark")[row] == NOT_APPLICABLE for row in rows):
            columns["actual"][line] = NOT_APPLICABLE  # nobody has an opinion

    def _judge(self, line: int, rows: Sequence[int], scale: MarkScale) -> Iterator[Mark | Problem]:
        """The marks that can be read, and what is wrong with the others."""
        relations, raters, values = map(self.marks.column, ("relation", "rater", "mark"))
        percents = self.marks.percent.get("mark", ())
        first: dict[Any, int] = {}
        for row in rows:
            before = first.setdefault(raters[row], row) if raters[row] is not None else row
            if before != row:
                other = place(self.marks, before, "mark")
                yield self._at("mark_repeated", row, "mark", line, rater=self.people[raters[row]], first=other)
            elif relations[row] is not None and values[row] is not None:
                value, wrong = scale.read(values[row], percent=row in percents)
                if wrong:
                    yield self._at(wrong, row, "mark", line)
                elif value is not None:
                    yield Mark(relations[row], value, row)

    def _shares(self, line: int) -> tuple[Mapping[str, float], Problem | None]:
        """The KPI's own shares or those of the policy, and why the KPI's cannot be read."""
        text = self.columns["rater_shares"][line]
        if blank(text):
            return self.policy.rater_shares(), None
        shares = read_shares(str(text))
        if shares is not None:
            return shares, None
        card = self.kpis.column("kpi").index(self.columns["kpi"][line])
        return {}, problem_at("rater_shares_unreadable", self.kpis, card, "rater_shares", kpi=self._kpi(line))

    def _sheet_of_shares(self, line: int) -> Address:
        if blank(self.columns["rater_shares"][line]):
            return self.settings
        return self.kpis.address(self.kpis.column("kpi").index(self.columns["kpi"][line]), "rater_shares")

    def _state_scale(self, line: int, rows: Sequence[int]) -> None:
        """Grades and percentages state their scale themselves: their points are out of 100."""
        columns, values = self.columns, self.marks.column("mark")
        if is_percent(columns["unit"][line]):
            columns["unit"][line] = None  # marks are no percentages, whatever the KPI's unit
        if not blank(columns["full_marks"][line]):
            return
        scale = MarkScale.of(None, columns["scale"][line], self.policy)
        percents = self.marks.percent.get("mark", ())
        said = [scale.says_its_scale(values[row], percent=row in percents) for row in rows if _is_mark(values[row])]
        if said and all(said):
            columns["full_marks"][line] = 100.0

    def _kpi(self, line: int) -> str:
        return str(self.columns["name"][line] or self.columns["kpi"][line] or "")

    def _at(self, name: str, row: int, column: str, line: int, **details: Any) -> Problem:
        return problem_at(name, self.marks, row, column, **{"kpi": self._kpi(line), **details})


def _is_mark(value: Any) -> bool:
    return value is not None and value != NOT_APPLICABLE


def _sheet_of(tables: Tables) -> Address:
    """The sheet of settings, or where there is none that of the marks."""
    for name in ("policy", "marks"):
        records = tables.get(name)
        if records is not None:
            address = records.address(0) if len(records) else Address(records.file, records.sheet)
            return Address(address.file, address.sheet)
    return Address()

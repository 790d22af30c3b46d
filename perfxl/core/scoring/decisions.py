"""What people decide about results after they are scored: calibration, then appeals. The result as scored and every
later one are kept side by side, each with who decided, when and why; the last one is in force (scoring.md section 6).

A decision that is not whole, or that cannot be, changes nothing, and leaves no result in force: it is a problem.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from math import inf, isfinite
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from perfxl.core.language import PAUSE, Text
from perfxl.core.official import Standing, Verdicts
from perfxl.core.policy import Band, Policy
from perfxl.core.problems import Problem, Severity
from perfxl.core.records import Records, Tables
from perfxl.core.schema.choices import DECISION
from perfxl.core.scoring.line_table import LineTable
from perfxl.core.scoring.outcomes import Changed, Decided, Decisions, Outcome, Stage, VersionScore
from perfxl.core.scoring.scalar import Status, blank, number
from perfxl.core.scoring.totals import Totals, Vetoes, grade_places, ordered_bands
from perfxl.core.scoring.vector import STATUSES, LineScores
from perfxl.core.table_access import cell, problem_at, rows_of
from perfxl.core.values.text import fold_name

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_SCORED = STATUSES.index(Status.SCORED)


class Reckoned(NamedTuple):
    """Lines taken together: everything in `Scores` that follows from the points of its lines."""

    effective: Floats
    contracts: Totals
    vetoes: Vetoes
    totals: Totals
    segments: dict[str, list[int]]
    days: Floats
    calendar: Floats
    verdicts: Verdicts
    versions: dict[int, tuple[VersionScore, ...]]


class _Row(NamedTuple):
    """A row of appeals or calibrations that decides something. `total` and `grade` are of the person's result, `points`
    of a line's; None where the row says nothing of it."""

    records: Records
    at: int
    person: str
    stage: Stage
    total: float | None
    grade: int | None
    line: int
    points: float | None

    def says(self, name: str) -> Any:
        return cell(self.records, self.at, name)

    def decided(self, total: float, place: int, bands: Sequence[Band]) -> Decided:
        record = str(self.says("appeal") or "") if self.stage is not Stage.CALIBRATED else ""
        reason = self.says("finding") or self.says("reason") or ""
        grade, by = bands[place].grade if place >= 0 else "", str(self.says("decided_by") or "")
        address = self.records.address(self.at, "holder")
        return Decided(self.stage, total, place, grade, record, by, self.on, str(reason), address)

    @property
    def on(self) -> date | None:
        day = self.says("decided_on")
        return day if isinstance(day, date) else None


@dataclass(slots=True)
class Hearing:
    """The decisions that count, before they are carried out: `lines` change points, `people` results."""

    lines: dict[int, Changed] = field(default_factory=dict)
    people: dict[str, list[_Row]] = field(default_factory=dict)
    original: Reckoned | None = None

    def change_points(self, scores: LineScores) -> LineScores:
        """The scores with the points that were decided on."""
        points = scores.points.copy()
        for line, change in self.lines.items():
            points[line] = change.points
        return replace(scores, points=points)


def hear_decisions(
    tables: Tables, policy: Policy, table: LineTable, scores: LineScores, reckoned: Reckoned, told: Iterable[Problem]
) -> tuple[Hearing, list[Problem]]:
    """Which decisions count, and what is wrong with the others.

    reckoned  the results as scored
    told      problems that are known: what they say of a cell is not said again

    Source: scoring.md section 6.
    """
    if rows_of(tables, "appeals") is None and rows_of(tables, "calibrations") is None:
        return Hearing(), []
    return _Clerk(tables, policy, table, scores, reckoned, told).hear()


class _Clerk:
    def __init__(
        self,
        tables: Tables,
        policy: Policy,
        table: LineTable,
        scores: LineScores,
        reckoned: Reckoned,
        told: Iterable[Problem],
    ) -> None:
        self.tables, self.policy, self.table, self.scores, self.reckoned = tables, policy, table, scores, reckoned
        self.told = {each.address for each in told if each.severity is Severity.ERROR}
        self.place = {person: at for at, person in enumerate(reckoned.segments)}
        self.grades = [band.grade for band in ordered_bands(policy)]
        self.problems: list[Problem] = []

    def hear(self) -> tuple[Hearing, list[Problem]]:
        rows: dict[str, list[_Row]] = defaultdict(list)
        for row in (*self._calibrations(), *self._appeals()):
            rows[row.person].append(row)
        hearing = Hearing(original=self.reckoned)
        for person, of_person in rows.items():
            if not self._agree(of_person):
                continue
            hearing.people[person] = of_person
            for row in of_person:
                if row.points is not None:
                    decided = row.decided(row.points, -1, ())
                    original = float(self.scores.points[row.line])
                    hearing.lines[row.line] = Changed(original, row.points, decided)
        return hearing, self.problems

    def _say(self, name: str, records: Records, at: int, column: str, **details: Any) -> None:
        """Not of a cell that an error was told of: the person is without a result for that one."""
        shown = column if column in records.letters or not records.letters else "holder"
        found = problem_at(name, records, at, shown, **details)
        if found.severity is not Severity.ERROR or found.address not in self.told:
            self.problems.append(found)

    def _calibrations(self) -> Iterator[_Row]:
        records = rows_of(self.tables, "calibrations")
        for at in range(len(records) if records is not None else 0):
            assert records is not None
            if self._is_whole(records, at, ("total", "grade")) and self._has_result(records, at):
                row = self._row(records, at, Stage.CALIBRATED, "total")
                if row is not None:
                    yield row

    def _appeals(self) -> Iterator[_Row]:
        records = rows_of(self.tables, "appeals")
        for at in range(len(records) if records is not None else 0):
            assert records is not None
            decision = cell(records, at, "decision")
            if decision == "upheld" and self._is_official(cell(records, at, "holder")):
                yield _Row(records, at, str(cell(records, at, "holder")), Stage.UPHELD, None, None, -1, None)
            given = next((name for name in ("points", "grade") if not blank(cell(records, at, name))), None)
            if decision != "changed":
                if given:
                    label = next((each.text for each in DECISION if each.name == decision), Text("未填", "blank"))
                    self._say("appeal_not_changed", records, at, given, decision=label)
                continue
            if self._is_whole(records, at, ("points", "grade")) and self._has_result(records, at):
                row = self._line_row(records, at) if not blank(cell(records, at, "kpi")) else None
                row = row or (None if cell(records, at, "kpi") else self._row(records, at, Stage.APPEALED, "points"))
                if row is not None:
                    yield row

    def _is_whole(self, records: Records, at: int, results: Sequence[str]) -> bool:
        """Whether the row says the new result, who decided and when."""
        label = records.table.column
        missing = [name for name in ("decided_by", "decided_on") if blank(cell(records, at, name))]
        if all(blank(cell(records, at, name)) for name in results):
            missing.insert(0, results[0])
        if missing:
            names = Text(*(PAUSE(lang).join(label(name).header(lang) for name in missing) for lang in ("zh", "en")))
            self._say("decision_incomplete", records, at, missing[0], missing=names, person=self._person(records, at))
        return not missing

    def _person(self, records: Records, at: int) -> str:
        return str(cell(records, at, "holder") or "")

    def _is_official(self, person: Any) -> bool:
        at = self.place.get(person)
        return at is not None and self.reckoned.verdicts.people[at].standing is Standing.OFFICIAL

    def _has_result(self, records: Records, at: int) -> bool:
        """Whether there is a result to change."""
        person = cell(records, at, "holder")
        if self._is_official(person):
            return True
        if not blank(person):
            self._say("decision_without_result", records, at, "holder", person=person)
        return False

    def _row(self, records: Records, at: int, stage: Stage, column: str) -> _Row | None:
        """A decision about the person's result, within what is possible."""
        person, total, grade = self._person(records, at), cell(records, at, column), cell(records, at, "grade")
        most, best = self._limits(person)
        figure = None if blank(total) else number(total)
        if figure is not None and not 0 <= figure <= most:
            self._out_of_limits(records, at, column, 0.0, most)
            return None
        names = [fold_name(name) for name in self.grades]
        place = None if blank(grade) else names.index(fold_name(grade)) if fold_name(grade) in names else -1
        if place is not None and place < best:
            allowed = Text(*(PAUSE(lang).join(self.grades[best:]) for lang in ("zh", "en")))
            self._say("decided_grade_impossible", records, at, "grade", person=person, allowed=allowed)
            return None
        return _Row(records, at, person, stage, figure, place, -1, None)

    def _out_of_limits(self, records: Records, at: int, column: str, least: float, most: float) -> None:
        person = self._person(records, at)
        self._say("decision_out_of_limits", records, at, column, person=person, least=f"{least:g}", most=f"{most:g}")

    def _limits(self, person: str) -> tuple[float, int]:
        """The most that the total may be, and the best grade, as a place, by policy and vetoes."""
        rows = [row for row in self.reckoned.segments[person] if self.reckoned.days[row] > 0]
        most, best = float(self.policy["total_cap"]), 0
        if self.policy["veto_scope"] == "person" or len(rows) == 1:
            vetoes = self.reckoned.vetoes
            most = min([most, *(float(vetoes.total[row]) for row in rows)])
            best = max([best, *(int(vetoes.grade[row]) for row in rows)])
        return most, best

    def _line_row(self, records: Records, at: int) -> _Row | None:
        """A decision about the points of one line."""
        person, kpi = self._person(records, at), cell(records, at, "kpi")
        lines = self._lines_of(person, kpi)
        why = None
        if not blank(cell(records, at, "grade")):
            why = Text("又给了等级", "a grade is given as well")
        elif len(lines) != 1:
            why = (
                Text("在多份合同里都有", "several contracts have it")
                if lines
                else Text("不在合同里", "no contract has it")
            )
        elif not blank(self.table.contracts.column("second_holder")[self.table.contract[lines[0]]]):
            why = Text("属于两人共同的合同", "the contract is shared by two people")
        elif self.scores.status[lines[0]] != _SCORED or self._effect(lines[0]) not in ("points", "total"):
            why = Text("没有得分", "it has no points")
        if why is not None:
            self._say("appeal_line_unclear", records, at, "kpi", person=person, why=why)
            return None
        least, most = self._limits_of(lines[0])
        points = number(cell(records, at, "points"))
        if not least <= points <= most:
            self._out_of_limits(records, at, "points", least, most)
            return None
        return _Row(records, at, person, Stage.APPEALED, None, None, lines[0], points)

    def _lines_of(self, person: str, kpi: Any) -> list[int]:
        kpis, held = self.table.columns["kpi"], sorted(set(self.reckoned.segments.get(person, ())))
        return [line for contract in held for line in self._by_contract[contract] if kpis[line] == kpi]

    @cached_property
    def _by_contract(self) -> dict[int, list[int]]:
        lines: dict[int, list[int]] = defaultdict(list)
        for line, contract in enumerate(self.table.contract):
            lines[contract].append(line)
        return lines

    def _effect(self, line: int) -> str:
        method = self.scores.method[line]
        return self.scores.methods[method].effect if method >= 0 else ""

    def _limits_of(self, line: int) -> tuple[float, float]:
        """The least and the most points that a line can have."""
        columns = self.table.columns
        if self._effect(line) == "total":
            limit = number(columns["limit"][line])
            limit = limit if isfinite(limit) else inf
            is_deduction = self.scores.methods[self.scores.method[line]].name == "deduct"
            return (-limit, 0.0) if is_deduction else (0.0, limit)
        own = (columns[name][line] for name in ("floor", "cap"))
        least, most = (
            float(self.policy[f"points_{name}"]) if blank(value) else number(value)
            for name, value in zip(("floor", "cap"), own, strict=True)
        )
        return least, most

    def _agree(self, rows: Sequence[_Row]) -> bool:
        """Whether a person's decisions make one result."""
        calibrated = [row for row in rows if row.stage is Stage.CALIBRATED]
        granted = [row for row in rows if row.stage is Stage.APPEALED]
        for decided in (calibrated, granted):
            for row in decided[1:]:
                other = next((o for o in decided if o is not row and _disagree(o, row)), None)
                if other is not None:
                    first = min(other, row, key=lambda each: each.at)
                    last = max(other, row, key=lambda each: each.at)
                    self._say("decisions_disagree", last.records, last.at, "holder", **_other(first))
                    return False
        for row in granted if calibrated else ():
            first = calibrated[0]
            if row.on is not None and first.on is not None and row.on < first.on:
                self._say("appeal_before_calibration", row.records, row.at, "decided_on", **_other(first))
                return False
            if row.points is not None or (row.grade is None and first.grade is not None):
                self._say("appeal_result_open", row.records, row.at, "points", **_other(first))
                return False
        return True


def _disagree(one: _Row, other: _Row) -> bool:
    """Whether two decisions about the same give different results, or one is about a line and one about the whole."""
    if (one.points is None) != (other.points is None):
        return True
    if one.points is not None:
        return one.line == other.line and one.points != other.points
    return (one.total, one.grade) != (other.total, other.grade)


def _other(row: _Row) -> dict[str, Any]:
    where = row.records.address(row.at, "holder")
    return {"person": row.person, "other": where.place}


def carry_out(hearing: Hearing, reckoned: Reckoned, contracts: Records, policy: Policy) -> Decisions:
    """Puts the results that were decided on in force: in `reckoned`, whose lines have the points that were decided on.

    Returns: the results side by side.
    """
    if hearing.original is None:
        return Decisions()
    place = {person: at for at, person in enumerate(reckoned.segments)}
    decisions, original = Decisions(lines=dict(hearing.lines)), hearing.original
    bands, shared = ordered_bands(policy), [not blank(second) for second in contracts.column("second_holder")]
    for person, rows in hearing.people.items():
        at = place[person]
        if reckoned.verdicts.people[at].standing is not Standing.OFFICIAL:
            continue
        own = reckoned.segments[person]
        outcome = _outcome(rows, _result(original.totals, at), _result(reckoned.totals, at), policy, reckoned, own)
        decisions.people[person] = outcome
        if any(row.points is None and row.stage is not Stage.UPHELD for row in rows):
            decisions.stated.add(person)
        _put(reckoned.totals, at, outcome[-1])
        if len(own) == 1 and not shared[own[0]]:
            if person in decisions.stated:
                decisions.stated_contracts.add(own[0])
            decisions.contracts[own[0]] = outcome
            _put(reckoned.contracts, own[0], outcome[-1])
            continue
        for row in own:
            before, after = _result(original.contracts, row), _result(reckoned.contracts, row)
            of_lines = [each for each in rows if each.points is not None]
            if before != after:
                decisions.contracts[row] = (_original(before, bands), of_lines[-1].decided(*after, bands))
    return decisions


def _outcome(
    rows: Sequence[_Row],
    before: tuple[float, int],
    after: tuple[float, int],
    policy: Policy,
    reckoned: Reckoned,
    own: Sequence[int],
) -> Outcome:
    """From the result as scored to the one in force. `after` is what the changed points of lines lead to."""
    bands = ordered_bands(policy)
    stages, now = [_original(before, bands)], before
    worst = max((int(reckoned.vetoes.grade[row]) for row in own), default=0)
    if policy["veto_scope"] != "person" and len(own) > 1:
        worst = 0
    order = (Stage.CALIBRATED, Stage.UPHELD, Stage.APPEALED)
    for row in sorted(rows, key=lambda each: order.index(each.stage)):
        if row.points is not None:
            now = after
        elif row.stage is not Stage.UPHELD:
            total = now[0] if row.total is None else row.total
            grade = max(int(grade_places(np.array([total]), policy)[0]), worst)
            if row.total is None:
                grade = now[1]
            now = total, grade if row.grade is None else row.grade
        stages.append(row.decided(*now, bands))
    return tuple(stages)


def _original(result: tuple[float, int], bands: Sequence[Band]) -> Decided:
    total, place = result
    return Decided(Stage.ORIGINAL, total, place, bands[place].grade if place >= 0 else "")


def _result(totals: Totals, at: int) -> tuple[float, int]:
    return float(totals.total[at]), int(totals.grade[at])


def _put(totals: Totals, at: int, decided: Decided) -> None:
    totals.total[at] = totals.provisional[at] = decided.total
    totals.grade[at] = decided.place

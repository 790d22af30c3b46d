"""A whole program's tables to scores: every line, contract and person."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from perfxl.core.language import LANGUAGES, Text
from perfxl.core.official import Standing, Verdict, Verdicts, judge_contracts, judge_person, touching, weights_off
from perfxl.core.policy import Policy
from perfxl.core.problems import Problem, problem
from perfxl.core.records import Records, Tables, empty
from perfxl.core.rulebook import COLUMNS
from perfxl.core.schema import column_label
from perfxl.core.scoring.decisions import Reckoned, carry_out, hear_decisions
from perfxl.core.scoring.line_table import LineTable, as_of_month, contract_months, join_lines, not_said_yet, unreadable
from perfxl.core.scoring.outcomes import Decisions, VersionScore
from perfxl.core.scoring.periods import attainment, light, phased, phasing_steps, run_rate
from perfxl.core.scoring.scalar import Status, blank, number
from perfxl.core.scoring.totals import NO_BAND, Totals, Vetoes, carries_weight, left_out, people_totals
from perfxl.core.scoring.vector import PROBLEMS, STATUSES, SYMBOLS, Factor, Lines, LineScores, score_lines
from perfxl.core.scoring.versions import (
    ByDays,
    Standings,
    contract_results,
    of_lines,
    open_contracts,
    score_versions,
)
from perfxl.core.values.dates import serial

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


@dataclass(slots=True)
class Outlook:
    """The running period, one value for each line, in the KPI's unit where nothing else is said.

    target      what should be reached to date
    attainment  percent points of that target
    light       green, amber, red or blank
    forecast    what the period ends with at this pace
    """

    target: list[float | None]
    attainment: list[float | None]
    light: list[str]
    forecast: list[float | None]


@dataclass
class Scores:
    """What scoring a program gives.

    line_table  the lines with their figures
    lines       their points and status
    effective   their weights in percent points, after those of lines that are not applicable are spread
    contracts   totals by row of the table contracts; nothing in the rows of undetermined ones
    vetoes      what vetoes left of the contracts
    people      employee IDs in order of first contract
    totals      their totals; nothing in the rows of undetermined ones
    segments    employee ID -> the rows of the contracts
    days        calendar days of each contract, the weight of a segment; 0 for one that is left out
    calendar    the same, for those that are left out as well
    phasing     what was agreed of targets to date
    as_of       the month that the outlook is looked from, year x 12 + month - 1; -1 where nothing says so
    verdicts    how every total stands, and the problem in place of one that is undetermined
    versions    row of the table contracts -> the versions of an amended contract, with what each comes to where they
                count by days
    decisions   what calibration and appeals made of results; `lines`, `contracts` and `totals` hold what is in force
    """

    policy: Policy
    line_table: LineTable
    lines: LineScores
    effective: Floats
    contracts: Totals
    vetoes: Vetoes
    people: list[str]
    totals: Totals
    segments: dict[str, list[int]]
    days: Floats
    calendar: Floats
    phasing: Records
    as_of: int
    verdicts: Verdicts
    decisions: Decisions = field(default_factory=Decisions)
    versions: dict[int, tuple[VersionScore, ...]] = field(default_factory=dict)

    def __repr__(self) -> str:  # its arrays would fill a terminal
        return f"<scores of {len(self.people)} people>"

    @cached_property
    def outlook(self) -> Outlook:
        """The lines as the running period stands; worked out for who asks for it, since no total rests on it."""
        return _outlook(self.policy, self.line_table, self.phasing, self.as_of)

    @cached_property
    def forecast_points(self) -> Floats:
        """What the forecasts of the outlook would earn; NaN where there is nothing."""
        return _points_of(self.policy, self.line_table, self.outlook.forecast, range(len(self.line_table)))

    def status(self, line: int) -> Status:
        """The status of one line."""
        status: Status = STATUSES[self.lines.status[line]]
        return status

    def lines_of(self, contract: int) -> list[int]:
        """The lines of a contract, in sheet order."""
        return [line for line, c in enumerate(self.line_table.contract) if c == contract]


class Joined(NamedTuple):
    """The lines with their figures and what these give; `unread` are cells that count as unreadable rather than
    blank."""

    table: LineTable
    scores: LineScores
    unread: Mapping[tuple[str, str], str]


def join_program(tables: Tables, policy: Policy, problems: Iterable[Problem] = ()) -> Joined:
    """What scoring begins with, and most of its work. `problems`: what reading found."""
    unread = unreadable(problems)
    table = join_lines(tables, policy, unread)
    return Joined(table, score_lines(Lines.of(table.columns, table.columns["actual"]), policy), unread)


def score_program(
    tables: Tables,
    policy: Policy,
    as_of: int | None = None,
    problems: Iterable[Problem] = (),
    joined: Joined | None = None,
) -> tuple[Scores, list[Problem]]:
    """Scores every contract line, contract and person, and puts in force what calibration and appeals decided.

    as_of     the month to look from; None: the program's own, which tables with only some of its rows would not know
    problems  what reading and checking the program found: an error leaves no total to the contracts that it touches
    joined    what `join_program` gave for the same tables, where that is known

    Returns: the scores, and what scoring itself found: a problem at the cell of every line that cannot be scored, and
    of weights that do not sum where `problems` does not say so already.
    Source: scoring.md section 1, scoring.md section 2, scoring.md section 6, scoring.md section 7.
    """
    problems = list(problems)
    if joined is None or joined.unread != unreadable(problems):
        joined = join_program(tables, policy, problems)
    table, scores, _ = joined
    reckoned, found = _reckon(tables, policy, table, scores, problems, {})
    hearing, of_decisions = hear_decisions(tables, policy, table, scores, reckoned, problems)
    if hearing.lines or of_decisions:
        scores = hearing.change_points(scores)
        changed = dict(of_lines(hearing.lines, table))
        reckoned, found = _reckon(tables, policy, table, scores, [*problems, *of_decisions], changed)
        found += of_decisions
    decisions = carry_out(hearing, reckoned, table.contracts, policy)
    as_of = as_of_month(tables, policy) if as_of is None else as_of
    return Scores(
        policy,
        table,
        scores,
        reckoned.effective,
        reckoned.contracts,
        reckoned.vetoes,
        list(reckoned.segments),
        reckoned.totals,
        reckoned.segments,
        reckoned.days,
        reckoned.calendar,
        tables.get("phasing") or empty("phasing"),
        as_of,
        reckoned.verdicts,
        decisions,
        reckoned.versions,
    ), found


def _reckon(
    tables: Tables,
    policy: Policy,
    table: LineTable,
    scores: LineScores,
    problems: list[Problem],
    changed: Mapping[tuple[Any, Any], float],
) -> tuple[Reckoned, list[Problem]]:
    """The lines' points to the totals of contracts and people, and what scoring found."""
    effective, vetoes, by_contract = contract_results(table, scores, policy)
    by_days = score_versions(tables, policy, problems, changed)
    by_days.put(by_contract, vetoes)
    standings = open_contracts(table, scores, effective)
    for mine, of_versions in zip(standings, by_days.standings, strict=True):
        mine.difference_update(by_days.rows)
        mine.update(of_versions)
    found, verdicts = _judge(tables, table, scores, standings, by_contract, problems, by_days)
    segments, days = contracts_of_people(table.contracts), _days(table.contracts, policy)
    is_open = np.zeros(len(table.contracts), dtype=bool)
    is_open[[row for row in standings.pending | standings.broken if row >= 0]] = True
    absent = left_out(by_contract, is_open)
    calendar, days = days, np.where(absent, 0.0, days)
    found += _not_applicable(table, segments, absent)
    _withhold(by_contract, verdicts)
    rows = np.array([row for rows in segments.values() for row in rows], dtype=np.int64)
    person = np.repeat(np.arange(len(segments)), [len(rows) for rows in segments.values()])
    of_rows = Vetoes(vetoes.total[rows], vetoes.grade[rows])
    by_person = people_totals(by_contract.take(rows), person, days[rows], len(segments), policy, of_rows)
    of_people = [
        judge_person(verdicts[row] for row in ([row for row in rows if days[row] > 0] or rows))
        for rows in segments.values()
    ]
    _withhold(by_person, of_people)
    return Reckoned(
        *(effective, by_contract, vetoes, by_person, segments, days, calendar, Verdicts(verdicts, of_people)),
        by_days.versions,
    ), found


def _judge(
    tables: Tables,
    table: LineTable,
    scores: LineScores,
    standings: Standings,
    totals: Totals,
    problems: list[Problem],
    by_days: ByDays,
) -> tuple[list[Problem], list[Verdict]]:
    """What scoring found, and how the total of each contract stands."""
    carries = carries_weight(scores)
    found = not_said_yet(line_problems(table, scores), problems)
    off = weights_off(table.lines, table.contract, table.columns["weight"], carries.tolist())
    known = {(each.name, each.address) for each in problems}
    found += [each for each in off.values() if (each.name, each.address) not in known]
    of_versions = [each for lines in by_days.lines for line in lines[2] for each in problems_of(*lines[:2], line)]
    known |= {(each.name, each.address) for each in found}
    for each in not_said_yet([*of_versions, *by_days.problems], [*problems, *found]):
        if (each.name, each.address) not in known:
            known.add((each.name, each.address))
            found.append(each)
    pending, broken = standings
    # Where no line is known yet, there is nothing to be official.
    pending = pending | set(np.flatnonzero(np.isnan(totals.total)).tolist())
    touched = touching(tables, [*problems, *found])
    for line in sorted(table.wrong):  # where it stands at no row, it touches the line that it keeps from its points
        touched.setdefault(table.contract[line], table.wrong[line])
    return found, judge_contracts(touched, off, pending, broken, len(table.contracts))


def _not_applicable(table: LineTable, segments: dict[str, list[int]], absent: Any) -> list[Problem]:
    """A notice of each contract that is left out of its holder's result because nothing in it applies."""
    contracts = table.contracts
    return [
        problem(
            "segment_not_applicable",
            contracts.address(row, "contract"),
            table="contracts",
            column="contract",
            value=contracts.column("contract")[row],
            person=person,
        )
        for person, rows in segments.items()
        for row in rows
        if absent[row] and not all(absent[each] for each in rows)
    ]


def _withhold(totals: Totals, verdicts: Sequence[Verdict]) -> None:
    """Takes every figure away from totals that are undetermined, so that nobody can show one."""
    gone = np.array([verdict.standing is Standing.UNDETERMINED for verdict in verdicts], dtype=bool)
    for name in ("total", "provisional", "completeness", "weighted", "adjusted"):
        setattr(totals, name, np.where(gone, np.nan, getattr(totals, name)))
    totals.grade = np.where(gone, NO_BAND, totals.grade)


def contracts_of_people(contracts: Records) -> dict[str, list[int]]:
    """Holders and second holders, in order of first contract, with the rows of their contracts."""
    segments: dict[str, list[int]] = {}
    for row, pair in enumerate(zip(contracts.column("holder"), contracts.column("second_holder"), strict=True)):
        for person in pair:
            if not blank(person):
                segments.setdefault(person, []).append(row)
    return segments


def line_problems(table: LineTable, scores: LineScores) -> list[Problem]:
    """What keeps lines from having points, in sheet order, each at the cell to mend."""
    unaggregated = {line for line, to_date in enumerate(table.to_date) if to_date.problem}
    wrong = unaggregated.union(table.wrong, np.flatnonzero(scores.problem).tolist())
    return [*table.notices, *(problem for line in sorted(wrong) for problem in problems_of(table, scores, line))]


def problems_of(table: LineTable, scores: LineScores, line: int) -> list[Problem]:
    """What keeps one line from having points: what was reported, or else the rest."""
    name, symbol = PROBLEMS[scores.problem[line]], scores.symbol[line]
    if line in table.wrong:
        return [table.wrong[line]]
    reported = table.to_date[line]
    if reported.problem:
        column = "actual" if reported.wrong else "kpi"
        return [_problem(table, scores, line, reported.problem, column, names_figure=bool(reported.wrong))]
    if not name:
        return []
    column = COLUMNS[SYMBOLS[symbol]] if symbol >= 0 else _COLUMN_OF.get(name, "target")
    return [_problem(table, scores, line, name, column, names_figure=symbol >= 0)]


_COLUMN_OF = {
    "method_unknown": "kpi",
    "grade_unknown": "actual",
    "scale_unknown": "kpi",
    "direction_unknown": "kpi",
    "figure_not_a_number": "target",
}
_VALUE_OF = {"method_unknown": "method", "direction_unknown": "direction"}


def _problem(table: LineTable, scores: LineScores, line: int, name: str, column: str, *, names_figure: bool) -> Problem:
    columns, method = table.columns, scores.method[line]
    quoted = _VALUE_OF.get(name, column)
    if name == "scale_unknown":  # of a grade scale or of a step table, as the method looks them up
        quoted = "scale" if "GRADES" in scores.methods[method].text else "steps"
    figure: Text | str = ""
    if names_figure:
        header = ("actuals", "value") if column == "actual" else ("contract_lines", column)
        figure = Text(*(column_label(*header, lang) for lang in LANGUAGES))
    cell = column if column in table.lines.letters else "kpi"
    of_actual = table.actual_address(line) if column == "actual" else None
    return problem(
        name,
        of_actual or table.lines.address(line, cell),
        table="actuals" if of_actual else "contract_lines",
        column="value" if of_actual else cell,
        value=columns["actual"][line] if of_actual else columns.get(quoted, columns["kpi"])[line],
        figure=figure,
        floor=_own_or_default(table, line, "floor"),
        cap=_own_or_default(table, line, "cap"),
        method=scores.methods[method].label if method >= 0 else str(columns["method"][line] or ""),
        kpi=str(columns["name"][line] or columns["kpi"][line] or ""),
    )


def _own_or_default(table: LineTable, line: int, name: str) -> Any:
    own = table.columns[name][line]
    return table.limits[name] if blank(own) else own


def _days(contracts: Records, policy: Policy) -> Floats:
    """Calendar days of each contract within the program's period; 1 where a date is missing."""
    first, last = policy["period_start"], policy["period_end"]
    spans = []
    for start, end in zip(contracts.column("start"), contracts.column("end"), strict=True):
        begin, finish = max(filter(None, (start, first)), default=None), min(filter(None, (end, last)), default=None)
        spans.append(max(serial(finish) - serial(begin) + 1, 0.0) if begin and finish else 1.0)
    return np.array(spans, dtype=np.float64)


def _outlook(policy: Policy, table: LineTable, agreed: Records, as_of: int) -> Outlook:
    columns, phasing, months = table.columns, phasing_steps(agreed), contract_months(table.contracts, policy)
    target: list[float | None] = []
    reached: list[float | None] = []
    forecast: list[float | None] = []
    direction = Factor.of(columns["direction"]).mapped(lambda name: 1.0 if name == "higher" else -1.0, 1.0, 1.0)
    for line, to_date in enumerate(table.as_of):
        contract = table.contract[line]
        actual, whole = number(to_date.value), number(columns["target"][line])
        if contract < 0 or actual != actual:
            target.append(None)
            reached.append(None)
            forecast.append(None)
            continue
        first, last = months[contract]
        rule = columns["aggregation"][line] or ""
        steps = phasing.get((table.lines.column("contract")[line], columns["kpi"][line]), [])
        through = min(to_date.through, as_of) if as_of >= 0 else to_date.through
        aim = phased(whole, steps, through, first, last, rule, to_date.absent) if whole == whole else None
        target.append(aim)
        is_date = isinstance(columns["target"][line], date)
        reached.append(None if aim is None or is_date else attainment(actual, aim, direction[line]))
        forecast.append(run_rate(actual, to_date.known, to_date.due, rule))
    # What has no target to be a share of (grades, dates, bands) is judged by its points.
    judged, unjudged = list(reached), [line for line, percent in enumerate(reached) if percent is None]
    for line, points in zip(unjudged, _points_of(policy, table, forecast, unjudged).tolist(), strict=True):
        judged[line] = points if points == points else None
    return Outlook(target, reached, [light(percent, policy) for percent in judged], forecast)


def _points_of(policy: Policy, table: LineTable, forecast: Sequence[float | None], lines: Sequence[int]) -> Floats:
    """What the forecasts of some lines would earn."""
    columns = {name: [column[line] for line in lines] for name, column in table.columns.items()}
    ending = [table.as_of[line].value if forecast[line] is None else forecast[line] for line in lines]
    scores = score_lines(Lines.of(columns, ending), policy)
    return np.where(scores.effect("points"), scores.points, np.nan)

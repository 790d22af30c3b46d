"""A whole program's tables to scores: every line, contract and person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from perfxl.core.policy import Policy
from perfxl.core.problems import Problem, problem
from perfxl.core.records import Records, Tables
from perfxl.core.rulebook import FIGURES
from perfxl.core.scoring import totals, vector
from perfxl.core.scoring.line_table import LineTable, as_of_month, contract_months, join_lines
from perfxl.core.scoring.periods import attainment, light, phased, run_rate
from perfxl.core.scoring.scalar import Status, blank, number
from perfxl.core.scoring.totals import Totals, Vetoes
from perfxl.core.scoring.totals_plain import Veto
from perfxl.core.scoring.vector import PROBLEMS, STATUSES, SYMBOLS, Factor, Lines, LineScores
from perfxl.core.values.dates import serial

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


@dataclass(slots=True)
class Outlook:
    """The running period, one value for each line: target to date, light (green, amber, red or blank), the figure the
    period ends with at this pace, and its points (NaN where there are none)."""

    target: list[float | None]
    attainment: list[float | None]
    light: list[str]
    forecast: list[float | None]
    points: Floats


@dataclass(slots=True)
class Scores:
    """What scoring a program gives.

    line_table  the lines with their figures; lines, their points and status; effective, weights in percent points
                after those of lines that are not applicable are spread
    contracts   totals by row of the table contracts; vetoes, what vetoes left of them
    people      employee IDs in order of first contract; totals of each; segments, the rows of their contracts
    days        calendar days of each contract, the weight of a segment
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
    outlook: Outlook
    as_of: int

    def status(self, line: int) -> Status:
        return STATUSES[self.lines.status[line]]

    def lines_of(self, contract: int) -> list[int]:
        return [line for line, c in enumerate(self.line_table.contract) if c == contract]


def score_program(book: Tables, policy: Policy, as_of: int | None = None) -> tuple[Scores, list[Problem]]:
    """Scores every contract line, contract and person (scoring.md sections 1 and 2). Lines that cannot be scored are
    named by a problem at their cell; none disappears. `as_of` is the month to look from; None: the program's own, which
    a book with only some of its rows would not know."""
    table = join_lines(book, policy)
    scores = vector.score_lines(Lines.of(table.columns, table.columns["actual"]), policy)
    size = len(table.contracts)
    contract = np.array(table.contract, dtype=np.int64)
    # Lines whose contract is unknown count for a contract of their own, dropped afterwards.
    contract = np.where(contract < 0, size, contract)
    weights = np.array([number(w) for w in table.columns["weight"]], dtype=np.float64)
    aspect = Factor.of(table.columns["aspect"]).codes
    effective = totals.effective_weights(scores, weights, contract, aspect, policy)
    vetoes = _vetoes(table, size + 1, policy)
    by_contract = _first_rows(totals.contract_totals(scores, effective, contract, size + 1, policy, vetoes), size)
    segments = contracts_of_people(table.contracts)
    people = list(segments)
    days = _days(table, policy)
    by_person = _people_totals(by_contract, vetoes, people, segments, days, policy)
    as_of = as_of_month(book, policy) if as_of is None else as_of
    outlook = _outlook(book, policy, table, as_of)
    result = Scores(
        policy, table, scores, effective, by_contract, vetoes, people, by_person, segments, days, outlook, as_of
    )
    return result, _problems(table, scores)


def contracts_of_people(contracts: Records) -> dict[str, list[int]]:
    """Holders and second holders, in order of first contract, with the rows of their contracts."""
    segments: dict[str, list[int]] = {}
    for row, pair in enumerate(zip(contracts.column("holder"), contracts.column("second_holder"), strict=True)):
        for person in pair:
            if not blank(person):
                segments.setdefault(person, []).append(row)
    return segments


def _vetoes(table: LineTable, size: int, policy: Policy) -> Vetoes:
    vetoes = Vetoes.none(size)
    for line in table.vetoed:
        row = {name: table.columns[name][line] for name in ("veto_effect", "limit", "veto_grade")}
        vetoes.add(table.contract[line], Veto.of(row, policy), policy)
    return vetoes


def _first_rows(found: Totals, size: int) -> Totals:
    return Totals(*(getattr(found, name)[:size] for name in Totals.__slots__))


def _days(table: LineTable, policy: Policy) -> Floats:
    """Calendar days of each contract within the program's period; 0 where a date is missing."""
    first, last = policy["period_start"], policy["period_end"]
    spans = []
    for start, end in zip(table.contracts.column("start"), table.contracts.column("end"), strict=True):
        begin, finish = max(filter(None, (start, first)), default=None), min(filter(None, (end, last)), default=None)
        spans.append(serial(finish) - serial(begin) + 1 if begin and finish else 0.0)
    return np.array(spans, dtype=np.float64)


def _people_totals(
    contracts: Totals, vetoes: Vetoes, people: list[str], segments: dict[str, list[int]], days: Floats, policy: Policy
) -> Totals:
    rows = np.array([row for person in people for row in segments[person]], dtype=np.int64)
    person = np.repeat(np.arange(len(people)), [len(segments[p]) for p in people])
    picked = Totals(*(getattr(contracts, name)[rows] for name in Totals.__slots__))
    return totals.people_totals(picked, person, days[rows], len(people), policy, vetoes.grade[rows])


def _outlook(book: Tables, policy: Policy, table: LineTable, as_of: int) -> Outlook:
    steps = _phasing(book)
    months = contract_months(table.contracts, policy)
    target: list[float | None] = []
    reached: list[float | None] = []
    forecast: list[float | None] = []
    columns = table.columns
    signs = Factor.of(columns["direction"])
    direction = signs.mapped(lambda name: 1.0 if name == "higher" else -1.0, 1.0, 1.0)
    for line, so_far in enumerate(table.to_date):
        contract = table.contract[line]
        actual, full = number(so_far.value), number(columns["target"][line])
        if contract < 0 or actual != actual:
            target.append(None)
            reached.append(None)
            forecast.append(None)
            continue
        first, last = months[contract]
        rule = columns["aggregation"][line] or ""
        given = steps.get((table.lines.column("contract")[line], columns["kpi"][line]), [])
        through = min(so_far.through, as_of) if as_of >= 0 else so_far.through
        aim = phased(full, given, through, first, last, rule) if full == full else None
        target.append(aim)
        dated = isinstance(columns["target"][line], date)
        reached.append(None if aim is None or dated else attainment(actual, aim, direction[line]))
        forecast.append(run_rate(actual, so_far.known, so_far.due, rule))
    ending: list[Any] = [f if f is not None else a.value for f, a in zip(forecast, table.to_date, strict=True)]
    scores = vector.score_lines(Lines.of(columns, ending), policy)
    points = np.where(scores.effect("points"), scores.points, np.nan)
    # What has no target to be a share of (grades, dates, bands) is judged by its points.
    lights = [
        light(p if percent is None and p == p else percent, policy)
        for percent, p in zip(reached, points.tolist(), strict=True)
    ]
    return Outlook(target, reached, lights, forecast, points)


def _phasing(book: Tables) -> dict[tuple[Any, Any], list[tuple[int, float]]]:
    from perfxl.core.scoring.periods import months_of_period

    found: dict[tuple[Any, Any], list[tuple[int, float]]] = {}
    for row in book["phasing"].records() if "phasing" in book else ():
        figure = number(row["target"])
        if row["period"] and figure == figure:
            found.setdefault((row["contract"], row["kpi"]), []).append((months_of_period(row["period"])[1], figure))
    for steps in found.values():
        steps.sort()
    return found


def problems_of(table: LineTable, scores: LineScores, line: int) -> list[Problem]:
    """What keeps a line from having points, at the cell to mend."""
    found, code, symbol = [], PROBLEMS[scores.problem[line]], scores.symbol[line]
    if table.to_date[line].problem:
        found.append(_problem(table, line, table.to_date[line].problem, "kpi", ""))
    if code:
        column = FIGURES[SYMBOLS[symbol]] if symbol >= 0 else _COLUMN_OF.get(code, "target")
        found.append(_problem(table, line, code, column, column if symbol >= 0 else ""))
    return found


def _problems(table: LineTable, scores: LineScores) -> list[Problem]:
    """Of all lines that have no points because something is wrong: first what was reported, then the rest."""
    wrong = {line for line, so_far in enumerate(table.to_date) if so_far.problem} | set(
        np.flatnonzero(scores.problem).tolist()
    )
    return [found for line in sorted(wrong) for found in problems_of(table, scores, line)]


_COLUMN_OF = {
    "method_unknown": "kpi",
    "grade_unknown": "kpi",
    "scale_unknown": "kpi",
    "direction_unknown": "kpi",
    "figure_not_a_number": "target",
}


def _problem(table: LineTable, line: int, code: str, column: str, figure: str) -> Problem:
    from perfxl.core.problems import Text
    from perfxl.core.schema import column_label

    columns = table.columns
    held = column if column in table.lines.letters else "kpi"
    sheet = "actuals" if column == "actual" else "contract_lines"
    texts = {lang: column_label(sheet, "value" if column == "actual" else figure, lang) for lang in ("zh", "en")}
    value = {
        "method_unknown": columns["method"],
        "direction_unknown": columns["direction"],
        "scale_unknown": columns["steps"],
    }.get(code, columns.get(column, columns["kpi"]))[line]
    return problem(
        code,
        table.lines.address(line, held),
        table="contract_lines",
        column=held,
        value=value,
        figure=Text(texts["zh"], texts["en"]) if figure else "",
        method=str(columns["method"][line] or ""),
        kpi=str(columns["name"][line] or columns["kpi"][line] or ""),
    )

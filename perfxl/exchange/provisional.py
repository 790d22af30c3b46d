"""What a manager sees while typing: each line's points at the pace so far, and each contract's provisional total, by
the rule book in native formulas, with the engine's own figures as their results.

Only what depends on the cells to be filled in is a formula. What was reported before, and what other people report,
stands in it as a figure; where a line cannot be followed so, its figures are the engine's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import chain
from math import inf, isfinite
from typing import Any, NamedTuple

import numpy as np

from perfxl.core import rulebook
from perfxl.core.formula import to_text
from perfxl.core.policy import Policy
from perfxl.core.records import Tables
from perfxl.core.requests import Request
from perfxl.core.rulebook import COLUMNS, POLICY_NAMES
from perfxl.core.schema import choices
from perfxl.core.scoring.line_table import contract_months
from perfxl.core.scoring.periods import Aggregate, run_rate
from perfxl.core.scoring.program import Scores
from perfxl.core.scoring.scalar import is_date, number
from perfxl.core.scoring.totals import carries_weight, spread_twice
from perfxl.core.scoring.vector import Factor, Lines, score_lines
from perfxl.core.scoring.versions import contract_results
from perfxl.core.table_access import Names, first_rows, rows_of
from perfxl.core.values.text import NOT_APPLICABLE
from perfxl.exchange.figures import figure, result
from perfxl.exchange.typed_figures import TypedFigures, literal, numbers_of, reported_besides
from perfxl.workbook.cell_values import NOT_APPLICABLE_LABEL
from perfxl.workbook.score.formulas import LineKind, LineRule, LookupTable, quote_text
from perfxl.workbook.score.parameters import LineKinds
from perfxl.workbook.template import Calculated, CellValue, Columns

__all__ = ["JOBS_WITH_SCORES", "SCORES", "TOTALS", "Outlook", "Preview"]

SCORES, TOTALS = "scores", "totals"
"""The tables of the template that show them: a row for each line, and one for each contract."""

JOBS_WITH_SCORES = ("actuals", "grades")
"""The jobs whose answers move the points."""

_MOST_WORK = 4_000_000  # lines x rows that formulas look through: more would make typing slow
_MOST_TEXTS = 4096  # of a kind of line that are kept
_MOST_STEPS = 50  # Excel nests 64 functions
_TOKEN = re.compile("\x01(\\w+)\x02")
_WEIGHTED = 'IF(ISNUMBER({{points}}),{{effective}}*{{points}}/100,"")'
_CHECK = 'IF({{weight_sum}}=100,"✓","✗")'
_TOTAL_NAMES = ("ADJUSTED", "WEIGHTED", "KNOWN")
_FIXED = ("", "", "")  # formulas of a line that follows nothing

Row = dict[str, CellValue]


class _Line(NamedTuple):
    """A line of a contract: what is shown, and how its figures follow what is typed, blank where they do not."""

    shown: Row
    to_date: Any
    estimate: Any
    points: float | None
    spread: float
    effective: float
    aggregate: str = ""
    pace: str = ""
    rule: str = ""


class _Contract(NamedTuple):
    """A contract with its lines; `formula` is that of its total, blank where the total is only the engine's."""

    shown: Row
    lines: tuple[_Line, ...]
    by_aspect: bool
    provisional: float | None
    completeness: float
    formula: str = ""


class Outlook(NamedTuple):
    """What one recipient's workbook shows of the contracts of the people that it asks about."""

    contracts: tuple[_Contract, ...]

    def rows(self, lang: str) -> dict[str, Columns]:
        """The rows of both tables."""
        lines = [line for contract in self.contracts for line in contract.lines]
        if not lines:
            return {}
        absent, first = NOT_APPLICABLE_LABEL(lang), 0
        weights, totals = list[tuple[str, str]](), list[Row]()
        for contract in self.contracts:
            last = first + len(contract.lines) - 1
            weights += [_weight_formulas(contract.by_aspect, first, last, absent)] * len(contract.lines)
            totals.append(_total_row(contract, first, last, absent))
            first = last + 1
        return {SCORES: _line_rows(lines, weights), TOTALS: Columns(totals)}


def _line_rows(lines: Sequence[_Line], weights: Sequence[tuple[str, str]]) -> Columns:
    """The cells of lines; weights follow lines that turn out not to be applicable, by these formulas."""
    rows = Columns([line.shown for line in lines])
    percents = [*map(bool, rows.column("percent"))]
    kinds = [*zip(percents, map(is_date, rows.column("target")), strict=True)]
    rows.put("target", [*map(figure, rows.column("target"), percents)])
    for name in ("to_date", "estimate"):
        figures = [result(getattr(line, name), *kind) for line, kind in zip(lines, kinds, strict=True)]
        formulas = [line.aggregate if name == "to_date" else line.pace for line in lines]
        rows.put(name, [*map(_followed, formulas, figures)])
    rows.put("points", [_followed(line.rule, line.points, "") for line in lines])
    weighs = [weight is not None for weight in rows.column("weight")]
    shares = [(line.spread, line.effective) for line in lines]
    for at, name in enumerate(("spread", "effective")):
        each = zip(weights, shares, weighs, strict=True)
        rows.put(name, [Calculated(formula[at], share[at]) if weighed else None for formula, share, weighed in each])
    rows.put("weighted", [_weighted(line) if weighed else None for line, weighed in zip(lines, weighs, strict=True)])
    return rows


def _followed(formula: str, value: Any, blank: Any = None) -> CellValue:
    """A figure that follows what is typed, by its formula where there is one; `blank`: what that gives without one."""
    shown: CellValue = value
    if not formula:
        return shown
    known = blank if value is None else value
    return _text_of(formula, known) if isinstance(known, str) else Calculated(formula, known)


def _weighted(line: _Line) -> CellValue:
    return _text_of(_WEIGHTED, "") if line.points is None else Calculated(_WEIGHTED, line.effective * line.points / 100)


@lru_cache(maxsize=_MOST_TEXTS)
def _text_of(formula: str, text: str) -> Calculated:
    """One and the same for the same, as most lines have it until something is typed: then its cells are made once."""
    return Calculated(formula, text)


@lru_cache
def _weight_formulas(by_aspect: bool, first: int, last: int, absent: str) -> tuple[str, str]:
    """How weights of lines that are not applicable go to others: in their aspect first, then in the contract."""
    able = f'--({{{{estimate:{first}:{last}}}}}<>"{absent}")'
    away = f'IF({{{{estimate}}}}="{absent}",0,'
    weights, weight = f"{{{{weight:{first}:{last}}}}}", "{{weight}}"
    spread = f"{weight}+0"
    if by_aspect:
        same = f"--({{{{aspect:{first}:{last}}}}}={{{{aspect}}}})"
        applicable = f"SUMPRODUCT({same},{able},{weights})"
        spread = f"IF({applicable}>0,{away}{weight}*SUMPRODUCT({same},{weights})/{applicable}),{weight}+0)"
    left = f"{{{{spread:{first}:{last}}}}}"
    over = f"SUMPRODUCT({able},{left})"
    return spread, f"IF({over}>0,{away}{{{{spread}}}}*SUM({left})/{over}),{{{{spread}}}}+0)"


def _total_row(contract: _Contract, first: int, last: int, absent: str) -> Row:
    sums = _sums(first, last, absent)
    whole = round(sum([number(w) for line in contract.lines if (w := line.shown["weight"]) is not None]), 6)
    row = {**contract.shown}
    row["weight_sum"] = Calculated(sums["WEIGHTS"], whole)
    row["weight_check"] = Calculated(_CHECK, "✓" if whole == 100 else "✗")
    row["scored"] = Calculated(sums["SCORED"], round(contract.completeness / 100, 10))
    known_total = "" if contract.provisional is None else contract.provisional
    row["provisional"] = known_total
    if contract.formula:
        row["provisional"] = Calculated(_total_formula(contract.formula, first, last, absent), known_total)
    return row


@lru_cache(maxsize=_MOST_TEXTS)
def _total_formula(formula: str, first: int, last: int, absent: str) -> str:
    sums = _sums(first, last, absent)
    return _TOKEN.sub(lambda found: sums[found[1]], formula)


@lru_cache
def _sums(first: int, last: int, absent: str) -> Mapping[str, str]:
    """What a total stands on, over the lines of its contract."""
    weights, effective, points, estimate = (
        f"{{{{{SCORES}.{name}:{first}:{last}}}}}" for name in ("weight", "effective", "points", "estimate")
    )
    known = f"SUMPRODUCT({numbers_of(points)},{effective})"
    return {
        "WEIGHTS": f"ROUND(SUM({weights}),6)",
        "SCORED": f"IF(SUM({effective})>0,ROUND({known}/SUM({effective}),10),0)",
        "KNOWN": known,
        "WEIGHTED": f"SUMPRODUCT({effective},{points})",
        "OPEN": f'SUMPRODUCT(--({effective}>0),--({points}=""),--({estimate}<>"{absent}"))',
    }


class Preview:
    """The outlooks of a program's recipients.

    scores  what scoring the program gives; as it stands, with what was reported to date
    """

    def __init__(self, tables: Tables, policy: Policy, scores: Scores, lang: str) -> None:
        self._tables, self._policy, self._lang = tables, policy, lang
        self._absent = NOT_APPLICABLE_LABEL(lang)
        table = self._table = scores.line_table
        self._kinds = LineKinds(tables, scores, lang)
        self._scales = dict(self._kinds.scales.values())
        self._names = Names.of(tables)
        self._contract_names = table.lines.column("contract")
        self._aspects = {choice.name: choice.label(lang) for choice in choices.CATEGORY}
        self._ending = [
            _ending(each, rule) for each, rule in zip(table.to_date, table.columns["aggregation"], strict=True)
        ]
        marks = set(table.marked)
        self._counted: dict[int, Any] = {}
        for line, value in enumerate(self._ending):
            if value is None and line not in marks:  # counted from events, not reported
                self._ending[line] = self._counted[line] = table.columns["actual"][line]
        lines = score_lines(Lines.of(table.columns, self._ending), policy)
        self._points: list[float] = lines.points.tolist()
        self._weighs: list[bool] = carries_weight(lines).tolist()
        self._adjusts: list[bool] = lines.effect("total").tolist()
        size = len(table.contracts)
        effective, self._vetoes, self._totals = contract_results(table, lines, policy)
        self._effective: list[float] = effective.tolist()
        rows = np.array([size if row < 0 else row for row in table.contract], dtype=np.int64)
        weights = np.array([number(weight) for weight in table.columns["weight"]], dtype=np.float64)
        spread = spread_twice(lines, weights, rows, Factor.of(table.columns["aspect"]).codes, policy)[0]
        self._spread: list[float] = spread.tolist()
        self._months = contract_months(table.contracts, policy)
        self._by_days = {row for row in scores.versions if policy["amendment_scoring"] == "days"}
        self._lines_of: dict[int, list[int]] = {}
        self._contracts_of: dict[Any, list[int]] = {}
        for line, row in enumerate(table.contract):
            if row >= 0:
                self._lines_of.setdefault(row, []).append(line)
        for several in self._lines_of.values():  # by aspects, as they are asked for
            begins: dict[Any, int] = {}
            of = {line: begins.setdefault(table.columns["aspect"][line], line) for line in several}
            several.sort(key=of.__getitem__)
        for row in self._lines_of:
            self._contracts_of.setdefault(table.contracts.column("holder")[row], []).append(row)
        self._place = first_rows(rows_of(tables, "people"), "person")
        self._rules: dict[LineKind, _LineFormula] = {}
        self._sheets: dict[tuple[str, tuple[str, ...], tuple[int, int]], TypedFigures] = {}
        names = {name: f"\x01{name}\x02" for name in _TOTAL_NAMES} | {"TOTAL_CAP": f"{policy['total_cap']:.15g}"}
        self._whole, self._part = (
            to_text(rulebook.total_tree(provisional=each), names.__getitem__) for each in (False, True)
        )

    def covers(self, request: Request) -> bool:
        """Whether a recipient's workbook shows points: somebody's figures are asked for, and not too many."""
        return self._shows(request, self._rows(request))

    def outlook(self, request: Request) -> Outlook | None:
        """What a recipient's workbook shows; None where it does not."""
        rows = self._rows(request)
        if not self._shows(request, rows):
            return None
        asked: dict[tuple[Any, Any], list[str]] = {}
        for job in JOBS_WITH_SCORES:
            for row in request.rows.get(job, ()):
                asked.setdefault((row["holder"], row["kpi"]), []).append(row["period"])
        return Outlook(tuple([self._contract(row, asked) for row in rows]))

    def _shows(self, request: Request, rows: Sequence[int]) -> bool:
        lines = sum([len(self._lines_of[row]) for row in rows])
        return 0 < lines * sum([len(request.rows.get(job, ())) for job in JOBS_WITH_SCORES]) <= _MOST_WORK

    def _rows(self, request: Request) -> list[int]:
        """The contracts of the people whose figures are asked for, in the order of people, as rows of their table."""
        asked = dict.fromkeys(chain(*(request.rows[job].people for job in JOBS_WITH_SCORES if job in request.rows)))
        people = sorted(asked, key=lambda person: self._place.get(person, len(self._place)))
        return [row for person in people for row in self._contracts_of.get(person, ())]

    def _contract(self, row: int, asked: Mapping[tuple[Any, Any], Sequence[str]]) -> _Contract:
        contracts, lines = self._table.contracts, self._lines_of[row]
        holder = contracts.column("holder")[row]
        shown: Row = {
            "contract": contracts.column("contract")[row],
            "holder": holder,
            "name": self._names.people[holder],
            "lines": len(lines),
        }
        provisional = float(self._totals.provisional[row])
        alone = len(self._contracts_of[holder]) == 1
        made = tuple([self._line(line, asked if alone or not self._is_shared(line, row) else {}) for line in lines])
        formula = "" if row in self._by_days else self._total(row, lines)
        return _Contract(
            shown,
            made,
            self._policy["na_rule"] == "category",
            provisional if provisional == provisional else None,
            float(self._totals.completeness[row]),
            formula,
        )

    def _is_shared(self, line: int, row: int) -> bool:
        """Whether the holder has the KPI in another contract, too: then reports may count in parts."""
        holder, kpi = (self._table.columns[name][line] for name in ("holder", "kpi"))
        others = (other for other in self._contracts_of.get(holder, ()) if other != row)
        return any(self._table.columns["kpi"][each] == kpi for other in others for each in self._lines_of[other])

    def _total(self, row: int, lines: Sequence[int]) -> str:
        """The rule of a total, with marks for what its rows say."""
        adjusted = [self._points[line] for line in lines if self._adjusts[line]]
        is_open = not all(map(isfinite, adjusted))
        known = literal(sum(filter(isfinite, adjusted)))
        whole, part = (text.replace("\x01ADJUSTED\x02", known) for text in (self._whole, self._part))
        limit = float(self._vetoes.total[row])
        if limit < inf:
            whole, part = (f"MIN({text},{limit:.15g})" for text in (whole, part))
        counted = part if is_open else f"IF(\x01OPEN\x02=0,{whole},{part})"
        return f'IF(\x01KNOWN\x02>0,{counted},"")'

    def _line(self, line: int, asked: Mapping[tuple[Any, Any], Sequence[str]]) -> _Line:
        columns = self._table.columns
        holder, kpi, aspect = columns["holder"][line], columns["kpi"][line], columns["aspect"][line]
        weighs, whole = self._weighs[line], self._table.to_date[line]
        points, weight = self._points[line], number(columns["weight"][line])
        shown: Row = {
            "contract": self._contract_names[line],
            "holder": holder,
            "name": self._names.people[holder],
            "kpi": kpi,
            "kpi_name": columns["name"][line] or kpi,
            "kpi_unit": columns["unit"][line],
            "aspect": self._aspects.get(aspect, aspect),
            "target": columns["target"][line],
            "weight": weight if weighs and weight == weight else None,
            "percent": self._kinds.units[line][0] if self._kinds.units else False,
        }
        periods = asked.get((holder, kpi))
        follows = periods and weighs and not (whole.problem or whole.shares or line in self._table.wrong)
        return _Line(
            shown,
            self._said(self._counted.get(line, whole.value)),
            self._said(self._ending[line]),
            points if weighs and points == points else None,
            self._spread[line],
            self._effective[line],
            *(self._formulas(line, periods, whole.value) if follows and periods else _FIXED),
        )

    def _formulas(self, line: int, periods: Sequence[str], reported: Any) -> tuple[str, str, str]:
        """How a line's figure to date, the estimate and the points follow what is typed; blanks where they do not."""
        rule, kind = self._rule(line), self._kinds.of[line]
        if not rule or kind is None:
            return _FIXED
        sheet = self._sheet(line, periods)
        if not sheet.is_clear:
            return _FIXED
        if kind.scale:
            aggregate = sheet.label([name for name, _ in self._scales[kind.scale]])
            return (aggregate, "{{to_date}}", rule) if aggregate else _FIXED
        if isinstance(reported, str) and reported != NOT_APPLICABLE:
            return _FIXED
        aggregate = sheet.figure
        return (aggregate, sheet.pace, rule) if aggregate else _FIXED

    def _sheet(self, line: int, periods: Sequence[str]) -> TypedFigures:
        """What is typed for a line; lines of which nothing else was reported have it in common."""
        rule, contract = self._table.columns["aggregation"][line] or "", self._months[self._table.contract[line]]
        others = reported_besides(self._table, line, periods)
        if others:
            return TypedFigures(rule, periods, others, contract, self._absent)
        key = (rule, tuple(periods), contract)
        if key not in self._sheets:
            self._sheets[key] = TypedFigures(rule, periods, (), contract, self._absent)
        return self._sheets[key]

    def _said(self, value: Any) -> Any:
        return self._absent if value == NOT_APPLICABLE else "" if value is None else value

    def _rule(self, line: int) -> str:
        """The formula of a line's points, over the cell of its estimate; blank where there is none."""
        kind, columns = self._kinds.of[line], self._table.columns
        if kind is None or kind.method.effect != "points" or (kind.steps and kind.steps.size > _MOST_STEPS):
            return ""
        if kind not in self._rules:
            self._rules[kind] = _LineFormula(kind, _TypedRule(kind, self._policy, self._kinds).text(), columns)
        return self._rules[kind].text(line)


class _LineFormula:
    """A kind's formula, over figures that differ from line to line."""

    def __init__(self, kind: LineKind, text: str, columns: Mapping[str, Sequence[Any]]) -> None:
        self._parts = _TOKEN.split(text)  # text, name of a figure, text ...
        self._figures = {name: columns[COLUMNS[name]] for name in self._parts[1::2]}
        self._needed = {figure.name for figure in rulebook.counted(kind.method)} - {"A"}
        self._known: dict[tuple[Any, ...], str] = {}  # many people have the same targets

    def text(self, line: int) -> str:
        """The formula with a line's figures; blank where it says nothing without one."""
        said = [column[line] for column in self._figures.values()]
        key = (*said, *map(type, said))  # True is 1 and no figure
        if key not in self._known:
            if len(self._known) >= _MOST_TEXTS:
                self._known.clear()
            self._known[key] = self._text(said)
        return self._known[key]

    def _text(self, said: Sequence[Any]) -> str:
        figures = {name: number(value) for name, value in zip(self._figures, said, strict=True)}
        blank = any(figure != figure and name in self._needed for name, figure in figures.items())
        if blank or any(isinstance(value, str) for value in said):
            return ""
        return "".join(literal(figures[part]) if i % 2 else part for i, part in enumerate(self._parts))


class _TypedRule(LineRule):
    """A line's rule over the cell of its estimate; every other figure is written into it."""

    def __init__(self, kind: LineKind, policy: Policy, kinds: LineKinds) -> None:
        super().__init__(kind, policy, {})
        self._policy = policy
        self._scales = dict(kinds.scales.values())
        self._tables = {each.table: each.steps for each in kinds.steps.values()}
        if self.working:
            self.lookups["DAYS"] = self._no_days

    def text(self) -> str:
        try:
            return super().text()
        except _NotHere:
            return ""

    def name(self, symbol: str) -> str:
        if symbol in ("A", "G"):
            return "{{estimate}}"
        if symbol in POLICY_NAMES:
            return literal(float(self._policy[POLICY_NAMES[symbol]]))
        if symbol in ("FLOOR", "CAP") and not (self.kind.own_floor if symbol == "FLOOR" else self.kind.own_cap):
            return literal(float(self._policy[f"points_{symbol.lower()}"]))
        return f"\x01{symbol}\x02"

    def steps(self, actual: str, direction: str) -> str:
        text = self.name("FLOOR")
        better = ">=" if self.kind.direction > 0 else "<="
        for at, points in reversed(self._tables.get(self.kind.steps, ()) if self.kind.steps else ()):
            text = f"IF({actual}{better}{literal(at)},{literal(points)},{text})"
        return text

    def grades(self, label: str) -> str:
        text = "0"
        for name, points in reversed(self._scales.get(self.kind.scale, ()) if self.kind.scale else ()):
            text = f"IF({label}={quote_text(name)},{literal(points)},{text})"
        return text

    def on_scale(self, scale: LookupTable) -> str:
        label = self.name("G")
        return f"OR({','.join(f'{label}={quote_text(name)}' for name, _ in self._scales[scale])})"

    def _no_days(self, first: str, last: str) -> str:
        raise _NotHere  # the calendar of working days is not in the workbook


class _NotHere(Exception):
    """A rule needs what the workbook does not hold."""


def _ending(whole: Aggregate, rule: str | None) -> Any:
    """What a line ends with at the pace so far."""
    if whole.problem:
        return None
    value = whole.value
    return run_rate(value, whole.known, whole.due, rule or "") if isinstance(value, float) else value

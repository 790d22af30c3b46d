"""Targets against SMART: specific, measurable, attainable, relevant, dated; each letter with what is wrong and where.

A column that nobody has filled in fails nobody. Source: domain.md sections 1, 2 and 6.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

from perfxl.core.language import LANGUAGES, Text
from perfxl.core.policy import Policy
from perfxl.core.problems import Problem
from perfxl.core.records import Tables, empty
from perfxl.core.rulebook import METHODS, Method
from perfxl.core.scoring.courses import Courses, SpokenReports
from perfxl.core.scoring.periods import Aggregate, Report, aggregate, months_of_contract, months_of_period, run_rate
from perfxl.core.table_access import (
    Contract,
    cell,
    columns_of,
    contracts_of,
    first_rows,
    labels,
    line_labels,
    place,
    problem_at,
    rows_of,
)
from perfxl.core.values.dates import Span
from perfxl.core.values.numbers import is_percent, show_figure
from perfxl.core.values.text import fold_name
from perfxl.core.weights.rules import UNWEIGHTED

LETTERS = ("specific", "measurable", "attainable", "relevant", "dated")
"""S, M, A, R, T."""

_VAGUE = frozenset(
    fold_name(name)
    for name in (
        *(
            "工作",
            "业绩",
            "绩效",
            "任务",
            "目标",
            "指标",
            "工作完成情况",
            "完成情况",
            "工作情况",
            "工作业绩",
            "工作绩效",
        ),
        *(
            "工作表现",
            "综合表现",
            "其他",
            "其它",
            "其他工作",
            "其它工作",
            "临时工作",
            "日常工作",
            "重点工作",
            "领导交办",
        ),
        *(
            "领导交办事项",
            "领导交办工作",
            "领导交办的其他工作",
            "work",
            "performance",
            "task",
            "tasks",
            "other",
            "others",
        ),
        *("misc", "target", "kpi", "duties"),
    )
)
"""Names that do not say what is measured; with a definition beside them they may stand."""
_NUMBER = (float, int)
_ANY_DAYS = Span(date.min, date.max)
_LEAST_MONTHS = 3  # a pace of less says nothing


class SmartLine(NamedTuple):
    """One contract line with a target.

    row    in the contract lines
    fails  letter -> what is wrong with it
    """

    row: int
    contract: Any
    kpi: Any
    fails: Mapping[str, Problem]


class _Card(NamedTuple):
    """What a KPI's card says about its targets.

    counts   whether they are judged: the KPI carries weight and was not dropped in screening
    sign     1 where more is better, -1 where less is, 0 where nobody says
    adds_up  whether reports are amounts that do
    fails    letter -> what is wrong with the card itself, for every target
    """

    counts: bool
    sign: int
    adds_up: bool
    unit: Any
    method: str
    fails: Mapping[str, Problem]


class Smart:
    """The targets of a program, judged. Cards are judged once each, lines one by one."""

    def __init__(self, tables: Tables, policy: Policy) -> None:
        self.tables, self.policy = tables, policy
        self.lines, self.kpis = rows_of(tables, "contract_lines"), rows_of(tables, "kpis")
        self.names, self.line_name = labels(tables, "kpis"), line_labels(tables)
        self.contracts = contracts_of(tables)
        self._rows = first_rows(self.kpis, "kpi")
        self._methods = {fold_name(word): m for m in METHODS for word in (m.name, m.zh, *m.aliases)}
        self._cards: dict[Any, _Card] = {}
        links = rows_of(tables, "links")
        self._linked = set(links.column("sub_kpi")) | set(links.column("kpi")) if links else set[Any]()

    def judge(self) -> Iterator[SmartLine]:
        """Each line that has a target and counts."""
        if self.lines is None or self.kpis is None:
            return
        for i, number, kpi, target in columns_of(self.lines, "contract", "kpi", "target"):
            if target is None or kpi not in self._rows:
                continue
            card = self._cards.get(kpi) or self._cards.setdefault(kpi, self._card(kpi))
            if not card.counts:
                continue
            letter, problem = self._line(i, kpi, card, target, self.contracts.get(number))
            yield SmartLine(i, number, kpi, {**card.fails, letter: problem} if problem else card.fails)

    def _card(self, kpi: Any) -> _Card:
        assert self.kpis is not None
        columns = ("kind", "verdict", "direction", "aggregation", "unit", "method")
        kind, verdict, direction, rule, unit, method = (cell(self.kpis, self._rows[kpi], name) for name in columns)
        known = self._methods.get(fold_name(method or ""))
        return _Card(
            counts=kind not in UNWEIGHTED and verdict != "drop",
            sign={"higher": 1, "lower": -1}.get(direction, 0),
            adds_up=rule == "sum",
            unit=unit,
            method=known.name if known else "",
            fails={problem.details["letter"]: problem for problem in self._about_card(kpi)},
        )

    def _about_card(self, kpi: Any) -> Iterator[Problem]:
        assert self.kpis is not None
        kpis, card = self.kpis, self._rows[kpi]
        name, definition, method = (cell(kpis, card, column) for column in ("name", "definition", "method"))
        named = {"kpi": self.names[kpi]}
        if fold_name(name or "") in _VAGUE and not definition:
            yield problem_at("smart_not_specific", kpis, card, "name", letter="specific", **named)
        known = self._methods.get(fold_name(method or ""))
        if self._used("unit") and known is not None and _counts_units(known) and cell(kpis, card, "unit") is None:
            yield problem_at("smart_not_measurable", kpis, card, "unit", letter="measurable", **named)
        elif self._used("data_source") and cell(kpis, card, "data_source") is None:
            yield problem_at("smart_not_measurable", kpis, card, "data_source", letter="measurable", **named)
        given = cell(kpis, card, "objective") or cell(kpis, card, "source") or kpi in self._linked
        if not given and (self._used("objective") or self._used("source")):
            yield problem_at("kpi_without_source", kpis, card, "source", letter="relevant", **named)

    def _used(self, column: str) -> bool:
        assert self.kpis is not None
        return any(value is not None for value in self.kpis.columns.get(column, ()))

    def _line(
        self, i: int, kpi: Any, card: _Card, target: Any, contract: Contract | None
    ) -> tuple[str, Problem | None]:
        """The letter that a target fails by itself, and why; None where it fails none."""
        if isinstance(target, date):
            return "dated", self._against_dates(i, kpi, target, contract)
        if isinstance(target, _NUMBER) and not isinstance(target, bool):
            problem = self._against_base(i, kpi, card, target, contract)
            return "attainable", problem or self._against_pace(i, kpi, card, target, contract)
        return "attainable", None

    def _against_dates(self, i: int, kpi: Any, target: date, contract: Contract | None) -> Problem | None:
        span = contract.span if contract else None
        if span is None or span.start <= target <= span.end:
            return None
        dates = {"start": span.start, "end": span.end}
        return self._at("smart_outside_dates", i, "target", line=self._called(kpi, contract), **dates)

    def _against_base(self, i: int, kpi: Any, card: _Card, target: float, contract: Contract | None) -> Problem | None:
        """History: a target that the base has passed already, or that lies too far beyond it."""
        base = self._bases[i]
        if not base or not card.sign or not isinstance(base, _NUMBER):
            return None
        better, limit = card.sign * (target - base) / abs(base) * 100, self.policy["smart_stretch"]
        if not (better < 0 or better > limit + 1e-9):
            return None
        shown = {"target": self._show(card, target, i), "base": self._show(card, base, i, "base")}
        line = self._called(kpi, contract)
        if better < 0 and card.method == "progress":
            pair = Text(*(f"{shown['target']}, {shown['base']}" for _ in LANGUAGES))
            return self._at("direction_against_base", i, "base", kpi=line, figures=pair)
        if better < 0:
            assert self.lines is not None
            where = place(self.lines, i, "base")
            return self._at("smart_not_ambitious", i, "target", where=where, line=line, **shown)
        percents = {"better": f"{better:.4g}", "limit": f"{limit:.15g}"}
        return self._at("smart_out_of_reach", i, "target", line=line, **shown, **percents)

    def _against_pace(self, i: int, kpi: Any, card: _Card, target: float, contract: Contract | None) -> Problem | None:
        """Run rate: what the months reported so far would make by the end, of amounts that add up."""
        if card.sign <= 0 or not card.adds_up or target <= 0:
            return None
        if contract is None or contract.span is None or not contract.holders:
            return None
        done = self._done(contract.holders[0], kpi, *months_of_contract(contract.span.start, contract.span.end))
        if done is None or done.problem or not isinstance(done.value, _NUMBER):
            return None
        if not _LEAST_MONTHS <= done.known < done.due:
            return None
        forecast, limit = run_rate(float(done.value), done.known, done.due, "sum"), self.policy["smart_run_rate"]
        early = done.value >= target and done.known * 2 <= done.due
        if not early and not forecast / target * 100 < limit - 1e-9:
            return None
        details = {
            "line": self._called(kpi, contract),
            "target": self._show(card, target, i),
            "done": self._show(card, float(done.value), i),
            "months": done.known,
            "forecast": self._show(card, forecast, i),
        }
        if early:
            return self._at("smart_reached_early", i, "target", **details)
        return self._at("smart_behind_pace", i, "target", limit=f"{limit:.15g}", **details)

    def _done(self, holder: Any, kpi: Any, first: int, last: int) -> Aggregate | None:
        """What was reported for these months; None for nothing."""
        rows = self._spoken[holder, kpi]
        if not rows:
            return None
        plain = self._courses.aggregate("sum", rows, first, last, _ANY_DAYS)
        return plain or aggregate("sum", list(map(self._report, rows)), first, last)

    def _report(self, row: int) -> Report:
        period, value, over, under = (column[row] for column in self._reported)
        return Report(*months_of_period(period), value, over, under, row)

    @cached_property
    def _reported(self) -> Sequence[Sequence[Any]]:
        actuals = rows_of(self.tables, "actuals") or empty("actuals")
        return [actuals.column(name) for name in ("period", "value", "numerator", "denominator")]

    @cached_property
    def _spoken(self) -> SpokenReports:
        return SpokenReports(self.tables, self._reported)

    @cached_property
    def _courses(self) -> Courses:
        return Courses(*self._reported)

    @cached_property
    def _bases(self) -> Sequence[Any]:
        assert self.lines is not None
        return self.lines.column("base")

    def _at(self, name: str, i: int, column: str, **details: Any) -> Problem:
        assert self.lines is not None
        return problem_at(name, self.lines, i, column, **details)

    def _called(self, kpi: Any, contract: Contract | None) -> str:
        return self.line_name(contract.contract if contract else "", kpi)

    def _show(self, card: _Card, value: float, i: int, column: str = "target") -> str:
        assert self.lines is not None
        marked = i in self.lines.percent.get(column, ())
        return show_figure(value, "%" if marked and not is_percent(card.unit) else card.unit or "", digits=6)


def _counts_units(method: Method) -> bool:
    """Whether a method compares figures, which mean nothing without a unit."""
    return method.effect == "points" and method.name not in ("grade", "milestone", "pass_fail", "marks", "steps")

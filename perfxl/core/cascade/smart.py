"""Targets against SMART: specific, measurable, attainable, relevant, dated; each letter with what is wrong and where.

A column that nobody has filled in fails nobody. Source: domain.md sections 1, 2 and 6.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from perfxl.core.language import LANGUAGES, Text
from perfxl.core.policy import Policy
from perfxl.core.problems import Problem
from perfxl.core.records import Tables
from perfxl.core.rulebook import METHODS, Method
from perfxl.core.scoring.periods import Report, aggregate, months_of_contract, months_of_period, run_rate
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


class Smart:
    """The targets of a program, judged. Cards are judged once each, lines one by one."""

    def __init__(self, tables: Tables, policy: Policy) -> None:
        self.tables, self.policy = tables, policy
        self.lines, self.kpis = rows_of(tables, "contract_lines"), rows_of(tables, "kpis")
        self.names, self.line_name = labels(tables, "kpis"), line_labels(tables)
        self.contracts = contracts_of(tables)
        self._cards = first_rows(self.kpis, "kpi")
        self._methods = {fold_name(word): m for m in METHODS for word in (m.name, m.zh, *m.aliases)}
        self._judged: dict[Any, dict[str, Problem]] = {}
        links = rows_of(tables, "links")
        self._linked = set(links.column("sub_kpi")) | set(links.column("kpi")) if links else set[Any]()
        self._reported: dict[tuple[Any, Any], list[int]] | None = None

    def judge(self) -> Iterator[SmartLine]:
        """Each line that has a target and counts."""
        if self.lines is None or self.kpis is None:
            return
        for i, number, kpi, target in columns_of(self.lines, "contract", "kpi", "target"):
            if target is None or kpi not in self._cards:
                continue
            card = self._cards[kpi]
            if cell(self.kpis, card, "kind") in UNWEIGHTED or cell(self.kpis, card, "verdict") == "drop":
                continue
            fails = dict(self._card(kpi))
            contract = self.contracts.get(number)
            for letter, problem in self._line(i, kpi, target, contract):
                fails.setdefault(letter, problem)
            yield SmartLine(i, number, kpi, fails)

    def _card(self, kpi: Any) -> dict[str, Problem]:
        """What fails for every target of a KPI."""
        if kpi not in self._judged:
            self._judged[kpi] = {problem.details["letter"]: problem for problem in self._about_card(kpi)}
        return self._judged[kpi]

    def _about_card(self, kpi: Any) -> Iterator[Problem]:
        assert self.kpis is not None
        kpis, card = self.kpis, self._cards[kpi]
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

    def _line(self, i: int, kpi: Any, target: Any, contract: Contract | None) -> Iterator[tuple[str, Problem]]:
        assert self.lines is not None
        line = self.line_name(contract.contract if contract else "", kpi)
        if isinstance(target, date):
            span = contract.span if contract else None
            if span and not span.start <= target <= span.end:
                dates = {"start": span.start, "end": span.end}
                yield "dated", problem_at("smart_outside_dates", self.lines, i, "target", line=line, **dates)
            return
        if isinstance(target, float | int) and not isinstance(target, bool):
            problem = self._against_base(i, kpi, target, line) or self._against_pace(i, kpi, target, contract, line)
            if problem:
                yield "attainable", problem

    def _against_base(self, i: int, kpi: Any, target: float, line: str) -> Problem | None:
        """History: a target that the base has passed already, or that lies too far beyond it."""
        assert self.lines is not None
        base, sign = cell(self.lines, i, "base"), self._sign(kpi)
        if not isinstance(base, float | int) or not sign or not base:
            return None
        figures = {"line": line, "target": self._show(kpi, target, i), "base": self._show(kpi, base, i, "base")}
        better = sign * (target - base) / abs(base) * 100
        if better < 0 and self._method(kpi) == "progress":
            pair = Text(*(f"{figures['target']}, {figures['base']}" for _ in LANGUAGES))
            return problem_at("direction_against_base", self.lines, i, "base", kpi=line, figures=pair)
        if better < 0:
            where = place(self.lines, i, "base")
            return problem_at("smart_not_ambitious", self.lines, i, "target", where=where, **figures)
        limit = self.policy["smart_stretch"]
        if better > limit + 1e-9:
            figures |= {"better": f"{better:.4g}", "limit": f"{limit:.15g}"}
            return problem_at("smart_out_of_reach", self.lines, i, "target", **figures)
        return None

    def _against_pace(self, i: int, kpi: Any, target: float, contract: Contract | None, line: str) -> Problem | None:
        """Run rate: what the months reported so far would make by the end, of amounts that add up."""
        assert self.lines is not None and self.kpis is not None
        if contract is None or contract.span is None or not contract.holders or self._sign(kpi) <= 0 or target <= 0:
            return None
        if not self._adds_up(kpi):
            return None
        first, last = months_of_contract(contract.span.start, contract.span.end)
        reports = self._of(contract.holders[0], kpi)
        done = aggregate("sum", reports, first, last) if reports else None
        if done is None or done.problem or not isinstance(done.value, float | int):
            return None
        if not _LEAST_MONTHS <= done.known < done.due:
            return None
        forecast = run_rate(float(done.value), done.known, done.due, "sum")
        details = {
            "line": line,
            "target": self._show(kpi, target, i),
            "done": self._show(kpi, float(done.value), i),
            "months": done.known,
            "forecast": self._show(kpi, forecast, i),
        }
        if done.value >= target and done.known * 2 <= done.due:
            return problem_at("smart_reached_early", self.lines, i, "target", **details)
        limit = self.policy["smart_run_rate"]
        if forecast / target * 100 < limit - 1e-9:
            return problem_at("smart_behind_pace", self.lines, i, "target", limit=f"{limit:.15g}", **details)
        return None

    def _of(self, holder: Any, kpi: Any) -> list[Report]:
        if (
            self._reported is None
        ):  # rows only, of what adds up: reports of everybody would take more room than all else
            self._reported = {}
            summed = {card for card in self._cards if self._adds_up(card)}
            actuals = rows_of(self.tables, "actuals")
            columns = ("holder", "kpi", "period", "value", "numerator")
            for row, who, what, period, value, over in columns_of(actuals, *columns) if actuals else ():
                if what in summed and period is not None and (value is not None or over is not None):
                    self._reported.setdefault((who, what), []).append(row)
        return list(map(self._report, self._reported.get((holder, kpi), ())))

    def _report(self, row: int) -> Report:
        period, value, over, below = (
            cell(self.tables["actuals"], row, name) for name in ("period", "value", "numerator", "denominator")
        )
        return Report(*months_of_period(period), value, over, below, row)

    def _adds_up(self, kpi: Any) -> bool:
        assert self.kpis is not None
        return bool(cell(self.kpis, self._cards[kpi], "aggregation") == "sum")

    def _method(self, kpi: Any) -> str:
        assert self.kpis is not None
        known = self._methods.get(fold_name(cell(self.kpis, self._cards[kpi], "method") or ""))
        return known.name if known else ""

    def _sign(self, kpi: Any) -> int:
        """1 where more is better, -1 where less is, 0 where nobody says."""
        assert self.kpis is not None
        return {"higher": 1, "lower": -1}.get(cell(self.kpis, self._cards[kpi], "direction"), 0)

    def _show(self, kpi: Any, value: float, i: int, column: str = "target") -> str:
        assert self.lines is not None and self.kpis is not None
        unit = cell(self.kpis, self._cards[kpi], "unit")
        marked = i in self.lines.percent.get(column, ())
        return show_figure(value, "%" if marked and not is_percent(unit) else unit or "", digits=6)


def _counts_units(method: Method) -> bool:
    """Whether a method compares figures, which mean nothing without a unit."""
    return method.effect == "points" and method.name not in ("grade", "milestone", "pass_fail", "marks", "steps")

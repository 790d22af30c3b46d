"""The KPI library: each card names a method that exists, fits its kind, and has what the method needs from the card."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from perfxl.core.formula import FormulaError
from perfxl.core.language import Text
from perfxl.core.policy import Policy
from perfxl.core.problems import Problem
from perfxl.core.records import Tables
from perfxl.core.rulebook import FIGURES, Method, RuleBook
from perfxl.core.schema.choices import KIND
from perfxl.core.scoring.scalar import best_first, resolve_scale, resolve_steps
from perfxl.core.table_access import cell, column_text, labels, problem_at, rows_of


class Plan:
    """What a KPI's card says about scoring its lines.

    method  as the rule book knows it; None where the name is unknown or missing
    needs   columns of a contract line without which there is no score, the actual aside
    sign    +1 higher is better, -1 lower, 0 where the card does not say
    scored, counts  whether its lines give points; whether they count what happened (deductions, bonuses, vetoes)
    """

    def __init__(self, row: int, card: Mapping[str, Any], method: Method | None) -> None:
        self.row, self.card, self.method = row, card, method
        self.kind = "monitor" if card["verdict"] == "monitor" else card["kind"]
        self.sign = {"higher": 1, "lower": -1}.get(card["direction"], 0)
        self.scored = method is not None and method.effect == "points" and self.kind not in _UNSCORED
        self.counts = method is not None and self.kind in _EVENT_KINDS

    @cached_property
    def needs(self) -> tuple[str, ...]:
        """The columns that the lines must fill."""
        if self.method is None or self.method.effect == "none" or self.kind == "monitor":
            return ()
        try:
            return tuple(FIGURES[name] for name in self.method.needs if name in FIGURES and name != "A")
        except FormulaError:  # an own method's mistake, named where it is read
            return ()

    @cached_property
    def directed(self) -> bool:
        """Whether the method asks which direction is better."""
        try:
            return self.method is not None and self.method.directed
        except FormulaError:
            return False

    @property
    def method_text(self) -> Text:
        """What the method is called; blank where the card names none."""
        return self.method.label if self.method else Text("", "")

    def uses(self, function: str) -> bool:
        """Whether the method's formula looks something up: STEPS, GRADES, DAYS."""
        return self.method is not None and f"{function}(" in self.method.text


# Kinds whose lines never give points, whatever the method.
_UNSCORED = frozenset({"deduct", "bonus", "veto", "monitor"})


def plans_of(tables: Tables, policy: Policy) -> dict[str, Plan]:
    """KPI -> plan, for the KPIs of the library that were not dropped in screening."""
    kpis = rows_of(tables, "kpis")
    if kpis is None:
        return {}
    rules = RuleBook(policy)
    plans: dict[str, Plan] = {}
    for i, card in enumerate(kpis.records()):
        if card["kpi"] is not None and card["verdict"] != "drop":
            plans.setdefault(card["kpi"], Plan(i, card, rules.find(card["method"])))
    return plans


# A column, the name of the problem, and the details beside the KPI's name.
CardProblem = tuple[str, str, dict[str, Any]]

_KINDS = {kind.name: kind.text for kind in KIND}
# Kinds that only their own method can serve.
_EVENT_KINDS = frozenset({"deduct", "bonus", "veto"})


def check_methods(tables: Tables, policy: Policy) -> list[Problem]:
    """Cards whose method, direction, steps, scale, limits or veto do not fit together (scoring.md section 1)."""
    kpis = rows_of(tables, "kpis")
    if kpis is None:
        return []
    names = labels(tables, "kpis")
    return [
        problem_at(name, kpis, plan.row, column, kpi=names[cell(kpis, plan.row, "kpi")], **details)
        for plan in plans_of(tables, policy).values()
        for column, name, details in _judge_card(plan, tables, policy)
    ]


def per_unit_figures(k: Any, unit_step: Any) -> Iterator[CardProblem]:
    """Points per unit are not negative (the direction says which way), a unit is more than nothing."""
    if isinstance(k, float | int) and k < 0:
        yield "k", "figure_negative", {"figure": column_text("kpis", "k")}
    if isinstance(unit_step, float | int) and unit_step <= 0:
        yield "unit_step", "unit_step_not_positive", {}


def full_marks(full: Any) -> Iterator[CardProblem]:
    """The best mark is more than nothing."""
    if isinstance(full, float | int) and full <= 0:
        yield "full_marks", "full_marks_not_positive", {}


def floor_and_cap(floor: Any, cap: Any, policy: Policy) -> dict[str, float] | None:
    """The two where the floor lies above the cap, with the policy's for a blank."""
    least = floor if floor is not None else policy["points_floor"]
    most = cap if cap is not None else policy["points_cap"]
    return {"floor": least, "cap": most} if least > most else None


def _judge_card(plan: Plan, tables: Tables, policy: Policy) -> Iterator[CardProblem]:
    card, method = plan.card, plan.method
    if card["method"] is not None and method is None:
        yield "method", "method_unknown", {"method": card["method"]}
    elif card["method"] is not None and method is not None:
        event = method.name if method.effect != "points" else None
        if card["kind"] and event != card["kind"] and (event or card["kind"] in _EVENT_KINDS):
            yield "method", "kind_contradicts_method", {"kind": _KINDS[card["kind"]]}
    undirected = plan.scored and plan.directed and not plan.sign
    if undirected and method and method.name != "interpolate":  # which has its threshold and target: lines.py
        yield "direction", "direction_missing", {"method": plan.method_text}
    if plan.uses("STEPS") and plan.scored:
        yield from _judge_steps(plan, tables, policy)
    if plan.uses("GRADES") and plan.scored and resolve_scale(card["scale"], policy) is None:
        yield "scale", "scale_unknown", {"method": plan.method_text}
    own = [name for name in ("cap", "floor") if card[name] is not None]
    wrong = floor_and_cap(card["floor"], card["cap"], policy)
    if own and wrong:
        yield own[0], "floor_above_cap", wrong
    yield from per_unit_figures(card["k"], card["unit_step"])
    yield from full_marks(card["full_marks"])
    if card["limit"] is not None and card["limit"] < 0:
        yield "limit", "figure_negative", {"figure": column_text("kpis", "limit")}
    grades = [band.grade for band in policy.bands]
    veto_grade = card["veto_grade"]
    if veto_grade is None and card["veto_effect"] == "limit_grade":
        veto_grade = policy["veto_grade"]  # grades of the company's own need not have the default's D
    if veto_grade is not None and veto_grade not in grades:
        yield "veto_grade", "veto_grade_of_kpi_unknown", {"grades": "、".join(grades)}


def _judge_steps(plan: Plan, tables: Tables, policy: Policy) -> Iterator[CardProblem]:
    name = plan.card["steps"]
    if name is None:
        yield "steps", "figure_missing", {"figure": column_text("kpis", "steps"), "method": plan.method_text}
        return
    steps = resolve_steps(name, policy)
    if steps is None:
        if rows_of(tables, "step_tables") is None:  # else the reference itself is reported
            yield "steps", "scale_unknown", {"method": plan.method_text}
        return
    ordered = best_first(steps, plan.sign or 1)
    if ordered[0][1] < ordered[-1][1]:
        yield "steps", "steps_against_direction", {}

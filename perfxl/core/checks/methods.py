"""The KPI library: each card names a method that exists, fits its kind, and has what the method needs from the card."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from perfxl.core.checks.plans import Plan, plans_of
from perfxl.core.language import Text
from perfxl.core.policy import Policy
from perfxl.core.problems import Problem
from perfxl.core.records import Tables
from perfxl.core.schema.choices import KIND
from perfxl.core.scoring.scalar import best_first, resolve_scale, resolve_steps
from perfxl.core.table_access import cell, column_text, finding, labels, rows_of

# A column, a code, and the details beside the KPI's name.
Found = tuple[str, str, dict[str, Any]]

_KINDS = {kind.name: Text(kind.zh, kind.en) for kind in KIND}
# Kinds that only their own method can serve.
_EVENT_KINDS = frozenset({"deduct", "bonus", "veto"})


def check(book: Tables, policy: Policy) -> list[Problem]:
    kpis = rows_of(book, "kpis")
    if kpis is None:
        return []
    names = labels(book, "kpis")
    return [
        finding(code, kpis, plan.row, column, kpi=names[cell(kpis, plan.row, "kpi")], **details)
        for plan in plans_of(book, policy).values()
        for judge in (_method, _direction, _steps, _scale, _limits, _veto)
        for column, code, details in judge(plan, book, policy)
    ]


def per_unit_figures(k: Any, unit_step: Any) -> Iterator[Found]:
    """Points per unit are not negative (the direction says which way), a unit is more than nothing."""
    if k is not None and k < 0:
        yield "k", "figure_negative", {"figure": column_text("kpis", "k")}
    if isinstance(unit_step, float | int) and unit_step <= 0:
        yield "unit_step", "unit_step_not_positive", {}


def floor_and_cap(floor: Any, cap: Any, policy: Policy) -> dict[str, float] | None:
    """The two where the floor lies above the cap, with the policy's for a blank."""
    least = floor if floor is not None else policy["points_floor"]
    most = cap if cap is not None else policy["points_cap"]
    return {"floor": least, "cap": most} if least > most else None


def _method(plan: Plan, book: Tables, policy: Policy) -> Iterator[Found]:
    if plan.card["method"] is None:
        return
    if plan.method is None:
        yield "method", "method_unknown", {"method": plan.card["method"]}
        return
    event = plan.method.name if plan.method.effect != "points" else None
    kind = plan.card["kind"]
    if kind and event != kind and (event or kind in _EVENT_KINDS):
        yield "method", "kind_contradicts_method", {"kind": _KINDS[kind]}


def _direction(plan: Plan, book: Tables, policy: Policy) -> Iterator[Found]:
    """interpolate tells the direction from its threshold and target; a lone contract sheet has no such column."""
    if "direction" not in book["kpis"].columns:
        return
    if plan.scored and plan.directed and not plan.sign and plan.method and plan.method.name != "interpolate":
        yield "direction", "direction_missing", {"method": plan.method_text}


def _steps(plan: Plan, book: Tables, policy: Policy) -> Iterator[Found]:
    if not plan.uses("STEPS") or not plan.scored:
        return
    name = plan.card["steps"]
    if name is None:
        yield "steps", "figure_missing", {"figure": column_text("kpis", "steps"), "method": plan.method_text}
        return
    steps = resolve_steps(name, policy)
    if steps is None:
        if rows_of(book, "step_tables") is None:  # else the reference itself is reported
            yield "steps", "scale_unknown", {"method": plan.method_text}
        return
    ordered = best_first(steps, plan.sign or 1)
    if ordered[0][1] < ordered[-1][1]:
        yield "steps", "steps_against_direction", {}


def _scale(plan: Plan, book: Tables, policy: Policy) -> Iterator[Found]:
    if plan.uses("GRADES") and plan.scored and resolve_scale(plan.card["scale"], policy) is None:
        yield "scale", "scale_unknown", {"method": plan.method_text}


def _limits(plan: Plan, book: Tables, policy: Policy) -> Iterator[Found]:
    card = plan.card
    own = [name for name in ("cap", "floor") if card[name] is not None]
    wrong = floor_and_cap(card["floor"], card["cap"], policy)
    if own and wrong:
        yield own[0], "floor_above_cap", wrong
    yield from per_unit_figures(card["k"], card["unit_step"])
    if card["limit"] is not None and card["limit"] < 0:
        yield "limit", "figure_negative", {"figure": column_text("kpis", "limit")}


def _veto(plan: Plan, book: Tables, policy: Policy) -> Iterator[Found]:
    grade = plan.card["veto_grade"]
    if grade is not None and grade not in {band.grade for band in policy.bands}:
        yield "veto_grade", "veto_grade_of_kpi_unknown", {"grades": "、".join(band.grade for band in policy.bands)}

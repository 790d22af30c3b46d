"""Contract lines: the figures that the method needs are there, are of the right type, and stand in the right order.

Which figures a method needs and which it cannot work with are read off the rule book; nothing is said twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from perfxl.core.checks.lookups import line_labels
from perfxl.core.checks.methods import Found, floor_and_cap, per_unit_figures
from perfxl.core.checks.plans import Plan, plans_of
from perfxl.core.findings import column_text, finding, rows_of
from perfxl.core.formula import to_python
from perfxl.core.formula.analyse import names_of
from perfxl.core.formula.python import Rule
from perfxl.core.policy import Policy
from perfxl.core.problems import Problem, Text
from perfxl.core.records import Book
from perfxl.core.rulebook import FIGURES, Method, tree_of
from perfxl.core.scoring.line import implied_direction, number

Figures = Mapping[str, Any]

_READ = ("target", "challenge", "threshold", "base", "low", "high", "unit_step", "k", "floor", "cap")
_FROM_CARD = ("k", "unit_step", "floor", "cap")
# Columns a method in days takes dates in; every other method takes numbers in them.
_DATED = ("target", "threshold", "challenge")
_NUMBERS = ("target", "challenge", "threshold", "base", "low", "high", "unit_step")
# Methods whose target is compared with the actual as it stands.
_SIDED = frozenset({"ratio", "per_unit", "pass_fail"})


def check(book: Book, policy: Policy) -> list[Problem]:
    lines, plans = rows_of(book, "contract_lines"), plans_of(book, policy)
    if lines is None or not plans:
        return []
    label = line_labels(book)
    contracts, kpis = lines.column("contract"), lines.column("kpi")
    held = [(name, lines.columns[name]) for name in _READ if name in lines.columns]
    problems: list[Problem] = []
    for i, kpi in enumerate(kpis):
        plan = plans.get(kpi)
        if plan is None or plan.method is None:
            continue
        own = {name: values[i] for name, values in held}
        for column, code, details in _line(plan, plan.method, own, policy):
            problems.append(finding(code, lines, i, column, kpi=label(contracts[i], kpi), **details))
    return problems


def _line(plan: Plan, method: Method, own: Figures, policy: Policy) -> Iterator[Found]:
    """`own` holds what the sheet has a column for; a lone weight table has no targets, and misses none."""
    figures: dict[str, Any] = {**dict.fromkeys(_READ), **own}
    for name in _FROM_CARD:
        if figures[name] is None:
            figures[name] = plan.card[name]
    missing, mistyped = list(_missing(plan, own, figures)), list(_types(plan, own))
    yield from missing
    yield from mistyped
    yield from _limits(own, figures, policy)
    if own.get("k") is not None or own.get("unit_step") is not None:
        yield from per_unit_figures(own.get("k"), own.get("unit_step"))
    if plan.scored and not missing and not mistyped:
        yield from _unusable(plan, method, figures)
        yield from _doubtful(plan, method, figures)


def _missing(plan: Plan, own: Figures, figures: Figures) -> Iterator[Found]:
    for name in plan.needs:
        if figures.get(name) is None and (name in own or name in _FROM_CARD):
            yield name, "M102", {"figure": column_text("contract_lines", name), "method": plan.method_text}


def _types(plan: Plan, own: Figures) -> Iterator[Found]:
    if not plan.scored or not plan.needs:
        return  # a graded or stepped KPI may say anything for its target
    dated = _DATED if plan.uses("DAYS") else ()
    for name in _NUMBERS:
        value = own.get(name)
        if value is None or isinstance(value, date if name in dated else float | int):
            continue
        code = "M112" if name in dated else "M106"
        yield name, code, {"figure": column_text("contract_lines", name), "method": plan.method_text}


def _limits(own: Figures, figures: Figures, policy: Policy) -> Iterator[Found]:
    """A pair that both stand on the card is judged there."""
    written = [name for name in ("cap", "floor") if own.get(name) is not None]
    wrong = floor_and_cap(figures["floor"], figures["cap"], policy) if written else None
    if wrong:
        yield written[0], "M124", wrong


class _Condition(NamedTuple):
    """Figures that a method cannot work with; `column` is the first figure that its text names."""

    holds: Rule
    code: str
    column: str


@cache
def _conditions(method: Method) -> tuple[_Condition, ...]:
    made = []
    for text, code in method.conditions:
        tree = tree_of(text)
        column = next(FIGURES[name] for name in names_of(tree) if name in FIGURES)
        if column != "unit_step":  # judged where it stands, on the line or the card
            made.append(_Condition(to_python(tree, {}), code, column))
    return tuple(made)


def _unusable(plan: Plan, method: Method, figures: Figures) -> Iterator[Found]:
    conditions = _conditions(method)
    if not conditions:
        return
    values = {symbol: number(figures.get(column)) for symbol, column in FIGURES.items()}
    values["D"] = plan.sign or implied_direction(method, figures)
    for condition in conditions:
        if condition.holds(values) == 1.0:
            yield condition.column, condition.code, {"method": plan.method_text}
            return


def _doubtful(plan: Plan, method: Method, figures: Figures) -> Iterator[Found]:
    """Usable, but hardly meant: a challenge below the target, a threshold above it, progress the wrong way."""
    target, sign = figures["target"], plan.sign
    if target is None or not sign:
        return
    if method.name == "progress" and (target - figures["base"]) * sign < 0:
        yield "base", "M126", {"figures": _pair(figures, "base")}
    if method.name not in _SIDED:
        return
    for name, side in (("threshold", -1), ("challenge", 1)):
        value = figures[name]
        if value is not None and (value - target) * sign * side < 0:
            yield name, "M127", {"figures": _pair(figures, name)}


def _pair(figures: Figures, name: str) -> Text:
    """目标值 80、挑战值 75."""
    texts = [(column_text("contract_lines", each), f"{figures[each]:.15g}") for each in ("target", name)]
    return Text("、".join(f"{t.zh} {v}" for t, v in texts), ", ".join(f"{t.en.lower()} {v}" for t, v in texts))

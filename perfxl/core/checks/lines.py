"""Contract lines: the figures that the method needs are there, are of the right type, and stand in the right order.

Which figures a method needs and which it cannot work with are read off the rule book; nothing is said twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from perfxl.core.checks.methods import floor_and_cap, per_unit_figures
from perfxl.core.checks.plans import Plan, plans_of
from perfxl.core.formula import Rule, names_of, to_python
from perfxl.core.language import Text
from perfxl.core.policy import Policy
from perfxl.core.problems import Problem
from perfxl.core.records import Records, Tables
from perfxl.core.rulebook import FIGURES, Method, tree_of
from perfxl.core.scoring.scalar import implied_direction, number
from perfxl.core.table_access import column_text, finding, line_labels, rows_of

# A row, a column, a code, and the details beside the line's name.
FoundAt = tuple[int, str, str, dict[str, Any]]

_READ = ("target", "challenge", "threshold", "base", "low", "high", "unit_step", "k", "limit", "floor", "cap")
_FROM_CARD = ("k", "unit_step", "limit", "floor", "cap")
# Columns a method in days takes dates in; every other method takes numbers in them.
_DATED = ("target", "threshold", "challenge")
_NUMBERS = ("target", "challenge", "threshold", "base", "low", "high", "unit_step")
# Where a figure stands beside the target: a base and a threshold are no better, a challenge is no worse.
_COMPARED = (("threshold", -1), ("challenge", 1))
_SIDES = {"ratio": _COMPARED, "per_unit": _COMPARED, "pass_fail": _COMPARED, "progress": (("base", -1),)}


def check(book: Tables, policy: Policy) -> list[Problem]:
    lines, plans = rows_of(book, "contract_lines"), plans_of(book, policy)
    if lines is None or not plans:
        return []
    rows_by_kpi: dict[str, list[int]] = {}
    for i, kpi in enumerate(lines.column("kpi")):
        rows_by_kpi.setdefault(kpi, []).append(i)
    contracts, label = lines.column("contract"), line_labels(book)
    return [
        finding(code, lines, i, column, kpi=label(contracts[i], kpi), **details)
        for kpi, rows in rows_by_kpi.items()
        if kpi in plans
        for i, column, code, details in _Lines(plans[kpi], lines, rows, policy).judge()
    ]


class _Lines:
    """The lines of one KPI. Column by column, since a program has a hundred thousand of them."""

    def __init__(self, plan: Plan, lines: Records, rows: list[int], policy: Policy) -> None:
        self.plan, self.rows, self.policy = plan, rows, policy
        # What the sheet has a column for and somebody has filled in.
        self.held = {name: values for name in _READ if (values := lines.columns.get(name)) is not None}
        self.filled = [
            name for name in _READ if name in self.held and any(self.held[name][i] is not None for i in rows)
        ]

    def judge(self) -> Iterator[FoundAt]:
        """Figures are set against each other only where they are there and readable."""
        wrong = [*self._missing(), *self._types()]
        yield from wrong
        yield from self._limits()
        method = self.plan.method
        if method is not None and self.plan.scored:
            unfit = {i for i, *_ in wrong}
            rows = [i for i in self.rows if i not in unfit] if unfit else self.rows
            yield from self._unusable(method, rows)
            yield from self._doubtful(method, rows)

    def _figure(self, i: int, name: str) -> Any:
        """The line's own, or else the card's."""
        value = self.held[name][i] if name in self.held else None
        return self.plan.card[name] if value is None and name in _FROM_CARD else value

    def _missing(self) -> Iterator[FoundAt]:
        """A lone weight table has no column of targets, and misses none."""
        for name in self.plan.needs:
            from_card = name in _FROM_CARD
            if self.plan.card[name] is not None if from_card else name not in self.held:
                continue
            for i in self.rows:
                if self._figure(i, name) is None:
                    figure = column_text("contract_lines", name)
                    yield i, name, "figure_missing", {"figure": figure, "method": self.plan.method_text}

    def _types(self) -> Iterator[FoundAt]:
        """A graded or stepped KPI, which needs none of them, may say anything for its target."""
        if not self.plan.scored or not self.plan.needs:
            return
        dated = _DATED if self.plan.uses("DAYS") else ()
        for name in (name for name in _NUMBERS if name in self.filled):
            fit, code = (date, "figure_not_a_date") if name in dated else ((float, int), "figure_not_a_number")
            values = self.held[name]
            for i in self.rows:
                if values[i] is not None and not isinstance(values[i], fit):
                    figure = column_text("contract_lines", name)
                    yield i, name, code, {"figure": figure, "method": self.plan.method_text}

    def _limits(self) -> Iterator[FoundAt]:
        """A pair that both stand on the card is judged there."""
        for i in self.rows if "cap" in self.filled or "floor" in self.filled else ():
            own = [name for name in ("cap", "floor") if name in self.held and self.held[name][i] is not None]
            wrong = floor_and_cap(self._figure(i, "floor"), self._figure(i, "cap"), self.policy) if own else None
            if wrong:
                yield i, own[0], "floor_above_cap", wrong
        for i in self.rows if "k" in self.filled or "unit_step" in self.filled else ():
            k, unit_step = (self.held[name][i] if name in self.held else None for name in ("k", "unit_step"))
            for column, code, details in per_unit_figures(k, unit_step):
                yield i, column, code, details

    def _unusable(self, method: Method, rows: list[int]) -> Iterator[FoundAt]:
        conditions = _conditions(method)
        for i in rows if conditions else ():
            figures = {symbol: number(self._figure(i, FIGURES[symbol])) for symbol in _symbols(method)}
            figures["D"] = self.plan.sign or implied_direction(method, {FIGURES[s]: v for s, v in figures.items()})
            found = next((each for each in conditions if each.holds(figures) == 1.0), None)
            if found:
                yield i, found.column, found.code, {"method": self.plan.method_text}

    def _doubtful(self, method: Method, rows: list[int]) -> Iterator[FoundAt]:
        """Usable, but hardly meant: a challenge below the target, a threshold above it, progress the wrong way."""
        for name, side in _SIDES.get(method.name, ()):
            if name not in self.filled or "target" not in self.filled:
                continue
            targets, values, sign = self.held["target"], self.held[name], self.plan.sign * side
            for i in rows:
                target, value = targets[i], values[i]
                if target is not None and value is not None and (value - target) * sign < 0:
                    figures = _pair(target, name, value)
                    yield (
                        i,
                        name,
                        "direction_against_base" if name == "base" else "figure_on_wrong_side",
                        {"figures": figures},
                    )


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


@cache
def _symbols(method: Method) -> tuple[str, ...]:
    """The figures that its conditions compare."""
    used = {name for text, _ in method.conditions for name in names_of(tree_of(text))}
    return tuple(name for name in FIGURES if name in used)


def _pair(target: float, name: str, value: float) -> Text:
    """目标值 80、挑战值 75."""
    texts = [(column_text("contract_lines", "target"), target), (column_text("contract_lines", name), value)]
    zh, en = ([f"{text[lang]} {figure:.15g}" for text, figure in texts] for lang in (0, 1))
    return Text("、".join(zh), ", ".join(en))

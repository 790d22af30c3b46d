"""Contract lines: the figures that the method needs are there, are of the right type, and stand in the right order.
Which figures a method needs and which it cannot work with are read off the rule book."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from perfxl.core.checks.methods import Plan, floor_and_cap, full_marks, per_unit_figures, plans_of
from perfxl.core.formula import Rule, names_of, to_python
from perfxl.core.language import COMMA, LANGUAGES, Text
from perfxl.core.policy import Policy
from perfxl.core.problems import Problem
from perfxl.core.records import Records, Tables
from perfxl.core.rulebook import FIGURES, Method, tree_of
from perfxl.core.schema.choices import DIRECTION
from perfxl.core.scoring.scalar import HIGHER, LOWER, implied_direction, number
from perfxl.core.table_access import column_text, labels, line_labels, problem_at, rows_of

# A row, a column, the name of the problem, and the details beside the line's name.
LineProblem = tuple[int, str, str, dict[str, Any]]

_WAYS = dict(zip((HIGHER, LOWER), (choice.text for choice in DIRECTION), strict=True))
_FROM_CARD = ("k", "unit_step", "limit", "floor", "cap", "full_marks")
_READ = ("target", "challenge", "threshold", "base", "low", "high", *_FROM_CARD)
# Columns a method in days takes dates in; every other method takes numbers in them.
_DATED = ("target", "threshold", "challenge")
_NUMBERS = ("target", "challenge", "threshold", "base", "low", "high", "unit_step")
# Where a figure stands beside the target: a base and a threshold are no better, a challenge is no worse.
_COMPARED = (("threshold", -1), ("challenge", 1))
_SIDES = {"ratio": _COMPARED, "per_unit": _COMPARED, "pass_fail": _COMPARED, "progress": (("base", -1),)}


def check_lines(tables: Tables, policy: Policy) -> list[Problem]:
    """Figures of contract lines that are missing, of the wrong type or in the wrong order (scoring.md section 1)."""
    lines, plans = rows_of(tables, "contract_lines"), plans_of(tables, policy)
    if lines is None or not plans:
        return []
    rows_by_kpi: dict[str, list[int]] = {}
    for i, kpi in enumerate(lines.column("kpi")):
        rows_by_kpi.setdefault(kpi, []).append(i)
    contracts, label, names = lines.column("contract"), line_labels(tables), labels(tables, "kpis")
    found: list[Problem] = []
    for kpi, rows in rows_by_kpi.items():
        if kpi in plans:
            of_kpi = _Lines(plans[kpi], lines, rows, policy)
            found += [
                problem_at(name, lines, i, column, kpi=label(contracts[i], kpi), **details)
                for i, column, name, details in of_kpi.judge()
            ]
            if inferred := of_kpi.inferred_directions():
                name = "direction_by_threshold" if LOWER in inferred else "direction_by_default"
                said = Text(*(COMMA(lang).join(_WAYS[way](lang) for way in sorted(inferred)) for lang in LANGUAGES))
                card = tables["kpis"], plans[kpi].row, "direction"
                found.append(problem_at(name, *card, kpi=names[kpi], method=plans[kpi].method_text, direction=said))
    return found


class _Lines:
    """The lines of one KPI. Column by column, since a program has a hundred thousand of them."""

    def __init__(self, plan: Plan, lines: Records, rows: list[int], policy: Policy) -> None:
        self.plan, self.rows, self.policy, self.letters = plan, rows, policy, lines.letters
        # What the sheet has a column for and somebody has filled in.
        self.columns = {name: values for name in _READ if (values := lines.columns.get(name)) is not None}
        self.filled = [
            name for name, values in self.columns.items() if list(map(values.__getitem__, rows)).count(None) < len(rows)
        ]

    def judge(self) -> Iterator[LineProblem]:
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

    def inferred_directions(self) -> set[float]:
        """The directions that the lines' thresholds and targets decide, where the card gives none."""
        method = self.plan.method
        if method is None or method.name != "interpolate" or not self.plan.scored or self.plan.sign:
            return set()
        figures = [{name: self._figure(i, name) for name in ("threshold", "target")} for i in self.rows]
        return {
            implied_direction(method, each)
            for each in figures
            if all(isinstance(value, float | int) for value in each.values())
        }

    def _figure(self, i: int, name: str) -> Any:
        """The line's own, or else the card's."""
        value = self.columns[name][i] if name in self.columns else None
        return self.plan.card[name] if value is None and name in _FROM_CARD else value

    def _missing(self) -> Iterator[LineProblem]:
        """A lone weight table has no column of targets, and misses none."""
        for name in self.plan.needs:
            if name == "full_marks":
                yield from self._without_full_marks()
                continue
            from_card = name in _FROM_CARD
            if self.plan.card[name] is not None if from_card else name not in self.columns:
                continue
            for i in self.rows:
                if self._figure(i, name) is None:
                    figure = column_text("contract_lines", name)
                    yield i, name, "figure_missing", {"figure": figure, "method": self.plan.method_text}

    def _without_full_marks(self) -> Iterator[LineProblem]:
        """Grades state their points themselves; whether marks do is seen when they are scored."""
        if self.plan.card["scale"] is None:
            for i in self.rows:
                if self._figure(i, "full_marks") is None:
                    cell = "full_marks" if "full_marks" in self.letters else "kpi"  # as scoring does
                    yield i, cell, "full_marks_missing", {}

    def _types(self) -> Iterator[LineProblem]:
        """A graded or stepped KPI, which needs none of them, may say anything for its target."""
        if not self.plan.scored or not self.plan.needs:
            return
        dated = _DATED if self.plan.uses("DAYS") else ()
        for name in (name for name in _NUMBERS if name in self.filled):
            fit, problem = (date, "figure_not_a_date") if name in dated else ((float, int), "figure_not_a_number")
            values = self.columns[name]
            for i in self.rows:
                if values[i] is not None and not isinstance(values[i], fit):
                    figure = column_text("contract_lines", name)
                    yield i, name, problem, {"figure": figure, "method": self.plan.method_text}

    def _limits(self) -> Iterator[LineProblem]:
        """A pair that both stand on the card is judged there."""
        for i in self.rows if "cap" in self.filled or "floor" in self.filled else ():
            own = [name for name in ("cap", "floor") if name in self.columns and self.columns[name][i] is not None]
            wrong = floor_and_cap(self._figure(i, "floor"), self._figure(i, "cap"), self.policy) if own else None
            if wrong:
                yield i, own[0], "floor_above_cap", wrong
        for i in self.rows if "full_marks" in self.filled else ():
            for column, problem, details in full_marks(self.columns["full_marks"][i]):
                yield i, column, problem, details
        for i in self.rows if "k" in self.filled or "unit_step" in self.filled else ():
            k, unit_step = (self.columns[name][i] if name in self.columns else None for name in ("k", "unit_step"))
            for column, problem, details in per_unit_figures(k, unit_step):
                yield i, column, problem, details

    def _unusable(self, method: Method, rows: list[int]) -> Iterator[LineProblem]:
        conditions = _conditions(method)
        for i in rows if conditions else ():
            figures = {symbol: number(self._figure(i, FIGURES[symbol])) for symbol in _symbols(method)}
            figures["D"] = self.plan.sign or implied_direction(method, {FIGURES[s]: v for s, v in figures.items()})
            broken = next((condition for condition in conditions if condition.holds(figures) == 1.0), None)
            if broken:
                yield i, broken.column, broken.problem, {"method": self.plan.method_text}

    def _doubtful(self, method: Method, rows: list[int]) -> Iterator[LineProblem]:
        """Usable, but hardly meant: a challenge below the target, a threshold above it, progress the wrong way."""
        if "ABS(T)" in method.text and "target" in self.filled:
            targets = self.columns["target"]
            for i in (i for i in rows if targets[i] is not None and targets[i] < 0):
                yield i, "target", "target_negative", {"method": self.plan.method_text}
        for name, side in _SIDES.get(method.name, ()):
            if name not in self.filled or "target" not in self.filled:
                continue
            targets, values, sign = self.columns["target"], self.columns[name], self.plan.sign * side
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
    problem: str
    column: str


@cache
def _conditions(method: Method) -> tuple[_Condition, ...]:
    conditions = []
    for text, problem in method.conditions:
        tree = tree_of(text)
        column = next(FIGURES[name] for name in names_of(tree) if name in FIGURES)
        if column not in ("unit_step", "full_marks"):  # judged where it stands, on the line or the card
            conditions.append(_Condition(to_python(tree, {}), problem, column))
    return tuple(conditions)


@cache
def _symbols(method: Method) -> tuple[str, ...]:
    """The figures that its conditions compare."""
    used = {name for text, _ in method.conditions for name in names_of(tree_of(text))}
    return tuple(name for name in FIGURES if name in used)


def _pair(target: float, name: str, value: float) -> Text:
    """目标值 80、挑战值 75."""
    texts = [(column_text("contract_lines", "target"), target), (column_text("contract_lines", name), value)]
    return Text(*(COMMA(lang).join(f"{text(lang)} {figure:.15g}" for text, figure in texts) for lang in LANGUAGES))

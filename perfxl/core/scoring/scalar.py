"""One line in plain Python: what an Excel call, an explanation or an own method's test case asks for."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from itertools import chain
from typing import Any, NamedTuple

from perfxl.core import rulebook
from perfxl.core.formula import SAME, Node, Rule, names_of, to_python
from perfxl.core.language import Text
from perfxl.core.policy import Policy, Steps
from perfxl.core.problems import Problem, problem
from perfxl.core.rulebook import COLUMNS, FIGURES, POLICY_NAMES, Method, RuleBook
from perfxl.core.values.dates import Days, serial
from perfxl.core.values.numbers import is_not_applicable
from perfxl.core.values.text import NOT_APPLICABLE, fold_name

NAN = math.nan
_MOST = 10**308  # no spreadsheet holds more


class Status(StrEnum):
    """Blank, zero and not applicable are three things, always shown apart."""

    SCORED = "scored"
    PENDING = "pending"
    NOT_APPLICABLE = "not_applicable"
    PROBLEM = "problem"
    MONITORED = "monitored"


STATUS_LABELS = {
    Status.SCORED: Text("已计分", "scored"),
    Status.PENDING: Text("待报", "pending"),
    Status.NOT_APPLICABLE: Text("不适用", "not applicable"),
    Status.PROBLEM: Text("有问题", "problem"),
    Status.MONITORED: Text("仅监控", "monitored"),
}

HIGHER, LOWER = 1.0, -1.0


def denies(reported: Any, times: float, is_veto: bool) -> bool:
    """Whether the actual of a KPI of events says otherwise than its events: of a veto, that it did not happen."""
    if not isinstance(reported, float):
        return bool(reported == NOT_APPLICABLE)
    return reported == 0 < times if is_veto else reported != times


class LineScore(NamedTuple):
    """points is None unless scored; raw is the figure before floor, cap and rounding; direction is +1 or -1."""

    points: float | None
    status: Status
    method: Method | None = None
    raw: float | None = None
    direction: float = HIGHER
    floor: float = 0.0
    cap: float = 0.0
    problem: Problem | None = None
    figures: Mapping[str, float] = {}  # never changed


class LineScorer:
    """Scores single lines under a policy. A line is {column: value} with the columns of scoring.md section 1:
    method, direction, actual, target, threshold, challenge, base, k, unit_step, low, high, limit, full_marks,
    floor, cap, steps (name or pairs), scale (name), label (of a graded KPI, where it is not the actual)."""

    def __init__(self, policy: Policy | None = None) -> None:
        self.policy = policy or Policy()
        self.rules = RuleBook(self.policy)
        self.days = self.policy.days()
        self.constants = {name: float(self.policy[setting]) for name, setting in POLICY_NAMES.items()}
        self._limits = float(self.policy["points_floor"]), float(self.policy["points_cap"])
        self._compiled: dict[Any, _CompiledMethod] = {}  # by the method's name as it is given

    def score(self, line: Mapping[str, Any]) -> LineScore:
        """Points of a line, or why it has none. Source: scoring.md section 1."""
        name = line.get("method")
        compiled = self._compiled.get(name)
        if compiled is None:
            known = self.rules.find(name)
            if known is None:
                return LineScore(
                    None, Status.PROBLEM, problem=_line_problem("method_unknown", None, column="method", value=name)
                )
            if known.effect == "none":
                return _without_points(known, line)
            compiled = self._compiled[name] = _compile(known)
        method = compiled.method
        state = actual_state(line.get("actual"), line.get("label"), method)
        if state is not Status.SCORED:
            return LineScore(None, state, method)
        direction = read_direction(line.get("direction"))
        if direction is None:
            wrong = _line_problem("direction_unknown", method, column="direction", value=line.get("direction"))
            return LineScore(None, Status.PROBLEM, method, problem=wrong)
        return self._apply(compiled, direction or implied_direction(method, line), line)

    def _apply(self, compiled: _CompiledMethod, direction: float, line: Mapping[str, Any]) -> LineScore:
        method, figures = compiled.method, _Figures(self.constants)
        for name, column, dated in compiled.reads:
            cell = line.get(column)
            figures[name] = cell if type(cell) is float else NAN if is_date(cell) and not dated else number(cell)
        if method.effect == "total" and blank(line.get("actual")):
            figures["A"] = 0.0  # no event: nothing taken, nothing added
        default_floor, default_cap = self._limits
        floor = figures["FLOOR"] = _or_default(line.get("floor"), default_floor)
        cap = figures["CAP"] = _or_default(line.get("cap"), default_cap)
        figures["D"] = direction
        if compiled.looks_up:
            figures.days = self.days
            if "STEPS" in method.text:
                figures.steps = resolve_steps(line.get("steps"), self.policy)
            if "GRADES" in method.text:
                scale = resolve_scale(line.get("scale"), self.policy)
                figures.graded = None if scale is None else scale.get(fold_name(_label(line)))
        wrong = self._unusable(compiled, figures, line)
        if wrong:
            return LineScore(None, Status.PROBLEM, method, None, direction, floor, cap, wrong, figures)
        figures["RAW"] = raw = compiled.rule(figures)
        points = compiled.limited(figures)
        if not math.isfinite(raw) or not math.isfinite(points):
            wrong = _line_problem("result_not_a_number", method, column="target", value=line.get("actual"))
            return LineScore(None, Status.PROBLEM, method, None, direction, floor, cap, wrong, figures)
        return LineScore(points, Status.SCORED, method, raw, direction, floor, cap, None, figures)

    def _unusable(self, compiled: _CompiledMethod, figures: _Figures, line: Mapping[str, Any]) -> Problem | None:
        """The first thing that keeps a line from having points."""
        method = compiled.method
        if figures.graded is None and "GRADES" in method.text:
            if resolve_scale(line.get("scale"), self.policy) is None:
                return _line_problem("scale_unknown", method, column="scale", value=line.get("scale"))
            return _line_problem("grade_unknown", method, column="actual", value=_label(line))
        for name in compiled.needs:
            if figures[name] - figures[name] == 0.0:  # neither blank nor infinite
                continue
            column, value = FIGURES[name], line.get(FIGURES[name])
            missing = "full_marks_missing" if name == "FULL" else "figure_missing"
            wrong = missing if blank(value) else "figure_not_a_number"
            return _line_problem(wrong, method, column=column, value=value, figure=name)
        for name, column in compiled.optional:
            figure = figures[name]
            unusable = figure != figure or (name in FIGURES and math.isinf(figure))
            if unusable and not blank(value := line.get(column)):
                return _line_problem("figure_not_a_number", method, column=column, value=value, figure=name)
        if method.effect == "points" and figures["FLOOR"] > figures["CAP"]:
            return _line_problem(
                "floor_above_cap",
                method,
                column="floor",
                value=line.get("floor"),
                floor=figures["FLOOR"],
                cap=figures["CAP"],
            )
        if figures.steps is None and "STEPS" in method.text:
            return _line_problem("scale_unknown", method, column="steps", value=line.get("steps"))
        return _unusable_when(method, compiled.conditions, figures, line)


def _without_points(method: Method, line: Mapping[str, Any]) -> LineScore:
    """What is monitored, unless the method cannot take its figures."""
    conditions = tuple((_rule(condition.text), condition) for condition in method.unusable_when)
    names = {name for condition in method.unusable_when for name in names_of(rulebook.tree_of(condition.text))}
    cells = {name: line.get(COLUMNS[name]) for name in names}
    figures = {name: NAN if is_date(cell) else number(cell) for name, cell in cells.items()}
    wrong = _unusable_when(method, conditions, figures, line)
    return LineScore(None, Status.PROBLEM if wrong else Status.MONITORED, method, problem=wrong)


def _unusable_when(
    method: Method,
    conditions: Sequence[tuple[Rule, rulebook.Condition]],
    figures: Mapping[str, float],
    line: Mapping[str, Any],
) -> Problem | None:
    """The first condition of a method that its figures meet."""
    for holds, condition in conditions:
        if holds(figures) == 1.0:
            name = rulebook.figure_of(condition)
            column = FIGURES[name]
            return _line_problem(condition.problem, method, column=column, value=line.get(column), figure=name)
    return None


def part_of_rule(part: Node, figures: Mapping[str, float]) -> float:
    """The value of a part of a rule under the figures of a LineScore."""
    return to_python(part, _LOOKUPS)(figures)


def actual_state(actual: Any, label: Any, method: Method) -> Status:
    """Whether there is anything to score: SCORED where there is an actual, otherwise pending or not applicable."""
    if type(actual) is float and actual == actual:  # nearly every line
        return Status.SCORED
    if isinstance(actual, str) and is_not_applicable(actual):
        return Status.NOT_APPLICABLE
    graded = "GRADES" in method.text and not blank(label)
    if blank(actual) and not graded and method.effect == "points":
        return Status.PENDING
    return Status.SCORED


def read_direction(given: Any) -> float | None:
    """The direction that a cell says: +1 or -1; 0 where the cell is blank; None where it cannot be read."""
    if blank(given):
        return 0.0
    if isinstance(given, int | float):
        return float(given) if given in (1, -1) else None
    return _directions().get(fold_name(given))


def implied_direction(method: Method, line: Mapping[str, Any]) -> float:
    """Where no direction is given: between threshold and target as they stand, otherwise higher is better."""
    threshold, target = number(line.get("threshold")), number(line.get("target"))
    return LOWER if method.name == "interpolate" and threshold > target else HIGHER


def number(value: Any) -> float:
    """A figure as a number: dates as Excel serials, NaN for blanks and text."""
    if isinstance(value, float):
        return value
    if isinstance(value, bool) or value is None:
        return NAN
    if isinstance(value, int):
        return float(value) if abs(value) < _MOST else math.inf
    if isinstance(value, datetime):
        return serial(value.date())
    if isinstance(value, date):
        return serial(value)
    return NAN


def is_date(value: Any) -> bool:
    """Whether a cell holds a day: what Excel makes of 3-5, a number in no method but those that count days."""
    return isinstance(value, date)


def blank(value: Any) -> bool:
    """Nothing there: None, NaN or a text of blanks only."""
    if isinstance(value, str):
        return not value or value.isspace()
    return value is None or (isinstance(value, float) and value != value)


def resolve_steps(given: Any, policy: Policy) -> Steps | None:
    """The step table of a line: a name on the policy's sheet, pairs (at, points), or text such as
    "100:120;95:100;90:80". None where there is none of that name, or what stands there is no pairs of numbers."""
    pairs = given
    if isinstance(given, str):
        named = policy.steps.get(given.strip())
        if named is not None:
            return named
        pairs = [part.split(":") for part in unicodedata.normalize("NFKC", given).split(";") if part.strip()]
    try:
        steps = tuple((float(at), float(points)) for at, points in pairs)
    except (
        TypeError,
        ValueError,
        OverflowError,
    ):  # None, a number or date for a name; texts; too few or too many beside each other
        return None
    return steps if steps and all(map(math.isfinite, chain.from_iterable(steps))) else None


def resolve_scale(name: Any, policy: Policy) -> Mapping[str, float] | None:
    """A grade scale as {folded label: points}: the named one, or the default where none is named."""
    scale = policy.scale(name)
    return {fold_name(label): points for label, points in scale.items()} if scale else None


def best_first(steps: Steps, direction: float) -> list[tuple[float, float]]:
    """The steps (at, points) from the best figure down."""
    return sorted(steps, key=lambda step: -direction * step[0])


def step_reached(steps: Steps, actual: float, direction: float) -> tuple[float, float] | None:
    """The first step reached, (at, points), from the best down; None where none is."""
    for at, points in best_first(steps, direction):
        short = direction * (at - actual)
        if short <= SAME * max(abs(at), abs(actual)):
            return at, points
    return None


class _Figures(dict[str, float]):
    """The figures of a line by symbol, with what its look-ups need."""

    days: Days
    steps: Steps | None = None
    graded: float | None = None


_LOOKUPS: Mapping[str, Callable[..., float]] = {
    "STEPS": lambda figures, a, d: (step_reached(figures.steps, a, d) or (None, figures["FLOOR"]))[1],
    "GRADES": lambda figures, g: figures.graded,
    "DAYS": lambda figures, first, last: figures.days.between(first, last),
}


class _CompiledMethod(NamedTuple):
    """A method with its formulas compiled: the symbols and columns it reads and whether they may hold dates, the
    symbols it needs, and those that may be blank, though not unreadable."""

    method: Method
    rule: Rule
    limited: Rule
    conditions: tuple[tuple[Rule, rulebook.Condition], ...]
    reads: tuple[tuple[str, str, bool], ...]
    needs: tuple[str, ...]
    optional: tuple[tuple[str, str], ...]
    looks_up: bool


@lru_cache(maxsize=256)
def _compile(method: Method) -> _CompiledMethod:
    trees = [rulebook.tree_of(text) for text in (method.text, *(condition.text for condition in method.conditions))]
    names = dict.fromkeys(name for tree in trees for name in names_of(tree))
    return _CompiledMethod(
        method,
        _rule(method.text),
        _rule(rulebook.LIMITED if method.effect == "points" else rulebook.ROUNDED),
        tuple((_rule(condition.text), condition) for condition in method.unusable_when),
        tuple((name, FIGURES[name], name in method.dated) for name in names if name in FIGURES),
        tuple(name for name in method.needs if name != "G"),
        optional_figures(method),
        any(word in method.text for word in _LOOKUPS),
    )


@lru_cache(maxsize=256)
def optional_figures(method: Method) -> tuple[tuple[str, str], ...]:
    """Symbols and columns that a method reads and can do without: they may be blank, but nothing that is no number."""
    texts = (method.text, *(condition.text for condition in method.conditions))
    read = dict.fromkeys(name for text in texts for name in names_of(rulebook.tree_of(text)))
    limits = ("FLOOR", "CAP") if method.effect == "points" else ()
    names = (*(name for name in read if name in FIGURES and name not in method.needs), *limits)
    return tuple((name, COLUMNS[name]) for name in dict.fromkeys(names))


@lru_cache(maxsize=256)
def _rule(text: str) -> Rule:
    return to_python(rulebook.tree_of(text), _LOOKUPS)


def _label(line: Mapping[str, Any]) -> Any:
    label = line.get("label")
    return line.get("actual") if blank(label) else label


def _or_default(value: Any, default: float) -> float:
    """A floor or a cap; NaN for one that is no number."""
    return default if blank(value) else NAN if is_date(value) else number(value)


@lru_cache(maxsize=1)
def _directions() -> dict[str, float]:
    from perfxl.core.schema.choices import DIRECTION

    signs = {"higher": HIGHER, "lower": LOWER}
    return {
        fold_name(word): signs[choice.name]
        for choice in DIRECTION
        for word in (choice.name, choice.zh, choice.en, *choice.aliases)
    }


def _line_problem(name: str, method: Method | None, *, column: str, value: Any, **details: Any) -> Problem:
    label = method.label if method else str(value or "")
    return problem(name, table="contract_lines", column=column, value=value, **{"method": label, "kpi": "", **details})

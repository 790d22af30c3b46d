"""Any number of lines at once with NumPy: the same points, bit for bit, as `scalar` gives one by one."""

from __future__ import annotations

import os
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from perfxl.core import rulebook
from perfxl.core.formula import SAME, to_numpy
from perfxl.core.policy import Policy
from perfxl.core.rulebook import COLUMNS, FIGURES, POLICY_NAMES, Method, RuleBook
from perfxl.core.scoring.scalar import (
    Status,
    best_first,
    blank,
    implied_direction,
    is_date,
    number,
    optional_figures,
    read_direction,
    resolve_scale,
    resolve_steps,
)
from perfxl.core.values.numbers import is_not_applicable
from perfxl.core.values.text import fold_name

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]

STATUSES = tuple(Status)
_SCORED, _PENDING, _NA, _PROBLEM, _MONITORED = range(len(STATUSES))
# Problems as small integers; 0 is none.
PROBLEMS = (
    "",
    "method_unknown",
    "figure_missing",
    "target_zero",
    "target_equals_base",
    "figures_out_of_order",
    "figure_not_a_number",
    "grade_unknown",
    "scale_unknown",
    "band_reversed",
    "unit_step_not_positive",
    "result_not_a_number",
    "figure_not_a_date",
    "direction_unknown",
    "floor_above_cap",
    "full_marks_missing",
    "full_marks_not_positive",
    "mark_beyond_scale",
    "count_negative",
    "points_of_event_negative",
    "limit_of_events_negative",
)
SYMBOLS = tuple(COLUMNS)
_WORTH_THREADS = 50_000  # rows
_PLAIN = frozenset((float, int, str, bool, type(None)))
_BLANK = frozenset((type(None),))
_NUMBERS_OR_BLANK = frozenset((float, type(None)))
_COLUMNS = tuple(COLUMNS.values())


@dataclass(slots=True)
class Factor:
    """A column of few distinct values: row i holds values[codes[i]]; code -1 is blank."""

    codes: Ints
    values: Sequence[Any]

    @classmethod
    def of(cls, column: Sequence[Any]) -> Factor:
        seen: dict[Hashable, int] = {}
        codes = [-1 if v is None or v != v or v == "" else seen.setdefault(v, len(seen)) for v in column]
        return cls(np.array(codes, dtype=np.int64), list(seen))

    @classmethod
    def blank(cls, size: int) -> Factor:
        return cls(np.full(size, -1, dtype=np.int64), [])

    def mapped(self, answer: Callable[[Any], float | None], missing: float, blank: float) -> Floats:
        """A number for each row: answer(value) for the distinct values, None meaning `missing`."""
        known = [missing if (a := answer(value)) is None else float(a) for value in self.values]
        return np.array([*known, blank], dtype=np.float64)[self.codes]


def numbers(values: Sequence[Any]) -> Floats:
    """A column of figures as numbers, as scalar.number makes of each."""
    return _numbers(values, set(map(type, values)))


def _numbers(values: Sequence[Any], kinds: set[type]) -> Floats:
    if kinds == _BLANK:
        return np.full(len(values), np.nan)
    if not kinds <= _NUMBERS_OR_BLANK:  # else NumPy makes a blank NaN by itself
        values = [value if value.__class__ is float else number(value) for value in values]
    return np.array(values, dtype=np.float64)


def _is_word(value: Any) -> bool:
    """Text that is neither blank nor says that the item does not apply: a label, or no number at all."""
    return isinstance(value, str) and not blank(value) and not is_not_applicable(value)


@dataclass(slots=True)
class Lines:
    """Contract lines as columns of one length.

    figures         column of rulebook.FIGURES, and floor and cap -> float64, NaN for blank; dates as Excel serials
    not_applicable  rows whose actual says N/A
    unreadable      column -> rows that held something which is no number
    dates           column -> rows that held a date, which is no number except where days are counted
    """

    size: int
    method: Factor
    direction: Factor
    figures: dict[str, Floats]
    steps: Factor
    scale: Factor
    label: Factor
    not_applicable: Bools
    unreadable: dict[str, Bools] = field(default_factory=dict)
    dates: dict[str, Bools] = field(default_factory=dict)

    @classmethod
    def of(cls, columns: Mapping[str, Sequence[Any]], actual: Sequence[Any]) -> Lines:
        """From columns of cells as they were read: numbers, dates, labels, N/A, text that is none of these."""
        size = len(actual)
        nothing: list[Any] = [None] * size
        figures, unreadable, dates = {}, {}, {}
        for name in _COLUMNS:
            values = actual if name == "actual" else columns.get(name, nothing)
            kinds = set(map(type, values))
            figures[name] = _numbers(values, kinds)
            if str in kinds:
                texts = [isinstance(v, str) and _is_word(v) for v in values]
                unreadable[name] = np.array(texts)
            if not kinds <= _PLAIN:
                dates[name] = np.fromiter(map(is_date, values), dtype=bool, count=size)
            infinite = np.isinf(figures[name])
            if name in FIGURES.values() and infinite.any():
                figures[name] = np.where(infinite, np.nan, figures[name])
                unreadable[name] = unreadable.get(name, np.zeros(size, dtype=bool)) | infinite
        return cls(
            size,
            Factor.of(columns["method"]),
            Factor.of(columns["direction"]),
            figures,
            Factor.of(columns["steps"]),
            Factor.of(columns["scale"]),
            Factor.of([v if isinstance(v, str) and _is_word(v) else None for v in actual]),
            np.fromiter((isinstance(v, str) and is_not_applicable(v) for v in actual), dtype=bool, count=size),
            unreadable,
            dates,
        )

    def unusable(self, column: str, rows: Ints, *, dated: bool) -> Bools | None:
        """Which of the rows hold what is no number, or a date where none may be; None for none at all."""
        marks = [self.unreadable.get(column), None if dated else self.dates.get(column)]
        found = [mark[rows] for mark in marks if mark is not None]
        return None if not found else found[0] if len(found) == 1 else found[0] | found[1]

    def figure(self, column: str) -> Floats:
        """A column of figures; NaN all along where there is none."""
        figures = self.figures.get(column)
        return np.full(self.size, np.nan) if figures is None else figures


@dataclass(slots=True)
class LineScores:
    """What scoring gives, a row for each line.

    points, raw  with and without floor, cap and rounding; NaN where a line has none
    status       place in STATUSES
    problem      place in PROBLEMS, 0 for none
    symbol       place in SYMBOLS where the problem is about a figure, else -1
    direction    +1 or -1
    method       place in `methods`, -1 for an unknown one
    """

    points: Floats
    raw: Floats
    status: NDArray[np.int8]
    problem: NDArray[np.int8]
    symbol: NDArray[np.int8]
    direction: Floats
    method: NDArray[Any]
    methods: tuple[Method, ...]

    def effect(self, name: str) -> Bools:
        """The rows whose method works on `name`: points, total or none."""
        table: Bools = np.array([*(method.effect == name for method in self.methods), False])
        rows: Bools = table[self.method]
        return rows


def score_lines(lines: Lines, policy: Policy | None = None) -> LineScores:
    """Points of every line; each row keeps its place. Source: scoring.md section 1."""
    return _VectorScorer(lines, policy or Policy()).run()


class _VectorScorer:
    def __init__(self, lines: Lines, policy: Policy) -> None:
        self.lines, self.policy, size = lines, policy, lines.size
        self.days = _DayArrays(policy)
        self.constants = {name: np.float64(policy[setting]) for name, setting in POLICY_NAMES.items()}
        self.method, self.methods = self._methods()
        self.out = LineScores(
            np.full(size, np.nan),
            np.full(size, np.nan),
            np.full(size, _PROBLEM, dtype=np.int8),
            np.zeros(size, dtype=np.int8),
            np.full(size, -1, dtype=np.int8),
            np.ones(size),
            self.method,
            self.methods,
        )

    def run(self) -> LineScores:
        self.out.problem[self.method < 0] = PROBLEMS.index("method_unknown")
        if self.lines.size < _WORTH_THREADS:
            list(map(self._score, self.methods, self._rows_of_methods()))
        else:  # methods share no row, and NumPy leaves the other cores free while it computes
            with ThreadPoolExecutor(os.cpu_count()) as threads:
                list(threads.map(self._score, self.methods, self._rows_of_methods()))
        return self.out

    def _rows_of_methods(self) -> list[Ints]:
        """The rows of each method, in their order. One sort is cheaper than a search for each."""
        count = len(self.methods) + 1  # unknown ones come first
        places = self.method + 1
        ends = np.bincount(places, minlength=count).cumsum()
        return np.split(np.argsort(places, kind="stable"), ends[:-1])[1:]

    def _methods(self) -> tuple[NDArray[Any], tuple[Method, ...]]:
        rules = RuleBook(self.policy)
        known = [rules.find(name) for name in self.lines.method.values]
        methods = tuple(dict.fromkeys(method for method in known if method))
        places = [methods.index(method) if method else -1 for method in known]
        small = np.int8 if len(methods) < 127 else np.int64  # a byte is sorted eight times as fast
        return np.array([*places, -1], dtype=small)[self.lines.method.codes], methods

    def _score(self, method: Method, rows: Ints) -> None:
        with np.errstate(all="ignore"):
            self._score_rows(method, rows)

    def _score_rows(self, method: Method, rows: Ints) -> None:
        if method.effect == "none":
            self.out.status[rows] = _MONITORED
            self._refuse(method, _MethodFigures(self, method, rows))
            return
        rows = self._reported(method, rows)
        figures = _MethodFigures(self, method, rows)
        rows = figures.keep(self._usable(method, figures))
        raw = np.broadcast_to(_rule(method.text)(figures), rows.shape)
        outer = rulebook.LIMITED if method.effect == "points" else rulebook.ROUNDED
        figures["RAW"] = raw
        points = np.broadcast_to(_rule(outer)(figures), rows.shape)
        good = np.isfinite(raw) & np.isfinite(points)
        if not good.all():
            self._problem(rows[~good], "result_not_a_number")
            rows, points, raw = rows[good], points[good], raw[good]
        self.out.points[rows], self.out.raw[rows] = points, raw
        self.out.status[rows] = _SCORED

    def _reported(self, method: Method, rows: Ints) -> Ints:
        """Sets aside what is not applicable or pending; the rest has an actual."""
        absent = self.lines.not_applicable[rows]
        if absent.any():
            self.out.status[rows[absent]] = _NA
            rows = rows[~absent]
        if method.effect != "points":
            return rows
        pending = np.isnan(self.lines.figure("actual")[rows])
        if "actual" in self.lines.unreadable:
            pending &= ~self.lines.unreadable["actual"][rows]
        if "GRADES" in method.text:
            pending &= self.lines.label.codes[rows] < 0
        if not pending.any():
            return rows
        self.out.status[rows[pending]] = _PENDING
        return rows[~pending]

    def _usable(self, method: Method, figures: _MethodFigures) -> Bools:
        """Which rows can be scored; the others are named with the first thing that is wrong, as `scalar` does."""
        rows, good = figures.rows, np.ones(len(figures.rows), dtype=bool)

        def refuse(wrong: Bools, problem: str, symbol: int = -1) -> None:
            fresh = wrong & good
            if fresh.any():
                self._problem(rows[fresh], problem, symbol)
                good[fresh] = False

        self.out.direction[rows] = figures["D"]
        refuse(np.isnan(figures["D"]), "direction_unknown")
        if "GRADES" in method.text:
            refuse(figures.scale_missing(), "scale_unknown")
            refuse(np.isnan(figures.graded()), "grade_unknown")
        for name in method.needs:
            if name == "G":
                continue
            missing, unusable = np.isnan(figures[name]), figures.unusable(name)
            if unusable is not None:
                refuse(missing & unusable, "figure_not_a_number", SYMBOLS.index(name))
            refuse(missing, "full_marks_missing" if name == "FULL" else "figure_missing", SYMBOLS.index(name))
        for name, _ in optional_figures(method):
            unusable = figures.unusable(name)
            if unusable is not None:
                refuse(unusable, "figure_not_a_number", SYMBOLS.index(name))
        if method.effect == "points":
            refuse(np.greater(figures["FLOOR"], figures["CAP"]), "floor_above_cap", SYMBOLS.index("FLOOR"))
        if "STEPS" in method.text:
            refuse(figures.steps_missing(), "scale_unknown")
        for wrong, problem, symbol in _unusable_when(method, figures):
            refuse(wrong, problem, symbol)
        return good

    def _refuse(self, method: Method, figures: _MethodFigures) -> None:
        """Names what a method without points cannot take."""
        for wrong, problem, symbol in _unusable_when(method, figures):
            if wrong.any():
                self._problem(figures.rows[wrong], problem, symbol)

    def _problem(self, rows: Ints, name: str, symbol: int = -1) -> None:
        self.out.status[rows] = _PROBLEM
        self.out.problem[rows] = PROBLEMS.index(name)
        self.out.symbol[rows] = symbol


def _unusable_when(method: Method, figures: _MethodFigures) -> Iterator[tuple[Bools, str, int]]:
    """The rows for which each of a method's conditions holds, its problem, and the symbol that it is about."""
    for condition in method.unusable_when:
        symbol = SYMBOLS.index(rulebook.figure_of(condition))
        yield np.equal(_rule(condition.text)(figures), 1.0), condition.problem, symbol


class _MethodFigures(dict[str, Any]):
    """The figures of some rows by symbol, cut out of the lines when first asked for."""

    def __init__(self, scorer: _VectorScorer, method: Method, rows: Ints) -> None:
        super().__init__(scorer.constants)
        self.scorer, self.method, self.rows = scorer, method, rows

    def __missing__(self, name: str) -> Any:
        figure: Any
        if name == "D":
            figure = self._direction()
        elif name == "G":
            figure = np.float64(0.0)  # only the argument of GRADES, which answers from the labels
        elif name in ("FLOOR", "CAP"):
            given = self.scorer.lines.figure(name.lower())[self.rows]
            figure = np.where(np.isnan(given), self.scorer.policy[f"points_{name.lower()}"], given)
        else:
            figure = self.scorer.lines.figure(FIGURES[name])[self.rows]
            unusable = self.unusable(name)
            if name == "A" and self.method.effect == "total":
                nothing = np.isnan(figure) if unusable is None else np.isnan(figure) & ~unusable
                figure = np.where(nothing, 0.0, figure)  # no event
            if unusable is not None:
                figure = np.where(unusable, np.nan, figure)
        self[name] = figure
        return figure

    def unusable(self, name: str) -> Bools | None:
        """Which rows hold no number under a symbol though they are not blank; None for none at all."""
        return self.scorer.lines.unusable(COLUMNS[name], self.rows, dated=name in self.method.dated)

    def keep(self, good: Bools) -> Ints:
        """Narrows to the good rows."""
        if not good.all():
            self.rows = self.rows[good]
            self.clear()
            self.update(self.scorer.constants)
        return self.rows

    def _direction(self) -> Floats:
        factor = Factor(self.scorer.lines.direction.codes[self.rows], self.scorer.lines.direction.values)
        given = factor.mapped(read_direction, np.nan, 0.0)
        implied = implied_direction(self.method, {})
        if self.method.name == "interpolate":
            return np.where(given == 0, np.where(self["L"] > self["T"], -1.0, implied), given)
        return np.where(given == 0, implied, given)

    def _tables(self) -> list[Any]:
        return [resolve_steps(name, self.scorer.policy) for name in self.scorer.lines.steps.values]

    def steps_missing(self) -> Bools:
        missing = np.array([*(table is None for table in self._tables()), True])
        return missing[self.scorer.lines.steps.codes[self.rows]]

    def scale_missing(self) -> Bools:
        scales = self.scorer.lines.scale
        missing = np.array([*(resolve_scale(name, self.scorer.policy) is None for name in scales.values), False])
        return missing[scales.codes[self.rows]]

    def steps(self, actual: Floats, direction: Floats) -> Floats:
        result = np.broadcast_to(np.asarray(self["FLOOR"], dtype=np.float64), self.rows.shape).copy()
        codes = self.scorer.lines.steps.codes[self.rows]
        for place, table in enumerate(self._tables()):
            for sign in (1.0, -1.0):
                mine = np.flatnonzero((codes == place) & (direction == sign))
                if not mine.size or table is None:
                    continue
                figure = actual[mine]
                points = result[mine]
                for at, worth in reversed(best_first(table, sign)):
                    reached = sign * (at - figure) <= SAME * np.maximum(abs(at), np.abs(figure))
                    points[reached] = worth
                result[mine] = points
        return result

    def graded(self) -> Floats:
        """Points of the labels, each on its line's scale."""
        lines = self.scorer.lines
        labels, scales = lines.label, lines.scale
        names = [*scales.values, None]
        tables = [resolve_scale(name, self.scorer.policy) or {} for name in names]
        worth = np.full((len(tables), len(labels.values) + 1), np.nan)
        for row, table in enumerate(tables):
            for place, label in enumerate(labels.values):
                worth[row, place] = table.get(fold_name(label), np.nan)
        return worth[scales.codes[self.rows], labels.codes[self.rows]]


class _DayArrays:
    """As values.dates.Days, for arrays: days after `first` up to and with `last`; 0 where last is not later, NaN where
    either is blank."""

    def __init__(self, policy: Policy) -> None:
        self.days = policy.days()
        self.off, self.on = np.array(self.days.off), np.array(self.days.on)

    def between(self, first: Any, last: Any) -> Floats:
        span = np.subtract(last, first)
        if self.days.working:
            weekdays = _weekdays_through(last) - _weekdays_through(first)
            span = np.where(np.isnan(span), np.nan, weekdays - _within(self.off, first, last))
            span = span + _within(self.on, first, last)
        return np.where(np.greater(last, first), span, np.where(np.isnan(span), np.nan, 0.0))


def _weekdays_through(day: Any) -> Floats:
    weeks, rest = np.divmod(np.floor(day) - 1, 7)
    return np.asarray(weeks * 5 + np.minimum(rest, 5))


def _within(days: Any, first: Any, last: Any) -> Any:
    return np.searchsorted(days, last, side="right") - np.searchsorted(days, first, side="right")


_LOOKUPS: Mapping[str, Callable[..., Floats]] = {
    "STEPS": lambda figures, a, d: figures.steps(a, d),
    "GRADES": lambda figures, g: figures.graded(),
    "DAYS": lambda figures, first, last: figures.scorer.days.between(first, last),
}


@lru_cache(maxsize=256)
def _rule(text: str) -> Any:
    return to_numpy(rulebook.tree_of(text), _LOOKUPS)

"""A rule and a target to the columns of a contract line: points of 100, steps and limits in the actual's own figure.

What the sentence leaves to the target is settled here: 1% is a percentage point of a target in percent and a hundredth
of any other; a day late counts from a date or from a number of days. What cannot be settled has a reason.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import inf

from perfxl.core.language import Text
from perfxl.core.values.numbers import canonical
from perfxl.core.values.text import fold_name
from perfxl.tables.notation.names import direction_of_name, is_rate_name
from perfxl.tables.notation.rules import CONTRADICTION, NO_METHOD, STRICT_LIMIT, UNDERSTOOD, UNSAID_BELOW, Rule
from perfxl.tables.notation.targets import BLANK_TARGET, Direction, Target, is_counted, same_units

NEEDS_TARGET = Text("规则要与目标值比较，而目标不是数字", "the rule compares with the target, which is no figure")
NEEDS_BAND = Text("规则要与目标区间比较", "the rule compares with a target range")
TARGET_ZERO = Text("目标值为0，无法按比例计算", "the target is 0, of which there is no proportion")
UNITS = Text("规则的单位与目标的单位不同", "the rule's unit is not the target's")
PERCENT_UNSURE = Text(
    "看不出目标是否为百分数：请写成98%或0.98", "it is not clear whether the target is a percentage: write 98% or 0.98"
)
BASIS_UNSURE = Text(
    "看不出百分数是实际值本身，还是占目标的比例",
    "it is not clear whether the percentage is of the target or the figure itself",
)
UNSETTLED = Text("规则没有给这个实际值一个确定的分数", "the rule gives this actual no one number of points")
EVERY_EVENT = Text("规则按每次计分，而目标允许若干次", "the rule counts every one, but the target allows some")
STRICT_TARGET = Text("目标不含本数，“达到”无法判断", "the target is not reached by its own figure")


@dataclass(frozen=True)
class LineRule:
    """Columns of a contract line as the rule book takes them; None where the rule does not set one.

    steps       (at, points)
    grades      (label, points) of a scale that the caller names
    percent     the steps' limits are fractions, so the actual must be a percentage
    unsettled   figures (from, to) of the actual to which the sentence gives no one number of points
    """

    method: str
    direction: Direction | None = None
    target: float | None = None
    k: float | None = None
    unit_step: float | None = None
    floor: float | None = None
    cap: float | None = None
    limit: float | None = None
    threshold: float | None = None
    low: float | None = None
    high: float | None = None
    steps: tuple[tuple[float, float], ...] = ()
    grades: tuple[tuple[str, float], ...] = ()
    percent: bool = False
    unsettled: tuple[tuple[float, float], ...] = ()

    def settles(self, actual: float) -> bool:
        """Whether the sentence gives this actual one number of points: not where two of its bands claim it."""
        return not any(low < actual < high or low == actual == high for low, high in self.unsettled)


class _Unsettled(Exception):
    def __init__(self, why: Text) -> None:
        super().__init__(why.en)
        self.why = why


def settle_rule(
    rule: Rule,
    target: Target = BLANK_TARGET,
    *,
    actual: float | None = None,
    name: str = "",
    unit: str = "",
    weighted: bool = True,
) -> tuple[LineRule | None, Text]:
    """A rule for one line. `name` and `unit` are the KPI's; `weighted` is false for lines without weight, whose points
    are taken off or added to the total. An `actual`, where it is known, must be one that the sentence settles: between
    89% and 90% in 80-89% and 90-100% there is nothing to go by.

    Returns: the line's columns and UNDERSTOOD, or None and why. Source: scoring.md section 1."""
    try:
        line = _Settling(rule, target, name, unit, weighted).line()
    except _Unsettled as unsettled:
        return None, unsettled.why
    if actual is not None and not line.settles(actual):
        return None, UNSAID_BELOW if rule.silent_below else UNSETTLED
    return line, UNDERSTOOD


class _Settling:
    """One rule under way to its line."""

    def __init__(self, rule: Rule, target: Target, name: str, unit: str, weighted: bool) -> None:
        self.rule, self.target, self.name, self.unit, self.weighted = rule, target, name, unit, weighted
        self.to_100 = 100 / rule.scale
        said = {side for side in (rule.direction, target.direction) if side}
        if len(said) > 1 and not target.date:
            raise _Unsettled(CONTRADICTION)
        self.direction: Direction | None = next(iter(said), None)
        by_name = direction_of_name(name)[0] if name else None
        if rule.direction and by_name and rule.direction != by_name and rule.method not in ("deduct", "bonus"):
            raise _Unsettled(CONTRADICTION)
        self.expected = self.direction or by_name

    def line(self) -> LineRule:
        """The columns, by the rule's method."""
        made: LineRule = getattr(self, f"_{self.rule.method}")()
        if made.method in ("deduct", "bonus", "veto"):  # they act on the total, which has limits of its own
            return made
        floor = self._points(self.rule.floor) if made.floor is None else made.floor
        return replace(made, floor=floor, cap=self._points(self.rule.cap))

    def _points(self, points: float | None) -> float | None:
        return None if points is None else canonical(points * self.to_100)

    def _figure(self) -> float:
        if self.target.kind != "number" or self.target.number is None:
            raise _Unsettled(NEEDS_TARGET)
        return self.target.number

    def _percent(self) -> bool | None:
        """Whether the target's figures are fractions shown as percentages; None where that is not clear."""
        if self.target.is_percent or "%" in self.unit:
            return True if self.target.is_percent or self._is_fraction() else None
        if self.target.unit or not is_rate_name(self.name):
            return False
        return True if self.target.kind != "number" or self._is_fraction() else None

    def _is_fraction(self) -> bool:
        number = self.target.number
        return number is None or 0 <= abs(number) <= 1

    def _step(self, middle: float) -> float:
        """The unit step in the target's own figure."""
        step, unit = self.rule.step or 1.0, self.rule.unit
        percent = self._percent()
        if unit == "%":
            if percent is None:
                raise _Unsettled(PERCENT_UNSURE)
            if percent and self.rule.basis == "achievement" and not self._is_achievement() and middle != 1:
                raise _Unsettled(BASIS_UNSURE)
            if percent:
                return canonical(step / 100)
            if middle == 0:
                raise _Unsettled(TARGET_ZERO)
            return canonical(abs(middle) * step / 100)
        if unit == "百分点":
            if percent is False:
                raise _Unsettled(UNITS)
            return canonical(step / 100) if percent else step
        return canonical(step * self._scale_of_unit(unit))

    def _scale_of_unit(self, unit: str) -> float:
        """How many of the target's units one of the rule's is."""
        if self.target.is_percent or self._percent():
            raise _Unsettled(UNITS)
        shown = self.unit or next((each for each in ("亿元", "万元") if f"({each})" in fold_name(self.name)), "")
        money = {"元": 1.0, "万元": 1e4, "亿元": 1e8}
        if unit in money:
            if self.target.unit == "元":
                return money[unit]
            if self.target.unit or (shown or unit) != unit or (not shown and unit != "元"):
                raise _Unsettled(UNITS)
            return 1.0
        if not same_units(unit, self.target.unit) or not same_units(unit, shown):
            raise _Unsettled(UNITS)
        return 1.0

    def _k(self) -> float | None:
        return self._points(self.rule.k)

    def _per_unit(self) -> LineRule:
        if self.target.kind == "date" and self.rule.direction == "lower":
            return self._late()
        middle = self._figure() if self.rule.full_at is None else self._full_at(self.rule.full_at)
        whole = not self.target.unit or is_counted(self.target.unit)
        if self.target.strict and whole and not self.target.is_percent:
            raise _Unsettled(STRICT_TARGET)  # fewer than 2 is 1, from which nobody counts
        return LineRule("per_unit", self.direction, middle, self._k(), self._step(middle))

    def _full_at(self, at: float) -> float:
        """The figure that the sentence itself gives full marks: the target, and no other."""
        if self.target.kind == "blank" and self.rule.full_unit == "%":
            self.target = Target("number", canonical(at / 100), is_percent=True)
        elif self.target.kind == "blank":
            self.target = Target("number", at, unit=self.rule.full_unit)
        elif self._limit(at, self.rule.full_unit) != self._figure():
            raise _Unsettled(CONTRADICTION)
        return self._figure()

    def _late(self) -> LineRule:
        if self.target.kind != "date":
            middle = self._figure()
            return LineRule("per_unit", "lower", middle, self._k(), self._step(middle))
        if self.rule.unit != "天":
            raise _Unsettled(NO_METHOD)
        return LineRule("milestone", None, k=canonical((self._k() or 0.0) / (self.rule.step or 1.0)))

    def _deduct(self) -> LineRule:
        if not self.weighted:
            if self.rule.scale != 100:
                raise _Unsettled(NO_METHOD)
            return LineRule("deduct", None, k=self.rule.k, limit=self.rule.limit)
        if self.target.kind not in ("blank", "number"):
            raise _Unsettled(NEEDS_TARGET)
        if self.target.number:
            raise _Unsettled(EVERY_EVENT)
        if self.expected == "higher":
            raise _Unsettled(CONTRADICTION)
        self._scale_of_unit(self.rule.unit)
        return LineRule("per_unit", "lower", 0.0, self._k(), 1.0)

    def _bonus(self) -> LineRule:
        if self.weighted or self.rule.scale != 100:
            raise _Unsettled(NO_METHOD)
        return LineRule("bonus", None, k=self.rule.k, limit=self.rule.limit)

    def _veto(self) -> LineRule:
        return LineRule("veto")

    def _grade(self) -> LineRule:
        return LineRule(
            "grade", grades=tuple((label, canonical(points * self.to_100)) for label, points in self.rule.grades)
        )

    def _ratio(self) -> LineRule:
        middle = self._figure()
        if middle == 0:
            raise _Unsettled(TARGET_ZERO)
        if self.expected == "lower":
            raise _Unsettled(NO_METHOD)
        threshold = None
        if self.rule.threshold is not None:
            threshold = self._limit(self.rule.threshold)
            if not threshold < middle:
                raise _Unsettled(CONTRADICTION)
        return LineRule("ratio", self.direction, middle, threshold=threshold)

    def _pass_fail(self) -> LineRule:
        middle = self._figure()
        if self.target.strict:
            raise _Unsettled(STRICT_TARGET)
        unsettled: tuple[tuple[float, float], ...] = ()
        if self.rule.silent_below:
            if self.expected is None:
                raise _Unsettled(UNSAID_BELOW)
            unsettled = ((-inf, middle),) if self.expected == "higher" else ((middle, inf),)
        elif self.rule.threshold is not None:
            low = self._limit(self.rule.threshold)
            if low > middle:
                raise _Unsettled(CONTRADICTION)
            unsettled = ((low, low), (low, middle)) if low < middle else ()
        return LineRule("pass_fail", self.direction, middle, unsettled=unsettled)

    def _within(self) -> LineRule:
        low, high = self.target.lower, self.target.upper
        if low is None or high is None:
            low = high = self._figure()
        if self.rule.unit == "%" and self._percent() is False and low != high:
            raise _Unsettled(BASIS_UNSURE)
        return LineRule("within", None, self.target.number, self._k(), self._step(high), low=low, high=high)

    def _steps(self) -> LineRule:
        rule = self.rule
        if rule.basis == "target" and not rule.unit and rule.steps[0][0] == 1.0 and len(rule.steps) == 1:
            if self.target.strict:
                raise _Unsettled(STRICT_LIMIT)
            limits = [self._figure()]
        else:
            limits = [self._limit(at) for at, _ in rule.steps]
        steps = tuple((at, canonical(points * self.to_100)) for at, (_, points) in zip(limits, rule.steps, strict=True))
        percent = rule.unit == "%" and not self._relative()
        unsettled = tuple((self._limit(low), self._limit(high)) for low, high in rule.unsettled)
        return LineRule(
            "steps",
            self.direction,
            self.target.number,
            floor=self._points(rule.otherwise),
            steps=steps,
            percent=percent,
            unsettled=unsettled,
        )

    def _limit(self, at: float, unit: str | None = None) -> float:
        """A limit of the sentence in the actual's own figure."""
        unit = self.rule.unit if unit is None else unit
        if unit == "百分点":
            raise _Unsettled(UNITS)
        if unit != "%":
            return canonical(at * self._scale_of_unit(unit)) if unit else self._plain(at)
        return canonical(self._figure() * at / 100) if self._relative() else canonical(at / 100)

    def _plain(self, at: float) -> float:
        if self._percent():
            raise _Unsettled(PERCENT_UNSURE)
        return at

    def _relative(self) -> bool:
        """Whether percentages are of the target, not the figure itself."""
        if self.rule.basis == "target":
            if self._figure() <= 0:
                raise _Unsettled(TARGET_ZERO)
            return True
        percent = self._percent()
        if percent is None:
            raise _Unsettled(PERCENT_UNSURE)
        if not percent:
            if self._figure() <= 0:
                raise _Unsettled(TARGET_ZERO)
            return True
        if self.rule.basis == "achievement" and not self._is_achievement() and self.target.number != 1:
            raise _Unsettled(BASIS_UNSURE)
        return False

    def _is_achievement(self) -> bool:
        """Whether the KPI itself is a rate of completion, so that 完成率 means its own figure."""
        ends = ("完成率", "达成率", "完成比例", "达成比例", "completionrate", "achievementrate")
        return fold_name(self.name).endswith(ends)

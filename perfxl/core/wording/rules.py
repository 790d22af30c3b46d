"""A scoring method in words: its short name for a table, its whole rule for the definitions.

The sentences say what scoring.md says; the figures in them are those of the contract line or, where it sets none, of
the KPI library and the policy.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from perfxl.core.formula import names_of
from perfxl.core.language import BRACKETS, FULL_STOP, PAUSE, SEMICOLON, Text
from perfxl.core.policy import Policy
from perfxl.core.rulebook import FIGURES, POLICY_NAMES, Method, RuleBook, for_direction
from perfxl.core.schema import get
from perfxl.core.scoring.marks import read_shares, shares_text
from perfxl.core.scoring.scalar import best_first, resolve_steps
from perfxl.core.wording.formatting import (
    BLANK,
    format_figure,
    format_measure,
    format_number,
    format_step,
)
from perfxl.core.wording.formula_words import FormulaWords

Row = dict[str, Any]

# What a method is called on an English paper; in Chinese they have their names.
_ENGLISH = {
    "ratio": "Ratio to target",
    "progress": "Progress from the base",
    "interpolate": "Between threshold and challenge",
    "steps": "By steps",
    "grade": "Graded by description",
    "milestone": "By date",
    "per_unit": "Points per unit",
    "within": "Within a range",
    "marks": "Marks by raters",
    "pass_fail": "Met or not met",
    "deduct": "Deduction",
    "bonus": "Bonus",
    "veto": "Veto",
    "monitor": "Monitored only",
}
# Added in brackets to the short name: the figure that makes the method this line's.
_SHORT: dict[str, Text] = {
    "progress": Text("基数 {base}", "base {base}"),
    "milestone": Text("每迟一日扣 {k} 分", "{k} off a day late"),
    "per_unit": Text("每 {u} 计 {k} 分", "{k} per {u}"),
}

_SENTENCES: dict[str, Text] = {
    "ratio_higher": Text("得分＝实绩÷目标值×100", "Points = actual ÷ target × 100"),
    "ratio_lower": Text("得分＝（2－实绩÷目标值）×100", "Points = (2 − actual ÷ target) × 100"),
    "ratio_negative_higher": Text(
        "得分＝［1＋（实绩－目标值）÷目标值的绝对值］×100",
        "Points = (1 + (actual − target) ÷ size of the target) × 100",
    ),
    "ratio_negative_lower": Text(
        "得分＝［1－（实绩－目标值）÷目标值的绝对值］×100",
        "Points = (1 − (actual − target) ÷ size of the target) × 100",
    ),
    "threshold": Text("实绩劣于门槛值的得 0 分", "an actual worse than the threshold earns 0"),
    "progress": Text(
        "得分＝（实绩－基数）÷（目标值－基数）×100，基数为 {base}",
        "Points = (actual − base) ÷ (target − base) × 100, with a base of {base}",
    ),
    "interpolate": Text(
        "达到门槛值得 {at_threshold} 分、目标值得 {at_target} 分、挑战值得 {at_challenge} 分，其间按直线折算；"
        "劣于门槛值得 0 分，优于挑战值得 {at_challenge} 分",
        "{at_threshold} points at the threshold, {at_target} at the target, {at_challenge} at the challenge, in a "
        "straight line between; worse than the threshold 0, better than the challenge {at_challenge}",
    ),
    "interpolate_flat": Text(
        "达到门槛值得 {at_threshold} 分、目标值得 {at_target} 分，其间按直线折算；"
        "劣于门槛值得 0 分，优于目标值得 {at_target} 分",
        "{at_threshold} points at the threshold, {at_target} at the target, in a straight line between; worse than the "
        "threshold 0, better than the target {at_target}",
    ),
    "steps": Text(
        "按分档计分，从最好的一档往下：{steps}，均未达到得 {floor} 分",
        "By steps, from the best down: {steps}, none reached {floor}",
    ),
    "grade": Text("按分级描述评定：{grades}", "Graded by description: {grades}"),
    "milestone": Text(
        "在目标日期前（含当日）完成得 100 分，每迟 1 个{day}扣 {k} 分",
        "100 points by the target date, {k} off for each {day} late",
    ),
    "milestone_early": Text("每提前 1 个{day}加 {k} 分", "{k} more for each {day} early"),
    "milestone_last": Text("迟于门槛日期的得 0 分", "after the threshold date 0"),
    "per_unit_higher": Text(
        "达到目标值得 100 分，每高 {u} 加 {k} 分，每低 {u} 扣 {k} 分（按比例折算）",
        "100 points at the target, {k} more for each {u} above it, {k} off for each {u} below, pro rata",
    ),
    "per_unit_lower": Text(
        "达到目标值得 100 分，每低 {u} 加 {k} 分，每高 {u} 扣 {k} 分（按比例折算）",
        "100 points at the target, {k} more for each {u} below it, {k} off for each {u} above, pro rata",
    ),
    "within": Text(
        "实绩在 {low} 至 {high} 之间得 100 分，每偏离 {u} 扣 {k} 分（按比例折算）",
        "100 points between {low} and {high}, {k} off for each {u} outside, pro rata",
    ),
    "marks": Text(
        "由评价人打分，满分 {full} 分，得分＝平均分÷满分×100", "Marked out of {full}: points = mean ÷ {full} × 100"
    ),
    "marks_graded": Text("由评价人评定级别：{grades}", "Graded by raters: {grades}"),
    "marks_shares": Text("各评价占比：{shares}", "shares of the raters: {shares}"),
    "pass_fail": Text("达到或优于目标值得 100 分，否则得 0 分", "100 points at the target or better, else 0"),
    "deduct": Text("每发生一次扣 {k} 分", "{k} points off for each event"),
    "deduct_limit": Text("累计最多扣 {limit} 分", "at most {limit} in all"),
    "bonus": Text("每发生一次加 {k} 分", "{k} points added for each event"),
    "bonus_limit": Text("累计最多加 {limit} 分", "at most {limit} in all"),
    "veto_zero": Text("一经发生，总分为零", "Once it happens, the total is zero"),
    "veto_limit_total": Text("一经发生，总分不超过 {limit} 分", "Once it happens, the total is at most {limit}"),
    "veto_limit_grade": Text("一经发生，等级不高于 {grade}", "Once it happens, the grade is at most {grade}"),
    "monitor": Text("只作监控，按期上报，不计分", "Monitored only: reported in time, not scored"),
    "own": Text("按公司自定义方法计分：{formula}", "By the company's own method: {formula}"),
    "own_help": Text("{help}", "{help}"),
    "floor_cap": Text("得分不低于 {floor} 分、不高于 {cap} 分", "limited to {floor} to {cap} points"),
}
_ALWAYS_LIMITED = {"ratio", "progress", "per_unit", "within", "milestone", "own"}
_DAYS: dict[str, Text] = {"calendar": Text("自然日", "calendar day"), "working": Text("工作日", "working day")}
_GRADE_GIVEN = Text("评定级别", "grade given")
_IN_UNIT = ("A", "T", "L", "C", "B", "LO", "HI")  # symbols for figures of the KPI
_STEP = Text("达到 {at} 得 {points} 分", "{points} at {at}")
_GRADE = Text("{grade} {points} 分", "{grade} {points}")


_CACHED = 4096  # rules; most lines of a program share theirs with many others


@dataclass(frozen=True, eq=False, slots=True)
class Kpi:
    """A KPI of the library, with its method; None for a name that neither the rule book nor the policy knows."""

    row: Row
    method: Method | None

    @property
    def unit(self) -> str:
        return self.row["unit"] or ""

    @property
    def decimals(self) -> int | None:
        decimals: int | None = self.row["decimals"]
        return decimals


class Terms(NamedTuple):
    """What the rule of a line depends on: the parameters of the line or else of the library, and which targets are
    set."""

    base: Any
    low: Any
    high: Any
    k: float | None
    unit_step: Any
    floor: float | None
    cap: float | None
    limit: float | None
    full_marks: float | None
    has_threshold: bool
    has_challenge: bool
    negative_target: bool


def read_terms(line: Row, kpi: Kpi) -> Terms:
    """Reads what the rule of a contract line depends on."""

    def own_or_library(column: str) -> Any:
        value = line[column]
        return kpi.row[column] if value is None else value

    target = line["target"]
    return Terms(
        line["base"],
        line["low"],
        line["high"],
        own_or_library("k"),
        own_or_library("unit_step"),
        own_or_library("floor"),
        own_or_library("cap"),
        own_or_library("limit"),
        own_or_library("full_marks"),
        line["threshold"] is not None,
        line["challenge"] is not None,
        isinstance(target, float | int) and target < 0,
    )


class ScoringWords:
    """Says how the lines of contracts are scored, under one policy, in one language."""

    def __init__(self, policy: Policy, lang: str, own_help: Mapping[str, str]) -> None:
        """`own_help`: what the workbook says of HR's own methods, by name."""
        self._policy = policy
        self._lang = lang
        self._own_help = own_help
        self._find = RuleBook(policy).find
        self.short = lru_cache(_CACHED)(self._short)
        self.rule = lru_cache(_CACHED)(self._rule)

    def kpi(self, row: Row) -> Kpi:
        return Kpi(row, self._find(row["method"]))

    def grades(self, kpi: Kpi) -> dict[str, str]:
        """The grades of a graded KPI and the points they earn."""
        scale = self._policy.scale(kpi.row["scale"])
        return {grade: _format_points(points) for grade, points in scale.items()}

    def _short(self, kpi: Kpi, terms: Terms) -> str:
        """The method's name, with its figure: "加减分法（每 1% 计 5 分）"."""
        method = kpi.method
        if method is None:
            return kpi.row["method"] or BLANK
        name = Text(method.zh, _ENGLISH.get(method.name, method.zh))(self._lang)
        if method.own or method.name not in _SHORT:
            return name
        added = _SHORT[method.name](self._lang).format(**self._figures(kpi, terms))
        return name + BRACKETS(self._lang).format(added)

    def _rule(self, kpi: Kpi, terms: Terms) -> str:
        """The whole rule: HR's own sentence where there is one, below it what the method makes of it."""
        said, method = kpi.row["scoring_text"], kpi.method
        if method is None:
            return said or kpi.row["method"] or BLANK
        words = self._figures(kpi, terms) | self._settings(method, kpi, terms)
        sentences = [_SENTENCES[key](self._lang).format(**words) for key in self._keys(method, kpi, terms)]
        rule = SEMICOLON(self._lang).join(sentences) + FULL_STOP(self._lang)
        return f"{said}\n{rule}" if said else rule

    def _keys(self, method: Method, kpi: Kpi, terms: Terms) -> Iterator[str]:
        """Which sentences make the rule."""
        name = "own" if method.own else method.name
        yield _main_sentence(name, kpi, terms)
        if method.own and self._own_help.get(method.name):
            yield "own_help"
        if name == "ratio" and terms.has_threshold:
            yield "threshold"
        if name == "milestone" and self._policy["milestone_early"]:
            yield "milestone_early"
        if name == "milestone" and terms.has_threshold:
            yield "milestone_last"
        if name == "marks" and self._shares(kpi):
            yield "marks_shares"
        if name in ("deduct", "bonus") and terms.limit is not None:
            yield f"{name}_limit"
        has_limits = terms.floor is not None or terms.cap is not None
        if name in _ALWAYS_LIMITED or (has_limits and method.effect == "points"):
            yield "floor_cap"

    def _figures(self, kpi: Kpi, terms: Terms) -> dict[str, str]:
        return {
            "base": format_figure(terms.base, kpi.unit, kpi.decimals, self._lang),
            "low": format_figure(terms.low, kpi.unit, kpi.decimals, self._lang),
            "high": format_figure(terms.high, kpi.unit, kpi.decimals, self._lang),
            "u": format_step(terms.unit_step, kpi.unit, self._lang),
            "k": _format_points(terms.k),
        }

    def _settings(self, method: Method, kpi: Kpi, terms: Terms) -> dict[str, str]:
        policy = self._policy
        limit = policy["veto_limit"] if terms.limit is None and method.name == "veto" else terms.limit
        return {
            "at_threshold": _format_points(policy["knot_threshold"]),
            "at_target": _format_points(policy["knot_target"]),
            "at_challenge": _format_points(policy["knot_challenge"]),
            "day": _DAYS[policy["milestone_days"]](self._lang),
            "floor": _format_points(policy["points_floor"] if terms.floor is None else terms.floor),
            "cap": _format_points(policy["points_cap"] if terms.cap is None else terms.cap),
            "limit": _format_points(limit),
            "grade": kpi.row["veto_grade"] or policy["veto_grade"],
            "steps": self._steps(kpi),
            "grades": self._join(_GRADE, ({"grade": g, "points": p} for g, p in self.grades(kpi).items())),
            "formula": self._own(method, kpi, terms) if method.own else "",
            "full": _format_points(terms.full_marks),
            "shares": shares_text(self._shares(kpi))(self._lang),
            "help": self._own_help.get(method.name, "").rstrip("。."),
        }

    def _shares(self, kpi: Kpi) -> Mapping[str, float]:
        """The shares of those who mark it; none where they are not set or cannot be read."""
        text = kpi.row["rater_shares"]
        return (read_shares(text) or {}) if text else self._policy.rater_shares()

    def _own(self, method: Method, kpi: Kpi, terms: Terms) -> str:
        """An own formula in words: figures that the rule sets as they are, those that come later by their names."""
        set_by_rule: dict[str, str] = {}
        for symbol, value in (("B", terms.base), ("LO", terms.low), ("HI", terms.high)):
            if value is not None:
                set_by_rule[symbol] = format_measure(value, kpi.unit, kpi.decimals, self._lang)
        if terms.unit_step is not None:
            set_by_rule["U"] = format_step(terms.unit_step, kpi.unit, self._lang)
        for symbol, points in (("K", terms.k), ("LIMIT", terms.limit), ("FULL", terms.full_marks)):
            if points is not None:
                set_by_rule[symbol] = format_number(points)
        for symbol, points, setting in (("FLOOR", terms.floor, "points_floor"), ("CAP", terms.cap, "points_cap")):
            set_by_rule[symbol] = format_number(self._policy[setting] if points is None else points)
        set_by_rule |= {symbol: format_number(self._policy[name]) for symbol, name in POLICY_NAMES.items()}

        def name(symbol: str) -> str:
            if symbol == "G":
                return _GRADE_GIVEN(self._lang)
            shown = set_by_rule.get(symbol)
            return _header(FIGURES[symbol])(self._lang) if shown is None else shown

        def measure(symbol: str, value: float) -> str:
            if symbol in _IN_UNIT:
                return format_measure(value, kpi.unit, None, self._lang)
            return format_number(value)

        tree = for_direction(method.tree, -1.0 if _direction(kpi) == "lower" else 1.0)
        said = FormulaWords(self._lang, name, measure).say(tree)
        if "STEPS" in method.text and (steps := self._steps(kpi)):
            said += BRACKETS(self._lang).format(steps)
        if "G" in names_of(tree):
            grades = ({"grade": grade, "points": points} for grade, points in self.grades(kpi).items())
            said += BRACKETS(self._lang).format(self._join(_GRADE, grades))
        return said

    def _steps(self, kpi: Kpi) -> str:
        steps = best_first(
            resolve_steps(kpi.row["steps"], self._policy) or (), -1.0 if _direction(kpi) == "lower" else 1.0
        )
        shown = (
            (format_measure(at, kpi.unit, kpi.decimals, self._lang), _format_points(points)) for at, points in steps
        )
        return self._join(_STEP, ({"at": at, "points": points} for at, points in shown))

    def _join(self, words: Text, items: Iterator[dict[str, str]]) -> str:
        return PAUSE(self._lang).join(words(self._lang).format(**item) for item in items)


def _main_sentence(name: str, kpi: Kpi, terms: Terms) -> str:
    direction = _direction(kpi)
    if name == "ratio":
        return f"ratio_negative_{direction}" if terms.negative_target else f"ratio_{direction}"
    if name == "per_unit":
        return f"per_unit_{direction}"
    if name == "marks" and terms.full_marks is None:
        return "marks_graded"
    if name == "interpolate" and not terms.has_challenge:
        return "interpolate_flat"
    if name == "veto":
        return f"veto_{kpi.row['veto_effect'] or 'zero'}"
    return name


def _direction(kpi: Kpi) -> str:
    return kpi.row["direction"] or "higher"


def _header(name: str) -> Text:
    column = get("contract_sheet").column(name)
    return Text(column.zh, column.en)


def _format_points(value: float | None) -> str:
    return BLANK if value is None else format_number(value)

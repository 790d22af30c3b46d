"""What a scoring sentence says, as data: a method of the rule book with its figures, in the sentence's own points."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from perfxl.core.language import Text
from perfxl.tables.notation.targets import Direction, unit_of

UNDERSTOOD = Text("", "")
FULL = 100.0

NO_SENTENCE = Text("没有写评分规则", "no rule is written")
CONTRADICTION = Text("各句互相矛盾", "its parts contradict each other")
UNKNOWN_SCALE = Text("看不出分数以多少分为满分", "it does not say of how many points its points are")
UNSAID_BELOW = Text("没有说明未达标时得多少分", "it does not say what missing the target gives")
NO_METHOD = Text("计分方法库里没有这样的方法", "no method of the rule book does this")
STRICT_LIMIT = Text("“大于”某界限的分档无法按“达到”计分", "a step that begins above its limit has no method")
UNORDERED = Text(
    "各档不连续或分数不随完成值升降", "its steps leave gaps, or their points do not rise or fall with the figure"
)

Basis = Literal["", "target", "achievement"]


@dataclass(frozen=True)
class Rule:
    """What a sentence says, in its own points and units.

    method      the rule book's: per_unit, within, ratio, pass_fail, steps, grade, veto; deduct and bonus for points
                each time something happens, late for points each day after the target
    scale       full marks that the points below are of
    direction   which way is better, where the sentence says so
    k, step, unit   points for each step of so many units: 1 and "%", 1 and "天"; "百分点" only ever of a percentage
    floor, cap  limits of the points; None: the policy's
    full_at, full_unit  of per_unit: the figure that the sentence itself gives full marks, where it names one
    limit       of deduct and bonus: the most points taken or added in all
    threshold   a figure below which there are no points, in `unit`
    basis       what threshold and limits of steps are of: "target", or "achievement" (完成率), which may be the KPI
    steps       (limit, points), best first, in `unit`; a limit of 1 with basis "target" and no unit is the target
    otherwise   points where no step is reached; None: the policy's floor
    grades      (label, points)
    silent_below  of pass_fail: the sentence does not say what missing the target gives
    unsettled   figures (from, to) to which steps give two different points, or none; -inf, inf where they never end
    """

    method: str
    scale: float = FULL
    direction: Direction | None = None
    k: float | None = None
    step: float | None = None
    unit: str = ""
    floor: float | None = None
    cap: float | None = None
    limit: float | None = None
    threshold: float | None = None
    basis: Basis = ""
    steps: tuple[tuple[float, float], ...] = ()
    otherwise: float | None = None
    grades: tuple[tuple[str, float], ...] = ()
    full_at: float | None = None
    full_unit: str = ""
    silent_below: bool = False
    unsettled: tuple[tuple[float, float], ...] = field(default=(), compare=False)


class Unclear(Exception):
    """The sentence cannot be a rule; carries why."""

    def __init__(self, why: Text) -> None:
        super().__init__(why.en)
        self.why = why


def scale_of(points: Iterable[float], full: float | None) -> float:
    """Full marks of a list of points: those that are told, if the list has them, else 100, if it has that."""
    given = set(points)
    if full is not None and full in given and (full == FULL or FULL not in given):
        return full
    if FULL in given and (full is None or full not in given):
        return FULL
    raise Unclear(UNKNOWN_SCALE)


def rule_unit(word: str) -> str:
    """A unit of a sentence in its one spelling."""
    if not word:
        return ""
    if word in ("%", "percent"):
        return "%"
    if word in ("百分点", "个百分点", "个点") or word.startswith("percentage"):
        return "百分点"
    return unit_of(word) or word


def grade_label(word: str) -> str:
    """A grade as it is shown: A for a, other words as they stand."""
    return word.upper() if len(word) == 1 and word.isascii() else word

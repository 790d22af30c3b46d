"""One contract's total in plain Python: the same figures as `totals` gives, where NumPy is not at hand (a worksheet
function in LibreOffice's Python or in the browser) or not worth its start."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from perfxl.core import rulebook
from perfxl.core.formula import Rule, to_python
from perfxl.core.policy import Band, Policy
from perfxl.core.scoring.outcomes import Outcome
from perfxl.core.scoring.scalar import LineScore, Status, blank, number
from perfxl.core.values.text import fold_name


class Counted(NamedTuple):
    """A line in a total: its score, weight in percent points (0 where it has none) and category (blank for none)."""

    score: LineScore
    weight: float
    category: str = ""


class Veto(NamedTuple):
    """What a veto event does to a contract: effect is zero, limit_total or limit_grade."""

    effect: str
    limit: float
    grade: str

    @classmethod
    def of(cls, line: Mapping[str, Any], policy: Policy) -> Veto:
        """From the columns veto_effect (its name, or a word for it in either language), limit and veto_grade; blanks
        take the policy's, a blank effect is zero. Whoever reads the cells names words that nobody knows."""
        effect, limit, grade = (line.get(name) for name in ("veto_effect", "limit", "veto_grade"))
        return cls(
            veto_effect(effect) or "zero",
            float(policy["veto_limit"]) if math.isnan(number(limit)) else number(limit),
            str(policy["veto_grade"] if blank(grade) else grade),
        )


def veto_effect(word: Any) -> str | None:
    """zero, limit_total or limit_grade, from a word for it in either language; zero for a blank, None for a word that
    is none of them."""
    return "zero" if blank(word) else _veto_words().get(fold_name(word))


@cache
def _veto_words() -> dict[str, str]:
    from perfxl.core.schema.choices import VETO_EFFECT

    words = ((word, choice.name) for choice in VETO_EFFECT for word in (choice.name, *choice.text, *choice.aliases))
    return {fold_name(word): name for word, name in words}


class ContractTotal(NamedTuple):
    """As scoring.totals.Totals has them, for one contract; None where there is none. With `outcome`, the results
    side by side where something was decided."""

    total: float | None
    provisional: float | None
    completeness: float
    band: Band | None
    outcome: Outcome = ()


def contract_total(
    lines: Sequence[Counted], policy: Policy, *, most: float = math.inf, best_grade: str = ""
) -> ContractTotal:
    """A contract's total (scoring.md section 2). A veto leaves at most `most`, no grade above `best_grade`."""
    weights = effective_weights(lines, policy)
    weighted = known = whole = adjusted = 0.0
    is_open = False
    for line, weight in zip(lines, weights, strict=True):
        score, effect = line.score, _effect(line.score)
        whole += weight
        if score.status is Status.SCORED and score.points is not None:
            if effect == "points":
                weighted += weight * score.points
                known += weight
            elif effect == "total":
                adjusted += score.points
        elif score.status in (Status.PENDING, Status.PROBLEM):
            is_open |= weight > 0 or effect == "total"
    figures = {"TOTAL_CAP": float(policy["total_cap"]), "WEIGHTED": weighted, "ADJUSTED": adjusted, "KNOWN": known}
    official = None if is_open or known <= 0 else min(_rule(False)(figures), most)
    provisional = official if official is not None else _finite(min(_rule(True)(figures), most))
    completeness = known / whole * 100 if whole > 0 else 0.0
    return ContractTotal(official, provisional, completeness, _band(official, best_grade, policy))


def effective_weights(lines: Sequence[Counted], policy: Policy) -> list[float]:
    """Weights after those of lines that are not applicable are spread over the rest of their category, or of the
    contract where the policy says so or the whole category is not applicable."""
    weights = [line.weight if _effect(line.score) == "points" and line.weight == line.weight else 0.0 for line in lines]
    absent = [line.score.status is Status.NOT_APPLICABLE for line in lines]
    if any(absent) and policy["na_rule"] == "category":
        weights, absent = _spread(weights, absent, lambda i: lines[i].category)
    return _spread(weights, absent, lambda i: None)[0] if any(absent) else weights


def _effect(score: LineScore) -> str:
    """Lines of an unknown method carry weight too: it is there, though not known to be earned."""
    return score.method.effect if score.method else "points"


def _spread(
    weights: list[float], absent: list[bool], group: Callable[[int], Hashable]
) -> tuple[list[float], list[bool]]:
    """Within each group, weight x all / applicable; a group with nothing applicable is left as it is."""
    everything: dict[Hashable, float] = defaultdict(float)
    applicable: dict[Hashable, float] = defaultdict(float)
    for i, weight in enumerate(weights):
        everything[group(i)] += weight
        applicable[group(i)] += 0.0 if absent[i] else weight
    spread, still = [], []
    for i, weight in enumerate(weights):
        able = applicable[group(i)] > 0
        if able:
            weight = 0.0 if absent[i] else weight * everything[group(i)] / applicable[group(i)]
        spread.append(weight)
        still.append(absent[i] and not able)
    return spread, still


def _band(total: float | None, best_grade: str, policy: Policy) -> Band | None:
    if total is None:
        return None
    ordered = policy.bands
    names = [band.grade for band in ordered]
    worst = (names.index(best_grade) if best_grade in names else len(names) - 1) if best_grade else 0
    return ordered[max(ordered.index(policy.grade(total)), worst)]


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


@cache
def _rule(provisional: bool) -> Rule:
    return to_python(rulebook.total_tree(provisional=provisional))

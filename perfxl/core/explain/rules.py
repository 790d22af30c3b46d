"""A rule with its figures put in: the branch that was taken, as a formula anybody can work out again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from perfxl.core.explain.facts import Rule
from perfxl.core.formula import names_of, number_text, put_in, to_text
from perfxl.core.policy import Policy
from perfxl.core.rulebook import FIGURES, Method, for_direction
from perfxl.core.scoring.scalar import LineScore, best_first, labelled, part_of_rule, resolve_steps, step_reached
from perfxl.core.values.text import fold_name

# Figures of points rather than of the KPI: never shown as percentages.
_OF_POINTS = ("K", "LIMIT")


def rule_of(score: LineScore, line: Mapping[str, Any], policy: Policy, *, percent: bool) -> Rule | None:
    """The rule of a line, whether it has points or not; `percent` shows the KPI's figures as percentages."""
    method = score.method
    if method is None or not method.text:
        return None
    tree = for_direction(method.tree, score.direction)
    floor, cap = (score.floor, score.cap) if method.effect == "points" else (None, None)
    table = tuple(_table(method, score, line, policy))
    if score.raw is None:
        return Rule(_written(tree), "", None, floor, cap, table)
    decided = put_in(tree, lambda part: part_of_rule(part, score.figures))
    applied = to_text(decided, lambda name: _shown(name, score.figures[name], percent))
    return Rule(_written(tree), applied, score.raw + 0.0, floor, cap, table, _reached(method, score, line, policy))


def symbols_of(method: Method) -> list[str]:
    """The figures and policy values that a rule names, the direction aside."""
    return [name for name in names_of(method.tree) if name != "D"] if method.text else []


_written = lru_cache(maxsize=256)(to_text)  # there are far fewer rules than lines


def _shown(name: str, value: float, percent: bool) -> str:
    as_percent = percent and name in FIGURES and name not in _OF_POINTS
    text = f"{number_text(float(f'{value * 100:.15g}'))}%" if as_percent else number_text(value)
    return f"({text})" if value < 0 else text


def _table(method: Method, score: LineScore, line: Mapping[str, Any], policy: Policy) -> Iterable[tuple[Any, float]]:
    """The steps or grades that the rule looks up."""
    if "STEPS" in method.text:
        return best_first(resolve_steps(line.get("steps"), policy) or (), score.direction)
    if "GRADES" in method.text:
        return labelled(line.get("scale"), policy).items()
    return ()


def _reached(method: Method, score: LineScore, line: Mapping[str, Any], policy: Policy) -> tuple[Any, float] | None:
    if method.name == "steps":
        return step_reached(resolve_steps(line.get("steps"), policy) or (), score.figures["A"], score.direction)
    if method.name == "grade":
        wanted = fold_name(line.get("actual"))
        return next(
            (each for each in labelled(line.get("scale"), policy).items() if fold_name(each[0]) == wanted), None
        )
    return None

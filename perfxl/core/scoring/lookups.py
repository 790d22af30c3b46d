"""Answers to the look-ups of the formula language: STEPS, GRADES, DAYS."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

from perfxl.core.formula import SAME
from perfxl.core.policy import DEFAULT_SCALE, Policy, Steps
from perfxl.core.values.text import fold_name


def resolve_steps(given: Any, policy: Policy) -> Steps | None:
    """The step table of a line: a name on the policy's sheet, pairs (at, points), or text such as
    "100:120;95:100;90:80". None where there is none of that name or the text cannot be read."""
    if given is None or given == "":
        return None
    if not isinstance(given, str):
        return tuple((float(at), float(points)) for at, points in given)
    named = policy.steps.get(given.strip())
    return named if named is not None else _steps_in_text(given)


def _steps_in_text(text: str) -> Steps | None:
    pairs = [part.split(":") for part in unicodedata.normalize("NFKC", text).split(";") if part.strip()]
    try:
        return tuple((float(at), float(points)) for at, points in pairs) or None
    except ValueError:
        return None


def resolve_scale(name: Any, policy: Policy) -> Mapping[str, float] | None:
    """A grade scale as {folded label: points}: the named one, or the default where none is named."""
    found = labelled(name, policy)
    return {fold_name(label): points for label, points in found.items()} if found else None


def labelled(name: Any, policy: Policy) -> Mapping[str, float]:
    """The same as it is written; empty where there is none of that name."""
    return DEFAULT_SCALE if name is None or name == "" else policy.scales.get(str(name).strip(), {})


def best_first(steps: Steps, direction: float) -> list[tuple[float, float]]:
    return sorted(steps, key=lambda step: -direction * step[0])


def step_reached(steps: Steps, actual: float, direction: float) -> tuple[float, float] | None:
    """The first step reached, (at, points), from the best down; None where none is."""
    for at, points in best_first(steps, direction):
        short = direction * (at - actual)
        if short <= SAME * max(abs(at), abs(actual)):
            return at, points
    return None


def steps_points(steps: Steps, actual: float, direction: float, floor: float) -> float:
    """Points of the first step reached; the floor where none is."""
    reached = step_reached(steps, actual, direction)
    return reached[1] if reached else floor

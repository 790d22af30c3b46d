"""What a row of a contract sheet says of its KPI: kind, category, direction, and the method where none is written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

from perfxl.core.language import Text
from perfxl.core.schema import Choice
from perfxl.core.schema.categories import USUAL, Categories
from perfxl.core.schema.choices import CATEGORY, KIND
from perfxl.core.values.text import NOT_APPLICABLE, fold_name
from perfxl.tables.notation.names import direction_of_name

EFFECTS = ("deduct", "bonus", "veto", "monitor")
"""Kinds of KPI without a weight."""
STARS = ("*", "★", "☆")
"""Before or behind a KPI's name, they mark one that is only monitored."""
_ENDING = re.compile(r"(?:类?指标|类|项目?|层面|维度)$")


def kind_of(row: Mapping[str, Any]) -> str | None:
    """The kind of a row's KPI: as typed, else from a star before the name (a monitored KPI carries no weight), or from
    a category such as 扣分项."""
    if row["kind"]:
        return str(row["kind"])
    name = row["kpi"] or ""
    if (name.startswith(STARS) or name.endswith(STARS)) and not row["weight"]:
        return "monitor"
    kind = _KINDS.get(_plain(row["category"] or ""))
    if kind not in EFFECTS and row["weight"] is None:  # 加分：合理化建议
        kind = _EFFECT_NAMES.get(_plain(re.split(r"[:：]", name, maxsplit=1)[0])) if re.search("[:：]", name) else None
    return kind if kind in EFFECTS else None


def direction_of(row: Mapping[str, Any], name: str) -> tuple[str, bool]:
    """Whether more or less is better, and whether only the KPI's name said so."""
    if row["direction"]:
        return str(row["direction"]), False
    if _lower_by_figures(row):
        return "lower", False
    by_name = direction_of_name(name)[0] == "lower"
    return ("lower" if by_name else "higher"), by_name


def category_of(typed: str | None, categories: Categories = USUAL) -> str | None:
    """财务类, 财务指标 and Financial are all financial; a category of HR's own stays as typed."""
    word = _plain(typed or "")
    return _categories(categories.choices).get(word) or _categories(CATEGORY).get(word, typed)


def default_method(row: Mapping[str, Any], kind: str | None) -> str:
    """The method of a row that names none."""
    if kind in EFFECTS:
        return str(kind)
    figures = [value for value in (row["actual"], row["target"]) if value not in (None, NOT_APPLICABLE)]
    if any(isinstance(value, str) for value in figures):
        return "grade"
    return "milestone" if any(isinstance(value, date) for value in figures) else "ratio"


BASES = {
    True: Text("名称", "the words of its name"),
    False: Text("门槛值、挑战值与目标值的大小", "its threshold, challenge and target"),
}


def apart(actual: Any, target: Any) -> bool:
    """Whether it matters to the points which is better."""
    return isinstance(actual, float) and isinstance(target, float) and actual != target


def _lower_by_figures(row: Mapping[str, Any]) -> bool:
    """A threshold above the target, or a challenge below it, leaves no choice."""
    target = row["target"]
    for name, sign in (("threshold", 1), ("challenge", -1)):
        if isinstance(target, float) and isinstance(row[name], float) and (row[name] - target) * sign > 0:
            return True
    return False


def _plain(text: str) -> str:
    return _ENDING.sub("", fold_name(text))


def _spellings(choices: tuple[Choice, ...]) -> dict[str, str]:
    names: dict[str, str] = {}
    for choice in choices:
        for text in (choice.name, choice.zh, choice.en, *choice.aliases):
            names.setdefault(_plain(text), choice.name)
    return names


_categories = cache(_spellings)
_KINDS = _spellings(KIND)
_EFFECT_NAMES = {**_KINDS, "penalty": "deduct", "penalties": "deduct", "extra credit": "bonus"}

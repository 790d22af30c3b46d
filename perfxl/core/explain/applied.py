"""A rule with a line's figures put in, as score notices and explanations say it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from perfxl.core.explain.facts import AppliedRule
from perfxl.core.formula import parse
from perfxl.core.language import Text
from perfxl.core.values.numbers import round_half_away
from perfxl.core.wording.formatting import format_number
from perfxl.core.wording.formula_words import FormulaWords

PRECISE = 4  # decimals of figures between the actual and the points

_LONG = re.compile(r"\d+\.\d{5,}")
_SIZE = re.compile(r"ABS\((\d[\d.]*%?)\)")  # of a figure that is positive: the figure itself
_CALL = re.compile(r"[A-Z]\(|\^")
_SIGNS = str.maketrans({"*": "×", "/": "÷", "-": "−"})

_APPLIED = Text("{applied}＝{points} 分", "{applied} = {points} points")
_STEP = Text("达到 {at}，得 {points} 分", "{at} reached: {points} points")
_NO_STEP = Text("未达到任何一档", "no step reached")
_GRADE = Text("评为“{at}”，得 {points} 分", "graded {at}: {points} points")
_CAP = Text("超过上限，按 {cap} 分计", "above the cap, {cap} points")
_FLOOR = Text("低于下限，按 {floor} 分计", "below the floor, {floor} points")


def applied_words(rule: AppliedRule, figure: Callable[[Any], str], graded: bool, lang: str) -> str:
    """What the figures give by the rule; blank where nothing is left of it but its result.

    figure  how a figure of the line is shown; graded: whether the table that is looked up is one of grades
    """
    if rule.raw is None:
        return ""
    if rule.table:
        if rule.reached is None:
            return _NO_STEP(lang)
        words = _GRADE if graded else _STEP
        return words(lang).format(at=figure(rule.reached[0]), points=format_number(rule.reached[1]))
    if rule.applied.replace(".", "").isdigit():
        return ""
    applied = _LONG.sub(_shorten_figure, rule.applied)
    if _CALL.search(_SIZE.sub("", applied)):  # what an own method works with is said in words
        applied = FormulaWords(lang, str).value(parse(applied))
    else:
        applied = _SIZE.sub(r"\1", applied).translate(_SIGNS)
    raw = format_number(round_half_away(rule.raw, 2)).translate(_SIGNS)
    return _APPLIED(lang).format(applied=applied, points=raw)


def limited_words(rule: AppliedRule, lang: str) -> str:
    """The limit that changed the points; blank for none."""
    if rule.hit == "cap" and rule.cap is not None:
        return _CAP(lang).format(cap=format_number(rule.cap))
    if rule.hit == "floor" and rule.floor is not None:
        return _FLOOR(lang).format(floor=format_number(rule.floor))
    return ""


def _shorten_figure(figure: re.Match[str]) -> str:
    return f"{round(float(figure[0]), PRECISE):.15g}"

"""Targets written as a bound, as HR's own tables have them: ≥95% is 95%, and higher is better."""

from __future__ import annotations

import re
from typing import Any

from perfxl.core.values.numbers import parse_number
from perfxl.core.values.text import fold

_BOUNDS = (
    (re.compile(r"(?:[≥≧]|>=|>|不低于|不少于|不小于|至少)\s*(.+)|(.+?)\s*(?:及?以上)"), "higher"),
    (re.compile(r"(?:[≤≦]|<=|<|不高于|不超过|不大于|不多于|至多)\s*(.+)|(.+?)\s*(?:及?以下|以内)"), "lower"),
)


def split_bound(raw: Any) -> tuple[str, str]:
    """The number's text and the direction that the bound implies; two blanks where the cell is no bound."""
    if not isinstance(raw, str):
        return "", ""
    text = fold(raw)
    for pattern, direction in _BOUNDS:
        found = pattern.fullmatch(text)
        number = (found[1] or found[2]) if found else ""
        if number and parse_number(number).value is not None:
            return number, direction
    return "", ""

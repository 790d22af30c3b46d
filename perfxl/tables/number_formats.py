"""Numbers that a cell's format shows with more than their digits: 123 formatted 000000 is 000123, and is so read where
an ID or a text is due."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

# Zeros with fixed text between them, and nothing that a calculation would want: no decimals, thousands or percent.
_PADDED = re.compile(r'(?:"[^"]*"|\\.|[-# ]|0)+')
_PART = re.compile(r'"([^"]*)"|\\(.)|(.)')
_SETTING = re.compile(r"\[[^\]]*\]|_.|\*.")
_MOST = 1e15  # digits beyond these are no longer exact


@lru_cache(maxsize=1024)
def pads(code: str) -> bool:
    """Whether a number format adds to a whole number what is not in it: leading zeros or fixed text."""
    first = _first_section(code)
    parts = _parts(first) if _PADDED.fullmatch(first) else []
    return parts.count("0") > 1 or (bool({"0", "#"} & set(parts)) and any(part not in ("0", "#") for part in parts))


def show_padded(value: float, code: str) -> str | None:
    """A whole number as its cell shows it; None for what the format does not pad."""
    if not value.is_integer() or not 0 <= value < _MOST:
        return None
    digits = str(int(value))
    shown: list[str] = []
    parts = _parts(_first_section(code))
    left = sum(part in ("0", "#") for part in parts)
    for part in reversed(parts):
        if part not in ("0", "#"):
            shown.append(part.removeprefix("="))
            continue
        left -= 1
        taken, digits = (digits, "") if not left else (digits[-1:], digits[:-1])
        shown.append(taken or ("0" if part == "0" else ""))
    return "".join(reversed(shown))


def show_all_padded(raw: Sequence[Any], numbers: Sequence[int], formats: Mapping[int, str]) -> list[Any]:
    """IDs and texts of a column as the person sees them.

    numbers  the sheet's row of each; formats: the number format of a row's cell, where it pads
    """
    return [
        show_padded(value, formats[row]) or value if row in formats and isinstance(value, float) else value
        for row, value in zip(numbers, raw, strict=True)
    ]


def _first_section(code: str) -> str:
    """The one of positive numbers, without colours, conditions and spacing."""
    return _SETTING.sub("", re.split(r';(?=(?:[^"]*"[^"]*")*[^"]*$)', code)[0])


@lru_cache(maxsize=1024)
def _parts(section: str) -> list[str]:
    """ "0" and "#" for digits, "=..." for fixed text."""
    return [
        match[3] if match[3] in ("0", "#") else f"={match[1] or match[2] or match[3] or ''}"
        for match in _PART.finditer(section)
    ]

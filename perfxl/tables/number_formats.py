"""Numbers that say more than their digits: 123 formatted 000000 is 000123, and is so read where an ID or a text is due;
12 of a KPI in % is 12%."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from perfxl.core.values.numbers import canonical
from perfxl.core.values.text import fold
from perfxl.tables.grid import Grid
from perfxl.tables.headers import Header
from perfxl.tables.lexicon import PERIOD

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


_FIGURES = ("target", "actual", "challenge", "threshold", "base", "low", "high")
_ALIKE = 4.0  # figures of one KPI that are further apart may be written in two ways
_FRACTION = 1.5  # up to this a plain figure may be a fraction: 0.95 of a KPI in %


def take_percent_points(
    rows: Iterable[tuple[int, list[Any]]], header: Header, typed: Collection[tuple[int, int]], sheet: Grid
) -> Iterator[tuple[int, int]]:
    """Plain figures of KPIs whose unit is %, 12 of 12%, become fractions in their rows, as a percent cell holds them;
    not beside periods, which say how the table writes percentages.

    rows   sheet row and its cells; typed, the cells (row, column) with a percent sign

    Returns: the cells (row, column) that are percentages by that.
    """
    at = {name: place for place, name in header.columns.items()}
    if "unit" not in at or any(meaning.startswith(PERIOD) for meaning in header.beside.values()):
        return
    for i, row in rows:
        if not isinstance(row[at["unit"]], str) or fold(row[at["unit"]]).strip() != "%":
            continue
        places = [at[name] for name in _FIGURES if name in at]
        plain = [
            p for p in places if type(row[p]) is float and i not in sheet.percent.get(p, ()) and (i, p) not in typed
        ]
        sizes = [abs(row[place]) for place in plain if row[place]]
        if sizes and max(sizes) > _FRACTION and min(sizes) >= max(sizes) / _ALIKE:  # 0.93 beside 95 is asked about
            for place in plain:
                row[place] = canonical(row[place] / 100)
                yield i, place

"""Raw cells of one column to typed values: each distinct value is parsed once, so clean columns cost little."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from math import isfinite
from typing import Any, NamedTuple

from perfxl.core.numbers import (
    canonical,
    parse_bool,
    parse_date,
    parse_figure,
    parse_integer,
    parse_number,
    parse_period,
    parse_points,
    parse_text,
)
from perfxl.core.tables import Choice, Column, Type
from perfxl.core.text import Parsed, fold
from perfxl.workbook.sheet_xml import NOT_STORED

NOT_ALLOWED = "V108"
MISSING_PERCENT = "V111"
FRACTIONS = "S117"
UNSTORED = "S118"


class Finding(NamedTuple):
    """What was noticed at one cell of a column."""

    at: int
    code: str
    raw: Any


@dataclass
class Converted:
    values: list[Any]
    percent: set[int] = field(default_factory=set)
    findings: list[Finding] = field(default_factory=list)


def convert(column: Column, raw: Sequence[Any], percent: set[int], labels: frozenset[str]) -> Converted:
    """Typed values of a column; `percent` holds the indices of percent-formatted cells."""
    if column.type in (Type.NUMBER, Type.FIGURE) and not percent and _all_finite_floats(raw):
        return Converted(list(raw))
    if column.type is Type.POINTS:
        return _points(raw, percent)
    parse = partial(parse_figure, labels=labels) if column.type is Type.FIGURE else _parser(column)
    parsed = _each(parse, raw)
    values = [one.value for one in parsed]
    marked = {i for i, one in enumerate(parsed) if one.percent}
    if percent and column.type in _NUMERIC:
        marked |= {i for i in percent if isinstance(raw[i], float)}
    for i in percent:
        if column.type is Type.TEXT and isinstance(raw[i], float):
            values[i] = f"{canonical(raw[i] * 100):.15g}%"
    return Converted(values, marked, _findings(parsed, raw))


def read_number(raw: Any) -> float | None:
    return parse_number(raw).value


_NUMERIC = (Type.NUMBER, Type.FIGURE, Type.INTEGER)
_PARSERS: dict[Type, Callable[[Any], Parsed]] = {
    Type.TEXT: parse_text,
    Type.REF: parse_text,
    Type.NUMBER: parse_number,
    Type.INTEGER: parse_integer,
    Type.DATE: parse_date,
    Type.PERIOD: parse_period,
    Type.BOOL: parse_bool,
}


def _parser(column: Column) -> Callable[[Any], Parsed]:
    if column.type is Type.CHOICE:
        return partial(_parse_choice, _spellings(column.choices))
    return _PARSERS[column.type]


@cache
def _spellings(choices: tuple[Choice, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for choice in choices:
        for spelling in (choice.zh, choice.en, choice.name, *choice.aliases):
            found.setdefault(_spelled(spelling), choice.name)
    return found


def _spelled(text: str) -> str:
    return fold(text).casefold().replace(" ", "")


def _parse_choice(spellings: dict[str, str], raw: Any) -> Parsed:
    text = parse_text(raw)
    if text.value is None:
        return text
    found = spellings.get(_spelled(text.value))
    return Parsed(found) if found else Parsed(None, NOT_ALLOWED)


class _Memo(dict[Any, Parsed]):
    """Parses a value when it is met first. One for each type, since 1 == 1.0 == True."""

    def __init__(self, parse: Callable[[Any], Parsed]) -> None:
        super().__init__()
        self._parse = parse

    def __missing__(self, raw: Any) -> Parsed:
        parsed = Parsed(None, UNSTORED) if raw == NOT_STORED else self._parse(raw)
        self[raw] = parsed
        return parsed


def _each(parse: Callable[[Any], Parsed], raw: Sequence[Any]) -> list[Parsed]:
    kinds = set(map(type, raw))
    memos = {kind: _Memo(parse) for kind in kinds}
    if len(kinds) == 1:
        memo = memos[kinds.pop()]
        return [memo[value] for value in raw]
    return [memos[type(value)][value] for value in raw]


def _findings(parsed: Sequence[Parsed], raw: Sequence[Any]) -> list[Finding]:
    return [Finding(i, one.code, raw[i]) for i, one in enumerate(parsed) if one.code]


def _all_finite_floats(raw: Sequence[Any]) -> bool:
    return set(map(type, raw)) <= {float} and all(map(isfinite, raw))


def _points(raw: Sequence[Any], percent: set[int]) -> Converted:
    """Percent points. A column of plain fractions (0.15, 0.2, ...) is meant as percentages; 20 among them lacks its
    sign; a lone 0.2 among 15, 20, ... is left to parse_points, which warns."""
    shown = _Memo(partial(parse_points, percent_cell=True))
    parsed = _each(parse_points, raw)
    for i in percent:
        if isinstance(raw[i], float):
            parsed[i] = shown[raw[i]]
    values = [one.value for one in parsed]
    found = _findings(parsed, raw)
    plain = {i: one.value for i, one in enumerate(parsed) if one.value and not one.percent}
    fractions = [i for i, value in plain.items() if abs(value) <= 1]
    if 2 * len(fractions) > sum(map(bool, values)) and any(abs(plain[i]) < 1 for i in fractions):
        for i in fractions:
            values[i] = canonical(values[i] * 100)
        meant = set(fractions)
        found = [one for one in found if one.at not in meant]
        found.append(Finding(fractions[0], FRACTIONS, raw[fractions[0]]))
        found += [Finding(i, MISSING_PERCENT, raw[i]) for i in plain if i not in meant]
    return Converted(values, {i for i, one in enumerate(parsed) if one.percent}, sorted(found, key=lambda one: one.at))

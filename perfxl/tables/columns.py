"""Raw cells of one column to typed values: each distinct value is parsed once, so clean columns cost little."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from math import isfinite
from typing import Any, NamedTuple

from perfxl.core.schema import Choice, Column, Type
from perfxl.core.values.dates import parse_date, parse_period
from perfxl.core.values.numbers import canonical, parse_figure, parse_integer, parse_number, parse_points
from perfxl.core.values.text import Parsed, fold_name, parse_bool, parse_text

NOT_ALLOWED = "choice_unknown"
MISSING_PERCENT = "percent_missing"
FRACTIONS = "fractions_as_percent"
UNSTORED = "formula_without_result"

NOT_STORED = "\ue000perfxl:not-stored"  # stands where a formula has no stored result


class Finding(NamedTuple):
    """What was noticed at one cell of a column."""

    at: int
    code: str
    raw: Any


@dataclass
class Converted:
    """The column's values; `percent` holds the indices typed or shown as percentages."""

    values: list[Any]
    percent: set[int] = field(default_factory=set)
    findings: list[Finding] = field(default_factory=list)


class Share(NamedTuple):
    """What tells whether the plain fractions among percent points are meant as percentages: how many values there
    are, how many are fractions, and how many of these are neither 1 nor -1. The shares of a column's parts add up."""

    filled: int = 0
    fractions: int = 0
    proper: int = 0

    def __add__(self, other: tuple) -> Share:
        return Share(*map(sum, zip(self, other, strict=True)))

    @property
    def meant(self) -> bool:
        return 2 * self.fractions > self.filled and self.proper > 0


def convert(
    column: Column, raw: Sequence[Any], percent: set[int], labels: frozenset[str], whole: Share | None = None
) -> Converted:
    """Typed values of a column; `percent` holds the indices of percent-formatted cells, `whole` is the share of the
    whole column where `raw` is a part of it."""
    converted = _typed(column, raw, percent, labels)
    return _fractions(converted, raw, whole) if column.type is Type.POINTS else converted


def share(column: Column, raw: Sequence[Any], percent: set[int], labels: frozenset[str]) -> Share:
    """Of a column of percent points, or of a part of it."""
    return _share(_typed(column, raw, percent, labels))


def _typed(column: Column, raw: Sequence[Any], percent: set[int], labels: frozenset[str]) -> Converted:
    numeric = column.type in (Type.NUMBER, Type.FIGURE)
    if bool in set(map(type, raw)):  # in a dict True is 1.0
        raw = ["TRUE" if value is True else "FALSE" if value is False else value for value in raw]
    parse = partial(parse_figure, labels=labels) if column.type is Type.FIGURE else _parser(column)
    converted = _each(partial(_parsed, parse), raw, numeric)
    shown = sorted(i for i in percent if type(raw[i]) is float)
    if shown and numeric:
        converted.percent.update(shown)
    elif shown:
        _put(converted, shown, _each(partial(_parsed_shown, parse, column.type), [raw[i] for i in shown]))
    return converted


_PARSERS: dict[Type, Callable[[Any], Parsed]] = {
    Type.TEXT: parse_text,
    Type.REF: parse_text,
    Type.NUMBER: parse_number,
    Type.INTEGER: parse_integer,
    Type.POINTS: parse_points,
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
            found.setdefault(fold_name(spelling), choice.name)
    return found


def _parse_choice(spellings: dict[str, str], raw: Any) -> Parsed:
    text = parse_text(raw)
    if text.value is None:
        return text
    found = spellings.get(fold_name(text.value))
    return Parsed(found) if found else Parsed(None, NOT_ALLOWED)


def _parsed(parse: Callable[[Any], Parsed], raw: Any) -> Parsed:
    return Parsed(None, UNSTORED) if raw == NOT_STORED else parse(raw)


def _parsed_shown(parse: Callable[[Any], Parsed], kind: Type, raw: float) -> Parsed:
    """A number that the sheet shows as a percentage."""
    if kind is Type.POINTS:
        return parse_points(raw, percent_cell=True)
    return Parsed(f"{canonical(raw * 100):.15g}%") if kind is Type.TEXT else parse(raw)


def _each(parse: Callable[[Any], Parsed], raw: Sequence[Any], numeric: bool = False) -> Converted:
    """Where the column is `numeric`, a number stands for itself."""
    known = {v: parse(v) for v in set(raw) if not (numeric and type(v) is float and isfinite(v))}
    converted = Converted(list(map({value: one.value for value, one in known.items()}.get, raw, raw)))
    marked = {value for value, one in known.items() if one.percent}
    if marked:
        converted.percent = {i for i, value in enumerate(raw) if value in marked}
    noticed = {value: one.problem for value, one in known.items() if one.problem}
    if noticed:
        converted.findings = [Finding(i, noticed[value], value) for i, value in enumerate(raw) if value in noticed]
    return converted


def _put(converted: Converted, at: list[int], instead: Converted) -> None:
    """Some cells of the column were parsed in another way."""
    for i, value in zip(at, instead.values, strict=True):
        converted.values[i] = value
    moved = set(at)
    converted.percent = converted.percent - moved | {at[i] for i in instead.percent}
    findings = [one for one in converted.findings if one.at not in moved]
    findings += [one._replace(at=at[one.at]) for one in instead.findings]
    converted.findings = sorted(findings, key=lambda one: one.at)


def _share(converted: Converted) -> Share:
    values = converted.values
    fractions = _plain_fractions(converted).values()
    return Share(sum(map(bool, values)), len(fractions), sum(abs(value) != 1 for value in fractions))


def _plain_fractions(converted: Converted) -> dict[int, float]:
    marked = converted.percent
    return {i: value for i, value in enumerate(converted.values) if value and i not in marked and abs(value) <= 1}


def _fractions(converted: Converted, raw: Sequence[Any], whole: Share | None) -> Converted:
    """Percent points. A column of plain fractions (0.15, 0.2, ...) is meant as percentages; 20 among them lacks its
    sign; a lone 0.2 among 15, 20, ... is left to parse_points, which warns."""
    if not (whole or _share(converted)).meant:
        return converted
    values = converted.values
    fractions = _plain_fractions(converted)
    plain = [i for i, value in enumerate(values) if value and i not in converted.percent]
    for i, value in fractions.items():
        values[i] = canonical(value * 100)
    found = [one for one in converted.findings if one.at not in fractions]
    if fractions:
        first = min(fractions)
        found.append(Finding(first, FRACTIONS, raw[first]))
    found += [Finding(i, MISSING_PERCENT, raw[i]) for i in plain if i not in fractions]
    converted.findings = sorted(found, key=lambda one: one.at)
    return converted

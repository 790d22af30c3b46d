"""Raw cells of one column to typed values: each distinct value is parsed once, so clean columns cost little."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from math import isfinite
from typing import Any, NamedTuple

from perfxl.core.schema import Choice, Column, Type
from perfxl.core.values.dates import Span, parse_date, parse_period
from perfxl.core.values.numbers import canonical, parse_count, parse_figure, parse_integer, parse_number, parse_points
from perfxl.core.values.text import Parsed, fold_name, parse_bool, parse_text
from perfxl.tables.grid import NOT_STORED, UNREADABLE

NOT_ALLOWED = "choice_unknown"
OWN_WORD = "choice_of_ones_own"
MISSING_PERCENT = "percent_missing"
FRACTIONS = "fractions_as_percent"
# Marks that stand in place of a value -> what is said of the cell.
NO_VALUE = {NOT_STORED: "formula_without_result", UNREADABLE: "cell_unreadable"}


class CellProblem(NamedTuple):
    """What is to be said of one cell of a column: its index, the problem's name, the cell as it stands."""

    at: int
    name: str
    raw: Any


@dataclass
class Converted:
    """The column's values; `percent` holds the indices typed or shown as percentages."""

    values: list[Any]
    percent: set[int] = field(default_factory=set)
    problems: list[CellProblem] = field(default_factory=list)


class FractionCount(NamedTuple):
    """What tells whether the plain fractions among percent points are meant as percentages: how many values there
    are, how many are fractions, and how many of these are neither 1 nor -1. The counts of a column's parts add up."""

    values: int = 0
    fractions: int = 0
    proper: int = 0

    def __add__(self, other: tuple[Any, ...]) -> FractionCount:
        return FractionCount(*map(sum, zip(self, other, strict=True)))

    @property
    def are_percentages(self) -> bool:
        return 2 * self.fractions > self.values and self.proper > 0


def convert(
    column: Column,
    raw: Sequence[Any],
    percent: set[int],
    labels: frozenset[str],
    whole: FractionCount | None = None,
    within: Span | None = None,
) -> Converted:
    """Typed values of a column.

    percent  the indices of cells shown as percentages; labels: the grades that a figure may be
    whole    for percent points, the fractions of the whole column where `raw` is a part of it
    within   for periods, the program's: it gives a month its year
    """
    converted = _typed(column, raw, percent, labels, within)
    if column.type is not Type.POINTS or not (whole or _count(converted)).are_percentages:
        return converted
    return _fractions_as_percent(converted, raw)


def count_fractions(column: Column, raw: Sequence[Any], percent: set[int], labels: frozenset[str]) -> FractionCount:
    """The fractions in a column of percent points, or in a part of it."""
    return _count(_typed(column, raw, percent, labels))


def _typed(
    column: Column, raw: Sequence[Any], percent: set[int], labels: frozenset[str], within: Span | None = None
) -> Converted:
    numeric = column.type in (Type.NUMBER, Type.FIGURE, Type.COUNT)
    if bool in set(map(type, raw)):  # in a dict True is 1.0
        raw = ["TRUE" if value is True else "FALSE" if value is False else value for value in raw]
    if column.type is Type.CHOICE:
        parse: Callable[[Any], Parsed] = partial(_parse_choice, _spellings(column.choices), column.own_words)
    elif column.type is Type.FIGURE:
        parse = partial(parse_figure, labels=labels)
    elif column.type is Type.PERIOD:
        parse = partial(parse_period, within=within)
    else:
        parse = _PARSERS[column.type]
    converted = _parse_distinct(partial(_parse_stored, parse), raw, numeric)
    shown = sorted(i for i in percent if type(raw[i]) is float)
    if shown and numeric:
        converted.percent.update(shown)
    elif shown:
        instead = _parse_distinct(partial(_parse_shown, parse, column.type), [raw[i] for i in shown])
        _replace_cells(converted, shown, instead)
    return converted


_PARSERS: dict[Type, Callable[[Any], Parsed]] = {
    Type.TEXT: parse_text,
    Type.REF: parse_text,
    Type.NUMBER: parse_number,
    Type.INTEGER: parse_integer,
    Type.COUNT: parse_count,
    Type.POINTS: parse_points,
    Type.DATE: parse_date,
    Type.BOOL: parse_bool,
}


@cache
def _spellings(choices: tuple[Choice, ...]) -> dict[str, str]:
    names: dict[str, str] = {}
    for choice in choices:
        for text in (choice.zh, choice.en, choice.name, *choice.aliases):
            names.setdefault(fold_name(text), choice.name)
    return names


def _parse_choice(names: dict[str, str], own_words: bool, raw: Any) -> Parsed:
    text = parse_text(raw)
    if text.value is None:
        return text
    name = names.get(fold_name(text.value))
    if name is None and own_words:
        return Parsed(text.value, OWN_WORD)
    return Parsed(name) if name else Parsed(None, NOT_ALLOWED)


def _parse_stored(parse: Callable[[Any], Parsed], raw: Any) -> Parsed:
    return Parsed(None, NO_VALUE[raw]) if raw in NO_VALUE else parse(raw)


def _parse_shown(parse: Callable[[Any], Parsed], kind: Type, raw: float) -> Parsed:
    """A number that the sheet shows as a percentage."""
    if kind is Type.POINTS:
        return parse_points(raw, percent_cell=True)
    return Parsed(f"{canonical(raw * 100):.15g}%") if kind is Type.TEXT else parse(raw)


def _parse_distinct(parse: Callable[[Any], Parsed], raw: Sequence[Any], numeric: bool = False) -> Converted:
    """Parses each distinct value once; where the column is `numeric`, a number stands for itself."""
    parsed = {v: parse(v) for v in set(raw) if not (numeric and type(v) is float and isfinite(v))}
    values = {value: cell.value for value, cell in parsed.items()}
    if 2 * len(parsed) < len(raw):
        # Held once however many blocks and columns it stands in, as codes do; of more, most stand in one cell only.
        values = {raw: sys.intern(value) if type(value) is str else value for raw, value in values.items()}
    converted = Converted(list(map(values.get, raw, raw) if numeric else map(values.__getitem__, raw)))
    percent = {value for value, cell in parsed.items() if cell.percent}
    if percent:
        converted.percent = {i for i, value in enumerate(raw) if value in percent}
    names = {value: cell.problem for value, cell in parsed.items() if cell.problem}
    if names:
        converted.problems = [CellProblem(i, names[value], value) for i, value in enumerate(raw) if value in names]
    return converted


def _replace_cells(converted: Converted, at: list[int], instead: Converted) -> None:
    """Some cells of the column were parsed in another way."""
    for i, value in zip(at, instead.values, strict=True):
        converted.values[i] = value
    replaced = set(at)
    converted.percent = converted.percent - replaced | {at[i] for i in instead.percent}
    problems = [cell for cell in converted.problems if cell.at not in replaced]
    problems += [cell._replace(at=at[cell.at]) for cell in instead.problems]
    converted.problems = sorted(problems, key=lambda cell: cell.at)


def _count(converted: Converted) -> FractionCount:
    fractions = _plain_fractions(converted).values()
    return FractionCount(sum(map(bool, converted.values)), len(fractions), sum(abs(value) != 1 for value in fractions))


def _plain_fractions(converted: Converted) -> dict[int, float]:
    percent = converted.percent
    return {i: value for i, value in enumerate(converted.values) if value and i not in percent and abs(value) <= 1}


def _fractions_as_percent(converted: Converted, raw: Sequence[Any]) -> Converted:
    """A column of plain fractions (0.15, 0.2, ...) is meant as percentages; 20 among them lacks its sign. (A lone 0.2
    among 15, 20, ... is left to parse_points, which warns.)"""
    values = converted.values
    fractions = _plain_fractions(converted)
    plain = [i for i, value in enumerate(values) if value and i not in converted.percent]
    for i, value in fractions.items():
        values[i] = canonical(value * 100)
    problems = [cell for cell in converted.problems if cell.at not in fractions]
    if fractions:
        first = min(fractions)
        problems.append(CellProblem(first, FRACTIONS, raw[first]))
    problems += [CellProblem(i, MISSING_PERCENT, raw[i]) for i in plain if i not in fractions]
    converted.problems = sorted(problems, key=lambda cell: cell.at)
    return converted

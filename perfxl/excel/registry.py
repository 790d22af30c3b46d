"""What a worksheet function is made of, and how every host calls one.

`FUNCTIONS` maps the name (PX_SCORE) to a Function, in the order of perfxl/excel/functions.py:

    function.name                      "PX_SCORE"
    function.about("zh"), ("en")       one sentence for the function wizard, at most 255 characters
    function.arguments                 Argument(name, zh, en, kind, optional), required ones first; .help("zh"), ("en")
    function.call(*raw)                cells as the host sends them -> rows of numbers, text and booleans

A result is always rows ([[98.0]] for one cell). An error value is its text ("#VALUE!", see errors.CellError): the host
turns each such text into its own error. `CATEGORY` names the group in the function wizard.

An argument says what it takes: a `value`, which is repeated over the cells of a range given in its place
(=PX_GRADE(A2:A100) spills), a `cells` range of rows, or `either` (rows where a range is given, unrepeated).
"""

from __future__ import annotations

import gc
import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from perfxl.core.language import Text
from perfxl.core.problems import Problem, problem
from perfxl.excel import normalise
from perfxl.excel.errors import CellError, Failure
from perfxl.excel.normalise import BlankOrZero, Rows
from perfxl.excel.xlwings_marks import marked

CATEGORY = {"zh": "绩效", "en": "Performance"}


class Kind(StrEnum):
    VALUE = "value"
    CELLS = "cells"
    EITHER = "either"


class Argument(NamedTuple):
    """One argument: its name in the wizard (ASCII), help in both languages, what it takes."""

    name: str
    zh: str
    en: str
    kind: Kind = Kind.VALUE
    optional: bool = False
    zero: bool = False  # a blank cell does no harm where it is taken for 0

    def help(self, lang: str) -> str:
        return self.zh if lang == "zh" else self.en

    @property
    def text(self) -> Text:
        """For messages."""
        return Text(self.zh, self.en)


def value(name: str, zh: str, en: str, *, optional: bool = False, zero: bool = False) -> Argument:
    return Argument(name, zh, en, Kind.VALUE, optional, zero)


def cells(name: str, zh: str, en: str, *, optional: bool = False) -> Argument:
    return Argument(name, zh, en, Kind.CELLS, optional)


def either(name: str, zh: str, en: str, *, optional: bool = False) -> Argument:
    return Argument(name, zh, en, Kind.EITHER, optional)


@dataclass(frozen=True, slots=True)
class Call:
    """One call as a rule sees it: cells (or rows) by argument name, and the language it is spoken in."""

    given: dict[str, Any]
    lang: str

    def __getitem__(self, argument: str) -> Any:
        return self.given[argument]


class Function(NamedTuple):
    """A worksheet function. `rule` is what is behind it, `call` what hosts call."""

    name: str
    zh: str
    en: str
    arguments: tuple[Argument, ...]
    rule: Callable[[Call], Any]
    call: Callable[..., Rows]

    def about(self, lang: str) -> str:
        return self.zh if lang == "zh" else self.en


FUNCTIONS: dict[str, Function] = {}


def function(zh: str, en: str, *arguments: Argument) -> Callable[[Callable[[Call], Any]], Callable[..., Rows]]:
    """Makes the rule below it a worksheet function of the same name."""

    def register(rule: Callable[[Call], Any]) -> Callable[..., Rows]:
        optional = [argument.optional for argument in arguments]
        if optional != sorted(optional):
            raise TypeError(f"{rule.__name__}: required arguments come first")
        call = _host_function(rule.__name__, f"{zh} / {en}", arguments)
        FUNCTIONS[rule.__name__] = Function(rule.__name__, zh, en, arguments, rule, call)
        return call

    return register


class Answer(NamedTuple):
    """What a call gives: rows for the cells, and the reasons of whatever failed in it."""

    rows: Rows
    problems: tuple[Problem, ...]
    lang: str


def answer(name: str, raw: Sequence[Any]) -> Answer:
    """Calls a function by name with what a host sent."""
    found = FUNCTIONS[name]
    sent = [*raw, *[None] * (len(found.arguments) - len(raw))]
    if BlankOrZero in map(type, sent):
        unsure = [
            problem("blank_or_zero", argument=a.text)
            for a, each in zip(found.arguments, sent, strict=True)
            if _unsure(a, each)
        ]
        if unsure:
            return Answer([[str(CellError.VALUE)]], tuple(unsure), spoken(sent))
    taken = [
        None if each is None and argument.kind is not Kind.CELLS else _taken(argument.kind, each)  # most are left out
        for argument, each in zip(found.arguments, sent, strict=True)
    ]
    names, lang, reasons = [argument.name for argument in found.arguments], spoken(taken), list[Problem]()

    def one(given: Sequence[Any]) -> Any:
        try:
            return found.rule(Call(dict(zip(names, given, strict=True)), lang))
        except Failure as failed:
            reasons.extend(failed.problems)
            return failed.error

    made = _each(one, taken) if any(isinstance(each, _Grid) for each in taken) else one(taken)
    return Answer(normalise.result(made), tuple(reasons), lang)


def spoken(arguments: Sequence[Any]) -> str:
    """The language of a call: of the first words in it, headers or a method's name; Chinese where there are none."""
    for each in arguments:
        rows = each.rows if isinstance(each, _Grid) else each if isinstance(each, list) else [[each]]
        for row in rows:
            words = "".join(cell for cell in row if isinstance(cell, str) and cell[:1] != "#")
            if any("\u4e00" <= char <= "\u9fff" for char in words):
                return "zh"
            if any(char.isalpha() for char in words):
                return "en"
    return "zh"


last: list[tuple[str, Answer]] = []
"""The last call that failed: what PX_WHY() without arguments tells."""


class _Grid(NamedTuple):
    """Cells of a range given for a value: the used ones, and how many rows and columns were given."""

    rows: Rows
    height: int
    width: int

    def at(self, row: int, column: int) -> Any:
        """A single row or column is repeated, as Excel does; beyond the used cells all is blank."""
        row, column = row if self.height > 1 else 0, column if self.width > 1 else 0
        found = self.rows[row][column] if row < len(self.rows) and column < len(self.rows[row]) else ""
        return None if found == "" else found


def _host_function(name: str, doc: str, arguments: tuple[Argument, ...]) -> Callable[..., Rows]:
    """A function of its own for hosts that look at signatures (xlwings), which calls by name."""

    def host(*raw: Any) -> Rows:
        with _unswept():
            found = answer(name, raw)
        if found.problems:
            last[:] = [(name, found)]
        return found.rows

    host.__name__ = host.__qualname__ = name
    host.__doc__ = doc
    host.__module__ = "perfxl.excel.functions"
    parameter = inspect.Parameter
    host.__signature__ = inspect.Signature(  # type: ignore[attr-defined]  # read by inspect.signature
        [
            parameter(a.name, parameter.POSITIONAL_OR_KEYWORD, default=None if a.optional else parameter.empty)
            for a in arguments
        ]
    )
    host.__annotations__ = {}
    return marked(host, CATEGORY["zh"], [(a.name, f"{a.zh} / {a.en}") for a in arguments])


class _unswept:
    """Python's search for garbage in cycles waits: a large table makes none, and a search costs a fifth of its time."""

    def __enter__(self) -> None:
        self._was_on = gc.isenabled()
        gc.disable()

    def __exit__(self, *_: object) -> None:
        if self._was_on:
            gc.enable()


def _unsure(argument: Argument, raw: Any) -> bool:
    return isinstance(raw, BlankOrZero) and argument.kind is Kind.VALUE and not argument.zero


def _taken(kind: Kind, raw: Any) -> Any:
    if kind is Kind.CELLS:
        return normalise.rows(raw)
    if kind is Kind.EITHER or not isinstance(raw, list | tuple):
        return normalise.argument(raw)
    nested = raw if raw and isinstance(raw[0], list | tuple) else [raw]
    height, width = len(nested), len(nested[0]) if nested else 0
    return _Grid(normalise.rows(raw), height, width) if height * width > 1 else normalise.argument(raw)


def _each(one: Callable[[Sequence[Any]], Any], taken: Sequence[Any]) -> list[list[Any]]:
    """The function over every cell, as far as any of the ranges is used."""
    grids = [each for each in taken if isinstance(each, _Grid)]
    height = max(len(grid.rows) for grid in grids)
    width = max((len(row) for grid in grids for row in grid.rows[:1]), default=0)
    return [
        [
            _single(one([each.at(row, column) if isinstance(each, _Grid) else each for each in taken]))
            for column in range(width)
        ]
        for row in range(height)
    ]


def _single(found: Any) -> Any:
    """A function that gives several cells gives its first one where it is repeated over a range, as Excel does."""
    return found[0][0] if isinstance(found, list) else found

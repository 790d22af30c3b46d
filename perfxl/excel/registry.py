"""What a worksheet function is made of, and how every host calls one.

`FUNCTIONS` maps the name (PX_SCORE) to a Function, in the order of perfxl/excel/functions.py:

    function.name                      "PX_SCORE"
    function.about("zh"), ("en")       one sentence for the function wizard, at most 255 characters
    function.arguments                 Argument(name, zh, en, kind, optional), required ones first; .help("zh"), ("en")
    function.call(*raw)                cells as the host sends them -> rows of numbers, text and booleans

A host that serves several users, or may be loaded more than once, calls with a `Session` of its own, which remembers
what failed last: session.call(name, raw). `function.call` does so with that of the process.

A result is always rows ([[98.0]] for one cell). An error value is its text ("#VALUE!", see cells.CellError): the host
turns each such text into its own error. `CATEGORY` names the group in the function wizard.

xlwings' decorators func, arg and ret are put on where a function is served by xlwings: they are what Excel for Windows
and xlwings Lite look for. Elsewhere (LibreOffice's Python, the command line) a function stays as it is, and xlwings,
which brings pandas along, is not loaded.

An argument says what it takes: a `value`, which is repeated over the cells of a range given in its place
(=PX_GRADE(A2:A100) spills), a `cells` range of rows, or `either` (rows where a range is given, unrepeated).
"""

from __future__ import annotations

import gc
import inspect
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib.util import find_spec
from typing import Any, NamedTuple

from perfxl.core.language import Text
from perfxl.core.problems import Problem, problem
from perfxl.excel import cells as cell_values
from perfxl.excel.cells import BlankOrZero, CellError, Failure, Rows
from perfxl.unforeseen import guarded

_LITE = sys.platform == "emscripten"
# Excel's server has loaded xlwings before it looks for functions; in Lite they may be asked for first.
SERVED = bool(sys.modules.get("xlwings")) or (_LITE and find_spec("xlwings") is not None)
if SERVED:
    from xlwings import arg, func, ret

# Lite turns the text of an error into an error only where its own conversion is left on.
_RESULTS = {} if _LITE else {"convert": "raw"}

CATEGORY = {"zh": "绩效", "en": "Performance"}


class ArgumentKind(StrEnum):
    """What an argument takes."""

    VALUE = "value"
    CELLS = "cells"
    EITHER = "either"


class Argument(NamedTuple):
    """One argument: its name in the wizard (ASCII), help in both languages, what it takes."""

    name: str
    zh: str
    en: str
    kind: ArgumentKind = ArgumentKind.VALUE
    optional: bool = False
    zero: bool = False  # a blank cell does no harm where it is taken for 0

    def help(self, lang: str) -> str:
        """What it is, for the function wizard."""
        return self.text(lang)

    @property
    def text(self) -> Text:
        """For messages."""
        return Text(self.zh, self.en)


def value(name: str, zh: str, en: str, *, optional: bool = False, zero: bool = False) -> Argument:
    """Declares an argument of one cell."""
    return Argument(name, zh, en, ArgumentKind.VALUE, optional, zero)


def cells(name: str, zh: str, en: str, *, optional: bool = False) -> Argument:
    """Declares an argument of a range."""
    return Argument(name, zh, en, ArgumentKind.CELLS, optional)


def either(name: str, zh: str, en: str, *, optional: bool = False) -> Argument:
    """Declares an argument of one cell or a range."""
    return Argument(name, zh, en, ArgumentKind.EITHER, optional)


@dataclass(frozen=True, slots=True)
class FunctionCall:
    """One call as a rule sees it: cells (or rows) by argument name, the language it is spoken in, whose call it is;
    `reasons` takes what is wrong in a table that is answered nevertheless, `rows` by row of the answer."""

    arguments: dict[str, Any]
    lang: str
    session: Session
    reasons: list[Problem]
    rows: dict[int, list[Problem]]

    def __getitem__(self, argument: str) -> Any:
        return self.arguments[argument]

    def found(self, answer: tuple[Rows, Iterable[Problem]]) -> Rows:
        """The rows of an answer, what is wrong in them noted."""
        self.reasons.extend(answer[1])
        return answer[0]

    def found_by_row(self, answer: tuple[Rows, Mapping[int, Sequence[Problem]]]) -> Rows:
        """The rows of an answer, what is wrong noted with the row, from 0, that it is wrong in."""
        for row, problems in answer[1].items():
            self.reasons.extend(problems)
            self.rows.setdefault(row, []).extend(problems)
        return answer[0]


class Function(NamedTuple):
    """A worksheet function. `rule` is what is behind it, `call` what hosts call."""

    name: str
    zh: str
    en: str
    arguments: tuple[Argument, ...]
    rule: Callable[[FunctionCall], Any]
    call: Callable[..., Rows]

    def about(self, lang: str) -> str:
        """What it does, for the function wizard."""
        return Text(self.zh, self.en)(lang)


FUNCTIONS: dict[str, Function] = {}


def function(zh: str, *arguments: Argument) -> Callable[[Callable[[FunctionCall], Any]], Callable[..., Rows]]:
    """Makes the rule below it a worksheet function of the same name. What it does is told in Chinese here, and in
    English by the rule's docstring."""

    def register(rule: Callable[[FunctionCall], Any]) -> Callable[..., Rows]:
        optional = [argument.optional for argument in arguments]
        if optional != sorted(optional):
            raise TypeError(f"{rule.__name__}: required arguments come first")
        en = inspect.cleandoc(rule.__doc__ or "")
        call = _host_function(rule.__name__, f"{zh} / {en}", arguments)
        FUNCTIONS[rule.__name__] = Function(rule.__name__, zh, en, arguments, rule, call)
        return call

    return register


class Answer(NamedTuple):
    """What a call gives: rows for the cells, and the reasons of whatever failed in it; `of_cells` are those of a single
    row, or of a single cell, where they are known by it."""

    rows: Rows
    problems: tuple[Problem, ...]
    lang: str
    of_cells: Mapping[tuple[int, int | None], Sequence[Problem]] = {}

    def reasons_at(self, row: int, column: int) -> tuple[Problem, ...]:
        """Why the answer holds an error value at a place, counted from 0."""
        own = self.of_cells.get((row, column), self.of_cells.get((row, None)))
        return self.problems if own is None else tuple(own)


class Session:
    """The calls of one host. `last_failure` is what the last call that failed gave: PX_WHY() without arguments tells
    its reasons."""

    def __init__(self) -> None:
        self.last_failure: Answer | None = None

    def call(self, name: str, raw: Sequence[Any]) -> Rows:
        """Calls a function by name with what the host sends. Python's search for garbage in cycles waits meanwhile: a
        large table makes none, and a search costs a fifth of its time."""
        collecting = gc.isenabled()
        gc.disable()
        try:
            given = answer(name, raw, self)
        finally:
            if collecting:
                gc.enable()
        if given.problems:
            self.last_failure = given
        return given.rows


SESSION = Session()
"""That of the process: what xlwings serves is found in modules, not in objects."""


def answer(name: str, raw: Sequence[Any], session: Session = SESSION) -> Answer:
    """The answer of a function to what a host sends; what nobody foresaw is #VALUE!, with a saved report."""
    given = guarded(lambda: _answer(name, raw, session), [name, f"({len(raw)} arguments)"])
    if isinstance(given, Problem):
        return Answer([[str(CellError.VALUE)]], (given,), find_language([arg for arg in raw if isinstance(arg, str)]))
    return given


def _answer(name: str, raw: Sequence[Any], session: Session) -> Answer:
    function = FUNCTIONS[name]
    sent = [*raw, *[None] * (len(function.arguments) - len(raw))]
    if BlankOrZero in map(type, sent):
        unclear = [
            problem("blank_or_zero", argument=argument.text)
            for argument, cell in zip(function.arguments, sent, strict=True)
            if isinstance(cell, BlankOrZero) and argument.kind is ArgumentKind.VALUE and not argument.zero
        ]
        if unclear:
            return Answer([[str(CellError.VALUE)]], tuple(unclear), find_language(sent))
    arguments = [
        None
        if cell is None and argument.kind is not ArgumentKind.CELLS
        else _read(argument.kind, cell)  # most are left out
        for argument, cell in zip(function.arguments, sent, strict=True)
    ]
    names, lang, reasons = [argument.name for argument in function.arguments], find_language(arguments), list[Problem]()
    rows: dict[int, list[Problem]] = {}

    def apply(values: Sequence[Any]) -> Any:
        try:
            return function.rule(FunctionCall(dict(zip(names, values, strict=True)), lang, session, reasons, rows))
        except Failure as failed:
            reasons.extend(failed.problems)
            return failed.error

    if not any(isinstance(argument, _CellArray) for argument in arguments):
        result = cell_values.result(apply(arguments))
        return Answer(result, tuple(reasons), lang, {(row, None): found for row, found in rows.items()})
    of_cells: dict[tuple[int, int | None], Sequence[Problem]] = {}

    def apply_at(row: int, column: int, values: Sequence[Any]) -> Any:
        before = len(reasons)
        cell = apply(values)
        if len(reasons) > before:
            of_cells[row, column] = reasons[before:]
        return cell

    return Answer(cell_values.result(_apply_to_cells(apply_at, arguments)), tuple(reasons), lang, of_cells)


def find_language(arguments: Sequence[Any]) -> str:
    """The language of a call: of the first words in it, headers or a method's name; Chinese where there are none."""
    for cell in arguments:
        rows = cell.rows if isinstance(cell, _CellArray) else cell if isinstance(cell, list) else [[cell]]
        for row in rows:
            words = "".join(cell for cell in row if isinstance(cell, str) and cell[:1] != "#")
            if any("\u4e00" <= char <= "\u9fff" for char in words):
                return "zh"
            if any(char.isalpha() for char in words):
                return "en"
    return "zh"


class _CellArray(NamedTuple):
    """Cells of a range given for a value: the used ones, and how many rows and columns were given."""

    rows: Rows
    height: int
    width: int

    def at(self, row: int, column: int) -> Any:
        """A single row or column is repeated, as Excel does; beyond the used cells all is blank."""
        row, column = row if self.height > 1 else 0, column if self.width > 1 else 0
        cell = self.rows[row][column] if row < len(self.rows) and column < len(self.rows[row]) else ""
        return None if cell == "" else cell


def _host_function(name: str, doc: str, arguments: tuple[Argument, ...]) -> Callable[..., Rows]:
    """A function of its own for hosts that look at signatures (xlwings), which calls by name."""

    def host(*raw: Any) -> Rows:
        return SESSION.call(name, raw)

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
    if not SERVED:
        return host
    served: Callable[..., Rows] = host
    for argument in reversed(arguments):  # cells go in and out untouched
        served = arg(argument.name, convert="raw", doc=f"{argument.zh} / {argument.en}")(served)
    return func(category=CATEGORY["zh"])(ret(**_RESULTS)(served))


def _read(kind: ArgumentKind, raw: Any) -> Any:
    if kind is ArgumentKind.CELLS:
        return cell_values.rows(raw)
    if kind is ArgumentKind.EITHER or not isinstance(raw, list | tuple):
        return cell_values.argument(raw)
    nested = raw if raw and isinstance(raw[0], list | tuple) else [raw]
    height, width = len(nested), len(nested[0]) if nested else 0
    return _CellArray(cell_values.rows(raw), height, width) if height * width > 1 else cell_values.argument(raw)


def _apply_to_cells(apply: Callable[[int, int, Sequence[Any]], Any], arguments: Sequence[Any]) -> list[list[Any]]:
    """The function over every cell, as far as any of the ranges is used. One that gives several cells gives its first
    one where it is repeated over a range, as Excel does."""
    grids = [argument for argument in arguments if isinstance(argument, _CellArray)]
    height = max(len(grid.rows) for grid in grids)
    width = max((len(row) for grid in grids for row in grid.rows[:1]), default=0)
    rows = []
    for row in range(height):
        cells = []
        for column in range(width):
            result = apply(row, column, [a.at(row, column) if isinstance(a, _CellArray) else a for a in arguments])
            cells.append(result[0][0] if isinstance(result, list) else result)
        rows.append(cells)
    return rows

"""Bounds on what a template may ask of the machine: a few characters must not fill its memory."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from itertools import islice
from typing import Any

__all__ = [
    *("bounded_call", "bounded_format", "bounded_length", "bounded_operation", "bounded_pieces"),
    *("bounded_range", "bounded_rounds", "bounded_text", "with_bounds"),
]

MAX_RANGE = 10_000  # elements; more rows than any paper has
MAX_TEXT = 1_000_000  # characters or elements of what a repetition gives
MAX_WIDTH = 10_000  # characters of a padded text
MAX_BITS = 4_096  # of a power
MAX_ROUNDS = 2_000_000  # of all loops of one part
MAX_PIECES = 5_000_000  # printed values and texts between them, of one part

Filters = Mapping[str, Callable[..., Any]]

_WIDE = re.compile(r"\d{5,}")  # in a format: a width or precision that no paper has
_GIVEN_WIDTH = re.compile(r"%[^a-zA-Z%]*\*|\{[^{}]*\{")  # a width that is a value
_WIDTHS = frozenset(("center", "ljust", "rjust", "zfill", "expandtabs", "to_bytes"))
_WIDTH_FILTERS = ("center", "indent", "batch", "slice", "tojson")


def bounded_range(*bounds: Any) -> range:
    """range, of no more elements than a paper can show."""
    numbers = range(*bounds)
    if len(numbers) > MAX_RANGE:
        raise OverflowError(f"range({', '.join(map(str, bounds))}) > {MAX_RANGE}")
    return numbers


def bounded_operation(operator: str, left: Any, right: Any) -> None:
    """Raises: OverflowError for a power, repetition or format whose result would be enormous."""
    if operator == "**":
        _bound_power(left, right)
    elif operator == "*":
        for text, times in ((left, right), (right, left)):
            if isinstance(text, str | bytes | list | tuple) and isinstance(times, int) and len(text) * times > MAX_TEXT:
                raise OverflowError(f"{times} x {len(text)} > {MAX_TEXT}")
        if _are_numbers(left, right) and isinstance(right, int) and left.bit_length() + right.bit_length() > MAX_BITS:
            raise OverflowError(f"> 2 ** {MAX_BITS}")
    elif operator == "+":
        if isinstance(left, str | list | tuple) and hasattr(right, "__len__") and len(left) + len(right) > MAX_TEXT:
            raise OverflowError(f"> {MAX_TEXT}")
    elif isinstance(left, str):
        _bound_format(left, right)


def bounded_text(text: str) -> str:
    """The text. Raises: OverflowError where it has grown beyond what a paper can hold."""
    bounded_length(len(text))
    return text


def bounded_length(characters: int) -> None:
    """Raises: OverflowError for a text longer than a paper can hold."""
    if characters > MAX_TEXT:
        raise OverflowError(f"> {MAX_TEXT}")


def bounded_rounds(rounds: int) -> int:
    """How often loops went round. Raises: OverflowError for loops within loops, which need print nothing to go on."""
    if rounds > MAX_ROUNDS:
        raise OverflowError(f"> {MAX_ROUNDS}")
    return rounds


def bounded_pieces(pieces: Iterator[Any]) -> bytes:
    """All that a part prints. Raises: OverflowError for more than a paper can hold."""
    joined = b"".join(islice(pieces, MAX_PIECES))
    if next(pieces, None) is not None:
        raise OverflowError(f"> {MAX_PIECES}")
    return joined


def _are_numbers(left: Any, right: Any) -> bool:
    return isinstance(left, int) and isinstance(right, int)


def bounded_call(function: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
    """Raises: OverflowError for a method of a text, or a function, that would pad or repeat without limit."""
    owner, name = getattr(function, "__self__", None), getattr(function, "__name__", "")
    if isinstance(owner, str | bytes):
        if name in _WIDTHS:
            _bound_widths(args, kwargs)
        elif name in ("replace", "join"):
            _bound_replacing(str(owner), name, args)
    elif name in ("pow", "generate_lorem_ipsum"):
        _bound_widths(args, kwargs, 100)


def bounded_format(text: str, formatted: Callable[..., str]) -> Callable[..., str]:
    """The method `format` or `format_map` of a text, within bounds."""

    @wraps(formatted)
    def bounded(*args: Any, **kwargs: Any) -> str:
        mapped = [value for arg in args if isinstance(arg, Mapping) for value in arg.values()]
        _bound_format(text, (*args, *kwargs.values(), *mapped))
        return formatted(*args, **kwargs)

    return bounded


def with_bounds(filters: Filters) -> dict[str, Callable[..., Any]]:
    """The filters, where they take a width or a count within bounds."""
    bounded = dict(filters)
    for name in _WIDTH_FILTERS:
        if name in bounded:
            bounded[name] = _with_bounded_widths(bounded[name])
    bounded["format"] = _with_bounded_format(bounded["format"])
    bounded["replace"] = _with_bounded_replacing(bounded["replace"])
    return bounded


def _bound_power(base: Any, exponent: Any) -> None:
    if not isinstance(base, int) or not isinstance(exponent, int):
        return
    if base.bit_length() * max(exponent, 0) > MAX_BITS and abs(base) > 1:
        raise OverflowError(f"{base} ** {exponent} > 2 ** {MAX_BITS}")


def _bound_format(text: str, values: Any) -> None:
    widths = [value for value in (values if isinstance(values, tuple) else (values,)) if isinstance(value, int)]
    if _WIDE.search(text) or (_GIVEN_WIDTH.search(text) and any(abs(width) > MAX_WIDTH for width in widths)):
        raise OverflowError(f"width > {MAX_WIDTH}")


def _bound_widths(args: tuple[Any, ...], kwargs: Mapping[str, Any], most: int = MAX_WIDTH) -> None:
    for value in (*args, *kwargs.values()):
        if isinstance(value, int) and abs(value) > most:
            raise OverflowError(f"{value} > {most}")


def _bound_replacing(owner: str, name: str, args: tuple[Any, ...]) -> None:
    if name == "replace" and len(args) >= 2 and len(str(args[1])) * (len(owner) + 1) > MAX_TEXT * 10:
        raise OverflowError(f"> {MAX_TEXT * 10}")
    if name == "join" and args and hasattr(args[0], "__len__") and len(owner) * len(args[0]) > MAX_TEXT * 10:
        raise OverflowError(f"> {MAX_TEXT * 10}")


def _with_bounded_widths(filter: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(filter)
    def bounded(*args: Any, **kwargs: Any) -> Any:
        numbers = tuple(value for value in args if type(value) is int)
        # The first of them may be what is filtered, which is no width.
        _bound_widths(numbers[1:] if args and type(args[0]) is int else numbers, kwargs)
        return filter(*args, **kwargs)

    return bounded


def _with_bounded_format(filter: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(filter)
    def bounded(value: Any, *args: Any, **kwargs: Any) -> Any:
        _bound_format(str(value), args)
        return filter(value, *args, **kwargs)

    return bounded


def _with_bounded_replacing(filter: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(filter)
    def bounded(context: Any, value: Any, *args: Any, **kwargs: Any) -> Any:
        _bound_replacing(str(value), "replace", (*args, *kwargs.values()))
        return filter(context, value, *args, **kwargs)

    return bounded

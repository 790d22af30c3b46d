"""Tree to a function of single figures, in plain Python: for Excel calls, explanations and tests of own methods."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from perfxl.core.formula.tree import SAME, SEEN, Call, Name, Node, Number, Operation
from perfxl.core.values.numbers import round_half_away

Figures = Mapping[str, float]
Rule = Callable[[Figures], float]
# Answers STEPS, GRADES, DAYS: takes the figures and the evaluated arguments.
Lookup = Callable[..., float]

NAN = math.nan


def to_python(node: Node, lookups: Mapping[str, Lookup] | None = None) -> Rule:
    """A function {name: number} -> number; NaN stands for blank going in and for "no value" coming out.
    A name that is not given is blank."""
    if isinstance(node, Number):
        value = node.value
        return lambda figures: value
    if isinstance(node, Name):
        name = node.name
        return lambda figures: figures.get(name, NAN)
    if isinstance(node, Operation):
        parts = [to_python(part, lookups) for part in node.operands]
        return _unary(node.sign, parts[0]) if len(parts) == 1 else _binary(node.sign, node.operands, *parts)
    return _call(node, lookups or {})


def _unary(sign: str, operand: Rule) -> Rule:
    if sign == "NEG":
        return lambda figures: -operand(figures)
    return lambda figures: operand(figures) / 100.0


def _binary(sign: str, operands: tuple[Node, ...], left: Rule, right: Rule) -> Rule:
    """A name or a number beside a sign is looked up at once: most of a rule's operands are one, and calls are dear."""
    apply, (first, second) = _BINARY[sign], operands
    if isinstance(second, Name):
        other = second.name
        if isinstance(first, Name):
            name = first.name
            return lambda figures: apply(figures.get(name, NAN), figures.get(other, NAN))
        return lambda figures: apply(left(figures), figures.get(other, NAN))
    if isinstance(first, Name):
        name = first.name
        return lambda figures: apply(figures.get(name, NAN), right(figures))
    if isinstance(first, Number):
        value = first.value
        return lambda figures: apply(value, right(figures))
    return lambda figures: apply(left(figures), right(figures))


def _divide(a: float, b: float) -> float:
    return a / b if b else NAN


def _power(a: float, b: float) -> float:
    try:
        result = a**b
    except (OverflowError, ZeroDivisionError):
        return NAN
    return NAN if isinstance(result, complex) else result


def _compare(test: Callable[[float, bool], bool]) -> Callable[[float, float], float]:
    def compare(a: float, b: float) -> float:
        difference = a - b
        if difference != difference:
            return NAN
        return float(test(difference, abs(difference) <= SAME * max(abs(a), abs(b))))

    return compare


_BINARY: dict[str, Callable[[float, float], float]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": _divide,
    "^": _power,
    "=": _compare(lambda difference, same: same),
    "<>": _compare(lambda difference, same: not same),
    "<": _compare(lambda difference, same: difference < 0 and not same),
    "<=": _compare(lambda difference, same: difference < 0 or same),
    ">": _compare(lambda difference, same: difference > 0 and not same),
    ">=": _compare(lambda difference, same: difference > 0 or same),
}


def _call(node: Call, lookups: Mapping[str, Lookup]) -> Rule:
    parts = [to_python(part, lookups) for part in node.arguments]
    if node.function == "IF":
        return _choose(*parts)
    if node.function in lookups:
        lookup = lookups[node.function]
        return lambda figures: lookup(figures, *(part(figures) for part in parts))
    apply = _FUNCTIONS[node.function]
    if len(parts) == 1:
        only = parts[0]
        return lambda figures: apply(only(figures))
    if len(parts) == 2:
        first, second = parts
        return lambda figures: apply(first(figures), second(figures))
    return lambda figures: apply(*[part(figures) for part in parts])


def _choose(condition: Rule, then: Rule, otherwise: Rule) -> Rule:
    def choose(figures: Figures) -> float:
        decided = condition(figures)
        if decided != decided:
            return NAN
        return then(figures) if decided else otherwise(figures)

    return choose


def _and(*values: float) -> float:
    """False where one is false, whatever the others are; NaN where one is blank and none is false."""
    if 0 in values:
        return 0.0
    return NAN if _blank(values) else 1.0


def _or(*values: float) -> float:
    for value in values:
        if value and value == value:
            return 1.0
    return NAN if _blank(values) else 0.0


def _extreme(pick: Callable[..., float]) -> Callable[..., float]:
    return lambda *values: NAN if _blank(values) else pick(values)


def _blank(values: tuple[float, ...]) -> bool:
    for value in values:  # noqa: SIM110  # twice as fast as any(...)
        if value != value:
            return True
    return False


def _round(x: float, digits: float) -> float:
    return x if x != x or digits != digits else round_half_away(x, int(digits))


def _int(x: float) -> float:
    if not math.isfinite(x):
        return NAN
    return float(math.floor(round_half_away(x, SEEN)))


_FUNCTIONS: dict[str, Callable[..., float]] = {
    "AND": _and,
    "OR": _or,
    "NOT": lambda x: NAN if x != x else float(x == 0),
    "MIN": _extreme(min),
    "MAX": _extreme(max),
    "ABS": abs,
    "ROUND": _round,
    "INT": _int,
    "ISNUMBER": lambda x: float(x == x),
    "TRUE": lambda: 1.0,
    "FALSE": lambda: 0.0,
}

"""Formulas of + - x / over other nodes: exact values, slopes, and how a difference is shared among its causes.

Everything is a formula again (a tree of perfxl.core.formula): the engine computes it exactly, in fractions, and a
workbook shows the very same as a native formula.

A difference of a sum is the sum of the differences. One of a product (or quotient) is shared by Shapley's rule: each
factor gets what its change brings, averaged over all orders in which the factors may change. For two factors that is
the change times the mean of the other. The shares of a formula add up to its difference exactly, and no order, of rows
or of factors, matters (of more than eight factors the last ones are taken as one). A tree is shared level by level.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from math import prod

from perfxl.core.formula import Name, Node, Number, Operation, substitute
from perfxl.core.weights.rules import exact

ACTUAL, TARGET = "A:", "T:"
"""What stands before a node's name where its actual or its target is meant."""

ONE = Number(1.0)
# Weights that integrate the mean of a product of so many factors exactly, at equal distances from 0 to 1.
_RULES: tuple[tuple[int, tuple[int, ...]], ...] = (
    (1, (1, 1)),
    (3, (1, 4, 1)),
    (5, (7, 32, 12, 32, 7)),
    (7, (41, 216, 27, 272, 27, 216, 41)),
)
_MOST_FACTORS = 8

Figures = Callable[[str], Fraction]


def value_of(node: Node, figures: Figures) -> Fraction:
    """The formula's value, exactly. Raises: ZeroDivisionError."""
    if isinstance(node, Number):
        return exact(node.value) or Fraction(0)
    if isinstance(node, Name):
        return figures(node.name)
    assert isinstance(node, Operation)
    if node.sign in "+-":
        return sum((sign * value_of(term, figures) for sign, term in _terms(node)), Fraction(0))
    if node.sign in "*/":
        above = [value_of(part, figures) for part, inverse in _factors(node) if not inverse]
        below = [value_of(part, figures) for part, inverse in _factors(node) if inverse]
        return prod(above, start=Fraction(1)) / prod(below, start=Fraction(1))
    inner = value_of(node.operands[0], figures)
    return -inner if node.sign == "NEG" else inner / 100


def slope(node: Node, name: str) -> Node | None:
    """How fast the formula moves with one of its names, at the actuals; None where it does not."""
    return _chain(node, name, _slope_of_factor)


def share(node: Node, name: str) -> Node | None:
    """What the name's difference (target less actual) is multiplied by for its share of the formula's difference."""
    return _chain(node, name, _share_of_factor)


def at(node: Node, state: str) -> Node:
    """The formula over actuals or over targets."""
    if isinstance(node, Name):
        return Name(state + node.name)
    if isinstance(node, Operation):
        return Operation(node.sign, tuple(at(part, state) for part in node.operands))
    return node


def renamed(node: Node, names: Callable[[str], str]) -> Node:
    """The formula with its names changed."""
    found: set[str] = set(names_in(node))
    return substitute(node, {name: Name(names(name)) for name in found})


def names_in(node: Node) -> Iterator[str]:
    """Every name used, as often as it is used, left to right."""
    if isinstance(node, Name):
        yield node.name
    elif isinstance(node, Operation):
        parts = [part for _, part in _terms(node)] if node.sign in "+-" else list(node.operands)
        parts = [part for part, _ in _factors(node)] if node.sign in "*/" else parts
        for part in parts:
            yield from names_in(part)


# A factor of a product: its formula, and whether it divides.
_Factor = tuple[Node, bool]


def _terms(node: Node) -> list[tuple[int, Node]]:
    """The terms of a sum with their signs."""
    terms: list[tuple[int, Node]] = []
    pending: list[tuple[int, Node]] = [(1, node)]
    while pending:
        sign, part = pending.pop()
        if isinstance(part, Operation) and part.sign in "+-":
            left, right = part.operands
            pending += [(-sign if part.sign == "-" else sign, right), (sign, left)]
        elif isinstance(part, Operation) and part.sign == "NEG":
            pending.append((-sign, part.operands[0]))
        else:
            terms.append((sign, part))
    return terms


def _factors(node: Node) -> list[_Factor]:
    """The factors of a product, those that divide marked."""
    factors: list[_Factor] = []
    pending: list[_Factor] = [(node, False)]
    while pending:
        part, inverse = pending.pop()
        if isinstance(part, Operation) and part.sign in "*/":
            left, right = part.operands
            pending += [(right, inverse ^ (part.sign == "/")), (left, inverse)]
        else:
            factors.append((part, inverse))
    return factors


def _chain(node: Node, name: str, of_factor: Callable[[list[_Factor], int], Node]) -> Node | None:
    if isinstance(node, Name):
        return ONE if node.name == name else None
    if not isinstance(node, Operation):
        return None
    moves: list[Node] = []
    if node.sign in "*/":
        factors = _factors(node)
        if len(factors) > _MOST_FACTORS:  # the last ones are one factor, and shared among themselves
            kept, rest = factors[: _MOST_FACTORS - 1], factors[_MOST_FACTORS - 1 :]
            factors = [*kept, (_product(rest), False)]
        for i, (part, _) in enumerate(factors):
            inner = _chain(part, name, of_factor)
            if inner is not None:
                moves.append(times(inner, of_factor(factors, i)))
    elif node.sign == "PERCENT":
        inner = _chain(node.operands[0], name, of_factor)
        if inner is not None:
            moves.append(Operation("/", (inner, Number(100.0))))
    else:
        for sign, part in _terms(node):
            inner = _chain(part, name, of_factor)
            if inner is not None:
                moves.append(inner if sign > 0 else Operation("NEG", (inner,)))
    return total(moves)


def _slope_of_factor(factors: list[_Factor], i: int) -> Node:
    """The other factors; of one that divides, over minus its square."""
    others = _product([(at(part, ACTUAL), inverse) for j, (part, inverse) in enumerate(factors) if j != i])
    part, inverse = factors[i]
    here = at(part, ACTUAL)
    return Operation("NEG", (Operation("/", (others, times(here, here))),)) if inverse else others


def _share_of_factor(factors: list[_Factor], i: int) -> Node:
    """The mean of the product of the others while all of them move from their actuals to their targets at one pace:
    what Shapley's rule comes to for a product."""
    others = [factor for j, factor in enumerate(factors) if j != i]
    mean = _mean_product(others)
    part, inverse = factors[i]
    if not inverse:
        return mean
    return Operation("NEG", (Operation("/", (mean, times(at(part, ACTUAL), at(part, TARGET)))),))


def _mean_product(others: list[_Factor]) -> Node:
    if not others:
        return ONE
    weights = next(weights for most, weights in _RULES if len(others) <= most)
    points: list[Node] = []
    for step, weight in enumerate(weights):
        product = _product([(_between(factor, step, len(weights) - 1), False) for factor in others])
        points.append(times(Number(float(weight)), product))
    mean = total(points)
    assert mean is not None
    return Operation("/", (mean, Number(float(sum(weights)))))


def _between(factor: _Factor, step: int, steps: int) -> Node:
    """A factor that has gone so many steps of its way from actual to target."""
    first, last = (at(_product([factor]), state) for state in (ACTUAL, TARGET))
    if step in (0, steps) or isinstance(factor[0], Number):
        return last if step == steps else first
    ahead, behind = Number(float(step)), Number(float(steps - step))
    return Operation("/", (Operation("+", (times(behind, first), times(ahead, last))), Number(float(steps))))


def _product(factors: list[_Factor]) -> Node:
    result: Node = ONE
    for part, inverse in factors:
        result = Operation("/", (result, part)) if inverse else times(result, part)
    return result


def times(one: Node, other: Node) -> Node:
    """The product, without factors of 1."""
    if one == ONE:
        return other
    return one if other == ONE else Operation("*", (one, other))


def total(parts: list[Node]) -> Node | None:
    """The sum; None of nothing."""
    if not parts:
        return None
    result = parts[0]
    for part in parts[1:]:
        if isinstance(part, Operation) and part.sign == "NEG":
            result = Operation("-", (result, part.operands[0]))
        else:
            result = Operation("+", (result, part))
    return result

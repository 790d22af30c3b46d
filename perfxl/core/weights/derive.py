"""Weights (权重): derived from ratings, rounded to legal ones, and mended with the smallest change."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from heapq import heapify, heappop, heappush
from math import floor
from operator import sub
from typing import TypeVar

from perfxl.core.problems import Problem
from perfxl.core.weights.checks import about_category, judge_categories, judge_category_weights, judge_ratings
from perfxl.core.weights.rules import (
    DEFAULTS,
    WHOLE,
    Candidate,
    Weighted,
    WeightRules,
    exact,
    figures,
    obstacle,
    plain,
)

# What it costs to give line i a weight of x steps; compared part by part, the first part counts most.
_Cost = Callable[[int, int], tuple[Fraction | int, ...]]
_T = TypeVar("_T")


def derive(
    candidates: Sequence[Candidate], category_weights: Mapping[str, float], rules: WeightRules = DEFAULTS
) -> tuple[list[Weighted], list[Problem]]:
    """Each category's weight, spread over its KPIs by importance and rounded to legal weights.

    Returns: as many rows as came in, in their order, and the problems. A category with a KPI that lacks a rating, or
    whose weight cannot be spread legally, gets no weights: a share worked out without that KPI would mislead.
    """
    shares, problems = judge_category_weights(category_weights)
    problems += judge_categories(candidates, category_weights, "kpis", "category")
    importances, unrated = judge_ratings(candidates, rules)
    problems += unrated
    raws: list[Fraction | None] = [None] * len(candidates)
    weights: list[Decimal | None] = [None] * len(candidates)
    for category, members in _by_category(candidates, shares).items():
        share = shares[category]
        barred = _barred(category, share, len(members), rules)
        problems += barred
        known = [i for i in (importances[m] for m in members) if i is not None]
        if len(known) == len(members):
            spread = _spread(share, known)
            _put(raws, members, spread)
            if not barred:
                _put(weights, members, _closest(spread, known, share, rules))
    rows = zip(candidates, importances, raws, weights, strict=True)
    return [Weighted(c.kpi, c.category, _float(i), _float(r), _float(w)) for c, i, r, w in rows], problems


def round_legal(
    raw: Sequence[Fraction], importance: Sequence[Fraction], total: Decimal, rules: WeightRules = DEFAULTS
) -> list[Decimal] | None:
    """The legal weights closest to the raw ones that sum to `total`: least sum of squared differences; among equals the
    more important KPI gets more, then the earlier one. None where no legal weights sum to it."""
    if obstacle(len(raw), Fraction(total), rules):
        return None
    return _closest(raw, importance, Fraction(total), rules)


def repair(
    lines: Sequence[Candidate], rules: WeightRules = DEFAULTS, category_weights: Mapping[str, float] | None = None
) -> tuple[list[Decimal | None], list[Problem]]:
    """The smallest change that makes the agreed weights legal, category by category where category weights are given.

    Smallest is the least total of points moved, for each of them was negotiated; among those the least sum of squares,
    so that no single line pays for all. (Least squares alone finds it: a move of one step that costs less in squares
    never costs more in points.) Weights that are missing were not negotiated: they take what is left over, as evenly
    as it goes. Among equals the more important KPI gets more, then the earlier one.
    Returns: a weight per line (None where there is none to propose), and why where it cannot be done.
    """
    if category_weights is None:
        shares, problems = {"": WHOLE}, list[Problem]()
        groups = {"": _weighted(lines)}
    else:
        shares, problems = judge_category_weights(category_weights)
        problems += judge_categories(lines, category_weights, "contract_lines", "aspect")
        groups = _by_category(lines, shares)
    weights: list[Decimal | None] = [None] * len(lines)
    for category, members in groups.items():
        share = shares[category]
        barred = _barred(category, share, len(members), rules)
        problems += barred
        if not barred:
            _put(weights, members, _mend([lines[m] for m in members], share, rules))
    return weights, problems


def _by_category(lines: Sequence[Candidate], categories: Iterable[str]) -> dict[str, list[int]]:
    """Positions of the lines that carry weight, by category; lines of no such category are left out."""
    members: dict[str, list[int]] = {category: [] for category in categories}
    for i in _weighted(lines):
        if lines[i].category in members:
            members[lines[i].category].append(i)
    return members


def _weighted(lines: Sequence[Candidate]) -> list[int]:
    return [i for i, line in enumerate(lines) if line.weighted]


def _barred(category: str, share: Fraction, count: int, rules: WeightRules) -> list[Problem]:
    """Why a category (the blank one is the whole contract) cannot be given legal weights."""
    if category and not count:
        return [about_category("category_without_kpi", category, float(share), total=plain(share))] if share else []
    found = obstacle(count, share, rules)
    return [about_category(found[0], category, float(share), **found[1])] if found else []


def _spread(share: Fraction, importances: Sequence[Fraction]) -> list[Fraction]:
    total = sum(importances)
    # A scale that starts at 0 can leave a category without any importance: then nothing tells its KPIs apart.
    return [share * i / total if total else share / len(importances) for i in importances]


def _closest(
    raw: Sequence[Fraction], importances: Sequence[Fraction], total: Fraction, rules: WeightRules
) -> list[Decimal]:
    grain = figures(rules).grain
    wanted = [r / grain for r in raw]
    return _fill(wanted, lambda i, x: ((x - wanted[i]) ** 2,), importances, total, rules)


def _mend(lines: Sequence[Candidate], total: Fraction, rules: WeightRules) -> list[Decimal]:
    legal = figures(rules)
    typed = [exact(line.agreed) for line in lines]
    steps = [None if weight is None else weight / legal.grain for weight in typed]

    def cost(i: int, x: int) -> tuple[Fraction | int, ...]:
        was = steps[i]
        return (0, x * x) if was is None else ((x - was) ** 2, 0)

    start = [Fraction(legal.low) if was is None else was for was in steps]
    importances, _ = judge_ratings(lines, rules)
    return _fill(start, cost, [i or Fraction(0) for i in importances], total, rules)


def _fill(
    wanted: Sequence[Fraction], cost: _Cost, importances: Sequence[Fraction], total: Fraction, rules: WeightRules
) -> list[Decimal]:
    """The cheapest legal weights that sum to `total` (which must be feasible).

    Every cost is convex in its own line's weight alone, so the total is least when steps are given one by one to where
    the next costs least. The start holds the steps that are cheaper than any other: those up to the wanted weight.
    """
    legal = figures(rules)
    steps = [min(max(floor(w), legal.low), legal.high) for w in wanted]
    short = int(total / legal.grain) - sum(steps)
    way = 1 if short > 0 else -1
    order = sorted(range(len(steps)), key=lambda i: (-importances[i], i))
    rank = {i: way * place for place, i in enumerate(order)}

    def move(i: int) -> tuple[tuple[Fraction | int, ...], int, int]:
        """What one step more (or less) costs on line i, and whose turn it is where that costs the same."""
        return tuple(map(sub, cost(i, steps[i] + way), cost(i, steps[i]))), rank[i], i

    moves = [move(i) for i, x in enumerate(steps) if legal.low <= x + way <= legal.high]
    heapify(moves)
    for _ in range(abs(short)):
        i = heappop(moves)[2]
        steps[i] += way
        if legal.low <= steps[i] + way <= legal.high:
            heappush(moves, move(i))
    return [plain(x * legal.grain) for x in steps]


def _put(into: list[_T | None], places: Iterable[int], values: Iterable[_T]) -> None:
    for place, value in zip(places, values, strict=True):
        into[place] = value


def _float(value: Fraction | Decimal | None) -> float | None:
    return None if value is None else float(value)

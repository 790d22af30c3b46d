"""A figure divided by shares, exactly; and to how many decimals figures are written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import lcm

_MOST_PLACES = 12


def allocate(total: Fraction, shares: Sequence[Fraction], decimals: int) -> list[Fraction] | None:
    """Divides a figure by shares, which must sum to 1, exactly: parts of `total`, each rounded to `decimals`,
    by largest remainder. What rounding down leaves over goes to the parts that lost most, among equals to the greater
    share, then to the earlier one. A negative total is divided as the positive one would be.

    Returns: None where the total itself has more decimals.
    Source: scoring.md section 4.
    """
    unit = Fraction(10) ** -decimals
    sign, steps = (-1 if total < 0 else 1), abs(total) / unit
    if steps.denominator != 1:
        return None
    # In whole numbers over one denominator: a company has hundreds of thousands of these.
    below = lcm(*(share.denominator for share in shares))
    above = [share.numerator * (below // share.denominator) for share in shares]
    parts = [divmod(steps.numerator * part, below) for part in above]
    whole = [part for part, _ in parts]
    order = sorted(range(len(shares)), key=lambda i: (-parts[i][1], -above[i], i))
    for i in order[: steps.numerator - sum(whole)]:
        whole[i] += 1
    return [sign * part * unit for part in whole]


def places_of(figures: Iterable[Fraction]) -> int:
    """The decimals that all of some figures are written with; 12 for one that has no end."""
    return max((_places(figure.denominator) for figure in figures), default=0)


def _places(denominator: int) -> int:
    return next((places for places in range(_MOST_PLACES) if 10**places % denominator == 0), _MOST_PLACES)

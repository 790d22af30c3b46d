"""A figure divided by shares, exactly; and figures as whole numbers, which is what makes that fast.

A company has a million links: all of it is integer arithmetic at a number of decimals, never floats, and no Fraction
for each figure.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from math import lcm
from typing import Any, NamedTuple

# A spreadsheet stores that many digits of what it calculates; the last of them may be off.
_DIGITS = 15
_BLANKS = 4  # noughts at the end of what was calculated are not shown; nobody types twelve digits
_GREATEST = 9.99999999999999e307


class Figure(NamedTuple):
    """A figure in whole numbers: `units` of its last decimal, `places` decimals. Where it was calculated (a third of
    1,000, and not 333.3), `sure` is the decimal up to which a spreadsheet keeps it; the last of them may be off."""

    units: int
    places: int
    sure: int | None = None

    def at(self, places: int) -> int:
        """In units of that many decimals, no fewer than its own."""
        return int(self.units * 10 ** (places - self.places)) if places != self.places else self.units

    @property
    def exact(self) -> Fraction:
        """The figure itself."""
        return Fraction(self.units, 10**self.places)


@lru_cache(maxsize=65536)
def read_figure(value: Any) -> Figure | None:
    """A number as it was typed, to the digits that a spreadsheet keeps; None for what is none, or too great for it."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= _GREATEST:
        return None
    whole = int(value)
    if whole == value and abs(whole) < 10**_DIGITS:
        return Figure(whole, 0)
    kept = Decimal(f"{value:.{_DIGITS}g}").normalize()
    places = max(-int(kept.as_tuple().exponent), 0)
    calculated = len(Decimal(repr(value)).as_tuple().digits) > _DIGITS - _BLANKS
    return Figure(int(kept.scaleb(places)), places, max(_DIGITS - 1 - kept.adjusted(), 0) if calculated else None)


def allocate(total: Fraction, shares: Sequence[Fraction], decimals: int) -> list[Fraction] | None:
    """Divides a figure by shares, which must sum to 1, exactly: parts of `total`, each rounded to `decimals`,
    by largest remainder. What rounding down leaves over goes to the parts that lost most, among equals to the greater
    share, then to the earlier one. A negative total is divided as the positive one would be.

    Returns: None where the total itself has more decimals.
    Source: scoring.md section 4.
    """
    unit = Fraction(10) ** -decimals
    steps = total / unit
    if steps.denominator != 1:
        return None
    below = lcm(*(share.denominator for share in shares))
    parts = divide(steps.numerator, [share.numerator * (below // share.denominator) for share in shares])
    return [part * unit for part in parts]


def divide(total: int, sizes: Sequence[int]) -> list[int]:
    """Whole parts of a whole total, as the sizes are to their sum; rounded as `allocate` says."""
    whole, size = sum(sizes), abs(total)
    parts = [size * part // whole for part in sizes]
    left = size - sum(parts)
    if left:
        order = sorted(range(len(sizes)), key=lambda i: (-(size * sizes[i] % whole), -sizes[i], i))
        for i in order[:left]:
            parts[i] += 1
    return parts if total >= 0 else [-part for part in parts]

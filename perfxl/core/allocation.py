"""A figure divided by shares, exactly: parts of a given precision that sum to it (scoring.md section 4, mode share)."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import floor


def allocate(total: Fraction, shares: Sequence[Fraction], decimals: int) -> list[Fraction] | None:
    """The parts of `total`, each rounded to `decimals`, by largest remainder: what rounding down leaves over goes to
    the parts that lost most, among equals to the greater share, then to the earlier one. A negative total is divided
    as the positive one would be. None where the total itself has more decimals. The shares must sum to 1."""
    unit = Fraction(10) ** -decimals
    sign, steps = (-1 if total < 0 else 1), abs(total) / unit
    if steps.denominator != 1:
        return None
    exact = [steps * share for share in shares]
    whole = [floor(part) for part in exact]
    order = sorted(range(len(shares)), key=lambda i: (whole[i] - exact[i], -shares[i], i))
    for i in order[: int(steps) - sum(whole)]:
        whole[i] += 1
    return [sign * part * unit for part in whole]

"""Who gets how much of a superior's figure: shares that are given, and equal parts of the rest; exact, and written with
as few decimals as the figure allows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from perfxl.core.cascade.allocation import allocate
from perfxl.core.weights.rules import WHOLE, exact

_FEWEST = 2  # decimals of a share that has more
_MOST = 12  # decimals of any figure


def places_of(figures: Iterable[Fraction]) -> int:
    """The decimals that all of some figures are written with; the most that are kept for one that has no end."""
    return max((_places(figure.denominator) for figure in figures), default=0)


def _places(denominator: int) -> int:
    return next((places for places in range(_MOST) if 10**places % denominator == 0), _MOST)


class Sharer(NamedTuple):
    """One of those who divide a figure: the share in percent points, None for an equal part of what is left; those of
    one `group` have the share together, in equal parts."""

    share: Any
    group: str = ""


class Parts(NamedTuple):
    """The shares in percent points; together exactly 100."""

    shares: tuple[Fraction, ...]

    def of(self, total: float, places: int) -> list[Fraction]:
        """A figure divided: parts that sum to it exactly."""
        whole = exact(total) or Fraction(0)
        return allocate(whole, [share / WHOLE for share in self.shares], max(places, places_of([whole]))) or []


def divide(sharers: Sequence[Sharer], total: float | None, places: int) -> Parts | None:
    """The shares of all; None where they do not make a whole.

    total, places  the figure that they divide and its decimals: equal parts differ by no more than its last place
    Source: scoring.md section 4.
    """
    sizes = Counter(sharer.group for sharer in sharers if sharer.group)
    given = [exact(sharer.share) for sharer in sharers]
    parts = [
        None if share is None else share / (sizes[sharer.group] if sharer.group else 1)
        for share, sharer in zip(given, sharers, strict=True)
    ]
    rest = WHOLE - sum((part for part in parts if part is not None), Fraction(0))
    blank = parts.count(None)
    if rest < 0 or (rest == 0) != (blank == 0) or any(part is not None and part < 0 for part in parts):
        return None
    shares = [rest / blank if part is None else part for part in parts]
    decimals = places_of(shares)
    if decimals > _FEWEST:
        steps = abs(exact(total) or Fraction(0)) * 10**places
        typed = places_of([s for s, each in zip(given, sharers, strict=True) if s is not None and not each.group])
        decimals = min(decimals, max(_FEWEST, typed, len(str(int(steps)))))
    whole = Fraction(WHOLE)
    rounded = allocate(whole, [share / whole for share in shares], decimals)
    return Parts(tuple(rounded)) if rounded else None

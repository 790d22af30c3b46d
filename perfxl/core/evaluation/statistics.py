"""The probabilities that tests of raters need: Student's t and Fisher's F, by the incomplete beta function, and the
correction for many tests at once."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, lgamma, log, nan

_TINY, _STEPS, _NEAR = 1e-300, 300, 1e-14


def t_above(t: float, freedom: float) -> float:
    """P(T > t) of Student's t."""
    tail = 0.5 * beta_below(freedom / (freedom + t * t), freedom / 2, 0.5)
    return tail if t >= 0 else 1 - tail


def f_below(f: float, over: float, under: float) -> float:
    """P(F < f) of Fisher's F with so many degrees of freedom over and under the line."""
    return beta_below(over * f / (over * f + under), over / 2, under / 2) if f > 0 else 0.0


def beta_below(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function, by its continued fraction."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log(1 - x))
    if x < (a + 1) / (a + b + 2):
        return front * _fraction(x, a, b) / a
    return 1 - front * _fraction(1 - x, b, a) / b


def _fraction(x: float, a: float, b: float) -> float:
    c, d = 1.0, 1 / _off_zero(1 - (a + b) * x / (a + 1))
    value = d
    for m in range(1, _STEPS):
        for step in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 / _off_zero(1 + step * d)
            c = _off_zero(1 + step / c)
            value *= c * d
        if abs(c * d - 1) < _NEAR:
            break
    return value


def _off_zero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY


def false_discovery(chances: Sequence[float]) -> list[float]:
    """Benjamini and Hochberg: the least rate of false discoveries at which each test would count; NaN stays NaN."""
    tested = sorted((i for i, p in enumerate(chances) if p == p), key=lambda i: chances[i], reverse=True)
    found, least = [nan] * len(chances), 1.0
    for rank, i in zip(range(len(tested), 0, -1), tested, strict=True):
        least = min(least, chances[i] * len(tested) / rank)
        found[i] = least
    return found

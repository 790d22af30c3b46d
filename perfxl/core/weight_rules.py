"""What the weight functions share: the rules, the rows in and out, exact figures, and which weights are legal at all.

All arithmetic is in fractions: a float is taken as the decimal a person sees (33.33 is 33.33), so sums are exact.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from math import ceil, floor, isfinite, isnan
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any, NamedTuple

from perfxl.core.schema.choices import CATEGORY, KIND
from perfxl.core.tables import Choice

if TYPE_CHECKING:
    from perfxl.core.policy import Policy

WHOLE = Fraction(100)
UNWEIGHTED = frozenset({"deduct", "bonus", "veto", "monitor"})

# With the policy's step set to 0, weights still show no more than two decimals.
_FINEST = Fraction(1, 100)


class WeightRules(NamedTuple):
    """Weights in percent points; the defaults are those of scoring.md. `difference`: derived and agreed weights that
    far apart, or farther, are noticed."""

    minimum: Decimal = Decimal(5)
    maximum: Decimal = Decimal(30)
    step: Decimal = Decimal(5)
    count_min: int = 5
    count_max: int = 10
    impact: Decimal = Decimal("0.60")
    controllability: Decimal = Decimal("0.25")
    measurability: Decimal = Decimal("0.15")
    rating_min: Decimal = Decimal(1)
    rating_max: Decimal = Decimal(4)
    difference: Decimal = Decimal(5)

    @classmethod
    def of(cls, policy: Policy) -> WeightRules:
        """The rules that a company's policy sets."""

        def figure(name: str) -> Decimal:
            return Decimal(repr(float(policy[name])))

        return cls(
            minimum=figure("weight_min"),
            maximum=figure("weight_max"),
            step=figure("weight_step"),
            count_min=int(policy["kpi_min"]),
            count_max=int(policy["kpi_max"]),
            impact=figure("impact_share") / 100,
            controllability=figure("controllability_share") / 100,
            measurability=figure("measurability_share") / 100,
            rating_min=figure("rating_min"),
            rating_max=figure("rating_max"),
            difference=figure("weight_difference"),
        )


DEFAULTS = WeightRules()


class Candidate(NamedTuple):
    """One KPI of a contract: its ratings, its kind, and the weight agreed on (percent points)."""

    kpi: str
    category: str
    impact: float | None = None
    controllability: float | None = None
    measurability: float | None = None
    kind: str = "quantitative"
    agreed: float | None = None

    @property
    def weighted(self) -> bool:
        return self.kind not in UNWEIGHTED


class Weighted(NamedTuple):
    """One KPI with the weight worked out for it; None where there is none."""

    kpi: str
    category: str
    importance: float | None
    raw: float | None
    weight: float | None


class Lattice(NamedTuple):
    """The legal weights: every whole multiple of `grain` from `low` to `high` times."""

    grain: Fraction
    low: int
    high: int


class RatingScale(NamedTuple):
    """The least and greatest rating, and what each rating counts."""

    low: Fraction
    high: Fraction
    shares: Mapping[str, Fraction]


@lru_cache(maxsize=64)
def lattice(rules: WeightRules) -> Lattice:
    grain = Fraction(rules.step) if rules.step > 0 else _FINEST
    return Lattice(grain, max(0, ceil(Fraction(rules.minimum) / grain)), floor(Fraction(rules.maximum) / grain))


def obstacle(count: int, total: Fraction, rules: WeightRules) -> tuple[str, dict[str, Any]] | None:
    """Why `count` legal weights cannot sum to `total`: the problem's code and details; None where they can."""
    grain, low, high = lattice(rules)
    units = total / grain
    details: dict[str, Any] = {
        "total": plain(total),
        "count": count,
        "step": plain(grain),
        "minimum": plain(rules.minimum),
        "maximum": plain(rules.maximum),
    }
    if high < max(low, 1):
        return "W135", details
    if units.denominator != 1:
        return "W131", details | {"below": plain(floor(units) * grain), "above": plain(ceil(units) * grain)}
    fewest = ceil(units / high)
    most = floor(units / low) if low else None
    if most is not None and fewest > most:
        return "W134", details
    details["holds"] = f"≥{fewest}" if most is None else str(most) if fewest == most else f"{fewest}-{most}"
    if count < fewest:
        return "W132", details
    return ("W133", details) if most is not None and count > most else None


def importance(candidate: Candidate, rules: WeightRules) -> Fraction | None:
    """The three ratings weighed together; None where one that counts is missing or outside the scale."""
    scale = rating_scale(rules)
    total = Fraction(0)
    for name, share in scale.shares.items():
        rating = exact(getattr(candidate, name))
        if rating is None or not scale.low <= rating <= scale.high:
            return None
        total += share * rating
    return total


@lru_cache(maxsize=64)
def rating_scale(rules: WeightRules) -> RatingScale:
    """A rating that counts nothing is left out: it need not be given."""
    shares = {name: Fraction(getattr(rules, name)) for name in ("impact", "controllability", "measurability")}
    counting = {name: share for name, share in shares.items() if share}
    return RatingScale(Fraction(rules.rating_min), Fraction(rules.rating_max), counting)


def blank(value: object) -> bool:
    """Nothing typed: None, NaN, or text of nothing but spaces."""
    if isinstance(value, str):
        return not value.strip()
    return value is None or (isinstance(value, float) and isnan(value))


def exact(value: object) -> Fraction | None:
    """The figure as typed, exactly; None where it is blank or no finite number. Text is for the reader to parse."""
    if isinstance(value, Fraction):
        return value
    if isinstance(value, Decimal):
        return Fraction(value) if value.is_finite() else None
    if isinstance(value, bool) or not isinstance(value, Real):
        return None
    return Fraction(int(value)) if isinstance(value, Integral) else _of_float(float(value))


def plain(value: Fraction | Decimal | int) -> Decimal:
    """For people: a decimal without exponent or trailing zeros (exact to 28 digits)."""
    if isinstance(value, Fraction):
        value = Decimal(value.numerator) / Decimal(value.denominator)
    return Decimal(f"{Decimal(value).normalize():f}")


def category_names(category: str) -> dict[str, Any]:
    """How messages name a category, in both languages; the blank one is the whole contract."""
    if not category:
        return {"place_zh": "整份合同", "place_en": "the contract"}
    label = next((choice for choice in CATEGORY if choice.name == category), Choice(category, category, category))
    return {"place_zh": f"“{label.zh}”类", "place_en": f"category “{label.en}”"}


def kind_names(kind: str) -> dict[str, Any]:
    label = next(choice for choice in KIND if choice.name == kind)
    return {"kind_zh": label.zh, "kind_en": label.en}


# A program holds hundreds of thousands of weights and ratings but few different ones.
@lru_cache(maxsize=4096)
def _of_float(value: float) -> Fraction | None:
    return Fraction(repr(value)) if isfinite(value) else None

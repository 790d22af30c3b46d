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

from perfxl.core.schema import Choice
from perfxl.core.schema.choices import CATEGORY, KIND

if TYPE_CHECKING:
    from perfxl.core.policy import Policy

WHOLE = Fraction(100)
UNWEIGHTED = frozenset({"deduct", "bonus", "veto", "monitor"})

# With the policy's step set to 0, weights still show no more than two decimals.
_FINEST = Fraction(1, 100)
_JUDGED = 10  # decimals


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
        """Whether a KPI of its kind carries weight."""
        return self.kind not in UNWEIGHTED


class Weighted(NamedTuple):
    """One KPI with the weight worked out for it; None where there is none."""

    kpi: str
    category: str
    importance: float | None
    raw: float | None
    weight: float | None


class Figures(NamedTuple):
    """The rules in exact figures. Legal weights are the multiples of `grain` from `low` to `high` times; `ratings` says
    what each rating counts, leaving out one that counts nothing: it need not be given."""

    minimum: Fraction
    maximum: Fraction
    step: Fraction
    grain: Fraction
    low: int
    high: int
    rating_min: Fraction
    rating_max: Fraction
    ratings: Mapping[str, Fraction]

    def rates(self, rating: Fraction | None) -> bool:
        """Whether a rating is on the scale."""
        return rating is not None and self.rating_min <= rating <= self.rating_max


@lru_cache(maxsize=64)
def figures(rules: WeightRules) -> Figures:
    """The rules in exact figures, worked out once for each."""
    minimum, maximum, step = Fraction(rules.minimum), Fraction(rules.maximum), Fraction(rules.step)
    grain = step if step > 0 else _FINEST
    shares = {name: Fraction(getattr(rules, name)) for name in ("impact", "controllability", "measurability")}
    return Figures(
        minimum,
        maximum,
        step,
        grain,
        low=max(0, ceil(minimum / grain)),
        high=floor(maximum / grain),
        rating_min=Fraction(rules.rating_min),
        rating_max=Fraction(rules.rating_max),
        ratings={name: share for name, share in shares.items() if share},
    )


@lru_cache(maxsize=1024)
def obstacle(count: int, total: Fraction, rules: WeightRules) -> tuple[str, dict[str, Any]] | None:
    """Why `count` legal weights cannot sum to `total`: the problem's code and details; None where they can."""
    legal = figures(rules)
    units = total / legal.grain
    details: dict[str, Any] = {
        "total": plain(total),
        "count": count,
        "step": plain(legal.grain),
        "minimum": plain(rules.minimum),
        "maximum": plain(rules.maximum),
    }
    if legal.high < max(legal.low, 1):
        return "no_legal_weight", details
    if units.denominator != 1:
        return "category_off_step", details | {
            "below": plain(floor(units) * legal.grain),
            "above": plain(ceil(units) * legal.grain),
        }
    fewest = ceil(units / legal.high)
    most = floor(units / legal.low) if legal.low else None
    if most is not None and fewest > most:
        return "category_not_divisible", details
    details["holds"] = f"≥{fewest}" if most is None else str(most) if fewest == most else f"{fewest}-{most}"
    if count < fewest:
        return "category_has_too_few_kpis", details
    return ("category_has_too_many_kpis", details) if most is not None and count > most else None


def blank(value: object) -> bool:
    """Nothing typed: None, NaN, or text of nothing but spaces."""
    if isinstance(value, str):
        return not value.strip()
    return value is None or (isinstance(value, float) and isnan(value))


def exact(value: object) -> Fraction | None:
    """The figure as typed, exactly; None where it is blank or no finite number. Text is for the reader to parse."""
    if type(value) is float:
        return _of_float(value)
    if isinstance(value, Fraction):
        return value
    if isinstance(value, Decimal):
        return Fraction(value) if value.is_finite() else None
    if isinstance(value, bool) or not isinstance(value, Real):
        return None
    return Fraction(int(value)) if isinstance(value, Integral) else _of_float(float(value))


def plain(value: Fraction | Decimal | int) -> Decimal:
    """For people: a decimal without trailing zeros, to as many digits as sums are judged by."""
    if isinstance(value, Fraction):
        value = settled(value)
        value = Decimal(value.numerator) / Decimal(value.denominator)
    return Decimal(f"{Decimal(value).normalize():f}")


def settled(total: Fraction) -> Fraction:
    """A sum as it is judged: 1/3 three times, as a spreadsheet stores it, is 100; 33.33 three times is not.
    Source: scoring.md section 7."""
    return round(total, _JUDGED)


def category_names(category: str) -> dict[str, Any]:
    """How messages name a category, in both languages; the blank one is the whole contract."""
    if not category:
        return {"place_zh": "整份合同", "place_en": "the contract"}
    label = next((choice for choice in CATEGORY if choice.name == category), Choice(category, category, category))
    return {"place_zh": f"“{label.zh}”类", "place_en": f"category “{label.en}”"}


def kind_names(kind: str) -> dict[str, Any]:
    """How messages name a kind of KPI, in both languages."""
    label = next(choice for choice in KIND if choice.name == kind)
    return {"kind_zh": label.zh, "kind_en": label.en}


# A program holds hundreds of thousands of weights and ratings but few different ones.
@lru_cache(maxsize=4096)
def _of_float(value: float) -> Fraction | None:
    return Fraction(repr(value)) if isfinite(value) else None

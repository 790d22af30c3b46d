"""Points to totals: contracts, then people (scoring.md section 2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from perfxl.core import rulebook
from perfxl.core.formula import to_numpy
from perfxl.core.policy import Band, Policy
from perfxl.core.scoring.scalar import Status
from perfxl.core.scoring.totals_plain import Veto
from perfxl.core.scoring.vector import STATUSES, LineScores
from perfxl.core.values.numbers import round_half_away_array

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]

# In place of a band where there is no grade. No band is had by it: -1 would give whoever is pending the lowest one.
NO_BAND = int(np.iinfo(np.int64).min)
_OPEN = [STATUSES.index(Status.PENDING), STATUSES.index(Status.PROBLEM)]
_SCORED = STATUSES.index(Status.SCORED)
_NA = STATUSES.index(Status.NOT_APPLICABLE)


@dataclass(slots=True)
class Vetoes:
    """What vetoes leave of each contract: the most its total may be (inf where free; 0 for a full veto) and the best
    grade it may have, as a place in the ordered bands (0, the best, where free)."""

    total: Floats
    grade: Ints

    @classmethod
    def none(cls, size: int) -> Vetoes:
        return cls(np.full(size, np.inf), np.zeros(size, dtype=np.int64))

    def add(self, contract: int, veto: Veto, policy: Policy) -> None:
        """Marks one contract; several vetoes leave the least."""
        if veto.effect == "limit_grade":
            names = [band.grade for band in ordered_bands(policy)]
            best = names.index(veto.grade) if veto.grade in names else len(names) - 1
            self.grade[contract] = max(self.grade[contract], best)
        else:
            most = 0.0 if veto.effect == "zero" else veto.limit
            self.total[contract] = min(self.total[contract], most)


@dataclass(slots=True)
class Totals:
    """One row for each contract or person.

    total         NaN while a weighted line is pending or a problem
    provisional   over the weights known so far; the total itself once complete; NaN where nothing is known
    completeness  known weight in percent of the weight there is, 0-100
    grade         place in ordered_bands(policy); NO_BAND without an official total
    weighted, adjusted   sum of weight x points, and bonuses less deductions, before limits
    """

    total: Floats
    provisional: Floats
    completeness: Floats
    grade: Ints
    weighted: Any  # floats, though NumPy declares whole numbers for bincount
    adjusted: Any

    def take(self, rows: slice | Ints) -> Totals:
        """Some of the rows."""
        return Totals(*(getattr(self, name)[rows] for name in Totals.__slots__))


def carries_weight(scores: LineScores) -> Bools:
    """Which lines carry weight: weighted ones, and those of an unknown method, though it is not known to be earned."""
    return scores.effect("points") | (scores.method < 0)


def ordered_bands(policy: Policy) -> list[Band]:
    """The grade bands from the best down."""
    return list(policy.bands)


def grade_places(totals: Floats, policy: Policy) -> Ints:
    """The band of each total as a place in ordered_bands; NO_BAND for NaN."""
    lowers = np.array([band.lower for band in ordered_bands(policy)])
    places = (totals[:, None] < lowers[None, :]).sum(axis=1).clip(max=len(lowers) - 1)
    return np.where(np.isnan(totals), NO_BAND, places)


def effective_weights(scores: LineScores, weights: Floats, contract: Ints, category: Ints, policy: Policy) -> Floats:
    """Weights after those of lines that are not applicable are spread over the rest of their category, or of the
    contract where the policy says so or the whole category is not applicable.

    weights             percent points; NaN counts as 0
    contract, category  the group of each line, counted from 0; category -1 for a blank one

    Source: scoring.md section 2.
    """
    return spread_twice(scores, weights, contract, category, policy)[1]


def spread_twice(
    scores: LineScores, weights: Floats, contract: Ints, category: Ints, policy: Policy
) -> tuple[Floats, Floats]:
    """The two steps of effective_weights: after the categories, and after the contracts."""
    weights = np.where(np.isnan(weights) | ~carries_weight(scores), 0.0, weights)
    absent = scores.status == _NA
    if not absent.any():
        return weights, weights
    if policy["na_rule"] == "category":
        groups = contract * (category.max(initial=-1) + 2) + category + 1
        weights, absent = _spread(weights, absent, groups)
    return weights, _spread(weights, absent, contract)[0]


def _spread(weights: Floats, absent: Bools, group: Ints) -> tuple[Floats, Bools]:
    """Within each group, weight x all / applicable; a group with nothing applicable is left as it is."""
    _, group = np.unique(group, return_inverse=True)
    everything = np.bincount(group, weights=weights)
    applicable = np.bincount(group, weights=np.where(absent, 0.0, weights))
    able = applicable[group] > 0
    with np.errstate(all="ignore"):
        spread = np.where(absent, 0.0, weights * everything[group] / applicable[group])
    return np.where(able, spread, weights), absent & ~able


def contract_totals(
    scores: LineScores,
    weights: Floats,
    contract: Ints,
    size: int,
    policy: Policy,
    vetoes: Vetoes | None = None,
) -> Totals:
    """Totals of `size` contracts; `weights` are effective weights, `contract` the place of each line's contract.

    Source: scoring.md section 2.
    """
    points = np.nan_to_num(scores.points)
    scored = scores.status == _SCORED
    known_rows = scored & carries_weight(scores)
    with np.errstate(over="ignore"):  # weights that are no weights have no total, and are told elsewhere
        weighted = np.bincount(contract, weights=np.where(known_rows, weights * points, 0.0), minlength=size)
    known = np.bincount(contract, weights=np.where(known_rows, weights, 0.0), minlength=size)
    whole = np.bincount(contract, weights=weights, minlength=size)
    adjusted = np.bincount(contract, weights=np.where(scored & scores.effect("total"), points, 0.0), minlength=size)
    is_open = np.isin(scores.status, _OPEN) & ((weights > 0) | scores.effect("total"))
    pending = np.bincount(contract[is_open], minlength=size) > 0
    figures = {"TOTAL_CAP": policy["total_cap"], "WEIGHTED": weighted, "ADJUSTED": adjusted, "KNOWN": known}
    with np.errstate(all="ignore"):
        official = to_numpy(rulebook.total_tree())(figures)
        provisional = to_numpy(rulebook.total_tree(provisional=True))(figures)
        completeness = np.where(whole > 0, known / whole * 100, 0.0)
    vetoes = vetoes or Vetoes.none(size)
    official = np.minimum(np.where(pending | (known <= 0), np.nan, official), vetoes.total)
    provisional = np.where(np.isnan(official), np.minimum(provisional, vetoes.total), official)
    grade = grade_places(official, policy)
    grade = np.where(grade < 0, grade, np.maximum(grade, vetoes.grade))
    return Totals(official, provisional, completeness, grade, weighted, adjusted)


def left_out(contracts: Totals, is_open: Bools) -> Bools:
    """The contracts of which nothing applies: there is no result, and nothing is open (`is_open` by contract)."""
    return np.isnan(contracts.total) & ~is_open


def people_totals(
    contracts: Totals, person: Ints, days: Floats, size: int, policy: Policy, vetoes: Vetoes | None = None
) -> Totals:
    """A person's contracts averaged, weighted by their calendar days; official only when every segment is. A segment
    without result leaves a provisional one over the others, and counts as not known.

    contracts, person, days, vetoes  one row for each segment: its total, the place of its person, its days (0 for one
                                     that does not count, NaN for unknown ones) and what vetoes leave

    Source: scoring.md sections 2 and 7.
    """
    days = np.where(np.isnan(days), 1.0, np.maximum(days, 0.0))
    span = np.bincount(person, weights=days, minlength=size)

    def mean(values: Floats, over: Any) -> Floats:
        with np.errstate(all="ignore"):
            weighted = np.bincount(person, weights=np.where(days > 0, days * values, 0.0), minlength=size)
            return round_half_away_array(round_half_away_array(np.where(over > 0, weighted / over, np.nan), 10))

    known = ~np.isnan(contracts.provisional)
    total = mean(contracts.total, span)
    provisional = mean(
        np.where(known, contracts.provisional, 0.0), np.bincount(person, weights=days * known, minlength=size)
    )
    completeness = mean(np.where(np.isnan(contracts.completeness), 0.0, contracts.completeness), span)
    most, worst = np.full(size, np.inf), np.zeros(size, dtype=np.int64)
    if vetoes is not None and policy["veto_scope"] == "person":
        counts = days > 0
        np.minimum.at(most, person[counts], vetoes.total[counts])
        np.maximum.at(worst, person[counts], vetoes.grade[counts])
    total, provisional = np.minimum(total, most), np.minimum(provisional, most)
    grade = grade_places(total, policy)
    return Totals(
        total,
        provisional,
        np.where(np.isnan(completeness), 0.0, completeness),
        np.where(grade < 0, grade, np.maximum(grade, worst)),
        np.bincount(person, weights=contracts.weighted, minlength=size),
        np.bincount(person, weights=contracts.adjusted, minlength=size),
    )

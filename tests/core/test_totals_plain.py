"""A contract's total in plain Python is the total that NumPy gives, and allocation is exact."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from perfxl.core.cascade import allocate
from perfxl.core.policy import Policy
from perfxl.core.scoring import totals, vector
from perfxl.core.scoring.scalar import LineScorer
from perfxl.core.scoring.totals_plain import Counted, contract_total, effective_weights
from perfxl.core.scoring.vector import Lines

LINE = st.fixed_dictionaries(
    {
        "method": st.sampled_from(["ratio", "pass_fail", "grade", "deduct", "bonus", "monitor", "没有"]),
        "direction": st.just("higher"),
        "actual": st.one_of(st.none(), st.integers(0, 300).map(float), st.just("N/A"), st.just("优")),
        "target": st.sampled_from([100.0, 0.0, 80.0]),
        "k": st.just(2.0),
        "weight": st.one_of(st.just(math.nan), st.integers(0, 60).map(float)),
        "category": st.sampled_from(["", "财务", "客户"]),
    }
)


@settings(max_examples=300)
@given(
    st.lists(LINE, min_size=1, max_size=8),
    st.sampled_from(["category", "contract"]),
    st.sampled_from([math.inf, 59.0, 0.0]),
    st.sampled_from(["", "C", "没有"]),
)
def test_a_total_alone_is_the_total_among_many(
    rows: list[dict[str, Any]], rule: str, most: float, best_grade: str
) -> None:
    policy = Policy().but(na_rule=rule)
    scorer = LineScorer(policy)
    lines = [Counted(scorer.score(row), row["weight"], row["category"]) for row in rows]
    alone = contract_total(lines, policy, most=most, best_grade=best_grade)
    columns = {
        name: [row.get(name) for row in rows] for name in ("method", "direction", "target", "k", "steps", "scale")
    }
    scores = vector.score_lines(Lines.of(columns, [row["actual"] for row in rows]), policy)
    place = np.zeros(len(rows), dtype=np.int64)
    names = sorted({row["category"] for row in rows} - {""})
    category = np.array([names.index(row["category"]) if row["category"] else -1 for row in rows])
    weights = np.array([row["weight"] for row in rows])
    effective = totals.effective_weights(scores, weights, place, category, policy)
    grades = [band.grade for band in totals.ordered_bands(policy)]
    worst = (grades.index(best_grade) if best_grade in grades else len(grades) - 1) if best_grade else 0
    vetoes = totals.Vetoes(np.array([most]), np.array([worst]))
    many = totals.contract_totals(scores, effective, place, 1, policy, vetoes)
    assert np.allclose(effective_weights(lines, policy), effective, rtol=1e-12, atol=0)
    assert (alone.total if alone.total is not None else math.nan) == many.total[0] or np.isnan(many.total[0])
    assert (alone.total is None) == bool(np.isnan(many.total[0]))
    if math.isfinite(many.provisional[0]):
        assert alone.provisional == many.provisional[0]
    assert math.isclose(alone.completeness, many.completeness[0], abs_tol=1e-9)
    assert (alone.band.grade if alone.band else None) == (None if many.grade[0] < 0 else grades[many.grade[0]])


@given(
    st.integers(-(10**9), 10**9),
    st.lists(st.integers(0, 100), min_size=1, max_size=12).filter(any),
    st.integers(-2, 3),
)
def test_parts_sum_to_the_whole_and_are_nearly_their_shares(steps: int, parts: list[int], decimals: int) -> None:
    unit = Fraction(10) ** -decimals
    total, shares = steps * unit, [Fraction(part, sum(parts)) for part in parts]
    found = allocate(total, shares, decimals)
    assert found is not None and sum(found) == total
    assert all((part / unit).denominator == 1 for part in found)
    assert all(abs(part - total * share) < unit for part, share in zip(found, shares, strict=True))
    assert all(part == 0 for part, share in zip(found, shares, strict=True) if not share)
    mirrored = allocate(-total, shares, decimals)
    assert mirrored == [-part for part in found]


def test_what_is_left_goes_to_the_largest_remainder() -> None:
    thirds = [Fraction(1, 3)] * 3
    assert allocate(Fraction(100), thirds, 0) == [Fraction(part) for part in (34, 33, 33)]
    assert allocate(Fraction(10), [Fraction(1, 10), Fraction(45, 100), Fraction(45, 100)], 0) == [
        Fraction(part) for part in (1, 5, 4)
    ]
    assert allocate(Fraction(1, 4), thirds, 1) is None

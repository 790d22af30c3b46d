"""What follows from links: allocations are exact, and targets that are rounded either way are told from wrong ones."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfxl.core.cascade import LinkedTargets, allocate
from tests.core.clean_program import CLEAN, book, line, put
from tests.core.test_checks import C2_K1, C3, TEAM, findings

SHARES = st.lists(st.integers(1, 10_000), min_size=1, max_size=12)


@given(st.integers(-(10**12), 10**12), SHARES, st.integers(0, 4))
def test_parts_sum_exactly_and_none_is_off_by_a_whole_step(steps: int, sizes: list[int], decimals: int) -> None:
    total, whole = Fraction(steps, 10**decimals), sum(sizes)
    shares = [Fraction(size, whole) for size in sizes]
    parts = allocate(total, shares, decimals)
    assert parts is not None and sum(parts) == total
    assert all(abs(part - total * share) < Fraction(1, 10**decimals) for part, share in zip(parts, shares, strict=True))
    assert all((part * 10**decimals).denominator == 1 for part in parts)


@given(st.integers(1, 10**9), SHARES, SHARES)
def test_a_tree_of_allocations_sums_level_by_level(total: int, upper: list[int], lower: list[int]) -> None:
    def divide(figure: Fraction, sizes: list[int]) -> list[Fraction]:
        parts = allocate(figure, [Fraction(size, sum(sizes)) for size in sizes], 2)
        assert parts is not None
        return parts

    leaves = [leaf for part in divide(Fraction(total), upper) for leaf in divide(part, lower)]
    assert sum(leaves) == total


@pytest.mark.parametrize(
    ("share", "whole", "target", "follows"),
    [
        (59.69, 7140.0, 4262.0, True),  # as the card's precision rounds it
        (59.69, 7140.0, 4261.0, True),
        (59.69, 7140.0, 3000.0, False),
        (60.0, 7140.0, 4284.0, True),
        (60.0, 7140.0, 4285.0, False),  # nothing to round, so nothing may differ
        (60.0, 7141.0, 4284.0, True),
        (60.0, 7141.0, 4285.0, True),
        (60.0, 7141.0, 4286.0, False),
    ],
)
def test_targets_rounded_either_way_follow_and_no_others(
    share: float, whole: float, target: float, follows: bool
) -> None:
    edits = (
        put("contract_lines", 0, target=whole, challenge=None, threshold=None),
        put("links", 0, share=share),
        put("links", 2, share=round(100 - share, 2)),
        put("contract_lines", C2_K1, target=target),
        put("contract_lines", C3, target=whole - target),
    )
    codes = {p.code for p in findings(book(*TEAM, *edits))}
    assert codes == (set() if follows else {"R183"})


def test_the_message_names_both_cells_and_the_difference() -> None:
    (found,) = findings(book(*TEAM, put("contract_lines", C3, target=3000.0)))
    for lang in ("zh", "en"):
        said = found.message(lang)
        assert all(text in said for text in ("3000", "3200", "8000", "40%", "200", "合同指标!F4", "目标分解!F6")), said


def test_shares_that_do_not_sum_let_nothing_follow() -> None:
    targets = LinkedTargets(book(*TEAM, put("links", 2, share=39.0)))
    assert [targets.follow(group) for group in targets.groups() if group.kpi == "K1"] == [[]]


def test_without_a_card_precision_is_that_of_the_figures() -> None:
    figures = {"target": 4800.5, "challenge": None, "threshold": None}
    codes = {
        p.code
        for p in findings(
            book(
                *TEAM,
                put("kpis", 0, decimals=None),
                put("contract_lines", C2_K1, **figures),
                put("contract_lines", C3, target=3199.5),
            )
        )
    }
    assert codes == {"R183"}
    assert CLEAN["contract_lines"][line("C2", "K1")]["target"] == 8000.0

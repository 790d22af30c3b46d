"""What follows from links: allocations are exact, and targets that are rounded either way are told from wrong ones."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfxl.core.cascade import LinkedTargets, allocate
from perfxl.core.cascade.allocation import divide
from perfxl.core.checks.links import check_links
from perfxl.core.policy import Policy
from perfxl.core.problems import Problem
from perfxl.core.records import Tables, from_rows
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
    assert [targets.follow(group) for group in targets.groups if group.kpi == "K1"] == [[]]


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


def of_links(tables: Tables) -> list[Problem]:
    return check_links(tables, Policy())


def test_figures_that_a_spreadsheet_calculated_are_judged_as_far_as_it_is_sure_of_them() -> None:
    """A third of 1,000, divided 60 to 40 by formulas, and shares of =1/3: no digit of it was typed."""
    whole = 1000 / 3
    divided = (
        put("contract_lines", 0, target=whole, challenge=None, threshold=None),
        put("kpis", 0, decimals=None),
        put("contract_lines", C2_K1, target=whole * 0.6),
    )
    assert of_links(book(*TEAM, *divided, put("contract_lines", C3, target=whole * 0.4))) == []
    codes = [p.code for p in of_links(book(*TEAM, *divided, put("contract_lines", C3, target=whole * 0.4 + 0.001)))]
    assert codes == ["R183"]
    thirds = (
        put("links", 0, share=100 / 3),
        put("links", 2, share=200 / 3),
        put("contract_lines", C2_K1, target=8000 / 3),
        put("contract_lines", C3, target=16000 / 3),
    )
    assert of_links(book(*TEAM, *thirds)) == []
    assert [p.code for p in of_links(book(*TEAM, *thirds, put("links", 0, share=33.33)))] == ["R173"]


@given(st.integers(-(10**9), 10**9), SHARES, st.integers(0, 4), st.integers(0, 3))
def test_an_allocation_follows_from_its_links_and_nothing_else_sums(
    steps: int, sizes: list[int], decimals: int, off: int
) -> None:
    """What `divide` gives passes; with one part a step off, either the part or the sum is named."""
    whole = sum(sizes)
    shares = [100 * size / whole for size in sizes]
    target = steps / 10**decimals
    parts = [part / 10**decimals for part in divide(steps, sizes)]
    parts[0] = round(parts[0] + off / 10**decimals, decimals)
    owners = [f"E{i}" for i in range(len(sizes) + 1)]
    tables = {
        "kpis": from_rows("kpis", [{"kpi": "K", "name": "K", "decimals": decimals}]),
        "contracts": from_rows("contracts", [{"contract": each, "holder": each} for each in owners]),
        "contract_lines": from_rows(
            "contract_lines",
            [
                {"contract": each, "kpi": "K", "target": figure}
                for each, figure in zip(owners, [target, *parts], strict=True)
            ],
        ),
        "links": from_rows(
            "links",
            [
                {"kpi": "K", "owner": "E0", "sub_kpi": "K", "sub_owner": each, "mode": "share", "share": share}
                for each, share in zip(owners[1:], shares, strict=True)
            ],
        ),
    }
    found = {problem.name for problem in check_links(tables, Policy())}
    assert found <= {"link_target_not_its_share", "link_targets_sum"}
    assert bool(found) == bool(off)


def test_a_link_without_an_owner_is_called_by_its_kpi() -> None:
    links = from_rows("links", [{"kpi": "K1", "owner": None, "sub_kpi": "K1", "sub_owner": "E2", "mode": "share"}])
    kpis = from_rows("kpis", [{"kpi": "K1", "name": "收入"}])
    (about,) = check_links({"links": links, "kpis": kpis}, Policy())
    assert about.code == "R170" and "“收入 (K1)”" in about.message("zh")

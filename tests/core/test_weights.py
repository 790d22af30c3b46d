"""Deriving weights: the worked example of domain.md section 4, and what cannot be derived."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfxl.core.policy import Policy
from perfxl.core.problems import Problem, has_errors
from perfxl.core.weights import Candidate, Weighted, WeightRules, check, derive

MARKETING = [
    Candidate("净营运资产贡献率", "financial", 2, 2, 4, agreed=10),
    Candidate("营销收入", "financial", 4, 2, 4, agreed=25),
    Candidate("预算网络成本贡献率", "financial", 2, 3, 4, agreed=15),
    Candidate("应收帐款周转次数", "financial", 1, 2, 4, agreed=10),
    Candidate("营销成本", "financial", 1, 2, 4, agreed=10),
    Candidate("大客户收入/总收入", "service", 2, 2, 4, agreed=10),
    Candidate("客户满意度", "service", 2, 2, 3, agreed=10),
    Candidate("关键人员流失率", "people", 3, 2, 4, agreed=10),
]
SHARES = {"financial": 70, "service": 20, "people": 10}


def found(problems: Iterable[Problem]) -> list[tuple[str, Any]]:
    return [(p.code, p.details.get("index")) for p in problems]


def test_worked_example_comes_out_exactly() -> None:
    weighted, problems = derive(MARKETING, SHARES)
    assert problems == []
    assert [w.importance for w in weighted] == [2.30, 3.50, 2.55, 1.70, 1.70, 2.30, 2.15, 2.90]
    assert [round(w.raw or 0.0, 1) for w in weighted] == [13.7, 20.9, 15.2, 10.1, 10.1, 10.3, 9.7, 10.0]
    assert [w.weight for w in weighted] == [15, 20, 15, 10, 10, 10, 10, 10]
    assert [(w.kpi, w.category) for w in weighted] == [(c.kpi, c.category) for c in MARKETING]


def test_signed_contract_differs_from_derived_in_two_lines() -> None:
    weighted, _ = derive(MARKETING, SHARES)
    problems = check(MARKETING, category_weights=SHARES, derived=[w.weight for w in weighted])
    assert found(problems) == [("W109", 0), ("W109", 1)]
    assert [(p.details["way_en"], p.details["amount"]) for p in problems] == [("short", 5), ("over", 5)]


def test_lines_without_weight_keep_their_rows() -> None:
    extra = [
        Candidate("市场占有率(语音)", "service", kind="monitor"),
        *MARKETING,
        Candidate("重大故障", "quality", kind="deduct"),
        Candidate("资金安全", "quality", kind="veto"),
        Candidate("创新", "", kind="bonus"),
    ]
    weighted, problems = derive(extra, SHARES)
    assert problems == []
    assert [w.weight for w in weighted] == [None, 15, 20, 15, 10, 10, 10, 10, 10, None, None, None]
    assert weighted[-1] == Weighted("创新", "", None, None, None)


def test_missing_rating_leaves_only_its_category_without_weights() -> None:
    lines = [MARKETING[0]._replace(measurability=None), *MARKETING[1:]]
    weighted, problems = derive(lines, SHARES)
    assert found(problems) == [("W121", 0)]
    assert (problems[0].table, problems[0].column) == ("kpis", "measurability")
    assert [w.weight for w in weighted] == [None] * 5 + [10, 10, 10]
    assert weighted[1].importance == 3.5


@pytest.mark.parametrize("rating", [0, 5, -1, 4.01, "高", True, float("inf")])
def test_rating_off_the_scale(rating: Any) -> None:
    lines = [*MARKETING[:5], MARKETING[5]._replace(impact=rating), *MARKETING[6:]]
    weighted, problems = derive(lines, SHARES)
    assert found(problems) == [("W122", 5)]
    assert problems[0].value == rating and problems[0].column == "impact"
    assert [w.weight is None for w in weighted] == [False] * 5 + [True] * 2 + [False]


@pytest.mark.parametrize("nothing", [None, float("nan"), "", "  "])
def test_blank_rating_is_missing(nothing: Any) -> None:
    _, problems = derive([*MARKETING[:7], MARKETING[7]._replace(impact=nothing)], SHARES)
    assert found(problems) == [("W121", 7)]


def test_rating_that_counts_nothing_need_not_be_given() -> None:
    rules = WeightRules(impact=Decimal("0.75"), measurability=Decimal(0))
    weighted, problems = derive([c._replace(measurability=None) for c in MARKETING], SHARES, rules)
    assert problems == [] and sum(w.weight or 0.0 for w in weighted) == 100


def test_category_findings() -> None:
    lines = [*MARKETING, Candidate("a", "", 1, 1, 1), Candidate("b", "staff", 1, 1, 1)]
    weighted, problems = derive(lines, SHARES | {"process": 0, "customer": 10})
    assert found(problems) == [("W127", None), ("W123", 8), ("W124", 9), ("W125", None)]
    assert problems[0].details["amount"] == 10 and problems[0].details["way_en"] == "over"
    assert problems[2].value == "staff" and problems[3].details["category"] == "customer"
    assert [w.weight for w in weighted][8:] == [None, None] and weighted[9].importance == 1


@pytest.mark.parametrize("share", [None, "七十", -70, float("nan"), float("inf"), True])
def test_category_weight_that_is_none(share: Any) -> None:
    weighted, problems = derive(MARKETING, SHARES | {"financial": share})
    assert found(problems) == [("W126", None)]
    assert [w.weight for w in weighted] == [None] * 5 + [10, 10, 10]


def test_no_category_weights_is_one_problem() -> None:
    weighted, problems = derive(MARKETING, {})
    assert found(problems) == [("W127", None)] and len(weighted) == len(MARKETING)


def candidates(count: int, category: str = "financial") -> list[Candidate]:
    return [Candidate(f"k{i}", category, 2, 2, 2) for i in range(count)]


@pytest.mark.parametrize(
    ("count", "share", "rules", "code", "details"),
    [
        (2, 70, WeightRules(), "W132", {"count": 2, "holds": "3-14"}),
        (15, 70, WeightRules(), "W133", {"count": 15, "holds": "3-14"}),
        (5, 72, WeightRules(), "W131", {"below": 70, "above": 75, "step": 5}),
        (2, 35, WeightRules(minimum=Decimal(20)), "W134", {"total": 35}),
        (1, 70, WeightRules(minimum=Decimal(6), maximum=Decimal(9)), "W135", {"step": 5}),
        (1, 70, WeightRules(minimum=Decimal(0)), "W132", {"holds": "≥3"}),
        (1, 0, WeightRules(), "W133", {"holds": "0"}),
        (3, 60, WeightRules(minimum=Decimal(30)), "W133", {"holds": "2"}),
    ],
)
def test_infeasible_category_says_why(
    count: int, share: int, rules: WeightRules, code: str, details: dict[str, Any]
) -> None:
    lines = candidates(count) + candidates(4, "rest")
    weighted, problems = derive(lines, {"financial": share, "rest": 100 - share}, rules)
    own = [p for p in problems if p.details["category"] == "financial"]
    assert [p.code for p in own] == [code]
    assert details.items() <= own[0].details.items()
    assert len(weighted) == len(lines)
    assert all(w.weight is None and w.raw == share / count for w in weighted[:count])


def test_ratings_that_tell_nothing_apart_share_evenly() -> None:
    lines = [Candidate(k, "people", 0, 0, 0) for k in "abcd"]
    weighted, problems = derive(lines, {"people": 100}, WeightRules(rating_min=Decimal(0)))
    assert problems == [] and [w.weight for w in weighted] == [25] * 4


def test_messages_name_category_and_kpi_in_both_languages() -> None:
    _, problems = derive([c._replace(impact=9) for c in MARKETING[:1]], {"financial": 72, "people": 28})
    texts = [(p.message("zh"), p.message("en"), p.hint("zh"), p.hint("en")) for p in problems]
    assert any("“财务”类" in zh and "category “financial”" in en for zh, en, *_ in texts)
    assert any("净营运资产贡献率" in zh and "1-4" in zh for zh, *_ in texts)
    assert not any("{" in text for four in texts for text in four)


def test_rules_follow_the_policy() -> None:
    assert WeightRules.of(Policy()) == WeightRules()
    assert WeightRules.of(Policy().but(weight_step=2.5, kpi_max=13)) == WeightRules(step=Decimal("2.5"), count_max=13)


ratings = st.sampled_from([1, 1.5, 2, 3, 4])


@given(
    st.lists(st.builds(Candidate, st.text("ab", max_size=2), st.sampled_from("xyz"), ratings, ratings, ratings)),
    st.sampled_from([(70, 20, 10), (50, 30, 20), (40, 30, 30), (33, 33, 34), (100, 0, 0)]),
    st.sampled_from([WeightRules(), WeightRules(step=Decimal(1), minimum=Decimal(1)), WeightRules(step=Decimal(2))]),
)
def test_derived_weights_are_legal_or_explained(
    lines: list[Candidate], shares: tuple[int, int, int], rules: WeightRules
) -> None:
    category_weights = dict(zip("xyz", shares, strict=True))
    weighted, problems = derive(lines, category_weights, rules)
    assert [(w.kpi, w.category) for w in weighted] == [(c.kpi, c.category) for c in lines]
    explained = {p.details["category"] for p in problems}
    for category, share in category_weights.items():
        own = [w.weight for w in weighted if w.category == category]
        assert (None in own or sum(w or 0.0 for w in own) != share) == (category in explained)
    if not problems:
        agreed = [c._replace(agreed=w.weight) for c, w in zip(lines, weighted, strict=True)]
        judged = check(agreed, rules, category_weights=category_weights, derived=[w.weight for w in weighted])
        assert not has_errors(judged) and {p.code for p in judged} <= {"W105"}

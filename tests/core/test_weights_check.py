"""Agreed weights against each rule of scoring.md section 3."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import pytest

from perfxl.core.problems import Problem, Severity
from perfxl.core.weights import Candidate, WeightRules, check


def lines(*weights: Any, category: str = "", kind: str = "quantitative") -> list[Candidate]:
    return [Candidate(f"k{i}", category, kind=kind, agreed=w) for i, w in enumerate(weights)]


def found(problems: Iterable[Problem]) -> list[tuple[str, Any]]:
    return [(p.code, p.details.get("index")) for p in problems]


LEGAL = (20, 20, 20, 20, 20)
DEDUCT: Any = "扣分"  # as HR writes it in the column of weights


def test_legal_table_has_no_problem() -> None:
    assert check(lines(*LEGAL)) == []
    assert check(lines(*map(Decimal, LEGAL))) == []


def test_three_thirds_are_a_hundredth_short() -> None:
    rules = WeightRules(maximum=Decimal(50), step=Decimal("0.01"), count_min=3)
    (problem,) = check(lines(33.33, 33.33, 33.33), rules)
    assert problem.code == "W101" and problem.value == 99.99 and problem.severity is Severity.ERROR
    assert (problem.details["amount"], problem.details["way_en"]) == (Decimal("0.01"), "short")
    assert "99.99%" in problem.message("zh") and "少 0.01" in problem.message("zh")
    assert check(lines(33.33, 33.33, 33.34), rules) == []


def test_decimals_sum_exactly() -> None:
    tenths = WeightRules(step=Decimal("0.1"), minimum=Decimal(0), maximum=Decimal(100), count_max=12)
    assert check(lines(*[0.1] * 10, 99.0), tenths) == []
    assert found(check(lines(*[0.1] * 10, 99.1), tenths)) == [("W101", None)]


@pytest.mark.parametrize(
    ("weights", "expected"),
    [
        ((4, 26, 25, 25, 20), [("W102", 0), ("W104", 0), ("W104", 1)]),
        ((35, 15, 15, 15, 20), [("W103", 0)]),
        ((22.5, 17.5, 20, 20, 20), [("W104", 0), ("W104", 1)]),
        ((0, 25, 25, 25, 25), [("W102", 0)]),
        ((-5, 30, 25, 25, 25), [("W112", 0)]),
        (("abc", 25, 25, 25, 25), [("W111", 0)]),
        ((True, 25, 25, 25, 25), [("W111", 0)]),
        ((float("inf"), 25, 25, 25, 25), [("W111", 0)]),
        ((20, 20, 20, 20, 25), [("W101", None)]),
        ((25, 25, 25, 25), [("W105", None)]),
        ((10,) * 9 + (5, 5), [("W105", None)]),
        ((), [("W105", None), ("W101", None)]),
    ],
)
def test_each_rule_has_its_code(weights: tuple[Any, ...], expected: list[tuple[str, Any]]) -> None:
    assert found(check(lines(*weights))) == expected


@pytest.mark.parametrize("nothing", [None, float("nan"), "", " "])
def test_missing_weight_is_the_finding_not_the_sum(nothing: Any) -> None:
    problems = check(lines(nothing, 20, 20, 20, 20), category_weights={"": 100})
    assert found(problems) == [("W108", 0)] and problems[0].details["total"] == 80


def test_a_missing_weight_does_not_hide_an_excess() -> None:
    assert found(check(lines(None, 30, 30, 30, 30))) == [("W108", 0), ("W101", None)]


@pytest.mark.parametrize("kind", ["deduct", "bonus", "veto", "monitor"])
def test_weight_on_a_kpi_that_carries_none(kind: str) -> None:
    extra = Candidate("x", "", kind=kind, agreed=10)
    (problem,) = check([*lines(*LEGAL), extra])
    assert (problem.code, problem.details["index"], problem.value) == ("W107", 5, 10)
    assert problem.details["kind_en"] in problem.message("en")
    # Nothing, zero, or a word such as 扣分 in the weight column is no weight.
    nothing: tuple[Any, ...] = (None, 0, "扣分", "*")
    for none in nothing:
        assert check([*lines(*LEGAL), extra._replace(agreed=none)]) == []


FUNCTIONAL = [
    *lines(10, 12, 4, 6, 8, 6, 4, category="key_task"),
    *lines(8, 4, 8, 10, category="duty"),
    *lines(10, 10, category="efficiency"),
    Candidate("重大法律或监管事件", "quality", kind="deduct", agreed=DEDUCT),
    Candidate("部门费用", "quality", kind="deduct"),
]
FUNCTIONAL_SHARES = {"key_task": 50, "duty": 30, "efficiency": 20}


@pytest.mark.parametrize("step", [1, 2])
def test_functional_department_passes(step: int) -> None:
    rules = WeightRules(minimum=Decimal(4), step=Decimal(step), count_max=13)
    assert check(FUNCTIONAL, rules, category_weights=FUNCTIONAL_SHARES) == []
    # Thirteen KPIs are many by the usual advice, which is why their number is only a warning.
    (advice,) = check(FUNCTIONAL, rules._replace(count_max=10), category_weights=FUNCTIONAL_SHARES)
    assert (advice.code, advice.value, advice.severity) == ("W105", 13, Severity.WARNING)


def test_category_sums() -> None:
    rules = WeightRules(minimum=Decimal(4), step=Decimal(1), count_max=13)
    problems = check(FUNCTIONAL, rules, category_weights={"key_task": 45, "duty": 30, "service": 25})
    assert [(p.code, p.details.get("category")) for p in problems] == [
        ("W124", None),
        ("W124", None),
        ("W106", "key_task"),
        ("W125", "service"),
    ]
    assert [p.details["index"] for p in problems[:2]] == [11, 12]
    assert (problems[2].value, problems[2].details["should"], problems[2].details["amount"]) == (50, 45, 5)
    assert (problems[0].table, problems[0].column) == ("contract_lines", "aspect")


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        *(((low, high), []) for low, high in [(35, 45), (40, 40), (None, 40), (None, None)]),
        ((50, 70), [("W110", "50-70", 10)]),
        ((None, 30), [("W110", "≤30", 10)]),
        ((55, None), [("W110", "≥55", 15)]),
    ],
)
@pytest.mark.parametrize("financial", ["financial", "财务类"])
def test_financial_share_of_the_post_type(
    limits: tuple[int | None, int | None], expected: list[tuple[str, str, int]], financial: str
) -> None:
    table = [*lines(20, 20, category=financial), *lines(20, 20, 20, category="service")]
    problems = check(table, financial_range=limits)
    assert [(p.code, p.details["range"], p.details["amount"]) for p in problems] == expected


def test_financial_share_waits_for_missing_weights() -> None:
    table = [*lines(None, 20, category="financial"), *lines(30, 30, 20, category="service")]
    assert found(check(table, financial_range=(40, 60))) == [("W108", 0)]
    assert found(check(table, financial_range=(0, 10))) == [("W108", 0), ("W110", None)]


def test_derived_against_agreed() -> None:
    table = [*lines(25, 15, 20, 20, 20), Candidate("x", "", kind="monitor", agreed=0)]
    near = WeightRules(difference=Decimal("2.5"))
    assert found(check(table, near, derived=[22.5, 17.6, None, 20, float("nan"), 10])) == [("W109", 0), ("W109", 1)]
    assert found(check(table, near, derived=[23, 17, None, 20, 20, None])) == []
    exact = WeightRules(difference=Decimal(0))
    assert found(check(table, exact, derived=[25, 15, 20, 20, 19.99, None])) == [("W109", 4)]


def test_problems_are_addressed_to_the_weight_column() -> None:
    for problem in check(lines(4, "x", None, 99)):
        assert (problem.table, problem.column) == ("contract_lines", "weight")
        for lang in ("zh", "en"):
            assert "{" not in problem.message(lang) + problem.hint(lang)

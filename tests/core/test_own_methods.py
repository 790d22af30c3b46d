"""HR's own methods are read, tried on their cases, and named when they are wrong."""

from __future__ import annotations

import re
from typing import Any

import pytest

from perfxl.core.own_methods import check_own_methods
from perfxl.core.policy import Policy
from perfxl.core.records import from_rows

GOOD = "IF(D*A>=D*T,100+50*D*(A-T)/ABS(T),100-200*D*(T-A)/ABS(T))"


def check(formula: str, **case: object) -> tuple[Policy, list[tuple[str, str, str]]]:
    cases = [{"method": "奖优", "actual": 110.0, "target": 100.0, "points": 105.0, **case}]
    book = {
        "methods": from_rows("methods", [{"method": "奖优", "formula": formula}]),
        "method_cases": from_rows("method_cases", cases),
    }
    policy, problems = check_own_methods(book, Policy(methods={"奖优": formula}))
    return policy, [(p.code, p.address.sheet, p.address.cell) for p in problems]


def test_a_right_method_is_kept_without_a_word() -> None:
    policy, problems = check(GOOD)
    assert problems == [] and policy.methods == {"奖优": GOOD}


def test_chinese_names_may_be_used() -> None:
    assert check("100*实绩/目标", points=110.0)[1] == []


@pytest.mark.parametrize(
    ("formula", "code"),
    [("100*(A", "P150"), ("100*X/T", "P151"), ("SUM(A,T)", "P152"), ("IF(A,T)", "P153"), ("1+" * 1001 + "A", "P154")],
)
def test_an_unreadable_method_is_named_and_does_not_hold(formula: str, code: str) -> None:
    policy, problems = check(formula)
    assert problems == [(code, "自定义计分方法", "B4")] and policy.methods == {}


def test_a_wrong_case_is_named_at_its_points_and_keeps_the_method_from_scoring() -> None:
    policy, problems = check(GOOD, points=104.0)
    assert problems == [("P156", "方法测试", "L4")] and policy.methods == {}


def test_a_case_that_lacks_a_figure_is_wrong() -> None:
    assert check(GOOD, target=None)[1] == [("P156", "方法测试", "L4")]


def test_the_reason_is_in_the_language_of_the_message() -> None:
    case = {"method": "Fast", "actual": 110.0, "points": 105.0}
    book = {
        "methods": from_rows("methods", [{"method": "Fast", "formula": GOOD}]),
        "method_cases": from_rows("method_cases", [case]),
    }
    (found,) = check_own_methods(book, Policy(methods={"Fast": GOOD}))[1]
    assert not re.search("[\u4e00-\u9fff]", found.message("en"))
    assert re.search("[\u4e00-\u9fff]", found.message("zh"))


def test_warnings() -> None:
    assert ("P155", "自定义计分方法", "B4") in check("105")[1]
    assert ("P158", "自定义计分方法", "B4") in check("100*T/A", points=90.91)[1]
    book = {"methods": from_rows("methods", [{"method": "奖优", "formula": GOOD}])}
    _, problems = check_own_methods(book, Policy(methods={"奖优": GOOD}))
    assert [p.code for p in problems] == ["P157"]


@pytest.mark.parametrize(
    ("case", "found"),
    [
        ({"steps": "满意度", "points": 80.0}, []),
        ({"steps": "满意度", "points": 90.0}, ["算出 80"]),
        ({"points": 80.0}, ["奖优 缺少“分档表”"]),  # it was: “”不存在
        ({"steps": "投诉", "points": 80.0}, ["“投诉”不存在"]),
    ],
)
def test_a_method_that_looks_up_has_cases_too(case: dict[str, Any], found: list[str]) -> None:
    formula = "STEPS(A,D)"
    steps = {"满意度": ((90.0, 100.0), (85.0, 80.0))}
    tables = {
        "methods": from_rows("methods", [{"method": "奖优", "formula": formula}]),
        "method_cases": from_rows("method_cases", [{"method": "奖优", "actual": 86.0, "direction": "higher", **case}]),
    }
    policy, problems = check_own_methods(tables, Policy(methods={"奖优": formula}, steps=steps))
    assert [p.code for p in problems] == ["P156"] * len(found)
    for problem, said in zip(problems, found, strict=True):
        assert said in problem.message("zh") and "“”" not in problem.message("zh")
        assert "“”" not in problem.message("en")
    assert ("奖优" in policy.methods) == (not found)

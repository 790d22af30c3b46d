"""The policy of a workbook: what is read, and each mistake at its cell."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from perfxl.core.catalogue import CATALOGUE
from perfxl.core.policy import DEFAULT_BANDS, Policy, default_values
from perfxl.core.policy_reading import read_policy
from perfxl.core.problems import Problem
from perfxl.core.records import Records, from_rows
from perfxl.core.values.dates import serial
from tests.core.clean_program import Edit, add, book, put, without


def policy_of(*rows: tuple[str, object]) -> tuple[Policy, list[Problem]]:
    """A policy sheet alone."""
    return read_policy({"policy": from_rows("policy", [{"key": key, "value": value} for key, value in rows])})


@pytest.mark.parametrize(
    ("key", "typed", "name", "value"),
    [
        ("weight_min", "10", "weight_min", 10.0),
        ("单项权重下限", "１０％", "weight_min", 10.0),
        ("LEAST  Weight", 10, "weight_min", 10.0),
        ("ｗｅｉｇｈｔ＿ｍｉｎ", "10%", "weight_min", 10.0),
        ("指标数上限", "12", "kpi_max", 12),
        ("提前加分", "是", "milestone_early", True),
        ("节点法计日", "工作日", "milestone_days", "working"),
        ("na_rule", "全部", "na_rule", "contract"),
        ("考核期开始", "2025/1/1", "period_start", date(2025, 1, 1)),
        ("公司名称", "某某公司", "company", "某某公司"),
        ("总分上限", None, "total_cap", 120.0),
        ("总分上限", "-", "total_cap", 120.0),
    ],
)
def test_setting(key: str, typed: object, name: str, value: object) -> None:
    policy, problems = policy_of((key, typed))
    assert (policy[name], problems) == (value, [])


def test_a_percent_cell_is_in_percent_points() -> None:
    sheet = from_rows("policy", [{"key": "weight_min", "value": 0.1}, {"key": "weight_max", "value": "0.4"}])
    sheet.percent["value"] = {0, 1}
    policy, problems = read_policy({"policy": sheet})
    assert (policy["weight_min"], policy["weight_max"], problems) == (10.0, 40.0, [])


def test_nothing_set_is_the_default_policy() -> None:
    assert read_policy({}) == (Policy(), [])
    assert Policy().values == default_values()


def test_tables() -> None:
    policy, problems = read_policy(book())
    assert problems == []
    assert [band.grade for band in policy.bands] == ["A", "B", "D"]
    assert policy.category_weights["营销"]["financial"] == (60.0, 50.0, 70.0)
    assert policy.steps["满意度"] == ((90.0, 120.0), (80.0, 100.0), (70.0, 60.0))
    assert policy.scales["协作"] == {"优": 100.0, "差": 0.0}
    assert (policy.off, policy.on) == ((date(2025, 10, 1),), (date(2025, 10, 11),))
    assert policy.methods == {"平方法": "100*(A/T)*(A/T)"}


def test_steps_by_date_are_excel_serials() -> None:
    days = [
        {"table": "进度", "at": date(2025, month, 1), "points": points} for month, points in ((3, 100.0), (4, 80.0))
    ]
    policy, problems = read_policy({"step_tables": from_rows("step_tables", days)})
    assert policy.steps["进度"] == ((serial(date(2025, 3, 1)), 100.0), (serial(date(2025, 4, 1)), 80.0))
    assert problems == []


def test_points_as_percentages() -> None:
    scale = from_rows("grade_tables", [{"scale": "S", "grade": g, "points": p} for g, p in (("优", 1.0), ("良", 0.75))])
    scale.percent["points"] = {0, 1}
    policy, problems = read_policy({"grade_tables": scale})
    assert (policy.scales["S"], problems) == ({"优": 100.0, "良": 75.0}, [])


SETTINGS = [
    ("P101", ("单项权重上线", "30"), "key"),
    ("P102", ("weight_min", "五"), "value"),
    ("P102", ("节点法计日", "周末"), "value"),
    ("P102", ("指标数上限", "3.5"), "value"),
    ("P102", ("period_start", "3/5/2025"), "value"),
    ("P103", ("weight_max", "130%"), "value"),
    ("P103", ("kpi_min", "0"), "value"),
    ("P104", ("weight_min", "35"), "value"),
    ("P104", ("门槛得分", "110"), "value"),
    ("P104", ("knot_challenge", "90"), "value"),
    ("P105", ("可控性占比", "30"), "value"),
    ("P108", ("否决等级上限", "F"), "value"),
    ("V129", ("weight_min", "0.05"), "value"),
]


@pytest.mark.parametrize(("code", "row", "column"), SETTINGS)
def test_wrong_setting(code: str, row: tuple[str, Any], column: str) -> None:
    sheet = from_rows("policy", [{"key": "公司名称", "value": "甲"}, {"key": row[0], "value": row[1]}])
    policy, problems = read_policy({"policy": sheet})
    assert [(p.code, p.address) for p in problems] == [(code, sheet.address(1, column))]
    assert all(p.message(lang) and p.hint(lang) for p in problems for lang in ("zh", "en"))
    if code in ("P102", "P103"):
        assert policy == Policy({**default_values(), "company": "甲"})


def test_unknown_setting_suggests_the_nearest() -> None:
    _, (problem,) = policy_of(("单项权重上线", "30"))
    assert "“单项权重上限”" in problem.message("zh")


def test_a_setting_given_twice_holds_as_first_given() -> None:
    policy, problems = policy_of(("weight_min", "10"), ("单项权重下限", "8"))
    assert policy["weight_min"] == 10.0
    assert [p.code for p in problems] == ["P107"]


TABLES = [
    ("P109", ("policy", 4, "value"), [add("policy", key="数据截止日", value="2026-01-31")]),
    ("P110", ("grade_bands", 1, "lower"), [put("grade_bands", 1, lower=90.0)]),
    ("P111", ("grade_bands", 3, "lower"), [add("grade_bands", grade="C", lower=60.0, coefficient=0.8)]),
    ("P112", ("grade_bands", 1, "coefficient"), [put("grade_bands", 1, coefficient=1.5)]),
    ("P113", ("grade_bands", 2, "lower"), [put("grade_bands", 2, lower=60.0)]),
    ("P115", ("grade_bands", 0, "lower"), [put("grade_bands", i, lower=None) for i in range(3)]),
    ("P121", ("category_weights", 1, "weight"), [put("category_weights", 1, lower=40.0)]),
    ("P122", ("category_weights", 0, "lower"), [put("category_weights", 0, lower=80.0)]),
    ("W126", ("category_weights", 2, "weight"), [put("category_weights", 2, weight=-10.0)]),
    ("W127", ("category_weights", 0, "weight"), [put("category_weights", 2, weight=9.99)]),
    ("P131", ("step_tables", 0, "at"), [put("step_tables", 0, at="优")]),
    ("P132", ("step_tables", 1, "at"), [put("step_tables", 1, at=date(2025, 3, 1))]),
    ("P133", ("step_tables", 0, "points"), [put("step_tables", 1, points=130.0)]),
    ("P134", ("grade_tables", 0, "points"), [put("grade_tables", 0, points=1.0)]),
    ("P140", ("holidays", 1, "kind"), [put("holidays", 1, date=date(2025, 10, 10))]),
    (
        "P141",
        ("holidays", 0, "date"),
        [
            add("policy", key="milestone_days", value="working"),
            put("holidays", 0, date=date(2025, 10, 12), kind="work"),
        ],
    ),
    ("P143", ("methods", 0, "method"), [put("methods", 0, method="比例法")]),
]


@pytest.mark.parametrize(("code", "cell", "edits"), TABLES)
def test_wrong_table(code: str, cell: tuple[str, int, str], edits: list[Edit]) -> None:
    program = book(*edits)
    _, problems = read_policy(program)
    table, row, column = cell
    assert (code, program[table].address(row, column)) in [(p.code, p.address) for p in problems]
    assert {p.code for p in problems} == {code}
    assert all(p.message(lang) and p.hint(lang) for p in problems for lang in ("zh", "en"))


def test_unusable_bands_leave_the_default_ones() -> None:
    policy, _ = read_policy(book(*(put("grade_bands", i, lower=None) for i in range(3))))
    assert policy.bands == DEFAULT_BANDS


def test_a_missing_category_weight_leaves_the_sum_open() -> None:
    _, problems = read_policy(book(put("category_weights", 2, weight=None)))
    assert problems == []


def test_a_sheet_of_another_order_and_without_the_rest() -> None:
    """Only bands, from the lowest up, are as good as from the best down."""
    bands: Records = from_rows("grade_bands", [{"grade": g, "lower": low} for g, low in (("D", 0.0), ("A", 90.0))])
    policy, problems = read_policy({"grade_bands": bands})
    assert problems == []
    assert policy.grade(95).grade == "A"


def test_every_code_is_tried() -> None:
    tried = {code for code, *_ in [*SETTINGS, *TABLES]} | {"P107"}
    assert {kind.code for kind in CATALOGUE.values() if "P101" <= kind.code < "P150"} <= tried


def test_absent_tables_are_no_finding() -> None:
    _, problems = read_policy(book(without("policy", "grade_bands", "category_weights", "holidays")))
    assert problems == []


def test_the_lowest_grade_reaches_down_to_any_total() -> None:
    policy, problems = read_policy(book(put("grade_bands", 2, lower=60.0)))
    assert [found.code for found in problems] == ["P113"]
    lowest = policy.grade(12.0)
    assert lowest.lower == float("-inf") and policy.grade(60.0) == lowest
    assert policy.but(points_cap=110).checked()["points_cap"] == 110  # a policy that can be

"""The rules for DataFrames: absent columns, text figures, worked weights, totals, events, N/A."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest

import perfxl
from perfxl.core.policy import Policy
from tests.core.test_scoring import CASES, POLICY

_SHORT = {"unit_step": "u", "low": "lo", "high": "hi", "label": "grade", "scale": "grade"}


def test_every_case_of_the_rules_in_one_frame() -> None:
    rows = [{_SHORT.get(k, k): v for k, v in row.items()} for row, _ in CASES]
    found = perfxl.score_lines(pd.DataFrame(rows), POLICY)
    assert found["points"].tolist() == [points for _, points in CASES]
    assert set(found["status"]) == {"scored"}


def test_a_frame_of_few_columns() -> None:
    frame = pd.DataFrame(
        {"method": ["ratio", "ratio", "比率法", "nonsense"], "actual": [98, None, 5, 1], "target": 100}
    )
    found = perfxl.score_lines(frame)
    assert found["status"].tolist() == ["scored", "pending", "scored", "problem"]
    assert found["rule"].tolist()[:3] == ["ratio"] * 3 and found["rule"].isna()[3]
    assert "points" not in frame


def test_text_that_reads_as_a_number() -> None:
    frame = pd.DataFrame({"method": "ratio", "actual": ["85%", "８５", "1,234", " 12 ", "12万", "不适用", "abc"]})
    found = perfxl.score_lines(frame.assign(target=[1, 85, 1234, 12, 120000, 1, 1]))
    assert found["points"].tolist()[:5] == [85.0, 100.0, 100.0, 100.0, 100.0]
    assert found["status"].tolist()[5:] == ["not_applicable", "problem"]


def test_an_empty_frame() -> None:
    assert len(perfxl.score_lines(pd.DataFrame({"method": [], "actual": []}))) == 0
    assert len(perfxl.score_contracts(pd.DataFrame({"person": [], "method": [], "weight": []}))) == 0


def _contract(**changes: Any) -> pd.DataFrame:
    rows = [
        {"kpi": "a", "category": "f", "weight": 60.0, "actual": 90.0},
        {"kpi": "b", "category": "f", "weight": 20.0, "actual": 80.0},
        {"kpi": "c", "category": "s", "weight": 20.0, "actual": 100.0},
    ]
    for row in rows:
        row |= {"person": "p", "method": "ratio", "target": 100.0} | changes.get(str(row["kpi"]), {})
    return pd.DataFrame(rows)


def _only(found: pd.DataFrame) -> dict[str, Any]:
    assert len(found) == 1
    return {str(k): v for k, v in found.to_dict("records")[0].items()}


def test_total_grade_and_coefficient() -> None:
    row = _only(perfxl.score_contracts(_contract()))
    assert row == {
        "person": "p",
        "total": 90.0,
        "provisional": 90.0,
        "completeness": 100.0,
        "grade": "A",
        "coefficient": 1.2,
        "reason": "",
    }


def test_a_pending_line_leaves_a_provisional_total() -> None:
    row = _only(perfxl.score_contracts(_contract(a={"actual": None})))
    assert math.isnan(row["total"]) and row["grade"] is None
    assert (row["provisional"], row["completeness"]) == (90.0, 40.0)


@pytest.mark.parametrize(("rule", "total"), [("category", 84.0), ("contract", 90.0)])
def test_weight_of_a_line_that_is_not_applicable(rule: str, total: float) -> None:
    # In the category: b carries 80, c 20. In the contract: b and c carry 50 each.
    found = perfxl.score_contracts(_contract(a={"actual": "N/A"}), policy=Policy().but(na_rule=rule))
    assert _only(found)["total"] == total


def test_a_whole_category_that_is_not_applicable_goes_to_the_contract() -> None:
    found = perfxl.score_contracts(_contract(c={"actual": "不适用"}))
    assert _only(found)["total"] == 87.5


def test_deductions_bonuses_and_vetoes() -> None:
    extra = pd.DataFrame(
        [
            {"person": "p", "kpi": "fault", "method": "deduct", "k": 3.0, "limit": 5.0},
            {"person": "p", "kpi": "prize", "method": "bonus", "k": 2.0},
            {"person": "p", "kpi": "death", "method": "veto", "veto_effect": "limit_grade", "veto_grade": "C"},
        ]
    )
    lines = pd.concat([_contract(), extra], ignore_index=True)
    assert _only(perfxl.score_contracts(lines))["total"] == 90.0
    events = pd.DataFrame({"person": "p", "kpi": ["fault", "fault", "prize"]})
    assert _only(perfxl.score_contracts(lines, events))["total"] == 87.0
    found = _only(perfxl.score_contracts(lines, pd.DataFrame({"person": ["p"], "kpi": ["death"]})))
    assert (found["total"], found["grade"]) == (90.0, "C")
    lines.loc[lines["kpi"] == "death", "veto_effect"] = None
    found = _only(perfxl.score_contracts(lines, pd.DataFrame({"person": ["p"], "kpi": ["death"]})))
    assert (found["total"], found["grade"]) == (0.0, "E")


def test_the_total_is_capped_and_never_below_zero() -> None:
    lines = _contract(a={"actual": 300.0}, b={"actual": 300.0}, c={"actual": 300.0})
    bonus = pd.DataFrame([{"person": "p", "kpi": "x", "method": "bonus", "k": 50.0, "actual": 1.0}])
    assert _only(perfxl.score_contracts(pd.concat([lines, bonus])))["total"] == 120.0
    deduct = bonus.assign(method="deduct", k=500.0)
    assert _only(perfxl.score_contracts(pd.concat([lines, deduct])))["total"] == 0.0


def test_ties_of_totals_do_not_depend_on_the_order_of_lines() -> None:
    rng = np.random.default_rng(3)
    points = np.array([85.55, 91.45, 77.77, 68.33, 94.9, 88.88, 79.95, 85.0])
    weights = np.array([10.0, 15, 20, 5, 10, 10, 15, 15])
    expected = {
        float(np.round(sum(int(p * 100 + 0.5) * int(w) for p, w in zip(points, weights, strict=True)) / 1e4, 2))
    }
    for _ in range(50):
        order = rng.permutation(8)
        lines = pd.DataFrame({"person": "p", "method": "ratio", "actual": points[order], "target": 100.0})
        found = _only(perfxl.score_contracts(lines.assign(weight=weights[order], kpi=order)))
        assert {found["total"]} == expected


WORKED = [
    ("净营运资产贡献率", "financial", 2, 2, 4, 13.7, 15),
    ("营销收入", "financial", 4, 2, 4, 20.9, 20),
    ("预算网络成本贡献率", "financial", 2, 3, 4, 15.2, 15),
    ("应收帐款周转次数", "financial", 1, 2, 4, 10.1, 10),
    ("营销成本", "financial", 1, 2, 4, 10.1, 10),
    ("大客户收入/总收入", "service", 2, 2, 4, 10.3, 10),
    ("客户满意度", "service", 2, 2, 3, 9.7, 10),
    ("关键人员流失率", "people", 3, 2, 4, 10.0, 10),
]


def test_the_worked_weights() -> None:
    names = ("kpi", "category", "impact", "controllability", "measurability", "raw", "rounded")
    frame = pd.DataFrame(WORKED, columns=list(names))
    found, problems = perfxl.derive_weights(frame, {"financial": 70, "service": 20, "people": 10})
    assert problems == []
    assert found["raw_weight"].round(1).tolist() == frame["raw"].tolist()
    assert found["weight"].tolist() == frame["rounded"].tolist()
    assert perfxl.check_weights(found) == []


def test_weights_short_by_a_hundredth() -> None:
    frame = pd.DataFrame({"kpi": ["a", "b", "c"], "weight": [33.33, 33.33, 33.33]})
    policy = Policy().but(weight_max=50.0, weight_step=0.01, kpi_min=1)
    (found,) = perfxl.check_weights(frame, policy)
    assert found.code == "W101" and "0.01" in found.message("en")


def _veto(**changes: Any) -> pd.DataFrame:
    veto = {"person": "p", "kpi": "death", "method": "一票否决", **changes}
    return pd.concat([_contract(), pd.DataFrame([veto])], ignore_index=True)


DEATH = pd.DataFrame({"person": ["p"], "kpi": ["death"]})


@pytest.mark.parametrize(
    ("word", "total", "grade"),
    [
        *((word, 0.0, "E") for word in ("zero", "总分为零", "清零", None, " ")),
        *((word, 50.0, "E") for word in ("limit_total", "总分封顶", "limits the total")),
        *((word, 90.0, "C") for word in ("limit_grade", "等级封顶", "limits the grade")),
    ],
)
def test_vetoes_are_understood_in_both_languages(word: Any, total: float, grade: str) -> None:
    found = _only(perfxl.score_contracts(_veto(veto_effect=word, limit=50.0, veto_grade="C"), DEATH))
    assert (found["total"], found["grade"], found["reason"]) == (total, grade, "")


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        (_veto(veto_effect="扣光"), "V108"),
        (_veto(veto_effect="总分封顶", limit="五十九"), "V101"),
        (_veto(veto_grade="甲"), "M125"),
        (_veto(actual="发生"), "X119"),
        (_contract(a={"weight": "六十"}), "V101"),
        (_contract(a={"weight": math.inf}), "V101"),
        (_contract(a={"weight": 61.0}), "W101"),
        (_contract(a={"weight": None}), "W101"),
        (_contract(a={"actual": pd.Timestamp(2025, 3, 5)}), "M106"),
        (_contract(a={"actual": math.inf}), "M106"),
        (_contract(a={"actual": "abc"}), "M106"),
        (_contract(a={"cap": "高"}), "M106"),
        (_contract(a={"floor": 130.0}), "M124"),
        (_contract(a={"method": "比例"}), "M101"),
        (_contract(a={"direction": "斜"}), "M113"),
    ],
)
def test_what_is_wrong_leaves_no_total_and_says_why(lines: pd.DataFrame, code: str) -> None:
    found = _only(perfxl.score_contracts(lines))
    assert math.isnan(found["total"]) and math.isnan(found["provisional"]) and found["grade"] is None
    assert found["reason"].startswith(code)


@pytest.mark.parametrize("again", ["a", " a "])
def test_a_kpi_that_stands_twice_leaves_no_total(again: str) -> None:
    """As in a program: which of the two lines counts is for a person to say."""
    found = _only(perfxl.score_contracts(_contract(b={"kpi": again})))
    assert math.isnan(found["total"]) and math.isnan(found["provisional"]) and found["grade"] is None
    assert found["reason"].startswith("R110") and "p / a" in found["reason"] and "1" in found["reason"]


def test_kpis_of_other_people_and_lines_without_one_repeat_nothing() -> None:
    two = pd.concat([_contract(), _contract().assign(person="q")], ignore_index=True)
    assert perfxl.score_contracts(two)["reason"].tolist() == ["", ""]
    assert _only(perfxl.score_contracts(_contract(**{kpi: {"kpi": None} for kpi in "abc"})))["reason"] == ""


def test_weights_in_percent() -> None:
    lines = _contract(a={"weight": "60%"}, b={"weight": "20 %"}, c={"weight": "20"})
    assert _only(perfxl.score_contracts(lines))["total"] == 90.0
    thirds = _contract(**{kpi: {"weight": 100 / 3, "actual": 90.0} for kpi in "abc"})
    assert _only(perfxl.score_contracts(thirds))["total"] == 90.0


@pytest.mark.parametrize("cell", ["", "  ", "-", "－", "/", "—", "无", "暂无", None, pd.NaT])
def test_ways_to_say_that_there_is_nothing_yet(cell: Any) -> None:
    found = _only(perfxl.score_contracts(_contract(a={"actual": cell})))
    assert (found["provisional"], found["completeness"], found["reason"]) == (90.0, 40.0, "")
    lines = perfxl.score_lines(_contract(a={"actual": cell}))
    assert lines["status"].tolist() == ["pending", "scored", "scored"]


def _fault(**changes: Any) -> pd.DataFrame:
    fault = {"person": "p", "kpi": "fault", "method": "扣分", "k": 3.0, **changes}
    return pd.concat([_contract(), pd.DataFrame([fault])], ignore_index=True)


@pytest.mark.parametrize(("count", "total"), [(2, 84.0), ("2", 84.0), ("2次", 84.0), ("2 times", 84.0), (None, 87.0)])
def test_counts_of_events(count: Any, total: float) -> None:
    events = pd.DataFrame({"person": ["p"], "kpi": ["fault"], "count": [count]})
    assert _only(perfxl.score_contracts(_fault(), events))["total"] == total


@pytest.mark.parametrize("count", [-1, 0, "多次", math.inf, pd.Timestamp(2025, 3, 5)])
def test_counts_that_are_none(count: Any) -> None:
    events = pd.DataFrame({"person": ["p"], "kpi": ["fault"], "count": [count]})
    found = _only(perfxl.score_contracts(_fault(), events))
    assert math.isnan(found["total"]) and found["reason"].startswith("C143")


def test_a_deduction_with_an_actual_and_events() -> None:
    events = pd.DataFrame({"person": ["p"], "kpi": ["fault"], "count": [2]})
    assert _only(perfxl.score_contracts(_fault(actual=2.0), events))["total"] == 84.0
    assert _only(perfxl.score_contracts(_fault(actual=3.0), events))["reason"].startswith("M119")


def test_a_limit_that_cannot_be_read() -> None:
    found = perfxl.score_lines(_fault(limit="40分", actual=1.0))
    assert found["status"].tolist()[3] == "problem" and found["reason"].tolist()[3].startswith("M106")


def test_steps_take_no_dates() -> None:
    found = perfxl.score_lines(
        pd.DataFrame({"method": ["steps"], "actual": [pd.Timestamp(2025, 3, 5)], "steps": ["100:120;95:100"]})
    )
    assert found["status"].tolist() == ["problem"] and found["reason"][0].startswith("M106")


def test_lines_without_versions_say_so_where_the_policy_counts_them() -> None:
    lines = pd.DataFrame({"person": ["p"], "kpi": ["k"], "method": "ratio", "actual": 92, "target": 100, "weight": 100})
    for rule, said in (("days", "C244"), ("current", "")):
        found = _only(perfxl.score_contracts(lines, policy=Policy().but(amendment_scoring=rule)))
        assert (found["total"], found["reason"][:4]) == (92.0, said)

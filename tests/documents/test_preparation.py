"""Interview preparation: results to affirm, gaps by what they cost, open questions, promises, the year's course."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from perfxl.documents.papers import preparation
from perfxl.documents.papers.contexts import Contexts
from tests.documents.contract_book import policy
from tests.documents.cycle_book import COUPLE, LONG_NAME, MANAGER, book


def says(person: str, **tables: Any) -> dict[str, Any]:
    return preparation.context(Contexts(book(**tables), policy()), person)


@pytest.fixture(scope="module")
def manager() -> dict[str, Any]:
    return says(MANAGER)


def test_the_best_lines_are_affirmed(manager: dict[str, Any]) -> None:
    assert [(a["kpi"], a["points"]) for a in manager["affirmed"]] == [
        ("净营运资产贡献率", "102.64"),
        ("营销收入", "102.50"),
        ("关键人员流失率", "100.00"),
    ]


def test_gaps_come_by_what_they_cost(manager: dict[str, Any]) -> None:
    assert [(g["kpi"], g["gap"], g["lost"]) for g in manager["gaps"]] == [
        ("预算网络成本贡献率", "−1.0 个百分点", "2.00"),
        ("大客户收入/总收入", "−2 个百分点", "1.50"),
        ("新计费系统上线", "晚 10 天", "1.50"),
        ("部门协调能力", "—", "1.25"),
        ("营销成本", "+500 (+4.0%)", "0.60"),
        ("应收帐款周转次数", "−0.5 (−8.3%)", "0.50"),  # half of it is given back on appeal
    ]
    assert manager["gaps"][-2]["cause"] == "促销集中在三季度"
    assert manager["gaps"][0]["cause"] == ""


def test_open_questions_come_from_the_data(manager: dict[str, Any]) -> None:
    assert manager["questions"] == [
        "“客户满意度”按不适用处理：双方是否都认可？",
        "2025年5月20日“重大通信障碍”：端局交换机瘫痪42分钟。事实与责任是否清楚？",
        "2025年9月1日“集团通报表扬”：获集团通报表扬。事实与责任是否清楚？",
    ]
    assert says(COUPLE)["questions"] == [
        "“营销收入”的实绩尚未报齐（目前 12,500）：其余何时能报？由谁提供数据？",
        "申诉 SS2025-002 尚未决定：未计算新签客户",
        "员工此前表示保留意见：保留意见",
    ]


def test_promises_say_where_they_come_from_and_how_they_stand(manager: dict[str, Any]) -> None:
    assert [(p["source"], p["due"], p["status"]) for p in manager["promises"]] == [
        ("改进计划", "2026年3月31日", "进行中"),
        ("改进计划", "—", "—"),
        ("行动计划", "2025年6月30日", "已完成"),
        ("行动计划", "2025年9月30日", "已逾期"),
        ("辅导约定", "—", "—"),
    ]


@pytest.mark.parametrize(
    ("held", "to_come", "last"),
    [
        (date(2026, 1, 15), None, []),  # the one about this period
        (date(2025, 7, 10), None, ["半年目标"]),
        (date(2026, 1, 15), date(2026, 7, 1), ["半年目标"]),  # before the one to come
        (date(2026, 9, 1), date(2026, 7, 1), []),
    ],
)
def test_the_last_interview_is_a_past_one(held: date, to_come: date | None, last: list[str]) -> None:
    interviews = [{"holder": MANAGER, "interviewer": "E001", "date": held, "next_targets": "半年目标"}]
    if to_come:
        interviews.append({"holder": MANAGER, "interviewer": "E001", "date": to_come, "place": "302"})
    promises = says(MANAGER, interviews=interviews)["promises"]
    assert [p["text"] for p in promises if p["source"] == "上次面谈"] == last


def test_causes_are_those_of_missed_targets() -> None:
    """Fewer points than 100 are no gap where the target was reached: at the target, this rule gives 80."""
    coaching = [
        {"holder": MANAGER, "coach": "E001", "kpi": kpi, "situation": "一季度落后", "cause": f"{kpi}的原因"}
        for kpi in ("F01", "F04")
    ]
    reached = {"F01": 0.105, "F04": 13000.0}
    actuals = [{"holder": MANAGER, "kpi": kpi, "period": "2025", "value": value} for kpi, value in reached.items()]
    contexts = Contexts(book(coaching=coaching, actuals=actuals), policy(knot_target=80.0))
    context = preparation.context(contexts, MANAGER)
    assert [(g["kpi"], g["cause"]) for g in context["gaps"]] == [("营销成本", "F04的原因")]
    assert "净营运资产贡献率" in [a["kpi"] for a in context["affirmed"]]


def test_time_and_place_are_those_of_the_interview_to_come(manager: dict[str, Any]) -> None:
    assert (manager["date"], manager["place"]) == ("", "")  # the one in the table was held
    planned = {"holder": MANAGER, "interviewer": "E001", "date": date(2026, 2, 1), "place": "302"}
    context = says(MANAGER, interviews=[planned])
    assert (context["date"], context["place"]) == ("2026年2月1日", "302")
    assert not [p for p in context["promises"] if p["source"] == "上次面谈"]


def test_the_course_of_the_year_weighs_what_reports_more_than_once(manager: dict[str, Any]) -> None:
    assert [point["period"] for point in manager["trend"]] == ["3月", "6月", "9月", "12月"]
    # revenue, weight 25: 17000 of 20000; contribution, weight 10: 10% of 10.5%
    assert manager["trend"][0]["attainment"] == pytest.approx((25 * 85 + 10 * 100 * 0.1 / 0.105) / 35, abs=0.05)
    assert {point["target"] for point in manager["trend"]} == {100.0}


def test_phased_targets_are_the_measure_where_they_are_given() -> None:
    steps = [("2025Q1", 17000.0), ("2025Q2", 37500.0), ("2025Q3", 56500.0), ("2025Q4", 82000.0)]
    phasing = [{"contract": "HT-2025-002", "kpi": "F02", "period": p, "target": t} for p, t in steps]
    lines = [{"contract": "HT-2025-002", "kpi": "F02", "weight": 100.0, "target": 80000.0}]
    context = says(MANAGER, phasing=phasing, contract_lines=lines)
    assert [point["attainment"] for point in context["trend"]] == [100.0, 100.0, 100.0, 100.0]


def test_without_a_course_there_is_no_chart() -> None:
    assert says(LONG_NAME)["trend"] == []

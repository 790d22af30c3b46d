"""The score notice: every line with its rule and figures, the sum, the average of several contracts, the chart."""

from __future__ import annotations

import re
from typing import Any

import pytest

from perfxl.assets import doc_templates
from perfxl.documents.papers import notice
from perfxl.documents.papers.contexts import Contexts
from perfxl.documents.template.compiled import CompiledTemplate
from tests.documents.contract_book import KPIS, policy
from tests.documents.cycle_book import APPEALS, COUPLE, EVENTS, LONG_NAME, MANAGER, book
from tests.documents.docx_kit import texts_of
from tests.documents.papers import strings


def says(person: str, lang: str = "zh", **tables: Any) -> dict[str, Any]:
    tables.setdefault("appeals", [])
    return notice.context(Contexts(book(**tables), policy(), lang), person)


@pytest.fixture(scope="module")
def manager() -> dict[str, Any]:
    return says(MANAGER)


def line_of(context: dict[str, Any], kpi: str) -> dict[str, str]:
    return next(line for line in context["contracts"][-1]["lines"] if line["kpi"] == kpi)


@pytest.mark.parametrize(
    ("kpi", "target", "actual", "points", "weighted", "calculation"),
    [
        (
            "净营运资产贡献率",
            "10.5%",
            "10.7%",
            "102.64",
            "10.264",
            "代入：100+(120−100)×(10.6977%−10.5%)÷(12%−10.5%)＝102.64 分。",
        ),
        ("营销收入", "80,000", "82,000", "102.50", "25.625", "代入：100×(1+(82000−80000)÷80000)＝102.5 分。"),
        ("应收帐款周转次数", "6.0", "5.5", "90.00", "9.00", "代入：100+10×(5.5−6)÷0.5＝90 分。"),
        ("关键人员流失率", "2.0%", "1.8%", "100.00", "10.00", ""),
        ("部门协调能力", "—", "良", "75.00", "3.75", "评为“良”，得 75 分。"),
        ("收入增长率*", "15%", "16%", "—", "—", ""),
    ],
)
def test_lines_carry_their_rule_with_the_figures(
    manager: dict[str, Any], kpi: str, target: str, actual: str, points: str, weighted: str, calculation: str
) -> None:
    line = line_of(manager, kpi)
    assert (line["target"], line["actual"], line["points"]) == (target, actual, points)
    assert (line["weighted"], line["calculation"]) == (weighted, calculation)


def test_weight_of_what_is_not_applicable_is_seen_to_move(manager: dict[str, Any]) -> None:
    gone = line_of(manager, "客户满意度")
    assert (gone["actual"], gone["weight"], gone["points"]) == ("不适用", "0%", "—")
    assert gone["calculation"] == "不适用，权重分给其余指标。"
    taken = line_of(manager, "大客户收入/总收入")
    assert taken["weight"] == "7.5%"
    assert taken["calculation"] == "达到 30%，得 80 分；不适用指标的权重分摊后为 7.5%。"


def test_weighted_points_add_up_to_the_sum(manager: dict[str, Any]) -> None:
    (contract,) = manager["contracts"]
    parts = [float(line["weighted"]) for line in contract["lines"] if line["weighted"] != "—"]
    assert f"{sum(parts):.3f}" == contract["weighted"] == "93.039"
    assert contract["sum"] == "加权得分合计 93.039 分 + 加分 2.00 分 − 扣分 10.00 分。"
    assert manager["result"] == {
        "official": True,
        "state": "正式",
        "total": "85.04",
        "grade": "B",
        "has_coefficient": True,
        "coefficient": "1.1",
        "decided": "",
    }


def test_events_stand_beside_what_they_cost(manager: dict[str, Any]) -> None:
    shown = [(a["kpi"], a["events"], a["points"]) for a in manager["contracts"][0]["adjustments"]]
    assert shown == [
        ("重大通信障碍", "2025年5月20日 端局交换机瘫痪42分钟（2 次）（来源：网管中心故障通报）", "−10.00"),
        ("集团通报表扬", "2025年9月1日 获集团通报表扬", "+2.00"),
        ("重大安全责任事故", "未发生", "—"),
    ]


@pytest.mark.parametrize(
    ("effect", "said", "total", "grade"),
    [
        ("zero", "总分为零", "0.00", "E"),
        ("limit_total", "总分不超过 59 分", "59.00", "E"),
        ("limit_grade", "等级不高于 D", "85.04", "D"),
    ],
)
def test_a_veto_says_what_it_does(effect: str, said: str, total: str, grade: str) -> None:
    kpis = [{**k, "veto_effect": effect} if k["kpi"] == "V01" else k for k in KPIS]
    veto = {"holder": MANAGER, "kpi": "V01", "kind": "veto", "date": EVENTS[0]["date"], "fact": "安全事故"}
    context = says(MANAGER, kpis=kpis, events=[*EVENTS, veto])
    contract = context["contracts"][0]
    assert contract["adjustments"][-1]["points"] == said
    assert contract["sum"].endswith(f"否决：{said}。")
    assert (context["result"]["total"], context["result"]["grade"]) == (total, grade)


def test_points_beyond_the_limits_say_so() -> None:
    actuals = [
        {"holder": MANAGER, "kpi": "F02", "period": "2025", "value": 200000.0},
        {"holder": MANAGER, "kpi": "F04", "period": "2025", "value": 30000.0},
    ]
    context = says(MANAGER, actuals=actuals)
    assert line_of(context, "营销收入")["calculation"].endswith("＝250 分；超过上限，按 120 分计。")
    assert line_of(context, "营销成本")["calculation"].endswith("＝−40 分；低于下限，按 0 分计。")


def test_what_is_pending_leaves_a_provisional_total() -> None:
    context = says(COUPLE)
    line = line_of(context, "营销收入")
    assert (line["actual"], line["status"], line["calculation"]) == ("12,500", "待报", "截至目前 12,500。")
    assert context["result"]["state"] == "暂定，完整度 40%"
    assert context["result"]["grade"] == "—"
    assert "“营销收入”尚未上报，暂按已知权重 40% 折算为" in context["contracts"][0]["sum"]


def test_several_contracts_are_averaged_by_days() -> None:
    context = says(LONG_NAME)
    assert [c["number"] for c in context["contracts"]] == ["HT-2025-005", "HT-2025-005-2"]
    assert context["average"] == "(100.00 分 × 181 天 + 100.00 分 × 184 天) ÷ 365"
    assert (context["several"], says(COUPLE)["several"]) == (True, False)


def test_the_second_holder_gets_a_notice_too() -> None:
    assert says("E004")["holder"]["name"] == "陈立"
    assert says("E004")["contracts"][0]["number"] == "HT-2025-003"


def test_the_chart_holds_numbers_of_weighted_lines(manager: dict[str, Any]) -> None:
    chart = {point["kpi"]: point for point in manager["score_chart"]}
    assert len(chart) == 9  # neither monitored, nor not applicable, nor without weight
    assert chart["营销收入"] == {"kpi": "营销收入", "target": 100.0, "met": 102.5, "missed": None}
    assert chart["营销成本"] == {"kpi": "营销成本", "target": 100.0, "met": None, "missed": 96.0}


def test_nobody_else_is_named(manager: dict[str, Any]) -> None:
    said = "\n".join(strings(manager))
    for stranger in ("E003", "欧阳思远", "陈立", "阿卜杜热西提", "HT-2025-003", "HT-2025-005"):
        assert stranger not in said


def test_english_calculations_are_english() -> None:
    context = says(MANAGER, "en")
    assert line_of(context, "营销收入")["calculation"] == "Here: 100×(1+(82000−80000)÷80000) = 102.5 points."
    assert context["contracts"][0]["sum"] == "Weighted points 93.039 + bonuses 2.00 − deductions 10.00."
    said = re.sub(r"[“”＝–—×÷−…]", "", line_of(context, "大客户收入/总收入")["calculation"])
    assert said.isascii()


def test_without_figures_there_is_no_chart_and_no_sum() -> None:
    context = says(MANAGER, actuals=[], events=[])
    assert context["score_chart"] == []
    assert (context["result"]["total"], context["result"]["state"]) == ("—", "尚无得分")
    said = texts_of(CompiledTemplate(doc_templates() / "notice.zh.docx").render(context))
    assert "尚无得分。" in said and not any("总分 —" in text for text in said)


def test_a_granted_appeal_shows_both_results_and_who_decided() -> None:
    context = says(MANAGER, appeals=APPEALS)
    assert (context["result"]["total"], context["result"]["grade"]) == ("85.54", "B")
    assert context["result"]["state"] == "正式（申诉后，原 85.04 B）"
    line = line_of(context, "应收帐款周转次数")
    assert (line["points"], line["weighted"]) == ("95.00", "9.50")
    decided = "SS2025-001、绩效申诉工作小组、2026-02-04"
    assert line["calculation"].endswith(f"申诉后 95 分，原 90 分（{decided}）。")
    assert context["result"]["decided"] == f"原结果 85.04 B；申诉后 85.54 B（{decided}）"
    assert context["contracts"][0]["sum"].endswith(f"；{context['result']['decided']}。")
    assert context["contracts"][0]["result"]["total"] == "85.54"


def test_a_provisional_result_stays_so_whatever_was_decided() -> None:
    decided = {**APPEALS[0], "holder": LONG_NAME, "kpi": None, "points": 91.0}
    before, after = says(LONG_NAME), says(LONG_NAME, appeals=[decided])
    assert not after["result"]["official"]
    assert (after["result"], after["average"]) == (before["result"], before["average"])

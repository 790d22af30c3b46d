"""The coaching record: how the KPIs stand to date, every coaching of the period."""

from __future__ import annotations

from typing import Any

from perfxl.documents.papers import coaching
from perfxl.documents.papers.contexts import Contexts
from tests.documents.contract_book import policy
from tests.documents.cycle_book import COUPLE, MANAGER, book


def says(person: str, **settings: Any) -> dict[str, Any]:
    return coaching.context(Contexts(book(), policy(**settings)), person)


def test_coachings_stand_in_order_of_date() -> None:
    entries = says(MANAGER)["entries"]
    assert [(e["number"], e["date"], e["coach"], e["kpi"]) for e in entries] == [
        ("1", "2025年4月15日", "周建国", "—"),
        ("2", "2025年10月15日", "周建国", "营销成本"),
    ]
    assert (entries[0]["cause"], entries[1]["follow_up"]) == ("—", "11月复查")


def test_figures_to_date_have_lights_and_a_forecast() -> None:
    context = says(COUPLE)
    line = context["lines"][0]
    assert context["as_of"] == "2025年12月"
    assert (line["kpi"], line["target"], line["aim"], line["actual"]) == ("营销收入", "30,000", "15,000", "12,500")
    assert (line["attainment"], line["light"], line["light_name"]) == ("83.3%", "amber", "黄灯")
    assert line["forecast"] == "25,000"


def test_what_has_no_figure_says_why() -> None:
    lines = {line["kpi"]: line for line in says(MANAGER)["lines"]}
    assert lines["客户满意度"]["actual"] == "不适用"
    assert [lines["客户满意度"][name] for name in ("attainment", "light", "forecast")] == ["—", "", "—"]
    dated = [lines["新计费系统上线"][name] for name in ("target", "aim", "actual", "attainment", "light", "forecast")]
    assert dated == ["2025-09-30", "—", "2025-10-10", "—", "amber", "—"]  # 80 points
    assert "重大通信障碍" not in lines


def test_everybody_with_a_contract_gets_one() -> None:
    contexts = Contexts(book(), policy())
    assert coaching.ids(contexts) == ["E002", "E003", "E004", "E005"]
    assert says("E005")["entries"] == []

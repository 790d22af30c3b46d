"""Appeals: the form, the decision and where it leads; one form to hand out."""

from __future__ import annotations

from typing import Any

import pytest

from perfxl.documents.papers import appeal
from perfxl.documents.papers.contexts import Contexts
from tests.documents.contract_book import policy
from tests.documents.cycle_book import APPEALS, COUPLE, LONG_NAME, MANAGER, book
from tests.documents.papers import strings


def says(record: str, lang: str = "zh", **tables: Any) -> dict[str, Any]:
    return appeal.context(Contexts(book(**tables), policy(), lang), record)


def test_an_appeal_shows_the_line_and_the_original_result() -> None:
    context = says("SS2025-001")
    assert context["line"] == {
        "kpi": "应收帐款周转次数",
        "target": "6.0",
        "actual": "5.5",
        "points": "90.00",
        "weight": "10%",
    }
    assert (context["result"]["total"], context["result"]["grade"]) == ("85.04", "B")
    assert (context["reason"], context["finding"], context["decided_on"]) == (
        "口径年中有调整",
        "情况属实",
        "2026年2月4日",
    )


def test_a_changed_line_leads_to_a_changed_total() -> None:
    context = says("SS2025-001")
    assert context["decisions"] == "□ 维持原结果　　☑ 变更结果　　□ 已撤回"
    assert context["changed"] == {"points": "95.00", "total": "85.54", "grade": "B"}  # 10% of 5 points more


@pytest.mark.parametrize(
    ("changes", "changed"),
    [
        ({"decision": "upheld"}, ("", "", "")),
        ({"decision": "open"}, ("", "", "")),
        ({"kpi": None, "points": 91.0}, ("91.00", "91.00", "A")),
        ({"points": None}, ("", "", "")),
        ({"holder": LONG_NAME, "kpi": "Q01"}, ("95.00", "", "")),  # two contracts
        ({"holder": COUPLE, "kpi": "P01"}, ("95.00", "", "")),  # still provisional
    ],
)
def test_totals_are_told_only_where_they_are_plain(changes: dict[str, Any], changed: tuple[str, ...]) -> None:
    context = says("SS2025-001", appeals=[{**APPEALS[0], **changes}])
    assert tuple(context["changed"].values()) == changed


def test_an_open_appeal_leaves_the_decision_blank() -> None:
    context = says("SS2025-002")
    assert context["decisions"] == "□ 维持原结果　　□ 变更结果　　□ 已撤回"
    assert (context["line"]["kpi"], context["finding"], context["decided_by"]) == ("", "", "")


def test_a_form_to_hand_out_names_nobody() -> None:
    contexts = Contexts(book(), policy())
    assert appeal.ids(contexts) == ["SS2025-001", "SS2025-002", "E004", LONG_NAME, "blank"]
    said = set(strings(appeal.context(contexts, "blank")))
    assert said == {
        "",
        "华信通信股份有限公司",
        "2025年度绩效方案",
        "空白表",
        "□ 维持原结果　　□ 变更结果　　□ 已撤回",
    }


def test_only_appeals_are_made_unless_forms_are_asked_for() -> None:
    contexts = Contexts(book(), policy())
    assert appeal.KIND.filled is not None
    assert list(appeal.KIND.filled(contexts)) == ["SS2025-001", "SS2025-002"]


def test_a_form_of_somebody_who_has_not_appealed_names_them_and_their_result() -> None:
    context = says(LONG_NAME)
    assert (context["holder"]["id"], context["form"], context["reason"]) == (LONG_NAME, "空白表", "")
    assert context["result"]["total"] != "" and context["line"]["kpi"] == ""


def test_in_english_a_decision_is_confirmed() -> None:
    decisions = says("SS2025-001", "en", appeals=[{**APPEALS[0], "decision": "upheld"}])["decisions"]
    assert decisions.startswith("☑ Decision confirmed　")


def test_appeals_are_asked_for_by_number_or_employee() -> None:
    contexts = Contexts(book(), policy())
    assert appeal.asked_by(contexts, "SS2025-001") == {"SS2025-001", MANAGER}
    assert appeal.asked_by(contexts, "blank") == {"blank"}

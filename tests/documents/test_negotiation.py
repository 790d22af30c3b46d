"""Target negotiation minutes: both proposals, their difference, what was agreed."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from perfxl.documents.papers import negotiation
from perfxl.documents.papers.contexts import Contexts
from tests.documents.contract_book import policy
from tests.documents.cycle_book import book

MANAGER, COUPLE = "HT-2025-002", "HT-2025-003"


def says(contract: str = MANAGER, lang: str = "zh", **tables: Any) -> dict[str, Any]:
    return negotiation.context(Contexts(book(**tables), policy(), lang), contract)


def line(kpi: str, target: Any, issuer: Any, holder: Any, lang: str = "zh") -> dict[str, str]:
    row = {"contract": MANAGER, "kpi": kpi, "target": target, "proposal_issuer": issuer, "proposal_holder": holder}
    found = says(lang=lang, contract_lines=[row], plans=[])["lines"]
    assert len(found) == 1
    return found[0]  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("kpi", "issuer", "holder", "difference"),
    [
        ("F02", 84000.0, 76000.0, "−8,000 (−9.5%)"),
        ("F04", 12000.0, 13000.0, "+1,000 (+8.3%)"),
        ("F01", 0.12, 0.105, "−1.5 个百分点"),
        ("S01", 0.3, 0.35, "+5 个百分点"),
        ("S04", date(2025, 9, 20), date(2025, 10, 15), "晚 25 天"),
        ("S04", date(2025, 9, 20), date(2025, 9, 10), "早 10 天"),
        ("Q01", "优", "良", "优 → 良"),
        ("F02", 80000.0, 80000.0, ""),
        ("F02", None, 80000.0, ""),
        ("F02", 0.0, 5.0, "+5"),
    ],
)
def test_differences_are_told_in_the_kpis_unit(kpi: str, issuer: Any, holder: Any, difference: str) -> None:
    assert line(kpi, None, issuer, holder)["difference"] == difference


@pytest.mark.parametrize(
    ("target", "outcome"),
    [
        (84000.0, "采纳发约人提议"),
        (76000.0, "采纳受约人提议"),
        (80000.0, "双方折中"),
        (90000.0, "另行商定"),
        (None, ""),
    ],
)
def test_the_outcome_stands_to_the_proposals(target: float | None, outcome: str) -> None:
    assert line("F02", target, 84000.0, 76000.0)["outcome"] == outcome


def test_lines_that_deduct_or_add_are_not_negotiated() -> None:
    context = says()
    assert [held["kpi"] for held in context["lines"]][-1] == "部门协调能力"
    assert [held["kpi"] for held in context["differences"]] == ["营销收入", "大客户收入/总收入", "新计费系统上线"]


def test_missing_proposals_leave_room_to_write() -> None:
    context = says(COUPLE)
    assert {held["proposal_issuer"] for held in context["lines"]} == {""}
    assert context["differences"] == []


def test_resources_come_from_the_holders_plans() -> None:
    needed = {"kpi": "营销收入", "action": "开展大客户回访", "resources": "专项预算3万元", "provider": "", "sla": ""}
    assert says()["supports"] == [needed]
    assert says(COUPLE)["supports"] == []


def test_english() -> None:
    held = line("S04", None, date(2025, 9, 20), date(2025, 10, 15), "en")
    assert (held["proposal_issuer"], held["difference"]) == ("20 Sep 2025", "25 days later")

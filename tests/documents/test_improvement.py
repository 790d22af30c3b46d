"""Improvement plans: from the table, else the weakest KPIs; vague actions are flagged."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from perfxl.core.problems import Severity
from perfxl.documents.papers import improvement
from perfxl.documents.papers.contexts import ContextError, Contexts
from tests.documents.batch_kit import make_documents
from tests.documents.contract_book import policy
from tests.documents.cycle_book import COUPLE, IMPROVEMENTS, MANAGER, book
from tests.documents.papers import whole_text


def contexts(lang: str = "zh", **tables: Any) -> Contexts:
    return Contexts(book(**tables), policy(), lang)


def test_actions_of_the_table_stand_beside_what_was_reached() -> None:
    context = improvement.context(contexts(), MANAGER)
    first, second = context["items"]
    assert context["planned"]
    assert (first["number"], first["kpi"], first["target"], first["actual"], first["points"]) == (
        "1",
        "营销成本",
        "12,500 万元",
        "13,000 万元",
        "96.00",
    )
    assert (first["owner"], first["due"], first["check_date"]) == ("林晓梅", "2026年3月31日", "2026年4月10日")
    assert (first["vague"], second["vague"]) == (False, True)
    assert (second["kpi"], second["owner"], second["due"]) == ("大客户收入/总收入", "", "")


def test_without_actions_the_weakest_lines_are_prefilled() -> None:
    context = improvement.context(contexts(improvements=[]), MANAGER)
    assert not context["planned"]
    assert [(i["kpi"], i["gap"], i["owner"], i["action"]) for i in context["items"]] == [
        ("预算网络成本贡献率", "−1.0 个百分点", "林晓梅", ""),
        ("大客户收入/总收入", "−2 个百分点", "林晓梅", ""),
        ("新计费系统上线", "晚 10 天", "林晓梅", ""),
    ]


def test_who_met_every_target_gets_a_plan_without_items() -> None:
    assert improvement.context(contexts(), "E005")["items"] == []


def test_vague_and_incomplete_actions_are_noticed_at_their_cells() -> None:
    actions = [
        *IMPROVEMENTS,
        {**IMPROVEMENTS[0], "owner": None, "check_date": None},
    ]
    found = improvement.review(contexts(improvements=actions), MANAGER)
    assert [(p.code, p.severity, p.address.cell) for p in found] == [
        ("D301", Severity.NOTICE, "E5"),
        ("D302", Severity.NOTICE, "F6"),
    ]
    assert "加强大客户服务" in found[0].message("zh")
    assert found[1].message("zh").endswith("没有写明：责任人、检查日期")
    assert found[1].message("en").endswith("does not say: Owner, Check date")
    assert improvement.review(contexts(), COUPLE) == []


@pytest.mark.parametrize(("lang", "warned"), [("zh", "措施不够具体"), ("en", "Too vague")])
def test_the_batch_tells_and_the_paper_shows_it(lang: str, warned: str, tmp_path: Path) -> None:
    files, problems = make_documents("improvement", book(), policy(), tmp_path, lang=lang, only=[MANAGER])
    assert [p.code for p in problems] == ["D301"]
    (paper,) = [file for file in files if file.suffix == ".docx"]
    assert whole_text(paper).count(warned) == 1


def test_actions_of_somebody_without_a_contract_are_told() -> None:
    actions = [{**IMPROVEMENTS[0], "holder": "E001"}]
    made = contexts(improvements=actions)
    assert improvement.ids(made)[-1] == "E001"
    with pytest.raises(ContextError) as caught:
        improvement.context(made, "E001")
    assert [(p.code, p.value) for p in caught.value.problems] == [("D208", "E001")]

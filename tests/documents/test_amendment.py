"""Contract amendments: what changed since the version before, or a form."""

from __future__ import annotations

from datetime import date
from typing import Any

from perfxl.assets import doc_templates
from perfxl.documents.papers import amendment
from perfxl.documents.papers.contexts import Contexts
from perfxl.documents.template.compiled import CompiledTemplate
from tests.documents.contract_book import policy
from tests.documents.cycle_book import LONG_NAME, book
from tests.documents.docx_kit import texts_of

OLD, NEW = "HT-2025-005", "HT-2025-005-2"


def says(contract: str, **tables: Any) -> dict[str, Any]:
    return amendment.context(Contexts(book(**tables), policy()), contract)


def versions(old: list[dict[str, Any]], new: list[dict[str, Any]], **changed: Any) -> dict[str, Any]:
    parties = {"holder": LONG_NAME, "issuer": "E001"}
    contracts = [
        {"contract": OLD, **parties, "start": date(2025, 1, 1), "end": date(2025, 6, 30), "version": "1"},
        {"contract": NEW, **parties, "start": date(2025, 7, 1), "end": date(2025, 12, 31), "version": "2", **changed},
    ]
    lines = [*({"contract": OLD, **line} for line in old), *({"contract": NEW, **line} for line in new)]
    return says(NEW, contracts=contracts, contract_lines=lines)


def changes(context: dict[str, Any]) -> list[tuple[str, ...]]:
    return [tuple(change[name] for name in ("kpi", "kind", "item", "before", "after")) for change in context["changes"]]


def test_changed_added_and_dropped_lines() -> None:
    context = versions(
        [
            {"kpi": "F02", "weight": 60.0, "target": 100.0},
            {"kpi": "P01", "weight": 40.0, "target": 0.02},
        ],
        [
            {"kpi": "F02", "weight": 50.0, "target": 90.0, "challenge": 110.0},
            {"kpi": "F05", "weight": 50.0, "target": 6.0},
        ],
    )
    assert changes(context) == [
        ("营销收入", "调整", "权重", "60%", "50%"),
        ("营销收入", "调整", "目标值", "100", "90"),
        ("营销收入", "调整", "挑战值", "—", "110"),
        ("应收帐款周转次数", "新增", "权重", "—", "50%"),
        ("应收帐款周转次数", "新增", "目标值", "—", "6.0"),
        ("关键人员流失率", "取消", "权重", "40%", "—"),
        ("关键人员流失率", "取消", "目标值", "2.0%", "—"),
    ]
    assert context["previous"] == {"number": OLD, "version": "1", "valid_to": "2025年6月30日"}


def test_an_unchanged_version_has_no_changes() -> None:
    lines = [{"kpi": "F02", "weight": 100.0, "target": 100.0}]
    context = versions(lines, lines)
    assert (context["changes"], context["previous"]["number"]) == ([], OLD)


def test_the_first_version_is_a_form_with_its_lines() -> None:
    context = says(OLD)
    assert (context["previous"], context["changes"]) == (None, [])
    assert [(line["kpi"], line["weight"]) for line in context["lines"]] == [
        ("部门协调能力", "50%"),
        ("政府协调能力", "50%"),
    ]
    assert context["total_weight"] == "100%"


def test_another_post_is_another_contract() -> None:
    lines = [{"kpi": "F02", "weight": 100.0, "target": 100.0}]
    assert versions(lines, lines, post="总监")["previous"] is None
    assert versions(lines, lines, unit="U1")["previous"] is None


def test_the_paper_names_the_contract_that_is_changed() -> None:
    template = CompiledTemplate(doc_templates() / "amendment.zh.docx")
    for contract in (OLD, NEW):
        assert any(f"对业绩合同 {OLD} 作如下变更" in text for text in texts_of(template.render(says(contract))))

"""Unit summaries: whom they count, how grades compare with the company's, what they do not show."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from perfxl.documents.papers import unit_summary
from perfxl.documents.papers.contexts import Contexts
from tests.documents.contract_book import UNITS, policy
from tests.documents.cycle_book import book
from tests.documents.papers import strings, whole_text
from tests.documents.test_papers import template


@pytest.fixture(scope="module")
def contexts() -> Contexts:
    return Contexts(book(), policy())


def test_units_with_people_have_a_summary(contexts: Contexts) -> None:
    assert unit_summary.ids(contexts) == ["U0", "U1", "U2"]
    assert unit_summary.asked_by(contexts, "U1") == {"U1", "E002"}
    empty = [*UNITS, {"unit": "U9", "name": "筹备组", "parent": "U0"}]
    assert "U9" not in unit_summary.ids(Contexts(book(units=empty), policy()))


def test_a_unit_counts_its_own_and_the_units_below(contexts: Contexts) -> None:
    company, marketing = (unit_summary.context(contexts, unit) for unit in ("U0", "U1"))
    assert [company[name] for name in ("count", "official", "pending")] == ["4", "1", "3"]
    assert [marketing[name] for name in ("count", "official", "average")] == ["3", "1", "85.54"]
    assert company["unit"]["parent"] == "—"
    assert (marketing["unit"]["parent"], marketing["head"]["name"]) == ("华信通信股份有限公司", "林晓梅")


def test_people_stand_by_total_provisional_ones_last(contexts: Contexts) -> None:
    people = unit_summary.context(contexts, "U1")["people"]
    assert [(p["number"], p["id"], p["total"], p["state"]) for p in people] == [
        ("1", "E002", "85.54", "正式（申诉后，原 85.04 B）"),
        ("2", "E003", "0.00", "暂定，完整度 40%"),
        ("3", "E004", "0.00", "暂定，完整度 40%"),
    ]


def test_the_superior_unit_lists_the_heads_below_not_their_people(contexts: Contexts) -> None:
    company = unit_summary.context(contexts, "U0")
    assert [p["id"] for p in company["people"]] == ["E002"]
    assert [(u["name"], u["head"], u["count"], u["grades"]) for u in company["units"]] == [
        ("营销公司", "林晓梅", "3", "B 1 人"),
        ("战略发展部", "—", "1", "—"),
    ]
    assert company["unit_chart"] == [{"unit": "营销公司", "average": 85.54}]


def test_grades_are_shares_of_official_totals(contexts: Contexts) -> None:
    marketing = unit_summary.context(contexts, "U1")["distribution"]
    assert [(d["grade"], d["count"], d["share"], d["company"]) for d in marketing] == [
        ("A", "0", "0.0%", "0.0%"),
        ("B", "1", "100.0%", "100.0%"),
        ("C", "0", "0.0%", "0.0%"),
        ("D", "0", "0.0%", "0.0%"),
        ("E", "0", "0.0%", "0.0%"),
    ]
    assert marketing[1]["share_number"] == 100.0
    strategy = unit_summary.context(contexts, "U2")
    assert {d["share"] for d in strategy["distribution"]} == {"0.0%"}
    assert strategy["average"] == "—"


@pytest.mark.parametrize(
    ("lang", "company", "unit"), [("zh", "公司绩效汇总", "部门绩效汇总"), ("en", "Company Summary", "Unit Summary")]
)
def test_the_company_is_no_unit_and_is_not_compared_with_itself(
    lang: str, company: str, unit: str, tmp_path: Path
) -> None:
    contexts = Contexts(book(), policy(), lang)
    shown = {}
    for of in ("U0", "U1"):
        context = unit_summary.context(contexts, of)
        path = tmp_path / f"{of}.docx"
        path.write_bytes(template("unit_summary", lang).render(context))
        shown[of] = whole_text(path), unit_summary.KIND.name_file(context, lang), context["unit"]["whole"]
    heads = {"zh": "全公司占比", "en": "Company"}
    text, name, whole = shown["U0"]
    assert whole and company in text and unit not in text and heads[lang] not in text.split("\n")
    assert unit not in name
    text, name, whole = shown["U1"]
    assert not whole and unit in text and heads[lang] in text.split("\n")


def test_a_unit_sees_nobody_of_another(contexts: Contexts) -> None:
    said = "\n".join(strings(unit_summary.context(contexts, "U2")))
    assert "阿卜杜热西提" in said
    for stranger in ("林晓梅", "欧阳思远", "陈立", "营销公司"):
        assert stranger not in said


def test_units_in_a_circle_come_to_an_end() -> None:
    units: list[dict[str, Any]] = [
        {"unit": "U0", "name": "总部", "parent": "U1"},
        {"unit": "U1", "name": "营销公司", "parent": "U0"},
        {"unit": "U2", "name": "战略发展部", "parent": "U1"},
    ]
    context = unit_summary.context(Contexts(book(units=units), policy()), "U0")
    assert context["count"] == "4"

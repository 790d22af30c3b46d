"""What a demanding reader looks for in contracts and notices: nothing empty, nothing raw, nothing cut in two."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn

from perfxl.documents.papers import contract, notice
from perfxl.documents.papers.contexts import Contexts
from tests.documents.contract_book import GRADE_TABLES, KPIS, policy
from tests.documents.cycle_book import LONG_NAME, MANAGER, book
from tests.documents.docx_kit import unzipped
from tests.documents.papers import whole_text
from tests.documents.test_papers import LANGUAGES, template

DEFAULT = {"优": 100.0, "良": 75.0, "中": 50.0, "差": 0.0}


def make(kind: str, context: dict[str, Any], folder: Path, lang: str = "zh") -> Path:
    path = folder / f"{kind}.docx"
    path.write_bytes(template(kind, lang).render(context))
    return path


def test_grades_are_described_by_the_default_scale() -> None:
    """Its own sentences first; a grade without one, or a KPI without a scale, as 默认 says."""
    rows = [
        {"scale": "默认", "grade": grade, "points": points, "sentence": f"{grade}的样子"}
        for grade, points in DEFAULT.items()
    ]
    own = [{**row, "sentence": None} if row["grade"] == "差" else row for row in GRADE_TABLES]
    held = policy()
    held = replace(held, scales={**held.scales, "默认": DEFAULT})
    shown = contract.context(Contexts(book(grade_tables=[*own, *rows]), held), "HT-2025-005")["described_scales"]
    assert [[g["sentence"] for g in scale["grades"]] for scale in shown] == [
        [*(row["sentence"] for row in GRADE_TABLES[:3]), "差的样子"],
        ["优的样子", "良的样子", "中的样子", "差的样子"],
    ]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_grades_without_words_have_no_table_of_dashes(lang: str, tmp_path: Path) -> None:
    context = contract.context(Contexts(book(grade_tables=[]), policy(), lang), "HT-2025-005")
    assert context["scales"] and not context["described_scales"]
    assert {"zh": "附件二", "en": "Grade tables"}[lang] not in whole_text(make("contract", context, tmp_path, lang))


def test_what_little_is_known_of_stands_in_one_table(tmp_path: Path) -> None:
    bare = [{name: kpi[name] for name in ("kpi", "name", "category", "kind", "method", "unit")} for kpi in KPIS]
    context = contract.context(Contexts(book(kpis=bare), policy()), "HT-2025-003")
    assert context["cards"] == [] and len(context["briefs"]) == 2
    tables = docx.Document(str(make("contract", context, tmp_path))).tables
    assert [[cell.text for cell in row.cells][:2] for row in tables[-1].rows] == [
        ["序号", "指标名称"],
        ["1", "营销收入"],
        ["2", "关键人员流失率"],
    ]


def test_a_card_has_no_rows_or_words_for_what_is_not_known() -> None:
    context = contract.context(Contexts(book(), policy()), "HT-2025-002")
    cards = {card["kpi"]: card for card in context["cards"]}
    assert cards["营销成本"]["facts"] == "数据来源：财务部；考核周期：月"
    assert not any("—" in card["facts"] for card in context["definitions"])
    assert [each["number"] for each in context["definitions"]] == [str(n) for n in range(1, 16)]
    assert {*cards} | {b["kpi"] for b in context["briefs"]} == {each["kpi"] for each in context["definitions"]}


def test_a_ratio_can_be_worked_out_again() -> None:
    (line,) = [each for each in notice.context(Contexts(book(), policy()), MANAGER)["lines"] if each["fraction"]]
    assert line["kpi"] == "净营运资产贡献率"
    assert line["fraction"] == "数据：2025Q1 2/20、2025Q2 2.4/21、2025Q3 2.2/22、2025Q4 2.6/23；合计 9.2 ÷ 86＝10.7%。"
    assert line["actual"] == "10.7%"


def test_each_segment_has_a_chart_with_its_name(tmp_path: Path) -> None:
    context = notice.context(Contexts(book(), policy()), LONG_NAME)
    first, second, _ = context["score_charts"]
    assert [bool(each["lines"]) for each in context["score_charts"]] == [True, True, False]
    for chart, contract_of_chart in zip((first, second), context["contracts"], strict=True):
        assert chart["title"].startswith(f"{contract_of_chart['number']}　")
    path = make("notice", context, tmp_path)
    assert whole_text(path).count(first["title"]) == 1
    assert unzipped(path.read_bytes())["word/document.xml"].count(b"<c:chart ") == 2
    alone = notice.context(Contexts(book(), policy()), MANAGER)
    assert alone["score_charts"][0]["title"] == ""


def kept(paragraph: Any) -> bool:
    return paragraph.find(f"{qn('w:pPr')}/{qn('w:keepNext')}") is not None


def test_nothing_of_a_notice_is_cut_in_two_or_left_alone(tmp_path: Path) -> None:
    context = notice.context(Contexts(book(), policy()), MANAGER)
    body = docx.Document(str(make("notice", context, tmp_path))).element.body
    rows = list(body.iter(qn("w:tr")))
    assert all(row.find(f"{qn('w:trPr')}/{qn('w:cantSplit')}") is not None for row in rows)
    (total,) = [
        at for at, row in enumerate(rows) if "加权得分合计" in "".join(t.text or "" for t in row.iter(qn("w:t")))
    ]
    assert all(kept(paragraph) for paragraph in rows[total - 1].iter(qn("w:p")))
    texts = ["".join(t.text or "" for t in each.iter(qn("w:t"))) for each in body]
    start, end = texts.index("异议与申诉"), texts.index("签收")
    assert end - start == 4 and all(kept(each) for each in list(body)[start + 1 : end])

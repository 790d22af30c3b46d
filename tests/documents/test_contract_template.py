"""The shipped contract templates and the papers made from them, as files."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn

from perfxl.assets import doc_templates
from tests.documents.batch_kit import make_documents
from tests.documents.contract_book import KPIS, LINES, PEOPLE, YEAR, book, policy
from tests.documents.papers import findings, tables, texts, whole_text

LANGUAGES = ("zh", "en")
MANAGER, COUPLE, LONG_NAME = "HT-2025-002", "HT-2025-003", "HT-2025-005"


@pytest.fixture(scope="module", params=LANGUAGES)
def lang(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def made(lang: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Contract -> file, of the whole book."""
    folder = tmp_path_factory.mktemp("made")
    files, problems = make_documents("contract", book(), policy(), folder, lang=lang)
    assert problems == []
    return dict(zip((MANAGER, COUPLE, LONG_NAME), files, strict=True))


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist()}


def test_templates_and_papers_are_valid(lang: str, made: dict[str, Path]) -> None:
    for path in (doc_templates() / f"contract.{lang}.docx", *made.values()):
        assert findings(path) == []


def test_the_paper_holds_the_contract(lang: str, made: dict[str, Path]) -> None:
    said = texts(made[MANAGER])
    assert said[0] == ("业绩合同" if lang == "zh" else "Performance Contract")
    for expected in ("林晓梅", "总经理", "周建国", "营销公司", MANAGER, "收入增长率*", "80,000", "12.0%"):
        assert any(expected in text for text in said), expected


def test_the_kpi_table_groups_by_aspect_and_adds_up(made: dict[str, Path]) -> None:
    table = tables(made[MANAGER])[1]
    numbers = [row[0] for row in table if row[0].isdigit()]
    assert numbers == [str(i) for i in range(1, 13)]
    assert [row[1] for row in table if len(row) == 3] == ["70%", "15%", "15%", "100%"]


def test_rows_do_not_split_and_heads_repeat(made: dict[str, Path]) -> None:
    body = docx.Document(str(made[MANAGER])).element.body
    rows = list(body.iter(qn("w:tr")))
    assert rows and all(row.find(f"{qn('w:trPr')}/{qn('w:cantSplit')}") is not None for row in rows)
    heads = [row for row in rows if row.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None]
    assert len(heads) == 4  # KPIs, adjustments, signatures, KPIs of which little is known


def test_the_signature_block_keeps_together(made: dict[str, Path]) -> None:
    body = docx.Document(str(made[COUPLE])).element.body
    signatures = list(body.iter(qn("w:tbl")))[2]
    rows = list(signatures.iter(qn("w:tr")))
    assert len(rows) == 4  # head, issuer, two holders
    paragraphs = list(signatures.iter(qn("w:p")))
    assert all(p.find(f"{qn('w:pPr')}/{qn('w:keepNext')}") is not None for p in paragraphs)


def test_the_title_property_names_the_contract(made: dict[str, Path]) -> None:
    assert MANAGER in docx.Document(str(made[MANAGER])).core_properties.title


def test_empty_parts_leave_nothing(lang: str, made: dict[str, Path]) -> None:
    annex = "定性指标分级评估表" if lang == "zh" else "Grade tables of the qualitative KPIs"
    adjusting = "扣分、加分与否决" if lang == "zh" else "Deductions, bonuses and vetoes"
    star = "* 监控指标" if lang == "zh" else "* Monitored KPI"
    full, bare = texts(made[MANAGER]), texts(made[COUPLE])
    for heading in (annex, adjusting, star):
        assert any(text.startswith(heading) for text in full)
        assert not any(text.startswith(heading) for text in bare)


HOSTILE = (
    "A&B <w:t>x</w:t>",
    "{{ contract.number }}",
    "{% for x in y %}",
    "}} {{ {# #} %}",
    "'\"＆“”",
    "李\U0002070e👍🏽",
    "={cmd|'/c calc'!A1}",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(text: str, tmp_path: Path) -> None:
    people = [{**p, "name": text, "post": text} if p["person"] == "E002" else p for p in PEOPLE]
    kpis = [{**k, "name": text, "definition": f"{text}\n第二行"} if k["kpi"] == "F02" else k for k in KPIS]
    tables_held: dict[str, Any] = {"people": people, "kpis": kpis}
    files, problems = make_documents("contract", book(**tables_held), policy(), tmp_path, only=[MANAGER])
    assert problems == []
    said = texts(files[0])
    assert said.count(text) >= 4  # the parties' table, the post, the signatures, the KPI
    assert f"{text}第二行" in said  # the line break is a w:br
    assert findings(files[0]) == []


def test_many_kpis_and_long_names(lang: str, tmp_path: Path) -> None:
    kpis = [{**k, "name": f"{k['name']}（含控股子公司、参股公司与海外分支机构的合并口径）" * 2} for k in KPIS]
    lines = [{"contract": "C1", "kpi": kpi, "weight": w, **figures} for kpi, w, figures in LINES]
    contracts = [{"contract": "C1", "holder": "E005", "second_holder": "E004", "issuer": "E001", **YEAR}]
    held = book(kpis=kpis, contract_lines=lines, contracts=contracts)
    files, problems = make_documents("contract", held, policy(), tmp_path, lang=lang)
    assert problems == []
    said = whole_text(files[0])
    assert all(kpi["name"] in said for kpi in kpis if kpi["kpi"] != "Q02")
    assert findings(files[0]) == []


def test_an_annex_that_follows_on_the_page_keeps_its_distance(lang: str) -> None:
    """It stood close below the signatures, or the table before it."""
    body = docx.Document(str(doc_templates() / f"contract.{lang}.docx")).element.body
    following = [p for p in body.iter(qn("w:pPr")) if p.find(qn("w:pageBreakBefore")) is not None]
    assert [int(p.find(qn("w:spacing")).get(qn("w:before"))) >= 200 for p in following] == [True, True]

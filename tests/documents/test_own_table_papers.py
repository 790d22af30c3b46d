"""Papers of a table that HR has already: what it says in words is printed, what it does not say is left out."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest

from perfxl.assets import doc_templates
from perfxl.cli import main
from perfxl.documents.papers import KINDS
from perfxl.program import load
from tests.documents.papers import findings, tables, texts, whole_text

Captured = pytest.CaptureFixture[str]

WORDS = (
    ("月度绩效考核表",),
    ("姓名：甲", None, "部门：一部", None, "岗位：专员"),
    ("考核指标", "权重", "目标值", "实际完成值", "得分"),
    ("库存资金占用", 30, "同比下降5%", "下降4%", 80),
    ("报表", 30, "每月5日前完成", "按时", 100),
    ("成本", 20, "预算内", "超支2%", 80),
    ("协调能力", 20, "优秀", "良好", 85),
)
SENTENCES = (
    ("月度绩效考核表",),
    ("姓名：甲", None, "部门：一部", None, "岗位：专员"),
    ("考核维度", "关键指标", "目标值", "权重", "评分细则", "实际业绩"),
    ("品质", "合格率", "≥98%", 0.5, "每降低1%扣2分", "97%"),
    ("交期", "准交率", "≥95%", 0.5, "每降低1%扣3分", "95%"),
)
POST = (
    ("仓储部考核标准",),
    ("岗位", "考核维度", "权重", "考核指标", "目标值"),
    ("仓储主管", "准确", 0.5, "盘点准确率", 0.99),
    (None, "成本", 0.5, "仓储成本", 100),
)
CUSTOM_OVERRIDE = (
    b'<Override PartName="/docProps/custom.xml"'
    b' ContentType="application/vnd.openxmlformats-officedocument.custom-properties+xml"/>'
)
CUSTOM_RELATION = (
    b'<Relationship Id="rIdOwn" Target="docProps/custom.xml"'
    b' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/custom-properties"/>'
)
CUSTOM_PROPERTIES = (
    '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"'
    ' xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">'
    '<property fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}" pid="2" name="DocNo">'
    "<vt:lpwstr>HR-07</vt:lpwstr></property>"
    "</Properties>"
)
TEXT_TARGETS = [row[2] for row in WORDS[3:]]


def own_table(folder: Path, rows: Sequence[Sequence[Any]]) -> Path:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append(list(row))
    path = folder / "own.xlsx"
    book.save(path)
    return path


def make(kind: str, rows: Sequence[Sequence[Any]], folder: Path) -> Path:
    """The one paper that is made of a lone table."""
    asked = ["documents", kind, str(own_table(folder, rows)), "-o", str(folder / kind), "--jobs", "1", "--blank"]
    assert main(asked) == 0
    [paper] = (folder / kind).glob("*.docx")
    return paper


@pytest.mark.parametrize("kind", ["contract", "negotiation", "amendment", "notice"])
def test_a_target_in_words_is_printed(kind: str, tmp_path: Path) -> None:
    cells = {cell for table in tables(make(kind, WORDS, tmp_path)) for row in table for cell in row}
    assert cells >= set(TEXT_TARGETS)


def test_what_people_judged_stands_beside_their_mark(tmp_path: Path) -> None:
    rows = [row for table in tables(make("notice", WORDS, tmp_path)) for row in table if row[0] in ("1", "2", "3", "4")]
    assert [row[3:6] for row in rows] == [
        ["同比下降5%", "下降4%", "80.00"],
        ["每月5日前完成", "按时", "100.00"],
        ["预算内", "超支2%", "80.00"],
        ["优秀", "良好", "85.00"],
    ]


def test_a_mark_is_not_in_the_unit_of_its_kpi(tmp_path: Path) -> None:
    head = ["指标", "单位", "权重", "目标", "上级评分(100分)", "自评(100分)"]
    rows: list[list[Any]] = [
        ["姓名：甲"],
        head,
        ["满意度", "%", 60, "90%", 85, 90],
        ["合格率", "%", 40, "95%", 80, 70],
        ["自评占50%，上级占50%"],
    ]
    told = [row[4] for table in tables(make("notice", rows, tmp_path)) for row in table if row[0] in ("1", "2")]
    assert told == ["87.50", "75.00"]


@pytest.mark.parametrize("kind", ["contract", "notice"])
def test_the_own_scoring_sentence_leads_the_rule(kind: str, tmp_path: Path) -> None:
    said = whole_text(make(kind, SENTENCES, tmp_path))
    for sentence, rule in (("每降低1%扣2分", "扣 2 分"), ("每降低1%扣3分", "扣 3 分")):
        assert 0 <= said.find(sentence) < said.find(rule)


@pytest.mark.parametrize("name", sorted(KINDS))
def test_whatever_shows_a_rule_offers_the_own_sentence(name: str) -> None:
    fields = {field.path for field in KINDS[name].fields}
    assert {path.removesuffix("rule") + "scoring_text" for path in fields if path.endswith(".rule")} <= fields


@pytest.mark.parametrize("kind", ["contract", "notice", "interview", "improvement"])
def test_a_name_is_no_employee_id(kind: str, tmp_path: Path) -> None:
    paper = make(kind, WORDS, tmp_path)
    said = texts(paper)
    assert "甲（甲）" not in said and "甲" in said and paper.name.startswith("甲 ") and paper.name.count("甲") == 1
    facts = dict(
        pair for table in tables(paper)[:1] for row in table for pair in zip(row[::2], row[1::2], strict=False)
    )
    assert facts.get("工号", "") == ""


def test_a_contract_of_a_post_names_the_post(tmp_path: Path) -> None:
    paper = make("contract", POST, tmp_path)
    assert paper.name == "仓储主管 业绩合同.docx"
    assert ["受约人", "仓储主管", "岗位", "仓储主管"] in tables(paper)[0]


def test_an_undated_contract_leaves_room_for_its_term(tmp_path: Path) -> None:
    parties = tables(make("contract", WORDS, tmp_path))[0]
    assert ["合同有效期", "　　年　　月　　日至　　年　　月　　日"] in parties


@pytest.mark.parametrize("kind", ["contract", "negotiation", "amendment", "notice", "interview", "improvement"])
def test_nothing_is_said_of_a_period_that_nobody_knows(kind: str, tmp_path: Path) -> None:
    said = whole_text(make(kind, WORDS, tmp_path))
    assert "—至—" not in said and "（）" not in said and not re.search(r"20\d\d", said)


def test_the_notice_without_a_period_is_a_sentence(tmp_path: Path) -> None:
    assert any(text.startswith("甲：您的绩效考核结果如下。") for text in texts(make("notice", WORDS, tmp_path)))


def test_no_row_for_a_category_that_is_not_there(tmp_path: Path) -> None:
    lines = tables(make("contract", WORDS, tmp_path))[1]
    assert [row[0] for row in lines] == ["序号", "1", "2", "3", "4", "合计"]


def test_categories_that_are_there_have_their_rows(tmp_path: Path) -> None:
    lines = tables(make("contract", SENTENCES, tmp_path))[1]
    assert [row[0] for row in lines] == ["序号", "品质", "1", "交期", "2", "合计"]


def test_the_annex_has_no_rows_of_dashes(tmp_path: Path) -> None:
    annex = tables(make("contract", SENTENCES, tmp_path))[-1]
    assert annex[0] == ["序号", "指标名称", "单位", "权重", "计分规则"]
    assert [row[1] for row in annex[1:]] == ["合格率", "准交率"]
    assert all(cell.strip("— ") for row in annex[1:] for cell in row)


def test_a_target_typed_as_a_percentage_prints_as_one(tmp_path: Path) -> None:
    lines = tables(make("contract", SENTENCES, tmp_path))[1]
    assert [(row[1], row[2], row[5]) for row in lines if row[0] in ("1", "2")] == [
        ("合格率", "%", "98%"),
        ("准交率", "%", "95%"),
    ]


def test_an_unknown_kind_is_named_in_the_language_of_the_workbook(tmp_path: Path, capsys: Captured) -> None:
    english = (("Name:", "A"), ("KPI", "Weight (%)", "Target"), ("Revenue", 60, 1000), ("CSAT", 40, 90))
    for rows, said in ((english, "There are no documents of the kind"), (WORDS, "没有“letter”这种文件")):
        assert main(["documents", "letter", str(own_table(tmp_path, rows)), "-o", str(tmp_path / "out")]) == 2
        assert said in capsys.readouterr().err


def test_properties_of_an_own_template_stay_beside_the_mark(tmp_path: Path) -> None:
    template = docx.Document(str(doc_templates() / "notice.zh.docx"))
    template.save(str(plain := tmp_path / "plain.docx"))
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(own := tmp_path / "own.docx", "w") as target:
        for name in source.namelist():
            part = source.read(name)
            if name == "[Content_Types].xml":
                part = part.replace(b"</Types>", CUSTOM_OVERRIDE + b"</Types>")
            elif name == "_rels/.rels":
                part = part.replace(b"</Relationships>", CUSTOM_RELATION + b"</Relationships>")
            target.writestr(name, part)
        target.writestr("docProps/custom.xml", CUSTOM_PROPERTIES)
    book = own_table(tmp_path, WORDS)
    command = ["documents", "notice", str(book), "-o", str(tmp_path / "made"), "--template", str(own), "--jobs", "1"]
    assert main(command) == 0
    [paper] = (tmp_path / "made").glob("*.docx")
    with zipfile.ZipFile(paper) as made:
        properties = made.read("docProps/custom.xml").decode()
    assert 'name="DocNo"' in properties and "HR-07" in properties and 'name="perfxl"' in properties
    assert len(set(re.findall(r'pid="(\d+)"', properties))) == 2
    assert findings(paper) == []


RATED = (
    ("Name:", "A", None, "Annual Performance Appraisal 2026"),
    (
        "KRA",
        "KPI",
        "Weightage (%)",
        "Target",
        "Achievement",
        "Self Rating (1-5)",
        "Manager Rating (1-5)",
        "Weighted Score",
    ),
    ("Financial", "Revenue", 40, 1000, 1100, 5, 4, 1.6),
    (None, "Collection", 20, 0.95, 0.9, 3, 3, 0.6),
    ("Customer", "CSAT", 40, 90, 92, 4, 5, 2.0),
)
OWN_GRADES = (
    *SENTENCES,
    (None,),
    ("等级", "分数区间"),
    ("A", "90分以上"),
    ("B", "80-89分"),
    ("C", "80分以下"),
)
MONTHS = (
    ("姓名：甲",),
    ("考核指标", "权重", "目标值", "1月", "2月", "3月", "4月"),
    ("销售收入", 60, 1200, 100, 100, 100, None),
    ("新客户", 40, 120, 10, 10, 10, None),
)
OF_A_UNIT = (("销售部考核表",), ("考核指标", "权重", "目标值", "实际值"), ("收入", 60, 100, 90), ("回款", 40, 100, 95))


def test_marks_are_not_set_against_the_target_of_the_kpi(tmp_path: Path) -> None:
    """Marks of 4 of 5 are no shortfall of 996 from a target of 1,000."""
    rows = [row for table in tables(make("preparation", RATED, tmp_path)) for row in table if row[0] == "Revenue"]
    assert [row[1:5] for row in rows] == [["1,000", "1,100", "+100 (+10.0%)", "8.00"]]
    said = whole_text(make("improvement", RATED, tmp_path))
    assert "+100 (+10.0%)" in said and "996" not in said


@pytest.mark.parametrize("kind", ["contract", "notice", "interview", "preparation"])
def test_grades_without_a_coefficient_say_nothing_of_one(kind: str, tmp_path: Path) -> None:
    assert "系数" not in whole_text(make(kind, OWN_GRADES, tmp_path))
    (tmp_path / "default").mkdir()
    assert "系数" in whole_text(make(kind, SENTENCES, tmp_path / "default"))


@pytest.mark.parametrize("kind", ["contract", "notice", "interview", "preparation", "improvement", "coaching"])
@pytest.mark.parametrize("rows", [WORDS[1:], MONTHS, POST, OF_A_UNIT], ids=["words", "months", "post", "unit"])
def test_boxes_that_nobody_filled_are_blank(kind: str, rows: Sequence[Sequence[Any]], tmp_path: Path) -> None:
    """A dash stands for what is known not to be; here there is room to write."""
    paper = make(kind, rows, tmp_path)
    assert "—" not in {cell for row in tables(paper)[0] for cell in row}
    assert "—" not in paper.name and "（—" not in whole_text(paper)


def test_a_contract_of_a_unit_is_called_by_it(tmp_path: Path) -> None:
    paper = make("contract", OF_A_UNIT, tmp_path)
    assert paper.name == "销售部 业绩合同.docx"
    assert ["受约人", "销售部", "岗位", ""] in tables(paper)[0]


def test_a_mark_without_a_scale_is_said_once(tmp_path: Path) -> None:
    """Checking and scoring find it both."""
    rows = (("Name:", "A"), ("Measure", "Weight", "Target", "Actual", "Rating"), ("Revenue", "100%", 1000, 1100, 4))
    program, _ = load(own_table(tmp_path, rows))
    assert [each.address.cell for each in program.all_problems() if each.code == "M165"] == ["A3"]


def test_nothing_reported_is_no_zero(tmp_path: Path) -> None:
    rows = [row for table in tables(make("notice", POST, tmp_path)) for row in table if row[0] == "加权得分合计"]
    assert [row[-1] for row in rows] == ["—"]


def test_who_reported_in_part_is_not_asked_for_all(tmp_path: Path) -> None:
    said = whole_text(make("preparation", MONTHS, tmp_path))
    assert "“销售收入”的实绩尚未报齐（目前 300）" in said and "尚未上报" not in said


@pytest.mark.parametrize("given", ["", "HT-2026-07"])
def test_a_contract_has_the_number_that_its_sheet_gives(given: str, tmp_path: Path) -> None:
    """Whose it is, is no number."""
    told = (f"合同编号：{given}",) if given else (None,)
    paper = make("contract", (told, *WORDS), tmp_path)
    assert tables(paper)[0][0] == ["合同编号", given]  # nobody gave a version, which so has no row
    assert paper.name == f"甲 业绩合同{' ' if given else ''}{given}.docx"

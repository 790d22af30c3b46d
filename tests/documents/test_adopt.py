"""Existing Word forms become templates: what labels, tables and marks mean, what is left blank, what is told."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Cm, Pt

from perfxl import sample
from perfxl.documents.adopt import AdoptedForm, adopt_form, find_meanings
from perfxl.documents.adopt.lexicon import Meanings, fold
from perfxl.documents.papers import KINDS
from perfxl.documents.papers.contexts import Contexts
from perfxl.documents.template.compiled import CompiledTemplate
from perfxl.program import from_tables
from tests.workbook.office import format_errors

Rows = Sequence[Sequence[str]]


def paragraphs(*texts: str) -> Any:
    document = docx.Document()
    for text in texts:
        document.add_paragraph(text)
    return document


def table(rows: Rows, document: Any = None) -> Any:
    document = document or docx.Document()
    made = document.add_table(rows=len(rows), cols=max(map(len, rows)), style="Table Grid")
    for i, row in enumerate(rows):
        for j, text in enumerate(row):
            made.cell(i, j).text = text
    return document


def adopted(document: Any, kind: str | None = None, name: str = "form.docx") -> AdoptedForm:
    packed = io.BytesIO()
    document.save(packed)
    form, problems = adopt_form(packed.getvalue(), name, kind)
    assert form is not None and problems == []
    return form


def tags(form: AdoptedForm) -> dict[str, str]:
    return {each.text: each.tag for each in form.placed}


def left(form: AdoptedForm) -> dict[str, str]:
    return {each.text: each.how for each in form.findings if not each.tag}


def opened(form: AdoptedForm) -> Any:
    return docx.Document(io.BytesIO(form.data))


@cache
def contexts(lang: str) -> Contexts:
    program, _ = from_tables(sample.program(lang=lang), lang)
    return Contexts(program.tables, program.policy, lang)


def printed(form: AdoptedForm, lang: str = "zh", record: str = "") -> Any:
    """The paper of somebody in the sample program; the template has been found in order."""
    kind = KINDS[form.kind]
    template = CompiledTemplate.from_bytes(form.data, "form.docx", lang)
    assert template.check([field.path for field in kind.fields]) == []
    assert template.lint() == []
    first = record or next(iter(kind.ids(contexts(lang))))
    return docx.Document(io.BytesIO(template.render(kind.context(contexts(lang), first))))


@pytest.mark.parametrize("blank", ["____", "＿＿＿＿", "        ", ""])
@pytest.mark.parametrize("colon", ["：", ":", " ："])
def test_a_label_with_room_behind_it(blank: str, colon: str) -> None:
    form = adopted(paragraphs(f"姓 名{colon}{blank}"), "notice")
    assert tags(form) == {"姓 名": "{{ holder.name }}"}
    assert opened(form).paragraphs[0].text.startswith(f"姓 名{colon}")


def test_several_labels_on_a_line_keep_their_distance() -> None:
    form = adopted(paragraphs("姓名：____    部门：____　岗位：____"), "notice")
    assert (
        opened(form).paragraphs[0].text == "姓名：{{ holder.name }}    部门：{{ holder.unit }}　岗位：{{ holder.post }}"
    )


def test_the_line_that_a_value_stands_on_stays() -> None:
    form = adopted(paragraphs("姓名：____（正楷）"), "notice")
    runs = opened(form).paragraphs[0].runs
    assert [(run.text, bool(run.underline)) for run in runs if run.text] == [
        ("姓名：", False),
        ("{{ holder.name }}", True),
        ("（正楷）", False),
    ]


def test_underlined_spaces_are_room() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("绩效等级：")
    paragraph.add_run("    ").underline = True
    paragraph.add_run("系数：").bold = True
    form = adopted(document, "notice")
    runs = opened(form).paragraphs[0].runs
    assert [run.text for run in runs if run.underline] == ["{{ result.grade }}"]
    assert tags(form)["系数"] == "{{ result.coefficient }}"


def test_what_somebody_signs_stays_blank() -> None:
    document = table([["员工签字", "", "日期", ""]], paragraphs("签名：____  日期：____", "甲方盖章：", "日期：____"))
    form = adopted(document, "interview")
    assert form.placed == []
    assert set(left(form).values()) == {"signature"}
    assert opened(form).paragraphs[0].text == "签名：____  日期：____"


def test_a_day_that_is_no_signatures_is_a_field() -> None:
    assert tags(adopted(paragraphs("面谈日期：    年  月  日"), "interview")) == {"面谈日期": "{{ date }}"}


def test_what_is_filled_in_already_is_told_and_kept() -> None:
    form = adopted(paragraphs("姓名：张三"), "notice")
    assert (form.placed, left(form)) == ([], {"姓名": "filled"})
    assert opened(form).paragraphs[0].text == "姓名：张三"


def test_a_label_without_a_field_is_told() -> None:
    assert left(adopted(paragraphs("血型：____"), "notice")) == {"血型": "missed"}


def test_the_post_of_a_party_is_that_partys() -> None:
    form = adopted(paragraphs("甲方（发约人）：____  职务：____", "乙方：____  职务：____  部门：____"), "contract")
    assert [each.tag for each in form.placed] == [
        "{{ issuer.name }}",
        "{{ issuer.post }}",
        "{{ holder_names }}",
        "{{ holders[0].post }}",
        "{{ holders[0].unit }}",
    ]


def test_a_second_post_is_that_of_who_stands_before_it() -> None:
    form = adopted(paragraphs("姓名：____  岗位：____  直接上级：____  岗位：____"), "notice")
    assert [each.tag for each in form.placed][1::2] == ["{{ holder.post }}", "{{ superior.post }}"]


def test_cells_right_of_labels_and_below_them() -> None:
    form = adopted(table([["被考核人", "", "岗位:", ""], ["考核等级", "", "", ""]]), "notice")
    assert tags(form) == {
        "被考核人": "{{ holder.name }}",
        "岗位:": "{{ holder.post }}",
        "考核等级": "{{ result.grade }}",
    }
    below = adopted(table([["Employee", "Department", "Position"], ["", "", ""]]), "notice")
    assert [cell.text for cell in opened(below).tables[0].rows[1].cells] == [
        "{{ holder.name }}",
        "{{ holder.unit }}",
        "{{ holder.post }}",
    ]


HEADERS = (
    ["序号", "考核指标", "权重", "目标值", "评分标准", "得分"],
    ["No.", "KPI", "Weight (%)", "Target", "Scoring rule", "Points"],
    ["序", "绩效指标", "比重", "目标要求", "计分方法", "考核得分"],
)


@pytest.mark.parametrize("header", HEADERS)
@pytest.mark.parametrize("count", [1, 2, 5])
def test_blank_rows_become_one_that_repeats(header: list[str], count: int) -> None:
    rows = [header, *([str(i + 1), *[""] * 5] for i in range(count)), ["合计", *[""] * 5]]
    form = adopted(table(rows), "notice")
    texts = [[cell.text for cell in row.cells] for row in opened(form).tables[0].rows]
    assert texts[1][0] == "{%tr for line in lines %}" and texts[3][0] == "{%tr endfor %}"
    names = ("number", "kpi", "weight", "target", "rule", "points")
    assert texts[2] == [f"{{{{ line.{name} }}}}" for name in names]
    assert texts[4] == ["合计", "", "", "", "", "{{ result.total }}"] and len(texts) == 5
    paper = printed(form)
    assert len(paper.tables[0].rows) > 4


def test_merged_categories_and_headers_of_two_rows() -> None:
    document = table(
        [
            ["类别", "指标", "评分", ""],
            ["", "", "自评", "得分"],
            ["财务", "", "", ""],
            ["", "", "", ""],
            ["客户", "", "", ""],
            ["合计", "", "", ""],
        ]
    )
    made = document.tables[0]
    for first, last in (((0, 2), (0, 3)), ((0, 0), (1, 0)), ((0, 1), (1, 1)), ((2, 0), (3, 0))):
        made.cell(*first).merge(made.cell(*last))
    form = adopted(document, "notice")
    assert tags(form)["类别"] == "{{ line.aspect }}" and tags(form)["得分"] == "{{ line.points }}"
    assert left(form)["自评"] == "missed"
    rows = printed(form).tables[0].rows
    assert rows[2].cells[0].text and rows[3].cells[1].text and rows[2]._tr.xpath("./w:tc/w:tcPr/w:vMerge") == []
    assert rows[0]._tr.xpath("./w:tc/w:tcPr/w:vMerge")


_OF_SLIDES = ["主要业绩考核方面", "关键业绩指标", "单位", "权重", "目标完成值", "实际完成值", "业绩分值"]


def test_the_words_of_the_slides_contract() -> None:
    """目标完成值 is the target, and was taken for what was achieved; 业务部门 had no field."""
    form = adopted(table([_OF_SLIDES, [""] * 7], paragraphs("业绩考核表", "业务部门：____")), "notice")
    assert tags(form)["业务部门"] == "{{ holder.unit }}"
    named = {header: f"{{{{ line.{name} }}}}" for header, name in zip(_OF_SLIDES, _FIELDS, strict=True)}
    assert named.items() <= tags(form).items()
    printed(form)


_FIELDS = ["aspect", "kpi", "unit", "weight", "target", "actual", "points"]


@pytest.mark.parametrize("mark", ["【{}】", "〔{}〕", "[{}]", "{{{}}}", "«{}»"])
def test_names_in_a_row_below_headers_in_two_languages_are_the_lines(mark: str) -> None:
    """【得分】 of each row was the total; 指标 KPI was no header."""
    headers = ["类别 Category", "指标 KPI", "权重 Weight", "目标 Target", "得分 Score"]
    row = [mark.format(header.split()[0]) for header in headers]
    form = adopted(
        table([headers, row], paragraphs("通知书", "【姓名】同志（部门：【部门】）：您的总分为【总分】。")), "notice"
    )
    found = tags(form)
    names = ["aspect", "kpi", "weight", "target", "points"]
    assert [found[header] for header in headers] == [f"{{{{ line.{name} }}}}" for name in names]
    assert found["【总分】"] == "{{ result.total }}" and left(form) == {}
    assert len(printed(form).tables[0].rows) > 2


def test_rows_that_say_something_are_left() -> None:
    form = adopted(table([["指标", "权重", "目标值"], ["销售额", "60%", "1000"]]), "contract")
    assert form.placed == [] and "filled" in left(form).values()


def test_there_is_room_to_write_where_a_list_is_empty() -> None:
    form = adopted(
        table([["序号", "改进措施", "责任人", "完成期限"], ["1", "", "", ""], ["2", "", "", ""]]), "interview"
    )
    template = CompiledTemplate.from_bytes(form.data, "form.docx")
    record = next(iter(KINDS["interview"].ids(contexts("zh"))))
    context = {**KINDS["interview"].context(contexts("zh"), record), "actions": []}
    blank = docx.Document(io.BytesIO(template.render(context))).tables[0].rows
    assert [row.cells[0].text for row in blank] == ["序号", "1", "2"]
    one = {"action": "甲", "owner": "乙", "due": "丙", "support": ""}
    filled = docx.Document(io.BytesIO(template.render({**context, "actions": [one]}))).tables[0].rows
    assert [cell.text for cell in filled[1].cells] == ["1", "甲", "乙", "丙"] and len(filled) == 2


def test_fonts_and_widths_of_the_row_survive() -> None:
    document = table([["指标", "权重"], ["", ""], ["", ""]])
    made = document.tables[0]
    made.cell(1, 0).paragraphs[0].add_run("").font.size = Pt(9)
    made.cell(1, 0).width = Cm(9)
    before = made.cell(1, 0)._tc.xpath("./w:tcPr/w:tcW/@w:w")
    row = printed(adopted(document, "notice")).tables[0].rows[1]
    assert row.cells[0]._tc.xpath("./w:tcPr/w:tcW/@w:w") == before
    assert row.cells[0]._tc.xpath(".//w:sz/@w:val") == ["18"]


def complex_field(name: str) -> str:
    parts = ("begin", f" MERGEFIELD {name} \\* MERGEFORMAT ", "separate", f"«{name}»", "end")
    runs = [
        f'<w:r><w:fldChar w:fldCharType="{parts[0]}"/></w:r>',
        f"<w:r><w:instrText>{parts[1]}</w:instrText></w:r>",
        f'<w:r><w:fldChar w:fldCharType="{parts[2]}"/></w:r>',
        f"<w:r><w:rPr><w:b/></w:rPr><w:t>{parts[3]}</w:t></w:r>",
        f'<w:r><w:fldChar w:fldCharType="{parts[4]}"/></w:r>',
    ]
    return f"<w:p {nsdecls('w')}>{''.join(runs)}</w:p>"


def form_field(kind: str, name: str, shown: str) -> str:
    data = f'<w:ffData><w:name w:val="{name}"/><w:enabled/></w:ffData>' if name else ""
    return (
        f"<w:p {nsdecls('w')}>"
        f'<w:r><w:fldChar w:fldCharType="begin">{data}</w:fldChar></w:r><w:r><w:instrText>{kind}</w:instrText></w:r>'
        f'<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>{shown}</w:t></w:r>'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
    )


def test_legacy_form_fields_become_fields_or_are_named() -> None:
    document = docx.Document()
    fields = [
        form_field(" FORMTEXT ", "姓名", "\u2002\u2002\u2002"),
        form_field(" FORMTEXT ", "Text1", "\u2002\u2002\u2002"),
        form_field(" FORMCHECKBOX ", "Check1", ""),
        form_field(' IF "A" = "A" "好" "差" ', "", "好"),
        form_field(" PAGE ", "", "1"),
    ]
    for at, field in enumerate(fields):
        document.element.body.insert(at, parse_xml(field))
    form = adopted(document, "notice")
    assert tags(form) == {"«姓名»": "{{ holder.name }}"}
    assert left(form) == {"FORMTEXT Text1": "missed", "FORMCHECKBOX Check1": "missed", "IF": "missed"}
    assert opened(form).paragraphs[0].text == "{{ holder.name }}"


def test_form_fields_without_a_name_go_by_the_label_before_them() -> None:
    """Word calls them Text1, Text2 ..., whatever they are for."""
    document = docx.Document()
    table = document.add_table(rows=1, cols=4)
    for at, text in ((0, "被考核人"), (2, "岗位：")):
        table.rows[0].cells[at].text = text
    lines = document.add_paragraph("部门："), document.add_paragraph("员工签字："), document.add_paragraph("血型：")
    named = enumerate((*lines, table.rows[0].cells[1].paragraphs[0], table.rows[0].cells[3].paragraphs[0]), 1)
    for at, paragraph in named:
        for run in parse_xml(form_field(" FORMTEXT ", f"Text{at}", "\u2002\u2002\u2002")):
            paragraph._p.append(run)
    form = adopted(document, "notice")
    assert tags(form) == {
        "部门": "{{ holder.unit }}",
        "被考核人": "{{ holder.name }}",
        "岗位": "{{ holder.post }}",
    }
    assert left(form) == {"员工签字": "signature", "血型": "missed"}
    assert [cell.text for cell in opened(form).tables[0].rows[0].cells[1::2]] == [
        "{{ holder.name }}",
        "{{ holder.post }}",
    ]
    assert opened(form).paragraphs[0].text == "部门：{{ holder.unit }}"


def test_a_choice_between_merge_fields_is_named_once() -> None:
    document = docx.Document()
    inner = complex_field("姓名").partition(">")[2].removesuffix("</w:p>")
    begin, end = (f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "end"))
    before, behind = (f"<w:r><w:instrText>{text}</w:instrText></w:r>" for text in (' IF "', '" = "" "" "x" '))
    choice = begin + before + inner + behind + end
    document.element.body.insert(0, parse_xml(f"<w:p {nsdecls('w')}>{choice}</w:p>"))
    assert left(adopted(document, "notice")) == {"IF": "missed"}


def test_mail_merge_fields() -> None:
    document = docx.Document()
    body = document.element.body
    body.insert(0, parse_xml(complex_field("Employee_Name")))
    body.insert(1, parse_xml(complex_field("血型")))
    simple = "<w:r><w:t>«部门»</w:t></w:r>"
    body.insert(
        2, parse_xml(f'<w:p {nsdecls("w")}><w:fldSimple w:instr=" MERGEFIELD 部门 ">{simple}</w:fldSimple></w:p>')
    )
    form = adopted(document, "notice")
    assert tags(form) == {"«Employee_Name»": "{{ holder.name }}", "«部门»": "{{ holder.unit }}"}
    assert left(form) == {"«血型»": "missed"}
    first = opened(form).paragraphs[0]
    assert first.text == "{{ holder.name }}" and first.runs[0].bold
    assert first._p.xpath(".//w:fldChar") == []


@pytest.mark.parametrize(
    ("mark", "tag"),
    [
        ("{工号}", "{{ holder.id }}"),
        ("${岗位}", "{{ holder.post }}"),
        ("【部门】", "{{ holder.unit }}"),
        ("[Period]", "{{ period }}"),
        ("<<Grade>>", "{{ result.grade }}"),
        ("{{total_score}}", "{{ result.total }}"),
        ("{{ employeeName }}", "{{ holder.name }}"),
        ("{{ manager_name }}", "{{ superior.name }}"),
    ],
)
def test_names_in_brackets(mark: str, tag: str) -> None:
    form = adopted(paragraphs(f"甲 {mark} 乙"), "notice")
    assert (opened(form).paragraphs[0].text, tags(form)) == (f"甲 {tag} 乙", {mark: tag})


def test_brackets_that_are_words_stay() -> None:
    form = adopted(
        paragraphs("见附件【注意】[1]", "{{ holder.name }}", "{% for x in lines %}{{ x.kpi }}{% endfor %}"), "notice"
    )
    assert form.findings == []


def test_a_content_control_is_filled_and_no_longer_bound() -> None:
    document = docx.Document()
    control = (
        f'<w:p {nsdecls("w")}><w:sdt><w:sdtPr><w:alias w:val="Job title"/><w:showingPlcHdr/>'
        '<w:dataBinding w:xpath="/a" w:storeItemID="{1}"/></w:sdtPr><w:sdtContent><w:r><w:rPr>'
        '<w:rStyle w:val="PlaceholderText"/></w:rPr><w:t>Click</w:t></w:r></w:sdtContent></w:sdt></w:p>'
    )
    document.element.body.insert(0, parse_xml(control))
    form = adopted(document, "notice")
    made = opened(form).element.body[0]
    assert tags(form) == {"Job title": "{{ holder.post }}"}
    assert made.xpath(".//w:dataBinding | .//w:showingPlcHdr | .//w:rStyle") == []
    assert made.xpath("string(.)") == "{{ holder.post }}"


def test_headers_and_footers_too() -> None:
    document = paragraphs("姓名：____")
    document.sections[0].footer.paragraphs[0].text = "编号：____"
    form = adopted(document, "notice")
    assert opened(form).sections[0].footer.paragraphs[0].text == "编号：{{ number }}"
    assert {each.part for each in form.placed} == {"word/document.xml", "word/footer1.xml"}


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("绩效面谈记录", "interview"),
        ("目标责任书", "contract"),
        ("绩效申诉表", "appeal"),
        ("绩效改进计划", "improvement"),
        ("员工考核表", "notice"),
        ("绩效辅导表", "coaching"),
        ("Performance Agreement", "contract"),
        ("Performance Improvement Plan", "improvement"),
        ("Grievance form", "appeal"),
        ("Annual appraisal", "notice"),
    ],
)
def test_the_title_says_which_paper_it_is(title: str, kind: str) -> None:
    assert adopted(paragraphs(title, "姓名：____ Name: ____")).kind == kind
    assert adopted(paragraphs("姓名：____ Name: ____"), name=f"{title}.docx").kind == kind


FORMS: dict[str, tuple[str, list[str], Rows]] = {
    "责任书": ("zh", ["目标责任书", "受约人：____", "有效期：____"], [["指标", "权重", "目标值"], ["", "", ""]]),
    "面谈": ("zh", ["绩效面谈表", "姓名：____"], [["改进措施", "责任人"], ["", ""]]),
    "改进": ("zh", ["绩效改进计划", "姓名：____"], [["指标", "差距", "改进措施"], ["", "", ""]]),
    "申诉": ("zh", ["绩效申诉表", "申诉人：____", "申诉理由："], [["申诉指标", ""], ["原得分", ""]]),
    "通知": ("zh", ["考核结果通知", "工号：____  总分：____"], [["考核项目", "得分"], ["", ""]]),
    "agreement": ("en", ["Performance contract", "Employee: ____", "Term: ____"], [["KPI", "Target"], ["", ""]]),
    "interview": ("en", ["Interview", "Name: ____", "Place: ____"], [["Strengths", ""], ["Employee comments", ""]]),
    "plan": ("en", ["Improvement plan", "Name: ____"], [["KPI", "Action", "Due date"], ["", "", ""]]),
    "appeal": ("en", ["Appeal", "Name: ____"], [["Reason for appeal", ""], ["Decision", ""]]),
    "result": ("en", ["Appraisal result", "Name: ____"], [["Objective", "Weight", "Score"], ["", "", ""]]),
}


@pytest.mark.parametrize("name", FORMS)
def test_forms_of_every_kind_print(name: str, tmp_path: Path) -> None:
    lang, texts, rows = FORMS[name]
    form = adopted(table(rows, paragraphs(*texts)))
    assert left(form) == {}
    paper = printed(form, lang)
    blank, path = tmp_path / "form.docx", tmp_path / "paper.docx"
    table(rows, paragraphs(*texts)).save(blank)
    paper.save(path)
    assert set(format_errors(path)) <= set(format_errors(blank))  # python-docx's own template is not quite in order
    assert "{" not in "".join(paragraph.text for paragraph in paper.paragraphs)


def test_names_of_other_systems_mean_fields_before_they_are_misspelt() -> None:
    template = CompiledTemplate.from_bytes(
        saved(paragraphs("{{ total_score }} {{ employee_id }} {{ holder.nam }}")), "a"
    )
    problems = template.check([field.path for field in KINDS["notice"].fields])
    found = {p.details["variable"]: p.details.get("suggestion") for p in find_meanings(problems, "notice")}
    assert found == {"total_score": "result.total", "employee_id": "holder.id", "holder.nam": "holder.name"}


def saved(document: Any) -> bytes:
    packed = io.BytesIO()
    document.save(packed)
    return packed.getvalue()


def test_a_flat_list_of_lines_and_the_rule_are_fields_of_every_paper_that_shows_lines() -> None:
    for kind in ("contract", "negotiation", "amendment", "coaching", "notice", "interview", "improvement"):
        names = Meanings(field.path for field in KINDS[kind].fields).lists["lines"]
        assert {"number", "aspect", "kpi", "weight", "target", "rule"} <= names, kind


@pytest.mark.parametrize(
    ("label", "folded"),
    [("1、姓 名：", "姓名"), ("（一）考核 指标（万元）", "考核指标"), ("Employee’s  Name:", "employee's name")],
)
def test_how_labels_are_compared(label: str, folded: str) -> None:
    assert fold(label) == folded


def test_every_field_of_the_lexicon_is_a_field_of_some_paper() -> None:
    from perfxl.documents.adopt.lexicon import _lexicon

    paths = {field.path for kind in KINDS.values() for field in kind.fields}
    names = {path.rpartition(".")[2] for path in paths if "[]" in path}
    lexicon = _lexicon()
    assert {f for each in lexicon["labels"].values() for f in each["fields"]} <= paths
    assert {f for each in lexicon["columns"].values() for f in each["fields"]} <= names
    assert set(lexicon["kinds"]) == set(KINDS)

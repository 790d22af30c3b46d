"""Whatever docxtpl can do, the compiled template does with the same result in canonical XML."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import docx
import pytest
from docx.shared import Pt
from docxtpl import Listing, RichText, RichTextParagraph
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from perfxl.documents.template.fallback import find_differences
from tests.documents.docx_kit import (
    OFFICE,
    PIXEL,
    TABLE,
    WORDPROCESSING,
    P,
    add_split,
    add_table,
    bare,
    by_docxtpl,
    compiled,
    docx_bytes,
    paragraphs,
    table,
    texts_of,
    with_part,
)

KPIS = [{"name": "销售收入", "weight": 40, "marks": [1, 2, 3]}, {"name": "利润 & <成本>", "weight": 60, "marks": []}]
CONTEXT: dict[str, Any] = {
    "name": "欧阳\"A\" <B> & 'C'",
    "yes": True,
    "no": False,
    "kpis": KPIS,
    "nothing": [],
    "lines": "一\n二\t三\a新段\f新页",
    "color": "FF0000",
    "rich": RichText("粗 & 细\n下一行", bold=True, color="#00FF00", font="eastAsia:宋体"),
    "rich_paragraphs": RichTextParagraph(RichText("段落"), parastyle="Heading1"),
    "listing": Listing("甲 <1>\n乙\a丙"),
    "markup": Markup("已转义 &amp;"),
    "braces": "{_{ x }_} {_% y %_}",
    "figure": 12.5,
}

LOOP_START, LOOP_END = "{%tr for k in kpis %}", "{%tr endfor %}"


def _split_runs(document: Any) -> None:
    add_split(document.add_paragraph(), "甲{{ name }}乙{% if yes %}是{% else %}否{% endif %}{{ name|upper }}")
    add_split(document.add_paragraph(), "{%- if yes -%} 合并 {%- endif -%}", size=2)
    add_split(document.add_paragraph(), "{{ figure }}%{# 注释 #}", size=1)


def _header_footer(document: Any) -> None:
    section = document.sections[0]
    section.different_first_page_header_footer = True
    section.header.paragraphs[0].text = "{{ name }}"
    section.footer.paragraphs[0].text = "{% for k in kpis %}{{ k.name }}{% endfor %}{{ lines }}"
    section.first_page_header.paragraphs[0].text = "{{ rich }}"
    section.first_page_footer.paragraphs[0].text = "没有标签"
    document.add_section().header.is_linked_to_previous = False
    document.sections[1].header.paragraphs[0].text = "{% if no %}x{% endif %}{{ figure }}"
    document.add_paragraph("{{ figure }}")


def _pictures(document: Any) -> None:
    for tag in ("{%p for k in kpis %}", "", "{%p endfor %}", ""):
        paragraph = document.add_paragraph(tag)
        if not tag:
            paragraph.add_run().add_picture(BytesIO(PIXEL), width=Pt(9))


def _still_pictures(document: Any) -> None:
    for tag in ("{{ name }}", "{{ figure }}"):
        document.add_paragraph(tag).add_run().add_picture(BytesIO(PIXEL), width=Pt(9))


def _nested_tables(document: Any) -> None:
    outer = add_table(document, [["甲", "乙"], [LOOP_START, ""], ["{{ k.name }}", ""], [LOOP_END, ""]])
    inner = outer.rows[2].cells[1].add_table(3, 2)
    for row, text in zip(inner.rows, ("{%tr for m in k.marks %}", "{{ m }}", "{%tr endfor %}"), strict=True):
        row.cells[0].text = text


def _styled(document: Any) -> None:
    paragraph = document.add_paragraph(style="List Bullet")
    paragraph.add_run("{{ lines }}").font.size = Pt(20)
    paragraph.add_run("静态\n换行\t制表")
    document.add_heading("{{ listing }}", 1)


TEMPLATES: dict[str, bytes] = {
    "split runs": docx_bytes(_split_runs),
    "rows": table(["指标", "权重"], [LOOP_START, ""], ["{{ k.name }}", "{{ k.weight }}%"], [LOOP_END, ""]),
    "rows, no header row": table([LOOP_START, ""], ["{{ k.name }}", "{{ k.weight }}"], [LOOP_END, ""]),
    "rows, none of them": table(["{%tr for k in nothing %}", ""], ["{{ k }}", "x"], [LOOP_END, ""]),
    "rows, some left out": table(["a", "b"], ["{%tr if no %}", ""], ["{{ name }}", ""], ["{%tr endif %}", ""]),
    "columns": table(
        ["名称", "{%tc for k in kpis %}", "{{ k.name }}", "{%tc endfor %}"],
        ["权重", "{%tc for k in kpis %}", "{{ k.weight }}", "{%tc endfor %}"],
    ),
    "fewer columns": table(["a", "{%tc for k in nothing %}", "{{ k }}", "{%tc endfor %}", "b"]),
    "paragraphs": paragraphs("{%p for k in kpis %}", "{{ k.name }}", "{%p endfor %}", "{{p rich_paragraphs }}"),
    "block across paragraphs": paragraphs("{% if no %}", "乙", "{% endif %}{% for k in kpis %}丙", "{% endfor %}"),
    "runs": paragraphs("甲{{r rich }}乙{%r if yes %}丙{%r endif %}丁"),
    "colspan": table(["{% colspan kpis|length %}{{ name }}", "x"], ["y", "{% colspan 1 %}z"]),
    "cellbg": table(["{% cellbg color %}{{ name }}", "{% cellbg 'AABBCC' %}x"]),
    "vertical merge": table([LOOP_START, ""], ["{% vm %}{{ name }}", "{{ k.name }}"], [LOOP_END, ""]),
    "horizontal merge": table(["{%tc for k in kpis %}", "{% hm %}{{ name }}", "{%tc endfor %}"], ["a", "b", "c"]),
    "header and footer": docx_bytes(_header_footer),
    "rich text": paragraphs("{{ rich }}", "{{r rich }}", "{{ listing }}", "{{ markup }}", "{{ name|e }}"),
    "line breaks": docx_bytes(_styled),
    "pictures": docx_bytes(_pictures),
    "still pictures": docx_bytes(_still_pictures),
    "nested tables": docx_bytes(_nested_tables),
    "escaped tags": paragraphs("{_{ name }_} {_% if %_}", "{{ braces }}", "{_{{ name }}"),
    "entities": paragraphs("{% if 3 < figure and figure < 30 %}a{% endif %}", "{{ 'a' if name == “x” else ‘b’ }}"),
    "macros": paragraphs(
        "{% macro show(x) %}[{{ x }}{{ lines }}]{% endmacro %}{{ show(name) }}",
        "{% macro box() %}({{ caller() }}){% endmacro %}{% call box() %}{{ name }}{% endcall %}",
        "{% set n = name %}{{ n }}{% set b %}{{ name }}!{% endset %}{{ b }}",
        "{% filter trim %} a{{ name }} {% endfilter %}",
        "{% block one %}{{ name }}{% endblock %}{{ self.one() }}{% with a = 1 %}{{ a }}{% endwith %}",
        "{% for k in kpis recursive %}{{ k.name }}{{ loop(k.marks) if k.marks[0] is mapping }}{% endfor %}",
        "{{ name ~ figure }}{{ kpis|map(attribute='name')|join('、') }}{{ '%s!'|format(name) }}",
    ),
    "static": paragraphs("没有标签", "也没有"),
}  # fmt: skip


WITHOUT_ROWS = ("rows, none of them", "nested tables")  # docxtpl leaves a table without a row, which Word refuses


@pytest.mark.parametrize("case", TEMPLATES)
def test_same_result(case: str) -> None:
    template = compiled(TEMPLATES[case])
    differing = ["word/document.xml"] if case in WITHOUT_ROWS else []
    assert find_differences(template.render(CONTEXT), by_docxtpl(TEMPLATES[case], CONTEXT)) == differing
    assert template.self_check(CONTEXT) == []


FOOTNOTES = (
    '<w:footnotes xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:footnote w:id="1"><w:p>'
    "<w:r><w:t>注：{{ na</w:t></w:r><w:r><w:t>me }}{% for k in kpis %}{{ k.name }}{% endfor %}{{ lines }}</w:t></w:r>"
    "</w:p></w:footnote></w:footnotes>"
)


def test_footnotes() -> None:
    content_type = f"{WORDPROCESSING}.footnotes+xml"
    data = with_part(paragraphs("x"), "word/footnotes.xml", FOOTNOTES.encode(), content_type, f"{OFFICE}/footnotes")
    assert find_differences(compiled(data).render(CONTEXT), by_docxtpl(data, CONTEXT)) == []


def test_charts_are_templates_too() -> None:
    chart = (
        '<c:chart xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart">'
        "{% for k in kpis %}<c:v>{{ k.name }}</c:v>{% endfor %}</c:chart>"
    )
    content_type = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
    data = with_part(paragraphs("x"), "word/charts/chart1.xml", chart.encode(), content_type, f"{OFFICE}/chart")
    ours, theirs = compiled(data).render(CONTEXT), by_docxtpl(data, CONTEXT)
    assert find_differences(ours, theirs) == ["word/charts/chart1.xml"]
    assert compiled(data).self_check(CONTEXT) == []


def test_properties_are_escaped_once() -> None:
    def fill(document: Any) -> None:
        document.core_properties.title = "合同 & {{ name }}"
        document.core_properties.subject = "{% if yes %}{{ figure }}{% endif %}"
        document.core_properties.keywords = "{{ 不是模板 }}"

    data = docx_bytes(fill)
    ours = compiled(data).render(CONTEXT)
    assert find_differences(ours, by_docxtpl(data, CONTEXT)) == ["docProps/core.xml"]
    plain = {**CONTEXT, "name": "张三"}
    assert find_differences(compiled(data).render(plain), by_docxtpl(data, plain)) == []
    properties = docx.Document(BytesIO(ours)).core_properties
    assert properties.title == f"合同 & {CONTEXT['name']}"
    assert properties.keywords == "{{ 不是模板 }}"


TEXT = st.text(
    st.one_of(
        st.sampled_from("&<>\"'{}_% \n\t\a\f\r\x00\x0b\x1b;#“”‘’|"),
        st.characters(codec="utf-8"),
        st.sampled_from("张三丰𠮷㐀龘👩‍👩‍👧😀שלוםمرحبا\u200f\u202e\ufffe\uffff\u2028\u3000"),
    ),
    max_size=40,
).map(lambda text: text.replace("\x0e", ""))  # a new column, of which docxtpl knows nothing
ROWS = (("头", "尾"), ("{%tr for x in both %}", ""), ("{{ x }}", "{{ loop.index }}"), (LOOP_END, ""))
RIGHT = '<w:pPr><w:jc w:val="end"/></w:pPr>'
ANY_TEMPLATE = bare(
    body=P("甲{{ a }}乙{{ b }}") + P("{{ a }}{{ b }}", RIGHT) + TABLE(ROWS),
    header=P("{{ b }}"),
)
ANY = compiled(ANY_TEMPLATE)


@settings(deadline=None)
@given(TEXT, TEXT)
def test_any_text(a: str, b: str) -> None:
    context = {"a": a, "b": b, "both": [a, b]}
    cleaned = {"a": without_controls(a), "b": without_controls(b)}
    theirs = by_docxtpl(ANY_TEMPLATE, {**cleaned, "both": list(cleaned.values())})
    assert find_differences(ANY.render(context), theirs) == []


def without_controls(text: str) -> str:
    """What XML can hold, and docxtpl's own control characters. Line ends become \\n when XML is read."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\v", "\n")
    return "".join(c for c in lines if c in "\t\n\a\f" or (ord(c) >= 32 and c not in "\ufffe\uffff"))


def test_control_characters_do_not_crash() -> None:
    titled = docx_bytes(lambda document: setattr(document.core_properties, "title", "甲{{ a }}乙"))
    made = compiled(titled).render({"a": "\x00一\a二\n三\ud800"})
    assert docx.Document(BytesIO(made)).core_properties.title == "甲一 二\n三乙"
    made = compiled(paragraphs("甲{{ a }}乙")).render({"a": "\x00一\x08二\x1b\ud800三"})
    assert texts_of(made) == ["甲一二三乙"]

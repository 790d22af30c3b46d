"""What a compiled template promises beyond docxtpl: nothing is blank unnoticed, and every fault has its place."""

from __future__ import annotations

import pickle
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from perfxl import CompiledTemplate
from perfxl.documents.template.compiled import RenderError, TemplateError
from tests.documents.docx_kit import compiled, docx_bytes, paragraphs, table, texts_of, zipped

ROWS = table(
    ["指标", "权重"], ["{%tr for k in kpis %}", ""], ["{{ k.name }}", "{{ k.weight }}"], ["{%tr endfor %}", ""]
)


def problems_of(data: bytes, context: dict[str, Any]) -> list[tuple[str, str, str]]:
    with pytest.raises(RenderError) as raised:
        compiled(data).render(context)
    return [(p.code, str(p.address), str(p.details.get("variable"))) for p in raised.value.problems]


def faults_of(*texts: str) -> list[tuple[str, str]]:
    with pytest.raises(TemplateError) as raised:
        compiled(paragraphs(*texts))
    return [(p.code, str(p.address)) for p in raised.value.problems]


def test_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "合同.docx"
    path.write_bytes(paragraphs("{{ name }}"))
    assert texts_of(CompiledTemplate(path).render({"name": "张三"})) == ["张三"]


def test_file_not_there(tmp_path: Path) -> None:
    for path, code in ((tmp_path / "没有.docx", "D101"), (tmp_path, "D107")):
        with pytest.raises(TemplateError) as raised:
            CompiledTemplate(path)
        assert [p.code for p in raised.value.problems] == [code]
        assert path.name in str(raised.value)


def test_none_prints_nothing() -> None:
    made = compiled(paragraphs("甲{{ a }}乙{{ b.c }}丙{{ 'x' if no }}")).render({"a": None, "b": {"c": None}, "no": 0})
    assert texts_of(made) == ["甲乙丙"]


def test_missing_variable_is_named_with_its_place() -> None:
    data = paragraphs("甲", "{{ name }} {{ person.post }}", "{{ nothing_like_it }}")
    assert problems_of(data, {"name": "x", "person": {}}) == [
        ("D115", "t.docx 正文!¶2", "person.post"),
        ("D115", "t.docx 正文!¶3", "nothing_like_it"),
    ]


def test_misspelt_variable() -> None:
    with pytest.raises(RenderError) as raised:
        compiled(paragraphs("{{ person.nmae }}")).render({"person": {"name": "x", "post": "y"}})
    (found,) = raised.value.problems
    assert (found.code, found.details["suggestion"]) == ("D116", "person.name")
    assert "person.name" in str(raised.value)


def test_missing_in_one_row_only() -> None:
    assert problems_of(ROWS, {"kpis": [{"name": "a", "weight": 1}, {"name": "b"}]}) == [
        ("D115", "t.docx 正文!¶6", "k.weight")
    ]


def test_missing_in_header_and_properties() -> None:
    def fill(document: Any) -> None:
        document.sections[0].header.paragraphs[0].text = "{{ company }}"
        document.core_properties.title = "{{ title }}"

    assert problems_of(docx_bytes(fill), {}) == [
        ("D115", "t.docx 页眉1!¶1", "company"),
        ("D115", "t.docx 文档属性", "title"),
    ]


def test_default_and_is_defined_allow_a_missing_variable() -> None:
    data = paragraphs("{{ a|default('无') }}{% if b is defined %}{{ b }}{% endif %}{{ c.d|default('-') }}")
    assert texts_of(compiled(data).render({"c": {}})) == ["无-"]


def test_object_attributes() -> None:
    class Person:
        name = "张三"

    data = paragraphs("{{ person.name }}", "{{ person.post }}")
    assert problems_of(data, {"person": Person()}) == [("D115", "t.docx 正文!¶2", "person.post")]


@pytest.mark.parametrize(
    ("text", "context", "code"),
    [
        ("{{ 1 / n }}", {"n": 0}, "D117"),
        ("{{ a + b }}", {"a": 1, "b": "x"}, "D117"),
        ("{% for k in kpis %}{{ k }}{% endfor %}", {"kpis": None}, "D117"),
        ("{{ a.__class__.__mro__ }}", {"a": 1}, "D118"),
        ("{{ a.__init__.__globals__ }}", {"a": compiled}, "D118"),
        ("{% for i in range(10000000) %}{% endfor %}", {}, "D117"),
        ("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", {}, "D117"),
        ("{% include 'other.docx' %}", {}, "D117"),
        ("{{ '{0.__class__.__mro__}'.format(a) }}", {"a": 1}, "D118"),
        ("{{ '<w:p>'|safe }}", {}, "D119"),
    ],
)
def test_what_cannot_be_worked_out(text: str, context: dict[str, Any], code: str) -> None:
    assert [found[0] for found in problems_of(paragraphs(text), context)] == [code]


@pytest.mark.parametrize(
    ("texts", "faults"),
    [
        (["甲", "{{ a b }}"], [("D110", "t.docx 正文!¶2")]),
        (["{{ f（x） }}"], [("D110", "t.docx 正文!¶1"), ("D133", "t.docx 正文!¶1")]),
        (["{{ name"], [("D110", "t.docx 正文"), ("D131", "t.docx 正文!¶1")]),
        (["甲", "{%p if a %}", "{{ a }}", "{%p if b %}", "乙", "{%p endif %}"], [("D111", "t.docx 正文!¶2")]),
        (["甲", "{% fro k in kpis %}"], [("D112", "t.docx 正文!¶2")]),
        (["甲", "乙", "{% endif %}"], [("D112", "t.docx 正文!¶3")]),
        (["{{ a|uper }}"], [("D113", "t.docx 正文!¶1")]),
        (["{% if a is integr %}{% endif %}"], [("D113", "t.docx 正文!¶1")]),
    ],
)
def test_template_faults(texts: list[str], faults: list[tuple[str, str]]) -> None:
    assert faults_of(*texts) == faults


def test_own_filters() -> None:
    template = compiled(paragraphs("{{ 0.5|percent }}"), filters={"percent": lambda share: f"{share:.0%}"})
    assert texts_of(template.render({})) == ["50%"]
    assert texts_of(pickle.loads(pickle.dumps(compiled(paragraphs("{{ x }}")))).render({"x": 1})) == ["1"]


def test_errors_travel_between_processes() -> None:
    with pytest.raises(RenderError) as raised:
        compiled(paragraphs("{{ x }}"), lang="en").render({})
    assert str(raised.value) == "The data has no variable x: body, paragraph 1, {{ x }}"
    assert pickle.loads(pickle.dumps(raised.value)).problems == raised.value.problems


def test_values_are_never_templates() -> None:
    made = compiled(paragraphs("{{ a }}")).render({"a": "{{ b }}{% for %}"})
    assert texts_of(made) == ["{{ b }}{% for %}"]


def test_autoescape_cannot_be_switched_off() -> None:
    made = compiled(paragraphs("{% autoescape false %}{{ a }}{% endautoescape %}")).render({"a": "<w:p/>&"})
    assert texts_of(made) == ["<w:p/>&"]


def test_equal_records_give_equal_bytes_in_any_thread() -> None:
    template = compiled(ROWS)
    records = [{"kpis": [{"name": f"指标\n{n}", "weight": n}] * (n % 5)} for n in range(40)]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(template.render, records)) == [template.render(record) for record in records]


def test_self_check_tells_what_differs() -> None:
    template = compiled(ROWS)
    other = compiled(table(["另", "外"]))
    template._archives[None] = other._archive_for(None)
    template._changing = []
    assert [(p.code, p.address.sheet) for p in template.self_check({"kpis": []})] == [("D140", "正文")]


def test_a_table_without_a_grid_is_left_alone() -> None:
    from tests.documents.docx_kit import unzipped

    parts = unzipped(table(["{%tc for k in kpis %}", "{{ k }}", "{%tc endfor %}"]))
    body = parts["word/document.xml"].replace(b"<w:tblGrid>", b"<!--").replace(b"</w:tblGrid>", b"-->")
    template = compiled(zipped({**parts, "word/document.xml": body}))
    assert texts_of(template.render({"kpis": [1, 2]}))[-2:] == ["1", "2"]

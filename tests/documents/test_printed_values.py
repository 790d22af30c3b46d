"""What tags print: plain texts where runs and paragraphs stand, nothing that is no text, nothing without bounds."""

from __future__ import annotations

import time
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from docxtpl import Listing, RichText, RichTextParagraph
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2.sandbox import ImmutableSandboxedEnvironment
from lxml import etree
from markupsafe import Markup

from perfxl.documents.template.compiled import RenderError
from perfxl.documents.template.language import Environment
from tests.documents.docx_kit import P, bare, compiled, unzipped

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
BOLD = '<w:r><w:rPr><w:rFonts w:ascii="O\'Neil “x”"/><w:b/></w:rPr><w:t>{}</w:t></w:r>'


def body(xml: str, context: dict[str, Any], slow: bool = False) -> etree._Element:
    template = compiled(bare(xml, P("x")))
    made = template.render(context, template.docxtpl() if slow else None)
    assert template.self_check(context) == []
    return etree.fromstring(unzipped(made)["word/document.xml"])


PLAIN = {"text": "甲 & <乙>", "number": 3.5, "listing": Listing("甲 & <乙>"), "markup": Markup("甲 &amp; &lt;乙&gt;")}


@pytest.mark.parametrize("slow", [False, True], ids=["compiled", "docxtpl"])
@pytest.mark.parametrize("kind", PLAIN)
@pytest.mark.parametrize("split", [False, True], ids=["whole", "split"])
def test_plain_text_where_runs_stand(kind: str, slow: bool, split: bool) -> None:
    tag = "<w:r><w:t>前{{r </w:t></w:r><w:r><w:t>x }}后</w:t></w:r>" if split else BOLD.format("前{{r x }}后")
    root = body(f"<w:p>{tag}</w:p>", {"x": PLAIN[kind]}, slow)
    shown = "3.5" if kind == "number" else "甲 & <乙>"
    texts = [text for text in root.iter(f"{W}t") if text.text]
    assert "".join(str(text.text) for text in texts) == f"前{shown}后"
    for text in texts:
        run = text.getparent()
        assert run is not None and run.tag == f"{W}r"
        if not split and text.text == shown:
            fonts = run.find(f"{W}rPr/{W}rFonts")
            assert fonts is not None and fonts.get(f"{W}ascii") == "O'Neil “x”"


@pytest.mark.parametrize("slow", [False, True], ids=["compiled", "docxtpl"])
def test_plain_text_where_paragraphs_stand(slow: bool) -> None:
    xml = f"<w:p><w:pPr><w:jc w:val='center'/></w:pPr>{BOLD.format('{{p x|upper }}')}</w:p>{P('尾')}"
    root = body(xml, {"x": "ab\nc"}, slow)
    first = next(root.iter(f"{W}p"))
    assert first.find(f"{W}pPr/{W}jc") is not None and first.find(f"{W}r/{W}rPr/{W}b") is not None
    assert [text.text for text in root.iter(f"{W}t")] == ["AB", "C", "尾"]


def test_what_brings_runs_is_as_it_was() -> None:
    root = body(
        P("a{{r x }}b") + P("{{p y }}"), {"x": RichText("粗", bold=True), "y": RichTextParagraph(RichText("段"))}
    )
    assert "".join(str(text.text or "") for text in root.iter(f"{W}t")) == "a粗b段"


def test_nothing_prints_nothing() -> None:
    root = body(P("a{{r x }}b") + P("{{p x }}"), {"x": None})
    assert "".join(str(text.text or "") for text in root.iter(f"{W}t")) == "ab"


def test_problems_show_the_tag_as_it_was_written() -> None:
    with pytest.raises(RenderError) as failed:
        compiled(bare(P("一") + P("{{r nobody|upper }}"), P("x"))).render({})
    (missing,) = failed.value.problems
    assert (missing.code, str(missing.address), missing.details["tag"]) == (
        "D115",
        "t.docx 正文!¶2",
        "{{ nobody|upper }}",
    )


class Plain:
    """An object that says nothing of itself."""


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        *(([1], "a list"), ((1,), "a list"), ({1}, "a list"), (range(3), "a list"), ({"a": 1}, "a record")),
        *((Plain(), "an object"), (len, "an object"), (b"x", "an object"), (iter([1]), "an object")),
    ],
)
@pytest.mark.parametrize("tag", ["{{ x }}", "{{r x }}", "{% macro m() %}{{ x }}{% endmacro %}{{ m() }}"])
def test_lists_and_objects_are_not_printed(value: object, kind: str, tag: str) -> None:
    with pytest.raises(RenderError) as failed:
        compiled(bare(P(tag), P("x")), lang="en").render({"x": value})
    (found,) = failed.value.problems
    assert found.code == "D161" and kind in found.message("en")


@pytest.mark.parametrize(
    "tag",
    [
        *("{{ rows|join('、') }}", "{{ rows|string }}", "{{ rows|upper }}", "{{ row|replace('a', 'b') }}"),
        *("{{ 'x' ~ row }}", "{{ '%s' % (row,) }}", "{{ '%s %s'|format('a', row) }}", "{{ row|e }}"),
        *("{{ rows|map('string')|join }}", "{{ rows|join('、', attribute='b') }}"),
    ],
)
def test_lists_and_records_are_not_made_texts_on_the_way(tag: str) -> None:
    row = {"a": "甲", "b": {"c": 1}}
    with pytest.raises(RenderError) as failed:
        compiled(bare(P(tag), P("x"))).render({"row": row, "rows": [row]})
    assert [each.code for each in failed.value.problems] == ["D161"]


def test_texts_of_lists_are_printed() -> None:
    rows = [{"kpi": "甲<"}, {"kpi": "乙"}]
    tags = "{{ rows|map(attribute='kpi')|join('、') }}{{ rows|join('/', attribute='kpi') }}{{ '%s=%s' % ('a', 1) }}"
    root = body(P(tags), {"rows": rows})
    assert "".join(text.text or "" for text in root.iter(f"{W}t")) == "甲<、乙甲</乙a=1"


def test_what_has_a_text_is_printed() -> None:
    values = ["x", 1, 2.5, True, None, Decimal("1.10"), Fraction(1, 3), date(2025, 1, 2)]
    root = body(
        "".join(P(f"{{{{ v{at} }}}}") for at in range(len(values))), {f"v{at}": v for at, v in enumerate(values)}
    )
    texts = [text.text or "" for text in root.iter(f"{W}t")]
    assert texts == ["x", "1", "2.5", "True", "", "1.10", "1/3", "2025-01-02"]


ENORMOUS = (
    "{{ 2**100000 }}", "{{ 2**(9**9) }}", "{{ 10**5000 * 10**5000 }}", "{{ 'x' * 10**9 }}", "{{ 10**9 * [1] }}",
    "{{ range(10**9)|list|length }}", "{{ range(20000)|length }}", "{{ '%1000000000d' % 1 }}",
    "{{ '%*d' % (10**9, 1) }}",
    "{{ '%1000000000d'|format(1) }}", "{{ '{:>1000000000}'.format(1) }}",
    "{{ '{:>{}}'.format(1, 10**9) }}", "{{ '{a:>{w}}'.format_map({'a': 1, 'w': 10**9}) }}",
    "{{ 'x'.ljust(10**9) }}",
    "{{ 'x'|center(10**9) }}", "{{ 'x'|indent(10**9, true) }}", "{{ lipsum(10**6) }}", "{{ [1]|batch(10**9, 0)|list }}",
    "{{ [1]|slice(10**9)|list }}", "{{ ('x' * 10000)|replace('x', 'y' * 10000) }}", "{{ 'x'.zfill(10**9) }}",
    "{% set n = namespace(x='xxxxxxxx') %}{% for i in range(60) %}{% set n.x = n.x ~ n.x %}{% endfor %}",
    "{% for a in range(9999) %}{% for b in range(9999) %}{% for c in 'xyz' %}{% endfor %}{% endfor %}{% endfor %}",
    "{{ (['x' * 9999] * 9999)|join('y' * 9999) }}", "{{ ['x' * 999999, 'y' * 999999]|join }}",
    "{% for a in range(9999) %}{% for b in range(9999)|select %}{% endfor %}{% endfor %}",
    "{% set n = namespace(x='xxxxxxxx') %}{% for i in range(60) %}{% set n.x = n.x + n.x %}{% endfor %}",
)  # fmt: skip


@pytest.mark.parametrize("tag", ENORMOUS)
def test_what_would_never_end_is_a_problem(tag: str) -> None:
    started = time.process_time()
    template = compiled(bare(P("一") + P(tag.replace(">", "&gt;")), P("x")))
    with pytest.raises(RenderError) as failed:
        template.render({})
    assert [(each.code, each.address.cell) for each in failed.value.problems] == [("D117", "¶2")]
    with pytest.raises(RenderError):  # docxtpl is not asked either
        template.self_check({})
    assert time.process_time() - started < 3


def test_ordinary_reckoning_goes_on() -> None:
    tags = (
        "{{ 2**10 }}",
        "{{ '-' * 20 }}",
        "{{ '%5.1f' % 3.14159 }}",
        "{{ range(3)|join }}",
        "{{ 'x'|center(5) }}",
        "{{ 7 % 4 }}",
    )
    root = body("".join(map(P, tags)), {})
    assert [text.text for text in root.iter(f"{W}t")] == ["1024", "-" * 20, "  3.1", "012", "  x  ", "3"]


def test_templates_change_no_data() -> None:
    assert issubclass(Environment, ImmutableSandboxedEnvironment)
    rows = [1]
    with pytest.raises(RenderError) as failed:
        compiled(bare(P("{{ rows.append(2) }}"), P("x"))).render({"rows": rows})
    assert failed.value.problems[0].code == "D118" and rows == [1]


@settings(max_examples=60, deadline=None)
@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=3), lambda inner: st.lists(inner, max_size=2), max_leaves=4
    )
)
def test_any_value_is_printed_or_a_problem(value: object) -> None:
    template = compiled(bare(P("{{ x }}"), P("x")))
    if isinstance(value, list):
        with pytest.raises(RenderError):
            template.render({"x": value})
    else:
        etree.fromstring(unzipped(template.render({"x": value}))["word/document.xml"])

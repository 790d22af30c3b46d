"""A context is made once and read as often as need be."""

from __future__ import annotations

import io
import itertools
from typing import Any

import docx
import pytest
from docxtpl import InlineImage
from jinja2 import Environment

from perfxl.documents.template.contexts import reads_within
from tests.documents.docx_kit import PIXEL, P, bare, compiled, paragraphs, texts_of, unzipped

LOOP = "{% for k in rows %}{{ k }}{% endfor %}"
SOURCES: dict[str, Any] = {
    "generator": lambda: (k for k in "甲乙丙"),
    "map": lambda: map(str.strip, "甲乙丙"),
    "rows of rows": lambda: [iter("甲乙丙")],
    "within": lambda: {"inner": [iter("甲乙丙")]},
    "endless": lambda: itertools.chain("甲乙丙", itertools.repeat("")),
}


@pytest.mark.parametrize("kind", ["generator", "map"])
def test_the_fallback_finds_every_row(kind: str) -> None:
    template = compiled(paragraphs(LOOP, "{{ picture }}"))
    picture = InlineImage(template.docxtpl(), io.BytesIO(PIXEL))
    made = template.render({"rows": SOURCES[kind](), "picture": picture})
    assert "甲乙丙" in texts_of(made)
    assert len(docx.Document(io.BytesIO(made)).inline_shapes) == 1


@pytest.mark.parametrize("kind", SOURCES)
def test_body_and_header_both_find_every_row(kind: str) -> None:
    loop = LOOP
    if kind == "within":
        loop = LOOP.replace("in rows", "in rows.inner[0]")
    if kind == "rows of rows":
        loop = "{% for row in rows %}{% for k in row %}{{ k }}{% endfor %}{% endfor %}"
    if kind == "endless":
        loop = "{% for k, _ in zip(rows, [1, 2, 3]) %}{{ k }}{% endfor %}"
    context = {"rows": SOURCES[kind](), "zip": zip}
    parts = unzipped(compiled(bare(P(loop), P(loop))).render(context))
    assert all("甲乙丙" in parts[name].decode() for name in ("word/document.xml", "word/header1.xml"))


def test_the_comparison_reads_the_same() -> None:
    assert compiled(bare(P(LOOP), P(LOOP))).self_check({"rows": iter("甲乙")}) == []


def test_what_holds_itself_is_read() -> None:
    context: dict[str, Any] = {"name": "甲", "rows": iter("乙")}
    context["own"] = context
    parts = unzipped(compiled(bare(P("{{ own.own.name }}" + LOOP), P("x"))).render(context))
    assert "甲乙" in parts["word/document.xml"].decode()


@pytest.mark.parametrize(
    ("text", "within"),
    [
        ("{{ name }}{% for k in kpis %}{{ k.name }}{% endfor %}", False),
        ("{% for k in person.kpis %}{{ k }}{% endfor %}", True),
        ("{% for name, share in shares %}{{ name }}{% endfor %}", True),
        ("{% for k in rows %}{% for t in k %}{{ t }}{% endfor %}{% endfor %}", True),
        ("{% set k = person.kpis %}{% for t in k %}{{ t }}{% endfor %}", True),
        ("{{ kpis|length }}", True),
        ("{% if 'a' in names %}x{% endif %}", True),
        ("{{ dict(kpis) }}", True),
    ],
)
def test_what_a_template_goes_through(text: str, within: bool) -> None:
    assert reads_within([Environment().parse(text)]) is within

"""Which variables a template uses, and which of them a record lacks."""

from __future__ import annotations

from typing import Any

import pytest

from tests.documents.docx_kit import compiled, paragraphs, table

USES = {
    "{{ a }}": {"a"},
    "{{ a.b.c }}": {"a", "a.b", "a.b.c"},
    "{{ a['b'] }}{{ a[0].c }}": {"a", "a.b", "a[].c"},
    "{% for k in a.ks %}{{ k.x }}{{ loop.index }}{% endfor %}": {"a", "a.ks", "a.ks[].x"},
    "{% for k in ks|sort(attribute='y') %}{{ k.x }}{% endfor %}": {"ks", "ks[].y", "ks[].x"},
    "{% for k in ks|selectattr('y') if k.z %}{{ k.x }}{% else %}{{ k }}{% endfor %}": {
        "ks", "ks[].y", "ks[].x", "ks[].z", "k",
    },
    "{% for k in ks %}{% for m in k.ms %}{{ m }}{{ m.n }}{% endfor %}{% endfor %}": {"ks", "ks[].ms", "ks[].ms[].n"},
    "{% for k, v in d.items() %}{{ k }}{{ v.x }}{% endfor %}": {"d"},
    "{% set x = a.b %}{{ x.c }}": {"a", "a.b", "a.b.c"},
    "{% set x %}{{ a }}{% endset %}{{ x }}": {"a"},
    "{% with x = a %}{{ x.b }}{% endwith %}": {"a", "a.b"},
    "{% macro m(p) %}{{ p.q }}{{ a }}{% endmacro %}{{ m(b.c) }}": {"a", "b", "b.c"},
    "{{ a|default('x') }}{{ b is defined }}": {"a", "b"},
    "{{ (ks|first).x }}{{ ks|map(attribute='y')|join }}": {"ks", "ks[].x", "ks[].y"},
    "{{ d.strftime('%Y') }}{{ range(n) }}{{ 'a' if b else c }}": {"d", "n", "b", "c"},
}  # fmt: skip


@pytest.mark.parametrize("text", USES)
def test_variables(text: str) -> None:
    assert compiled(paragraphs(text)).variables() == USES[text]


CONTRACT = compiled(
    table(
        ["{{ person.name }}", "{{ total }}"],
        ["{%tr for k in kpis %}", ""],
        ["{{ k.name }}", "{{ k.weight }}"],
        ["{%tr endfor %}", ""],
        ["{{ note|default('') }}", "{% if sign is defined %}{{ sign.date }}{% endif %}"],
    )
)


@pytest.mark.parametrize(
    ("known", "missing"),
    [
        ({"person": {"name": "x"}, "total": 1, "kpis": [{"name": 1, "weight": 2}]}, []),
        ({"person": {"name": "x"}, "total": 1, "kpis": []}, []),
        ({"person": {}, "total": 1, "kpis": [{"name": 1, "weight": 2}, {"name": 1}]}, ["person.name", "kpis[].weight"]),
        ({"kpis": [{"nmae": 1, "weight": 2}]}, ["person", "total", "kpis[].name"]),
        (["person.name", "total", "kpis[].name", "kpis[].weight"], []),
        (["person", "total", "kpis"], []),
        (["person.names", "total", "kpis[].name"], ["person.name", "kpis[].weight"]),
        ([], ["person", "total", "kpis"]),
    ],
)
def test_check(known: Any, missing: list[str]) -> None:
    assert [found.details["variable"] for found in CONTRACT.check(known)] == missing


def test_check_suggests_the_nearest_name() -> None:
    for known in (["persn.name", "total", "kpis"], {"persn": 1, "total": 1, "kpis": []}):
        assert [(p.code, p.details["suggestion"]) for p in CONTRACT.check(known)] == [("D116", "persn")]


@pytest.mark.parametrize(
    ("name", "suggestion"),
    [("total_score", "result.total"), ("employeeName", "holder.name"), ("总分", "result.total"), ("name", "")],
)
def test_names_of_other_systems_lead_to_the_field_that_shares_most_words(name: str, suggestion: str) -> None:
    fields = ["holder.name", "holder.id", "superior.name", "result.total", "result.grade", "lines[].total"]
    for known in (fields, {"holder": {"name": 1, "id": 1}, "superior": {"name": 1}, "result": {"total": 1}}):
        template = compiled(paragraphs(f"{{{{ {name} }}}}"))
        assert [p.details.get("suggestion", "") for p in template.check(known)] == [suggestion]


def test_a_passing_check_means_a_document() -> None:
    record = {"person": {"name": "x"}, "total": 1, "kpis": [{"name": 1, "weight": 2}]}
    assert CONTRACT.check(record) == []
    assert CONTRACT.render(record)

"""Slips of the pen in templates."""

from __future__ import annotations

import pytest

from tests.documents.docx_kit import compiled, paragraphs


@pytest.mark.parametrize(
    ("text", "slips"),
    [
        ("{{ name }} {% if a %}{% endif %} {# 注 {x} #}", []),
        ("（金额：{{ name|default('（无），{') }}）", []),
        ("｛｛ 姓名 ｝｝", [("D130", "｛｛ 姓名 ｝｝")]),
        ("甲 {｛ name }} 乙 ｛% if a %｝", [("D130", "{｛ name }}"), ("D130", "｛% if a %｝")]),
        ("{姓名} 和 {name.first} {1} {}", [("D132", "{姓名}"), ("D132", "{name.first}")]),
    ],
)
def test_slips(text: str, slips: list[tuple[str, str]]) -> None:
    assert [(found.code, found.details["tag"]) for found in compiled(paragraphs("甲", text)).lint()] == slips


def test_slips_have_a_place() -> None:
    (found,) = compiled(paragraphs("甲", "乙｛｛x｝｝"), lang="en").lint()
    assert str(found.address) == "t.docx body!¶2"
    assert found.message("en") == "Full-width brackets in body, paragraph 2: ｛｛x｝｝ will be printed as it stands"

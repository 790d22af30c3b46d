"""What is typed between quotes within a tag means what was typed, in every part."""

from __future__ import annotations

import pytest
from lxml import etree

from tests.documents.docx_kit import P, bare, compiled, unzipped

TAGS = {
    '{% if unit == "研发 &amp; 设计" %}是{% else %}否{% endif %}': "是",
    "{{ '&lt;甲&gt; &amp;amp; 乙' }}": "<甲> &amp; 乙",
    "{{ unit|replace('&amp;', '与') }}": "研发 与 设计",
    '{{ “a &amp; b” if unit else "" }}': "a & b",
}


@pytest.mark.parametrize("part", ["word/document.xml", "word/header1.xml"])
@pytest.mark.parametrize("tag", TAGS)
def test_entities_in_literals(tag: str, part: str) -> None:
    template = compiled(bare(P(tag), P(tag)))
    root = etree.fromstring(unzipped(template.render({"unit": "研发 & 设计"}))[part])
    assert "".join(str(text) for text in root.itertext()).strip() == TAGS[tag]
    assert template.self_check({"unit": "研发 & 设计"}) == []

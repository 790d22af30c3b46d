"""Values that bring parts of their own: docxtpl makes the document, the template is compiled all the same."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import docx
import pytest
from docx.shared import Mm
from docxtpl import DocxTemplate, InlineImage, RichText

from perfxl.documents.template.compiled import RenderError
from perfxl.documents.template.fallback import find_differences
from tests.documents.docx_kit import PIXEL, compiled, docx_bytes, paragraphs, texts_of, unzipped


def _with_header(document: Any) -> None:
    document.add_paragraph("{{ name }}：{{ image }}")
    document.add_paragraph("{{ name }}")
    document.sections[0].header.paragraphs[0].text = "{{ image }}{{ name }}"
    document.core_properties.title = "A & {{ name }}"


PICTURES = docx_bytes(_with_header)


def saved(document: DocxTemplate) -> bytes:
    target = BytesIO()
    document.save(target)
    return target.getvalue()


def test_pictures() -> None:
    reference = DocxTemplate(BytesIO(PICTURES))
    context = {"name": "张三 & <李四>", "image": InlineImage(reference, BytesIO(PIXEL), width=Mm(20))}
    reference.render(context, autoescape=True)
    made = compiled(PICTURES).render({**context, "image": InlineImage(None, BytesIO(PIXEL), width=Mm(20))})
    assert find_differences(made, saved(reference)) == ["docProps/core.xml"]
    assert docx.Document(BytesIO(made)).core_properties.title == "A & 张三 & <李四>"


def test_one_picture_in_many_documents() -> None:
    template, image = compiled(PICTURES), InlineImage(None, BytesIO(PIXEL))
    made = [template.render({"name": str(n), "image": image}) for n in range(3)]
    assert [texts_of(document)[1] for document in made] == ["0", "1", "2"]
    assert all(sum(name.startswith("word/media/") for name in unzipped(document)) == 1 for document in made)


def test_a_picture_that_cannot_be_read() -> None:
    for source in ("没有.png", BytesIO(b"not a picture")):
        with pytest.raises(RenderError) as raised:
            compiled(PICTURES).render({"name": "x", "image": InlineImage(None, source)})
        assert [(p.code, str(p.address)) for p in raised.value.problems] == [("D121", "t.docx 正文!¶1")]


def test_missing_variable_beside_a_picture() -> None:
    with pytest.raises(RenderError) as raised:
        compiled(PICTURES).render({"image": InlineImage(None, BytesIO(PIXEL))})
    assert [(p.code, p.details["variable"]) for p in raised.value.problems] == [("D115", "name")]


def test_links() -> None:
    template = compiled(paragraphs("{{r link }}"))
    document = template.docxtpl()
    link = RichText("官网", url_id=document.build_url_id("https://example.com/"))
    made = template.render({"link": link}, document)
    assert b"https://example.com/" in unzipped(made)["word/_rels/document.xml.rels"]
    with pytest.raises(RenderError) as raised:
        template.render({"link": link})
    assert [p.code for p in raised.value.problems] == ["D122"]


def test_replaced_pictures() -> None:
    data = docx_bytes(lambda document: document.add_picture(BytesIO(PIXEL)))
    name = next(name for name in unzipped(data) if name.startswith("word/media/"))
    template, other = compiled(data), PIXEL + b"\0"
    document = template.docxtpl()
    document.replace_media(BytesIO(PIXEL), BytesIO(other))
    assert unzipped(template.render({}, document))[name] == other


def test_a_document_of_another_template() -> None:
    template = compiled(paragraphs("{{ a }}"))
    for document in (compiled(paragraphs("{{ a }}")).docxtpl(), DocxTemplate(BytesIO(PICTURES))):
        with pytest.raises(RenderError) as raised:
            template.render({"a": 1}, document)
        assert [p.code for p in raised.value.problems] == ["D120"]


def test_subdocuments() -> None:
    pytest.importorskip("docxcompose")
    part = docx_bytes(lambda document: document.add_heading("附件 & 说明", 1))

    def fill(document: Any) -> None:
        document.add_paragraph("{{ name }}")
        document.add_paragraph("{{p sub }}")

    data = docx_bytes(fill)
    reference = DocxTemplate(BytesIO(data))
    reference.render({"name": "张三", "sub": reference.new_subdoc(BytesIO(part))}, autoescape=True)
    template = compiled(data)
    sub = template.docxtpl().new_subdoc(BytesIO(part))
    made = template.render({"name": "张三", "sub": sub})
    assert find_differences(made, saved(reference)) == []
    assert texts_of(made) == ["张三", "附件 & 说明"]
    with pytest.raises(RenderError) as raised:  # its parts went into the first document
        template.render({"name": "李四", "sub": sub})
    assert [p.code for p in raised.value.problems] == ["D120"]

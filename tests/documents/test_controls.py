"""Check boxes that fields tick, tables of contents, and templates in Word's other forms."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import docx
import pytest

from perfxl.cli import main
from perfxl.documents.merge import Merger
from perfxl.documents.template.compiled import CompiledTemplate, RenderError, TemplateError
from perfxl.documents.template.draft import mark_as_draft
from perfxl.program import load
from tests.documents.batch_kit import make_documents, papers, program_file
from tests.documents.docx_kit import compiled, docx_bytes, paragraphs, texts_of, unzipped, zipped
from tests.documents.picture_kit import illustrated

W14 = "http://schemas.microsoft.com/office/word/2010/wordml"


def with_body(xml: str, data: bytes | None = None) -> bytes:
    """The document with more at the beginning of its body."""
    parts = unzipped(data or paragraphs("{{ name }}"))
    body = parts["word/document.xml"].decode()
    at = body.index("<w:body>") + len("<w:body>")
    return zipped({**parts, "word/document.xml": f"{body[:at]}{xml}{body[at:]}".encode()})


def box(field: str, mark: str = "<w:t>☐</w:t>", states: str = "", kind: str = "tag") -> str:
    """A check box as Word writes it."""
    return (
        f'<w:p><w:sdt xmlns:w14="{W14}"><w:sdtPr><w:{kind} w:val="{field}"/><w:id w:val="7"/><w14:checkbox>'
        f'<w14:checked w14:val="0"/>{states}</w14:checkbox></w:sdtPr><w:sdtContent><w:r>{mark}</w:r></w:sdtContent>'
        "</w:sdt></w:p>"
    )


def body_of(data: bytes, **context: Any) -> str:
    return unzipped(compiled(data).render({"name": "n", **context}))["word/document.xml"].decode()


@pytest.mark.parametrize("value", [True, "是", "Yes", 1, "√"])
@pytest.mark.parametrize("kind", ["tag", "alias"])
def test_a_field_ticks_a_check_box(value: object, kind: str) -> None:
    body = body_of(with_body(box("{{ reached }}", kind=kind)), reached=value)
    assert 'w14:checked w14:val="1"' in body
    assert ">☒<" in body
    assert f'<w:{kind} w:val="reached"/>' in body


@pytest.mark.parametrize("value", [False, "否", "no", 0, "", None, "—"])
def test_and_leaves_it_blank(value: object) -> None:
    body = body_of(with_body(box("{{ reached }}")), reached=value)
    assert 'w14:checked w14:val="0"' in body
    assert ">☐<" in body


def test_conditions_and_own_symbols() -> None:
    looks = (("checkedState", "00FE"), ("uncheckedState", "00A8"))
    states = "".join(f'<w14:{state} w14:val="{look}" w14:font="Wingdings"/>' for state, look in looks)
    field = "{{ state == &quot;R&amp;D&quot; }}"
    data = with_body(box(field, '<w:sym w:font="Wingdings" w:char="F0A8"/>', states))
    assert '<w:sym w:font="Wingdings" w:char="F0FE"/>' in body_of(data, state="R&D")
    assert '<w:sym w:font="Wingdings" w:char="F0A8"/>' in body_of(data, state="sales")


def test_what_is_no_answer_is_named_and_a_box_to_tick_by_hand_stays() -> None:
    with pytest.raises(RenderError) as caught:
        body_of(with_body(box("{{ reached }}")), reached="87.5")
    assert [about.name for about in caught.value.problems] == ["tag_fails"]
    data = with_body(box("agree"))
    assert compiled(data).variables() == {"name"}
    assert ">☐<" in body_of(data)


def test_check_boxes_are_checked_and_made_as_docxtpl_would() -> None:
    template = compiled(with_body(box("{{ reached }}")))
    assert [about.name for about in template.check(["name"])] == ["variable_missing"]
    assert template.self_check({"name": "n", "reached": True}) == []


def mark(kind: str) -> str:
    return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'


INSTRUCTION = '<w:r><w:instrText xml:space="preserve"> TOC \\o "1-3" \\h </w:instrText></w:r>'
TOC = f"<w:p>{mark('begin')}{INSTRUCTION}{mark('separate')}<w:r><w:t>old</w:t></w:r>{mark('end')}</w:p>"


def settings_of(data: bytes) -> str:
    return unzipped(compiled(data).render({"name": "n"}))["word/settings.xml"].decode()


def test_a_table_of_contents_is_made_anew_on_opening() -> None:
    settings = settings_of(with_body(TOC))
    children = re.findall(r"<w:(\w+)[ />]", settings)
    assert '<w:updateFields w:val="true"/>' in settings
    assert children.index("updateFields") < children.index("compat")
    assert "updateFields" not in settings_of(paragraphs("{{ name }}"))


def test_in_a_print_file_it_lists_the_headings_of_its_own_paper(tmp_path: Path) -> None:
    template = compiled(with_body(TOC))
    merger = Merger(tmp_path / "print.docx", "all")
    for name in ("a", "b"):
        merger.add(template.render({"name": name}))
    merger.close()
    parts = unzipped((tmp_path / "print.docx").read_bytes())
    body = parts["word/document.xml"].decode()
    assert b"updateFields" in parts["word/settings.xml"]
    assert re.findall(r"TOC \\b (\w+)", body) == ["all_of_1", "all_of_2"]
    for number in (1, 2):
        start = re.search(rf'<w:bookmarkStart w:id="(\d+)" w:name="all_of_{number}"/>', body)
        assert start
        end = body.index(f'<w:bookmarkEnd w:id="{start[1]}"/>')
        assert start.end() < body.index(f">{'ab'[number - 1]}<") < end
    assert len(docx.Document(str(tmp_path / "print.docx")).sections) == 2


def as_dotx(data: bytes) -> bytes:
    parts = unzipped(data)
    types = parts["[Content_Types].xml"].replace(b"document.main+xml", b"template.main+xml")
    return zipped({**parts, "[Content_Types].xml": types})


def test_a_dotx_is_taken_and_papers_are_documents(tmp_path: Path) -> None:
    path = tmp_path / "notice.dotx"
    path.write_bytes(as_dotx(paragraphs("{{ holder.name }}")))
    document = CompiledTemplate(path).render({"holder": {"name": "张三"}})
    assert texts_of(document) == ["张三"]
    assert b"template.main" not in unzipped(document)["[Content_Types].xml"]
    assert mark_as_draft(path.read_bytes(), "zh")
    program = load(program_file(12))[0]
    make_documents("notice", program.tables, program.policy, tmp_path / "out", template=path, jobs=1, draft=True)
    assert len([name for name in papers(tmp_path / "out") if name.endswith(".docx")]) > 5


def test_a_strict_template_is_named_as_that() -> None:
    parts = unzipped(docx_bytes(lambda document: document.add_paragraph("{{ name }}")))
    strict = {
        name: content.replace(
            b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument",
            b"http://purl.oclc.org/ooxml/officeDocument/relationships/officeDocument",
        ).replace(
            b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
            b"http://purl.oclc.org/ooxml/wordprocessingml/main",
        )
        for name, content in parts.items()
    }
    with pytest.raises(TemplateError) as caught:
        compiled(zipped(strict))
    assert [about.name for about in caught.value.problems] == ["template_strict"]


def test_templates_check_judges_a_dotx_and_its_picture_fields(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = illustrated(["photo", "superior.signature", "qr"], text="{{ holder.name }} {{ verify_code }}")
    (tmp_path / "notice.dotx").write_bytes(as_dotx(good))
    (tmp_path / "contract.docx").write_bytes(illustrated(["nobody.photo"], text="{{ photo }}"))
    assert main(["templates", "check", str(tmp_path), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert [Path(each["file"]).name for each in told["templates"]] == ["contract.docx", "notice.dotx"]
    assert {(each["file"], each["code"]) for each in told["problems"]} == {
        ("contract.docx", "D115"),
        ("contract.docx", "D268"),
    }
    main(["templates", "fields", "notice"])
    main(["templates", "fields", "notice", "-o", str(tmp_path / "fields.xlsx")])
    assert (tmp_path / "fields.xlsx").exists()

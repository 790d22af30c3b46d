"""What of a template would be wrong on every paper: named, with its place; a batch begins with it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from perfxl.assets import doc_templates
from perfxl.cli import main
from perfxl.documents.template.compiled import CompiledTemplate, RenderError, TemplateError
from tests.documents.batch_kit import make_documents, papers, program_file
from tests.documents.contract_book import book, policy
from tests.documents.docx_kit import (
    OFFICE,
    TABLE,
    WORD,
    WORDPROCESSING,
    P,
    bare,
    compiled,
    docx_bytes,
    unzipped,
    with_part,
    zipped,
)
from tests.documents.papers import edited

DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"


def codes(data: bytes) -> list[tuple[str, str, str]]:
    return [(each.code, each.address.cell, str(each.details["tag"])) for each in compiled(data).lint()]


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        *(("{ { x } }", "{ { x } }"), ("{ {x} }", "{ {x} }"), ("{ % if x % }", None)),
        ("甲 { {x}} 乙", None),
    ],
)
def test_blanks_between_brackets(text: str, tag: str | None) -> None:
    found = codes(bare(P("一") + P(text), P("x")))
    assert found and all(cell == "¶2" for _, cell, _ in found)
    if tag:
        assert ("D162", "¶2", tag) in found


def test_a_blank_in_a_closing_bracket() -> None:
    with pytest.raises(TemplateError) as refused:
        compiled(bare(P("一") + P("{{ x } }"), P("x")))
    assert [each.code for each in refused.value.problems] == ["D110", "D131", "D162"]


def test_no_slip_in_ordinary_text() -> None:
    assert codes(bare(P("{ 甲 } {% if a %}{ {% endif %} {1, {2}} {{ a }}"), P("x"))) == []


BESIDE = {
    "paragraph": (P("一") + P("{%p if a %}见附件") + P("x") + P("{%p endif %}"), "¶2", "见附件"),
    "before": (P("前 {%p if a %}") + P("x") + P("{%p endif %}"), "¶1", "前"),
    "row": (TABLE([["{%tr for k in a %}", "合计"], ["{{ k }}", "x"], ["{%tr endfor %}", ""]]), "¶1", "合计"),
    "one row for both": (TABLE([["{%tr for k in a %}{{ k }}{%tr endfor %}"]]), "¶1", "{{ k }}{%tr endfor %}"),
    "cell": (TABLE([["{%tc for k in a %}注", "{{ k }}", "{%tc endfor %}"]]), "¶1", "注"),
    "comment": (P("{#p 注 #}看这里"), "¶1", "看这里"),
}


@pytest.mark.parametrize("kind", BESIDE)
def test_text_beside_a_tag_is_named(kind: str) -> None:
    body, cell, lost = BESIDE[kind]
    try:
        problems = compiled(bare(body, P("x"))).lint()
    except TemplateError as error:
        problems = error.problems
    assert [(each.address.cell, each.details["word"]) for each in problems if each.code == "D163"] == [(cell, lost)]


def test_tags_alone_lose_nothing() -> None:
    rows = TABLE([["{%tr for k in a %}", ""], ["{{ k }}", "{%p if k %}"], ["{%tr endfor %}", "{# 注 #}"]])
    alone = P("{%p if a %}") + P("x") + P(" {%p endif %} ")
    assert [code for code, *_ in codes(bare(alone + rows.replace("{%p if k %}", "y"), P("x")))] == []


ADVICE = {
    "{% tr for h in a %}": ("D168", "tr"),
    "{% p if a %}": ("D168", "p"),
    "{{ r x }}": ("D110", ""),
    "{%p if a % 2 %}": ("D169", "p"),
    "{%tr for x in {1: 2}.values() %}": ("D169", "tr"),
    "{% for x in a %}{% break %}{% endfor %}": ("D170", "break"),
    "{% for x in a %}{% continue %}{% endfor %}": ("D170", "continue"),
    "{% fro x in a %}": ("D112", "fro"),
}


@pytest.mark.parametrize("tag", ADVICE)
def test_messages_that_help(tag: str) -> None:
    with pytest.raises(TemplateError) as refused:
        compiled(bare(P("一") + P(tag), P("x")))
    found = next(each for each in refused.value.problems if each.code != "D163")
    code, word = ADVICE[tag]
    assert (found.code, found.address.cell) == (code, "¶2")
    if word:
        assert word in found.message("zh") + found.hint("zh") and str(found.details["tag"]) in tag


def test_a_remainder_may_be_asked_for_as_advised() -> None:
    compiled(bare(P("{%p if a is divisibleby(2) %}") + P("x") + P("{%p endif %}"), P("x"))).render({"a": 2})


def test_paragraphs_of_a_text_box_are_judged_one_by_one() -> None:
    """They were judged as one with the paragraph that the box is anchored in, and the batch stopped."""
    box = "<w:p><w:r><w:pict><w:txbxContent>{}</w:txbxContent></w:pict></w:r></w:p>"
    inside = P("{%p if a %}") + P("甲{{ b }}") + P("{%p endif %}") + P("乙{a}")
    template = compiled(bare(P("一") + box.format(inside), P("x")))
    assert [(each.code, each.address.cell) for each in template.lint()] == [("D132", "¶6")]
    with pytest.raises(RenderError) as missing:
        template.render({"a": 1})
    assert [(each.code, each.address.cell) for each in missing.value.problems] == [("D115", "¶4")]


def test_a_control_bound_to_the_properties_is_no_part_of_them() -> None:
    """A cover page of Word's, whose title is bound, stopped the batch: its fields counted as not filled."""
    mappings = "xmlns:a='http://schemas.openxmlformats.org/package/2006/metadata/core-properties'"
    binding = f'<w:dataBinding w:prefixMappings="{mappings}" w:xpath="/a:coreProperties[1]/a:keywords[1]"/>'
    bound = f"<w:sdtPr>{binding}</w:sdtPr>"
    template = compiled(
        bare(P("{{ a }}") + f"<w:sdt>{bound}<w:sdtContent>{P('{{ a }}')}</w:sdtContent></w:sdt>", P("x"))
    )
    assert template.lint() == []


def note(kind: str, text: str) -> bytes:
    root, one = {"endnotes": ("endnotes", "endnote"), "comments": ("comments", "comment")}[kind]
    return f'<w:{root} xmlns:w="{WORD}"><w:{one} w:id="1">{P(text)}</w:{one}></w:{root}>'.encode()


@pytest.mark.parametrize("slow", [False, True], ids=["compiled", "docxtpl"])
@pytest.mark.parametrize("kind", ["endnotes", "comments"])
def test_notes_are_filled(kind: str, slow: bool) -> None:
    data = with_part(
        bare(P("x"), P("x")),
        f"word/{kind}.xml",
        note(kind, "{{ a }}"),
        f"{WORDPROCESSING}.{kind}+xml",
        f"{OFFICE}/{kind}",
    )
    template = compiled(data)
    made = unzipped(template.render({"a": "甲 & 乙\n丙"}, template.docxtpl() if slow else None))
    root = etree.fromstring(made[f"word/{kind}.xml"])
    assert "".join(str(text) for text in root.itertext()) == "甲 & 乙丙"
    assert template.self_check({"a": "甲"}) == [] and template.variables() == {"a"}
    with pytest.raises(RenderError) as failed:
        template.render({})
    assert failed.value.problems[0].code == "D115"


def graphic(kind: str) -> bytes:
    runs = "".join(f"<a:r><a:t>{piece}</a:t></a:r>" for piece in ("前{", "{ a", " }}后"))
    return f'<d:{kind} xmlns:d="{DRAWING}/diagram" xmlns:a="{DRAWING}/main"><a:p>{runs}</a:p></d:{kind}>'.encode()


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("diagrams/data1", "application/vnd.openxmlformats-officedocument.drawingml.diagramData+xml"),
        ("diagrams/drawing1", "application/vnd.ms-office.drawingml.diagramDrawing+xml"),
        ("charts/chart9", "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"),
    ],
)
def test_drawings_are_filled_though_editing_split_the_tag(name: str, content_type: str) -> None:
    data = with_part(bare(P("x"), P("x")), f"word/{name}.xml", graphic("g"), content_type, f"{OFFICE}/x")
    template = compiled(data)
    root = etree.fromstring(unzipped(template.render({"a": "甲 & 乙"}))[f"word/{name}.xml"])
    assert "".join(str(text) for text in root.itertext()) == "前甲 & 乙后"
    assert template.lint() == [] and template.self_check({"a": "甲"}) == []


@pytest.mark.parametrize("target", ["mailto:{{ a }}", "mailto:%7B%7B%20a%20%7D%7D"])
def test_tags_that_nothing_fills_are_named(target: str) -> None:
    parts = unzipped(bare(P("{{ a }}"), P("x")))
    name = "word/_rels/document.xml.rels"
    link = (
        f'<Relationship Id="rId9" Type="{OFFICE}/hyperlink" Target="{target}" TargetMode="External"/></Relationships>'
    )
    parts[name] = parts[name].replace(b"</Relationships>", link.encode())
    found = {each.code: each for each in compiled(zipped(parts)).lint()}
    assert found.keys() == {"D164", "D166"} and "a" in found["D164"].details["tag"]


@pytest.mark.parametrize("name", ["keywords", "category", "content_status", "last_modified_by", "version"])
def test_properties_that_nothing_fills_are_named(name: str) -> None:
    def fill(document: Any) -> None:
        document.core_properties.title = "{{ a }}"
        setattr(document.core_properties, name, "{{ a }} {% if b %}")

    found = [(each.code, each.details["tag"]) for each in compiled(docx_bytes(fill)).lint()]
    assert found == [("D164", "{{ a }}"), ("D164", "{% if b %}")]


def test_what_goes_out_to_everybody_is_named() -> None:
    data = with_part(
        bare(P("{{ a }}"), P("x")),
        "word/comments.xml",
        note("comments", "内部"),
        f"{WORDPROCESSING}.comments+xml",
        f"{OFFICE}/comments",
    )
    assert [(each.code, each.details["count"]) for each in compiled(data).lint()] == [("D165", 1)]


def test_the_shipped_templates_have_no_slips() -> None:
    assert [found for path in sorted(doc_templates().glob("*.docx")) for found in CompiledTemplate(path).lint()] == []


SLIPPED = {"｛｛ program ｝｝": "D130", "{issuer.name}": "D132", "{ { program } }": "D162"}


@pytest.mark.parametrize("slip", SLIPPED)
def test_a_batch_begins_with_its_template(slip: str, tmp_path: Path) -> None:
    template = edited(doc_templates() / "contract.zh.docx", tmp_path / "t.docx", {"{{ program }}": slip})
    files, problems = make_documents("contract", book(), policy(), tmp_path / "out", template=template)
    assert (list(files), [each.code for each in problems]) == ([], [SLIPPED[slip], "D167"])
    assert not (tmp_path / "out").exists()
    files, problems = make_documents("contract", book(), policy(), tmp_path / "out", template=template, lenient=True)
    assert len(files) == 3 and [each.code for each in problems] == [SLIPPED[slip], "D266"]


def test_the_command_stops_and_goes_on_when_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    template = edited(doc_templates() / "contract.zh.docx", tmp_path / "t.docx", {"{{ program }}": "｛｛ program ｝｝"})
    command = ["documents", "contract", str(program_file(8)), "-o", str(tmp_path / "out"), "--template", str(template)]
    assert main([*command, "--only", "nobody"]) == 1
    told = capsys.readouterr().out
    assert "D130" in told and "D167" in told
    assert "D206" not in told and "W104" not in told  # neither the ID nor the program is to blame
    assert main([*command, "--lenient"]) == 0 and papers(tmp_path / "out")


@pytest.mark.parametrize("options", [["--only", "E1"], ["--unit", "月球部"], ["--since", "last"], ["--pdf"]])
def test_with_an_unusable_template_nothing_else_is_blamed(
    options: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "t.docx").write_bytes(b"no template")
    command = ["documents", "contract", str(program_file(8)), "-o", str(tmp_path / "out"), *options]
    assert main([*command, "--template", str(tmp_path / "t.docx")]) == 1
    told = capsys.readouterr().out
    assert "D103" in told and not any(code in told for code in ("D206", "D220", "D232", "W104"))


STRICT = (b"http://schemas.openxmlformats.org/", b"http://purl.oclc.org/ooxml/")


@pytest.mark.parametrize(
    ("code", "part", "change"),
    [
        ("D280", "word/document.xml", STRICT),
        ("D267", "word/document.xml", (b"<a:blip ", b"<a:blop ")),
        ("D268", "word/document.xml", (b"{{ company }}", b"{{ photo }}")),
    ],
)
def test_whatever_makes_it_unusable(
    code: str, part: str, change: tuple[bytes, bytes], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    parts = unzipped((doc_templates() / "contract.zh.docx").read_bytes())
    assert change[0] in parts[part]
    (tmp_path / "t.docx").write_bytes(zipped({**parts, part: parts[part].replace(*change)}))
    command = ["documents", "contract", str(program_file(8)), "-o", str(tmp_path / "out")]
    assert main([*command, "--template", str(tmp_path / "t.docx")]) == 1
    told = capsys.readouterr().out
    assert code in told and "W104" not in told

"""What counts, names or binds within a document does so in its part of a print file, and not across all of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from docx.enum.section import WD_SECTION
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from lxml import etree

from perfxl.documents.merge import Merger
from perfxl.documents.pdf import convert, find_office
from tests.documents.docx_kit import OFFICE, WORD, WORDPROCESSING, P, bare, docx_bytes, unzipped, with_part
from tests.documents.papers import findings

W = f"{{{WORD}}}"
PEOPLE = ("甲", "乙", "丙")


def merged(path: Path, *documents: bytes, **options: Any) -> Path:
    merger = Merger(path, "打印文件", **options)
    for document in documents:
        merger.add(document)
    merger.close()
    return path


def tree(path: Path, name: str = "word/document.xml") -> etree._Element:
    return etree.fromstring(unzipped(path.read_bytes())[name])


def field(instruction: str, result: str) -> str:
    parts = (
        '<w:fldChar w:fldCharType="begin"/>',
        f'<w:instrText xml:space="preserve"> {instruction} </w:instrText>',
        '<w:fldChar w:fldCharType="separate"/>',
        f"<w:t>{result}</w:t>",
        '<w:fldChar w:fldCharType="end"/>',
    )
    return "".join(f"<w:r>{part}</w:r>" for part in parts)


def fields(name: str) -> bytes:
    simple = f'<w:fldSimple w:instr=" DOCPROPERTY 部门 "><w:r><w:t>{name}部</w:t></w:r></w:fldSimple>'
    caption = field("SEQ 表 \\* ARABIC", "1")
    kept = field("SEQ 图 \\r 5", "5")
    page, head = field("PAGE", "1"), field(r"title \* MERGEFORMAT", f"{name}的页眉")
    return bare(
        f"<w:p>{field('TITLE', f'{name}的通知')}{simple}{page}</w:p><w:p>{caption}{caption}{kept}</w:p>",
        f"<w:p>{head}</w:p>",
    )


def instructions(root: etree._Element) -> list[str]:
    return [str(text.text).strip() for text in root.iter(f"{W}instrText")]


def test_property_fields_keep_what_they_say(tmp_path: Path) -> None:
    path = merged(tmp_path / "m.docx", *map(fields, PEOPLE))
    root = tree(path)
    assert [each for each in instructions(root) if not each.startswith("SEQ")] == ["PAGE"] * 3
    assert not list(root.iter(f"{W}fldSimple"))
    kinds = [str(each.get(f"{W}fldCharType")) for each in root.iter(f"{W}fldChar")]
    assert kinds == ["begin", "separate", "end"] * 4 * 3
    first = ["".join(t.text or "" for t in p.iter(f"{W}t")) for p in root.iter(f"{W}p")][::2]
    assert first[:3] == [f"{name}的通知{name}部1" for name in PEOPLE]
    heads = [name for name in unzipped(path.read_bytes()) if name.startswith("word/header")]
    assert ["".join(map(str, tree(path, name).itertext())) for name in sorted(heads)] == [f"{n}的页眉" for n in PEOPLE]


def test_captions_begin_at_one_in_each(tmp_path: Path) -> None:
    root = tree(merged(tmp_path / "m.docx", *map(fields, PEOPLE)))
    sequences = [each for each in instructions(root) if each.startswith("SEQ")]
    assert sequences == [r"SEQ 表 \r 1 \* ARABIC", r"SEQ 表 \* ARABIC", r"SEQ 图 \r 5"] * 3


@pytest.mark.skipif(not find_office(), reason="LibreOffice is not installed")
def test_libreoffice_prints_each_persons_own(tmp_path: Path) -> None:
    import subprocess

    path = merged(tmp_path / "m.docx", *map(fields, PEOPLE))
    (made,) = [
        (converted.pdf and converted.pdf.read_bytes(), converted.reason)
        for converted in convert(str(find_office()), [path], tmp_path / "scratch", 1)
    ]
    assert made[0], made[1]
    (tmp_path / "m.pdf").write_bytes(made[0])
    text = subprocess.run(
        ["pdftotext", "-layout", str(tmp_path / "m.pdf"), "-"], capture_output=True, text=True, check=True
    ).stdout
    assert [name for name in PEOPLE if f"{name}的通知" in text] == list(PEOPLE)


def noted(name: str, kind: str, sections: int = 1) -> bytes:
    def fill(document: Any) -> None:
        for number in range(sections):
            if number:
                document.add_section(WD_SECTION.NEW_PAGE)
            run = f'<w:r {nsdecls("w")}><w:{kind}Reference w:id="{number + 2}"/></w:r>'
            document.add_paragraph(name)._p.append(parse_xml(run))

    notes = "".join(f'<w:{kind} w:id="{at + 2}">{P(f"{name}注{at}")}</w:{kind}>' for at in range(sections))
    root = f'<w:{kind}s xmlns:w="{WORD}">{notes}</w:{kind}s>'.encode()
    return with_part(docx_bytes(fill), f"word/{kind}s.xml", root, f"{WORDPROCESSING}.{kind}s+xml", f"{OFFICE}/{kind}s")


def restarts(path: Path, kind: str) -> list[str | None]:
    found = [section.find(f"{W}{kind}Pr/{W}numRestart") for section in tree(path).iter(f"{W}sectPr")]
    return [None if each is None else each.get(f"{W}val") for each in found]


@pytest.mark.parametrize("kind", ["footnote", "endnote"])
def test_notes_are_numbered_from_one_in_each(kind: str, tmp_path: Path) -> None:
    path = merged(
        tmp_path / "m.docx", noted("甲", kind, 2), docx_bytes(lambda d: d.add_paragraph("x")), noted("乙", kind)
    )
    assert restarts(path, kind) == ["eachSect", "continuous", None, "eachSect"]
    assert [found for found in findings(path) if "document.xml" in found] == []


def test_endnotes_stand_at_the_end_of_each_document(tmp_path: Path) -> None:
    path = merged(tmp_path / "m.docx", noted("甲", "endnote", 2), noted("乙", "endnote"))
    place = tree(path, "word/settings.xml").find(f"{W}endnotePr/{W}pos")
    assert place is not None and place.get(f"{W}val") == "sectEnd"
    deferred = [section.find(f"{W}noEndnote") is not None for section in tree(path).iter(f"{W}sectPr")]
    assert deferred == [True, False, False]
    assert [found for found in findings(path) if "settings.xml" in found] == []


def test_endnotes_of_documents_without_settings(tmp_path: Path) -> None:
    notes = f'<w:endnotes xmlns:w="{WORD}"><w:endnote w:id="1">{P("注")}</w:endnote></w:endnotes>'.encode()
    body = '<w:p><w:r><w:endnoteReference w:id="1"/></w:r></w:p>'
    one = with_part(
        bare(body, P("x")), "word/endnotes.xml", notes, f"{WORDPROCESSING}.endnotes+xml", f"{OFFICE}/endnotes"
    )
    path = merged(tmp_path / "m.docx", one, one)
    place = tree(path, "word/settings.xml").find(f"{W}endnotePr/{W}pos")
    assert place is not None and place.get(f"{W}val") == "sectEnd"


def test_controls_bound_to_data_of_one_document_are_detached(tmp_path: Path) -> None:
    def bound(name: str) -> bytes:
        binding = '<w:dataBinding w:xpath="/a" w:storeItemID="{1}"/>'
        control = f"<w:sdt><w:sdtPr>{binding}</w:sdtPr><w:sdtContent>{P(name)}</w:sdtContent></w:sdt>"
        return bare(control, control)

    path = merged(tmp_path / "m.docx", *map(bound, PEOPLE))
    whole = unzipped(path.read_bytes())
    assert not any(b"dataBinding" in content for content in whole.values())
    assert ["".join(map(str, each.itertext())) for each in tree(path).iter(f"{W}sdt")] == list(PEOPLE)

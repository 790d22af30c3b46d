"""A file of others is opened within bounds, says in one word why it cannot be used, and is edited part by part."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from xml.sax import saxutils

import pytest
from lxml import etree

from perfxl.ooxml import package as ooxml_package
from perfxl.ooxml.edit import PackageEditor
from perfxl.ooxml.package import (
    DOCUMENT,
    MAX_RATIO,
    PackageError,
    has_links,
    has_macros,
    open_package,
    package_on_disk,
)
from perfxl.ooxml.relations import (
    CONTENT_TYPES,
    Relation,
    office_relations,
    read_content_types,
    read_relations,
    relation_xml,
    relations_part,
    relations_xml,
    resolve_target,
)
from perfxl.ooxml.text import escape, inline_string, quote_attribute, xml_safe
from perfxl.ooxml.xml import namespace, new_element, parse, serialize
from perfxl.ooxml.zip_write import write_zip

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPES = b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">%b</Types>'
PARTS = {
    CONTENT_TYPES: TYPES
    % b'<Default Extension="XML" ContentType="x"/><Override PartName="/xl/a.xml" ContentType="a"/>',
    "_rels/.rels": relations_xml((f"{OFFICE}/officeDocument", "xl/workbook.xml")).encode(),
    "xl/workbook.xml": b"<workbook/>",
    "xl/_rels/workbook.xml.rels": relations_xml((f"{OFFICE}/styles", "/xl/a.xml"), ("u:image", "../b.bin")).encode(),
    "xl/a.xml": b"<a><!-- note --></a>",
    "b.bin": b"b" * 300,
}


def save(path: Path, parts: dict[str, bytes]) -> Path:
    write_zip(path, parts)
    return path


def reason(path: Path, main: str = ooxml_package.WORKBOOK) -> tuple[str, str]:
    """What both ways of opening say, with the detail that names the kind."""
    with pytest.raises(PackageError) as error:
        open_package(path, main)
    with pytest.raises(PackageError) as again, package_on_disk(path, main):
        pass
    assert (error.value.reason, error.value.details) == (again.value.reason, again.value.details)
    assert error.value.file == path.name
    return error.value.reason, str(error.value.details.get("format") or error.value.details.get("what") or "")


def test_parts_are_read_whole_in_pieces_and_from_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ooxml_package, "PIECE", 7)
    path = save(tmp_path / "a.xlsx", PARTS)
    package = open_package(path)
    assert {name: package.part(name) for name in package.entries} == PARTS
    assert package.whole() == path.read_bytes()
    with package_on_disk(path) as on_disk:
        assert b"".join(on_disk.pieces("b.bin")) == PARTS["b.bin"]
        assert "b.bin" in on_disk
    assert not has_macros(package)
    assert not has_links(package)
    carried = open_package(save(path, {**PARTS, "xl/vbaProject.bin": b"", "xl/externalLinks/a.xml": b"<a/>"}))
    assert has_macros(carried)
    assert has_links(carried)


def test_the_main_part_says_which_file_it_is(tmp_path: Path) -> None:
    workbook = save(tmp_path / "a.xlsx", PARTS)
    document = save(tmp_path / "a.docx", {CONTENT_TYPES: TYPES % b"", DOCUMENT: b"<document/>"})
    assert open_package(document, DOCUMENT).name == "a.docx"
    assert reason(document) == ("other_format", "docx")
    assert reason(workbook, DOCUMENT) == ("other_format", "xlsx")
    assert reason(save(tmp_path / "b.xlsx", {"x": b""})) == ("unknown", "")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", ("empty", "")),
        (b"<html>", ("other_format", "web")),
        (b"some text", ("unknown", "")),
        (b"PK\3\4 and no more", ("damaged", "")),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), ("encrypted", "")),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le"), ("other_format", "xls")),
    ],
)
def test_other_files(tmp_path: Path, content: bytes, expected: tuple[str, str]) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    assert reason(path) == expected


def test_names_that_are_no_file(tmp_path: Path) -> None:
    assert reason(tmp_path / "none.xlsx") == ("missing", "")
    assert reason(tmp_path) == ("folder", "")
    assert reason(save(tmp_path / "~$a.xlsx", PARTS)) == ("lock", "")


@pytest.mark.parametrize(
    ("part", "content", "expected"),
    [
        ("XL/A.xml", b"<a/>", ("unsafe", "duplicate")),
        ("../a.xml", b"<a/>", ("unsafe", "path")),
        ("c.xml", b"<!DOCTYPE a><a/>", ("unsafe", "dtd")),
        ("c.xml", '<?xml version="1.0" encoding="GBK"?><a/>'.encode("gbk"), ("unsafe", "encoding")),
        ("c.xml", b" " * 2**21, ("too_large", "")),
    ],
)
def test_parts_that_are_not_safe(tmp_path: Path, part: str, content: bytes, expected: tuple[str, str]) -> None:
    assert len(content) < 2**21 or MAX_RATIO < 1000
    assert reason(save(tmp_path / "a.xlsx", {**PARTS, part: content})) == expected


def test_a_part_across_the_seam_of_two_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for piece in (1, 3, 8, 11):
        monkeypatch.setattr(ooxml_package, "PIECE", piece)
        path = save(tmp_path / "a.xlsx", {**PARTS, "c.xml": b"<a>some text</a><!DOCTYPE a>"})
        assert reason(path) == ("unsafe", "dtd")


def test_a_part_that_lies_about_its_size(tmp_path: Path) -> None:
    path = save(tmp_path / "a.xlsx", {**PARTS, "xl/worksheets/sheet1.xml": b"<sheet>" * 9})
    data = path.read_bytes()
    path.write_bytes(data.replace((63).to_bytes(4, "little"), (64).to_bytes(4, "little")))
    with pytest.raises(PackageError, match="damaged"):
        open_package(path).part("xl/worksheets/sheet1.xml")


def test_relations_are_resolved_against_their_part() -> None:
    assert relations_part("") == "_rels/.rels"
    assert relations_part("xl/a.xml") == "xl/_rels/a.xml.rels"
    assert resolve_target("xl/worksheets/s.xml", "../media/a.png") == "xl/media/a.png"
    assert resolve_target("xl/workbook.xml", "/xl/./styles.xml") == "xl/styles.xml"
    xml = f"<Relationships>{relation_xml('r1', 'u:a/image', 'http://x/?a&b', external=True)}</Relationships>"
    assert read_relations(xml.encode(), "xl/a.xml") == (Relation("r1", "u:a/image", "image", "http://x/?a&b", True),)
    assert [r.target for r in read_relations(PARTS["xl/_rels/workbook.xml.rels"], "xl/workbook.xml")] == [
        "xl/a.xml",
        "b.bin",
    ]


def test_content_types_by_part_and_by_extension() -> None:
    types = read_content_types(PARTS[CONTENT_TYPES])
    assert [types.of(part) for part in ("xl/a.xml", "xl/b.xml", "c.Xml", "d.bin")] == [
        "a",
        "x",
        "x",
        "application/octet-stream",
    ]


def test_an_edited_package_keeps_every_other_part(tmp_path: Path) -> None:
    editor = PackageEditor(open_package(save(tmp_path / "a.xlsx", PARTS)))
    assert editor.main_part("none") == "xl/workbook.xml"
    assert editor["XL/a.XML"] == PARTS["xl/a.xml"]
    editor.tree("xl/workbook.xml").set("changed", "1")
    editor["b.bin"] = b"new"
    (styles, image) = editor.relations("xl/workbook.xml")
    assert styles.kind == "styles"
    editor.unrelate("xl/workbook.xml", styles)
    editor.drop("xl/A.xml")
    name = editor.free_name("xl/c{}.xml")
    editor.add_tree(name, new_element("u:c", "c", size="1"))
    editor.declare(name, "c")
    editor.declare_extension("bin", "b")
    assert editor.relate("xl/workbook.xml", OFFICE, "c", name) == "rIdPx1"
    editor.save(tmp_path / "b.xlsx")

    saved = open_package(tmp_path / "b.xlsx")
    assert list(saved.entries) == [*(name for name in PARTS if name != "xl/a.xml"), "xl/c1.xml"]
    assert saved.part("_rels/.rels") == PARTS["_rels/.rels"]
    assert saved.part("b.bin") == b"new"
    assert parse(saved.part("xl/workbook.xml")).get("changed") == "1"
    types = read_content_types(saved.part(CONTENT_TYPES))
    assert types.overrides == {"/xl/c1.xml": "c"}
    assert types.defaults == {"bin": "b", "xml": "x"}
    relations = read_relations(saved.part("xl/_rels/workbook.xml.rels"), "xl/workbook.xml")
    assert [r.target for r in relations] == [image.target, "xl/c1.xml"]


def test_a_tree_comes_without_entities_and_goes_with_its_declaration() -> None:
    tree = parse(b'<!DOCTYPE a [<!ENTITY e "secret">]><a xmlns="u:a">&e;</a>')
    assert "secret" not in serialize(tree).decode()
    assert serialize(tree).startswith(b"<?xml version='1.0' encoding='UTF-8' standalone='yes'?>")
    assert namespace(tree) == "u:a"
    assert namespace(etree.Element("a")) == ""
    assert office_relations(tree) == OFFICE
    assert office_relations(new_element("http://purl.oclc.org/ooxml/x", "a")).startswith("http://purl")


def test_text_that_xml_cannot_hold() -> None:
    assert xml_safe("a\x00_x0041_") == "a_x0000__x005F_x0041_"
    assert inline_string("=1<2") == '<is><t xml:space="preserve">=1&lt;2</t></is>'
    assert len(xml_safe("长" * 40_000)) == 32_767


@pytest.mark.parametrize("text", ["", "a&b<c>d", 'a"b', "it's", '"both"\'', "a\tb\nc\rd", "目标 &amp;"])
def test_text_is_escaped_as_the_library_does(text: str) -> None:
    assert (escape(text), quote_attribute(text)) == (saxutils.escape(text), saxutils.quoteattr(text))


def test_a_password_on_an_entry(tmp_path: Path) -> None:
    path = save(tmp_path / "a.xlsx", PARTS)
    data = bytearray(path.read_bytes())
    for at in range(len(data)):
        if data[at : at + 4] == b"PK\1\2":
            data[at + 8] |= 1
    path.write_bytes(bytes(data))
    assert reason(path) == ("encrypted", "")
    assert zipfile.is_zipfile(io.BytesIO(bytes(data)))

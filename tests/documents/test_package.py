"""Files that are no templates, or dangerous ones; and the zip that is written."""

from __future__ import annotations

import zipfile
from io import BytesIO

import pytest

from perfxl.documents.template import package
from perfxl.documents.template.compiled import TemplateError
from tests.documents.docx_kit import compiled, paragraphs, unzipped, zipped

GOOD = paragraphs("{{ name }}")


def codes(data: bytes) -> list[str]:
    with pytest.raises(TemplateError) as raised:
        compiled(data)
    return [found.code for found in raised.value.problems]


def with_entry(name: str, content: bytes) -> bytes:
    return zipped({**unzipped(GOOD), name: content})


DTD = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>'

UNUSABLE = {
    "empty": (b"", "D103"),
    "text": ("不是文档".encode(), "D103"),
    "cut short": (GOOD[:2000], "D103"),
    "damaged": (GOOD[:400] + b"\xff" * 60 + GOOD[460:], "D103"),
    "old .doc or with a password": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "D102"),
    "another zip": (zipped({"a.txt": b"a"}), "D102"),
    "a workbook": (zipped({"[Content_Types].xml": b"<a/>", "xl/workbook.xml": b"<a/>"}), "D102"),
    "nothing but a folder": (zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<a/>"}), "D102"),
    "macros": (with_entry("word/vbaProject.bin", b"x"), "D106"),
    "broken XML": (with_entry("word/document.xml", b"<w:document>"), "D103"),
    "document type": (with_entry("word/extra.xml", DTD), "D105"),
    "document type, UTF-16": (with_entry("word/extra.xml", DTD.decode().encode("utf-16")), "D105"),
}


@pytest.mark.parametrize("case", UNUSABLE)
def test_unusable_files(case: str) -> None:
    data, code = UNUSABLE[case]
    assert codes(data) == [code]


def test_too_large_when_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package, "MAX_UNPACKED", 1_000_000)
    assert codes(with_entry("word/media/zeros.bin", bytes(1_000_000))) == ["D104"]


def test_too_many_entries() -> None:
    assert codes(zipped({f"word/{n}.bin": b"" for n in range(package.MAX_ENTRIES + 1)})) == ["D104"]


@pytest.mark.parametrize("name", ["word/a.xml", "word/图片.png"])
@pytest.mark.parametrize("content", [b"", b"x", b"abc" * 50_000, bytes(range(256)) * 3])
def test_the_zip_holds_what_was_put_in(name: str, content: bytes) -> None:
    written = package.Archive({"[Content_Types].xml": b"<a/>", name: content}).document([("word/changed.xml", content)])
    with zipfile.ZipFile(BytesIO(written)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["[Content_Types].xml", name, "word/changed.xml"]
        assert archive.read(name) == archive.read("word/changed.xml") == content


def test_every_deflater_writes_the_same_content() -> None:
    content = "业绩合同 <w:p/>".encode() * 999
    for deflate in (package._fast()[0], package._zlib_deflate, package._deflate_best):
        assert zipfile.zlib.decompress(deflate(content), -15) == content  # type: ignore[attr-defined]

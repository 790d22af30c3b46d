"""Files that are no templates, or dangerous ones."""

from __future__ import annotations

import pytest

from perfxl.documents.template import sources
from perfxl.documents.template.compiled import TemplateError
from tests.documents.docx_kit import WORD, compiled, paragraphs, unzipped, zipped

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
    "no document within": (zipped({**unzipped(GOOD), "word/document.xml": b"<html>{{ a }}</html>"}), "D102"),
    "no body": (
        zipped({**unzipped(GOOD), "word/document.xml": f'<w:document xmlns:w="{WORD}"/>'.encode()}),
        "D102",
    ),
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
    monkeypatch.setattr(sources, "MAX_UNPACKED", 1_000_000)
    assert codes(with_entry("word/media/zeros.bin", bytes(1_000_000))) == ["D104"]


def test_too_many_entries() -> None:
    assert codes(zipped({f"word/{n}.bin": b"" for n in range(sources.MAX_ENTRIES + 1)})) == ["D104"]

"""Do two .docx say the same? Compared as canonical XML, part by part."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from io import BytesIO

from lxml import etree

from perfxl.documents.package import SAFE_PARSER

__all__ = ["canonical_parts", "differing_parts"]


def differing_parts(one: bytes, other: bytes) -> list[str]:
    """The zip names of the parts that differ, or that only one of the documents has."""
    left, right = canonical_parts(one), canonical_parts(other)
    return sorted(name for name in left.keys() | right.keys() if left.get(name) != right.get(name))


def canonical_parts(document: bytes) -> Mapping[str, bytes]:
    """Every part by zip name: XML in canonical form, other parts as they are."""
    with zipfile.ZipFile(BytesIO(document)) as packed:
        return {name: _canonical(name, packed.read(name)) for name in packed.namelist()}


def _canonical(name: str, content: bytes) -> bytes:
    if not name.endswith((".xml", ".rels")):
        return content
    root = etree.fromstring(content, SAFE_PARSER)
    if name.endswith((".rels", "[Content_Types].xml")):  # sets: their order says nothing
        root[:] = sorted(root, key=lambda entry: etree.tostring(entry, method="c14n"))
    return etree.canonicalize(etree.tostring(root, encoding="unicode"), rewrite_prefixes=True).encode()

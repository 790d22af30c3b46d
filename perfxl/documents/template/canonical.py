"""Do two .docx say the same? Compared as canonical XML, part by part."""

from __future__ import annotations

import zipfile
from io import BytesIO

from lxml import etree

from perfxl.documents.template.package import SAFE_PARSER

__all__ = ["differing_parts"]


def differing_parts(one: bytes, other: bytes) -> list[str]:
    """The zip names of the parts that differ, or that only one of the documents has."""
    left, right = _parts(one), _parts(other)
    both = left.keys() & right.keys()
    return sorted((left.keys() ^ right.keys()) | {name for name in both if _differ(name, left[name], right[name])})


def _parts(document: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(document)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def _differ(name: str, one: bytes, other: bytes) -> bool:
    if one == other or not name.endswith((".xml", ".rels")):
        return one != other
    return _canonical(name, one) != _canonical(name, other)


def _canonical(name: str, content: bytes) -> str:
    root = etree.fromstring(content, SAFE_PARSER)
    if name.endswith((".rels", "[Content_Types].xml")):  # sets: their order says nothing
        root[:] = sorted(root, key=lambda entry: etree.tostring(entry, method="c14n"))
    return etree.canonicalize(etree.tostring(root, encoding="unicode"), rewrite_prefixes=True)

"""The root of a merged document: every namespace that Word writes, those that older versions may ignore named so."""

from __future__ import annotations

import re
from functools import lru_cache

from lxml import etree

from perfxl.documents.template.package import SAFE_PARSER

__all__ = ["NAMESPACES", "ROOT_BEGIN", "ROOT_END", "needs_own_names", "with_own_names"]

_OFFICE = "http://schemas.microsoft.com/office"
_OPEN = "http://schemas.openxmlformats.org"
NAMESPACES = {
    "w": f"{_OPEN}/wordprocessingml/2006/main",
    "r": f"{_OPEN}/officeDocument/2006/relationships",
    "mc": f"{_OPEN}/markup-compatibility/2006",
    "m": f"{_OPEN}/officeDocument/2006/math",
    "wp": f"{_OPEN}/drawingml/2006/wordprocessingDrawing",
    "a": f"{_OPEN}/drawingml/2006/main",
    "pic": f"{_OPEN}/drawingml/2006/picture",
    "c": f"{_OPEN}/drawingml/2006/chart",
    "v": "urn:schemas-microsoft-com:vml",
    "o": "urn:schemas-microsoft-com:office:office",
    "w10": "urn:schemas-microsoft-com:office:word",
    "wpc": f"{_OFFICE}/word/2010/wordprocessingCanvas",
    "wpg": f"{_OFFICE}/word/2010/wordprocessingGroup",
    "wpi": f"{_OFFICE}/word/2010/wordprocessingInk",
    "wps": f"{_OFFICE}/word/2010/wordprocessingShape",
    "wp14": f"{_OFFICE}/word/2010/wordprocessingDrawing",
    "wne": f"{_OFFICE}/word/2006/wordml",
    "w14": f"{_OFFICE}/word/2010/wordml",
    "w15": f"{_OFFICE}/word/2012/wordml",
    "w16cex": f"{_OFFICE}/word/2018/wordml/cex",
    "w16cid": f"{_OFFICE}/word/2016/wordml/cid",
    "w16": f"{_OFFICE}/word/2018/wordml",
    "w16sdtdh": f"{_OFFICE}/word/2020/wordml/sdtdatahash",
    "w16se": f"{_OFFICE}/word/2015/wordml/symex",
    "mo": f"{_OFFICE}/mac/office/2008/main",
    "mv": "urn:schemas-microsoft-com:mac:vml",
}
_IGNORABLE = "w14 w15 w16se w16cid w16 w16cex w16sdtdh wp14"

_DECLARED = "".join(f' xmlns:{prefix}="{name}"' for prefix, name in NAMESPACES.items())
ROOT_BEGIN = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    f'<w:document{_DECLARED} mc:Ignorable="{_IGNORABLE}"><w:body>'
).encode()
ROOT_END = b"</w:body></w:document>"

_DECLARATION = re.compile(rb'\sxmlns:([\w.-]+)="([^"]*)"')


@lru_cache(64)
def needs_own_names(root_tag: bytes) -> bool:
    """Whether a document's root declares what the merged document's does not."""
    known = NAMESPACES.get
    return any(known(prefix.decode()) != name.decode() for prefix, name in _DECLARATION.findall(root_tag))


def with_own_names(document: bytes) -> bytes:
    """The document with every element of the body declaring what it uses."""
    root = etree.fromstring(document, SAFE_PARSER)
    ignorable = root.get(f"{{{NAMESPACES['mc']}}}Ignorable")
    (body,) = root.iterfind(f"{{{NAMESPACES['w']}}}body")
    for element in body:
        if ignorable and isinstance(element.tag, str):
            element.set(f"{{{NAMESPACES['mc']}}}Ignorable", ignorable)
    inner = b"".join(etree.tostring(element, with_tail=False) for element in body)
    return b"<w:body>" + inner + b"</w:body>"

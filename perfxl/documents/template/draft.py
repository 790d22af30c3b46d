"""A template marked as that of drafts: a word across every page, behind the text, and at its head."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import docx
from docx.oxml.parser import parse_xml

from perfxl.core.language import Text
from perfxl.documents.template.controls import as_document
from perfxl.ooxml.relations import CONTENT_TYPES
from perfxl.ooxml.zip_read import read_parts
from perfxl.ooxml.zip_write import SharedArchive

__all__ = ["DRAFT", "mark_as_draft"]

DRAFT = Text("草稿", "DRAFT")
_LINE = Text("草稿，不作为正式文件", "DRAFT: not an official document")
_NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
)
# As Word itself writes a watermark; the line above it is for programs that show none.
_PARAGRAPH = """<w:p {namespaces}><w:pPr><w:jc w:val="center"/></w:pPr>
<w:r><w:rPr><w:noProof/></w:rPr><w:pict>
<v:shapetype id="_x0000_t136" coordsize="21600,21600" o:spt="136" adj="10800"
 path="m@7,l@8,m@5,21600l@6,21600e"><v:formulas><v:f eqn="sum #0 0 10800"/><v:f eqn="prod #0 2 1"/>
<v:f eqn="sum 21600 0 @1"/><v:f eqn="sum 0 0 @2"/><v:f eqn="sum 21600 0 @3"/><v:f eqn="if @0 @3 0"/>
<v:f eqn="if @0 21600 @1"/><v:f eqn="if @0 0 @2"/><v:f eqn="if @0 @4 21600"/></v:formulas>
<v:path textpathok="t" o:connecttype="rect"/><v:textpath on="t" fitshape="t"/></v:shapetype>
<v:shape id="PerfxlDraft{number}" o:spid="_x0000_s{spid}" type="#_x0000_t136"
 style="{style}" o:allowincell="f" fillcolor="silver" stroked="f">
<v:fill opacity=".5"/><v:textpath style="font-family:&quot;{font}&quot;;font-size:1pt" string="{word}"/></v:shape>
</w:pict></w:r>
<w:r><w:rPr><w:b/><w:color w:val="B42318"/></w:rPr><w:t>{line}</w:t></w:r></w:p>"""
_STYLE = ";".join(
    (
        *("position:absolute", "margin-left:0", "margin-top:0", "width:330pt", "height:130pt", "rotation:315"),
        *("z-index:-251658752", "mso-position-horizontal:center", "mso-position-horizontal-relative:margin"),
        *("mso-position-vertical:center", "mso-position-vertical-relative:margin"),
    )
)
_FONT = Text("微软雅黑", "Calibri")
_MOST_BYTES, _MOST_PARTS = 2**31, 65_000  # it was opened before


def mark_as_draft(template: bytes, lang: str) -> bytes:
    """The template with the mark in every header that a page may have."""
    parts = read_parts(template, _MOST_BYTES, _MOST_PARTS)
    types = as_document(parts[CONTENT_TYPES])
    if types != parts[CONTENT_TYPES]:
        template = SharedArchive({**parts, CONTENT_TYPES: types}).document([])
    document: Any = docx.Document(BytesIO(template))
    both_sides = document.settings.odd_and_even_pages_header_footer
    number = 0
    for first, section in zip([True, *[False] * len(document.sections)], document.sections, strict=False):
        headers = [section.header]
        headers += [section.first_page_header] if section.different_first_page_header_footer else []
        headers += [section.even_page_header] if both_sides else []
        for header in headers:
            if header.is_linked_to_previous and not first:
                continue  # shows the one before
            number += 1
            header.is_linked_to_previous = False
            paragraph = _PARAGRAPH.format(
                namespaces=_NAMESPACES,
                number=number,
                spid=4096 + number,
                style=_STYLE,
                font=_FONT(lang),
                word=DRAFT(lang),
                line=_LINE(lang),
            )
            header._element.insert(0, parse_xml(paragraph))
    content = BytesIO()
    document.save(content)
    return content.getvalue()

"""What all documents of one template have in common in the merged one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from perfxl.documents.merge.numbering import ListPattern
from perfxl.documents.merge.styles import StyleNumber

__all__ = ["Family", "without_comments"]


@dataclass(frozen=True, eq=False)
class Family:
    """The styles that have another name now, the style of paragraphs that name none (blank: as it is), the lists, and
    the lists that styles (as they are called now) bring."""

    renamed: Mapping[bytes, bytes]
    plain: bytes
    lists: Mapping[str, ListPattern]
    by_style: Mapping[bytes, StyleNumber]

    @cached_property
    def listed(self) -> re.Pattern[bytes]:
        """The properties of paragraphs whose style puts them in a list."""
        styles = b"|".join(map(re.escape, self.by_style))
        return re.compile(rb'<w:pPr><w:pStyle w:val="(%b)"/>.*?</w:pPr>' % styles, re.DOTALL)

    def settled(self, xml: bytes) -> bytes:
        """What is the same for every document: without what is not printed and would have to be unique (IDs of
        revisions and paragraphs, tracked formatting), with the styles as they are called now."""
        xml = without_comments(xml)
        if b" w:rsid" in xml or b" w14:paraId" in xml:
            xml = _EDITING.sub(b"", xml)
        if b"PrChange" in xml:
            xml = _CHANGE.sub(b"", xml)
        if b"<w:sdtPr>" in xml:
            xml = _CONTROL_ID.sub(b"", xml)
        if self.renamed:
            xml = _STYLE.sub(lambda found: found[1] + self.renamed.get(found[2], found[2]), xml)
        return _UNSTYLED.sub(self._styled, xml) if self.plain else xml

    def _styled(self, found: re.Match[bytes]) -> bytes:
        attributes, closed, properties = found.groups()
        end = b"" if properties == b"<w:pPr>" else b"</w:pPr>"
        begin = b'<w:p%b><w:pPr><w:pStyle w:val="%b"/>%b' % (attributes, self.plain, end)
        return begin + b"</w:p>" if closed else begin


def without_comments(xml: bytes) -> bytes:
    return _COMMENT.sub(b"", xml) if b"<!--" in xml else xml


_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_EDITING = re.compile(rb' (?:w:rsid\w*|w14:paraId|w14:textId)="[0-9A-Fa-f]*"(?=[^<>]*>)')
_CHANGE = re.compile(rb"<w:(sectPrChange|pPrChange)\b.*?</w:\1>", re.DOTALL)
_CONTROL_ID = re.compile(rb'<w:id w:val="-?\d+"/>')
_STYLE = re.compile(rb'(<w:(?:pStyle|rStyle|tblStyle) w:val=")([^"]*)')
_UNSTYLED = re.compile(rb"<w:p((?: [^<>]*?)?)(?:(/)>|>(<w:pPr/>|<w:pPr>(?!<w:pStyle )|(?!<w:pPr)))")

"""Lists of a merged document: every document's begin at one again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import NamedTuple

from lxml import etree

from perfxl.documents.merge.scratch import Spool
from perfxl.documents.template.package import SAFE_PARSER

__all__ = ["ListPattern", "Numbering", "W", "w"]

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def w(name: str) -> str:
    return f"{{{W}}}{name}"


class ListPattern(NamedTuple):
    """A list of a template: what each document's own copy of it consists of, and the level of each style it has."""

    content: bytes
    levels: Mapping[str, int]


class Numbering:
    """`copies`: where the lists are put by that documents have of their own."""

    def __init__(self, copies: Spool) -> None:
        self._root: etree._Element | None = None
        self._next_abstract = self._next_list = 1
        self._copies = copies

    def take(self, content: bytes, styles: Mapping[str, str]) -> dict[str, ListPattern]:
        """The lists of one more template by their IDs; `styles` are those that have another name now."""
        root = etree.fromstring(content, SAFE_PARSER)
        first = self._root is None
        if self._root is None:
            self._root = root
        levels = {abstract.get(w("abstractNumId")): _levels(abstract) for abstract in root.findall(w("abstractNum"))}
        renumbered = self._take_abstract(root, styles, first)
        patterns = {}
        for number in root.findall(w("num")):
            key, abstract = number.get(w("numId"), ""), number.find(w("abstractNumId"))
            old = "" if abstract is None else abstract.get(w("val"), "")
            if old not in renumbered:
                continue
            patterns[key] = ListPattern(_copied(number, renumbered[old]), levels[old])
            if first:
                self._next_list = max(self._next_list, int(key) + 1)
        return patterns

    def copy(self, pattern: ListPattern) -> int:
        """A list of its own, which begins at one: its ID."""
        number = self._next_list
        self._next_list += 1
        self._copies.add(b'<w:num w:numId="%d">%b</w:num>' % (number, pattern.content))
        return number

    def xml(self) -> Iterator[bytes] | None:
        if self._root is None:
            return None
        cleanup = self._root.find(w("numIdMacAtCleanup"))
        if cleanup is not None:
            self._root.remove(cleanup)
        whole = etree.tostring(self._root, encoding="UTF-8", xml_declaration=True, standalone=True)
        head, end, tail = whole.rpartition(b"</w:numbering>")
        return chain((head,), self._copies, (end + tail,))

    def _take_abstract(self, root: etree._Element, styles: Mapping[str, str], first: bool) -> dict[str, etree._Element]:
        """The definitions by their old IDs, as they stand in the merged part."""
        assert self._root is not None
        taken = {}
        for abstract in root.findall(w("abstractNum")):
            old = abstract.get(w("abstractNumId"), "")
            taken[old] = abstract
            if first:
                self._next_abstract = max(self._next_abstract, int(old) + 1)
                continue
            abstract.set(w("abstractNumId"), str(self._next_abstract))
            self._next_abstract += 1
            _make_foreign(abstract, styles)
            place = len(self._root.findall(w("numPicBullet"))) + len(self._root.findall(w("abstractNum")))
            self._root.insert(place, abstract)
        return taken


def _make_foreign(abstract: etree._Element, styles: Mapping[str, str]) -> None:
    """Word takes definitions of one nsid for the same list; picture bullets stay with their document."""
    for name in ("nsid", "tmpl", "styleLink", "numStyleLink"):
        for element in abstract.findall(w(name)):
            abstract.remove(element)
    for level in abstract.findall(w("lvl")):
        for bullet in level.findall(w("lvlPicBulletId")):
            level.remove(bullet)
        for style in level.findall(w("pStyle")):
            name = style.get(w("val"), "")
            if name in styles:
                style.set(w("val"), styles[name])
            else:
                level.remove(style)


def _levels(abstract: etree._Element) -> dict[str, int]:
    """Style -> the level that it has."""
    styled = ((level.find(w("pStyle")), level) for level in abstract.findall(w("lvl")))
    return {style.get(w("val"), ""): int(level.get(w("ilvl"), "0")) for style, level in styled if style is not None}


def _copied(number: etree._Element, abstract: etree._Element) -> bytes:
    own = {override.get(w("ilvl")): override for override in number.findall(w("lvlOverride"))}
    parts = [b'<w:abstractNumId w:val="%b"/>' % abstract.get(w("abstractNumId"), "").encode()]
    for level in abstract.findall(w("lvl")):
        place = level.get(w("ilvl"), "0")
        parts.append(_override(place, level, own.get(place)))
    return b"".join(parts)


def _override(place: str, level: etree._Element, own: etree._Element | None) -> bytes:
    """A level that begins anew, changed as the list itself changes it."""
    start, changed = level.find(w("start")), b""
    if own is not None:
        start = own.find(w("startOverride")) if own.find(w("startOverride")) is not None else start
        redefined = own.find(w("lvl"))
        if redefined is not None:
            changed = etree.tostring(redefined)
    first = start.get(w("val"), "1") if start is not None else "0"
    begin = b'<w:startOverride w:val="%b"/>' % first.encode()
    return b'<w:lvlOverride w:ilvl="%b">%b%b</w:lvlOverride>' % (place.encode(), begin, changed)

"""Styles and lists of a merged document: the first document's, and those of the others under names of their own where
they differ; every document's lists begin at one again."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import NamedTuple

from lxml import etree

from perfxl.ooxml.spool import Spool
from perfxl.ooxml.xml import SAFE_PARSER

__all__ = ["ListPattern", "Numbering", "StyleMapping", "StyleNumber", "Styles", "W", "style_numbers", "w"]


W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def w(name: str) -> str:
    """The name of an element or attribute in Word's namespace."""
    return f"{{{W}}}{name}"


class ListPattern(NamedTuple):
    """A list of a template: what each document's own copy of it consists of, and the level of each style it has."""

    content: bytes
    levels: Mapping[str, int]


class Numbering:
    """The lists of the merged document. `copies`: where the lists are put by that documents have of their own."""

    def __init__(self, copies: Spool) -> None:
        self._root: etree._Element | None = None
        self._next_abstract = self._next_list = 1
        self._copies = copies

    def add(self, content: bytes, styles: Mapping[str, str]) -> dict[str, ListPattern]:
        """The lists of one more template by their IDs; `styles` are those that have another name now."""
        root = etree.fromstring(content, SAFE_PARSER)
        first = self._root is None
        if self._root is None:
            self._root = root
        levels = {abstract.get(w("abstractNumId")): _levels(abstract) for abstract in root.findall(w("abstractNum"))}
        renumbered = self._add_abstract(root, styles, first)
        patterns = {}
        for number in root.findall(w("num")):
            key, abstract = number.get(w("numId"), ""), number.find(w("abstractNumId"))
            old = "" if abstract is None else abstract.get(w("val"), "")
            if old not in renumbered:
                continue
            patterns[key] = ListPattern(_pattern_xml(number, renumbered[old]), levels[old])
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

    def _add_abstract(self, root: etree._Element, styles: Mapping[str, str], first: bool) -> dict[str, etree._Element]:
        """The definitions by their old IDs, as they stand in the merged part."""
        assert self._root is not None
        definitions = {}
        for abstract in root.findall(w("abstractNum")):
            old = abstract.get(w("abstractNumId"), "")
            definitions[old] = abstract
            if first:
                self._next_abstract = max(self._next_abstract, int(old) + 1)
                continue
            abstract.set(w("abstractNumId"), str(self._next_abstract))
            self._next_abstract += 1
            _make_foreign(abstract, styles)
            place = len(self._root.findall(w("numPicBullet"))) + len(self._root.findall(w("abstractNum")))
            self._root.insert(place, abstract)
        return definitions


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


def _pattern_xml(number: etree._Element, abstract: etree._Element) -> bytes:
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


class StyleMapping(NamedTuple):
    """`renamed`: style ID -> its ID now. `plain`: the style of paragraphs that name none, where it is not the merged
    document's own default."""

    renamed: Mapping[str, str]
    plain: str


class StyleNumber(NamedTuple):
    """The list that a style puts its paragraphs in, and the level there; `indent` is the style's own, as XML, blank for
    the list's."""

    list: str
    level: int
    indent: bytes


class Styles:
    """The styles part of the merged document."""

    def __init__(self) -> None:
        self._root: etree._Element | None = None
        self._templates = 0

    def add(self, content: bytes) -> StyleMapping:
        """The styles of one more template."""
        root = etree.fromstring(content, SAFE_PARSER)
        self._templates += 1
        if self._root is None:
            self._root = root
            return StyleMapping({}, "")
        here, there = _by_id(self._root), _by_id(root)
        if _meaning(_defaults(self._root)) != _meaning(_defaults(root)) or any(
            _meaning(here[key]) != _meaning(style) for key, style in there.items() if key in here
        ):
            return self._add_renamed(root, there)
        for key in there.keys() - here.keys():
            self._root.append(there[key])
        return StyleMapping({}, "")

    def renumber(self, mapping: StyleMapping, lists: Mapping[str, int]) -> None:
        """Styles under new names belong to lists under new IDs: old ID -> new."""
        assert self._root is not None
        here = _by_id(self._root)
        for style in (here[new] for new in mapping.renamed.values()):
            for number in style.iter(w("numId")):
                number.set(w("val"), str(lists.get(number.get(w("val"), ""), 0)))

    def xml(self) -> tuple[bytes] | None:
        if self._root is None:
            return None
        return (etree.tostring(self._root, encoding="UTF-8", xml_declaration=True, standalone=True),)

    def _add_renamed(self, root: etree._Element, there: Mapping[str, etree._Element]) -> StyleMapping:
        """All of them: a style that stayed would mean something else to those that build on it."""
        assert self._root is not None
        ending = f"{self._templates}"
        renamed = {key: f"{key}-{ending}" for key in there}
        ground = self._add_ground(root, ending)
        plain = ""
        for key, style in there.items():
            is_paragraph = style.get(w("type")) == "paragraph"
            if style.get(w("default")) is not None:
                if is_paragraph and style.get(w("default")) in _ON:
                    plain = renamed[key]
                del style.attrib[w("default")]
            _rename(style, renamed, ending)
            if is_paragraph and style.find(w("basedOn")) is None:
                style.insert(1, _valued("basedOn", ground))
            self._root.append(style)
        return StyleMapping(renamed, plain)

    def _add_ground(self, root: etree._Element, ending: str) -> str:
        """A style that says what the other document's defaults said, for its styles to build on."""
        assert self._root is not None
        style = etree.SubElement(self._root, w("style"))
        style.set(w("type"), "paragraph")
        style.set(w("customStyle"), "1")
        style.set(w("styleId"), f"Defaults-{ending}")
        style.append(_valued("name", f"Defaults {ending}"))
        style.append(etree.Element(w("semiHidden")))
        defaults = _defaults(root)
        for kind in ("pPr", "rPr"):
            own = None if defaults is None else defaults.find(f"{w(kind + 'Default')}/{w(kind)}")
            style.append(_fill_up(kind, own))
        return f"Defaults-{ending}"


def style_numbers(content: bytes, lists: Mapping[str, ListPattern]) -> dict[str, StyleNumber]:
    """The lists that styles put their paragraphs in, inherited ones included."""
    styles = _by_id(etree.fromstring(content, SAFE_PARSER))
    numbers_of_styles = {}
    for key in styles:
        chain = list(_ancestry(styles, key))
        numbers = (style.find(f"{w('pPr')}/{w('numPr')}/{w('numId')}") for style in chain)
        number = next((number for number in numbers if number is not None), None)
        own = "" if number is None else number.get(w("val"), "")
        if number is None or own not in lists:
            continue
        level = number.getparent().find(w("ilvl"))  # type: ignore[union-attr]
        place = lists[own].levels.get(key, 0) if level is None else int(level.get(w("val"), "0"))
        numbers_of_styles[key] = StyleNumber(own, place, _indent(chain))
    return numbers_of_styles


_ON = ("1", "true", "on")
# Where the defaults of a document say nothing, Word's own hold, not those of the document it is merged into.
_WORDS_OWN = {
    "pPr": {"spacing": {"before": "0", "after": "0", "line": "240", "lineRule": "auto"}},
    "rPr": {"rFonts": {"ascii": "Times New Roman", "hAnsi": "Times New Roman", "eastAsia": "Times New Roman"},
            "sz": {"val": "20"}, "szCs": {"val": "20"}},
}  # fmt: skip
_REFERENCES = ("basedOn", "next", "link")
_UNIQUE = ("aliases", "locked", "rsid", "autoRedefine")


def _by_id(root: etree._Element) -> dict[str, etree._Element]:
    return {style.get(w("styleId"), ""): style for style in root.findall(w("style"))}


def _defaults(root: etree._Element) -> etree._Element | None:
    return root.find(w("docDefaults"))


def _meaning(element: etree._Element | None) -> str:
    if element is None:
        return ""
    plain = copy.deepcopy(element)
    plain.tail = None
    for rsid in plain.findall(w("rsid")):
        plain.remove(rsid)
    text: str = etree.canonicalize(etree.tostring(plain, encoding="unicode"), rewrite_prefixes=True, strip_text=True)
    return text


def _rename(style: etree._Element, renamed: Mapping[str, str], ending: str) -> None:
    style.set(w("styleId"), renamed[style.get(w("styleId"), "")])
    style.set(w("customStyle"), "1")
    for name in _UNIQUE:
        for element in style.findall(w(name)):
            style.remove(element)
    title = style.find(w("name"))
    if title is not None:
        title.set(w("val"), f"{title.get(w('val'))} {ending}")
    for reference in _REFERENCES:
        for element in style.findall(w(reference)):
            element.set(w("val"), renamed.get(element.get(w("val"), ""), ""))


def _valued(name: str, value: str) -> etree._Element:
    element = etree.Element(w(name))
    element.set(w("val"), value)
    return element


def _fill_up(kind: str, own: etree._Element | None) -> etree._Element:
    whole = etree.Element(w(kind)) if own is None else copy.deepcopy(own)
    for name, values in _WORDS_OWN[kind].items():
        element = whole.find(w(name))
        if element is None:
            element = etree.SubElement(whole, w(name))
            values = dict(values)
        elif name != "spacing":
            continue
        for key, value in values.items():
            if element.get(w(key)) is None:
                element.set(w(key), value)
    return whole


def _ancestry(styles: Mapping[str, etree._Element], key: str) -> Iterator[etree._Element]:
    """A style and those it builds on, itself first."""
    seen: set[str] = set()
    while key in styles and key not in seen:
        seen.add(key)
        yield styles[key]
        base = styles[key].find(w("basedOn"))
        key = "" if base is None else base.get(w("val"), "")


def _indent(chain: list[etree._Element]) -> bytes:
    """The indent of a style with what it inherits."""
    attributes: dict[str, str] = {}
    for style in chain:
        indent = style.find(f"{w('pPr')}/{w('ind')}")
        if indent is not None:
            for name, value in indent.attrib.items():
                attributes.setdefault(etree.QName(str(name)).localname, str(value))
    values = "".join(f' w:{name}="{value}"' for name, value in attributes.items())
    return f"<w:ind{values}/>".encode() if values else b""

"""What a template says that will not come out as it was meant: slips of the pen, texts beside tags, tags where nothing
is filled in; and what would go out to everybody unseen."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from html import unescape
from urllib.parse import unquote

from lxml import etree

from perfxl.core.language import Text
from perfxl.core.problems import Problem
from perfxl.documents.template.render_problems import (
    PlaceFinder,
    TemplatePlace,
    find_tags,
    label_part,
    own_text,
    text_of,
)
from perfxl.documents.template.structure import W
from perfxl.ooxml.relations import read_relations
from perfxl.ooxml.xml import SAFE_PARSER

__all__ = ["SLIPS", "lint", "lint_package"]


def lint(places: PlaceFinder) -> list[Problem]:
    """The slips in one part, paragraph by paragraph."""
    problems = []
    for place, written in places.everywhere():
        text = _COMMENT.sub("", written)
        for code, slips in _SLIPS.items():
            for tag, word in slips(text):
                problems.append(place._replace(tag=tag).problem(code, word=word))
    return [*problems, *_texts_beside(places)]


def lint_package(
    whole: TemplatePlace, saved: Mapping[str, bytes], rendered: Mapping[str, bytes | None]
) -> list[Problem]:
    """The tags in parts that nothing is filled into, and what goes out to everybody though few look at it."""
    problems = []
    for name, content in saved.items():
        place = whole._replace(part=label_part(name))
        if name.endswith((".xml", ".rels")):
            unfilled = content if name not in rendered else _unfilled_properties(content)
            tags = dict.fromkeys(_tags_in(unfilled))
            problems += [place._replace(tag=tag).problem("tag_not_filled") for tag in tags]
        if _COMMENTS.fullmatch(name) and (count := content.count(b"<w:comment ")):
            problems.append(place.problem("template_has_comments", count=count))
        if name.endswith(".rels"):
            problems += _links_out(place, name, content)
    return problems


Slips = Iterator[tuple[str, str]]  # what was written, and the piece of it that is wrong

_COMMENT = re.compile(r"\{#.*?#\}")
_OPENERS = re.compile(r"[{｛]\s*[{｛%％]")
_WIDE = re.compile(r"[｛｝％]")
_TO_CLOSER = re.compile(r".{0,60}?(?:[}｝%％]\s*[}｝]|$)")
_SINGLE = re.compile(r"(?<!\{)\{[^\W\d][\w.]*\}(?!\})")
_SPACED = re.compile(
    r"\{\s+\{[^{}]{0,60}\}\s*\}|\{\s*\{[^{}]{0,60}\}\s+\}|\{\s+%[^{}]{0,60}%\s*\}|\{\s*%[^{}]{0,60}%\s+\}"
)
_UNFINISHED = re.compile(r"\{[{%].{0,60}")
_LITERAL = re.compile(r"\"[^\"]*\"|'[^']*'|“[^”]*”|‘[^’]*’")
_WIDE_PUNCTUATION = re.compile(r"[（），．。、｜＝：；！＜＞［］＋－＊／＂＇「」『』]")


def _wide_brackets(text: str) -> Slips:
    for opener in _OPENERS.finditer(text):
        rest = _TO_CLOSER.match(text, opener.end())
        tag = opener[0] + (rest[0] if rest else "")
        if _WIDE.search(opener[0]) or _WIDE.search(tag[-2:]):
            yield tag, tag


def _unfinished(text: str) -> Slips:
    for tag in find_tags(text):
        text = text.replace(tag, " ", 1)
    if not any(True for _ in _wide_brackets(text)):
        for match in _UNFINISHED.finditer(text):
            yield match[0], match[0]


def _single_brackets(text: str) -> Slips:
    for match in _SINGLE.finditer(text):
        yield match[0], match[0]


def _wide_punctuation(text: str) -> Slips:
    for tag in find_tags(text):
        wrong = _WIDE_PUNCTUATION.findall(_LITERAL.sub("", tag))
        if wrong:
            yield tag, " ".join(dict.fromkeys(wrong))


def _spaced_brackets(text: str) -> Slips:
    for match in _SPACED.finditer(text):
        yield match[0], match[0]


_SLIPS: dict[str, Callable[[str], Slips]] = {
    "brackets_full_width": _wide_brackets,
    "tag_unfinished": _unfinished,
    "brackets_single": _single_brackets,
    "brackets_spaced": _spaced_brackets,
    "punctuation_full_width": _wide_punctuation,
}


SLIPS = frozenset((*_SLIPS, "text_beside_tag", "tag_not_filled"))
"""The problems that tell of something that would be wrong on every paper."""

_COMMENTS = re.compile(r"word/comments\d*\.xml")
_PROPERTIES = b"/metadata/core-properties"
_FILLED = frozenset(("creator", "description", "identifier", "language", "subject", "title"))  # sources.PROPERTIES
_FILLABLE = re.compile(r"\{\{[^{}]{1,200}\}\}|\{%[^{}]{1,200}%\}")
_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_OF_LINES = re.compile(r"\{[{%#](tr|tc|p)\s")
_MARKUP = re.compile(r"<[^<>]*>")
_ATTRIBUTE = re.compile(r'="([^"]*(?:\{|%7[Bb])[^"]*)"')
_MOST_SHOWN = 40  # characters
_HOLDER_NAMES = {
    "p": Text("整段", "the whole paragraph"),
    "tc": Text("整格", "the whole cell"),
    "tr": Text("整行", "the whole row"),
}
_HOLDERS = {"p": f"{W}p", "tc": f"{W}tc", "tr": f"{W}tr"}


def _texts_beside(places: PlaceFinder) -> Iterator[Problem]:
    """A paragraph, cell or row with a tag of its own is taken away for the tag, and whatever else it says."""
    paragraphs = list(places.root.iter(f"{W}p"))
    seen: set[etree._Element] = set()
    for number, paragraph in enumerate(paragraphs, 1):
        for tag in _TAG.findall(own_text(paragraph)):
            kind = _OF_LINES.match(tag)
            if not kind:
                continue
            holder = _holder(paragraph, _HOLDERS[kind[1]])
            if holder is None or holder in seen:
                continue
            seen.add(holder)
            beside = " ".join(_COMMENT.sub("", text_of(holder).replace(tag, " ", 1)).split())
            if beside:
                place = places.whole._replace(paragraph=number, tag=tag)
                yield place.problem("text_beside_tag", word=beside[:_MOST_SHOWN], holder=_HOLDER_NAMES[kind[1]])


def _holder(paragraph: etree._Element, name: str) -> etree._Element | None:
    return paragraph if paragraph.tag == name else next(paragraph.iterancestors(name), None)


def _tags_in(content: bytes) -> list[str]:
    """The tags that a part's texts and attributes hold, links as they are written too."""
    text = content.decode("utf-8", "replace")
    plain = _MARKUP.sub("", text)
    attributes = " ".join(_ATTRIBUTE.findall(text))
    return [unescape(tag) for tag in _FILLABLE.findall(f"{plain} {unquote(attributes)}")]


def _unfilled_properties(content: bytes) -> bytes:
    """Of the file's properties those that docxtpl leaves as they are: keywords, category and the like."""
    if _PROPERTIES not in content:
        return b""
    root = etree.fromstring(content, SAFE_PARSER)
    if etree.QName(root).localname != "coreProperties":  # a control that is bound to them names them too
        return b""
    kept = [each for each in root if isinstance(each.tag, str) and etree.QName(each).localname not in _FILLED]
    return b"".join(etree.tostring(each, with_tail=False) for each in kept)


def _links_out(place: TemplatePlace, name: str, content: bytes) -> Iterator[Problem]:
    try:
        relations = read_relations(content, name)
    except (etree.XMLSyntaxError, ValueError, KeyError):
        return
    for relation in relations:
        if relation.external and relation.kind != "attachedTemplate":
            yield place.problem("template_links_out", word=relation.target)

"""What is probably a slip of the pen in a template: text that was meant as a tag and will be printed as it stands."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from perfxl.core.problems import Problem
from perfxl.documents.template.places import PlaceFinder, tags_of

__all__ = ["lint"]


def lint(places: PlaceFinder) -> list[Problem]:
    """The slips in one part, paragraph by paragraph."""
    found = []
    for place, written in places.everywhere():
        text = _COMMENT.sub("", written)
        for code, slips in _SLIPS.items():
            for tag, word in slips(text):
                found.append(place._replace(tag=tag).problem(code, word=word))
    return found


Slips = Iterator[tuple[str, str]]  # what was written, and the piece of it that is wrong

_COMMENT = re.compile(r"\{#.*?#\}")
_OPENERS = re.compile(r"[{｛]\s*[{｛%％]")
_WIDE = re.compile(r"[｛｝％]")
_TO_CLOSER = re.compile(r".{0,60}?(?:[}｝%％]\s*[}｝]|$)")
_SINGLE = re.compile(r"(?<!\{)\{[^\W\d][\w.]*\}(?!\})")
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
    for tag in tags_of(text):
        text = text.replace(tag, " ", 1)
    if not any(True for _ in _wide_brackets(text)):
        for found in _UNFINISHED.finditer(text):
            yield found[0], found[0]


def _single_brackets(text: str) -> Slips:
    for found in _SINGLE.finditer(text):
        yield found[0], found[0]


def _wide_punctuation(text: str) -> Slips:
    for tag in tags_of(text):
        wrong = _WIDE_PUNCTUATION.findall(_LITERAL.sub("", tag))
        if wrong:
            yield tag, " ".join(dict.fromkeys(wrong))


_SLIPS: dict[str, Callable[[str], Slips]] = {
    "brackets_full_width": _wide_brackets,
    "tag_unfinished": _unfinished,
    "brackets_single": _single_brackets,
    "punctuation_full_width": _wide_punctuation,
}

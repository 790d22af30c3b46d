"""`{{r x }}` and `{{p x }}`: what is printed where runs or paragraphs stand. RichText and the like bring these along;
of a plain text, which docxtpl would put where Word shows none, they are made as they stood in the template."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from docxtpl import Listing
from markupsafe import Markup, escape

from perfxl.documents.pictures.places import PICTURE_FILTERS
from perfxl.documents.template.controls import CONTROL_FILTERS

__all__ = ["INSERTING", "Piece", "keep_formats", "readable"]


class Piece(NamedTuple):
    """A plain value and the XML that it stands in."""

    value: Any
    begin: str
    end: str

    def around(self, text: str) -> str:
        """The text as it is printed."""
        return f"{self.begin}{text}{self.end}" if text else ""

    def __html__(self) -> str:
        return self.around("" if self.value is None else str(escape(self.value)))


def readable(source: str) -> str:
    """The source with these tags as they were written."""
    return _NOTED.sub(r"\1", source)


def keep_formats(xml: str) -> str:
    """The XML with the format of each such tag's own run and paragraph noted in the tag, where docxtpl takes both away.

    To be called when tags are whole and before docxtpl puts them apart.
    """
    if "{{r " not in xml and "{{p " not in xml:
        return xml
    xml = _RUN.sub(_keep_run, xml)
    return _PARAGRAPH.sub(_keep_paragraph, xml) if "{{p " in xml else xml


_TEXT = '<w:t xml:space="preserve">'
_PROPERTIES = re.compile(r"<w:rPr>.*?</w:rPr>", re.DOTALL)
_PARAGRAPH_PROPERTIES = re.compile(r"<w:pPr>.*?</w:pPr>", re.DOTALL)
_SECTION = re.compile(r"<w:sectPr\b.*?</w:sectPr>|<w:sectPr\b[^<>]*/>", re.DOTALL)
_RUN = re.compile(r"<w:r(?: [^<>]*)?>(?:(?!</w:r>|<w:r[ >]).)*\{\{r (?:(?!</w:r>).)*</w:r>", re.DOTALL)
_PARAGRAPH = re.compile(r"<w:p(?: [^<>]*)?>(?:(?!</w:p>|<w:p[ >]).)*\{\{p (?:(?!</w:p>).)*</w:p>", re.DOTALL)
_NOTED = re.compile(r"\(((?:(?!\)\|perfxl_).)*)\)\|perfxl_(?:runs|paragraphs)\((?:'[^']*'(?:, )?)+\)")
_TAG = re.compile(r"\{\{(r|p) ((?:(?!\}\}).)*?)\s*(-?\}\})", re.DOTALL)


def _keep_run(match: re.Match[str]) -> str:
    properties = _PROPERTIES.search(match[0])
    return _with_filter(match[0], "r", "perfxl_runs", (properties[0] if properties else "",))


def _keep_paragraph(match: re.Match[str]) -> str:
    own = _PARAGRAPH_PROPERTIES.search(match[0])
    paragraph = _SECTION.sub("", own[0]) if own else ""
    run = _PROPERTIES.search(match[0], own.end() if own else 0)
    return _with_filter(match[0], "p", "perfxl_paragraphs", (paragraph, run[0] if run else ""))


def _with_filter(xml: str, kind: str, name: str, formats: tuple[str, ...]) -> str:
    literals = ", ".join(f"'{_hidden(text)}'" for text in formats)

    def filtered(tag: re.Match[str]) -> str:
        return f"{{{{{kind} ({tag[2]})|{name}({literals}) {tag[3]}" if tag[1] == kind else tag[0]

    return _TAG.sub(filtered, xml)


def _hidden(xml: str) -> str:
    """As a Jinja literal in which nothing looks like markup, a bracket or a quotation mark."""
    return "".join(char if char.isalnum() or char == " " else f"\\U{ord(char):08x}" for char in xml)


def _runs(value: Any, properties: str) -> Any:
    if _is_plain(value):
        return Piece(value, f"<w:r>{properties}{_TEXT}", "</w:t></w:r>")
    return value


def _paragraphs(value: Any, paragraph: str, run: str) -> Any:
    if _is_plain(value):
        return Piece(value, f"<w:p>{paragraph}<w:r>{run}{_TEXT}", "</w:t></w:r></w:p>")
    return value


def _is_plain(value: Any) -> bool:
    """Whether a value is a text, and no XML."""
    if isinstance(value, Listing) or not hasattr(value, "__html__"):
        return True
    return isinstance(value, Markup) and "<w:" not in value


INSERTING: dict[str, Callable[..., Any]] = {
    "perfxl_runs": _runs,
    "perfxl_paragraphs": _paragraphs,
    **PICTURE_FILTERS,
    **CONTROL_FILTERS,
}

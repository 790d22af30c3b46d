"""Where a tag stands in a template, told as people see it: part, paragraph, the tag itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Any, NamedTuple

from lxml import etree

from perfxl.core.language import Text
from perfxl.core.problems import Address, Problem, problem
from perfxl.documents.template.xmlsteps import W

__all__ = ["Place", "PlaceFinder", "part_label", "tags_of"]


class Place(NamedTuple):
    """Part and paragraph of a template. Paragraphs are counted from 1 as they follow in the part, those of tables
    included; 0 where unknown."""

    file: str
    part: Text
    lang: str  # of the address; messages come in both
    paragraph: int = 0
    tag: str = ""

    def problem(self, code: str, **details: Any) -> Problem:
        """A problem at this place; `part`, `where` (part and paragraph) and `tag` are among its details."""
        sheet = self.part.zh if self.lang == "zh" else self.part.en
        cell = f"¶{self.paragraph}" if self.paragraph else ""
        address = Address(self.file, sheet, cell)
        return problem(code, address, part=self.part, where=self._where(), tag=self.tag, **details)

    def _where(self) -> Text:
        if not self.paragraph:
            return self.part
        return Text(f"{self.part.zh} 第 {self.paragraph} 段", f"{self.part.en}, paragraph {self.paragraph}")


class PlaceFinder:
    """Finds a tag of the patched source again in the part as Word saved it.

    docxtpl takes paragraphs and rows away that hold only a tag, so lines of the source are not paragraphs; but the
    tags keep their order: the n-th `for x in y` of the one is the n-th of the other.
    """

    def __init__(self, whole: Place, original: etree._Element, source: str) -> None:
        self.whole = whole
        self.paragraphs = [_text_of(paragraph) for paragraph in original.iter(*_PARAGRAPHS)]
        self._source = source

    def everywhere(self) -> Iterator[tuple[Place, str]]:
        """Every paragraph with its text."""
        for number, text in enumerate(self.paragraphs, 1):
            yield self.whole._replace(paragraph=number), text

    def at_line(self, line: int, word: str = "") -> Place:
        """The tag on this line of the source that has the word in it; all tags of the line where none has."""
        lines = self._source.split("\n")
        text = lines[min(max(line, 1), len(lines)) - 1]
        tags = tags_of(text)
        naming = [tag for tag in tags if word and re.search(rf"(?<!\w){re.escape(word)}(?!\w)", tag)]
        chosen = (naming or tags)[:1]
        shown = chosen[0] if naming or len(tags) == 1 else " … ".join(tags)
        before = "\n".join(lines[: line - 1])
        number = self._paragraph(chosen[0], before) if chosen else 0
        return self.whole._replace(paragraph=number, tag=unescape(shown))

    def _paragraph(self, tag: str, before: str) -> int:
        key = _key(tag)
        skip = sum(_key(earlier) == key for earlier in tags_of(before))
        for number, text in enumerate(self.paragraphs, 1):
            skip -= sum(_key(found) == key for found in tags_of(text))
            if skip < 0:
                return number
        return 0


def tags_of(text: str) -> list[str]:
    """The tags in a text or in a piece of patched XML, in order."""
    return [found[0] for found in _TAG.finditer(text)]


def part_label(name: str) -> Text:
    """正文, 页眉2 ... for word/document.xml, word/header2.xml ..."""
    for pattern, zh, en in _LABELS:
        found = re.fullmatch(pattern, name)
        if found:
            number = "".join(found.groups())
            return Text(zh + number, en + number)
    return Text(name, name)


_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_INSIDE = re.compile(r"\{[{%][-+]?(?:(?:tr|tc|p|r)\s)?\s*(?:(?:colspan|cellbg)\s)?(.*?)[-+]?[%}]\}", re.DOTALL)
_QUOTES = str.maketrans("“”‘’", "\"\"''")
_PARAGRAPHS = (f"{W}p", "{http://schemas.openxmlformats.org/drawingml/2006/main}p")
_LABELS = (
    (r"word/document\d*\.xml", "正文", "body"),
    (r"word/header(\d*)\.xml", "页眉", "header "),
    (r"word/footer(\d*)\.xml", "页脚", "footer "),
    (r"word/footnotes\d*\.xml", "脚注", "footnotes"),
    (r"word/charts/chart(\d*)\.xml", "图表", "chart "),
    (r"docProps/core\d*\.xml", "文档属性", "document properties"),
)


def _key(tag: str) -> str:
    """What a tag says, however docxtpl or Word wrote it."""
    found = _INSIDE.fullmatch(tag)
    return re.sub(r"\s", "", unescape(found[1] if found else tag)).translate(_QUOTES)


def _text_of(paragraph: etree._Element) -> str:
    return "".join(str(text.text or "") for text in paragraph.iter("{*}t"))

"""What was found in a form: fields placed, labels without a field, lines to sign."""

from __future__ import annotations

from typing import NamedTuple

from perfxl.core.language import Text
from perfxl.documents.adopt.lexicon import Meanings, fold
from perfxl.documents.template.render_problems import label_part
from perfxl.documents.template.structure import W
from perfxl.ooxml.xml import Element

_PARTY = "issuer"  # the other party of a contract


class Finding(NamedTuple):
    """`text` as the form has it; `tag` is what was written, blank where nothing was; `paragraph` counts from 1."""

    part: str
    paragraph: int
    text: str
    tag: str
    how: str  # "placed", "missed", "signature", "filled"

    @property
    def part_label(self) -> Text:
        return label_part(self.part)

    @property
    def address_words(self) -> Text:
        """Part and paragraph, in words."""
        zh, en = self.part_label
        return Text(f"{zh} 第 {self.paragraph} 段", f"{en}, paragraph {self.paragraph}")


class Findings:
    """Gathers them for one part after the other; `meanings` say what labels stand for."""

    def __init__(self, meanings: Meanings) -> None:
        self.meanings = meanings
        self.found: list[Finding] = []
        self._part, self._numbers = "", dict[Element, int]()

    @property
    def placed(self) -> list[Finding]:
        return [finding for finding in self.found if finding.how == "placed"]

    def begin(self, part: str, root: Element) -> None:
        """What is found from now on stands in this part."""
        self._part = part
        self._numbers = {paragraph: i for i, paragraph in enumerate(root.iter(f"{W}p"), 1)}

    def field(self, label: str, before: str = "") -> str:
        """The field for a label that stands behind another one. 职务 behind 甲方 is that party's; behind another
        person it is, where the holder's own stands already."""
        path = self.meanings.field(label)
        role = self.meanings.role(before) if before and self.meanings.is_attribute(label) else ""
        if role and (role == _PARTY or any(path in finding.tag for finding in self.placed)):
            return self.meanings.attribute_of(role, label) or path
        return path

    def place(self, where: Element, text: str, tag: str) -> None:
        self._add(where, text, tag, "placed")

    def miss(self, where: Element, text: str) -> None:
        if fold(text):
            self._add(where, text, "", "missed")

    def leave_blank(self, where: Element, text: str) -> None:
        self._add(where, text, "", "signature")

    def leave_filled(self, where: Element, text: str) -> None:
        """Room that holds something already."""
        self._add(where, text, "", "filled")

    def _add(self, where: Element, text: str, tag: str, how: str) -> None:
        paragraph = where if where.tag == f"{W}p" else next(where.iter(f"{W}p"), None)
        number = 0 if paragraph is None else self._numbers.get(paragraph, 0)
        finding = Finding(self._part, number, " ".join(text.split()), tag, how)
        if finding.tag or finding not in self.found:  # a mark and the label before it name one place
            self.found.append(finding)

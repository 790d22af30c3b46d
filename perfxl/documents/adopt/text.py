"""The text of a paragraph of Word, of which any piece can be replaced without touching how the rest looks."""

from __future__ import annotations

from copy import deepcopy
from typing import NamedTuple

from lxml import etree

from perfxl.documents.template.structure import W
from perfxl.ooxml.xml import Element

SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_BLANKS = {f"{W}tab": "\t", f"{W}br": "\n", f"{W}cr": "\n"}
_OWN = {f"{W}txbxContent", f"{W}del"}  # text boxes hold paragraphs of their own
_BEFORE_UNDERLINE = tuple(
    f"{W}{name}"
    for name in (
        *("rStyle", "rFonts", "b", "bCs", "i", "iCs", "caps", "smallCaps", "strike", "dstrike", "outline", "shadow"),
        *("emboss", "imprint", "noProof", "snapToGrid", "vanish", "webHidden", "color", "spacing", "w", "kern"),
        *("position", "sz", "szCs", "highlight"),
    )
)


class Piece(NamedTuple):
    """One character, and the element that it stands in; `at` is its index there, -1 for a tab or a break."""

    char: str
    element: Element
    at: int


class ParagraphText:
    """`text` is what the paragraph says; `replace` puts something else in the place of a part of it."""

    def __init__(self, paragraph: Element) -> None:
        self.paragraph = paragraph
        self._read()

    def is_underlined(self, start: int, end: int) -> bool:
        """Whether all of a part is underlined."""
        return start < end and all(_underlined(piece.element) for piece in self._pieces[start:end])

    def replace(self, start: int, end: int, new: str, underline: bool = False) -> None:
        """Puts `new` where the characters from `start` to `end` are, looking as they look; where there are none, as
        what stands before."""
        if start == end:
            self._insert(start, new)
        else:
            first = self._pieces[start]
            for piece in reversed(self._pieces[start:end]):
                if piece.at < 0:
                    if piece is not first:
                        _parent(piece.element).remove(piece.element)
                else:
                    text = piece.element.text or ""
                    piece.element.text = text[: piece.at] + text[piece.at + 1 :]
            if first.at < 0:
                self._put_for(first.element, new)
            else:
                text = first.element.text or ""
                first.element.text = text[: first.at] + new + text[first.at :]
                first.element.set(SPACE, "preserve")
            if underline and first.at >= 0:
                self._underline_only(first.element, first.at, len(new))
        self._read()

    def _read(self) -> None:
        self._pieces = list(_pieces(self.paragraph))
        self.text = "".join(piece.char for piece in self._pieces)

    def _put_for(self, element: Element, new: str) -> None:
        text = etree.Element(f"{W}t")
        text.text = new
        text.set(SPACE, "preserve")
        _parent(element).replace(element, text)

    def _insert(self, at: int, new: str) -> None:
        before = self._pieces[at - 1] if at else None
        if before is None:
            run = self._new_run(self.paragraph.find(f"{W}r"), new)
            properties = self.paragraph.find(f"{W}pPr")
            self.paragraph.insert(0 if properties is None else 1, run)
        elif before.at >= 0 and before.at == len(before.element.text or "") - 1:
            run = _parent(before.element)
            _parent(run).insert(_parent(run).index(run) + 1, self._new_run(run, new, keep_bold=False))
            self._move_rest(before.element, run)
        elif before.at >= 0:
            text = before.element.text or ""
            before.element.text = text[: before.at + 1] + new + text[before.at + 1 :]
        else:
            run = _parent(before.element)
            _parent(run).insert(_parent(run).index(run) + 1, self._new_run(run, new))
            self._move_rest(before.element, run)

    def _move_rest(self, element: Element, run: Element) -> None:
        """What stands in the run behind the element goes into a run behind the new one."""
        rest = list(element.itersiblings())
        if rest:
            copy = etree.Element(f"{W}r")
            properties = run.find(f"{W}rPr")
            if properties is not None:
                copy.append(deepcopy(properties))
            copy.extend(rest)
            _parent(run).insert(_parent(run).index(run) + 2, copy)

    def _new_run(self, like: Element | None, text: str, keep_bold: bool = True) -> Element:
        run = etree.Element(f"{W}r")
        properties = like.find(f"{W}rPr") if like is not None else self.paragraph.find(f"{W}pPr/{W}rPr")
        if properties is not None:
            copy = deepcopy(properties)
            copy.tag = f"{W}rPr"
            for name in ("ins", "del", "moveFrom", "moveTo", *(() if keep_bold else ("b", "bCs"))):
                for mark in copy.findall(f"{W}{name}"):
                    copy.remove(mark)
            run.append(copy)
        element = etree.SubElement(run, f"{W}t")
        element.text = text
        element.set(SPACE, "preserve")
        return run

    def _underline_only(self, element: Element, start: int, length: int) -> None:
        """Splits the run, so that just the new text is underlined, as the line was that it stands on."""
        run, text = _parent(element), element.text or ""
        if run.tag != f"{W}r" or _underlined(element):
            return
        before, new, after = text[:start], text[start : start + length], text[start + length :]
        element.text = before
        at = _parent(run).index(run) + 1
        middle = self._new_run(run, new)
        properties = middle.find(f"{W}rPr")
        if properties is None:
            properties = etree.Element(f"{W}rPr")
            middle.insert(0, properties)
        line = etree.Element(f"{W}u")
        line.set(f"{W}val", "single")
        properties.insert(sum(child.tag in _BEFORE_UNDERLINE for child in properties), line)
        self._move_rest(element, run)
        _parent(run).insert(at, middle)
        if after:
            _parent(run).insert(at + 1, self._new_run(run, after))
        element.set(SPACE, "preserve")


def text_of(element: Element) -> str:
    """What the paragraphs of a cell or part say, a line each."""
    paragraphs = [element] if element.tag == f"{W}p" else list(element.iter(f"{W}p"))
    return "\n".join("".join(piece.char for piece in _pieces(paragraph)) for paragraph in paragraphs).strip()


def _pieces(element: Element) -> list[Piece]:
    found: list[Piece] = []
    for child in element:
        if child.tag == f"{W}t":
            found += [Piece(char, child, at) for at, char in enumerate(child.text or "")]
        elif child.tag in _BLANKS:
            if _parent(child).tag == f"{W}r":
                found.append(Piece(_BLANKS[child.tag], child, -1))
        elif isinstance(child.tag, str) and child.tag not in _OWN and not child.tag.endswith("}Fallback"):
            found += _pieces(child)
    return found


def _underlined(element: Element) -> bool:
    line = _parent(element).find(f"{W}rPr/{W}u")
    return line is not None and line.get(f"{W}val", "single") != "none"


def _parent(element: Element) -> Element:
    parent = element.getparent()
    assert parent is not None
    return parent

"""Line breaks, tabs, new paragraphs, pages and columns in texts, as Word's own: docxtpl's results where it has any,
and right ones within links, content controls, insertions and fields, where a paragraph cannot simply be cut."""

from __future__ import annotations

import re
from copy import deepcopy

from lxml import etree

__all__ = ["hide_breaks", "place_breaks", "without_hidden"]

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"

# XML holds no \a (new paragraph), \f (new page), \x0e (new column): they are parsed as characters that no text has.
_PARAGRAPH, _PAGE, _COLUMN = "\ufdd0", "\ufdd1", "\ufdd2"
_HIDDEN = str.maketrans("\a\f\x0e", _PARAGRAPH + _PAGE + _COLUMN)
_BREAK = re.compile(f"([\t\n{_PARAGRAPH}{_PAGE}{_COLUMN}])")
_TYPES = {_PAGE: "page", _COLUMN: "column"}
_HIDDEN_BYTES = re.compile(f"{_PARAGRAPH}|{_PAGE}|{_COLUMN}".encode())
# What may be cut in two with the paragraph that it stands in. A field would be printed twice.
_DIVISIBLE = frozenset(
    f"{W}{name}" for name in ("hyperlink", "ins", "moveTo", "smartTag", "customXml", "dir", "bdo", "sdt", "sdtContent")
)
_PROPERTIES = frozenset(f"{W}{name}" for name in ("sdtPr", "sdtEndPr", "smartTagPr", "customXmlPr"))
_ONE_LINE = tuple(f"{W}{name}" for name in ("text", "date", "dropDownList", "comboBox"))  # controls of plain text


def hide_breaks(xml: str) -> str:
    """The XML with nothing in it that a parser refuses."""
    return xml.translate(_HIDDEN)


def without_hidden(xml: bytes) -> bytes:
    """The XML as it is written: a break that stood in no text, such as that of an attribute, is a space."""
    return _HIDDEN_BYTES.sub(b" ", xml)


def place_breaks(root: etree._Element) -> None:
    """Makes the breaks in all texts Word's own."""
    for text in list(root.iter(f"{W}t")):
        if text.text and _BREAK.search(text.text):
            _Placing(text).place()


class _Placing:
    """The breaks of one text. What follows the text keeps its place behind the last of what comes of it."""

    def __init__(self, text: etree._Element) -> None:
        self.text, self.run = text, text.getparent()
        self.properties = None if self.run is None else self.run.find(f"{W}rPr")
        self.after = list(text.itersiblings())  # in the run
        self.around: list[etree._Element] = []  # from the run to the paragraph, both included
        for element in text.iterancestors():
            self.around.append(element)
            if element.tag == f"{W}p":
                break
        self.plain = self._plain_controls()
        self.following = [list(element.itersiblings()) for element in self.around[:-1]] if self._divisible() else []

    def place(self) -> None:
        if self.run is None or self.run.tag != f"{W}r":
            return
        pieces = _BREAK.split(self.text.text or "")
        self.text.text = pieces[0]
        run, text = self.run, self.text
        for at in range(1, len(pieces), 2):
            kind, content = pieces[at : at + 2]
            if kind == "\t":
                self._new_run().append(etree.Element(f"{W}tab"))
                self._new_text(self._new_run())
            elif kind in (_PARAGRAPH, _PAGE) and self.following:
                self._divide(page=kind == _PAGE)
            else:
                line_break = etree.Element(f"{W}br")
                for plain in self.plain:  # which holds one paragraph, and lines if it is told so
                    if plain.tag == f"{W}text":
                        plain.set(f"{W}multiLine", "1")
                if kind in _TYPES:
                    line_break.set(f"{W}type", _TYPES[kind])
                self.text.addnext(line_break)
                self._new_text(self.run, line_break)
            self.text.text = content
        if self.run is not run:
            self.run.extend(self.after)
        elif self.text is not text:
            for element in reversed(self.after):
                self.text.addnext(element)
        if self.around and self.around[-1] is not self._first:
            for element, following in zip(self.around[1:], self.following, strict=False):
                element.extend(following)

    def _divisible(self) -> bool:
        self._first = self.around[-1] if self.around else None
        if self._first is None or self._first.tag != f"{W}p":
            return False
        return not self.plain and all(element.tag in _DIVISIBLE for element in self.around[1:-1])

    def _plain_controls(self) -> list[etree._Element]:
        """What says of the controls that the text stands in that they hold plain text."""
        controls = [element.find(f"{W}sdtPr") for element in self.text.iterancestors(f"{W}sdt")]
        return [each for control in controls if control is not None for each in control if each.tag in _ONE_LINE]

    def _new_run(self) -> etree._Element:
        run = etree.Element(f"{W}r")
        if self.properties is not None and len(self.properties):
            run.append(deepcopy(self.properties))
        assert self.run is not None
        self.run.addnext(run)
        self.run = run
        if self.around:
            self.around[0] = run
        return run

    def _new_text(self, run: etree._Element | None, behind: etree._Element | None = None) -> None:
        text = etree.Element(f"{W}t", {_SPACE: "preserve"})
        if behind is not None:
            behind.addnext(text)
        elif run is not None:
            run.append(text)
        self.text = text

    def _divide(self, page: bool) -> None:
        """A new paragraph like this one, with what the run stands in; the text goes on there."""
        old = self.around[-1]
        new = etree.Element(f"{W}p")
        properties = old.find(f"{W}pPr")
        if properties is not None and len(properties):
            new.append(deepcopy(properties))
            section = properties.find(f"{W}sectPr")  # it ends with the last of the paragraphs
            if section is not None:
                properties.remove(section)
        old.addnext(new)
        if page:
            between = etree.Element(f"{W}p")
            etree.SubElement(etree.SubElement(between, f"{W}r"), f"{W}br", {f"{W}type": "page"})
            old.addnext(between)
        inner, levels = new, [new]
        for element in reversed(self.around[1:-1]):
            copy = etree.SubElement(inner, element.tag, {str(key): str(value) for key, value in element.attrib.items()})
            copy.extend(_like(child) for child in element if child.tag in _PROPERTIES)
            levels.insert(0, copy)
            inner = copy
        run = etree.SubElement(inner, f"{W}r")
        if self.properties is not None and len(self.properties):
            run.append(deepcopy(self.properties))
        self.run, self.around = run, [run, *levels]
        self._new_text(run)


def _like(properties: etree._Element) -> etree._Element:
    """The properties of a control for a second one, which is not the same."""
    copy = deepcopy(properties)
    for id in copy.findall(f"{W}id"):
        copy.remove(id)
    return copy

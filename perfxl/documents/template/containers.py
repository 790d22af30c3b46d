"""What Word requires of what a template may have emptied: a cell ends with a paragraph, a row has a cell, a table a
row; a header, text box, note or content control holds something; bookmarks are there once, though loops repeat them."""

from __future__ import annotations

import re
from collections.abc import Callable

from lxml import etree

__all__ = ["always_filled", "needs_repair", "repair"]

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_CELL, _ROW, _TABLE, _CONTENT, _P = (f"{W}{name}" for name in ("tc", "tr", "tbl", "sdtContent", "p"))
_HOLDERS = tuple(f"{W}{name}" for name in ("hdr", "ftr", "txbxContent", "footnote", "endnote", "comment"))
_BLOCKS = frozenset(f"{W}{name}" for name in ("p", "tbl", "sdt", "customXml", "altChunk"))
_BLOCK_PARENTS = frozenset((*_HOLDERS, _CELL, f"{W}body", f"{W}docPartBody"))
_NAMES = ("tc", "tr", "tbl", "sdtContent", "hdr", "ftr", "txbxContent", "footnote", "endnote", "comment")
_BOOKMARK = re.compile(rb"<w:bookmarkStart\b[^<>]*>")
_FULL = ("</w:p>", "<w:p/>", "</w:tc>", "</w:tr>", "</w:r>", "</w:sdt>")
# The fixed beginnings make these searches ten times as fast.
_NOT_FULL = re.compile(
    "</w:(?:{})".format(
        "|".join(name + ">" + "".join(f"(?<!{before}</w:{name}>)" for before in _FULL) for name in _NAMES)
    ).encode()
)
_EMPTY = re.compile("<w:(?:{})/>".format("|".join(_NAMES)).encode())


def repair(root: etree._Element) -> None:
    """Fills up or takes away what is empty, from the inside out, and names each bookmark once."""
    for element in reversed(list(root.iter(_CELL, _ROW, _TABLE, _CONTENT, *_HOLDERS))):
        if element.tag == _CELL:
            if not len(element) or element[-1].tag not in (_P, f"{W}sdt", f"{W}customXml"):
                _fill(element, _last_block(element) != _P)
        elif element.tag == _ROW:
            _keep_if(element, next(element.iter(_CELL), None) is not None)
        elif element.tag == _TABLE:
            _keep_if(element, next(element.iter(_ROW), None) is not None)
        elif element.tag == _CONTENT:
            _repair_content(element)
        else:
            _fill(element, not any(child.tag in _BLOCKS for child in element))
    _name_once(root)


def needs_repair(xml: bytes) -> bool:
    """Whether `repair` may have to change something in a part, looked at as text."""
    if _NOT_FULL.search(xml) or _EMPTY.search(xml):
        return True
    bookmarks = _BOOKMARK.findall(xml)
    return len(bookmarks) > len(set(bookmarks))


def always_filled(marked: etree._Element, in_block: Callable[[etree._Element, etree._Element], bool]) -> bool:
    """Whether nothing of a part can come out empty or twice, whatever its tags do; `in_block` says of an element
    whether a block within another may leave it out."""
    for element in marked.iter(_CELL, _ROW, _TABLE, _CONTENT, *_HOLDERS):
        children = [child for child in element if isinstance(child.tag, str)]
        if element.tag in (_ROW, _TABLE):
            wanted = _CELL if element.tag == _ROW else _ROW
            children = [child for child in children if child.tag == wanted]
        elif element.tag != _CONTENT:
            children = [child for child in children[-1:] if child.tag == _P]
        if all(in_block(child, element) for child in children):
            return False
    return all(not in_block(bookmark, marked) for bookmark in marked.iter(f"{W}bookmarkStart"))


def _fill(element: etree._Element, lacks: bool) -> None:
    if lacks:
        etree.SubElement(element, _P)


def _last_block(element: etree._Element) -> object:
    return next((child.tag for child in reversed(element) if child.tag in _BLOCKS), None)


def _keep_if(element: etree._Element, full: bool) -> None:
    parent = element.getparent()
    if not full and parent is not None:
        parent.remove(element)


def _repair_content(content: etree._Element) -> None:
    """A control around nothing: a paragraph where there were paragraphs; gone where there were rows or cells."""
    control = content.getparent()
    parent = None if control is None else control.getparent()
    if len(content) or control is None or parent is None:
        return
    if parent.tag in _BLOCK_PARENTS or (parent.tag == _CONTENT and _is_block(parent)):
        etree.SubElement(content, _P)
    elif parent.tag in (_ROW, _TABLE):
        parent.remove(control)


def _is_block(content: etree._Element) -> bool:
    control = content.getparent()
    parent = None if control is None else control.getparent()
    return parent is not None and (parent.tag in _BLOCK_PARENTS or (parent.tag == _CONTENT and _is_block(parent)))


def _name_once(root: etree._Element) -> None:
    """The first of a bookmark stays; those that a loop made of it (of its name and ID) go, each with its end."""
    names: set[tuple[str, str]] = set()
    open_now: dict[str, etree._Element | None] = {}
    gone: list[etree._Element] = []
    for mark in root.iter(f"{W}bookmarkStart", f"{W}bookmarkEnd"):
        id = mark.get(f"{W}id", "")
        if mark.tag == f"{W}bookmarkEnd":
            if open_now.pop(id, None) is not None:
                gone.append(mark)
            continue
        name = id, mark.get(f"{W}name", "")
        open_now[id] = mark if name in names else None
        if name in names:
            gone.append(mark)
        names.add(name)
    for mark in gone:
        parent = mark.getparent()
        if parent is not None:
            parent.remove(mark)

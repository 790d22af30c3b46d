"""Footnotes, endnotes and comments of a merged document: gathered from all, numbered through."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain

from lxml import etree

from perfxl.documents.merge.numbering import w
from perfxl.documents.merge.parts import Relations
from perfxl.documents.merge.scratch import Scratch, Spool
from perfxl.documents.template.package import SAFE_PARSER

__all__ = ["NOTES", "Notes"]

NOTES = {"footnotes": b"footnote", "endnotes": b"endnote", "comments": b"comment"}
"""The relation to the part -> what one note is called."""

_SEPARATOR_TYPES = ("separator", "continuationSeparator", "continuationNotice")


class Notes:
    """The notes of one kind."""

    def __init__(self, scratch: Scratch) -> None:
        self.relations = Relations(scratch)
        self._root: etree._Element | None = None
        self._next = 0
        self._notes = Spool(scratch)

    def take(self, content: bytes, change: Callable[[bytes], bytes]) -> dict[bytes, bytes]:
        """Adds a document's notes: old ID -> new. `change` makes their XML fit."""
        root = etree.fromstring(change(content), SAFE_PARSER)
        notes = [note for note in root if note.get(w("type")) not in _SEPARATOR_TYPES]
        renumbered = {}
        if self._root is None:
            self._root = root
            self._next = max((int(note.get(w("id"), "0")) for note in root if note not in notes), default=-1) + 1
        for note in notes:
            root.remove(note)
            renumbered[note.get(w("id"), "").encode()] = b"%d" % self._next
            note.set(w("id"), str(self._next))
            self._notes.add(etree.tostring(note, with_tail=False))
            self._next += 1
        return renumbered

    def xml(self) -> Iterator[bytes] | None:
        if self._root is None:
            return None
        self._root.text = None
        self._root.append(etree.Comment("notes"))
        whole = etree.tostring(self._root, encoding="UTF-8", xml_declaration=True, standalone=True)
        head, _, tail = whole.rpartition(b"<!--notes-->")
        return chain((head,), self._notes, (tail,))

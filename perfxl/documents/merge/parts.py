"""Parts that documents bring along (headers, pictures, charts) under names of their own, equal ones once; footnotes,
endnotes and comments, gathered from all."""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import chain

from lxml import etree

from perfxl.documents.merge.document import CannotMerge, RecentCache, SourceDocument
from perfxl.documents.merge.styles_and_lists import w
from perfxl.ooxml.relations import RELATIONS, TYPES, XML_HEAD, Relation, relation_xml, relations_part
from perfxl.ooxml.spool import Scratch, Spool
from perfxl.ooxml.xml import SAFE_PARSER
from perfxl.ooxml.zip_read import Packed, unpack
from perfxl.ooxml.zip_write import pack

__all__ = ["NOTES", "Change", "Notes", "PartsWriter", "RelationsWriter"]


_NUMBERED = re.compile(r"\d*$")
_REMEMBERED = 4096  # parts and relations; what comes again after more than that counts as new

Change = Callable[[Relation, bytes], bytes]
Add = Callable[[str, Packed], None]


class RelationsWriter:
    """The .rels part of one part of the merged document, as it grows."""

    def __init__(self, scratch: Scratch) -> None:
        self._entries = Spool(scratch)
        self._count = 0
        self._ids: RecentCache[tuple[str, str], str] = RecentCache(_REMEMBERED)

    def add(self, kind: str, target: str, external: bool = False, id: str = "") -> str:
        """The ID of a relation: one for all that refer to the same."""
        same = self._ids.recall((kind, target))
        if same and not id:
            return same
        self._count += 1
        id = id or f"rId{self._count}"
        self._ids[kind, target] = id
        self._entries.add(relation_xml(id, kind, target, external).encode())
        return id

    def __bool__(self) -> bool:
        return bool(self._count)

    def xml(self) -> Iterator[bytes]:
        yield f'{XML_HEAD}<Relationships xmlns="{RELATIONS}">'.encode()
        yield from self._entries
        yield b"</Relationships>"


class PartsWriter:
    """The parts that documents bring, and the content types of all; `add` writes a part."""

    def __init__(self, add: Add, scratch: Scratch) -> None:
        self._add, self._scratch = add, scratch
        self._names: RecentCache[bytes, str] = RecentCache(_REMEMBERED)
        self._counts: Counter[tuple[str, str]] = Counter()
        self._defaults = {"rels": "application/vnd.openxmlformats-package.relationships+xml", "xml": "application/xml"}
        self._overrides = Spool(scratch)

    def put(self, name: str, content: Packed, content_type: str) -> None:
        """A part under a name that nothing else has."""
        self._add(name, content)
        self.declare(name, content_type)

    def declare(self, name: str, content_type: str) -> None:
        """What kind of part one is, which may be written elsewhere."""
        extension = name.rpartition(".")[2].lower()
        if self._defaults.setdefault(extension, content_type) != content_type:
            self._overrides.add(f'<Override PartName="/{name}" ContentType="{content_type}"/>'.encode())

    def copy(self, document: SourceDocument, relation: Relation, change: Change) -> str:
        """The name under which what a relation leads to is found, with all that it refers to in its turn. `change`
        makes XML of a document fit."""
        return self._copy(document, relation, change, ())

    def types_xml(self) -> Iterator[bytes]:
        defaults = "".join(f'<Default Extension="{e}" ContentType="{t}"/>' for e, t in self._defaults.items())
        yield f'{XML_HEAD}<Types xmlns="{TYPES}">{defaults}'.encode()
        yield from self._overrides
        yield b"</Types>"

    def _copy(self, document: SourceDocument, relation: Relation, change: Change, above: tuple[str, ...]) -> str:
        part = relation.target
        if part in above:
            raise CannotMerge(f"{part} refers to itself")
        relations = self._relations(document, part, change, (*above, part))
        packed = document.packed(part)
        content = unpack(packed)
        changed = change(relation, content)
        digest = hashlib.blake2b(changed + relations, digest_size=16).digest()
        name = self._names.recall(digest)
        if name is None:
            name = self._names[digest] = self._free_name(part)
            self.put(name, packed if changed == content else pack(changed), document.content_type(part))
            if relations:
                self._add(relations_part(name), pack(relations))
        return name

    def _relations(self, document: SourceDocument, part: str, change: Change, above: tuple[str, ...]) -> bytes:
        """The relations of a part that is copied, as XML; blank if it has none."""
        if not document.relations(part):
            return b""
        relations = RelationsWriter(self._scratch)
        for inner in document.relations(part):
            target = inner.target
            if not inner.external:
                copy = self._copy(document, inner, change, above)
                target = posixpath.relpath(f"/{copy}", f"/{posixpath.dirname(part)}")
            relations.add(inner.type, target, inner.external, inner.id)
        return b"".join(relations.xml())

    def _free_name(self, part: str) -> str:
        stem, extension = _name(part)
        self._counts[stem, extension] += 1
        number = self._counts[stem, extension]
        return part if number == 1 and stem + extension == part else f"{stem}{number}{extension}"


@lru_cache(256)
def _name(part: str) -> tuple[str, str]:
    """Without its number: stem, extension."""
    whole, extension = posixpath.splitext(part)
    return _NUMBERED.sub("", whole), extension


NOTES = {"footnotes": b"footnote", "endnotes": b"endnote", "comments": b"comment"}
"""The relation to the part -> what one note is called."""

_SEPARATOR_TYPES = ("separator", "continuationSeparator", "continuationNotice")


class Notes:
    """The notes of one kind; `count` without the lines that separate them from the text, which Word writes always."""

    def __init__(self, scratch: Scratch) -> None:
        self.count = 0
        self.relations = RelationsWriter(scratch)
        self._root: etree._Element | None = None
        self._next = 0
        self._notes = Spool(scratch)

    def __bool__(self) -> bool:
        """Whether there is a part of them."""
        return self._root is not None

    def add(self, content: bytes, change: Callable[[bytes], bytes]) -> dict[bytes, bytes]:
        """Adds a document's notes: old ID -> new. `change` makes their XML fit."""
        root = etree.fromstring(change(content), SAFE_PARSER)
        notes = [note for note in root if note.get(w("type")) not in _SEPARATOR_TYPES]
        renumbered = {}
        if self._root is None:
            self._root = root
            self._next = max((int(note.get(w("id"), "0")) for note in root if note not in notes), default=-1) + 1
        self.count += len(notes)
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

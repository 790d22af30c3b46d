"""Parts that documents bring along (headers, pictures, charts), under names of their own; equal ones once."""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections import Counter
from collections.abc import Callable, Iterable
from xml.sax.saxutils import quoteattr

from perfxl.documents.merge.opened import CannotMerge, Opened, Relation

__all__ = ["Parts", "Relations"]

_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_NUMBERED = re.compile(r"\d*$")

Change = Callable[[Relation, bytes], bytes]
Add = Callable[[str, bytes], None]


class Relations:
    """What one part of the merged document refers to."""

    def __init__(self) -> None:
        self._entries: list[str] = []
        self._ids: dict[tuple[str, str], str] = {}

    def add(self, kind: str, target: str, external: bool = False, id: str = "") -> str:
        """The ID of a relation: one for all that refer to the same."""
        known = self._ids.get((kind, target))
        if known and not id:
            return known
        id = id or f"rId{len(self._entries) + 1}"
        self._ids[kind, target] = id
        mode = ' TargetMode="External"' if external else ""
        self._entries.append(f'<Relationship Id="{id}" Type="{kind}" Target={quoteattr(target)}{mode}/>')
        return id

    def __bool__(self) -> bool:
        return bool(self._entries)

    def xml(self) -> bytes:
        return f'{_HEAD}<Relationships xmlns="{_RELATIONS}">{"".join(self._entries)}</Relationships>'.encode()


class Parts:
    """`add` writes a part."""

    def __init__(self, add: Add) -> None:
        self._add = add
        self._names: dict[bytes, str] = {}
        self._counts: Counter[tuple[str, str]] = Counter()
        self._defaults = {"rels": "application/vnd.openxmlformats-package.relationships+xml", "xml": "application/xml"}
        self._overrides: list[str] = []

    def put(self, name: str, content: bytes, content_type: str, relations: Relations | None = None) -> None:
        """A part under a name that nothing else has."""
        self._add(name, content)
        extension = name.rpartition(".")[2].lower()
        if self._defaults.setdefault(extension, content_type) != content_type:
            self.declare(name, content_type)
        if relations:
            folder, file = posixpath.split(name)
            self._add(posixpath.join(folder, "_rels", f"{file}.rels"), relations.xml())

    def declare(self, name: str, content_type: str) -> None:
        """A part that is written elsewhere."""
        self._overrides.append(f'<Override PartName="/{name}" ContentType="{content_type}"/>')

    def copy(self, document: Opened, relation: Relation, change: Change) -> str:
        """The name under which what a relation leads to is found, with all that it refers to in its turn. `change`
        makes XML of a document fit."""
        return self._copied(document, relation, change, ())

    def types_xml(self) -> bytes:
        defaults = "".join(f'<Default Extension="{e}" ContentType="{t}"/>' for e, t in self._defaults.items())
        return f'{_HEAD}<Types xmlns="{_TYPES}">{defaults}{"".join(self._overrides)}</Types>'.encode()

    def _copied(self, document: Opened, relation: Relation, change: Change, above: Iterable[str]) -> str:
        part = relation.target
        if part in above:
            raise CannotMerge(f"{part} refers to itself")
        relations = Relations()
        for inner in document.relations(part):
            target = inner.target
            if not inner.external:
                copied = self._copied(document, inner, change, (*above, part))
                target = posixpath.relpath(copied, posixpath.dirname(part))
            relations.add(inner.type, target, inner.external, inner.id)
        content = change(relation, document.read(part))
        digest = hashlib.blake2b(content + relations.xml(), digest_size=16).digest()
        if digest not in self._names:
            self._names[digest] = self._free_name(part)
            self.put(self._names[digest], content, document.content_type(part), relations)
        return self._names[digest]

    def _free_name(self, part: str) -> str:
        whole, extension = posixpath.splitext(part)
        stem = _NUMBERED.sub("", whole)
        self._counts[stem, extension] += 1
        number = self._counts[stem, extension]
        return part if number == 1 and stem == whole else f"{stem}{number}{extension}"

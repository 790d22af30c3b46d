"""A package taken apart for patching: parts are replaced, added or dropped; all others stay byte for byte."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

from lxml import etree

from perfxl.ooxml.package import Package
from perfxl.ooxml.relations import CONTENT_TYPES, RELATIONS, TYPES, Relation, relations_of, relations_part
from perfxl.ooxml.xml import Element, new_element, parse, serialize
from perfxl.ooxml.zip_read import Packed
from perfxl.ooxml.zip_write import SAME_DATE, ZipStream

__all__ = ["PackageEditor"]

_MOST = 64 * 2**20  # bytes of a part that becomes a tree, which takes ten times as much
_LARGE, _FAST, _SMALL = 8_000_000, 1, 6  # zlib levels: sheets of 100,000s of rows are packed fast, the rest small
_DEFLATED, _RAW = 8, -15

Change = Callable[[Iterator[bytes]], Iterator[bytes]]
"""Makes of a part, piece by piece, what it is to be."""


class PackageEditor:
    """The parts of a package by name. `tree` gives a part to edit in place; it is written back by `save`.

    Raises: PackageError where a part is damaged or too large for a tree, etree.XMLSyntaxError where it is no XML.
    """

    def __init__(self, package: Package) -> None:
        self._package = package
        self._names = {name.lower(): name for name in package.entries}
        self._content: dict[str, bytes | None] = {}  # None: dropped
        self._trees: dict[str, Element] = {}
        self._changes: dict[str, Change] = {}

    @property
    def file(self) -> str:
        return self._package.name

    def __contains__(self, name: str) -> bool:
        name = self._stored_name(name)
        return self._content.get(name, b"") is not None and (name in self._content or name in self._package)

    def __getitem__(self, name: str) -> bytes:
        name = self._stored_name(name)
        if name in self._changes:
            return b"".join(self._changes[name](self._package.pieces(name)))
        content = self._content.get(name)
        return self._package.part(name) if content is None else content

    def __setitem__(self, name: str, content: bytes) -> None:
        self._content[self._stored_name(name)] = content
        self._changes.pop(self._stored_name(name), None)

    def original(self, name: str) -> Iterator[bytes]:
        """A part as it is in the package, piece by piece."""
        return self._package.pieces(self._stored_name(name))

    def size(self, name: str) -> int:
        """The bytes of a part that is as it is in the package; 0 for any other."""
        name = self._stored_name(name)
        return 0 if name in self._content or name not in self._package else self._package.entries[name].file_size

    def change(self, name: str, change: Change) -> None:
        """Has a part changed while it is copied, so that it is never in memory as a whole. Before any other is written,
        all parts that are changed so have been: what this does to trees is saved."""
        self._changes[self._stored_name(name)] = change

    def __iter__(self) -> Iterator[str]:
        names = [*self._package.entries, *(name for name in self._content if name not in self._package)]
        return (name for name in names if name in self)

    def drop(self, name: str) -> None:
        """Takes the part out, with its relationships and its content type."""
        for gone in (self._stored_name(name), relations_part(self._stored_name(name))):
            if gone in self:
                self._content[gone] = None
        for override in list(self.tree(CONTENT_TYPES)):
            if override.get("PartName", "").lower() == f"/{name}".lower():
                self.tree(CONTENT_TYPES).remove(override)

    def tree(self, name: str) -> Element:
        name = self._stored_name(name)
        if name not in self._trees:
            content = self[name]
            if len(content) > _MOST:
                raise self._package.error("needs_memory")
            self._trees[name] = parse(content)
        return self._trees[name]

    def add_tree(self, name: str, tree: Element) -> None:
        self._names.setdefault(name.lower(), name)
        self._content[name] = b""
        self._trees[name] = tree

    def free_name(self, pattern: str) -> str:
        """The first name of that pattern which no part has: pattern.format(1), (2), ..."""
        number = 1
        while pattern.format(number) in self:
            number += 1
        return pattern.format(number)

    def main_part(self, usual: str) -> str:
        """The part that the package begins with."""
        return self._package.main or usual

    def relations(self, part: str) -> tuple[Relation, ...]:
        """What a part refers to; the package itself for ""."""
        name = relations_part(part)
        if name not in self:
            return ()
        tree = self._trees.get(self._stored_name(name))
        return relations_of(parse(self[name]) if tree is None else tree, part)

    def relate(self, part: str, base: str, kind: str, target: str) -> str:
        """Adds a relationship from a part (base: `office_relations`) to another part and gives its id."""
        name = relations_part(part)
        if name not in self:
            self.add_tree(name, new_element(RELATIONS, "Relationships"))
        tree = self.tree(name)
        used = {element.get("Id") for element in tree}
        number = next(n for n in range(1, len(used) + 2) if f"rIdPx{n}" not in used)
        attributes = {"Id": f"rIdPx{number}", "Type": f"{base}/{kind}", "Target": f"/{target}"}
        etree.SubElement(tree, f"{{{RELATIONS}}}Relationship", attributes)
        return attributes["Id"]

    def unrelate(self, part: str, relation: Relation) -> None:
        tree = self.tree(relations_part(part))
        for element in list(tree):
            if element.get("Id") == relation.id:
                tree.remove(element)

    def declare(self, part: str, content_type: str) -> None:
        """Sets a part's content type."""
        types = self.tree(CONTENT_TYPES)
        for override in types:
            if override.get("PartName", "").lower() == f"/{part}".lower():
                override.set("ContentType", content_type)
                return
        etree.SubElement(types, f"{{{TYPES}}}Override", {"PartName": f"/{part}", "ContentType": content_type})

    def declare_extension(self, extension: str, content_type: str) -> None:
        """Sets the content type of parts with an extension, where none is set."""
        types = self.tree(CONTENT_TYPES)
        if not any(default.get("Extension", "").lower() == extension for default in types):
            attributes = {"Extension": extension, "ContentType": content_type}
            types.insert(0, etree.Element(f"{{{TYPES}}}Default", attributes))

    def content(self, name: str) -> bytes:
        """A part as it is now; byte for byte as it was where its tree was only read."""
        name = self._stored_name(name)
        if name not in self._trees:
            return self[name]
        content = serialize(self._trees[name])
        is_read = name in self._package and self._content.get(name) is None
        return self[name] if is_read and serialize(parse(self[name])) == content else content

    def save(self, path: Path) -> None:
        """Writes the package; parts keep their dates, new ones carry the fixed one."""
        stream = ZipStream(path)
        try:
            changed = {
                name: stream.add_later(name, change(self._package.pieces(name)), self._package.entries[name].date_time)
                for name, change in self._changes.items()
                if name in self
            }
            for name in self:
                if name in changed:
                    changed[name]()
                else:
                    self._save_part(stream, name)
            stream.close()
        finally:
            stream.abandon()

    def _save_part(self, stream: ZipStream, name: str) -> None:
        """A part that was not touched is copied as it lies there, once it has been found sound."""
        before = self._package.entries.get(name)
        if before and before.filename == name and name not in self._content and name not in self._trees:
            for _ in self._package.pieces(name):
                pass
            stream.copy(before, self._package.packed(name))
            return
        content = self.content(name)
        packer = zlib.compressobj(_FAST if len(content) > _LARGE else _SMALL, zlib.DEFLATED, _RAW)
        packed = Packed(_DEFLATED, zlib.crc32(content), len(content), packer.compress(content) + packer.flush())
        stream.add(name, packed, before.date_time if before else SAME_DATE)

    def _stored_name(self, name: str) -> str:
        """Names of parts are the same in any case, and percent-encoded or not."""
        return self._names.get(name.lower()) or self._package.find(name) or name

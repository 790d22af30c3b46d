"""An Office package taken apart for patching: parts are replaced, added or dropped; all others stay byte for byte."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from lxml import etree

from perfxl.workbook.reading.guard import Package

Element = etree._Element

CONTENT_TYPES = "[Content_Types].xml"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_STRICT = "http://purl.oclc.org/ooxml/"
_OFFICE = {
    False: "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    True: "http://purl.oclc.org/ooxml/officeDocument/relationships",
}
_LARGE, _FAST, _SMALL = 8_000_000, 1, 6  # zlib levels: sheets of 100,000s of rows are packed fast, the rest small


def parse(xml: bytes) -> Element:
    """The tree of a part, without entities, DTD or network."""
    return etree.fromstring(
        xml, etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, huge_tree=True)
    )


def serialize(tree: Element) -> bytes:
    return etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)


def new_element(of: str, tag: str, **attributes: str) -> Element:
    """An element of the namespace `of`, which is its default."""
    default: dict[str | None, str] = {None: of}
    return etree.Element(f"{{{of}}}{tag}", attributes, nsmap=default)  # type: ignore[arg-type]


def namespace(tree: Element) -> str:
    return etree.QName(tree).namespace or ""


def office_relations(tree: Element) -> str:
    """The namespace of r:id, and the base of relationship types, in the dialect this part is written in."""
    return _OFFICE[namespace(tree).startswith(_STRICT)]


class Relation(NamedTuple):
    """A relationship: `kind` is the last word of its type; `target` a part's name, or an address outside."""

    id: str
    kind: str
    target: str


class Parts:
    """The parts of a package by name. `tree` gives a part to edit in place; it is written back by `save`."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._names = {name.lower(): name for name in package.entries}
        self._content: dict[str, bytes | None] = {}
        self._trees: dict[str, Element] = {}

    @property
    def file(self) -> str:
        return self._package.name

    def __contains__(self, name: str) -> bool:
        held = self._named(name)
        return self._content.get(held, b"") is not None and (held in self._content or held in self._package)

    def __getitem__(self, name: str) -> bytes:
        """Raises Unusable where the part is damaged."""
        content = self._content.get(self._named(name))
        return self._package.part(self._named(name)) if content is None else content

    def __setitem__(self, name: str, content: bytes) -> None:
        self._content[self._named(name)] = content

    def __iter__(self) -> Iterator[str]:
        names = [*self._package.entries, *(name for name in self._content if name not in self._package)]
        return (name for name in names if name in self)

    def drop(self, name: str) -> None:
        """Takes the part out, with its relationships and its content type."""
        for gone in (self._named(name), _relations_of(self._named(name))):
            if gone in self:
                self._content[gone] = None
        for override in list(self.tree(CONTENT_TYPES)):
            if override.get("PartName", "").lower() == f"/{name}".lower():
                self.tree(CONTENT_TYPES).remove(override)

    def tree(self, name: str) -> Element:
        held = self._named(name)
        if held not in self._trees:
            self._trees[held] = parse(self[held])
        return self._trees[held]

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

    def relations(self, part: str) -> list[Relation]:
        name = _relations_of(part)
        if name not in self:
            return []
        folder = posixpath.dirname(part)
        tree = self._trees.get(self._named(name))
        return [_relation(element, folder) for element in (parse(self[name]) if tree is None else tree)]

    def relate(self, part: str, base: str, kind: str, target: str) -> str:
        """Adds a relationship from a part (base: `office_relations`) to another part and gives its id."""
        name = _relations_of(part)
        if name not in self:
            self.add_tree(name, new_element(_RELATIONS, "Relationships"))
        tree = self.tree(name)
        taken = {element.get("Id") for element in tree}
        number = next(n for n in range(1, len(taken) + 2) if f"rIdPx{n}" not in taken)
        attributes = {"Id": f"rIdPx{number}", "Type": f"{base}/{kind}", "Target": f"/{target}"}
        etree.SubElement(tree, f"{{{_RELATIONS}}}Relationship", attributes)
        return attributes["Id"]

    def unrelate(self, part: str, relation: Relation) -> None:
        tree = self.tree(_relations_of(part))
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
        etree.SubElement(types, f"{{{_TYPES}}}Override", {"PartName": f"/{part}", "ContentType": content_type})

    def declare_extension(self, extension: str, content_type: str) -> None:
        types = self.tree(CONTENT_TYPES)
        if not any(default.get("Extension", "").lower() == extension for default in types):
            attributes = {"Extension": extension, "ContentType": content_type}
            types.insert(0, etree.Element(f"{{{_TYPES}}}Default", attributes))

    def save(self, path: Path) -> None:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
            for name in self:
                content = serialize(self._trees[name]) if name in self._trees else self[name]
                entry = zipfile.ZipInfo(name, self._date(name))
                level = _FAST if len(content) > _LARGE else _SMALL
                target.writestr(entry, content, zipfile.ZIP_DEFLATED, level)

    def _date(self, name: str) -> tuple[int, int, int, int, int, int]:
        entry = self._package.entries.get(name)
        return entry.date_time if entry else (1980, 1, 1, 0, 0, 0)

    def _named(self, name: str) -> str:
        """Names of parts are the same in any case."""
        return self._names.get(name.lower(), name)


def _relations_of(part: str) -> str:
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def _relation(element: Element, folder: str) -> Relation:
    target = element.get("Target", "")
    if element.get("TargetMode") != "External":
        target = target[1:] if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
    return Relation(element.get("Id", ""), element.get("Type", "").rsplit("/", 1)[-1], target)

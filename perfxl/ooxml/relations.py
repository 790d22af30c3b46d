"""What parts of a package refer to (relationships) and what they are (content types): read, resolved and written."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote

from lxml import etree

from perfxl.ooxml.text import quote_attribute
from perfxl.ooxml.xml import Element, namespace

__all__ = [
    "CONTENT_TYPES",
    "RELATIONS",
    "TYPES",
    "XML_HEAD",
    "ContentTypes",
    "Relation",
    "office_relations",
    "read_content_types",
    "read_relations",
    "relation_xml",
    "relations_of",
    "relations_part",
    "relations_xml",
    "resolve_target",
    "unquoted",
]

CONTENT_TYPES = "[Content_Types].xml"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
XML_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_LARGE = 64 * 2**10  # bytes of a part that is not kept
_PARSER = etree.XMLParser(
    resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
)
_STRICT = "http://purl.oclc.org/ooxml/"
_OFFICE = {
    False: "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    True: "http://purl.oclc.org/ooxml/officeDocument/relationships",
}


class Relation(NamedTuple):
    """A relationship: `kind` is the last word of its `type` (styles, header, image ...); `target` is a part's name,
    or an address outside where `external`."""

    id: str
    type: str
    kind: str
    target: str
    external: bool


class ContentTypes(NamedTuple):
    """What parts are: `overrides` by part name with its slash, `defaults` by extension in small letters."""

    overrides: dict[str, str]
    defaults: dict[str, str]

    def of(self, part: str) -> str:
        """The content type of a part."""
        default = self.defaults.get(part.rpartition(".")[2].lower(), "application/octet-stream")
        return self.overrides.get(f"/{part}") or default


@lru_cache(1024)
def relations_part(part: str) -> str:
    """The part that holds the relationships of another; those of the package itself for ""."""
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def resolve_target(part: str, target: str) -> str:
    """The name of the part that a relationship of `part` leads to."""
    target = target.replace("\\", "/")
    return posixpath.normpath(posixpath.join("/", posixpath.dirname(part), target)).lstrip("/")


def unquoted(part: str) -> str:
    """A part's name without percent-encoding, which relationships may use and the zip not, or the reverse."""
    return unquote(part) if "%" in part else part


def read_relations(xml: bytes, part: str) -> tuple[Relation, ...]:
    """The relationships of `part` that its .rels part says.

    Raises: etree.XMLSyntaxError.
    """
    if len(xml) > _LARGE:
        return relations_of(etree.fromstring(xml, _PARSER), part)
    return _known_relations(xml, part)


@lru_cache(maxsize=64)  # hundreds of files that were made from one template have the same
def _known_relations(xml: bytes, part: str) -> tuple[Relation, ...]:
    return relations_of(etree.fromstring(xml, _PARSER), part)


def relations_of(tree: Iterable[Element], part: str) -> tuple[Relation, ...]:
    """The same of a tree that is parsed already."""
    relations = []
    for element in tree:
        if not isinstance(element.tag, str):  # a comment or an instruction
            continue
        external = element.get("TargetMode") == "External"
        target, kind = element.get("Target", ""), element.get("Type", "")
        if not external:
            target = resolve_target(part, target)
        relations.append(Relation(element.get("Id", ""), kind, kind.rpartition("/")[2], target, external))
    return tuple(relations)


def read_content_types(xml: bytes) -> ContentTypes:
    """What [Content_Types].xml says.

    Raises: etree.XMLSyntaxError.
    """
    return _content_types(xml) if len(xml) > _LARGE else _known_types(xml)


@lru_cache(maxsize=16)  # nothing changes them
def _known_types(xml: bytes) -> ContentTypes:
    return _content_types(xml)


def _content_types(xml: bytes) -> ContentTypes:
    types = ContentTypes({}, {})
    for element in etree.fromstring(xml, _PARSER):
        content_type = element.get("ContentType", "")
        if element.get("PartName"):
            types.overrides[element.get("PartName", "")] = content_type
        elif element.get("Extension"):
            types.defaults[element.get("Extension", "").lower()] = content_type
    return types


def relation_xml(id: str, type: str, target: str, external: bool = False) -> str:
    """A line of a .rels part."""
    mode = ' TargetMode="External"' if external else ""
    return f'<Relationship Id="{id}" Type="{type}" Target={quote_attribute(target)}{mode}/>'


def relations_xml(*targets: tuple[str, str]) -> str:
    """A .rels part of (type, target), with the ids rId1, rId2, ..."""
    lines = (relation_xml(f"rId{i}", type, target) for i, (type, target) in enumerate(targets, 1))
    return f'{XML_HEAD}<Relationships xmlns="{RELATIONS}">{"".join(lines)}</Relationships>'


def office_relations(tree: Element) -> str:
    """The namespace of r:id, and the base of relationship types, in the dialect (transitional or strict) of a part."""
    return _OFFICE[namespace(tree).startswith(_STRICT)]

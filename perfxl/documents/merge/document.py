"""A document to be merged: its parts, what they are and what they refer to."""

from __future__ import annotations

import posixpath
import struct
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

from lxml import etree

from perfxl.documents.merge.zip_files import DAMAGED, Packed, Recent, packed, read_directory, unpack
from perfxl.documents.template.package import SAFE_PARSER

__all__ = ["BROKEN", "CannotMerge", "Opened", "Relation", "relations_name"]


T = TypeVar("T")


BROKEN: tuple[type[Exception], ...] = (struct.error, KeyError, ValueError, etree.XMLSyntaxError, *DAMAGED)
"""What reading a file raises that is no .docx, or lacks a part, or has a part that is damaged."""


class CannotMerge(Exception):
    """What keeps a document from being merged."""


class Relation(NamedTuple):
    """`kind` is how its type ends: styles, header, image ...; `target` is a zip name, or an address outside where
    `external`."""

    id: str
    type: str
    kind: str
    target: str
    external: bool


class Opened:
    """Raises one of BROKEN if the bytes are no .docx."""

    def __init__(self, document: bytes) -> None:
        self._bytes = document
        self._entries = read_directory(document)
        self._types = self._parsed("[Content_Types].xml", _content_types, "")
        (self.main,) = (r.target for r in self.relations("") if r.kind == "officeDocument")
        self._related = {r.kind: r.target for r in reversed(self.relations(self.main)) if not r.external}

    def packed(self, part: str) -> Packed:
        """A part as it lies in the file. Raises KeyError where there is none."""
        return packed(self._bytes, self._entries[part])

    def read(self, part: str) -> bytes:
        """A part. Raises KeyError where there is no such part, ValueError where it is damaged."""
        return unpack(self.packed(part))

    def mark(self, part: str) -> tuple[int, int] | None:
        """Tells equal parts of two documents without unpacking them; None where there is no such part."""
        entry = self._entries.get(part)
        return entry.mark if entry else None

    def relations(self, part: str) -> tuple[Relation, ...]:
        name = relations_name(part)
        return self._parsed(name, _relations, part) if name in self._entries else ()

    def related(self, kind: str) -> str:
        """The part that the main part has of a kind, such as styles; blank if none."""
        return self._related.get(kind, "")

    def content_type(self, part: str) -> str:
        overrides, defaults = self._types
        return overrides.get(f"/{part}") or defaults.get(part.rpartition(".")[2].lower(), "application/octet-stream")

    def _parsed(self, name: str, parse: Callable[[bytes, str], T], part: str) -> T:
        """What a part says of another; documents of one template have most of these parts in common."""
        key = parse, part, self.mark(name)
        known = _KNOWN.recall(key)
        if known is None:
            known = _KNOWN[key] = parse(self.read(name), part)
        return known


@lru_cache(1024)
def relations_name(part: str) -> str:
    """The part that holds the relations of another."""
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


_KNOWN: Recent[object, Any] = Recent(256)


def _relations(content: bytes, part: str) -> tuple[Relation, ...]:
    folder = posixpath.dirname(part)
    found = []
    for entry in etree.fromstring(content, SAFE_PARSER):
        external = entry.get("TargetMode") == "External"
        target, kind = entry.get("Target", ""), entry.get("Type", "")
        if not external:
            target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
        found.append(Relation(entry.get("Id", ""), kind, kind.rpartition("/")[2], target, external))
    return tuple(found)


def _content_types(content: bytes, _: str) -> tuple[dict[str, str], dict[str, str]]:
    """Overrides by part name, defaults by extension."""
    overrides, defaults = {}, {}
    for entry in etree.fromstring(content, SAFE_PARSER):
        if entry.get("PartName"):
            overrides[entry.get("PartName", "")] = entry.get("ContentType", "")
        elif entry.get("Extension"):
            defaults[entry.get("Extension", "").lower()] = entry.get("ContentType", "")
    return overrides, defaults

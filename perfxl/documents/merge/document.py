"""A document to be merged: its parts, what they are and what they refer to."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any, TypeVar

from lxml import etree

from perfxl.ooxml.compress import DAMAGED
from perfxl.ooxml.relations import (
    CONTENT_TYPES,
    ContentTypes,
    Relation,
    read_content_types,
    read_relations,
    relations_part,
)
from perfxl.ooxml.zip_read import Packed, read_directory, read_packed, unpack

__all__ = ["BROKEN", "CannotMerge", "RecentCache", "SourceDocument"]

K = TypeVar("K")
V = TypeVar("V")

BROKEN: tuple[type[Exception], ...] = (struct.error, KeyError, ValueError, etree.XMLSyntaxError, *DAMAGED)
"""What reading a file raises that is no .docx, or lacks a part, or has a part that is damaged."""


class CannotMerge(Exception):
    """What keeps a document from being merged."""


class SourceDocument:
    """A .docx in memory; its parts are unpacked when they are read.

    Raises: one of BROKEN if the bytes are no .docx.
    """

    def __init__(self, archive: bytes) -> None:
        self._archive = archive
        self._entries = read_directory(archive)
        self._types: ContentTypes = self._parse(CONTENT_TYPES, _read_types, "")
        (self.main,) = (r.target for r in self.relations("") if r.kind == "officeDocument")
        self._related = {r.kind: r.target for r in reversed(self.relations(self.main)) if not r.external}

    def packed(self, part: str) -> Packed:
        """A part as it lies in the file. Raises: KeyError where there is none."""
        return read_packed(self._archive, self._entries[part])

    def read(self, part: str) -> bytes:
        """A part. Raises: KeyError where there is no such part, ValueError where it is damaged."""
        return unpack(self.packed(part))

    def mark(self, part: str) -> tuple[int, int] | None:
        """Tells equal parts of two documents without unpacking them; None where there is no such part."""
        entry = self._entries.get(part)
        return entry.mark if entry else None

    def relations(self, part: str) -> tuple[Relation, ...]:
        """What a part refers to, in the order of its .rels part; empty where it has none."""
        name = relations_part(part)
        return self._parse(name, read_relations, part) if name in self._entries else ()

    def related(self, kind: str) -> str:
        """The part that the main part has of a kind, such as styles; blank if none."""
        return self._related.get(kind, "")

    def content_type(self, part: str) -> str:
        return self._types.of(part)

    def _parse(self, name: str, parse: Callable[[bytes, str], V], part: str) -> V:
        """What one part says of another; documents of one template have most of these parts in common."""
        key = parse, part, self.mark(name)
        value: V | None = _PARSED.recall(key)
        if value is None:
            value = _PARSED[key] = parse(self.read(name), part)
        return value


def _read_types(xml: bytes, _: str) -> ContentTypes:
    return read_content_types(xml)


class RecentCache(dict[K, V]):
    """Remembers `most` values: those set or asked for last."""

    def __init__(self, most: int) -> None:
        self._most = most

    def recall(self, key: K) -> V | None:
        if key not in self:
            return None
        value = self[key] = self.pop(key)
        return value

    def keep(self, key: K, value: V) -> V:
        self[key] = value
        return value

    def __setitem__(self, key: K, value: V) -> None:
        if len(self) >= self._most:
            del self[next(iter(self))]
        super().__setitem__(key, value)


_PARSED: RecentCache[object, Any] = RecentCache(256)

"""A document to be merged, opened: its parts, what they are and what they refer to."""

from __future__ import annotations

import posixpath
import struct
import zipfile
from collections.abc import Callable
from io import BytesIO
from typing import Any, NamedTuple, TypeVar

from lxml import etree

from perfxl.documents.merge.packing import DAMAGED, crc32, unpacker
from perfxl.documents.template.package import SAFE_PARSER

__all__ = ["BROKEN", "CannotMerge", "Opened", "Relation", "relation_type"]


T = TypeVar("T")


BROKEN: tuple[type[Exception], ...] = (
    *(zipfile.BadZipFile, struct.error, KeyError, ValueError, etree.XMLSyntaxError),
    *DAMAGED,
)
"""What reading a file raises that is no .docx, or lacks a part, or has a part that is damaged."""


class CannotMerge(Exception):
    """What keeps a document from being merged."""


class Relation(NamedTuple):
    """`target` is a zip name, or an address outside where `external`."""

    id: str
    type: str
    target: str
    external: bool


class Opened:
    """Raises CannotMerge if the bytes are no .docx."""

    def __init__(self, document: bytes) -> None:
        self._bytes = document
        try:
            self._zip = zipfile.ZipFile(BytesIO(document))
            self._types = self._parsed("[Content_Types].xml", _content_types, "")
            (self.main,) = (r.target for r in self.relations("") if r.type.endswith("/officeDocument"))
        except BROKEN as error:
            raise CannotMerge(str(error)) from error

    def read(self, part: str) -> bytes:
        """A part. Raises KeyError where there is no such part, ValueError where it is damaged."""
        entry = self._zip.NameToInfo[part]
        begin = entry.header_offset + _LOCAL_HEADER
        begin += sum(_LENGTHS.unpack_from(self._bytes, begin - _LENGTHS.size))
        packed = self._bytes[begin : begin + entry.compress_size]
        if entry.compress_type == zipfile.ZIP_STORED:
            content = packed
        else:
            content = unpacker().decompress(packed, entry.file_size + 1)
        if len(content) != entry.file_size or crc32(content, 0) != entry.CRC:
            raise ValueError(part)
        return content

    def mark(self, part: str) -> tuple[int, int] | None:
        """Tells equal parts of two documents without unpacking them; None where there is no such part."""
        entry = self._zip.NameToInfo.get(part)
        return (entry.CRC, entry.file_size) if entry else None

    def relations(self, part: str) -> tuple[Relation, ...]:
        folder, name = posixpath.split(part)
        relations = posixpath.join(folder, "_rels", f"{name}.rels")
        return self._parsed(relations, _relations, folder) if relations in self._zip.NameToInfo else ()

    def related(self, kind: str) -> str:
        """The part that the main part has of a kind, such as styles; blank if none."""
        found = (r.target for r in self.relations(self.main) if relation_type(r) == kind and not r.external)
        return next(found, "")

    def _parsed(self, part: str, parse: Callable[[bytes, str], T], folder: str) -> T:
        """What a part says; documents of one template have most of these parts in common."""
        key = parse, folder, self.mark(part)
        if key not in _KNOWN:
            if len(_KNOWN) >= _MOST_KNOWN:
                _KNOWN.clear()
            _KNOWN[key] = parse(self.read(part), folder)
        return _KNOWN[key]

    def content_type(self, part: str) -> str:
        overrides, defaults = self._types
        return overrides.get(f"/{part}") or defaults.get(part.rpartition(".")[2].lower(), "application/octet-stream")


def relation_type(relation: Relation) -> str:
    """styles, header, image ..."""
    return relation.type.rpartition("/")[2]


_LOCAL_HEADER, _LENGTHS = 30, struct.Struct("<2H")  # bytes; the last four say how long name and extra field are
_MOST_KNOWN = 256
_KNOWN: dict[object, Any] = {}


def _relations(content: bytes, folder: str) -> tuple[Relation, ...]:
    found = []
    for entry in etree.fromstring(content, SAFE_PARSER):
        external = entry.get("TargetMode") == "External"
        target = entry.get("Target", "")
        if not external:
            target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
        found.append(Relation(entry.get("Id", ""), entry.get("Type", ""), target, external))
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

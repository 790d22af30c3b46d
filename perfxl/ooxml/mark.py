"""A mark in an Office file: a custom document property that says what made it, from what, and how its content was then.

By it a program knows its own files again, and what somebody has changed since. The hash is a sum over the parts, so
that a file's own parts cost little where most are the same in many files.
"""

from __future__ import annotations

import hashlib
import html
import re
import zipfile
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from perfxl.ooxml.text import escape

__all__ = [
    *("CUSTOM", "CUSTOM_TYPE", "PROPERTY", "Label", "Mark", "Seal"),
    *("declare", "hash_parts", "parse_value", "part_hash", "read_value", "seal_for"),
]

CUSTOM = "docProps/custom.xml"
"""The part of the custom properties, as Word and Excel call it."""
PROPERTY = "perfxl"
"""The property's name; its value is `kind version hash source`."""

_TYPES, _RELATIONS = "[Content_Types].xml", "_rels/.rels"
CUSTOM_TYPE = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
_KIND = "custom-properties"  # how the relation's type ends, in either of the standard's forms
_RELATION = f"http://schemas.openxmlformats.org/officeDocument/2006/relationships/{_KIND}"
_FORMAT_ID = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"  # of every custom property
_VALUES = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"
_BLANK = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"></Properties>'
)
_VALUE = re.compile(
    rf'<(?:[\w.-]+:)?property\b[^>]*\bname="{PROPERTY}"[^>]*>\s*<(?:[\w.-]+:)?lpwstr\b[^>]*>([^<]*)<'.encode()
)
_OWN = re.compile(rf'<((?:[\w.-]+:)?)property\b[^>]*\bname="{PROPERTY}"[^>]*>.*?</\1property\s*>'.encode(), re.S)
_NAMED = f'name="{PROPERTY}"'.encode()
_NUMBER = re.compile(rb'\bpid="(\d+)"')
_RELATIONSHIP = re.compile(rb"<(?:[\w.-]+:)?Relationship\b[^>]*>")
_TARGET = re.compile(rb"""\bTarget\s*=\s*["']([^"']*)["']""")
_END = rb"</((?:[\w.-]+:)?)%b\s*>\s*$"
_LONGEST_VALUE, _LONGEST_PART = 4096, 2**20
_EVERY_BIT = 2**128 - 1


class Label(NamedTuple):
    """What a mark says whatever the content: what the file is, the version that made it, the name of the file that it
    was made from (blank for none)."""

    kind: str
    version: str
    source: str = ""

    def value(self, content: str) -> str:
        """The text of the mark; the source's name comes last, since it may hold spaces."""
        return f"{self.kind} {self.version} {content} {self.source}"


class Mark(NamedTuple):
    """What a file says of itself: its kind (score, weights, contract, ...), the version of perfxl, the hash of its
    content, the name of the file it was made from (blank for none)."""

    kind: str
    version: str
    hash: str
    source: str


class Seal:
    """Writes the part with the mark, once the content is known; properties that were there stay."""

    def __init__(self, label: Label, part: str = CUSTOM, present: bytes = b"") -> None:
        self.part = part
        if not re.search(_END % b"Properties", present):  # none, or an empty element
            present = _BLANK
        others = _OWN.sub(b"", present)
        if _NAMED in others:  # an entry that is broken: it would be read in place of the new one
            others = _BLANK
        prefix = _end(others, b"Properties")
        number = max(map(int, _NUMBER.findall(others)), default=1) + 1
        before, _, after = label.value("\0").partition("\0")
        entry = f'property fmtid="{_FORMAT_ID}" pid="{number}" name="{PROPERTY}"><vt:lpwstr xmlns:vt="{_VALUES}">'
        at = others.rindex(b"</")
        self._before = others[:at] + b"<" + prefix + entry.encode() + _clean(before)
        self._after = _clean(after) + b"</vt:lpwstr></" + prefix + b"property>" + others[at:]

    def content(self, parts: int) -> bytes:
        """The part; `parts` is the sum of the hashes of all others."""
        return b"%b%032x%b" % (self._before, parts & _EVERY_BIT, self._after)


def part_hash(name: str, size: int, crc: int) -> int:
    """What a part adds to the hash of its file: its checksum and size, which the zip knows already, times a number that
    its name gives. The numbers are odd, so that one part in another state always gives another sum."""
    return ((size << 32 | crc) + 1) * _factor(name)


@lru_cache(maxsize=4096)
def _factor(name: str) -> int:
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=16).digest()) | 1


def hash_parts(entries: Iterable[zipfile.ZipInfo], without: str = CUSTOM) -> str:
    """The hash of a file's content: the names, sizes and checksums of all parts but the mark's own."""
    parts = (part_hash(entry.filename, entry.file_size, entry.CRC) for entry in entries if entry.filename != without)
    return f"{sum(parts) & _EVERY_BIT:032x}"


def declare(types: bytes, relations: bytes) -> tuple[bytes, bytes, str]:
    """[Content_Types].xml and _rels/.rels of a file that has custom properties, and the name of their part.

    Raises: ValueError for what is no Office file.
    """
    for relation in _RELATIONSHIP.findall(relations):
        target = _TARGET.search(relation)
        if target and f"/{_KIND}".encode() in relation:
            return types, relations, target[1].decode().lstrip("/").removeprefix("./")
    override = f'Override PartName="/{CUSTOM}" ContentType="{CUSTOM_TYPE}"/>'
    relation = f'Relationship Id="rIdPerfxl" Type="{_RELATION}" Target="{CUSTOM}"/>'.encode()
    if f'"/{CUSTOM}"'.encode() not in types:
        types = _added(types, b"Types", override.encode())
    return types, _added(relations, b"Relationships", relation), CUSTOM


def seal_for(parts: dict[str, bytes], label: Label) -> Seal:
    """Prepares the parts of a file for its mark: declares the custom properties, takes their part out.

    Raises: ValueError or KeyError for what is no Office file.
    """
    parts[_TYPES], parts[_RELATIONS], name = declare(parts[_TYPES], parts[_RELATIONS])
    return Seal(label, name, parts.pop(name, b""))


def read_value(archive: zipfile.ZipFile) -> tuple[Mark, str] | None:
    """The mark in an open file, and the part that it stands in; None where there is none."""
    for entry in archive.infolist():
        if entry.filename.startswith("docProps/custom") and entry.file_size <= _LONGEST_PART:
            match = _VALUE.search(archive.read(entry))
            if match and len(match[1]) <= _LONGEST_VALUE:
                mark = parse_value(html.unescape(match[1].decode("utf-8", "replace")))
                return (mark, entry.filename) if mark else None
    return None


def parse_value(text: str) -> Mark | None:
    """The mark that a text of `Label.value` is."""
    words = text.split(" ", 3)
    return Mark(*words) if len(words) == 4 else None


def _clean(text: str) -> bytes:
    """As XML holds it: a file's name may hold what no XML may."""
    return escape("".join(c for c in text if c >= " ")).encode("utf-8", "replace")


def _end(xml: bytes, tag: bytes) -> bytes:
    match = re.search(_END % tag, xml)
    if match is None:
        raise ValueError(f"no end of {tag.decode()}")
    return match[1]


def _added(xml: bytes, tag: bytes, element: bytes) -> bytes:
    prefix, at = _end(xml, tag), xml.rindex(b"</")
    return xml[:at] + b"<" + prefix + element + xml[at:]

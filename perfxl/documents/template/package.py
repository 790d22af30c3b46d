"""The .docx as a zip: read within bounds, written fast.

Parts that never change are deflated once, into one block of bytes; a document is that block, the changed parts and
the directory. All entries carry the same fixed date, so equal content gives equal bytes.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from io import BytesIO
from typing import NamedTuple

from lxml import etree

from perfxl.core.problems import Address, Problem, problem

__all__ = ["SAFE_PARSER", "Archive", "read_package"]

MAX_UNPACKED = 256 * 1024 * 1024
MAX_ENTRIES = 4096

SAFE_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)


def read_package(data: bytes, name: str) -> tuple[dict[str, bytes], list[Problem]]:
    """The parts of a .docx by zip name, or what is wrong with the file."""
    address = Address(file=name)
    if data.startswith(_COMPOUND_FILE):
        return {}, [problem("template_not_docx", address)]
    try:
        with zipfile.ZipFile(BytesIO(data)) as packed:
            entries = packed.infolist()
            if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_UNPACKED:
                return {}, [problem("template_too_large", address, limit=MAX_UNPACKED // 1024**2)]
            parts = {entry.filename: packed.read(entry) for entry in entries if not entry.is_dir()}
    except _DAMAGED as reason:
        return {}, [problem("template_damaged", address, reason=reason)]
    found = [*_kind_problems(parts, address), *_xml_problems(parts, address)]
    return ({}, found) if found else (parts, [])


class Archive:
    """Writes documents that share their static parts."""

    def __init__(self, static: Mapping[str, bytes]) -> None:
        entries = [_entry(name, content, _deflate_best) for name, content in static.items()]
        self._block, self._directory = _joined(entries, 0)
        self._count = len(entries)

    def document(self, changed: Iterable[tuple[str, bytes]]) -> bytes:
        """The .docx with these parts added."""
        entries = [_entry(name, content, _deflate_fast) for name, content in changed]
        block, directory = _joined(entries, len(self._block))
        count = self._count + len(entries)
        size = len(self._directory) + len(directory)
        end = _END.pack(b"PK\5\6", 0, 0, count, count, size, len(self._block) + len(block), 0)
        return b"".join((self._block, block, self._directory, directory, end))


_COMPOUND_FILE = b"\xd0\xcf\x11\xe0"  # .doc, or a .docx with a password
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)
_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_VERSION, _UTF8_NAME, _DEFLATED, _STORED = 20, 0x800, 8, 0
_TIME, _DATE = 0, (1980 - 1980) << 9 | 1 << 5 | 1
_MACRO_PART = "word/vbaProject.bin"


class _Entry(NamedTuple):
    name: bytes
    facts: tuple[int, ...]  # what the local header and the directory have in common
    content: bytes


def _entry(name: str, content: bytes, deflate: Callable[[bytes], bytes]) -> _Entry:
    packed = deflate(content)
    method = _DEFLATED
    if len(packed) >= len(content):
        packed, method = content, _STORED
    raw = name.encode()
    flags = 0 if name.isascii() else _UTF8_NAME
    facts = (_VERSION, flags, method, _TIME, _DATE, _crc32(content), len(packed), len(content), len(raw), 0)
    return _Entry(raw, facts, packed)


def _joined(entries: Iterable[_Entry], offset: int) -> tuple[bytes, bytes]:
    """The entries one after the other, and their lines of the directory; `offset` is where the first will stand."""
    pieces: list[bytes] = []
    directory: list[bytes] = []
    for entry in entries:
        head = _LOCAL.pack(b"PK\3\4", *entry.facts)
        pieces += (head, entry.name, entry.content)
        directory += (_CENTRAL.pack(b"PK\1\2", _VERSION, *entry.facts, 0, 0, 0, 0, offset), entry.name)
        offset += len(head) + len(entry.name) + len(entry.content)
    return b"".join(pieces), b"".join(directory)


def _deflate_best(content: bytes) -> bytes:
    return _zlib_deflate(content, 9)


def _zlib_deflate(content: bytes, level: int = 3) -> bytes:
    packer = zlib.compressobj(level, zlib.DEFLATED, -15)
    return packer.compress(content) + packer.flush()


def _fast() -> tuple[Callable[[bytes], bytes], Callable[[bytes], int]]:
    """Deflate and CRC: isal's where installed (the `fast` extra), else zlib's at its quick level, four times slower
    (libdeflate is no quicker on such XML)."""
    try:
        isal_zlib = import_module("isal.isal_zlib")
    except ImportError:
        return _zlib_deflate, zlib.crc32
    return lambda content: isal_zlib.compress(content, level=0, wbits=-15), isal_zlib.crc32


_deflate_fast, _crc32 = _fast()


def _kind_problems(parts: Mapping[str, bytes], address: Address) -> list[Problem]:
    if "[Content_Types].xml" not in parts or not any(name.startswith("word/") for name in parts):
        return [problem("template_not_docx", address)]
    return [problem("template_has_macros", address)] if _MACRO_PART in parts else []


def _xml_problems(parts: Mapping[str, bytes], address: Address) -> list[Problem]:
    """Broken XML, and document type declarations: Word writes none, attackers do."""
    found = []
    for name, content in parts.items():
        if not name.endswith((".xml", ".rels")):
            continue
        try:
            information = etree.fromstring(content, SAFE_PARSER).getroottree().docinfo
        except etree.XMLSyntaxError as reason:
            found.append(problem("template_damaged", address, reason=f"{name}: {reason.msg}"))
            continue
        if information.internalDTD is not None:
            found.append(problem("template_has_dtd", address, part=name))
    return found

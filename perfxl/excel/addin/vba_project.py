"""Writes vbaProject.bin from source (MS-OVBA): Excel compiles it on opening, so no Excel is needed to make it."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from perfxl.excel.addin.compound_file import compound_file

PROJECT_NAME = "PerfxlAddin"
_CODE_PAGE = 1252  # the sources are ASCII
_NEW_LINE = "\r\n"
_CHUNK = 4096
_VERSION = bytes.fromhex("cc61ffff000000")  # of no known compiler: Excel then takes the sources

# A project that nobody protects, encrypted as MS-OVBA 2.4.3 wants it for the project ID below.
_ID = "{5B0E4F34-6F4E-4F0C-9E55-2B6B4B7C5A10}"
_PROTECTION = (("CMG", "5D5FAB52B55DB95DB95DB95DB9"), ("DPB", "5D5FAB52B558B658B658"), ("GC", "5D5FAB52B558B658B6A7"))

_REFERENCES = (
    ("stdole", r"*\G{00020430-0000-0000-C000-000000000046}#2.0#0#C:\Windows\System32\stdole2.tlb#OLE Automation"),
)
_DOCUMENT = (
    'Attribute VB_Name = "{name}"',
    'Attribute VB_Base = "0{base}"',
    "Attribute VB_GlobalNameSpace = False",
    "Attribute VB_Creatable = False",
    "Attribute VB_PredeclaredId = True",
    "Attribute VB_Exposed = True",
    "Attribute VB_TemplateDerived = False",
    "Attribute VB_Customizable = True",
)
WORKBOOK = "{00020819-0000-0000-C000-000000000046}"
SHEET = "{00020820-0000-0000-C000-000000000046}"


class Module(NamedTuple):
    """A module of code. `document` is WORKBOOK or SHEET where it belongs to one, else blank."""

    name: str
    code: str
    document: str = ""

    @property
    def source(self) -> str:
        """With the attributes that Excel keeps above the code."""
        head = _DOCUMENT if self.document else _DOCUMENT[:1]
        lines = [line.format(name=self.name, base=self.document) for line in head] + self.code.strip().splitlines()
        return _NEW_LINE.join((*lines, ""))


def vba_project(modules: Sequence[Module]) -> bytes:
    """The part vbaProject.bin. The workbook and each sheet must have a document module of its code name."""
    streams = {module.name: compressed(module.source.encode("ascii")) for module in modules}
    return compound_file(
        {
            "PROJECT": _project(modules).encode("ascii"),
            "PROJECTwm": b"".join(_named(module.name) for module in modules) + b"\0\0",
            "VBA": {"_VBA_PROJECT": _VERSION, "dir": compressed(b"".join(_directory(modules))), **streams},
        }
    )


def compressed(content: bytes) -> bytes:
    """A compressed container (MS-OVBA 2.4.1)."""
    chunks = (content[at : at + _CHUNK] for at in range(0, len(content), _CHUNK))
    return b"\x01" + b"".join(_chunk(chunk) for chunk in chunks)


def _chunk(content: bytes) -> bytes:
    body = bytearray()
    at = 0
    while at < len(content):
        flags, tokens = 0, bytearray()
        for bit in range(8):
            if at >= len(content):
                break
            offset, length = _match(content, at)
            if length:
                flags |= 1 << bit
                bits = _offset_bits(at)
                tokens += struct.pack("<H", (offset - 1) << (16 - bits) | (length - 3))
                at += length
            else:
                tokens.append(content[at])
                at += 1
        body.append(flags)
        body += tokens
    if len(body) > _CHUNK:  # as it is, filled up
        return struct.pack("<H", 0x3FFF) + content.ljust(_CHUNK, b"\0")
    return struct.pack("<H", 0xB000 | (len(body) - 1)) + bytes(body)


def _match(content: bytes, at: int) -> tuple[int, int]:
    """How far back the longest repetition begins, and its length; (0, 0) where three bytes do not repeat."""
    most = min((0xFFFF >> _offset_bits(at)) + 3, len(content) - at)
    place, length = -1, 2
    while length < most:
        at_match = content.rfind(content[at : at + length + 1], 0, at + length)
        if at_match < 0:
            break
        place, length = at_match, length + 1
        while length < most and content[place + length] == content[at + length]:
            length += 1
    return (at - place, length) if place >= 0 else (0, 0)


def _offset_bits(at: int) -> int:
    """How many bits of a token tell the offset: the more, the further in the chunk it stands."""
    return max((at - 1).bit_length(), 4)


def _directory(modules: Sequence[Module]) -> Iterator[bytes]:
    """The stream VBA/dir before compression."""
    yield _record(0x01, struct.pack("<I", 3))  # 64-bit Windows; Excel sets what it is
    yield _record(0x02, struct.pack("<I", 0x409))
    yield _record(0x14, struct.pack("<I", 0x409))
    yield _record(0x03, struct.pack("<H", _CODE_PAGE))
    yield _record(0x04, PROJECT_NAME.encode())
    yield _record(0x05) + _record(0x40) + _record(0x06) + _record(0x3D)  # no description, no help file
    yield _record(0x07, bytes(4)) + _record(0x08, bytes(4))
    yield struct.pack("<HIIH", 0x09, 4, 1, 0)  # the version; its length does not count the minor part
    yield _record(0x0C) + _record(0x3C)
    for name, library in _REFERENCES:
        yield _twice(0x16, 0x3E, name)
        yield _record(0x0D, struct.pack("<I", len(library)) + library.encode() + bytes(6))
    yield _record(0x0F, struct.pack("<H", len(modules)))
    yield _record(0x13, b"\xff\xff")
    for module in modules:
        yield _twice(0x19, 0x47, module.name) + _twice(0x1A, 0x32, module.name)
        yield _record(0x1C) + _record(0x48)
        yield _record(0x31, bytes(4))  # the source begins at once: no compiled code before it
        yield _record(0x1E, bytes(4)) + _record(0x2C, b"\xff\xff")
        yield _record(0x22 if module.document else 0x21) + _record(0x2B)
    yield _record(0x10)


def _record(number: int, content: bytes = b"") -> bytes:
    return struct.pack("<HI", number, len(content)) + content


def _twice(number: int, unicode_number: int, text: str) -> bytes:
    return _record(number, text.encode("ascii")) + _record(unicode_number, text.encode("utf-16-le"))


def _named(name: str) -> bytes:
    return name.encode("ascii") + b"\0" + name.encode("utf-16-le") + b"\0\0"


def _project(modules: Sequence[Module]) -> str:
    lines = [f'ID="{_ID}"']
    lines += [f"Document={m.name}/&H00000000" if m.document else f"Module={m.name}" for m in modules]
    lines += [f'Name="{PROJECT_NAME}"', 'HelpContextID="0"', 'VersionCompatible32="393222000"']
    lines += [f'{key}="{value}"' for key, value in _PROTECTION]
    lines += ["", "[Host Extender Info]", "&H00000001={3832D640-CF90-11CF-8E43-00A0C911005A};VBE;&H00000000"]
    lines += ["", "[Workspace]", *(f"{m.name}=0, 0, 0, 0, C" for m in modules), ""]
    return _NEW_LINE.join(lines)

"""A .docx written as it comes: parts one after the other, and beside them one that grows until the end."""

from __future__ import annotations

import shutil
import struct
import tempfile
from pathlib import Path
from typing import IO, NamedTuple

from perfxl.documents.merge.packing import crc32, packer

__all__ = ["ZipOut"]


class ZipOut:
    """`grow` adds to the entry `growing`, which is packed in a file of its own and comes last."""

    def __init__(self, path: Path, growing: str) -> None:
        self._file = path.open("wb")
        self._entries: list[_Entry] = []
        self._offset = 0
        self._growing = growing
        self._beside: IO[bytes] = tempfile.TemporaryFile(dir=path.parent)  # noqa: SIM115 - closed with the archive
        self._packer = packer()
        self._crc = self._size = 0

    def add(self, name: str, content: bytes) -> None:
        deflate = packer()
        packed = deflate.compress(content) + deflate.flush()
        self._begin(name, crc32(content, 0), len(packed), len(content))
        self._write(packed)

    def grow(self, content: bytes) -> None:
        self._crc = crc32(content, self._crc)
        self._size += len(content)
        self._beside.write(self._packer.compress(content))

    def close(self) -> None:
        self._beside.write(self._packer.flush())
        packed = self._beside.tell()
        self._begin(self._growing, self._crc, packed, self._size)
        self._beside.seek(0)
        shutil.copyfileobj(self._beside, self._file, 1 << 20)
        self._offset += packed
        self._write_directory()
        self.abandon()

    def abandon(self) -> None:
        """Closes the files; what was not closed properly is no archive."""
        self._beside.close()
        self._file.close()

    def _begin(self, name: str, crc: int, packed: int, size: int) -> None:
        entry = _Entry(name.encode(), crc, packed, size, self._offset)
        self._entries.append(entry)
        extra = struct.pack("<HHQQ", 1, 16, size, packed) if entry.large else b""
        sizes = (_LARGE, _LARGE) if entry.large else (packed, size)
        self._write(_LOCAL.pack(b"PK\3\4", *_FACTS, crc, *sizes, len(entry.name), len(extra)) + entry.name + extra)

    def _write(self, data: bytes) -> None:
        self._file.write(data)
        self._offset += len(data)

    def _write_directory(self) -> None:
        start = self._offset
        for entry in self._entries:
            far = entry.large or entry.offset >= _LARGE
            extra = struct.pack("<HHQQQ", 1, 24, entry.size, entry.packed, entry.offset) if far else b""
            sizes = (_LARGE,) * 2 if far else (entry.packed, entry.size)
            lengths = (len(entry.name), len(extra), 0, 0, 0, 0)
            place = _LARGE if far else entry.offset
            self._write(_CENTRAL.pack(b"PK\1\2", 45, *_FACTS, entry.crc, *sizes, *lengths, place) + entry.name + extra)
        self._write_end(start, self._offset - start)

    def _write_end(self, start: int, size: int) -> None:
        count = len(self._entries)
        if count >= _MANY or start >= _LARGE:
            at = self._offset
            self._write(struct.pack("<4sQHHLLQQQQ", b"PK\6\6", 44, 45, 45, 0, 0, count, count, size, start))
            self._write(struct.pack("<4sLQL", b"PK\6\7", 0, at, 1))
        few = min(count, _MANY)
        self._write(struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, few, few, size, min(start, _LARGE), 0))


_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_FACTS = (45, 0x800, 8, 0, 0x21)  # zip 4.5, names in UTF-8, deflated, 1980-01-01
_LARGE, _MANY = 0xFFFFFFFF, 0xFFFF


class _Entry(NamedTuple):
    name: bytes
    crc: int
    packed: int
    size: int
    offset: int

    @property
    def large(self) -> bool:
        return self.size >= _LARGE or self.packed >= _LARGE

"""A .docx written as it comes: parts one after the other, and beside them one that grows until the end."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from pathlib import Path

from perfxl.documents.merge.packing import Packed, crc32, packer
from perfxl.documents.merge.scratch import Scratch, Spool

__all__ = ["ZipOut"]


class ZipOut:
    """`grow` adds to the entry `growing`, which comes last."""

    def __init__(self, path: Path, growing: str) -> None:
        self._file = path.open("wb")
        self.scratch = Scratch(path.parent)
        self._growing = _Stream(growing, self.scratch)
        self._directory = Spool(self.scratch)
        self._count = self._offset = 0

    def add(self, name: str, content: Packed) -> None:
        self._begin(name, content.method, content.crc, len(content.data), content.size)
        self._write(content.data)

    def add_long(self, name: str, content: Iterable[bytes]) -> None:
        """A part that need not be held whole."""
        stream = _Stream(name, self.scratch)
        for piece in content:
            stream.grow(piece)
        self._add_stream(stream)

    def grow(self, content: bytes) -> None:
        self._growing.grow(content)

    def close(self) -> None:
        self._add_stream(self._growing)
        self._write_directory()
        self.abandon()

    def abandon(self) -> None:
        """Closes the files; what was not closed properly is no archive."""
        self.scratch.close()
        self._file.close()

    def _add_stream(self, stream: _Stream) -> None:
        stream.end()
        self._begin(stream.name, _DEFLATED, stream.crc, stream.packed.size, stream.size)
        for piece in stream.packed:
            self._write(piece)

    def _begin(self, name: str, method: int, crc: int, packed: int, size: int) -> None:
        raw, start = name.encode(), self._offset
        large = size >= _LARGE or packed >= _LARGE
        extra = struct.pack("<HHQQ", 1, 16, size, packed) if large else b""
        sizes = (_LARGE, _LARGE) if large else (packed, size)
        facts = (_VERSION, _UTF8, method, *_MIDNIGHT, crc, *sizes, len(raw))
        self._write(_LOCAL.pack(b"PK\3\4", *facts, len(extra)) + raw + extra)
        if large or start >= _LARGE:
            extra = struct.pack("<HHQQQ", 1, 24, size, packed, start)
            facts, start = (*facts[:6], _LARGE, _LARGE, len(raw)), _LARGE
        self._directory.add(_CENTRAL.pack(b"PK\1\2", _VERSION, *facts, len(extra), 0, 0, 0, 0, start) + raw + extra)
        self._count += 1

    def _write(self, data: bytes) -> None:
        self._file.write(data)
        self._offset += len(data)

    def _write_directory(self) -> None:
        start, size, count = self._offset, self._directory.size, self._count
        for piece in self._directory:
            self._write(piece)
        if count >= _MANY or start >= _LARGE:
            at = self._offset
            self._write(struct.pack("<4sQHHLLQQQQ", b"PK\6\6", 44, 45, 45, 0, 0, count, count, size, start))
            self._write(struct.pack("<4sLQL", b"PK\6\7", 0, at, 1))
        few = min(count, _MANY)
        self._write(struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, few, few, size, min(start, _LARGE), 0))


class _Stream:
    """An entry packed beside the archive."""

    def __init__(self, name: str, scratch: Scratch) -> None:
        self.name = name
        self.packed = Spool(scratch)
        self.crc = self.size = 0
        self._packer = packer()

    def grow(self, content: bytes) -> None:
        self.crc = crc32(content, self.crc)
        self.size += len(content)
        self.packed.add(self._packer.compress(content))

    def end(self) -> None:
        self.packed.add(self._packer.flush())


_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_VERSION, _UTF8, _DEFLATED = 45, 0x800, 8
_MIDNIGHT = 0, 0x21  # 1980-01-01
_LARGE, _MANY = 0xFFFFFFFF, 0xFFFF

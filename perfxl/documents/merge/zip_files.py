"""The files of merging: a zip read from memory, one written as it comes, and what is put by on disk meanwhile."""

from __future__ import annotations

import struct
import tempfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from pathlib import Path
from typing import IO, Any, NamedTuple, TypeVar

__all__ = [
    "DAMAGED",
    "Entry",
    "Packed",
    "Recent",
    "Scratch",
    "Spool",
    "ZipOut",
    "crc32",
    "pack",
    "packed",
    "packer",
    "read_directory",
    "unpack",
]


class Packed(NamedTuple):
    """What an entry of a zip holds; `method` and `crc` are the zip's, `size` is what it unpacks to."""

    method: int
    crc: int
    size: int
    data: bytes


def _found() -> Any:
    try:
        return import_module("isal.isal_zlib")
    except ImportError:
        return zlib


_library = _found()
_QUICKEST = 1 if _library is zlib else 0

DAMAGED: tuple[type[Exception], ...] = (zlib.error, _library.error)
"""What unpacking raises for bytes that are not deflated."""


crc32: Callable[[bytes, int], int] = _library.crc32


def packer() -> Any:
    return _library.compressobj(1, _library.DEFLATED, -15)


def pack(content: bytes) -> Packed:
    """A part of few kilobytes."""
    deflate = _library.compressobj(_QUICKEST, _library.DEFLATED, -15)
    return Packed(_DEFLATED, crc32(content, 0), len(content), deflate.compress(content) + deflate.flush())


def unpack(packed: Packed) -> bytes:
    """Raises one of DAMAGED, or ValueError, for what is not whole."""
    content = packed.data
    if packed.method != _STORED:
        content = _library.decompressobj(-15).decompress(packed.data, packed.size + 1)
    if len(content) != packed.size or crc32(content, 0) != packed.crc:
        raise ValueError("a part is damaged")
    return content


_STORED, _DEFLATED = 0, 8


K = TypeVar("K")
V = TypeVar("V")


class Scratch:
    """A file without a name in `folder`, shared by all that put something by."""

    def __init__(self, folder: Path) -> None:
        self._file: IO[bytes] = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - closed by `close`

    def put(self, pieces: Iterable[bytes]) -> int:
        """Where it begins."""
        begin = self._file.seek(0, 2)
        self._file.writelines(pieces)
        return begin

    def get(self, begin: int, size: int) -> bytes:
        self._file.seek(begin)
        return self._file.read(size)

    def close(self) -> None:
        self._file.close()


class Spool:
    """Bytes in the order they were added."""

    def __init__(self, scratch: Scratch) -> None:
        self.size = 0
        self._scratch = scratch
        self._away: list[tuple[int, int]] = []
        self._here: list[bytes] = []
        self._size_here = 0

    def add(self, piece: bytes) -> None:
        self._here.append(piece)
        self.size += len(piece)
        self._size_here += len(piece)
        if self._size_here >= _BLOCK:
            self._away.append((self._scratch.put(self._here), self._size_here))
            self._here, self._size_here = [], 0

    def __iter__(self) -> Iterator[bytes]:
        for begin, size in self._away:
            yield self._scratch.get(begin, size)
        yield from self._here


class Recent(dict[K, V]):
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


_BLOCK = 1 << 15


class Entry(NamedTuple):
    """`mark` tells equal parts of two documents without unpacking them: their CRC and size."""

    method: int
    mark: tuple[int, int]
    size: int  # packed
    offset: int


def read_directory(archive: bytes) -> dict[str, Entry]:
    """Raises ValueError or struct.error for what is no zip. Zips of 4 GB, which no document is, are none here."""
    end = archive.rfind(_END_SIGNATURE)
    if end < 0:
        raise ValueError("not a zip file")
    count, at = _END_RECORD.unpack_from(archive, end)
    entries = {}
    for _ in range(count):
        signature, flags, method, crc, size, whole, named, extra, comment, offset = _CENTRAL_READ.unpack_from(
            archive, at
        )
        if signature != _SIGNATURE or flags & _ENCRYPTED:
            raise ValueError("damaged zip directory, or a password")
        at += _CENTRAL_READ.size
        entries[archive[at : at + named].decode()] = Entry(method, (crc, whole), size, offset)
        at += named + extra + comment
    return entries


def packed(archive: bytes, entry: Entry) -> Packed:
    """What an entry holds, as it lies there."""
    begin = entry.offset + _LOCAL_SIZE
    begin += sum(_LENGTHS.unpack_from(archive, begin - _LENGTHS.size))
    return Packed(entry.method, *entry.mark, archive[begin : begin + entry.size])


_END_SIGNATURE, _SIGNATURE = b"PK\5\6", b"PK\1\2"
_END_RECORD = struct.Struct("<10xH4xL")  # entries, where the directory begins
_CENTRAL_READ = struct.Struct("<4s4x2H4x3L3H8xL")
_LOCAL_SIZE, _LENGTHS = 30, struct.Struct("<2H")  # bytes; the last four say how long name and extra field are
_ENCRYPTED = 1


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
_VERSION, _UTF8 = 45, 0x800
_MIDNIGHT = 0, 0x21  # 1980-01-01
_LARGE, _MANY = 0xFFFFFFFF, 0xFFFF

"""Zips written so that equal content gives equal bytes: every entry carries one fixed date.

`write_zip` writes all parts at once; `SharedArchive` writes many files that have most parts in common; `ZipStream`
writes parts as they come, beside one that grows until the end.
"""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import IO, NamedTuple

from perfxl.disk import open_file
from perfxl.ooxml.compress import compressor, crc32, deflate_best, deflate_quick
from perfxl.ooxml.mark import Seal, part_hash
from perfxl.ooxml.spool import Scratch, Spool
from perfxl.ooxml.zip_read import Packed

__all__ = ["SAME_DATE", "SAME_DAY", "SharedArchive", "ZipStream", "pack", "write_zip", "zip_entry"]

Date = tuple[int, int, int, int, int, int]
SAME_DAY = datetime(2025, 1, 1)
"""The day that files say they are of which are to be the same whenever they are made."""
SAME_DATE: Date = (SAME_DAY.year, SAME_DAY.month, SAME_DAY.day, 0, 0, 0)

_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_LOCAL_CRC, _CENTRAL_CRC = struct.calcsize("<4s5H"), struct.calcsize("<4s6H")  # where the checksum stands in them
_STORED, _DEFLATED = zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED
_UTF8_NAME = 0x800
_VERSION, _VERSION_64 = 20, 45
_LARGE, _MANY = 0xFFFFFFFF, 0xFFFF  # what no longer fits a zip's ordinary fields


def _dos_time(date: Date) -> tuple[int, int]:
    """A moment as a zip holds it: time, date."""
    year, month, day, hour, minute, second = date
    return hour << 11 | minute << 5 | second // 2, (year - 1980) << 9 | month << 5 | day


_SAME_TIME = _dos_time(SAME_DATE)


def zip_entry(name: str, method: int = _DEFLATED, date: Date = SAME_DATE) -> zipfile.ZipInfo:
    """The head of an entry for zipfile, with a fixed date."""
    entry = zipfile.ZipInfo(name, date)
    entry.compress_type = method
    return entry


def write_zip(
    target: Path | IO[bytes], parts: Mapping[str, bytes], method: int = _DEFLATED, date: Date = SAME_DATE
) -> None:
    """Writes parts by name, in their order."""
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in parts.items():
            archive.writestr(zip_entry(name, method, date), content)


def pack(content: bytes) -> Packed:
    """A part of few kilobytes, deflated."""
    return Packed(_DEFLATED, crc32(content, 0), len(content), deflate_quick(content, 1))


class SharedArchive:
    """Writes documents that share their static parts: these are deflated once, into one block of bytes. With a `seal`
    every document carries its mark."""

    def __init__(self, static: Mapping[str, bytes], seal: Seal | None = None) -> None:
        entries = [_entry(name, content, deflate_best) for name, content in static.items()]
        self._block, self._directory = _joined(entries, 0)
        self._count, self._hash = len(entries), _hash(entries)
        self._seal = _SealEntry(seal) if seal else None

    def document(self, changed: Iterable[tuple[str, bytes]], packed: Iterable[tuple[str, Packed]] = ()) -> bytes:
        """The file with these parts, by name, added to the static ones; `packed` are added as they lie there."""
        entries = [_entry(name, content, deflate_quick) for name, content in changed]
        entries += [_packed_entry(name, content) for name, content in packed]
        block, directory = _joined(entries, len(self._block))
        count, end = self._count + len(entries), len(self._block) + len(block)
        mark = line = b""
        if self._seal:
            mark, line = self._seal.joined(self._hash + _hash(entries), end)
            count, end = count + 1, end + len(mark)
        size = len(self._directory) + len(directory) + len(line)
        last = _END.pack(b"PK\5\6", 0, 0, count, count, size, end, 0)
        return b"".join((self._block, block, mark, self._directory, directory, line, last))


class _SealEntry:
    """The entry of a mark, which is as long in every document: nothing of it differs but hash, checksum and place."""

    def __init__(self, seal: Seal) -> None:
        self._seal = seal
        (entry,) = entries = [_entry(seal.part, seal.content(0), bytes)]  # too short to pack
        block, self._line = _joined(entries, 0)
        self._head = block[: -len(entry.content)]

    def joined(self, parts: int, offset: int) -> tuple[bytes, bytes]:
        """The entry with the mark of a file whose other parts' hashes sum to `parts`, and its line of the directory."""
        content = self._seal.content(parts)
        crc, place = crc32(content, 0).to_bytes(4, "little"), offset.to_bytes(4, "little")
        head, line = self._head, self._line
        mark = b"".join((head[:_LOCAL_CRC], crc, head[_LOCAL_CRC + 4 :], content))
        between = line[_CENTRAL_CRC + 4 : _CENTRAL.size - 4]
        return mark, b"".join((line[:_CENTRAL_CRC], crc, between, place, line[_CENTRAL.size :]))


class _Entry(NamedTuple):
    part: str
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
    facts = (_VERSION, flags, method, *_SAME_TIME, crc32(content, 0), len(packed), len(content), len(raw), 0)
    return _Entry(name, raw, facts, packed)


def _packed_entry(name: str, packed: Packed) -> _Entry:
    raw = name.encode()
    flags = 0 if name.isascii() else _UTF8_NAME
    facts = (_VERSION, flags, packed.method, *_SAME_TIME, packed.crc, len(packed.data), packed.size, len(raw), 0)
    return _Entry(name, raw, facts, packed.data)


def _hash(entries: Iterable[_Entry]) -> int:
    return sum([part_hash(entry.part, entry.facts[7], entry.facts[5]) for entry in entries])


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


class ZipStream:
    """A zip of any size, written as it comes; `grow` adds to the entry `growing`, where there is to be one, which comes
    last. `seal` adds the mark after it."""

    def __init__(self, path: Path, growing: str = "", seal: Seal | None = None) -> None:
        self._file = open_file(path, "wb")
        try:
            self.scratch = Scratch(path.parent)
        except OSError:
            self._file.close()
            raise
        self._growing = _GrowingEntry(growing, self.scratch)
        self._directory = Spool(self.scratch)
        self._count = self._offset = self._hash = 0
        self._seal = seal

    def add(self, name: str, content: Packed, date: Date = SAME_DATE) -> None:
        self._begin(name, content.method, content.crc, len(content.data), content.size, date)
        self._write(content.data)

    def copy(self, entry: zipfile.ZipInfo, packed: Iterable[bytes]) -> None:
        """Adds an entry of another zip as it lies there."""
        facts = entry.compress_type, entry.CRC, entry.compress_size, entry.file_size
        self._begin(entry.filename, *facts, entry.date_time)
        for piece in packed:
            self._write(piece)

    def add_long(self, name: str, content: Iterable[bytes]) -> None:
        """Adds a part that need not be held whole."""
        self.add_later(name, content)()

    def add_later(self, name: str, content: Iterable[bytes], date: Date = SAME_DATE) -> Callable[[], None]:
        """Packs a part that need not be held whole, and gives what adds it."""
        entry = _GrowingEntry(name, self.scratch)
        for piece in content:
            entry.grow(piece)
        return lambda: self._add_grown(entry, date)

    def grow(self, content: bytes) -> None:
        self._growing.grow(content)

    def close(self) -> None:
        """Ends the growing entry and writes the directory; without it the file is no archive."""
        if self._growing.name:
            self._add_grown(self._growing)
        if self._seal:
            self.add(self._seal.part, pack(self._seal.content(self._hash)))
        start, size, count = self._offset, self._directory.size, self._count
        for piece in self._directory:
            self._write(piece)
        if count >= _MANY or start >= _LARGE:
            at = self._offset
            versions = _VERSION_64, _VERSION_64
            self._write(struct.pack("<4sQHHLLQQQQ", b"PK\6\6", 44, *versions, 0, 0, count, count, size, start))
            self._write(struct.pack("<4sLQL", b"PK\6\7", 0, at, 1))
        few = min(count, _MANY)
        self._write(_END.pack(b"PK\5\6", 0, 0, few, few, size, min(start, _LARGE), 0))
        self._file.close()
        self.abandon()

    def abandon(self) -> None:
        """Closes the files; what a full disk does not take is gone."""
        for file in (self.scratch, self._file):
            with suppress(OSError):
                file.close()

    def _add_grown(self, entry: _GrowingEntry, date: Date = SAME_DATE) -> None:
        entry.end()
        self._begin(entry.name, _DEFLATED, entry.crc, entry.packed.size, entry.size, date)
        for piece in entry.packed:
            self._write(piece)

    def _begin(self, name: str, method: int, crc: int, packed: int, size: int, date: Date = SAME_DATE) -> None:
        raw, start = name.encode(), self._offset
        self._hash += part_hash(name, size, crc)
        large = size >= _LARGE or packed >= _LARGE
        extra = struct.pack("<HHQQ", 1, 16, size, packed) if large else b""
        sizes = (_LARGE, _LARGE) if large else (packed, size)
        version = _VERSION_64 if large or start >= _LARGE else _VERSION
        facts = (version, _UTF8_NAME, method, *_dos_time(date), crc, *sizes, len(raw))
        self._write(_LOCAL.pack(b"PK\3\4", *facts, len(extra)) + raw + extra)
        if large or start >= _LARGE:
            extra = struct.pack("<HHQQQ", 1, 24, size, packed, start)
            facts, start = (*facts[:6], _LARGE, _LARGE, len(raw)), _LARGE
        line = _CENTRAL.pack(b"PK\1\2", version, *facts, len(extra), 0, 0, 0, 0, start)
        self._directory.add(line + raw + extra)
        self._count += 1

    def _write(self, data: bytes) -> None:
        self._file.write(data)
        self._offset += len(data)


class _GrowingEntry:
    """An entry packed beside the archive."""

    def __init__(self, name: str, scratch: Scratch) -> None:
        self.name = name
        self.packed = Spool(scratch)
        self.crc = self.size = 0
        self._packer = compressor()

    def grow(self, content: bytes) -> None:
        self.crc = crc32(content, self.crc)
        self.size += len(content)
        self.packed.add(self._packer.compress(content))

    def end(self) -> None:
        self.packed.add(self._packer.flush())

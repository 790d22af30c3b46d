"""A zip as it lies in memory: its directory and its entries. Reading them takes a tenth of the time zipfile takes.

For archives that this program wrote itself; files of others are opened by `package` or `read_parts`.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import NamedTuple

from perfxl.ooxml.compress import crc32, inflate
from perfxl.ooxml.package import PackageError, open_zip

__all__ = ["Packed", "ZipEntry", "read_directory", "read_packed", "read_parts", "unpack"]

_END_SIGNATURE, _SIGNATURE = b"PK\5\6", b"PK\1\2"
_END = struct.Struct("<10xH4xL")  # entries, where the directory begins
_CENTRAL = struct.Struct("<4s4x2H4x3L3H8xL")
_LOCAL, _LENGTHS = 30, struct.Struct("<2H")  # bytes; the last four say how long name and extra field are
_ENCRYPTED = 1
_UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)


class ZipEntry(NamedTuple):
    """A line of a zip's directory; `mark` (CRC, size) tells equal parts of two files without unpacking them."""

    method: int
    mark: tuple[int, int]
    packed_size: int
    offset: int


class Packed(NamedTuple):
    """What an entry of a zip holds; `method` and `crc` are the zip's, `size` is what it unpacks to."""

    method: int
    crc: int
    size: int
    data: bytes


def read_directory(archive: bytes) -> dict[str, ZipEntry]:
    """The entries by name.

    Raises: ValueError or struct.error for what is no zip; zips of 4 GB, which no document is, are none here.
    """
    end = archive.rfind(_END_SIGNATURE)
    if end < 0:
        raise ValueError("not a zip file")
    count, at = _END.unpack_from(archive, end)
    entries = {}
    for _ in range(count):
        signature, flags, method, crc, packed, size, named, extra, comment, offset = _CENTRAL.unpack_from(archive, at)
        if signature != _SIGNATURE or flags & _ENCRYPTED:
            raise ValueError("damaged zip directory, or a password")
        at += _CENTRAL.size
        entries[archive[at : at + named].decode()] = ZipEntry(method, (crc, size), packed, offset)
        at += named + extra + comment
    return entries


def read_packed(archive: bytes, entry: ZipEntry) -> Packed:
    """What an entry holds, as it lies there."""
    begin = entry.offset + _LOCAL
    begin += sum(_LENGTHS.unpack_from(archive, begin - _LENGTHS.size))
    return Packed(entry.method, *entry.mark, archive[begin : begin + entry.packed_size])


def unpack(packed: Packed) -> bytes:
    """The content of an entry.

    Raises: one of compress.DAMAGED, or ValueError, for what is not whole.
    """
    content = packed.data
    if packed.method != zipfile.ZIP_STORED:
        content = inflate(packed.data, packed.size + 1)
    if len(content) != packed.size or crc32(content, 0) != packed.crc:
        raise ValueError("a part is damaged")
    return content


def read_parts(archive: bytes, max_size: int, max_parts: int) -> dict[str, bytes]:
    """All parts of an archive by name, in its order.

    Raises: PackageError "too_large" (parts in bytes), "unsafe" (their number), "damaged" with zipfile's `cause`.
    """
    try:
        with open_zip(io.BytesIO(archive), most=max_parts) as opened:
            entries = opened.infolist()
            size = sum(entry.file_size for entry in entries)
            if size > max_size:
                raise PackageError("too_large", size=size)
            return {entry.filename: opened.read(entry) for entry in entries if not entry.is_dir()}
    except _UNREADABLE as cause:
        raise PackageError("damaged", cause=str(cause)) from None

"""Deflate and CRC as fast as they come: isal where installed (the `fast` extra), else zlib."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from importlib import import_module
from typing import Any, NamedTuple

__all__ = ["DAMAGED", "Packed", "crc32", "pack", "packer", "unpack"]


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

"""Deflate and CRC as fast as they come: isal where installed (the `fast` extra), else zlib, about four times slower."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from importlib import import_module
from typing import Any

__all__ = ["DAMAGED", "compressor", "crc32", "decompressor", "deflate_best", "deflate_quick", "inflate"]

_RAW = -15  # the window's bits, negative: no header or checksum around the stream, as in a zip


def _fastest() -> Any:
    try:
        return import_module("isal.isal_zlib")
    except ImportError:
        return zlib


_library = _fastest()

DAMAGED: tuple[type[Exception], ...] = (zlib.error, _library.error)
"""What is raised for bytes that are not deflated."""

crc32: Callable[[bytes, int], int] = _library.crc32


def deflate_quick(content: bytes, zlib_level: int = 3) -> bytes:
    """Packs in the least time; `zlib_level` is what serves as quick where isal is absent."""
    packed: bytes = _library.compress(content, level=zlib_level if _library is zlib else 0, wbits=_RAW)
    return packed


def deflate_best(content: bytes) -> bytes:
    """Packs as small as zlib can: for what is packed once and written many times."""
    packer = zlib.compressobj(9, zlib.DEFLATED, _RAW)
    return packer.compress(content) + packer.flush()


def compressor() -> Any:
    """An object of zlib's kind (`compress`, `flush`) for content that comes in pieces."""
    return _library.compressobj(1, zlib.DEFLATED, _RAW)


def decompressor() -> Any:
    """An object of zlib's kind (`decompress`, `unconsumed_tail`, `eof`, `flush`) for what comes in pieces; raises one
    of DAMAGED."""
    return _library.decompressobj(_RAW)


def inflate(packed: bytes, most: int) -> bytes:
    """Unpacks no more than `most` bytes.

    Raises: one of DAMAGED.
    """
    content: bytes = _library.decompressobj(_RAW).decompress(packed, most)
    return content

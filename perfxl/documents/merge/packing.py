"""Deflate and CRC as fast as they come: isal where installed (the `fast` extra), else zlib."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from importlib import import_module
from typing import Any

__all__ = ["DAMAGED", "crc32", "packer", "unpacker"]


def _found() -> Any:
    try:
        return import_module("isal.isal_zlib")
    except ImportError:
        return zlib


_library = _found()

DAMAGED: tuple[type[Exception], ...] = (zlib.error, _library.error)
"""What unpacking raises for bytes that are not deflated."""


crc32: Callable[[bytes, int], int] = _library.crc32


def packer() -> Any:
    return _library.compressobj(1, _library.DEFLATED, -15)


def unpacker() -> Any:
    return _library.decompressobj(-15)

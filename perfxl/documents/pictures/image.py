"""A picture as a paper holds it: PNG or JPEG, whole, of bounded size, known by the hash of its bytes."""

from __future__ import annotations

import hashlib
import os
import re
import stat
import struct
import zipfile
import zlib
from pathlib import Path
from typing import NamedTuple

from perfxl.core.language import Text
from perfxl.disk import reachable
from perfxl.ooxml.compress import crc32
from perfxl.ooxml.zip_read import Packed

__all__ = ["CONTENT_TYPES", "MAX_BYTES", "Picture", "PictureRefused", "make_picture", "read_picture"]

MAX_BYTES = 4 * 2**20
"""Of a file: a phone's picture has two or three; a thousand papers in a print file hold a thousand of them."""
MAX_SIDE, MAX_PIXELS = 20_000, 40_000_000
CONTENT_TYPES = {"png": "image/png", "jpeg": "image/jpeg"}

_PNG = b"\x89PNG\r\n\x1a\n"
_CHUNK = struct.Struct(">I4s")
_PNG_SIZE = struct.Struct(">II")
_JPEG = b"\xff\xd8\xff"
_FRAME = struct.Struct(">xHH")  # precision, height, width
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_ALONE = frozenset((0x01, *range(0xD0, 0xD8)))  # markers without a length
_SCAN, _END = 0xDA, b"\xff\xd9"
_OTHERS = (
    (re.compile(rb"GIF8"), "GIF"),
    (re.compile(rb"BM"), "BMP"),
    (re.compile(rb"II\*\0|MM\0\*"), "TIFF"),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), "WebP"),
    (re.compile(rb"....ftyp(?:hei|hev|mif|msf)", re.DOTALL), "HEIC"),
    (re.compile(rb"\s*(?:<\?xml[^>]*>\s*)?<svg"), "SVG"),
    (re.compile(rb"%PDF"), "PDF"),
)


class PictureRefused(Exception):
    """A file that is taken for no picture: `reason` says why."""

    def __init__(self, reason: Text) -> None:
        super().__init__(reason.en)
        self.reason = reason


class Picture(NamedTuple):
    """`digest` tells equal pictures; `extension` is that of its part; `width` and `height` in pixels; `packed`, what
    the zip of a paper holds."""

    digest: str
    extension: str
    width: int
    height: int
    packed: Packed

    @property
    def token(self) -> str:
        """What stands for the picture among the values of a paper: plain text, another one for another picture."""
        return f"picture:{self.digest}:{self.width}x{self.height}"

    @property
    def part(self) -> str:
        return f"word/media/p{self.digest}.{self.extension}"


def read_picture(path: str | Path) -> Picture:
    """The picture in a file.

    Raises: PictureRefused for a link, for what is no ordinary file, too large, or no picture.
    """
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0)
    place = reachable(path)
    try:
        if stat.S_ISLNK(os.lstat(place).st_mode):
            raise PictureRefused(_IS_LINK)
        with os.fdopen(os.open(place, flags), "rb") as file:
            seen = os.fstat(file.fileno())
            if not stat.S_ISREG(seen.st_mode):
                raise PictureRefused(Text("它不是普通文件", "it is no ordinary file"))
            if seen.st_size > MAX_BYTES:
                raise PictureRefused(_too_large(seen.st_size))
            content = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise PictureRefused(Text("文件已不在", "it is gone")) from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise PictureRefused(Text(f"无法读取（{reason}）", f"it cannot be read ({reason})")) from None
    return make_picture(content)


def make_picture(content: bytes) -> Picture:
    """The picture that these bytes are.

    Raises: PictureRefused.
    """
    if len(content) > MAX_BYTES:
        raise PictureRefused(_too_large(len(content)))
    if content.startswith(_PNG):
        extension, size = "png", _png_size(content)
    elif content.startswith(_JPEG):
        extension, size = "jpeg", _jpeg_size(content)
    else:
        other = next((name for begin, name in _OTHERS if begin.match(content[:200])), "")
        raise PictureRefused(_other_format(other) if other else _NO_PICTURE if content else _EMPTY)
    if size is None:
        raise PictureRefused(_DAMAGED)
    width, height = size
    if width > MAX_SIDE or height > MAX_SIDE or width * height > MAX_PIXELS:
        pixels = f"{width} × {height}"
        raise PictureRefused(Text(f"尺寸过大：{pixels} 像素", f"it is too large: {pixels} pixels"))
    packed = Packed(zipfile.ZIP_STORED, crc32(content, 0), len(content), content)
    return Picture(hashlib.blake2b(content, digest_size=12).hexdigest(), extension, width, height, packed)


_IS_LINK = Text("它是链接，不是文件本身", "it is a link, not the file itself")
_EMPTY = Text("文件是空的", "the file is empty")
_NO_PICTURE = Text("它不是图片", "it is no picture")
_DAMAGED = Text("图片不完整或已损坏", "the picture is damaged or not whole")


def _too_large(size: int) -> Text:
    shown = f"{size / 2**20:.1f} MB"
    most = f"{MAX_BYTES // 2**20} MB"
    return Text(f"文件过大：{shown}，最多 {most}", f"it is too large: {shown}, at most {most}")


def _other_format(name: str) -> Text:
    return Text(f"它是 {name}，要 PNG 或 JPEG", f"it is {name}, not PNG or JPEG")


def _png_size(content: bytes) -> tuple[int, int] | None:
    """Width and height; None for what is not whole."""
    at, size, has_data = len(_PNG), None, False
    while at + 12 <= len(content):
        length, kind = _CHUNK.unpack_from(content, at)
        end = at + 12 + length
        if end > len(content):
            return None
        if kind == b"IHDR" and length == 13:
            if zlib.crc32(content[at + 4 : end - 4]) != int.from_bytes(content[end - 4 : end]):
                return None
            size = _PNG_SIZE.unpack_from(content, at + 8)
        has_data = has_data or (kind == b"IDAT" and length > 0)
        if kind == b"IEND":
            return (size[0], size[1]) if size and all(size) and has_data else None
        if size is None:  # IHDR comes first
            return None
        at = end
    return None


def _jpeg_size(content: bytes) -> tuple[int, int] | None:
    at, size = 2, None
    while at + 4 <= len(content):
        if content[at] != 0xFF:
            return None
        marker = content[at + 1]
        if marker == 0xFF:  # a fill byte
            at += 1
            continue
        if marker in _ALONE:
            at += 2
            continue
        length = int.from_bytes(content[at + 2 : at + 4])
        if marker in _FRAMES and at + 9 <= len(content):
            height, width = _FRAME.unpack_from(content, at + 4)
            size = width, height
        if marker == _SCAN:
            return size if size and all(size) and content.rfind(_END, at) > 0 else None
        at += 2 + length
    return None

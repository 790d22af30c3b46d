"""A picture as a paper holds it: PNG or JPEG, whole, upright, of bounded size, known by the hash of its bytes."""

from __future__ import annotations

import hashlib
import os
import re
import stat
import struct
import zipfile
from pathlib import Path
from typing import NamedTuple

from perfxl.core.language import Text
from perfxl.disk import reachable
from perfxl.documents.pictures.convert import (
    MAX_DECODED,
    ConversionFailed,
    can_convert,
    convert_picture,
    orientation_of,
)
from perfxl.ooxml.compress import crc32
from perfxl.ooxml.zip_read import Packed

__all__ = ["CONTENT_TYPES", "MAX_BYTES", "Picture", "PictureRefused", "make_picture", "read_picture"]

MAX_BYTES, MAX_CONVERTED = 4 * 2**20, 64 * 2**20
"""Of a file: a phone's picture has two or three; a thousand papers in a print file hold a thousand of them; what is
larger is made smaller."""
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
_APP1, _EXIF = 0xE1, b"Exif\0\0"
_CONVERTIBLE = (
    (re.compile(rb"GIF8"), "GIF"),
    (re.compile(rb"BM"), "BMP"),
    (re.compile(rb"II\*\0|MM\0\*"), "TIFF"),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), "WebP"),
    (re.compile(rb"....ftypavi[fs]", re.DOTALL), "AVIF"),
    (re.compile(rb"\0\0\0\x0cjP  "), "JPEG 2000"),
)
_OTHERS = (
    (re.compile(rb"....ftyp(?:hei|hev|mif|msf)", re.DOTALL), "HEIC"),
    (re.compile(rb"\0\0\0\x0cJXL |\xff\x0a"), "JPEG XL"),
    (re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:[^>]*>\s*<)*?svg"), "SVG"),
    (re.compile(rb"%PDF"), "PDF"),
    (re.compile(rb"\xd7\xcd\xc6\x9a"), "WMF"),
    (re.compile(rb"\x01\0\0\0.{36} EMF", re.DOTALL), "EMF"),
    (re.compile(rb"8BPS"), "Photoshop"),
    (re.compile(rb"\xd0\xcf\x11\xe0|PK\x03\x04"), "Office"),
)


class PictureRefused(Exception):
    """A file that is taken for no picture: `reason` says why; `convertible`: it is one, but not as papers hold it."""

    def __init__(self, reason: Text, convertible: bool = False) -> None:
        super().__init__(reason.en)
        self.reason, self.convertible = reason, convertible


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
            most = MAX_CONVERTED if can_convert() else MAX_BYTES
            if seen.st_size > most:
                raise PictureRefused(_too_large(seen.st_size, most))
            content = file.read(most + 1)
    except FileNotFoundError:
        raise PictureRefused(Text("文件已不在", "it is gone")) from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise PictureRefused(Text(f"无法读取（{reason}）", f"it cannot be read ({reason})")) from None
    return make_picture(content)


def make_picture(content: bytes) -> Picture:
    """The picture that these bytes are, put right where that is needed and Pillow is there.

    Raises: PictureRefused.
    """
    try:
        return _as_it_is(content)
    except PictureRefused as refusal:
        if not refusal.convertible:
            raise
        try:
            return _as_it_is(convert_picture(content))
        except ConversionFailed as failure:
            if failure.reason is None:
                raise PictureRefused(_DAMAGED) from failure
            joined = zip(refusal.reason, failure.reason, ("；", "; "), strict=True)
            raise PictureRefused(Text(*(f"{why}{sign}{more}" for why, more, sign in joined))) from failure


def _as_it_is(content: bytes) -> Picture:
    if content.startswith(_PNG):
        extension, read = "png", _read_png
    elif content.startswith(_JPEG):
        extension, read = "jpeg", _read_jpeg
    else:
        raise _other(content[:1000])
    size, orientation = read(content)
    if size is None:
        raise PictureRefused(_DAMAGED)
    if orientation != 1:
        raise PictureRefused(_NOT_UPRIGHT, convertible=True)
    if len(content) > MAX_BYTES:
        raise PictureRefused(_too_large(len(content), MAX_BYTES), convertible=True)
    width, height = size
    if width > MAX_SIDE or height > MAX_SIDE or width * height > MAX_PIXELS:
        pixels = f"{width} × {height}"
        reason = Text(f"尺寸过大：{pixels} 像素", f"it is too large: {pixels} pixels")
        fits = max(size) <= MAX_SIDE and (extension == "jpeg" or width * height <= MAX_DECODED)
        raise PictureRefused(reason, convertible=fits)
    packed = Packed(zipfile.ZIP_STORED, crc32(content, 0), len(content), content)
    return Picture(hashlib.blake2b(content, digest_size=12).hexdigest(), extension, width, height, packed)


_IS_LINK = Text("它是链接，不是文件本身", "it is a link, not the file itself")
_EMPTY = Text("文件是空的", "the file is empty")
_NO_PICTURE = Text("它不是图片", "it is no picture")
_DAMAGED = Text("图片不完整或已损坏", "the picture is damaged or not whole")


_NOT_UPRIGHT = Text(
    "照片是转着方向存的（Exif），Word 不会转正",
    "the photo is stored turned (Exif), which Word does not put right",
)


def _too_large(size: int, most: int) -> Text:
    shown = f"{size / 2**20:.1f} MB"
    limit = f"{most // 2**20} MB"
    return Text(f"文件过大：{shown}，最多 {limit}", f"it is too large: {shown}, at most {limit}")


def _other(begin: bytes) -> PictureRefused:
    """Why what is neither PNG nor JPEG is refused."""
    for convertible, formats in ((True, _CONVERTIBLE), (False, _OTHERS)):
        name = next((name for pattern, name in formats if pattern.match(begin)), "")
        if name:
            return PictureRefused(Text(f"它是 {name}，要 PNG 或 JPEG", f"it is {name}, not PNG or JPEG"), convertible)
    return PictureRefused(_NO_PICTURE if begin else _EMPTY)


Read = tuple[tuple[int, int] | None, int]
"""Width and height, None for what is not whole; the orientation, 1 for upright."""


def _read_png(content: bytes) -> Read:
    at, size, has_data, orientation = len(_PNG), None, False, 1
    while at + 12 <= len(content):
        length, kind = _CHUNK.unpack_from(content, at)
        end = at + 12 + length
        if end > len(content) or crc32(content[at + 4 : end - 4], 0) != int.from_bytes(content[end - 4 : end]):
            return None, 1
        if kind == b"IHDR" and length == 13:
            size = _PNG_SIZE.unpack_from(content, at + 8)
        elif kind == b"eXIf":
            orientation = orientation_of(content[at + 8 : end - 4])
        has_data = has_data or (kind == b"IDAT" and length > 0)
        if kind == b"IEND":
            return ((size[0], size[1]) if size and all(size) and has_data else None), orientation
        if size is None:  # IHDR comes first
            return None, 1
        at = end
    return None, 1


def _read_jpeg(content: bytes) -> Read:
    at, size, orientation = 2, None, 1
    while at + 4 <= len(content):
        if content[at] != 0xFF:
            return None, 1
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
        elif marker == _APP1 and content.startswith(_EXIF, at + 4):
            orientation = orientation_of(content[at + 4 + len(_EXIF) : at + 2 + length])
        if marker == _SCAN:
            whole = size and all(size) and content.rfind(_END, at) > 0
            return (size if whole else None), orientation
        at += 2 + length
    return None, 1

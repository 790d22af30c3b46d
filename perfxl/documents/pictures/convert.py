"""What a paper cannot hold as it is, made into what it can: photos as cameras save them lying on their side, too many
pixels, formats that Word does not know everywhere. By Pillow, where it is installed."""

from __future__ import annotations

import io
import struct
import warnings
from contextlib import suppress
from importlib import import_module
from typing import Any

from perfxl.core.language import Text
from perfxl.installation import pip_install

__all__ = ["MAX_DECODED", "ConversionFailed", "can_convert", "convert_picture", "orientation_of"]

LONGEST_SIDE = 2_000
"""Pixels, of what was too large: 300 an inch for a picture of 17 cm."""
MAX_DECODED = 100_000_000
"""Pixels that are unpacked; a JPEG is unpacked smaller at once."""
_UPRIGHT = 1
_ORIENTATION = 0x0112
_MODES = ("1", "L", "P", "RGB", "RGBA", "LA", "PA", "CMYK", "YCbCr")
_WITH_ALPHA = ("RGBA", "LA", "PA")


class ConversionFailed(Exception):
    """`reason` says why, blank for what is damaged."""

    def __init__(self, reason: Text | None = None) -> None:
        super().__init__(reason.en if reason else "damaged")
        self.reason = reason


def can_convert() -> bool:
    """Whether Pillow is there."""
    return _pillow() is not None


def convert_picture(content: bytes) -> bytes:
    """The picture upright, as JPEG, or as PNG where it has parts that are transparent; of several frames the first.

    Raises: ConversionFailed.
    """
    pillow = _pillow()
    if pillow is None:
        pip = pip_install("photos")
        raise ConversionFailed(Text(f"运行 {pip} 后会自动转换", f"run {pip}, and it is converted"))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of many pixels, which are counted here
            return _converted(pillow, content)
    except ConversionFailed:
        raise
    except Exception as error:  # whatever a decoder may have against a damaged file
        raise ConversionFailed from error


def orientation_of(exif: bytes) -> int:
    """How a camera says that it was held, 1 for upright: of an Exif block, the TIFF that it is."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(exif[:4])
    if order is None:
        return _UPRIGHT
    directory, short = struct.Struct(f"{order}4xI"), struct.Struct(f"{order}H")
    with suppress(struct.error):  # it ends before it says so
        (at,) = directory.unpack_from(exif)
        (count,) = short.unpack_from(exif, at)
        for entry in range(at + 2, at + 2 + 12 * count, 12):
            if short.unpack_from(exif, entry)[0] == _ORIENTATION:
                (value,) = short.unpack_from(exif, entry + 8)
                return value if 1 <= value <= 8 else _UPRIGHT
    return _UPRIGHT


def _converted(pillow: Any, content: bytes) -> bytes:
    with pillow.open(io.BytesIO(content)) as picture:
        if picture.format in ("JPEG", "MPO"):  # smaller as it is unpacked
            picture.draft(None, (LONGEST_SIDE, LONGEST_SIDE))
        if picture.width * picture.height > MAX_DECODED:
            pixels = f"{picture.width} × {picture.height}"
            raise ConversionFailed(Text(f"尺寸过大：{pixels} 像素", f"it is too large: {pixels} pixels"))
        if picture.mode not in _MODES:
            raise ConversionFailed(Text(f"色彩格式为 {picture.mode}", f"its colours are stored as {picture.mode}"))
        picture.seek(0)
        picture.load()
        profile = picture.info.get("icc_profile") if picture.mode in ("RGB", "RGBA", "L") else None
        upright = import_module("PIL.ImageOps").exif_transpose(picture)
    transparent = upright.mode in _WITH_ALPHA or "transparency" in upright.info
    upright = upright.convert("RGBA" if transparent else "L" if upright.mode in ("1", "L") else "RGB")
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    saved = io.BytesIO()
    if transparent:
        upright.save(saved, "PNG", optimize=True, icc_profile=profile)
    else:
        upright.save(saved, "JPEG", quality=90, icc_profile=profile, exif=b"")
    return saved.getvalue()


def _pillow() -> Any:
    with suppress(ImportError):
        return import_module("PIL.Image")
    return None

"""Photos as cameras, telephones and scanners give them: each is put right and taken, or refused with its reason."""

from __future__ import annotations

import random
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageCms

from perfxl.documents.pictures import convert
from perfxl.documents.pictures.folder import PictureFolder
from perfxl.documents.pictures.image import MAX_BYTES, Picture, PictureRefused, make_picture
from tests.documents.picture_kit import png

RED, BLUE = (200, 30, 30), (30, 30, 200)
ORIENTATION = 0x0112


def portrait() -> Image.Image:
    """60 wide, 80 high: the upper half red, the lower blue."""
    image = Image.new("RGB", (60, 80), RED)
    image.paste(BLUE, (0, 40, 60, 80))
    return image


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    content = BytesIO()
    image.save(content, kind, **options)
    return content.getvalue()


def as_held(orientation: int, kind: str = "JPEG") -> bytes:
    """The portrait as a camera stores it that was held so."""
    stored_by: dict[int, Callable[[Image.Image], Image.Image]] = {
        1: lambda image: image,
        2: lambda image: image.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
        3: lambda image: image.transpose(Image.Transpose.ROTATE_180),
        4: lambda image: image.transpose(Image.Transpose.FLIP_TOP_BOTTOM),
        5: lambda image: image.transpose(Image.Transpose.TRANSPOSE),
        6: lambda image: image.transpose(Image.Transpose.ROTATE_90),
        7: lambda image: image.transpose(Image.Transpose.TRANSVERSE),
        8: lambda image: image.transpose(Image.Transpose.ROTATE_270),
    }
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    return saved(stored_by[orientation](portrait()), kind, exif=exif)


def shown(picture: Picture) -> Image.Image:
    """As Word shows it: without a look at what the camera says."""
    return Image.open(BytesIO(picture.packed.data)).convert("RGB")


def _is_near(seen: Any, colour: tuple[int, int, int]) -> bool:
    return all(abs(one - other) < 30 for one, other in zip(seen, colour, strict=True))


def is_portrait(picture: Picture) -> bool:
    image = shown(picture)
    near = [_is_near(image.getpixel(at), colour) for at, colour in (((30, 10), RED), ((30, 70), BLUE))]
    return image.size == (picture.width, picture.height) == (60, 80) and all(near)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_photo_stands_upright_however_the_camera_was_held(orientation: int, kind: str) -> None:
    content = as_held(orientation, kind)
    picture = make_picture(content)
    assert is_portrait(picture)
    assert (picture.packed.data == content) == (orientation == 1)  # else nothing is done to it


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF", "WEBP", "JPEG2000"])
def test_other_formats_are_converted(kind: str) -> None:
    assert is_portrait(make_picture(saved(portrait(), kind)))


def test_what_is_transparent_stays_so() -> None:
    image = portrait().convert("RGBA")
    image.putalpha(Image.new("L", image.size, 90))
    picture = make_picture(saved(image, "WEBP", lossless=True))
    assert picture.extension == "png"
    assert Image.open(BytesIO(picture.packed.data)).getchannel("A").getextrema() == (90, 90)


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
def test_of_what_moves_the_first_picture_is_taken(kind: str) -> None:
    frames = [Image.new("RGB", (60, 80), BLUE) for _ in range(2)]
    assert is_portrait(make_picture(saved(portrait(), kind, save_all=True, append_images=frames)))


def test_the_colours_of_print_are_taken() -> None:
    content = saved(portrait().convert("CMYK"), "JPEG")
    assert make_picture(content).packed.data == content
    assert is_portrait(make_picture(saved(portrait().convert("CMYK"), "TIFF")))


def test_a_large_photo_is_made_smaller(tmp_path: Path) -> None:
    noise = random.Random(1).randbytes(3000 * 4000)
    content = saved(Image.frombytes("L", (3000, 4000), noise), "JPEG", quality=95)
    assert len(content) > MAX_BYTES
    (tmp_path / "E1.jpg").write_bytes(content)
    picture, wrong = PictureFolder(tmp_path).find("photo", "E1", "")
    assert wrong is None and picture is not None
    assert (picture.width, picture.height) == (1500, 2000)
    assert len(picture.packed.data) < MAX_BYTES


def test_a_profile_of_colours_goes_along() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    picture = make_picture(saved(portrait(), "TIFF", icc_profile=profile))
    assert Image.open(BytesIO(picture.packed.data)).info["icc_profile"] == profile


DAMAGED = {
    "tiff": saved(portrait(), "TIFF")[:300],
    "webp": saved(portrait(), "WEBP")[:60],
    "gif": b"GIF89a" + b"\0" * 50,
    "turned": as_held(6)[:400] + b"\xff\xd9",
    "png bit": png(9)[:50] + bytes((png(9)[50] ^ 1,)) + png(9)[51:],
    "exif of nothing": b"\xff\xd8\xff\xe1\0\x0cExif\0\0II*\0",
}


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED)
def test_what_is_damaged_is_refused(content: bytes) -> None:
    with pytest.raises(PictureRefused) as refusal:
        make_picture(content)
    assert "损坏" in refusal.value.reason.zh


NAMED = {
    "HEIC": b"\0\0\0\x18ftypheic" + b"\0" * 20,
    "SVG": b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- seal -->\n<!DOCTYPE svg>\n<svg xmlns='http://www.w3.org/2000/svg'/>",
    "PDF": b"%PDF-1.7",
    "JPEG XL": b"\xff\x0a" + b"\0" * 20,
    "EMF": b"\1\0\0\0" + b"\0" * 36 + b" EMF",
    "Photoshop": b"8BPS\0\1",
    "Office": b"PK\3\4" + b"\0" * 30,
}


@pytest.mark.parametrize("name", NAMED)
def test_what_cannot_be_converted_is_called_by_its_name(name: str) -> None:
    with pytest.raises(PictureRefused) as refusal:
        make_picture(NAMED[name])
    assert f"它是 {name}" in refusal.value.reason.zh
    with pytest.raises(PictureRefused) as refusal:
        make_picture(saved(Image.new("I;16", (9, 9)), "TIFF"))
    assert "I;16" in refusal.value.reason.zh


def test_without_pillow_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(convert, "_pillow", lambda: None)
    for content in (as_held(6), saved(portrait(), "WEBP")):
        with pytest.raises(PictureRefused) as refusal:
            make_picture(content)
        assert "pip install" in refusal.value.reason.en
    assert is_portrait(make_picture(as_held(1)))


def test_of_several_files_the_one_that_can_be_shown_is_taken(tmp_path: Path) -> None:
    for name in ("E1.heic", "E1.psd", "._E1.png", "E2.heic", "E2.webp", "._公章.png"):
        (tmp_path / name).write_bytes(b"?")
    (tmp_path / "E1.png").write_bytes(png(1))
    (tmp_path / "E2.webp").write_bytes(saved(portrait(), "WEBP"))
    (tmp_path / "公章.png").write_bytes(png(3))
    folder = PictureFolder(tmp_path)
    assert folder.find("photo", "E1", "")[1] is None
    assert folder.find("photo", "E2", "")[1] is None
    assert folder.find_common("seal")[1] is None
    assert folder.fields == {"photo", "seal"}

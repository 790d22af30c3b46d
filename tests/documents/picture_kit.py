"""Pictures and templates with places for them."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
from docx.shared import Cm

from tests.documents.docx_kit import docx_bytes

WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"


def png(colour: int, width: int = 30, height: int = 40) -> bytes:
    """A picture of one shade of red."""
    rows = (b"\0" + bytes((colour, 0, 0)) * width) * height
    chunks = (
        (b"IHDR", struct.pack(">2L5B", width, height, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    )
    pieces = (struct.pack(">L", len(d)) + k + d + struct.pack(">L", zlib.crc32(k + d)) for k, d in chunks)
    return b"\x89PNG\r\n\x1a\n" + b"".join(pieces)


PLACEHOLDER = png(7, 10, 10)


def add_place(paragraph: Any, alt: str, width: float = 3, height: float = 3) -> None:
    """A placeholder picture of so many centimetres."""
    paragraph.add_run().add_picture(BytesIO(PLACEHOLDER), Cm(width), Cm(height))
    list(paragraph._p.iter(f"{WP}docPr"))[-1].set("descr", alt)


def illustrated(body: list[str], header: list[str] = [], text: str = "{{ holder.name }}") -> bytes:  # noqa: B006
    """A template with a text, and places in the body and the header."""

    def fill(document: Any) -> None:
        document.add_paragraph(text)
        for alt in body:
            add_place(document.add_paragraph(), alt)
        for alt in header:
            add_place(document.sections[0].header.paragraphs[0], alt)

    return docx_bytes(fill)


def shown(content: bytes) -> list[bytes]:
    """The pictures that a document shows, in its body and headers, in order."""
    document = docx.Document(BytesIO(content))
    parts = [document.part, *(section.header.part for section in document.sections)]
    pictures = []
    for part in parts:
        for blip in part.element.iter("{http://schemas.openxmlformats.org/drawingml/2006/main}blip"):
            id = blip.get("{http://schemas.openxmlformats.org/officeDocument/2006/relationships}embed")
            pictures.append(part.related_parts[id].blob)
    return pictures


def sizes(content: bytes) -> list[tuple[float, float]]:
    """Width and height of the pictures in the body, in centimetres."""
    document = docx.Document(BytesIO(content))
    extents = document.element.iter(f"{WP}extent")
    return [(round(int(e.get("cx")) / 360000, 2), round(int(e.get("cy")) / 360000, 2)) for e in extents]


def write(folder: Path, **files: bytes) -> Path:
    """Pictures in a folder, by field__name."""
    for name, content in files.items():
        field, _, whose = name.rpartition("__")
        (folder / field).mkdir(parents=True, exist_ok=True)
        (folder / field / f"{whose}.png").write_bytes(content)
    return folder

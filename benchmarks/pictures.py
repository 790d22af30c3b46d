"""How fast one core makes contracts with a picture for each person: docxtpl's InlineImage against perfxl's placeholder
pictures, interleaved, in one run.

    python -m benchmarks.pictures [seconds per engine]

The contract of benchmarks.render with a photo (a PNG of 30 KB, another one for everybody) in its body. Reading the
files, judging them and finding whose they are counts. Ratios are of processor time, medians of rounds.
"""

from __future__ import annotations

import random
import struct
import sys
import tempfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Any

import docx
from docx.shared import Mm
from docxtpl import DocxTemplate, InlineImage

from benchmarks.render import ROUNDS, Engine, contract_records, contract_template, per_document, rows
from benchmarks.table import Spent, show
from perfxl.documents.batch.illustrate import illustrate
from perfxl.documents.pictures.folder import PictureFolder
from perfxl.documents.template.compiled import CompiledTemplate

ASKED = {"perfxl, placeholder pictures": 30}
_PEOPLE = 200
_WIDTH = 25  # mm


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 5.0
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        photos = folder / "photos" / "photo"
        photos.mkdir(parents=True)
        for number in range(_PEOPLE):
            (photos / f"E{number:05}.png").write_bytes(photo(number))
        for_docxtpl, own = folder / "docxtpl.docx", folder / "perfxl.docx"
        for_docxtpl.write_bytes(with_photo(placeholder=False))
        own.write_bytes(with_photo(placeholder=True))
        engines = dict(_engines(for_docxtpl, own, photos))
        taken: dict[str, list[Spent]] = {name: [] for name in engines}
        people = _people()
        for _ in range(ROUNDS):
            for name, engine in engines.items():
                taken[name].append(per_document(engine, people, seconds / ROUNDS, folder))
    show("contracts with a photo, one core: docs/s, times docxtpl", list(rows(taken, ASKED)))


def with_photo(placeholder: bool) -> bytes:
    """The contract with a place for a photo: docxtpl's tag, or a placeholder picture."""
    document = docx.Document(BytesIO(contract_template()))
    paragraph = document.add_paragraph()
    if placeholder:
        drawing: Any = paragraph.add_run().add_picture(BytesIO(photo(-1)), Mm(_WIDTH))._inline
        drawing.docPr.set("descr", "photo")
    else:
        paragraph.add_run("{{ photo }}")
    saved = BytesIO()
    document.save(saved)
    return saved.getvalue()


def photo(number: int, side: int = 100) -> bytes:
    """A PNG of noise."""
    chance = random.Random(number)
    lines = b"".join(b"\0" + chance.randbytes(side * 3) for _ in range(side))
    chunks = (
        (b"IHDR", struct.pack(">2L5B", side, side, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(lines)),
        (b"IEND", b""),
    )
    pieces = (struct.pack(">L", len(d)) + k + d + struct.pack(">L", zlib.crc32(k + d)) for k, d in chunks)
    return b"\x89PNG\r\n\x1a\n" + b"".join(pieces)


def _people() -> Iterator[dict[str, Any]]:
    records = contract_records()
    for number in count():
        person = {"id": f"E{number % _PEOPLE:05}", "name": ""}
        record = next(records)
        yield {**record, "person": {**record["person"], **person}, "holder": person}


def _engines(for_docxtpl: Path, own: Path, photos: Path) -> Iterator[tuple[str, Engine]]:
    template = CompiledTemplate(own)

    def inline_images(records: Iterator[dict[str, Any]], number: int, folder: Path) -> None:
        for at in range(number):
            record, document = next(records), DocxTemplate(for_docxtpl)
            picture = InlineImage(document, str(photos / f"{record['holder']['id']}.png"), width=Mm(_WIDTH))
            document.render({**record, "photo": picture}, autoescape=True)
            document.save(folder / f"{at}.docx")

    def placeholders(records: Iterator[dict[str, Any]], number: int, folder: Path) -> None:
        pictures = PictureFolder(photos.parent)  # anew, so that no file is remembered
        for at in range(number):
            context, shown, wrong = illustrate(next(records), template.picture_paths, pictures)
            assert not wrong
            (folder / f"{at}.docx").write_bytes(template.render(context, pictures=shown))

    yield "docxtpl, InlineImage", inline_images
    yield "perfxl, placeholder pictures", placeholders


if __name__ == "__main__":
    main()

"""docs/managers.md shows what its tool draws."""

from __future__ import annotations

import re
from pathlib import Path

from perfxl.disk import made_folder
from tools.draw_managers import IMAGES, pictures

DOCS = IMAGES.parent
README = DOCS.parent / "README.md"


def test_every_picture_is_drawn_from_a_book_that_was_made(tmp_path: Path) -> None:
    made = [each for lang in ("zh", "en") for each in pictures(made_folder(tmp_path / lang), lang)]
    assert all(each.book.is_file() for each in made)
    shown = re.findall(
        r"managers-([a-z.]+)\.png", (DOCS / "managers.md").read_text("utf-8") + README.read_text("utf-8")
    )
    assert {each.name for each in made} == {*shown}
    assert all((IMAGES / f"managers-{name}.png").is_file() for name in shown)

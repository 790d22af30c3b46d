"""docs/own-tables.md: what its pictures show reads as the page says."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.tables.layouts import read_rows
from tools.draw_tables import LAYOUTS, PICTURES

DOCS = Path(__file__).parent.parent.parent / "docs"
PAGE = (DOCS / "own-tables.md").read_text(encoding="utf-8")
SHOWN = re.findall(r"!\[([^\]]+)\]\(img/(\w+\.png)\)(.*?)(?=\n## |\Z)", PAGE, re.DOTALL)


def test_every_picture_is_on_the_page_and_small() -> None:
    assert {picture: name for name, picture, _ in SHOWN} == PICTURES
    for picture in PICTURES:
        assert 0 < (DOCS / "img" / picture).stat().st_size < 60_000


@pytest.mark.parametrize(("name", "picture", "text"), SHOWN, ids=[picture for _, picture, _ in SHOWN])
def test_a_picture_reads_as_the_page_says(name: str, picture: str, text: str, tmp_path: Path) -> None:
    layout = next(each for each in json.loads(LAYOUTS.read_text(encoding="utf-8")) if each["name"] == name)
    read = read_rows(tmp_path, layout["rows"], tuple(layout["merges"]))
    said = re.search(r"→ (.+)", text)
    if said is None:
        assert "S201" in text and "S201" in read.asked and not read.contracts
        return
    for who, total in re.findall(r"(\w+) ([\d.]+|暂无正式总分)", said[1]):
        assert read.totals[who] == ((float(total), True) if total[0].isdigit() else (None, False))

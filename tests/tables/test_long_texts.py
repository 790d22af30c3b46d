"""A cell of a spreadsheet may hold 32,767 letters. Looking for words, figures and labels in one takes no minutes."""

from __future__ import annotations

from pathlib import Path
from time import process_time

import pytest

from perfxl.program import load
from tests.fuzz.books import parts, zipped
from tests.fuzz.foreign import LAYOUTS, foreign_book

LETTERS = 32_767
ENOUGH = 5.0  # seconds; each took a minute or more

TEXTS = {
    "one word": "x" * LETTERS,
    "words": ("a " * LETTERS)[:LETTERS],
    "digits": "1" * LETTERS,
    "spaces": "a" + " " * (LETTERS - 2) + "b",
    "brackets": "(" * LETTERS,
}


@pytest.mark.parametrize("layout", range(len(LAYOUTS)))
@pytest.mark.parametrize("text", TEXTS)
def test_a_long_text_costs_no_minutes(layout: int, text: str, tmp_path: Path) -> None:
    path = tmp_path / "long.xlsx"
    for place in ("title", "header", "row"):
        book = foreign_book(layout)
        rows = book.sheets[0].rows
        header = max(range(4), key=lambda row: len(rows[row]))
        if place == "title":
            rows.insert(0, [TEXTS[text]])
        elif place == "header":
            rows[header].append(TEXTS[text])
        else:
            rows[header + 1] = [TEXTS[text]] * len(rows[header + 1])
        path.write_bytes(zipped(parts(book)))
        began = process_time()
        program, problems = load(path)
        assert program.usable or problems
        if program.usable:
            program.check()
            program.score()
        assert process_time() - began < ENOUGH, place

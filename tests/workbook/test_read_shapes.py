"""Large files of every shape, each sheet with and without each column, give the same cells read block by block, in a
process of its own while the reader goes on, as read at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from perfxl import sample
from perfxl.core.records import Records, join_parts
from perfxl.core.schema import all_tables
from perfxl.ooxml import package as ooxml_package
from perfxl.workbook.program.book import write_program
from perfxl.workbook.reading import cut
from perfxl.workbook.reading.read import read_book, stream_book
from tests.workbook.books import Rows, save

PEOPLE = 5
LONG = 25  # rows: sheets that are read in blocks even of so few people


@pytest.fixture(scope="module")
def sheets(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Rows]:
    """The sheets of a program, as rows of values."""
    path = tmp_path_factory.mktemp("program") / "a.xlsx"
    write_program(path, sample.program(PEOPLE), "zh")
    book = openpyxl.load_workbook(path, data_only=True)
    return {sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in book.worksheets}


def both(path: Path) -> int:
    """How many blocks the largest table came in; every cell is the same in both ways."""
    whole, info, problems = read_book(path)
    parts: dict[str, list[Records]] = {}
    streamed_info, found = stream_book(
        path, set(all_tables()), lambda records: parts.setdefault(records.table.name, []).append(records)
    )
    assert (streamed_info, found) == (info, problems)
    assert parts.keys() == whole.keys()
    for name, records in whole.items():
        joined = join_parts(parts[name])
        assert (list(joined.rows), joined.columns, joined.extra, joined.percent) == (
            list(records.rows),
            records.columns,
            records.extra,
            records.percent,
        )
    return max(map(len, parts.values()), default=0)


def without(rows: Rows, at: int) -> list[list[Any]]:
    return [[*row[:at], *row[at + 1 :]] for row in rows]


def test_every_shape_of_a_large_file(sheets: dict[str, Rows], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cut, "BLOCK", 300)
    monkeypatch.setattr(ooxml_package, "PIECE", 311)
    path, shapes, cut_up = tmp_path / "a.xlsx", 0, 0
    for title, rows in sheets.items():
        grades = {"分级评估表": sheets["分级评估表"]} if "分级评估表" in sheets and title != "分级评估表" else {}
        width = max(map(len, rows), default=0) if len(rows) > LONG else 0
        for at in range(-1, width):
            shape = list(rows) if at < 0 else without(rows, at)
            cut_up += both(save(path, {title: shape, **grades})) > 2
            shapes += 1
    assert shapes > 40
    assert cut_up > 20

"""Rows of score sheets are put together from what many of them share: no figure, sum or sign may change by it."""

from __future__ import annotations

import zlib
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import openpyxl
import pytest

from perfxl import sample
from perfxl.core.records import Tables
from perfxl.program import from_tables
from perfxl.workbook.score import line_rows
from perfxl.workbook.score.block_sums import sum_each
from perfxl.workbook.score.book import write_scores
from perfxl.workbook.score.template import template_for
from perfxl.workbook.writing import PartWriter
from tests.workbook.test_score_templates import PAGE, changed


def written(path: Path, tables: Tables) -> dict[str, bytes]:
    program, _ = from_tables(tables)
    write_scores(path, program.tables, program.score()[0], "zh")
    with ZipFile(path) as book:
        return {name: book.read(name) for name in book.namelist() if name.startswith("xl/worksheets/")}


def test_sums_of_many_groups_are_to_the_last_bit_those_of_each() -> None:
    random = np.random.default_rng(7)
    figures = random.uniform(0, 30, 4000)
    figures[random.integers(0, 4000, 300)] = np.nan
    groups = [random.integers(0, 4000, size).tolist() for size in range(70) for _ in range(5)]
    assert sum_each(figures, groups) == [float(np.nansum(figures[group])) if group else 0.0 for group in groups]


def test_lines_look_the_same_however_many_looks_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = written(tmp_path / "usual.xlsx", sample.program(20, 3, "zh"))
    monkeypatch.setattr(line_rows, "_MOST_LOOKS", 1)
    assert written(tmp_path / "one.xlsx", sample.program(20, 3, "zh")) == usual


def test_no_sign_that_stands_for_a_row_is_left(tmp_path: Path) -> None:
    for content in written(tmp_path / "scores.xlsx", sample.program(60, 5, "zh")).values():
        assert not set(content).intersection(range(9))


def test_true_in_place_of_a_figure_is_not_the_one_of_another_line(tmp_path: Path) -> None:
    """Equal for Python, in lines of one KPI."""
    tables = sample.program(12, 1, "zh")
    lines = tables["contract_lines"]
    kpis = lines.column("kpi")
    one = next(i for i, kpi in enumerate(kpis) if kpis.count(kpi) > 2)
    other = kpis.index(kpis[one], one + 1)
    marks = [1.0 if kpi == kpis[one] else mark for kpi, mark in zip(kpis, lines.column("k"), strict=True)]
    marks[other] = True
    lines.columns["k"] = marks
    sheets = b"".join(written(tmp_path / "scores.xlsx", tables).values())
    assert sheets.count(b">True<") == 1


def test_percent_signs_of_ones_own_stay(tmp_path: Path) -> None:
    def change(book: openpyxl.Workbook) -> None:
        book[PAGE]["AB6"], book[PAGE]["AC6"], book[PAGE]["AD1"] = "满分 100%", "%s {{unit}} %d", "5 %"

    loaded = template_for(changed(tmp_path, change), "zh")
    program, _ = from_tables(sample.program(12, 1, "zh"))
    path = tmp_path / "scores.xlsx"
    write_scores(path, program.tables, program.score()[0], "zh", template=loaded.template)
    book = openpyxl.load_workbook(path)
    page = next(sheet for sheet in book if sheet["AD1"].value == "5 %")
    assert page["AB6"].value == "满分 100%"
    assert str(page["AC6"].value).startswith("%s ")


def test_a_part_takes_text_and_bytes_in_turn(tmp_path: Path) -> None:
    with PartWriter(str(tmp_path / "part")) as part:
        part.write("<a>甲")
        part.write("乙</a>".encode())
    content = zlib.decompress((tmp_path / "part").read_bytes(), -15)
    assert content.decode() == "<a>甲乙</a>"
    assert (part.part.size, part.part.crc) == (len(content), zlib.crc32(content))

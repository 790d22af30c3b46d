"""How figures look: no number format of ours leaves a point alone behind a whole number, as Excel would show it and
LibreOffice would not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from pyopenvba.apps.excel import ExcelApplication

from perfxl.cli import main
from perfxl.program import load
from perfxl.ribbon.file_book import FileBook
from perfxl.ribbon.running import run
from perfxl.sample import program
from perfxl.workbook.program.book import write_program

_FIGURES = (0.0, 15.0, 100.0, 12.5, 33.33, -7.0, 0.0125, 7140.0)
_LONE_POINT = re.compile(r"\.(?!\d)")


def rendered(code: str) -> Iterator[str]:
    """The figures as an engine that is not LibreOffice shows them in a format."""
    excel = ExcelApplication()
    excel.add_workbook()
    cell = excel.sheet(1).sheet.vba_get("Range", ["A1"])
    cell.vba_set("NumberFormat", code)
    for figure in _FIGURES:
        cell.vba_set("Value", figure)
        yield str(cell.vba_get("Text"))


def test_the_engine_shows_the_lone_point() -> None:
    assert list(rendered('0.##"%"'))[1] == "15.%"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_output_shows_a_lone_point(lang: str, tmp_path: Path) -> None:
    made = tmp_path / "program.xlsx"
    write_program(made, program(8, lang=lang), lang)
    for command in ("score", "weights", "cascade"):
        main([command, str(made), "-o", str(tmp_path / f"{command}.xlsx")])
    assert load(made)[0].usable
    book = FileBook(made)
    for button in ("check", "cascade", "weights", "repair", "score"):
        run(button, book, lang)
    book.save(tmp_path / "pages.xlsx")
    codes = set[str]()
    paths = sorted(tmp_path.glob("*.xlsx"))
    for path in paths:
        for sheet in openpyxl.load_workbook(path):
            codes |= {cell.number_format for row in sheet.iter_rows() for cell in row}
    assert len(paths) == 5 and len(codes) > 8
    numeric = {code for code in codes if not re.search(r"[ymdh@]", re.sub(r'"[^"]*"', "", code), re.IGNORECASE)}
    assert {code: [text for text in rendered(code) if _LONE_POINT.search(text)] for code in numeric} == {
        code: [] for code in numeric
    }

"""The sheets of the value tree: native formulas give what the engine gives, and the chart stands beside them."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from perfxl.core.policy import Policy
from perfxl.core.records import from_rows
from perfxl.core.value_tree import value_trees
from perfxl.workbook.style import Formats
from perfxl.workbook.value_tree_sheets import add_value_tree_sheets
from perfxl.workbook.writing import new_workbook
from tests.core.test_value_tree import PROFIT
from tests.workbook.office import convert, format_errors, needs_libreoffice

# A loss that turns into a profit, a node used twice, a quotient, nine factors, and a gap that alone divides by zero.
HARD: list[dict[str, Any]] = [
    {"node": "Q", "name": "result", "formula": "a*b/c-d*a/(b+2)-100%*e+c/(f-g)*10%"},
    {"node": "a", "name": "A1", "actual": 3.0, "target": 4.5},
    {"node": "b", "name": "B1", "actual": -2.5, "target": 7.0},
    {"node": "c", "name": "C1", "actual": 0.7, "target": 0.9},
    {"node": "d", "name": "D1", "formula": "a*b*c*a*b*c*a*b*c"},
    {"node": "e", "name": "E1", "actual": 11.0, "target": 13.25},
    {"node": "f", "name": "F1", "actual": 2.0, "target": 1.0},
    {"node": "g", "name": "G1", "actual": 1.0, "target": 3.0},
]


def write(path: Path, rows: list[dict[str, Any]], lang: str = "zh") -> None:
    trees, _ = value_trees({"value_tree": from_rows("value_tree", rows)}, Policy())
    with new_workbook(path, lang, "tree", "cascade") as workbook:
        add_value_tree_sheets(workbook, Formats(workbook, lang), trees, lang)


def values(path: Path) -> dict[tuple[str, str], Any]:
    book = openpyxl.load_workbook(path, data_only=True)
    return {(sheet.title, cell.coordinate): cell.value for sheet in book for row in sheet.iter_rows() for cell in row}


@needs_libreoffice
@pytest.mark.parametrize(("rows", "lang"), [(PROFIT, "zh"), (HARD, "en")])
def test_formulas_recalculated_give_the_engines_figures(tmp_path: Path, rows: list[dict[str, Any]], lang: str) -> None:
    path = tmp_path / "tree.xlsx"
    write(path, rows, lang)
    assert not format_errors(path)
    written, again = values(path), values(recalculated(path, tmp_path))
    figures = {place: value for place, value in written.items() if isinstance(value, int | float)}
    assert len(figures) > 80
    for place, value in figures.items():
        assert again[place] == pytest.approx(value, rel=1e-9, abs=1e-9), place
    assert [v for v in again.values() if v == "#DIV/0!"] == [v for v in written.values() if v == "#DIV/0!"]


def recalculated(path: Path, folder: Path) -> Path:
    """As LibreOffice computes it: without the values that are stored, which it would otherwise show."""
    bare = folder / "bare.xlsx"
    book = openpyxl.load_workbook(path)  # formulas without values
    book.save(bare)
    return convert(bare, folder / "computed", "xlsx")


def test_a_chart_of_stacked_columns_stands_beside_the_figures(tmp_path: Path) -> None:
    write(tmp_path / "tree.xlsx", PROFIT)
    with zipfile.ZipFile(tmp_path / "tree.xlsx") as archive:
        chart = archive.read("xl/charts/chart1.xml").decode()
    assert 'grouping val="stacked"' in chart
    assert chart.count("<c:ser>") == 7


def test_a_program_without_a_tree_has_no_such_sheet(tmp_path: Path) -> None:
    path = tmp_path / "none.xlsx"
    trees, _ = value_trees({}, Policy())
    with new_workbook(path, "zh", "none", "cascade") as workbook:
        workbook.add_worksheet("x")
        add_value_tree_sheets(workbook, Formats(workbook, "zh"), trees, "zh")
    assert openpyxl.load_workbook(path).sheetnames == ["x"]

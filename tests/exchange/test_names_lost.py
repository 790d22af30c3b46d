"""A program that lost some of a form's defined names has lost no answer."""

from __future__ import annotations

from pathlib import Path
from random import Random

import openpyxl
import pytest

from benchmarks.exchange import company
from perfxl.core.values.dates import period_span
from perfxl.exchange.returned import read_returned
from perfxl.exchange.send import Order, distribute
from perfxl.program import from_tables

_ORDER = Order(jobs=("actuals", "coaching"), within=period_span("2026Q1"), period="2026Q1")
_TYPED: dict[str, float | str] = {"H5": 11.5, "I6": 21.0, "J6": 31.0, "M7": "系统报表"}
_ANSWERS = {("value", 11.5), ("numerator", 21.0), ("denominator", 31.0), ("evidence", "系统报表")}


@pytest.fixture(scope="module")
def form(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("out")
    (file,) = distribute(from_tables(company(1))[0], folder, _ORDER)[0].files
    return folder / file.path


def answers(path: Path) -> set[tuple[str, object]]:
    found = read_returned(path)
    columns = (rows.records.columns for rows in found.rows.values() if rows.job == "actuals")
    return {(name, value) for each in columns for name, values in each.items() for value in values if value is not None}


@pytest.mark.parametrize("seed", range(12))
def test_columns_without_a_name_are_known_by_their_headers(seed: int, form: Path, tmp_path: Path) -> None:
    """Seed 0 loses the name of the holders alone, 1 all names of columns, the others any half."""
    book, dice = openpyxl.load_workbook(form), Random(seed)
    for cell, value in _TYPED.items():
        book["实绩填报"][cell] = value
    names = list(book.defined_names)
    lost = [name for name in names if dice.random() < 0.5]
    if seed < 2:
        lost = [name for name in names if name.startswith("perfxl_col_") and (seed or name.endswith("actuals_holder"))]
    assert lost
    for name in lost:
        del book.defined_names[name]
    book.save(tmp_path / form.name)
    assert answers(tmp_path / form.name) >= _ANSWERS, lost

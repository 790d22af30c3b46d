"""A program that lost some of a form's defined names has lost no answer."""

from __future__ import annotations

from pathlib import Path
from random import Random

import openpyxl
import pytest

from benchmarks.exchange import company
from perfxl.core.requests import JOBS
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


def inputs(path: Path) -> set[tuple[str, object]]:
    return {each for each in answers(path) if each[0] in JOBS["actuals"].inputs}


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


@pytest.mark.parametrize(("rows", "column", "count"), [(0, 8, 1), (0, 8, 3), (0, 4, 2), (3, 0, 2), (4, 3, 1)])
def test_names_that_stayed_where_columns_were_put_between_hide_no_answer(
    rows: int, column: int, count: int, form: Path, tmp_path: Path
) -> None:
    """As openpyxl and others do it: cells move, names do not."""
    book = openpyxl.load_workbook(form)
    sheet = book["实绩填报"]
    for cell, value in _TYPED.items():
        sheet[cell] = value
    if rows:
        sheet.insert_rows(rows, count)
    if column:
        sheet.insert_cols(column, count)
    book.save(tmp_path / form.name)
    returned = read_returned(tmp_path / form.name)
    assert inputs(tmp_path / form.name) == _ANSWERS
    (found,) = [each for each in returned.rows.values() if each.job == "actuals"]
    assert found.locked(0).get("name", "员工S00000") == "员工S00000"
    assert not returned.problems


def test_a_column_that_was_copied_is_read_where_its_name_is(form: Path, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(form)
    sheet = book["实绩填报"]
    sheet["N4"], sheet["N5"], sheet["H5"] = sheet["H4"].value, 99.0, 11.5
    book.save(tmp_path / form.name)
    assert inputs(tmp_path / form.name) == {("value", 11.5)}

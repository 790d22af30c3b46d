"""The row between the weighted points and the total: deductions, the cap, vetoes; an interval is with its method."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from perfxl.core.values.numbers import round_half_away
from perfxl.program import from_tables
from perfxl.sample import program as sample
from perfxl.workbook.score.book import write_scores
from perfxl.workbook.score.formulas import LIMIT_PLACE, RESULT_PLACE
from perfxl.workbook.score.texts import say
from tests import oracles
from tests.workbook.random_program import program as random_program


@pytest.fixture(scope="module", params=[False, True], ids=["odd", "sound"])
def random_book(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of unsound programs hardly a contract has a total: only of sound ones the totals say much."""
    path = tmp_path_factory.mktemp("limits") / "scores.xlsx"
    program, _ = from_tables(random_program(300, 11, request.param, total_cap="100"), "zh")
    write_scores(path, program.tables, program.score()[0], "zh")
    return path


@pytest.mark.parametrize("random_book", [True], indirect=True, ids=["sound"])
def test_every_total_follows_from_the_row_above_it(random_book: Path) -> None:
    led, vetoed, capped, graded = 0, 0, 0, 0
    for sheet in openpyxl.load_workbook(random_book, data_only=True):
        rows: list[tuple[Any, ...]] = list(sheet.iter_rows(values_only=True))
        for above, below in pairwise(rows):
            if above[0] != say("limits", "zh"):
                continue
            assert below[0] == say("contract_result", "zh")
            weighted, adjusted, cap, most, grade = (above[at] for at in LIMIT_PLACE.values())
            total = below[RESULT_PLACE["total"]]
            if not isinstance(total, float | int):
                continue
            led += 1
            expected = round_half_away(round(min(cap, max(0.0, weighted + adjusted)), 10))
            capped += weighted + adjusted > cap
            if most not in (None, ""):
                vetoed += 1
                expected = min(expected, most)
            assert total == pytest.approx(expected, abs=1e-9)
            if grade:
                graded += 1
                assert below[RESULT_PLACE["grade"]] >= grade, "grades from A down"
    assert led > 100 and vetoed > 3 and graded > 3 and capped > 3, (led, vetoed, capped, graded)


def test_other_programs_calculate_the_same(random_book: Path, tmp_path: Path) -> None:
    expected = oracles.stored(random_book)
    assert oracles.differences(expected, oracles.by_formualizer(random_book, tmp_path)) == []
    assert oracles.differences(expected, oracles.by_libreoffice(random_book, tmp_path)) == []


@pytest.mark.parametrize(("lang", "words"), [("zh", "97% 至 101%，每偏离 1% 扣"), ("en", "97% to 101%")])
def test_the_method_says_between_what_a_figure_is_to_be(lang: str, words: str, tmp_path: Path) -> None:
    """The limits stand far to the right, where nothing is printed."""
    tables = dict(sample(20, 3, lang))
    lines = tables["contract_lines"]
    lines.columns["low"][0], lines.columns["high"][0], lines.columns["k"][0] = 0.97, 1.01, 2.0
    lines.columns["unit_step"][0] = 0.01
    kpis = tables["kpis"]
    at = kpis.column("kpi").index(lines.column("kpi")[0])
    kpis.columns["method"][at], kpis.columns["unit"][at] = "within", "%"
    if lines.columns.get("method"):
        lines.columns["method"][0] = "within"
    program, _ = from_tables(tables, lang)
    write_scores(tmp_path / "scores.xlsx", program.tables, program.score()[0], lang)
    texts = [
        cell.value
        for sheet in openpyxl.load_workbook(tmp_path / "scores.xlsx")
        for row in sheet.iter_rows(max_col=5)
        for cell in row
        if isinstance(cell.value, str)
    ]
    assert any(words in text for text in texts)

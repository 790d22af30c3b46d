"""Sheets are named after people and units, who are called what they are called."""

from __future__ import annotations

import io
import re
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from perfxl.program import load
from perfxl.workbook.score.book import write_scores
from perfxl.workbook.sheet_names import SheetNames, plain_name
from tests.core import clean_program
from tests.excel.ribbon_books import write_sheets

_REFUSED = re.compile(r"[\[\]:*?/\\［］：＊？／＼]")


@pytest.mark.parametrize(
    ("wish", "name"),
    [
        ("研发／设计：一部", "研发_设计_一部"),
        ("［华东］？＊", "_华东___"),
        ("O'Neil'", "O'Neil"),
        ("'", "_"),
        ("", "_"),
        ("𠮷" * 20, "𠮷" * 15),
        ("史" * 30 + "'部", "史" * 30),
        ("a\ud842b", "a_b"),
    ],
)
def test_names_that_excel_refuses(wish: str, name: str) -> None:
    assert plain_name(wish) == name


@given(st.lists(st.tuples(st.text(max_size=40), st.text(max_size=40)), min_size=1, max_size=12))
def test_every_wish_gets_a_name_of_its_own(wishes: list[tuple[str, str]]) -> None:
    names = SheetNames()
    taken = [names.take(wish, other) for wish, other in wishes]
    assert len({name.casefold() for name in taken}) == len(taken)
    for name in taken:
        assert 0 < len(name.encode("utf-16-le")) // 2 <= 31
        assert not _REFUSED.search(name) and not name.startswith("'") and not name.endswith("'")
        with xlsxwriter.Workbook(io.BytesIO(), {"in_memory": True}) as workbook:
            workbook.add_worksheet(name)


def test_a_score_workbook_of_people_with_such_names(tmp_path: Path) -> None:
    named = ["王／一：O'", "𠮷田" * 10, "王／一：O'"]
    rows = clean_program.rows(*(clean_program.put("people", at, name=name) for at, name in enumerate(named)))
    program, _ = load(write_sheets(tmp_path / "方案.xlsx", rows))
    assert program.usable
    out = tmp_path / "得分.xlsx"
    write_scores(out, program.tables, program.score()[0], "zh", problems=[], source="方案.xlsx")
    titles = openpyxl.load_workbook(out).sheetnames
    assert len(titles) == len(set(titles)) and not any(_REFUSED.search(title) for title in titles)

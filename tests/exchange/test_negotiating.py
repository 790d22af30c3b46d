"""Targets that are negotiated: both proposals, their grounds and what is agreed go into the sheet of negotiations, and
the first sheet says whether weights sum."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from perfxl.core.records import Tables
from perfxl.exchange.collect import Collection, collect, write_collected
from perfxl.exchange.send import Order, Sent, distribute
from perfxl.program import from_tables, load
from perfxl.workbook.program.book import write_program
from tests.core.test_requests import program as tables_of
from tests.exchange.test_collect_merge import put
from tests.workbook.office import convert, needs_libreoffice

SHEET = "目标提议"
TARGETS = Order(jobs=("targets",))


def tables(**more: Any) -> Tables:
    """E2 has three lines of 30 and E3 has the same: 90, which is not 100."""
    return tables_of(**more)


def sent(out: Path, **more: Any) -> Sent:
    result, problems = distribute(from_tables(tables(**more))[0], out, TARGETS)
    assert {each.name for each in problems} <= {"person_without_recipient"}
    return result


def cells(path: Path, sheet: str) -> list[dict[str, Any]]:
    """The rows below the headers, by header."""
    rows = [list(row) for row in openpyxl.load_workbook(path)[sheet].iter_rows(values_only=True)]
    at = next(i for i, row in enumerate(rows) if "工号" in row or "权重合计 %" in row)
    return [dict(zip(map(str, rows[at]), row, strict=True)) for row in rows[at + 1 :]]


def test_what_was_negotiated_so_far_is_there(tmp_path: Path) -> None:
    """The sheet of negotiations has the say; a proposal that stands beside the target is shown, too."""
    line = {"contract": "C2", "kpi": "K1", "target": 100.0, "proposal_issuer": 120.0, "proposal_holder": 90.0}
    negotiation = {"contract": "C2", "kpi": "K1", "forecast": 95.0, "cause": "市场下行", "agreed": 105.0}
    result = sent(tmp_path, contract_lines=[line], negotiations=[negotiation])
    (row,) = cells(tmp_path / result.files[0].path, SHEET)
    assert [row[name] for name in ("目标值", "发约人提议", "受约人预测", "差异原因", "商定目标")] == [
        *(100, 120, 95, "市场下行", 105)
    ]


def test_answers_stand_in_the_sheet_of_negotiations(tmp_path: Path) -> None:
    path, back = tmp_path / "方案.xlsx", tmp_path / "back"
    write_program(path, tables(negotiations=[{"contract": "C2", "kpi": "K1", "proposal": 110.0}]), "zh")
    program, _ = load(path)
    result, _ = distribute(program, tmp_path / "out", TARGETS)
    file = next(file for file in result.files if file.key == "E1")
    book = openpyxl.load_workbook(tmp_path / "out" / file.path)
    for column, value in (("受约人预测", 96), ("依据（市场分析）", "需求走弱"), ("商定目标", 104)):
        put(book, "E2", value, SHEET, column)
    put(book, "E3", 130, SHEET, "发约人提议")
    back.mkdir()
    book.save(back / file.path)
    collected = collect(program, Collection((back,), (tmp_path / "out",)))
    told = {each.name for each in collected.problems if each.address.file == file.path}
    assert told == {"negotiation_not_in_contract", "negotiation_forecast_missing"}, "as of any negotiation"
    out = tmp_path / "收集.xlsx"
    assert not write_collected(collected, path, out)
    held = load(out)[0].tables["negotiations"]
    names = ("contract", "kpi", "proposal", "forecast", "market", "agreed")
    assert [tuple(held.column(name)[at] for name in names) for at in range(len(held))] == [
        ("C2", "K1", 110.0, 96.0, "需求走弱", 104.0),
        ("C3", "K1", 130.0, None, None, None),
    ]
    again = collect(load(out)[0], Collection((back,), (tmp_path / "out",)))
    assert not again.is_changed


def test_the_first_sheet_says_whether_weights_sum(tmp_path: Path) -> None:
    lines = [
        {"contract": f"C{n}", "kpi": f"K{k}", "target": 100.0, "weight": weight}
        for n, weights in ((2, (40.0, 30.0, 30.0)), (3, (40.0, 30.0, 20.0)))
        for k, weight in enumerate(weights, 1)
    ]
    result = sent(tmp_path, contract_lines=lines)
    book = openpyxl.load_workbook(tmp_path / result.files[0].path)
    formulas = [row for row in book["首页"].iter_rows(min_col=2, max_col=4, values_only=True) if row[2]]
    assert [str(row[2])[:4] for row in formulas[-2:]] == ["=IF("] * 2
    stored = openpyxl.load_workbook(tmp_path / result.files[0].path, data_only=True)["首页"]
    told = [row for row in stored.iter_rows(min_col=2, max_col=4, values_only=True) if row[2] in ("✓", "✗")]
    assert told == [("乙", 100, "✓"), ("丙", 90, "✗")]


@needs_libreoffice
def test_another_engine_finds_the_same_sums(tmp_path: Path) -> None:
    result = sent(tmp_path / "out")
    path = tmp_path / "out" / result.files[0].path
    book = openpyxl.load_workbook(path)  # which keeps no results: LibreOffice calculates them
    book.save(tmp_path / "plain.xlsx")
    made = convert(tmp_path / "plain.xlsx", tmp_path / "office", "xlsx")
    kept, calculated = (
        [row for row in sheet.iter_rows(min_col=2, max_col=4, values_only=True) if row[2] in ("✓", "✗")]
        for sheet in (openpyxl.load_workbook(each, data_only=True)["首页"] for each in (path, made))
    )
    assert kept == calculated
    assert kept


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_whose_data_are_reported_sees_no_sums(lang: str, tmp_path: Path) -> None:
    """A reporter is asked about some lines of a contract; their weights sum to nothing."""
    program = from_tables(tables(), lang)[0]
    result, _ = distribute(program, tmp_path, Order(audience="reporter", jobs=("targets",)))
    assert result.files
    for file in result.files:
        values = openpyxl.load_workbook(tmp_path / file.path, data_only=True).worksheets[0].values
        assert not [row for row in values if "✓" in row or "✗" in row]

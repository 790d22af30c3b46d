"""Grey columns that follow from others of their row: the formula, the value stored with it and what is read agree."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from perfxl.core.records import Records, from_rows
from perfxl.core.schema.worked import AGREED, OPEN, SIGNED
from perfxl.workbook.patch.added_rows import NewCell
from perfxl.workbook.program.adding import write_with_rows
from perfxl.workbook.program.book import write_program
from perfxl.workbook.reading.read import read_book, read_large_book
from tests.workbook.books import save
from tests.workbook.office import convert, needs_libreoffice

DAY = date(2025, 12, 20)
KPIS: list[dict[str, Any]] = [
    {"kpi": "K1", "name": "收入", "unit": "万元"},
    {"kpi": "K2", "name": "毛利率", "unit": "%", "decimals": 1.0},
    {"kpi": "K3", "name": "上线", "method": "milestone"},
    {"kpi": "K4", "name": "协同", "method": "grade"},
    {"kpi": "K5", "name": "合同额", "unit": "万元"},
]
ROWS: list[dict[str, Any]] = [
    {"proposal": 120.3, "forecast": 120.1, "agreed": 120.0, "signed_issuer": DAY, "signed_holder": DAY},
    {"proposal": 0.35, "forecast": 0.325, "agreed": 0.33, "signed_issuer": DAY},
    {"proposal": date(2026, 8, 31), "forecast": date(2026, 9, 30), "agreed": date(2026, 9, 15)},
    {"proposal": "优", "forecast": "良", "signed_holder": DAY},
    {"proposal": 900.0},
]
EXPECTED = [
    [-0.2, "双方已签"],
    [-0.025, "发约人已签"],
    [30, "已商定，双方未签"],
    ["优 → 良", "未决"],
    ["", "未决"],
    ["", ""],
]
ENGLISH = ["signed by both", "signed by the issuer", "agreed, not signed", "open", "open", ""]


def tables() -> dict[str, Records]:
    rows = [{"contract": "C1", "kpi": kpi["kpi"], **row} for kpi, row in zip(KPIS, ROWS, strict=True)]
    return {
        "people": from_rows("people", [{"person": "P1", "name": "张三"}]),
        "kpis": from_rows("kpis", KPIS),
        "contracts": from_rows("contracts", [{"contract": "C1", "holder": "P1", "issuer": "P1"}]),
        "contract_lines": from_rows("contract_lines", [{"contract": "C1", "kpi": kpi["kpi"]} for kpi in KPIS]),
        "negotiations": from_rows("negotiations", rows),
    }


def shown(path: Path, sheet: str, *headers: str, data_only: bool = True) -> list[list[Any]]:
    """What stands below headers in the first six rows."""
    book: Any = openpyxl.load_workbook(path, data_only=data_only)[sheet]
    at = {cell.value: cell.column - 1 for cell in book[3]}
    rows = book.iter_rows(min_row=4, max_row=9, values_only=True)
    return [["" if row[at[name]] is None else row[at[name]] for name in headers] for row in rows]


def approx(rows: list[list[Any]]) -> list[list[Any]]:
    return [[round(value, 9) if isinstance(value, float) else value for value in row] for row in rows]


def test_the_difference_and_the_status_stand_beside_what_they_follow_from(tmp_path: Path) -> None:
    write_program(tmp_path / "a.xlsx", tables())
    assert approx(shown(tmp_path / "a.xlsx", "目标质询", "预测与提议之差", "质询状态")) == EXPECTED
    formulas = shown(tmp_path / "a.xlsx", "目标质询", "预测与提议之差", "质询状态", data_only=False)
    assert formulas[0] == ["=px_n_negotiations_forecast", "=px_n_negotiations_signed_holder"]
    headers = [cell.value for cell in openpyxl.load_workbook(tmp_path / "a.xlsx")["目标质询"][3]]
    assert headers.index("预测与提议之差") == headers.index("受约人预测") + 1
    assert headers.index("质询状态") == headers.index("受约人签字日期") + 1


@pytest.mark.parametrize("read", [read_book, read_large_book])
def test_they_are_no_data(tmp_path: Path, read: Any) -> None:
    write_program(tmp_path / "a.xlsx", tables())
    told, _, problems = read(tmp_path / "a.xlsx")
    assert told["negotiations"].extra == {}
    assert told["negotiations"].columns["forecast"] == [120.1, 0.325, date(2026, 9, 30), "良", None]
    assert not [p for p in problems if p.name == "worked_beside_differs"]


def test_english_sheets_say_the_status_in_english(tmp_path: Path) -> None:
    write_program(tmp_path / "a.xlsx", tables(), "en")
    assert [row[0] for row in shown(tmp_path / "a.xlsx", "Target negotiation", "Negotiation status")] == ENGLISH
    assert not [p for p in read_book(tmp_path / "a.xlsx")[2] if p.name == "worked_beside_differs"]


def test_another_figure_typed_there_is_named_at_its_cell(tmp_path: Path) -> None:
    header = [
        "合同编号",
        "指标编号",
        "发约人提议",
        "受约人预测",
        "预测与提议之差",
        "商定目标",
        "受约人签字日期",
        "质询状态",
    ]
    rows = [
        ["C1", "K1", 100, 90, -10, 95, "", AGREED.zh],
        ["C1", "K2", 100, 90, -12, "", "", SIGNED.en],
        ["C1", "K3", 100, "", 7, "", "", OPEN.zh],
    ]
    problems = read_book(save(tmp_path / "a.xlsx", {"目标质询": [header, *rows]}))[2]
    found = [p for p in problems if p.name == "worked_beside_differs"]
    assert [(p.code, p.address.cell, p.details["count"]) for p in found] == [("C301", "E3", 2), ("C301", "H3", 1)]


def test_a_column_of_ones_own_keeps_its_name(tmp_path: Path) -> None:
    book = {"目标质询": [["合同编号", "指标编号", "受约人预测", "差异", "状态"], ["C1", "K1", 90, "大", "谈过"]]}
    assert read_book(save(tmp_path / "a.xlsx", book))[0]["negotiations"].extra == {"差异": ["大"], "状态": ["谈过"]}


def test_new_rows_have_them_and_changed_ones_lose_what_no_longer_holds(tmp_path: Path) -> None:
    write_program(tmp_path / "a.xlsx", tables())
    told, info, _ = read_book(tmp_path / "a.xlsx")
    new = from_rows("negotiations", [{"contract": "C1", "kpi": "K1", "proposal": 8.0, "forecast": 7.0}])
    letter = next(
        c.letter for s in info.sheets if s.table == "negotiations" for c in s.columns if c.column == "forecast"
    )
    changed = {"目标质询": {f"{letter}4": NewCell(100.0)}}
    assert not write_with_rows(
        tmp_path / "a.xlsx", tmp_path / "b.xlsx", told, {"negotiations": new}, info, "zh", changed
    )
    rows = shown(tmp_path / "b.xlsx", "目标质询", "预测与提议之差", "质询状态")
    assert rows[0] == ["", ""]
    assert rows[5] == [-1, "未决"]
    assert not [p for p in read_book(tmp_path / "b.xlsx")[2] if p.name == "worked_beside_differs"]


@needs_libreoffice
def test_another_engine_gives_the_same(tmp_path: Path) -> None:
    """openpyxl keeps no results: LibreOffice calculates them."""
    write_program(tmp_path / "a.xlsx", tables())
    openpyxl.load_workbook(tmp_path / "a.xlsx").save(tmp_path / "b.xlsx")
    made = convert(tmp_path / "b.xlsx", tmp_path / "office", "xlsx")
    assert approx(shown(made, "目标质询", "预测与提议之差", "质询状态")) == EXPECTED

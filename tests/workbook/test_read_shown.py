"""What a sheet shows beside its values: numbers padded by their format, subtotals between the rows of a program."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from perfxl.core.records import Records
from perfxl.program import load
from perfxl.tables.number_formats import pads, show_padded
from perfxl.workbook.reading.read import read_book, stream_book
from tests.workbook.books import save
from tests.workbook.test_read_sheets import places

LINES = ["合同编号", "指标编号", "权重 (%)", "目标值"]


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("000000", "000123"),
        ("000-000", "000-123"),
        ('"E"000000', "E000123"),
        ('"E"0', "E123"),
        ("[$-804]00000;-00000", "00123"),
        ("\\A0000", "A0123"),
        *((code, None) for code in ("0", "General", "#,##0", "0.00", "00%", "yyyy-mm-dd", "@", "#", "0.00E+00")),
    ],
)
def test_number_formats(code: str, shown: str | None) -> None:
    assert (show_padded(123.0, code) if pads(code) else None) == shown


def test_ids_are_read_as_shown_and_figures_as_they_are(tmp_path: Path) -> None:
    rows = [LINES, [12, "K1", 60, 100], ["0012", "K2", 40, 100]]
    formats = {"A2": "0000", "C2": "0000", "D2": "0000"}
    path = save(tmp_path / "a.xlsx", {"合同指标": rows}, formats=formats)
    tables, _, problems = read_book(path)
    lines = tables["contract_lines"]
    assert lines.column("contract") == ["0012", "0012"]
    assert (lines.column("weight"), lines.column("target")) == ([60.0, 40.0], [100.0, 100.0])
    assert problems == []
    blocks: list[Records] = []
    stream_book(path, {"contract_lines"}, blocks.append)
    assert [value for block in blocks for value in block.column("contract")] == ["0012", "0012"]


@pytest.mark.parametrize(
    "row", [["小计", None, 100], ["HT1", "小计", 100], [None, "合计", 100, 200], [" 汇 总 ", None, None, 200]]
)
def test_subtotals_between_the_rows_of_a_program_are_no_rows(tmp_path: Path, row: list[object]) -> None:
    rows = [LINES, ["HT1", "K1", 60, 100], ["HT1", "K2", 40, 100], row, ["HT2", "K1", 100, 100]]
    tables, _, problems = read_book(save(tmp_path / "a.xlsx", {"合同指标": rows}))
    assert tables["contract_lines"].column("contract") == ["HT1", "HT1", "HT2"]
    assert [(code, cell[1:]) for code, _, cell in places(problems)] == [("S111", "4")]


def test_a_kpi_may_be_called_like_a_total(tmp_path: Path) -> None:
    rows = [["指标编号", "指标名称", "计分方法"], ["K1", "平均", "比率法"]]
    tables, _, problems = read_book(save(tmp_path / "a.xlsx", {"指标库": rows}))
    assert tables["kpis"].column("name") == ["平均"]
    assert places(problems, "S111") == []


@pytest.mark.parametrize(
    ("typed", "year", "read"),
    [
        ("4月", ("2025-01-01", "2025-12-31"), "2025-04"),
        ("十二月份", ("2025-01-01", "2025-12-31"), "2025-12"),
        ("一季度", ("2025-01-01", "2025-12-31"), "2025Q1"),
        ("Q3", ("2025-01-01", "2025-12-31"), "2025Q3"),
        ("上半年", ("2025-01-01", "2025-12-31"), "2025H1"),
        ("2月", ("2025-04-01", "2026-03-31"), "2026-02"),
        ("4", ("2025-01-01", "2025-12-31"), None),
        ("4月", ("2024-01-01", "2025-12-31"), None),
        ("4月", (None, None), None),
    ],
)
def test_a_month_is_one_of_the_programs_year(
    tmp_path: Path, typed: str, year: tuple[str | None, str | None], read: str | None
) -> None:
    settings = [["参数", "取值"], ["考核期开始", year[0]], ["考核期结束", year[1]]]
    rows = [["工号", "指标编号", "期间", "实际完成值"], ["E1", "K1", typed, 5]]
    tables, _, problems = read_book(save(tmp_path / "a.xlsx", {"实绩": rows, "参数": settings}))
    assert tables["actuals"].column("period") == [read]
    assert [code for code, *_ in places(problems)] == ["V130" if read else "V107"]


_HEADER, _ROW = ["姓名", "指标名称", "期间", "权重", "目标值", "实际完成值"], ["甲", "收入", "4月", 100, 1200, 900]
_ABOVE = ["指标名称", "权重", "目标值", "实际完成值"], ["收入", 100, 1200, 900]


@pytest.mark.parametrize(
    ("rows", "read", "asked"),
    [
        ([["2025年度业绩合同"], _HEADER, _ROW], "2025-04", []),
        ([["业绩合同"], ["考核期间：2025-01-01至2025-12-31"], _HEADER, _ROW], "2025-04", []),
        ([["业绩合同"], ["年度", 2025], _HEADER, _ROW], "2025-04", []),
        ([["姓名：甲", "期间：4月"], ["2025年度"], *_ABOVE], "2025-04", []),
        ([["业绩合同"], _HEADER, _ROW], None, ["C3"]),
        ([["2024年度业绩合同，2025年签"], _HEADER, _ROW], None, ["C3"]),
        ([["姓名：甲", "期间：4月"], *_ABOVE], None, ["B1"]),
    ],
)
def test_a_month_of_a_lone_contract_sheet_is_one_of_the_year_above(
    tmp_path: Path, rows: list[list[Any]], read: str | None, asked: list[str]
) -> None:
    tables, _, problems = read_book(save(tmp_path / "a.xlsx", {"业绩合同": rows}))
    assert tables["contract_sheet"].column("period") == [read]
    assert [place[2] for place in places(problems, "V107")] == asked


def test_a_month_without_any_year_is_asked_once(tmp_path: Path) -> None:
    """That a period was given, if one that cannot be read, is not denied beside it."""
    rows = [["业绩合同"], _HEADER, _ROW, [*_ROW[:1], "回款", *_ROW[2:]]]
    found = load(save(tmp_path / "a.xlsx", {"业绩合同": rows}))[1]
    assert [code for code, *_ in places(found) if code in ("V107", "S133")] == ["V107", "V107"]


@pytest.mark.parametrize("words", ["累计", "合计"])
def test_a_choice_called_like_a_total_is_none(tmp_path: Path, words: str) -> None:
    """Whatever the texts of other rows say, and with blank cells beside it."""
    rows = [
        ["指标编号", "指标名称", "单位", "计分方法", "汇总方式"],
        ["K1", "销售额", None, None, words],
        ["K2", words, "万元", "比率法", "平均"],
    ]
    tables, _, problems = read_book(save(tmp_path / "a.xlsx", {"指标库": rows}))
    assert tables["kpis"].column("kpi") == ["K1", "K2"]
    assert places(problems, "S111") == []

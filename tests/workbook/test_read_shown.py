"""What a sheet shows beside its values: numbers padded by their format, subtotals between the rows of a program."""

from __future__ import annotations

from pathlib import Path

import pytest

from perfxl.core.records import Records
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

"""Cells: percentages, errors, formulas, choices, required values, merged cells, and that no row disappears."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from perfxl.core.values.text import NOT_APPLICABLE
from perfxl.workbook.reading.read import read_book
from tests.workbook.books import PEOPLE, package, person, save, sheet_xml, text_row
from tests.workbook.test_read_sheets import places

LINES = ["合同编号", "指标编号", "方面", "权重", "目标值", "备注"]
ACTUALS = ["工号", "指标编号", "期间", "实际完成值"]


def lines(tmp_path: Path, rows: Sequence[Any], header: list[str] = LINES, **cells: str) -> Any:
    book, _, problems = read_book(save(tmp_path / "a.xlsx", {"合同指标": [header, *rows]}, (), cells))
    return book["contract_lines"], problems


def test_percent_cells_by_any_format(tmp_path: Path) -> None:
    formats = {"D2": "0%", "D3": "0.00%", "D4": '0.0"%"', "D5": "#,##0.0%;[Red]-0.0%", "E2": "0%"}
    rows = [["C1", f"K{i}", None, weight, 0.85, None] for i, weight in enumerate([0.29, 0.15, 20.0, 0.36])]
    records, problems = lines(tmp_path, rows, LINES, **formats)
    assert records.column("weight") == [29.0, 15.0, 20.0, 36.0]
    assert records.percent == {"weight": {0, 1, 3}, "target": {0}}
    assert records.column("target") == [0.85] * 4
    assert problems == []


@pytest.mark.parametrize("header", ["权重", "权重(%)"])
def test_plain_fractions_are_percentages(tmp_path: Path, header: str) -> None:
    rows = [["C1", f"K{i}", None, weight] for i, weight in enumerate([0.3, 0.45, 0.25])]
    records, problems = lines(tmp_path, rows, ["合同编号", "指标编号", "方面", header])
    assert records.column("weight") == [30.0, 45.0, 25.0]
    assert places(problems) == [("S117", "合同指标", "D2")]


def test_twenty_among_fractions_lacks_its_sign(tmp_path: Path) -> None:
    rows = [["C1", f"K{i}", None, weight] for i, weight in enumerate([0.3, 20, 0.25, 0.25])]
    records, problems = lines(tmp_path, rows, LINES[:4])
    assert records.column("weight") == [30.0, 20.0, 25.0, 25.0]
    assert places(problems) == [("S117", "合同指标", "D2"), ("V111", "合同指标", "D3")]


def test_a_fraction_among_percent_points_is_doubtful(tmp_path: Path) -> None:
    rows = [["C1", f"K{i}", None, weight] for i, weight in enumerate([30, 0.2, "25%", "２５", 0])]
    records, problems = lines(tmp_path, rows, LINES[:4])
    assert records.column("weight") == [30.0, 0.2, 25.0, 25.0, 0.0]
    assert ("V129", "合同指标", "D3") in places(problems)


def test_actuals_are_pending_zero_or_not_applicable(tmp_path: Path) -> None:
    values = [None, 0, "不适用", "优", date(2025, 3, 5), "85%", "abc", "1,234"]
    rows = [ACTUALS, *(["E1", f"K{i}", "2025-01", value] for i, value in enumerate(values))]
    book, _, problems = read_book(save(tmp_path / "a.xlsx", {"实绩": rows}))
    records = book["actuals"]
    assert records.column("value") == [None, 0.0, NOT_APPLICABLE, "优", date(2025, 3, 5), 0.85, None, 1234.0]
    assert records.percent == {"value": {5}}
    assert places(problems) == [("V121", "实绩", "D7"), ("V116", "实绩", "D8"), ("V122", "实绩", "D9")]


def test_grades_of_the_own_tables_are_figures(tmp_path: Path) -> None:
    grades = [["分级表", "级别", "得分"], ["服务", "卓越", 120]]
    rows = [ACTUALS, ["E1", "K1", "2025", "卓越"]]
    book, _, problems = read_book(save(tmp_path / "a.xlsx", {"实绩": rows, "分级评估表": grades}))
    assert book["actuals"].column("value") == ["卓越"]
    assert problems == []


def test_error_cells_keep_their_place(tmp_path: Path) -> None:
    """Also those that calamine does not know: they would cost the whole workbook."""
    names = ["#DIV/0!", "#N/A", "#REF!", "#SPILL!", "#CALC!"]
    cells = "".join(
        f'<row r="{i}"><c r="A{i}" t="str"><v>C1</v></c><c r="B{i}" t="str"><v>K{i}</v></c>'
        f'<c r="C{i}" t="e"><f>1/0</f><v>{name}</v></c></row>'
        for i, name in enumerate(names, 2)
    )
    xml = sheet_xml(text_row(1, "合同编号", "指标编号", "权重") + cells)
    book, _, problems = read_book(package(tmp_path / "a.xlsx", xml, name="合同指标"))
    assert book["contract_lines"].column("weight") == [None] * 5
    assert places(problems) == [("V104", "合同指标", f"C{i}") for i in range(2, 7)]
    assert [one.value for one in problems] == names


def test_formulas_without_a_result_are_not_blank(tmp_path: Path) -> None:
    rows = [["C1", "K1", None, "=10+5", "=A1"], ["C1", "K2", None, 20, 5]]
    records, problems = lines(tmp_path, rows, LINES[:5])
    assert records.column("weight") == [None, 20.0]
    assert places(problems) == [("S118", "合同指标", "D2"), ("S118", "合同指标", "E2")]


def test_stored_results_are_values(tmp_path: Path) -> None:
    """A stored empty text is a blank cell, as Excel shows it."""
    cells = '<c r="C2"><f>10+5</f><v>15</v></c><c r="D2" t="str"><f>IF(1,"","")</f><v></v></c></row>'
    rows = text_row(1, "合同编号", "指标编号", "权重", "目标值") + text_row(2, "C1", "K1").replace("</row>", cells)
    book, _, problems = read_book(package(tmp_path / "a.xlsx", sheet_xml(rows), name="合同指标"))
    assert book["contract_lines"].column("weight") == [15.0]
    assert book["contract_lines"].column("target") == [None]
    assert problems == []


def test_choices_in_every_spelling(tmp_path: Path) -> None:
    typed = ["财务", "financial", " Financial ", "财务类", "ＦＩＮＡＮＣＩＡＬ", "天气", None]
    records, problems = lines(tmp_path, [["C1", f"K{i}", text, 10] for i, text in enumerate(typed)], LINES[:4])
    assert records.column("aspect") == ["financial"] * 5 + ["天气", None]
    assert places(problems) == [("V133", "合同指标", "C7")]
    assert "财务" in problems[0].hint("zh")


def test_required_blanks_and_numbers_as_ids(tmp_path: Path) -> None:
    rows = [PEOPLE, [1001, "张三", "U1", "经理"], [None, "李四", "U1", "经理"], [], ["E3", None, "U1", "经理"]]
    book, _, problems = read_book(save(tmp_path / "a.xlsx", {"人员": rows}))
    assert book["people"].column("person") == ["1001", None, "E3"]
    assert list(book["people"].rows) == [2, 3, 5]
    assert places(problems) == [("V109", "人员", "A3"), ("V132", "人员", "B5")]


def test_merged_words_are_filled_down_and_merged_figures_are_not(tmp_path: Path) -> None:
    rows = [LINES, ["C1", "K1", "财务", 40], [None, "K2", None, None], ["C2", "K1", None, 30], ["C2", "K2", None, 70]]
    path = save(tmp_path / "a.xlsx", {"合同指标": rows}, ["A2:A3", "C2:C3", "D2:D3"])
    book, _, problems = read_book(path)
    records = book["contract_lines"]
    assert records.column("contract") == ["C1", "C1", "C2", "C2"]
    assert records.column("aspect") == ["financial", "financial", None, None]
    assert records.column("weight") == [40.0, None, 30.0, 70.0]
    assert places(problems, "S121") == [("S121", "合同指标", "D2")]
    assert len(places(problems, "S114")) == 2


def test_rows_with_nothing_but_a_serial_number(tmp_path: Path) -> None:
    rows = [["序号", *PEOPLE], [1, *person(1)], [2, "  "], [3]]
    book, _, problems = read_book(save(tmp_path / "a.xlsx", {"人员": rows}))
    assert len(book["people"]) == 1
    assert places(problems, "S120") == [("S120", "人员", "B3")]


VALUES = st.one_of(
    st.none(),
    st.floats(-1e6, 1e6, allow_nan=False),
    st.booleans(),
    st.dates(date(1990, 1, 1), date(2090, 1, 1)),
    st.sampled_from(["", " ", "85%", "１２", "#DIV/0!", "不适用", "优", "合计", "=1+1", "备注：无", "A", "12万", "-"]),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.lists(VALUES, min_size=6, max_size=6), max_size=8), order=st.permutations(range(6)))
def test_every_row_is_kept_or_named(tmp_path: Path, rows: list[list[Any]], order: list[int]) -> None:
    """Conservation, whatever was typed, in whatever order of columns; the same in a lone sheet."""
    lone = ["指标名称", "权重", "目标值", "实际完成值", "指标类别", "备注"]
    for header, sheet in ((LINES, "合同指标"), (lone, "合同表")):
        cells = [[row[i] for i in order] for row in rows]
        path = tmp_path / "a.xlsx"
        save(path, {sheet: [[header[i] for i in order], *cells]})
        book, _, problems = read_book(path)
        kept = {row for records in book.values() for row in records.rows}
        named = {int(p.address.cell.lstrip("ABCDEF")) for p in problems if p.address.cell}
        filled = {r for r, row in enumerate(cells, 2) if any(v is not None and str(v).strip() for v in row)}
        assert kept <= filled
        assert filled <= kept | named
        for records in book.values():
            assert {len(values) for values in (*records.columns.values(), *records.extra.values())} <= {
                len(records.rows)
            }
            for i in range(len(records)):
                for name in (
                    each for each in records.letters if not each.endswith("_text")
                ):  # words of the column beside
                    raw = cells[records.rows[i] - 2][ord(records.letters[name]) - 65]
                    address = records.address(i, name).cell
                    in_words = records.column(f"{name}_text")[i]  # a target that is no figure
                    lost = (
                        records.columns[name][i] is None and in_words is None and raw is not None and str(raw).strip()
                    )
                    assert not lost or address in {p.address.cell for p in problems}

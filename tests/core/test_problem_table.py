"""Problems as lines to show: worst first, equal ones together, no cell of an error left out."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import xlsxwriter

from perfxl.core.problem_table import group_problems
from perfxl.core.problems import Address, Problem, problem, said_once
from perfxl.ribbon.open_book import Link
from perfxl.ribbon.request import problems_page
from perfxl.workbook.findings_sheet import HEADER_ROW
from perfxl.workbook.report import write_report
from perfxl.workbook.result_page import ResultPage, write_problems
from perfxl.workbook.style import Formats


def at(name: str, cell: str, sheet: str = "实绩", **details: object) -> Problem:
    return problem(name, Address("p.xlsx", sheet, cell), table="actuals", column="value", **details)


def test_equal_problems_of_a_sheet_are_one_line_with_count_and_cells() -> None:
    wrong = [at("number_with_unit", f"D{row}", value="95abc") for row in range(4, 44)]
    other = at("number_with_unit", "D50", value="7x")
    notices = [at("marks_not_used", f"A{row}", count=row) for row in range(4, 10)]
    groups = group_problems([*notices, *wrong, other])
    assert [len(group.problems) for group in groups] == [40, 1, 6]
    assert [group.first for group in groups] == [wrong[0], other, notices[0]]
    shown = groups[0].message("zh")
    assert "40" in shown and all(each.address.cell in shown for each in wrong)
    assert groups[1].message("zh") == other.message("zh")
    assert "A4, A5, A6 …" in groups[2].message("en") and "A7" not in groups[2].message("en")


def test_sheets_are_told_apart() -> None:
    problems = [at("number_with_unit", "D4", sheet, value="x") for sheet in ("实绩", "合同指标")]
    assert [group.first for group in group_problems(problems)] == problems


def _read_as_numbers() -> list[Problem]:
    return [at("text_read_as_number", f"D{row}", value=f"{row}%") for row in range(4, 57)]


def test_lines_that_lead_to_a_cell_hold_equal_notices_together_and_errors_apart() -> None:
    wrong = [at("number_with_unit", f"D{row}", value="95abc") for row in (9, 8)]
    notices = _read_as_numbers()
    other = at("marks_not_used", "A3", count=1)
    unlike = at("marks_not_used", "A4", count=2)
    groups = group_problems([*notices, other, unlike, *wrong], linked=True)
    assert [group.problems for group in groups] == [[wrong[0]], [wrong[1]], notices, [other], [unlike]]
    shown = groups[2].message("zh", brief=False)
    assert "53" in shown and all(each.address.cell in shown for each in notices)


def test_the_pages_of_the_ribbon_and_of_the_report_have_the_lines_of_the_one_grouping(tmp_path: Path) -> None:
    source = tmp_path / "p.xlsx"
    book = openpyxl.Workbook()
    book.worksheets[0].title = "实绩"
    book.save(source)
    listed = [*_read_as_numbers(), at("number_with_unit", "D60", value="95abc")]
    groups = group_problems(listed, linked=True)
    wanted = [(group.first.address.cell, group.message("zh", brief=False)) for group in groups]
    assert len(wanted) == 2 and wanted[0][0] == "D60"
    page = problems_page(listed, "zh", "p.xlsx")
    headers = [column.header for column in page.columns]
    cell, message = headers.index("单元格"), headers.index("问题")
    links = [(row[cell], row[message]) for row in page.rows]
    assert [(link.text, said) for link, said in links if isinstance(link, Link)] == wanted
    assert len(page.colours) == len(page.rows) == 2
    assert not write_report(source, listed, tmp_path / "checked.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "checked.xlsx").worksheets[0]
    assert [(row[3].value, row[4].value) for row in sheet.iter_rows(min_row=HEADER_ROW + 1)] == wanted
    with xlsxwriter.Workbook(tmp_path / "result.xlsx") as result:
        formats = Formats(result, "zh")
        write_problems(ResultPage(result.add_worksheet(), formats, "zh", "results"), listed)
    sheet = openpyxl.load_workbook(tmp_path / "result.xlsx").worksheets[0]
    assert [(row[3].value, row[4].value) for row in sheet.iter_rows(min_row=5)] == wanted


def test_nothing_is_said_twice_of_one_place() -> None:
    here, there = Address("a.xlsx", "S", "A1"), Address("a.xlsx", "S", "A2")
    said = [("not_a_number", here, "x"), ("not_a_number", here, "y"), ("not_a_number", there, "x")]
    found = [problem(name, address, value=value, column="value", table="actuals") for name, address, value in said]
    again = [found[1], found[0], problem("not_a_number", here, value="z", column="value", table="actuals"), found[2]]
    assert said_once([*found, *again]) == [*found, again[2]]
    assert said_once(iter(())) == []

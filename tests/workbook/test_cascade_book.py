"""The workbook of `perfxl cascade`."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from perfxl.core.cascade import Cascade, cascade, state_label
from perfxl.core.problems import Address, problem
from perfxl.sample import program
from perfxl.workbook.cascade_book import write_cascade
from perfxl.workbook.program.book import write_program
from tests import oracles
from tests.core import clean_program
from tests.core.clean_program import Edit, put
from tests.core.test_cascade import HEAD
from tests.workbook.office import format_errors

HEADER = 8
RED = "FFF8B4B4"


def small(path: Path, *edits: Edit, lang: str = "zh") -> tuple[Cascade, Workbook]:
    found, problems = cascade(clean_program.book(*HEAD, *edits))
    write_cascade(path, found, problems, lang)
    return found, openpyxl.load_workbook(path, data_only=True)


def rows_of(sheet: Worksheet, header: int = HEADER) -> list[tuple[Any, ...]]:
    return list(sheet.iter_rows(min_row=header + 1, values_only=True))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_sample_by_the_command_line(tmp_path: Path, lang: str) -> None:
    source, out = tmp_path / "program.xlsx", tmp_path / "out" / "cascade.xlsx"
    tables = program(24, lang=lang)
    write_program(source, tables, lang, blank_rows=2)
    command = [sys.executable, "-m", "perfxl", "cascade", str(source), "-o", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=120)
    assert done.returncode == 0, done.stderr
    found, _ = cascade(tables)
    book = openpyxl.load_workbook(out, data_only=True)
    sheets = {
        "zh": ["公司指标承接", "承接矩阵", "价值树", "逐项测算"],
        "en": ["Company KPIs", "KPI x unit", "Value tree", "One gap at a time"],
    }
    assert book.sheetnames == sheets[lang]
    listed = rows_of(book.worksheets[0])
    carriers = [carrier for kpi in found.kpis for carrier in kpi.carriers]
    assert [row[6] for row in listed if row[6]] == [carrier.kpi for carrier in carriers]
    assert [row[9] for row in listed if row[6]] == [carrier.share for carrier in carriers]
    assert [row[0] for row in listed if row[0]] == [kpi.kpi for kpi in found.kpis]
    names = found.names
    assert [row[5] for row in listed if row[6]] == [names.people[carrier.owner] for carrier in carriers]
    expected = oracles.stored(out)
    assert oracles.differences(expected, oracles.by_libreoffice(out, tmp_path)) == []
    assert format_errors(out) == []


@pytest.mark.parametrize(("head", "count"), [("E1", 4), (None, 0)])
def test_json_tells_the_same_and_why_there_is_nothing(tmp_path: Path, head: str | None, count: int) -> None:
    source, out = tmp_path / "p.xlsx", tmp_path / "c.xlsx"
    write_program(source, clean_program.book(*HEAD, put("units", 0, head=head)), "zh", blank_rows=2)
    command = [sys.executable, "-m", "perfxl", "cascade", str(source), "-o", str(out), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=120)
    told = json.loads(done.stdout)
    assert len(told["cascade"]) == count
    reasons = [each for each in told["problems"] if each["name"] == "cascade_without_head"]
    assert [(each["sheet"], each["cell"]) for each in reasons] == ([] if count else [("组织", "D4")])
    if count:
        shares = [(each["owner"], each["share"]) for each in told["cascade"][0]["carriers"]]
        assert shares == [("E2", 60.0), ("E3", 40.0)]
    else:
        book = openpyxl.load_workbook(out, data_only=True)
        assert reasons[0]["code"] in {cell.value for row in book.worksheets[-1].iter_rows() for cell in row}


def test_list_of_carriers(tmp_path: Path) -> None:
    _, book = small(tmp_path / "c.xlsx")
    sheet, unlinked = book["公司指标承接"], state_label("held", "zh")
    assert rows_of(sheet)[:3] == [
        ("K1", "营销收入", "定量", "王总", "营销部", "李梅", "K1", "营销收入", "分摊", 60, "主要", 100, "已分解"),
        (None, None, None, None, "大客户组", "张三", "K2", "营销成本", "分摊", 40, None, None, None),
        (
            "K4",
            "客户满意度",
            "定量",
            "王总",
            "营销部",
            "李梅",
            "K4",
            "客户满意度",
            "同一指标",
            None,
            None,
            None,
            unlinked,
        ),
    ]
    assert [sheet.cell(5, column).value for column in (1, 3, 6, 9, 11)] == [4, 1, 1, 1, 1]


def test_kpis_that_nobody_carries_are_red(tmp_path: Path) -> None:
    _, book = small(tmp_path / "c.xlsx")
    listed, matrix = book["公司指标承接"], book["承接矩阵"]
    row = next(row for row in range(HEADER + 1, 20) if listed.cell(row, 1).value == "K14")
    assert {listed.cell(row, column).fill.fgColor.rgb for column in (1, 2, 6, 13)} == {RED}
    assert listed.cell(row, 13).value == state_label("nobody", "zh")
    row = next(row for row in range(5, 10) if matrix.cell(row, 1).value == "K14")
    assert matrix.cell(row, 2).fill.fgColor.rgb == RED and matrix.cell(row, 4).value == 0
    assert listed.cell(HEADER + 1, 2).fill.fgColor.rgb != RED


def test_matrix_of_kpis_and_units(tmp_path: Path) -> None:
    _, book = small(tmp_path / "c.xlsx")
    matrix = book["承接矩阵"]
    table = [[cell.value for cell in row] for row in matrix.iter_rows(min_row=4, max_col=6)]
    assert table == [
        ["指标编号", "公司指标", "责任人", "承接单位数", "营销部", "大客户组"],
        ["K1", "营销收入", "王总", 2, "分摊 60%", "营销成本 · 分摊 40%"],
        ["K4", "客户满意度", "王总", 1, "同一指标", None],
        ["K10", "安全事故", "王总", 1, "同一指标", None],
        ["K14", "旧指标", "王总", 0, None, None],
        ["承接指标数", None, None, None, 3, 1],
    ]
    deep = matrix.cell(4, 1).fill.fgColor.rgb
    assert matrix.cell(5, 5).fill.fgColor.rgb == deep != matrix.cell(5, 6).fill.fgColor.rgb


def test_shares_are_summed_by_a_formula_that_turns_red(tmp_path: Path) -> None:
    path = tmp_path / "c.xlsx"
    small(path, put("links", -1, share=39.99))
    assert oracles.stored(path)["公司指标承接", "L9"] == 99.99
    assert oracles.formulas(path)["公司指标承接", "L9"] == "ROUND(SUM(J9:J10),6)"
    rules = openpyxl.load_workbook(path)["公司指标承接"].conditional_formatting
    assert {rule.operator for area in rules if "L9" in area.sqref for rule in area.rules} == {"equal", "notEqual"}


def test_names_stay_text_and_gaps_stay_gaps(tmp_path: Path) -> None:
    path = tmp_path / "c.xlsx"
    small(path, put("kpis", 0, name="=1+1"), put("links", -1, sub_owner=None, sub_kpi=None, mode=None))
    assert "1+1" not in str(oracles.formulas(path))
    assert rows_of(openpyxl.load_workbook(path)["公司指标承接"])[0][1] == "=1+1"
    assert format_errors(path) == []


def test_a_program_without_a_company_says_so(tmp_path: Path) -> None:
    for lang in ("zh", "en"):
        path = tmp_path / f"{lang}.xlsx"
        found, _ = cascade(clean_program.book())
        write_cascade(
            path,
            found,
            [
                problem(
                    "category_without_kpi", Address("p.xlsx", "合同指标", "D4"), place_zh="财务", place_en="f", total=1
                )
            ],
            lang,
        )
        book = openpyxl.load_workbook(path, data_only=True)
        assert len(book.sheetnames) == 3 and book.worksheets[2].cell(5, 2).value == "W125"
        assert book.worksheets[0].cell(HEADER + 1, 1).value
        assert format_errors(path) == []

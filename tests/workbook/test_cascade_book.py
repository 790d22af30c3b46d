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
from perfxl.program import Program, from_tables
from perfxl.sample import program
from perfxl.workbook.cascade_book import write_cascade
from perfxl.workbook.program.book import write_program
from perfxl.workbook.result_page import GOOD
from tests import oracles
from tests.core import clean_program, manufacturer
from tests.core.clean_program import Edit, add, put
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
        "zh": [
            *("公司指标承接", "分解矩阵", "承接矩阵", "覆盖情况", "横向比较", "价值树", "逐项测算"),
            *("SMART", "指标筛选", "战略地图", "分解图", "问题"),
        ],
        "en": [
            *("Company KPIs", "Cascade matrix", "KPI x unit", "Coverage", "Comparison"),
            *("Value tree", "One gap at a time", "SMART", "KPI screening", "Strategy map", "Cascade tree", "Problems"),
        ],
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
    assert [(each["sheet"], each["cell"]) for each in reasons] == ([] if count else [("组织", "E4")])
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


LEVELS, WHAT, TARGET, EXPECTED, LIGHT = 0, 1, 9, 10, 15


def whole(path: Path, *edits: Edit) -> tuple[Workbook, Program]:
    """The workbook with all of its sheets."""
    found, _ = from_tables(clean_program.book(*HEAD, *edits))
    sheets, _ = found.cascade_sheets()
    write_cascade(path, found.cascade()[0], [], "zh", more=sheets)
    assert format_errors(path) == []
    return openpyxl.load_workbook(path), found


def outline(book: Workbook) -> list[tuple[Any, ...]]:
    return [tuple(cell.value for cell in row) for row in book["分解矩阵"].iter_rows(min_row=5)]


def test_the_matrix_goes_from_the_company_to_people_and_folds(tmp_path: Path) -> None:
    book, found = whole(tmp_path / "c.xlsx")
    sheet, rows = book["分解矩阵"], outline(book)
    steps = list(found.cascade_tree.walk())
    assert [row[WHAT].removesuffix("（已列于上）") for row in rows] == [step.node.name for step in steps]
    at = next(i for i, step in enumerate(steps) if step.node.key == ("K1", "E1"))
    revenue = [
        ("公司", "营销收入", "公司", "王总", "衡量指标", None),
        ("单位", "营销收入", "营销部", "李梅", "分摊", 60),
        ("个人", "营销收入", "大客户组", "张三", "全额承担", None),
    ]
    assert [row[:6] for row in rows[at : at + 3]] == revenue
    assert [sheet.row_dimensions[5 + at + i].outlineLevel for i in range(3)] == [1, 2, 3]
    outlined = sheet.sheet_properties.outlinePr
    assert outlined is not None and outlined.summaryBelow is False and sheet.sheet_format.outlineLevelRow == 3
    assert rows[at + 2][TARGET : EXPECTED + 1] == (8000, 8000)
    assert rows[at + 1][EXPECTED] is None  # the head has no target


def test_targets_that_do_not_follow_are_red_and_lights_have_their_colours(tmp_path: Path) -> None:
    book, found = whole(tmp_path / "c.xlsx", put("contract_lines", clean_program.line("C2", "K1"), target=7000.0))
    steps = list(found.cascade_tree.walk())
    at = {step.node.key: i for i, step in enumerate(steps, 5) if not step.again}
    sheet = book["分解矩阵"]
    wrong, expected = (sheet.cell(at["K1", "E3"], column + 1) for column in (TARGET, EXPECTED))
    assert (wrong.value, wrong.fill.fgColor.rgb, expected.value) == (7000, RED, 8000)
    light = sheet.cell(at["K7", "E2"], LIGHT + 1)
    assert (light.value, light.fill.fgColor.rgb[2:]) == ("绿灯", GOOD[1:])


def test_coverage_and_comparison(tmp_path: Path) -> None:
    roles = [put("contract_lines", clean_program.line(c, "K4"), responsibility="main") for c in ("C1", "C2")]
    book, _ = whole(tmp_path / "c.xlsx", *roles, put("units", 2, parent="U1"))
    cells = {cell.value: cell for row in book["覆盖情况"].iter_rows() for cell in row if cell.value is not None}
    assert [book["覆盖情况"].cell(5, column).value for column in (1, 2, 3)] == [3, 1, 0]
    nobody = book["覆盖情况"].cell(cells["旧指标"].row, 8)
    assert (nobody.value, nobody.fill.fgColor.rgb) == ("无人承接", RED)
    compared = {row[0]: row for row in book["横向比较"].iter_rows(min_row=6, values_only=True)}
    assert (compared["K4"][1], compared["K4"][3]) == ("客户满意度", "营销部、大客户组")


def test_a_large_tree_opens_at_its_top_levels(tmp_path: Path) -> None:
    many = [
        edit
        for i in range(300)
        for edit in (
            add("people", person=f"P{i}", name=f"P{i}", unit="U3", superior="E3"),
            add("contracts", contract=f"P{i}", holder=f"P{i}", issuer="E3"),
            add("contract_lines", contract=f"P{i}", kpi="K1", target=1.0),
        )
    ]
    book, _ = whole(tmp_path / "c.xlsx", *many)
    sheet = book["分解矩阵"]
    levels = {
        (min(each.outlineLevel or 0, 2), bool(each.hidden)) for row, each in sheet.row_dimensions.items() if row > 4
    }
    assert levels == {(0, False), (1, False), (2, True)}


def test_json_has_matrix_coverage_and_comparison(tmp_path: Path) -> None:
    source, out = tmp_path / "p.xlsx", tmp_path / "c.xlsx"
    wrong = put("contract_lines", clean_program.line("C2", "K1"), target=7000.0)
    write_program(source, clean_program.book(*HEAD, wrong), "zh", blank_rows=2)
    command = [sys.executable, "-m", "perfxl", "cascade", str(source), "-o", str(out), "--json"]
    told = json.loads(subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=120).stdout)
    row = next(each for each in told["matrix"] if (each["kpi"], each["person"]) == ("K1", "E3"))
    assert (row["depth"], row["kind"], row["mode"]) == (3, "person", "full")
    assert (row["target"], row["expected"], row["sheet"], row["cell"]) == (7000, 8000, "合同指标", "C17")
    assert next(each for each in told["problems"] if each["code"] == "R184")["cell"] == "H17"
    company = {each["kpi"]: each["carriers"] for each in told["coverage"]["company"]}
    assert company == {"K1": 2, "K4": 1, "K14": 0}
    assert [each["unit"] for each in told["comparison"] if each["kpi"] == "K14"] == ["U1"]


def test_the_manufacturer_end_to_end(tmp_path: Path) -> None:
    """Its workbook by the real command line: no problem, and the matrix of the slides with what follows from links."""
    source, out = tmp_path / "p.xlsx", tmp_path / "c.xlsx"
    write_program(source, clean_program.book_of(manufacturer.rows()), "zh", blank_rows=2)
    command = [sys.executable, "-m", "perfxl", "cascade", str(source), "-o", str(out), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=120)
    told = json.loads(done.stdout)
    assert (done.returncode, told["problems"]) == (0, [])
    columns = ("depth", "kpi", "person", "mode", "share", "target", "expected")
    assert [tuple(row[column] for column in columns) for row in told["matrix"]][1:7] == [
        (1, "K1", "E1", "measure", None, 200000, None),
        (2, "K1", "E2", "full", None, 200000, 200000),
        (3, "K1", "E7", "share", 4, 8000, 8000),
        (3, "K1", "E8", "share", 96, 192000, 192000),
        (2, "K7", "E4", "support", None, 1, None),
        (3, "K7", "E5", "full", None, 1, 1),
    ]
    assert [each["carriers"] for each in told["coverage"]["company"]] == [2, 1, 2]
    rows = outline(openpyxl.load_workbook(out))
    assert [(row[WHAT], row[TARGET], row[EXPECTED]) for row in rows[3:5]] == [
        ("销售收入", 8000, 8000),
        ("销售收入", 192000, 192000),
    ]

"""`perfxl import --into`: what a table says otherwise than the program it is added to is told, and never lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from perfxl.cli import main
from perfxl.core.problems import Problem, Severity
from perfxl.importing import import_files
from perfxl.program import Program, load
from perfxl.workbook.program.book import write_program
from tests.cli.test_import_command import standings
from tests.workbook.books import save

HEADER = ["指标名称", "单位", "权重", "目标值", "实际完成值", "评分标准"]
REVENUE, RATE = ["收入", "万元", 50, 100, 90, None], ["回款率", "%", 30, "90%", "85%", "每低1%扣2分"]
COMPLAINTS = ["投诉次数", "次", 20, 3, 4, None]


def book(path: Path, person: str, *lines: list[Any], unit: str = "一部", header: list[str] | None = None) -> Path:
    rows = [
        ["2026年度业绩合同"],
        [person, None, f"部门：{unit}"],
        header or HEADER,
        *(lines or (REVENUE, RATE, COMPLAINTS)),
    ]
    return save(path, {"合同": rows})


def imported(out: Path, *files: Path, into: Path | None = None) -> tuple[Program, list[Problem]]:
    """The program that the files make, read again, and what importing them told."""
    result = import_files(files, year=2026, into=into)
    write_program(out, result.tables, result.lang)
    return load(out)[0], result.problems


@pytest.fixture
def program(tmp_path: Path) -> Path:
    imported(tmp_path / "方案.xlsx", book(tmp_path / "甲.xlsx", "姓名：甲"))
    return tmp_path / "方案.xlsx"


def told(problems: list[Problem], *names: str) -> list[tuple[str, str, str | None]]:
    return [(each.code, each.name, each.address.cell) for each in problems if each.name in names]


def cards(program: Program) -> list[tuple[Any, ...]]:
    kpis = program.tables["kpis"]
    return list(zip(*(kpis.column(name) for name in ("kpi", "name", "method", "unit", "scoring_text")), strict=True))


def test_the_same_again_goes_by_the_programs_cards(program: Path, tmp_path: Path) -> None:
    result, problems = imported(tmp_path / "新.xlsx", book(tmp_path / "乙.xlsx", "姓名：乙"), into=program)
    assert [card[0] for card in cards(result)] == ["收入", "回款率", "投诉次数"]
    assert not told(problems, "library_scores_otherwise", "library_words_hold", "unit_added")
    assert standings(result)["乙"] == standings(result)["甲"]


def test_another_way_of_scoring_is_a_card_of_its_own(program: Path, tmp_path: Path) -> None:
    """The library scores complaints by ratio: 66.67; the table takes 10 off for each: 90."""
    lines = [
        ["收入", "元", 50, 1_000_000, 900_000, None],
        [*RATE[:5], "每低1%扣5分"],
        [*COMPLAINTS[:5], "每多1次扣10分"],
    ]
    result, problems = imported(tmp_path / "新.xlsx", book(tmp_path / "乙.xlsx", "姓名：乙", *lines), into=program)
    assert told(problems, "library_scores_otherwise") == [
        ("S286", "library_scores_otherwise", cell) for cell in ("A4", "A5", "A6")
    ]
    assert cards(result)[3:] == [
        ("收入 (乙)", "收入", "ratio", "元", None),
        ("回款率 (乙)", "回款率", "per_unit", "%", "每低1%扣5分"),
        ("投诉次数 (乙)", "投诉次数", "per_unit", "次", "每多1次扣10分"),
    ]
    assert standings(result)["乙"] == ("official", 0.5 * 90 + 0.3 * 75 + 0.2 * 90)
    # The next contract of the same person finds the cards that are there.
    again = save(
        tmp_path / "乙2027.xlsx", {"合同": [["2027年度业绩合同"], ["姓名：乙", None, "部门：一部"], HEADER, *lines]}
    )
    later, problems = imported(tmp_path / "再.xlsx", again, into=tmp_path / "新.xlsx")
    assert cards(later) == cards(result)
    assert not told(problems, "library_scores_otherwise")


def test_a_sentence_is_the_same_whatever_its_commas(program: Path, tmp_path: Path) -> None:
    lines = [REVENUE, [*RATE[:5], "每低 1% 扣 2 分。"], COMPLAINTS]
    result, problems = imported(tmp_path / "新.xlsx", book(tmp_path / "乙.xlsx", "姓名：乙", *lines), into=program)
    assert len(cards(result)) == 3 and not told(problems, "library_scores_otherwise")


def test_a_card_that_hr_corrected_holds_for_its_sentence(tmp_path: Path) -> None:
    """A sentence that is not understood leaves lines open, until HR gives its card a method."""
    lines = [REVENUE, [*RATE[:5], "由财务部酌情评定"], COMPLAINTS]
    first, _ = imported(tmp_path / "方案.xlsx", book(tmp_path / "甲.xlsx", "姓名：甲", *lines))
    assert cards(first)[1][2] == "marks"
    workbook = openpyxl.load_workbook(tmp_path / "方案.xlsx")
    sheet: Any = workbook["指标库"]
    columns = {cell.value: cell.column for cell in sheet[3]}
    sheet.cell(5, columns["计分方法"]).value = "比率法"
    workbook.save(tmp_path / "改好.xlsx")
    result, problems = imported(
        tmp_path / "新.xlsx", book(tmp_path / "乙.xlsx", "姓名：乙", *lines), into=tmp_path / "改好.xlsx"
    )
    assert len(cards(result)) == 3 and not told(problems, "library_scores_otherwise")


def test_what_the_library_says_in_other_words_holds_and_is_told(program: Path, tmp_path: Path) -> None:
    header = [*HEADER, "指标定义"]
    lines = [[*REVENUE, "含税"], [*RATE, None], [*COMPLAINTS, None]]
    path = book(tmp_path / "乙.xlsx", "姓名：乙", *lines, header=header)
    result, problems = imported(tmp_path / "新.xlsx", path, into=program)
    assert len(cards(result)) == 3
    assert told(problems, "library_words_hold") == [("S287", "library_words_hold", "A4")]


def test_a_name_of_two_cards_is_asked_about(program: Path, tmp_path: Path) -> None:
    workbook = openpyxl.load_workbook(program)
    sheet: Any = workbook["指标库"]
    columns = {cell.value: cell.column for cell in sheet[3]}
    for row, (kpi, method) in enumerate((("K1", "比率法"), ("K2", "达标法")), 7):
        for name, value in (("指标编号", kpi), ("指标名称", "利润"), ("计分方法", method), ("方向", "越大越好")):
            sheet.cell(row, columns[name]).value = value
    workbook.save(tmp_path / "两张卡.xlsx")
    path = book(tmp_path / "乙.xlsx", "姓名：乙", ["利润", None, 100, 10, 9, None])
    result, _ = imported(tmp_path / "新.xlsx", path, into=tmp_path / "两张卡.xlsx")
    assert standings(result)["乙"][0] == "undetermined"
    asked = [each for each in result.all_problems() if each.name == "name_of_several"]
    assert {each.value for each in asked} == {"利润"}


def test_a_contract_sheet_beside_a_library_goes_by_the_same_rule(tmp_path: Path) -> None:
    library = [
        ["指标编号", "指标名称", "指标类别", "指标性质", "计分方法", "方向"],
        ["K1", "投诉次数", "客户", "定量", "比率法", "越小越好"],
    ]
    sheet = [["姓名：乙"], [*HEADER[:5], "计分方法"], [*COMPLAINTS[:2], 100, *COMPLAINTS[3:5], "达标法"]]
    lone, _ = load(save(tmp_path / "a.xlsx", {"指标库": library, "合同表": sheet}))
    assert standings(lone)["乙"] == ("official", 0.0)
    assert told(lone.all_problems(), "library_scores_otherwise") == [("S286", "library_scores_otherwise", "A3")]


# Whose it is


@pytest.mark.parametrize("at_once", [False, True])
def test_an_id_with_somebody_elses_name_counts_for_nobody(at_once: bool, tmp_path: Path) -> None:
    rows = [["2027年度业绩合同"], ["工号：E5", None, "姓名：乙"], HEADER, REVENUE, RATE, COMPLAINTS]
    first = save(tmp_path / "甲.xlsx", {"合同": [["2026年度业绩合同"], ["工号：E5", None, "姓名：甲"], *rows[2:]]})
    second = save(tmp_path / "乙.xlsx", {"合同": rows})
    if at_once:
        result, problems = imported(tmp_path / "新.xlsx", first, second)
    else:
        imported(tmp_path / "方案.xlsx", first)
        result, problems = imported(tmp_path / "新.xlsx", second, into=tmp_path / "方案.xlsx")
    assert [
        (each.code, each.address.file, each.address.cell) for each in problems if each.severity is Severity.ERROR
    ] == [("S288", "乙.xlsx", "A4")]
    assert standings(result)["E5"][0] == "official"
    assert {name: standing for name, (standing, _) in standings(result).items() if name != "E5"} == {
        "E5 乙": "undetermined"
    }


def test_another_unit_of_somebody_who_is_there_is_the_contracts(program: Path, tmp_path: Path) -> None:
    rows = [["2027年度业绩合同"], ["姓名：甲", None, "部门：二部"], HEADER, REVENUE, RATE, COMPLAINTS]
    path = save(tmp_path / "甲2027.xlsx", {"合同": rows})
    result, problems = imported(tmp_path / "新.xlsx", path, into=program)
    assert result.tables["people"].column("unit") == ["一部"]
    assert result.tables["contracts"].column("unit") == [None, "二部"]
    assert told(problems, "person_in_other_unit", "unit_added") == [
        ("S289", "person_in_other_unit", "A4"),
        ("T175", "unit_added", "A4"),
    ]


def test_the_hidden_sheet_of_dropdowns_is_no_table(program: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["check", str(program)])
    assert "_lists" not in capsys.readouterr().out

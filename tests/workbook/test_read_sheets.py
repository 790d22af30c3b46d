"""Which table a sheet is, where its header stands, and what each header means."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from perfxl import sample
from perfxl.core.problems import Problem
from perfxl.core.schema import get, template_tables
from perfxl.tables.headers import find_header
from perfxl.workbook.program.book import write_program
from perfxl.workbook.reading.read import read_book, read_large_book
from tests.workbook.books import MAIN, PEOPLE, package, person, save, sheet_xml, text_row


def places(problems: list[Problem], *codes: str) -> list[tuple[str, str, str]]:
    """(code, sheet, cell) of the problems, or of those with the codes."""
    return [(p.code, p.address.sheet, p.address.cell) for p in problems if not codes or p.code in codes]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_empty_program_reads_back_clean(tmp_path: Path, lang: str) -> None:
    write_program(tmp_path / "a.xlsx", {}, lang)
    book, info, problems = read_book(tmp_path / "a.xlsx")
    assert list(book) == [table.name for table in template_tables()]
    assert problems == []
    assert info.lang == lang
    for sheet in info.sheets:
        unused = [column.header for column in sheet.columns if not column.column and not column.names]
        assert (sheet.table == "") == (sheet.sheet in {"目录", "Index", "_lists"})
        assert not (sheet.table and unused)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_full_program_reads_back_the_same(tmp_path: Path, lang: str) -> None:
    tables = sample.program(24, lang=lang)
    write_program(tmp_path / "a.xlsx", tables, lang)
    book, _, problems = read_book(tmp_path / "a.xlsx")
    assert problems == []
    for name, records in tables.items():
        if name != "policy":  # the workbook shows every setting, also those left at their default
            for column in records.table.columns:
                assert book[name].column(column.name) == records.column(column.name), (name, column.name)


@pytest.mark.parametrize(
    "name", ["人员", "2025年人员", "人员表", "1.人员", " 人 员 ", "花名册", "People", "STAFF", "人员 (2)", "人员_2025"]
)
def test_sheet_names(tmp_path: Path, name: str) -> None:
    book, info, problems = read_book(save(tmp_path / "a.xlsx", {name: [PEOPLE, person(1)]}))
    assert len(book["people"]) == 1
    assert places(problems) == []
    assert info.sheets[0].table == "people"


def test_an_unknown_name_is_read_by_its_headers(tmp_path: Path) -> None:
    book, _, problems = read_book(save(tmp_path / "a.xlsx", {"Sheet1": [PEOPLE, person(1)]}))
    assert book["people"].column("person") == ["E1"]
    assert places(problems) == [("S104", "Sheet1", "A1")]


def test_headers_in_any_order_with_titles_above_and_extra_columns(tmp_path: Path) -> None:
    headers = ["工号", "姓名", "部门", "职务", "入职日期", "工龄", "电话"]
    cells: list[Any] = ["E1", "张三", "U1", "经理", "2024-03-05", 7, "139"]
    rng = random.Random(5)
    for turn in range(10):
        order = rng.sample(range(7), 7)
        rows = [["公司人员名单"], [None] * 7, [headers[i] for i in order], [cells[i] for i in order]]
        path = save(tmp_path / f"{turn}.xlsx", {"人员": rows}, ["A1:G1"])
        book, info, problems = read_book(path)
        people = book["people"]
        assert {k: v for k, v in people.record(0).items() if v is not None} == {
            "person": "E1", "name": "张三", "unit": "U1", "post": "经理", "start": people.column("start")[0]
        }  # fmt: skip
        assert str(people.column("start")[0]) == "2024-03-05"
        assert people.extra == {"工龄": [7.0], "电话": ["139"]}
        assert info.sheets[0].header_row == 3
        assert places(problems, "S109") == [("S109", "人员", f"{chr(65 + min(order.index(5), order.index(6)))}3")]
        at = f"{chr(65 + order.index(1))}4"
        assert people.address(0, "name").cell == at


def test_spellings_of_headers(tmp_path: Path) -> None:
    headers = ["*指标名称", "权重（%）", "目标值\n(万元)", "实际 完成值：", "★类别", "【单位】"]
    book, info, _ = read_book(save(tmp_path / "a.xlsx", {"合同表": [headers, ["收入", 20, 5, 6, "财务", "万元"]]}))
    taken = [column.column for column in info.sheets[0].columns]
    assert taken[:5] == ["kpi", "weight", "target", "actual", "category"]
    assert book["contract_sheet"].column("weight") == [20.0]


def test_english_headers(tmp_path: Path) -> None:
    rows = [["employee id", "NAME", "Unit", "Post"], ["E1", "Ann", "U1", "Manager"]]
    book, info, _ = read_book(save(tmp_path / "a.xlsx", {"People": rows}))
    assert book["people"].record(0)["name"] == "Ann"
    assert info.lang == "en"
    assert read_book(tmp_path / "a.xlsx", "zh")[1].lang == "zh"


def test_a_header_over_two_rows(tmp_path: Path) -> None:
    rows = [
        ["2025年业绩合同"],
        ["指标名称", "权重", "目标", None, None, "实际完成值"],
        [None, "(%)", "门槛值", "目标值", "挑战值", None],
        ["收入", 60, 70, 80, 90, 85],
        ["满意度", 40, 0.7, 0.8, 0.9, 0.85],
    ]
    merges = ["A1:F1", "A2:A3", "C2:E2", "F2:F3"]
    book, info, _ = read_book(save(tmp_path / "a.xlsx", {"合同": rows}, merges))
    sheet = book["contract_sheet"]
    assert [sheet.record(0)[name] for name in ("kpi", "weight", "threshold", "target", "challenge", "actual")] == [
        "收入", 60.0, 70.0, 80.0, 90.0, 85.0
    ]  # fmt: skip
    assert list(sheet.rows) == [4, 5]
    assert info.sheets[0].header_row == 2


def test_a_merged_title_is_no_second_header_row(tmp_path: Path) -> None:
    rows = [["张三2025年度业绩合同"], ["指标名称", "权重", "目标值"], ["收入", 60, 70]]
    book, info, _ = read_book(save(tmp_path / "a.xlsx", {"Sheet1": rows}, ["A1:C1"]))
    assert info.sheets[0].header_row == 2
    assert book["contract_sheet"].column("period") == ["2025"]


def test_the_same_header_twice(tmp_path: Path) -> None:
    rows = [[*PEOPLE, "姓名"], [*person(1), "别名"]]
    book, _, problems = read_book(save(tmp_path / "a.xlsx", {"人员": rows}))
    assert book["people"].column("name") == ["张三1"]
    assert book["people"].extra == {"姓名": ["别名"]}
    assert places(problems) == [("S107", "人员", "E1")]


def test_two_headers_for_one_column(tmp_path: Path) -> None:
    """部门 and 部门编号 may both be the unit's ID: the more specific one is."""
    rows = [["工号", "姓名", "部门编号", "所属单位", "岗位"], ["E1", "张三", "D1", "市场部", "经理"]]
    book, _, problems = read_book(save(tmp_path / "a.xlsx", {"人员": rows}))
    assert book["people"].column("unit") == ["市场部"]
    assert book["people"].extra == {"部门编号": ["D1"]}
    assert places(problems, "S108") == [("S108", "人员", "C1")]


def test_a_misspelt_header(tmp_path: Path) -> None:
    rows = [["工号", "姓名", "所属单位", "岗位", "直接上极"], [*person(1), "E0"]]
    book, _, problems = read_book(save(tmp_path / "a.xlsx", {"人员": rows}))
    assert places(problems) == [("S110", "人员", "E1")]
    assert "直接上级" in problems[0].message()
    assert book["people"].extra == {"直接上极": ["E0"]}


def test_missing_columns_and_headers(tmp_path: Path) -> None:
    rows = [["工号", "姓名", "岗位"], ["E1", "张三", "经理"]]
    path = save(tmp_path / "a.xlsx", {"人员": rows, "组织": [["市场部"], ["财务部"]], "草稿": [["随便"]]})
    book, info, problems = read_book(path)
    assert list(book) == ["people"]
    assert places(problems) == [("S106", "人员", "A1"), ("S105", "组织", ""), ("S103", "草稿", "")]
    assert [bool(sheet.why.zh) for sheet in info.sheets] == [False, True, True]


def test_nothing_that_perfxl_knows(tmp_path: Path) -> None:
    _, _, problems = read_book(save(tmp_path / "a.xlsx", {"草稿": [["随便", "什么"], [1, 2]]}))
    assert places(problems, "S101") == [("S101", "", "")]


def test_a_table_on_several_sheets(tmp_path: Path) -> None:
    reordered = [["姓名", "工号", "岗位", "所属单位", "电话"], ["李四", "E9", "主管", "U2", 5]]
    path = save(tmp_path / "a.xlsx", {"人员": [PEOPLE, person(1), person(2)], "人员2024": reordered})
    book, _, problems = read_book(path)
    people = book["people"]
    assert people.column("person") == ["E1", "E2", "E9"]
    assert [people.address(i, "name").sheet + people.address(i, "name").cell for i in range(3)] == [
        "人员B2", "人员B3", "人员2024A2"
    ]  # fmt: skip
    assert people.extra == {"电话": [None, None, 5.0]}
    assert ("S119", "人员2024", "B2") in places(problems)


def test_hidden_sheets_and_rows_are_read_and_mentioned(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    workbook = xlsxwriter.Workbook(path)
    shown, hidden = workbook.add_worksheet("人员"), workbook.add_worksheet("组织")
    for i, row in enumerate([PEOPLE, person(1), person(2)]):
        shown.write_row(i, 0, row)
    shown.set_row(2, None, None, {"hidden": True})
    hidden.write_row(0, 0, ["单位编号", "单位名称"])
    hidden.write_row(1, 0, ["U1", "市场部"])
    hidden.hide()
    workbook.close()
    book, info, problems = read_book(path)
    assert len(book["people"]) == 2
    assert len(book["units"]) == 1
    assert places(problems) == [("S116", "人员", "A3"), ("S115", "组织", "A1")]
    assert [sheet.hidden for sheet in info.sheets] == [False, True]


def _cells(*cells: tuple[str, str]) -> str:
    """Cells with the attributes as given."""
    return "".join(f"<c {attributes}><v>{text}</v></c>" for attributes, text in cells)


_UNREFERENCED = (
    "<row>" + _cells(*((' t="str"', text) for text in PEOPLE)) + '</row><row r="5">'
    + _cells(('t="str"', "E1"), ('r="C5" t="str"', "U1"), ('t="e"', "#DIV/0!")) + "</row>"
)  # fmt: skip
_REORDERED = (
    "<row r='1'>" + _cells(*((f"t='str'\n r = '{at}1'", text) for at, text in zip("ABCD", PEOPLE, strict=True)))
    + "</row><row ht='9' r='5'>"
    + _cells(("t='str' r='A5'", "E1"), ("t='str' r='c5'", "U1"), ("t='e' r='D5'", "#DIV/0!")) + "</row>"
)  # fmt: skip


@pytest.mark.parametrize("rows", [_UNREFERENCED, _REORDERED])
def test_cells_without_or_with_unusual_references(tmp_path: Path, rows: str) -> None:
    book, _, problems = read_book(package(tmp_path / "a.xlsx", sheet_xml(rows)))
    assert book["people"].record(0)["unit"] == "U1"
    assert places(problems) == [("V132", "人员", "B5"), ("V104", "人员", "D5")]


def test_prefixed_sheets(tmp_path: Path) -> None:
    xml = sheet_xml(
        text_row(1, *PEOPLE) + text_row(2, *person(1)).replace("</row>", '<c r="E2" t="e"><v>#N/A</v></c></row>')
    )
    for tag in ("worksheet", "sheetData", "row", "c", "v", "is", "t"):
        xml = (
            xml.replace(f"<{tag}>", f"<x:{tag}>").replace(f"<{tag} ", f"<x:{tag} ").replace(f"</{tag}>", f"</x:{tag}>")
        )
    book, _, _ = read_book(package(tmp_path / "a.xlsx", xml.replace(f'xmlns="{MAIN}"', f'xmlns:x="{MAIN}"')))
    assert book["people"].column("name") == ["张三1"]
    assert book["people"].extra == {"E": ["#N/A"]}


def test_a_hidden_sheet_that_is_no_table_is_named_too(tmp_path: Path) -> None:
    """What somebody hid may be what they take for read."""
    workbook = xlsxwriter.Workbook(tmp_path / "a.xlsx")
    workbook.add_worksheet("人员").write_row(0, 0, PEOPLE)
    hidden = workbook.add_worksheet("旧表")
    hidden.write_row(0, 0, ["甲", 1, 2])
    hidden.very_hidden()
    workbook.close()
    _, _, problems = read_book(tmp_path / "a.xlsx")
    assert ("S103", "旧表", "") in places(problems)


ACTUALS = ["工号", "指标编号", "期间", "实际完成值"]
LINES = ["姓名", "指标", "权重", "目标值", "实际完成值"]
STAFF = ["工号", "姓名", "部门"]


@pytest.mark.parametrize(
    ("title", "header", "row", "above"),
    [
        ("实绩", ACTUALS, ["E1", "K1", "2025", 90], ["E2", "K1", "2025", 80]),
        ("张三", LINES, ["张三", "收入", 60, 100, 90], ["张三", "利润", 40, 50, 45]),
        ("人员", STAFF, ["E1", "张三", "D1"], ["E2", "李四", "D1"]),
    ],
)
@pytest.mark.parametrize("read", [read_book, read_large_book])
def test_rows_above_a_header_are_named(
    read: Any, title: str, header: list[Any], row: list[Any], above: list[Any], tmp_path: Path
) -> None:
    """As somebody leaves it who sorts a table together with its header."""
    path = save(tmp_path / "a.xlsx", {title: [["2025 年度"], above, above, header, row]})
    assert places(read(path)[2], "S141") == [("S141", title, "A2")]


@pytest.mark.parametrize(
    "above",
    [
        ["2025年度实绩"],
        ["姓名", "张三", "考核期", "2025"],
        ["Employee no.", "KPI no.", "Period", "Actual"],
        ["填表人", "王五", "日期", "2025-01-01"],
        [None, None, "合计", 90],
    ],
)
def test_titles_and_headers_above_a_header_are_no_rows(above: list[Any], tmp_path: Path) -> None:
    path = save(tmp_path / "a.xlsx", {"实绩": [above, ACTUALS, ["E1", "K1", "2025", 90]]})
    assert not places(read_book(path)[2], "S141")


def test_a_header_above_a_longer_row() -> None:
    """Rows of a function's range need not be of one length."""
    header = find_header(get("kpis"), [["指标编号", "指标名称"], ["K1", "收入", "比率法"]], [])
    assert header is not None and header.columns == {0: "kpi", 1: "name"}

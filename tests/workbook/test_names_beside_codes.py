"""Names beside codes: grey columns that formulas fill, never read as data; what somebody typed there is named."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from perfxl import sample
from perfxl.core.records import Records, from_rows
from perfxl.core.schema import all_tables, get
from perfxl.core.schema.beside import names_beside, with_grey
from perfxl.tables.headers import bare, meanings
from perfxl.workbook.program import names
from perfxl.workbook.program.adding import write_with_rows
from perfxl.workbook.program.book import write_program
from perfxl.workbook.program.layout import place_of
from perfxl.workbook.reading.read import read_book, read_large_book
from tests.workbook.books import save
from tests.workbook.office import convert, needs_libreoffice

LANGUAGES = ("zh", "en")
TABLES = {
    "units": from_rows("units", [{"unit": "U1", "name": "公司", "head": "P1"}]),
    "people": from_rows(
        "people", [{"person": "P1", "name": "张三", "unit": "U1"}, {"person": "P*", "name": "王五", "unit": "U1"}]
    ),
    "kpis": from_rows("kpis", [{"kpi": "K1", "name": "收入"}, {"kpi": "1001", "name": "回款"}]),
    "contracts": from_rows("contracts", [{"contract": "C1", "holder": "P*", "issuer": "P1"}]),
    "contract_lines": from_rows("contract_lines", [{"contract": "C1", "kpi": k} for k in ("K1", "1001", "K9", None)]),
}
Book = dict[str, list[list[Any]]]
BOOK: Book = {
    "人员": [["工号", "姓名", "所属单位", "岗位"], ["P1", "张三", "U1", "经理"], ["P2", "李四", "U1", "员工"]],
    "指标库": [["指标编号", "指标名称", "指标类别", "指标性质", "计分方法"], ["K1", "收入", "财务", "定量", "比率法"]],
    "实绩": [
        ["工号", "姓名", "指标编号", "指标名称", "期间", "实际完成值", "我的备注"],
        ["P1", "张三", "K1", "收入", "2026", 90, "好"],
        ["李四", "P2", "K1", " 收 入", "2026", 80, ""],
        ["P1", "李四", "K1", "", "2025", 90, ""],
        ["", "李四", "K1", "收入", "2025", 80, ""],
        ["P9", "谁", "K1", "收入", "2025", 80, ""],
    ],
}


def fields(tables: dict[str, Records], table: str, *columns: str) -> list[list[Any]]:
    return [tables[table].column(column) for column in columns]


@pytest.mark.parametrize("read", [read_book, read_large_book])
def test_names_beside_codes_are_no_data_and_other_names_are_named(tmp_path: Path, read: Any) -> None:
    tables, info, problems = read(save(tmp_path / "a.xlsx", BOOK))
    assert fields(tables, "actuals", "holder", "value") == [["P1", "P2", "P1", None, "P9"], [90, 80, 90, 80, 80]]
    assert tables["actuals"].extra == {"我的备注": ["好", None, None, None, None]}
    found = {(p.code, p.address.cell): p for p in problems if p.code in ("C295", "C296", "S109", "S110")}
    assert set(found) == {("C295", "B4"), ("S109", "G1")}
    assert found["C295", "B4"].details["count"] == 2  # and the one beside no code
    assert {each.header: each.names for each in info.sheets[-1].columns if each.names} == {
        "姓名": "holder",
        "指标名称": "kpi",
    }


def test_a_name_beside_a_blank_code_is_named(tmp_path: Path) -> None:
    book: Book = {**BOOK, "实绩": [BOOK["实绩"][0], ["", "李四", "K1", "收入", "2026", 80, ""]]}
    problems = read_book(save(tmp_path / "a.xlsx", book))[2]
    assert ("C296", "B2") in {(p.code, p.address.cell) for p in problems}


def test_a_column_of_names_alone_holds_codes_as_before(tmp_path: Path) -> None:
    book: Book = {**BOOK, "目标进度": [["合同编号", "受约人姓名", "期间", "目标值"], ["C1", "张三", "2026Q1", 1]]}
    tables = read_book(save(tmp_path / "a.xlsx", book))[0]
    assert tables["phasing"].extra == {}
    book["目标进度"][0][1] = "姓 名"
    assert read_book(save(tmp_path / "b.xlsx", book))[0]["phasing"].extra == {"姓 名": ["张三"]}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_header_of_names_is_one_of_the_tables_own(lang: str) -> None:
    for table in all_tables().values():
        headers = [bare(column.header(lang)) for column in names_beside(table).values()]
        assert len(set(headers)) == len(headers)
        assert not set(headers) & meanings(table.name).keys(), table.name


def test_names_stand_beside_the_codes_of_a_program(tmp_path: Path) -> None:
    write_program(tmp_path / "a.xlsx", TABLES)
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx", data_only=True)["合同指标"]
    shown = [[cell.value or "" for cell in row] for row in sheet["A4:D8"]]
    assert shown == [
        ["C1", "王五", "K1", "收入"],
        ["C1", "王五", "1001", "回款"],
        ["C1", "王五", "K9", ""],
        ["C1", "王五", "", ""],
        ["", "", "", ""],
    ]
    read, _, problems = read_book(tmp_path / "a.xlsx")
    assert {p.code for p in problems} <= {"C241", "V109", "V132"}  # what this program leaves blank
    assert read["contract_lines"].extra == {}
    assert fields(read, "contract_lines", "contract", "kpi") == fields(TABLES, "contract_lines", "contract", "kpi")


def test_formulas_without_results_are_no_data(tmp_path: Path) -> None:
    """As openpyxl saves them: nobody has calculated them yet."""
    write_program(tmp_path / "a.xlsx", sample.program(12, 3))
    openpyxl.load_workbook(tmp_path / "a.xlsx").save(tmp_path / "b.xlsx")
    (whole, _, clean), (bare_, _, problems) = (read_book(tmp_path / name) for name in ("a.xlsx", "b.xlsx"))
    assert (clean, problems) == ([], [])
    assert {name: records.columns for name, records in bare_.items()} == {n: r.columns for n, r in whole.items()}
    assert not any(records.extra for records in bare_.values())


def test_a_very_long_table_has_no_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("perfxl.workbook.program.table_sheet.MOST_ROWS", 3)
    write_program(tmp_path / "a.xlsx", TABLES)
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert [cell.value for cell in book["合同指标"]["3:3"]][:3] == ["合同编号", "指标编号", "方面"]
    assert book["合同"]["C3"].value == "受约人姓名"
    assert names.MOST_ROWS == 20_000


def test_places_count_the_names() -> None:
    table = get("contract_lines")
    assert [place_of(table, column.name) for column in table.columns][:3] == [0, 2, 4]
    assert len(with_grey(table)) == len(table.columns) + 2


def test_names_stand_beside_generated_rows(tmp_path: Path) -> None:
    """Of perfxl's own workbook by its formulas, of one of HR's own as text."""
    new = from_rows("contract_lines", [{"contract": "C1", "kpi": "K1", "weight": 10.0}])
    write_program(tmp_path / "a.xlsx", TABLES)
    own: Book = {
        "人员": [["工号", "姓名", "所属单位", "岗位"], ["P*", "王五", "U1", "经理"]],
        "指标库": BOOK["指标库"],
        "合同": [
            ["合同编号", "受约人", "发约人", "生效日期", "截止日期"],
            ["C1", "P*", "P*", "2026-01-01", "2026-12-31"],
        ],
        "合同指标": [["合同编号", "指标编号", "指标名称", "权重", "目标值"], ["C1", "K1", "收入", 60, 100]],
    }
    save(tmp_path / "b.xlsx", own)
    for name, cells, formulas in (
        ("a.xlsx", "A8:D8", ["C1", "=px_n_contract_lines_contract", "K1", "=px_n_contract_lines_kpi"]),
        ("b.xlsx", "A3:C3", ["C1", "K1", "收入"]),
    ):
        tables, info, _ = read_book(tmp_path / name)
        failed = write_with_rows(tmp_path / name, tmp_path / f"out-{name}", tables, {"contract_lines": new}, info, "zh")
        assert failed == []
        sheets = [openpyxl.load_workbook(tmp_path / f"out-{name}", data_only=d)["合同指标"] for d in (False, True)]
        assert [cell.value for cell in sheets[0][cells][0]] == formulas
        assert [cell.value for cell in sheets[1][cells][0]][-1] == "收入"
        assert len(read_book(tmp_path / f"out-{name}")[0]["contract_lines"]) == len(tables["contract_lines"]) + 1


@needs_libreoffice
def test_the_formulas_give_what_was_written(tmp_path: Path) -> None:
    """Without stored results LibreOffice has to calculate: numbers for texts and a * in a code included."""
    write_program(tmp_path / "a.xlsx", TABLES)
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    book["合同指标"]["C5"] = 1001
    (tmp_path / "out").mkdir()
    book.save(tmp_path / "b.xlsx")
    made = convert(tmp_path / "b.xlsx", tmp_path / "out", "xlsx")
    shown = openpyxl.load_workbook(made, data_only=True)["合同指标"]
    assert [[cell.value or "" for cell in row] for row in shown["B4:D8"]] == [
        ["王五", "K1", "收入"],
        ["王五", 1001, "回款"],
        ["王五", "K9", ""],
        ["王五", "", ""],
        ["", "", ""],
    ]
    shutil.rmtree(tmp_path / "out")

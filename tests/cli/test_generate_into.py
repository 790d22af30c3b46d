"""Where `cascade --into` puts rows: tables over several sheets, full sheets, sheets and columns that are missing, KPIs
without a target."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from perfxl.cli import main
from perfxl.program import load
from tests.cli.test_generate_command import fill
from tests.cli.test_generate_command import typed as typed  # the fixture


def generate_into(
    typed: Path, book: openpyxl.Workbook, capsys: pytest.CaptureFixture[str]
) -> tuple[Path, dict[str, Any]]:
    """The new program and what `--json` tells."""
    book.save(typed)
    new = typed.parent / "new.xlsx"
    capsys.readouterr()
    main(["cascade", str(typed), "-o", str(typed.parent / "c.xlsx"), "--into", str(new), "--json"])
    return new, json.loads(capsys.readouterr().out)


def codes(told: dict[str, Any]) -> dict[str, str]:
    return {each["code"]: each["cell"] for each in told["problems"]}


def test_a_table_over_two_sheets_grows_on_the_last(typed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = openpyxl.load_workbook(typed)
    second = book.create_sheet("合同指标 (2)")
    for at, cell in enumerate(book["合同指标"][3], 1):
        second.cell(1, at).value = cell.value
    new, told = generate_into(typed, book, capsys)
    written = openpyxl.load_workbook(new)
    assert [written["合同指标"]["A4"].value, written["合同指标 (2)"]["A2"].value is None] == [None, False]
    assert len(load(new)[0].tables["contract_lines"]) == told["generated"]["contract_lines"] > 30


def test_a_full_sheet_makes_a_new_workbook_that_says_what_it_lacks(
    typed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = openpyxl.load_workbook(typed)
    fill(book, "合同", ["合同编号", "受约人", "发约人"], [("H1", "周杰", "李强")])
    book["合同"]["A1048570"].value = "H2"
    new, told = generate_into(typed, book, capsys)
    assert "C239" in codes(told)
    assert "我的备忘" in next(each["message"] for each in told["problems"] if each["code"] == "C239")
    contracts = load(new)[0].tables["contracts"]
    assert contracts.column("contract")[:2] == ["H1", "H2"] and len(contracts) == 2 + told["generated"]["contracts"]


def test_a_missing_sheet_makes_a_new_workbook(typed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = openpyxl.load_workbook(typed)
    del book["合同指标"]
    new, told = generate_into(typed, book, capsys)
    assert "C239" in codes(told)
    tables = load(new)[0].tables
    assert {name: len(tables[name]) for name in told["generated"]} == told["generated"]


def test_a_column_that_is_missing_is_named_with_its_count(typed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = openpyxl.load_workbook(typed)
    sheet = book["合同指标"]
    at = next(cell.column for cell in sheet[3] if cell.value == "目标值")
    sheet.tables.clear()
    sheet.cell(3, at).value = "备用"
    new, told = generate_into(typed, book, capsys)
    said = [each for each in told["problems"] if each["code"] == "C240"]
    assert [(each["sheet"], each["cell"]) for each in said] == [("合同指标", "A3")]
    assert set(load(new)[0].tables["contract_lines"].column("target")) == {None}


def test_kpis_that_raters_mark_have_lines_without_targets(typed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = openpyxl.load_workbook(typed)
    fill(book, "指标库", ["指标名称", "计分方法"], [(None, None)] * 6 + [("团队协作", "评分法")])
    fill(book, "岗位指标", ["岗位", "指标编号"], [(None, None)] * 25 + [("班组长", "团队协作")])
    new, told = generate_into(typed, book, capsys)
    lines = load(new)[0].tables["contract_lines"]
    marked = [i for i, kpi in enumerate(lines.column("kpi")) if kpi == "团队协作"]
    assert [lines.column("target")[i] for i in marked] == [None, None]
    assert [each for each in told["problems"] if each["severity"] == "error"] == []
    assert "团队协作" not in load(new)[0].tables["actuals"].column("kpi")


def test_problems_at_new_rows_name_the_cells_where_they_were_put(
    typed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Grey columns stand between, and rows that were there above."""
    book = openpyxl.load_workbook(typed)
    fill(book, "合同", ["合同编号", "受约人", "发约人"], [("H1", "周杰", "李强")])
    new, told = generate_into(typed, book, capsys)
    at_new = {(p["code"], p["sheet"], p["cell"]) for p in told["problems"] if p["file"] == new.name and p["cell"]}
    assert at_new
    main(["check", str(new), "--json"])
    assert at_new <= {(p["code"], p["sheet"], p["cell"]) for p in json.loads(capsys.readouterr().out)["problems"]}


def test_what_is_wrong_with_the_new_program_is_told_when_it_is_made(
    typed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A post of too few KPIs cannot have legal weights: that is said at the post, and whatever `check` says of the new
    program with it."""
    book = openpyxl.load_workbook(typed)
    sheet = book["岗位指标"]
    posts = [(row, sheet.cell(row, 1).value) for row in range(4, 40)]
    few = [row for row, post in posts if post == "班组长"]
    for row in few[3:]:
        for column in range(1, 14):
            sheet.cell(row, column).value = None
    new, told = generate_into(typed, book, capsys)
    at_posts = [each for each in told["problems"] if each["code"] == "C306"]
    assert [(each["severity"], each["sheet"], each["cell"]) for each in at_posts] == [
        ("error", "岗位指标", f"A{few[0]}")
    ]
    assert "班组长" in at_posts[0]["message"] and "2 人" in at_posts[0]["message"]
    assert main(["check", str(new), "--json"]) == 1
    checked = json.loads(capsys.readouterr().out)["problems"]
    errors = {(p["code"], p["sheet"], p["cell"]) for p in checked if p["severity"] == "error"}
    assert errors and errors <= {(p["code"], p["sheet"], p["cell"]) for p in told["problems"]}

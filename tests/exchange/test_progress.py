"""The workbook that says how far a collection is; what is read from the written copy is what was given."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.workbook import Workbook

from perfxl.exchange.changes import Merged
from perfxl.exchange.collect import Collection, collect, write_collected
from perfxl.exchange.send import Order, distribute
from perfxl.program import load
from perfxl.workbook.program.book import write_program
from tests.core.test_requests import QUARTER
from tests.core.test_requests import program as tables_of
from tests.exchange.test_collect import Company
from tests.exchange.test_collect_merge import ACTUALS, columns
from tests.exchange.test_distribute import named


@pytest.fixture
def company(tmp_path: Path) -> Company:
    return Company(tmp_path)


def run(company: Company, *more: str) -> Workbook:
    """Collects by the command line; the progress workbook."""
    out = company.folder / "结果.xlsx"
    command = [sys.executable, "-m", "perfxl", "collect", str(company.path), str(company.back), "-o", str(out)]
    done = subprocess.run([*command, "--sent", str(company.folder / "out"), "--json", *more], capture_output=True)
    report = Path(json.loads(done.stdout)["report"])
    assert done.returncode == 1, "a wrong answer is an error"
    return openpyxl.load_workbook(report)


def rows(book: Workbook, title: str, header: str) -> list[tuple[Any, ...]]:
    """The rows of a list, below the header that begins with a word."""
    found: list[tuple[Any, ...]] = [tuple(cell.value for cell in row) for row in book[title].iter_rows()]
    return found[next(i for i, row in enumerate(found) if row[0] == header) + 1 :]


def test_it_says_who_is_missing_what_changed_and_what_is_wrong(company: Company) -> None:
    company.answer(0, ("S000", 55), ("S003", "九十"))
    book = run(company)
    assert book.sheetnames == ["进度", "按单位", "按指标", "改动", "新增行", "分歧", "问题", "催报名单"]
    people = rows(book, "进度", "填报人")
    assert [row[:5] for row in people] == [
        ("经理1号", "销售部", "未发回", 4, 0),
        ("经理2号", "销售部", "未发回", 4, 0),
        ("经理0号", "销售部", "未填完", 4, 1),
    ]
    assert rows(book, "按单位", "单位")[0][:3] == ("销售部", "=SUMIF('进度'!$B$8:$B$10,$A5,'进度'!$D$8:$D$10)",
                                               "=SUMIF('进度'!$B$8:$B$10,$A5,'进度'!$E$8:$E$10)")  # fmt: skip
    assert {row[0]: row[2:4] for row in rows(book, "按指标", "指标编码")}["K1"] == (12, 1)
    added = rows(book, "新增行", "表")
    assert [row[4:] for row in added] == [("M0_经理0号_销售部.xlsx", "实绩填报", "H5")]
    problems = rows(book, "问题", "级别")
    assert ("V116", "M0_经理0号_销售部.xlsx", "实绩填报", "H6") in [row[1:5] for row in problems]
    assert [(row[0], row[4], row[5]) for row in rows(book, "催报名单", "填报人")] == [
        ("经理1号", 4, "实绩填报 4 行"),
        ("经理2号", 4, "实绩填报 4 行"),
        ("经理0号", 3, "实绩填报 3 行"),
    ]


def test_a_change_leads_to_its_cell_in_the_program_and_in_the_file(company: Company) -> None:
    company.answer(0, ("S000", 55))
    company.written().rename(company.path)
    company.answer(0, ("S000", 57), ("S003", "九十"))
    book = run(company, "--report", str(company.folder / "进度.xlsx"))
    (row,) = [row for row in book["改动"].iter_rows() if row[0].value == "实绩"]
    assert [cell.value for cell in row[4:7]] == [55, 57, "经理0号"]
    links = [link for at in (3, 8) if (link := row[at].hyperlink)]
    assert [(str(link.target).replace("\\", "/"), link.location) for link in links] == [
        ("结果.xlsx", "'实绩'!F4"),
        ("back/M0_经理0号_销售部.xlsx", "'实绩填报'!H5"),
    ]


def test_without_a_record_the_changes_are_still_listed(company: Company) -> None:
    company.answer(0, ("S000", 55), ("S003", "九十"))
    for path in (company.folder / "out" / "_下发记录").iterdir():
        path.unlink()
    book = run(company)
    assert "没有找到下发记录" in str(book["进度"]["A3"].value)
    assert len(rows(book, "新增行", "表")) == 1


@pytest.mark.parametrize("rule", ["stop", "latest"])
def test_answers_that_disagree_stand_side_by_side(company: Company, rule: str) -> None:
    for value, name, at in ((55, "v1.xlsx", 1000), (66, "v2.xlsx", 2000), (55, "v0.xlsx", 500)):
        company.answer(0, ("S000", value), ("S003", "九十"))
        (company.back / company.sent.files[0].path).rename(company.back / name)
        os.utime(company.back / name, (at, at))
    book = run(company, "--conflict", rule)
    told = rows(book, "分歧", "表")
    assert [(row[1], row[3], row[4], row[8]) for row in told] == [
        ("员工000号 · 收入 · 2026Q1", None, 55, "v0.xlsx"),
        ("员工000号 · 收入 · 2026Q1", None, 55, "v1.xlsx"),
        ("员工000号 · 收入 · 2026Q1", None, 66, "v2.xlsx"),
    ]
    assert [row[5] for row in told] == ["没有采用", "没有采用", "采用" if rule == "latest" else "没有采用"]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    before=st.sampled_from([None, (0.8, "0%"), (0.805, "0.0%"), (80, "General")]),
    given=st.sampled_from(
        [(95, "General"), (0.95, "0%"), (0.955, "0.0%"), (0.95, "General"), ("95%", "@"), (1, "0.00")]
    ),
)
def test_the_written_copy_is_read_as_what_was_merged(
    before: tuple[Any, str] | None, given: tuple[Any, str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A plain 95 in a cell of percentages is not 9500%, nor 95% in a cell of numbers 0.95."""
    folder = tmp_path_factory.mktemp("percent")
    merged, path = _collected(folder, before, given)
    read = load(path)[0].tables["actuals"]
    of_memory = merged.tables["actuals"]
    for name in ("holder", "kpi", "period", "value"):
        assert read.column(name) == of_memory.column(name)
    assert read.percent.get("value", set()) == of_memory.percent.get("value", set())


def _collected(folder: Path, before: tuple[Any, str] | None, given: tuple[Any, str]) -> tuple[Merged, Path]:
    tables = dict(named())
    kpis = tables["kpis"]
    kpis.columns["unit"] = ["%"] * len(kpis)
    if before:
        actual = {"holder": "S000", "kpi": "K1", "period": "2026Q1", "value": 0.5}
        tables["actuals"] = tables_of(actuals=[actual])["actuals"]
    path = folder / "方案.xlsx"
    write_program(path, tables, "zh")
    if before:
        book = openpyxl.load_workbook(path)
        cell = book["实绩"]["F4"]
        assert cell.value == 0.5
        cell.value, cell.number_format = before
        book.save(path)
    program = load(path)[0]
    sent, _ = distribute(program, folder / "out", Order(jobs=("actuals",), within=QUARTER))
    (folder / "back").mkdir()
    book = openpyxl.load_workbook(folder / "out" / sent.files[0].path)
    sheet = book[ACTUALS]
    at = columns(sheet)
    row = next(r for r in range(1, sheet.max_row + 1) if sheet.cell(r, at["工号"]).value == "S000")
    cell = sheet.cell(row, at["实际完成值"])
    cell.value, cell.number_format = given
    book.save(folder / "back" / "a.xlsx")
    collected = collect(program, Collection((folder / "back",), (folder / "out",)))
    out = folder / "结果.xlsx"
    assert not write_collected(collected, path, out)
    return collected.merged, out


def test_rows_of_long_texts_are_as_high_as_these(company: Company) -> None:
    """LibreOffice showed two lines in the height of one, over the row above."""
    company.answer(0, ("S000", 55), ("S000", "很长的依据" * 20, "实绩填报", "依据"), ("S003", "九十"))
    book = run(company)
    (row,) = [row for row in book["新增行"].iter_rows() if row[0].value == "实绩"]
    assert "很长的依据" in str(row[1].value)
    assert (book["新增行"].row_dimensions[row[0].row or 0].height or 0) > 2 * 13

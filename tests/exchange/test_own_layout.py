"""Returns that are no file of perfxl's: the same figures in a table of somebody's own, by person, KPI and period."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from perfxl.exchange.changes import Merged
from perfxl.exchange.merging import merge_returned
from perfxl.exchange.returned import read_returned
from tests.exchange.test_collect_merge import Mail, put
from tests.exchange.test_distribute import program

LONG = ("工号", "姓名", "指标", "期间", "实际完成值")


@pytest.fixture
def mail(tmp_path: Path) -> Mail:
    return Mail(tmp_path)


def table(path: Path, *rows: tuple[Any, ...]) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    book.save(path)
    return path


def collected(mail: Mail, with_record: bool = True) -> Merged:
    files = [read_returned(path) for path in sorted(mail.back.iterdir())]
    return merge_returned(program().tables, files, mail.record if with_record else None)


def told(merged: Merged) -> list[tuple[str, str]]:
    return [
        (each.code, each.address.cell) for each in merged.problems if each.code not in ("T123", "T142", "T131", "S114")
    ]


def taken(merged: Merged) -> list[tuple[Any, ...]]:
    return [
        (r.values["holder"], r.values["kpi"], r.values["period"], r.values["value"], r.source.cell)
        for r in merged.added
    ]


def test_figures_are_matched_by_person_kpi_and_period(mail: Mail) -> None:
    table(
        mail.back / "一季度完成情况.xlsx",
        ("一季度指标完成情况",),
        LONG,
        ("S000", "员工000号", "收入", "2026Q1", 55),
        ("S003", "员工003号", "收入", "2026年一季度", 66.5),
        ("S001", "员工001号", "K1", "2026Q1", 7),
    )
    merged = collected(mail)
    assert taken(merged) == [
        ("S000", "K1", "2026Q1", 55.0, "E3"),
        ("S003", "K1", "2026Q1", 66.5, "E4"),
        ("S001", "K1", "2026Q1", 7.0, "E5"),
    ]
    assert not told(merged)
    assert [(each.code, each.details["count"]) for each in merged.problems if each.code == "T142"] == [("T142", 3)]
    assert [state.done for state in merged.files] == [2, 1, 0]
    assert [state.names for state in merged.files] == [["一季度完成情况.xlsx"], ["一季度完成情况.xlsx"], []]
    assert [row.who for row in merged.added] == ["经理0号", "经理0号", "经理1号"]


def test_without_a_period_the_one_that_was_asked_for_counts(mail: Mail) -> None:
    table(mail.back / "a.xlsx", ("姓名", "指标", "实际完成值"), ("员工000号", "收入", 55), ("员工003号", "收入", 66))
    merged = collected(mail)
    assert [row[2:4] for row in taken(merged)] == [("2026Q1", 55.0), ("2026Q1", 66.0)]


@pytest.mark.parametrize(
    "row",
    [
        ("S999", "某人", "收入", "2026Q1", 55),
        ("S000", "员工001号", "收入", "2026Q1", 55),
        ("S000", "员工000号", "没有这个指标", "2026Q1", 55),
        ("S000", "员工000号", "收入", "2025Q1", 55),
        ("S000", "员工000号", "收入", "2026", 55),
        (None, "员工000号", "收入", "2026Q1", 55),  # a blank ID goes on with the one above
    ],
)
def test_what_is_unsure_is_not_taken_and_named(mail: Mail, row: tuple[Any, ...]) -> None:
    table(mail.back / "a.xlsx", LONG, ("S003", "员工003号", "收入", "2026Q1", 66), row)
    merged = collected(mail)
    assert [each[3] for each in taken(merged)] == [66.0]
    assert ("T141", "E3") in told(merged)


def test_it_is_held_against_a_file_that_came_too(mail: Mail) -> None:
    mail.answer(0, lambda book: put(book, "S000", 50))
    table(
        mail.back / "b.xlsx",
        LONG,
        ("S000", "员工000号", "收入", "2026Q1", 55),
        ("S003", "员工003号", "收入", "2026Q1", 5),
    )
    merged = collected(mail)
    assert [each[3] for each in taken(merged)] == [5.0]
    assert [code for code, _ in told(merged)] == ["T120"]


def test_without_a_record_lines_of_the_contracts_are_known(mail: Mail) -> None:
    table(
        mail.back / "a.xlsx",
        LONG,
        ("S000", "员工000号", "收入", "2026Q1", 55),
        ("M0", "经理0号", "收入", "2026Q1", 5),
    )
    merged = collected(mail, with_record=False)
    assert [each[3] for each in taken(merged)] == [55.0]
    assert told(merged) == [("T141", "E3")]


def test_a_table_of_something_else_is_no_return(mail: Mail) -> None:
    table(mail.back / "a.xlsx", ("物品", "数量"), ("纸", 5), ("笔", 6))
    merged = collected(mail)
    assert told(merged) == [("T112", "")]
    assert not merged.added

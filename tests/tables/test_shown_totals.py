"""The total that a table shows of its person is set against what its lines give; where they differ, no total is
official."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from perfxl.core.official import Standing
from perfxl.importing import import_files
from perfxl.program import Program, from_tables, load
from perfxl.tables.total_words import figures_in, is_total_score
from perfxl.workbook.program.book import write_program
from tests.tables.layouts import Rows, read_file, read_rows, save, save_sheets

# By customers and sales 110; the table itself says 90.
NAME: list[Any] = ["姓名：张三"]
HEAD: list[Any] = ["指标", "权重", "目标值", "实际值"]
LINES: Rows = [["新增客户数", 50, 30, 36], ["销售额", 50, 100, 100]]
TABLE: Rows = [NAME, HEAD, *LINES]
CODE = "T183"


def _wide(header: str, *cells: Any) -> Rows:
    return [NAME, [*HEAD, header], *([*line, cell] for line, cell in zip(LINES, cells, strict=True))]


ENGLISH: Rows = [
    ["Name: Ann"],
    ["KPI", "Weight", "Target", "Actual"],
    ["New customers", 50, 30, 36],
    ["Sales", 50, 100, 100],
]

CONTRADICTED: dict[str, tuple[Rows, str]] = {
    "row of totals, in the last column": ([*TABLE, ["总分", 100, "", 90]], "D5"),
    "row of totals, beside the label": ([*TABLE, ["合计得分", 90]], "B5"),
    "row of totals, in no column": ([*TABLE, ["综合得分", "100%", "", "", 90]], "E5"),
    "row of totals in a column of points not filled": ([*_wide("得分", "", ""), ["合计", 100, "", "", 90]], "E5"),
    "row of totals in a column of notes": ([*_wide("备注", "", ""), ["合计", 100, "", "", 90]], "E5"),
    "one cell below": ([*TABLE, [], ["总分：90"]], "A6"),
    "one cell right below": ([*TABLE, ["最终得分：90分"]], "A5"),
    "two cells below": ([*TABLE, [], ["考核总分", 90, "考核等级", "A"]], "B6"),
    "two cells below, the value as text": ([*TABLE, [], ["考核总分：", "90.00"]], "B6"),
    "letters spread, cells between": ([*TABLE, [], ["总  分：", "", "", 90]], "D6"),
    "above a table of grades": (
        [*TABLE, ["总分", 100, "", 90], [], ["等级", "分数"], ["A", "≥90"], ["B", "≥80"]],
        "D5",
    ),
    "below a table of grades": ([*TABLE, [], ["等级", "分数"], ["A", "≥90"], ["B", "≥80"], [], ["总分：90"]], "A10"),
    "two cells above": ([NAME, ["考核总分", 90], HEAD, *LINES], "B2"),
    "one cell above": ([["姓名：张三", "总分：90"], HEAD, *LINES], "B1"),
    "a note": ([*TABLE, ["备注：本年度考核总分为90分，评为B。"]], "A5"),
    "a note with the name": ([*TABLE, [], ["说明：张三考核总分90分"]], "A6"),
    "labels over values": ([*TABLE, [], ["考核总分", "考核等级"], [90, "A"]], "A7"),
    "labels over values, right below": ([*TABLE, ["总分", "等级", "系数"], [90, "A", 1.2]], "A6"),
    "labels over values, above": ([NAME, ["综合得分", "绩效等级"], ["90分", "A"], [], HEAD, *LINES], "A3"),
    "row of totals, below the actuals": ([*TABLE, ["合计", 100, "", 90]], "D5"),
    "row of totals, below the actuals as text": ([*TABLE, ["合计", "100%", "", "90分"]], "D5"),
    "total and grade in two cells": ([*TABLE, ["考核总分：90", "考核等级：A"]], "A5"),
    "total and grade, a cell between": ([*TABLE, [], ["考核等级：A", "", "考核总分：90"]], "C6"),
    "total and grade in one cell": ([*TABLE, ["考核总分：90 | 考核等级：A"]], "A5"),
    "plain word with a colon": ([*TABLE, [], ["合计：90"]], "A6"),
    "of 100": ([*TABLE, [], ["总分（满分100分）", "90/100"]], "B6"),
    "full marks reached": ([*TABLE, [], ["最终得分：100"]], "A6"),
    "column of totals": (_wide("考核总分", 90, ""), "E3"),
    "year": ([*TABLE, [], ["2026年度考核总分：90"]], "A6"),
    "English labels over values": ([*ENGLISH, [], ["Total Score", "Grade"], [90, "A"]], "A7"),
    "Total score": ([*ENGLISH, ["Total score", 90]], "B5"),
    "Total:": ([*ENGLISH, [], ["Total: 90"]], "A6"),
    "final": ([*ENGLISH, [], ["Final score", "90 points"]], "B6"),
    "Overall score, in a sentence": ([*ENGLISH, [], ["Note: the overall score is 90."]], "A6"),
}


@pytest.mark.parametrize("layout", CONTRADICTED)
def test_a_total_that_the_lines_do_not_give_leaves_none_official(layout: str, tmp_path: Path) -> None:
    rows, cell = CONTRADICTED[layout]
    read = read_rows(tmp_path, rows)
    assert read.cells(CODE) == [cell], [(each.code, each.address.cell, each.message()) for each in read.problems]
    assert list(read.totals.values()) == [(None, False)]


AGREEING: dict[str, Rows] = {
    "the lines' own": [*TABLE, ["总分", 100, "", 110]],
    "rounded": [NAME, HEAD, ["订单", 50, 300, 200], LINES[1], [], ["总分：83.3"]],
    "rounded to whole": [NAME, HEAD, ["订单", 50, 300, 200], LINES[1], [], ["总分", 83]],
    "sum of weights": [*TABLE, ["合计", 100]],
    "sum of weights, called a score": [*TABLE, ["总分", 100]],
    "full marks above": [NAME, ["考核总分：100"], HEAD, *LINES],
    "full marks in the title": [["绩效考核表（满分100分）"], NAME, HEAD, *LINES],
    "sum of targets": [*TABLE, ["合计", 100, 130, 136]],
    "a grade's limit": [*TABLE, [], ["总分90分以上为A，80分以上为B"]],
    "a condition": [*TABLE, [], ["说明：如总分为90分，奖金减半"]],
    "a limit": [*TABLE, [], ["说明：总分低于60分，不得晋升"]],
    "blank": [*TABLE, ["总分", 100, "", ""]],
    "line to fill in": [*TABLE, [], ["总分：____分"]],
    "sum of blanks": [*TABLE, ["总分", 100, "", 0]],
    "own marks": [*TABLE, [], ["自评总分：90"]],
    "of a group": [*TABLE, [], ["部门平均分：90"], ["团队总分：90"]],
    "of another year": [*TABLE, [], ["上年度考核总分：90"]],
    "deductions": [*TABLE, [], ["扣分合计：20"]],
    "in percent": [*TABLE, [], ["总分", "90%"]],
    "list of others": [*TABLE, [], ["总分", "等级"], [90, "A"], [80, "B"]],
    "weighted mean of the actuals": [
        NAME,
        HEAD,
        ["合格率", 60, 100, 80],
        ["准交率", 40, 50, 100],
        ["合计", 100, "", 88],
    ],
    "targets and actuals summed up by hand": [*TABLE, ["合计", 100, 130, 90]],
    "of 10": [*TABLE, [], ["总分", 9]],
    "of 120": [*TABLE, [], ["总分（满分120）", 90]],
    "a coefficient": [*TABLE, [], ["总分", "", "系数", 90]],
    "budget of a column": [*_wide("预算", 40, 50), ["合计", 100, "", "", 90]],
    "total of another table": [*TABLE, [], ["部门", "人数", "总分"], ["一部", 5, 90], ["合计", 5, 90]],
    "row of another table": [*TABLE, [], ["部门", "人数", "总分"], ["一部", 5, 80], ["总分", 95, ""]],
    "limits of grades": [*TABLE, [], ["等级", "总分"], ["A", "≥90"], ["B", "≥80"]],
    "confirmed by another": [*TABLE, [], ["总分", 110], ["综合得分", 90]],
    "English full marks": [*ENGLISH, [], ["Total score: 100"]],
    "English condition": [*ENGLISH, [], ["If the total score is 90, the bonus is paid."]],
}


@pytest.mark.parametrize("layout", AGREEING)
def test_what_is_not_surely_the_persons_total_contradicts_nothing(layout: str, tmp_path: Path) -> None:
    read = read_rows(tmp_path, AGREEING[layout])
    assert read.cells(CODE) == []
    assert [official for _, official in read.totals.values()] == [True]


def test_a_total_while_lines_wait_contradicts_nothing(tmp_path: Path) -> None:
    rows = [NAME, HEAD, ["新增客户数", 50, 30, ""], LINES[1], [], ["总分：85"]]
    read = read_rows(tmp_path, rows)
    assert read.cells(CODE) == [] and "张三" in read.totals


def test_a_section_of_a_contract_shows_no_total_of_it(tmp_path: Path) -> None:
    head = ["指标", "权重", "目标值", "实际值"]
    rows = [
        *(NAME, ["一、业绩"], head, ["销售额", 60, 100, 90], ["总分", 54], []),
        *(["二、行为"], [*head, "备注"], ["培训次数", 40, 10, 10], ["总分", 40]),
    ]
    assert read_rows(tmp_path, rows).cells(CODE) == []


def test_only_whose_total_it_is_has_none(tmp_path: Path) -> None:
    head = ["姓名", *HEAD]
    one = [["甲", *LINES[0]], ["", *LINES[1]]]
    other = [["乙", *LINES[0]], ["", *LINES[1]]]
    rows = [head, *one, ["总分", "", 100, "", "", 90], *other, ["总分", "", 100, "", "", 110]]
    read = read_rows(tmp_path, rows)
    assert read.totals == {"甲": (None, False), "乙": (110, True)}
    assert read.cells(CODE) == ["F4"]
    last = [head, *one, *other, ["总分", "", "", "", "", 90]]  # of whom, nobody knows
    assert read_rows(tmp_path, last).cells(CODE) == []


def test_the_line_that_is_likely_read_the_wrong_way_is_named(tmp_path: Path) -> None:
    read = read_rows(tmp_path, [*TABLE, ["总分", 100, "", 90]])
    (told,) = (each for each in read.problems if each.code == CODE)
    assert "90" in told.message("zh") and "110" in told.message("zh")
    assert "新增客户数" in told.hint("zh") and "新增客户数" in told.hint("en")
    other = read_rows(tmp_path, [*TABLE, ["总分", 100, "", 77]])
    (told,) = (each for each in other.problems if each.code == CODE)
    assert "新增客户数" not in told.hint("zh")


def test_import_tells_it_and_keeps_it(tmp_path: Path) -> None:
    """The program that was made of a table lost what the table showed, and its total was official."""
    save(tmp_path / "表.xlsx", [*TABLE, [], ["总分：90"]])
    imported = import_files([tmp_path / "表.xlsx"], year=2026)
    assert _contradicted(from_tables(imported.tables)[0]) == [("Sheet1", "A6")]
    write_program(tmp_path / "方案.xlsx", imported.tables, "zh")
    program, _ = load(tmp_path / "方案.xlsx")
    assert _contradicted(program) == [("表中总分", "C4")]
    assert [verdict.standing for verdict in program.score()[0].verdicts.contracts] == [Standing.UNDETERMINED]
    save(tmp_path / "别人.xlsx", [["姓名：李四"], *TABLE[1:], [], ["总分：110"]])
    more = import_files([tmp_path / "别人.xlsx"], year=2026, into=tmp_path / "方案.xlsx")
    assert more.tables["shown_totals"].column("contract") == ["张三", "李四"]
    assert _contradicted(from_tables(more.tables)[0]) == [("表中总分", "C4")]


def test_what_could_not_be_read_contradicts_nothing(tmp_path: Path) -> None:
    save(tmp_path / "表.xlsx", [*TABLE, ["考勤", "不详", 30, 36], [], ["总分：90"]])  # what is kept as it stands
    assert _contradicted(from_tables(import_files([tmp_path / "表.xlsx"], year=2026).tables)[0]) == []


def _contradicted(program: Program) -> list[tuple[str, str]]:
    return [(each.address.sheet, each.address.cell) for each in program.all_problems() if each.code == CODE]


_LISTS: dict[str, Rows] = {
    "names and totals": [["姓名", "考核得分", "等级"], ["张三", 90, "A"], ["李四", 110, "A"]],
    "with units": [["序号", "姓名", "部门", "综合得分"], [1, "张三", "一部", 90], [2, "李四", "二部", "110分"]],
    "with more": [
        ["绩效汇总表"],
        ["姓名", "总分", "等级", "系数", "奖金"],
        ["张三", 90, "A", 1, 5],
        ["李四", 110, "A", 1, 5],
    ],
    "English": [["Name", "Final score", "Grade"], ["张三", 90, "A"], ["李四", 110, "A"]],
}


@pytest.mark.parametrize("layout", _LISTS)
@pytest.mark.parametrize("before", [True, False])
def test_a_list_of_people_with_their_totals_is_compared(layout: str, before: bool, tmp_path: Path) -> None:
    """A sheet 汇总 beside the sheets of single people went unread, and each total was official whatever it said."""
    of_people = {"张三": TABLE, "李四": [["姓名：李四"], *TABLE[1:]]}
    sheets = {"汇总": _LISTS[layout], **of_people} if before else {**of_people, "汇总": _LISTS[layout]}
    path = save_sheets(tmp_path / "表.xlsx", sheets)
    read = read_file(path)
    at = next(i for i, row in enumerate(_LISTS[layout]) if "张三" in row)
    cell = f"{'ABCDE'[_LISTS[layout][at].index(90)]}{at + 1}"
    assert [(each.address.sheet, each.address.cell) for each in read.problems if each.code == CODE] == [("汇总", cell)]
    assert read.totals == {"张三": (None, False), "李四": (110, True)}
    imported = import_files([path], year=2026)
    assert _contradicted(from_tables(imported.tables)[0]) == [("汇总", cell)]


_UNSURE_LISTS: dict[str, Rows] = {
    "several scores": [["姓名", "业绩得分", "态度得分", "总分"], ["张三", 60, 30, 90], ["李四", 60, 30, 90]],
    "of months": [["姓名", "1月", "2月", "平均得分"], ["张三", 80, 100, 90], ["李四", 80, 100, 90]],
    "of others": [["姓名", "考核得分"], ["王五", 90], ["赵六", 90]],
    "in percent": [["姓名", "考核得分"], ["张三", "90%"], ["李四", "90%"]],
    "twice": [["姓名", "考核得分"], ["张三", 90], ["张三", 80]],
    "of 10": [["姓名", "考核得分"], ["张三", 9], ["李四", 9]],
}


@pytest.mark.parametrize("layout", _UNSURE_LISTS)
def test_a_list_that_may_say_something_else_contradicts_nothing(layout: str, tmp_path: Path) -> None:
    of_people = {"张三": TABLE, "李四": [["姓名：李四"], *TABLE[1:]]}
    read = read_file(save_sheets(tmp_path / "表.xlsx", {**of_people, "汇总": _UNSURE_LISTS[layout]}))
    assert read.cells(CODE) == []
    assert read.totals["李四"] == (110, True)


@pytest.mark.parametrize("label", ["总分", "考核总分", "最终得分（满分100分）", "Total Score", "final KPI score"])
def test_labels_of_a_total_score(label: str) -> None:
    assert is_total_score(label)


@pytest.mark.parametrize("label", ["自评总分", "总分（自评）", "部门总分", "业绩得分", "小计", "Self total score"])
def test_labels_of_something_else(label: str) -> None:
    assert not is_total_score(label)


def test_figures_stated_in_lines() -> None:
    assert [each.value for each in figures_in("总分：85；等级：B")] == [85]
    assert figures_in("总分：85-90") == [] == figures_in("总分：85分以上")

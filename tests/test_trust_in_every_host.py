"""One table of lines in every host: the same official totals, and the same question where a figure may be meant
otherwise."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import pytest
import xlsxwriter

import perfxl
from perfxl.core.problems import Severity
from perfxl.core.records import from_rows
from perfxl.excel.functions import FUNCTIONS
from perfxl.program import load
from perfxl.workbook.program.book import write_program
from tests.fuzz.harness import official_totals

YEAR = date(2025, 1, 1), date(2025, 12, 31)
HEADER = ["姓名", "指标名称", "计分方法", "方向", "单位", "权重(%)", "目标值", "实际完成值"]
NAMES = ["person", "kpi", "method", "direction", "unit", "weight", "target", "actual"]


class Line(NamedTuple):
    """One line of a hundred percent; `gives` is its official total, or the code of what is asked."""

    target: Any
    actual: Any
    gives: float | str
    unit: str | None = None
    kpi: str = "收入"
    method: str = "比率法"
    direction: str | None = "越大越好"

    @property
    def cells(self) -> list[Any]:
        return ["甲", self.kpi, self.method, self.direction, self.unit, 100.0, self.target, self.actual]


LINES = [
    # A percent sign that was lost on one side, whatever the unit says.
    *(Line("95%", 93.0, "M130"), Line(95.0, "93%", "M130"), Line("95%", 93.0, "M130", "分")),
    *(Line(0.93, 95.0, "M130"), Line(95.0, 0.93, "M130"), Line(0.93, 95.0, "M130", "%"), Line(95.0, 0.93, "M130", "%")),
    *(Line(0.3, 95.0, "M130"), Line(5.0, 0.03, "M130", direction="越小越好"), Line(1.0, 95.0, "M130")),
    *(Line(0.93, 95.0, "M130", kpi="合格率(%)"), Line(5.0, 0.03, 120.0, "天", direction="越小越好")),
    *(Line(0.95, 0.93, 97.89), Line("95%", "93%", 97.89), Line(95.0, 93.0, 97.89)),
    # Counts and amounts that lie far apart are no percentages.
    *(Line(30.0, 1.0, 3.33), Line(1000.0, 950.0, 95.0), Line(50.0, 0.8, 1.6, "万元")),
    *(Line(50.0, 0.8, 1.6, kpi="收入(万元)"), Line(100.0, ".5", 0.5)),
    # A word for tens of thousands takes the unit of its KPI; without one both sides must be alike.
    *(Line(1000.0, "950万", 95.0, "万元"), Line("1000万", 950.0, 95.0, "万元"), Line(1.0, "9500万", 95.0, "亿元")),
    *(Line(10_000_000.0, "950万", 95.0, "元"), Line(1000.0, "0.095亿", 95.0, "万元")),
    *(Line(1000.0, "950万", 95.0, kpi="收入(万元)"), Line("1000万", "950万", 95.0), Line("1000万", "0.095亿", 95.0)),
    *(Line(1000.0, "950万", "S218"), Line("1000万", 950.0, "S218"), Line(1000.0, "950万", "S218", "元")),
]


def in_a_file(folder: Path, rows: list[list[Any]]) -> Any:
    """Person -> the official total, or the codes of the errors."""
    path = folder / "业绩合同.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("业绩合同")
        for at, row in enumerate([HEADER, *rows]):
            for column, cell in enumerate(row):
                if cell is not None:
                    (sheet.write_string if isinstance(cell, str) else sheet.write_number)(at, column, cell)
    program, _ = load(path)
    errors = {each.code for each in program.all_problems() if each.severity is Severity.ERROR}
    return official_totals(program) or errors


def in_a_range(rows: list[list[Any]]) -> Any:
    told = FUNCTIONS["PX_TOTALS"].call([HEADER, *rows])[1:]
    official = {row[0]: row[1] for row in told if isinstance(row[1], float)}
    return official or set(re.findall(r"\b[A-Z]\d{3}\b", "".join(row[-1] for row in told)))


def in_a_frame(rows: list[list[Any]]) -> Any:
    told = perfxl.score_contracts(pd.DataFrame(rows, columns=NAMES))
    official = dict(zip(told["person"], told["total"], strict=True))
    if told["total"].notna().all():
        return official
    return set(re.findall(r"\b[A-Z]\d{3}\b", "".join(told["reason"])))


@pytest.mark.parametrize("line", LINES, ids=str)
def test_a_line_means_the_same_everywhere(line: Line, tmp_path: Path) -> None:
    asked = {line.gives} if isinstance(line.gives, str) else None
    for told in (in_a_file(tmp_path, [line.cells]), in_a_range([line.cells]), in_a_frame([line.cells])):
        if asked is None:
            assert told == {"甲": line.gives}
        else:
            assert isinstance(told, set) and asked <= told


def test_scored_lines_say_what_their_total_waits_for() -> None:
    frame = pd.DataFrame([Line(1000.0, "950万", 0.0).cells, Line(1000.0, "950万", 0.0, "万元").cells], columns=NAMES)
    told = perfxl.score_lines(frame)
    assert told["points"].tolist() == [120.0, 95.0]
    assert [reason[:4] for reason in told["reason"]] == ["S218", ""]
    beside = FUNCTIONS["PX_SCORES"].call([HEADER, Line(1000.0, "950万", 0.0).cells], "原因")
    assert "单位" in beside[1][0]


EVENT_LINES: list[list[Any]] = [
    ["甲", "收入", "比率法", "越大越好", "万元", 100.0, 100.0, 100.0, None],
    ["甲", "投诉", "扣分", None, "次", None, None, None, 2.0],
]
SAME = [("甲", "投诉", date(2025, 3, 5), "客户投诉")] * 2
EVENTS = [
    (SAME, "S260"),
    ([SAME[0], ("甲", "投诉", date(2025, 3, 5), " 客户投诉 ")], "S260"),
    ([SAME[0], ("甲", "投诉", date(2025, 3, 6), "客户投诉")], 96.0),
    ([SAME[0], ("甲", "投诉", date(2025, 3, 5), "另一位客户投诉")], 96.0),
    ([SAME[0]], 98.0),
]


@pytest.mark.parametrize(("events", "gives"), EVENTS)
def test_an_event_entered_twice_is_asked_about(events: Any, gives: float | str, tmp_path: Path) -> None:
    header = ["工号", "指标编号", "类型", "日期", "事实"]
    rows = [[who, kpi, "扣分", day, fact] for who, kpi, day, fact in events]
    told = FUNCTIONS["PX_TOTALS"].call([[*HEADER, "每单位分值"], *EVENT_LINES], [header, *rows])[1]
    frame = pd.DataFrame(EVENT_LINES, columns=[*NAMES, "k"])
    happened = pd.DataFrame(events, columns=["person", "kpi", "date", "fact"])
    of_frame = perfxl.score_contracts(frame, happened).iloc[0]
    path = tmp_path / "方案.xlsx"
    write_program(path, _program(events), "zh")
    program, _ = load(path)
    (total,) = program.score()[0].totals.total
    if isinstance(gives, float):
        assert (told[1], of_frame["total"], total) == (gives, gives, gives)
        return
    assert told[1] == "#VALUE!" and gives in told[-1]
    assert of_frame["total"] != of_frame["total"] and gives in of_frame["reason"]
    (about,) = [p for p in program.all_problems() if p.severity is Severity.ERROR]
    read = program.tables["events"]
    assert (about.code, about.address) == (gives, read.address(1, "date"))
    assert read.address(0, "date").place in about.message("zh") and total != total


def _program(events: Any) -> Any:
    tables: dict[str, list[dict[str, Any]]] = {
        "policy": [{"key": "单项权重上限", "value": "100%"}],
        "units": [{"unit": "D", "name": "公司"}],
        "people": [{"person": p, "name": p, "unit": "D", "post": "岗"} for p in ("甲", "乙")],
        "kpis": [
            {"kpi": "收入", "name": "收入", "kind": "quantitative", "method": "比率法", "direction": "higher"},
            {"kpi": "投诉", "name": "投诉", "kind": "deduct", "method": "扣分", "k": 2.0},
        ],
        "contracts": [{"contract": "C", "holder": "甲", "issuer": "乙", "start": YEAR[0], "end": YEAR[1]}],
        "contract_lines": [
            {"contract": "C", "kpi": "收入", "weight": 100.0, "target": 100.0},
            {"contract": "C", "kpi": "投诉"},
        ],
        "actuals": [{"holder": "甲", "kpi": "收入", "period": "2025", "value": 100.0}],
        "events": [
            {"holder": who, "kpi": kpi, "kind": "deduct", "date": day, "fact": fact} for who, kpi, day, fact in events
        ],
    }
    return {name: from_rows(name, rows) for name, rows in tables.items()}


def _line(kpi: str | None, weight: Any, actual: Any = 90.0, method: str = "比率法", target: Any = 100.0) -> list[Any]:
    return ["甲", kpi, method, "越大越好" if method == "比率法" else None, None, weight, target, actual]


_A = _line("收入", 100.0)
TABLES: list[tuple[list[list[Any]], float | str | None]] = [
    # Weights: legal in sum, each readable, none below zero, none where none belongs, none missing.
    *(([_line(k, 100 / 3) for k in "abc"], 90.0), ([_line(k, 33.33) for k in "abc"], "W101")),
    *(([_line("收入", "100%")], 90.0), ([_line("a", "30 %"), _line("b", "70%")], 90.0)),
    *(([_line("a", 70.0), _line("b", 70.0)], "W101"), ([_line("a", 70.0), _line("b", 35.0)], "W101")),
    ([_line("a", -20.0), _line("b", 120.0)], "W112"),
    ([_A, _line("安全", 10.0, 0.0, "否决", None)], "W107"),
    ([_A, _line("b", None)], "W108"),
    ([_A, _line("b", 0.0)], 90.0),
    ([_line("a", 50.0), _line("a", 50.0)], "R110"),
    *(([_line("a", 60.0), _line(kpi, 40.0)], "V109") for kpi in ("", None, "\u3000")),
    # Actuals that are none, or not yet.
    *(([_line("收入", 100.0, typed)], None) for typed in (None, "  ", "-", "/", "无", "暂无", "不适用")),
    *(([_line("收入", 100.0, "2025-03-05")], "M106"), ([_line("收入", 100.0, "（3）")], 0.0)),
    *(([_line("收入", 100.0, "９０")], 90.0), ([_line("收入", 100.0, 90.0, target="1e-320")], "M111")),
    *(([_line("收入", 100.0, typed)], "?") for typed in ("3-5", "inf", "1e400", "#DIV/0!", "95abc", "8 5")),
    ([_line("收入", 100.0, 90.0, target="Infinity")], "?"),
    ([_line("收入", 100.0, 90.0, target=0.0)], "M103"),
    # What vetoes count.
    *(([_A, _line("安全", None, typed, "否决", None)], 0.0) for typed in (2.0, "2", "2次")),
    *(([_A, _line("安全", None, typed, "否决", None)], 90.0) for typed in (0.0, "无", None)),
    ([_A, _line("安全", None, "是", "否决", None)], "?"),
    *(([_A, _line("安全", None, typed, "否决", None)], "S280") for typed in (-1.0, "-1", "(1)")),
    ([_A, _line("安全", None, "－1次", "否决", None)], "?"),
]


@pytest.mark.parametrize(("rows", "gives"), TABLES, ids=str)
def test_a_table_gives_the_same_everywhere(rows: Any, gives: float | str | None, tmp_path: Path) -> None:
    """A total, the code of what is wrong ("?": each its own), or None: no official total yet."""
    for told in (in_a_file(tmp_path, rows), in_a_range(rows), in_a_frame(rows)):
        if isinstance(gives, float):
            assert told == {"甲": gives}
        elif gives is None:
            assert told == set()
        else:
            assert isinstance(told, set) and (gives in told or (gives == "?" and told))


@pytest.mark.parametrize("method", ["减分法", "加分", "否决"])
@pytest.mark.parametrize("reports", [{"2025": -1.0}, {"2025-01": 1.0, "2025-02": -1.0}, {"2025-03": -1.0}], ids=str)
def test_nothing_happens_less_often_than_never(method: str, reports: dict[str, float], tmp_path: Path) -> None:
    """A deduction of -1 added points, a veto of -1 was none, and so were +1 and -1 in two months."""
    tables = _program([])
    kpis, actuals = tables["kpis"], tables["actuals"]
    kind = {"减分法": "deduct", "加分": "bonus", "否决": "veto"}[method]
    kpis.columns["method"][1], kpis.columns["kind"][1] = method, kind
    rows = [dict(zip(actuals.columns, cells, strict=True)) for cells in zip(*actuals.columns.values(), strict=True)]
    typed = [{"holder": "甲", "kpi": "投诉", "period": period, "value": value} for period, value in reports.items()]
    tables["actuals"] = from_rows("actuals", [*rows, *typed])
    path = tmp_path / "方案.xlsx"
    write_program(path, tables, "zh")
    program, _ = load(path)
    (about,) = [each for each in program.all_problems() if each.severity is Severity.ERROR]
    wrong = [*reports.values()].index(-1.0) + 1
    assert (about.code, about.address) == ("S280", program.tables["actuals"].address(wrong, "value"))
    assert about in program.check()
    assert official_totals(program) == {}
    score = perfxl.score_lines(pd.DataFrame([{"method": method, "actual": -1.0, "k": 2.0}])).iloc[0]
    assert score["status"] == "problem" and score["reason"].startswith("S280")


@pytest.mark.parametrize(
    ("method", "reported", "gives"),
    [
        *(
            ("否决", 0.0, "M119"),
            ("否决", "不适用", "M119"),
            ("否决", 1.0, 0.0),
            ("否决", 3.0, 0.0),
            ("否决", None, 0.0),
        ),
        *(("扣分", 0.0, "M119"), ("扣分", "不适用", "M119"), ("扣分", 1.0, 98.0), ("扣分", None, 98.0)),
        *(("加分", 0.0, "M119"), ("加分", "不适用", "M119"), ("加分", 1.0, 102.0)),
    ],
)
def test_an_actual_that_denies_an_event_is_asked_about(
    method: str, reported: Any, gives: float | str, tmp_path: Path
) -> None:
    """A typed 0 beside a veto's event gave 0 E, official, without a word; 不适用 beside a deduction's hid the event."""
    lines = [EVENT_LINES[0], ["甲", "投诉", method, None, "次", None, None, reported, 2.0]]
    day = date(2025, 3, 5)
    told = FUNCTIONS["PX_TOTALS"].call(
        [[*HEADER, "每单位分值"], *lines],
        [["工号", "指标编号", "类型", "日期", "事实"], ["甲", "投诉", method, day, "事"]],
    )[1]
    happened = pd.DataFrame([("甲", "投诉", day, "事")], columns=["person", "kpi", "date", "fact"])
    of_frame = perfxl.score_contracts(pd.DataFrame(lines, columns=[*NAMES, "k"]), happened).iloc[0]
    tables = _program([])
    kind = {"扣分": "deduct", "加分": "bonus", "否决": "veto"}[method]
    tables["kpis"].columns["method"][1], tables["kpis"].columns["kind"][1] = method, kind
    typed = {"holder": "甲", "kpi": "投诉", "period": "2025", "value": reported}
    said = {"holder": "甲", "kpi": "收入", "period": "2025", "value": 100.0}
    tables["actuals"] = from_rows("actuals", [said, *([typed] if reported is not None else [])])
    event = {"holder": "甲", "kpi": "投诉", "kind": kind, "date": day, "fact": "事"}
    tables["events"] = from_rows("events", [event])
    path = tmp_path / "方案.xlsx"
    write_program(path, tables, "zh")
    program, _ = load(path)
    if isinstance(gives, float):
        assert (told[1], of_frame["total"], official_totals(program)) == (gives, gives, {"甲": gives})
        return
    assert told[1] == "#VALUE!" and gives in told[-1]
    assert of_frame["total"] != of_frame["total"] and gives in of_frame["reason"]
    (about,) = [p for p in program.all_problems() if p.severity is Severity.ERROR]
    assert (about.code, about.address) == (gives, program.tables["actuals"].address(1, "value"))
    assert program.tables["events"].address(0, "count").place in about.message("zh")
    assert official_totals(program) == {}


def test_a_veto_after_months_without_one_is_no_contradiction(tmp_path: Path) -> None:
    tables = _program([])
    tables["kpis"].columns["method"][1], tables["kpis"].columns["kind"][1] = "否决", "veto"
    tables["kpis"].columns["aggregation"][1] = "sum"
    months = [{"holder": "甲", "kpi": "投诉", "period": f"2025-{month:02d}", "value": 0.0} for month in (1, 2)]
    tables["actuals"] = from_rows(
        "actuals", [{"holder": "甲", "kpi": "收入", "period": "2025", "value": 100.0}, *months]
    )
    for day, codes in ((date(2025, 3, 5), set()), (date(2025, 2, 5), {"M119"})):
        event = {"holder": "甲", "kpi": "投诉", "kind": "veto", "date": day, "fact": "事"}
        tables["events"] = from_rows("events", [event])
        path = tmp_path / f"{day}.xlsx"
        write_program(path, tables, "zh")
        program, _ = load(path)
        assert {p.code for p in program.all_problems() if p.severity is Severity.ERROR} == codes
        assert official_totals(program) == ({} if codes else {"甲": 0.0})


def test_an_event_of_a_kpi_that_is_not_held_is_named_and_counts_nowhere() -> None:
    """PX_TOTALS passed over it without a word; files and frames say C142."""
    header = ["工号", "指标编号", "类型", "日期", "事实"]
    lines = [EVENT_LINES[0], ["甲", "投诉", "扣分", None, "次", None, None, None, 2.0]]
    for events, said in (
        ([["甲", "别的", "扣分", date(2025, 3, 5), "事"]], "C142"),
        ([["乙", "投诉", "扣分", date(2025, 3, 5), "事"]], ""),  # who is not in the range may be in another
        ([["甲", "投诉", "扣分", date(2025, 3, 5), "事"]], ""),
    ):
        told = FUNCTIONS["PX_TOTALS"].call([[*HEADER, "每单位分值"], *lines], [header, *events])[1]
        assert told[1] == (98.0 if events[0][:2] == ["甲", "投诉"] else 100.0)
        assert told[-1][:4] == said


def _of_three(odd: list[Any]) -> list[list[Any]]:
    halves = [Line(100.0, 90.0, 90.0).cells, Line(100.0, 90.0, 90.0, kpi="回款").cells]
    for half in halves:
        half[5] = 50.0
    return [*halves, *(["乙", *half[1:]] for half in halves), odd]


@pytest.mark.parametrize("name", ["丙", "-", "N/A", 5.0, "85"])
def test_a_line_without_a_kpi_of_somebody_who_has_no_other_may_be_anybodys(name: Any, tmp_path: Path) -> None:
    """Files said so; ranges and frames left the others with official totals."""
    rows = _of_three([name, None, "比率法", None, None, 100.0, 100.0, 90.0])
    assert "V109" in in_a_file(tmp_path, rows)
    told = FUNCTIONS["PX_TOTALS"].call([HEADER, *rows])[1:]
    assert all(row[1] == "#VALUE!" and "V109 区域第 6 行：" in row[-1] for row in told)
    frame = perfxl.score_contracts(pd.DataFrame(rows, columns=NAMES))
    assert frame["total"].isna().all() and frame["reason"].str.contains("V109").all()


def test_a_line_without_a_kpi_of_somebody_who_has_others_is_theirs(tmp_path: Path) -> None:
    rows = _of_three(["乙", None, "监控", None, None, None, 100.0, 90.0])
    assert in_a_file(tmp_path, rows) == {"甲": 90.0} == in_a_range(rows)
    frame = perfxl.score_contracts(pd.DataFrame(rows, columns=NAMES))
    assert frame["total"].tolist()[0] == 90.0 and frame["total"].isna().tolist() == [False, True]


@pytest.mark.parametrize("title", ["业绩合同", "甲的业绩合同", "Sheet1"])
@pytest.mark.parametrize("header", [None, "序号", "指标编码", "85", "xyz"])
def test_lines_that_do_not_say_which_column_names_their_kpis_have_no_total(
    title: str, header: str | None, tmp_path: Path
) -> None:
    """A sheet called 业绩合同 raised KeyError; a range gave official totals."""
    rows = [[HEADER[0], header, *HEADER[2:]], *_of_three(["乙", "投诉", "监控", None, None, None, None, None])]
    path = tmp_path / "合同.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet(title)
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row)
    program, _ = load(path)
    assert any(p.severity is Severity.ERROR for p in program.all_problems())
    assert not program.usable or not official_totals(program)
    assert FUNCTIONS["PX_TOTALS"].call(rows) == [["#VALUE!"]]
    assert "指标名称" in FUNCTIONS["PX_WHY"].call("PX_TOTALS", rows)[0][0]


@pytest.mark.parametrize("header", ["Objective", "KRA", "工作内容", "项目", "指标名称 KPI name"])
def test_a_header_that_cells_make_clear_names_kpis_in_a_range_too(header: str, tmp_path: Path) -> None:
    rows = _of_three(["乙", "投诉", "监控", None, None, None, None, None])
    assert FUNCTIONS["PX_TOTALS"].call([[HEADER[0], header, *HEADER[2:]], *rows])[1:][0][1] == 90.0


@pytest.mark.parametrize("steps", [45000.0, date(2025, 3, 5), True, b"x", [1, 2], [(1, 2, 3)], [(1, float("nan"))], ()])
def test_what_is_no_step_table_is_a_problem(steps: Any) -> None:
    """A number or date raised TypeError; a table without steps gave 0 points."""
    frame = pd.DataFrame({"kpi": ["份额"], "method": ["层差法"], "actual": [97.0], "steps": [steps]})
    told = perfxl.score_lines(frame)
    assert told["status"].tolist() == ["problem"] and told["reason"][0].startswith("M108")


ONE = ("甲", "投诉", "扣分", date(2025, 3, 5), 1, "事")
EVENTS_AS_IN_FILES: list[tuple[tuple[Any, ...], str]] = [
    # who, KPI, kind, day, how often, what; the code of what is wrong, blank where it counts
    *((ONE, ""), (("甲", "投诉", "减分", "2025-03-05", "1次", "事"), "")),
    *((("甲", "投诉", "扣分", date(2025, 3, 5), times, "事"), "C143") for times in (1.5, 0, -1)),
    *((("甲", "投诉", kind, date(2025, 3, 5), 1, "事"), "C140") for kind in ("加分", "否决")),
    (("甲", "收入", "扣分", date(2025, 3, 5), 1, "事"), "C140"),
    (("甲", None, "扣分", date(2025, 3, 5), 1, "事"), "V109"),
    ((None, "投诉", "扣分", date(2025, 3, 5), 1, "事"), "V109"),
]


@pytest.mark.parametrize(("event", "code"), EVENTS_AS_IN_FILES)
def test_an_event_is_judged_as_in_a_file(event: tuple[Any, ...], code: str) -> None:
    """Ranges and frames took points off for one and a half events, and for a bonus; a blank name was “None”."""
    lines: list[list[Any]] = [*EVENT_LINES, ["乙", *EVENT_LINES[0][1:]]]
    header = ["工号", "指标编号", "类型", "日期", "次数", "事实"]
    told = FUNCTIONS["PX_TOTALS"].call([[*HEADER, "每单位分值"], *lines], [header, list(event)])[1:]
    columns = ["person", "kpi", "kind", "date", "count", "fact"]
    frame = perfxl.score_contracts(
        pd.DataFrame(lines, columns=[*NAMES, "k"]), pd.DataFrame([event], columns=columns)
    ).set_index("person")
    assert told[1][1] == 100.0 == frame["total"]["乙"]  # 乙 holds no 投诉
    if not code:
        assert told[0][1] == 98.0 == frame["total"]["甲"]
        return
    assert told[0][1] == "#VALUE!" and code in told[0][-1] and "None" not in told[0][-1]
    assert pd.isna(frame["total"]["甲"]) and code in frame["reason"]["甲"]

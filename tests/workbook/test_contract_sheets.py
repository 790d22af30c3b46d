"""The contract or weight table that HR already has, from the file to the tables of a program."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from perfxl.core.problems import Problem
from perfxl.core.records import Records
from perfxl.core.values.dates import UNDATED
from perfxl.core.values.text import NOT_APPLICABLE
from perfxl.tables.contract_sheet import split_contract_sheets
from perfxl.workbook.reading.read import read_book
from tests.workbook.books import PEOPLE, Rows, person, save
from tests.workbook.test_read_sheets import places

HEADER = ["考核指标", "权重", "目标值", "实际完成值"]


def read(path: Path) -> tuple[dict[str, Records], list[Problem]]:
    book, _, found = read_book(path)
    book, more = split_contract_sheets(book)
    return book, [*found, *more]


def lone(tmp_path: Path, *rows: Any, sheet: str = "张三", merges: tuple[str, ...] = ()) -> Any:
    return read(save(tmp_path / "业绩合同.xlsx", {sheet: rows}, merges))


def of(book: dict[str, Records], table: str, *columns: str) -> list[tuple[Any, ...]]:
    return list(zip(*(book[table].column(name) for name in columns), strict=True))


CONTRACT: Rows = [
    ["2025年度业绩合同"],
    ["受约人：张三   岗位：市场部经理", None, None, None, "发约人：李总  部门：市场部"],
    ["类别", "考核指标", "权重(%)", "目标", None, "实际完成值", "备注"],
    [None, None, None, "门槛值", "目标值", None, None],
    ["财务", "营销收入(万元)", 40, 600, 800, 850, None],
    [None, "营销成本", 20, None, "1,000", 900, None],
    ["财务类小计", None, 60],
    ["客户", "客户满意度", 30, None, "80%", "８５%", "第三方"],
    [None, "关键人员流失率", 10, None, 0.02, "不适用", None],
    ["权重合计", None, 100],
    [None],
    ["备注：1、本合同一式两份。"],
    ["2、解释权归人力资源部。"],
    ["受约人签字：              日期：", None, None, None, "发约人签字："],
]
MERGES = ("A1:G1", "A3:A4", "B3:B4", "C3:C4", "D3:E3", "F3:F4", "G3:G4", "A5:A6", "A12:G12")


def test_a_whole_contract(tmp_path: Path) -> None:
    book, problems = lone(tmp_path, *CONTRACT, merges=MERGES, sheet="合同")
    assert of(book, "contract_lines", "contract", "kpi", "aspect", "weight", "threshold", "target") == [
        ("张三", "营销收入(万元)", "financial", 40.0, 600.0, 800.0),
        ("张三", "营销成本", "financial", 20.0, None, 1000.0),
        ("张三", "客户满意度", "customer", 30.0, None, 0.8),
        ("张三", "关键人员流失率", "customer", 10.0, None, 0.02),
    ]
    assert of(book, "actuals", "holder", "period", "value") == [
        ("张三", "2025", 850.0),
        ("张三", "2025", 900.0),
        ("张三", "2025", 0.85),
        ("张三", "2025", NOT_APPLICABLE),
    ]
    assert of(book, "people", "person", "name", "unit", "post") == [
        ("张三", "张三", "市场部", "市场部经理"),
        ("李总", "李总", None, None),
    ]
    assert of(book, "contracts", "contract", "holder", "issuer", "start", "end") == [
        ("张三", "张三", "李总", date(2025, 1, 1), date(2025, 12, 31))
    ]
    assert of(book, "kpis", "name", "method", "direction", "kind") == [
        ("营销收入(万元)", "ratio", "higher", "quantitative"),
        ("营销成本", "ratio", "lower", "quantitative"),
        ("客户满意度", "ratio", "higher", "quantitative"),
        ("关键人员流失率", "ratio", "lower", "quantitative"),
    ]
    assert book["contract_lines"].address(2, "target").cell == "E8"
    assert book["actuals"].address(3, "value").cell == "F9"
    assert book["contract_lines"].percent == {"target": {2}}
    assert book["actuals"].percent == {"value": {2}}
    assert places(problems, "S111") == [("S111", "合同", "A7"), ("S111", "合同", "A10")]
    assert places(problems, "S112") == [("S112", "合同", f"A{row}") for row in (12, 13, 14)]
    assert places(problems, "S130", "S136") == [("S136", "合同", "B6"), ("S130", "合同", "B9")]


def test_headings_instead_of_a_category_column(tmp_path: Path) -> None:
    book, problems = lone(
        tmp_path,
        ["序号", "指标名称", "权重", "目标值"],
        ["一、财务类指标（60%）"],
        [1, "收入", "40%", 100],
        [2, "利润", "20%", 50],
        ["二、管理类"],
        [3, "制度建设", "40%", 1],
        ["三、扣分项"],
        [4, "安全事故", None, None],
        merges=("A2:D2", "A5:D5", "A7:D7"),
    )
    assert of(book, "contract_lines", "kpi", "aspect", "weight") == [
        ("收入", "financial", 40.0),
        ("利润", "financial", 20.0),
        ("制度建设", "管理类", 40.0),
        ("安全事故", "扣分项", None),
    ]
    assert of(book, "kpis", "kind", "method")[-1] == ("deduct", "deduct")
    assert places(problems, "S113") == [("S113", "张三", "A2"), ("S113", "张三", "A5"), ("S113", "张三", "A7")]


@pytest.mark.parametrize(
    ("title", "sheet", "name"),
    [
        (["姓名：李四  岗位：经理"], "Sheet1", "李四"),
        (["岗位：经理 姓名：李四 性别：男"], "Sheet1", "李四"),
        (["单位：万元", "姓名", "李四", "部门", "市场部"], "Sheet1", "李四"),
        (["被考核人:李四____", "考核人:王五"], "Sheet1", "李四"),
        (["Name: John Smith  Post: Manager"], "Sheet1", "John Smith"),
        (["绩效考核表"], "李四", "李四"),
        (["绩效考核表"], "2025年李四业绩合同", "李四"),
        (["绩效考核表"], "Sheet1", "王五"),
    ],
)
def test_whose_it_is(tmp_path: Path, title: list[str], sheet: str, name: str) -> None:
    path = save(tmp_path / "王五绩效合同.xlsx", {sheet: [title, HEADER, ["收入", 60, 5, 4], ["利润", 40, 5, 4]]})
    book, problems = read(path)
    assert of(book, "contracts", "holder") == [(name,)]
    said = places(problems, "S131")
    assert said == ([("S131", sheet, "A3")] if title == ["绩效考核表"] else [])


def test_a_sheet_for_each_person(tmp_path: Path) -> None:
    sheets: dict[str, list[list[Any]]] = {
        "甲": [HEADER, ["收入", 60, 100, 90], ["服务质量", 40, "优", "良"]],
        "乙": [["考核指标", "实际完成值", "目标值", "权重"], ["收入", 80, 100, 50], ["服务质量", 0.9, 0.95, 50]],
        "说明": [["本表由人力资源部填写"]],
    }
    book, problems = read(save(tmp_path / "a.xlsx", sheets))
    assert of(book, "people", "person") == [("甲",), ("乙",)]
    assert of(book, "kpis", "kpi", "name", "method") == [
        ("收入", "收入", "ratio"),
        ("服务质量", "服务质量", "grade"),
        ("服务质量 (乙)", "服务质量", "ratio"),
    ]
    lines = book["contract_lines"]
    assert lines.column("kpi") == ["收入", "服务质量", "收入", "服务质量 (乙)"]
    assert [str(lines.address(i, "weight")) for i in range(4)] == [
        "a.xlsx 甲!B2", "a.xlsx 甲!B3", "a.xlsx 乙!D2", "a.xlsx 乙!D3"
    ]  # fmt: skip
    assert of(book, "actuals", "period") == [(UNDATED,)] * 4
    assert places(problems, "S119") == []


def test_people_in_a_column_written_once(tmp_path: Path) -> None:
    book, _ = lone(
        tmp_path,
        ["工号", "姓名", "岗位", *HEADER],
        ["E1", "甲", "经理", "收入", 60, 5, 4],
        [None, None, None, "利润", 40, 5, 4],
        ["E2", "乙", None, "收入", 100, 5, 4],
        sheet="Sheet1",
    )
    assert of(book, "contract_lines", "contract", "kpi") == [("E1", "收入"), ("E1", "利润"), ("E2", "收入")]
    assert of(book, "people", "person", "name", "post") == [("E1", "甲", "经理"), ("E2", "乙", None)]


def test_one_name_in_two_departments(tmp_path: Path) -> None:
    """At one time it is two people, one after the other a change of post; with IDs it is whoever works there."""
    header = ["姓名", "部门", "期间", "考核指标", "权重"]
    rows = [["张三", "销售部", "2025H1", "收入", 100], ["张三", "市场部", "2025H2", "活动", 100]]
    book, _ = lone(tmp_path, header, *rows)
    assert of(book, "contracts", "contract", "holder") == [("张三", "张三"), ("张三-2", "张三")]
    rows[1][2] = "2025H1"
    book, _ = lone(tmp_path, header, *rows)
    assert len(set(book["contracts"].column("holder"))) == 2
    people = [["工号", "姓名", "所属单位"], ["E1", "张三", "销售部"], ["E2", "张三", "市场部"]]
    book, _ = read(save(tmp_path / "b.xlsx", {"业绩合同": [header, *rows], "人员": people}))
    assert book["contracts"].column("holder") == ["E1", "E2"]


def test_two_contracts_on_one_sheet(tmp_path: Path) -> None:
    book, problems = lone(
        tmp_path,
        ["姓名：甲"],
        HEADER,
        ["收入", 60, 5, 4],
        ["利润", 40, 5, 4],
        ["合计", 100],
        [],
        ["姓名：乙"],
        HEADER,
        ["收入", 100, 5, 4],
        sheet="合同",
    )
    assert of(book, "contract_lines", "contract", "kpi") == [("甲", "收入"), ("甲", "利润"), ("乙", "收入")]
    assert places(problems, "S123", "S122") == [("S123", "合同", "A7"), ("S122", "合同", "A8")]


def test_a_kpi_may_end_like_a_total(tmp_path: Path) -> None:
    book, problems = lone(tmp_path, HEADER, ["各项费用合计", 60, 5, 4], ["利润", 40, 5, 4], ["以上总计", 100])
    assert book["contract_lines"].column("kpi") == ["各项费用合计", "利润"]
    assert places(problems, "S111") == [("S111", "张三", "A4")]


def test_a_word_for_totals_in_a_remark_is_no_total(tmp_path: Path) -> None:
    book, problems = lone(
        tmp_path, ["指标名称", "权重(%)", "目标值", "备注"], ["收入", 60, 100, "小计"], ["满意度", 40, 90, "合计"]
    )
    assert of(book, "contract_lines", "weight") == [(60.0,), (40.0,)]
    assert places(problems, "S111") == []


def test_a_total_without_a_word(tmp_path: Path) -> None:
    book, problems = lone(tmp_path, HEADER, ["收入", 0.6, 5, 4], ["利润", 0.4, 5, 4], [None, 1.0])
    assert book["contract_lines"].column("weight") == [60.0, 40.0]
    assert places(problems, "S111") == [("S111", "张三", "B4")]


@pytest.mark.parametrize(
    "word",
    ["汇总", "小计", "总和", "权重之和", "目标权重之和", "累计", "平均", "Average", "Subtotal", "一、二项"],
)
def test_a_total_under_any_word(tmp_path: Path, word: str) -> None:
    """The last is no word for a total at all, but holds what all rows above have."""
    book, problems = lone(tmp_path, HEADER, ["收入", 60, 5, 4], ["利润", 40, 5, 4], [word, 100, 10, 8], ["备注：无"])
    assert book["contract_lines"].column("kpi") == ["收入", "利润"]
    assert places(problems, "S111") == [("S111", "张三", "A4")]


def test_a_last_kpi_may_weigh_as_much_as_the_others(tmp_path: Path) -> None:
    book, problems = lone(tmp_path, HEADER, ["收入", 20, 5, 4], ["成本", 30, 5, 4], ["利润", 50, 5, 4])
    assert book["contract_lines"].column("kpi") == ["收入", "成本", "利润"]
    assert places(problems, "S111") == []


def test_a_sole_kpi_below_another_persons_is_no_total(tmp_path: Path) -> None:
    rows = [["张三", "收入", 60], ["张三", "成本", 40], ["李四", "利润", 100]]
    book, problems = lone(tmp_path, ["姓名", "考核指标", "权重"], *rows)
    assert of(book, "contract_lines", "contract", "kpi") == [("张三", "收入"), ("张三", "成本"), ("李四", "利润")]
    titled = [["姓名：张三"], HEADER, ["收入", 60, 5, 4], ["成本", 40, 5, 4], ["姓名：李四"], ["利润", 100, 5, 4]]
    book, problems = lone(tmp_path, *titled)
    assert of(book, "contract_lines", "contract", "kpi") == [("张三", "收入"), ("张三", "成本"), ("李四", "利润")]
    assert places(problems, "S111") == []


def test_a_weight_table_alone(tmp_path: Path) -> None:
    rows = [["KPI", "类别", "影响程度", "可控性", "可测性"], ["收入", "财务", 4, 2, 4], ["满意度", "客户", 2, 2, 3]]
    book, _ = lone(tmp_path, *rows, sheet="权重表")
    assert of(book, "kpis", "name", "category", "impact", "controllability", "measurability") == [
        ("收入", "financial", 4.0, 2.0, 4.0),
        ("满意度", "customer", 2.0, 2.0, 3.0),
    ]
    assert "target" not in book["contract_lines"].columns
    assert "actuals" not in book


def test_what_the_figures_say(tmp_path: Path) -> None:
    header = ["指标名称", "权重", "门槛值", "目标值", "挑战值", "方向", "计分方法", "指标性质"]
    book, problems = lone(
        tmp_path,
        header,
        ["时长", 20, 30, 20, None, None, "区间法", None],
        ["响应", 20, None, 20, 10, None, None, None],
        ["成本", 20, None, 20, None, "越大越好", None, None],
        ["上线", 20, None, date(2025, 6, 1), None, None, None, None],
        ["质量", 20, None, 1, None, None, "完成目标得满分", None],
        ["★市场份额", None, None, 0.3, None, None, None, None],
        ["违规", None, None, None, None, None, None, "扣分"],
    )
    assert of(book, "kpis", "name", "method", "direction", "kind") == [
        ("时长", "interpolate", "lower", "quantitative"),
        ("响应", "ratio", "lower", "quantitative"),
        ("成本", "ratio", "higher", "quantitative"),
        ("上线", "milestone", "higher", "quantitative"),
        ("质量", "marks", "higher", "quantitative"),
        ("市场份额", "monitor", "higher", "monitor"),
        ("违规", "deduct", "higher", "deduct"),
    ]
    assert places(problems, "S130", "S132", "S213") == [("S213", "张三", "G6")]  # left open, by no other method


def test_a_direction_that_nobody_wrote_is_shown(tmp_path: Path) -> None:
    """A warning where it changes points, a notice where actual and target agree or nothing was reported."""
    header = ["指标名称", "权重", "门槛值", "目标值", "实际完成值"]
    for name, threshold, actual, code in (
        ("投诉率", None, 5, "S136"),
        ("投诉率", None, 4, "S130"),
        ("投诉率", None, None, "S130"),
        ("周期", 6, 5, "S136"),
        ("周期", 6, None, "S135"),
    ):
        _, problems = lone(tmp_path, header, [name, 100, threshold, 4, actual])
        assert places(problems, "S130", "S135", "S136") == [(code, "张三", "A2")]


@pytest.mark.parametrize(("method", "wrong"), [("比率法", ["D2"]), ("扣分", ["D2"]), ("说明法", []), ("监控", [])])
def test_an_actual_in_words_is_no_figure(tmp_path: Path, method: str, wrong: list[str]) -> None:
    """What a method cannot read is named at its cell, never left out as if nothing had been reported."""
    book, found = lone(tmp_path, [*HEADER, "计分方法"], ["收入", 100, 100, "完成得不错", method], sheet="张三")
    assert [each.address.cell for each in found if each.code == "V116"] == wrong
    assert of(book, "actuals", "value") == [("完成得不错" if method == "说明法" else None,)]


def test_targets_written_as_bounds(tmp_path: Path) -> None:
    book, problems = lone(
        tmp_path,
        HEADER,
        ["满意度", 40, "≥80%", "85%"],
        ["响应天数", 30, "不超过5", 4],
        ["合格率", 30, "95％以上", 0.96],
        ["备用", None, "5天以内", None],
    )
    assert of(book, "contract_lines", "kpi", "target") == [
        ("满意度", 0.8), ("响应天数", 5.0), ("合格率", 0.95), ("备用", 5.0)
    ]  # fmt: skip
    assert of(book, "kpis", "direction") == [("higher",), ("lower",), ("higher",), ("lower",)]
    assert places(problems, "S124") == [("S124", "张三", f"C{row}") for row in (2, 3, 4, 5)]


def test_a_kpi_may_sound_like_a_signature(tmp_path: Path) -> None:
    book, _ = lone(
        tmp_path, HEADER, ["合同签署率", None, None, None], ["收入", 100, 5, 4], ["受约人签字：", None, "日期："]
    )
    assert book["contract_lines"].column("kpi") == ["合同签署率", "收入"]


def test_beside_the_programs_own_tables(tmp_path: Path) -> None:
    """Names find the people and the KPIs that the workbook already knows."""
    library = [["指标编号", "指标名称", "指标类别", "指标性质", "计分方法"], ["K1", "收入", "财务", "定量", "达标法"]]
    contract = [["姓名：张三1"], HEADER, ["收入", 60, 5, 4], ["利润", 40, 5, 4]]
    path = save(tmp_path / "a.xlsx", {"人员": [PEOPLE, person(1)], "指标库": library, "张三1": contract})
    book, _ = read(path)
    assert of(book, "people", "person") == [("E1",)]
    assert of(book, "contracts", "contract", "holder") == [("E1", "E1")]
    assert of(book, "kpis", "kpi", "method") == [("K1", "达标法"), ("利润", "ratio")]
    assert book["contract_lines"].column("kpi") == ["K1", "利润"]
    assert [str(book["kpis"].address(i, "name")) for i in range(2)] == ["a.xlsx 指标库!B2", "a.xlsx 张三1!A4"]


def test_a_copy_beside_the_programs_contract_lines_does_not_count_twice(tmp_path: Path) -> None:
    lines = [["合同编号", "指标编号", "权重"], ["C1", "K1", 100]]
    path = save(tmp_path / "a.xlsx", {"合同指标": lines, "张三": [HEADER, ["收入", 60, 5, 4], ["利润", 40, 5, 4]]})
    book, problems = read(path)
    assert book["contract_lines"].column("kpi") == ["K1"]
    assert places(problems, "S134") == [("S134", "张三", "A2")]


def test_a_book_without_contract_sheets_is_left_alone(tmp_path: Path) -> None:
    book, _, _ = read_book(save(tmp_path / "a.xlsx", {"人员": [PEOPLE, person(1)]}))
    assert split_contract_sheets(book) == (book, [])


def test_a_formula_without_a_result_is_no_target_in_words(tmp_path: Path) -> None:
    book, problems = lone(tmp_path, HEADER, ["收入", 60, "=1+1", 4], ["利润", 40, 5, 4])
    assert of(book, "contract_lines", "kpi", "target") == [("收入", None), ("利润", 5.0)]
    assert not any(book["contract_lines"].column("target_text"))
    assert places(problems, "S118") == [("S118", "张三", "C2")]

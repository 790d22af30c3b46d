"""Names where IDs are asked for, in worksheet functions: one that several share leads to none of them."""

from __future__ import annotations

from typing import Any

import pytest

from perfxl.core.codes import NAMING
from perfxl.excel.cells import CellError
from perfxl.excel.functions import FUNCTIONS

HEADERS = ["工号", "姓名", "指标编号", "指标名称", "计分方法", "目标值", "实际完成值", "权重", "每单位分值"]
LINES = [
    HEADERS,
    ["E1", "张伟", "K1", "收入", "比率法", 100.0, 90.0, 60.0, ""],
    ["E1", "张伟", "K2", "回款", "比率法", 100.0, 100.0, 40.0, ""],
    ["E1", "张伟", "K9", "事故", "扣分法", "", "", "", 5.0],
    ["E2", "张伟", "K1", "收入", "比率法", 100.0, 80.0, 60.0, ""],
    ["E2", "张伟", "K3", "收入", "比率法", 100.0, 80.0, 40.0, ""],
    ["E3", "李娜", "K1", "收入", "比率法", 100.0, 70.0, 100.0, ""],
    ["E3", "李娜", "K9", "事故", "扣分法", "", "", "", 5.0],
]


EVENTS = ["工号", "指标编号", "类型", "日期", "次数", "事实"]


def call(name: str, *arguments: Any) -> Any:
    return FUNCTIONS[name].call(*arguments)


def why(name: str, *arguments: Any) -> str:
    return str(FUNCTIONS["PX_WHY"].call(name, *arguments)[0][0])


@pytest.mark.parametrize("asked", ["张伟", "张 伟"])
def test_a_person_is_asked_for_by_a_name_that_one_alone_has(asked: str) -> None:
    assert call("PX_TOTAL", LINES, "李娜") == [[70.0]]
    assert call("PX_TOTAL", LINES, "e1") == call("PX_TOTAL", LINES, "E1") == [[94.0]]
    for function, more in (("PX_TOTAL", ()), ("PX_FIND", ("K1",))):
        assert call(function, LINES, asked, *more) == [[CellError.NA]]
        assert all(said in why(function, LINES, asked, *more) for said in ("C231", "E1、E2", asked))


def test_a_kpi_is_found_by_a_name_that_one_alone_of_the_person_has() -> None:
    assert call("PX_FIND", LINES, "E1", "收入", "实际完成值") == [[90.0]]
    assert call("PX_FIND", LINES, "E2", "收入") == [[CellError.NA]]
    assert "K1、K3" in why("PX_FIND", LINES, "E2", "收入")
    assert call("PX_FIND", LINES, "E2", "K3", "实际完成值") == [[80.0]]


@pytest.mark.parametrize("person", ["E3", "李娜", "李 娜"])
@pytest.mark.parametrize("kpi", ["K9", "事故"])
def test_events_count_by_ids_and_names_alike(person: str, kpi: str) -> None:
    events = [EVENTS, ["E3", "K9", "扣分", 46000.0, 2.0, "甲"], [person, kpi, "扣分", 46001.0, 1.0, "乙"]]
    assert call("PX_TOTAL", LINES, "E3", events) == [[55.0]]
    assert call("PX_TOTAL", LINES, "E1", events) == [[94.0]]


def test_events_of_a_name_that_two_have_leave_neither_a_total() -> None:
    events: list[Any] = [EVENTS, ["张伟", "K9", "扣分", 46000.0, 1.0, "甲"]]
    for person in ("E1", "E2"):
        assert call("PX_TOTAL", LINES, person, events) == [[CellError.VALUE]]
        assert "C231" in why("PX_TOTAL", LINES, person, events)
    assert call("PX_TOTAL", LINES, "E3", events) == [[70.0]]
    events[1][:2] = ["E2", "收入"]
    assert call("PX_TOTAL", LINES, "E2", events) == [[CellError.VALUE]]
    assert "K1、K3" in why("PX_TOTAL", LINES, "E2", events)
    assert call("PX_TOTAL", LINES, "E1", events) == [[94.0]]


def test_decisions_on_a_name_that_two_have_leave_neither_a_total() -> None:
    calibration: list[Any] = [
        ["工号", "校准后总分", "校准理由", "决定人", "决定日期"],
        ["张伟", 88.0, "横向比较", "委员会", 46000.0],
    ]
    for person in ("E1", "E2"):
        assert call("PX_TOTAL", LINES, person, calibration) == [[CellError.VALUE]]
        assert "C231" in why("PX_TOTAL", LINES, person, calibration)
    calibration[1][0] = "E2"
    assert call("PX_TOTAL", LINES, "E1", calibration) == [[94.0]]


def test_coverage_finds_links_by_the_names_of_kpis() -> None:
    assert NAMING["kpis"][:2] == ("kpi", "name")
    kpis = [["指标编号", "指标名称"], ["K1", "收入"], ["K2", "回款"], ["K3", "回款"]]
    links: list[Any] = [
        ["上级指标", "上级责任人", "承接责任人", "承接指标", "分解方式", "份额", "责任"],
        ["收入", "E1", "E2", "K1", "分摊", "60%", "主要"],
        ["K1", "E1", "E3", "K1", "分摊", "40%", "次要"],
    ]
    assert call("PX_COVERAGE", kpis, links, "承接数,份额合计,结论")[1] == [2.0, 100.0, "已承接"]
    links[1][0] = "回款"
    assert call("PX_COVERAGE", kpis, links) == [[CellError.NA]]
    assert "K2、K3" in why("PX_COVERAGE", kpis, links)


KPI_TABLE: list[list[Any]] = [["指标编号", "指标名称"], ["K1", "收入"], ["K2", "回款"]]
LINK_TABLE: list[list[Any]] = [
    ["上级指标", "上级责任人", "下级指标", "下级责任人", "分解方式", "份额 (%)", "责任"],
    ["K1", "E1", "K1", "E2", "分摊", 50.0, "主要"],
    ["K1", "E1", "K1", "E3", "分摊", 50.0, "次要"],
]


@pytest.mark.parametrize(
    "kpis",
    [
        KPI_TABLE,
        [["指标编号"], ["K1"], ["K2"]],
        [["指标编号", "目标值"], ["K1", 3.0], ["K2", 4.0]],
        [["指标名称"], ["收入"], ["回款"]],
    ],
)
def test_coverage_of_kpis_by_one_column_alone(kpis: list[list[Any]]) -> None:
    links = [LINK_TABLE[0], *([kpis[1][0], *row[1:]] for row in LINK_TABLE[1:])]
    assert call("PX_COVERAGE", kpis, links) == [["承接数"], [2.0], [0.0]]


@pytest.mark.parametrize(
    ("row", "code", "cell"),
    [
        ([CellError.REF, "E1", "K1", "E4", "支撑", "", ""], "V104", "A4"),
        (["K1", "", "K1", "E4", "支撑", "", ""], "V109", "B4"),
        (["K1", "E1", "K1", "E4", "", "", ""], "V109", "E4"),
        (["K1", "E1", "K1", "E4", "均分", "", ""], "V108", "E4"),
        (["K1", "E1", "K1", "E3", "分摊", 50.0, ""], "R110", "A4"),
    ],
)
def test_coverage_fails_on_links_that_a_file_has_errors_for(row: list[Any], code: str, cell: str) -> None:
    links = [*LINK_TABLE, row]
    assert call("PX_COVERAGE", KPI_TABLE, links) == [[CellError.NUM]]
    assert code in why("PX_COVERAGE", KPI_TABLE, links) and f"区域内 {cell}" in why("PX_COVERAGE", KPI_TABLE, links)


def test_a_kpi_that_cannot_be_read_is_no_kpi_that_nobody_carries() -> None:
    kpis = [*KPI_TABLE, [CellError.NA, "满意度"]]
    assert call("PX_COVERAGE", kpis, LINK_TABLE) == [[CellError.NUM]]
    assert "区域内 A4" in why("PX_COVERAGE", kpis, LINK_TABLE)


def test_coverage_tells_what_a_file_says_of_the_links() -> None:
    links = [*LINK_TABLE, ["K1", "E1", "K1", "E4", "全额承担", "", ""], ["K9", "E1", "K9", "E4", "支撑", "", ""]]
    links[2] = [*links[2][:5], 40.0, "主要"]
    assert call("PX_COVERAGE", KPI_TABLE, links, "结论") == [["结论"], ["份额合计不是 100%"], ["无人承接"]]
    said = [row[0] for row in FUNCTIONS["PX_WHY"].call("PX_COVERAGE", KPI_TABLE, links, "结论")]
    assert [text.split()[0] for text in said] == ["R174", "R173", "R175", "R241"]
    assert "K9" in said[-1]


TREE: list[list[Any]] = [
    ["节点编号", "节点名称", "节点公式", "实际值", "目标值", "单位"],
    ["P", "利润", "收入-成本", "", "", "万元"],
    ["R", "收入", "", 10.0, 12.0, "万元"],
    ["C", "成本", "", 5.0, 6.0, "万元"],
]


def test_a_value_tree_tells_the_warnings_that_a_file_has() -> None:
    tree = [*TREE, ["X", "现金", "", 1.0, 2.0, "万元"]]
    assert call("PX_VALUETREE", tree) == [["弹性"], [1.0], [2.0], [-1.0], [""]]
    assert "R152" in why("PX_VALUETREE", tree) and "区域内 A5" in why("PX_VALUETREE", tree)
    tree = [TREE[0], ["P", "利润", "收入*成本", "", "", "万元"], *TREE[2:]]
    assert call("PX_VALUETREE", tree)[1] == [1.0] and "R148" in why("PX_VALUETREE", tree)


@pytest.mark.parametrize(
    ("tree", "error", "code"),
    [
        (TREE[:1], CellError.NA, "R242"),
        ([*TREE, ["R", "收入", "", 1.0, 1.0, "万元"]], CellError.NUM, "R110"),
        ([*TREE, ["", "税", "", 1.0, 1.0, "万元"]], CellError.NUM, "V109"),
        ([*TREE, ["Q", "毛利", "收入-成本*2", "", "", "万元"]], CellError.NA, "R243"),
    ],
)
def test_a_value_tree_that_cannot_be_worked_out_says_why(tree: list[list[Any]], error: CellError, code: str) -> None:
    assert call("PX_VALUETREE", tree) == [[error]]
    assert code in why("PX_VALUETREE", tree)

"""Calibration and appeals beside a range: the result in force and its originals as a program's file gives them."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest

from perfxl.core.policy import Policy
from perfxl.core.problems import Severity
from perfxl.core.records import from_rows
from perfxl.core.schema import get
from perfxl.core.scoring.outcomes import outcome_text
from perfxl.core.scoring.program import score_program
from perfxl.excel.functions import FUNCTIONS

YEAR = (date(2025, 1, 1), date(2025, 12, 31))
BY = {"decided_by": "评审组", "decided_on": date(2026, 2, 3)}
APPEAL = {"appeal": "SS-1", "holder": "甲", "date": date(2026, 1, 5), "reason": "数据有误", "decision": "changed", **BY}
LEVEL = {"holder": "甲", "reason": "横向比较", **BY, "decided_on": date(2026, 1, 2)}

CASES: list[tuple[list[dict[str, Any]], list[dict[str, Any]]]] = [
    ([], []),
    ([], [{**APPEAL, "points": 95.0}]),
    ([], [{**APPEAL, "grade": "A"}]),
    ([], [{**APPEAL, "points": 95.0, "grade": "B"}]),
    ([], [{**APPEAL, "kpi": "收入", "points": 100.0}]),
    ([], [{**APPEAL, "kpi": "扣分", "points": 0.0}]),
    ([], [{**APPEAL, "kpi": "收入", "points": 100.0}, {**APPEAL, "appeal": "SS-2", "kpi": "扣分", "points": -1.0}]),
    ([], [{**APPEAL, "decision": "upheld"}]),
    ([], [{**APPEAL, "decision": "open", "points": None}]),
    ([{**LEVEL, "total": 80.0}], []),
    ([{**LEVEL, "grade": "C"}], []),
    ([{**LEVEL, "total": 80.0, "grade": "C"}], [{**APPEAL, "points": 85.0, "grade": "B"}]),
    # Decisions that cannot be carried out.
    ([], [{**APPEAL, "points": 95.0, "decided_by": None}]),
    ([], [{**APPEAL}]),
    ([], [{**APPEAL, "points": 130.0}]),
    ([], [{**APPEAL, "points": -1.0}]),
    ([], [{**APPEAL, "grade": "S"}]),
    ([], [{**APPEAL, "kpi": "没有", "points": 90.0}]),
    ([], [{**APPEAL, "kpi": "收入", "points": 130.0}]),
    ([], [{**APPEAL, "kpi": "收入", "points": 90.0, "grade": "A"}]),
    ([], [{**APPEAL, "points": 95.0}, {**APPEAL, "appeal": "SS-2", "points": 96.0}]),
    ([], [{**APPEAL, "points": 95.0}, {**APPEAL, "appeal": "SS-2", "kpi": "收入", "points": 96.0}]),
    ([{**LEVEL, "total": 80.0, "grade": "C"}], [{**APPEAL, "points": 85.0}]),
    ([{**LEVEL, "total": 80.0}], [{**APPEAL, "kpi": "收入", "points": 100.0}]),
    ([{**LEVEL, "total": 80.0, "decided_on": date(2026, 3, 1)}], [{**APPEAL, "points": 85.0, "grade": "B"}]),
]


def of_program(calibrations: list[dict[str, Any]], appeals: list[dict[str, Any]]) -> tuple[Any, set[str]]:
    """Total, grade and the results side by side of the one person; the codes of what is wrong."""
    rows: dict[str, list[dict[str, Any]]] = {
        "people": [{"person": "甲", "name": "甲"}],
        "kpis": [
            {"kpi": "收入", "name": "收入", "kind": "quantitative", "method": "比率法", "direction": "higher"},
            {"kpi": "扣分", "name": "扣分", "kind": "deduct", "method": "扣分", "k": 2.0, "limit": 10.0},
        ],
        "contracts": [{"contract": "C", "holder": "甲", "start": YEAR[0], "end": YEAR[1]}],
        "contract_lines": [
            {"contract": "C", "kpi": "收入", "weight": 100.0, "target": 100.0},
            {"contract": "C", "kpi": "扣分"},
        ],
        "actuals": [
            {"holder": "甲", "kpi": "收入", "period": "2025", "value": 90.0},
            {"holder": "甲", "kpi": "扣分", "period": "2025", "value": 1.0},
        ],
        "calibrations": calibrations,
        "appeals": appeals,
    }
    scores, problems = score_program({name: from_rows(name, each) for name, each in rows.items() if each}, Policy())
    total, outcome = float(scores.totals.total[0]), scores.decisions.people.get("甲", ())
    return (total, outcome_text(outcome, "zh")), {p.code for p in problems if p.severity is Severity.ERROR}


def of_range(calibrations: list[dict[str, Any]], appeals: list[dict[str, Any]]) -> tuple[Any, set[str]]:
    header = ["姓名", "指标名称", "计分方法", "权重(%)", "目标值", "实际完成值", "每单位分值", "扣加分上限"]
    lines = [
        ["甲", "收入", "比率法", 100.0, 100.0, 90.0, None, None],
        ["甲", "扣分", "扣分", None, None, 1.0, 2.0, 10.0],
    ]
    settings = [_cells(name, rows) for name, rows in (("calibrations", calibrations), ("appeals", appeals)) if rows]
    told = FUNCTIONS["PX_TOTALS"].call([header, *lines], *settings)[1]
    if not isinstance(told[1], float):
        return None, set(re.findall(r"\b[A-Z]\d{3}\b", told[-1]))
    return (told[1], told[-1]), set()


def _cells(name: str, rows: list[dict[str, Any]]) -> list[list[Any]]:
    columns = get(name).columns
    words: dict[Any, Any] = {choice.name: choice.zh for column in columns for choice in column.choices}
    return [
        [column.zh for column in columns],
        *([words.get(row.get(column.name), row.get(column.name)) for column in columns] for row in rows),
    ]


@pytest.mark.parametrize(("calibrations", "appeals"), CASES)
def test_a_range_is_decided_as_the_program_is(calibrations: Any, appeals: Any) -> None:
    result, wrong = of_program(calibrations, appeals)
    of_cells, wrong_there = of_range(calibrations, appeals)
    assert wrong_there == wrong
    if not wrong:
        assert of_cells == result


def test_one_total_is_the_one_in_force() -> None:
    table: list[list[Any]] = [["姓名", "指标名称", "计分方法", "权重(%)", "目标值", "实际完成值"]]
    table += [["甲", "收入", "比率法", 100.0, 100.0, 90.0]]
    assert FUNCTIONS["PX_TOTAL"].call(table, "甲", _cells("appeals", [{**APPEAL, "points": 95.0}])) == [[95.0]]

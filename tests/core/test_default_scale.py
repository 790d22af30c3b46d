"""The grade scale that a workbook holds as its default one is that of KPIs that name none, in every host."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from perfxl.core.policy import SETTINGS
from perfxl.core.problems import problem
from perfxl.core.records import Tables, from_rows
from perfxl.program import Program, from_tables
from perfxl.workbook.score.book import write_scores
from tests.oracles import by_formualizer, stored

_ROWS: dict[str, list[dict[str, Any]]] = {
    "policy": [{"key": next(each.zh for each in SETTINGS if each.name == "weight_max"), "value": 100.0}],
    "people": [
        {"person": "E1", "name": "甲", "unit": "D"},
        {"person": "E2", "name": "乙", "unit": "D"},
        {"person": "E9", "name": "丙", "unit": "D"},
    ],
    "kpis": [
        {"kpi": "K1", "name": "协调", "kind": "qualitative", "method": "说明法"},
        {"kpi": "K2", "name": "收入", "kind": "quantitative", "method": "比率法"},
    ],
    "contracts": [
        {"contract": f"C{n}", "holder": f"E{n}", "issuer": "E9", "start": date(2026, 1, 1), "end": date(2026, 12, 31)}
        for n in (1, 2)
    ],
    "contract_lines": [
        {"contract": "C1", "kpi": "K1", "weight": 100.0},
        {"contract": "C2", "kpi": "K2", "weight": 100.0, "target": 10.0},
    ],
    "actuals": [
        {"holder": "E1", "kpi": "K1", "period": "2026", "value": "优"},
        {"holder": "E2", "kpi": "K2", "period": "2026", "value": 9.0},
    ],
}


def program(name: str = "默认", points: float = 90.0) -> Program:
    grades = [{"scale": name, "grade": "优", "points": points, "sentence": "主动配合"}]
    tables: Tables = {table: from_rows(table, rows) for table, rows in {**_ROWS, "grade_tables": grades}.items()}
    return from_tables(tables)[0]


@pytest.mark.parametrize("name", ["默认", "Default", " 默认 "])
def test_its_points_count(name: str) -> None:
    scored = program(name)
    assert scored.score()[0].lines.points[0] == 90.0
    assert "C153" not in {each.code for each in scored.all_problems()}


def test_another_scale_stays_unused() -> None:
    scored = program("协调")
    assert scored.score()[0].lines.points[0] == 100.0
    assert "C153" in {each.code for each in scored.all_problems()}


def test_the_score_workbook_calculates_with_it(tmp_path: Path) -> None:
    scored = program()
    path = tmp_path / "得分.xlsx"
    write_scores(path, scored.tables, scored.score()[0])
    values = stored(path)
    assert by_formualizer(path, tmp_path) == values
    assert 90.0 in values.values()


def test_an_error_in_it_touches_who_is_graded_and_nobody_else() -> None:
    scored = program()
    address = scored.tables["grade_tables"].address(0, "points")
    scored.problems.append(problem("number_is_boolean", address, table="grade_tables", column="points", value=True))
    verdicts = scored.score()[0].verdicts.contracts
    assert [verdict.is_undetermined for verdict in verdicts] == [True, False]

"""Rows of which nobody knows whose they are: which of them leave whom without a total."""

from __future__ import annotations

from typing import Any

from perfxl.core.checks.strangers import EVERYBODY, Strangers, check_strangers
from perfxl.core.policy import Policy
from perfxl.core.records import Tables, from_rows

KPIS = (
    {"kpi": "K1", "name": "收入", "kind": "quantitative", "method": "ratio"},
    {"kpi": "K2", "name": "投诉", "kind": "deduct", "method": "deduct"},
    {"kpi": "K3", "name": "协作", "kind": "qualitative", "method": "marks"},
    {"kpi": "K4", "name": "协作", "kind": "qualitative", "method": "marks"},
)


def program(**rows: list[dict[str, Any]]) -> Tables:
    lines = [{"contract": "C1", "kpi": kpi["kpi"]} for kpi in KPIS]
    whole = {
        "people": [{"person": "E1", "name": "王一"}],
        "contracts": [{"contract": "C1", "holder": "E1"}],
        "contract_lines": lines,
        "kpis": list(KPIS),
        **rows,
    }
    return {name: from_rows(name, each, "a.xlsx", name) for name, each in whole.items()}


def of_anybody(table: str, rows: list[dict[str, Any]], **others: list[dict[str, Any]]) -> dict[int, tuple[Any, ...]]:
    tables = program(**{table: rows}, **others)
    return dict(Strangers(tables, Policy()).rows(tables[table]))


def test_every_event_of_nobody() -> None:
    rows = [
        {"holder": holder, "kpi": kpi} for holder in ("E1", "ｅ１", "E9", None) for kpi in ("K1", "K2", "K99", None)
    ]
    told = of_anybody("events", rows)
    assert [told.get(row) for row in range(8)] == [None] * 8
    assert [told.get(row) for row in range(8, 15)] == [
        ("K1",),
        ("K2",),
        EVERYBODY,
        EVERYBODY,
        ("K1",),
        ("K2",),
        EVERYBODY,
    ]
    assert 15 not in told  # a row of blanks is about nothing


def test_of_actuals_those_that_count_beside_the_lines() -> None:
    told = of_anybody("actuals", [{"holder": "E9", "kpi": kpi, "value": 1.0} for kpi in ("K1", "K2", "K3", None)])
    assert told == {1: ("K2",)}


def test_of_marks_those_of_scored_kpis() -> None:
    """By a name that two KPIs have the mark may be of both; a known contract says whose it is."""
    marks: list[dict[str, Any]] = [
        {"ratee": "E9", "dimension": word, "contract": None} for word in ("k3", "协作", "收入", None)
    ]
    known: dict[str, Any] = {"ratee": None, "dimension": "K3", "contract": "C1"}
    told = of_anybody("marks", [*marks, known])
    assert told == {0: ("K3",), 1: ("K3", "K4")}


def test_where_nobody_has_a_contract_nobody_can_be_meant() -> None:
    rows = [{"holder": "E9", "kpi": "K2"}]
    assert not of_anybody("events", rows, contracts=[])
    assert not of_anybody("events", rows, kpis=[])


def test_without_people_the_blank_is_nobody() -> None:
    """Who is known cannot be said, but that a cell is blank can."""
    rows: list[dict[str, Any]] = [{"holder": "E9", "kpi": "K2"}, {"holder": None, "kpi": "K2"}]
    assert of_anybody("events", rows, people=[]) == {1: ("K2",)}


def test_each_kpi_is_told_at_the_cell() -> None:
    tables = program(marks=[{"ratee": "E9", "dimension": "协作"}])
    told = check_strangers(tables, Policy(), tables["marks"])
    assert [(p.name, p.table, p.column, p.details["of_kpi"]) for p in told] == [
        ("row_of_anybody", "marks", "ratee", kpi) for kpi in ("K3", "K4")
    ]

"""What belongs to a contract: reports and events by days in common, one figure in one place (scoring.md section 7)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from perfxl.core.policy import Policy
from perfxl.core.problems import Address, Problem, Severity, problem
from perfxl.core.records import Tables, from_rows
from perfxl.core.scoring.line_table import LineTable, join_lines, not_said_yet
from perfxl.core.scoring.program import score_program
from perfxl.core.scoring.scalar import Status

YEAR = (date(2025, 1, 1), date(2025, 12, 31))


def program(
    *contracts: tuple[date, date],
    kpi: dict[str, Any] | None = None,
    actuals: list[tuple[str, Any]] | None = None,
    events: list[tuple[date, Any]] | None = None,
) -> Tables:
    """One person with one KPI in each of the contracts, and a bonus for what fills a whole weight."""
    card = {"kpi": "K1", "name": "收入", "method": "比率法", "direction": "higher", "aggregation": "sum"} | (kpi or {})
    numbers = [f"C{i}" for i in range(len(contracts))]
    tables = {
        "contracts": from_rows(
            "contracts",
            [
                {"contract": number, "holder": "E1", "start": start, "end": end}
                for number, (start, end) in zip(numbers, contracts, strict=True)
            ],
        ),
        "contract_lines": from_rows(
            "contract_lines",
            [{"contract": number, "kpi": "K1", "weight": 100.0, "target": 100.0} for number in numbers],
        ),
        "kpis": from_rows("kpis", [card]),
        "actuals": from_rows(
            "actuals",
            [{"holder": "E1", "kpi": "K1", "period": period, "value": value} for period, value in actuals or ()],
        ),
        "events": from_rows(
            "events", [{"holder": "E1", "kpi": "K1", "date": day, "count": count} for day, count in events or ()]
        ),
    }
    return {name: records for name, records in tables.items() if len(records)}


def joined(tables: Tables, **settings: Any) -> LineTable:
    return join_lines(tables, Policy().but(**settings))


def problems(tables: Tables, **settings: Any) -> list[tuple[str, str, str]]:
    _, found = score_program(tables, Policy().but(**settings))
    return [(p.code, p.address.sheet, p.address.cell) for p in found]


DEDUCT = {"method": "减分法", "k": 5.0, "aggregation": "sum"}
VETO = {"method": "否决"}


@pytest.mark.parametrize("card", [DEDUCT, VETO])
def test_events_count_on_the_days_of_the_contract_only(card: dict[str, Any]) -> None:
    half = (date(2025, 3, 1), date(2025, 6, 30))
    inside, outside = date(2025, 6, 30), [date(2023, 5, 5), date(2025, 2, 28), date(2025, 7, 1)]
    assert joined(program(half, kpi=card, events=[(inside, None)])).events == {0: [0]}
    table = joined(program(half, kpi=card, events=[(day, None) for day in outside]))
    assert table.events == {} and table.vetoed == {}
    assert table.columns["actual"] == [None]
    # Days of the contract outside the program's period are none of its days.
    late = joined(program(half, kpi=card, events=[(inside, None)]), period_start=date(2025, 7, 1))
    assert late.events == {} and late.days == [None]


def test_an_event_belongs_to_the_contract_in_force() -> None:
    first, second = (date(2025, 1, 1), date(2025, 5, 15)), (date(2025, 5, 16), date(2025, 12, 31))
    table = joined(program(first, second, kpi=DEDUCT, events=[(date(2025, 5, 15), 2.0), (date(2025, 5, 16), 1.0)]))
    assert table.columns["actual"] == [2.0, 1.0]


def test_an_event_of_nobody_is_passed_over() -> None:
    tables = program(YEAR, kpi=DEDUCT, events=[(date(2025, 5, 15), 2.0)])
    tables["events"].columns["holder"] = [None]
    tables["contract_lines"].columns["contract"] = [None]
    assert score_program(tables, Policy())[0].line_table.events == {}


def test_reports_outside_the_contract_do_not_count() -> None:
    half = (date(2025, 7, 1), date(2025, 12, 31))
    months = [(f"2025-{month:02}", 10.0) for month in range(6, 13)]
    assert joined(program(half, actuals=months)).columns["actual"] == [60.0]
    assert joined(program(half, actuals=[("2024", 90.0)])).columns["actual"] == [None]
    # A report that covers more than the only contract is the contract's.
    assert joined(program(half, actuals=[("2025", 90.0)])).columns["actual"] == [90.0]


def test_days_outside_the_programs_period_hold_nothing_up() -> None:
    long = (date(2024, 7, 1), date(2026, 6, 30))
    tables = program(long, actuals=[(f"2025Q{i}", 25.0) for i in (1, 2, 3, 4)])
    table = joined(tables, period_start=YEAR[0], period_end=YEAR[1])
    assert table.columns["actual"] == [100.0]


@pytest.mark.parametrize(
    ("rule", "actuals"),
    [("sum", [20.0 + 30.0 * 15 / 31, 30.0 * 16 / 31 + 40.0]), ("last", [30.0, 40.0]), ("mean", [25.0, 35.0])],
)
def test_a_report_of_two_contracts(rule: str, actuals: list[float]) -> None:
    first, second = (date(2025, 4, 1), date(2025, 5, 15)), (date(2025, 5, 16), date(2025, 6, 30))
    months = [("2025-04", 20.0), ("2025-05", 30.0), ("2025-06", 40.0)]
    tables = program(first, second, kpi={"aggregation": rule}, actuals=months)
    assert joined(tables).columns["actual"] == pytest.approx(actuals)
    assert problems(tables) == [("M140" if rule == "sum" else "M141", "实绩", "C5")]


def test_equal_reports_count_once_and_different_ones_do_not_count() -> None:
    assert joined(program(YEAR, actuals=[("2025", 90.0), ("2025", 90.0)])).columns["actual"] == [90.0]
    tables = program(YEAR, actuals=[("2025", 90.0), ("2025", 95.0)])
    scores, found = score_program(tables, Policy())
    assert scores.status(0) is Status.PROBLEM
    assert [(p.code, p.address.cell) for p in found] == [("M117", "D5")] and "D4" in found[0].message()


def test_a_month_beside_its_quarter() -> None:
    both = [("2025", 90.0), ("2025-12", 95.0)]
    tables = program(YEAR, actuals=both)
    scores, found = score_program(tables, Policy())
    assert scores.status(0) is Status.PROBLEM
    assert [(p.code, p.address.cell) for p in found] == [("M118", "D5")] and "D4" in found[0].message()
    assert joined(program(YEAR, kpi={"aggregation": "last"}, actuals=both)).columns["actual"] == [95.0]
    assert joined(program(YEAR, kpi={"aggregation": "last"}, actuals=both[::-1])).columns["actual"] == [95.0]


def test_a_deduction_stands_in_one_place() -> None:
    events = [(date(2025, 5, 5), 2.0)]
    tables = program(YEAR, kpi=DEDUCT, actuals=[("2025", 2.0)], events=events)
    assert joined(tables).columns["actual"] == [2.0] and problems(tables) == []
    tables = program(YEAR, kpi=DEDUCT, actuals=[("2025", 3.0)], events=events)
    scores, found = score_program(tables, Policy())
    assert [(p.code, p.address.cell) for p in found] == [("M119", "D4")]
    assert scores.status(0) is Status.PROBLEM
    # What was reported so far is taken off, although months are still to come.
    assert joined(program(YEAR, kpi=DEDUCT, actuals=[("2025-02", 2.0)])).columns["actual"] == [2.0]


@pytest.mark.parametrize("count", [-1.0, 0.0])
def test_counts_of_events_are_positive(count: float) -> None:
    tables = program(YEAR, kpi={"method": "加分", "k": 5.0}, events=[(date(2025, 5, 5), count)])
    scores, found = score_program(tables, Policy())
    assert [(p.code, p.severity) for p in found] == [("C143", Severity.ERROR)]
    assert scores.status(0) is Status.PROBLEM


def _unread(tables: Tables, name: str, table: str, column: str, value: str) -> Problem:
    return problem(name, tables[table].address(0, column), table=table, column=column, value=value)


@pytest.mark.parametrize(
    ("card", "rest"),
    [({}, []), ({"method": "减分法", "k": 1.0}, []), ({}, [("2025-02", 3.0)]), ({"aggregation": "last"}, [])],
)
def test_an_actual_that_could_not_be_read_is_no_pending_one(card: dict[str, Any], rest: list[tuple[str, Any]]) -> None:
    tables = program(YEAR, kpi=card, actuals=[("2025-01", None), *rest])
    read = [_unread(tables, "not_a_figure", "actuals", "value", "95abc")]
    scores, found = score_program(tables, Policy(), problems=read)
    assert scores.status(0) is Status.PROBLEM
    assert [p for p in found if p.severity is Severity.ERROR and p.address == read[0].address] == []


def test_a_count_that_could_not_be_read_is_not_one() -> None:
    tables = program(YEAR, kpi=DEDUCT, events=[(date(2025, 5, 5), None)])
    read = [_unread(tables, "not_a_number", "events", "count", "多次")]
    assert score_program(tables, Policy(), problems=read)[0].status(0) is Status.PROBLEM


def test_a_data_date_cuts_reports_and_target_alike() -> None:
    months = [(f"2025-{month:02}", 10.0) for month in range(1, 7)]
    tables = program(YEAR, kpi={"aggregation": "sum"}, actuals=months)
    scores, _ = score_program(tables, Policy().but(as_of=date(2025, 3, 31)))
    assert (scores.line_table.as_of[0].value, scores.outlook.target[0]) == (30.0, 25.0)
    assert scores.outlook.attainment[0] == 120.0 and scores.line_table.to_date[0].value == 60.0


@pytest.mark.parametrize(("table", "left"), [("actuals", 0), ("events", 0), ("contract_lines", 1)])
def test_a_row_of_actuals_or_events_that_is_told_is_not_told_again_at_another_cell(table: str, left: int) -> None:
    told = problem("required_blank", Address("p.xlsx", "表", "A9"), table=table)
    found = problem("figure_not_a_number", Address("p.xlsx", "表", "D9"), table=table)
    assert len(not_said_yet([found], [told])) == left
    assert not_said_yet([replace(found, address=Address("p.xlsx", "表", "D10"))], [told])

"""Reports of one person and KPI are looked at together; what is found is what looking at each row by itself finds."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from perfxl.core.checks.percents import Counting, Figure, check_percents, is_far, without_sign
from perfxl.core.checks.structure import check_duplicates
from perfxl.core.official import weights_off
from perfxl.core.policy import Policy
from perfxl.core.records import Tables, from_rows
from perfxl.core.table_access import reports_by_holder

ODD = (None, 0.0, -0.93, 1e308, float("inf"), float("nan"), "优", "N/A", True, 7, date(2025, 3, 9))
NEAR_AND_FAR = st.sampled_from((0.93, 0.95, 1.0, 18.6, 19.0, 20.0, 21.0, 30.0, 93.0, 95.0))
VALUES = NEAR_AND_FAR | NEAR_AND_FAR | st.sampled_from(ODD)
TARGETS = NEAR_AND_FAR | NEAR_AND_FAR | st.sampled_from(ODD)
WHOSE = st.sampled_from(("E1", "E2", None))
PERIODS = st.sampled_from(("2025-01", "2025-02", "2025Q1", None))
REPORTS = st.lists(st.tuples(WHOSE, PERIODS, VALUES, st.booleans()), max_size=12)
FIGURES = st.lists(st.tuples(st.just("E1"), PERIODS, NEAR_AND_FAR, st.just(False)), max_size=3)


def program(reports: list[tuple[Any, Any, Any, bool]], target: Any, unit: str | None) -> Tables:
    actuals = from_rows(
        "actuals",
        [{"holder": holder, "kpi": "K1", "period": period, "value": value} for holder, period, value, _ in reports],
    )
    actuals.percent["value"] = {i for i, each in enumerate(reports) if each[3]}
    return {
        "kpis": from_rows("kpis", [{"kpi": "K1", "name": "合格率", "unit": unit, "aggregation": "last"}]),
        "contracts": from_rows("contracts", [{"contract": "C1", "holder": "E1"}, {"contract": "C2", "holder": "E2"}]),
        "contract_lines": from_rows(
            "contract_lines", [{"contract": number, "kpi": "K1", "target": target} for number in ("C1", "C2")]
        ),
        "actuals": actuals,
    }


@given(REPORTS)
def test_reports_by_holder_hold_each_row_once(reports: list[tuple[Any, Any, Any, bool]]) -> None:
    expected: dict[Any, list[int]] = {}
    for row, (holder, *_) in enumerate(reports):
        expected.setdefault((holder, "K1"), []).append(row)
    found = reports_by_holder(program(reports, 1.0, None))
    assert [(key, list(rows)) for key, rows in found.items()] == list(expected.items())


@given(REPORTS)
def test_reports_that_stand_twice(reports: list[tuple[Any, Any, Any, bool]]) -> None:
    tables, seen, expected = program(reports, 1.0, None), set[Any](), list[str]()
    for row, (holder, period, *_) in enumerate(reports):
        if holder is not None and period is not None and (holder, period) in seen:
            expected.append(str(tables["actuals"].rows[row]))
        seen.add((holder, period))
    found = [each.address.cell[1:] for each in check_duplicates(tables, Policy()) if each.table == "actuals"]
    assert found == expected


@settings(max_examples=400, deadline=None)
@given(REPORTS | FIGURES, TARGETS, st.sampled_from(("%", "万元", None)))
def test_percent_signs_that_were_lost(reports: list[tuple[Any, Any, Any, bool]], target: Any, unit: str | None) -> None:
    tables, counting = program(reports, target, unit), Counting(unit, "合格率")
    expected = []
    for row, (holder, _, value, marked) in enumerate(reports):
        if holder is None or not target or not is_far(value, target):
            continue
        figure, aim = Figure(float(value), marked), Figure(float(target))
        lost = without_sign(figure, aim, counting)
        if lost is not None and (lost is figure or not (marked or unit == "%")):
            expected.append(tables["actuals"].address(row, "value"))
    found = [each.address for each in check_percents(tables, Policy()) if each.table == "actuals"]
    assert found == expected


WEIGHTS = st.sampled_from((None, 1 / 3 * 100, 50.0, 49.99999999999, 49.9999999999, 1e12, -50.0, 150.0, 20, "?"))


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.integers(-1, 1), WEIGHTS, st.sampled_from((True, True, False))), max_size=6))
def test_weights_are_whole_where_decimals_say_so(lines: list[tuple[int, Any, bool]]) -> None:
    records = from_rows("contract_lines", [{"weight": weight} for _, weight, _ in lines])
    off = weights_off(records, *(list(column) for column in zip(*lines, strict=True))) if lines else {}
    for contract in {at for at, _, carries in lines if carries and at >= 0}:
        given = [weight for at, weight, carries in lines if carries and at == contract]
        total = sum((Decimal(repr(each)) for each in given if isinstance(each, float | int)), Decimal())
        assert (contract in off) is (round(total, 10) != 100)

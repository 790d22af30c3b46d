"""When a total is official (scoring.md section 7): weights that sum, and no error that touches the contract."""

from __future__ import annotations

from typing import Any

import pytest

from perfxl.core import official
from perfxl.core.official import Standing, Verdict, judge_contracts, judge_person, touching, weights_off
from perfxl.core.problems import Address, Problem, problem
from perfxl.core.records import Gathered, Records, from_rows
from perfxl.core.schema import get

CONTRACTS = [
    {"contract": "C1", "holder": "E1"},
    {"contract": "C2", "holder": "E2", "second_holder": "E3"},
    {"contract": "C3", "holder": "E1"},
]
LINES = [
    {"contract": "C1", "kpi": "K1", "weight": 60.0},
    {"contract": "C1", "kpi": "K2", "weight": 40.0},
    {"contract": "C2", "kpi": "K1", "weight": 100.0},
    {"contract": "C3", "kpi": "K3", "weight": 100.0},
]


@pytest.fixture
def tables() -> dict[str, Records]:
    return {
        "contracts": from_rows("contracts", CONTRACTS, "p.xlsx"),
        "contract_lines": from_rows("contract_lines", LINES, "p.xlsx"),
        "kpis": from_rows("kpis", [{"kpi": "K1", "steps": "S"}, {"kpi": "K2", "scale": "G"}, {"kpi": "K3"}], "p.xlsx"),
        "people": from_rows("people", [{"person": "E1"}, {"person": "E2"}, {"person": "E3"}], "p.xlsx"),
        "actuals": from_rows(
            "actuals", [{"holder": "E1", "kpi": "K3"}, {"holder": "E3", "kpi": "K1"}, {"holder": "E1"}], "p.xlsx"
        ),
        "events": from_rows("events", [{"holder": None, "kpi": "K1"}], "p.xlsx"),
        "step_tables": from_rows("step_tables", [{"table": "S"}], "p.xlsx"),
        "grade_tables": from_rows("grade_tables", [{"scale": "G"}], "p.xlsx"),
        "marks": from_rows("marks", [{"rater": "E1", "ratee": "E2"}], "p.xlsx"),
        "policy": from_rows("policy", [{"key": "points_cap"}], "p.xlsx"),
        "grade_bands": from_rows("grade_bands", [{"grade": "A"}], "p.xlsx"),
        "methods": from_rows("methods", [{"method": "自定"}], "p.xlsx"),
        "method_cases": from_rows("method_cases", [{"method": "自定"}], "p.xlsx"),
        "holidays": from_rows("holidays", [{"date": None}], "p.xlsx"),
        "units": from_rows("units", [{"unit": "U"}], "p.xlsx"),
    }


def error_at(tables: dict[str, Records], table: str, row: int) -> Problem:
    return problem("not_a_number", tables[table].address(row), table=table)


@pytest.mark.parametrize(
    ("table", "row", "contracts"),
    [
        ("contracts", 1, {1}),
        ("contract_lines", 0, {0}),
        ("contract_lines", 2, {1}),
        ("kpis", 0, {0, 1}),
        ("people", 0, {0, 2}),
        ("people", 2, {1}),
        ("actuals", 0, {2}),
        ("actuals", 1, {1}),
        ("actuals", 2, {0, 2}),  # of no KPI that can be told: whichever of E1's contracts it was for
        ("events", 0, set()),  # nobody's
        ("step_tables", 0, {0, 1}),
        ("grade_tables", 0, {0}),
        ("marks", 0, {1}),
        *((name, 0, {0, 1, 2}) for name in ("policy", "grade_bands", "methods", "method_cases", "holidays")),
        ("units", 0, set()),
    ],
)
def test_an_error_touches_the_contracts_it_is_about(
    tables: dict[str, Records], table: str, row: int, contracts: set[int]
) -> None:
    assert touching(tables, [error_at(tables, table, row)]).keys() == contracts


def test_what_is_no_error_touches_nobody(tables: dict[str, Records]) -> None:
    assert touching(tables, [problem("weight_off_step", tables["contracts"].address(0), table="contracts")]) == {}


@pytest.mark.parametrize(
    "error",
    [
        problem("file_damaged", Address("p.xlsx")),
        problem("column_missing", Address("p.xlsx", "实绩", "A3"), table="actuals", column="value"),
        problem("formula_without_result", Address("p.xlsx", "实绩", "D900"), table="actuals", column="value"),
        problem("column_missing", Address("p.xlsx", "等级", "A3"), table="grade_bands", column="lower"),
    ],
)
def test_what_could_not_be_read_may_concern_anybody(tables: dict[str, Records], error: Problem) -> None:
    assert touching(tables, [error]) == {0: error, 1: error, 2: error}


def test_errors_by_the_thousand_that_touch_everybody_are_gone_through_once(
    tables: dict[str, Records], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first has touched each contract; the others are looked at in no contract."""
    asked: list[Problem] = []
    contracts_of = official._contracts_of

    def counted(error: Problem, *others: Any) -> Any:
        asked.append(error)
        return contracts_of(error, *others)

    monkeypatch.setattr(official, "_contracts_of", counted)
    errors = [problem("not_a_date", Address("p.xlsx", "holidays", f"A{i}"), table="holidays") for i in range(2, 5000)]
    assert touching(tables, errors) == dict.fromkeys(range(3), errors[0])
    assert asked == errors[:1]


def test_the_first_error_is_the_reason(tables: dict[str, Records]) -> None:
    first, second = error_at(tables, "contract_lines", 1), error_at(tables, "contract_lines", 0)
    assert touching(tables, [first, second]) == {0: first}


def test_rows_taken_out_of_another_sheet_are_found_where_they_stand(tables: dict[str, Records]) -> None:
    sheet = from_rows("contract_sheet", [{"kpi": "K1"}, {"kpi": "K2"}, {"kpi": "K1"}], "p.xlsx", "业绩合同")
    columns: dict[str, list[Any]] = {"contract": ["C1", "C1", "C2"], "kpi": ["K1", "K2", "K1"]}
    origins = [(sheet, 0), (sheet, 1), (sheet, 2)]
    tables["contract_lines"] = Gathered(
        get("contract_lines"), columns, "p.xlsx", "业绩合同", [4, 5, 6], origins=origins
    )
    error = problem("number_with_unit", sheet.address(1, "kpi"), table="contract_sheet")
    assert touching(tables, [error]) == {0: error}


@pytest.mark.parametrize(
    ("weights", "total"),
    [
        ([1 / 3 * 100] * 3, None),
        ([33.33] * 3, "99.99"),
        ([70.0, 70.0], "140"),
        ([0.1] * 1000, None),
        ([None, 100.0], None),
        ([100.00000001], "100.00000001"),
        ([float("nan")], "0"),
        ([float("inf"), 100.0], None),  # what is no weight is a problem of its own
        ([1e300], f"{10**300}"),
    ],
)
def test_weights_sum_to_100_in_decimals_of_ten_digits(weights: list[Any], total: str | None) -> None:
    lines = from_rows("contract_lines", [{"contract": "C", "kpi": f"K{i}"} for i in range(len(weights))])
    off = weights_off(lines, [0] * len(weights), weights, [True] * len(weights))
    assert {place: each.details["total"] for place, each in off.items()} == ({} if total is None else {0: total})


def test_lines_without_weight_or_contract_are_not_summed() -> None:
    lines = from_rows("contract_lines", [{"contract": "C", "kpi": "K"}, {"contract": "?", "kpi": "K"}])
    assert weights_off(lines, [0, -1], [5.0, 7.0], [False, True]) == {}


def test_standings_of_contracts_and_people() -> None:
    reason = problem("weights_sum", total=1, amount=1, way_zh="", way_en="")
    verdicts = judge_contracts({1: reason}, {}, pending={0, 1}, broken={2}, size=4)
    assert verdicts == [
        Verdict(Standing.PROVISIONAL),
        Verdict(Standing.UNDETERMINED, reason),
        Verdict(Standing.UNDETERMINED),
        Verdict(Standing.OFFICIAL),
    ]
    assert judge_person(verdicts) == verdicts[1]
    assert judge_person([verdicts[3], verdicts[0]]).standing is Standing.PROVISIONAL
    assert judge_person([verdicts[3]]).standing is Standing.OFFICIAL


@pytest.mark.parametrize("table", ["actuals", "events"])
def test_an_error_at_a_name_of_several_may_concern_each_of_them(tables: dict[str, Records], table: str) -> None:
    """It touched nobody: a veto of 甲 left both people of that name official."""
    tables["people"] = from_rows("people", [{"person": person, "name": "甲"} for person in ("E1", "E2")], "p.xlsx")
    rows = [{"holder": holder, "kpi": "K1"} for holder in ("甲", "e2", "Ｅ２", "E99")]
    tables[table] = from_rows(table, rows, "p.xlsx")
    touched = [touching(tables, [error_at(tables, table, row)]).keys() for row in range(4)]
    assert touched == [{0, 1}, {1}, {1}, set()]


def test_a_contract_number_that_stands_twice_leaves_both_open(tables: dict[str, Records]) -> None:
    """The lines went to one of the two, and the other was called pending."""
    tables["contracts"] = from_rows("contracts", [*CONTRACTS, {"contract": "C1", "holder": "E9"}], "p.xlsx")
    error = problem("key_repeated", tables["contracts"].address(3, "contract"), table="contracts")
    assert touching(tables, [error]).keys() == {0, 3}

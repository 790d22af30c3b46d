"""Negotiated targets against the contract: what is wrong stands at its cell."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from perfxl.core.checks import run_checks
from perfxl.core.official import Standing, touching
from perfxl.core.policy import Policy
from perfxl.core.problems import Severity
from perfxl.core.records import Tables, from_rows
from perfxl.core.schema.worked import negotiation_status
from perfxl.core.scoring.program import score_program

START, END = date(2025, 1, 1), date(2025, 12, 31)
BOTH = {"signed_issuer": date(2024, 12, 20), "signed_holder": date(2024, 12, 21)}
ASKED = {"contract": "C", "kpi": "K", "proposal": 100.0, "forecast": 80.0, "agreed": 90.0}


def program(row: dict[str, Any], line: dict[str, Any] | None = None, *amendments: dict[str, Any]) -> Tables:
    rows: dict[str, list[dict[str, Any]]] = {
        "people": [{"person": p, "name": p} for p in ("E", "S")],
        "kpis": [{"kpi": k, "name": k, "method": "比率法", "direction": "higher"} for k in ("K", "L")],
        "contracts": [{"contract": "C", "holder": "E", "issuer": "S", "start": START, "end": END}],
        "contract_lines": [
            {"contract": "C", "kpi": "K", "weight": 100.0, "target": 90.0, "threshold": 70.0, "challenge": 120.0}
            | (line or {})
        ],
        "negotiations": [row],
        "amendments": list(amendments),
        "actuals": [{"holder": "E", "kpi": "K", "period": "2025", "value": 90.0}],
    }
    return {name: from_rows(name, each) for name, each in rows.items()}


def found(tables: Tables, **policy: Any) -> list[tuple[str, str]]:
    problems = run_checks(tables, Policy().but(period_start=START, period_end=END, **policy))
    return [(each.name, each.address.cell) for each in problems if each.table == "negotiations"]


def test_a_settled_negotiation_has_no_problem() -> None:
    assert found(program({**ASKED, **BOTH}), as_of=END) == []


@pytest.mark.parametrize(
    ("row", "line", "expected"),
    [
        ({**ASKED, **BOTH, "agreed": 95.0}, {}, ("negotiation_target_differs", "P4")),
        ({**ASKED, "agreed": 95.0}, {}, ("negotiation_not_in_contract", "P4")),
        ({**ASKED, **BOTH, "agreed": None}, {}, ("negotiation_signed_without_target", "Q4")),
        ({**ASKED, **BOTH, "forecast": None}, {}, ("negotiation_forecast_missing", "K4")),
        ({**ASKED, **BOTH, "kpi": "L"}, {}, ("negotiation_line_unknown", "B4")),
        ({**ASKED, **BOTH, "contract": "X"}, {}, ("reference_unknown", "A4")),
        ({**ASKED, **BOTH, "proposal": 130.0}, {}, ("negotiation_out_of_order", "J4")),
        ({**ASKED, **BOTH, "forecast": 60.0}, {}, ("negotiation_out_of_order", "K4")),
        (
            {**ASKED, **BOTH, "proposal": 60.0},
            {"threshold": 110.0, "challenge": 70.0},
            ("negotiation_out_of_order", "J4"),
        ),
        ({**ASKED, **BOTH}, {"proposal_holder": 85.0}, ("negotiation_proposal_differs", "K4")),
        ({**ASKED, "signed_issuer": date(2025, 1, 5)}, {}, ("negotiation_open_after_start", "P4")),
    ],
)
def test_what_is_wrong_stands_at_its_cell(row: dict[str, Any], line: dict[str, Any], expected: tuple[str, str]) -> None:
    assert found(program(row, line)) == [expected]


def test_open_until_both_sign() -> None:
    day = date(2024, 12, 20)
    given = [(None, day, day), (90.0, None, None), (90.0, day, None), (90.0, None, day), (90.0, day, day)]
    assert [negotiation_status(*each)("zh") for each in given] == [
        "未决",
        "已商定，双方未签",
        "发约人已签",
        "受约人已签",
        "双方已签",
    ]


def test_open_when_the_year_is_under_way() -> None:
    open_row = {**ASKED, "signed_holder": date(2024, 12, 20)}
    assert found(program(open_row)) == []
    assert found(program(open_row), as_of=date(2025, 1, 31)) == [("negotiation_open_after_start", "P4")]


def test_a_target_amended_later_was_another_when_it_was_negotiated() -> None:
    change = {
        "contract": "C",
        "kpi": "K",
        "effective": date(2025, 7, 1),
        "change": "target",
        "old": 95.0,
        "new": 90.0,
        **BOTH,
    }
    assert found(program({**ASKED, **BOTH, "agreed": 95.0}, {}, change)) == []
    assert found(program({**ASKED, **BOTH}, {}, change)) == [("negotiation_target_differs", "P4")]


def test_a_signed_target_that_is_not_the_contracts_leaves_no_total() -> None:
    tables, policy = program({**ASKED, **BOTH, "agreed": 95.0}), Policy().but(weight_max=100.0, kpi_min=1)
    problems = run_checks(tables, policy)
    assert touching(tables, problems)[0].name == "negotiation_target_differs"
    scores, _ = score_program(tables, policy, problems=problems)
    assert scores.verdicts.contracts[0].standing is Standing.UNDETERMINED
    unsigned = program({**ASKED, "agreed": 95.0})
    assert {p.severity for p in run_checks(unsigned, policy) if p.table == "negotiations"} == {Severity.WARNING}


def test_targets_in_words_are_compared_in_words() -> None:
    words = {"target": None, "target_text": "预算内", "threshold": None, "challenge": None}
    row = {**ASKED, **BOTH, "proposal": "预算内", "forecast": "预算内"}
    assert found(program({**row, "agreed": "预算内"}, words)) == []
    assert found(program({**row, "agreed": "超支5%以内"}, words)) == [("negotiation_target_differs", "P4")]

"""A person with several contracts: what each counts for the whole (scoring.md section 7, segments)."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest

from perfxl.core.policy import Policy
from perfxl.core.problems import Problem
from perfxl.core.records import from_rows
from perfxl.core.scoring.program import Scores, score_program
from perfxl.core.scoring.totals import NO_BAND

FIRST, SECOND = (date(2025, 1, 1), date(2025, 6, 30)), (date(2025, 7, 1), date(2025, 12, 31))
OLD = (date(2023, 1, 1), date(2023, 12, 31))


def scored(
    first: Any, second: Any, *spans: tuple[date, date], veto: dict[str, Any] | None = None, **settings: Any
) -> tuple[Scores, list[Problem]]:
    """Two contracts with one KPI each, and a veto that happened in the first where one is given."""
    spans = spans or (FIRST, SECOND)
    contracts = [{"contract": f"C{i}", "holder": "E", "start": s, "end": e} for i, (s, e) in enumerate(spans)]
    lines = [{"contract": f"C{i}", "kpi": f"K{i}", "weight": 100.0, "target": 100.0} for i in range(2)]
    kpis = [{"kpi": f"K{i}", "name": f"K{i}", "method": "比率法", "direction": "higher"} for i in range(2)]
    tables = {
        "actuals": from_rows(
            "actuals",
            [
                {"holder": "E", "kpi": f"K{i}", "period": "2025", "value": value}
                for i, value in enumerate((first, second))
            ],
        )
    }
    if veto is not None:
        lines.append({"contract": "C0", "kpi": "V"})
        kpis.append({"kpi": "V", "name": "V", "method": "否决", **veto})
        tables["events"] = from_rows("events", [{"holder": "E", "kpi": "V", "date": date(2025, 2, 2)}])
    for name, rows in (("contracts", contracts), ("contract_lines", lines), ("kpis", kpis)):
        tables[name] = from_rows(name, rows)
    return score_program(tables, Policy().but(period_start=FIRST[0], period_end=SECOND[1], **settings))


def result(scores: Scores) -> tuple[float | None, float | None, float]:
    totals = scores.totals
    total, provisional = (float(each[0]) for each in (totals.total, totals.provisional))
    known = [None if value != value else value for value in (total, provisional)]
    return known[0], known[1], float(totals.completeness[0])


def test_contracts_count_by_their_days() -> None:
    assert result(scored(90.0, 100.0)[0]) == (95.04, 95.04, 100.0)


@pytest.mark.parametrize(
    ("effect", "whole", "only_contract"),
    [({"veto_effect": "zero"}, 0.0, 50.41), ({"veto_effect": "limit_total", "limit": 59.0}, 59.0, 79.67)],
)
def test_a_veto_binds_the_whole_result_unless_the_policy_says_otherwise(
    effect: dict[str, Any], whole: float, only_contract: float
) -> None:
    assert result(scored(90.0, 100.0, veto=effect)[0])[0] == whole
    assert result(scored(90.0, 100.0, veto=effect, veto_scope="contract")[0])[0] == only_contract


def test_a_limit_of_the_grade_binds_likewise() -> None:
    effect = {"veto_effect": "limit_grade", "veto_grade": "C"}
    grades = [band.grade for band in Policy().bands]
    for scope, grade in (("person", "C"), ("contract", "A")):
        scores, _ = scored(90.0, 100.0, veto=effect, veto_scope=scope)
        assert grades[scores.totals.grade[0]] == grade


def test_a_contract_of_which_nothing_applies_is_left_out_with_its_days() -> None:
    scores, found = scored("N/A", 100.0)
    assert result(scores) == (100.0, 100.0, 100.0)
    assert [(p.code, p.address.sheet) for p in found] == [("M142", "合同")]


def test_a_contract_without_result_leaves_a_provisional_one_over_the_others() -> None:
    assert result(scored(None, 100.0)[0]) == (None, 100.0, 50.41)


def test_a_contract_outside_the_programs_period_holds_nothing_up() -> None:
    assert result(scored(None, 100.0, OLD, SECOND)[0])[0] == 100.0


@pytest.mark.parametrize("wrong", [0, 1])
def test_what_is_undetermined_leaves_no_figure_to_be_shown(wrong: int) -> None:
    """Neither of the contract nor of its holder; the other contract keeps its own."""
    actuals: list[Any] = [90.0, 100.0]
    actuals[wrong] = "85分左右"
    scores, _ = scored(*actuals)
    undetermined = [row == wrong for row in range(2)]
    assert [each.is_undetermined for each in scores.verdicts.contracts] == undetermined
    assert scores.verdicts.people[0].is_undetermined
    for name in ("total", "provisional", "completeness", "weighted", "adjusted"):
        assert np.isnan(getattr(scores.contracts, name)).tolist() == undetermined, name
        assert np.isnan(getattr(scores.totals, name)).all(), name
    assert [grade < 0 for grade in scores.contracts.grade] == undetermined
    assert scores.totals.grade.tolist() == [NO_BAND]

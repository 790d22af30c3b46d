"""Versions of amended contracts: what the amendments must say, and what each version counts for (scoring.md sections
2 and 7, segments)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfxl.core.amendments import histories
from perfxl.core.checks import run_checks
from perfxl.core.official import Standing
from perfxl.core.policy import Policy
from perfxl.core.problems import Problem
from perfxl.core.records import Tables, from_rows
from perfxl.core.scoring.program import Scores, score_program

YEAR = (date(2025, 1, 1), date(2025, 12, 31))
JULY = date(2025, 7, 1)
SIGNED = {"signed_issuer": date(2024, 12, 20), "signed_holder": date(2024, 12, 25)}


def change(item: str, old: Any, new: Any, *, kpi: str = "K1", effective: date = JULY, **more: Any) -> dict[str, Any]:
    row = {"contract": "C", "kpi": kpi, "change": item, "old": old, "new": new, "effective": effective}
    return {**row, **SIGNED, **more}


def program(
    *amendments: dict[str, Any],
    lines: list[dict[str, Any]] | None = None,
    actuals: dict[str, Any] | None = None,
    term: tuple[date, date] = YEAR,
    more: dict[str, list[dict[str, Any]]] | None = None,
    **contract: Any,
) -> Tables:
    """A contract whose current version has K1 of weight 60 and target 80, and K2 of weight 40 and target 50."""
    lines = lines or [
        {"contract": "C", "kpi": "K1", "weight": 60.0, "target": 80.0},
        {"contract": "C", "kpi": "K2", "weight": 40.0, "target": 50.0},
    ]
    kpis = [
        {
            "kpi": f"K{i}",
            "name": f"指标{i}",
            "unit": "万元",
            "kind": "quantitative",
            "method": "比率法",
            "direction": "higher",
            "aggregation": "sum",
        }
        for i in (1, 2, 3)
    ]
    reported = {"K1": 80.0, "K2": 40.0} if actuals is None else actuals
    rows: dict[str, list[dict[str, Any]]] = {
        "people": [{"person": p, "name": p} for p in ("E", "F", "S")],
        "kpis": kpis,
        "contracts": [{"contract": "C", "holder": "E", "issuer": "S", "start": term[0], "end": term[1], **contract}],
        "contract_lines": lines,
        "amendments": list(amendments),
        "actuals": [{"holder": "E", "kpi": kpi, "period": "2025", "value": value} for kpi, value in reported.items()],
    }
    for name, others in (more or {}).items():
        rows[name] = [*rows.get(name, []), *others]
    return {name: from_rows(name, each) for name, each in rows.items()}


def scored(tables: Tables, rule: str = "days", **policy: Any) -> tuple[Scores, list[Problem]]:
    values = {"period_start": YEAR[0], "period_end": YEAR[1], "amendment_scoring": rule}
    values |= {"weight_max": 100.0, "kpi_min": 1, **policy}
    setting = Policy().but(**values)
    checked = [each for each in run_checks(tables, setting) if each.name != "person_without_contract"]
    scores, found = score_program(tables, setting, problems=checked)
    return scores, [*checked, *found]


def codes(tables: Tables, rule: str = "days", **policy: Any) -> list[tuple[str, str]]:
    """The problems of amendments with their cells."""
    found = scored(tables, rule, **policy)[1]
    return [(each.name, each.address.cell) for each in found if "amendment" in each.name or "version" in each.name]


def total(scores: Scores) -> float:
    assert scores.verdicts.contracts[0].standing is Standing.OFFICIAL
    assert scores.contracts.total[0] == scores.totals.total[0]
    return float(scores.contracts.total[0])


def test_each_version_counts_by_the_days_it_held() -> None:
    # Version 1, 181 days: K1 80/100 -> 80.00, K2 40/50 -> 80.00: 0.5 x 80 + 0.5 x 80 = 80.00
    # Version 2, 184 days: K1 80/80 -> 100.00, K2 80.00: 60 + 32 = 92.00
    # (80 x 181 + 92 x 184) / 365 = 86.0493... -> 86.05
    tables = program(
        change("target", 100.0, 80.0), change("weight", 50.0, 60.0), change("weight", 50.0, 40.0, kpi="K2")
    )
    scores, found = scored(tables)
    assert (total(scores), [p.name for p in found if p.table == "amendments"]) == (86.05, [])
    assert [(v.number, v.first, v.last, v.days, v.total) for v in scores.versions[0]] == [
        (1, date(2025, 1, 1), date(2025, 6, 30), 181, 80.0),
        (2, date(2025, 7, 1), date(2025, 12, 31), 184, 92.0),
    ]


def test_by_default_the_current_version_counts_for_the_whole_period() -> None:
    tables = program(change("target", 100.0, 80.0))
    scores, _ = scored(tables, "current")
    assert (Policy()["amendment_scoring"], total(scores)) == ("current", 92.0)
    assert [(v.number, v.days, v.total) for v in scores.versions[0]] == [(1, 181, None), (2, 184, None)]


@pytest.mark.parametrize(
    ("effective", "days", "expected"),
    [
        (date(2025, 1, 1), [0, 365], 92.0),  # from the first day: the version before held no day
        (date(2025, 12, 31), [364, 1], 80.03),  # (80 x 364 + 92) / 365 = 80.0328...
    ],
)
def test_the_first_and_the_last_day(effective: date, days: list[int], expected: float) -> None:
    rows = (change("target", 100.0, 80.0), change("weight", 50.0, 60.0), change("weight", 50.0, 40.0, kpi="K2"))
    tables = program(*({**row, "effective": effective} for row in rows))
    scores, _ = scored(tables)
    assert ([v.days for v in scores.versions[0]], total(scores)) == (days, expected)


def test_a_leap_day_is_a_day() -> None:
    term = (date(2024, 1, 1), date(2024, 12, 31))
    rows = [
        change("target", 100.0, 80.0, effective=date(2024, 3, 1)),
        change("weight", 50.0, 60.0, effective=date(2024, 3, 1)),
        change("weight", 50.0, 40.0, kpi="K2", effective=date(2024, 3, 1)),
    ]
    tables = program(*rows, term=term)
    tables = {
        **tables,
        "actuals": from_rows(
            "actuals",
            [
                {"holder": "E", "kpi": "K1", "period": "2024", "value": 80.0},
                {"holder": "E", "kpi": "K2", "period": "2024", "value": 40.0},
            ],
        ),
    }
    scores, _ = scored(tables, period_start=term[0], period_end=term[1])
    # (80 x 60 + 92 x 306) / 366 = 90.0327...
    assert ([v.days for v in scores.versions[0]], total(scores)) == ([60, 306], 90.03)


def test_a_contract_of_one_day_has_one_version_that_counts() -> None:
    day = date(2025, 12, 31)
    rows = [change("target", 100.0, 80.0, effective=day)]
    scores, _ = scored(program(*rows, term=(day, day)))
    assert ([v.days for v in scores.versions[0]], total(scores)) == ([0, 1], 92.0)


def test_days_outside_the_period_do_not_count() -> None:
    tables = program(change("target", 100.0, 80.0), term=(date(2024, 7, 1), date(2026, 6, 30)))
    assert [v.days for v in scored(tables)[0].versions[0]] == [181, 184]


def test_three_versions_in_any_order_of_rows() -> None:
    # Targets of K1: 160 to 31 March (90 days), 100 to 30 June (91), 80 to the end (184); K1 60, K2 40 throughout.
    # 50 x .6 + 32 = 62; 80 x .6 + 32 = 80; 60 + 32 = 92; (62 x 90 + 80 x 91 + 92 x 184) / 365 = 81.6109...
    tables = program(change("target", 100.0, 80.0), change("target", 160.0, 100.0, effective=date(2025, 4, 1)))
    scores, found = scored(tables)
    assert ([v.total for v in scores.versions[0]], total(scores)) == ([62.0, 80.0, 92.0], 81.61)
    assert [p.name for p in found if p.table == "amendments"] == []


def test_versions_are_rounded_before_they_are_averaged() -> None:
    # Version 1: 100 x 1/3 = 33.33 x .6 + 32 = 51.998 -> 52.00; version 2: 92. (52 x 181 + 92 x 184) / 365 = 72.1643...
    scores, _ = scored(program(change("target", 240.0, 80.0)))
    assert ([v.total for v in scores.versions[0]], total(scores)) == ([52.0, 92.0], 72.16)


def test_lines_that_fell_away_and_new_ones() -> None:
    # Version 1 had K1 60 and K3 40 (target 10, actual 5: 50): 60 + 20 = 80; version 2 K1 60 and K2 40: 92.
    rows = [
        change("removed", None, None, kpi="K3"),
        change("weight", 40.0, None, kpi="K3"),
        change("target", 10.0, None, kpi="K3"),
        change("added", None, None, kpi="K2"),
    ]
    scores, found = scored(program(*rows, actuals={"K1": 80.0, "K2": 40.0, "K3": 5.0}))
    assert ([v.total for v in scores.versions[0]], total(scores)) == ([80.0, 92.0], 86.05)
    assert [line.kpi for line in scores.versions[0][0].lines] == ["K1", "K3"]
    assert not [p for p in found if p.severity.value != "notice"]


def test_a_pending_line_of_an_earlier_version_leaves_the_total_provisional() -> None:
    rows = [
        change("removed", None, None, kpi="K3"),
        change("weight", 40.0, None, kpi="K3"),
        change("target", 10.0, None, kpi="K3"),
        change("added", None, None, kpi="K2"),
    ]
    scores, _ = scored(program(*rows))
    assert scores.verdicts.contracts[0].standing is Standing.PROVISIONAL
    assert scores.contracts.total[0] != scores.contracts.total[0]


def test_a_veto_binds_whatever_the_days() -> None:
    more: dict[str, list[dict[str, Any]]] = {
        "kpis": [
            {
                "kpi": "V",
                "name": "重大事故",
                "method": "否决",
                "kind": "veto",
                "veto_effect": "limit_total",
                "limit": 59.0,
            }
        ],
        "contract_lines": [{"contract": "C", "kpi": "V"}],
        "events": [{"holder": "E", "kpi": "V", "date": date(2025, 2, 2)}],
    }
    tables = program(change("target", 100.0, 80.0), change("added", None, None, kpi="V"), more=more)
    scores, _ = scored(tables)
    assert (total(scores), [v.total for v in scores.versions[0]]) == (59.0, [80.0, 59.0])


def test_a_change_of_post_and_an_amendment() -> None:
    """The person's result is the mean of the contracts, of which one is the mean of its versions."""
    more: dict[str, list[dict[str, Any]]] = {
        "contracts": [{"contract": "D", "holder": "E", "issuer": "S", "start": date(2025, 10, 1), "end": YEAR[1]}],
        "contract_lines": [{"contract": "D", "kpi": "K3", "weight": 100.0, "target": 10.0}],
        "actuals": [{"holder": "E", "kpi": "K3", "period": "2025Q4", "value": 7.0}],
    }
    tables = program(change("target", 100.0, 80.0), term=(YEAR[0], date(2025, 9, 30)), more=more)
    scores, _ = scored(tables)
    # C: (80 x 181 + 92 x 92) / 273 = 84.0439 -> 84.04 over 273 days, D: 70 over 92: (84.04 x 273 + 70 x 92) / 365
    assert (scores.contracts.total.tolist(), scores.totals.total[0]) == ([84.04, 70.0], 80.5)


def test_an_appeal_about_a_line_holds_in_every_version() -> None:
    tables = program(
        change("target", 100.0, 80.0),
        more={
            "appeals": [
                {
                    "appeal": "1",
                    "holder": "E",
                    "kpi": "K2",
                    "date": date(2026, 1, 10),
                    "reason": "漏报",
                    "decision": "changed",
                    "points": 100.0,
                    "decided_by": "S",
                    "decided_on": date(2026, 1, 20),
                }
            ]
        },
    )
    scores, _ = scored(tables)
    # 80 x .6 + 40 = 88 and 100: (88 x 181 + 100 x 184) / 365 = 94.0493
    assert float(scores.totals.total[0]) == 94.05


def test_a_shared_contract_needs_both_holders_to_sign() -> None:
    row = change("target", 100.0, 80.0)
    shared = program(row, second_holder="F")
    assert ("amendment_not_signed", "C4") in codes(shared)
    tables = program({**row, "signed_second": date(2024, 12, 26)}, second_holder="F")
    scores, found = scored(tables)
    assert scores.totals.total.tolist() == [86.05, 86.05]
    assert not [p for p in found if p.table == "amendments"]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        # The old value is not what the change before made of it.
        (
            [change("target", 100.0, 80.0), change("target", 160.0, 110.0, effective=date(2025, 4, 1))],
            ("amendment_old_differs", "F4"),
        ),
        # The new value is not the contract's.
        ([change("target", 100.0, 85.0)], ("amendment_new_differs", "G4")),
        ([change("target", 100.0, 80.0, effective=date(2026, 1, 1))], ("amendment_outside_contract", "C4")),
        ([change("target", 100.0, 80.0, effective=date(2024, 12, 31))], ("amendment_outside_contract", "C4")),
        ([change("target", 100.0, 80.0, signed_holder=None)], ("amendment_taken_early", "E4")),
        ([change("target", 80.0, 70.0, signed_holder=None)], ("amendment_not_signed", "C4")),
        ([change("target", 100.0, 80.0)] * 2, ("amendment_repeated", "E5")),
        ([change("target", 100.0, 80.0, kpi="K3")], ("amendment_line_unknown", "D4")),
        ([change("removed", None, None)], ("amendment_line_still_there", "D4")),
        ([change("target", 100.0, 80.0, version=3.0)], ("amendment_version_wrong", "B4")),
        ([change("target", None, None)], ("amendment_value_missing", "G4")),
        ([change("weight", "多", 60.0)], ("amendment_not_a_number", "F4")),
        ([change("target", 100.0, 80.0, signed_issuer=date(2025, 7, 2))], ("amendment_signed_late", "I4")),
        ([change("weight", 70.0, 60.0)], ("version_weights_sum", "F4")),
    ],
)
def test_what_is_wrong_is_told_at_its_cell(rows: list[dict[str, Any]], expected: tuple[str, str]) -> None:
    assert expected in codes(program(*rows))


def test_an_error_in_an_amendment_leaves_no_total() -> None:
    for rule in ("days", "current"):
        scores, _ = scored(program(change("target", 100.0, 85.0)), rule)
        verdict = scores.verdicts.contracts[0]
        assert (verdict.standing, verdict.reason and verdict.reason.name) == (
            Standing.UNDETERMINED,
            "amendment_new_differs",
        )
        assert scores.totals.total[0] != scores.totals.total[0]


def test_weights_of_an_earlier_version_matter_only_where_it_counts() -> None:
    row = change("weight", 70.0, 60.0)
    assert codes(program(row), "current") == []
    assert codes(program({**row, "effective": YEAR[0]})) == []
    assert scored(program(row))[0].verdicts.contracts[0].standing is Standing.UNDETERMINED


def test_what_is_not_signed_does_not_count() -> None:
    tables = program(change("target", 80.0, 70.0, signed_issuer=None))
    scores, _ = scored(tables)
    assert (total(scores), scores.versions) == (92.0, {})


def test_a_target_that_cannot_be_scored_is_told_at_the_amendment() -> None:
    scores, found = scored(program(change("target", 0.0, 80.0)))
    assert scores.verdicts.contracts[0].standing is Standing.UNDETERMINED
    told = [p for p in found if p.name == "target_zero" or "zero" in p.name]
    assert [each.address.sheet for each in told] == ["合同变更"]


def test_weights_typed_as_percentages_are_percent_points() -> None:
    tables = program(change("weight", 0.5, 0.6), change("weight", 0.5, 0.4, kpi="K2"))
    tables["amendments"].percent.update({"old": {0, 1}, "new": {0, 1}})
    assert codes(tables) == []
    assert histories(tables, Policy()).versions["C"][0].lines["K1"]["weight"] == 50.0


@given(
    target=st.floats(1, 1e6).map(lambda x: round(x, 2)),
    day=st.dates(YEAR[0], YEAR[1]),
    actual=st.floats(0, 1e6).map(lambda x: round(x, 2)),
)
@settings(max_examples=60, deadline=None)
def test_versions_that_are_equal_give_the_current_total(target: float, day: date, actual: float) -> None:
    lines = [{"contract": "C", "kpi": "K1", "weight": 100.0, "target": target}]
    same = program(change("target", target, target, effective=day), lines=lines, actuals={"K1": actual})
    assert total(scored(same)[0]) == total(scored(same, "current")[0])


@given(old=st.floats(1, 1e6).map(lambda x: round(x, 2)), actual=st.floats(0, 1e4).map(lambda x: round(x, 2)))
@settings(max_examples=60, deadline=None)
def test_one_version_for_all_days_is_the_current_one(old: float, actual: float) -> None:
    tables = program(change("target", old, 80.0, effective=YEAR[0]), actuals={"K1": actual, "K2": 40.0})
    assert total(scored(tables)[0]) == total(scored(tables, "current")[0])

"""Calibration and appeals: original, calibrated and appealed results side by side, the last one in force."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest

from perfxl import program, sample
from perfxl.core import checks, explain
from perfxl.core.official import Standing
from perfxl.core.policy import Policy
from perfxl.core.problems import Problem, Severity
from perfxl.core.records import Records, from_rows
from perfxl.core.scoring.outcomes import Stage, outcome_text
from perfxl.core.scoring.program import Scores, score_program

DECIDED = {"decided_by": "评审组", "decided_on": date(2026, 2, 3)}
GRANTED = {
    "appeal": "SS1",
    "holder": "E1",
    "date": date(2026, 1, 20),
    "reason": "口径有误",
    "finding": "属实",
    "decision": "changed",
    **DECIDED,
}
CALIBRATED = {"holder": "E1", "reason": "部门比例", "decided_by": "校准会", "decided_on": date(2026, 1, 10)}
_MIDDLE = date(2025, 6, 30), date(2025, 7, 1)


def book(*, several: bool = False, shared: bool = False, **tables: Any) -> dict[str, Records]:
    """E1: 60 x 80 + 40 x 90, less 4: 80 B. E2: all of it 100. Of E1 a second contract where there are `several`."""
    end, start = _MIDDLE if several else (date(2025, 12, 31), None)
    holders = {"E1": "E3" if shared else None, "E2": None}
    contracts: list[dict[str, Any]] = [
        {"contract": f"C{h}", "holder": h, "second_holder": s, "start": date(2025, 1, 1), "end": end}
        for h, s in holders.items()
    ]
    contracts[1]["end"] = date(2025, 12, 31)
    if several:
        contracts.append({"contract": "CX", "holder": "E1", "start": start, "end": date(2025, 12, 31)})
    figures = {"K1": (60.0, 80.0), "K2": (40.0, 90.0)}
    lines = [
        {"contract": c["contract"], "kpi": kpi, "weight": weight, "target": 100.0}
        for c in contracts
        for kpi, (weight, _) in figures.items()
    ]
    lines += [{"contract": "CE1", "kpi": "D"}, {"contract": "CE1", "kpi": "V"}]
    kpis: list[dict[str, Any]] = [
        {"kpi": k, "name": k, "method": "比率法", "direction": "higher", "aggregation": "last"} for k in figures
    ]
    kpis.append({"kpi": "D", "name": "D", "method": "减分法", "k": 2.0, "limit": 10.0})
    kpis.append({"kpi": "V", "name": "V", "method": "否决", "veto_effect": "limit_total", "limit": 85.0})
    actuals = [
        {"holder": h, "kpi": kpi, "period": "2025H1" if several and h == "E1" else "2025", "value": value}
        for h in holders
        for kpi, (_, value) in figures.items()
    ]
    if several:
        actuals += [
            {"holder": "E1", "kpi": kpi, "period": "2025H2", "value": value} for kpi, (_, value) in figures.items()
        ]
    events = [{"holder": "E1", "kpi": "D", "kind": "deduct", "date": date(2025, 3, 1), "count": 2.0, "fact": "迟报"}]
    rows: dict[str, list[dict[str, Any]]] = {
        "contracts": contracts,
        "contract_lines": lines,
        "kpis": kpis,
        "actuals": actuals,
        "events": events,
        "people": [{"person": each, "name": each} for each in ("E1", "E2", "E3")],
        **tables,
    }
    return {name: from_rows(name, each, "p.xlsx") for name, each in rows.items()}


def scored(tables: dict[str, Records], **settings: Any) -> tuple[Scores, list[Problem]]:
    policy = Policy().but(period_start=date(2025, 1, 1), period_end=date(2025, 12, 31), **settings)
    return score_program(tables, policy)


def result(scores: Scores, person: str = "E1") -> tuple[Standing, float, str]:
    at = scores.people.index(person)
    place = int(scores.totals.grade[at])
    return (
        scores.verdicts.people[at].standing,
        float(scores.totals.total[at]),
        scores.policy.bands[place].grade if place >= 0 else "",
    )


OFFICIAL = Standing.OFFICIAL


def test_the_program_of_these_tests() -> None:
    scores, found = scored(book())
    assert result(scores) == (OFFICIAL, 80.0, "B")
    assert not found and not scores.decisions.people


@pytest.mark.parametrize(
    ("changes", "total", "grade"),
    [
        ({"kpi": "K1", "points": 90.0}, 86.0, "B"),
        ({"kpi": "K2", "points": 120.0}, 92.0, "A"),
        ({"kpi": "D", "points": 0.0}, 84.0, "B"),  # the deduction is taken back
        ({"points": 91.5}, 91.5, "A"),
        ({"grade": "A"}, 80.0, "A"),
        ({"points": 75.0, "grade": "B"}, 75.0, "B"),
    ],
)
def test_a_granted_appeal_is_in_force_and_the_original_is_kept(
    changes: dict[str, Any], total: float, grade: str
) -> None:
    scores, found = scored(book(appeals=[{**GRANTED, **changes}]))
    assert not found
    assert result(scores) == (OFFICIAL, total, grade)
    assert result(scores, "E2") == result(scored(book())[0], "E2")
    original, appealed = scores.decisions.people["E1"]
    assert (original.stage, original.total, original.grade) == (Stage.ORIGINAL, 80.0, "B")
    assert (appealed.stage, appealed.total, appealed.grade) == (Stage.APPEALED, total, grade)
    assert (appealed.record, appealed.by, appealed.on, appealed.reason) == ("SS1", "评审组", date(2026, 2, 3), "属实")
    assert appealed.address.cell == "B4"
    assert scores.contracts.total[0] == total  # the only contract's total is the person's
    assert scores.contracts.grade[0] == scores.totals.grade[0] == appealed.place
    told = explain.as_dict(explain.explain(book(), scores, "E1"))
    assert (told["total"], [each["total"] for each in told["results"]]) == (total, [80.0, total])
    assert [each["total"] for each in told["contracts"][0]["results"]] == [80.0, total]
    text = "\n".join(explain.as_text_lines(explain.explain(book(), scores, "E1")))
    assert (
        "原结果 80.00 B" in text and f"申诉后 {total:.2f} {grade}（SS1、评审组、2026-02-03）（属实） [申诉!B4]" in text
    )
    (first, _) = explain.contracts_as_dicts(book(), scores)
    assert (first["total"], first["grade"], first["results"]) == (total, grade, told["results"])


def test_the_line_says_what_its_points_were() -> None:
    scores, _ = scored(book(appeals=[{**GRANTED, "kpi": "K1", "points": 90.0}]))
    told = explain.as_dict(explain.explain(book(), scores, "E1"))["contracts"][0]["lines"][0]
    assert (told["points"], told["original_points"], told["weighted_points"]) == (90.0, 80.0, 54.0)
    text = "\n".join(explain.as_text_lines(explain.explain(book(), scores, "E1")))
    assert "申诉后 90 分，原 80 分（SS1、评审组、2026-02-03）" in text
    assert scores.lines_of(0)[0] in scores.decisions.lines


def test_what_is_upheld_or_calibrated_is_kept_too() -> None:
    upheld = {**GRANTED, "decision": "upheld"}
    scores, found = scored(book(appeals=[upheld], calibrations=[{**CALIBRATED, "grade": "C"}]))
    assert not found
    assert result(scores) == (OFFICIAL, 80.0, "C")
    assert [(d.stage, d.total, d.grade, d.by) for d in scores.decisions.people["E1"]] == [
        (Stage.ORIGINAL, 80.0, "B", ""),
        (Stage.CALIBRATED, 80.0, "C", "校准会"),
        (Stage.UPHELD, 80.0, "C", "评审组"),
    ]
    assert outcome_text(scores.decisions.people["E1"], "en").startswith("original 80.00 B; calibrated 80.00 C (校准会")


def test_an_appeal_after_calibration_goes_last() -> None:
    appeal = {**GRANTED, "points": 88.0, "grade": "B"}
    scores, found = scored(book(appeals=[appeal], calibrations=[{**CALIBRATED, "total": 78.0, "grade": "C"}]))
    assert not found
    assert result(scores) == (OFFICIAL, 88.0, "B")
    assert [each.total for each in scores.decisions.people["E1"]] == [80.0, 78.0, 88.0]


def test_several_contracts_keep_their_totals_where_the_whole_is_decided_on() -> None:
    plain, _ = scored(book(several=True))
    scores, found = scored(book(several=True, appeals=[{**GRANTED, "points": 95.0}]))
    assert not found and result(scores) == (OFFICIAL, 95.0, "A")
    assert scores.contracts.total.tolist() == plain.contracts.total.tolist()
    lines = explain.as_text_lines(explain.explain(book(several=True), scores, "E1"))
    assert any(line.strip().endswith(f"= {plain.totals.total[0]}") for line in lines)  # the average, and then
    assert lines[-1].split()[1] == "95.0"
    (first, *_) = explain.contracts_as_dicts(book(several=True), scores)
    assert "results" not in first and [each["total"] for each in first["people_results"]["E1"]][-1] == 95.0


def test_what_is_decided_about_one_of_two_holders_leaves_the_other_alone() -> None:
    scores, found = scored(book(shared=True, appeals=[{**GRANTED, "points": 90.0}]))
    assert not found
    assert result(scores) == (OFFICIAL, 90.0, "A")
    assert result(scores, "E3") == (OFFICIAL, 80.0, "B")
    assert scores.contracts.total[0] == 80.0


VETO = {"holder": "E1", "kpi": "V", "kind": "veto", "date": date(2025, 4, 1), "fact": "违规"}
EVENTS = [{"holder": "E1", "kpi": "D", "kind": "deduct", "date": date(2025, 3, 1), "count": 2.0, "fact": "迟报"}]


@pytest.mark.parametrize(
    ("code", "column", "tables"),
    [
        ("C201", "points", {"appeals": [GRANTED]}),
        ("C201", "points", {"appeals": [{**GRANTED, "kpi": "K1"}]}),
        ("C201", "decided_by", {"appeals": [{**GRANTED, "points": 90.0, "decided_by": None}]}),
        ("C201", "decided_on", {"appeals": [{**GRANTED, "points": 90.0, "decided_on": None}]}),
        ("C201", "total", {"calibrations": [CALIBRATED]}),
        ("C201", "decided_by", {"calibrations": [{**CALIBRATED, "grade": "C", "decided_by": None}]}),
        ("C202", "points", {"appeals": [{**GRANTED, "kpi": "K1", "points": 121.0}]}),
        ("C202", "points", {"appeals": [{**GRANTED, "kpi": "D", "points": 2.0}]}),
        ("C202", "points", {"appeals": [{**GRANTED, "points": 130.0}]}),
        ("C202", "points", {"appeals": [{**GRANTED, "points": 90.0}], "events": [VETO]}),
        ("C202", "total", {"calibrations": [{**CALIBRATED, "total": -1.0}]}),
        ("C203", "grade", {"calibrations": [{**CALIBRATED, "grade": "优秀"}]}),
        ("C204", "kpi", {"appeals": [{**GRANTED, "kpi": "V", "points": 90.0}]}),
        ("C204", "kpi", {"appeals": [{**GRANTED, "kpi": "K9", "points": 90.0}]}),
        ("C204", "kpi", {"appeals": [{**GRANTED, "kpi": "K1", "points": 90.0, "grade": "A"}]}),
        ("C205", "holder", {"appeals": [{**GRANTED, "points": 90.0}, {**GRANTED, "appeal": "SS2", "points": 91.0}]}),
        (
            "C205",
            "holder",
            {"appeals": [{**GRANTED, "points": 90.0}, {**GRANTED, "appeal": "SS2", "kpi": "K1", "points": 90.0}]},
        ),
        ("C205", "holder", {"calibrations": [{**CALIBRATED, "grade": "C"}, {**CALIBRATED, "grade": "D"}]}),
        (
            "C206",
            "decided_on",
            {
                "appeals": [{**GRANTED, "points": 90.0, "decided_on": date(2026, 1, 9)}],
                "calibrations": [{**CALIBRATED, "total": 78.0}],
            },
        ),
        (
            "C207",
            "points",
            {"appeals": [{**GRANTED, "points": 90.0}], "calibrations": [{**CALIBRATED, "grade": "C"}]},
        ),
        (
            "C207",
            "points",
            {"appeals": [{**GRANTED, "kpi": "K1", "points": 90.0}], "calibrations": [{**CALIBRATED, "total": 79.0}]},
        ),
    ],
)
def test_a_decision_that_cannot_be_carried_out_leaves_no_result(code: str, column: str, tables: dict[str, Any]) -> None:
    tables = {**tables, "events": [*EVENTS, *tables.get("events", [])]}
    held = book(**tables)
    scores, found = scored(held)
    name = "appeals" if code in ("C204", "C206", "C207") or "calibrations" not in tables else "calibrations"
    (wrong,) = [each for each in found if each.code == code]
    assert wrong.severity is Severity.ERROR
    assert wrong.address == held[name].address(len(held[name]) - 1, column)
    assert result(scores)[0] is Standing.UNDETERMINED and np.isnan(scores.totals.total[0])
    assert scores.verdicts.people[0].reason == wrong
    assert result(scores, "E2")[0] is OFFICIAL
    assert "E1" not in scores.decisions.people
    assert wrong.message("zh") and wrong.message("en") and wrong.hint("zh") and wrong.hint("en")


def test_an_appeal_against_a_line_that_two_share_or_that_stands_twice_is_asked_about() -> None:
    appeal = {**GRANTED, "kpi": "K1", "points": 90.0}
    for held in (book(shared=True, appeals=[appeal]), book(several=True, appeals=[appeal])):
        scores, found = scored(held)
        assert [each.code for each in found] == ["C204"]
        assert result(scores)[0] is Standing.UNDETERMINED


def test_two_equal_decisions_count_once() -> None:
    appeal = {**GRANTED, "kpi": "K1", "points": 90.0}
    scores, found = scored(book(appeals=[appeal, {**appeal, "appeal": "SS2"}]))
    assert not found and result(scores) == (OFFICIAL, 86.0, "B")


def test_what_is_open_stays_so() -> None:
    actuals = [{"holder": "E1", "kpi": "K1", "period": "2025", "value": 80.0}]
    scores, found = scored(book(actuals=actuals, appeals=[{**GRANTED, "points": 90.0}]))
    assert result(scores)[0] is Standing.PROVISIONAL
    assert [(each.code, each.severity) for each in found] == [("C208", Severity.WARNING)]


@pytest.mark.parametrize("decision", [None, "open", "withdrawn", "upheld"])
def test_points_without_a_decision_to_change_do_not_count(decision: str | None) -> None:
    scores, found = scored(book(appeals=[{**GRANTED, "decision": decision, "points": 90.0}]))
    assert result(scores) == (OFFICIAL, 80.0, "B")
    assert [(each.code, each.severity) for each in found] == [("C209", Severity.WARNING)]


def test_an_unreadable_cell_of_an_appeal_leaves_no_result() -> None:
    """What cannot be read is told once, by reading."""
    from perfxl.core.problems import problem

    held = book(appeals=[GRANTED])
    told = problem("not_a_number", held["appeals"].address(0, "points"), table="appeals", column="points", value="九十")
    policy = Policy().but(period_start=date(2025, 1, 1), period_end=date(2025, 12, 31))
    scores, found = score_program(held, policy, problems=[told])
    assert not found
    assert scores.verdicts.people[0].reason == told
    assert result(scores, "E2")[0] is OFFICIAL


@pytest.mark.parametrize("decision", ["open", "withdrawn", None])
def test_without_a_decision_every_figure_is_as_before(decision: str | None) -> None:
    tables = dict(sample.program(40, 3, "zh"))
    policy = program.from_tables(tables)[0].policy
    plain, _ = score_program({k: v for k, v in tables.items() if k != "appeals"}, policy)
    rows = [
        {**row, "decision": decision, "points": None, "decided_by": None, "decided_on": None}
        for row in tables["appeals"].records()
    ]
    same, _ = score_program({**tables, "appeals": from_rows("appeals", rows, "p.xlsx")}, policy)
    for name in ("total", "provisional", "completeness", "grade", "weighted", "adjusted"):
        for one, other in ((plain.totals, same.totals), (plain.contracts, same.contracts)):
            np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
    np.testing.assert_array_equal(plain.lines.points, same.lines.points)
    for person in plain.people:
        told, again = (explain.as_dict(explain.explain(tables, scores, person)) for scores in (plain, same))
        assert told == again


def test_the_sample_program_shows_each_kind_without_a_problem() -> None:
    tables = sample.program(60, 1, "zh")
    read, _ = program.from_tables(tables)
    scores, _ = read.score()
    stages = {outcome[-1].stage for outcome in scores.decisions.people.values()}
    assert stages == {Stage.APPEALED, Stage.UPHELD}
    assert not [each for each in read.all_problems() if each.table in ("appeals", "calibrations")]
    assert checks.run_checks(tables, read.policy) == read.check()

"""What is asked of whom: rows that are due, nothing of other people, nobody forgotten."""

from __future__ import annotations

import gc
import pickle
import weakref
from datetime import date
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from perfxl.core.policy import Policy
from perfxl.core.records import Tables, from_rows
from perfxl.core.requests import JOBS, Request, ask
from perfxl.core.values.dates import MONTHS, Span, period_span, periods_within

YEAR = Span(date(2026, 1, 1), date(2026, 12, 31))
QUARTER = Span(date(2026, 1, 1), date(2026, 3, 31))


def program(**more: list[dict[str, Any]]) -> Tables:
    rows: dict[str, list[dict[str, Any]]] = {
        "units": [{"unit": "D1", "name": "销售部", "head": "E1"}, {"unit": "D2", "name": "财务部", "head": "E4"}],
        "people": [
            {"person": "E1", "name": "甲", "unit": "D1", "superior": "E9"},
            {"person": "E2", "name": "乙", "unit": "D1", "superior": "E1", "email": "yi@x.cn"},
            {"person": "E3", "name": "丙", "unit": "D1", "superior": "E1"},
            {"person": "E4", "name": "丁", "unit": "D2"},
            {"person": "E9", "name": "总经理", "unit": "D1"},
        ],
        "kpis": [
            {
                "kpi": "K1",
                "name": "收入",
                "kind": "quantitative",
                "method": "比率法",
                "unit": "万元",
                "period": "quarter",
                "reporter": "财务部",
            },
            {
                "kpi": "K2",
                "name": "满意度",
                "kind": "qualitative",
                "method": "说明法",
                "period": "year",
                "reporter": "E4",
            },
            {
                "kpi": "K3",
                "name": "协作",
                "kind": "qualitative",
                "method": "评分法",
                "rater_shares": "自评20%；上级80%",
            },
            {"kpi": "K4", "name": "事故", "kind": "deduct", "method": "减分法"},
        ],
        "contracts": [
            {"contract": f"C{n}", "holder": f"E{n}", "issuer": "E1", "start": YEAR.start, "end": YEAR.end}
            for n in (1, 2, 3)
        ],
        "contract_lines": [
            {"contract": f"C{n}", "kpi": f"K{k}", "target": 100.0, "weight": 30.0}
            for n in (3, 2, 1)
            for k in (1, 2, 3, 4)
        ],
    }
    return {name: from_rows(name, each) for name, each in {**rows, **more}.items()}


def asked(tables: Tables, audience: str, *jobs: str, within: Span | None = QUARTER) -> dict[str, Request]:
    requests, _ = ask(tables, Policy(), audience, jobs, within)
    return {request.recipient.key: request for request in requests}


def rows(request: Request, job: str, *names: str) -> list[tuple[object, ...]]:
    return [tuple(row[name] for name in names) for row in request.rows[job]]


def test_managers_are_asked_about_their_own_people_in_order() -> None:
    requests = asked(program(), "manager", "actuals")
    assert list(requests) == ["E9", "E1"]
    assert rows(requests["E1"], "actuals", "holder", "kpi", "period") == [
        ("E2", "K1", "2026Q1"),
        ("E3", "K1", "2026Q1"),
    ]
    assert requests["E1"].rows["actuals"][0]["name"] == "乙"
    assert requests["E1"].rows["actuals"][0]["target"] == 100.0


def test_rows_that_are_due_are_the_same_in_another_process() -> None:
    """They are made when they are looked at, of tables that another process does not have."""
    request = asked(program(), "manager", "actuals", "grades", "marks", "coaching")["E1"]
    sent = pickle.loads(pickle.dumps(request))
    assert sent.recipient == request.recipient
    for job, each in request.rows.items():
        assert [*sent.rows[job]] == [*each] and len(sent.rows[job]) == len(each)
        assert sent.rows[job].people == [row.get("holder", row.get("ratee")) for row in each]
        assert sent.rows[job][-1] == each[-1] and sent.rows[job][:1] == each[:1]


def test_rows_that_nobody_looked_at_leave_nothing_behind() -> None:
    """What makes them knows the program: where it knew the rows, too, both would stay until somebody clears away."""
    request = asked(program(), "manager", "actuals", "coaching")["E1"]
    kept = [weakref.ref(each) for each in request.rows.values()]
    gc.disable()
    try:
        del request
        assert [each() for each in kept] == [None, None]
    finally:
        gc.enable()


def test_every_period_of_the_contract_is_due_without_a_period() -> None:
    request = asked(program(), "manager", "actuals", "grades", within=None)["E9"]
    assert rows(request, "actuals", "period") == [("2026Q1",), ("2026Q2",), ("2026Q3",), ("2026Q4",)]
    assert rows(request, "grades", "kpi", "period") == [("K2", "2026")]


def test_what_is_reported_already_is_shown() -> None:
    reported = [{"holder": "E2", "kpi": "K1", "period": "2026Q1", "value": 30.0, "evidence": "报表"}]
    row = asked(program(actuals=reported), "manager", "actuals")["E1"].rows["actuals"][0]
    assert (row["value"], row["evidence"]) == (30.0, "报表")


def test_who_reports_is_asked_for_the_kpi_of_everybody() -> None:
    requests = asked(program(), "reporter", "actuals", "grades")
    assert requests["财务部"].recipient.person == "E4"
    assert rows(requests["财务部"], "actuals", "holder") == [("E1",), ("E2",), ("E3",)]
    assert rows(requests["E4"], "grades", "holder") == [("E1",), ("E2",), ("E3",)]


def test_units_and_people() -> None:
    assert rows(asked(program(), "unit", "actuals")["D1"], "actuals", "holder") == [("E1",), ("E2",), ("E3",)]
    assert rows(asked(program(), "person", "actuals")["E2"], "actuals", "holder") == [("E2",)]


def test_each_rater_gets_own_rows() -> None:
    listed = [{"rater": "E3", "ratee": "E2", "relation": "peer", "dimension": "K3", "mark": None}]
    requests = asked(program(marks=listed), "manager", "marks")
    assert rows(requests["E3"], "marks", "ratee", "relation") == [("E2", "peer"), ("E3", "self")]
    assert rows(requests["E1"], "marks", "ratee", "relation") == [
        ("E1", "self"),
        ("E2", "superior"),
        ("E3", "superior"),
    ]
    for key, request in requests.items():
        assert {row["rater"] for row in request.rows["marks"]} == {key}


def test_rows_of_a_person_come_by_aspect() -> None:
    """Then as the contract has them; the aspect that it begins with comes first."""
    names = ("K1", "P1", "K5", "P2")
    kpis = [{"kpi": kpi, "name": kpi, "category": "process" if kpi[0] == "P" else "financial"} for kpi in names]
    made = [{**each, "method": "比率法", "unit": "万元", "period": "quarter"} for each in kpis]
    lines = [{"contract": "C2", "kpi": kpi, "target": 10.0} for kpi in ("P1", "K1", "P2", "K5")]
    request = asked(program(kpis=made, contract_lines=lines), "manager", "actuals", "targets")["E1"]
    for job in ("actuals", "targets"):
        assert [kpi for (kpi,) in rows(request, job, "kpi")] == ["P1", "P2", "K1", "K5"]


def test_proposals_show_both_sides() -> None:
    request = asked(program(), "manager", "targets")["E1"]
    assert rows(request, "targets", "contract", "kpi", "proposal")[0] == ("C2", "K1", None)


def test_new_rows_name_the_person_alone() -> None:
    request = asked(program(), "manager", "coaching", "interview")["E1"]
    assert [row["holder"] for row in request.rows["coaching"]] == ["E2", "E2", "E3", "E3"]
    assert [row["holder"] for row in request.rows["interview"]] == ["E2", "E3"]


def test_figures_that_subordinates_make_are_not_asked_for() -> None:
    tables = program(links=[{"kpi": "K1", "owner": "E1", "sub_kpi": "K1", "sub_owner": "E2", "mode": "full"}])
    tables["kpis"].columns["roll_up"] = ["sum", None, None, None]
    assert "E9" not in asked(tables, "manager", "actuals")
    assert rows(asked(tables, "manager", "actuals")["E1"], "actuals", "holder") == [("E2",), ("E3",)]


def test_whom_nobody_is_asked_about_is_a_problem() -> None:
    tables = program()
    tables["people"].columns["superior"] = [None] * 5
    tables["contracts"].columns["issuer"] = [None, "E1", "E1"]
    _, problems = ask(tables, Policy(), "manager", ["actuals"], QUARTER)
    assert [(p.code, p.details["count"], p.details["rows"], p.value) for p in problems] == [("T100", 1, 1, "甲")]
    tables["kpis"].columns["reporter"] = [None] * 4
    _, problems = ask(tables, Policy(), "reporter", ["actuals"], QUARTER)
    assert [(p.code, p.details["rows"]) for p in problems] == [("T101", 3)]


def test_every_job_belongs_to_columns_of_the_schema() -> None:
    tables = program()
    for job in JOBS.values():
        table = from_rows(job.table, []).table
        for name in (*job.key, *job.inputs, job.needed):
            table.column(name)
    assert tables


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(0, 800), st.sampled_from(sorted(MONTHS)))
def test_periods_cover_the_days_without_gap(start: date, length: int, kind: str) -> None:
    days = Span(start, date.fromordinal(start.toordinal() + length))
    spans = [period_span(period) for period in periods_within(kind, days)]
    assert spans[0].start <= days.start <= spans[0].end
    assert spans[-1].start <= days.end <= spans[-1].end
    assert all(later.start.toordinal() == before.end.toordinal() + 1 for before, later in pairwise(spans))


def test_of_a_contract_that_two_share_figures_are_asked_once_of_its_first_holder() -> None:
    """Those of the second holder were asked for, too: whoever filled them in had an error, and nothing counted."""
    tables = program(
        contracts=[{"contract": "C2", "holder": "E2", "second_holder": "E4", "start": YEAR.start, "end": YEAR.end}],
        contract_lines=[{"contract": "C2", "kpi": kpi, "target": 100.0} for kpi in ("K1", "K2")],
    )
    tables["people"].columns["superior"] = ["E9", "E1", "E1", "E9", None]
    requests = asked(tables, "manager", "actuals", "grades", "targets", "coaching")
    assert rows(requests["E1"], "actuals", "holder") == [("E2",)]
    assert rows(requests["E1"], "grades", "holder") == [("E2",)]
    assert rows(requests["E1"], "targets", "holder", "contract", "kpi") == [("E2", "C2", "K1"), ("E2", "C2", "K2")]
    assert {*requests["E9"].rows} == {"coaching"}  # with whom somebody talks
    only, _ = ask(tables, Policy(), "manager", ["actuals"], QUARTER, lambda person: person == "E4")
    assert [rows(request, "actuals", "holder") for request in only] == [[("E2",)]]


def test_what_is_about_people_does_not_go_to_reporters() -> None:
    """It was said of a KPI called None that it has no reporter."""
    requests, problems = ask(program(), Policy(), "reporter", ["actuals", "coaching", "interview"], QUARTER)
    assert all(each.rows.keys() <= {"actuals"} for each in requests)
    assert [each.code for each in problems][:2] == ["T107", "T107"]
    assert not any("None" in each.message(lang) for each in problems for lang in ("zh", "en"))

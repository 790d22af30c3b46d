"""Each rule between the tables: broken in one place of a clean program, it is found at that cell, and alone."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

import pytest

from perfxl.core.catalogue import CATALOGUE
from perfxl.core.checks import run_checks
from perfxl.core.policy_reading import read_policy
from perfxl.core.problems import Problem, Severity
from perfxl.core.records import Tables
from tests.core.clean_program import CLEAN, Edit, add, book, book_of, drop, line, put, without


def findings(program: Tables) -> list[Problem]:
    policy, problems = read_policy(program)
    return problems + run_checks(program, policy)


class Case(NamedTuple):
    """The cell where the code must stand; `beside` are codes that come with it."""

    code: str
    edits: tuple[Edit, ...]
    table: str
    row: int
    column: str
    beside: frozenset[str] = frozenset()


def case(code: str, cell: tuple[str, int, str], *edits: Edit, beside: str = "") -> Any:
    return pytest.param(Case(code, edits, *cell, frozenset(beside.split())), id=f"{code}-{cell[0]}-{cell[2]}")


def figures(kpi: str, **cells: Any) -> tuple[int, Edit]:
    """The row of a line of contract C1, and the edit that puts figures into it."""
    return line("C1", kpi), put("contract_lines", line("C1", kpi), **cells)


def broken_line(code: str, kpi: str, column: str, beside: str = "", **cells: Any) -> Any:
    row, edit = figures(kpi, **cells)
    return case(code, ("contract_lines", row, column), edit, beside=beside)


JUNE, JULY = date(2025, 6, 30), date(2025, 7, 1)

REFERENCES = [
    case("R101", ("people", 1, "unit"), put("people", 1, unit="U9")),
    case("R101", ("contract_lines", 0, "kpi"), put("contract_lines", 0, kpi="K99"), beside="C131 C151 C152"),
    case("R101", ("people", 2, "post_type"), put("people", 2, post_type="后台")),
    case("R101", ("kpis", 3, "steps"), put("kpis", 3, steps="满意率"), beside="C153"),
    case("R110", ("units", 3, "unit"), add("units", unit="U3", name="另一组", parent="U1")),
    case("C145", ("actuals", 9, "holder"), add("actuals", holder="E2", kpi="K1", period="2025Q1", value=1900.0)),
    case("C145", ("actuals", 9, "holder"), add("actuals", holder="E2", kpi="K1", period="2025Q1")),
    case(
        "C146",
        ("actuals", 10, "period"),
        add("actuals", holder="E2", kpi="K2", period="2025", value=500.0),
        add("actuals", holder="E2", kpi="K2", period="2025-12", value=480.0),
    ),
    case("M118", ("actuals", 9, "value"), add("actuals", holder="E2", kpi="K1", period="2025-05", value=300.0)),
    case("M117", ("actuals", 9, "value"), add("actuals", holder="E2", kpi="K1", period="2025Q1", value=1.0)),
    case("R111", ("kpis", 1, "name"), put("kpis", 1, name="营销 收入")),
    case("R120", ("units", 1, "parent"), put("units", 1, parent="U3")),
    case("R120", ("people", 0, "superior"), put("people", 0, superior="E3"), beside="C115"),
    case("R120", ("objectives", 1, "parent"), put("objectives", 1, parent="O5")),
    case("R120", ("units", 2, "parent"), put("units", 2, parent="U3")),
    case("R121", ("units", 1, "parent"), put("units", 1, parent=None), beside="R133"),
    case(
        "R122",
        ("links", 0, "sub_kpi"),
        add("links", kpi="K1", owner="E3", sub_kpi="K1", sub_owner="E2", mode="support"),
        beside="R178",
    ),
    case("R123", ("objectives", 0, "causes"), put("objectives", 0, causes="O3")),
    case("R124", ("objectives", 3, "causes"), put("objectives", 3, causes="O3、O9")),
    case(
        "R130",
        ("objectives", 11, "unit"),
        *(add("objectives", objective=f"N{i}", unit="U2", text="提高效率") for i in range(7)),
        beside="R221",
    ),
    case(
        "R131",
        ("kpis", 13, "objective"),
        *(put("kpis", i, objective="O1") for i in (0, 1, 2, 13)),
    ),
    case("R132", ("objectives", 0, "perspective"), put("objectives", 2, perspective="customer")),
    case("R134", ("objectives", 1, "csf_action_2"), put("objectives", 1, csf_result="保有", csf_action_1="拜访")),
    case("R135", ("objectives", 0, "csf_result"), put("objectives", 0, csf_result="利润达到500万元")),
    case("R135", ("objectives", 0, "csf_result"), put("objectives", 0, csf_result="提高利润")),
    case("R133", ("objectives", 2, "objective"), put("objectives", 3, causes="O2")),
]

DATES_AND_CONTRACTS = [
    case("C101", ("plans", 0, "end"), put("plans", 0, end=date(2025, 1, 1))),
    case("C101", ("contracts", 0, "end"), put("contracts", 0, start=JUNE, end=date(2025, 6, 1)), beside="C138 C144"),
    case("C102", ("contracts", 1, "start"), put("contracts", 1, start=date(2024, 12, 1))),
    case("C103", ("contracts", 1, "start"), put("people", 2, start=date(2025, 2, 1))),
    case("C103", ("contracts", 1, "end"), put("people", 2, end=JUNE)),
    case(
        "C110",
        ("contracts", 1, "start"),
        put("contracts", 0, end=JUNE),
        put("contracts", 1, holder="E2", issuer="E1", start=JUNE),
        drop("people", 2),
        without("links", "events", "plans"),
        lambda program: program["actuals"].clear(),
    ),
    case(
        "C111",
        ("contracts", 1, "start"),
        put("contracts", 0, end=JUNE),
        put("contracts", 1, holder="E2", issuer="E1", start=date(2025, 8, 1)),
        drop("people", 2),
        without("links", "events", "plans"),
        lambda program: program["actuals"].clear(),
        beside="R231",
    ),
    case("C112", ("contracts", 1, "issuer"), put("contracts", 1, issuer="E3")),
    case(
        "C113",
        ("contracts", 2, "contract"),
        add("people", person="E4", name="赵云", unit="U3", post="专员", superior="E3"),
        add("contracts", contract="C3", holder="E4", issuer="E3", start=date(2025, 1, 1), end=date(2025, 12, 31)),
    ),
    case(
        "C114",
        ("contract_lines", line("C1", "K1"), "kpi"),
        put("contract_lines", line("C1", "K1"), kpi="K14"),
        beside="C131 C151 C152 W106 W110",
    ),
    case(
        "C115", ("people", 3, "person"), add("people", person="E4", name="赵云", unit="U3", post="专员", superior="E3")
    ),
    case("C116", ("contracts", 1, "signed"), put("contracts", 1, signed=date(2025, 1, 15))),
    case("C117", ("contracts", 1, "second_holder"), put("contracts", 1, second_holder="E3")),
]

CARDS = [
    case("M101", ("kpis", 0, "method"), put("kpis", 0, method="比列法")),
    case("M102", ("kpis", 3, "steps"), put("kpis", 3, steps=None), beside="C153"),
    case("M108", ("kpis", 3, "steps"), without("step_tables")),
    case("M108", ("kpis", 4, "scale"), put("kpis", 4, scale="合作"), beside="C153"),
    case("M110", ("kpis", 5, "unit_step"), put("kpis", 5, unit_step=0.0)),
    case("M120", ("kpis", 9, "method"), put("kpis", 9, method="比率法", direction="higher"), beside="M102"),
    case("M120", ("kpis", 0, "method"), put("kpis", 0, method="扣分"), beside="M102"),
    case("M121", ("kpis", 8, "k"), put("kpis", 8, k=-1.0)),
    case("M122", ("kpis", 0, "direction"), put("kpis", 0, direction=None)),
    case("M168", ("kpis", 0, "direction"), put("kpis", 0, method="功效系数法", direction=None)),
    case("M167", ("kpis", 1, "direction"), put("kpis", 1, direction=None)),
    case("M123", ("kpis", 3, "steps"), put("kpis", 3, direction="lower")),
    case("M124", ("kpis", 0, "cap"), put("kpis", 0, floor=60.0, cap=50.0)),
    case("M125", ("kpis", 10, "veto_grade"), put("kpis", 10, veto_grade="F")),
]

LINES = [
    broken_line("M102", "K1", "target", beside="R181", target=None),
    broken_line("M102", "K3", "base", base=None),
    broken_line("M102", "K2", "threshold", threshold=None),
    broken_line("M102", "K6", "high", high=None),
    broken_line("M102", "K7", "target", target=None),
    broken_line("M103", "K1", "target", beside="R184", target=0.0, threshold=None),
    broken_line("M104", "K3", "target", base=0.2),
    broken_line("M105", "K2", "threshold", threshold=500.0),
    broken_line("M105", "K2", "challenge", challenge=550.0),
    broken_line("M105", "K8", "threshold", threshold=date(2025, 6, 1)),
    broken_line("M106", "K1", "target", beside="R185", target="优"),
    broken_line("M106", "K7", "target", target=JUNE),
    broken_line("M109", "K6", "low", low=40.0),
    broken_line("M110", "K9", "unit_step", unit_step=-1.0),
    broken_line("M112", "K8", "target", target=45.0),
    broken_line("M121", "K9", "k", k=-1.0),
    broken_line("M124", "K1", "floor", floor=130.0),
    broken_line("M126", "K3", "base", base=0.25),
    broken_line("M127", "K1", "challenge", challenge=7000.0),
    broken_line("M127", "K1", "threshold", threshold=9000.0),
    broken_line("M130", "K3", "base", base=15.0, beside="M126"),
]

RATED = {"impact": 4.0, "controllability": 2.0, "measurability": 3.0}

WEIGHTS = [
    case("W121", ("kpis", 0, "impact"), put("kpis", 0, **RATED | {"impact": None})),
    case("W122", ("kpis", 0, "controllability"), put("kpis", 0, **RATED | {"controllability": 5.0})),
    broken_line("W101", "K1", "weight", weight=20.01, beside="W104 W106"),
    broken_line("W102", "K4", "weight", weight=2.0, beside="W101 W104 W106"),
    broken_line("W107", "K12", "weight", weight=5.0),
    broken_line("W108", "K4", "weight", weight=None),
    broken_line("W109", "K4", "weight", derived_weight=15.0),
    broken_line("W124", "K4", "aspect", aspect="efficiency", beside="W106"),
]

ACTUALS = [
    case("C130", ("actuals", 9, "holder"), add("actuals", holder="E1", kpi="K1", period="2025Q1", value=1.0)),
    case("C131", ("actuals", 9, "kpi"), add("actuals", holder="E2", kpi="K14", period="2025Q1", value=1.0)),
    case("C132", ("actuals", 0, "period"), put("actuals", 0, period="2024Q1"), beside="C138"),
    case("C133", ("actuals", 2, "denominator"), put("actuals", 2, denominator=None)),
    case("C133", ("actuals", 2, "numerator"), put("actuals", 2, numerator=None)),
    case("C134", ("actuals", 2, "value"), put("actuals", 2, numerator=None, denominator=None, value=0.19)),
    case("C135", ("actuals", 2, "denominator"), put("actuals", 2, denominator=0.0)),
    case("C136", ("actuals", 0, "period"), put("actuals", 0, period="2025H2")),
    case("M118", ("actuals", 9, "value"), add("actuals", holder="E2", kpi="K1", period="2025-02", value=1.0)),
    case("C138", ("actuals", 1, "period"), put("contracts", 0, end=date(2025, 3, 31)), beside="C138 R231"),
    case(
        "C147",
        ("actuals", 9, "holder"),
        put("contracts", 0, second_holder="E1"),
        add("actuals", holder="E1", kpi="K1", period="2025Q1", value=1.0),
        beside="C112",
    ),
    case("M106", ("actuals", 0, "value"), put("actuals", 0, value="优")),
    case("M107", ("actuals", 4, "value"), put("actuals", 4, value="良")),
    case("M112", ("actuals", 6, "value"), put("actuals", 6, value=20.0)),
    case("M130", ("actuals", 5, "value"), put("actuals", 5, value=4.0)),
]

EVENTS = [
    case("C140", ("events", 0, "kind"), put("events", 0, kind="bonus")),
    case("C141", ("events", 0, "date"), put("events", 0, date=date(2026, 3, 1)), beside="C144"),
    case("C142", ("events", 0, "kpi"), put("events", 0, holder="E1")),
    case("C304", ("events", 0, "holder"), put("events", 0, holder="E404"), beside="R101"),
    case("C304", ("events", 0, "holder"), put("events", 0, holder=None)),
    case(
        "C147",
        ("events", 0, "holder"),
        put("contracts", 0, second_holder="E1"),
        put("events", 0, holder="E1"),
        beside="C112",
    ),
    case("C143", ("events", 1, "count"), put("events", 1, count=1.5)),
    case("C144", ("events", 1, "date"), put("contracts", 1, start=date(2025, 5, 1)), beside="C138"),
]

CONSERVATION = [
    case("C150", ("kpis", 13, "kpi"), put("kpis", 13, verdict="keep")),
    case("C151", ("phasing", 0, "kpi"), put("phasing", 0, kpi="K14")),
    case("C152", ("links", 1, "sub_kpi"), put("links", 1, sub_kpi="K14")),
    case("C153", ("grade_tables", 2, "scale"), add("grade_tables", scale="服务", grade="优", points=100.0)),
]

# What is read and used nowhere yet.
MARK = {"rater": "E2", "ratee": "E3", "relation": "peer", "dimension": "协作", "mark": 4.0}
UNUSED = [
    case("C160", ("marks", 0, "dimension"), add("marks", **MARK), add("marks", **MARK | {"dimension": "担当"})),
    case("P160", ("policy", 4, "value"), add("policy", key="service_min", value="60")),
]

# E2 leads E3 and E4, who divide K1; the company's head holds K1 too.
AMOUNT = {"challenge": None, "threshold": None}
C2_K1 = line("C2", "K1")
C3 = len(CLEAN["contract_lines"])
TEAM: tuple[Edit, ...] = (
    add("people", person="E4", name="赵四", unit="U3", post="主管", post_type="营销", superior="E2"),
    add("contracts", contract="C3", holder="E4", issuer="E2", start=date(2025, 1, 1), end=date(2025, 12, 31)),
    *(add("contract_lines", **{**row, "contract": "C3"}) for row in CLEAN["contract_lines"] if row["contract"] == "C2"),
    put("contract_lines", C2_K1, target=4800.0, **AMOUNT),
    put("contract_lines", C3, target=3200.0, **AMOUNT),
    put("kpis", 0, decimals=0),
    put("links", 0, mode="share", share=60.0, responsibility="main"),
    add("links", kpi="K1", owner="E2", sub_kpi="K1", sub_owner="E4", mode="share", share=40.0),
)


def linked(code: str, cell: tuple[str, int, str], *edits: Edit, beside: str = "") -> Any:
    return case(code, cell, *TEAM, *edits, beside=beside)


# The company's head holds K14, which nobody below does.
HEAD_HOLDS = (
    put("units", 0, head="E1"),
    put("kpis", 13, verdict="keep"),
    add("contracts", contract="C0", holder="E1", issuer="E2", start=date(2025, 1, 1), end=date(2025, 12, 31)),
    add("contract_lines", contract="C0", kpi="K14", weight=100.0, target=1.0),
)

LINKS = [
    linked("R101", ("links", 2, "sub_owner"), put("links", 2, sub_owner="E9"), beside="C152"),
    linked("R110", ("links", 3, "kpi"), lambda p: p["links"].append(dict(p["links"][2], mode="support", share=None))),
    linked(
        "R122",
        ("links", 3, "sub_kpi"),
        add("links", kpi="K1", owner="E2", sub_kpi="K1", sub_owner="E2", mode="support"),
    ),
    linked("R170", ("links", 2, "share"), put("links", 2, share=None)),
    linked("R171", ("links", 1, "share"), put("links", 1, share=50.0)),
    linked("R172", ("links", 2, "share"), put("links", 2, share=140.0), beside="R173"),
    linked("R172", ("links", 2, "share"), put("links", 2, share=0.0), beside="R173"),
    linked("R173", ("links", 0, "share"), put("links", 2, share=39.99)),
    linked(
        "R174",
        ("links", 2, "mode"),
        put("links", 0, share=100.0),
        put("links", 2, mode="full", share=None),
        beside="R183 R184",
    ),
    linked("R175", ("links", 2, "responsibility"), put("links", 2, responsibility="main")),
    linked("R176", ("links", 0, "responsibility"), put("links", 0, responsibility="secondary")),
    linked("R177", ("links", 0, "responsibility"), put("contract_lines", C2_K1, responsibility="secondary")),
    linked("R178", ("links", 2, "sub_owner"), put("people", 3, unit="U1", superior="E1")),
    linked(
        "R179",
        ("links", 3, "sub_owner"),
        add("links", kpi="K3", owner="E2", sub_kpi="K7", sub_owner="E2", mode="full"),
        beside="R184",
    ),
    linked(
        "R180",
        ("links", 3, "sub_kpi"),
        put("kpis", 0, unit="万元"),
        put("kpis", 8, unit="件"),
        add("links", kpi="K1", owner="E2", sub_kpi="K9", sub_owner="E3", mode="full"),
        beside="R174",
    ),
    linked("R181", ("contract_lines", 0, "target"), put("contract_lines", 0, target=None), beside="M102"),
    linked("R182", ("contract_lines", C3, "target"), put("contract_lines", C3, target=None), beside="M102"),
    linked("R183", ("contract_lines", C3, "target"), put("contract_lines", C3, target=3000.0)),
    linked("R183", ("contract_lines", C3, "target"), put("contract_lines", C3, target=3201.0)),
    case("R184", ("contract_lines", C2_K1, "target"), put("contract_lines", C2_K1, target=7000.0)),
    case(
        "R185",
        ("contract_lines", line("C2", "K8"), "target"),
        put("contract_lines", line("C2", "K8"), target=JULY),
        add("links", kpi="K8", owner="E2", sub_kpi="K8", sub_owner="E3", mode="full"),
    ),
    linked(
        "R186",
        ("contract_lines", 0, "target"),
        *(put("contract_lines", 0, target=8001.0), put("links", 0, share=50.0), put("links", 2, share=50.0)),
        *(put("contract_lines", C2_K1, target=4000.0), put("contract_lines", C3, target=4000.0)),
    ),
    linked("R187", ("contract_lines", C3 + 13, "kpi"), *HEAD_HOLDS, beside="W103 W105"),
    linked("C152", ("links", 2, "sub_kpi"), put("links", 2, sub_kpi="K14")),
]

CASES = REFERENCES + LINKS + DATES_AND_CONTRACTS + CARDS + LINES + WEIGHTS + ACTUALS + EVENTS + CONSERVATION + UNUSED


@pytest.mark.parametrize("broken", CASES)
def test_broken(broken: Case) -> None:
    program = book(*broken.edits)
    found = findings(program)
    at = [(p.code, p.address) for p in found]
    assert (broken.code, program[broken.table].address(broken.row, broken.column)) in at
    assert {p.code for p in found} - {broken.code} == broken.beside - {broken.code}
    for each in found:
        assert each.message("zh") and each.message("en") and each.hint("zh") and each.hint("en")


def test_an_empty_program_says_so_and_what_comes_first() -> None:
    (found,) = findings(book_of({table: [] for table in CLEAN}))
    assert found.code == "S140"
    assert "人员、指标库" in found.message("zh") + found.hint("zh")


@pytest.mark.parametrize(
    "row",
    [
        ("value_tree", {"node": "P", "name": "利润", "formula": "收入-成本"}),
        ("objectives", {"objective": "O1", "unit": "U1", "text": "提高利润"}),
    ],
)
def test_a_program_that_begins_with_its_design_is_not_empty(row: tuple[str, dict[str, Any]]) -> None:
    """Perhaps it has other faults; that it is empty is none of them."""
    table, cells = row
    found = findings(book_of({**{name: [] for name in CLEAN}, table: [cells]}))
    assert "S140" not in {each.code for each in found}


def test_clean() -> None:
    assert findings(book()) == []


def test_every_code_is_tried() -> None:
    """Codes of the static checks; those of scoring (C2: decisions), reading and the policy sheet are tried where they
    arise."""
    tried = {param.values[0].code for param in CASES}
    elsewhere = ("R14", "R15", "R188", "R189", "R190", "R191", "R192")  # tests of the value tree, coverage, faults
    mine = {k.code for k in CATALOGUE.values() if k.code[:2] in ("R1", "C1") or k.code[:3] in ("M12", "M13")}
    mine = {code for code in mine if not code.startswith(elsewhere)}
    assert mine <= tried | {"R102"}  # said of a sheet, not of a cell


@pytest.mark.parametrize(
    ("missing", "named"),
    [
        (("contracts",), {"contract_lines": 26, "phasing": 1, "actuals": 9, "events": 2}),
        (("kpis",), {"contract_lines": 26, "phasing": 1, "actuals": 9, "events": 2, "links": 2}),
        (("people",), {"contracts": 2, "actuals": 9, "events": 2, "links": 2, "plans": 1}),
        (("contract_lines",), {"phasing": 1, "actuals": 9, "events": 2}),
        (("contracts", "contract_lines"), {"phasing": 1, "actuals": 9, "events": 2}),
    ],
)
def test_rows_without_partner_are_named_once_for_each_table(missing: tuple[str, ...], named: dict[str, int]) -> None:
    """The sheet was renamed, lost, or emptied: everything that leads to it is read and used for nothing."""
    for edit in (without(*missing), lambda program: [program[table].clear() for table in missing]):
        found = [p for p in findings(book(edit)) if p.code == "R102"]
        assert {p.table: p.details["count"] for p in found} == named
        assert all(p.severity is Severity.ERROR and p.address.sheet for p in found)
        assert "4、" in next(p.message("zh") for p in found if p.table == "actuals")


@pytest.mark.parametrize(
    ("typed", "said"),
    [("u2", "“U2”"), ("Ｕ２", "“U2”"), ("营销部", "其编号为“U2”"), ("U22", "“U2”")],
)
def test_a_wrong_reference_is_told_what_was_meant(typed: str, said: str) -> None:
    (found,) = findings(book(put("people", 1, unit=typed)))
    assert found.code == "R101"
    assert said in found.message("zh")


def test_no_suggestion_turns_a_deleted_person_into_another() -> None:
    """The nearest ID is a colleague's; only another spelling of one's own is suggested."""
    for typed, said in (("E9", ""), ("E22", ""), ("ｅ２", "是否为“E2”")):
        found = [p for p in findings(book(put("actuals", 0, holder=typed))) if p.code == "R101"]
        assert len(found) == 1
        assert ("“E2”" in found[0].message("zh")) == bool(said)
        assert said in found[0].message("zh")


def test_what_lies_outside_a_contract_that_only_begins_is_named() -> None:
    """As scoring: a missing date is open, so what came before the beginning counts nowhere."""
    edits = put("contracts", 0, start=JULY, end=None), put("events", 0, date=date(2025, 3, 1))
    found = {(p.code, p.address.cell) for p in findings(book(*edits))}
    assert {("C138", "C4"), ("C138", "C5"), ("C144", "D4")} <= found


def test_a_row_of_the_second_holder_that_says_nothing_is_no_fault() -> None:
    empty = add("actuals", holder="E1", kpi="K1", period="2025Q1")
    own = add("contracts", contract="C3", holder="E1")
    assert "C147" not in {p.code for p in findings(book(put("contracts", 0, second_holder="E1"), empty))}
    line = add("contract_lines", contract="C3", kpi="K1", weight=100.0)
    told = add("actuals", holder="E1", kpi="K1", period="2025Q1", value=1.0)
    assert "C147" not in {p.code for p in findings(book(put("contracts", 0, second_holder="E1"), own, line, told))}


def test_findings_name_the_person_the_kpi_and_the_contract() -> None:
    _, edit = figures("K1", target=None, weight=22.5)
    messages = {p.code: p.message("zh") for p in findings(book(edit))}
    assert "李梅" in messages["M102"] and "营销收入" in messages["M102"] and "目标值" in messages["M102"]
    assert messages["W101"].startswith("C1 李梅 (E2)：")


def test_both_holders_answer_for_a_shared_contract() -> None:
    """Actuals stand under the first holder; a contract of one's own beside it would overlap."""
    shared = (put("contracts", 0, second_holder="E3"), drop("contracts", 1), without("links", "events"))
    under_second = findings(book(*shared, _only_first_contract))
    assert [(p.code, p.address.cell) for p in under_second] == [("C147", "A11")]
    beside = findings(book(put("contracts", 0, second_holder="E3")))
    assert [(p.code, p.address.cell) for p in beside] == [("C110", "H5")]


def _only_first_contract(program: Any) -> None:
    program["contract_lines"] = [row for row in program["contract_lines"] if row["contract"] == "C1"]


def test_a_ratio_alone_is_told_as_it_was_typed() -> None:
    """19% was 0.19 to the manager who had typed it."""
    program = dict(book(put("actuals", 2, numerator=None, denominator=None, value=0.19)))
    program["actuals"].percent["value"] = {2}
    (found,) = [each for each in findings(program) if each.code == "C134"]
    assert "19%" in found.message("zh") and "0.19" not in found.message("en")


def test_a_lost_percent_sign_is_found_at_the_figure_that_lost_it() -> None:
    """The target was typed as 95%, so the actual 95 is wrong; had both been typed alike, neither would be."""
    program = dict(book(put("contract_lines", line("C1", "K7"), target=0.95), put("actuals", 5, value=95.0)))
    program["contract_lines"].percent["target"] = {line("C1", "K7")}
    (found,) = findings(program)
    assert (found.code, found.address) == ("M130", program["actuals"].address(5, "value"))
    assert "95%" in found.message("zh")
    program["actuals"].percent["value"] = {5}
    assert findings(program) == []


def test_a_target_without_its_sign_is_found_beside_numerator_and_denominator() -> None:
    """970 of 1000 beside a target of 98 was 1 point, officially: only actuals in one figure were looked at."""
    row = line("C1", "K7")
    parts = {"value": None, "numerator": 970.0, "denominator": 1000.0}
    edits = (
        put("kpis", 6, unit="%", aggregation="ratio"),
        put("contract_lines", row, target=98.0),
        put("actuals", 5, **parts),
    )
    program = dict(book(*edits))
    found = [each for each in findings(program) if each.code == "M130"]
    assert [each.address for each in found] == [program["contract_lines"].address(row, "target")]
    assert "97%" in found[0].message("zh")


@pytest.mark.parametrize("unit", ["%", "件", None])
def test_a_percent_sign_lost_on_one_side_is_an_error_whatever_the_unit(unit: str | None) -> None:
    """A percent cell of 95% beside a plain 93, and a percent cell of 93% beside a plain 95."""
    row = line("C1", "K7")
    for target, actual, marked, place in (
        (0.95, 93.0, "contract_lines", ("actuals", 5, "value")),
        (95.0, 0.93, "actuals", ("contract_lines", row, "target")),
    ):
        edits = put("kpis", 6, unit=unit), put("contract_lines", row, target=target), put("actuals", 5, value=actual)
        program = dict(book(*edits))
        records = program[marked]
        records.percent["target" if marked == "contract_lines" else "value"] = {row if marked != "actuals" else 5}
        (found,) = findings(program)
        table, at, column = place
        assert (found.code, found.address) == ("M130", program[table].address(at, column))
        assert found.severity is Severity.ERROR


@pytest.mark.parametrize(
    ("kpi", "row"), [("K4", 3), ("K2", None), ("K9", None), ("K10", None), ("K13", None), ("K11", None)]
)
def test_a_date_is_no_actual_but_of_a_milestone(kpi: str, row: int | None) -> None:
    cells = {"holder": "E2", "kpi": kpi, "period": "2025", "value": date(2025, 3, 5)}
    edit = add("actuals", **cells) if row is None else put("actuals", row, **cells)
    found = [p for p in findings(book(edit)) if p.severity is Severity.ERROR]
    assert [(p.code, p.table, p.column) for p in found] == [("M106", "actuals", "value")]


@pytest.mark.parametrize(("key", "value"), [("保密最少人数", "3"), ("Minimum service", "90"), ("service_min", None)])
def test_a_setting_left_at_its_default_says_nothing(key: str, value: str | None) -> None:
    assert findings(book(add("policy", key=key, value=value))) == []


def test_marks_are_counted_in_one_notice() -> None:
    (notice,) = findings(book(add("marks", **MARK), add("marks", **MARK | {"dimension": "担当"})))
    assert notice.severity is Severity.NOTICE
    assert (
        notice.message("zh") == "“评价”有 2 行的“评价维度”不是评分法的指标，已读入，但不参与计分，也不出现在任何文件里"
    )

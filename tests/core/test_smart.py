"""Targets against SMART, and the screening of the library: a sound program is silent, a planted fault is named."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from perfxl.core.cascade.screening import DROP, KEEP, MONITOR, screen
from perfxl.core.cascade.smart import Smart
from perfxl.core.checks import run_checks
from perfxl.core.policy_reading import read_policy
from perfxl.core.records import Tables
from tests.core.clean_program import Edit, add, book, line, put


def figures(kpi: str, **cells: Any) -> Edit:
    return put("contract_lines", line("C1", kpi), **cells)


SOURCES = tuple(put("kpis", i, data_source="财务部") for i in range(14))
C1 = {kpi: line("C1", kpi) for kpi in ("K1", "K3", "K7", "K8")}

CASES: list[tuple[str, str, tuple[str, int, str], tuple[Edit, ...]]] = [
    ("S", "R225", ("kpis", 0, "name"), (put("kpis", 0, name="重点工作"),)),
    ("M", "R226", ("kpis", 0, "unit"), (put("kpis", 0, unit=None),)),
    ("M", "R226", ("kpis", 0, "data_source"), (put("kpis", 0, data_source=None),)),
    ("A", "R227", ("contract_lines", C1["K1"], "target"), (figures("K1", base=5000.0),)),
    ("A", "R228", ("contract_lines", C1["K1"], "target"), (figures("K1", base=9000.0),)),
    ("A", "R228", ("contract_lines", C1["K7"], "target"), (figures("K7", base=0.04),)),
    (
        "A",
        "R229",
        ("contract_lines", C1["K1"], "target"),
        (put("actuals", 0, value=900.0), put("actuals", 1, value=1000.0)),
    ),
    (
        "A",
        "R230",
        ("contract_lines", C1["K1"], "target"),
        (put("actuals", 0, value=4000.0), put("actuals", 1, value=4000.0)),
    ),
    ("R", "R222", ("kpis", 7, "source"), (put("kpis", 7, source=None),)),
    ("T", "R231", ("contract_lines", C1["K8"], "target"), (figures("K8", target=date(2026, 6, 30)),)),
]


def found(program: Tables) -> set[tuple[str, str]]:
    policy, problems = read_policy(program)
    return {(p.code, p.address.place) for p in problems + run_checks(program, policy)}


def test_a_sound_program_is_silent() -> None:
    program = book(*SOURCES)
    assert found(program) == set()
    judged = list(Smart(program, read_policy(program)[0]).judge())
    assert {row.kpi for row in judged} == {"K1", "K2", "K3", "K7", "K8", "K9"}
    assert all(not row.fails for row in judged)


@pytest.mark.parametrize(("letter", "code", "cell", "edits"), CASES, ids=[f"{c[1]}-{i}" for i, c in enumerate(CASES)])
def test_a_failing_letter_is_named_at_its_cell(
    letter: str, code: str, cell: tuple[str, int, str], edits: tuple[Edit, ...]
) -> None:
    program = book(*SOURCES, *edits)
    table, row, column = cell
    own = {each for each in found(program) if each[0].startswith("R2")}
    assert own == {(code, program[table].address(row, column).place)}
    failing = {name[0] for each in Smart(program, read_policy(program)[0]).judge() for name in each.fails}
    assert failing == {{"T": "d"}.get(letter, letter.lower())}


def test_the_figures_stand_in_the_message_and_the_limit_is_policy() -> None:
    program = book(*SOURCES, figures("K1", base=5000.0))
    (about,) = [p for p in run_checks(program, read_policy(program)[0]) if p.code == "R227"]
    assert all(figure in about.message("zh") and figure in about.message("en") for figure in ("8000", "5000", "60%"))
    wider = book(*SOURCES, figures("K1", base=5000.0), add("policy", key="目标增幅上限", value="60%"))
    assert not {code for code, _ in found(wider)} & {"R227", "P102", "P103"}


def rated(i: int, impact: float, control: float, measure: float, **cells: Any) -> Edit:
    return put("kpis", i, impact=impact, controllability=control, measurability=measure, **cells)


RATED = tuple(rated(i, 3.0, 3.0, 3.0) for i in (0, 1, 2, 3, 4, 5, 6, 7, 8))

SCREENED: list[tuple[tuple[Edit, ...], int, str, str]] = [
    ((rated(5, 3.0, 1.0, 3.0),), 5, DROP, "可控性 1 低于 2"),
    ((rated(5, 3.0, 3.0, 1.0),), 5, DROP, "可测性 1 低于 2"),
    ((rated(5, 1.0, 2.0, 2.0),), 5, DROP, "重要性 1.4 低于 1.7"),
    ((rated(5, 3.0, 1.0, 3.0, required_by="投资者"),), 5, MONITOR, "投资者 要求列出"),
    ((rated(5, 1.0, 2.0, 2.0, required_by="投资者"),), 5, DROP, "重要性"),
    ((put("kpis", 5, name="营销收入增长率", definition="增量÷上年收入"),), 5, DROP, "与“营销收入”重复"),
    ((put("kpis", 5, numerator="贡献", denominator="净营运资产"),), 5, DROP, "与“净资产贡献率”重复"),
    ((put("kpis", 5, name="2023年库存清理"),), 5, DROP, "已过时：2023"),
    ((put("kpis", 5, valid_to=date(2024, 12, 31)),), 5, DROP, "已过时"),
]


def test_a_sound_library_is_kept() -> None:
    program = book(*SOURCES, *RATED)
    proposals = {each.kpi: each.proposal for each in screen(program, read_policy(program)[0])}
    assert {kpi for kpi, proposal in proposals.items() if proposal == KEEP} == {f"K{i}" for i in (*range(1, 10), 14)}
    assert proposals["K12"] == MONITOR and "K10" not in proposals  # a deduction has no weight and no choice
    assert found(program) == set()


@pytest.mark.parametrize(("edits", "row", "proposal", "reason"), SCREENED, ids=[str(i) for i in range(len(SCREENED))])
def test_screening_says_what_and_why(edits: tuple[Edit, ...], row: int, proposal: str, reason: str) -> None:
    program = book(*SOURCES, *RATED, *edits)
    policy, _ = read_policy(program)
    screened = {each.row: each for each in screen(program, policy)}
    assert screened[row].proposal == proposal
    assert reason in "；".join(text("zh") for text in screened[row].reasons)
    assert {i for i, each in screened.items() if each.proposal == DROP} <= {row}
    address = program["kpis"].address(row, "verdict").place
    assert [each for each in found(program) if each[0] == "R232"] == [("R232", address)]


def test_a_typed_verdict_holds() -> None:
    program = book(*SOURCES, *RATED, rated(5, 3.0, 1.0, 3.0, verdict="keep"))
    (kept,) = [each for each in screen(program, read_policy(program)[0]) if each.row == 5]
    assert (kept.verdict, kept.proposal) == ("keep", DROP)
    assert "R232" not in {code for code, _ in found(program)}


def test_the_worked_example_keeps_what_the_slides_weigh() -> None:
    """应收帐款周转次数 is rated 1, 2, 4 and carries 10%: little impact alone drops nothing."""
    ratings = [(2, 2, 4), (4, 2, 4), (2, 3, 4), (1, 2, 4), (1, 2, 4), (2, 2, 4), (2, 2, 3), (3, 2, 4)]
    program = book(*(rated(i, *map(float, each)) for i, each in enumerate(ratings)))
    screened = screen(program, read_policy(program)[0])
    assert all(each.proposal == KEEP for each in screened if each.row < len(ratings))

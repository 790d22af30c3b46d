"""Collective KPIs: one target and one actual for all who carry them, in memory, on disk and for one person."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import perfxl.program
from perfxl.core.official import Standing
from perfxl.core.problems import Problem
from perfxl.program import Program, from_tables, load, load_for_papers, load_person
from perfxl.workbook.program.book import write_program
from tests.core.clean_program import Edit, book, put

# E2 and E3 carry K7 together; only E2 has reported it.
TOGETHER = put("kpis", 6, source="collective")
OF_K7 = 6  # the row of E2's report


def add_actual(**cells: Any) -> Edit:
    return lambda program: program["actuals"].append(cells)


def program(*edits: Edit) -> tuple[Program, list[Problem]]:
    made, problems = from_tables(book(TOGETHER, *edits))
    return made, [*problems, *made.check()]


def points(made: Program, person: str, kpi: str = "K7") -> float:
    scores, _ = made.score()
    columns = scores.line_table.columns
    line = next(
        i for i, pair in enumerate(zip(columns["holder"], columns["kpi"], strict=True)) if pair == (person, kpi)
    )
    return float(scores.lines.points[line])


def codes(problems: list[Problem]) -> list[tuple[str, str]]:
    return [(p.code, p.address.place) for p in problems if p.code in ("R235", "R236", "C145")]


def test_one_report_counts_for_everybody_who_carries_it() -> None:
    made, problems = program()
    assert codes(problems) == [] and points(made, "E2") == points(made, "E3") == 100.0
    actuals = made.tables["actuals"]
    (row,) = [
        i
        for i, pair in enumerate(zip(actuals.column("holder"), actuals.column("kpi"), strict=True))
        if pair == ("E3", "K7")
    ]
    assert actuals.column("value")[row] == 0.04
    assert actuals.address(row, "value") == actuals.address(OF_K7 - 1, "value")
    assert "李梅" in actuals.column("evidence")[row]


def test_of_another_source_nobody_reports_for_others() -> None:
    made, _ = from_tables(book())
    assert points(made, "E3") != points(made, "E3")


def test_a_row_that_waits_for_the_figure_gives_way() -> None:
    made, problems = program(add_actual(holder="E3", kpi="K7", period="2025"))
    assert codes(problems) == [] and points(made, "E3") == 100.0


def test_equal_reports_count_and_different_ones_are_named_with_both_cells() -> None:
    assert codes(program(add_actual(holder="E3", kpi="K7", period="2025", value=0.04))[1]) == []
    made, problems = program(add_actual(holder="E3", kpi="K7", period="2025", value=0.06))
    assert codes(problems) == [("R236", "实绩!D13")]
    (found,) = [p for p in problems if p.code == "R236"]
    assert "实绩!D9" in found.message("zh") and "实绩!D9" in found.message("en")
    scores, _ = made.score()
    assert scores.totals.total[scores.people.index("E3")] != 100.0
    # Each counts by the figure that was reported for them: nothing is guessed, so neither is held up by it.
    assert points(made, "E2") == 100.0 != points(made, "E3")
    standing = {scores.verdicts.people[scores.people.index(person)].standing for person in ("E2", "E3")}
    assert Standing.UNDETERMINED not in standing


def test_different_targets_are_named_with_both_cells() -> None:
    _, problems = program(put("contract_lines", 19, target=0.06))
    (found,) = [p for p in problems if p.code == "R235"]
    lines = book()["contract_lines"]
    assert found.address == lines.address(19, "target")
    assert lines.address(6, "target").cell in found.message("zh")


@pytest.mark.parametrize("value", [None, 0.06])
def test_large_files_say_and_count_the_same(
    value: float | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "p.xlsx"
    edits = (TOGETHER, *((add_actual(holder="E3", kpi="K7", period="2025", value=value),) if value else ()))
    write_program(path, book(*edits), "zh", blank_rows=2)
    whole, _ = load(path)
    monkeypatch.setattr(perfxl.program, "STORED_FROM", 0)
    stored, _ = load_for_papers(path)
    named = {(p.code, p.address.place) for p in whole.judgement.problems if p.code in ("R235", "R236")}
    assert named == {(p.code, p.address.place) for p in stored.judgement.problems if p.code in ("R235", "R236")}
    assert bool(named) == bool(value)
    alone = load_person(path, "E3")
    assert points(alone, "E3") == points(whole, "E3")
    rows = stored.tables["actuals"]
    pairs = list(zip(rows.column("holder"), rows.column("kpi"), rows.column("value"), strict=True))
    assert ("E3", "K7", value or 0.04) in pairs

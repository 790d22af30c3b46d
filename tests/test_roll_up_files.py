"""Roll-up in files: the sample's branches report, and what the head reported too is computed from them."""

from __future__ import annotations

from pathlib import Path

import pytest

import perfxl.program
from perfxl.core.records import Records, Tables
from perfxl.core.scoring.program import contracts_of_people
from perfxl.program import load, load_for_papers, load_person
from perfxl.sample import program
from perfxl.workbook.program.book import write_program

KPI = "F01"


def sample(*, without_the_head: bool, rule: str | None = "sum") -> tuple[Tables, str]:
    """The sample with revenue rolled up, and the head of the company."""
    tables = dict(program(24))
    kpis, units, actuals = tables["kpis"], tables["units"], tables["actuals"]
    kpis.columns["roll_up"] = [rule if kpi == KPI else None for kpi in kpis.column("kpi")]
    head = next(h for h, parent in zip(units.column("head"), units.column("parent"), strict=True) if parent is None)
    if without_the_head:
        pairs = zip(actuals.column("holder"), actuals.column("kpi"), strict=True)
        kept = [i for i, pair in enumerate(pairs) if pair != (head, KPI)]
        columns = {name: [values[i] for i in kept] for name, values in actuals.columns.items()}
        tables["actuals"] = Records(actuals.table, columns, rows=range(4, 4 + len(kept)), letters=actuals.letters)
    return tables, head


@pytest.mark.parametrize("loader", [load, load_for_papers])
def test_what_was_typed_beside_it_agrees_to_the_month(
    loader: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(perfxl.program, "STORED_FROM", 0)
    tables, _ = sample(without_the_head=False)
    write_program(tmp_path / "p.xlsx", tables, "zh", blank_rows=2)
    _, problems = loader(tmp_path / "p.xlsx")  # type: ignore[operator]
    assert [p.code for p in problems if p.code.startswith("C21")] == []


def test_totals_are_the_same_typed_or_rolled_up_in_memory_and_on_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(perfxl.program, "STORED_FROM", 0)
    typed, rolled, none = tmp_path / "typed.xlsx", tmp_path / "rolled.xlsx", tmp_path / "none.xlsx"
    for path, without, rule in ((typed, False, None), (rolled, True, "sum"), (none, True, None)):
        tables, head = sample(without_the_head=without, rule=rule)
        write_program(path, tables, "zh", blank_rows=2)
    totals = {}
    for path in (typed, rolled, none):
        scores, _ = load(path)[0].score()
        totals[path] = scores.totals.total[scores.people.index(head)]
    assert totals[typed] == totals[rolled] and totals[none] != totals[none]  # pending: no total
    stored, _ = load_for_papers(rolled)
    outline = stored.tables.make_outline(stored.policy, stored.tables.score_everybody(stored.policy))  # type: ignore[attr-defined]
    people = list(contracts_of_people(stored.tables["contracts"]))
    assert outline.totals.total[people.index(head)] == totals[typed]
    alone = load_person(rolled, head)
    scores, _ = alone.score()
    assert scores.totals.total[scores.people.index(head)] == totals[typed]


def test_a_row_that_waits_for_what_is_computed_is_no_report(tmp_path: Path) -> None:
    """Rows are listed before anybody fills them in: the head's blank one was said to hold the same figure."""
    tables, head = sample(without_the_head=False)
    actuals = tables["actuals"]
    for i, (holder, kpi) in enumerate(zip(actuals.column("holder"), actuals.column("kpi"), strict=True)):
        if (holder, kpi) == (head, KPI):
            actuals.columns["value"][i] = None
    write_program(tmp_path / "p.xlsx", tables, "zh", blank_rows=2)
    read, _ = load(tmp_path / "p.xlsx")
    assert [about for about in read.all_problems() if about.code == "C145"] == []

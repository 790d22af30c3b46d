"""Roll-up in files: the sample's branches report, and what the head reported too is computed from them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

import perfxl.program
from perfxl import judgement
from perfxl.core.official import Standing
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


def officials(program: Any) -> set[str]:
    scores, _ = program.score()
    return {
        person
        for person, verdict in zip(scores.people, scores.verdicts.people, strict=True)
        if verdict.standing is Standing.OFFICIAL
    }


def spoil(path: Path, sheet: str, column: str, row: int, value: Any) -> None:
    book = openpyxl.load_workbook(path)
    page = book[sheet]
    at = next(
        cell.column for line in page.iter_rows(max_row=3) for cell in line if str(cell.value).strip("*") == column
    )
    assert at is not None
    page.cell(row, at).value = value
    book.save(path)


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("links", "分解方式", "坏"),
        ("links", "上级指标", None),
        ("links", "上级指标", "F999"),
        ("links", "上级责任人", "E999"),
        ("links", "上级责任人", None),
        ("links", "下级责任人", "E999"),
        ("links", "上级指标", "repeated"),
        ("actuals", "上报日期", "坏"),
    ],
)
def test_what_is_wrong_below_leaves_no_total_above(
    table: str, column: str, value: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A link that cannot be read left its share out of the head's actual, whose total was official all the same; a
    subordinate's row with an error counted for the head as though it were right."""
    tables, head = sample(without_the_head=True, rule="mean")
    links, actuals = tables["links"], tables["actuals"]
    for k, kpi in enumerate(links.column("kpi")):
        if kpi == KPI:  # without shares nothing else shows that one of them is absent
            links.columns["mode"][k], links.columns["share"][k] = "full", None
    i = next(i for i, kpi in enumerate(links.column("kpi")) if kpi == KPI)
    if value == "repeated":
        j = next(j for j in range(len(links)) if links.column("kpi")[j] != KPI)
        for values in links.columns.values():
            values[j] = values[i]
    path = tmp_path / "p.xlsx"
    write_program(path, tables, "zh", blank_rows=2)
    assert head in officials(load(path)[0]) or value == "repeated"
    if value != "repeated":
        row = (
            i
            if table == "links"
            else next(
                k
                for k in range(len(actuals))
                if (actuals.column("kpi")[k], actuals.column("holder")[k])
                == (links.column("sub_kpi")[i], links.column("sub_owner")[i])
            )
        )
        records = load(path)[0].tables[table]
        spoil(path, records.sheet, column, records.rows[row], value)
    whole, _ = load(path)
    assert head not in officials(whole)
    monkeypatch.setattr(perfxl.program, "STORED_FROM", 0)
    assert head not in officials(load_person(path, head))
    monkeypatch.setattr(judgement, "_AT_ONCE", 1)
    stored, _ = load_for_papers(path)
    assert stored.judgement.results.keys() == whole.judgement.results.keys()

"""The score workbook: formulas that hold the engine's values, and that other programs calculate to the same."""

from __future__ import annotations

import re
import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from perfxl.core.records import Tables, from_rows
from perfxl.core.scoring.program import Scores
from perfxl.core.scoring.totals import ordered_bands
from perfxl.program import from_tables
from perfxl.sample import program as sample
from perfxl.workbook.score.book import write_scores
from perfxl.workbook.score.formulas import COLUMNS, PLACE
from perfxl.workbook.score.sheet_plan import MOST_PERSON_SHEETS
from perfxl.workbook.score.texts import say
from tests import oracles
from tests.workbook.office import format_errors
from tests.workbook.random_program import program as random_program

# What Excel 2016 and later, WPS and LibreOffice share (design: workbooks.md).
SHARED = {"IF", "MIN", "MAX", "ROUND", "ISNUMBER", "COUNT", "INDEX", "MATCH", "IFERROR", "SUMPRODUCT", "SUM"}
SHARED |= {"AND", "OR", "NOT", "ABS", "INT", "SUMIFS", "COUNTIFS", "NETWORKDAYS"}


def written(book: Tables, path: Path, lang: str = "zh") -> Scores:
    scores, _ = from_tables(book, lang)[0].score()
    write_scores(path, book, scores, lang)
    return scores


def rows_of(sheet: Worksheet, head: str) -> list[dict[str, Any]]:
    """The rows under every row that holds `head`, down to the first that is blank or a sum."""
    found: list[dict[str, Any]] = []
    names: list[Any] = []
    for cells in sheet.iter_rows(values_only=True):
        if head in cells:
            names = list(cells)
        elif names and any(cell not in (None, "") for cell in cells) and cells[0] not in _ENDS:
            found.append({name: cell for name, cell in zip(names, cells, strict=True) if name})
        else:
            names = []
    return found


def header(name: str, lang: str) -> str:
    return COLUMNS[PLACE[name]].header(lang)


VETOED = {say("triggered", "zh"), say("triggered", "en")}
_ENDS = {say(name, lang) for name in ("sum", "mean", "contract_result", "person_result") for lang in ("zh", "en")}


_OF_EACH = 5


def _kinds(scores: Scores) -> list[tuple[str, int, int]]:
    """Of each line its method, how it stands and what is wrong with it."""
    names, lines = [m.name for m in scores.lines.methods], scores.lines
    each = zip(lines.method.tolist(), lines.status.tolist(), lines.problem.tolist(), strict=True)
    return [(names[method] if method >= 0 else "", status, wrong) for method, status, wrong in each]


@pytest.fixture(scope="module")
def every_kind() -> tuple[Tables, set[tuple[str, int, int]]]:
    """The people of a large program who have one of the first few lines of each kind, and all the kinds that it has:
    what seldom comes about is there as often as in the whole, which other programs take minutes to calculate."""
    tables = dict(random_program(2000, 1))
    scores, _ = from_tables(tables, "zh")[0].score()
    holders, of, kinds = scores.line_table.contracts.column("holder"), scores.line_table.contract, _kinds(scores)
    seen, chosen = Counter[tuple[str, int, int]](), set[Any]()
    for contract, kind in zip(of, kinds, strict=True):
        if seen[kind] < _OF_EACH:
            chosen.add(holders[contract])
            seen[kind] += 1
    contracts = tables["contracts"]
    own = [i for i, holder in enumerate(contracts.column("holder")) if holder in chosen]
    ids = {contracts.column("contract")[i] for i in own}
    lines = tables["contract_lines"]
    kpis = {k for c, k in zip(lines.column("contract"), lines.column("kpi"), strict=True) if c in ids}
    people = chosen | {contracts.column("second_holder")[i] for i in own}
    for name, key, kept in (
        *(("contracts", "contract", ids), ("contract_lines", "contract", ids), ("people", "person", people)),
        *((name, "kpi", kpis) for name in ("kpis", "actuals", "events")),
    ):
        rows = [row for row in tables[name].records() if row[key] in kept]
        tables[name] = from_rows(name, rows)
    return tables, set(kinds)


@pytest.mark.parametrize(
    "policy",
    [
        {},
        {
            "milestone_days": "工作日",
            "na_rule": "contract",
            "milestone_early": "是",
            "knot_threshold": "50",
            "points_cap": "150",
            "total_cap": "130",
        },
    ],
    ids=["usual policy", "other policy"],
)
def test_other_programs_calculate_the_same(
    every_kind: tuple[Tables, set[tuple[str, int, int]]], policy: dict[str, str], tmp_path: Path
) -> None:
    """Thousands of lines with every method and every kind of blank, tie, limit and veto."""
    tables, kinds = every_kind
    settings = from_rows("policy", [{"key": key, "value": value} for key, value in policy.items()])
    path = tmp_path / "scores.xlsx"
    scores = written({**tables, "policy": settings}, path)
    assert len(scores.people) > MOST_PERSON_SHEETS, "people stand on the sheets of their units"
    assert len({m.name for m in scores.lines.methods}) == 18 and (policy or set(_kinds(scores)) == kinds)
    expected = oracles.stored(path)
    assert len(expected) > 12_000
    assert oracles.differences(expected, oracles.by_formualizer(path, tmp_path)) == []
    assert oracles.differences(expected, oracles.by_libreoffice(path, tmp_path)) == []


@pytest.fixture(scope="module", params=["zh", "en"])
def small(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Scores, Tables, str]:
    """A sample with a sheet a person."""
    path, book = tmp_path_factory.mktemp("scores") / "scores.xlsx", sample(60, 5, request.param)
    return path, written(book, path, request.param), book, request.param


def test_cells_hold_the_engines_values(small: tuple[Path, Scores, Tables, str]) -> None:
    path, scores, book, lang = small
    workbook = openpyxl.load_workbook(path, data_only=True)
    names = dict(zip(book["people"].column("person"), book["people"].column("name"), strict=True))
    points, effective = header("points", lang), header("effective", lang)
    for person in scores.people:
        sheet = next(workbook[title] for title in (names[person], f"{names[person]} {person}") if title in workbook)
        own = [c for c in scores.segments[person] if scores.line_table.contracts.column("holder")[c] == person]
        lines = [line for contract in own for line in scores.lines_of(contract)]
        shown = rows_of(sheet, effective)
        assert len(shown) == len(lines)
        shown = [row for row in shown if row[header("status", lang)] not in VETOED]
        expected = sorted(p for p in scores.lines.points[lines].tolist() if p == p)
        assert sorted(row[points] for row in shown if isinstance(row[points], int | float)) == expected
        weights = sorted(w for w in scores.effective[lines].tolist() if w)
        assert sorted(row[effective] for row in shown if row[effective]) == pytest.approx(weights)


def test_the_list_holds_everybody_by_unit_and_total(small: tuple[Path, Scores, Tables, str]) -> None:
    path, scores, book, lang = small
    people = book["people"].table
    person, unit = (people.column(name).header(lang) for name in ("person", "unit"))
    total, grade, factor = (say(name, lang) for name in ("total", "grade", "coefficient"))
    listed = rows_of(openpyxl.load_workbook(path, data_only=True)[say("people", lang)], person)
    assert sorted(row[person] for row in listed) == sorted(scores.people)
    bands = ordered_bands(scores.policy)
    for row in listed:
        place = scores.people.index(row[person])
        band = bands[scores.totals.grade[place]] if scores.totals.grade[place] >= 0 else None
        official = scores.totals.total[place]
        assert row[total] == (official if official == official else None)
        assert (row[grade], row[factor]) == ((band.grade, band.coefficient) if band else (None, None))
    totals = [(row[unit], -(row[total] or float("-inf"))) for row in listed]
    for (before, first), (after, second) in pairwise(totals):
        assert before != after or first <= second


def test_points_and_totals_are_formulas_of_shared_functions(small: tuple[Path, Scores, Tables, str]) -> None:
    path, scores, _, lang = small
    formulas = oracles.formulas(path)
    assert len(formulas) > 4 * len(scores.line_table)
    for cell, text in formulas.items():
        outside = re.sub(r'"[^"]*"|\'[^\']*\'', "", text)
        assert set(re.findall(r"([A-Z.]+)\(", outside)) <= SHARED, (cell, text)
    workbook = openpyxl.load_workbook(path)
    points, weight = header("points", lang), header("weight", lang)
    stated = []
    for sheet in workbook.worksheets:
        for row in rows_of(sheet, header("effective", lang)):
            if row[weight] is not None and not str(row[points]).startswith("="):
                stated.append(float(row[points]))
    assert stated == [decided.points for decided in scores.decisions.lines.values()]  # by an appeal, not by a rule


def test_a_changed_actual_changes_the_total(tmp_path: Path) -> None:
    """The workbook is alive: what HR types there is scored by the same rules."""
    path, book = tmp_path / "scores.xlsx", sample(20, 3)
    written(book, path)
    workbook = openpyxl.load_workbook(path)
    sheet = workbook.worksheets[-2]
    top = next(cell for row in sheet.iter_rows() for cell in row if cell.value == header("actual", "zh"))
    first = sheet.cell(top.row + 1, top.column)
    was = {
        row[0].row: [c.value for c in row]
        for row in openpyxl.load_workbook(path, data_only=True)[sheet.title].iter_rows()
    }
    first.value = None
    changed = tmp_path / "changed.xlsx"
    workbook.save(changed)
    found = oracles.by_formualizer(changed, tmp_path)
    assert found[sheet.title, f"M{first.row}"] == "" and was[first.row][12] != ""
    assert found[sheet.title, f"O{first.row}"] == "待报"
    totals = [value for (title, cell), value in found.items() if title == sheet.title and cell.startswith("F")]
    assert "" in totals


def test_text_stays_text_and_sheet_names_are_possible(tmp_path: Path) -> None:
    evil = ["=1+1", "<r>x</r>", "@SUM(A1)", "http://a.b/c", "+1", "a[b]:c*?/\\d'", "汇总", "x" * 60]
    tables: dict[str, list[dict[str, Any]]] = {
        "units": [{"unit": f"U{i}", "name": name} for i, name in enumerate(evil)],
        "people": [{"person": f"E{i}", "name": name, "unit": f"U{i}", "post": name} for i, name in enumerate(evil)],
        "contracts": [{"contract": f"C{i}", "holder": f"E{i}"} for i in range(len(evil))],
        "kpis": [
            {
                "kpi": f"K{i}",
                "name": name,
                "unit": name,
                "method": "ratio",
                "direction": "higher",
                "aggregation": "last",
            }
            for i, name in enumerate(evil)
        ],
        "contract_lines": [
            {"contract": f"C{i}", "kpi": f"K{i}", "weight": 100.0, "target": 2.0} for i in range(len(evil))
        ],
        "actuals": [{"holder": f"E{i}", "kpi": f"K{i}", "period": "2025", "value": 1.0} for i in range(len(evil))],
        "policy": [{"key": "weight_max", "value": "100"}],
    }
    path = tmp_path / "scores.xlsx"
    scores = written({name: from_rows(name, rows) for name, rows in tables.items()}, path)
    workbook = openpyxl.load_workbook(path)
    titles = workbook.sheetnames
    assert len({title.casefold() for title in titles}) == len(titles) == 3 + 2 * len(evil)
    assert all(len(title) <= 31 and not re.search(r"[\[\]:*?/\\]", title) for title in titles)
    texts = {cell.value for sheet in workbook for row in sheet.iter_rows() for cell in row if cell.data_type == "s"}
    assert {name.removesuffix("\u200b") for name in texts if isinstance(name, str)} >= set(evil)
    # Every formula is one of perfxl's: they calculate to what is stored.
    assert oracles.differences(oracles.stored(path), oracles.by_formualizer(path, tmp_path)) == []
    assert np.nansum(scores.totals.total) == 50.0 * len(evil)


def test_a_program_without_anything_to_score_is_still_a_workbook(tmp_path: Path) -> None:
    path = tmp_path / "scores.xlsx"
    written({}, path, "en")
    assert openpyxl.load_workbook(path).sheetnames == ["Summary", "People", "Parameters"]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems cannot fork safely")
def test_two_processes_write_the_same_bytes_as_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On units' sheets and on people's own; formats get the same numbers, and nobody misses progress."""
    from perfxl import processes
    from perfxl.workbook.score import book as score_book
    from perfxl.workbook.score import sheet_plan

    book = sample(200, 9)
    scores, problems = from_tables(book)[0].score()
    monkeypatch.setattr(score_book, "_SHARED", range(1, 10**6))
    begun: list[object] = []
    shared = processes._Shared

    def begin(*given: Any) -> Any:
        begun.append(given)
        return shared(*given)

    monkeypatch.setattr(processes, "_Shared", begin)
    monkeypatch.setattr(processes, "can_fork", lambda: True)  # whatever threads the tests' own processes have
    for limit in (10, 1000):
        monkeypatch.setattr(sheet_plan, "MOST_PERSON_SHEETS", limit)
        contents, told = [], []
        for cores in (1, 2):
            monkeypatch.setattr(processes, "count_cores", lambda cores=cores: cores)
            path = tmp_path / f"{cores}.xlsx"
            heard: list[tuple[int, int]] = []
            write_scores(path, book, scores, "zh", lambda *pair, heard=heard: heard.append(pair), problems)
            contents.append(path.read_bytes())
            told.append(heard[-1])
        assert contents[0] == contents[1]
        assert told[0] == told[1] == (len(scores.people), len(scores.people))
    assert len(begun) == 2


def test_large_programs_put_people_on_their_units_sheets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Units beyond the limit go to their superiors' sheets; nobody is lost, pages break between people."""
    from perfxl.workbook.score import sheet_plan

    monkeypatch.setattr(sheet_plan, "MOST_PERSON_SHEETS", 10)
    monkeypatch.setattr(sheet_plan, "MOST_UNIT_SHEETS", 8)
    monkeypatch.setattr(sheet_plan, "MOST_ON_SHEET", 30)
    path, told = tmp_path / "scores.xlsx", []
    book = sample(120, 9)
    scores, _ = from_tables(book)[0].score()
    write_scores(path, book, scores, progress=lambda done, whole: told.append((done, whole)))
    workbook = openpyxl.load_workbook(path, data_only=True)
    shown = [row for sheet in workbook for row in rows_of(sheet, header("effective", "zh"))]
    assert len(shown) == len(scores.line_table)
    assert told[-1] == (len(scores.people), len(scores.people))
    person = book["people"].table.column("person").header("zh")
    listed = [row[person] for sheet in workbook.worksheets[2:] for row in rows_of(sheet, person)]
    assert sorted(listed) == sorted(scores.people)
    for sheet in workbook.worksheets[2:-1]:  # colours of pages keep off the list of people above them
        rows_of_rules = [
            reach.min_row
            for each in sheet.conditional_formatting
            for reach in each.sqref.ranges
            if reach.min_col in (PLACE["points"] + 1, PLACE["status"] + 1)
        ]
        first = next(row[0].row for row in sheet.iter_rows(min_row=5) if row[0].value in _ENDS)
        assert rows_of_rules and min(rows_of_rules) > first
    assert sum(len(sheet.row_breaks.brk) for sheet in workbook) >= len(scores.people)
    assert oracles.differences(oracles.stored(path), oracles.by_formualizer(path, tmp_path)) == []


def test_an_undetermined_total_is_a_text_that_names_the_cell(tmp_path: Path) -> None:
    """No formula stands where its figures would, on no sheet; summary and charts go without it."""
    book = sample(20, 1)
    lines = book["contract_lines"]
    contract = lines.column("contract")[0]
    lines.columns["weight"][0] += 40.0
    program, _ = from_tables(book)
    scores, problems = program.score()[0], program.all_problems()
    place = book["contracts"].column("contract").index(contract)
    verdict = scores.verdicts.contracts[place]
    assert verdict.is_undetermined and verdict.reason in problems
    write_scores(tmp_path / "scores.xlsx", book, scores, problems=problems)
    workbook = openpyxl.load_workbook(tmp_path / "scores.xlsx")
    shown = [
        (sheet, cell)
        for sheet in workbook
        for row in sheet.iter_rows()
        for cell in row
        if cell.value == verdict.label("zh")
    ]
    assert len(shown) == 4  # everybody, the unit and apart its head, who it is here, the contract
    for sheet, cell in shown:
        beside = [sheet.cell(cell.row, cell.column + i).value for i in range(1, 5)]
        assert beside == [None] * 4
    person = scores.people[next(i for i, v in enumerate(scores.verdicts.people) if v.is_undetermined)]
    assert person in {cell.value for cell in workbook[say("people", "zh")]["A"]}
    values = openpyxl.load_workbook(tmp_path / "scores.xlsx", data_only=True)[say("summary", "zh")]
    assert values["C5"].value == np.isfinite(scores.totals.total).sum() < len(scores.people)
    assert (
        oracles.differences(
            oracles.stored(tmp_path / "scores.xlsx"), oracles.by_formualizer(tmp_path / "scores.xlsx", tmp_path)
        )
        == []
    )


def test_excel_would_open_it(small: tuple[Path, Scores, Tables, str]) -> None:
    assert format_errors(small[0]) == []


def test_the_same_scores_give_the_same_bytes(tmp_path: Path) -> None:
    book = sample(20, 1)
    for name in ("a.xlsx", "b.xlsx"):
        written(book, tmp_path / name)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_how_much_is_reported_does_not_read_as_how_much_is_achieved() -> None:
    """完成度 beside a score is taken for attainment of targets."""
    assert say("card_complete", "zh") == say("completeness", "zh") == "数据完整度"
    assert "data" in say("card_complete", "en").lower() and "data" in say("completeness", "en").lower()


def test_english_sheets_name_methods_as_people_read_them(tmp_path: Path) -> None:
    written(sample(12, 5, "en"), tmp_path / "scores.xlsx", "en")
    book = openpyxl.load_workbook(tmp_path / "scores.xlsx", read_only=True)
    shown = {value for sheet in book for row in sheet.iter_rows(values_only=True) for value in row}
    texts = {value.partition("\n")[0] for value in shown if isinstance(value, str)}
    assert "Per unit" in texts and "Pass fail" in texts and not texts & {"per_unit", "pass_fail"}

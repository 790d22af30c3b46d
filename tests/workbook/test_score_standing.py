"""Ranks and units' figures in the score workbook: ties share a place and say so, a unit's figure covers the units
below it and is that of its summary paper, its head's own result stands apart."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest

from perfxl import sample
from perfxl.core.records import Tables, from_rows
from perfxl.documents.papers import KINDS
from perfxl.documents.papers.contexts import Contexts
from perfxl.program import from_tables
from perfxl.workbook.score import standing_cells
from perfxl.workbook.score.book import write_scores
from perfxl.workbook.score.texts import say
from tests import oracles
from tests.workbook.test_score_book import rows_of


def moved(lang: str) -> Tables:
    """The sample with two people's latest contracts in another unit than their own, and two totals made equal."""
    tables = dict(sample.program(60, 5, lang))
    contracts = [dict(row) for row in tables["contracts"].records()]
    units = [row["unit"] for row in tables["units"].records()]
    for row, unit in zip(contracts[10:12], (units[-1], units[2]), strict=True):
        row["unit"] = unit
    return {**tables, "contracts": from_rows("contracts", contracts, "p.xlsx")}


@pytest.fixture(scope="module", params=["zh", "en"])
def book(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any, Any, str]:
    lang, path = request.param, tmp_path_factory.mktemp("standing") / "scores.xlsx"
    program, _ = from_tables(moved(lang), lang)
    scores, _ = program.score()
    tie = np.flatnonzero(~np.isnan(scores.totals.total))
    assert len(set(scores.totals.total[tie].tolist())) > 20
    write_scores(path, program.tables, scores, lang)
    return path, program, scores, lang


def test_ranks_count_who_is_better(book: tuple[Path, Any, Any, str]) -> None:
    path, program, scores, lang = book
    people = program.tables["people"].table
    person, unit = (people.column(name).header(lang) for name in ("person", "unit"))
    listed = rows_of(openpyxl.load_workbook(path, data_only=True)[say("people", lang)], person)
    assert len(listed) == len(scores.people)
    total, group = say("total", lang), say("post_group", lang)
    for row in listed:
        for rank, of in (("rank", None), ("unit_rank", unit), ("group_rank", group)):
            rivals = [each[total] for each in listed if of is None or each[of] == row[of]]
            better = sum(isinstance(each, float | int) and each > row[total] for each in rivals if row[total])
            expected = better + 1 if isinstance(row[total], float | int) else None
            assert row[say(rank, lang)] == expected, (row[person], rank)


def test_other_programs_rank_and_roll_up_the_same(book: tuple[Path, Any, Any, str], tmp_path: Path) -> None:
    expected = oracles.stored(book[0])
    assert sum("COUNTIFS" in text for text in oracles.formulas(book[0]).values()) > 3 * len(book[2].people)
    assert oracles.differences(expected, oracles.by_formualizer(book[0], tmp_path)) == []
    assert oracles.differences(expected, oracles.by_libreoffice(book[0], tmp_path)) == []


def test_a_units_figure_is_that_of_its_summary(book: tuple[Path, Any, Any, str]) -> None:
    path, program, _, lang = book
    contexts, paper = Contexts(program.tables, program.policy, lang), KINDS["unit_summary"]
    told = {
        paper.context(contexts, unit)["unit"]["name"]: paper.context(contexts, unit) for unit in paper.ids(contexts)
    }
    workbook = openpyxl.load_workbook(path, data_only=True)
    sheet = workbook[say("summary", lang)]
    head = "业务单位（含下级）" if lang == "zh" else "Unit, with those below"
    top = next(cell for row in sheet.iter_rows() for cell in row if cell.value == head)
    by_unit: dict[str, tuple[Any, ...]] = {}
    for cells in sheet.iter_rows(min_row=top.row + 1, min_col=top.column, max_col=top.column + 8, values_only=True):
        by_unit |= {str(cells[0]).strip("　"): cells} if cells[0] else {}
    assert by_unit.keys() == told.keys()
    for name, (_, people, official, mean, best, least, *_) in by_unit.items():
        said = told[name]
        assert [f"{people}", f"{official:g}"] == [said["count"], said["official"]], name
        figures = [f"{value:.2f}" for value in (mean, best, least)]
        assert figures == [said[field] for field in ("average", "highest", "lowest")], name
    company = max(by_unit.values(), key=lambda row: row[1])
    assert company[1] > 50, "the company's figure covers everybody"
    label = say("with_below", lang)
    of_sheets = {
        sheet.title: cells[5].value for sheet in workbook for cells in sheet.iter_rows() if cells[0].value == label
    }
    assert of_sheets and all(of_sheets[name] == by_unit[name][3] for name in of_sheets if name in by_unit)
    heads = {
        sheet.title: cells for sheet in workbook for cells in sheet.iter_rows() if cells[0].value == say("head", lang)
    }
    assert of_sheets.keys() == heads.keys()
    assert any(cells[5].value == by_unit[title][8] for title, cells in heads.items() if title in by_unit)


def test_a_row_without_height_is_hidden_in_every_program(book: tuple[Path, Any, Any, str]) -> None:
    """The place for units that the chart does not show was a blank row below the units in LibreOffice."""
    summary = openpyxl.load_workbook(book[0]).worksheets[0]
    empty = {row for row, dimension in summary.row_dimensions.items() if dimension.height == 0}
    assert empty and all(summary.row_dimensions[row].hidden for row in empty)


def test_equal_ranks_say_so(tmp_path: Path) -> None:
    tables = dict(sample.program(12, 2, "zh"))
    program, _ = from_tables(tables)
    scores, _ = program.score()
    scores.totals.total[:] = 90.0
    write_scores(tmp_path / "scores.xlsx", program.tables, scores, "zh")
    sheet = openpyxl.load_workbook(tmp_path / "scores.xlsx")["人员得分"]
    rules = [
        (str(reach.sqref), rule.formula[0])
        for reach in sheet.conditional_formatting
        for rule in reach.rules
        if rule.dxf and rule.dxf.numFmt and "并列" in rule.dxf.numFmt.formatCode
    ]
    count = len(scores.people)
    assert (f"M5:M{4 + count}", f"COUNTIFS($M$5:$M${4 + count},$M5)>1") in rules
    assert {reach[0] for reach, _ in rules} == {"M", "N", "P"}


def test_ranks_of_very_many_are_figures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each compares with everybody: a spreadsheet would calculate for minutes."""
    monkeypatch.setattr(standing_cells, "MOST_RANKED", 5)
    program, _ = from_tables(sample.program(12, 2, "zh"))
    scores, _ = program.score()
    write_scores(tmp_path / "scores.xlsx", program.tables, scores, "zh")
    cells = [cell.value for cell in openpyxl.load_workbook(tmp_path / "scores.xlsx")["人员得分"]["M"][4:]]
    assert sorted(cell for cell in cells if cell)[0] == 1


def test_a_circle_of_units_is_no_hindrance(tmp_path: Path) -> None:
    tables = dict(sample.program(20, 3, "zh"))
    units = [dict(row) for row in tables["units"].records()]
    units[0]["parent"], units[1]["parent"] = units[1]["unit"], units[0]["unit"]
    program, _ = from_tables({**tables, "units": from_rows("units", units, "p.xlsx")})
    scores, _ = program.score()
    path = tmp_path / "scores.xlsx"
    write_scores(path, program.tables, scores, "zh")
    assert oracles.differences(oracles.stored(path), oracles.by_formualizer(path, tmp_path)) == []

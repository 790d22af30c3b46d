"""What calibration and appeals decided, in the score workbook: side by side, the result in force by formula."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils import get_column_letter

from perfxl import sample
from perfxl.core.records import Records, from_rows
from perfxl.core.scoring.program import score_program
from perfxl.program import from_tables
from perfxl.workbook.score.book import write_scores
from perfxl.workbook.style import row_height
from tests import oracles
from tests.workbook.office import needs_libreoffice

DECIDED = {"decision": "changed", "decided_by": "评审组", "decided_on": date(2026, 2, 3)}


@pytest.fixture(scope="module")
def tables() -> dict[str, Records]:
    return dict(sample.program(12, 2, "zh"))


def written(path: Path, tables: dict[str, Records], **more: list[dict[str, Any]]) -> tuple[Any, Any, dict[str, Any]]:
    """The workbook with formulas, the same with values, and the row of each person on the list of everybody."""
    held = {k: v for k, v in tables.items() if k not in ("appeals", "calibrations")}
    held |= {name: from_rows(name, rows, "p.xlsx") for name, rows in more.items()}
    scores, _ = score_program(held, from_tables(held)[0].policy)
    write_scores(path, held, scores)
    books = openpyxl.load_workbook(path), openpyxl.load_workbook(path, data_only=True)
    rows = {str(row[0].value): row[0].row for row in books[0]["人员得分"].iter_rows(min_row=5) if row[0].value}
    return *books, rows


def official(tables: dict[str, Records], count: int) -> list[str]:
    scores, _ = score_program(tables, from_tables(tables)[0].policy)
    single = [p for p in scores.people if len(scores.segments[p]) == 1]
    return [p for p in single if scores.totals.total[scores.people.index(p)] < 95][:count]


def test_results_stand_side_by_side(tmp_path: Path, tables: dict[str, Records]) -> None:
    first, second = official(tables, 2)
    appeal = {"appeal": "SS1", "holder": first, "date": date(2026, 1, 20), "reason": "口径", "points": 96.5, **DECIDED}
    calibrated = {
        "holder": second,
        "grade": "C",
        "reason": "比例",
        "decided_by": "校准会",
        "decided_on": date(2026, 1, 9),
    }
    before = written(tmp_path / "before.xlsx", tables)
    book, values, rows = written(tmp_path / "scores.xlsx", tables, appeals=[appeal], calibrations=[calibrated])
    people, shown = book["人员得分"], values["人员得分"]
    headers = [cell.value for cell in people[4]]
    assert headers[12:16] == ["公司排名", "单位内排名", "岗位类别", "同类排名"]
    assert headers[16:] == [
        *("原结果 总分", "原结果 等级", "校准后 总分", "校准后 等级", "申诉后 总分", "申诉后 等级", "谁何时决定"),
    ]
    row = {header: cell.value for header, cell in zip(headers, shown[rows[first]], strict=True)}
    was = before[1]["人员得分"].cell(before[2][first], 5).value
    assert (row["总分"], row["等级"], row["原结果 总分"], row["申诉后 总分"]) == (96.5, "A", was, 96.5)
    assert row["谁何时决定"] == "申诉后 SS1、评审组、2026-02-03（口径）"
    assert row["校准后 总分"] in (None, "")
    who = people.cell(rows[first], headers.index("谁何时决定") + 1)
    assert who.alignment.wrap_text and not who.alignment.shrink_to_fit  # it was made too small to be read
    assert people.cell(rows[first], headers.index("申诉后 总分") + 1).value == people.cell(rows[first], 5).value
    row = {header: cell.value for header, cell in zip(headers, shown[rows[second]], strict=True)}
    assert (row["等级"], row["校准后 等级"], row["总分"]) == ("C", "C", row["原结果 总分"])
    others = [p for p in rows if p not in (first, second)]
    for person in others:
        line, old = (
            [cell.value for cell in sheet[at[person]]][:12]
            for sheet, at in ((shown, rows), (before[1]["人员得分"], before[2]))
        )
        assert line == old


def test_headers_and_reasons_have_room(tmp_path: Path, tables: dict[str, Records]) -> None:
    first, second = official(tables, 2)
    appeal = {"appeal": "SS1", "holder": first, "date": date(2026, 1, 20), "points": 96.5, "reason": "口径" * 40}
    book, _, rows = written(tmp_path / "scores.xlsx", tables, appeals=[{**appeal, **DECIDED}])
    people = book["人员得分"]
    assert people.row_dimensions[rows[first]].height > people.row_dimensions[rows[second]].height
    for column, cell in enumerate(people[4], 1):
        width = people.column_dimensions[get_column_letter(column)].width
        assert row_height(cell.value, width) <= people.row_dimensions[4].height, cell.value


def test_a_changed_line_holds_the_points_decided_on(tmp_path: Path, tables: dict[str, Records]) -> None:
    (person,) = official(tables, 1)
    scores, _ = score_program(tables, from_tables(tables)[0].policy)
    (contract,) = scores.segments[person]
    line = next(i for i in scores.lines_of(contract) if scores.lines.points[i] < 110 and scores.effective[i] > 0)
    kpi, points = scores.line_table.columns["kpi"][line], float(scores.lines.points[line])
    appeal = {"appeal": "SS1", "holder": person, "kpi": kpi, "date": date(2026, 1, 20), "reason": "口径", **DECIDED}
    _, values, rows = written(tmp_path / "scores.xlsx", tables, appeals=[{**appeal, "points": points + 8}])
    total = values["人员得分"].cell(rows[person], 5).value
    assert total == pytest.approx(
        scores.totals.total[scores.people.index(person)] + 8 * scores.effective[line] / 100, abs=0.006
    )
    said = [cell.value for sheet in values for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]
    assert any(f"申诉后 {points + 8:.12g} 分，原 {points:.12g} 分（SS1、评审组、2026-02-03）" in text for text in said)


@pytest.mark.parametrize("decision", ["open", "withdrawn"])
def test_without_a_decision_the_bytes_are_the_same(tmp_path: Path, tables: dict[str, Records], decision: str) -> None:
    appeal = {"appeal": "SS1", "holder": "E100003", "date": date(2026, 1, 20), "reason": "口径", "decision": decision}
    written(tmp_path / "plain.xlsx", tables)
    written(tmp_path / "same.xlsx", tables, appeals=[appeal])
    assert (tmp_path / "plain.xlsx").read_bytes() == (tmp_path / "same.xlsx").read_bytes()


@needs_libreoffice
def test_a_spreadsheet_comes_to_the_same_figures(tmp_path: Path, tables: dict[str, Records]) -> None:
    """A line, the whole of one contract, of one that two share, and of several contracts."""
    first, second, third = official(tables, 3)
    contracts = [dict(row) for row in tables["contracts"].records()]
    mate = next(row["holder"] for row in contracts if row["holder"] not in (first, second, third))
    changed = []
    for row in contracts:
        if row["holder"] == third:
            row["second_holder"] = mate
        changed.append(row)
    appeal = {"holder": first, "date": date(2026, 1, 20), "reason": "口径", **DECIDED}
    appeals = [
        {**appeal, "appeal": f"SS{i}", "holder": person, "points": points}
        for i, (person, points) in enumerate(((first, 96.5), (third, 71.0), (mate, 88.0)))
    ]
    calibrated = {
        "holder": second,
        "grade": "C",
        "reason": "比例",
        "decided_by": "校准会",
        "decided_on": date(2026, 1, 9),
    }
    path = tmp_path / "scores.xlsx"
    held = {**tables, "contracts": from_rows("contracts", changed, "p.xlsx")}
    _, values, rows = written(path, held, appeals=appeals, calibrations=[calibrated])
    shown = [
        (values["人员得分"].cell(rows[p], 5).value, values["人员得分"].cell(rows[p], 6).value) for p in (third, mate)
    ]
    assert shown == [(71.0, "C"), (88.0, "B")]
    assert oracles.differences(oracles.stored(path), oracles.by_libreoffice(path, tmp_path)) == []


def test_pages_of_people_and_units_say_how_the_result_came_about(tmp_path: Path, tables: dict[str, Records]) -> None:
    """The total of a page whose lines sum to another figure was a bare number there."""
    first, second = official(tables, 2)
    appeal = {"appeal": "SS1", "holder": first, "date": date(2026, 1, 20), "reason": "口径", "points": 96.5, **DECIDED}
    calibrated = {
        "holder": first,
        "total": 90.0,
        "reason": "比例",
        "decided_by": "校准会",
        "decided_on": date(2026, 1, 9),
    }
    upheld = {**appeal, "appeal": "SS2", "holder": second, "points": None, "decision": "upheld"}
    _, values, _ = written(tmp_path / "scores.xlsx", tables, appeals=[appeal, upheld], calibrations=[calibrated])
    told: dict[str, list[str]] = {}
    for sheet in (each for each in values if each.title != "人员得分"):
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and "原结果 " in cell.value and "、2026-" in cell.value:
                    told.setdefault(cell.value.split("原结果 ")[1], []).append(sheet.title)
    changed = next(text for text in told if "96.50 A" in text)
    assert "校准后 90.00 A（校准会、2026-01-09）；申诉后 96.50 A（SS1、评审组、2026-02-03）" in changed
    assert sorted(map(len, told.values())) == [2, 2], told  # the page of the person and of the unit

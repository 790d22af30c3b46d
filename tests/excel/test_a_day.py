"""A day in the ribbon, on the model of Excel, each job in a process of its own: check, mend, score, mend, score
again, explain, documents for three selected people, adopt weights, undo."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import Any

import pytest

from perfxl.program import Program, load
from perfxl.ribbon.background import WORKING, Background
from perfxl.ribbon.live_book import LiveBook
from perfxl.ribbon.open_book import CellRef
from perfxl.sample import program as sample
from perfxl.tables.grid import is_own
from tests.excel import com_excel
from tests.excel.ribbon_books import write_sheets

_LONGEST = 120.0  # seconds for what takes two


class Day:
    """Excel with a program open, and somebody at the buttons."""

    def __init__(self, path: Path) -> None:
        self.com = com_excel.workbook(path)
        self.excel = self.com.Application
        self.background = Background(at_once=0)

    @property
    def book(self) -> LiveBook:
        """The workbook in front: a result, once it was opened."""
        return LiveBook(self.excel.ActiveWorkbook)

    def click(self, name: str) -> str:
        told = self.background.clicked(f"px.{name}", LiveBook(self._front()), "zh")
        begun = time.monotonic()
        while told == WORKING:
            assert time.monotonic() - begun < _LONGEST
            time.sleep(0.05)
            told = self.background.polled()
        return told

    def cell(self, sheet: str, cell: str) -> Any:
        return self.com.Worksheets(sheet).Range(cell)

    def saved(self, folder: Path) -> Program:
        """The program as it stands now."""
        made = folder / "stand"
        shutil.rmtree(made, ignore_errors=True)
        made.mkdir()
        return load(LiveBook(self.com).save_copy(made))[0]

    def inputs(self) -> dict[str, Any]:
        return {str(s.Name): s.UsedRange.Value for s in self.com.Worksheets if not is_own(str(s.Name))}

    def _front(self) -> Any:
        front = self.excel.ActiveWorkbook
        return com_excel.Com(front._held, self.com._extras)


@pytest.fixture
def tables() -> dict[str, list[dict[str, Any]]]:
    return {name: list(records.records()) for name, records in sample(8).items()}


def test_a_day(tables: dict[str, list[dict[str, Any]]], tmp_path: Path) -> None:
    whole, _ = load(write_sheets(tmp_path / "好.xlsx", tables))
    lines, actuals = whole.tables["contract_lines"], whole.tables["actuals"]
    row = next(i for i, value in enumerate(actuals.column("value")) if isinstance(value, float))
    right, wrong_cell = actuals.column("value")[row], actuals.address(row, "value")
    heavy = next(i for i, weight in enumerate(lines.column("weight")) if weight == 20.0)
    heavy_cell = lines.address(heavy, "weight")
    tables["actuals"][row]["value"] = "很多"
    tables["contract_lines"][heavy]["weight"] = 40.0
    path = write_sheets(tmp_path / "方案.xlsx", tables)
    day = Day(path)
    before = day.inputs()

    # Check: both are marked; the next mark says why in the status bar.
    assert "错误" in day.click("check")
    marked = dict(day.book.marked())
    assert CellRef(wrong_cell.sheet, wrong_cell.cell) in marked
    assert any(place.sheet == heavy_cell.sheet for place in marked)
    assert day.click("next") == "" and "/" in str(day.excel.StatusBar)

    # Mend the figure; score: who carries the heavy weight is undetermined still.
    day.cell(wrong_cell.sheet, wrong_cell.cell).Value = right
    assert "得分工作簿" in day.click("score")
    assert str(day.excel.ActiveWorkbook.Name) == "方案-得分.xlsx"
    first = scores_page(day)
    assert any(not isinstance(total, float) and total for total in first.values())

    # Mend the weight, by the proposal; score again from the result that is in front.
    assert "已采用 2 份合同的建议" in day.click("adopt.all")  # one breaks a rule in the sample
    assert day.cell(heavy_cell.sheet, heavy_cell.cell).Value != 40.0
    day.excel.Workbooks("方案-得分.xlsx").Activate()
    told = day.click("score")
    assert "“方案-得分.xlsx”是结果，已回到它的方案“方案.xlsx”" in told
    assert str(day.excel.ActiveWorkbook.Name) == "方案-得分 (2).xlsx"  # the first is open still
    assert {str(book.Name) for book in day.excel.Workbooks} > {"方案.xlsx", "方案-得分.xlsx"}
    program = day.saved(tmp_path)
    scores, _ = program.score()
    engine = dict(zip(map(str, scores.people), scores.totals.total.tolist(), strict=True))
    shown = scores_page(day)
    assert {person: total for person, total in engine.items() if total == total} == {
        person: total for person, total in shown.items() if total is not None
    }
    assert all(isinstance(total, float) for total in shown.values() if total is not None)

    # Explain somebody: the page says the same total.
    day.com.Activate()
    person, total = next((person, total) for person, total in shown.items() if total is not None)
    LiveBook(day.com).go_to(row_of(day, person))
    assert "请先选中" not in day.click("explain")
    explained = [str(row[0]) for row in day.com.Worksheets("PX 解释").UsedRange.Value]
    assert explained[3] == person and any(f"{total}" in line for line in explained)

    # Documents for three selected people.
    day.com.Worksheets("人员").Select()
    people = program.tables["people"].column("person")
    with_contract = [i for i, each in enumerate(people) if each in shown][:3]
    day.com.Worksheets("人员").Range(",".join(f"A{i + 2}" for i in with_contract)).Select()
    assert "已生成 3 份" in day.click("selected.contract")
    assert len(list((tmp_path / "方案-perfxl" / "业绩合同").glob("*.docx"))) == 3

    # Undo: every input is as it was, but for the figure that was mended.
    assert "已还原" in day.click("unadopt")
    assert day.cell(heavy_cell.sheet, heavy_cell.cell).Value == 40.0
    assert day.click("clear").startswith("已清除")
    day.cell(wrong_cell.sheet, wrong_cell.cell).Value = "很多"
    assert day.inputs() == before


def scores_page(day: Day) -> dict[str, Any]:
    """Person -> total, as the page of scores shows them."""
    rows = day.com.Worksheets("PX 得分").UsedRange.Value
    return {str(row[0]): row[2] for row in rows[4:] if row[0] is not None}


def row_of(day: Day, person: str) -> CellRef:
    rows = day.com.Worksheets("PX 得分").UsedRange.Value
    return CellRef("PX 得分", f"A{next(at for at, row in enumerate(rows, 1) if row[0] == person)}")

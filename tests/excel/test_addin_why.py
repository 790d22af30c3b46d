"""PX_WHY of a cell, as the add-in's VBA asks for it: reasons belong to the cell that shows them, and go when it is
mended."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from pyopenvba.apps.excel import Application
from pyopenvba.interpreter import VBAErrorValue

from tests.excel.vba_host import CALLING, Server, array, excel, shown

TABLE = [
    ["指标", "权重", "目标值", "实际值", "计分方法"],
    ["甲", 50.0, 100.0, 98.0, "比率法"],
    ["乙", 50.0, 0.0, 98.0, "比率法"],
]
MENDED = [*TABLE[:2], ["乙", 50.0, 100.0, 98.0, "比率法"]]


class Cells:
    """Cells that functions are entered in, one after the other."""

    def __init__(self) -> None:
        self.app = excel(Server())
        self.sheet = self.app.sheet(1).sheet

    def enter(self, place: str, function: str, *arguments: Any) -> Any:
        """A function in a cell, and what it fills from there."""
        CALLING.cell = self.range(place)
        given = [array(each) if isinstance(each, list) else each for each in arguments]
        answer = shown(self.app.interpreter.run(function, given))
        rows = answer if isinstance(answer, list) else [[answer]]
        top, left = CALLING.cell.vba_get("Row"), CALLING.cell.vba_get("Column")
        for down, row in enumerate(rows):
            for right, value in enumerate(row):
                cell = self.sheet.vba_get("Cells", [top + down, left + right])
                failed = isinstance(value, str) and value.startswith("#")
                cell.vba_set("Value", VBAErrorValue(2036) if failed else value)
        return answer

    def range(self, place: str) -> Any:
        return self.sheet.vba_get("Range", [place])


@pytest.fixture
def cells() -> Iterator[Cells]:
    yield Cells()
    CALLING.cell = None


def test_the_reason_is_that_of_the_cell(cells: Cells) -> None:
    cells.enter("H1", "PX_SCORES", TABLE)
    cells.enter("K1", "PX_SCORE", "比率法", 98.0, 0.0)
    assert "乙 的目标值为 0" in cells.enter("M1", "PX_WHY", cells.range("H3"))
    assert "乙" not in cells.enter("M2", "PX_WHY", cells.range("K1"))
    assert "没有出错" in cells.enter("M3", "PX_WHY", cells.range("A1"))


def test_the_reason_goes_when_the_cell_is_mended(cells: Cells) -> None:
    cells.enter("H1", "PX_SCORES", TABLE)
    assert "目标值为 0" in cells.enter("M1", "PX_WHY")
    cells.enter("H1", "PX_SCORES", MENDED)
    assert "没有出错" in cells.enter("M2", "PX_WHY", cells.range("H3"))


def test_what_takes_no_cell_is_calculated_anew_each_time(cells: Cells, monkeypatch: pytest.MonkeyPatch) -> None:
    volatile = Application._vba_members["volatile"]
    told: list[Any] = []
    counting = replace(volatile, getter=lambda app, Volatile=True: told.append(Volatile))
    monkeypatch.setitem(Application._vba_members, "volatile", counting)
    cells.enter("M1", "PX_WHY")
    cells.enter("M1", "PX_WHY", cells.range("A1"))
    assert told == [True]


def test_the_last_failure_is_one_that_still_stands(cells: Cells) -> None:
    cells.enter("H1", "PX_SCORES", TABLE)
    cells.enter("K1", "PX_GRADE", "x")
    cells.enter("K1", "PX_GRADE", 95.0)
    assert "乙 的目标值为 0" in cells.enter("M1", "PX_WHY")


def test_a_name_in_a_cell_is_still_the_name_of_a_function(cells: Cells) -> None:
    cells.range("B1").vba_set("Value", "PX_SCORE")
    assert "目标值为 0" in cells.enter("M1", "PX_WHY", cells.range("B1"), "比率法", 98.0, 0.0)

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
                if (down, right) == (0, 0):  # where the formula stands
                    quoted = value.replace('"', '""') if isinstance(value, str) else ""
                    cell.vba_set("Formula", "=1/0" if failed else f'="{quoted}"' if quoted else f"={value}")
                else:
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


def test_each_cell_of_a_result_has_its_own_reason(cells: Cells) -> None:
    lines = [*TABLE, ["丙", 0.0, 100.0, "很多", "比率法"], ["丁", 0.0, 100.0, None, "比率法"]]
    cells.enter("H1", "PX_SCORES", lines, "得分、状态")
    second, third = (cells.enter("M1", "PX_WHY", cells.range(place)) for place in ("H3", "H4"))
    assert "目标值为 0" in second and "很多" not in second
    assert "很多" in third and "目标值为 0" not in third
    for place in ("H1", "H2", "I3", "H5"):  # a header, points, a word beside the error, 待报
        assert "没有出错" in cells.enter("M1", "PX_WHY", cells.range(place)), place


def test_each_total_has_its_own_reason(cells: Cells) -> None:
    people = [
        ["姓名", "指标名称", "计分方法", "权重", "目标值", "实际完成值"],
        ["张三", "收入", "比率法", 100.0, 0.0, 95.0],
        ["李四", "收入", "比率法", 90.0, 100.0, 95.0],
    ]
    shown_ = cells.enter("H1", "PX_TOTALS", people)
    assert [row[1] for row in shown_[1:]] == ["#VALUE!", "#VALUE!"]
    first, second = (cells.enter("R1", "PX_WHY", cells.range(place)) for place in ("I2", "I3"))
    assert "目标值为 0" in first and "90%" not in first
    assert "90%" in second and "目标值为 0" not in second


def test_a_column_of_single_lines_has_a_reason_for_each(cells: Cells) -> None:
    cells.enter("H1", "PX_GRADE", [["甲"], [95.0], ["乙"]])
    assert "“甲”" in cells.enter("M1", "PX_WHY", cells.range("H1"))
    assert "没有出错" in cells.enter("M1", "PX_WHY", cells.range("H2"))
    assert "“乙”" in cells.enter("M1", "PX_WHY", cells.range("H3"))


def test_an_error_of_another_formula_is_not_explained_by_what_stood_there(cells: Cells) -> None:
    cells.enter("H1", "PX_SCORES", TABLE)
    cells.range("H1").vba_set("Value", None)
    told = cells.enter("M1", "PX_WHY", cells.range("H3"))  # the error is left there as a value
    assert "X180" in told and "#NUM!" in told and "Ctrl+Alt+F9" in told
    cells.range("K9").vba_set("Formula", "=1/0")
    assert "#DIV/0!" in cells.enter("M1", "PX_WHY", cells.range("K9"))


def test_what_never_came_to_a_result_has_its_reason_too(cells: Cells) -> None:
    """Several areas, or a server that cannot be started: the same in every cell, and as often as it is asked."""
    areas = cells.range("A1,C1")
    assert cells.enter("H1", "PX_GRADE", areas) == "#VALUE!"
    cells.enter("K1", "PX_GRADE", 95.0)
    for _ in range(2):
        assert "several areas" in cells.enter("M1", "PX_WHY", cells.range("H1"))
        assert "several areas" in cells.enter("M2", "PX_WHY")
    cells.enter("H1", "PX_GRADE", 95.0)
    assert "没有出错" in cells.enter("M1", "PX_WHY", cells.range("H1"))
    assert "没有出错" in cells.enter("M2", "PX_WHY")


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

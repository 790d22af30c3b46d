"""Results beside the program: they are known as results, nothing of theirs is lost when a button is pressed again, and
what is wrong is shown whatever the button."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from perfxl.program import load
from perfxl.ribbon import live_book
from perfxl.ribbon.file_book import FileBook
from perfxl.ribbon.live_book import LiveBook
from perfxl.ribbon.open_book import CellRef
from tests.core import clean_program
from tests.excel import com_excel
from tests.excel.ribbon_books import (
    Opened,
    both,
    cell_value,
    click,
    open_file,
    open_live,
    titles,
    write_broken,
    write_sheets,
)
from tests.locks import Locks


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    return write_broken(tmp_path)


@both
@pytest.mark.parametrize("name", ["score", "weights", "cascade"])
def test_in_a_result_every_button_is_about_its_program(opened: Opened, name: str, copied: Path) -> None:
    """The score workbook is the active one after scoring, and it holds most sheets of a program."""
    book = opened(copied)
    click(name, book)
    made = next(iter(book.folder().glob("*.xlsx")))
    result = opened(made)
    assert result.folder() == book.folder()
    before = titles(result)
    told = click("score", result)
    assert "已回到它的方案“方案.xlsx”" in told and "得分工作簿" in told
    assert titles(result) == before  # the pages stand in the program
    loaded, _ = load(copied)
    assert f"{len(loaded.score()[0].people)} 人" in told


def test_explaining_in_the_score_workbook_explains_the_program(copied: Path) -> None:
    book = open_file(copied)
    click("score", book)
    person = cell_value(book, "PX 得分", "A6")
    result = open_file(book.folder() / "方案-得分.xlsx")
    result._at = next(
        CellRef(sheet.title, cell.coordinate)
        for sheet in result._book
        for row in sheet.iter_rows()
        for cell in row
        if cell.value == person
    )
    assert "是结果" in click("explain", result)
    assert result.program is not None and result.program._path == copied
    assert result.program._book["PX 解释"]["A4"].value == person


def test_a_result_whose_program_is_gone_says_which(copied: Path) -> None:
    book = open_file(copied)
    click("score", book)
    copied.unlink()
    result = open_file(book.folder() / "方案-得分.xlsx")
    told = click("explain", result)
    assert "由 方案.xlsx 生成的结果" in told and result.program is None


def test_another_program_of_the_same_name_is_not_taken_for_a_results_own(copied: Path, tmp_path: Path) -> None:
    book = open_live(copied)
    click("score", book)
    elsewhere = tmp_path / "别处"
    elsewhere.mkdir()
    lone = Path(shutil.copy(book.folder() / "方案-得分.xlsx", elsewhere))
    book._excel.Workbooks("方案-得分.xlsx").Close(False)  # Excel opens no two workbooks of one name
    book._excel.Workbooks.Open(str(lone))
    result = LiveBook(book._excel.Workbooks("方案-得分.xlsx"))
    assert "由 方案.xlsx 生成的结果" in click("score", result)


@both
def test_a_button_pressed_again_leaves_what_was_changed(opened: Opened, copied: Path) -> None:
    """Results that somebody has worked in stay; the new one stands beside them."""
    book = opened(copied)
    click("weights", book)
    first = book.folder() / "方案-权重.xlsx"
    changed = load_workbook(first)
    changed.active["A1"] = "我改过"  # type: ignore[index]
    changed.save(first)
    kept = first.read_bytes()
    assert "方案-权重 (2).xlsx" in click("weights", book)
    assert first.read_bytes() == kept and (book.folder() / "方案-权重 (2).xlsx").exists()


def test_a_result_that_is_open_gets_a_new_one_beside_it(copied: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As Windows has it: a file that Excel has open cannot be renamed."""
    book = open_file(copied)
    click("score", book)
    before = (book.folder() / "方案-得分.xlsx").read_bytes()
    Locks(monkeypatch).hold(book.folder() / "方案-得分.xlsx")
    assert "方案-得分 (2).xlsx" in click("score", book)
    assert (book.folder() / "方案-得分.xlsx").read_bytes() == before
    assert book.shown[-1] == book.folder() / "方案-得分 (2).xlsx"


def test_results_of_two_programs_of_one_name_are_open_together(tmp_path: Path) -> None:
    """Excel opens no two workbooks of one name: the second result is numbered, and so is one whose first is open."""
    first, second = (tmp_path / name for name in ("甲", "乙"))
    for folder in (first, second):
        folder.mkdir()
    book = open_live(write_broken(first))
    excel = book._excel
    click("score", book)
    excel.Workbooks("方案.xlsx").Close(False)
    other = write_broken(second)
    excel.Workbooks.Open(str(other))
    beside = LiveBook(excel.Workbooks("方案.xlsx"))
    assert str(other.parent / "方案-perfxl" / "方案-得分 (2).xlsx") in click("score", beside)
    assert [*(first / "方案-perfxl").iterdir()] == [first / "方案-perfxl" / "方案-得分.xlsx"]
    assert "方案-得分 (3).xlsx" in click("score", beside)
    names = {str(each.Name) for each in excel.Workbooks}
    assert names == {"方案.xlsx", "方案-得分.xlsx", "方案-得分 (2).xlsx", "方案-得分 (3).xlsx"}


def test_a_new_program_of_a_name_that_is_open_is_made_and_not_opened(copied: Path, tmp_path: Path) -> None:
    chosen = tmp_path / "新"
    chosen.mkdir()
    book = open_live(copied, chosen)
    click("new", book)
    made = next(chosen.glob("*.xlsx"))
    other = tmp_path / "又一个"
    other.mkdir()
    again = LiveBook(com_excel.Com(book._book._held, open_live(copied, other)._book._extras))
    told = click("new", again)
    assert (other / made.name).exists() and f"名为“{made.name}”的工作簿开着" in told
    assert sum(str(each.Name) == made.name for each in book._excel.Workbooks) == 1


@pytest.mark.parametrize("name", ["weights", "repair", "score", "cascade", "documents.contract", "documents.notice"])
def test_every_command_ends_in_the_page_of_findings(name: str, copied: Path) -> None:
    """What is wrong with the program is told with its cells whatever was asked for."""
    book, checked = open_file(copied), open_file(copied)
    assert "“PX 检查”表" in click(name, book)
    click("check", checked)
    found, wanted = (_findings(each) for each in (book, checked))
    assert found and found >= wanted


def _findings(book: FileBook) -> set[tuple[Any, ...]]:
    return {tuple(cell.value for cell in row[:4]) for row in book._book["PX 检查"].iter_rows(min_row=5)}


class _ChartWindow:
    """The window of a chart sheet, which has no active cell."""

    Selection = None

    @property
    def ActiveCell(self) -> None:
        raise OSError("0x800A03EC")


def test_a_chart_sheet_in_front_is_no_hindrance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    book = open_live(write_sheets(tmp_path / "方案.xlsx", clean_program.rows()))
    monkeypatch.setattr(LiveBook, "_window", lambda self: _ChartWindow())
    monkeypatch.setattr(live_book, "_freeze", lambda window: None)
    assert "请先选中" in click("explain", book) and "检查完毕" in click("check", book)
    book.go_to(CellRef("图表1", "A1"))


@both
@pytest.mark.parametrize(("hidden", "made"), [((), {"李梅", "张三"}), ((3,), {"张三"})])
def test_documents_of_the_selected_rows(
    opened: Opened, hidden: tuple[int, ...], made: set[str], tmp_path: Path
) -> None:
    """Rows that a filter hides are not among them."""
    path = write_sheets(tmp_path / "方案.xlsx", clean_program.rows())
    filtered = load_workbook(path)
    for row in hidden:
        filtered["人员"].row_dimensions[row].hidden = True
    filtered.save(path)
    if opened is open_file:
        book: Any = FileBook(path, CellRef("人员", "A2"), rows=range(2, 5))
    else:
        book = open_live(path)
        book._book.Worksheets("人员").Select()
        book._book.Worksheets("人员").Range("A2:B4").Select()
    assert f"已生成 {len(made)} 份" in click("selected.contract", book)
    papers = [file.name for file in book.folder().rglob("*.docx")]
    assert {name for name in ("李梅", "张三", "王总") if any(name in paper for paper in papers)} == made

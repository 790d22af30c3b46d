"""The ribbon's commands on the same program, as a file and as a workbook open in Excel's object model: what one shows
the other shows too, input stays as it was, and marks come off without a trace."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment

from perfxl.core.schema import Table, get
from perfxl.documents.papers import KINDS
from perfxl.excel.functions import FUNCTIONS
from perfxl.program import load
from perfxl.ribbon.buttons import BUTTONS, run
from perfxl.ribbon.file_book import FileBook
from perfxl.ribbon.live_book import LiveBook
from perfxl.ribbon.open_book import CellRef
from perfxl.tables.grid import is_own
from tests.core import clean_program
from tests.excel import com_excel


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small program with some errors: a weight that is far too large, a rating missing, a date that is none."""
    broken = clean_program.rows(
        clean_program.put("contract_lines", 0, weight=95.0),
        clean_program.put("people", 1, name="=1+1"),
        clean_program.put("contract_lines", 9, target="很多"),
    )
    path = tmp_path_factory.mktemp("program") / "方案.xlsx"
    options = {"strings_to_formulas": False, "default_date_format": "yyyy-mm-dd"}
    with xlsxwriter.Workbook(path, options) as workbook:
        for table, rows in broken.items():
            sheet = workbook.add_worksheet(get(table).zh)
            for at, row in enumerate(_sheet(get(table), rows)):
                sheet.write_row(at, 0, row)
    return path


def _sheet(table: Table, rows: list[dict[str, Any]]) -> list[list[Any]]:
    columns = [column for column in table.columns if any(row.get(column.name) is not None for row in rows)]
    return [[column.zh for column in columns], *([row.get(column.name) for column in columns] for row in rows)]


@pytest.fixture
def copied(program: Path, tmp_path: Path) -> Path:
    path = tmp_path / program.name
    path.write_bytes(program.read_bytes())
    return path


def _file(path: Path, chosen: Path | None = None) -> FileBook:
    return FileBook(path, chosen=chosen)


def _live(path: Path, chosen: Path | None = None) -> LiveBook:
    return LiveBook(com_excel.workbook(path, chosen))


both = pytest.mark.parametrize("opened", [_file, _live])
Opened = Callable[..., Any]


def _click(name: str, book: Any, lang: str = "zh") -> str:
    return run(f"px.{name}", book, lang)


@both
def test_check_marks_every_cell_that_has_a_problem(opened: Opened, copied: Path) -> None:
    loaded, problems = load(copied)
    problems += loaded.check()
    wanted = {CellRef(p.address.sheet, p.address.cell) for p in problems if p.address.cell}
    book = opened(copied)
    told = _click("check", book)
    assert f"共 {len(problems)} 条" in told and "错误" in told
    assert {place for place, _ in book.marked()} == wanted
    assert book.selected().place == CellRef("PX 检查", "A4")


def test_both_say_the_same_of_the_same_cells(copied: Path) -> None:
    file, live = _file(copied), _live(copied)
    assert _click("check", file) == _click("check", live)
    assert file.marked() == live.marked()


@both
def test_next_and_previous_go_round_all_marks(opened: Opened, copied: Path) -> None:
    book = opened(copied)
    assert "请先点“检查”" in _click("next", book)
    _click("check", book)
    places = [place for place, _ in book.marked()]
    assert len(places) > 2
    visited = []
    for _ in places:
        assert _click("next", book) == ""
        visited.append(book.selected().place)
    assert visited == places
    _click("next", book)
    assert book.selected().place == places[0]
    _click("previous", book)
    assert book.selected().place == places[-1]


def test_the_step_starts_where_the_user_stands(copied: Path) -> None:
    book = _file(copied)
    _click("check", book)
    places = [place for place, _ in book.marked()]
    here = [place for place in places if place.sheet == "合同指标"]
    assert len(here) > 1
    book.go_to(CellRef(here[1].sheet, "A1"))
    _click("next", book)
    assert book.selected().place == here[0]
    book.go_to(here[1])
    _click("previous", book)
    assert book.selected().place == here[0]


def test_cleared_marks_leave_no_trace(copied: Path, tmp_path: Path) -> None:
    before = load_workbook(copied)
    sheet = before[before.sheetnames[1]]
    filled = sheet["A1"].fill.start_color.rgb
    book = _file(copied)
    _click("check", book)
    count = len(book.marked())
    assert f"已清除 {count} 处标记" in _click("clear", book)
    assert book.marked() == [] and "没有标记" in _click("clear", book)
    book.save(tmp_path / "cleared.xlsx")
    after = load_workbook(tmp_path / "cleared.xlsx")
    assert after[sheet.title]["A1"].fill.start_color.rgb == filled
    assert _looks(after, before.sheetnames) == _looks(before, before.sheetnames)


def test_cleared_marks_leave_no_trace_in_excel(copied: Path) -> None:
    com = com_excel.workbook(copied)
    book = LiveBook(com)
    _click("check", book)
    places = [place for place, _ in book.marked()]
    untouched = _fills(com_excel.workbook(copied), places)
    assert _fills(com, places) != untouched
    _click("clear", book)
    assert _fills(com, places) == untouched and book.marked() == []


@both
def test_marking_twice_is_marking_once(opened: Opened, copied: Path) -> None:
    book = opened(copied)
    _click("check", book)
    once = book.marked()
    _click("check", book)
    assert book.marked() == once


@both
def test_a_comment_of_the_users_own_stays(opened: Opened, copied: Path) -> None:
    loaded, problems = load(copied)
    found = next(p.address for p in [*problems, *loaded.check()] if p.address.cell)
    place = CellRef(found.sheet, found.cell)
    own = load_workbook(copied)
    own[place.sheet][place.cell].comment = Comment("别忘了问财务", "王")
    own.save(copied)
    book = opened(copied)
    _click("check", book)
    _click("clear", book)
    if isinstance(book, FileBook):
        assert book._book[place.sheet][place.cell].comment.text == "别忘了问财务"
    else:
        assert book._book.Worksheets(place.sheet).Range(place.cell).Comment.Text() == "别忘了问财务"


def test_protected_sheets_are_not_marked_and_it_is_said(copied: Path) -> None:
    locked = load_workbook(copied)
    for sheet in locked:
        sheet.protection.sheet = True
    locked.save(copied)
    for book in (_file(copied), _live(copied)):
        assert "未能标记" in _click("check", book)
        assert book.marked() == []


def test_the_file_itself_is_never_changed(copied: Path) -> None:
    before = copied.read_bytes()
    book = _file(copied)
    for command in ("check", "weights", "repair", "score", "clear"):
        _click(command, book)
    assert copied.read_bytes() == before


@both
def test_results_go_to_sheets_of_their_own(opened: Opened, copied: Path) -> None:
    book = opened(copied)
    before = _titles(book)
    for command in ("cascade", "weights", "repair", "score"):
        assert _click(command, book)
    added = _titles(book) - before
    assert added == {"PX 分解", "PX 权重", "PX 权重建议", "PX 得分"}
    _click("weights", book)
    assert _titles(book) == before | added
    assert {path.name for path in book.folder().iterdir()} == {"分解.xlsx", "权重.xlsx", "得分.xlsx"}


def test_the_page_of_the_cascade_holds_the_matrix_and_every_problem_is_marked(copied: Path) -> None:
    loaded, _ = load(copied)
    book = _file(copied)
    said = _click("cascade", book)
    page = book._book["PX 分解"]
    names = [str(row[0].value).strip("　") for row in page.iter_rows(min_row=5)]
    assert names == [step.node.name for step in loaded.cascade_tree.walk()]
    company, problems = loaded.cascade()
    problems = loaded.all_problems(problems, loaded.cascade_sheets()[1])
    assert f"{len(company.kpis)} 个公司指标" in said and f"问题 {len(problems)} 条" in said
    assert len(book.marked()) == len({p.address for p in problems if p.address.cell})


def test_pages_are_never_read_back_as_tables(copied: Path, tmp_path: Path) -> None:
    plain, _ = load(copied)
    book = _file(copied)
    for command in ("check", "weights", "repair", "score"):
        _click(command, book)
    book.clear_marks()
    book.save(tmp_path / "with pages.xlsx")
    again, _ = load(tmp_path / "with pages.xlsx")
    assert {name: len(records) for name, records in again.tables.items()} == {
        name: len(records) for name, records in plain.tables.items()
    }


def test_the_page_of_scores_holds_the_engines_figures(copied: Path) -> None:
    loaded, _ = load(copied)
    scores, _ = loaded.score()
    file, live = _file(copied), _live(copied)
    for book in (file, live):
        _click("score", book)
    page = file._book["PX 得分"]
    people = [row[0].value for row in page.iter_rows(min_row=5)]
    totals = [row[2].value for row in page.iter_rows(min_row=5)]
    assert people == list(map(str, scores.people))
    standings = zip(scores.verdicts.people, scores.totals.total.tolist(), strict=True)
    shown = [verdict.label("zh") if verdict.is_undetermined else total for verdict, total in standings]
    assert totals == [None if total != total else total for total in shown]
    cells = live._book.Worksheets("PX 得分").Range(f"A5:C{4 + len(people)}").Value
    assert [row[0] for row in cells] == people and [row[2] for row in cells] == totals


def test_text_on_a_page_is_never_a_formula(copied: Path) -> None:
    """IDs keep their zeros, and what begins with = stays text."""
    file, live = _file(copied), _live(copied)
    for book in (file, live):
        _click("score", book)
    shown = [cell for row in file._book["PX 得分"].iter_rows(min_row=5) for cell in row if cell.value == "=1+1"]
    assert shown and all(cell.data_type == "s" for cell in shown)
    sheet = live._book.Worksheets("PX 得分")
    at = f"B{shown[0].row}"
    assert sheet.Range(at).HasFormula is False and sheet.Range(at).Value == "=1+1"


@both
def test_explain_takes_the_person_in_the_selected_row(opened: Opened, copied: Path) -> None:
    book = opened(copied)
    assert "请先选中" in _click("explain", book)
    _click("score", book)
    book.go_to(CellRef("PX 得分", "C6"))
    person = _cell(book, "PX 得分", "A6")
    assert _click("explain", book).startswith("\n错误")  # what is wrong with the program, and no other word
    assert _titles(book) >= {"PX 解释"}
    assert book.selected().words[0] == person  # still selected: the next button is about the same person


@pytest.mark.parametrize("kind", KINDS)
def test_documents_of_the_selected_person(kind: str, copied: Path) -> None:
    book = _file(copied)
    assert "请先选中" in _click(f"selected.{kind}", book)
    assert not book.folder().exists()


def test_contracts_for_everybody_and_for_one(copied: Path) -> None:
    book = _file(copied)
    _click("score", book)
    book.go_to(CellRef("PX 得分", "A6"))
    _click("explain", book)
    assert "已生成 1 份" in _click("selected.contract", book)
    told = _click("documents.contract", book)
    folder = book.folder() / KINDS["contract"].title("zh")
    count = len(list(folder.glob("*.docx")))
    # Contracts of this book that break a rule are held back.
    assert count >= 1 and f"已生成 {count} 份" in told
    assert book.shown[-1] == folder
    assert any(re.search(r"(\d+)/\1$", text) for text in book.said) and book.said[-1] == ""


def test_a_new_program_goes_where_the_user_says(copied: Path, tmp_path: Path) -> None:
    folder = tmp_path / "新"
    folder.mkdir()
    assert _click("new", _file(copied)) == ""  # no folder was chosen
    book = _file(copied, folder)
    assert str(folder) in _click("new", book)
    assert book.shown == [folder / "绩效方案.xlsx"] and book.shown[0].exists()
    assert _click("new", book)  # it is there already, and said to be
    live = _live(copied, tmp_path / "live")
    assert _click("new", live)
    assert (tmp_path / "live" / "绩效方案.xlsx").exists()


TABLES = Path(__file__).parent.parent / "data" / "tables"


@both
def test_an_open_table_is_imported_beside_it(opened: Opened, tmp_path: Path) -> None:
    path = Path(shutil.copy(TABLES / "04_item_and_content.xlsx", tmp_path / "甲.xlsx"))
    before = path.read_bytes()
    book = opened(path)
    made = book.folder() / "绩效方案.xlsx"
    assert str(made) in _click("import", book)
    assert path.read_bytes() == before
    program, _ = load(made)
    assert program.score()[0].totals.total.tolist() == [93.5]
    assert program.tables["sources"].column("file")[0] == "甲.xlsx"


@both
def test_from_a_program_the_files_to_import_are_asked_for(opened: Opened, copied: Path, tmp_path: Path) -> None:
    assert _click("import", opened(copied)) == ""  # none was chosen
    chosen = tmp_path / "表格"
    chosen.mkdir()
    for name in ("04_item_and_content.xlsx", "08_two_level_weights.xlsx"):
        shutil.copy(TABLES / name, chosen / name)
    files = sorted(chosen.iterdir())
    book = _file(copied) if opened is _file else _live(copied, chosen)
    if opened is _file:
        book = FileBook(copied, files=files)
    assert "2 个文件" in _click("import", book)
    contracts = load(chosen / "绩效方案.xlsx")[0].tables["contracts"].column("contract")
    assert contracts == ["甲", "甲-2"]
    assert sorted(chosen.iterdir()) == sorted([*files, chosen / "绩效方案.xlsx"])


def test_the_results_folder_is_opened_once_it_is_there(copied: Path) -> None:
    book = _file(copied)
    assert "还没有生成过文件" in _click("folder", book)
    _click("score", book)
    assert _click("folder", book) == "" and book.shown[-1] == book.folder()


def test_without_a_workbook_everything_says_so(copied: Path) -> None:
    com = com_excel.workbook(copied)
    com._extras["Workbook"]["IsAddin"] = True  # the add-in stands in where no workbook is open
    for command in ("check", "weights", "repair", "score", "explain", "documents.contract", "folder"):
        assert "请先打开方案工作簿" in _click(command, LiveBook(com))


def test_a_workbook_that_is_no_program_says_why(tmp_path: Path) -> None:
    path = tmp_path / "别的.xlsx"
    Workbook().save(path)
    book = _file(path)
    for command in ("check", "weights", "score"):
        told = _click(command, book)
        assert told and "Traceback" not in told
    assert _titles(book) == {"Sheet"}


def test_a_folder_that_cannot_be_written_is_told_in_words(copied: Path) -> None:
    copied.with_name("方案-perfxl").write_bytes(b"")  # a file where the folder should go
    told = _click("weights", _file(copied))
    assert "写不了" in told


def test_workbooks_in_onedrive_have_their_results_under_documents(copied: Path) -> None:
    com = com_excel.workbook(copied)
    assert LiveBook(com).folder() == copied.with_name("方案-perfxl")
    com._extras["Workbook"]["Path"] = "https://d.docs.live.net/1234/绩效"
    assert LiveBook(com).folder() == Path.home() / "Documents" / "方案-perfxl"


def test_english_users_are_told_in_english(copied: Path) -> None:
    book = _file(copied)
    assert "in all" in _click("check", book, "en")
    assert "PX Check" in _titles(book)


def test_help_names_every_button_and_function(copied: Path) -> None:
    for lang in ("zh", "en"):
        book = _file(copied)
        assert _click("help", book, lang) == ""
        page = book.shown[0].read_text(encoding="utf-8")
        assert all(name in page for name in FUNCTIONS)
        labels = [each.label.zh if lang == "zh" else each.label.en for each in BUTTONS if each.run]
        assert all(label in page for label in labels)


def test_buttons_through_xlwings_own_server(copied: Path) -> None:
    """As VBA calls it, in a process that believes to be on Windows."""
    run = [sys.executable, "-m", "tests.excel.ribbon_host", str(copied)]
    done = subprocess.run(run, capture_output=True, text=True, encoding="utf-8", cwd=Path(__file__).parents[2])
    assert done.returncode == 0, done.stderr
    checked, stepped, cleared = json.loads(done.stdout)
    book = _file(copied)
    assert checked == _click("check", book)
    assert stepped == "" and cleared == f"{len(book.marked())} marks taken off."


def _fills(com: Any, places: list[CellRef]) -> list[tuple[Any, Any]]:
    cells = (com.Worksheets(place.sheet).Range(place.cell) for place in places)
    return [(cell.Interior.Pattern, cell.Interior.Color) for cell in cells]


def _titles(book: Any) -> set[str]:
    if isinstance(book, FileBook):
        return set(book._book.sheetnames)
    return {str(sheet.Name) for sheet in book._book.Worksheets}


def _cell(book: Any, sheet: str, cell: str) -> Any:
    if isinstance(book, FileBook):
        return book._book[sheet][cell].value
    return book._book.Worksheets(sheet).Range(cell).Value


def _looks(book: Any, sheets: list[str]) -> dict[tuple[str, str], Any]:
    """Values, fills and comments of the program's own sheets."""
    cells = (cell for title in sheets if not is_own(title) for row in book[title].iter_rows() for cell in row)
    return {
        (cell.parent.title, cell.coordinate): (cell.value, cell.fill.fill_type, cell.fill.start_color.rgb, cell.comment)
        for cell in cells
    }

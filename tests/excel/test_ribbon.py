"""The ribbon's commands on the same program, as a file and as a workbook open in Excel's object model: what one shows
the other shows too, input stays as it was, and marks come off without a trace."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment

from perfxl.cli import main
from perfxl.core.records import from_rows
from perfxl.documents.papers import KINDS
from perfxl.excel.functions import FUNCTIONS
from perfxl.program import load
from perfxl.ribbon.buttons import BUTTONS
from perfxl.ribbon.file_book import FileBook
from perfxl.ribbon.live_book import LiveBook
from perfxl.ribbon.open_book import CellRef
from perfxl.tables.grid import is_own
from perfxl.workbook.program.book import write_program
from tests.excel import com_excel
from tests.excel.ribbon_books import Opened, both, cell_value, click, open_file, open_live, titles, write_broken


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_broken(tmp_path_factory.mktemp("program"))


@pytest.fixture
def copied(program: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(program, tmp_path))


@both
def test_check_marks_every_cell_that_has_a_problem(opened: Opened, copied: Path) -> None:
    loaded, problems = load(copied)
    problems += loaded.check()
    wanted = {CellRef(p.address.sheet, p.address.cell) for p in problems if p.address.cell}
    book = opened(copied)
    told = click("check", book)
    assert f"共 {len(problems)} 条" in told and "错误" in told
    assert {place for place, _ in book.marked()} == wanted
    assert book.selected().place == CellRef("PX 检查", "A4")


def test_both_say_the_same_of_the_same_cells(copied: Path) -> None:
    file, live = open_file(copied), open_live(copied)
    assert click("check", file) == click("check", live)
    assert file.marked() == live.marked()


@both
def test_next_and_previous_go_round_all_marks(opened: Opened, copied: Path) -> None:
    book = opened(copied)
    assert "请先点“检查”" in click("next", book)
    click("check", book)
    places = [place for place, _ in book.marked()]
    assert len(places) > 2
    visited = []
    for _ in places:
        assert click("next", book) == ""
        visited.append(book.selected().place)
    assert visited == places
    click("next", book)
    assert book.selected().place == places[0]
    click("previous", book)
    assert book.selected().place == places[-1]


def test_the_step_starts_where_the_user_stands(copied: Path) -> None:
    book = open_file(copied)
    click("check", book)
    places = [place for place, _ in book.marked()]
    here = [place for place in places if place.sheet == "合同指标"]
    assert len(here) > 1
    book.go_to(CellRef(here[1].sheet, "A1"))
    click("next", book)
    assert book.selected().place == here[0]
    book.go_to(here[1])
    click("previous", book)
    assert book.selected().place == here[0]


def test_cleared_marks_leave_no_trace(copied: Path, tmp_path: Path) -> None:
    before = load_workbook(copied)
    sheet = before[before.sheetnames[1]]
    filled = sheet["A1"].fill.start_color.rgb
    book = open_file(copied)
    click("check", book)
    count = len(book.marked())
    assert f"已清除 {count} 处标记" in click("clear", book)
    assert book.marked() == [] and "没有标记" in click("clear", book)
    book.save(tmp_path / "cleared.xlsx")
    after = load_workbook(tmp_path / "cleared.xlsx")
    assert after[sheet.title]["A1"].fill.start_color.rgb == filled
    assert _looks(after, before.sheetnames) == _looks(before, before.sheetnames)


def test_cleared_marks_leave_no_trace_in_excel(copied: Path) -> None:
    com = com_excel.workbook(copied)
    book = LiveBook(com)
    click("check", book)
    places = [place for place, _ in book.marked()]
    untouched = _fills(com_excel.workbook(copied), places)
    assert _fills(com, places) != untouched
    click("clear", book)
    assert _fills(com, places) == untouched and book.marked() == []


@both
def test_marking_twice_is_marking_once(opened: Opened, copied: Path) -> None:
    book = opened(copied)
    click("check", book)
    once = book.marked()
    click("check", book)
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
    click("check", book)
    click("clear", book)
    if isinstance(book, FileBook):
        assert book._book[place.sheet][place.cell].comment.text == "别忘了问财务"
    else:
        assert book._book.Worksheets(place.sheet).Range(place.cell).Comment.Text() == "别忘了问财务"


def test_protected_sheets_are_not_marked_and_it_is_said(copied: Path) -> None:
    locked = load_workbook(copied)
    for sheet in locked:
        sheet.protection.sheet = True
    locked.save(copied)
    for book in (open_file(copied), open_live(copied)):
        assert "未能标记" in click("check", book)
        assert book.marked() == []


def test_the_file_itself_is_never_changed(copied: Path) -> None:
    before = copied.read_bytes()
    book = open_file(copied)
    for command in ("check", "weights", "repair", "score", "clear"):
        click(command, book)
    assert copied.read_bytes() == before


@both
def test_results_go_to_sheets_of_their_own(opened: Opened, copied: Path) -> None:
    book = opened(copied)
    before = titles(book)
    for command in ("cascade", "weights", "repair", "score"):
        assert click(command, book)
    added = titles(book) - before
    assert added == {"PX 分解", "PX 权重", "PX 权重建议", "PX 得分", "PX 检查"}
    click("weights", book)
    assert titles(book) == before | added
    assert {path.name for path in book.folder().iterdir()} == {"方案-分解.xlsx", "方案-权重.xlsx", "方案-得分.xlsx"}


def test_the_page_of_the_cascade_holds_the_matrix_and_every_problem_is_marked(copied: Path) -> None:
    loaded, _ = load(copied)
    book = open_file(copied)
    said = click("cascade", book)
    page = book._book["PX 分解"]
    names = [str(row[0].value).strip("　") for row in page.iter_rows(min_row=5)]
    assert names == [step.node.name for step in loaded.cascade_tree.walk()]
    company, problems = loaded.cascade()
    problems = loaded.all_problems(problems, loaded.cascade_sheets()[1])
    assert f"{len(company.kpis)} 个公司指标" in said and f"问题 {len(problems)} 条" in said
    assert len(book.marked()) == len({p.address for p in problems if p.address.cell})


def test_the_ribbons_cascade_is_the_command_lines(tmp_path: Path) -> None:
    """The same sheets, pictures and counts, with what the KPIs of posts add."""
    rows: dict[str, list[dict[str, Any]]] = {
        "units": [{"unit": "U0", "name": "公司", "head": "P0"}],
        "people": [
            {"person": "P0", "name": "总", "unit": "U0", "post": "总经理"},
            {"person": "P1", "name": "甲", "unit": "U0", "post": "经理", "superior": "P0"},
        ],
        "kpis": [{"kpi": "K1", "name": "收入", "unit": "万元", "aggregation": "sum"}],
        "post_kpis": [{"post": "总经理", "kpi": "K1", "target": 100.0}, {"post": "经理", "kpi": "K1"}],
    }
    path, out = tmp_path / "方案.xlsx", tmp_path / "out.xlsx"
    write_program(path, {table: from_rows(table, each) for table, each in rows.items()})
    assert main(["cascade", str(path), "-o", str(out)]) in (0, 1)
    click("cascade", open_file(path))
    (made,) = tmp_path.rglob("方案-分解.xlsx")
    books = [load_workbook(each) for each in (out, made)]
    assert books[0].sheetnames == books[1].sheetnames and "生成的合同指标" in books[0].sheetnames
    for sheet in books[0].sheetnames:
        shown = [[[cell.value for cell in row] for row in book[sheet]] for book in books]
        assert shown[0] == shown[1], sheet


def test_pages_are_never_read_back_as_tables(copied: Path, tmp_path: Path) -> None:
    plain, _ = load(copied)
    book = open_file(copied)
    for command in ("check", "weights", "repair", "score"):
        click(command, book)
    book.clear_marks()
    book.save(tmp_path / "with pages.xlsx")
    again, _ = load(tmp_path / "with pages.xlsx")
    assert {name: len(records) for name, records in again.tables.items()} == {
        name: len(records) for name, records in plain.tables.items()
    }


def test_the_page_of_scores_holds_the_engines_figures(copied: Path) -> None:
    loaded, _ = load(copied)
    scores, _ = loaded.score()
    file, live = open_file(copied), open_live(copied)
    for book in (file, live):
        click("score", book)
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
    file, live = open_file(copied), open_live(copied)
    for book in (file, live):
        click("score", book)
    shown = [cell for row in file._book["PX 得分"].iter_rows(min_row=5) for cell in row if cell.value == "=1+1"]
    assert shown and all(cell.data_type == "s" for cell in shown)
    sheet = live._book.Worksheets("PX 得分")
    at = f"B{shown[0].row}"
    assert sheet.Range(at).HasFormula is False and sheet.Range(at).Value == "=1+1"


@both
def test_explain_takes_the_person_in_the_selected_row(opened: Opened, copied: Path) -> None:
    book = opened(copied)
    assert "请先选中" in click("explain", book)
    click("score", book)
    book.go_to(CellRef("PX 得分", "C6"))
    person = cell_value(book, "PX 得分", "A6")
    assert click("explain", book).startswith("问题和提示都列在")  # what is wrong with the program, and no other word
    assert titles(book) >= {"PX 解释"}
    assert book.selected().words[0] == person  # still selected: the next button is about the same person


@pytest.mark.parametrize("kind", KINDS)
def test_documents_of_the_selected_person(kind: str, copied: Path) -> None:
    book = open_file(copied)
    assert "请先选中" in click(f"selected.{kind}", book)
    assert not book.folder().exists()


def test_contracts_for_everybody_and_for_one(copied: Path) -> None:
    book = open_file(copied)
    click("score", book)
    book.go_to(CellRef("PX 得分", "A6"))
    click("explain", book)
    assert "已生成 1 份" in click("selected.contract", book)
    told = click("documents.contract", book)
    folder = book.folder() / KINDS["contract"].title("zh")
    count = len(list(folder.glob("*.docx")))
    # Contracts of this book that break a rule are held back.
    assert count >= 1 and f"已生成 {count} 份" in told
    assert book.shown[-1] == folder
    assert any(re.search(r"(\d+)/\1$", text) for text in book.said) and book.said[-1] == ""


def test_a_new_program_goes_where_the_user_says(copied: Path, tmp_path: Path) -> None:
    folder = tmp_path / "新"
    folder.mkdir()
    assert click("new", open_file(copied)) == ""  # no folder was chosen
    book = open_file(copied, folder)
    assert str(folder) in click("new", book)
    assert book.shown == [folder / "绩效方案.xlsx"] and book.shown[0].exists()
    assert click("new", book)  # it is there already, and said to be
    live = open_live(copied, tmp_path / "live")
    assert click("new", live)
    assert (tmp_path / "live" / "绩效方案.xlsx").exists()


TABLES = Path(__file__).parent.parent / "data" / "tables"


@both
def test_an_open_table_is_imported_beside_it(opened: Opened, tmp_path: Path) -> None:
    path = Path(shutil.copy(TABLES / "04_item_and_content.xlsx", tmp_path / "甲.xlsx"))
    before = path.read_bytes()
    book = opened(path)
    made = book.folder() / "绩效方案.xlsx"
    assert str(made) in click("import", book)
    assert path.read_bytes() == before
    program, _ = load(made)
    assert program.score()[0].totals.total.tolist() == [93.5]
    assert program.tables["sources"].column("file")[0] == "甲.xlsx"


@both
def test_from_a_program_the_files_to_import_are_asked_for(opened: Opened, copied: Path, tmp_path: Path) -> None:
    assert click("import", opened(copied)) == ""  # none was chosen
    chosen = tmp_path / "表格"
    chosen.mkdir()
    for name in ("04_item_and_content.xlsx", "08_two_level_weights.xlsx"):
        shutil.copy(TABLES / name, chosen / name)
    files = sorted(chosen.iterdir())
    book = open_file(copied) if opened is open_file else open_live(copied, chosen)
    if opened is open_file:
        book = FileBook(copied, files=files)
    assert "2 个文件" in click("import", book)
    contracts = load(chosen / "绩效方案.xlsx")[0].tables["contracts"].column("contract")
    assert contracts == ["甲", "甲-2"]
    assert sorted(chosen.iterdir()) == sorted([*files, chosen / "绩效方案.xlsx"])


def test_the_results_folder_is_opened_once_it_is_there(copied: Path) -> None:
    book = open_file(copied)
    assert "还没有生成过文件" in click("folder", book)
    click("score", book)
    assert click("folder", book) == "" and book.shown[-1] == book.folder()


def test_without_a_workbook_everything_says_so(copied: Path) -> None:
    com = com_excel.workbook(copied)
    com._extras["Workbook"]["IsAddin"] = True  # the add-in stands in where no workbook is open
    for command in ("check", "weights", "repair", "score", "explain", "documents.contract", "folder"):
        assert "请先打开方案工作簿" in click(command, LiveBook(com))


def test_a_workbook_that_is_no_program_says_why(tmp_path: Path) -> None:
    path = tmp_path / "别的.xlsx"
    Workbook().save(path)
    book = open_file(path)
    for command in ("check", "weights", "score"):
        told = click(command, book)
        assert told and "Traceback" not in told
    assert titles(book) == {"Sheet"}


def test_a_folder_that_cannot_be_written_is_told_in_words(copied: Path) -> None:
    copied.with_name("方案-perfxl").write_bytes(b"")  # a file where the folder should go
    told = click("weights", open_file(copied))
    assert "写不了" in told


def test_workbooks_in_onedrive_have_their_results_under_documents(copied: Path) -> None:
    com = com_excel.workbook(copied)
    assert LiveBook(com).folder() == copied.with_name("方案-perfxl")
    com._extras["Workbook"]["Path"] = "https://d.docs.live.net/1234/绩效"
    assert LiveBook(com).folder() == Path.home() / "Documents" / "方案-perfxl"


def test_english_users_are_told_in_english(copied: Path) -> None:
    book = open_file(copied)
    assert "in all" in click("check", book, "en")
    assert "PX Check" in titles(book)


def test_help_names_every_button_and_function(copied: Path) -> None:
    for lang in ("zh", "en"):
        book = open_file(copied)
        assert click("help", book, lang) == ""
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
    book = open_file(copied)
    assert checked == click("check", book)
    assert stepped == "" and cleared == f"{len(book.marked())} marks taken off."


def _fills(com: Any, places: list[CellRef]) -> list[tuple[Any, Any]]:
    cells = (com.Worksheets(place.sheet).Range(place.cell) for place in places)
    return [(cell.Interior.Pattern, cell.Interior.Color) for cell in cells]


def _looks(book: Any, sheets: list[str]) -> dict[tuple[str, str], Any]:
    """Values, fills and comments of the program's own sheets."""
    cells = (cell for title in sheets if not is_own(title) for row in book[title].iter_rows() for cell in row)
    return {
        (cell.parent.title, cell.coordinate): (cell.value, cell.fill.fill_type, cell.fill.start_color.rgb, cell.comment)
        for cell in cells
    }

"""The buttons that send workbooks out and take them back, on the same program as a file and in Excel's object model."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import openpyxl
import pytest

from perfxl.assets import workbook_templates
from perfxl.exchange.passwords import read_passwords
from perfxl.exchange.record import find_records
from perfxl.ooxml.package import COMPOUND_FILE
from perfxl.program import load
from perfxl.ribbon.file_book import FileBook
from perfxl.ribbon.live_book import LiveBook
from perfxl.ribbon.running import run
from perfxl.workbook.program.book import write_program
from tests.excel import com_excel
from tests.excel.ribbon_books import click
from tests.exchange.test_collect_merge import put
from tests.exchange.test_distribute import named

QUARTER = ["实绩填报", "2026年一季度", "2026-04-10", "", ""]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "方案.xlsx"
    write_program(made, named(), "zh")
    return made


def _file(path: Path, chosen: Path | None = None, answers: list[str | None] | None = None) -> FileBook:
    return FileBook(path, chosen=chosen, answers=answers or [])


def _live(path: Path, chosen: Path | None = None, answers: list[str | None] | None = None) -> LiveBook:
    """What it opens is written down: the model would close the book that it shows."""
    com = com_excel.workbook(path, chosen, answers or [])
    book = LiveBook(com)
    shown: list[Path] = []
    vars(book).update(shown=shown, show=shown.append)
    return book


both = pytest.mark.parametrize("opened", [_file, _live])


def _click(name: str, book: Any, lang: str = "zh") -> str:
    return run(f"px.{name}", book, lang)


def _rows(book: Any, title: str) -> list[list[Any]]:
    """The rows of a page."""
    if isinstance(book, FileBook):
        return [[cell.value for cell in row] for row in book._book[title].iter_rows(min_row=5)]
    values = book._book.Worksheets(title).UsedRange.Value
    return [list(row) for row in values[4:]]


def _links(book: Any, title: str) -> list[tuple[str, str]]:
    """File and cell of every link of a page."""
    if isinstance(book, FileBook):
        found = (cell.hyperlink for row in book._book[title].iter_rows() for cell in row)
        return [(link.target or "", link.location or "") for link in found if link]
    return [(str(each.Address), str(each.SubAddress)) for each in book._book.Worksheets(title).Hyperlinks]


def _returned(sent: Path, back: Path, *edits: tuple[Any, ...]) -> None:
    back.mkdir(exist_ok=True)
    book = openpyxl.load_workbook(sent)
    for edit in edits:
        put(book, *edit)
    book.save(back / sent.name)


@both
def test_workbooks_go_out_as_the_user_answers(opened: Any, path: Path) -> None:
    before = path.read_bytes()
    book = opened(path, answers=[*QUARTER])
    told = _click("distribute.manager", book)
    folder = book.folder() / "下发 上级 2026Q1"
    assert "3 份填报表" in told and str(folder) in told
    names = [f"M{n}_经理{n}号_销售部.xlsx" for n in range(3)]
    assert sorted(each.name for each in folder.glob("*.xlsx")) == names
    rows = _rows(book, "PX 下发")
    assert [(row[0], row[1], row[4], row[5]) for row in rows] == [
        (f"M{n}", f"经理{n}号", 4, names[n]) for n in range(3)
    ]
    assert [Path(file).name.endswith(".xlsx") for file, _ in _links(book, "PX 下发")] == [True] * 3
    (record,) = find_records([folder])
    assert (record.batch.period, record.batch.due, record.batch.jobs) == ("2026Q1", "2026-04-10", ("actuals",))
    assert book.shown == [folder] and path.read_bytes() == before


def test_forms_and_score_sheets_of_ones_own_are_asked_for(path: Path, tmp_path: Path) -> None:
    for name, sheet, command, box in (
        ("manager", "首页", "distribute.manager", "form"),
        ("scorecard", "个人", "score", "scorecard"),
    ):
        own = openpyxl.load_workbook(workbook_templates() / f"{name}.zh.xlsx")
        own[sheet]["Z1"] = "我们公司"
        own.save(tmp_path / f"{name}.xlsx")
        told = click(command, FileBook(path, files=[tmp_path / f"{name}.xlsx"], answers=[*QUARTER]), ticked=[box])
        assert "份填报表" in told or "得分工作簿" in told
        assert click(command, FileBook(path, answers=[*QUARTER]), ticked=[box]) == ""  # none was chosen
        bad = tmp_path / "坏.xlsx"
        bad.write_bytes(b"no")
        assert "份填报表" not in (told := click(command, FileBook(path, files=[bad]), ticked=[box])), told
    sent = next(path.parent.rglob("M0_*.xlsx"))
    scores = next(path.parent.rglob("*得分*.xlsx"))
    for made in (sent, scores):
        assert any(sheet["Z1"].value == "我们公司" for sheet in openpyxl.load_workbook(made).worksheets), made


def test_what_is_proposed_is_enough(path: Path) -> None:
    book = _file(path)
    assert "份填报表" in _click("distribute.manager", book)
    (record,) = find_records([book.folder() / "下发 上级"])
    assert record.batch.jobs == ("actuals", "grades")
    assert record.batch.due == (date.today() + timedelta(days=7)).isoformat()
    assert any(text.endswith("/3") for text in book.said) and book.said[-1] == ""


def test_an_answer_that_is_not_understood_is_asked_for_again(path: Path) -> None:
    book = _file(
        path,
        answers=[
            "工资",
            "Actuals, coaching notes",
            "grades",
            "下下周",
            "2026Q1",
            "明天",
            "",
            "",
            "快递",
            "each、one",
            "",
        ],
    )
    assert "份填报表" in _click("distribute.manager", book) and book._answers == []
    (record,) = find_records([book.folder() / "下发 上级 2026Q1"])
    assert (record.batch.jobs, record.batch.due) == (("grades",), "")


@both
def test_who_cancels_sends_nothing(opened: Any, path: Path) -> None:
    for answers in ([None], ["实绩填报", None], ["实绩填报", "", None], [*QUARTER[:3], None], [*QUARTER[:4], None]):
        book = opened(path, answers=answers)
        assert _click("distribute.manager", book) == ""
        assert not book.folder().exists()


def test_only_those_named_are_sent_to(path: Path) -> None:
    book = _file(path, answers=["实绩填报", "2026Q1", "", "M1、经理2号", ""])
    assert "2 份填报表" in _click("distribute.manager", book)
    unit = _file(path, answers=["实绩填报", "2026Q1", "", "销售部", ""])
    assert "3 份填报表" in _click("distribute.manager", unit)
    nobody = _file(path, answers=["实绩填报", "", "", "没有此人", ""])
    assert "没有此人" in _click("distribute.manager", nobody)


def test_sending_twice_keeps_the_record_of_the_first(path: Path) -> None:
    for _ in range(2):
        _click("distribute.manager", _file(path, answers=[*QUARTER]))
    folders = sorted(each.name for each in _file(path).folder().iterdir())
    assert folders == ["下发 上级 2026Q1", "下发 上级 2026Q1 (2)"]


@both
def test_what_came_back_is_in_a_copy_that_is_opened(opened: Any, path: Path, tmp_path: Path) -> None:
    _click("distribute.manager", _file(path, answers=[*QUARTER]))
    sent, back = _file(path).folder() / "下发 上级 2026Q1", tmp_path / "发回"
    _returned(sent / "M0_经理0号_销售部.xlsx", back, ("S000", 55), ("S003", "约五十"))
    before = path.read_bytes()
    book = opened(path, back)
    told = _click("collect.stop", book)
    result = book.folder() / "方案-已收集.xlsx"
    assert "发回 1 份；0 处改动，新增 1 行" in told and str(result) in told and book.shown == [result]
    actuals = load(result)[0].tables["actuals"]
    assert (actuals.column("holder"), actuals.column("value")) == (["S000"], [55.0])
    assert path.read_bytes() == before
    progress, *returned = _rows(book, "PX 收集")
    assert progress[0] == "进度表" and progress[5] == "方案-已收集_收集进度.xlsx"
    states = [(row[0], row[2], row[3], row[4]) for row in returned]
    assert states == [("经理1号", "未发回", 0, 4), ("经理2号", "未发回", 0, 4), ("经理0号", "未填完", 1, 4)]
    (change,) = _rows(book, "PX 改动")  # a new row is told once, not by cell
    assert "S000" in change[3] and "55" in change[3]
    (link,) = _links(book, "PX 改动")
    assert link[0].endswith(".xlsx") and link[1].endswith("!H5")


@both
def test_a_problem_leads_to_the_managers_file(opened: Any, path: Path, tmp_path: Path) -> None:
    _click("distribute.manager", _file(path, answers=[*QUARTER]))
    sent, back = _file(path).folder() / "下发 上级 2026Q1", tmp_path / "发回"
    _returned(sent / "M0_经理0号_销售部.xlsx", back, ("S000", "约五十"))
    book = opened(path, back)
    _click("collect.stop", book)
    wrong = [row for row in _rows(book, "PX 检查") if "约五十" in str(row[5])]
    assert [(row[1], row[3]) for row in wrong] == [("M0_经理0号_销售部.xlsx", "H5")]
    assert any(file.endswith(".xlsx") and cell.endswith("!H5") for file, cell in _links(book, "PX 检查"))
    assert book.marked() == []  # the cell of that name in the open workbook is another one


@both
def test_reminding_lists_who_has_not_answered_and_writes_nothing(opened: Any, path: Path, tmp_path: Path) -> None:
    _click("distribute.manager", _file(path, answers=[*QUARTER]))
    folder = _file(path).folder()
    sent, back = folder / "下发 上级 2026Q1", tmp_path / "发回"
    answers = [(f"S{n:03}", n, "实绩填报") for n in range(0, 9, 3)]
    _returned(sent / "M0_经理0号_销售部.xlsx", back, *answers)
    book, before = opened(path, back), sorted(folder.rglob("*"))
    assert "3 份" in _click("remind.list", book)
    rows = [(row[0], row[3], row[4]) for row in _rows(book, "PX 催报")]
    assert rows == [("经理0号", "未填完", 1), ("经理1号", "未发回", 4), ("经理2号", "未发回", 4)]
    assert sorted(folder.rglob("*")) == before


def test_nobody_is_reminded_of_what_was_never_sent(path: Path, tmp_path: Path) -> None:
    (tmp_path / "发回").mkdir()
    book = _file(path, tmp_path / "发回")
    assert "下发记录" in _click("remind.list", book)
    assert "PX 催报" not in book._book.sheetnames
    assert _click("remind.list", _file(path)) == ""  # no folder was chosen


def test_files_with_a_password_are_asked_for_it(path: Path, tmp_path: Path) -> None:
    crypto = pytest.importorskip("msoffcrypto.format.ooxml")
    _click("distribute.manager", _file(path, answers=[*QUARTER]))
    sent, back = _file(path).folder() / "下发 上级 2026Q1", tmp_path / "发回"
    _returned(sent / "M0_经理0号_销售部.xlsx", back, ("S000", 55))
    plain = back / "M0_经理0号_销售部.xlsx"
    with plain.open("rb") as file, (back / "锁.xlsx").open("wb") as locked:
        crypto.OOXMLFile(file).encrypt("s3cret", locked)
    plain.unlink()
    skipped = _file(path, back, [""])
    assert "发回 0 份" in _click("collect.stop", skipped)
    book = _file(path, back, ["wrong", "s3cret"])
    assert "发回 1 份" in _click("collect.stop", book) and book._answers == []


def test_english_users_are_asked_and_told_in_english(path: Path, tmp_path: Path) -> None:
    book = _file(path, answers=["Actuals", "2026Q1", "", "", "Archives of units, mail drafts"])
    assert "3 workbooks" in _click("distribute.manager", book, "en")
    assert "PX Sent" in book._book.sheetnames
    folder = next(book.folder().iterdir())
    assert len(list(folder.glob("*.zip"))) == 1 and len(list(folder.rglob("*.eml"))) == 3


# ---- how they go out, and reminders


@both
def test_passwords_drafts_and_archives_as_the_user_answers(opened: Any, path: Path) -> None:
    pytest.importorskip("msoffcrypto")
    book = opened(path, answers=[*QUARTER[:4], "每份密码、邮件草稿，部门压缩包"])
    assert "3 份填报表" in _click("distribute.manager", book)
    folder = book.folder() / "下发 上级 2026Q1"
    (record,) = find_records([folder])
    passwords = read_passwords(record.folder)
    assert len(set(passwords.values())) == 3
    assert all((folder / name).read_bytes().startswith(COMPOUND_FILE) for name in passwords)
    drafts = sorted((folder / "邮件草稿").glob("*.eml"))
    assert [each.stem for each in drafts] == [Path(name).stem for name in sorted(passwords)]
    assert (folder / "销售部.zip").is_file()
    rows = _rows(book, "PX 下发")
    assert [row[5:7] for row in rows[:3]] == [[f"{each.stem}.xlsx", each.name] for each in drafts]
    assert rows[3][5] == "销售部.zip"
    linked = [unquote(Path(file).name) for file, _ in _links(book, "PX 下发")]
    assert linked.count("销售部.zip") == 1 and {each.name for each in drafts} < set(linked)
    assert any("邮箱" in str(row) for row in _rows(book, "PX 检查")), "whom no mail reaches is said"
    assert not [word for word in passwords.values() if any(word in str(row) for row in rows)]


@both
def test_what_went_out_with_passwords_is_collected_without_typing_them(opened: Any, path: Path, tmp_path: Path) -> None:
    pytest.importorskip("msoffcrypto")
    _click("distribute.manager", _file(path, answers=[*QUARTER[:4], "统一密码"]))
    folder = _file(path).folder() / "下发 上级 2026Q1"
    back = tmp_path / "发回"
    shutil.copytree(folder, back, ignore=shutil.ignore_patterns("_*"))
    book = opened(path, back)
    assert "发回 3 份" in _click("collect.stop", book)


@both
def test_reminders_are_drafted_with_what_is_to_be_corrected(opened: Any, path: Path, tmp_path: Path) -> None:
    _click("distribute.manager", _file(path, answers=[*QUARTER]))
    folder = _file(path).folder()
    sent, back = folder / "下发 上级 2026Q1", tmp_path / "发回"
    _returned(sent / "M0_经理0号_销售部.xlsx", back, *((f"S{n:03}", n) for n in (0, 3, 6)), ("S009", "约五十"))
    book = opened(path, back)
    told = _click("remind.drafts", book)
    out = folder / "催报"
    assert "邮件草稿 3 封" in told and str(out) in told and book.shown == [out]
    assert sorted(each.name for each in out.glob("*.eml")) == [f"M{n}_经理{n}号_销售部.eml" for n in range(3)]
    assert [each.name for each in (out / "标注副本").iterdir()] == ["M0_经理0号_销售部.xlsx"]
    rows = [(row[0], row[3], row[4], row[6]) for row in _rows(book, "PX 催报")]
    assert rows == [
        ("经理0号", "未填完", 1, "M0_经理0号_销售部.eml"),
        ("经理1号", "未发回", 4, "M1_经理1号_销售部.eml"),
        ("经理2号", "未发回", 4, "M2_经理2号_销售部.eml"),
    ]
    assert {Path(file).suffix for file, _ in _links(book, "PX 催报")} == {".xlsx", ".eml"}
    message = (out / "M0_经理0号_销售部.eml").read_bytes()
    assert b"spreadsheetml" in message


def test_nobody_to_remind_makes_no_folder(path: Path, tmp_path: Path) -> None:
    _click("distribute.manager", _file(path, answers=[*QUARTER]))
    folder, back = _file(path).folder(), tmp_path / "发回"
    for n in range(3):
        answers = [(f"S{k:03}", 5.0) for k in range(n, 12, 3)]
        _returned(folder / "下发 上级 2026Q1" / f"M{n}_经理{n}号_销售部.xlsx", back, *answers)
    assert "都已填完" in _click("remind.drafts", _file(path, back))
    assert not (folder / "催报").exists()

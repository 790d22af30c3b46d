"""What the commands `distribute` and `collect` offer is offered by the buttons, too: each choice on the same road, as a
file and in Excel's object model; and a password that HR gives stays where only HR reads it."""

from __future__ import annotations

import io
import os
import shutil
import stat
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import openpyxl
import pytest

from perfxl.exchange.passwords import PASSWORD_FILE, decrypted, encrypted
from perfxl.exchange.send import Order, distribute
from perfxl.outputs import read_mark
from perfxl.program import load
from perfxl.ribbon.background import WORKING, Background
from perfxl.ribbon.worker import ORDER
from perfxl.workbook.program.book import write_program
from tests.excel.ribbon_books import click
from tests.excel.test_ribbon_exchange import QUARTER, _click, _file, _links, _live, _returned, _rows, both
from tests.exchange.test_collect_merge import put
from tests.exchange.test_distribute import named

FIRST = "M0_经理0号_销售部.xlsx"
SENT = "下发 上级 2026Q1"
OWN = [*QUARTER[:4], "自定密码"]
SECRET = "天高Yun-7"
_LONGEST = 60.0  # seconds for what takes two


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "方案.xlsx"
    write_program(made, named(), "zh")
    return made


# ---- going out


@both
def test_hr_gives_a_password_of_its_own(opened: Any, path: Path, tmp_path: Path) -> None:
    pytest.importorskip("msoffcrypto")
    book = opened(path, answers=[*OWN, "", SECRET])  # blank is asked for again
    told = _click("distribute.manager", book)
    folder = book.folder() / SENT
    sent = sorted(folder.glob("*.xlsx"))
    assert len(sent) == 3 and all(decrypted(each, SECRET) for each in sent)
    assert SECRET not in told and not any(SECRET in str(row) for row in _rows(book, "PX 下发"))
    assert [row[5] for row in _rows(book, "PX 下发")][3:] == [PASSWORD_FILE.zh], "where it is kept is a link"
    back = Path(shutil.copytree(folder, tmp_path / "发回", ignore=shutil.ignore_patterns("_*")))
    assert "发回 3 份" in _click("collect.settings", opened(path, back)), "nobody has to type it again"


def test_two_kinds_of_passwords_are_not_understood_and_who_cancels_sends_nothing(path: Path) -> None:
    for two in ("自定密码、统一密码", "每份密码、自定密码"):
        book = _file(path, answers=[*QUARTER[:4], two, None])
        assert _click("distribute.manager", book) == "" and book._answers == []
    assert _click("distribute.manager", _file(path, answers=[*OWN, None])) == ""
    assert not _file(path).folder().exists()
    english = _file(path, answers=["Actuals", "", "", "", "Password of mine, mail merge list", None])
    assert _click("distribute.manager", english, "en") == "" and english._answers == []


def test_the_password_is_nowhere_but_on_the_list(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not where the job is under way, among its arguments, in the status bar, nor in any file besides."""
    pytest.importorskip("msoffcrypto")
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    book, background, begun = _file(path, answers=[*OWN, SECRET]), Background(at_once=0), time.monotonic()
    told = background.clicked("px.distribute.manager", book, "zh")
    assert background._process is not None
    if os.name != "nt":
        assert SECRET.encode() not in Path(f"/proc/{background._process._process.pid}/cmdline").read_bytes()
        (folder,) = (each.parent for each in temporary.glob(f"*/{ORDER}"))
        assert stat.S_IMODE(folder.stat().st_mode) == stat.S_IRWXU
    while told == WORKING:
        assert time.monotonic() - begun < _LONGEST
        time.sleep(0.02)
        told = background.polled()
    assert "3 份填报表" in told and SECRET not in told + "".join(book.said)
    book.save(tmp_path / "带表.xlsx")
    assert not list(temporary.iterdir())
    holding = [each for each in tmp_path.rglob("*") if each.is_file() and SECRET.encode() in _content(each)]
    assert [each.name for each in holding] == [PASSWORD_FILE.zh]
    if os.name != "nt":
        assert stat.S_IMODE(holding[0].stat().st_mode) == stat.S_IRUSR | stat.S_IWUSR


def _content(file: Path) -> bytes:
    """What a file holds, unpacked."""
    if file.suffix != ".xlsx" or file.read_bytes()[:2] != b"PK":
        return file.read_bytes()
    target = file.parent / f"{file.stem}-unpacked"
    shutil.unpack_archive(file, target, "zip")
    content = b"".join(each.read_bytes() for each in target.rglob("*") if each.is_file())
    shutil.rmtree(target)
    return content


def test_an_order_is_gone_once_it_was_read(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    background, begun = Background(at_once=0), time.monotonic()
    assert background.clicked("px.score", _file(path), "zh") == WORKING
    while any(temporary.glob(f"*/{ORDER}")):
        assert time.monotonic() - begun < _LONGEST
        time.sleep(0.01)
    assert background._process is not None and background._process._folder.is_dir(), "the work itself goes on"
    background.clicked("px.stop", _file(path), "zh")


@both
def test_a_list_for_a_mail_merge(opened: Any, path: Path) -> None:
    book = opened(path, answers=[*QUARTER[:4], "邮件合并清单"])
    assert "3 份填报表" in _click("distribute.manager", book)
    folder = book.folder() / SENT
    rows = list(openpyxl.load_workbook(folder / "邮件合并清单.xlsx").worksheets[0].values)
    assert [row[:3] for row in rows[1:]] == [(f"M{n}", f"经理{n}号", "销售部") for n in range(3)]
    assert all(Path(str(row[5])).is_file() for row in rows[1:])
    assert _rows(book, "PX 下发")[3][5] == "邮件合并清单.xlsx" and not list(folder.rglob("*.eml"))
    assert any("邮箱" in str(row) for row in _rows(book, "PX 检查")), "whom no mail reaches is said"


@both
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_long_answer_that_is_not_understood_is_asked_for_again(opened: Any, lang: str, path: Path) -> None:
    """Excel takes no question of more than 255 characters, and the answer stood in it whole."""
    book = opened(path, answers=["unknown words " * 20, *QUARTER[:4], "by courier, please " * 20, ""])
    assert "3" in _click("distribute.manager", book, lang)


# ---- coming back


@both
def test_the_progress_workbook_lies_beside_what_was_collected(opened: Any, path: Path, tmp_path: Path) -> None:
    _click("distribute.manager", _file(path, answers=[*QUARTER]))
    back = tmp_path / "发回"
    _returned(_file(path).folder() / SENT / FIRST, back, ("S000", 55))
    book = opened(path, back)
    _click("collect.settings", book)
    report = book.folder() / "方案-已收集_收集进度.xlsx"
    mark = read_mark(report)
    assert mark is not None and mark.kind == "progress"
    assert len(openpyxl.load_workbook(report).sheetnames) == 8
    assert report.name in [unquote(Path(file).name) for file, _ in _links(book, "PX 收集")]
    _click("collect.settings", opened(path, back))
    assert len(list(book.folder().glob("*收集进度*.xlsx"))) == 1, "again is in place of it"


@both
def test_marked_copies_where_that_box_is_ticked(opened: Any, path: Path, tmp_path: Path) -> None:
    _click("distribute.manager", _file(path, answers=[*QUARTER]))
    sent, back = _file(path).folder() / SENT, tmp_path / "发回"
    _returned(sent / FIRST, back, ("S000", "约五十"))
    _returned(sent / "M1_经理1号_销售部.xlsx", back, ("S001", 5))
    copies = _file(path).folder() / "标注副本"
    click("collect.settings", opened(path, back))
    assert not copies.exists()
    for _ in range(2):  # the second time in place of the first
        book = opened(path, back)
        assert f"标注副本 1 份：{copies}" in click("collect.settings", book, ticked=["back"])
        assert [each.name for each in copies.iterdir()] == [FIRST]
    by_name = {row[0]: row[6] for row in _rows(book, "PX 收集")[1:]}
    assert (by_name["经理0号"], by_name["经理1号"] or "", by_name["经理2号"] or "") == (FIRST, "", "")
    put_right = openpyxl.load_workbook(copies / FIRST)
    assert len(put_right.sheetnames) == len(openpyxl.load_workbook(back / FIRST).sheetnames) + 1


@pytest.mark.parametrize(
    ("said", "rule", "values"),
    [
        *(("都不采用", "settings", []), ("采用后改的", "settings", [66.0])),
        *(("采用后改的", "stop", []), ("都不采用", "latest", [66.0])),
    ],
)
def test_where_two_disagree_the_settings_or_the_button_say(
    said: str, rule: str, values: list[float], path: Path, tmp_path: Path
) -> None:
    program = openpyxl.load_workbook(path)
    row = next(row for row in program["参数"].iter_rows() if row[0].value == "收集冲突")
    row[1].value = said
    program.save(path)
    _click("distribute.manager", _file(path, answers=[*QUARTER]))
    back = tmp_path / "发回"
    for value, name, at in ((55, "v1.xlsx", 1000), (66, "v2.xlsx", 2000)):
        _returned(_file(path).folder() / SENT / FIRST, back, ("S000", value))
        (back / FIRST).rename(back / name)
        os.utime(back / name, (at, at))
    _click(f"collect.{rule}", _file(path, back))
    made = _file(path).folder() / "方案-已收集.xlsx"
    found = load(made)[0].tables["actuals"].column("value") if made.is_file() else []
    assert found == values


@both
@pytest.mark.parametrize("place", ["填报表", "别处/很远/填报表"])
def test_what_the_command_sent_is_collected_by_the_button(opened: Any, place: str, path: Path, tmp_path: Path) -> None:
    """Beside the program it is found, although the button has sent something as well; elsewhere it is asked for."""
    program, _ = load(path)
    sent = tmp_path / place
    distribute(program, sent, Order(jobs=("actuals",)))
    _click("distribute.reporter", _file(path, answers=[*QUARTER]))
    back = tmp_path / "收" / "发回"
    back.parent.mkdir()
    _returned(sent / FIRST, back, ("S000", 55))
    if place != "填报表":
        shutil.rmtree(_file(path).folder())
    asked: list[str] = []

    def choose(title: str) -> Path:
        asked.append(title)
        return sent if "下发" in title else back

    book = opened(path, back)
    vars(book).update(ask_folder=choose)
    assert "下发 3 份，发回 1 份" in _click("collect.settings", book)
    assert len(asked) == 1 + (place != "填报表")


@both
def test_of_two_versions_the_copy_of_the_last_one_is_linked_and_reminders_say_what_is_to_be_corrected(
    opened: Any, path: Path, tmp_path: Path
) -> None:
    _click("distribute.manager", _file(path, answers=[*QUARTER]))
    back = tmp_path / "发回"
    for name, value, at in (("v1.xlsx", "约五十", 1000), ("v2.xlsx", "约六十", 2000)):
        _returned(_file(path).folder() / SENT / FIRST, back, ("S000", value), *((f"S00{n}", 5) for n in (3, 6, 9)))
        (back / FIRST).rename(back / name)
        os.utime(back / name, (at, at))
    book = opened(path, back)
    told = click("collect.settings", book, ticked=["back"])
    assert "\n标注副本 2 份" in told
    assert {row[0]: row[6] for row in _rows(book, "PX 收集")}["经理0号"] == "v2.xlsx"
    assert "3 份没有发回、没有填完、有待改正" in _click("remind.drafts", opened(path, back))
    assert "3 份没有发回、没有填完，" in _click("remind.list", opened(path, back))


def test_a_day_of_forms_in_processes_of_their_own(path: Path, tmp_path: Path) -> None:
    """Sent with HR's own password, filled in under it, collected, marked, corrected under another name, collected
    again, reminded."""
    pytest.importorskip("msoffcrypto")
    back, out = tmp_path / "发回", _live(path).folder()
    background = Background(at_once=0)

    def day(button: str, book: Any, *ticked: str) -> str:
        begun, told = time.monotonic(), background.clicked(f"px.{button}", book, "zh", ticked)
        while told == WORKING:
            assert time.monotonic() - begun < _LONGEST
            time.sleep(0.05)
            told = background.polled()
        return told

    assert "3 份填报表" in day("distribute.manager", _live(path, answers=[*OWN, SECRET]))
    _fill_in(out / SENT / FIRST, back / FIRST, ("S000", "约五十"), ("S003", 5))
    first: Any = _live(path, back)
    assert "标注副本 1 份" in day("collect.settings", first, "back")
    assert first.shown == [out / "方案-已收集.xlsx"]
    _fill_in(out / "标注副本" / FIRST, back / "改好了.xlsx", ("S000", 50))
    again: Any = _live(path, back)
    assert "标注副本 0 份" in day("collect.settings", again, "back")
    (made,) = again.shown
    assert sorted(load(made)[0].tables["actuals"].column("value")) == [5.0, 50.0]
    assert "3 份没有发回、没有填完" in day("remind.list", _live(path, back))


def _fill_in(source: Path, target: Path, *edits: tuple[Any, ...]) -> None:
    """Types into a file with the password, and saves it with the same."""
    target.parent.mkdir(exist_ok=True)
    book = openpyxl.load_workbook(io.BytesIO(decrypted(source, SECRET) or b""))
    for edit in edits:
        put(book, *edit)
    held = io.BytesIO()
    book.save(held)
    target.write_bytes(encrypted(held.getvalue(), SECRET))

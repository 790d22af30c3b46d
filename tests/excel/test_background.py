"""Jobs of the ribbon in a process of their own: the same comes of them, Excel is never kept waiting, and what is
stopped, closed or killed leaves nothing behind."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from perfxl.ribbon.background import WORKING, Background
from perfxl.ribbon.live_book import LiveBook
from tests.core import clean_program
from tests.excel import com_excel
from tests.excel.ribbon_books import Opened, both, click, open_file, titles, write_broken, write_sheets

_LONGEST = 60.0  # seconds for what takes two


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    return write_broken(tmp_path)


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for what is under way, where what is left behind is seen."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def ask_until_done(background: Background, changed: tuple[str, ...] = ()) -> str:
    begun = time.monotonic()
    while (told := background.polled(changed)) == WORKING:
        assert time.monotonic() - begun < _LONGEST
        time.sleep(0.05)
    return told


@both
@pytest.mark.parametrize("name", ["check", "score", "documents.contract"])
def test_what_comes_of_it_is_the_same(opened: Opened, name: str, copied: Path, temporary: Path) -> None:
    elsewhere = copied.parent / "别处"
    elsewhere.mkdir()
    background, book, other = Background(at_once=0), opened(copied), opened(Path(shutil.copy(copied, elsewhere)))
    assert background.clicked(f"px.{name}", book, "zh") == WORKING
    assert ask_until_done(background) == click(name, other).replace(str(elsewhere), str(copied.parent))
    assert titles(book) == titles(other) and book.marked() == other.marked()
    assert not list(temporary.iterdir())
    assert background.polled() == ""


def test_what_is_short_is_waited_for(copied: Path) -> None:
    book = open_file(copied)
    assert "请先选中" in Background(at_once=_LONGEST).clicked("px.explain", book, "zh")


def test_how_far_it_is_stands_in_the_status_bar(copied: Path) -> None:
    background, book = Background(at_once=0), open_file(copied)
    background.clicked("px.documents.contract", book, "zh")
    ask_until_done(background)
    assert book.said[0] == "perfxl 批量生成文件 …" and book.said[-1] == ""


def test_one_thing_at_a_time(copied: Path) -> None:
    background, book = Background(at_once=0), open_file(copied)
    assert background.clicked("px.check", book, "zh") == WORKING
    assert "“检查”还没有做完" in background.clicked("px.score", book, "zh")
    assert "没有标记" in background.clicked("px.next", book, "zh")  # which takes no time
    assert "检查完毕" in ask_until_done(background)
    assert background.clicked("px.score", book, "zh") == WORKING
    assert "得分工作簿" in ask_until_done(background)


def test_stopped_leaves_nothing_behind(copied: Path, temporary: Path) -> None:
    background, book, before = Background(at_once=0), open_file(copied), copied.read_bytes()
    assert "没有正在做的事" in background.clicked("px.stop", book, "zh")
    assert background.clicked("px.score", book, "zh") == WORKING
    (folder,) = (path for path in temporary.iterdir() if (path / "order").exists())
    assert folder.is_dir()
    assert "已停止“计分”" in background.clicked("px.stop", book, "zh")
    assert background.polled() == "" and not list(temporary.iterdir())
    assert copied.read_bytes() == before and not any(title.startswith("PX ") for title in titles(book))
    assert book.said[-1] == ""
    assert background.clicked("px.check", book, "zh") == WORKING
    assert "检查完毕" in ask_until_done(background)


def test_a_workbook_that_is_closed_meanwhile(copied: Path, temporary: Path) -> None:
    com = com_excel.workbook(copied)
    com.Application.Workbooks.Add()
    background, book = Background(at_once=0), LiveBook(com)
    assert book.is_open()
    assert background.clicked("px.check", book, "zh") == WORKING
    com.Close(False)
    assert not book.is_open()
    assert "“方案.xlsx”已经关闭，“检查”停下了" in ask_until_done(background)
    assert not list(temporary.iterdir())


@pytest.mark.parametrize("name", ["repair", "adopt.all"])
def test_another_workbook_in_front_meanwhile(name: str, tmp_path: Path) -> None:
    """Its sheets are not those of the program: what was selected was looked for among them."""
    com = com_excel.workbook(write_sheets(tmp_path / "方案.xlsx", clean_program.rows()))
    background, book = Background(at_once=0), LiveBook(com)
    told = background.clicked(f"px.{name}", book, "zh")
    other = com.Application.Workbooks.Add()
    other.Worksheets(1).Name = "别的"
    other.Activate()
    told = ask_until_done(background) if told == WORKING else told
    assert "程序内部出错" not in told and told
    assert {str(sheet.Name) for sheet in other.Worksheets} == {"别的"}


def test_a_workbook_that_is_changed_meanwhile(copied: Path) -> None:
    background, book = Background(at_once=0), open_file(copied)
    background.clicked("px.check", book, "en")
    first, *rest = ask_until_done(background, ("方案.xlsx",)).splitlines()
    assert first.startswith("“方案.xlsx” was changed meanwhile") and rest[0].startswith("Checked")
    background.clicked("px.check", book, "en")
    assert ask_until_done(background, ("另一本.xlsx",)).startswith("Checked")


@pytest.mark.skipif(os.name == "nt", reason="processes are killed as on POSIX")
def test_a_process_that_dies_is_told(copied: Path, temporary: Path) -> None:
    background, book = Background(at_once=0), open_file(copied)
    assert background.clicked("px.check", book, "zh") == WORKING
    assert background._process is not None
    os.kill(background._process._process.pid, signal.SIGKILL)
    assert "没有结果" in ask_until_done(background)
    assert not list(temporary.iterdir())


_SERVER = """
import sys, time
from pathlib import Path
from perfxl.ribbon.background import Background
from perfxl.ribbon.file_book import FileBook

background = Background(at_once=0)
background.clicked("px.score", FileBook(Path(sys.argv[1])), "zh")
print(background._process._process.pid, flush=True)
time.sleep(60)
"""


@pytest.mark.skipif(os.name == "nt", reason="processes are killed as on POSIX")
def test_the_job_ends_with_the_server(copied: Path) -> None:
    """Excel closes, and its server with it: no Python goes on by itself."""
    run = [sys.executable, "-c", _SERVER, str(copied)]
    with subprocess.Popen(run, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]) as server:
        assert server.stdout is not None
        worker = int(server.stdout.readline())
        server.kill()
        begun = time.monotonic()
        while _runs(worker):
            assert time.monotonic() - begun < _LONGEST
            time.sleep(0.05)
    assert not list(copied.parent.glob("方案-perfxl/*"))


def _runs(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_what_is_read_in_between_is_a_program(copied: Path) -> None:
    """The process works on the copy that was made when the button was clicked."""
    background, book = Background(at_once=0), open_file(copied)
    background.clicked("px.check", book, "zh")
    copied.write_bytes(b"")
    told = ask_until_done(background)
    assert "检查完毕" in told

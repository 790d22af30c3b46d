"""Work of the ribbon in the background: jobs in a process of their own, so that Excel goes on calculating and is never
kept waiting. What is short is waited for; of the rest the add-in asks again and again how far it is."""

from __future__ import annotations

import pickle
import subprocess
import sys
import tempfile
from collections.abc import Collection
from contextlib import ExitStack
from datetime import datetime
from functools import partial
from pathlib import Path

from perfxl.core.language import Text
from perfxl.core.problems import Problem, problem
from perfxl.disk import private_folder
from perfxl.ribbon.buttons import BESIDE, PREFIX, STOP
from perfxl.ribbon.open_book import OpenBook
from perfxl.ribbon.request import Order, Result
from perfxl.ribbon.running import Work
from perfxl.ribbon.worker import ORDER, PROGRESS, RESULT
from perfxl.unforeseen import guarded

WORKING = "px.working"
"""In place of a message: the work goes on, ask again."""

_AT_ONCE = 2.0  # seconds that are waited for what may be short
_LAST_WORD = 5.0  # seconds for what is half done to be put away

_BUSY = Text(
    "“{}”还没有做完；要停下来，点“停止”。",
    "“{}” is still at work. To end it, click Stop.",
)
_STOPPED = Text(
    "已停止“{}”。方案没有改动；已经生成的文件留着，再点一次会接着做。",
    "“{}” was stopped. The program is as it was; files that were finished stay, and another click goes on from there.",
)
_CLOSED = Text(
    "“{}”已经关闭，“{}”停下了。重新打开它，再点一次。",
    "“{}” was closed, so “{}” was ended. Open it and click again.",
)
_CHANGED = Text(
    "计算期间“{}”有改动：以下是 {} 时的情形。要现在的，请再点一次。",
    "“{}” was changed meanwhile: this is how it stood at {}. Click again for how it stands now.",
)


class _Process:
    """A job under way in a process of its own, and the folder that they share."""

    def __init__(self, order: Order) -> None:
        self._kept = ExitStack()
        self._folder = self._kept.enter_context(private_folder(Path(tempfile.gettempdir())))
        (self._folder / ORDER).write_bytes(pickle.dumps(order))
        flags = [flag for flag, is_set in (("-E", sys.flags.ignore_environment), ("-P", sys.flags.safe_path)) if is_set]
        self._process = subprocess.Popen(
            [sys.executable, *flags, "-m", "perfxl.ribbon.worker", str(self._folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )

    def ended(self, seconds: float = 0.0) -> bool:
        """Whether it has, after so many seconds."""
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def progress(self) -> tuple[int, int] | None:
        """How much of how much is done; None where nothing was said yet."""
        path = self._folder / PROGRESS
        lines = path.read_text(encoding="ascii").splitlines() if path.exists() else []
        done, slash, total = (lines or [""])[-1].partition("/")
        return (int(done), int(total)) if slash and total else None

    def result(self) -> Result | Problem:
        """What came of it, once it has ended; the folder goes."""
        path = self._folder / RESULT
        try:
            if not path.exists():
                return problem("job_ended", value=self._process.returncode)
            found = pickle.loads(path.read_bytes())
            assert isinstance(found, Result | Problem)
            return found
        finally:
            self._kept.close()

    def stop(self) -> None:
        """Ends it, kindly first."""
        stdin = self._process.stdin
        if stdin is not None:
            stdin.close()
        if not self.ended(_LAST_WORD):
            self._process.kill()
            self._process.wait()
        self._kept.close()


class Background:
    """The work of one Excel: one thing at a time."""

    def __init__(self, at_once: float = _AT_ONCE) -> None:
        self._at_once = at_once
        self._work: Work | None = None
        self._process: _Process | None = None
        self._begun = datetime.now()
        self._name = ""  # of the workbook that the work is about
        self._changed: set[str] = set()

    def clicked(self, control: str, book: OpenBook, lang: str, ticked: Collection[str] = ()) -> str:
        """Begins what a button is for. Returns: the message for the user, or WORKING."""
        name = control.removeprefix(PREFIX)
        if name == STOP and self._work is not None:
            return self._stop(self._work, lang)
        if self._work is not None and name in BESIDE:
            beside = Work(control, book, lang, ticked)
            beside.begin()
            return beside.told
        if self._work is not None:
            return _BUSY(lang).format(self._work.title)
        self._work, self._begun = Work(control, book, lang, ticked), datetime.now()
        self._changed.clear()
        self._work.begin()
        return self._go_on()

    def polled(self, changed: Collection[str] = ()) -> str:
        """Goes on with what is at work. Returns: the message for the user once all is done, else WORKING; blank where
        nothing is at work.

        changed  the names of workbooks that the user has changed meanwhile
        """
        work, process = self._work, self._process
        if work is None or process is None:
            return ""
        self._changed.update(changed)
        if not work.book.is_open():
            told = _CLOSED(work.desk.lang).format(self._name, work.title)
            self._end()
            return told
        if not process.ended():
            progress = process.progress()
            if progress:
                work.show_progress(*progress)
            return WORKING
        self._process = None
        work.go_on(process.result())
        return self._go_on()

    def _go_on(self) -> str:
        """Has the jobs done that the work orders, as far as they are short."""
        work = self._work
        assert work is not None
        while work.order:
            self._name = work.book.name
            process = guarded(partial(_Process, work.order), ["ribbon", "worker"])
            if isinstance(process, Problem):
                work.go_on(process)
                break
            if not process.ended(self._at_once):
                self._process = process
                return WORKING
            work.go_on(process.result())
        self._work = None
        if not work.told or self._name not in self._changed:
            return work.told
        return f"{_CHANGED(work.desk.lang).format(self._name, self._begun.strftime('%H:%M'))}\n{work.told}"

    def _stop(self, work: Work, lang: str) -> str:
        self._end()
        return _STOPPED(lang).format(work.title)

    def _end(self) -> None:
        work, process = self._work, self._process
        self._work = self._process = None
        if process is not None:
            process.stop()
        if work is not None:
            work.stop()

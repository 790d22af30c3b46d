"""How what a button is for is done: its action, and the jobs that the action orders, here and now or elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from perfxl.core.language import Text
from perfxl.core.problems import Problem, problem
from perfxl.outputs import explain_error
from perfxl.ribbon.actions import Desk, Steps
from perfxl.ribbon.buttons import find_button
from perfxl.ribbon.jobs import JOBS
from perfxl.ribbon.open_book import OpenBook
from perfxl.ribbon.request import Order, Progress, Result
from perfxl.unforeseen import guarded

_STARTED = Text("perfxl {} …", "perfxl {} …")


def run(control: str, book: OpenBook, lang: str, ticked: Collection[str] = ()) -> str:
    """Does what a button ("check", "documents.contract") is for, here and now, and gives the message for the user."""
    work = Work(control, book, lang, ticked)
    work.begin()
    while work.order:
        work.go_on(perform(work.order, work.show_progress))
    return work.told


def perform(order: Order, progress: Progress) -> Result | Problem:
    """What comes of a job; of one that fails in a way that nobody foresaw, the problem that says so."""
    job, request = JOBS[order.job], replace(order.request, progress=progress)
    return guarded(lambda: _tried(lambda: job(request)), ["ribbon", order.job])


def _tried(work: Callable[[], Result]) -> Result | Problem:
    """What the work gives, or the problem where a file or folder cannot be written."""
    try:
        return work()
    except OSError as error:
        return _not_writable(error)


class Work:
    """What a button was clicked for. `order` is the job that has to be done next; where there is none, all is done and
    `told` is the message for the user."""

    def __init__(self, control: str, book: OpenBook, lang: str, ticked: Collection[str] = ()) -> None:
        self.control = control
        self._button = find_button(control)
        self.desk = Desk(book, lang, self._button.label(lang), ticked=frozenset(ticked))
        self.order: Order | None = None
        self.told = ""
        self._steps: Steps | None = None
        self._percent = -1

    @property
    def title(self) -> str:
        """What the button is called."""
        return self.desk.title

    @property
    def book(self) -> OpenBook:
        """The workbook that it is about."""
        return self.desk.book

    def begin(self) -> None:
        """Does what comes before the first job; all of it, where the button needs none."""
        action = self._button.action
        if action is None:
            return

        def start() -> Order | None:
            begun = action(self.desk)
            if isinstance(begun, str):
                self.told = begun
                return None
            self._steps = begun
            self.desk.book.status(_STARTED(self.desk.lang).format(self.title))
            return next(begun)

        self._step(start)

    def go_on(self, found: Result | Problem) -> None:
        """Does what comes after a job."""
        steps = self._steps
        assert steps is not None
        if isinstance(found, Problem):
            self._end(_spell(found, self.desk.lang))
        else:
            self._step(lambda: steps.send(found))

    def stop(self) -> None:
        """Leaves it at that: what the action holds is put away."""
        self._end("")

    def show_progress(self, done: int, total: int) -> None:
        """Shows in the status bar how far a job is, once for each percent: every word to Excel takes its time."""
        percent = 100 * done // total if total else 0
        if percent != self._percent:
            self._percent = percent
            self.desk.book.status(f"perfxl {self.title} {done}/{total}")

    def _step(self, forward: Callable[[], Order | None]) -> None:
        def step() -> Order | Problem | None:
            try:
                return forward()
            except StopIteration as end:
                self.told = end.value
                return None
            except OSError as error:
                return _not_writable(error)

        order = guarded(step, ["ribbon", self.control])
        if isinstance(order, Problem):
            self._end(_spell(order, self.desk.lang))
        else:
            self.order = order
            if order is None:
                self._end(self.told)

    def _end(self, told: str) -> None:
        self.order, self.told = None, told
        if self._steps is not None:
            steps, self._steps = self._steps, None
            with suppress(Exception):  # a workbook that has gone cannot be put in order any more
                steps.close()
            with suppress(Exception):
                self.desk.book.status("")


def _not_writable(error: OSError) -> Problem:
    path = Path(str(error.filename2 or error.filename or ""))
    return problem("result_not_writable", value=str(path), reason=explain_error(error, path))


def _spell(about: Problem, lang: str) -> str:
    return f"{about.message(lang)}\n{about.hint(lang)}"

"""What the user sees: problems grouped by sheet, tables, progress. The only place that prints."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import Any, Protocol

from perfxl.core.language import Text
from perfxl.core.problem_table import ANSWER, CELL, CODE, MESSAGE, SEVERITY, spell_counts, worst_first
from perfxl.core.problems import Problem, Severity, count

_COLUMNS = (SEVERITY._replace(header=Text("级别", "Level")), CELL, CODE, MESSAGE, ANSWER)
_STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.NOTICE: "cyan"}
# Past this many of a sheet, the terminal says how many more there are; --json and -o hold them all.
_MOST = 40


class Progress(Protocol):
    def __call__(self, done: int, total: int) -> None: ...


def say(zh: str, en: str, lang: str) -> None:
    print(zh if lang == "zh" else en)  # noqa: T201 - this room prints


def complain(found: Problem, lang: str) -> None:
    """One clear line for input that cannot be used."""
    place = str(found.address)
    print(f"{place + ': ' if place else ''}{found.message(lang)} {found.hint(lang)}", file=sys.stderr)  # noqa: T201


def as_json(found: dict[str, Any]) -> None:
    print(json.dumps(found, ensure_ascii=False, indent=1, allow_nan=False, default=str))  # noqa: T201


def problems(found: Sequence[Problem], lang: str) -> None:
    """The problems of each sheet as a table, worst first, and the count of each severity."""
    console = _console()
    by_sheet = sorted(worst_first(found, by_code=True), key=lambda p: p.address.sheet)
    for sheet, group in groupby(by_sheet, key=lambda p: p.address.sheet):
        of_sheet = list(group)
        table = _table(sheet or Text("工作簿", "Workbook")(lang), [column.header(lang) for column in _COLUMNS])
        for problem in of_sheet[:_MOST]:
            severity, *rest = (column.value(problem, lang) for column in _COLUMNS)
            table.add_row(_styled(severity, _STYLES[problem.severity]), *map(_plain, rest))
        console.print(table)
        if len(of_sheet) > _MOST:
            more = len(of_sheet) - _MOST
            say(f"  还有 {more} 条，用 --json 或 -o 查看全部", f"  {more} more: see --json or -o", lang)
    _summary(found, lang)


def rows(title: str, headers: Sequence[str], body: Iterable[Sequence[str]], right: Sequence[int] = ()) -> None:
    """A table; `right` names the columns of numbers."""
    table = _table(title, headers, right)
    for row in body:
        table.add_row(*(_plain(cell) for cell in row))
    _console().print(table)


@contextmanager
def progress(zh: str, en: str, lang: str) -> Iterator[Progress]:
    """A bar with rate and remaining time on a terminal; elsewhere a line now and then and one at the end."""
    shown = (_Bar if sys.stdout.isatty() else _Lines)(zh if lang == "zh" else en, lang)
    try:
        yield shown
    finally:
        shown.end()


def size(path: Path) -> str:
    """How big a file is, or how many papers a folder holds."""
    if path.is_dir():
        return f"{sum(1 for found in path.iterdir() if found.suffix == '.docx')}"
    kilobytes = path.stat().st_size / 1024
    return f"{kilobytes:.0f} KB" if kilobytes < 1024 else f"{kilobytes / 1024:.1f} MB"


class _Pace:
    """How fast a step goes, from the first report on: that one says nothing of speed."""

    def __init__(self, lang: str) -> None:
        self._lang = lang
        self._begun, self._first = 0.0, 0

    def begin(self, done: int) -> None:
        self._begun, self._first = time.monotonic(), done

    def rate(self, done: int) -> float:
        return (done - self._first) / max(time.monotonic() - self._begun, 0.001)

    def shown(self, done: int) -> str:
        rate = self.rate(done)
        if not rate:
            return ""
        figure = f"{rate:.0f}" if rate >= 10 else f"{rate:.1f}"
        return f"{figure} 份/秒" if self._lang == "zh" else f"{figure}/s"


class _Bar:
    """Begins with the first step done, so that of several only one is shown. It is drawn by whoever reports, not by a
    thread of its own: work may be forked off meanwhile."""

    def __init__(self, title: str, lang: str) -> None:
        self._title, self._pace = title, _Pace(lang)
        self._bar: Any = None
        self._drawn = 0.0

    def __call__(self, done: int, total: int) -> None:
        if self._bar is None:
            self._start(done, total)
        now = time.monotonic()
        if now - self._drawn >= _DRAWN_EVERY or done >= total:
            self._drawn = now
            self._bar.update(self._task, completed=done, total=total, rate=self._pace.shown(done), refresh=True)
        if done >= total:
            self._bar.stop()

    def end(self) -> None:
        if self._bar is not None:
            self._bar.stop()

    def _start(self, done: int, total: int) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Bar

        self._pace.begin(done)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        self._bar = Bar(*columns, TextColumn("{task.fields[rate]}"), TimeRemainingColumn(), auto_refresh=False)
        self._task = self._bar.add_task(self._title, total=total, rate="")
        self._bar.start()


class _Lines:
    """On the error stream: what is printed may be read by a program."""

    def __init__(self, title: str, lang: str) -> None:
        self._title, self._lang, self._pace = title, lang, _Pace(lang)
        self._told = 0.0
        self._at: tuple[int, int] | None = None

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        if self._at is None:
            self._pace.begin(done)
            self._told = now
        self._at = done, total
        if done >= total:
            self.end()
        elif now - self._told >= _TOLD_EVERY:
            self._told = now
            left = (total - done) / (self._pace.rate(done) or 1)
            self._tell(f"，还需 {left:.0f} 秒" if self._lang == "zh" else f", {left:.0f} s to go")

    def end(self) -> None:
        if self._at:
            self._tell("")
            self._at = None

    def _tell(self, more: str) -> None:
        done, total = self._at or (0, 0)
        colon = "：" if self._lang == "zh" else ": "
        print(f"{self._title}{colon}{done}/{total} {self._pace.shown(done)}{more}".rstrip(), file=sys.stderr)  # noqa: T201


_DRAWN_EVERY, _TOLD_EVERY = 0.1, 10.0  # seconds


def _summary(found: Sequence[Problem], lang: str) -> None:
    if not found:
        say("没有发现问题。", "No problems found.", lang)
        return
    counts = spell_counts(count(found), lang)
    say(f"共 {len(found)} 条：{counts}", f"{len(found)} in all: {counts}", lang)


def _console() -> Any:
    from rich.console import Console

    # Off a terminal, wide enough that a pipe's lines are not cut.
    return Console(width=None if sys.stdout.isatty() else 160, highlight=False)


def _table(title: str, headers: Sequence[str], right: Sequence[int] = ()) -> Any:
    from rich import box
    from rich.table import Table

    table = Table(title=_plain(title), title_justify="left", box=box.SIMPLE_HEAD, title_style="bold", pad_edge=False)
    for place, header in enumerate(headers):
        table.add_column(header, justify="right" if place in right else "left", overflow="fold")
    return table


def _styled(text: str, style: str) -> Any:
    from rich import text as rich_text

    return rich_text.Text(text, style=style)


def _plain(text: str) -> Any:
    """Text of a workbook is never markup."""
    return _styled(text, "")

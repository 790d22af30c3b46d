"""What the user sees: problems grouped by sheet, tables, progress, exit codes. The only module that prints."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from math import isfinite
from pathlib import Path
from typing import Any, Protocol

from perfxl.cli.streams import can_say_all
from perfxl.core.language import COLON, Text
from perfxl.core.problem_table import ANSWER, CELL, CODE, MESSAGE, SEVERITY, ProblemGroup, group_problems, spell_counts
from perfxl.core.problems import Problem, Severity, count

CLEAN, PROBLEMS, UNUSABLE, UNFORESEEN, STOPPED = 0, 1, 2, 3, 130
"""Exit codes: nothing wrong, problems of severity error, input or output that cannot be used, an error inside perfxl,
stopped by Ctrl-C."""

_COLUMNS = (SEVERITY._replace(header=Text("级别", "Level")), CELL, CODE, MESSAGE, ANSWER)
_STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.NOTICE: "cyan"}
# Past this many of a sheet, the terminal says how many more there are; --json and -o hold them all.
_MOST = 40
_DRAWN_EVERY, _TOLD_EVERY = 0.1, 10.0  # seconds
_TELLS_SPEED = 2.0  # seconds of reports


class Progress(Protocol):
    """Called with what is done and how much there is in all."""

    def __call__(self, done: int, total: int) -> None: ...


def say(text: str) -> None:
    """Prints a line."""
    print(text)  # noqa: T201 - this module prints


def complain(about: Problem, lang: str) -> None:
    """One clear line for what cannot be used."""
    place = str(about.address)
    print(f"{place + ': ' if place else ''}{about.message(lang)} {about.hint(lang)}", file=sys.stderr)  # noqa: T201


def tell(about: Text) -> None:
    """One line in both languages, on the error stream: for what happens before or outside a workbook."""
    print(f"{about.zh} / {about.en}", file=sys.stderr)  # noqa: T201


def refuse(about: Sequence[Problem], lang: str, json: bool = False, more: Mapping[str, Any] | None = None) -> int:
    """Says why nothing can be done: a line for each error, or as JSON all that was found, with `more` beside it.

    Returns: the exit code UNUSABLE.
    """
    if json:
        as_json({"problems": [problem.as_dict(lang) for problem in about], **(more or {})})
    else:
        errors = [problem for problem in about if problem.severity is Severity.ERROR]
        for problem in errors or about:
            complain(problem, lang)
    return UNUSABLE


def as_json(answer: dict[str, Any]) -> None:
    """Prints what a program reads; docs/schemas says what is in it. What is no number, which JSON has no word for, is
    null."""
    escaped = not can_say_all(sys.stdout)  # what is read as UTF-8 and as the system's code page is the same then
    spell = partial(json.dumps, ensure_ascii=escaped, indent=1, allow_nan=False, default=str)
    try:
        text = spell(answer)
    except ValueError:  # of an infinity or NaN somewhere, which is rare: all is gone through only then
        text = spell(_finite(answer))
    print(text)  # noqa: T201


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(each) for each in value]
    return None if isinstance(value, float) and not isfinite(value) else value


def problems(listed: Sequence[Problem], lang: str) -> None:
    """The problems of each sheet as a table, the sheets and their problems worst first, equal ones in one line; and
    the count of each severity. Where they come from several files, each sheet is named with its file."""
    console = _console()
    several = len({each.address.file for each in listed}) > 1
    by_sheet: dict[str, list[ProblemGroup]] = {}
    for group in group_problems(listed):
        address = group.first.address
        place = " ".join(filter(None, (address.file, address.sheet))) if several else address.sheet
        by_sheet.setdefault(place, []).append(group)
    for place, groups in by_sheet.items():
        table = _table(place or Text("工作簿", "Workbook")(lang), [column.header(lang) for column in _COLUMNS])
        for group in groups[:_MOST]:
            cells = [column.value(group.first, lang) for column in _COLUMNS]
            cells[_COLUMNS.index(MESSAGE)] = group.message(lang)
            table.add_row(_plain(cells[0], _STYLES[group.first.severity]), *map(_plain, cells[1:]))
        console.print(table)
        more = sum(len(group.problems) for group in groups[_MOST:])
        if more > 0:
            say(Text(f"  还有 {more} 条，用 --json 或 -o 查看全部", f"  {more} more: see --json or -o")(lang))
    counts = spell_counts(count(listed), lang)
    summary = Text(f"共 {len(listed)} 条：{counts}", f"{len(listed)} in all: {counts}")
    say((summary if listed else Text("没有发现问题。", "No problems found."))(lang))


def rows(title: str, headers: Sequence[str], body: Iterable[Sequence[str]], right: Sequence[int] = ()) -> None:
    """A table; `right` names the columns of numbers."""
    table = _table(title, headers, right)
    for row in body:
        table.add_row(*(_plain(cell) for cell in row))
    _console().print(table)


@contextmanager
def progress(title: Text, lang: str) -> Iterator[Progress]:
    """A bar with rate and remaining time on a terminal; elsewhere a line now and then and one at the end."""
    shown = (_ProgressBar if sys.stdout.isatty() else _ProgressLines)(title(lang), lang)
    try:
        yield shown
    finally:
        shown.end()


def size(path: Path) -> str:
    """How big a file is, or how many papers a folder holds."""
    if path.is_dir():
        return f"{sum(1 for file in path.iterdir() if file.suffix in ('.docx', '.xlsx'))}"
    kilobytes = path.stat().st_size / 1024
    return f"{kilobytes:.0f} KB" if kilobytes < 1024 else f"{kilobytes / 1024:.1f} MB"


class _Pace:
    """How fast a step goes, from the first report on, since that one says nothing of speed; where all is over soon
    after it, from the beginning: what several processes have made then comes at once."""

    def __init__(self, lang: str) -> None:
        self._lang = lang
        self._made = self._begun = time.monotonic()
        self._first = 0

    def begin(self, done: int) -> None:
        self._begun, self._first = time.monotonic(), done

    def rate(self, done: int) -> float:
        now = time.monotonic()
        if done == self._first:
            return 0.0
        if now - self._begun < _TELLS_SPEED:
            return done / max(now - self._made, 0.001)
        return (done - self._first) / (now - self._begun)

    def spell(self, done: int) -> str:
        rate = self.rate(done)
        if not rate:
            return ""
        figure = f"{rate:.0f}" if rate >= 10 else f"{rate:.1f}"
        return Text(f"{figure} 份/秒", f"{figure}/s")(self._lang)


class _ProgressBar:
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
            self._bar.update(self._task, completed=done, total=total, rate=self._pace.spell(done), refresh=True)
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


class _ProgressLines:
    """On the error stream: what is printed may be read by a program."""

    def __init__(self, title: str, lang: str) -> None:
        self._title, self._lang, self._pace = title, lang, _Pace(lang)
        self._printed = 0.0
        self._at: tuple[int, int] | None = None

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        if self._at is None:
            self._pace.begin(done)
            self._printed = now
        self._at = done, total
        if done >= total:
            self.end()
        elif now - self._printed >= _TOLD_EVERY:
            self._printed = now
            left = (total - done) / (self._pace.rate(done) or 1)
            self._print(Text(f"，还需 {left:.0f} 秒", f", {left:.0f} s to go")(self._lang))

    def end(self) -> None:
        if self._at:
            self._print("")
            self._at = None

    def _print(self, more: str) -> None:
        done, total = self._at or (0, 0)
        pace = self._pace.spell(done)
        print(f"{self._title}{COLON(self._lang)}{done}/{total} {pace}{more}".rstrip(), file=sys.stderr)  # noqa: T201


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


def _plain(text: str, style: str = "") -> Any:
    """Text of a workbook is never markup."""
    from rich import text as rich_text

    return rich_text.Text(text, style=style)

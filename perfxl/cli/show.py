"""What the user sees: problems grouped by sheet, tables, progress. The only place that prints."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import Any, Protocol

from perfxl.core.problems import SEVERITY_LABELS, Problem, Severity, count

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
    order = {severity: place for place, severity in enumerate(Severity)}
    ranked = sorted(found, key=lambda p: (p.address.sheet, order[p.severity], p.code))
    for sheet, some in groupby(ranked, key=lambda p: p.address.sheet):
        of_sheet = list(some)
        table = _table(sheet or ("工作簿" if lang == "zh" else "Workbook"), _headers(lang))
        for each in of_sheet[:_MOST]:
            label = SEVERITY_LABELS[each.severity][lang != "zh"]
            style = _STYLES[each.severity]
            table.add_row(
                _styled(label, style), each.address.cell, each.code, _plain(each.message(lang)), _plain(each.hint(lang))
            )
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
    """A bar on a terminal; elsewhere nothing but the line at the end, which the caller prints."""
    if not sys.stdout.isatty():
        yield lambda done, total: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bar(*columns, transient=True) as bar:
        task = bar.add_task(zh if lang == "zh" else en, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def size(path: Path) -> str:
    """How big a file is, or how many papers a folder holds."""
    if path.is_dir():
        return f"{sum(1 for found in path.iterdir() if found.suffix == '.docx')}"
    kilobytes = path.stat().st_size / 1024
    return f"{kilobytes:.0f} KB" if kilobytes < 1024 else f"{kilobytes / 1024:.1f} MB"


def _summary(found: Sequence[Problem], lang: str) -> None:
    counts = count(found)
    if not found:
        say("没有发现问题。", "No problems found.", lang)
        return
    zh = "，".join(f"{SEVERITY_LABELS[s][0]} {n}" for s, n in counts.items())
    en = ", ".join(f"{n} {SEVERITY_LABELS[s][1]}{'s' * (n != 1)}" for s, n in counts.items())
    say(f"共 {len(found)} 条：{zh}", f"{len(found)} in all: {en}", lang)


def _headers(lang: str) -> tuple[str, ...]:
    return (
        ("级别", "单元格", "代码", "问题", "怎么办")
        if lang == "zh"
        else ("Level", "Cell", "Code", "Problem", "What to do")
    )


def _console() -> Any:
    from rich.console import Console

    # Off a terminal, wide enough that a pipe's lines are not cut.
    return Console(width=None if sys.stdout.isatty() else 160, highlight=False)


def _table(title: str, headers: Sequence[str], right: Sequence[int] = ()) -> Any:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(title=Text(title), title_justify="left", box=box.SIMPLE_HEAD, title_style="bold", pad_edge=False)
    for place, header in enumerate(headers):
        table.add_column(header, justify="right" if place in right else "left", overflow="fold")
    return table


def _styled(text: str, style: str) -> Any:
    from rich.text import Text

    return Text(text, style=style)


def _plain(text: str) -> Any:
    """Text of a workbook is never markup."""
    return _styled(text, "")

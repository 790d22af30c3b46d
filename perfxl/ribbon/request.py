"""What the ribbon's jobs are asked and what they answer; the page that lists what is wrong, and where results go."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import wraps
from pathlib import Path
from typing import NamedTuple

from perfxl.core.language import Text
from perfxl.core.problem_table import (
    CELL,
    CODE,
    HINT,
    MESSAGE,
    SEVERITY,
    SEVERITY_COLOURS,
    SHEET,
    ProblemColumn,
    group_problems,
)
from perfxl.core.problems import Problem, Severity
from perfxl.disk import free_name, made_folder
from perfxl.outputs import OutputRefused, refuse_output
from perfxl.program import Program, load
from perfxl.ribbon.open_book import CellRef, FileLink, Link, Page, PageColumn, Value
from perfxl.tables.grid import OWN_PAGES

__all__ = [
    "MOST_LISTED",
    "Change",
    "Job",
    "Order",
    "Progress",
    "Request",
    "Result",
    "first_reason",
    "free_result",
    "new_result",
    "of_program",
    "problems_page",
    "result_path",
    "selected_people",
    "selected_person",
    "with_findings",
]

MOST_LISTED = 20_000
_FILE = ProblemColumn(Text("文件", "File"), 28, lambda p, lang: p.address.file)

Progress = Callable[[int, int], None]


def _unheard(done: int, total: int) -> None:
    """Progress that nobody wants to hear of."""


class Change(NamedTuple):
    """A weight of a contract's line that a proposal changes: whose, of which KPI, in which cell, percent points before
    and after; None is blank."""

    contract: str
    kpi: str
    holder: str
    name: str
    place: CellRef
    before: float | None
    after: float | None


@dataclass(frozen=True)
class Request:
    """What a job is asked for.

    path     the workbook as it stands, a copy; Path() where the job needs none
    folder   where files go
    lang     the user's language, of words to the user; what is made keeps the workbook's
    words    what is selected, the selected cell first
    rows     what stands in each row, where several are selected
    files    the files or the folder that the user chose
    answers  what the user answered, by question
    changes  weights that were written, or are to be given back
    taken    names of the workbooks that are open, in small letters: Excel opens no second one of a name
    """

    path: Path
    folder: Path
    lang: str
    words: Sequence[str] = ()
    progress: Progress = _unheard
    files: Sequence[Path] = ()
    answers: Mapping[str, str] = field(default_factory=dict)
    rows: Sequence[Sequence[str]] = ()
    changes: Sequence[Change] = ()
    taken: frozenset[str] = frozenset()


@dataclass
class Result:
    """What came of it: a sentence for the user, problems, pages for the workbook, files. `to_mark` says whether the
    problems are to be marked in the workbook, `to_show` which file or folder is opened; `findings` is the page of
    problems that goes behind the others; `changes` are weights to be written."""

    message: Text
    problems: Sequence[Problem] = ()
    pages: Sequence[Page] = ()
    files: Sequence[Path] = ()
    to_mark: bool = False
    to_show: Path | None = None
    findings: Page | None = None
    changes: Sequence[Change] = ()


Job = Callable[[Request], Result]


class Order(NamedTuple):
    """A job, by its name, and what it is asked: what a button wants done, wherever that is."""

    job: str
    request: Request


def of_program(work: Callable[[Request, Program], Result]) -> Job:
    """A job on a workbook that can be read; otherwise the reason is the answer. Its problems end on the one page of
    findings, whatever the job."""

    @wraps(work)
    def run(request: Request) -> Result:
        program, problems = load(request.path)
        if not program.usable:  # a lone reason is told whole, and what is no program gets no page
            refused = Result(first_reason(problems), problems)
            return with_findings(refused, request) if len(problems) > 1 else refused
        try:
            return with_findings(work(request, program), request)
        except OutputRefused as refusal:
            return with_findings(Result(first_reason([refusal.problem]), [refusal.problem]), request)

    return run


def with_findings(result: Result, request: Request) -> Result:
    """The result with its problems on the page of findings, unless it has put them there itself."""
    page = problems_page(result.problems, request.lang, request.path.name)
    if result.problems and all(each.sheet != page.sheet for each in result.pages):
        result.findings = page
    return result


def problems_page(
    problems: Sequence[Problem], lang: str, here: str | None = None, elsewhere: Path | None = None
) -> Page:
    """Every problem, the worst first and equal notices in one line, with a link to its cell: of the open workbook,
    whose file is called `here` (None: nothing stands there), or of a file in the folder `elsewhere`."""
    listed = group_problems(problems, linked=True)[:MOST_LISTED]
    others = here is not None and any(group.first.address.file not in ("", here) for group in listed)
    shown = (SEVERITY, *((_FILE,) if others else ()), SHEET, CELL, CODE, MESSAGE, HINT)
    columns = [PageColumn(column.header(lang), column.width) for column in shown]
    rows: list[list[Value]] = [[group.shown(column, lang) for column in shown] for group in listed]
    for row, group in zip(rows, listed, strict=True):
        address = group.first.address
        place = CellRef(address.sheet, address.cell) if address.sheet and address.cell else None
        if here is None:
            continue
        if address.file not in ("", here):
            file = elsewhere / address.file if elsewhere else None
            if file and file.is_file():
                row[shown.index(_FILE)] = FileLink(address.file, file, place)
        elif place:
            row[shown.index(CELL)] = Link(place.cell, place)
    about = Text(
        "点“单元格”可跳到出错处；改好后再点“检查”。",
        "Cell leads to the place; mend it, then click Check again.",
    )
    colours = [SEVERITY_COLOURS[group.first.severity] for group in listed]
    return Page(OWN_PAGES["check"](lang), about(lang), columns, rows, colours)


def result_path(request: Request, program: Program, name: Text) -> Path:
    """Where a result goes. Its name carries the program's: Excel opens no two workbooks of one name.

    Raises: OutputRefused where nothing of that name can be written.
    """
    return new_result(request, f"{request.path.stem}-{name(program.lang)}.xlsx", [request.path])


def new_result(request: Request, name: str, inputs: Sequence[Path]) -> Path:
    """A workbook of that name in the results folder. One that is open in Excel, or that somebody has changed, stays:
    the new one stands beside it, numbered.

    Raises: OutputRefused where nothing of that name can be written.
    """
    return free_result(request.folder, name, inputs, request.taken)


def free_result(folder: Path, name: str, inputs: Sequence[Path] = (), taken: Collection[str] = ()) -> Path:
    """A file of that name in a folder of results, as `new_result`."""
    made_folder(folder)
    path = folder / name
    try:
        refuse_output(path, inputs, [path.suffix])
    except OutputRefused as refusal:
        if refusal.problem.name not in ("output_changed", "output_in_use"):
            raise
        return free_name(path, taken)
    return free_name(path, taken) if name.lower() in taken else path


def selected_person(request: Request, program: Program) -> str | None:
    """The person in the selected row, the selected cell first."""
    people = (program.find_person(word) for word in request.words)
    return next((person for person in people if person is not None), None)


def selected_people(request: Request, program: Program) -> list[str]:
    """Everybody whose row is selected."""
    rows = request.rows or [request.words]
    found = (selected_person(replace(request, words=row), program) for row in rows)
    return list(dict.fromkeys(person for person in found if person is not None))


def first_reason(problems: Sequence[Problem]) -> Text:
    """Why nothing can be done: the first reason, with what to do."""
    first = next((p for p in problems if p.severity is Severity.ERROR), problems[0])
    return Text(*(f"{first.message(lang)}\n{first.hint(lang)}" for lang in ("zh", "en")))

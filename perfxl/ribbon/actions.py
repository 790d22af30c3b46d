"""What the ribbon's buttons do. An action gets the desk and gives a message for the user, blank where there is
nothing to say."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from perfxl.core.cells import cell_place
from perfxl.core.language import Text
from perfxl.core.problem_table import spell_counts
from perfxl.core.problems import count, has_errors
from perfxl.disk import private_folder
from perfxl.ribbon.exchange_jobs import QUESTIONS, Question, is_locked
from perfxl.ribbon.jobs import JOBS, has_own_tables
from perfxl.ribbon.open_book import HEADER_ROW, CellRef, OpenBook, make_marks
from perfxl.ribbon.request import Progress, Request, Result
from perfxl.workbook.reading.read import source_of_result

NO_WORKBOOK = Text(
    "请先打开方案工作簿（黄条提示“受保护的视图”时，先点“启用编辑”）。",
    "Open a program workbook first (if a yellow bar says Protected View, click Enable Editing).",
)
_NO_MARKS = Text("没有标记。请先点“检查”。", "There are no marks. Click Check first.")
_CLEARED = Text("已清除 {} 处标记。", "{} marks taken off.")
_NO_FILES = Text("还没有生成过文件：{}", "No files have been made yet: {}")
_UNMARKED = Text(
    "其中 {} 处未能标记（工作表有保护，或单元格已有讨论），请看列表。",
    "{} cells could not be marked (protected sheet, or a discussion there): see the list.",
)
_CHOOSE_FILES = Text("要导入哪些表格？（可多选）", "Which tables are to be imported? (several may be chosen)")
_NOT_UNDERSTOOD = Text("看不懂“{}”。", "“{}” was not understood. ")
_CHOOSE_RETURNED = Text("发回的填报表放在哪个文件夹？", "Which folder holds the workbooks that came back?")
_PASSWORD = Text(
    "有的文件设了密码，打不开。密码是什么？（不填：跳过这些文件）",
    "Some files have a password. Which? (blank: leave those files out)",
)
_WENT_BACK = Text("“{}”是结果，已回到它的方案“{}”。", "“{}” is a result: this is of its program, “{}”.")
_FINDINGS = Text("问题和提示都列在“{}”表。", "Problems and notices: on the sheet {}.")
_CHOOSE = Text("新方案放在哪个文件夹？", "A folder for the new program")


@dataclass(frozen=True)
class Desk:
    """What an action works with: the workbook, the user's language, what the button is called; and, where that
    workbook is the program of a result, what the result is called that the user came from."""

    book: OpenBook
    lang: str
    title: str = ""
    came_from: str = ""

    def say(self, text: Text, *details: object) -> str:
        """The text in the user's language, its details put in."""
        return text(self.lang).format(*details)


Action = Callable[[Desk], str]


def job(name: str) -> Action:
    """The action that runs a job on the open workbook, puts its pages there and marks what it found."""

    def run(desk: Desk) -> str:
        if not desk.book.is_program():
            return desk.say(NO_WORKBOOK)
        with _asked(desk) as (desk, request):
            return _finish(desk, JOBS[name](request))

    return run


def new(desk: Desk) -> str:
    """A new program in a folder that the user chooses."""
    folder = desk.book.ask_folder(desk.say(_CHOOSE))
    return _finish(desk, JOBS["new"](Request(Path(), folder, desk.lang))) if folder else ""


def import_tables(desk: Desk) -> str:
    """A program of the open workbook, where it is a table of HR's own; else of files that the user chooses."""
    with private_folder(Path(tempfile.gettempdir())) as folder, _shown_progress(desk) as progress:
        path = desk.book.save_copy(folder) if desk.book.is_program() else None
        if path and has_own_tables(path):
            return _finish(desk, JOBS["import"](Request(path, desk.book.folder(), desk.lang, progress=progress)))
        files = desk.book.ask_files(desk.say(_CHOOSE_FILES))
        if not files:
            return ""
        request = Request(Path(), files[0].parent, desk.lang, files=files, progress=progress)
        return _finish(desk, JOBS["import"](request))


def distribute(audience: str) -> Action:
    """The action that asks what is to be filled in, when and by whom, and makes the workbooks."""

    def run(desk: Desk) -> str:
        if not desk.book.is_program():
            return desk.say(NO_WORKBOOK)
        answers = {"audience": audience}
        for question in QUESTIONS:
            answer = _ask(desk, question)
            if answer is None:
                return ""
            answers[question.name] = answer
        with _asked(desk) as (desk, request):
            return _finish(desk, JOBS["distribute"](replace(request, answers=answers)))

    return run


def take_back(name: str, rule: str = "", then: str = "") -> Action:
    """The action that runs a job on the workbooks that came back into a folder; files with a password are asked for
    theirs until all are open or the user has no more of them.

    then  what the job is to make as well, once all are open
    """

    def run(desk: Desk) -> str:
        if not desk.book.is_program():
            return desk.say(NO_WORKBOOK)
        back = desk.book.ask_folder(desk.say(_CHOOSE_RETURNED))
        if back is None:
            return ""
        with _asked(desk) as (desk, request):
            answers = {"rule": rule} if rule else {}
            request = replace(request, files=(back,), answers=answers)
            result, passwords = JOBS[name](request), list[str]()
            while is_locked(result) and (password := desk.book.ask_text(desk.say(_PASSWORD), "")):
                passwords.append(password)
                again = replace(request, answers={**answers, "passwords": "\n".join(passwords)})
                result = JOBS[name](again)
            if then:
                asked = {**answers, "passwords": "\n".join(passwords), then: "yes"}
                result = JOBS[name](replace(request, answers=asked))
            return _finish(desk, result)

    return run


def _ask(desk: Desk, question: Question) -> str | None:
    """The answer to a question, asked until it is understood; None where the user cancelled."""
    asked, proposed = desk.say(question.text), question.propose(desk.lang)
    while (answer := desk.book.ask_text(asked, proposed)) is not None and not question.understood(answer):
        asked, proposed = desk.say(_NOT_UNDERSTOOD, answer) + desk.say(question.text), question.propose(desk.lang)
    return answer


@contextmanager
def _asked(desk: Desk) -> Iterator[tuple[Desk, Request]]:
    """The desk with the program, and what a job is asked of it. Of a result that is open, such as a score workbook, the
    program that it was made from; what is selected there still counts."""
    selected = desk.book.selected()
    with private_folder(Path(tempfile.gettempdir())) as folder, _shown_progress(desk) as progress:
        path = desk.book.save_copy(folder)
        source = source_of_result(path)
        program = desk.book.program_of(source) if source else None
        if program is not None:
            desk, path = replace(desk, book=program, came_from=desk.book.name), program.save_copy(folder)
        yield desk, Request(path, desk.book.folder(), desk.lang, selected.words, progress, rows=selected.rows)


def clear(desk: Desk) -> str:
    """Takes all marks off."""
    cleared = desk.book.clear_marks()
    return desk.say(_CLEARED, cleared) if cleared else desk.say(_NO_MARKS)


def step(by: int) -> Action:
    """The action that goes to the next marked cell (1) or to the one before (-1), round and round."""

    def run(desk: Desk) -> str:
        marked = desk.book.marked()
        if not marked:
            return desk.say(_NO_MARKS)
        at = _after([place for place, _ in marked], desk.book.selected().place, by)
        place, text = marked[at]
        desk.book.go_to(place)
        desk.book.status(f"{at + 1}/{len(marked)}  {place.sheet}!{place.cell}  {text.partition(chr(10))[0]}")
        return ""

    return run


def open_folder(desk: Desk) -> str:
    """Opens the folder that files were written to."""
    if not desk.book.is_program():
        return desk.say(NO_WORKBOOK)
    folder = desk.book.folder()
    if not folder.is_dir():
        return desk.say(_NO_FILES, folder)
    desk.book.show(folder)
    return ""


def _finish(desk: Desk, result: Result) -> str:
    """Puts what a job gave into the workbook and says what came of it."""
    lines = [desk.say(_WENT_BACK, desk.came_from, desk.book.name)] if desk.came_from else []
    lines += [told] if (told := desk.say(result.message)) else []
    if desk.book.is_program():  # where no workbook is open there is no place for pages and marks
        lines += _put(desk, result)
    if result.problems:
        counts = {severity: n for severity, n in count(result.problems).items() if n}
        lines.append(spell_counts(counts, desk.lang))
    if result.to_show:
        desk.book.show(result.to_show)
    return "\n".join(lines)


def _put(desk: Desk, result: Result) -> list[str]:
    """The pages and marks of a result; what shows them first is its own page, else what is wrong, else what was
    selected before. Returns: what is to be said of them."""
    place, said = desk.book.selected().place, list[str]()
    for page in (*result.pages, *([result.findings] if result.findings else [])):
        desk.book.put(page)
    if result.to_mark:
        desk.book.clear_marks()
        left = desk.book.mark(make_marks(result.problems, desk.lang))
        said += [desk.say(_UNMARKED, len(left))] if left else []
    shown = result.pages[0] if result.pages else result.findings if has_errors(result.problems) else None
    desk.book.go_to(CellRef(shown.sheet, f"A{HEADER_ROW}") if shown else place)
    if result.findings:
        said.append(desk.say(_FINDINGS, result.findings.sheet))
    return said


@contextmanager
def _shown_progress(desk: Desk) -> Iterator[Progress]:
    """Shows in the status bar how far a job is, once for each percent: every word to Excel takes its time."""
    last = -1

    def progress(done: int, total: int) -> None:
        nonlocal last
        percent = 100 * done // total if total else 0
        if percent != last:
            last = percent
            desk.book.status(f"perfxl {desk.title} {done}/{total}")

    desk.book.status(f"perfxl {desk.title} …")
    try:
        yield progress
    finally:
        desk.book.status("")


def _after(places: Sequence[CellRef], at: CellRef, by: int) -> int:
    """The place to go to from a cell. Marks come sheet by sheet; from a sheet without any it is the first or last."""
    here = [i for i, place in enumerate(places) if place.sheet == at.sheet]
    ahead = [i for i in here if (cell_place(places[i].cell) > cell_place(at.cell)) == (by > 0) and places[i] != at]
    if ahead:
        return ahead[0] if by > 0 else ahead[-1]
    if here:
        return (here[-1] + 1) % len(places) if by > 0 else here[0] - 1
    return 0 if by > 0 else len(places) - 1

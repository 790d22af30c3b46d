"""What the ribbon's buttons do. An action gets the desk and gives a message for the user, blank where there is nothing
to say. One that needs a job done orders it, waits at the `yield` for what comes of it, and goes on: the job may take
minutes in a process of its own."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from perfxl.core.cells import cell_place
from perfxl.core.language import Text, several
from perfxl.core.problem_table import spell_counts
from perfxl.core.problems import Address, Problem, count, has_errors, problem
from perfxl.disk import made_folder, private_folder
from perfxl.ribbon import adopting
from perfxl.ribbon.exchange_jobs import (
    OWN_PASSWORD,
    QUESTIONS,
    Question,
    has_own_password,
    is_locked,
    lacks_record,
)
from perfxl.ribbon.jobs import has_own_tables
from perfxl.ribbon.open_book import HEADER_ROW, CellRef, Content, OpenBook, Page, make_marks
from perfxl.ribbon.page_file import write_pages
from perfxl.ribbon.request import (
    Change,
    Order,
    Request,
    Result,
    first_reason,
    free_result,
    problems_page,
    with_findings,
)
from perfxl.tables.grid import OWN_PAGES, OWN_PREFIX
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
_ECHOED = 40  # characters of an answer: Excel takes no question of more than 255
_CHOOSE_RETURNED = Text("发回的填报表放在哪个文件夹？", "Which folder holds the workbooks that came back?")
_CHOOSE_SENT = Text(
    "没有找到下发记录。填报表当时下发到哪个文件夹？（取消：没有记录也收集）",
    "The record of what was sent was not found. Which folder were the workbooks sent from? (Cancel: go on without)",
)
_PASSWORD = Text(
    "有的文件设了密码，打不开。密码是什么？（不填：跳过这些文件）",
    "Some files have a password. Which? (blank: leave those files out)",
)
_WENT_BACK = Text("“{}”是结果，已回到它的方案“{}”。", "“{}” is a result: this is of its program, “{}”.")
_FINDINGS = Text("问题和提示都列在“{}”表。", "Problems and notices: on the sheet {}.")
_CHOOSE_TEMPLATE = Text("用哪个 Word 模板（.docx）？", "Which Word template (.docx)?")
_CHOOSE_FORM = Text("用哪个填报表模板（.xlsx）？", "Which template of forms (.xlsx)?")
_CHOOSE_SCORECARD = Text("用哪个得分表模板（.xlsx）？", "Which template of score sheets (.xlsx)?")
_NOT_ADOPTED = Text("没有采用过建议，不用撤销。", "No proposals were taken: nothing to undo.")
_UNDONE = Text("已还原 {} 个权重。", "Weights that have their former value again: {}.")
_PARTLY_UNDONE = Text(
    "已还原 {} 个权重；{} 个后来改过或找不到，没有动，见“{}”表。",
    "{} weights have their former value again; {} were changed since or are gone and stay: see {}.",
)
_NO_WAY_BACK = Text(
    "工作簿的结构有保护，加不了“PX 采用”表，采用后无法还原，所以没有采用。请先在“审阅”里取消“保护工作簿”。",
    "The structure of the workbook is protected: the page that undoing needs cannot be added, so nothing was taken. "
    "First click Review, Protect Workbook.",
)
_IN_A_FILE = Text(
    "工作簿的结构有保护，加不了工作表（在“审阅”里取消“保护工作簿”后再点）。这次的结果另存为：{}",
    "The structure of the workbook is protected and no sheet can be added (Review, Protect Workbook, then click "
    "again). This time the pages are in {}",
)
_SAME_NAME = Text(
    "没有打开它：另一个名为“{}”的工作簿开着，Excel 不能同时打开两个同名的。关掉那一个再打开。",
    "It was not opened: another workbook called “{}” is open, and Excel opens no two of one name. Close it first.",
)
_CHOOSE = Text("新方案放在哪个文件夹？", "A folder for the new program")


@dataclass
class Desk:
    """What an action works with: the workbook, the user's language, what the button is called, what is ticked on the
    ribbon; and, where that workbook is the program of a result, what the result is called that the user came from."""

    book: OpenBook
    lang: str
    title: str = ""
    came_from: str = ""
    ticked: frozenset[str] = frozenset()

    def say(self, text: Text, *details: object) -> str:
        """The text in the user's language, its details put in."""
        return text(self.lang).format(*details)


Steps = Generator[Order, Result, str]
"""An action under way: it orders jobs, is told what came of each, and ends with its message."""

Action = Callable[[Desk], str | Steps]


def job(name: str) -> Action:
    """The action that runs a job on the open workbook, puts its pages there and marks what it found."""

    def run(desk: Desk) -> Steps:
        if not desk.book.is_program():
            return desk.say(NO_WORKBOOK)
        with _asked(desk) as request:
            return _finish(desk, (yield Order(name, request)))

    return run


def new(desk: Desk) -> Steps:
    """A new program in a folder that the user chooses."""
    folder = desk.book.ask_folder(desk.say(_CHOOSE))
    return _finish(desk, (yield Order("new", Request(Path(), folder, desk.lang)))) if folder else ""


def import_tables(desk: Desk) -> Steps:
    """A program of the open workbook, where it is a table of HR's own; else of files that the user chooses."""
    with private_folder(Path(tempfile.gettempdir())) as folder:
        path = desk.book.save_copy(folder) if desk.book.is_program() else None
        if path and has_own_tables(path):
            return _finish(
                desk,
                (yield Order("import", Request(path, desk.book.folder(), desk.lang, taken=desk.book.open_names()))),
            )
        files = desk.book.ask_files(desk.say(_CHOOSE_FILES))
        if not files:
            return ""
        request = Request(Path(), files[0].parent, desk.lang, files=files, taken=desk.book.open_names())
        return _finish(desk, (yield Order("import", request)))


def score(desk: Desk) -> str | Steps:
    """Scores everybody, with score sheets of HR's own where that box is ticked."""
    if not desk.book.is_program():
        return desk.say(NO_WORKBOOK)
    template = _template(desk, "scorecard", _CHOOSE_SCORECARD)
    return "" if template is None else _scored(desk, template)


def _scored(desk: Desk, template: dict[str, str]) -> Steps:
    with _asked(desk) as request:
        return _finish(desk, (yield Order("score", replace(request, answers=template))))


def _template(desk: Desk, box: str, question: Text) -> dict[str, str] | None:
    """A template of HR's own, as an answer, where a box is ticked; None where none was chosen then."""
    if box not in desk.ticked:
        return {}
    chosen = desk.book.ask_files(desk.say(question))
    return {"template": str(chosen[0])} if chosen else None


def distribute(audience: str) -> Action:
    """The action that asks what is to be filled in, when and by whom, and makes the workbooks, from a template of HR's
    own where that box is ticked."""

    def run(desk: Desk) -> Steps:
        if not desk.book.is_program():
            return desk.say(NO_WORKBOOK)
        answers = {"audience": audience}
        questions = [*QUESTIONS]
        for question in questions:
            answer = _ask(desk, question)
            if answer is None:
                return ""
            answers[question.name] = answer
            if question.name == "how" and has_own_password(answer):
                questions.append(OWN_PASSWORD)
        template = _template(desk, "form", _CHOOSE_FORM)
        if template is None:
            return ""
        answers |= template
        with _asked(desk) as request:
            return _finish(desk, (yield Order("distribute", replace(request, answers=answers))))

    return run


def take_back(name: str, rule: str = "", then: str = "") -> Action:
    """The action that runs a job on the workbooks that came back into a folder; files with a password are asked for
    theirs until all are open or the user has no more of them. Where what was sent is not known, its folder is asked
    for.

    then  what the job is to make as well, once all are open
    """

    def run(desk: Desk) -> Steps:
        if not desk.book.is_program():
            return desk.say(NO_WORKBOOK)
        back = desk.book.ask_folder(desk.say(_CHOOSE_RETURNED))
        if back is None:
            return ""
        with _asked(desk) as request:
            answers = {"rule": rule, **dict.fromkeys(desk.ticked, "yes")}
            request = replace(request, files=(back,), answers=answers)
            result, passwords = (yield Order(name, request)), list[str]()
            if lacks_record(result) and (sent := desk.book.ask_folder(desk.say(_CHOOSE_SENT))):
                request = replace(request, answers={**request.answers, "sent": str(sent)})
                result = yield Order(name, request)
            while is_locked(result) and (password := desk.book.ask_text(desk.say(_PASSWORD), "")):
                passwords.append(password)
                request = replace(request, answers={**request.answers, "passwords": "\n".join(passwords)})
                result = yield Order(name, request)
            if then:
                result = yield Order(name, replace(request, answers={**request.answers, then: "yes"}))
            return _finish(desk, result)

    return run


def _ask(desk: Desk, question: Question) -> str | None:
    """The answer to a question, asked until it is understood; None where the user cancelled."""
    asked, proposed = desk.say(question.text), question.propose(desk.lang)
    while (answer := desk.book.ask_text(asked, proposed)) is not None and not question.understood(answer):
        said = f"{answer[:_ECHOED]}…" if len(answer) > _ECHOED else answer
        asked, proposed = desk.say(_NOT_UNDERSTOOD, said) + desk.say(question.text), question.propose(desk.lang)
    return answer


@contextmanager
def _asked(desk: Desk) -> Iterator[Request]:
    """What a job is asked of the program. Of a result that is open, such as a score workbook, the desk goes back to the
    program that it was made from; what is selected there still counts."""
    selected = desk.book.selected()
    with private_folder(Path(tempfile.gettempdir())) as folder:
        path = desk.book.save_copy(folder)
        source = source_of_result(path)
        program = desk.book.program_of(source) if source else None
        if program is not None:
            desk.book, desk.came_from = program, desk.book.name
            path = program.save_copy(folder)
        book = desk.book
        yield Request(path, book.folder(), desk.lang, selected.words, rows=selected.rows, taken=book.open_names())


def documents(how: str) -> Callable[[str], Action]:
    """For each kind of papers the action that makes them: of everybody ("documents") or of the selected people
    ("selected"), as the boxes of the ribbon say. A template of HR's own is asked for where that box is ticked."""

    def of_kind(kind: str) -> Action:
        def run(desk: Desk) -> Steps:
            if not desk.book.is_program():
                return desk.say(NO_WORKBOOK)
            template = _template(desk, "template", _CHOOSE_TEMPLATE)
            if template is None:
                return ""
            answers = {**dict.fromkeys(desk.ticked, "yes"), **template}
            with _asked(desk) as request:
                return _finish(desk, (yield Order(f"{how}.{kind}", replace(request, answers=answers))))

        return run

    return of_kind


def adopt(whose: str) -> Action:
    """The action that writes proposed weights into the program, reads it again, and puts everything back where what was
    written is not read as it was meant."""

    def run(desk: Desk) -> Steps:
        if not desk.book.is_program():
            return desk.say(NO_WORKBOOK)
        with _asked(desk) as request:
            found = yield Order(f"adopt.{whose}", request)
            if not found.changes:
                return _finish(desk, found)
            taken, kept = adopting.plan(desk.book, found.changes)
            if not taken:
                return _finish(desk, _refused(kept, found, desk))
            if not desk.book.takes_sheets():  # without the page that remembers them there is no way back
                return desk.say(_NO_WAY_BACK)
            before = adopting.read_taken(desk.book)
            page = _remember(desk, [*before, *taken])
            _write(desk, [(each.change.place, each.after) for each in taken])
            try:
                path = desk.book.save_copy(made_folder(request.path.parent / "again"))
                changes = [each.change for each in taken]
                read = yield Order("adopted", replace(request, path=path, changes=changes))
            except GeneratorExit:
                _take_back(desk, taken, before)
                raise
            off = next((change for change in changes if change not in read.changes), None)
            if off:  # or the program could not be read at all
                _take_back(desk, taken, before)
                address = Address(desk.book.name, off.place.sheet, off.place.cell)
                wrong = problem(
                    "proposal_not_read", address, table="contract_lines", column="weight", value=off.contract
                )
                return _finish(desk, _refused([wrong, *kept], found, desk))
            contracts = len({each.change.contract for each in taken})
            left_out = found.message if found.message != adopting.ALL_LEGAL else Text("", "")
            message = Text(
                f"已采用 {contracts} 份合同的建议，改了 {len(taken)} 个权重；前后对照见“{page.sheet}”表，"
                f"“撤销采用”可还原。{left_out.zh}",
                f"Proposals taken of {several(contracts, 'contract')}: {several(len(taken), 'weight')}, before and "
                f"after on {page.sheet}. Undo proposals takes them back. {left_out.en}".rstrip(),
            )
            problems = [*kept, *read.problems]
            return _finish(desk, with_findings(Result(message, problems, [page]), request))

    return run


def unadopt(desk: Desk) -> Steps:
    """Gives the weights that proposals have changed their former contents back; what was changed since stays."""
    if not desk.book.is_program():
        return desk.say(NO_WORKBOOK)
    with _asked(desk) as request:
        taken = adopting.read_taken(desk.book)
        if not taken:
            return desk.say(_NOT_ADOPTED)
        found = yield Order("unadopt", replace(request, changes=[each.change for each in taken]))
        if has_errors(found.problems):  # the program cannot be read
            return _finish(desk, found)
        left = _give_back(desk, taken, found.changes)
        if left:
            page = _remember(desk, left)
            return desk.say(_PARTLY_UNDONE, len(taken) - len(left), len(left), page.sheet)
        _remove_taken(desk)
        return desk.say(_UNDONE, len(taken))


def _give_back(desk: Desk, taken: Sequence[adopting.Taken], changes: Sequence[Change]) -> list[adopting.Taken]:
    """Types into each cell what it held before, the last one first. Returns: those that were changed since."""
    places = {change._replace(place=CellRef("", "")): change.place for change in changes}
    left = []
    for each in reversed(taken):
        place = places.get(each.change._replace(place=CellRef("", "")))
        cell = desk.book.read_cell(place) if place else None
        if place and cell and adopting.is_as_left(cell, each) and not cell.is_locked:
            _write(desk, [(place, each.before)])
        else:
            left.append(each)
    return left[::-1]


def _take_back(desk: Desk, taken: Sequence[adopting.Taken], before: Sequence[adopting.Taken]) -> None:
    """As it was before: the cells, and the page."""
    _write(desk, [(each.change.place, each.before) for each in taken])
    if before:
        _remember(desk, before)
    else:
        _remove_taken(desk)


def _remember(desk: Desk, taken: Sequence[adopting.Taken]) -> Page:
    """The page of what was taken, the only one, whatever language an earlier one was in."""
    page = adopting.taken_page(taken, desk.lang)
    desk.book.put(page)
    for title in OWN_PAGES["taken"]:
        if title != page.title:
            desk.book.remove(OWN_PREFIX + title)
    return page


def _write(desk: Desk, cells: Iterable[tuple[CellRef, Content]]) -> None:
    for place, value in cells:
        desk.book.write_cell(place, value)


def _remove_taken(desk: Desk) -> None:
    for title in OWN_PAGES["taken"]:
        desk.book.remove(OWN_PREFIX + title)


def _refused(reasons: Sequence[Problem], found: Result, desk: Desk) -> Result:
    """Nothing was taken; why, before all that is wrong anyway."""
    page = found.findings
    result = Result(first_reason(reasons), [*reasons, *found.problems], findings=page)
    if page:
        result.findings = problems_page(result.problems, desk.lang, desk.book.name)
    return result


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
    if result.to_show and not desk.book.show(result.to_show):
        lines.append(desk.say(_SAME_NAME, result.to_show.name))
    return "\n".join(lines)


def _put(desk: Desk, result: Result) -> list[str]:
    """The pages and marks of a result; what shows them first is its own page, else what is wrong, else what was
    selected before. Returns: what is to be said of them."""
    place, said = desk.book.selected().place, list[str]()
    pages = [*result.pages, *([result.findings] if result.findings else [])]
    in_book = desk.book.takes_sheets()
    if in_book:
        for page in pages:
            desk.book.put(page)
    elif pages:
        said.append(_put_elsewhere(desk, pages))
    if result.to_mark:
        desk.book.clear_marks()
        left = desk.book.mark(make_marks(result.problems, desk.lang))
        said += [desk.say(_UNMARKED, len(left))] if left else []
    shown = result.pages[0] if result.pages else result.findings if has_errors(result.problems) else None
    desk.book.go_to(CellRef(shown.sheet, f"A{HEADER_ROW}") if shown and in_book else place)
    if result.findings and in_book:
        said.append(desk.say(_FINDINGS, result.findings.sheet))
    return said


def _put_elsewhere(desk: Desk, pages: Sequence[Page]) -> str:
    """The pages in a workbook of their own, which is opened. Returns: what is to be said of it."""
    name = f"{Path(desk.book.name).stem}-{pages[0].sheet}.xlsx"  # never that of the result itself
    free = free_result(desk.book.folder(), name, taken=desk.book.open_names())
    path = write_pages(free, pages, desk.book.name)
    desk.book.show(path)
    return desk.say(_IN_A_FILE, path)


def _after(places: Sequence[CellRef], at: CellRef, by: int) -> int:
    """The place to go to from a cell. Marks come sheet by sheet; from a sheet without any it is the first or last."""
    here = [i for i, place in enumerate(places) if place.sheet == at.sheet]
    ahead = [i for i in here if (cell_place(places[i].cell) > cell_place(at.cell)) == (by > 0) and places[i] != at]
    if ahead:
        return ahead[0] if by > 0 else ahead[-1]
    if here:
        return (here[-1] + 1) % len(places) if by > 0 else here[0] - 1
    return 0 if by > 0 else len(places) - 1

"""Workbooks out to managers and back, as the ribbon's buttons ask for it: what is asked of the user, and the jobs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from perfxl.core.language import Text
from perfxl.core.problems import Problem, problem
from perfxl.core.requests import JOBS, choose_people
from perfxl.core.schema import column_label, get
from perfxl.core.values.dates import parse_date, parse_period, period_span
from perfxl.disk import made_folder
from perfxl.exchange.changes import LATEST, STOP
from perfxl.judgement import each_once
from perfxl.program import Program
from perfxl.ribbon.open_book import CellRef, FileLink, Page, PageColumn, Value
from perfxl.ribbon.request import (
    MOST_LISTED,
    Request,
    Result,
    first_reason,
    new_result,
    of_program,
    problems_page,
    result_path,
)
from perfxl.tables.grid import OWN_PAGES

if TYPE_CHECKING:
    from perfxl.exchange.changes import FileState
    from perfxl.exchange.collect import Collected

__all__ = [
    *("AUDIENCE_LABELS", "OWN_PASSWORD", "QUESTIONS", "REMINDERS", "RULES", "Question"),
    *("collect", "distribute", "has_own_password", "is_locked", "lacks_record", "remind"),
]

AUDIENCE_LABELS = {
    "manager": Text("每位上级一份", "One for each manager"),
    "reporter": Text("每位数据上报人一份", "One for each reporter of data"),
    "unit": Text("每个部门一份", "One for each unit"),
    "person": Text("每人一份", "One for each person"),
}
_SETTINGS = "settings"  # a rule of its own: what the parameters of the program say
RULES = {
    _SETTINGS: Text("两份不一样的，按参数“收集冲突”", "Where two disagree, as the settings say"),
    STOP: Text("两份不一样的，都不采用", "Where two disagree, take neither"),
    LATEST: Text("两份不一样的，采用后改的", "Where two disagree, take the later one"),
}
REMINDERS = {
    "list": Text("只列名单", "Only list them"),
    "drafts": Text("列名单，并生成邮件草稿", "List them and draft mails"),
}
_WAYS = {
    "drafts": Text("邮件草稿", "mail drafts"),
    "list": Text("邮件合并清单", "mail merge list"),
    "each": Text("每份密码", "a password each"),
    "one": Text("统一密码", "one password"),
    "own": Text("自定密码", "password of mine"),
    "zip": Text("部门压缩包", "archives of units"),
}
"""How workbooks go out besides as files in a folder."""
_PASSWORDS = {"each", "one", "own"}  # one of them at most
_DAYS = 7  # until forms are due, where nobody says otherwise
_PARTS = re.compile(r"[,，、;；\s]+")


class Question(NamedTuple):
    """Something that the user is asked before a job: its name, the question, what is proposed (blank: nothing), and
    whether an answer is understood."""

    name: str
    text: Text
    propose: Callable[[str], str]
    understood: Callable[[str], bool]


def _jobs(text: str) -> list[str]:
    """The jobs that an answer names; none where a word is not known."""
    return _named(text, {job.name: job.text for job in JOBS.values()}) or []


def _ways(text: str) -> list[str] | None:
    """How workbooks are to go out; None where a word is not known, or passwords of two kinds are."""
    ways = _named(text, _WAYS)
    return None if ways is None or len(_PASSWORDS & {*ways}) > 1 else ways


def _named(text: str, choices: Mapping[str, Text]) -> list[str] | None:
    """What an answer names, in either language or by its short name; None where a word is not known."""
    for name, label in choices.items():  # spaces part names, and stand within some
        text = re.sub(re.escape(label.en), name, text, flags=re.IGNORECASE)
    names = {word.casefold(): name for name, label in choices.items() for word in (name, *label)}
    named = [names.get(word.casefold()) for word in _PARTS.split(text) if word]
    return None if None in named else [name for name in choices if name in named]


def _due(text: str) -> date | None:
    found = parse_date(text).value
    return found if isinstance(found, date) else None


_ALL_JOBS = Text(*("、".join(job.text(lang) for job in JOBS.values()) for lang in ("zh", "en")))
_ALL_WAYS = Text(*("、".join(way(lang) for way in _WAYS.values()) for lang in ("zh", "en")))
QUESTIONS = (
    Question(
        "what",
        Text(f"要填什么？可以是：{_ALL_JOBS.zh}", f"What is to be filled in? Any of: {_ALL_JOBS.en}"),
        lambda lang: "、".join(JOBS[name].text(lang) for name in ("actuals", "grades")),
        lambda text: bool(_jobs(text)),
    ),
    Question(
        "period",
        Text(
            "填哪一期？写成 2026、2026H1、2026Q1 或 2026-01；不填：合同的全部各期",
            "Which period? Such as 2026, 2026H1, 2026Q1 or 2026-01; blank: all periods of the contracts",
        ),
        lambda lang: "",
        lambda text: not text or isinstance(parse_period(text).value, str),
    ),
    Question(
        "due",
        Text("哪天截止？写成 2026-04-10；不填：不写截止日期", "By when? Such as 2026-04-10; blank: no date"),
        lambda lang: (date.today() + timedelta(days=_DAYS)).isoformat(),
        lambda text: not text or _due(text) is not None,
    ),
    Question(
        "who",
        Text(
            "只发给谁？写一个部门，或几个人（工号或姓名，用逗号分开）；不填：全部",
            "Only for whom? A unit, or people by ID or name, parted by commas; blank: everybody",
        ),
        lambda lang: "",
        lambda text: True,
    ),
    Question(
        "how",
        Text(
            f"怎样发出？可以是：{_ALL_WAYS.zh}；不填：只生成文件",
            f"How do they go out? Any of: {_ALL_WAYS.en}; blank: as files alone",
        ),
        lambda lang: "",
        lambda text: _ways(text) is not None,
    ),
)
"""Asked before workbooks are sent out, in this order."""

OWN_PASSWORD = Question(
    "password",
    Text(
        "用什么密码？全部文件都用它；它只记在密码表里，只有本人可读",
        "Which password? It opens all files, and is kept on the list of passwords alone, which only you can read",
    ),
    lambda lang: "",
    bool,
)
"""Asked as well where HR gives one of its own."""


def has_own_password(how: str) -> bool:
    """Whether an answer says that HR gives a password of its own."""
    return "own" in (_ways(how) or [])


@of_program
def distribute(request: Request, program: Program) -> Result:
    """One workbook for each recipient, in a folder of its own: what was sent before stays known."""
    from perfxl.exchange.mail import DRAFT_FOLDER, LIST_NAME, invitations, judge_addresses, write_drafts, write_list
    from perfxl.exchange.passwords import EACH, ONE
    from perfxl.exchange.send import Order
    from perfxl.exchange.send import distribute as send

    answers = request.answers
    chosen, nobody = _chosen(program, answers.get("who", ""))
    if nobody:
        return Result(first_reason(nobody), nobody)
    period, audience = str(parse_period(answers.get("period", "")).value or ""), answers["audience"]
    jobs, ways = tuple(_jobs(answers["what"])), _ways(answers.get("how", "")) or []
    order = Order(
        audience=audience,
        jobs=jobs,
        within=period_span(period) if period else None,
        period=period,
        due=_due(answers.get("due", "")),
        chosen=chosen,
        passwords=EACH if "each" in ways else ONE if "one" in ways else "",
        password=answers.get("password", ""),
        bundles="zip" in ways,
        template=Path(answers["template"]) if answers.get("template") else None,
    )
    name = " ".join(word for word in (_SENT(program.lang), _FOLDERS[audience](program.lang), period) if word)
    out = _new_folder(request.folder, name)
    sent, problems = send(program, out, order, request.progress)
    if not sent.files:
        return Result(first_reason(problems), problems)
    mails = invitations(sent.files, sent.batch, out)
    drafts: list[Path] = []
    lists = [sent.passwords] if sent.passwords else []
    if "drafts" in ways:
        drafts, kept = write_drafts(out / DRAFT_FOLDER(program.lang), mails)
        problems += kept
    if "list" in ways:
        lists.insert(0, out / f"{LIST_NAME(program.lang)}.xlsx")
        problems += write_list(lists[0], mails, program.lang)
    if not {"drafts", "list"}.isdisjoint(ways):
        problems += judge_addresses(mails, program.tables)
    lang = request.lang
    headers = (column_label("people", "person", lang), _WHO(lang), _UNIT(lang), column_label("people", "email", lang))
    columns = [PageColumn(text, width) for text, width in zip(headers, (14, 18, 22, 40), strict=True)]
    columns += [PageColumn(_ROWS(lang), 8, "0"), PageColumn(_FILE(lang), 48)]
    rows: list[list[Value]] = [
        [f.person, f.name, f.unit, f.email, sum(f.counts.values()), FileLink(f.path, out / f.path)]
        for f in sent.files[:MOST_LISTED]
    ]
    if drafts:
        columns.append(PageColumn(_DRAFT(lang), 48))
        for row, draft in zip(rows, drafts, strict=False):
            row.append(FileLink(draft.name, draft))
    rest = [""] * bool(drafts)
    rows += [["", "", each.stem, "", None, FileLink(each.name, each), *rest] for each in [*sent.bundles, *lists]]
    what = Text("、".join(JOBS[job].text.zh for job in jobs), ", ".join(JOBS[job].text.en for job in jobs))
    about = Text(
        f"{what.zh} {period}。填好发回后，点“收集”。下发记录只留在 HR：{sent.folder}",
        f"{what.en} {period}. When they are back, click Collect. The record is for HR alone: {sent.folder}",
    )
    if sent.passwords:
        words = Text(f"。密码另行告知，密码表：{sent.passwords}", f". Passwords go another way: {sent.passwords}")
        about = Text(about.zh + words.zh, about.en + words.en)
    message = Text(
        f"已生成 {len(sent.files)} 份填报表，清单见“PX 下发”表：{out}",
        f"{len(sent.files)} workbooks, listed on PX Sent: {out}",
    )
    page = Page(OWN_PAGES["sent"](lang), about(lang), columns, rows)
    problems = each_once([*program.all_problems(), *problems])
    files = [out / file.path for file in sent.files]
    return Result(message, problems, [page, problems_page(problems, lang, request.path.name)], files, to_show=out)


@of_program
def collect(request: Request, program: Program) -> Result:
    """What came back, in a copy of the program, which is opened; who has sent what, and every change, on pages; the
    progress workbook; where the user wants them, marked copies of what has problems."""
    from perfxl.exchange.collect import write_collected
    from perfxl.exchange.progress import REPORT_NAME, write_progress

    path = result_path(request, program, Text("已收集", "collected"))
    report = new_result(request, f"{path.stem}_{REPORT_NAME(program.lang)}.xlsx", [request.path])
    back = request.folder / _MARKED(program.lang) if "back" in request.answers else None
    collected = _collected(request, program, path, report, back=back)
    problems = collected.problems
    lang, merged = request.lang, collected.merged
    written = collected.is_changed
    if written:
        problems = each_once([*problems, *write_collected(collected, request.path, path)])
        written = path.is_file()
    whole = path if written else None
    write_progress(report, program.tables, merged, collected.record, problems, program.lang, whole, collected.found)
    states = merged.files
    came, changed = sum(bool(state.names) for state in states), len(collected.merged.changed)
    message = Text(
        f"读取 {collected.files} 个文件，下发 {len(states)} 份，发回 {came} 份；{changed} 处改动，新增 "
        f"{len(merged.added)} 行。{f'收集后的方案：{path}' if written else '方案没有变化，未另存。'}",
        f"{collected.files} files read, {came} of {len(states)} came back; {changed} cells changed, "
        f"{len(merged.added)} rows added. {f'The program with them: {path}' if written else 'Nothing changed.'}",
    )
    if back:
        made = len(collected.marked)
        message = Text(f"{message.zh}\n标注副本 {made} 份：{back}", f"{message.en}\n{made} marked copies: {back}")
    copies = {each.name: FileLink(each.path.name, each.path) for each in collected.marked} if back else None
    pages = [
        _returned_page(states, request.files[0], report, copies, lang),
        *([_changes_page(collected, request.files[0], lang)] if collected.is_changed else []),
        problems_page(problems, lang, request.path.name, request.files[0]),
    ]
    return Result(message, problems, pages, [*([path] if written else []), report], to_show=whole)


@of_program
def remind(request: Request, program: Program) -> Result:
    """Who has not sent the file back, or not filled in all of it. Where the user wants drafts of mails, they go to who
    has something to correct as well."""
    from perfxl.exchange.mail import judge_addresses, write_drafts
    from perfxl.exchange.reminding import reminders

    drafting = bool(request.answers.get("drafts"))
    out = _new_folder(request.folder, _REMINDED(program.lang)) if drafting else None
    collected = _collected(request, program, back=out / _MARKED(program.lang) if out else None)
    lang, states = request.lang, collected.merged.files
    if not states:
        problems = collected.problems or [problem("record_missing")]
        return Result(first_reason(problems), problems)
    copies = {each.name for each in collected.marked}
    late = [s for s in states if s.done < s.asked or not s.names or not copies.isdisjoint(s.names)]
    drafts: list[Path] = []
    problems = []
    if out and late:
        mails = reminders(states, collected.record, collected.marked, program.lang)
        drafts, kept = write_drafts(out, mails)
        problems = [*judge_addresses(mails, program.tables), *kept]
    headers = (_WHO(lang), _UNIT(lang), column_label("people", "email", lang), _STATE(lang))
    columns = [PageColumn(text, width) for text, width in zip(headers, (18, 22, 40, 14), strict=True)]
    columns += [PageColumn(_OPEN(lang), 10, "0"), PageColumn(_FILE(lang), 48)]
    rows: list[list[Value]] = []
    folder = collected.record.folder.parent if collected.record else Path()
    for state in late[:MOST_LISTED]:
        word = _NOT_YET if not state.names else _PARTLY if state.done < state.asked else _TO_CORRECT
        link = FileLink(state.sent.path, folder / state.sent.path)
        who = (state.sent.name, state.sent.unit, state.sent.email)
        rows.append([*who, word(lang), state.asked - state.done, link])
    if drafts:
        columns.append(PageColumn(_DRAFT(lang), 48))
        for row, draft in zip(rows, drafts, strict=False):
            row.append(FileLink(draft.name, draft))
    due = collected.record.batch.due if collected.record else ""
    wrong = Text("、有待改正", ", or to be corrected") if copies else Text("", "")
    about = Text(
        f"下发 {len(states)} 份，{len(late)} 份没有发回、没有填完{wrong.zh}。{f'截止：{due}' if due else ''}",
        f"{len(states)} sent, {len(late)} not back or not complete{wrong.en}. {f'Due: {due}' if due else ''}",
    )
    message = Text(
        f"{len(late)} 份没有发回、没有填完{wrong.zh}，名单见“PX 催报”表。",
        f"{len(late)} not back or not complete{wrong.en}: listed on PX Missing.",
    )
    if drafts:
        message = Text(
            f"{message.zh}邮件草稿 {len(drafts)} 封：{out}", f"{message.en} {len(drafts)} drafts of mails: {out}"
        )
    if not late:
        message = Text("全部发回，都已填完。", "All are back and complete.")
    pages = [Page(OWN_PAGES["missing"](lang), about(lang).strip(), columns, rows)]
    return Result(message, problems, pages, drafts, to_show=out if drafts else None)


def is_locked(result: Result) -> bool:
    """Whether files could not be opened for want of a password."""
    return any(each.name == "password_unknown" for each in result.problems)


def lacks_record(result: Result) -> bool:
    """Whether the record of what was sent was not found."""
    return any(each.name == "record_missing" for each in result.problems)


def _chosen(program: Program, text: str) -> tuple[Callable[[str], bool], list[Problem]]:
    """Who is meant: a unit, else people."""
    if not text:
        return choose_people(program.tables, None, None)
    chosen, unknown = choose_people(program.tables, None, text)
    if unknown:
        chosen, unknown = choose_people(program.tables, [word for word in _PARTS.split(text) if word], None)
    return chosen, unknown


def _new_folder(folder: Path, name: str) -> Path:
    """A folder that is not there yet, numbered where it must be: the record in another one knows other files."""
    made_folder(folder)
    paths = (folder / (name if number == 1 else f"{name} ({number})") for number in count(1))
    return next(path for path in paths if not path.exists())


def _collected(request: Request, program: Program, *outputs: Path, back: Path | None = None) -> Collected:
    from perfxl.exchange.collect import Collection
    from perfxl.exchange.collect import collect as take_in

    rule = request.answers.get("rule", "")
    order = Collection(
        places=tuple(request.files),
        sent=tuple(_sent_folders(request)),
        passwords=tuple(line for line in request.answers.get("passwords", "").split("\n") if line),
        rule="" if rule == _SETTINGS else rule,
        inputs=(request.path, *outputs),
        back=back,
    )
    return take_in(program, order, progress=request.progress)


def _sent_folders(request: Request) -> Iterator[Path]:
    """The folders that workbooks were sent from: the one that the user chose, those of the button, then those beside
    the program and what came back, where the command puts them."""
    from perfxl.exchange.collect import folders_of_sent

    if "sent" in request.answers:
        yield Path(request.answers["sent"])
    places = (request.folder, request.folder.parent, *(place.parent for place in request.files))
    for place in dict.fromkeys(places):
        yield from folders_of_sent(place)


def _returned_page(
    states: Sequence[FileState], folder: Path, report: Path, copies: Mapping[str, FileLink] | None, lang: str
) -> Page:
    """The progress workbook, and everybody who was sent a file, those who have not answered first; with the marked
    copies of what they sent, by its name, where such were asked for."""
    headers = (_WHO(lang), _UNIT(lang), _STATE(lang))
    columns = [PageColumn(text, width) for text, width in zip(headers, (18, 22, 14), strict=True)]
    columns += [PageColumn(_DONE(lang), 8, "0"), PageColumn(_ASKED(lang), 8, "0"), PageColumn(_CAME(lang), 48)]
    rows: list[list[Value]] = [[_REPORT(lang), "", "", None, None, FileLink(report.name, report)]]
    if copies is not None:
        columns.append(PageColumn(_COPY(lang), 48))
        rows[0].append("")
    for state in sorted(states, key=lambda state: (bool(state.names), state.done >= state.asked))[:MOST_LISTED]:
        word = _NOT_YET if not state.names else _COMPLETE if state.done >= state.asked else _PARTLY
        came = _file_link(folder, "；".join(state.names))
        rows.append([state.sent.name, state.sent.unit, word(lang), state.done, state.asked, came])
        if copies is not None:
            rows[-1].append(next((copies[name] for name in reversed(state.names) if name in copies), ""))
    about = Text(
        "每份下发的填报表发回了没有、填了多少；有问题的单元格见“PX 检查”表。",
        "Which of the workbooks sent out are back and how much of each is done; what is wrong stands on PX Check.",
    )
    return Page(OWN_PAGES["returned"](lang), about(lang), columns, rows)


def _changes_page(collected: Collected, folder: Path, lang: str) -> Page:
    """Every cell that got another value, and every new row, with the cell that it came from."""
    headers = (_TABLE, _COLUMN, _OLD, _NEW, _WHO, _FILE, _CELL)
    widths = (16, 18, 16, 16, 18, 40, 22)
    columns = [PageColumn(text(lang), width) for text, width in zip(headers, widths, strict=True)]
    rows: list[list[Value]] = []
    for each in collected.merged.changed[:MOST_LISTED]:
        place = CellRef(each.source.sheet, each.source.cell)
        link = _file_link(folder, each.source.file, place)
        what = (get(each.table).title(lang), column_label(each.table, each.column, lang))
        rows.append([*what, _shown(each.old), _shown(each.new), each.who, link, f"{place.sheet}!{place.cell}"])
    for row in collected.merged.added[: MOST_LISTED - len(rows)]:
        said = "；".join(_shown(value) for value in row.values.values() if value is not None)
        place = CellRef(row.source.sheet, row.source.cell)
        link = _file_link(folder, row.source.file, place)
        rows.append([get(row.table).title(lang), _ROW(lang), "", said, row.who, link, f"{place.sheet}!{place.cell}"])
    about = Text(
        "收集后的方案与打开的方案哪里不同；打开的方案没有改动。",
        "Where the collected program differs from the open one, which is as it was.",
    )
    return Page(OWN_PAGES["changes"](lang), about(lang), columns, rows)


def _file_link(folder: Path, name: str, to: CellRef | None = None) -> Value:
    """A link to what came back; what lay in an archive has none."""
    path = folder / name
    return FileLink(name, path, to) if name and path.is_file() else name


def _shown(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:.15g}" if isinstance(value, float) else str(value)


_SENT = Text("下发", "Sent")
_REMINDED, _MARKED, _DRAFT = Text("催报", "Reminders"), Text("标注副本", "marked copies"), Text("邮件草稿", "Draft")
_TO_CORRECT = Text("有待改正", "to correct")
_REPORT, _COPY = Text("进度表", "Progress workbook"), Text("标注副本", "Marked copy")
_FOLDERS = {
    "manager": Text("上级", "managers"),
    "reporter": Text("上报人", "reporters"),
    "unit": Text("部门", "units"),
    "person": Text("本人", "people"),
}
_WHO, _UNIT = Text("填报人", "Filled in by"), Text("单位", "Unit")
_ROWS, _FILE, _OPEN = Text("行数", "Rows"), Text("文件", "File"), Text("未填行数", "Open rows")
_STATE, _DONE, _ASKED = Text("状态", "State"), Text("已填", "Done"), Text("应填", "Asked")
_CAME = Text("发回的文件", "Came back as")
_NOT_YET, _PARTLY, _COMPLETE = Text("未发回", "not back"), Text("未填完", "incomplete"), Text("已填完", "complete")
_TABLE, _COLUMN, _CELL = Text("表", "Table"), Text("列", "Column"), Text("单元格", "Cell")
_OLD, _NEW, _ROW = Text("原值", "Before"), Text("新值", "Now"), Text("新增一行", "new row")

"""`perfxl distribute` and `perfxl collect`: workbooks that go out to managers and come back."""

from __future__ import annotations

from argparse import Namespace
from concurrent.futures import Executor
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

from perfxl.cli import show, targets
from perfxl.cli.show import CLEAN, PROBLEMS
from perfxl.core.language import Text
from perfxl.core.problems import Problem, has_errors, problem
from perfxl.core.requests import JOBS, choose_people
from perfxl.core.values.dates import period_span
from perfxl.documents.batch.workers import executor_at
from perfxl.exchange.collect import Collected, Collection, write_collected
from perfxl.exchange.collect import collect as take_in
from perfxl.exchange.mail import LIST_SUFFIXES, Mail, invitations, judge_addresses, write_drafts, write_list
from perfxl.exchange.progress import KIND as PROGRESS
from perfxl.exchange.progress import REPORT_NAME, write_progress
from perfxl.exchange.reminding import reminders
from perfxl.exchange.send import Order, Sent, not_writable
from perfxl.exchange.send import distribute as send
from perfxl.judgement import each_once
from perfxl.processes import count_cores
from perfxl.program import Program, load
from perfxl.workbook.program.book import KIND as PROGRAM

_MOST = 30  # files listed on a terminal
_CAME = (Text("填报人", "Name"), Text("单位", "Unit"), Text("已填", "Done"), Text("发回的文件", "Came back as"))
_HEADERS = (Text("填报人", "For"), Text("单位", "Unit"), Text("行数", "Rows"), Text("文件", "File"))


def distribute(options: Namespace) -> int:
    """Makes one workbook for each manager, reporter, unit or person."""
    lang = options.lang or "zh"
    asked = [word.strip() for word in options.what.split(",") if word.strip()]
    unknown = [word for word in asked if word not in JOBS]
    if unknown or not asked:
        about = problem("job_unknown", value=", ".join(unknown), jobs=", ".join(JOBS))
        return show.refuse([about], lang, options.json)
    refused = targets.judge_folder(options, options.output)
    for path in options.mail:  # one that is there is judged once it is known what goes in
        refused = refused or targets.judge_file(options, path, LIST_SUFFIXES, [options.file, options.template], True)
    if options.drafts:
        refused = refused or targets.judge_folder(options, options.drafts)
    if refused:
        return refused
    program, _ = load(options.file, options.lang)
    if not program.usable:
        return show.refuse(program.problems, program.lang, options.json)
    only = options.only and [word.strip() for word in options.only.split(",") if word.strip()]
    chosen, nobody = choose_people(program.tables, only, options.unit)
    if nobody:
        return show.refuse(nobody, program.lang, options.json)
    order = Order(
        audience=options.audience,
        jobs=tuple(job for job in JOBS if job in asked),
        within=period_span(options.period) if options.period else None,
        period=options.period or "",
        due=options.due,
        chosen=chosen,
        template=options.template,
        overwrite=options.overwrite,
        passwords=options.passwords or "",
        password=options.password or "",
        bundles=options.zip,
    )
    with (
        _cluster(options) as (executor, unreachable),
        show.progress(Text("下发", "Distributing"), program.lang) as progress,
    ):
        if unreachable:
            return show.refuse(unreachable, program.lang, options.json)
        sent, problems = send(program, options.output, order, progress, executor, workers=options.jobs or count_cores())
    drafts = 0
    if sent.record and (options.mail or options.drafts):
        mails = invitations(sent.files, sent.batch, options.output)
        problems += judge_addresses(mails, program.tables)
        drafts, unwritten = _write_mails(options, mails, program.lang)
        problems += unwritten
    return _tell(options, program, sent, problems, drafts)


def _cluster(options: Namespace) -> AbstractContextManager[tuple[Executor | None, list[Problem]]]:
    """Who does the work, where it is not this machine, or why it cannot."""
    return nullcontext((None, [])) if options.executor is None else executor_at(options.executor)


def _write_mails(options: Namespace, mails: list[Mail], lang: str) -> tuple[int, list[Problem]]:
    """The list and the drafts that were asked for: how many drafts, and what was not written."""
    problems: list[Problem] = []
    drafts: list[Path] = []
    place = options.output
    try:
        for place in options.mail:
            problems += write_list(place, mails, lang, options.overwrite)
        if options.drafts:
            place = options.drafts
            drafts, kept = write_drafts(place, mails, options.overwrite)
            problems += kept
    except OSError as error:
        problems.append(not_writable(place, error))
    return len(drafts), problems


def collect(options: Namespace) -> int:
    """Takes in what came back, into a copy of the program."""
    inputs = [options.file, *options.places, *options.sent]
    nothing: dict[str, Any] = {"changes": [], "files": []}
    refused = targets.judge_file(options, options.output, inputs=inputs, more=nothing, kind=PROGRAM)
    if refused:
        return refused
    program, _ = load(options.file, options.lang)
    lang = program.lang
    if not program.usable:
        return show.refuse(program.problems, lang, options.json, nothing)
    report = options.report or options.output.with_name(f"{options.output.stem}_{REPORT_NAME(lang)}.xlsx")
    refused = targets.judge_file(options, report, inputs=[*inputs, options.output], more=nothing, kind=PROGRESS)
    if refused:
        return refused
    folders = [folder for folder in (options.back, options.drafts) if folder]
    for folder in folders:
        refused = targets.judge_folder(options, folder, nothing, [place for place in inputs if place.is_dir()])
        if refused:
            return refused
    order = Collection(
        tuple(options.places),
        tuple(options.sent),
        tuple(options.password),
        options.conflict or "",
        (options.file, options.output, report, *folders),
        options.back,
        options.overwrite,
    )
    with (
        _cluster(options) as (executor, unreachable),
        show.progress(Text("收集", "Collecting"), lang) as progress,
    ):
        if unreachable:
            return show.refuse(unreachable, lang, options.json, nothing)
        collected = take_in(program, order, options.jobs or count_cores(), progress, executor)
    unwritten: list[Problem] = []
    failed = targets.write_file(
        options.output,
        lang,
        lambda: unwritten.extend(write_collected(collected, options.file, options.output)),
        json=options.json,
        more=nothing,
    )
    if failed:
        return failed
    drafts: list[Path] = []
    if options.drafts:
        mails = reminders(collected.merged.files, collected.record, collected.marked, lang)
        unwritten += judge_addresses(mails, program.tables)
        try:
            drafts, kept = write_drafts(options.drafts, mails, options.overwrite)
            unwritten += kept
        except OSError as error:
            unwritten.append(not_writable(options.drafts, error))
    problems = each_once([*collected.problems, *unwritten])
    failed = targets.write_file(
        report,
        lang,
        lambda: _write_report(report, collected, problems, options.output),
        json=options.json,
        more=nothing,
    )
    if failed:
        return failed
    if options.json:
        told = {**_as_dicts(collected), "report": str(report), "drafts": [str(path) for path in drafts]}
        show.as_json({"problems": [each.as_dict(lang) for each in problems], **told})
        return PROBLEMS if has_errors(problems) else CLEAN
    _tell_collected(options, collected, problems)
    if options.back:
        made = len(collected.marked)
        show.say(Text(f"标注问题的副本 {made} 份：{options.back}", f"{made} marked copies: {options.back}")(lang))
    if options.drafts:
        made = len(drafts)
        show.say(Text(f"邮件草稿 {made} 封：{options.drafts}", f"{made} drafts of mails: {options.drafts}")(lang))
    show.say(
        Text(f"进度、改动、问题与催报名单：{report}", f"Progress, changes, problems, whom to remind: {report}")(lang)
    )
    return PROBLEMS if has_errors(problems) else CLEAN


def _write_report(report: Path, collected: Collected, problems: list[Problem], out: Path) -> None:
    write_progress(
        report,
        collected.program.tables,
        collected.merged,
        collected.record,
        problems,
        collected.program.lang,
        out,
        collected.found,
    )


def _as_dicts(collected: Collected) -> dict[str, Any]:
    """What came of it, as --json has it."""
    changes = [
        {
            "table": change.table,
            "column": change.column,
            "old": change.old,
            "new": change.new,
            "file": change.source.file,
            "sheet": change.source.sheet,
            "cell": change.source.cell,
            "who": change.who,
        }
        for change in collected.merged.changed
    ]
    added = [
        {
            "table": row.table,
            "values": {name: value for name, value in row.values.items() if value is not None},
            "file": row.source.file,
            "sheet": row.source.sheet,
            "cell": row.source.cell,
            "who": row.who,
        }
        for row in collected.merged.added
    ]
    files = [
        {
            "name": state.sent.name,
            "unit": state.sent.unit,
            "came": state.names,
            "done": state.done,
            "asked": state.asked,
        }
        for state in collected.merged.files
    ]
    marked = [{"file": each.name, "copy": str(each.path), "problems": each.shown} for each in collected.marked]
    return {"changes": changes, "added": added, "files": files, "marked": marked}


def _tell_collected(options: Namespace, collected: Collected, problems: list[Problem]) -> None:
    lang, merged = collected.program.lang, collected.merged
    lines = [
        (
            state.sent.name,
            state.sent.unit,
            f"{state.done}/{state.asked}",
            "；".join(state.names) or Text("未发回", "not yet")(lang),
        )
        for state in merged.files
    ]
    if lines:
        came = sum(bool(state.names) for state in merged.files)
        title = Text(f"下发 {len(lines)} 份，发回 {came} 份", f"{len(lines)} sent, {came} came back")(lang)
        show.rows(title, [header(lang) for header in _CAME], lines[:_MOST], (2,))
    if len(lines) > _MOST:
        more = len(lines) - _MOST
        show.say(Text(f"  还有 {more} 份，用 --json 查看", f"  {more} more: see --json")(lang))
    show.problems(problems, lang)
    files, cells, rows, out = collected.files, len(merged.changed), len(merged.added), options.output
    said = Text(
        f"读取 {files} 个文件，{cells} 处改动，新增 {rows} 行：{out}",
        f"{files} files read, {cells} cells changed, {rows} rows added: {out}",
    )
    show.say(said(lang))


def _tell(options: Namespace, program: Program, sent: Sent, found: list[Problem], drafts: int) -> int:
    lang = program.lang
    stops = [each for each in found if each.name == "output_not_writable"]
    if stops:
        return show.refuse(stops, lang, options.json)
    problems = each_once([*program.all_problems(), *found])
    if options.json:
        files = [
            {"file": file.path, "name": file.name, "unit": file.unit, "email": file.email, "rows": file.counts}
            for file in sent.files
        ]
        show.as_json({"problems": [each.as_dict(lang) for each in problems], "files": files})
        return PROBLEMS if has_errors(problems) else CLEAN
    lines = [(f.name, f.unit, str(sum(f.counts.values())), f.path) for f in sent.files]
    if lines:
        title = Text(f"{len(lines)} 份填报表：{options.output}", f"{len(lines)} workbooks in {options.output}")(lang)
        show.rows(title, [header(lang) for header in _HEADERS], lines[:_MOST], (2,))
    if len(lines) > _MOST:
        more = len(lines) - _MOST
        show.say(Text(f"  还有 {more} 份，见下发记录", f"  {more} more: see the record")(lang))
    if problems:
        show.problems(problems, lang)
    if sent.bundles:
        said = Text(f"{len(sent.bundles)} 个单位压缩包", f"{len(sent.bundles)} archives of units")
        show.say(said(lang))
    if sent.passwords:
        said = Text(
            f"密码表（只有本人可读，不要与文件一起发）：{sent.passwords}",
            f"Passwords, for your eyes only, not to be sent with the files: {sent.passwords}",
        )
        show.say(said(lang))
    if drafts:
        said = Text(f"{drafts} 封邮件草稿，文件已附上：{options.drafts}", f"{drafts} drafts of mails: {options.drafts}")
        show.say(said(lang))
    if sent.record:
        said = Text(f"下发记录（只留在 HR）：{sent.folder}", f"Record, to be kept by HR: {sent.folder}")
        show.say(said(lang))
    return PROBLEMS if has_errors(problems) else CLEAN

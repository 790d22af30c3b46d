"""`perfxl import`: tables that HR has become a program, with a report of what each file gave."""

from __future__ import annotations

from argparse import Namespace
from datetime import date

from perfxl.cli import show, targets
from perfxl.cli.show import CLEAN, PROBLEMS
from perfxl.core.language import Text
from perfxl.core.problems import Problem, Severity, has_errors
from perfxl.core.schema import all_tables
from perfxl.core.schema.sources import TABLE_KIND
from perfxl.importing import Imported, import_files
from perfxl.judgement import each_once
from perfxl.program import from_tables
from perfxl.tables.bounded import grouped

_MOST = 60  # tables shown on a terminal

_HEADERS = (
    Text("文件", "File"),
    Text("工作表", "Sheet"),
    Text("区域", "Range"),
    Text("读作", "Read as"),
    Text("把握", "Sure"),
    Text("行数", "Rows"),
    Text("未读", "Left"),
)
_NUMBERS = (4, 5, 6)


def import_tables(options: Namespace) -> int:
    """Reads every file, writes the program, and says what was read and what was left."""
    from perfxl.workbook.program.book import KIND, write_program

    inputs = [*options.files, options.into, options.sources]
    refused = targets.judge_file(options, options.output, inputs=inputs, more={"files": []}, kind=KIND)
    if refused:
        return refused
    reading = (
        Text("读取", "Reading") if options.lang else Text("读取 / Reading", "读取 / Reading")
    )  # files tell it later
    with show.progress(reading, options.lang or "zh") as progress:
        imported = import_files(
            options.files,
            year=date.today().year,
            period=options.period or "",
            into=options.into,
            sources=options.sources,
            lang=options.lang,
            output=options.output,
            progress=progress,
        )
    told = {"files": [file.as_dict() for file in imported.files]}
    lang = imported.lang
    if not imported.usable:
        if not options.json:
            _show_files(imported)
        return show.refuse(imported.problems, lang, options.json, told)
    out = options.output
    source = (options.into or options.files[0]).name
    failed = targets.write_file(
        out, lang, lambda: write_program(out, imported.tables, lang, source=source), json=options.json, more=told
    )
    if failed:
        return failed
    problems = _all_problems(imported)
    if options.json:
        show.as_json({"problems": [each.as_dict(lang) for each in problems], **told, "output": str(out)})
    else:
        _show_files(imported)
        # What is only for HR to know is said once for a thousand files; what is wrong, for each.
        told_once = grouped(each for each in problems if each.severity is Severity.NOTICE)
        wrong = [each for each in problems if each.severity is not Severity.NOTICE]
        show.problems([*wrong, *told_once], lang)
        said = Text(
            f"方案：{out}。每列读作什么，见其中的“来源”表；改正后再用 perfxl check 检查。",
            f"Program: {out}. What each column was taken for: its sheet Sources. Once mended: perfxl check.",
        )
        show.say(said(lang))
    return PROBLEMS if has_errors(problems) else CLEAN


def _all_problems(imported: Imported) -> list[Problem]:
    """What reading found, and what `check` finds in the program that was made, at the cells it came from."""
    program, _ = from_tables(imported.as_read(), imported.lang)
    return each_once([*imported.problems, *program.all_problems()])


def _show_files(imported: Imported) -> None:
    """A line for each table of each file."""
    lang = imported.lang
    kinds = {name: table.title(lang) for name, table in all_tables().items()}
    kinds |= {kind.name: kind.label(lang) for kind in TABLE_KIND}
    lines = []
    for file in imported.files:
        nothing = Text("没有读到表", "no table was read")(lang)
        lines += [
            (
                file.name,
                table.sheet,
                table.range,
                kinds.get(table.kind, table.kind),
                f"{table.confidence:.0%}",
                str(table.rows_read),
                str(len(table.rows_left)),
            )
            for table in file.tables
        ] or [(file.name, "", "", nothing, "", "", "")]
    if not lines:
        return
    title = Text(f"{len(imported.files)} 个文件", f"{len(imported.files)} files")(lang)
    show.rows(title, [header(lang) for header in _HEADERS], lines[:_MOST], _NUMBERS)
    if len(lines) > _MOST:
        more = len(lines) - _MOST
        show.say(Text(f"  还有 {more} 张表，用 --json 查看全部", f"  {more} more tables: see --json")(lang))

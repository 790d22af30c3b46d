"""One function a command: options in, exit code out."""

from __future__ import annotations

import gc
from argparse import Namespace
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from perfxl.cli import CLEAN, PROBLEMS, UNUSABLE, show
from perfxl.core.problems import Problem, has_errors, problem
from perfxl.program import Program, load


def loaded(options: Namespace) -> tuple[Program, list[Problem]]:
    """The program of the command line. What was read stays until the end: millions of values need not be looked
    through for garbage again and again."""
    program, problems = load(options.file, options.lang)
    gc.freeze()
    return program, problems


def new(options: Namespace) -> int:
    from perfxl.workbook.program.templates import new_program

    lang = options.lang or "zh"
    made, problems = new_program(options.folder, lang)
    for path in made:
        show.say(f"已生成 {path}", f"made {path}", lang)
    return _told(problems, lang)


def check(options: Namespace) -> int:
    program, problems = loaded(options)
    if not program.usable:
        return _unusable(problems, program.lang, options.json)
    problems += program.check()
    if options.json:
        show.as_json({"problems": [p.as_dict(program.lang) for p in problems], "sheets": _sheets(program)})
    else:
        _taken(program)
        show.problems(problems, program.lang)
    if options.output:
        failed = _marked(program, problems, options)
        if failed:
            return failed
    return PROBLEMS if has_errors(problems) else CLEAN


def _marked(program: Program, problems: Sequence[Problem], options: Namespace) -> int:
    """Writes the checked copy beside the findings that were shown."""
    from perfxl.workbook.report import write_report

    for found in write_report(options.file, problems, options.output, program.lang):
        show.complain(found, program.lang)
        return UNUSABLE
    if not options.json:
        show.say(f"标注副本：{options.output}", f"Marked copy: {options.output}", program.lang)
    return CLEAN


def cascade(options: Namespace) -> int:
    from perfxl.workbook.cascade_book import write_cascade

    program, problems = loaded(options)
    if not program.usable:
        return _unusable(problems, program.lang)
    lang = program.lang
    result, found = program.cascade()
    failed = written(options.output, lang, lambda: write_cascade(options.output, result, found, lang))
    return failed or _done(options, program, problems + found)


def weights(options: Namespace) -> int:
    from perfxl.workbook.weight_book import write_weights

    program, problems = loaded(options)
    if not program.usable:
        return _unusable(problems, program.lang, options.json)
    lang = program.lang
    result, found = program.weigh()
    failed = written(options.output, lang, lambda: write_weights(options.output, result, found, lang))
    return failed or _done(options, program, problems + found)


def score(options: Namespace) -> int:
    from perfxl.workbook.score_book import write_scores

    program, problems = loaded(options)
    if not program.usable:
        return _unusable(problems, program.lang, options.json)
    with show.progress("计分", "Scoring", program.lang) as progress:
        scores, found = program.score()
        failed = written(
            options.output,
            program.lang,
            lambda: write_scores(options.output, program.tables, scores, program.lang, progress=progress),
        )
    return failed or _done(options, program, problems + found)


def explain(options: Namespace) -> int:
    from perfxl.core.explain import as_dict, as_text_lines
    from perfxl.core.explain import explain as explained

    program, problems = loaded(options)
    if not program.usable:
        return _unusable(problems, program.lang, options.json)
    person = program.find_person(options.person)
    scores, _ = program.score()
    if person is None or person not in scores.segments:
        return _unusable([problem("contract_unknown", value=options.person)], program.lang, options.json)
    found = explained(program.tables, scores, person)
    if options.json:
        show.as_json(as_dict(found, program.lang))
    else:
        for text in as_text_lines(found, program.lang):
            show.say(text, text, program.lang)
    return CLEAN


def templates(options: Namespace) -> int:
    from perfxl.cli import template_commands

    return template_commands.ACTIONS[options.action](options)


def addin(options: Namespace) -> int:
    from perfxl.cli import addin_commands

    return addin_commands.ACTIONS[options.action](options)


def written(path: Path, lang: str, write: Callable[[], object]) -> int:
    """Writes a workbook; a folder that is missing, read-only or full, or a file open in Excel, is told in one line."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write()
    except OSError as error:
        show.complain(problem("result_not_writable", value=str(path), reason=error.strerror or str(error)), lang)
        return UNUSABLE
    return CLEAN


def _done(options: Namespace, program: Program, problems: Sequence[Problem]) -> int:
    if getattr(options, "json", False):
        show.as_json({"problems": [p.as_dict(program.lang) for p in problems], "output": str(options.output)})
    else:
        show.problems(problems, program.lang)
        show.say(f"结果：{options.output}", f"Result: {options.output}", program.lang)
    return PROBLEMS if has_errors(problems) else CLEAN


def _told(problems: Sequence[Problem], lang: str) -> int:
    if problems:
        show.problems(problems, lang)
    return PROBLEMS if has_errors(problems) else CLEAN


def _unusable(problems: Sequence[Problem], lang: str, json: bool = False) -> int:
    if json:
        show.as_json({"problems": [p.as_dict(lang) for p in problems]})
    else:
        for found in problems:
            show.complain(found, lang)
    return UNUSABLE


def _sheets(program: Program) -> list[dict[str, Any]]:
    """What each sheet and header was taken for."""
    return [
        {
            "sheet": sheet.sheet,
            "table": sheet.table,
            "header_row": sheet.header_row,
            "rows": sheet.records,
            "columns": {c.letter: {"header": c.header, "column": c.column} for c in sheet.columns},
        }
        for sheet in (program.info.sheets if program.info else ())
    ]


def _taken(program: Program) -> None:
    """For a lone sheet, says what each column was taken for; a program's own sheets need no such words."""
    from perfxl.core.schema import column_label, table_label

    lang = program.lang
    for sheet in program.info.sheets if program.info else ():
        if sheet.table != "contract_sheet":
            continue
        pairs = [
            f"{c.letter} {c.header} → {column_label(sheet.table, c.column, lang)}" for c in sheet.columns if c.column
        ]
        kept = [c.header for c in sheet.columns if not c.column]
        title = table_label(sheet.table, lang)
        show.say(
            f"{sheet.sheet}：按“{title}”读取，表头在第 {sheet.header_row} 行，{sheet.records} 行",
            f"{sheet.sheet}: read as {title}, header in row {sheet.header_row}, {sheet.records} rows",
            lang,
        )
        show.say("  " + "；".join(pairs), "  " + "; ".join(pairs), lang)
        if kept:
            show.say(f"  保留不用的列：{'、'.join(kept)}", f"  kept, not used: {', '.join(kept)}", lang)

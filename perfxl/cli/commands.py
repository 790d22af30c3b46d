"""One function a command: options in, exit code out. Every command shows every problem that the program has."""

from __future__ import annotations

import gc
from argparse import Namespace
from collections.abc import Collection, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

from perfxl import __version__
from perfxl.cli import cascade_into, show, targets
from perfxl.cli.show import CLEAN, PROBLEMS, UNUSABLE
from perfxl.core.language import COMMA, SEMICOLON, Text
from perfxl.core.problems import Address, Problem, Severity, has_errors, problem
from perfxl.core.table_access import lookups_kept
from perfxl.disk import fingerprint
from perfxl.judgement import each_once
from perfxl.program import Program, load, load_for_papers, load_person

if TYPE_CHECKING:
    from perfxl.core.cascade import Cascade
    from perfxl.core.cascade.generate import Generated
    from perfxl.workbook.cascade_book import CascadeSheets


def new(options: Namespace) -> int:
    """Makes an empty program and copies of the templates."""
    from perfxl.workbook.program.book import new_program

    lang = options.lang or "zh"
    refused = targets.judge_folder(options, options.folder)
    if refused:
        return refused
    files, problems = new_program(options.folder, lang, options.overwrite)
    for path in files:
        show.say(Text(f"已生成 {path}", f"made {path}")(lang))
    if problems:
        show.problems(problems, lang)
    return UNUSABLE if has_errors(problems) else PROBLEMS if problems else CLEAN  # what is kept is not what was asked


def check(options: Namespace) -> int:
    """Judges a program or a lone sheet, and marks a copy where one is asked for."""
    if options.output:
        nothing = {"sheets": [], **_NOTHING}
        refused = targets.judge_file(options, options.output, inputs=[options.file], more=nothing)
        if refused:
            return refused
    program = _load(options)
    lang = program.lang
    if not program.usable:
        return show.refuse(program.problems, lang, options.json, {"sheets": [], **_understood(program)})
    problems = program.all_problems()
    if options.json:
        from perfxl.core.explain import contracts_as_dicts

        sheets = [
            {
                "sheet": sheet.sheet,
                "table": sheet.table,
                "header_row": sheet.header_row,
                "rows": sheet.records,
                "columns": {c.letter: {"header": c.header, "column": c.column} for c in sheet.columns},
            }
            for sheet in (program.info.sheets if program.info else ())
        ]
        contracts = contracts_as_dicts(program.tables, program.score()[0], lang)
        told = [p.as_dict(lang) for p in problems]
        whence = _provenance(options, program)
        show.as_json({"problems": told, "sheets": sheets, **whence, **_understood(program), "contracts": contracts})
    else:
        _describe_contract_sheets(program)
        show.problems(problems, lang)
    if options.output:
        from perfxl.workbook.report import write_report  # brings the writer of workbooks along

        stamp = program.info.stamp if program.info else None
        del program  # rows by the million need not be held while the copy is made
        unwritten: list[Problem] = []
        failed = targets.write_file(
            options.output,
            lang,
            lambda: unwritten.extend(write_report(options.file, problems, options.output, lang, stamp)),
        )
        if failed:
            return failed
        if unwritten:
            return show.refuse(unwritten[:1], lang)
        if not options.json:
            show.say(Text(f"标注副本：{options.output}", f"Marked copy: {options.output}")(lang))
    return PROBLEMS if has_errors(problems) else CLEAN


_NOTHING: dict[str, list[Any]] = {"tables": [], "contracts": []}
"""What --json holds of a file that was not read; and, of what was to be scored, nobody; of papers, none."""
_NOBODY: dict[str, list[Any]] = {"people": []}
_NO_FILES: dict[str, list[Any]] = {"files": []}


def _understood(program: Program) -> dict[str, list[Any]]:
    """What each table of the file was taken for, and no contracts yet."""
    return {"tables": [table.as_dict() for table in program.info.found] if program.info else [], "contracts": []}


def _provenance(options: Namespace, program: Program) -> dict[str, str]:
    """What figures were made of: with the same three they are the same figures."""
    return {
        "perfxl": __version__,
        "policy_hash": program.policy.fingerprint,
        "input_hash": fingerprint(options.file),
    }


def cascade(options: Namespace) -> int:
    """Writes who carries which company KPI, with pictures, and what the KPIs of posts add, which `--into` writes as a
    new program; or one leader's part."""
    refused = targets.judge_file(options, options.output, inputs=[options.file])
    if options.pictures and not refused:
        refused = targets.judge_folder(options, options.pictures)
    if options.into and options.person is not None:
        return show.refuse([problem("leader_without_into")], options.lang or "zh", options.json)
    if options.into and not refused:
        refused = targets.judge_file(options, options.into, inputs=[options.file, options.output])
    if refused:
        return refused
    from perfxl.cli.cascade_pictures import write_leader

    program = _load(options)
    if not program.usable:
        return show.refuse(program.problems, program.lang, options.json)
    # Scores and look-ups of a large program each take as much room as its tables: the ones go before the others come.
    if options.person is not None:
        program.let_scores_go()
        with lookups_kept():
            failed, problems = write_leader(options, program)
            return failed or _show_result(options, program, problems)
    generated, whole, found = cascade_into.generate(options, program)
    whole.let_scores_go()
    with lookups_kept():
        return _cascade(options, program, generated, whole, found)


def _cascade(
    options: Namespace, program: Program, generated: Generated | None, whole: Program, found: list[Problem]
) -> int:
    from perfxl.cli.cascade_pictures import make_pictures, write_pictures
    from perfxl.workbook.cascade_book import write_cascade

    lang, into = program.lang, options.into
    result, problems = whole.cascade()
    sheets, unclear = whole.cascade_sheets()
    album, of_pictures = make_pictures(options, whole)
    problems = whole.all_problems(found, problems, unclear, of_pictures)
    trees, out, source = program.value_trees(), options.output, options.file.name
    made = (generated, program.tables) if generated else None
    failed = targets.write_file(
        out,
        lang,
        lambda: write_cascade(out, result, problems, lang, source, trees, album, sheets, made, program.review()),
        json=options.json,
    ) or write_pictures(options, album, lang)
    if failed:
        return failed
    more = _cascade_told(result, sheets) if options.json else {}
    if generated is not None:
        if into:
            failed, unwritten = cascade_into.write_into(options, program, generated)
            if failed:
                return failed
            problems = [*problems, *unwritten]
        more |= cascade_into.as_json(generated, into)
        if not options.json:
            cascade_into.tell(generated, into, lang)
    return _show_result(options, program, problems, more)


def _cascade_told(result: Cascade, sheets: CascadeSheets) -> dict[str, Any]:
    from perfxl.core.cascade import as_dicts
    from perfxl.core.cascade.told import comparison_rows, coverage_as_dict, matrix_rows

    return {
        "cascade": as_dicts(result),
        "matrix": list(matrix_rows(sheets.tree, sheets.expected)),
        "coverage": coverage_as_dict(sheets.coverage),
        "comparison": comparison_rows(sheets.comparison),
    }


def weights(options: Namespace) -> int:
    """Writes derived, agreed and repaired weights."""
    nothing: dict[str, list[Any]] = {"contracts": []}
    refused = targets.judge_file(options, options.output, inputs=[options.file], more=nothing)
    if refused:
        return refused
    program = _load(options)
    lang = program.lang
    if not program.usable:
        return show.refuse(program.problems, lang, options.json, nothing)
    failed, problems, to_derive, told = _write_weights(options, program, nothing)
    return failed or _show_result(options, program, problems, told, to_derive)


def _write_weights(
    options: Namespace, program: Program, nothing: Mapping[str, Any]
) -> tuple[int, list[Problem], Collection[Address], Mapping[str, Any]]:
    """The weights of every contract are let go before all else is judged: a large program takes as much again."""
    from perfxl.core.weights.program import weighing_as_dicts, weights_to_derive
    from perfxl.workbook.weights.book import write_weights

    weighing, problems = program.weigh()
    to_derive = weights_to_derive(weighing, program.tables)
    problems = [*_without(problems, to_derive), *dict.fromkeys(to_derive.values())]
    out, lang, source = options.output, program.lang, options.file.name
    failed = targets.write_file(
        out, lang, lambda: write_weights(out, weighing, problems, lang, source), json=options.json, more=nothing
    )
    told = {"contracts": weighing_as_dicts(weighing)} if options.json else nothing
    return failed, problems, to_derive, told


def _without(problems: Iterable[Problem], to_derive: Collection[Address]) -> list[Problem]:
    """The problems but for weights that are not there yet, where they are what the command is asked for."""
    blanks = ("weight_missing", "weights_sum")
    return [each for each in problems if each.name not in blanks or each.address not in to_derive]


def score(options: Namespace) -> int:
    """Writes points, totals and grades, with native formulas."""
    from perfxl.core.explain import contracts_as_dicts, people_as_dicts
    from perfxl.workbook.score.book import write_scores
    from perfxl.workbook.score.template import template_for

    inputs = [options.file, options.template]
    refused = targets.judge_file(options, options.output, inputs=inputs, more={**_NOTHING, **_NOBODY})
    if refused:
        return refused
    program = _load(options)
    lang, out = program.lang, options.output
    if not program.usable:
        return show.refuse(program.problems, lang, options.json, {**_understood(program), **_NOBODY})
    template, of_template = template_for(options.template, lang)
    if template is None:
        return show.refuse(of_template, lang, options.json, {**_understood(program), **_NOBODY})
    with show.progress(Text("计分", "Scoring"), lang) as progress:
        scores, _ = program.score()
        source = options.file.name
        failed = targets.write_file(
            out,
            lang,
            lambda: write_scores(out, program.tables, scores, lang, progress, program.all_problems(), source, template),
            json=options.json,
            more={**_understood(program), **_NOBODY},
        )
    if failed or not options.json:
        return failed or _show_result(options, program, of_template)
    told = {
        "people": people_as_dicts(program.tables, scores, lang),
        "contracts": contracts_as_dicts(program.tables, scores, lang),
    }
    return _show_result(options, program, of_template, {**_understood(program), **told})


def explain(options: Namespace) -> int:
    """Tells how one person's total came about."""
    from perfxl.core import explain as explaining

    program = load_person(options.file, options.person, options.lang)
    lang = program.lang
    if not program.usable:
        return show.refuse(program.problems, lang, options.json)
    person = program.find_person(options.person)
    scores, _ = program.score()
    if person is None or person not in scores.segments:
        unknown = problem("contract_unknown", value=options.person)
        # What is wrong may be why nobody is found.
        wrong = [each for each in program.all_problems() if each.severity is Severity.ERROR]
        if wrong and not options.json:
            show.problems(wrong, lang)
        return show.refuse([unknown, *wrong] if options.json else [unknown], lang, options.json)
    explanation = explaining.explain(program.tables, scores, person)
    problems = program.all_problems()
    if options.json:
        told = explaining.as_dict(explanation, lang)
        listed = [p.as_dict(lang) for p in problems]
        show.as_json({**told, **_provenance(options, program), "problems": listed})
    else:
        for line in explaining.as_text_lines(explanation, lang):
            show.say(line)
        if problems or program.person is None:
            show.problems(problems, lang)
        if program.person is not None:
            only = Text(
                "文件较大，只查了与此人有关的内容；全部问题见 perfxl check",
                "A large file: only what touches this person was looked at; perfxl check shows all problems",
            )
            show.say(only(lang))
    return PROBLEMS if has_errors(problems) else CLEAN


def documents(options: Namespace) -> int:
    """Makes papers by the batch."""
    from perfxl.core.catalogue.templates import KINDS as TEMPLATES
    from perfxl.documents.batch import ALL, STOPS, make_documents
    from perfxl.documents.papers import KINDS

    if options.kind not in (*KINDS, ALL):
        unknown = problem("kind_unknown", value=options.kind, kinds=", ".join((*KINDS, ALL)))
        lang = options.lang or load_for_papers(options.file)[0].lang
        return show.refuse([unknown], lang, options.json, _NO_FILES)
    refused = targets.judge_folder(options, options.output, _NO_FILES)
    for path, suffixes in (
        (options.zip, (".zip",)),
        (options.merge, (".docx",)),
        (options.merge and options.pdf and options.merge.with_suffix(".pdf"), (".pdf",)),
    ):
        if path and not refused:
            inputs = (options.file, options.template)
            refused = targets.judge_file(options, path, suffixes, inputs, more=_NO_FILES)
    if refused:
        return refused
    program, _ = load_for_papers(options.file, options.lang)
    lang = program.lang
    if not program.usable:
        return show.refuse(program.problems, lang, options.json, _NO_FILES)
    only = options.only
    if only is not None:
        only = [part.strip() for part in only.split(",") if part.strip()]
    cluster: AbstractContextManager[tuple[Executor | None, list[Problem]]] = nullcontext((None, []))
    if options.executor is not None:
        from perfxl.documents.batch.workers import executor_at

        cluster = executor_at(options.executor)
    with (
        cluster as (executor, unreachable),
        show.progress(Text("生成文件", "Documents"), lang) as progress,
        show.progress(Text("转成 PDF", "PDF"), lang) as pdf_progress,
    ):
        if unreachable:
            return show.refuse(unreachable, lang, options.json, _NO_FILES)
        files, problems = make_documents(
            options.kind,
            program.tables,
            program.policy,
            options.output,
            lang=lang,
            only=only,
            unit=options.unit,
            since=options.since,
            template=options.template,
            archive=options.zip,
            print_file=options.merge,
            pdf=options.pdf,
            source=options.file,
            overwrite=options.overwrite,
            jobs=options.jobs,
            executor=executor,
            progress=progress,
            pdf_progress=pdf_progress,
            judgement=program.judgement,
            draft=options.draft,
            blank=options.blank,
            lenient=options.lenient,
            pictures=options.pictures,
            grades=[grade.strip() for grade in (options.grade or "").split(",") if grade.strip()],
            below=options.below,
            odd_pages=options.odd_pages,
            qr=options.qr,
        )
    # By whatever name: where a file of the name is open, the archive or print file has another.
    single = [path for path in files if options.merge or path.suffix.lower() == ".zip"]
    for path in () if options.json else single:
        show.say(Text(f"已生成 {path}", f"made {path}")(lang))
    count = len(files) - len(single)
    if not options.json and (count or not (options.zip or options.merge)):
        show.say(Text(f"已生成 {count} 份：{options.output}", f"{count} documents in {options.output}")(lang))
    stops = [about for about in problems if about.name in STOPS]
    if (
        files or not problems or not all(about.name in TEMPLATES for about in problems)
    ):  # else it is the template's fault
        problems = each_once([*program.judgement.problems, *problems])
    if options.json:
        told = {"problems": [about.as_dict(lang) for about in problems], "files": list(map(str, files))}
        show.as_json({**told, **_provenance(options, program), "output": str(options.output)})
        return UNUSABLE if stops else PROBLEMS if has_errors(problems) else CLEAN
    problems = [about for about in problems if about.name not in STOPS]
    if problems:
        show.problems(problems, lang)
    if stops:
        return show.refuse(stops, lang)
    return PROBLEMS if has_errors(problems) else CLEAN


def templates(options: Namespace) -> int:
    """Runs an action of `perfxl templates`."""
    from perfxl.cli import template_commands

    return template_commands.ACTIONS[options.action](options)


def addin(options: Namespace) -> int:
    """Runs an action of `perfxl addin`."""
    from perfxl.cli import addin_commands

    return addin_commands.ACTIONS[options.action](options)


def _load(options: Namespace) -> Program:
    """The program of the command line. What was read stays until the end: millions of values need not be looked
    through for garbage again and again."""
    program, _ = load(options.file, options.lang)
    gc.freeze()
    return program


def _show_result(
    options: Namespace,
    program: Program,
    found: Sequence[Problem],
    more: Mapping[str, Any] | None = None,
    to_derive: Collection[Address] = (),
) -> int:
    """Shows all that is wrong with the program and what a command found, and where the result is; `more` goes into
    the JSON. `to_derive`: the cells of weights that the command proposes."""
    problems, lang = _without(program.all_problems(found), to_derive), program.lang
    if getattr(options, "json", False):
        listed = [p.as_dict(lang) for p in problems]
        whence = _provenance(options, program)
        show.as_json({"problems": listed, "output": str(options.output), **whence, **(more or {})})
    else:
        show.problems(problems, lang)
        show.say(Text(f"结果：{options.output}", f"Result: {options.output}")(lang))
    return PROBLEMS if has_errors(problems) else CLEAN


def _describe_contract_sheets(program: Program) -> None:
    """For a lone sheet, says what each column was taken for; a program's own sheets need no such words."""
    from perfxl.core.schema import column_label, table_label

    lang = program.lang
    for sheet in program.info.sheets if program.info else ():
        if sheet.table != "contract_sheet":
            continue
        title, name, row, rows = table_label(sheet.table, lang), sheet.sheet, sheet.header_row, sheet.records
        about = Text(
            f"{name}：按“{title}”读取，表头在第 {row} 行，{rows} 行",
            f"{name}: read as {title}, header in row {row}, {rows} rows",
        )
        show.say(about(lang))
        pairs = [
            f"{c.letter} {c.header} → {column_label(sheet.table, c.column, lang)}" for c in sheet.columns if c.column
        ]
        show.say("  " + SEMICOLON(lang).join(pairs))
        unused = COMMA(lang).join(c.header for c in sheet.columns if not c.column)
        if unused:
            show.say(Text(f"  保留不用的列：{unused}", f"  kept, not used: {unused}")(lang))

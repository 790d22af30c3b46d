"""`perfxl templates build|check|adopt|fields`: the shipped templates made anew, HR's own Word templates judged, forms
made templates, and the fields listed that they may use."""

from __future__ import annotations

import shutil
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from perfxl.cli import show, targets
from perfxl.cli.show import CLEAN, PROBLEMS, UNUSABLE
from perfxl.core.language import LANGUAGES, Text
from perfxl.core.problems import Address, Problem, has_errors, problem
from perfxl.disk import made_folder
from perfxl.outputs import replacing

if TYPE_CHECKING:
    from perfxl.documents.adopt import AdoptedForm, Finding
    from perfxl.documents.field_list import FieldList


_DRAWN = ("manager", "scorecard")  # templates that no schema makes


def build(options: Namespace) -> int:
    """Writes both template folders, into the checkout or the folder given. Workbooks are made from the schema; the Word
    templates are those that `python -m tools.doc_templates` made, others those of `tools.manager_templates` and
    `tools.score_templates`."""
    from perfxl import assets
    from perfxl.workbook.program.book import build_templates as build_workbooks
    from perfxl.workbook.program.book import template_name

    lang, folder = options.lang or "zh", Path(options.subjects[0]) if options.subjects else None
    workbooks = folder / "workbook_templates" if folder else assets.workbook_templates()
    shipped = sorted(assets.doc_templates().glob("*.docx"))
    copies = {source: folder / "doc_templates" / source.name for source in shipped} if folder else {}
    drawn = sorted(p for p in assets.workbook_templates().glob("*.xlsx") if p.name.split(".")[0] in _DRAWN)
    copies |= {source: workbooks / source.name for source in drawn} if folder else {}
    made = [*(workbooks / template_name(language) for language in LANGUAGES), *copies.values()]
    overwrite = options.overwrite or folder is None  # those of the checkout are to be made anew
    for path in made:
        refused = targets.judge_file(options, path, (path.suffix,), copies, overwrite)
        if refused:
            return refused

    def write() -> None:
        build_workbooks(workbooks)
        for source, copy in copies.items():
            made_folder(copy.parent)
            with replacing(copy, "template") as temporary:
                shutil.copyfile(source, temporary)

    failed = targets.write_file(workbooks, lang, write, json=options.json)
    written = () if failed else (*made, *(() if copies else (*drawn, *shipped)))
    if options.json and not failed:
        show.as_json({"problems": [], "files": list(map(str, written))})
        return CLEAN
    for path in written:
        show.say(Text(f"已生成 {path}", f"made {path}")(lang))
    return failed


def check(options: Namespace) -> int:
    """Judges .docx templates against the fields they may use, and .xlsx of managers and score books; without paths, the
    shipped ones."""
    from perfxl import assets
    from perfxl.documents.papers import KINDS

    lang = options.lang or "zh"
    if options.kind and options.kind not in KINDS:
        return _refuse_kinds([options.kind], options)
    books = [path for path in map(Path, options.subjects) if path.suffix.lower() == ".xlsx"]
    if books:
        return _check_workbooks(books, options, lang)
    judged = []
    for place in map(Path, options.subjects or [assets.doc_templates()]):
        inside = sorted(p for p in place.glob("*.do[ct]x") if not p.name.startswith("~")) if place.is_dir() else [place]
        judged += [_judge(path, options.kind, lang) for path in inside]
    problems = [about for template in judged for about in template.problems]
    if options.json:
        templates = [{"file": str(template.path), "kind": template.kind} for template in judged]
        show.as_json({"templates": templates, "problems": [about.as_dict(lang) for about in problems]})
        return PROBLEMS if has_errors(problems) else CLEAN
    for template in judged:
        if template.kind:
            name, title = template.path.name, KINDS[template.kind].title(lang)
            show.say(Text(f"{name}：按{title}检查", f"{name}: judged as {title}")(lang))
    wrong = " ".join(sorted({template.kind for template in judged if template.problems and template.kind}))
    if wrong:
        listing = f"perfxl templates fields {wrong}"
        show.say(Text(f"可用的字段：{listing}", f"Fields: {listing}")(lang))
    show.say(Text(f"检查了 {len(judged)} 个模板。", f"{len(judged)} templates checked.")(lang))
    for template in judged:
        if template.form:
            _show_findings(template.form, lang, _PROPOSED)
    show.problems([about for about in problems if about.name != "field_proposed"], lang)
    return PROBLEMS if has_errors(problems) else CLEAN


def _check_workbooks(paths: Sequence[Path], options: Namespace, lang: str) -> int:
    """Judges templates of managers' forms and of score books; lists what their defined names mark."""
    from perfxl.exchange.template_check import check_template
    from perfxl.workbook.score.template import is_score_template
    from perfxl.workbook.score.template_check import check_score_template

    checked = []
    for path in paths:
        of_scores = is_score_template(path)
        marks, problems = check_score_template(path, lang) if of_scores else check_template(path, lang)
        checked.append((path, "scorecard" if of_scores else "manager", marks, problems))
    problems = [about for *_, found in checked for about in found]
    if options.json:
        templates = [
            {"file": str(path), "kind": kind, "names": [{"name": m.name, "cells": m.reach} for m in marks]}
            for path, kind, marks, _ in checked
        ]
        show.as_json({"templates": templates, "problems": [about.as_dict(lang) for about in problems]})
        return PROBLEMS if has_errors(problems) else CLEAN
    headers = (Text("名称", "Name"), Text("单元格", "Cells"), Text("用途", "What for"))
    for path, _, marks, _ in checked:
        if marks:
            rows = [(mark.name, mark.reach, mark.meaning(lang)) for mark in marks]
            show.rows(path.name, [header(lang) for header in headers], rows)
    show.say(Text(f"检查了 {len(checked)} 个模板。", f"{len(checked)} templates checked.")(lang))
    show.problems(problems, lang)
    return PROBLEMS if has_errors(problems) else CLEAN


def adopt(options: Namespace) -> int:
    """Writes an existing Word form as a template, lists what was put where, and prints one paper of the sample program
    in memory to see that it works."""
    from perfxl.documents.adopt import adopt_form
    from perfxl.documents.papers import KINDS
    from perfxl.documents.template.sources import read_template

    lang = options.lang or "zh"
    if options.kind and options.kind not in KINDS:
        return _refuse_kinds([options.kind], options)
    if len(options.subjects) != 1 or not options.output:
        return show.refuse([problem("adopt_needs_form_and_output")], lang, options.json)
    source, out = Path(options.subjects[0]), options.output
    refused = targets.judge_file(options, out, (".docx",), [source])
    if refused:
        return refused
    data, problems = read_template(source)
    if problems:
        return show.refuse(problems, lang, options.json)
    form, problems = adopt_form(data, source.name, options.kind)
    if form is None:
        return show.refuse(problems, lang, options.json)
    problems = _try_template(form, out.name, lang)
    failed = has_errors(problems)
    if not failed:
        failed = bool(
            targets.write_file(out, lang, lambda: _write_bytes(out, form.data, source.name), json=options.json)
        )
        if failed:
            return UNUSABLE
    if options.json:
        found = [{**each._asdict(), "part": each.part_label(lang)} for each in form.findings]
        show.as_json({"kind": form.kind, "findings": found, "problems": [each.as_dict(lang) for each in problems]})
        return PROBLEMS if failed else CLEAN
    show.say(
        Text(f"{source.name}：作为{KINDS[form.kind].title('zh')}", f"{source.name}: as {KINDS[form.kind].title('en')}")(
            lang
        )
    )
    _show_findings(form, lang, _WRITTEN)
    show.problems(problems, lang)
    if failed:
        return PROBLEMS
    show.say(Text(f"已生成 {out}", f"made {out}")(lang))
    show.say(f"perfxl documents {form.kind} FILE.xlsx -o DIR --template {out}")
    return CLEAN


def fields(options: Namespace) -> int:
    """Lists the fields that templates of some or all kinds may use: shown, as JSON, or into a workbook or document."""
    from perfxl.documents.papers import KINDS

    lang, kinds = options.lang or "zh", options.subjects or list(KINDS)
    unknown = [kind for kind in kinds if kind not in KINDS]
    if unknown:
        return _refuse_kinds(unknown, options)
    lists = _list_fields(kinds, lang)
    if options.json:
        show.as_json(
            {
                "problems": [],
                "kinds": [
                    {
                        "kind": listed.kind,
                        "title": listed.title,
                        "fields": [
                            {"field": e.path, "tag": e.tag, "meaning": e.meaning, "example": e.example}
                            for e in listed.entries
                            if not e.repeats
                        ],
                    }
                    for listed in lists
                ],
            }
        )
    elif options.output:
        return _write_fields(lists, options, lang)
    else:
        headers = [Text("在模板里这样写", "Write this"), Text("含义", "Meaning"), Text("示例", "Example")]
        for listed in lists:
            body = [("  " * entry.depth + entry.tag, entry.meaning, entry.example) for entry in listed.entries]
            show.rows(f"{listed.kind} {listed.title}", [header(lang) for header in headers], body)
    return CLEAN


ACTIONS = {"build": build, "check": check, "adopt": adopt, "fields": fields}


class _CheckedTemplate(NamedTuple):
    """A template, the kind it was judged as (blank where that is not known), what is wrong with it."""

    path: Path
    kind: str
    problems: list[Problem]
    form: AdoptedForm | None = None


_WRITTEN, _PROPOSED = Text("写入字段", "Field written"), Text("可写入字段", "Field proposed")
_PLACE, _READS = Text("位置", "Where"), Text("原文", "In the form")
_LEFT = {
    "missed": Text("没有对应的字段，留空", "No field for it, left blank"),
    "filled": Text("已写有内容，未改", "Holds something already, left as it is"),
    "signature": Text("手写签署，留空", "Signed by hand, left blank"),
}


def _show_findings(form: AdoptedForm, lang: str, placed: Text) -> None:
    """A line for each label, column and mark: the field, or why there is none."""
    headers = (_PLACE, _READS, placed)
    rows = [(_place(each, lang), each.text, each.tag or _LEFT[each.how](lang)) for each in form.findings]
    show.rows(placed(lang), [header(lang) for header in headers], rows)


def _place(found: Finding, lang: str) -> str:
    return f"{found.part_label(lang)} ¶{found.paragraph}"


def _write_bytes(path: Path, data: bytes, source: str) -> None:
    with replacing(path, "template", source) as temporary:
        temporary.write_bytes(data)


def _try_template(form: AdoptedForm, name: str, lang: str) -> list[Problem]:
    """What is wrong with an adopted template, as far as reading it and printing one paper of the sample tells."""
    from perfxl import sample
    from perfxl.documents.papers import KINDS
    from perfxl.documents.papers.contexts import Contexts
    from perfxl.documents.papers.kind import CODE
    from perfxl.documents.pictures.filling import with_pictures
    from perfxl.documents.template.compiled import CompiledTemplate
    from perfxl.documents.template.render_problems import RenderError, TemplateError
    from perfxl.program import from_tables

    kind = KINDS[form.kind]
    try:
        template = CompiledTemplate.from_bytes(form.data, name, lang)
        if not template.variables():
            return [problem("template_without_fields", Address(file=name))]
        problems = [*template.check(kind.paths), *template.lint()]
        program, _ = from_tables(sample.program(lang=lang), lang)
        contexts = Contexts(program.tables, program.policy, lang)
        example = kind.context(contexts, next(iter(kind.ids(contexts))))
        template.render(with_pictures({**example, CODE: ""}, template.picture_paths, lambda field, owner: ""))
    except (TemplateError, RenderError) as error:
        return error.problems
    return problems


def _judge(path: Path, kind: str | None, lang: str) -> _CheckedTemplate:
    """By the kind given, else that which the file's name begins with, else that whose fields fit best."""
    from perfxl.documents.adopt import USUAL, adopt_form, find_meanings, propose_fields
    from perfxl.documents.papers import KINDS
    from perfxl.documents.template.compiled import CompiledTemplate
    from perfxl.documents.template.render_problems import TemplateError

    named = kind or path.name.split(".")[0]
    try:
        template = CompiledTemplate(path, lang)
    except TemplateError as error:
        return _CheckedTemplate(path, named if named in KINDS else "", error.problems)
    candidates = [named] if named in KINDS else [USUAL, *(name for name in KINDS if name != USUAL)]
    checked = {name: template.check(KINDS[name].paths) for name in candidates}
    unknown = {name: find_meanings(problems, name) for name, problems in checked.items()}
    if not template.variables():
        form, _ = adopt_form(path.read_bytes(), path.name, candidates[0] if len(candidates) == 1 else None)
        best = form.kind if form else candidates[0]
        lacks = problem("template_without_fields", Address(file=path.name))
        proposals = propose_fields(path, best, lang, without_fields=True)
        return _CheckedTemplate(path, best, [lacks, *template.lint(), *proposals], form)
    best = min(unknown, key=lambda name: (len(unknown[name]), sum(p.name == "variable_missing" for p in unknown[name])))
    proposals = propose_fields(path, best, lang, without_fields=False)
    return _CheckedTemplate(path, best, [*unknown[best], *proposals, *template.lint()])


def _refuse_kinds(kinds: Sequence[str], options: Namespace) -> int:
    from perfxl.documents.papers import KINDS

    unknown = [problem("kind_unknown", value=kind, kinds=", ".join(KINDS)) for kind in kinds]
    return show.refuse(unknown, options.lang or "zh", options.json)


def _list_fields(kinds: Sequence[str], lang: str) -> list[FieldList]:
    """The fields of each kind, with what they say on the papers of the sample program."""
    from perfxl import sample
    from perfxl.core.wording.formatting import capitalize
    from perfxl.documents.field_list import FieldList, collect_examples, list_fields
    from perfxl.documents.papers import KINDS
    from perfxl.documents.papers.contexts import Contexts
    from perfxl.program import from_tables

    program, _ = from_tables(sample.program(lang=lang), lang)
    contexts = Contexts(program.tables, program.policy, lang)
    lists = []
    for name in kinds:
        kind = KINDS[name]
        values = collect_examples(kind.context(contexts, record) for record in kind.ids(contexts))
        lists.append(FieldList(name, capitalize(kind.title(lang)), list(list_fields(kind.fields, values, lang))))
    return lists


def _write_fields(lists: Sequence[FieldList], options: Namespace, lang: str) -> int:
    """By the ending of the file's name."""
    from perfxl.documents.field_list import write_field_list

    path, writers = options.output, {".xlsx": _write_workbook, ".docx": write_field_list}
    failed = targets.judge_file(options, path, writers)
    if not failed:
        failed = targets.write_file(path, lang, lambda: writers[path.suffix.lower()](path, lists, lang))
    if not failed:
        show.say(Text(f"已生成 {path}", f"made {path}")(lang))
    return failed


def _write_workbook(path: Path, lists: Sequence[FieldList], lang: str) -> None:
    from perfxl.documents.field_list import HOW_TO
    from perfxl.workbook.field_book import FieldRow, FieldSheet, write_field_book

    how_to = [FieldRow(tag, meaning(lang)) for tag, meaning in HOW_TO]
    sheets = []
    for listed in lists:
        rows = [FieldRow(e.tag, e.meaning, e.example, e.depth, e.repeats) for e in listed.entries]
        sheets.append(FieldSheet(listed.kind, listed.title, rows))
    write_field_book(path, how_to, sheets, lang)

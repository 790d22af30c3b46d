"""`perfxl templates build|check|fields`: the shipped templates made anew, HR's own Word templates judged, and the
fields listed that they may use."""

from __future__ import annotations

import shutil
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from perfxl.cli import CLEAN, PROBLEMS, UNUSABLE, show
from perfxl.cli.commands import written
from perfxl.core.problems import Problem, has_errors, problem

if TYPE_CHECKING:
    from perfxl.documents.field_list import FieldList


def build(options: Namespace) -> int:
    """Writes both template folders, into the checkout or the folder given. Workbooks are made from the schema; the Word
    templates are those that `python -m tools.doc_templates` made."""
    from perfxl import assets
    from perfxl.workbook.program.templates import build_templates as build_workbooks

    lang, given = options.lang or "zh", options.paths[0] if options.paths else None
    workbooks = given / "workbook_templates" if given else assets.workbook_templates()
    documents = sorted(assets.doc_templates().glob("*.docx"))
    if given:
        (given / "doc_templates").mkdir(parents=True, exist_ok=True)
        documents = [Path(shutil.copy(path, given / "doc_templates")) for path in documents]
    for path in (*build_workbooks(workbooks), *documents):
        show.say(f"已生成 {path}", f"made {path}", lang)
    return CLEAN


def check(options: Namespace) -> int:
    """Judges .docx templates against the fields they may use; without paths, the shipped ones."""
    from perfxl import assets
    from perfxl.documents.papers import KINDS

    lang = options.lang or "zh"
    if options.kind and options.kind not in KINDS:
        return _unknown([options.kind], lang)
    paths = [path for given in options.paths or [assets.doc_templates()] for path in _templates(given)]
    judged = [_judge(path, options.kind, lang) for path in paths]
    problems = [found for each in judged for found in each.problems]
    if options.json:
        templates = [{"file": str(each.path), "kind": each.kind} for each in judged]
        show.as_json({"templates": templates, "problems": [found.as_dict(lang) for found in problems]})
    else:
        _tell(judged, lang)
        show.problems(problems, lang)
    return PROBLEMS if has_errors(problems) else CLEAN


def fields(options: Namespace) -> int:
    """Lists the fields that templates of some or all kinds may use: shown, as JSON, or into a workbook or document."""
    from perfxl.documents.papers import KINDS

    lang, asked = options.lang or "zh", [str(path) for path in options.paths] or list(KINDS)
    if not set(asked) <= set(KINDS):
        return _unknown([kind for kind in asked if kind not in KINDS], lang)
    lists = _listed(asked, lang)
    if options.json:
        told = [{"kind": each.kind, "title": each.title, "fields": _as_dicts(each)} for each in lists]
        show.as_json({"kinds": told})
    elif options.output:
        return _written(lists, options.output, lang)
    else:
        headers = ("在模板里这样写", "含义", "示例") if lang == "zh" else ("Write this", "Meaning", "Example")
        for each in lists:
            body = [("  " * entry.depth + entry.tag, entry.meaning, entry.example) for entry in each.entries]
            show.rows(f"{each.kind} {each.title}", headers, body)
    return CLEAN


ACTIONS = {"build": build, "check": check, "fields": fields}


class _Judged(NamedTuple):
    path: Path
    kind: str
    problems: list[Problem]


def _templates(path: Path) -> list[Path]:
    return sorted(p for p in path.glob("*.docx") if not p.name.startswith("~")) if path.is_dir() else [path]


def _judge(path: Path, kind: str | None, lang: str) -> _Judged:
    """By the kind given, else that which the file's name begins with, else that whose fields fit best."""
    from perfxl.documents.papers import KINDS
    from perfxl.documents.template.compiled import CompiledTemplate
    from perfxl.documents.template.render_problems import TemplateError

    named = kind or path.name.split(".")[0]
    try:
        template = CompiledTemplate(path, lang)
    except TemplateError as error:
        return _Judged(path, named if named in KINDS else "", error.problems)
    candidates = [named] if named in KINDS else list(KINDS)
    unknown = {name: template.check([field.path for field in KINDS[name].fields]) for name in candidates}
    best = min(unknown, key=lambda name: len(unknown[name]))
    return _Judged(path, best, [*unknown[best], *template.lint()])


def _tell(judged: Sequence[_Judged], lang: str) -> None:
    """What each template was taken for, and where its fields are listed."""
    from perfxl.documents.papers import KINDS

    for each in judged:
        if each.kind:
            title = KINDS[each.kind].title(lang)
            show.say(f"{each.path.name}：按{title}检查", f"{each.path.name}: judged as {title}", lang)
    wrong = sorted({each.kind for each in judged if each.problems and each.kind})
    if wrong:
        kinds = " ".join(wrong)
        show.say(f"可用的字段：perfxl templates fields {kinds}", f"Fields: perfxl templates fields {kinds}", lang)
    show.say(f"检查了 {len(judged)} 个模板。", f"{len(judged)} templates checked.", lang)


def _unknown(kinds: Sequence[str], lang: str) -> int:
    from perfxl.documents.papers import KINDS

    for kind in kinds:
        show.complain(problem("kind_unknown", value=kind, kinds=", ".join(KINDS)), lang)
    return UNUSABLE


def _listed(kinds: Sequence[str], lang: str) -> list[FieldList]:
    """The fields of each kind, with what they say on the papers of the sample program."""
    from perfxl import sample
    from perfxl.documents.field_list import FieldList, entries, examples
    from perfxl.documents.papers import KINDS
    from perfxl.documents.papers.contexts import Contexts
    from perfxl.documents.papers.formatting import capital
    from perfxl.program import from_tables

    program, _ = from_tables(sample.program(lang=lang), lang)
    contexts = Contexts(program.tables, program.policy, lang)
    lists = []
    for name in kinds:
        kind = KINDS[name]
        said = examples(kind.context(contexts, record) for record in kind.ids(contexts))
        lists.append(FieldList(name, capital(kind.title(lang)), list(entries(kind.fields, said, lang))))
    return lists


def _as_dicts(listed: FieldList) -> list[dict[str, str]]:
    held = [entry for entry in listed.entries if not entry.repeats]
    return [{"field": e.path, "tag": e.tag, "meaning": e.meaning, "example": e.example} for e in held]


def _written(lists: Sequence[FieldList], path: Path, lang: str) -> int:
    """By the ending of the file's name."""
    from perfxl.documents.field_list import write_field_list

    writers = {".xlsx": _as_workbook, ".docx": write_field_list}
    writer = writers.get(path.suffix.lower())
    if writer is None:
        reason = "文件名以 .xlsx 或 .docx 结尾" if lang == "zh" else "its name must end in .xlsx or .docx"
        show.complain(problem("result_not_writable", value=str(path), reason=reason), lang)
        return UNUSABLE
    failed = written(path, lang, lambda: writer(path, lists, lang))
    if not failed:
        show.say(f"已生成 {path}", f"made {path}", lang)
    return failed


def _as_workbook(path: Path, lists: Sequence[FieldList], lang: str) -> None:
    from perfxl.documents.field_list import HOW_TO
    from perfxl.workbook.field_book import FieldRow, FieldSheet, write_field_book

    how_to = [FieldRow(tag, meaning(lang)) for tag, meaning in HOW_TO]
    sheets = [
        FieldSheet(
            each.kind, each.title, [FieldRow(e.tag, e.meaning, e.example, e.depth, e.repeats) for e in each.entries]
        )
        for each in lists
    ]
    write_field_book(path, how_to, sheets, lang)

"""`perfxl templates build|check`: the shipped templates made anew, and HR's own Word templates judged."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from perfxl.cli import CLEAN, PROBLEMS, show
from perfxl.core.problems import Problem, has_errors


def build(options: Namespace) -> int:
    """Writes both template folders, into the checkout or the folder given."""
    from perfxl import assets
    from perfxl.documents.build import build_templates as build_documents
    from perfxl.workbook.program.templates import build_templates as build_workbooks

    lang, given = options.lang or "zh", options.paths[0] if options.paths else None
    workbooks = given / "workbook_templates" if given else assets.workbook_templates()
    documents = given / "doc_templates" if given else assets.doc_templates()
    for path in (*build_workbooks(workbooks), *build_documents(documents)):
        show.say(f"已生成 {path}", f"made {path}", lang)
    return CLEAN


def check(options: Namespace) -> int:
    """Judges .docx templates against the fields they may use; without paths, the shipped ones."""
    from perfxl import assets

    lang = options.lang or "zh"
    paths = [path for given in options.paths or [assets.doc_templates()] for path in _templates(given)]
    problems = [found for path in paths for found in _judge(path, lang)]
    show.say(f"检查了 {len(paths)} 个模板。", f"{len(paths)} templates checked.", lang)
    show.problems(problems, lang)
    return PROBLEMS if has_errors(problems) else CLEAN


def _templates(path: Path) -> list[Path]:
    return sorted(p for p in path.glob("*.docx") if not p.name.startswith("~")) if path.is_dir() else [path]


def _judge(path: Path, lang: str) -> list[Problem]:
    """By the kind that the file's name begins with; a name of its own is judged as a contract."""
    from perfxl.documents.kinds import KINDS
    from perfxl.documents.template.compiled import CompiledTemplate
    from perfxl.documents.template.errors import TemplateError

    kind = KINDS.get(path.name.split(".")[0], KINDS["contract"])
    try:
        return CompiledTemplate(path, lang).check([field.path for field in kind.fields])
    except TemplateError as error:
        return error.problems


ACTIONS = {"build": build, "check": check}

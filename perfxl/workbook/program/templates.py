"""The shipped workbook templates, and a new program made from them."""

from __future__ import annotations

import shutil
from pathlib import Path

from perfxl.assets import doc_templates, workbook_templates
from perfxl.core.problems import Address, Problem, problem
from perfxl.workbook.atomic import replacing
from perfxl.workbook.program.book import write_program

LANGUAGES = ("zh", "en")
PROGRAM_FILES = {"zh": "绩效方案.xlsx", "en": "program.xlsx"}


def build_templates(folder: Path) -> list[Path]:
    """Writes the empty program workbooks that ship with perfxl; the same schema gives the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    made = [folder / template_name(lang) for lang in LANGUAGES]
    for path, lang in zip(made, LANGUAGES, strict=True):
        write_program(path, None, lang)
    return made


def template_name(lang: str) -> str:
    return f"program.{lang}.xlsx"


def new_program(folder: Path, lang: str = "zh") -> tuple[list[Path], list[Problem]]:
    """Copies the empty program and both template folders into the folder. Files that are there already stay as they
    are, each named by a problem.

    Returns: The files that were made, and the problems.
    """
    program = (workbook_templates() / template_name(lang), folder / PROGRAM_FILES[lang])
    made: list[Path] = []
    problems: list[Problem] = []
    for source, target in [program, *_template_files(folder)]:
        try:
            if target.exists():
                problems.append(problem("output_exists", Address(target.name), value=str(target)))
                continue
            _copy(source, target)
        except OSError as error:
            reason = error.strerror or str(error)
            problems.append(problem("output_not_writable", Address(target.name), value=str(target), reason=reason))
            break
        made.append(target)
    return made, problems


def _template_files(folder: Path) -> list[tuple[Path, Path]]:
    return [
        (source, folder / kind / source.relative_to(shipped))
        for kind, shipped in (("workbook_templates", workbook_templates()), ("doc_templates", doc_templates()))
        for source in sorted(shipped.rglob("*"))
        if source.is_file() and not source.name.startswith((".", "~"))
    ]


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with replacing(target) as temporary:
        shutil.copyfile(source, temporary)

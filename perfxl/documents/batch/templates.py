"""The templates of a batch: opened, compiled, judged against the fields they may use."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from perfxl import __version__
from perfxl.assets import doc_templates
from perfxl.core.problems import Problem, has_errors
from perfxl.documents.papers import KINDS
from perfxl.documents.template.compiled import CompiledTemplate
from perfxl.documents.template.errors import TemplateError

__all__ = ["Templates", "open_templates"]


class Templates(NamedTuple):
    """By kind: the compiled template, and a hash that changes with the template and with perfxl."""

    compiled: dict[str, CompiledTemplate]
    versions: dict[str, str]


def open_templates(kinds: Iterable[str], lang: str, own: Path | None) -> tuple[Templates, list[Problem]]:
    """The shipped templates, or HR's `own`. A kind whose template cannot be used, or would fail with every record, is
    left out; the problems say why."""
    opened, problems = Templates({}, {}), []
    for kind in kinds:
        path = own or doc_templates() / f"{KINDS[kind].template}.{lang}.docx"
        try:
            template = CompiledTemplate(path, lang)
        except TemplateError as error:
            problems += error.problems
            continue
        found = template.check([field.path for field in KINDS[kind].fields])
        problems += found
        if not has_errors(found):
            opened.compiled[kind] = template
            opened.versions[kind] = _version(path)
    return opened, problems


def _version(path: Path) -> str:
    return hashlib.blake2b(path.read_bytes() + __version__.encode(), digest_size=12).hexdigest()

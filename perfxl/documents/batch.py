"""Many papers at once: one file for each record, whole or not at all; what fails is told and the rest is made."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from perfxl.assets import doc_templates
from perfxl.core.policy import Policy
from perfxl.core.problems import Address, Problem, Text, has_errors, problem
from perfxl.core.records import Book
from perfxl.documents.compiled import CompiledTemplate
from perfxl.documents.contexts.base import Contexts
from perfxl.documents.contexts.index import ContextError
from perfxl.documents.errors import RenderError, TemplateError
from perfxl.documents.filenames import FileNames
from perfxl.documents.kinds import KINDS, DocumentKind

Progress = Callable[[int, int], None]


def make_documents(
    kind: str,
    book: Book,
    policy: Policy,
    out_dir: Path,
    *,
    lang: str = "zh",
    only: Collection[str] | None = None,
    template: Path | None = None,
    progress: Progress | None = None,
) -> tuple[list[Path], list[Problem]]:
    """Makes the papers of a kind (a key of KINDS) in `out_dir`: (the files made, problems).

    only      IDs of papers or of employees; None makes all
    template  HR's own .docx instead of the shipped one
    progress  called with (papers done, papers in all)
    """
    made = KINDS[kind]
    try:
        compiled = CompiledTemplate(template or doc_templates() / f"{made.template}.{lang}.docx", lang)
    except TemplateError as error:
        return [], error.problems
    problems = compiled.check([field.path for field in made.fields])
    if has_errors(problems):  # every paper would fail alike
        return [], problems
    contexts = Contexts(book, policy, lang)
    ids, unknown = _chosen(made, contexts, only)
    run = _Run(made, compiled, contexts, out_dir, [*problems, *unknown])
    run.make(ids, progress)
    return run.files, run.problems


class _Run:
    """One batch under way."""

    def __init__(
        self, kind: DocumentKind, template: CompiledTemplate, contexts: Contexts, folder: Path, problems: list[Problem]
    ) -> None:
        self.files: list[Path] = []
        self.problems = problems
        self._kind, self._template, self._contexts = kind, template, contexts
        self._folder = folder.absolute()
        self._names = FileNames(len(str(self._folder)), ".docx")
        self._told: set[tuple[str, str]] = set()

    def make(self, ids: list[str], progress: Progress | None) -> None:
        if not self._names.fit:
            self.problems.append(problem("D207", folder=self._folder))
            return
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            for done, record in enumerate(ids, 1):
                self._make_one(record)
                if progress:
                    progress(done, len(ids))
        except OSError as error:
            made = len(self.files)
            self.problems.append(
                problem("D205", folder=self._folder, reason=_reason(error), done=made, left=len(ids) - made)
            )

    def _make_one(self, record: str) -> None:
        try:
            context = self._kind.context(self._contexts, record)
            content = self._template.render(context)
        except ContextError as error:
            self.problems += error.problems
            return
        except RenderError as error:
            self._tell(record, error.problems)
            return
        name = self._names.name(self._kind.file_name(self._contexts.lang).format(**context))
        temporary = self._folder / f".{os.getpid()}.tmp"
        try:
            temporary.write_bytes(content)
            self._replace(record, temporary, self._folder / name)
        finally:
            temporary.unlink(missing_ok=True)

    def _replace(self, record: str, temporary: Path, path: Path) -> None:
        try:
            temporary.replace(path)
        except OSError as error:  # on Windows, a paper that Word has open
            self.problems.append(problem("D204", Address(file=path.name), record=record, reason=_reason(error)))
        else:
            self.files.append(path)

    def _tell(self, record: str, found: list[Problem]) -> None:
        """What is wrong with the template or the data once, and each record that it keeps from being made."""
        for one in found:
            key = (one.code, f"{one.address} {one.message('en')}")
            if key not in self._told:
                self._told.add(key)
                self.problems.append(one)
        codes = ", ".join(sorted({one.code for one in found}))
        self.problems.append(problem("D203", record=record, template=self._template.name, codes=codes))


def _chosen(
    kind: DocumentKind, contexts: Contexts, only: Collection[str] | None
) -> tuple[list[str], Iterator[Problem]]:
    """The papers to make, and a problem for each ID that nothing answers to."""
    ids = list(kind.ids(contexts))
    if only is None:
        return ids, iter(())
    wanted = set(only)
    asked = {record: kind.asked_by(contexts, record) & wanted for record in ids}
    found = set().union(*asked.values())
    unknown = (problem("D206", value=one, kind=Text(kind.zh, kind.en)) for one in only if one not in found)
    return [record for record in ids if asked[record]], unknown


def _reason(error: OSError) -> str:
    return error.strerror or str(error)

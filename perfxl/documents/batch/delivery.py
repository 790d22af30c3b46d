"""What follows when the papers are made: PDFs, the archive of what is in the folder, the index."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from perfxl.core.problems import Address, Problem, problem
from perfxl.documents.batch.index import INDEX, index_rows, index_workbook
from perfxl.documents.batch.manifest import Key
from perfxl.documents.batch.outputs import ArchiveOutput
from perfxl.documents.batch.workspace import Refused, Workspace
from perfxl.documents.contexts.base import Contexts
from perfxl.documents.pdf import convert, page_count

__all__ = ["Progress", "index_archive", "make_pdfs", "pack", "write_index"]

Progress = Callable[[int, int], None]  # done, in all


def make_pdfs(
    workspace: Workspace, made: Sequence[Key], program: str, jobs: int, progress: Progress | None
) -> list[Problem]:
    """PDFs beside the papers in the folder; those that are there already are kept."""
    manifest, problems = workspace.manifest, []
    entries = list(manifest.all_there(made))
    missing = [entry for entry in entries if not workspace.has_pdf(entry)]
    sources = [workspace.folder / entry.file for entry in missing]
    if progress:
        progress(len(entries) - len(missing), len(entries))
    converted = convert(program, sources, workspace.scratch, jobs)
    for done, (entry, result) in enumerate(zip(missing, converted, strict=True), len(entries) - len(missing) + 1):
        name = str(PurePosixPath(entry.file).with_suffix(".pdf"))
        if result.pdf is None:
            problems.append(problem("D233", Address(file=entry.file), reason=result.reason))
        else:
            content = result.pdf.read_bytes()
            try:
                workspace.adopt(result.pdf, name)
            except Refused as error:
                problems.append(problem("D233", Address(file=entry.file), reason=error.reason))
            else:
                manifest.add(replace(entry, pdf=name, pdf_size=len(content), pages=page_count(content)))
        if progress:
            progress(done, len(entries))
    return problems


def pack(workspace: Workspace, made: Sequence[Key], archive: ArchiveOutput) -> None:
    """Puts what is in the folder, PDFs too, into the archive."""
    for entry in workspace.manifest.all_there(made):
        for name in filter(None, (entry.file, entry.pdf)):
            archive.take(name, (workspace.folder / name).read_bytes())


def write_index(workspace: Workspace, contexts: Contexts, title: str) -> list[Problem]:
    """The index of the folder."""
    content = index_workbook(index_rows(workspace.manifest, contexts), title, contexts.lang)
    try:
        workspace.put(INDEX, content)
    except Refused as error:
        return [problem("D228", Address(file=INDEX), reason=error.reason)]
    return []


def index_archive(
    workspace: Workspace, contexts: Contexts, title: str, asked: Collection[Key], archive: ArchiveOutput
) -> None:
    """The index of what was asked for, with links that work where the archive is unpacked."""
    archive.take(INDEX, index_workbook(index_rows(workspace.manifest, contexts, asked), title, contexts.lang))

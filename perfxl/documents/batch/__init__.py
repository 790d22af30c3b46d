"""Many papers at once: whole files or none; what fails is told and the rest is made; what was killed goes on.

selection   which papers                    templates  what they are made with
job         what a worker does              carriers   who does it: this process, others, any executor
run         the batch under way             manifest   what was made, and from what
workspace   the folder                      outputs    files, one archive, one print file
index       the list of what is there       trouble    what the disk may have against it
"""

from __future__ import annotations

from collections.abc import Collection
from concurrent.futures import Executor
from pathlib import Path

from perfxl.core.policy import Policy
from perfxl.core.problems import Address, Problem, problem
from perfxl.core.records import Book
from perfxl.documents.batch.carriers import carrier
from perfxl.documents.batch.index import INDEX, index_rows, index_workbook
from perfxl.documents.batch.job import Job
from perfxl.documents.batch.manifest import Since
from perfxl.documents.batch.outputs import ArchiveOutput, FolderOutput, Output
from perfxl.documents.batch.run import Batch, Progress
from perfxl.documents.batch.selection import select
from perfxl.documents.batch.templates import open_templates
from perfxl.documents.batch.trouble import folder_problem
from perfxl.documents.batch.workspace import Busy, Refused, Workspace
from perfxl.documents.contexts.base import Contexts
from perfxl.documents.filenames import FileNames
from perfxl.documents.kinds import KINDS

__all__ = ["ALL", "make_documents"]

ALL = "all"


def make_documents(
    kind: str,
    book: Book,
    policy: Policy,
    out_dir: Path,
    *,
    lang: str = "zh",
    only: Collection[str] | None = None,
    unit: str | None = None,
    since: Since = None,
    template: Path | None = None,
    archive: Path | None = None,
    print_file: Path | None = None,
    pdf: bool = False,
    jobs: int | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> tuple[list[Path], list[Problem]]:
    """Makes the papers of a kind (a key of KINDS, or "all") in `out_dir`: (the files made, problems).

    only        IDs of papers or of employees; None makes all
    unit        a unit (ID or name): papers of it, of the units below it and of their people
    since       only what has changed since: a date, or "last" for the last batch that came to its end
    template    HR's own .docx instead of the shipped one
    archive     a .zip that the papers go into, instead of a file each
    print_file  a .docx that holds them all, a section each
    pdf         PDFs too, beside the papers or of the print file
    jobs        processes; None: one for each core
    executor    who does the work instead: any concurrent.futures.Executor
    progress    called with (papers done, papers in all)

    Papers that are in the folder already, made from the same data and template, are kept, so that a batch that was
    killed goes on where it stopped; they count as made.
    """
    kinds = list(KINDS) if kind == ALL else [kind]
    if template and len(kinds) > 1:
        return [], [problem("D229")]
    templates, problems = open_templates(kinds, lang, template)
    job = Job(book, policy, lang, templates.compiled)
    chosen, found = select(job.contexts, templates.compiled, only, unit)
    problems += found
    if not chosen:
        return [], problems
    folders = {kind: f"{KINDS[kind].title(lang)}/" if len(kinds) > 1 else "" for kind in chosen}
    folder = out_dir.absolute()
    if not all(FileNames(len(str(folder / inner)), ".docx").fit for inner in folders.values()):
        return [], [*problems, problem("D207", folder=folder)]
    try:
        with Workspace(folder) as workspace:
            outputs: list[Output] = [ArchiveOutput(archive)] if archive else [FolderOutput(workspace)]
            batch = Batch(
                job,
                workspace,
                outputs,
                chosen,
                folders=folders,
                versions=templates.versions,
                where=archive.name if archive else "",
                since=since,
            )
            with carrier(job, batch.total, jobs, executor) as workers:
                ended = batch.run(workers, progress)
            problems += batch.problems
            if ended:
                problems += _write_index(workspace, job.contexts)
                workspace.manifest.end()
    except Busy:
        return [], [*problems, problem("D226", folder=folder)]
    except OSError as error:
        return [], [*problems, folder_problem(folder, error, 0, sum(map(len, chosen.values())))]
    files = [folder / workspace.manifest.current[key].file for key in batch.made]
    return files, problems


def _write_index(workspace: Workspace, contexts: Contexts) -> list[Problem]:
    content = index_workbook(index_rows(workspace, contexts), workspace.folder.name, contexts.lang)
    try:
        workspace.put(INDEX, content)
    except Refused as error:
        return [problem("D228", Address(file=INDEX), reason=error.reason)]
    return []

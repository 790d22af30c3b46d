"""What a batch is to make, and the steps to it: papers, then PDFs, archive and index."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from perfxl.core.problems import Problem, problem
from perfxl.documents.batch.carriers import RowsOf, carrier, cores
from perfxl.documents.batch.delivery import Progress, index_archive, make_pdfs, pack, write_index
from perfxl.documents.batch.files import Files
from perfxl.documents.batch.job import Job
from perfxl.documents.batch.manifest import Since
from perfxl.documents.batch.outputs import ArchiveOutput, FolderOutput, Output, PrintOutput, PrintPdfOutput
from perfxl.documents.batch.run import Batch
from perfxl.documents.batch.trouble import Stopped, file_problem, folder_problem
from perfxl.documents.batch.workspace import Busy, Workspace
from perfxl.documents.filenames import FileNames
from perfxl.documents.papers.contexts import Contexts

__all__ = ["Plan", "carry_out"]


@dataclass(frozen=True)
class Plan:
    """`chosen`: kind -> the records to make. `folders`: kind -> where its papers go, blank or ending in /. `versions`:
    kind -> the hash of its template. `program` makes PDFs: LibreOffice, None for no PDFs. `title` names it all."""

    folder: Path
    title: str
    chosen: Mapping[str, Sequence[str]]
    folders: Mapping[str, str]
    versions: Mapping[str, str]
    since: Since
    archive: Path | None
    print_file: Path | None
    program: str | None

    @property
    def total(self) -> int:
        return sum(map(len, self.chosen.values()))

    @property
    def names_fit(self) -> bool:
        """Whether the folder's path leaves room for file names."""
        return all(FileNames(len(str(self.folder / inner)), ".docx").fit for inner in self.folders.values())

    @property
    def in_folder(self) -> bool:
        """Whether each paper is to be a file in the folder. PDFs for an archive are made from files there too."""
        return not self.print_file and (not self.archive or self.program is not None)


def carry_out(
    plan: Plan,
    job: Job,
    rows_of: RowsOf,
    jobs: int | None,
    executor: Executor | None,
    progress: Progress | None,
    pdf_progress: Progress | None,
) -> tuple[Sequence[Path], list[Problem]]:
    """Makes it all: (the files made, problems)."""
    try:
        with Workspace(plan.folder) as workspace, _outputs(plan, workspace) as outputs:
            where = "" if plan.in_folder else ", ".join(output.place.name for output in outputs)
            batch = Batch(job, rows_of, workspace, outputs, plan.chosen, plan.folders, plan.versions, plan.since, where)
            with carrier(job, rows_of, batch.total, jobs, executor) as workers:
                ended = batch.run(workers, progress)
            there = workspace.manifest.all_there(batch.made if plan.in_folder else ())
            names = (entry.file for entry in there)
            if not ended:
                return Files(plan.folder, names), batch.problems
            found = list(batch.problems)
            if plan.in_folder and plan.program:
                found += make_pdfs(workspace, batch.made, plan.program, jobs or cores(), pdf_progress)
            more, unfinished = _finish(plan, batch, job.contexts, workspace, outputs)
            return Files(plan.folder, names, more), found + unfinished
    except Busy:
        return [], [problem("folder_busy", folder=plan.folder)]
    except Stopped as stop:
        return [], [file_problem(stop.place, stop.error, plan.total)]
    except OSError as error:
        return [], [folder_problem(plan.folder, error, 0, plan.total)]


@contextmanager
def _outputs(plan: Plan, workspace: Workspace) -> Iterator[list[Output]]:
    """Where the papers go as they come; what is not finished at the end is taken away."""
    with ExitStack() as left_over:
        outputs: list[Output] = []

        def add(output: Output) -> None:
            left_over.callback(output.close)
            outputs.append(output)

        if plan.in_folder:
            add(FolderOutput(workspace))
        elif plan.archive:
            add(ArchiveOutput(plan.archive))
        if plan.print_file:
            add(PrintOutput(plan.print_file, plan.title))
            if plan.program:
                add(PrintPdfOutput(workspace, plan.print_file, plan.title, plan.program))
        yield outputs


def _finish(
    plan: Plan, batch: Batch, contexts: Contexts, workspace: Workspace, outputs: Sequence[Output]
) -> tuple[list[Path], list[Problem]]:
    """Gives the archive, the print file and the index their names: (the files made, problems)."""
    files: list[Path] = []
    problems: list[Problem] = []

    def finish(output: Output) -> None:
        if isinstance(output, ArchiveOutput):
            index_archive(workspace, contexts, plan.title, batch.asked, output)
        failed = output.finish()
        problems.extend(failed)
        files.extend([] if failed else [output.place])

    if batch.made and not plan.in_folder:
        for output in outputs:
            finish(output)
    elif batch.made and plan.archive:
        with closing(ArchiveOutput(plan.archive)) as archive:
            pack(workspace, batch.made, archive)
            finish(archive)
    if plan.in_folder or plan.print_file:  # an archive has its own
        problems += write_index(workspace, contexts, plan.title)
    workspace.manifest.end()
    return files, problems

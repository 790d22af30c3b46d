"""A batch under way: papers come from the workers, get their names, go where they belong and into the manifest; then
the PDFs, the archive and the index."""

from __future__ import annotations

import random
import zlib
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from perfxl.core.language import Text
from perfxl.core.problems import Address, Problem, problem
from perfxl.documents.batch.io_problems import Stopped, file_problem, folder_problem, stop_on_error
from perfxl.documents.batch.job import Job, Order, Paper
from perfxl.documents.batch.locks import OutputBusy, held
from perfxl.documents.batch.manifest import LAST, ManifestEntry, PaperKey, PaperKeys, Since
from perfxl.documents.batch.outputs import ArchiveOutput, FolderOutput, Output, PrintOutput, PrintPdfOutput
from perfxl.documents.batch.postprocess import FileList, Progress, archive_folder, index_archive, make_pdfs, write_index
from perfxl.documents.batch.workers import RowsOf, WorkerPool, WorkersLost, open_workers
from perfxl.documents.batch.workspace import FolderBusy, Workspace, WriteRefused
from perfxl.documents.filenames import FileNames
from perfxl.documents.papers.contexts import Contexts
from perfxl.ooxml.mark import Label
from perfxl.outputs import OutputRefused, label
from perfxl.processes import count_cores

__all__ = ["Batch", "BatchPlan", "carry_out"]


@dataclass(frozen=True)
class BatchPlan:
    """What a batch is to make.

    title       names it all
    chosen      kind -> the records to make
    folders     kind -> the folder that its papers go to, blank or ending in /
    versions    kind -> the hash of its template
    since       papers that have not changed since are left out
    office      LibreOffice, which makes PDFs; None for no PDFs
    inputs      the program's file and HR's template, where given: the first is what papers were made from
    overwrite   replace what perfxl has not made or somebody has changed
    odd_pages   in the print file each paper begins on an odd page
    """

    folder: Path
    title: str
    chosen: Mapping[str, Sequence[str]]
    folders: Mapping[str, str]
    versions: Mapping[str, str]
    since: Since
    archive: Path | None
    print_file: Path | None
    office: str | None
    inputs: Sequence[Path] = ()
    overwrite: bool = False
    odd_pages: bool = False

    @property
    def total(self) -> int:
        return sum(map(len, self.chosen.values()))

    @property
    def names_fit(self) -> bool:
        """Whether the folder's path leaves room for file names."""
        return all(FileNames(len(str(self.folder / inner)), ".docx").fit for inner in self.folders.values())

    def label(self, kind: str) -> Label:
        """What the mark of an output says that is not a paper."""
        return label(kind, self.inputs[0] if self.inputs else None)

    @property
    def in_folder(self) -> bool:
        """Whether each paper is to be a file in the folder. PDFs for an archive are made from files there too."""
        return not self.print_file and (not self.archive or self.office is not None)


def carry_out(
    plan: BatchPlan,
    job: Job,
    rows_of: RowsOf,
    jobs: int | None,
    executor: Executor | None,
    progress: Progress | None,
    pdf_progress: Progress | None,
) -> tuple[Sequence[Path], list[Problem]]:
    """Makes the papers, then PDFs, archive, print file and index: (the files, problems). What was made before
    something went wrong is among them."""
    batch: Batch | None = None
    try:
        with Workspace(plan.folder, plan.inputs, plan.overwrite) as workspace:
            try:
                with _outputs(plan, workspace, jobs, pdf_progress) as outputs:
                    batch = Batch(plan, job, rows_of, workspace, outputs)
                    with open_workers(job, rows_of, plan.total, jobs, executor) as workers:
                        ended = batch.run(workers, progress)
                    if ended and plan.in_folder and plan.office:
                        cores = jobs or count_cores()
                        batch.problems += make_pdfs(
                            workspace, batch.done, plan.office, cores, plan.label("pdf"), pdf_progress
                        )
                    more = _finish(plan, batch, job.contexts, workspace, outputs) if ended else []
                    return FileList(plan.folder, batch.names_in_folder(), more), batch.problems
            except Stopped as stop:
                stopped = file_problem(stop.place, stop.error, plan.total)
            except OutputBusy as busy:
                return [], [problem("combined_file_busy", Address(file=str(busy.path)))]
            except OSError as error:
                done = len(batch.done) if batch and plan.in_folder else 0
                stopped = folder_problem(plan.folder, error, done, plan.total - done)
            names, told = (batch.names_in_folder(), batch.problems) if batch else ((), [])
            return FileList(plan.folder, names), [*told, stopped]
    except FolderBusy:
        return [], [problem("folder_busy", folder=plan.folder)]
    except OSError as error:
        return [], [folder_problem(plan.folder, error, 0, plan.total)]


@contextmanager
def _outputs(
    plan: BatchPlan, workspace: Workspace, jobs: int | None, progress: Progress | None
) -> Iterator[list[Output]]:
    """Where the papers go as they come; what is not finished at the end is taken away."""
    with ExitStack() as left_over:
        outputs: list[Output] = []

        def add(output: Output) -> None:
            left_over.callback(output.close)
            outputs.append(output)

        for single in filter(None, (plan.archive, plan.print_file)):
            with stop_on_error(single):
                left_over.enter_context(held(single))
        if plan.in_folder:
            add(FolderOutput(workspace))
        elif plan.archive:
            add(ArchiveOutput(plan.archive, plan.label("archive")))
        if plan.print_file:
            add(PrintOutput(plan.print_file, plan.title, plan.label("print"), plan.odd_pages))
            if plan.office:
                mark, cores = plan.label("print"), jobs or count_cores()
                add(
                    PrintPdfOutput(
                        workspace, plan.print_file, plan.title, plan.office, mark, cores, progress, plan.odd_pages
                    )
                )
        yield outputs


def _finish(
    plan: BatchPlan, batch: Batch, contexts: Contexts, workspace: Workspace, outputs: Sequence[Output]
) -> list[Path]:
    """Gives the archive, the print file and the index their names; the first two, as far as they were made."""
    files: list[Path] = []

    def finish(output: Output) -> None:
        if isinstance(output, ArchiveOutput):
            index_archive(workspace, contexts, plan.title, batch.wanted, output, plan.label("index"))
        batch.problems += output.finish()
        files.extend([output.place] if output.made else [])

    if batch.done and not plan.in_folder:
        for output in outputs:
            finish(output)
    elif batch.done and plan.archive:
        with closing(ArchiveOutput(plan.archive, plan.label("archive"))) as archive:
            archive_folder(workspace, batch.done, archive)
            finish(archive)
    if plan.in_folder or plan.print_file:  # an archive has its own
        batch.problems += write_index(workspace, contexts, plan.title, plan.label("index"))
    workspace.manifest.end()
    return files


class Batch:
    """The papers of a plan, from the workers to the outputs.

    wanted      the papers of the plan
    done        those that were made, or were in the folder already
    problems    in the order they came up
    """

    def __init__(
        self, plan: BatchPlan, job: Job, rows_of: RowsOf, workspace: Workspace, outputs: Sequence[Output]
    ) -> None:
        self.wanted = PaperKeys(plan.chosen)
        self.done = PaperKeys({})
        self.problems: list[Problem] = []
        self._plan, self._job, self._rows_of, self._outputs = plan, job, rows_of, outputs
        self._workspace, self._manifest = workspace, workspace.manifest
        # The archive or print file that papers go into. Blank: they are files themselves, and those there are kept.
        self._where = "" if plan.in_folder else ", ".join(output.place.name for output in outputs)
        self._before = self._manifest.entries_before(plan.since)
        self._kept = self._unchanged = 0
        self._by_docxtpl: set[str] = set()  # kinds
        self._reported: set[tuple[str, str]] = set()
        self._folder_names = ("", self._free_names(""))  # the folder that papers go to at the moment, and its names

    def run(self, workers: WorkerPool, progress: Progress | None) -> bool:
        """Whether it came to its end; papers that could not be made do not keep it from that."""
        total = self._plan.total
        try:
            self._compare_samples(workers)
            for count, (key, paper) in enumerate(zip(self.wanted, workers.papers(self._orders()), strict=True), 1):
                with stop_on_error(self._workspace.folder):
                    self._receive(key, paper)
                if progress:
                    progress(count, total)
        except (Stopped, WorkersLost) as error:
            done = 0 if self._where else len(self.done)  # of an archive nothing stays
            if isinstance(error, Stopped):
                self.problems.append(folder_problem(error.place, error.error, done, total - done))
            else:
                self.problems.append(problem("worker_lost", reason=error, done=done, left=total - done))
            return False
        if self._kept:
            self.problems.append(problem("papers_kept", count=self._kept))
        if self._unchanged:
            since = Text("上次生成", "the last batch") if self._plan.since == LAST else self._plan.since
            self.problems.append(problem("papers_unchanged", count=self._unchanged, since=since))
        return True

    def names_in_folder(self) -> Iterator[str]:
        """The files of the papers that are done, of those that are files themselves."""
        return (entry.file for entry in self._manifest.entries_in_folder(() if self._where else self.done))

    def _compare_samples(self, workers: WorkerPool) -> None:
        """The first paper and some others are made by docxtpl too. Where it makes anything else, it makes them all."""
        samples = [Order(kind, record) for kind, records in self._plan.chosen.items() for record in _sample(records)]
        for order, differences in zip(samples, workers.check(samples), strict=True):
            if differences and order.kind not in self._by_docxtpl:
                self._by_docxtpl.add(order.kind)
                template = self._job.templates[order.kind].name
                self.problems += [*differences, problem("papers_by_docxtpl", record=order.record, template=template)]

    def _orders(self) -> Iterator[Order]:
        """What has not changed since, and what is in the folder already, need not be made: their hashes go along."""
        for key in self.wanted:
            entries = [self._before.get(key)]
            if not self._where:
                in_folder = self._manifest.in_folder(key)
                entries.append(in_folder if in_folder and self._workspace.intact(in_folder) else None)
            hashes = tuple(entry.hash for entry in entries if entry and self._of_this_template(entry))
            yield Order(*key, hashes, key[0] in self._by_docxtpl)

    def _of_this_template(self, entry: ManifestEntry) -> bool:
        return entry.template == self._plan.versions[entry.kind]

    def _receive(self, key: PaperKey, paper: Paper) -> None:
        self._tell_once(paper.remarks)
        if paper.problems:
            self._refuse(key, paper.problems)
            return
        folder = self._plan.folders[paper.kind]
        name = folder + self._names_in(folder).give(paper.name)
        in_folder = self._manifest.in_folder(key)
        if paper.content is None:
            before = self._before.get(key)
            if before and before.hash == paper.hash and self._of_this_template(before):
                self._unchanged += 1
                if in_folder and not self._where and not self._workspace.intact(in_folder):
                    self._name_edited(in_folder.file)
                return
            if in_folder and in_folder.file == name:
                self._kept += 1
                self.done.add(key)
                if self._manifest.latest(key) != in_folder:
                    self._manifest.add(in_folder)
                return
            # There, but under a name that another paper has now.
            order = Order(paper.kind, paper.record, slow=paper.kind in self._by_docxtpl)
            [paper] = self._job.make([order], self._rows_of([order]))
        if paper.content is not None:
            self._put(key, name, paper)

    def _name_edited(self, name: str) -> None:
        """Says that a file was changed by hand, where it is there at all: it may have been moved."""
        try:
            self._workspace.keep_edited(name)
        except OutputRefused as refusal:
            self.problems.append(refusal.problem)

    def _place(self, key: PaperKey, wanted: str, paper: Paper) -> str:
        """The name that a paper gets in the folder: another one beside a file that is not perfxl's, or not any more.
        Where nothing but the edit is new, there is nothing to put beside it.

        Raises: OutputRefused.
        """
        entry, name = self._manifest.in_folder(key), wanted
        edit_alone = entry and entry.file == wanted and entry.hash == paper.hash and self._of_this_template(entry)
        while True:
            try:
                self._workspace.keep_edited(name, entry)
            except OutputRefused as refusal:
                if edit_alone or refusal.problem.name != "output_changed":
                    raise
                folder = self._plan.folders[key[0]]
                name = folder + self._names_in(folder).give(paper.name)
                continue
            if name != wanted:
                self.problems.append(problem("paper_beside_edited", Address(file=wanted), record=key[1], beside=name))
            return name

    def _put(self, key: PaperKey, name: str, paper: Paper) -> None:
        content = paper.content or b""
        try:
            if not self._where:
                name = self._place(key, name, paper)
            for output in self._outputs:
                with stop_on_error(output.place):
                    output.write(name, content)
        except OutputRefused as refusal:
            self._refuse(key, [refusal.problem])
            return
        except WriteRefused as error:
            self._refuse(key, [problem(error.code, Address(file=name), record=key[1], reason=error.reason)])
            return
        self.done.add(key)
        entry = ManifestEntry(
            *key,
            paper.hash,
            self._plan.versions[key[0]],
            name,
            len(content),
            zlib.crc32(content),
            where=self._where,
            issued=paper.issued,
        )
        if not self._where:
            entry = self._in_place_of_older(entry)
        self._manifest.add(entry)

    def _in_place_of_older(self, entry: ManifestEntry) -> ManifestEntry:
        """Removes what the paper was called before, and a PDF that no longer shows what it says."""
        older = self._manifest.in_folder(entry.key)
        if older is None:
            return entry
        names = self._names_in(self._plan.folders[entry.kind])
        if older.file != entry.file and not names.is_taken(Path(older.file).name):
            if not self._workspace.intact(older):
                self._name_edited(older.file)
            self._workspace.remove(older)
        if (older.file, older.crc) == (entry.file, entry.crc):
            return replace(entry, pdf=older.pdf, pdf_size=older.pdf_size, pages=older.pages)
        self._workspace.remove_pdf(older)
        return entry

    def _refuse(self, key: PaperKey, problems: list[Problem]) -> None:
        """What is wrong with the template or the data is reported once, though it keeps many papers from being made."""
        self._tell_once(problems)
        reasons = [reason.message(self._job.contexts.lang) for reason in problems]
        current = self._manifest.latest(key)
        if current is None or current.failed != reasons:
            self._manifest.add(ManifestEntry(*key, failed=reasons))

    def _tell_once(self, problems: Sequence[Problem]) -> None:
        for reason in problems:
            fingerprint = (reason.code, f"{reason.address} {reason.message('en')}")
            if fingerprint not in self._reported:
                self._reported.add(fingerprint)
                self.problems.append(reason)

    def _names_in(self, folder: str) -> FileNames:
        """The names of a folder; one is done with before the next begins."""
        if self._folder_names[0] != folder:
            self._folder_names = folder, self._free_names(folder)
        return self._folder_names[1]

    def _free_names(self, folder: str) -> FileNames:
        """Those of papers that this batch does not make are taken."""
        names = FileNames(len(str(self._workspace.folder / folder)), ".docx")
        for entry in self._manifest.entries_in_folder(
            key for key in self._manifest.keys_in_folder() if key not in self.wanted
        ):
            place, slash, name = entry.file.rpartition("/")
            if place + slash == folder:
                names.add(name)
        return names


def _sample(records: Sequence[str]) -> list[str]:
    """The first, and one to three others."""
    others = records[1:]
    number = min(len(others), max(1, len(str(len(records))) - 2))
    return [*records[:1], *random.Random(len(records)).sample(others, number)]

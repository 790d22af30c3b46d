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
from perfxl.documents.batch.io_problems import Stopped, file_problem, folder_problem, stopping
from perfxl.documents.batch.job import Job, Order, Paper
from perfxl.documents.batch.manifest import LAST, Entry, Key, Keys, Since
from perfxl.documents.batch.outputs import ArchiveOutput, FolderOutput, Output, PrintOutput, PrintPdfOutput
from perfxl.documents.batch.postprocess import Files, Progress, index_archive, make_pdfs, pack, write_index
from perfxl.documents.batch.workers import Carrier, Lost, RowsOf, carrier, cores
from perfxl.documents.batch.workspace import Busy, Refused, Workspace
from perfxl.documents.filenames import FileNames
from perfxl.documents.papers.contexts import Contexts

__all__ = ["Batch", "Plan", "carry_out"]


class Batch:
    """`chosen`: kind -> the records to make. `folders`: kind -> the folder its papers go to, blank or ending in /.
    `since`: papers that have not changed since are left out. `where` names the archive or print file that the outputs
    make; blank: the papers themselves are what is wanted, so those that are there already are kept.
    """

    def __init__(
        self,
        job: Job,
        rows_of: RowsOf,
        workspace: Workspace,
        outputs: Sequence[Output],
        chosen: Mapping[str, Sequence[str]],
        folders: Mapping[str, str],
        versions: Mapping[str, str],
        since: Since,
        where: str,
    ) -> None:
        self.asked = Keys(chosen)
        self.made = Keys({})  # those in the folder from before included
        self.problems: list[Problem] = []
        self.total = len(self.asked)
        self._job, self._rows_of, self._workspace, self._manifest = job, rows_of, workspace, workspace.manifest
        self._outputs, self._chosen, self._versions = outputs, chosen, versions
        self._where, self._since = where, since
        self._before = self._manifest.before(since)
        self._kept = self._unchanged = 0
        self._slow: set[str] = set()
        self._told: set[tuple[str, str]] = set()
        self._folders = folders
        self._named = ("", self._free_names(""))  # the folder that papers go to at the moment, and its names

    def run(self, carrier: Carrier, progress: Progress | None) -> bool:
        """Whether it came to its end; papers that could not be made do not keep it from that."""
        try:
            self._check_engine(carrier)
            for done, (key, paper) in enumerate(zip(self.asked, carrier.papers(self._orders()), strict=True), 1):
                with stopping(self._workspace.folder):
                    self._take(key, paper)
                if progress:
                    progress(done, self.total)
        except Stopped as stop:
            self.problems.append(folder_problem(stop.place, stop.error, self._whole, self.total - self._whole))
            return False
        except Lost as lost:
            self.problems.append(problem("worker_lost", reason=lost, done=self._whole, left=self.total - self._whole))
            return False
        self._tell_what_was_kept()
        return True

    @property
    def _whole(self) -> int:
        """The papers that stay when the batch stops: none of an archive."""
        return 0 if self._where else len(self.made)

    def _tell_what_was_kept(self) -> None:
        if self._kept:
            self.problems.append(problem("papers_kept", count=self._kept))
        if self._unchanged:
            last = Text("上次生成", "the last batch")
            self.problems.append(
                problem("papers_unchanged", count=self._unchanged, since=last if self._since == LAST else self._since)
            )

    def _check_engine(self, carrier: Carrier) -> None:
        """The first paper and some others are made by docxtpl too. Where it makes anything else, it makes them all."""
        samples = [Order(kind, record) for kind, records in self._chosen.items() for record in _sample(records)]
        for order, found in zip(samples, carrier.check(samples), strict=True):
            if found and order.kind not in self._slow:
                self._slow.add(order.kind)
                slow = problem("papers_by_docxtpl", record=order.record, template=self._job.templates[order.kind].name)
                self.problems += [*found, slow]

    def _orders(self) -> Iterator[Order]:
        for key in self.asked:
            yield Order(*key, self._known(key), key[0] in self._slow)

    def _known(self, key: Key) -> tuple[str, ...]:
        """Hashes of content that need not be made: what has not changed since, what is in the folder already."""
        known = [self._before.get(key)]
        if not self._where:
            there = self._manifest.there(key)
            known.append(there if there and self._workspace.intact(there) else None)
        return tuple(entry.hash for entry in known if entry and self._of_this_template(entry))

    def _of_this_template(self, entry: Entry) -> bool:
        return entry.template == self._versions[entry.kind]

    def _take(self, key: Key, paper: Paper) -> None:
        self.problems += paper.remarks
        if paper.problems:
            self._refuse(key, paper.problems)
            return
        folder = self._folders[paper.kind]
        name = folder + self._names(folder).name(paper.name)
        if paper.content is None:
            before = self._before.get(key)
            if before and before.hash == paper.hash and self._of_this_template(before):
                self._unchanged += 1
                return
            there = self._manifest.there(key)
            if there and there.file == name:
                self._kept += 1
                self.made.add(key)
                if self._manifest.latest(key) != there:
                    self._manifest.add(there)
                return
            # There, but under a name that another paper has now.
            order = Order(paper.kind, paper.record, slow=paper.kind in self._slow)
            [paper] = self._job.made([order], self._rows_of([order]))
        if paper.content is not None:
            self._put(key, name, paper.hash, paper.content)

    def _put(self, key: Key, name: str, content_hash: str, content: bytes) -> None:
        try:
            for output in self._outputs:
                with stopping(output.place):
                    output.take(name, content)
        except Refused as error:
            self._refuse(key, [problem(error.code, Address(file=name), record=key[1], reason=error.reason)])
            return
        self.made.add(key)
        entry = Entry(
            *key, content_hash, self._versions[key[0]], name, len(content), zlib.crc32(content), where=self._where
        )
        if not self._where:
            entry = self._in_place_of_older(entry)
        self._manifest.add(entry)

    def _in_place_of_older(self, entry: Entry) -> Entry:
        """Removes what the paper was called before, and a PDF that no longer shows what it says."""
        older = self._manifest.there(entry.key)
        if older is None:
            return entry
        names = self._names(self._folders[entry.kind])
        if older.file != entry.file and not names.taken(Path(older.file).name):
            self._workspace.remove(older)
        if (older.file, older.crc) == (entry.file, entry.crc):
            return replace(entry, pdf=older.pdf, pdf_size=older.pdf_size, pages=older.pages)
        self._workspace.remove_pdf(older)
        return entry

    def _refuse(self, key: Key, found: list[Problem]) -> None:
        """What is wrong with the template or the data is told once, each paper that it keeps from being made too."""
        for one in found:
            known = (one.code, f"{one.address} {one.message('en')}")
            if known not in self._told:
                self._told.add(known)
                self.problems.append(one)
        reasons = [one.message(self._job.contexts.lang) for one in found]
        current = self._manifest.latest(key)
        if current is None or current.failed != reasons:
            self._manifest.add(Entry(*key, failed=reasons))

    def _names(self, folder: str) -> FileNames:
        """The names of a folder; one is done with before the next begins."""
        if self._named[0] != folder:
            self._named = folder, self._free_names(folder)
        return self._named[1]

    def _free_names(self, folder: str) -> FileNames:
        """Those of papers that this batch does not make are taken."""
        names = FileNames(len(str(self._workspace.folder / folder)), ".docx")
        for entry in self._manifest.all_there(key for key in self._manifest.keys_there() if key not in self.asked):
            place, slash, name = entry.file.rpartition("/")
            if place + slash == folder:
                names.take(name)
        return names


def _sample(records: Sequence[str]) -> list[str]:
    """The first, and one to three others."""
    others = records[1:]
    number = min(len(others), max(1, len(str(len(records))) - 2))
    return [*records[:1], *random.Random(len(records)).sample(others, number)]


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

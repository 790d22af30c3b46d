"""What follows when the papers are keys: PDFs, the archive of what is in the folder, the index, the list of files."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Container, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from operator import eq
from pathlib import Path, PurePosixPath
from typing import overload

from perfxl.core.problems import Address, Problem, problem
from perfxl.disk import remove
from perfxl.documents.batch.index import INDEX, Listing, write_index_book
from perfxl.documents.batch.manifest import ManifestEntry, PaperKey
from perfxl.documents.batch.outputs import ArchiveOutput, Progress
from perfxl.documents.batch.workspace import Workspace, WriteRefused
from perfxl.documents.papers.contexts import Contexts
from perfxl.documents.pdf import Converted, convert, page_count
from perfxl.ooxml.mark import Label
from perfxl.outputs import OutputRefused, write_mark

__all__ = ["FileList", "Progress", "archive_folder", "index_archive", "make_pdfs", "write_index"]


def make_pdfs(
    workspace: Workspace, keys: Collection[PaperKey], office: str, jobs: int, mark: Label, progress: Progress | None
) -> list[Problem]:
    """PDFs beside the papers in the folder; those that are there already are kept."""
    manifest, problems = workspace.manifest, []
    missing = [key for key in keys if not ((entry := manifest.in_folder(key)) and workspace.has_pdf(entry))]
    done = len(keys) - len(missing)
    if progress:
        progress(done, len(keys))
    for start in range(0, len(missing), _AT_ONCE):
        entries = list(manifest.entries_in_folder(missing[start : start + _AT_ONCE]))
        sources = [workspace.folder / entry.file for entry in entries]
        for entry, result in zip(entries, convert(office, sources, workspace.scratch, jobs), strict=True):
            problems += _keep_pdf(workspace, entry, result, mark)
            done += 1
            if progress:
                progress(done, len(keys))
    return problems


def archive_folder(workspace: Workspace, keys: Iterable[PaperKey], archive: ArchiveOutput) -> None:
    """Puts what is in the folder, PDFs too, into the archive."""
    for entry in workspace.manifest.entries_in_folder(keys):
        for name in filter(None, (entry.file, entry.pdf)):
            archive.write_file(name, workspace.folder / name)


def write_index(workspace: Workspace, contexts: Contexts, title: str, mark: Label) -> list[Problem]:
    """Writes the index of the folder, unless there is another file of its name."""
    try:
        workspace.keep_edited(INDEX)
    except OutputRefused as refusal:
        return [refusal.problem]
    with _index(workspace, Listing(workspace.manifest, contexts), title, contexts.lang, mark) as index:
        try:
            workspace.adopt(index, INDEX)
        except WriteRefused as error:
            return [problem("combined_file_not_writable", Address(file=INDEX), reason=error.reason)]
    return []


def index_archive(
    workspace: Workspace,
    contexts: Contexts,
    title: str,
    keys: Container[PaperKey],
    archive: ArchiveOutput,
    mark: Label,
) -> None:
    """Writes the index of these papers into the archive, with links that work where the archive is unpacked."""
    with _index(workspace, Listing(workspace.manifest, contexts, keys), title, contexts.lang, mark) as index:
        archive.write_file(INDEX, index)


_AT_ONCE = 1_000  # papers handed to LibreOffice, whose processes end with them


def _keep_pdf(workspace: Workspace, entry: ManifestEntry, result: Converted, mark: Label) -> list[Problem]:
    name = str(PurePosixPath(entry.file).with_suffix(".pdf"))
    if result.pdf is None:
        return [problem("pdf_failed", Address(file=entry.file), reason=result.reason)]
    content = result.pdf.read_bytes()
    write_mark(result.pdf, *mark)
    size = result.pdf.stat().st_size
    try:
        workspace.keep_edited(name)
        workspace.adopt(result.pdf, name)
    except OutputRefused as refusal:
        return [refusal.problem]
    except WriteRefused as error:
        return [problem("pdf_failed", Address(file=entry.file), reason=error.reason)]
    workspace.manifest.add(replace(entry, pdf=name, pdf_size=size, pages=page_count(content)))
    return []


@contextmanager
def _index(workspace: Workspace, listing: Listing, title: str, lang: str, mark: Label) -> Iterator[Path]:
    path = workspace.own / "index.tmp"
    try:
        write_index_book(path, listing.rows(), listing.counts(), title, lang)
        write_mark(path, *mark)
        yield path
    finally:
        with suppress(OSError):
            remove(path)


class FileList(Sequence[Path]):
    """Files of a folder, by their names in it, then some others. A path is ten times its name, so it is made when it
    is asked for."""

    def __init__(self, folder: Path, names: Iterable[str], others: Sequence[Path] = ()) -> None:
        self._folder, self._others = folder, others
        self._names = bytearray()
        self._ends = array("q")
        for name in names:
            self._names += name.encode()
            self._ends.append(len(self._names))

    def __len__(self) -> int:
        return len(self._ends) + len(self._others)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and len(self) == len(other) and all(map(eq, self, other))

    __hash__ = None  # type: ignore[assignment]  # as a list

    def __iter__(self) -> Iterator[Path]:
        return (self._path(i) for i in range(len(self)))

    @overload
    def __getitem__(self, at: int) -> Path: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Path]: ...
    def __getitem__(self, at: int | slice) -> Path | Sequence[Path]:
        if isinstance(at, slice):
            return [self._path(i) for i in range(*at.indices(len(self)))]
        return self._path(range(len(self))[at])

    def _path(self, at: int) -> Path:
        if at >= len(self._ends):
            return self._others[at - len(self._ends)]
        start = self._ends[at - 1] if at else 0
        return self._folder / self._names[start : self._ends[at]].decode()

"""Where papers go: a file each in the folder, one archive, one print file. None is seen before it is whole."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from typing import Protocol

from perfxl import disk
from perfxl.core.problems import Address, Problem, problem
from perfxl.documents.batch.io_problems import stop_on_error
from perfxl.documents.batch.workspace import Workspace, WriteRefused
from perfxl.documents.merge import CannotMerge, Merger
from perfxl.documents.pdf import JoinedPdf, convert
from perfxl.ooxml.mark import Label
from perfxl.ooxml.zip_write import zip_entry
from perfxl.outputs import KeptElsewhere, PartialFile, explain_error, replacing

Progress = Callable[[int, int], None]  # done, in all

__all__ = ["ArchiveOutput", "FolderOutput", "Output", "PrintOutput", "PrintPdfOutput", "Progress"]


class Output(Protocol):
    """Where papers are written.

    place    the path of it all
    write    raises WriteRefused where one paper cannot be written, OSError where none can
    finish   gives the file its name (Stopped if that cannot be) and says what went wrong in making it; where a file
             that is open stood in its place, `place` is the name it has instead
    made     whether `place` is there, whole
    close    always follows, and leaves nothing unfinished behind
    """

    place: Path
    made: bool

    def write(self, name: str, content: bytes) -> None: ...
    def finish(self) -> list[Problem]: ...
    def close(self) -> None: ...


class FolderOutput:
    """A file for each paper in the folder."""

    def __init__(self, workspace: Workspace) -> None:
        self.place, self.made = workspace.folder, True
        self._workspace = workspace

    def write(self, name: str, content: bytes) -> None:
        self._workspace.put(name, content)

    def finish(self) -> list[Problem]:
        return []

    def close(self) -> None:
        """What is made stays: the next batch goes on from there."""


class ArchiveOutput:
    """A .zip, written as the papers come. They are packed already; packing them again would gain nothing."""

    def __init__(self, path: Path, mark: Label) -> None:
        self.place, self.made = path, False
        with stop_on_error(path):
            self._partial = _begin(path, mark)
            self._zip = zipfile.ZipFile(self._partial.path, "w", zipfile.ZIP_STORED)

    def write(self, name: str, content: bytes) -> None:
        self._zip.writestr(_zip_entry(name), content)

    def write_file(self, name: str, path: Path) -> None:
        """A file that is there already."""
        with disk.open_file(path, "rb") as source, self._zip.open(_zip_entry(name), "w") as entry:
            shutil.copyfileobj(source, entry)

    def finish(self) -> list[Problem]:
        with stop_on_error(self.place):
            self._zip.close()
            return _finish(self, self._partial.finish)

    def close(self) -> None:
        """Leaves nothing unfinished behind."""
        with suppress(OSError):  # the disk may be full
            self._zip.close()
        self._partial.abandon()


class PrintOutput:
    """A .docx of them all, a section each."""

    def __init__(self, path: Path, title: str, mark: Label, odd_pages: bool = False) -> None:
        self.place, self.made = path, False
        with stop_on_error(path):
            self._partial = _begin(path)
            try:
                self._merger = Merger(self._partial.path, title, odd_pages=odd_pages, label=mark)
            except OSError:
                self._partial.abandon()
                raise

    def write(self, name: str, content: bytes) -> None:
        _merge(self._merger, content)

    def finish(self) -> list[Problem]:
        with stop_on_error(self.place):
            self._merger.close()
            return _finish(self, self._partial.finish)

    def close(self) -> None:
        self._merger.abandon()
        self._partial.abandon()


class PrintPdfOutput:
    """The PDF of the print file: LibreOffice, which takes ever longer the more pages a document has, makes it of parts
    of some hundred pages, side by side, and they are joined. It numbers notes through a part, and puts endnotes at its
    end: papers that have any are parts of their own."""

    def __init__(
        self,
        workspace: Workspace,
        print_file: Path,
        title: str,
        program: str,
        mark: Label,
        jobs: int = 1,
        progress: Progress | None = None,
        odd_pages: bool = False,
    ) -> None:
        self._odd_pages = odd_pages
        self.place, self.made, self._program, self._mark = print_file.with_suffix(".pdf"), False, program, mark
        self._title, self._jobs, self._progress = title, jobs, progress
        self._scratch = workspace.scratch
        self._scratch.mkdir(exist_ok=True)
        self._parts: list[Path] = []
        self._papers: list[int] = []  # in each part
        self._merger: Merger | None = None

    def write(self, name: str, content: bytes) -> None:
        if self._merger is None:
            self._parts.append(self._scratch / f"print{len(self._parts)}.docx")
            self._papers.append(0)
            self._merger = Merger(self._parts[-1], self._title, odd_pages=self._odd_pages)
        _merge(self._merger, content)
        self._papers[-1] += 1
        if self._papers[-1] == _PAPERS_A_PART or self._merger.has_notes:
            self._end_part()

    def finish(self) -> list[Problem]:
        with stop_on_error(self.place), closing(JoinedPdf(self._scratch, self._odd_pages)) as joined:
            self._end_part()
            done, total = 0, sum(self._papers)
            at_once = 1 if max(self._papers, default=1) > 1 else None  # starting takes longer than a paper
            converted = convert(self._program, self._parts, self._scratch, self._jobs, at_once, self._odd_pages)
            for papers, result in zip(self._papers, converted, strict=True):
                if result.pdf is None:
                    return [problem("pdf_failed", Address(file=self.place.name), reason=result.reason)]
                joined.add(result.pdf)
                done += papers
                if self._progress:
                    self._progress(done, total)
            return _finish(self, partial(self._replace, joined))

    def close(self) -> None:
        if self._merger:
            self._merger.abandon()
        for part in self._parts:
            with suppress(OSError):
                disk.remove(part)

    def _end_part(self) -> None:
        if self._merger:
            self._merger.close()
            self._merger = None

    def _replace(self, joined: JoinedPdf) -> None:
        with replacing(self.place, self._mark.kind, self._mark.source) as copy:
            joined.write(copy, self._title)


_PAPERS_A_PART = 50  # of two to five pages each


def _finish(output: Output, give_name: Callable[[], None]) -> list[Problem]:
    """Hours of work are not lost to a file that somebody has open."""
    path, problems = output.place, []
    try:
        give_name()
    except KeptElsewhere as error:
        output.place = error.kept
        why = explain_error(error, path)
        problems = [problem("output_kept_elsewhere", Address(path.name), value=str(path), reason=why)]
    output.made = True
    return problems


def _begin(path: Path, mark: Label | None = None) -> PartialFile:
    disk.made_folder(path.parent)
    return PartialFile(path, mark)


_ORDINARY_FILE = 0o644 << 16


def _zip_entry(name: str) -> zipfile.ZipInfo:
    entry = zip_entry(name, zipfile.ZIP_STORED)  # equal papers, equal archives
    entry.external_attr = _ORDINARY_FILE
    return entry


def _merge(merger: Merger, content: bytes) -> None:
    try:
        merger.add(content)
    except CannotMerge as error:
        raise WriteRefused(str(error), "merge_failed") from error

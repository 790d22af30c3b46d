"""Where papers go: a file each in the folder, one archive, one print file. None is seen before it is whole."""

from __future__ import annotations

import shutil
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from perfxl.core.problems import Address, Problem, problem
from perfxl.documents.batch.io_problems import stopping
from perfxl.documents.batch.workspace import Refused, Workspace, partial, replacing
from perfxl.documents.merge import CannotMerge, Merger
from perfxl.documents.pdf import convert

__all__ = ["ArchiveOutput", "FolderOutput", "Output", "PrintOutput", "PrintPdfOutput"]


class Output(Protocol):
    """`place` is what is written to. `take` raises Refused where one paper cannot be written, OSError where none can;
    `finish` gives what is made its name (Stopped if that cannot be) and tells what went wrong in making it; `close`,
    which always follows, leaves nothing unfinished behind."""

    place: Path

    def take(self, name: str, content: bytes) -> None: ...
    def finish(self) -> list[Problem]: ...
    def close(self) -> None: ...


class FolderOutput:
    def __init__(self, workspace: Workspace) -> None:
        self.place = workspace.folder
        self._workspace = workspace

    def take(self, name: str, content: bytes) -> None:
        self._workspace.put(name, content)

    def finish(self) -> list[Problem]:
        return []

    def close(self) -> None:
        """What is made stays: the next batch goes on from there."""


class ArchiveOutput:
    """A .zip, written as the papers come. They are packed already; packing them again would gain nothing."""

    def __init__(self, path: Path) -> None:
        self.place, self._partial = path, partial(path)
        with stopping(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._zip = zipfile.ZipFile(self._partial, "w", zipfile.ZIP_STORED)

    def take(self, name: str, content: bytes) -> None:
        self._zip.writestr(_zip_entry(name), content)

    def take_file(self, name: str, path: Path) -> None:
        """A file that is there already."""
        with path.open("rb") as source, self._zip.open(_zip_entry(name), "w") as entry:
            shutil.copyfileobj(source, entry)

    def finish(self) -> list[Problem]:
        with stopping(self.place):
            self._zip.close()
            replacing(self._partial, self.place)
        return []

    def close(self) -> None:
        """Leaves nothing unfinished behind."""
        with suppress(OSError):  # the disk may be full
            self._zip.close()
        self._partial.unlink(missing_ok=True)


class PrintOutput:
    """A .docx of them all, a section each."""

    def __init__(self, path: Path, title: str) -> None:
        self.place, self._partial = path, partial(path)
        with stopping(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._merger = Merger(self._partial, title)

    def take(self, name: str, content: bytes) -> None:
        _merge(self._merger, content)

    def finish(self) -> list[Problem]:
        with stopping(self.place):
            self._merger.close()
            replacing(self._partial, self.place)
        return []

    def close(self) -> None:
        self._merger.abandon()
        self._partial.unlink(missing_ok=True)


class PrintPdfOutput:
    """The PDF of the print file, made by LibreOffice from one that it counts the pages of."""

    def __init__(self, workspace: Workspace, print_file: Path, title: str, program: str) -> None:
        self.place, self._program = print_file.with_suffix(".pdf"), program
        self._scratch = workspace.scratch
        self._scratch.mkdir(exist_ok=True)
        self._source = self._scratch / "print.docx"
        self._merger = Merger(self._source, title, for_libreoffice=True)

    def take(self, name: str, content: bytes) -> None:
        _merge(self._merger, content)

    def finish(self) -> list[Problem]:
        with stopping(self.place):
            self._merger.close()
            for made in convert(self._program, [self._source], self._scratch, 1):
                if made.pdf is None:
                    return [problem("pdf_failed", Address(file=self.place.name), reason=made.reason)]
                shutil.copyfile(made.pdf, partial(self.place))
                replacing(partial(self.place), self.place)
        return []

    def close(self) -> None:
        self._merger.abandon()
        self._source.unlink(missing_ok=True)
        partial(self.place).unlink(missing_ok=True)


_ORDINARY_FILE = 0o644 << 16


def _zip_entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)  # dated 1980: equal papers, equal archives
    entry.external_attr = _ORDINARY_FILE
    return entry


def _merge(merger: Merger, content: bytes) -> None:
    try:
        merger.add(content)
    except CannotMerge as error:
        raise Refused(str(error), "merge_failed") from error

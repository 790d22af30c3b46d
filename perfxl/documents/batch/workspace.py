"""The folder that papers go to: whole files or none, one batch at a time, a place of its own for what is under way."""

from __future__ import annotations

import os
import shutil
import time
import zlib
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO

from perfxl import disk
from perfxl.core.language import Text
from perfxl.documents.batch.locks import PATIENCE, try_lock
from perfxl.documents.batch.manifest import Manifest, ManifestEntry
from perfxl.outputs import explain_error, refuse_output

__all__ = ["FolderBusy", "Workspace", "WriteRefused"]

_OWN = ".perfxl"  # beside the papers: the manifest, the lock, files half written


class FolderBusy(Exception):
    """Another batch is at work in the folder."""


class WriteRefused(Exception):
    """One paper cannot go where the others go: the code of the problem (of a file that cannot take its place, on
    Windows because Word has it open) and the reason."""

    def __init__(self, reason: Text | str, code: str = "paper_not_written") -> None:
        super().__init__(str(reason))
        self.reason, self.code = reason, code


class Workspace:
    """Raises: OSError where the folder cannot be used, FolderBusy where it is in use."""

    def __init__(self, folder: Path, inputs: Sequence[Path] = (), overwrite: bool = False) -> None:
        self.folder = folder.absolute()
        self._inputs, self._overwrite = inputs, overwrite
        self.own = self.folder / _OWN
        self.scratch = self.own / "scratch"
        self._place, self._temporary = str(self.folder), self.own / "paper.tmp"
        self._lock: IO[bytes] | None = None

    def __enter__(self) -> Workspace:
        disk.made_folder(self.own)
        self._lock = disk.open_file(self.own / "lock", "ab")
        patience = time.monotonic() + PATIENCE
        while not try_lock(self._lock):
            if time.monotonic() > patience:
                self._lock.close()
                raise FolderBusy
            time.sleep(0.05)
        disk.remove_leftovers(self.own)
        for left_over in self.own.glob("*.tmp"):
            disk.remove(left_over)
        shutil.rmtree(self.scratch, ignore_errors=True)
        self.manifest = Manifest(self.own / "manifest.jsonl")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.manifest.close()
        if _size(self.own / "manifest.jsonl") <= 0:  # nothing was made to go on from
            with suppress(OSError):
                disk.remove(self.own / "manifest.jsonl")
            with suppress(OSError):
                disk.remove(self.own / "lock")
        if self._lock:
            self._lock.close()  # which lets it go

    def keep_edited(self, name: str, entry: ManifestEntry | None = None) -> None:
        """Looks at what a file would replace; `entry` is what the manifest says of it.

        Raises: OutputRefused for an input, for what perfxl has not made, for what somebody has changed since.
        """
        if not os.path.isfile(f"{self._place}/{name}"):  # noqa: PTH113 - a text, as in `put`
            return
        overwrite = self._overwrite or (entry is not None and entry.file == name and self.intact(entry))
        path = self.folder / name
        refuse_output(path, self._inputs, [path.suffix.lower()], overwrite)

    def put(self, name: str, content: bytes) -> None:
        """Writes a file, whole or not at all; `name` may begin with a folder.

        Raises: WriteRefused if what is there cannot be replaced, OSError if nothing can be written.
        """
        try:
            with disk.open_file(self._temporary, "wb") as file:
                file.write(content)
            disk.keep_permissions(self._temporary, f"{self._place}/{name}")
            try:  # a text, for making a Path takes half as long as writing the file
                disk.replace(self._temporary, f"{self._place}/{name}")
            except FileNotFoundError:
                self.adopt(self._temporary, name)
            except OSError as error:
                raise WriteRefused(explain_error(error, self.folder / name)) from error
        except BaseException:
            with suppress(OSError):
                disk.remove(self._temporary)
            raise

    def adopt(self, finished: Path, name: str) -> None:
        """Gives a finished file its place. Raises: WriteRefused if what is there cannot be replaced."""
        try:
            disk.keep_permissions(finished, self.folder / name)
            _move_into_place(finished, self.folder / name)
        except OSError as error:
            raise WriteRefused(explain_error(error, self.folder / name)) from error

    def intact(self, entry: ManifestEntry) -> bool:
        """Whether the file of an entry is there as it was written."""
        try:
            content = (self.folder / entry.file).read_bytes() if entry.file else b""
        except OSError:
            return False
        return len(content) == entry.size and zlib.crc32(content) == entry.crc

    def remove(self, entry: ManifestEntry) -> None:
        """Removes the file of an entry, unless somebody has changed it."""
        if self.intact(entry):
            with suppress(OSError):
                disk.remove(self.folder / entry.file)

    def has_pdf(self, entry: ManifestEntry) -> bool:
        return bool(entry.pdf) and _size(self.folder / entry.pdf) == entry.pdf_size

    def remove_pdf(self, entry: ManifestEntry) -> None:
        """Removes the PDF of an entry, unless somebody has changed it."""
        if self.has_pdf(entry):
            with suppress(OSError):
                disk.remove(self.folder / entry.pdf)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return -1


def _move_into_place(temporary: Path, path: Path) -> None:
    """Gives a finished file its name; its folder is made if it is missing."""
    try:
        disk.replace(temporary, path)
    except FileNotFoundError:
        disk.made_folder(path.parent)
        disk.replace(temporary, path)

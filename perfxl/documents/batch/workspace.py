"""The folder that papers go to: whole files or none, one batch at a time, a place of its own for what is under way."""

from __future__ import annotations

import errno
import os
import shutil
import sys
import time
import zlib
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO

from perfxl.documents.batch.manifest import Manifest, ManifestEntry
from perfxl.outputs import keep_permissions, refuse_output, remove_leftovers

__all__ = ["FolderBusy", "Workspace", "WriteRefused"]

_PATIENCE = 2.0  # seconds: workers of a batch that was killed end soon after it
_OWN = ".perfxl"  # beside the papers: the manifest, the lock, files half written


class FolderBusy(Exception):
    """Another batch is at work in the folder."""


class WriteRefused(Exception):
    """One paper cannot go where the others go: the code of the problem (of a file that cannot take its place, on
    Windows because Word has it open) and the reason."""

    def __init__(self, reason: str, code: str = "paper_not_written") -> None:
        super().__init__(reason)
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
        self.own.mkdir(parents=True, exist_ok=True)
        self._lock = (self.own / "lock").open("ab")
        patience = time.monotonic() + _PATIENCE
        while not _lock_file(self._lock):
            if time.monotonic() > patience:
                self._lock.close()
                raise FolderBusy
            time.sleep(0.05)
        remove_leftovers(self.own)
        for left_over in self.own.glob("*.tmp"):
            left_over.unlink()
        shutil.rmtree(self.scratch, ignore_errors=True)
        self.manifest = Manifest(self.own / "manifest.jsonl")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.manifest.close()
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
            with self._temporary.open("wb") as file:
                file.write(content)
            keep_permissions(self._temporary, f"{self._place}/{name}")
            try:  # a text, for making a Path takes half as long as writing the file
                os.replace(self._temporary, f"{self._place}/{name}")  # noqa: PTH105
            except OSError:
                self.adopt(self._temporary, name)
        except BaseException:
            with suppress(OSError):
                self._temporary.unlink(missing_ok=True)
            raise

    def adopt(self, finished: Path, name: str) -> None:
        """Gives a finished file its place. Raises: WriteRefused if what is there cannot be replaced."""
        try:
            keep_permissions(finished, self.folder / name)
            _move_into_place(finished, self.folder / name)
        except OSError as error:
            raise WriteRefused(error.strerror or str(error)) from error

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
                (self.folder / entry.file).unlink()

    def has_pdf(self, entry: ManifestEntry) -> bool:
        return bool(entry.pdf) and _size(self.folder / entry.pdf) == entry.pdf_size

    def remove_pdf(self, entry: ManifestEntry) -> None:
        """Removes the PDF of an entry, unless somebody has changed it."""
        if self.has_pdf(entry):
            with suppress(OSError):
                (self.folder / entry.pdf).unlink()


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return -1


def _move_into_place(temporary: Path, path: Path) -> None:
    """Gives a finished file its name; its folder is made if it is missing."""
    try:
        temporary.replace(path)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.replace(path)


def _lock_file(lock: IO[bytes]) -> bool:
    """Held until the file is closed, by the system if need be: a batch that was killed leaves no lock behind. A file
    system that knows no locks takes the batch as it is."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(lock.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno not in (errno.EWOULDBLOCK, errno.EACCES)
    return True

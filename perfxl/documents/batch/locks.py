"""One run at a time: in a folder, into an archive, into a print file."""

from __future__ import annotations

import errno
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from perfxl import disk

__all__ = ["PATIENCE", "OutputBusy", "held", "try_lock"]

PATIENCE = 2.0  # seconds: workers of a batch that was killed end soon after it


class OutputBusy(Exception):
    """Another run is writing the file `path`."""

    def __init__(self, path: Path) -> None:
        super().__init__(str(path))
        self.path = path


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Nobody else writes the file meanwhile. The lock is a file beside it, for the other run may work on another
    machine; it goes when the work is done.

    Raises: OutputBusy, OSError where the folder takes no files.
    """
    disk.made_folder(path.parent)
    place = path.with_name(f".{path.name[-_MOST_NAMED:]}.perfxl-lock")
    patience = time.monotonic() + PATIENCE
    while (lock := _acquired(place)) is None:
        if time.monotonic() > patience:
            raise OutputBusy(path)
        time.sleep(0.05)
    try:
        yield
    finally:
        with suppress(OSError):
            if disk.WINDOWS:  # which removes no file that is open
                lock.close()
            os.unlink(place)  # noqa: PTH108 - at once: whoever waits has it open
        lock.close()


_MOST_NAMED = 60  # characters of the file's name in that of its lock


def _acquired(place: Path) -> IO[bytes] | None:
    try:
        lock = disk.open_file(place, "ab")
    except PermissionError:  # Windows: it is being removed
        if disk.WINDOWS:
            return None
        raise
    with suppress(OSError):
        if try_lock(lock) and (disk.WINDOWS or os.fstat(lock.fileno()).st_ino == place.stat().st_ino):
            return lock
    lock.close()
    return None


def try_lock(lock: IO[bytes]) -> bool:
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

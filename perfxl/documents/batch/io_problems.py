"""What the disk or the folder has against a batch, as problems."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from perfxl.core.language import Text
from perfxl.core.problems import Address, Problem, problem
from perfxl.disk import is_held
from perfxl.outputs import explain_error

__all__ = ["Stopped", "file_problem", "folder_problem", "stop_on_error"]


class Stopped(Exception):
    """Nothing more can be written to `place`."""

    def __init__(self, place: Path, error: OSError) -> None:
        super().__init__(str(error))
        self.place, self.error = place, error


@contextmanager
def stop_on_error(place: Path) -> Iterator[None]:
    """Turns what the disk has against this place into the end of the batch.

    Raises: Stopped.
    """
    try:
        yield
    except OSError as error:
        raise Stopped(place, error) from error


def folder_problem(place: Path, error: OSError, done: int, left: int) -> Problem:
    """Why a batch stopped, with `done` papers made and `left` not."""
    code = "folder_not_writable" if is_held(error) else _CODES.get(error.errno or 0, "folder_not_writable")
    return problem(code, Address(file=place.name), folder=place, reason=_reason(place, error), done=done, left=left)


def file_problem(place: Path, error: OSError, total: int) -> Problem:
    """Why an archive or print file of `total` papers was not made."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EROFS):
        return folder_problem(place, error, 0, total)
    return problem("combined_file_not_writable", Address(file=str(place)), reason=_reason(place, error))


def _reason(place: Path, error: OSError) -> Text:
    """Of the file that the system names, where it names one."""
    return explain_error(error, Path(str(error.filename2 or error.filename or place)))


_CODES = {
    errno.ENOSPC: "disk_full",
    errno.EDQUOT: "disk_full",
    errno.EACCES: "folder_forbidden",
    errno.EPERM: "folder_forbidden",
    errno.EROFS: "folder_forbidden",
    errno.ENAMETOOLONG: "folder_path_too_long",
}

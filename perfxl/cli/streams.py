"""Where the command line prints: in the code page of whoever reads it, and on when nobody does any more."""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

_UNKNOWN = ("ascii", "us-ascii", "ansi_x3.4-1968", "646")  # no locale is set: says nothing of who reads
_NAMES = ("stdout", "stderr")
_GONE = (errno.EPIPE, errno.EINVAL, errno.ESHUTDOWN)  # Windows says EINVAL (bpo-35754)


@contextmanager
def output_streams() -> Iterator[None]:
    """The output of this process as one command needs it. A pipe keeps the code page that its reader expects (on
    Windows that of the system, unless PYTHONUTF8 is set); what that lacks is written as its number, so that nothing is
    lost. What a reader that has gone (head, more) does not take is dropped, and the work goes on to its end.
    """
    with ExitStack() as restored:
        for name in _NAMES:
            stream = getattr(sys, name)
            if hasattr(stream, "reconfigure"):
                known = stream.encoding.lower() not in _UNKNOWN
                stream.reconfigure(encoding=stream.encoding if known else "utf-8", errors="backslashreplace")
            pipe = _pipe(stream)
            if pipe is not None:
                setattr(sys, name, pipe)
                restored.callback(setattr, sys, name, stream)
                restored.callback(_flush, pipe)
        yield


def can_say_all(stream: Any) -> bool:
    """Whether a stream takes every sign as it is."""
    encoding = getattr(stream, "encoding", None) or "utf-8"
    return str(encoding).lower().replace("_", "-").startswith(("utf-8", "utf8", "utf-16", "utf-32"))


class _Pipe(io.RawIOBase):
    """A pipe or file. Once its reader has gone, what is written is dropped."""

    def __init__(self, number: int) -> None:
        self._number, self._gone = number, False

    def fileno(self) -> int:
        return self._number

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        if not self._gone:
            try:
                return os.write(self._number, data)
            except OSError as error:
                if error.errno not in _GONE:  # a full disk is told, as any trouble is
                    raise
                self._gone = True
        return len(memoryview(data).cast("B"))


def _pipe(stream: Any) -> io.TextIOWrapper | None:
    """The same in front of a pipe or a file; None for a terminal, and for what stands in for a stream (a notebook)."""
    try:
        number = stream.fileno()
        if stream.isatty():
            return None
        stream.flush()
    except (AttributeError, OSError, ValueError):
        return None
    buffer = io.BufferedWriter(_Pipe(number))
    by_line, at_once = (bool(getattr(stream, name, False)) for name in ("line_buffering", "write_through"))
    return io.TextIOWrapper(buffer, stream.encoding, stream.errors, line_buffering=by_line, write_through=at_once)


def _flush(pipe: io.TextIOWrapper) -> None:
    with suppress(OSError, ValueError):  # told already; closed by whoever printed
        pipe.flush()

"""Lines of JSON in a file that only ever grows: what has been written is not held, but read again where it begins."""

from __future__ import annotations

import errno
import io
import json
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

__all__ = ["Journal", "Line"]

Line = dict[str, Any]


class Journal:
    """Lines that are added are held until they are settled. Those that a full disk does not take stay held, and can be
    read all the same."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._length = path.stat().st_size if path.exists() else 0
        self._held = bytearray()  # what follows in the file
        self._writer: io.FileIO | None = None
        self._reader: IO[bytes] | None = None

    def lines(self) -> Iterator[tuple[int, Line]]:
        """The lines that are whole, and where each begins; the last one before a kill may not be whole."""
        self._save()
        if not self._length:
            return
        at = 0
        with self._path.open("rb") as file:
            for text in file:
                line = _parsed(text)
                if line is not None:
                    yield at, line
                at += len(text)

    def add(self, line: Line) -> int:
        """Where it begins."""
        if self._writer is None:
            self._writer = self._path.open("ab", buffering=0)
            self._length = os.fstat(self._writer.fileno()).st_size
            if self._length:
                self._held += b"\n"  # the line before may have been cut short
        at = self._length + len(self._held)
        self._held += _encode(line).encode("utf-8", "surrogatepass") + b"\n"
        return at

    def settle(self) -> None:
        """Writes what is held, if it is much."""
        if len(self._held) >= _HELD:
            self._save()

    def read(self, at: int) -> Line:
        """The line that begins there. OSError if somebody else has written in the file."""
        line = _parsed(self._text(at))
        if line is None:
            raise OSError(errno.EIO, os.strerror(errno.EIO), str(self._path))
        return line

    def close(self) -> None:
        """What a full disk does not take is gone."""
        with suppress(OSError):
            self._save()
        for file in (self._writer, self._reader):
            if file:
                file.close()
        self._writer = self._reader = None

    def _text(self, at: int) -> bytes:
        if at >= self._length:
            start = at - self._length
            return bytes(self._held[start : self._held.find(b"\n", start)])
        if self._reader is None:
            self._reader = self._path.open("rb")
        self._reader.seek(at)
        text = self._reader.readline()
        # A full disk may have taken the beginning only.
        return text if text.endswith(b"\n") else text + self._held.partition(b"\n")[0]

    def _save(self) -> None:
        while self._held and self._writer:
            taken = self._writer.write(self._held)
            del self._held[:taken]
            self._length += taken


_HELD = 1 << 13
_encode = json.JSONEncoder(ensure_ascii=False).encode


def _parsed(text: bytes) -> Line | None:
    try:
        line = json.loads(text)
    except ValueError:
        return None
    return line if isinstance(line, dict) else None

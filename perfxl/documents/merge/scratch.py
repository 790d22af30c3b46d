"""What grows with the number of documents and is written last: kept on disk, so that memory does not grow with it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, TypeVar

__all__ = ["Recent", "Scratch", "Spool"]

K = TypeVar("K")
V = TypeVar("V")


class Scratch:
    """A file without a name in `folder`, shared by all that put something by."""

    def __init__(self, folder: Path) -> None:
        self._file: IO[bytes] = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - closed by `close`

    def put(self, pieces: Iterable[bytes]) -> int:
        """Where it begins."""
        begin = self._file.seek(0, 2)
        self._file.writelines(pieces)
        return begin

    def get(self, begin: int, size: int) -> bytes:
        self._file.seek(begin)
        return self._file.read(size)

    def close(self) -> None:
        self._file.close()


class Spool:
    """Bytes in the order they were added."""

    def __init__(self, scratch: Scratch) -> None:
        self.size = 0
        self._scratch = scratch
        self._away: list[tuple[int, int]] = []
        self._here: list[bytes] = []
        self._size_here = 0

    def add(self, piece: bytes) -> None:
        self._here.append(piece)
        self.size += len(piece)
        self._size_here += len(piece)
        if self._size_here >= _BLOCK:
            self._away.append((self._scratch.put(self._here), self._size_here))
            self._here, self._size_here = [], 0

    def __iter__(self) -> Iterator[bytes]:
        for begin, size in self._away:
            yield self._scratch.get(begin, size)
        yield from self._here


class Recent(dict[K, V]):
    """Remembers `most` values: those set or asked for last."""

    def __init__(self, most: int) -> None:
        self._most = most

    def recall(self, key: K) -> V | None:
        if key not in self:
            return None
        value = self[key] = self.pop(key)
        return value

    def keep(self, key: K, value: V) -> V:
        self[key] = value
        return value

    def __setitem__(self, key: K, value: V) -> None:
        if len(self) >= self._most:
            del self[next(iter(self))]
        super().__setitem__(key, value)


_BLOCK = 1 << 15

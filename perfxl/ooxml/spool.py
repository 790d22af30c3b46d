"""Bytes that are written last and may be many: kept on disk, so that memory does not grow with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from perfxl.disk import open_scratch

__all__ = ["Scratch", "Spool"]

_BLOCK = 1 << 15  # bytes of a spool that stay in memory


class Scratch:
    """A file without a name in `folder`, shared by all spools of one output."""

    def __init__(self, folder: Path) -> None:
        self._file: IO[bytes] = open_scratch(folder)

    def put(self, pieces: Iterable[bytes]) -> int:
        """Adds pieces and says where they begin."""
        begin = self._file.seek(0, 2)
        self._file.writelines(pieces)
        return begin

    def get(self, begin: int, size: int) -> bytes:
        self._file.seek(begin)
        return self._file.read(size)

    def close(self) -> None:
        self._file.close()


class Spool:
    """Bytes in the order they were added; iterating gives them in pieces."""

    def __init__(self, scratch: Scratch) -> None:
        self.size = 0
        self._scratch = scratch
        self._on_disk: list[tuple[int, int]] = []
        self._in_memory: list[bytes] = []
        self._memory_size = 0

    def add(self, piece: bytes) -> None:
        self._in_memory.append(piece)
        self.size += len(piece)
        self._memory_size += len(piece)
        if self._memory_size >= _BLOCK:
            self._on_disk.append((self._scratch.put(self._in_memory), self._memory_size))
            self._in_memory, self._memory_size = [], 0

    def __iter__(self) -> Iterator[bytes]:
        for begin, size in self._on_disk:
            yield self._scratch.get(begin, size)
        yield from self._in_memory

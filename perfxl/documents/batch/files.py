"""The files that a batch made, as paths, though there may be a million of them."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from operator import eq
from pathlib import Path
from typing import overload

__all__ = ["Files"]


class Files(Sequence[Path]):
    """Files of a folder, by their names in it, then some others. A path is ten times its name, so it is made when it
    is asked for."""

    def __init__(self, folder: Path, names: Iterable[str], others: Sequence[Path] = ()) -> None:
        self._folder, self._others = folder, others
        self._names = bytearray()
        self._ends = array("q")
        for name in names:
            self._names += name.encode()
            self._ends.append(len(self._names))

    def __len__(self) -> int:
        return len(self._ends) + len(self._others)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and len(self) == len(other) and all(map(eq, self, other))

    __hash__ = None  # type: ignore[assignment]  # as a list

    def __iter__(self) -> Iterator[Path]:
        return (self._path(i) for i in range(len(self)))

    @overload
    def __getitem__(self, at: int) -> Path: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Path]: ...
    def __getitem__(self, at: int | slice) -> Path | Sequence[Path]:
        if isinstance(at, slice):
            return [self._path(i) for i in range(*at.indices(len(self)))]
        return self._path(range(len(self))[at])

    def _path(self, at: int) -> Path:
        if at >= len(self._ends):
            return self._others[at - len(self._ends)]
        start = self._ends[at - 1] if at else 0
        return self._folder / self._names[start : self._ends[at]].decode()

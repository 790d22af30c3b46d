"""Writes a compound file (MS-CFB, version 3): the container of vbaProject.bin."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

Storage: TypeAlias = "Mapping[str, bytes | Storage]"
"""Streams and further storages by name."""

_SECTOR, _MINI, _CUTOFF = 512, 64, 4096  # streams below the cutoff are kept in mini sectors
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_NOBODY = 0xFFFFFFFF
_STORAGE, _STREAM, _ROOT = 1, 2, 5
_RED, _BLACK = 0, 1
_IN_HEADER = 109  # FAT sectors that the header can name: 7 MB of file, far more than a project has


def compound_file(root: Storage) -> bytes:
    """The bytes of a compound file that holds these streams and storages."""
    entries = _entries(root)
    sectors, minis = _Chains(_SECTOR), _Chains(_MINI)
    for entry in entries:
        if entry.kind == _STREAM and entry.content:
            entry.start = (sectors if len(entry.content) >= _CUTOFF else minis).add(entry.content)
    entries[0].content = bytes(minis.content)
    entries[0].start = sectors.add(entries[0].content)
    mini_table = sectors.add(_packed(minis.following))
    directory = sectors.add(
        b"".join(entry.packed() for entry in entries), filler=_DirectoryEntry("", colour=0).packed()
    )
    mini_count = -(-len(minis.following) * 4 // _SECTOR)
    fat = sectors.with_own_table()
    header = struct.pack(
        "<8s16xHHHHH6xIIIIIIIIII",
        *(bytes.fromhex("d0cf11e0a1b11ae1"), 0x3E, 3, 0xFFFE, 9, 6),
        *(0, len(fat), directory, 0, _CUTOFF, mini_table, mini_count, _END, 0),
        fat[0],
    )
    header += _packed([*fat[1:], *[_FREE] * (_IN_HEADER - len(fat))])
    return header + bytes(sectors.content)


class _Chains:
    """Content cut into sectors of one size, and for each sector the one that follows it."""

    def __init__(self, size: int) -> None:
        self.content = bytearray()
        self.following: list[int] = []
        self._size = size

    def add(self, content: bytes, filler: bytes = b"\0") -> int:
        """Appends the content and gives its first sector."""
        if not content:
            return _END
        start = len(self.following)
        gap = -len(content) % self._size
        self.content += content + filler * (gap // len(filler))
        count = -(-len(content) // self._size)
        self.following += [*range(start + 1, start + count), _END]
        return start

    def with_own_table(self) -> list[int]:
        """Appends the table of what follows what, which must also tell of its own sectors: their numbers."""
        per_sector = self._size // 4
        count = 0
        while count * per_sector < len(self.following) + count:
            count += 1
        own = list(range(len(self.following), len(self.following) + count))
        table = [*self.following, *[_FAT] * count]
        self.content += _packed([*table, *[_FREE] * (count * per_sector - len(table))])
        return own


@dataclass
class _DirectoryEntry:
    """An entry of the directory; left, right and child are numbers of other entries."""

    name: str
    kind: int = 0
    content: bytes = b""
    colour: int = _BLACK
    left: int = _NOBODY
    right: int = _NOBODY
    child: int = _NOBODY
    start: int = 0

    def packed(self) -> bytes:
        name = (self.name + "\0").encode("utf-16-le") if self.name else b""
        start = _END if self.kind == _STREAM and not self.content else self.start
        return struct.pack(
            "<64sHBBIII16x4x8x8xIQ",
            *(name, len(name), self.kind, self.colour, self.left, self.right, self.child),
            *(start, len(self.content)),
        )


def _entries(root: Storage) -> list[_DirectoryEntry]:
    entries = [_DirectoryEntry("Root Entry", _ROOT)]
    entries[0].child = _add(root, entries)
    return entries


def _add(storage: Storage, entries: list[_DirectoryEntry]) -> int:
    """Appends what a storage holds and gives the root of its tree."""
    numbers = []
    for name in sorted(storage, key=_order):
        content = storage[name]
        numbers.append(len(entries))
        if isinstance(content, bytes):
            entries.append(_DirectoryEntry(name, _STREAM, content))
        else:
            entry = _DirectoryEntry(name, _STORAGE)
            entries.append(entry)
            entry.child = _add(content, entries)
    return _tree(entries, numbers, len(numbers).bit_length() - 1, 0)


def _tree(entries: list[_DirectoryEntry], numbers: Sequence[int], last: int, depth: int) -> int:
    """A balanced tree of the entries, which are in order. All levels but the last are full; the nodes of a last level
    that is not full are red, so every path has as many black ones: strictly red-black, as Excel wants it."""
    if not numbers:
        return _NOBODY
    middle = len(numbers) // 2
    entry = entries[numbers[middle]]
    entry.left = _tree(entries, numbers[:middle], last, depth + 1)
    entry.right = _tree(entries, numbers[middle + 1 :], last, depth + 1)
    entry.colour = _RED if depth == last and depth > 0 else _BLACK
    return numbers[middle]


def _order(name: str) -> tuple[int, str]:
    return len(name.encode("utf-16-le")), name.upper()


def _packed(numbers: Sequence[int]) -> bytes:
    return struct.pack(f"<{len(numbers)}I", *numbers)

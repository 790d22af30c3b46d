"""The journal of a folder of papers: a line of JSON for each paper made, refused or turned into a PDF.

It is written as the batch goes, so that a batch that was killed goes on where it stopped, and kept for good, so that
later batches can tell what has changed since. Lines are never changed; the latest of a paper counts. In memory is only
where each line begins, for there may be hundreds of thousands."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

from perfxl.disk import open_file

__all__ = [
    "LAST",
    "EntryIndex",
    "Journal",
    "JournalLine",
    "Manifest",
    "ManifestEntry",
    "PaperKey",
    "PaperKeys",
    "Since",
]


JournalLine = dict[str, Any]


class Journal:
    """Lines that are added are kept until they are settled. Those that a full disk does not take are kept, and can be
    read all the same."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._length = path.stat().st_size if path.exists() else 0
        self._pending = bytearray()  # what follows in the file
        self._writer: IO[bytes] | None = None
        self._reader: IO[bytes] | None = None

    def lines(self) -> Iterator[tuple[int, JournalLine]]:
        """The lines that are whole, and where each begins; the last one before a kill may not be whole."""
        self._save()
        if not self._length:
            return
        at = 0
        with open_file(self._path, "rb") as file:
            for text in file:
                line = _parsed(text)
                if line is not None:
                    yield at, line
                at += len(text)

    def add(self, line: JournalLine) -> int:
        """Where it begins."""
        if self._writer is None:
            self._writer = open_file(self._path, "ab", 0)
            self._length = os.fstat(self._writer.fileno()).st_size
            if self._length:
                self._pending += b"\n"  # the line before may have been cut short
        at = self._length + len(self._pending)
        self._pending += _encode(line).encode("utf-8", "surrogatepass") + b"\n"
        return at

    def settle(self) -> None:
        """Writes what is kept, if it is much."""
        if len(self._pending) >= _ENOUGH:
            self._save()

    def read(self, at: int) -> JournalLine:
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
            return bytes(self._pending[start : self._pending.find(b"\n", start)])
        if self._reader is None:
            self._reader = open_file(self._path, "rb")
        self._reader.seek(at)
        text = self._reader.readline()
        # A full disk may have taken the beginning only.
        return text if text.endswith(b"\n") else text + self._pending.partition(b"\n")[0]

    def _save(self) -> None:
        while self._pending and self._writer:
            size = self._writer.write(self._pending)
            del self._pending[:size]
            self._length += size


_ENOUGH = 1 << 13
_encode = json.JSONEncoder(ensure_ascii=False).encode


def _parsed(text: bytes) -> JournalLine | None:
    try:
        line = json.loads(text)
    except ValueError:
        return None
    return line if isinstance(line, dict) else None


LAST = "last"
Since = date | str | None  # a day, LAST or None

PaperKey = tuple[str, str]  # kind, record


class PaperKeys(Collection[PaperKey]):
    """Papers, kind by kind."""

    def __init__(self, records: Mapping[str, Iterable[str]]) -> None:
        self._records = {kind: list(ids) for kind, ids in records.items()}
        self._set: tuple[str, frozenset[str]] = ("", frozenset())  # a kind, and its records

    def add(self, key: PaperKey) -> None:
        self._records.setdefault(key[0], []).append(key[1])
        self._set = ("", frozenset())

    def __len__(self) -> int:
        return sum(map(len, self._records.values()))

    def __iter__(self) -> Iterator[PaperKey]:
        return ((kind, record) for kind, records in self._records.items() for record in records)

    def __contains__(self, key: object) -> bool:
        if not isinstance(key, tuple):
            return False
        if key[0] != self._set[0]:
            self._set = key[0], frozenset(self._records.get(key[0], ()))
        return key[1] in self._set[1]


@dataclass(frozen=True, slots=True)
class ManifestEntry:
    """What became of a paper: its file, or `failed`, the reasons why there is none. `where`: the archive or print file
    that it is in, blank for one in the folder. `pdf` was made from the file as it is. `issued`: what is
    compared with the print of a paper that shows a code."""

    kind: str
    record: str
    hash: str = ""
    template: str = ""
    file: str = ""
    size: int = 0
    crc: int = 0
    where: str = ""
    failed: list[str] = field(default_factory=list)
    pdf: str = ""
    pdf_size: int = 0
    pages: int = 0
    at: str = ""
    issued: dict[str, str] = field(default_factory=dict)

    @property
    def key(self) -> PaperKey:
        return self.kind, self.record


class EntryIndex:
    """An entry of each of some papers, read when it is asked for."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._places: dict[str, dict[str, int]] = {}  # kind -> record -> where its line begins

    def __contains__(self, key: PaperKey) -> bool:
        return key[1] in self._places.get(key[0], ())

    def get(self, key: PaperKey) -> ManifestEntry | None:
        at = self._places.get(key[0], _NONE).get(key[1])
        return None if at is None else ManifestEntry(**self._journal.read(at))

    def put(self, key: PaperKey, at: int) -> None:
        self._places.setdefault(key[0], {})[key[1]] = at

    def drop(self, key: PaperKey) -> None:
        self._places.get(key[0], _NONE).pop(key[1], None)

    def keys(self) -> Iterator[PaperKey]:
        return ((kind, record) for kind, records in self._places.items() for record in records)

    def records(self, kind: str) -> Iterator[str]:
        return iter(self._places.get(kind, ()))


class Manifest:
    """The latest entries of the papers."""

    def __init__(self, path: Path) -> None:
        self._journal = Journal(path)
        self._in_folder = EntryIndex(self._journal)  # says what the file in the folder is
        # The latest of papers whose latest is another.
        self._packed, self._refused = EntryIndex(self._journal), EntryIndex(self._journal)
        self._end = 0  # where the last batch that came to its end did so
        for at, line in self._journal.lines():
            if "end" in line:
                self._end = at
            elif _is_entry(line):
                self._keep(line, at)

    def latest(self, key: PaperKey) -> ManifestEntry | None:
        """The latest entry of a paper."""
        return self._refused.get(key) or self._packed.get(key) or self._in_folder.get(key)

    def refused(self, key: PaperKey) -> bool:
        """Whether the latest entry of a paper says why it could not be made."""
        return key in self._refused

    def in_folder(self, key: PaperKey) -> ManifestEntry | None:
        """The latest entry of a paper that says what its file in the folder is."""
        return self._in_folder.get(key)

    def entries_in_folder(self, keys: Iterable[PaperKey]) -> Iterator[ManifestEntry]:
        """What `in_folder` says of those of the papers that have a file in the folder."""
        return filter(None, map(self.in_folder, keys))

    def keys_in_folder(self) -> Iterator[PaperKey]:
        """The papers that have a file in the folder."""
        return self._in_folder.keys()

    def records(self, kind: str) -> set[str]:
        """The papers of a kind that there is an entry of."""
        return set().union(*(entries.records(kind) for entries in (self._in_folder, self._packed, self._refused)))

    def entries_before(self, since: Since) -> EntryIndex:
        """The entries as they were after the last batch that came to its end, or before a day began; None: none."""
        earlier = EntryIndex(self._journal)
        for at, line in self._journal.lines() if since else ():
            if _is_entry(line) and (at < self._end if since == LAST else line["at"] < str(since)):
                earlier.put((line["kind"], line["record"]), at)
        return earlier

    def add(self, entry: ManifestEntry) -> None:
        """Notes what became of a paper, dated now."""
        line = {name: value for name in _FIELDS if (value := getattr(entry, name))}
        line["at"] = datetime.now().isoformat(timespec="seconds")
        self._keep(line, self._journal.add(line))
        self._journal.settle()

    def end(self) -> None:
        """The batch has come to its end."""
        self._end = self._journal.add({"end": datetime.now().isoformat(timespec="seconds")})

    def close(self) -> None:
        """What a full disk does not take is made again by the next batch."""
        self._journal.close()

    def _keep(self, line: JournalLine, at: int) -> None:
        key = line["kind"], line["record"]
        in_folder = bool(line.get("file")) and not line.get("where")
        now = self._in_folder if in_folder else self._refused if line.get("failed") else self._packed
        now.put(key, at)
        for latest in (self._packed, self._refused):
            if latest is not now:
                latest.drop(key)


_NONE: dict[str, int] = {}


def _is_entry(line: JournalLine) -> bool:
    return set(_FIELDS).issuperset(line) and line.keys() >= _NEEDED


_FIELDS = tuple(ManifestEntry.__dataclass_fields__)
_NEEDED = {"kind", "record", "at"}

"""The journal of a folder of papers: a line of JSON for each paper made, refused or turned into a PDF.

It is written as the batch goes, so that a batch that was killed goes on where it stopped, and kept for good, so that
later batches can tell what has changed since. Lines are never changed; the latest of a paper counts.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, TextIO

__all__ = ["LAST", "Entry", "Key", "Manifest", "Since"]

LAST = "last"
Since = date | str | None  # a day, LAST or None

Key = tuple[str, str]  # kind, record


@dataclass(frozen=True, slots=True)
class Entry:
    """What became of a paper: its file, or `failed`, the reasons why there is none. `where`: the archive or print file
    that it is in, blank for one in the folder. `pdf` was made from the file as it is."""

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

    @property
    def key(self) -> Key:
        return self.kind, self.record


class Manifest:
    """The latest entries of the papers."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: TextIO | None = None
        self._unflushed = 0
        self._latest: dict[Key, Entry] = {}
        self._there: dict[Key, Entry] = {}
        self._last: dict[Key, Entry] = {}
        for line in _lines(path):
            if "end" in line:
                self._last = dict(self._latest)
            else:
                self._keep(line)

    def latest(self, key: Key) -> Entry | None:
        """The latest entry of a paper."""
        return self._latest.get(key)

    def there(self, key: Key) -> Entry | None:
        """The latest entry of a paper that says what its file in the folder is."""
        return self._there.get(key)

    def all_there(self, keys: Iterable[Key]) -> Iterator[Entry]:
        """What `there` says of those of the papers that have a file in the folder."""
        return filter(None, map(self.there, keys))

    def keys_there(self) -> Iterator[Key]:
        """The papers that have a file in the folder."""
        return iter(self._there)

    def records(self, kind: str) -> Collection[str]:
        """The papers of a kind that there is an entry of."""
        return {record for one, record in self._latest if one == kind}

    def before(self, since: Since) -> Mapping[Key, Entry]:
        """The entries as they were after the last batch that came to its end, or before a day began; None: none."""
        if since is None:
            return {}
        if since == LAST:
            return self._last
        earlier: dict[Key, Entry] = {}
        for line in _lines(self._path):
            if "end" not in line and line["at"] < str(since):
                entry = Entry(**line)
                earlier[entry.key] = entry
        return earlier

    def add(self, entry: Entry) -> None:
        line = {name: value for name in _FIELDS if (value := getattr(entry, name))}
        line["at"] = datetime.now().isoformat(timespec="seconds")
        self._keep(line)
        self._write(line)

    def end(self) -> None:
        """The batch has come to its end."""
        self._write({"end": datetime.now().isoformat(timespec="seconds")})

    def close(self) -> None:
        """What a full disk does not take is made again by the next batch."""
        if self._file:
            with suppress(OSError):
                self._file.close()
            self._file = None

    def _keep(self, line: dict[str, Any]) -> None:
        entry = Entry(**line)
        self._latest[entry.key] = entry
        if entry.file and not entry.where:
            self._there[entry.key] = entry

    def _write(self, line: dict[str, Any]) -> None:
        if self._file is None:
            self._file = self._path.open("a", encoding="utf-8", newline="\n")
            if self._path.stat().st_size:
                self._file.write("\n")  # the line before may have been cut short
        self._file.write(_encode(line) + "\n")
        self._unflushed += 1
        if self._unflushed >= _FLUSHED_EVERY:
            self._file.flush()
            self._unflushed = 0


_FLUSHED_EVERY = 100
_encode = json.JSONEncoder(ensure_ascii=False).encode


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    """The lines that are whole; the last one before a kill may not be."""
    if not path.exists():
        return
    with path.open(encoding="utf-8", errors="replace") as journal:
        for text in journal:
            try:
                line = json.loads(text)
            except ValueError:
                continue
            if isinstance(line, dict) and ("end" in line or _is_entry(line)):
                yield line


def _is_entry(line: dict[str, Any]) -> bool:
    return set(_FIELDS).issuperset(line) and line.keys() >= _NEEDED


_FIELDS = tuple(Entry.__dataclass_fields__)
_NEEDED = {"kind", "record", "at"}

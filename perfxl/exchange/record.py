"""The record of what was sent to whom, which stays with HR: by it what comes back is known, compared and missed.

A folder of its own beside the files: a file `sent-....jsonl` for each batch, with a line for it and one for each file;
the same for people to read (manifest.py); the key of the seals, and the passwords (passwords.py).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from perfxl.core.language import Text
from perfxl.disk import open_file, real
from perfxl.exchange.seal import KEY_FILE, load_key

__all__ = ["FOLDER", "RECORD_FILE", "Batch", "Record", "SentFile", "details_of", "find_records"]

FOLDER = Text("_下发记录", "_sent")
RECORD_FILE = "sent-{}.jsonl"


_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_NO_DETAILS = b'{"rows":{},"given":{},"keys":{}}'
_DETAILS = b',"details":'  # no text of JSON holds it: there a quote has a backslash before it


class _Details(NamedTuple):
    rows: dict[str, list[dict[str, Any]]]
    given: dict[str, list[dict[str, Any]]]
    keys: dict[str, list[list[Any]]]


def details_of(rows: str, given: dict[str, list[dict[str, Any]]], keys: dict[str, list[list[Any]]]) -> bytes:
    """The details of a file; `rows` is JSON already (`locked_rows`)."""
    return b'{"rows":%b,"given":%b,"keys":%b}' % (rows.encode(), _json(given), _json(keys))


@lru_cache(maxsize=8)
def _parsed(details: bytes) -> _Details:
    return _Details(**json.loads(details))


@dataclass(frozen=True)
class Batch:
    """What was sent: from which program (its name and the hash of its content), for whom, which jobs, when due."""

    program: str
    program_hash: str
    audience: str
    jobs: tuple[str, ...]
    period: str
    due: str
    lang: str
    version: str

    @property
    def file(self) -> str:
        """The name of its record: what is sent again, as it was or after a change of due date, has the same."""
        said = "\n".join((self.program_hash, self.audience, *self.jobs, self.period))
        return RECORD_FILE.format(hashlib.blake2b(said.encode(), digest_size=6).hexdigest())


@dataclass(frozen=True)
class SentFile:
    """One file: its ID, its path below the folder, its recipient, how many rows of each job, its seal.

    details  JSON of its rows, by job: the keys, what was locked (rows), and what stood in their inputs (given). It is
             read when it is looked at: that of ten thousand files fills the memory as objects

    sent     when it was first sent as it is now
    content  the hash of what it holds; stored: the hash of the file, where it has a password
    """

    file: str
    path: str
    key: str
    name: str
    unit: str
    email: str
    person: str
    counts: dict[str, int]
    seal: str
    sent: str = ""
    content: str = ""
    stored: str = ""
    details: bytes = _NO_DETAILS

    @property
    def rows(self) -> dict[str, list[dict[str, Any]]]:
        return _parsed(self.details).rows

    @property
    def given(self) -> dict[str, list[dict[str, Any]]]:
        return _parsed(self.details).given

    @property
    def keys(self) -> dict[str, list[list[Any]]]:
        return _parsed(self.details).keys


@dataclass
class Record:
    """The record of one batch."""

    folder: Path
    batch: Batch
    files: dict[str, SentFile]

    @property
    def key(self) -> bytes | None:
        """The key of the seals; None where it has been lost.

        Raises: OSError."""
        return load_key(self.folder / KEY_FILE)

    @property
    def last(self) -> str:
        """When the last file of it was sent."""
        return max((file.sent for file in self.files.values()), default="")


def write_record(path: Path, batch: Batch, files: Iterable[SentFile]) -> None:
    """Writes the lines, one after the other.

    Raises: OSError.
    """
    with open_file(path, "wb") as out:
        out.write(_json(vars(batch)) + b"\n")
        for file in files:
            head = {name: value for name, value in vars(file).items() if name != "details"}
            out.write(b"%b%b%b}\n" % (_json(head)[:-1], _DETAILS, file.details))


def read_record(path: Path) -> Record | None:
    """A record; None for what is none.

    Raises: OSError.
    """
    try:
        with open_file(path, "rb") as lines:
            head = json.loads(next(lines))
            batch = Batch(**{**head, "jobs": tuple(head["jobs"])})
            files = [_sent_file(line) for line in lines]
    except (ValueError, TypeError, KeyError, StopIteration):
        return None
    return Record(path.parent, batch, {file.file: file for file in files})


def find_records(folders: Iterable[Path], known: Record | None = None) -> Iterator[Record]:
    """The records that lie in folders, or beside them, but for one that is known.

    Raises: OSError.
    """
    seen = {real(known.folder / known.batch.file)} if known else set()
    names = [FOLDER(lang) for lang in ("zh", "en")]
    for folder in folders:
        for place in (folder, *(folder / name for name in names), *(folder.parent / name for name in names)):
            for path in sorted(place.glob(RECORD_FILE.format("*"))):
                if real(path) not in seen:
                    seen.add(real(path))
                    record = read_record(path)
                    if record:
                        yield record


def _json(values: dict[str, Any]) -> bytes:
    return _JSON.encode(values).encode()


def _sent_file(line: bytes) -> SentFile:
    """Raises: ValueError, TypeError for a line that is none."""
    head, mark, rest = line.rstrip().partition(_DETAILS)
    if not mark:  # as it was written before details had a place of their own
        values = json.loads(head)
        details = _json({name: values.pop(name) for name in _Details._fields if name in values})
        return SentFile(**values, details=_checked(details))
    return SentFile(**json.loads(head + b"}"), details=_checked(rest[:-1]))


def _checked(details: bytes) -> bytes:
    """Raises: ValueError, TypeError for what is none: it is not read again before it is needed."""
    _Details(**json.loads(details))
    return details

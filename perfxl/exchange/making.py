"""The files that go out, made: in this process, in processes of this machine, or by any executor of the standard
interface."""

from __future__ import annotations

import pickle
import uuid
import zlib
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from perfxl.core.policy import Policy
from perfxl.core.problems import Problem
from perfxl.core.requests import JOBS, Request
from perfxl.documents.batch.workers import WorkersLost, losses
from perfxl.exchange.fill import fill
from perfxl.exchange.heights import set_heights
from perfxl.exchange.passwords import digest as hash_of
from perfxl.exchange.passwords import encrypted
from perfxl.exchange.provisional import Outlook, Preview
from perfxl.exchange.record import details_of
from perfxl.exchange.seal import given_inputs, locked_rows, seal_of
from perfxl.exchange.weight_check import Weights
from perfxl.processes import SPAWNING, begin_worker, can_fork, shared_out
from perfxl.workbook.template import BookTemplate

__all__ = ["FILE_NAME", "SEAL_NAME", "Job", "Made", "Piece", "made_files", "outlook_of"]

FILE_NAME, SEAL_NAME = "perfxl_file", "perfxl_seal"
"""The hidden defined names by which a file is known again, whatever it is called."""

_SLICE = 8  # requests that a worker gets at once
# Requests that take as long (3 ms each) as a process to be worth its start: forked, or started anew (0.7 s).
_WORTH_A_FORK, _WORTH_A_START = 40, 400
_UNDER_WAY = 32  # slices: enough for every worker of a cluster, and little in memory
_MOST_JOBS = 4  # that a worker of a cluster keeps


@dataclass
class Job:
    """What a worker needs to make files. `preview` shows the contracts' points, where any are shown; `weights`: else
    whether their weights sum."""

    templates: Mapping[frozenset[str], BookTemplate]  # by the tables that they have rows for
    policy: Policy
    lang: str
    period: str
    due: date | None
    key: bytes
    fields: dict[str, list[str]]
    preview: Preview | None = None
    weights: bool = True


class Piece(NamedTuple):
    """What is to be made of a file: its request, its ID, its password, and the hash of what it holds already, where it
    lies there as it was sent: then it need not be encrypted again."""

    request: Request
    file: str
    password: str = ""
    held: str = ""
    tables: frozenset[str] = frozenset()


class Made(NamedTuple):
    """A file as it was made: its bytes (none where it stays as it is, and once it is written), the hash of what it
    holds, its seal, what the record says of its rows (see SentFile), the hash of the file where it has a password, why
    this file was not written, and what keeps any from being written."""

    content: bytes
    hash: str
    seal: str
    details: bytes
    stored: str = ""
    problems: Sequence[Problem] = ()
    failed: OSError | None = None


Write = Callable[[int, bytes], Sequence[Problem]]
"""Writes the file of a piece, by the number of the piece; gives why not. Raises: OSError."""


class _Told(NamedTuple):
    """A piece as it is sent to who does not have the preview: with what its first sheet shows of contracts."""

    piece: Piece
    outlook: Outlook | Weights | None


def outlook_of(request: Request, preview: Preview | None, weights: bool) -> Outlook | Weights | None:
    """What a first sheet shows of contracts: points, or whether the weights sum."""
    points = preview.outlook(request) if preview else None
    return points or (Weights.of(request) if weights else None)


def made_files(
    job: Job, pieces: Sequence[Piece], write: Write, executor: Executor | None = None, workers: int = 1
) -> Iterator[tuple[Piece, Made]]:
    """The files in their order, written, by forked processes themselves; no more than a few slices are under way,
    however many there are.

    Raises: WorkersLost.
    """
    slices = [range(first, min(first + _SLICE, len(pieces))) for first in range(0, len(pieces), _SLICE)]
    if executor is not None:
        yield from _sent_out(_Sender(job, pieces, write, executor), slices)
    elif workers < 2 or can_fork() or len(pieces) < _WORTH_A_START:
        yield from _made_here(job, pieces, write, slices, workers if len(pieces) >= _WORTH_A_FORK and can_fork() else 1)
    else:
        with ProcessPoolExecutor(workers, SPAWNING, initializer=begin_worker) as pool:
            yield from _sent_out(_Sender(job, pieces, write, pool), slices)


def _made_here(
    job: Job, pieces: Sequence[Piece], write: Write, slices: Sequence[range], workers: int
) -> Iterator[tuple[Piece, Made]]:
    """By this process, and forked ones, which have all that it has; whoever makes a file writes it."""
    maker, waiting, told = _Maker(job), dict[int, list[Made]](), 0

    def make(number: int) -> list[Made]:
        return [_written(maker.made(pieces[each]), each, write) for each in slices[number]]

    with closing(shared_out(len(slices), make, workers)) as shared:
        for number, several in shared:
            waiting[number] = several
            while told in waiting:
                yield from zip(pieces[slices[told].start : slices[told].stop], waiting.pop(told), strict=True)
                told += 1


def _sent_out(sender: _Sender, slices: Sequence[range]) -> Iterator[tuple[Piece, Made]]:
    """By an executor; raises WorkersLost."""
    under_way = deque[tuple[range, Future[list[Made] | None]]]()
    try:
        for part in slices:
            under_way.append((part, sender.submit(part)))
            if len(under_way) >= _UNDER_WAY:
                yield from sender.received(*under_way.popleft())
        while under_way:
            yield from sender.received(*under_way.popleft())
    except losses() as error:
        raise WorkersLost(str(error) or type(error).__name__) from error
    finally:
        for _, future in under_way:
            future.cancel()


def _written(made: Made, number: int, write: Write) -> Made:
    try:
        return made._replace(content=b"", problems=write(number, made.content))
    except OSError as error:  # which would say of a worker that it is lost
        return made._replace(content=b"", failed=error)


class _Maker:
    """Makes files wherever it is."""

    def __init__(self, job: Job) -> None:
        self._job = job

    def made(self, told: Piece | _Told) -> Made:
        job = self._job
        if isinstance(told, _Told):
            piece, outlook = told
        else:
            piece, outlook = told, outlook_of(told.request, job.preview, job.weights)
        request = piece.request
        values, rows = fill(request, job.policy, job.lang, job.period, job.due, outlook)
        locked = locked_rows(rows, job.fields)
        seal = seal_of(job.key, piece.file, locked)
        template = job.templates[piece.tables]
        set_heights(rows, template)
        content = template.render(values, rows, {FILE_NAME: piece.file, SEAL_NAME: seal})
        held, stored = hash_of(content), ""
        if piece.password:
            content = b"" if held == piece.held else encrypted(content, piece.password)
            stored = hash_of(content) if content else ""
        return Made(content, held, seal, details_of(locked, given_inputs(rows), _keys(request)), stored)


def _keys(request: Request) -> dict[str, list[list[Any]]]:
    """By job, what each row is known again by."""
    return {name: [[row.get(key) for key in JOBS[name].key] for row in each] for name, each in request.rows.items()}


class _Sender:
    """Sends pieces to an executor, and to each of its workers once what all of them need. What shows the points of
    contracts holds the whole program and stays here."""

    def __init__(self, job: Job, pieces: Sequence[Piece], write: Write, executor: Executor) -> None:
        self._job, self._pieces, self._write, self._executor = job, pieces, write, executor
        self._token, self._payload = uuid.uuid4().hex, b""

    def submit(self, part: range) -> Future[list[Made] | None]:
        return self._executor.submit(_make_there, self._token, b"", self._told(part))

    def received(self, part: range, future: Future[list[Made] | None]) -> Iterator[tuple[Piece, Made]]:
        """What a worker has made of a part of the pieces, written."""
        made = future.result()
        if made is None:  # from a worker that has not got the job yet
            made = self._executor.submit(_make_there, self._token, self._packed(), self._told(part)).result()
        assert made is not None
        for number, each in zip(part, made, strict=True):
            yield self._pieces[number], _written(each, number, self._write)

    def _told(self, part: range) -> list[_Told]:
        job, pieces = self._job, (self._pieces[number] for number in part)
        return [_Told(piece, outlook_of(piece.request, job.preview, job.weights)) for piece in pieces]

    def _packed(self) -> bytes:
        if not self._payload:
            job = Job(**{**vars(self._job), "preview": None})
            self._payload = zlib.compress(pickle.dumps(job, pickle.HIGHEST_PROTOCOL), 1)
        return self._payload


_jobs: dict[str, _Maker] = {}


def _make_there(token: str, payload: bytes, pieces: Sequence[_Told]) -> list[Made] | None:
    """Runs in a worker; None where it needs the job first."""
    if token not in _jobs:
        if not payload:
            return None
        while len(_jobs) >= _MOST_JOBS:
            del _jobs[next(iter(_jobs))]
        _jobs[token] = _Maker(pickle.loads(zlib.decompress(payload)))
    return [_jobs[token].made(piece) for piece in pieces]

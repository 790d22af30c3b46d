"""Processes of this machine that work for this one: forked where that is safe, else started anew, and gone with it."""

from __future__ import annotations

import gc
import multiprocessing
import multiprocessing.context
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection, wait
from types import ModuleType
from typing import Generic, TypeVar

__all__ = ["SPAWNING", "Beside", "begin_worker", "can_fork", "count_cores", "share_out", "uncollected", "unwatched"]

Result = TypeVar("Result")
_TICKET = 2  # bytes


def count_cores() -> int:
    """The processor cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def unwatched() -> Iterator[None]:
    """What is there now is not looked through for garbage meanwhile: where many objects come and go beside a program of
    thousands of people, that takes a tenth of the time, and in forked processes a copy of all of it."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


@contextmanager
def uncollected() -> Iterator[None]:
    """Nothing is looked through for garbage meanwhile: work that makes no cycles, but objects by the million, takes a
    quarter less time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def can_fork() -> bool:
    """Forked processes have the program already. Elsewhere than on Linux the systems' own libraries do not survive
    forking; nor does a lock that another thread holds, as those of a notebook may."""
    return sys.platform == "linux" and threading.active_count() == 1


def has_free_core() -> bool:
    """Whether a forked process would have a core of its own."""
    return count_cores() > 1 and can_fork()


def share_out(
    count: int, work: Callable[[int], Result], done: Callable[[int], object], *, alone: bool = False
) -> list[Result]:
    """work(0), work(1) and so on, each by this process or, unless it is to do so `alone`, by a forked one, whichever is
    free first; `done` hears here what is ready. What the other one does not give, be it killed or be the work at fault,
    is made here."""
    results: dict[int, Result] = {}

    def take(i: int, result: Result) -> None:
        results[i] = result
        done(i)

    if count > 1 and not alone and has_free_core():
        _share(count, work, take)
    for i in range(count):
        if i not in results:
            take(i, work(i))
    return [results[i] for i in range(count)]


def _share(count: int, work: Callable[[int], Result], take: Callable[[int, Result], None]) -> None:
    if sys.platform == "win32":
        return
    tickets, giving = os.pipe()
    os.write(giving, b"".join(i.to_bytes(_TICKET, "big") for i in range(count)))  # a pipe holds 32,000
    os.close(giving)
    beside = Beside(lambda: ((i, work(i)) for i in _draw(tickets)))
    try:
        for i in _draw(tickets):
            take(i, work(i))
            for told in beside.told(wait=False):
                take(*told)
        for told in beside.told(wait=True):
            take(*told)
    finally:
        beside.end()
        os.close(tickets)


def _draw(tickets: int) -> Iterator[int]:
    """Numbers that nobody has drawn before."""
    while ticket := os.read(tickets, _TICKET):
        yield int.from_bytes(ticket, "big")


class Beside(Generic[Result]):
    """A forked process that goes through what `make` gives, where one can be forked; `told` gives what came of it."""

    def __init__(self, make: Callable[[], Iterator[Result]]) -> None:
        self._here, there = multiprocessing.Pipe(duplex=False)
        self._process = multiprocessing.get_context("fork").Process(
            target=_tell, args=(make, self._here, there), daemon=True
        )
        self._process.start()
        there.close()

    def told(self, wait: bool) -> Iterator[Result]:
        """What has come; with `wait`, all that comes before the process ends."""
        with suppress(EOFError, OSError):
            while wait or self._here.poll():
                yield self._here.recv()

    def end(self) -> None:
        """Ends the process, ready or not."""
        self._process.kill()
        self._process.join()
        self._here.close()


def _tell(make: Callable[[], Iterator[object]], here: Connection, there: Connection) -> None:
    """Runs in the forked process, of which nothing is to be heard but what it tells."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()
    here.close()
    try:
        for each in make():
            there.send(each)
    finally:
        os._exit(0)  # says nothing of what went wrong, which shows again in the process that goes on


def begin_worker() -> None:
    """What a worker does first: Ctrl-C is the main process's affair; and a worker whose main process is gone has nobody
    to work for."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


class _SpawnedWorker(multiprocessing.context.SpawnProcess):
    """A process that does not run the script again which it was started from: of scripts without a main guard, and of
    notebooks, it would make another batch. Nothing that it needs stands there."""

    def start(self) -> None:
        main = sys.modules["__main__"]
        sys.modules["__main__"] = ModuleType("__main__")
        try:
            super().start()
        finally:
            sys.modules["__main__"] = main


class _Spawning(multiprocessing.context.SpawnContext):
    Process = _SpawnedWorker


SPAWNING = _Spawning()
"""Starts processes anew, for ProcessPoolExecutor."""

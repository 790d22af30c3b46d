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
from contextlib import ExitStack, contextmanager, suppress
from multiprocessing.connection import Connection, wait
from types import ModuleType
from typing import Generic, TypeVar

__all__ = ["SPAWNING", "begin_worker", "can_fork", "count_cores", "share_out", "unwatched"]

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


def can_fork() -> bool:
    """Forked processes have the program already. Elsewhere than on Linux the systems' own libraries do not survive
    forking; nor does a lock that another thread holds, as those of a notebook may."""
    return sys.platform == "linux" and threading.active_count() == 1


def has_free_core() -> bool:
    """Whether a forked process would have a core of its own."""
    return count_cores() > 1 and can_fork()


def share_out(
    count: int,
    work: Callable[[int], Result],
    done: Callable[[int], object] | None = None,
    *,
    alone: bool = False,
    before: Callable[[], object] | None = None,
) -> list[Result]:
    """work(0), work(1) and so on, each by this process or, unless it is to do so `alone`, by a forked one, whichever is
    free first; `done` hears here what is ready. What the other one does not give, be it killed or be the work at fault,
    is made here. `before`: what this process does first, while the other begins."""
    results: dict[int, Result] = {}

    def take(i: int, result: Result) -> None:
        results[i] = result
        if done:
            done(i)

    with ExitStack() as stack:
        shared = stack.enter_context(_Shared(count, work)) if count > 1 and not alone and has_free_core() else None
        if before:
            before()
        for told in shared.results() if shared else ():
            take(*told)
    for i in range(count):
        if i not in results:
            take(i, work(i))
    return [results[i] for i in range(count)]


class _Shared(Generic[Result]):
    """Work that another process has begun with: each draws the number of what nobody has drawn before."""

    def __init__(self, count: int, work: Callable[[int], Result]) -> None:
        self._work = work
        self._tickets, giving = os.pipe()
        os.write(giving, b"".join(i.to_bytes(_TICKET, "big") for i in range(count)))  # a pipe holds 32,000
        os.close(giving)
        self._here, there = multiprocessing.Pipe(duplex=False)
        self._process = multiprocessing.get_context("fork").Process(target=self._help, args=(there,), daemon=True)
        self._process.start()
        there.close()

    def results(self) -> Iterator[tuple[int, Result]]:
        """What is done, by number, in the order in which it is ready."""
        for i in self._draw():
            yield i, self._work(i)
            yield from self._told(wait=False)
        yield from self._told(wait=True)

    def _draw(self) -> Iterator[int]:
        while ticket := os.read(self._tickets, _TICKET):
            yield int.from_bytes(ticket, "big")

    def _told(self, wait: bool) -> Iterator[tuple[int, Result]]:
        """What has come from the other process; with `wait`, all that comes before it ends."""
        with suppress(EOFError, OSError):
            while wait or self._here.poll():
                yield self._here.recv()

    def _help(self, there: Connection) -> None:
        """Runs in the other process, of which nothing is to be heard but what it tells."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        gc.disable()
        self._here.close()
        try:
            for i in self._draw():
                there.send((i, self._work(i)))
        finally:
            os._exit(0)  # says nothing of what went wrong, which shows again in the process that goes on

    def __enter__(self) -> _Shared[Result]:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.join()
        self._here.close()
        os.close(self._tickets)


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

"""Processes of this machine that work for this one: forked where that is safe, else started anew, and gone with it."""

from __future__ import annotations

import gc
import multiprocessing
import multiprocessing.context
import multiprocessing.process
import os
import signal
import sys
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from multiprocessing.connection import Connection, wait
from types import ModuleType
from typing import Generic, TypeVar

__all__ = ["SPAWNING", "begin_worker", "can_fork", "count_cores", "share_out", "shared_out", "unwatched"]

Result = TypeVar("Result")
_TICKET, _AT_ONCE = 2, 2**16  # bytes
_PIPE = 2**20  # bytes of what was told and not heard yet; more than that nobody but root may have
_PATIENCE = 1.0  # seconds


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
    free first; `done` hears here what is ready. `before`: what this process does first, while the other begins."""
    results: dict[int, Result] = {}
    with closing(shared_out(count, work, 1 if alone else 2, before)) as shared:
        for i, result in shared:
            results[i] = result
            if done:
                done(i)
    return [results[i] for i in range(count)]


def shared_out(
    count: int, work: Callable[[int], Result], workers: int, before: Callable[[], object] | None = None
) -> Generator[tuple[int, Result]]:
    """The same, each with its number, in the order in which they are ready; this process is one of the `workers`. What
    the others do not give, be they killed or be the work at fault, is made here in the end."""
    left = set(range(count))
    with ExitStack() as stack:
        helpers = min(workers, count) - 1
        shared = stack.enter_context(_Shared(count, work, helpers)) if helpers > 0 and has_free_core() else None
        if before:
            before()
        for i, result in shared.results() if shared else ():
            left.discard(i)
            yield i, result
    for i in sorted(left):
        yield i, work(i)


class _Shared(Generic[Result]):
    """Work that other processes have begun with: each draws the number of what nobody has drawn before."""

    def __init__(self, count: int, work: Callable[[int], Result], helpers: int) -> None:
        self._work = work
        self._tickets, giving = os.pipe()
        os.write(giving, b"".join(i.to_bytes(_TICKET, "big") for i in range(count)))  # a pipe holds 32,000
        os.close(giving)
        self._heard: list[Connection] = []
        self._processes = [self._started() for _ in range(helpers)]

    def results(self) -> Iterator[tuple[int, Result]]:
        """What is done, by number, in the order in which it is ready."""
        for i in self._draw():
            yield i, self._work(i)
            yield from self._told(0)
        yield from self._told(None)

    def _started(self) -> multiprocessing.process.BaseProcess:
        here, there = multiprocessing.Pipe(duplex=False)
        _make_room(there)
        self._heard.append(here)
        process = multiprocessing.get_context("fork").Process(target=self._help, args=(there,), daemon=True)
        process.start()
        there.close()
        return process

    def _draw(self) -> Iterator[int]:
        while ticket := os.read(self._tickets, _TICKET):
            yield int.from_bytes(ticket, "big")

    def _told(self, seconds: int | None) -> Iterator[tuple[int, Result]]:
        """What comes from the other processes within so many seconds; None: before they end."""
        while self._heard and (ready := wait(self._heard, seconds)):
            for each in ready:
                assert isinstance(each, Connection)
                try:
                    yield each.recv()
                except (EOFError, OSError):
                    self._heard.remove(each)
                    each.close()

    def _help(self, there: Connection) -> None:
        """Runs in another process, of which nothing is to be heard but what it tells."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        gc.disable()
        for each in self._heard:
            each.close()
        try:
            for i in self._draw():
                there.send((i, self._work(i)))
        finally:
            os._exit(0)  # says nothing of what went wrong, which shows again in the process that goes on

    def __enter__(self) -> _Shared[Result]:
        return self

    def __exit__(self, *_: object) -> None:
        """Whoever is still at work, since this process has been stopped, may end what it has begun."""
        while os.read(self._tickets, _AT_ONCE):
            pass
        for each in self._heard:
            each.close()
        os.close(self._tickets)
        for process in self._processes:
            process.join(_PATIENCE)
            process.kill()
            process.join()


def _make_room(pipe: Connection) -> None:
    """A pipe holds 64 KB: who has told more waits until somebody listens."""
    if sys.platform == "linux":
        import fcntl

        with suppress(OSError):
            fcntl.fcntl(pipe.fileno(), fcntl.F_SETPIPE_SZ, _PIPE)


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

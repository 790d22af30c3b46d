"""Processes of this machine that work for this one: forked where that is safe, else started anew, and gone with it."""

from __future__ import annotations

import gc
import multiprocessing
import multiprocessing.context
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import wait
from types import ModuleType

__all__ = ["SPAWNING", "begin_worker", "can_fork", "count_cores", "unwatched"]


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

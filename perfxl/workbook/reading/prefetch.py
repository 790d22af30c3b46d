"""Items made in another process while the one before is used: two cores read a sheet."""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

T = TypeVar("T")


def prefetch(items: Iterator[T]) -> Iterator[T]:
    """The items, which must not be None; the other process begins with them at once. What it does not give, be it
    killed or be the items at fault, is made in this one. Only Linux can fork a process that has libraries loaded;
    elsewhere all are made here."""
    forked = _forked(items) if sys.platform == "linux" else iter(())
    next(forked, None)  # it has begun
    return _received(items, forked)


class Told(Generic[T]):
    """Something that the processes which were forked by `prefetch` are told when it is known here, once."""

    def __init__(self) -> None:
        self._value: T | None = None
        self._ends: tuple[Connection, Connection] | None = None
        self._own = os.getpid()
        if sys.platform == "linux":
            from multiprocessing import Pipe

            self._ends = Pipe(duplex=False)

    def tell(self, value: T) -> None:
        """Runs where the process was forked."""
        self._value = value
        if self._ends:
            here, there = self._ends
            here.close()  # so that nobody who has ended is waited for
            with suppress(OSError):
                there.send(value)
            there.close()

    def get(self, wait: bool) -> T | None:
        """The value; None where it has not come yet. Raises: EOFError where nobody is left to tell it."""
        if self._value is None and self._ends:
            here, there = self._ends
            if os.getpid() != self._own and not there.closed:
                there.close()
            if wait or here.poll():
                self._value = here.recv()
        return self._value


def _received(items: Iterator[T], forked: Iterator[T | None]) -> Iterator[T]:
    count = 0
    for item in forked:
        if item is None:
            return
        count += 1
        yield item
    yield from islice(items, count, None)


def _forked(items: Iterator[T]) -> Iterator[T | None]:
    """Whatever comes first, then the items as long as they come, None after the last."""
    if sys.platform == "win32":
        return
    from multiprocessing import Pipe, get_context  # Excel's server reads workbooks too, and need not load it

    here, there = Pipe(duplex=False)
    process = get_context("fork").Process(target=_send, args=(items, here, there), daemon=True)
    process.start()
    there.close()
    try:
        yield None
        while True:
            yield here.recv()
    except (EOFError, OSError):
        return
    finally:
        process.kill()
        process.join()
        here.close()


def _send(items: Iterator[object], here: Connection, there: Connection) -> None:
    """Runs in the other process, which nobody waits for: it ends with the reader."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()
    here.close()
    try:
        for item in items:
            there.send(item)
        there.send(None)
    finally:
        os._exit(0)  # says nothing of what went wrong, which shows again in the process that goes on

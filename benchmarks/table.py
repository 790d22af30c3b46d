"""Measuring and printing: every benchmark gives rows (what, measured, target), one table shows them."""

from __future__ import annotations

import gc
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple


class Row(NamedTuple):
    """One figure: what was measured, the figure in words, and the figure to reach (blank where there is none)."""

    what: str
    measured: str
    target: str = ""


def seconds(work: Callable[[], object], rounds: int = 5) -> float:
    """The median wall time of some rounds after one warm-up."""
    work()
    taken = []
    for _ in range(rounds):
        gc.collect()
        begun = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begun)
    return median(taken)


def memory_folder() -> str | None:
    """Where the system keeps files in memory; None where it has no such place. A disk from which the round before has
    just removed hundreds of files takes up to 0.3 ms of processor time to find room for each new one (ext4 looks at all
    that were removed in the last minutes), which no folder of a user's does."""
    place = Path("/dev/shm")
    return str(place) if place.is_dir() and os.access(place, os.W_OK) else None


class Spent(NamedTuple):
    """Seconds by the clock, and of processors: the second hardly depends on what else the machine does."""

    wall: float
    cpu: float


def spent(work: Callable[[], object]) -> Spent:
    """What `work` took once; processes that it started and that have ended are counted. What was left before is cleared
    away first, and not on its account."""
    gc.collect()
    begun, before = time.perf_counter(), _cpu()
    work()
    return Spent(time.perf_counter() - begun, _cpu() - before)


def _cpu() -> float:
    import resource  # Windows has none, and no need of it where nothing asks for processor time

    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)


def peak_memory() -> float:
    """The most that this process has held so far, in MB."""
    if sys.platform == "win32":
        import ctypes

        class Counters(ctypes.Structure):
            _fields_ = (
                ("cb", ctypes.c_uint32),
                ("PageFaultCount", ctypes.c_uint32),
                *((name, ctypes.c_size_t) for name in ("PeakWorkingSetSize", "WorkingSetSize", *"abcdef")),
            )

        counters = Counters(ctypes.sizeof(Counters))
        this = ctypes.c_void_p(ctypes.windll.kernel32.GetCurrentProcess())
        if not ctypes.windll.psapi.GetProcessMemoryInfo(this, ctypes.byref(counters), counters.cb):
            raise ctypes.WinError()
        return float(counters.PeakWorkingSetSize) / 2**20
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


def show(title: str, rows: Sequence[Row]) -> None:
    width = max(len(row.what) for row in rows)
    print(f"\n{title}")
    for row in rows:
        print(f"  {row.what:<{width}}  {row.measured:>18}  {row.target}")

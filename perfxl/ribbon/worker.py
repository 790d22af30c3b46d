"""A process of its own for one job of the ribbon: `python -m perfxl.ribbon.worker FOLDER`.

Reads from the folder what is ordered, writes there how far it is and what came of it. It stops, and puts away what is
half done, when its standard input says so or ends: with the server that has started it.
"""

from __future__ import annotations

import _thread
import os
import pickle
import sys
import threading
import time
from pathlib import Path

from perfxl.core.problems import Problem
from perfxl.disk import replace
from perfxl.ribbon.request import Order, Progress
from perfxl.ribbon.running import perform
from perfxl.unforeseen import guarded

ORDER, PROGRESS, RESULT = "order", "progress", "result"
"""What stands in the folder of a job."""

_LAST_WORD = 10.0  # seconds for what is half done to be put away
_EVERY = 0.2  # seconds between two reports of progress
_STOPPED = 3


def main(folder: Path) -> int:
    """Does the job of the folder. Returns: 0 where it came to an end, whatever the end."""
    threading.Thread(target=_listen, daemon=True).start()
    try:
        order = pickle.loads((folder / ORDER).read_bytes())
        (folder / ORDER).unlink()  # it may hold passwords
        assert isinstance(order, Order)
        found = perform(order, _reporter(folder / PROGRESS))
        packed = guarded(lambda: pickle.dumps(found), ["ribbon", order.job])
        _write_whole(folder / RESULT, pickle.dumps(packed) if isinstance(packed, Problem) else packed)
    except KeyboardInterrupt:
        return _STOPPED
    return 0


def _write_whole(path: Path, content: bytes) -> None:
    """Writes a file so that whoever reads it finds all or nothing."""
    part = path.with_suffix(".part")
    part.write_bytes(content)
    replace(part, path)


def _reporter(path: Path) -> Progress:
    last = 0.0

    def report(done: int, total: int) -> None:
        nonlocal last
        now = time.monotonic()
        if done == total or now - last >= _EVERY:
            last = now
            with path.open("a", encoding="ascii") as told:
                told.write(f"{done}/{total}\n")

    return report


def _listen() -> None:
    """Waits for the word to stop, or for the end of whoever could say it."""
    try:
        os.read(0, 1)
    except OSError:  # there is nobody to listen to
        return
    _thread.interrupt_main()
    time.sleep(_LAST_WORD)
    os._exit(_STOPPED)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))

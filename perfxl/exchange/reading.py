"""Many files that came back, read in processes of their own with a limit of memory: one hostile file costs a problem,
not the run."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from concurrent.futures import TimeoutError as TooLong
from contextlib import ExitStack, suppress
from pathlib import Path
from tempfile import gettempdir
from zipfile import BadZipFile

from perfxl.core.problems import Address, problem
from perfxl.disk import private_folder
from perfxl.documents.batch.workers import losses
from perfxl.exchange.finding import Found
from perfxl.exchange.returned import Returned, read_returned
from perfxl.ooxml.package import WORKBOOK, PackageError, open_zip
from perfxl.processes import SPAWNING, begin_worker
from perfxl.workbook.reading.guarded import MEMORY

__all__ = ["read_all"]

_SECONDS = 60.0  # for one file
_ORDINARY = 16 * 2**20  # bytes of all its parts
_UNDER_WAY = 64  # files that an executor has
_WORTHWHILE = 40  # files: fewer are read here, but for odd ones

Progress = Callable[[int, int], None]


def read_all(
    found: Sequence[Found],
    labels: frozenset[str] = frozenset(),
    workers: int = 1,
    progress: Progress | None = None,
    executor: Executor | None = None,
) -> list[Returned]:
    """Reads every file, in the order given; one that takes a process along says so. An executor of the standard
    interface gets the ordinary ones."""
    returned: list[Returned] = []
    if executor is not None:
        reading = _elsewhere(found, labels, executor)
    elif len(found) >= _WORTHWHILE and workers > 1:
        reading = _in_processes(found, labels, workers)
    else:
        reading = _one_by_one(found, labels)
    for each in reading:
        returned.append(each)
        if progress:
            progress(len(returned), len(found))
    return returned


def _elsewhere(found: Sequence[Found], labels: frozenset[str], executor: Executor) -> Iterator[Returned]:
    """Ordinary forms are sent to an executor, whose workers need not see the files; all else is read here, in a process
    with bounds, which an executor does not promise. So are those of workers that are lost."""
    waiting = deque[tuple[Found, Future[Returned] | None]]()
    for each in found:
        waiting.append((each, _sent(each, labels, executor)))
        if len(waiting) >= _UNDER_WAY:
            yield _received(*waiting.popleft(), labels)
    while waiting:
        yield _received(*waiting.popleft(), labels)


def _sent(each: Found, labels: frozenset[str], executor: Executor) -> Future[Returned] | None:
    """None for what is to be read here."""
    if not _is_ordinary(each.path):
        return None
    try:
        return executor.submit(_read_there, each.path.read_bytes(), each._replace(path=Path(each.path.name)), labels)
    except (OSError, RuntimeError):  # a file that cannot be read says so below; an executor that takes no more work
        return None


def _received(each: Found, future: Future[Returned] | None, labels: frozenset[str]) -> Returned:
    if future is not None:
        with suppress(*losses()):
            return future.result()
    return _alone(each, labels)


def _read_there(content: bytes, found: Found, labels: frozenset[str]) -> Returned:
    """Runs in a worker, which has the bytes of the file alone."""
    with private_folder(Path(gettempdir())) as folder:
        path = folder / found.path.name
        path.write_bytes(content)
        return _read(found._replace(path=path), labels)


def _one_by_one(found: Sequence[Found], labels: frozenset[str]) -> Iterator[Returned]:
    """Ordinary forms are read here, all else in a process of its own with bounds, one for all while it lasts."""
    with ExitStack() as stack:
        pool: ProcessPoolExecutor | None = None
        for each in found:
            if _is_ordinary(each.path):
                yield _read(each, labels)
                continue
            pool = pool or stack.enter_context(_bounded_pool(1))
            try:
                yield pool.submit(_read, each, labels).result(_SECONDS)
            except (BrokenExecutor, TooLong, MemoryError):
                _end(pool)
                pool = None
                yield _too_much(each)


def _is_ordinary(path: Path) -> bool:
    """Whether a file is a workbook of the usual form and size, whose reading is known to take little."""
    try:
        with path.open("rb") as file:
            entries = open_zip(file).infolist()
    except (OSError, ValueError, NotImplementedError, BadZipFile, PackageError):
        return path.stat().st_size == 0
    names = {entry.filename for entry in entries}
    return WORKBOOK in names and sum(entry.file_size for entry in entries) <= _ORDINARY


def _in_processes(found: Sequence[Found], labels: frozenset[str], workers: int) -> Iterator[Returned]:
    """As many processes as asked; when one dies, those that were under way are read alone, and the others go on."""
    waiting = list(found)
    while waiting:
        with _bounded_pool(workers) as pool:
            futures: list[Future[Returned]] = [pool.submit(_read, each, labels) for each in waiting]
            done = 0
            try:
                for future in futures:
                    yield future.result(_SECONDS)
                    done += 1
            except (BrokenExecutor, TooLong):
                _end(pool)
        rest = waiting[done:]
        for each in rest[: workers + 1] if rest else ():
            yield _alone(each, labels)
        waiting = rest[workers + 1 :]


def _alone(found: Found, labels: frozenset[str]) -> Returned:
    """One file in a process of its own; its death is a problem."""
    with _bounded_pool(1) as pool:
        try:
            return pool.submit(_read, found, labels).result(_SECONDS)
        except (BrokenExecutor, TooLong, MemoryError):
            _end(pool)
    return _too_much(found)


def _bounded_pool(workers: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(workers, SPAWNING, initializer=_begin, initargs=(MEMORY,))


def _too_much(found: Found) -> Returned:
    wrong = problem("file_needs_memory", Address(found.name))
    return Returned(found.name, found.modified, problems=[wrong])


def _read(found: Found, labels: frozenset[str]) -> Returned:
    returned = read_returned(found.path, found.name, labels)
    returned.modified = found.modified
    return returned


def _end(pool: ProcessPoolExecutor) -> None:
    """Ends the processes of a pool, also those that hang."""
    for process in list(getattr(pool, "_processes", None) or {}):
        with suppress(OSError, KeyError):
            pool._processes[process].kill()
    pool.shutdown(wait=False, cancel_futures=True)


def _begin(size: int) -> None:
    """What a process may take, where the system can say so."""
    begin_worker()
    if sys.platform == "win32":
        return
    import resource

    kind = resource.RLIMIT_DATA if sys.platform == "linux" else resource.RLIMIT_AS
    with suppress(OSError, ValueError):
        resource.setrlimit(kind, (size, size))

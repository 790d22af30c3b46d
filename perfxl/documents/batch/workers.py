"""Who makes the papers: this process, processes of this machine, a Dask cluster, or any executor of the standard
interface."""

from __future__ import annotations

import gc
import multiprocessing
import multiprocessing.context
import os
import re
import sys
import uuid
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future, ProcessPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from functools import cached_property
from itertools import islice
from typing import Any, NamedTuple

from perfxl.core.language import Text
from perfxl.core.problems import Problem, problem
from perfxl.documents.batch.job import Job, Order, Paper, make_papers, pack_job, register_job, unpack_job
from perfxl.installation import pip_install
from perfxl.processes import SPAWNING, begin_worker, can_fork, count_cores
from perfxl.table_store import PackedRows

__all__ = ["RowsOf", "WorkerPool", "WorkersLost", "executor_at", "losses", "open_workers"]


class WorkersLost(Exception):
    """Workers have gone: killed, out of memory, or the connection is down."""


RowsOf = Callable[[Sequence[Order]], PackedRows | None]
"""What orders are sent with: the rows that they are about, of a job that does not hold them."""


class WorkerPool:
    """Hands the orders of a job to an executor, a slice at a time, and the papers back in the same order.

    No more than a few slices are under way, so memory does not grow with the batch.
    """

    def __init__(
        self, job: Job, rows_of: RowsOf, executor: Executor, workers: int, slice_size: int, token: str = ""
    ) -> None:
        self._job, self._rows_of, self._executor = job, rows_of, executor
        self._window, self._slice = 2 * workers + 1, slice_size
        self._token = token or uuid.uuid4().hex
        register_job(self._token, job)

    def papers(self, orders: Iterable[Order]) -> Iterator[Paper]:
        """The papers, as they are made.

        Raises: WorkersLost.
        """
        return self._results(orders, self._slice, check=False)

    def check(self, orders: Iterable[Order]) -> Iterator[list[Problem]]:
        """What docxtpl would have made otherwise, for each order."""
        return self._results(orders, 1, check=True)

    def close(self) -> None:
        register_job(self._token, None)

    def _results(self, orders: Iterable[Order], size: int, check: bool) -> Iterator[Any]:
        waiting: deque[tuple[Future[Any], _Task]] = deque()
        rest = iter(orders)
        try:
            while part := list(islice(rest, size)):
                task = _Task(part, self._rows_of(part), check)
                waiting.append((self._submit(None, task), task))
                if len(waiting) >= self._window:
                    yield from self._receive(*waiting.popleft())
            while waiting:
                yield from self._receive(*waiting.popleft())
        except losses() as error:
            raise WorkersLost(str(error) or type(error).__name__) from error
        finally:
            for future, _ in waiting:
                future.cancel()

    def _receive(self, future: Future[Any], task: _Task) -> list[Any]:
        results = future.result()
        if results is None:  # a worker that has not got the job yet
            results = self._submit(self._payload, task).result()
        return list(results)

    def _submit(self, payload: bytes | None, task: _Task) -> Future[Any]:
        return self._executor.submit(make_papers, self._token, payload, *task)

    @cached_property
    def _payload(self) -> bytes:
        return pack_job(self._job)


class _Task(NamedTuple):
    orders: Sequence[Order]
    rows: PackedRows | None
    check: bool


@contextmanager
def open_workers(
    job: Job, rows_of: RowsOf, count: int, jobs: int | None, executor: Executor | None
) -> Iterator[WorkerPool]:
    """For a batch of `count` papers; `jobs` processes, as many as there are cores and as pay if None."""
    largest = _SLICE if job.whole else _SLICE_WITH_ROWS
    if executor is not None:
        with closing(WorkerPool(job, rows_of, executor, _FOREIGN_WORKERS, largest)) as pool:
            yield pool
        return
    workers = _count_workers(count, jobs)
    token = uuid.uuid4().hex
    with _processes(job, token, workers) as processes:
        if processes is None:
            with closing(WorkerPool(job, rows_of, _ThisProcess(), 0, largest)) as pool:
                yield pool
        else:
            size = min(largest, -(-count // (4 * workers)))
            with closing(WorkerPool(job, rows_of, processes, workers, size, token)) as pool:
                yield pool


def _count_workers(count: int, jobs: int | None) -> int:
    if can_fork():
        return min(jobs or count_cores(), -(-count // _WORTH_A_FORK))
    return min(jobs or min(count_cores(), _MOST_UNASKED), _MOST_SPAWNED, -(-count // _WORTH_A_SPAWN))


@contextmanager
def _processes(job: Job, token: str, workers: int) -> Iterator[Executor | None]:
    """Processes that have the job; None where one does as well, or no other can be started."""
    if workers <= 1 or multiprocessing.current_process().daemon or not sys.executable:
        yield None
        return
    pool: ProcessPoolExecutor | None = None
    with ExitStack() as end:
        try:
            if can_fork():
                # What is there now is shared by all processes and never looked at by their garbage collectors, which
                # would copy it page by page.
                gc.collect()
                gc.freeze()
                end.callback(gc.unfreeze)
                context: Any = multiprocessing.get_context("fork")
                pool = ProcessPoolExecutor(workers, context, initializer=_begin_worker)
            else:
                given = token, pack_job(job)
                pool = ProcessPoolExecutor(workers, SPAWNING, initializer=_begin_worker, initargs=given)
            end.enter_context(pool)
            pool.submit(os.getpid)  # starts the first one
        except (OSError, RuntimeError, ImportError):  # a company's policy, a machine without semaphores
            pool = None
        yield pool


_SLICE = 32  # papers an order; half a megabyte on its way back
_SLICE_WITH_ROWS = 96  # where people are scored by the slice
# Papers that take as long to make (2 ms each) as a process to be worth its start: forked, or started anew (0.7 s).
_WORTH_A_FORK, _WORTH_A_SPAWN = 100, 700
_MOST_SPAWNED = 61  # Windows waits for no more
_MOST_UNASKED = 8  # of 50 MB each
_FOREIGN_WORKERS = 16  # slices under way; how many workers an executor has, the standard interface does not say


def losses() -> tuple[type[Exception], ...]:
    """What says that workers are gone; Dask has a word of its own for it."""
    dask = sys.modules.get("distributed")
    return (BrokenExecutor, CancelledError, OSError, *((dask.KilledWorker,) if dask else ()))


def _begin_worker(token: str = "", packed: bytes = b"") -> None:
    """One that was not forked gets its job here, once."""
    begin_worker()
    if packed:
        register_job(token, unpack_job(packed))


class _ThisProcess(Executor):
    """This process, at once."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


_ADDRESS = re.compile(r"dask://([\w.-]+:\d{1,5}|\[[\da-fA-F:]+\]:\d{1,5})")
_CLUSTER_PATIENCE = "5s"
_WORKERS_PATIENCE = 30  # seconds for the first worker: some clusters start them when they are needed


@contextmanager
def executor_at(address: str) -> Iterator[tuple[Executor | None, list[Problem]]]:
    """The cluster whose scheduler is at dask://HOST:PORT, or why it cannot be used. Its workers need perfxl."""
    try:
        import distributed
    except ImportError:
        yield None, [problem("dask_missing", value=address, pip=pip_install("dask"))]
        return
    match = _ADDRESS.fullmatch(address)
    if not match:
        yield (
            None,
            [problem("cluster_unreachable", value=address, reason=Text("地址写法不对", "no address of that form"))],
        )
        return
    try:
        connect: Any = distributed.Client  # which carries no types
        client = connect(f"tcp://{match[1]}", timeout=_CLUSTER_PATIENCE, set_as_default=False)
    except OSError as error:
        yield (
            None,
            [
                problem(
                    "cluster_unreachable", value=address, reason=str(error).partition("\n")[0] or type(error).__name__
                )
            ],
        )
        return
    with client:
        try:
            client.wait_for_workers(1, timeout=_WORKERS_PATIENCE)  # without any, all would wait for ever
        except TimeoutError:
            reason = Text("调度器在运行，但没有工作进程", "its scheduler runs, but has no workers")
            yield None, [problem("cluster_unreachable", value=address, reason=reason)]
            return
        yield client.get_executor(pure=False), []

"""Workers on other machines: a Dask cluster as an executor (the `dask` extra)."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager

from perfxl.core.problems import Problem, problem

__all__ = ["executor_at"]

_SCHEME = "dask://"
_PATIENCE = "10s"


@contextmanager
def executor_at(address: str) -> Iterator[tuple[Executor | None, list[Problem]]]:
    """The cluster whose scheduler is at dask://HOST:PORT, or why it cannot be used. Its workers need perfxl installed."""
    try:
        from distributed import Client
    except ImportError:
        yield None, [problem("D231", value=address)]
        return
    try:
        client = Client(f"tcp://{address.removeprefix(_SCHEME)}", timeout=_PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        yield None, [problem("D230", value=address, reason=str(error).partition("\n")[0] or type(error).__name__)]
        return
    with client:
        yield client.get_executor(pure=False), []

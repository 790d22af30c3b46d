"""Workers on other machines: a Dask cluster as an executor (the `dask` extra)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager

from perfxl.core.language import Text
from perfxl.core.problems import Problem, problem

__all__ = ["executor_at"]

_ADDRESS = re.compile(r"dask://([\w.-]+:\d{1,5}|\[[\da-fA-F:]+\]:\d{1,5})")
_PATIENCE = "5s"


@contextmanager
def executor_at(address: str) -> Iterator[tuple[Executor | None, list[Problem]]]:
    """The cluster whose scheduler is at dask://HOST:PORT, or why it cannot be used. Its workers need perfxl."""
    try:
        from distributed import Client
    except ImportError:
        yield None, [problem("dask_missing", value=address)]
        return
    place = _ADDRESS.fullmatch(address)
    if not place:
        yield (
            None,
            [problem("cluster_unreachable", value=address, reason=Text("地址写法不对", "no address of that form"))],
        )
        return
    try:
        client = Client(f"tcp://{place[1]}", timeout=_PATIENCE, set_as_default=False)
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
        yield client.get_executor(pure=False), []

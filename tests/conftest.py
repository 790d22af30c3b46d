"""What all tests share: the last guard of the program was never needed, and how long the fuzz harness may work."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator

import pytest

from perfxl import unforeseen


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--fuzz", type=int, default=0, metavar="N", help="mutated workbooks; default: what takes a minute")


_swept = [0.0]


@pytest.fixture(autouse=True)
def _what_commands_left_is_let_go() -> Iterator[None]:
    """A command keeps what it has read and does not look for garbage in circles, as its process ends with it; this one
    goes on, and came to 2 GB in the end."""
    yield
    if time.process_time() - _swept[0] > 10:
        gc.unfreeze()
        gc.collect()
        _swept[0] = time.process_time()


@pytest.fixture(autouse=True)
def _the_last_guard_was_not_needed() -> Iterator[None]:
    """A test that wants it empties the list of reports itself."""
    before = len(unforeseen.REPORTS)
    yield
    reports = unforeseen.REPORTS[before:]
    del unforeseen.REPORTS[before:]
    assert not reports, "\n".join(path.read_text(encoding="utf-8") for path in reports)

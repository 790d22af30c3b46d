"""Items made in another process: the same ones, whatever becomes of it."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Iterator

import pytest

from perfxl.workbook.reading.prefetch import Told, prefetch

FORKED = pytest.mark.skipif(sys.platform != "linux", reason="other systems cannot fork safely")


def pids(count: int) -> Iterator[tuple[int, int]]:
    for i in range(count):
        yield i, os.getpid()


def numbers_and_makers(count: int) -> tuple[list[int], set[int]]:
    found = list(prefetch(pids(count)))
    return [i for i, _ in found], {pid for _, pid in found}


@FORKED
def test_another_process_makes_them() -> None:
    numbers, makers = numbers_and_makers(1000)
    assert numbers == list(range(1000)) and len(makers) == 1 and os.getpid() not in makers
    assert not multiprocessing.active_children()


def test_where_none_can_be_forked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "win32")
    assert numbers_and_makers(10) == (list(range(10)), {os.getpid()})


def test_none_at_all() -> None:
    assert list(prefetch(pids(0))) == []


@FORKED
def test_one_that_is_killed_is_gone_on_with() -> None:
    found = []
    for i, pid in prefetch(pids(1000)):
        found.append(i)
        if i == 20:
            os.kill(pid, signal.SIGKILL)
    assert found == list(range(1000)) and not multiprocessing.active_children()


def faulty() -> Iterator[int]:
    yield from range(5)
    raise ValueError("the sixth")


def test_what_goes_wrong_is_raised_here(capfd: pytest.CaptureFixture[str]) -> None:
    found = []
    with pytest.raises(ValueError, match="the sixth"):
        for i in prefetch(faulty()):
            found.append(i)
    assert found == list(range(5)) and capfd.readouterr().err == ""


def test_one_that_is_not_wanted_any_more_ends() -> None:
    items = prefetch(pids(10**9))
    assert next(items)[0] == 0
    items.close()  # type: ignore[attr-defined]
    assert not multiprocessing.active_children()


@pytest.mark.parametrize("forks", [pytest.param(True, marks=FORKED), False])
def test_what_is_told_later(forks: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the other process waits for comes to it; where there is none, it is known."""
    if not forks:
        monkeypatch.setattr("sys.platform", "win32")
    told = Told[str]()
    items = prefetch((told.get(wait=True), os.getpid()) for _ in range(2))
    told.tell("E1")
    found = list(items)
    assert [word for word, _ in found] == ["E1", "E1"]
    assert (os.getpid() in {pid for _, pid in found}) is not forks


@FORKED
def test_nobody_is_waited_for_who_has_ended() -> None:
    told = Told[bytes]()
    items = prefetch((told.get(wait=True) or b"")[:1] for _ in range(1))
    for child in multiprocessing.active_children():
        child.kill()
        child.join()
    told.tell(bytes(2**20))  # more than a pipe holds
    assert list(items) == [b"\0"]

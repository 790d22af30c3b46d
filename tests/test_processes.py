"""Work that two processes share: the same results, whatever becomes of the other one."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from perfxl import processes
from perfxl.processes import share_out, shared_out

FORKED = pytest.mark.skipif(sys.platform != "linux", reason="other systems cannot fork safely")


@pytest.fixture(autouse=True)
def _two_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "count_cores", lambda: 2)
    monkeypatch.setattr("threading.active_count", lambda: 1)  # the tests' own processes have more


def slow(i: int) -> tuple[int, int]:
    time.sleep(0.01)
    return i * i, os.getpid()


def shared(count: int, *, alone: bool = False) -> tuple[list[int], set[int], list[int]]:
    done: list[int] = []
    results = share_out(count, slow, done.append, alone=alone)
    return [square for square, _ in results], {pid for _, pid in results}, done


@FORKED
def test_two_processes_share_the_work() -> None:
    squares, makers, done = shared(20)
    assert squares == [i * i for i in range(20)] and sorted(done) == list(range(20))
    assert len(makers) == 2 and os.getpid() in makers
    assert not multiprocessing.active_children()


@FORKED
@pytest.mark.parametrize("workers", [2, 3])
def test_results_come_as_they_are_ready(workers: int) -> None:
    results = list(shared_out(40, slow, workers))
    assert sorted(i for i, _ in results) == list(range(40))
    assert all(square == i * i for i, (square, _) in results)
    assert len({pid for _, (_, pid) in results}) == workers
    assert not multiprocessing.active_children()


@FORKED
def test_who_is_stopped_ends_what_was_begun(tmp_path: Path) -> None:
    """A file that is being written is not left behind half."""

    def work(i: int) -> None:
        (tmp_path / f"{i}.part").touch()
        time.sleep(0.05)
        (tmp_path / f"{i}.part").rename(tmp_path / f"{i}.done")

    with closing(shared_out(100, work, 2)) as shared:
        next(shared)
    assert not multiprocessing.active_children()
    assert 2 <= len(list(tmp_path.glob("*.done"))) < 10 and not list(tmp_path.glob("*.part"))


@FORKED
def test_others_may_tell_much_while_nobody_listens() -> None:
    own = os.getpid()

    def work(i: int) -> bytes:
        time.sleep(0.2 if os.getpid() == own else 0)
        return bytes(20_000)

    begin = time.monotonic()
    assert share_out(20, work) == [bytes(20_000)] * 20
    assert time.monotonic() - begin < 2


@pytest.mark.parametrize("count", [0, 1])
def test_little_work_is_done_here(count: int) -> None:
    assert shared(count)[1] <= {os.getpid()}


def test_alone() -> None:
    assert shared(5, alone=True) == ([0, 1, 4, 9, 16], {os.getpid()}, [0, 1, 2, 3, 4])


def test_one_core_or_none_to_fork(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "count_cores", lambda: 1)
    assert shared(5)[1] == {os.getpid()}
    monkeypatch.undo()
    monkeypatch.setattr("sys.platform", "win32")
    assert shared(5)[1] == {os.getpid()}


@FORKED
def test_what_a_killed_one_had_begun_is_done_here() -> None:
    own = os.getpid()

    def work(i: int) -> int:
        if os.getpid() != own and i > 3:
            os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(0.01)
        return i

    assert share_out(20, work, lambda _: None) == list(range(20))
    assert not multiprocessing.active_children()


def test_what_goes_wrong_is_raised_here(capfd: pytest.CaptureFixture[str]) -> None:
    def work(i: int) -> int:
        if i == 7:
            raise ValueError("the eighth")
        return i

    with pytest.raises(ValueError, match="the eighth"):
        share_out(20, work, lambda _: None)
    assert capfd.readouterr().err == "" and not multiprocessing.active_children()

"""Whoever does the work, the same files go out and the same comes of what came back."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest

from benchmarks.exchange import company, fill
from perfxl.cli import main
from perfxl.core.problems import Problem
from perfxl.core.values.dates import period_span
from perfxl.documents.batch.workers import executor_at
from perfxl.exchange import send
from perfxl.exchange.collect import Collection, collect
from perfxl.exchange.record import find_records
from perfxl.exchange.send import Order, distribute
from perfxl.program import Program, from_tables
from perfxl.workbook.program.book import write_program

_MANAGERS = 50
_ORDER = Order(jobs=("actuals",), within=period_span("2026Q1"), period="2026Q1")


@pytest.fixture(scope="module")
def program() -> Program:
    return from_tables(company(_MANAGERS))[0]


@contextmanager
def cluster() -> Iterator[Executor]:
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as local,
        executor_at(local.scheduler_address.replace("tcp://", "dask://")) as (executor, problems),
    ):
        assert executor is not None and not problems
        yield executor


EXECUTORS: dict[str, Callable[[], AbstractContextManager[Executor]]] = {
    "threads": lambda: ThreadPoolExecutor(2),
    "processes started anew": lambda: ProcessPoolExecutor(2, multiprocessing.get_context("spawn")),
    "dask": cluster,
}

ON_UNIX = pytest.mark.skipif(os.name == "nt", reason="a worker is killed by a signal of Unix")


def content(folder: Path) -> dict[str, tuple[str, dict[str, int]]]:
    """What the record says of each file, by its name; seals differ with their key."""
    (record,) = find_records([folder])
    assert all((folder / file.path).is_file() for file in record.files.values())
    return {
        file.path: (str(file.rows) + str(file.keys) + str(file.given), file.counts) for file in record.files.values()
    }


@pytest.mark.parametrize("kind", EXECUTORS)
def test_any_standard_executor_sends_and_collects(kind: str, program: Program, tmp_path: Path) -> None:
    here, there, back = tmp_path / "here", tmp_path / "there", tmp_path / "back"
    assert distribute(program, here, _ORDER)[1] == []
    back.mkdir()
    with EXECUTORS[kind]() as executor:
        sent, problems = distribute(program, there, _ORDER, executor=executor)
        assert problems == [] and len(sent.files) == _MANAGERS
        assert content(there) == content(here)
        for file in sent.files:
            (back / file.path).write_bytes(fill((there / file.path).read_bytes()))
        (back / "坏.xlsx").write_bytes(b"PK\3\4" + bytes(200))
        (back / "空.xlsx").touch()
        collected = collect(program, Collection((back,), (there,)), executor=executor)
    alone = collect(program, Collection((back,), (there,)))
    assert len(collected.merged.added) == _MANAGERS * 20
    assert [str(each) for each in collected.problems] == [str(each) for each in alone.problems]
    assert [each.values for each in collected.merged.added] == [each.values for each in alone.merged.added]
    assert {each.address.file for each in collected.problems} >= {"坏.xlsx", "空.xlsx"}


def test_two_processes_send_the_same(program: Program, tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    told: list[int] = []
    assert distribute(program, one, _ORDER)[1] == []
    assert distribute(program, two, _ORDER, lambda done, total: told.append(done), workers=2)[1] == []
    assert content(one) == content(two) and told == list(range(1, _MANAGERS + 1))


@ON_UNIX
def test_a_lost_worker_is_a_problem_and_the_next_run_goes_on(program: Program, tmp_path: Path) -> None:
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as executor:
        worker = executor.submit(os.getpid).result()

        def end(done: int, total: int) -> None:
            if done == 10:
                os.kill(worker, signal.SIGKILL)

        sent, problems = distribute(program, tmp_path, _ORDER, end, executor)
    assert [each.name for each in problems] == ["worker_lost"]
    assert 10 <= len(sent.files) < _MANAGERS and len(content(tmp_path)) == len(sent.files)
    before = {file.path: (tmp_path / file.path).read_bytes() for file in sent.files}
    again, problems = distribute(program, tmp_path, _ORDER)
    assert problems == [] and len(again.files) == _MANAGERS
    assert all((tmp_path / name).read_bytes() == each for name, each in before.items())


@pytest.mark.skipif(sys.platform != "linux", reason="other systems cannot fork safely")
def test_a_forked_process_that_is_killed_costs_nothing(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own, written = os.getpid(), 0

    def write(*given: Any) -> list[Problem]:
        nonlocal written
        written += 1
        if os.getpid() != own and written == 11:
            os.kill(os.getpid(), signal.SIGKILL)
        return original(*given)

    original = send._write
    monkeypatch.setattr(send, "_write", write)
    monkeypatch.setattr("perfxl.processes.count_cores", lambda: 2)
    monkeypatch.setattr("threading.active_count", lambda: 1)  # the tests' own processes have more
    monkeypatch.setattr("perfxl.exchange.making._SLICE", 1)
    sent, problems = distribute(program, tmp_path, _ORDER, workers=2)
    assert problems == [] and len(sent.files) == _MANAGERS and len(content(tmp_path)) == _MANAGERS
    assert not multiprocessing.active_children()


@ON_UNIX
def test_a_lost_worker_costs_no_file_that_came_back(program: Program, tmp_path: Path) -> None:
    out, back = tmp_path / "out", tmp_path / "back"
    back.mkdir()
    for file in distribute(program, out, _ORDER)[0].files:
        (back / file.path).write_bytes(fill((out / file.path).read_bytes()))
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as executor:
        worker = executor.submit(os.getpid).result()
        told: list[int] = []

        def end(done: int, total: int) -> None:
            told.append(done)
            if done == 48:
                os.kill(worker, signal.SIGKILL)

        collected = collect(program, Collection((back,), (out,)), progress=end, executor=executor)
    assert len(collected.merged.added) == _MANAGERS * 20 and told[-1] == _MANAGERS
    assert not [each for each in collected.problems if each.severity == "error"]


@pytest.mark.parametrize("command", ["distribute", "collect"])
def test_a_cluster_that_is_not_there(command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("distributed")
    path = tmp_path / "program.xlsx"
    write_program(path, company(2), "zh")
    places = [] if command == "distribute" else [str(tmp_path)]
    output = tmp_path / ("out" if command == "distribute" else "o.xlsx")
    assert main([command, str(path), *places, "-o", str(output), "--executor", "dask:nowhere", "--json"]) == 2
    assert [each["name"] for each in json.loads(capsys.readouterr().out)["problems"]] == ["cluster_unreachable"]
    assert not output.exists()

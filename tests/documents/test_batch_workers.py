"""Whoever does the work (this process, others, threads, a cluster), the folder is the same."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from perfxl import sample
from perfxl.core.records import Tables
from perfxl.documents.batch import workers
from perfxl.documents.batch.workers import executor_at
from perfxl.program import Program, from_tables
from tests.documents.batch_kit import ROOT, make_documents, prints
from tests.documents.contract_book import book, policy
from tests.documents.papers import edited

MANY = 130  # enough to be shared among processes


@pytest.fixture(scope="module")
def program() -> Program:
    return from_tables(sample.program(MANY, 7, "zh"))[0]


@pytest.fixture(scope="module")
def whole(program: Program, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What one process makes."""
    folder = tmp_path_factory.mktemp("whole")
    files, problems = make(program, folder, jobs=1)
    assert len(files) == len(program.tables["contracts"]) and not problems
    return folder


def make(program: Program, folder: Path, **options: object) -> tuple[Sequence[Path], list[str]]:
    files, problems = make_documents("contract", program.tables, program.policy, folder, **options)
    return files, [problem.code for problem in problems]


@pytest.fixture(params=["fork", "spawn"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """How processes come about: as on Linux, or simulated as on Windows and macOS, however few papers there are."""
    monkeypatch.setattr(workers, "can_fork", lambda: request.param == "fork")
    monkeypatch.setattr(workers, "_WORTH_A_SPAWN", workers._WORTH_A_FORK)
    return str(request.param)


def test_two_processes(
    way: str, program: Program, whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[int] = []
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(workers, "_ThisProcess", lambda: pytest.fail("made here"))
        files, codes = make(program, tmp_path, jobs=2, progress=lambda done, total: told.append(done))
    assert codes == [] and prints(tmp_path) == prints(whole)
    assert told == list(range(1, len(files) + 1))
    assert [file.name for file in files] == [path.name for path in make(program, whole, jobs=1)[0]]


@pytest.mark.parametrize(
    "pool",
    [
        lambda: ThreadPoolExecutor(2),
        lambda: ProcessPoolExecutor(2, multiprocessing.get_context("spawn")),  # they get the program sent
    ],
)
def test_any_standard_executor(pool: object, program: Program, whole: Path, tmp_path: Path) -> None:
    assert callable(pool)
    with pool() as executor:
        assert make(program, tmp_path, executor=executor)[1] == []
    assert prints(tmp_path) == prints(whole)


@contextmanager
def cluster() -> Iterator[Executor]:
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as local,
        executor_at(local.scheduler_address.replace("tcp://", "dask://")) as (executor, problems),
    ):
        assert executor is not None and not problems
        yield executor


def test_a_dask_cluster(program: Program, whole: Path, tmp_path: Path) -> None:
    with cluster() as executor:
        assert make(program, tmp_path, executor=executor)[1] == []
    assert prints(tmp_path) == prints(whole)


SCRIPT = """
import sys, threading, time
from pathlib import Path
from perfxl import sample
from perfxl.documents.batch import make_documents, workers
from perfxl.judgement import NOTHING_WRONG
from perfxl.program import from_tables

print("begun")
threading.Thread(target=time.sleep, args=(600,), daemon=True).start()  # as a notebook has them
workers._WORTH_A_SPAWN = 20
workers._ThisProcess = None
program, _ = from_tables(sample.program(40, 7, "zh"))
files, problems = make_documents(
    "contract", program.tables, program.policy, Path(sys.argv[1]), jobs=2, judgement=NOTHING_WRONG)
print(len(files), *(problem.code for problem in problems))
"""


@pytest.mark.parametrize("called", ["script", "stdin", "-c"])
def test_simulated_spawned_from_a_script_without_a_main_guard_and_from_a_notebook(called: str, tmp_path: Path) -> None:
    """Which runs once: its processes do not begin it again. What stands in no file cannot be begun again at all."""
    path = tmp_path / "script.py"
    path.write_text(SCRIPT, encoding="utf-8")
    how = {"script": [str(path)], "stdin": ["-"], "-c": ["-c", SCRIPT]}[called]
    own = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, *how, str(tmp_path / "out")],
        capture_output=True,
        text=True,
        env=own,
        input=SCRIPT,
        check=False,
    )
    made = len(list((tmp_path / "out").glob("*.docx")))
    assert done.stdout.split() == ["begun", str(made)] and made > 30, done.stderr


@pytest.mark.parametrize(
    ("count", "jobs", "cores", "expected"),
    [
        (120, None, 4, 1),  # a process takes as long to start as hundreds of papers
        (120, 64, 64, 1),
        (100_000, 64, 64, 61),  # Windows waits for no more
        (100_000, None, 64, 8),  # of 50 MB each
        (100_000, None, 4, 4),
        (1_400, None, 4, 2),
    ],
)
def test_simulated_how_many_processes_pay_where_none_can_be_forked(
    count: int, jobs: int | None, cores: int, expected: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "can_fork", lambda: False)
    monkeypatch.setattr(workers, "count_cores", lambda: cores)
    assert workers._count_workers(count, jobs) == expected


def test_simulated_where_no_process_can_be_started_this_one_does_it(
    way: str, program: Program, whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(*_: object, **__: object) -> None:
        raise PermissionError("blocked by your administrator")

    monkeypatch.setattr(ProcessPoolExecutor, "submit", forbidden)
    assert make(program, tmp_path, jobs=2)[1] == []
    assert prints(tmp_path) == prints(whole)


def test_a_cluster_that_is_not_there() -> None:
    with executor_at("dask://127.0.0.1:1") as (executor, problems):
        assert executor is None
    assert [problem.code for problem in problems] in (["D230"], ["D231"])


@pytest.mark.skipif(os.name == "nt", reason="kills as Unix does")
def test_a_worker_that_dies_is_told_and_the_next_batch_goes_on(program: Program, whole: Path, tmp_path: Path) -> None:
    with ProcessPoolExecutor(1, multiprocessing.get_context("fork")) as executor:
        worker = executor.submit(os.getpid).result()
        some = len(program.tables["contracts"]) // 2

        def end(done: int, total: int) -> None:
            if done == some:
                os.kill(worker, signal.SIGKILL)

        files, codes = make(program, tmp_path, executor=executor, progress=end)
    assert codes == ["D227"] and some <= len(files) < len(program.tables["contracts"])
    assert all(file.exists() for file in files) and not (tmp_path / "index.xlsx").exists()
    assert make(program, tmp_path, jobs=1)[1] == ["D222"]
    assert prints(tmp_path) == prints(whole)


def test_an_engine_that_differs_from_docxtpl_gives_way_to_it(tmp_path: Path) -> None:
    """No two renderings of this template are the same, whoever makes them."""
    from perfxl.assets import doc_templates

    shipped = doc_templates() / "contract.zh.docx"
    changes = {"{{ program }}": "{{ program }} {{ range(10000) | random }}"}
    template = edited(shipped, tmp_path / "t.docx", changes)
    held: Tables = book()
    files, problems = make_documents("contract", held, policy(), tmp_path / "out", template=template)
    codes = [problem.code for problem in problems]
    assert "D140" in codes and codes.count("D221") == 1 and len(files) == 3
    assert {problem.address.file for problem in problems if problem.code == "D140"} == {"t.docx"}


def test_a_cluster_without_workers_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command waited for ever, and said nothing."""
    distributed = pytest.importorskip("distributed")
    monkeypatch.setattr("perfxl.documents.batch.workers._WORKERS_PATIENCE", 1)
    with (
        distributed.LocalCluster(n_workers=0, dashboard_address=None) as local,
        executor_at(local.scheduler_address.replace("tcp://", "dask://")) as (executor, problems),
    ):
        assert executor is None and [each.code for each in problems] == ["D230"]
        assert "没有工作进程" in problems[0].message("zh")

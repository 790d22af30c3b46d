"""Whoever does the work (this process, others, threads, a cluster), the folder is the same."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from perfxl import sample
from perfxl.core.records import Tables
from perfxl.documents.batch.workers import executor_at
from perfxl.program import Program, from_tables
from tests.documents.batch_kit import make_documents, prints
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


def test_two_processes(program: Program, whole: Path, tmp_path: Path) -> None:
    told: list[int] = []
    files, codes = make(program, tmp_path, jobs=2, progress=lambda done, total: told.append(done))
    assert codes == [] and prints(tmp_path) == prints(whole)
    assert told == list(range(1, len(files) + 1))
    assert [file.name for file in files] == [path.name for path in make(program, whole, jobs=1)[0]]


@pytest.mark.parametrize(
    "workers",
    [
        lambda: ThreadPoolExecutor(2),
        lambda: ProcessPoolExecutor(2, multiprocessing.get_context("spawn")),  # they get the program sent
    ],
)
def test_any_standard_executor(workers: object, program: Program, whole: Path, tmp_path: Path) -> None:
    assert callable(workers)
    with workers() as executor:
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
    changes = {"{{ program }}": "{{ program }} {{ range(100000) | random }}"}
    template = edited(shipped, tmp_path / "t.docx", changes)
    held: Tables = book()
    files, problems = make_documents("contract", held, policy(), tmp_path / "out", template=template)
    codes = [problem.code for problem in problems]
    assert "D140" in codes and codes.count("D221") == 1 and len(files) == 3
    assert {problem.address.file for problem in problems if problem.code == "D140"} == {"t.docx"}

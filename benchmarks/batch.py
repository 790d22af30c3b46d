"""Batches of contracts: files, one archive, one print file, one and two processes, memory; docxtpl in the same run.

    python benchmarks/batch.py [people] [rounds]

The contracts are the shipped template on a sample program. A round makes some by docxtpl, which opens the template for
each as it must, and all of them by perfxl in every way, program in memory to finished files; figures are medians of
rounds. What perfxl does beside (names, hashes, manifest, index, some documents made by docxtpl too to compare) counts.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from docxtpl import DocxTemplate

from perfxl import sample
from perfxl.assets import doc_templates
from perfxl.documents.batch import make_documents
from perfxl.documents.contexts.base import Contexts
from perfxl.documents.kinds import KINDS
from perfxl.program import Program, from_book

BY_DOCXTPL = 20  # documents a round
MERGED = (250, 1000)
MEMORY = (1_000, 10_000)

Way = Callable[[Path], int]  # makes papers in a folder: how many


def main() -> None:
    if sys.argv[1:2] == ["--memory"]:
        _memory_of(int(sys.argv[2]), int(sys.argv[3]))
        return
    people = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    program = from_book(sample.program(people, 1, "zh"))[0]
    ways = dict(_ways(program))
    speeds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            speeds[name].append(_speed(way))
    _print_speeds(speeds)
    for number in MEMORY:
        for jobs in (1, 2):
            subprocess.run([sys.executable, __file__, "--memory", str(number), str(jobs)], check=True)


def _ways(program: Program) -> Iterator[tuple[str, Way]]:
    kind = KINDS["contract"]
    contexts = Contexts(program.book, program.policy)
    records = list(kind.ids(contexts))
    some = [kind.context(contexts, record) for record in records[:BY_DOCXTPL]]
    template = doc_templates() / "contract.zh.docx"

    def by_docxtpl(folder: Path) -> int:
        for number, context in enumerate(some):
            document = DocxTemplate(template)
            document.render(context, autoescape=True)
            document.save(folder / f"{number}.docx")
        return len(some)

    def batch(number: int | None = None, **options: Any) -> Way:
        def make(folder: Path) -> int:
            outputs = {name: folder / path for name, path in options.items() if name != "jobs"}
            only = None if number is None else records[:number]
            jobs = options.get("jobs", 1)
            make_documents("contract", program.book, program.policy, folder, only=only, jobs=jobs, **outputs)
            return len(records) if number is None else number

        return make

    yield "docxtpl, a file each", by_docxtpl
    yield "perfxl, a file each", batch()
    yield "perfxl, a file each, 2 processes", batch(jobs=2)
    yield "perfxl, one archive", batch(archive="all.zip")
    yield "perfxl, one archive, 2 processes", batch(archive="all.zip", jobs=2)
    for number in MERGED:
        yield f"perfxl, print file of {number}", batch(number, print_file="all.docx")
        yield f"perfxl, print file of {number}, 2 processes", batch(number, print_file="all.docx", jobs=2)


def _speed(way: Way) -> float:
    """Documents a second."""
    with tempfile.TemporaryDirectory() as folder:
        begin = time.perf_counter()
        number = way(Path(folder))
        return number / (time.perf_counter() - begin)


def _print_speeds(speeds: dict[str, list[float]]) -> None:
    """Ratios are taken within a round, where the machine was as it was."""
    slowest, *_ = speeds.values()
    print(f"{'contracts':<44}{'docs/s':>10}{'ratio':>8}")
    for name, speed in speeds.items():
        ratio = statistics.median(one / base for one, base in zip(speed, slowest, strict=True))
        print(f"{name:<44}{statistics.median(speed):>10,.0f}{ratio:>8.1f}")


def _memory_of(number: int, jobs: int) -> None:
    """Time and peak memory of one batch in a process of its own."""
    program = from_book(sample.program(number, 1, "zh"))[0]
    before = _peak(reset=True)
    with tempfile.TemporaryDirectory() as folder:
        begin = time.perf_counter()
        files, _ = make_documents("contract", program.book, program.policy, Path(folder), jobs=jobs)
        seconds = time.perf_counter() - begin
    workers = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    print(
        f"{len(files):>6,} contracts, {jobs} process{'es' * (jobs > 1)}: {seconds:.1f} s; "
        f"memory with the program {before} MB, at most {_peak()} MB" + (f", a worker {workers} MB" if workers else "")
    )


def _peak(reset: bool = False) -> int:
    """The most memory this process has held since the last reset, MB (Linux; elsewhere since its start)."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    if reset and os.access("/proc/self/clear_refs", os.W_OK):
        Path("/proc/self/clear_refs").write_text("5")
    (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) // 1024


if __name__ == "__main__":
    main()

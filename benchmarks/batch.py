"""Batches of contracts: files, one archive, one print file, one and two processes; docxtpl in the same run.

    python -m benchmarks.batch [people] [rounds]

The contracts are the shipped template on a sample program. A round makes some by docxtpl, which opens the template for
each as it must, and all of them by perfxl in every way, program in memory to finished files; figures are medians of
rounds. "x" is of processor time, against docxtpl; how much more two processes make is by the clock, against one process
in the same round, so it wants a machine with nothing else to do. What perfxl does beside (names, hashes, manifest,
index, some documents made by docxtpl too to compare) counts.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from docxtpl import DocxTemplate

from benchmarks.table import Row, Spent, show, spent
from perfxl import sample
from perfxl.assets import doc_templates
from perfxl.documents.batch import make_documents
from perfxl.documents.merge import Merger
from perfxl.documents.papers import KINDS
from perfxl.documents.papers.contexts import Contexts
from perfxl.documents.template.compiled import CompiledTemplate
from perfxl.program import Program, from_tables

BY_DOCXTPL = 20  # documents a round
MERGED = (250, 1000)
MANY = 10_000
ASKED_OF_TWO = "at least 1.6 times one"
ASKED_OF_MERGING = "at least 400/s, whatever the number"
ASKED_OF_MANY = "under 15 s"

TWO = ", 2 processes"

Way = Callable[[Path], int]  # makes papers in a folder: how many


def main() -> None:
    people = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    program = from_tables(sample.program(people, 1, "zh"))[0]
    ways = dict(_ways(program))
    taken: dict[str, list[Spent]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            taken[name].append(_per_document(way))
    show("contracts: docs/s by the clock, times docxtpl per core", list(_rows(taken)))
    show("many contracts as files, by the clock", list(_many()))


def _ways(program: Program) -> Iterator[tuple[str, Way]]:
    kind = KINDS["contract"]
    contexts = Contexts(program.tables, program.policy)
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
            make_documents("contract", program.tables, program.policy, folder, only=only, jobs=jobs, **outputs)
            return len(records[:number])

        return make

    yield "docxtpl, a file each", by_docxtpl
    yield "perfxl, a file each", batch()
    yield f"perfxl, a file each{TWO}", batch(jobs=2)
    yield "perfxl, one archive", batch(archive="all.zip")
    yield f"perfxl, one archive{TWO}", batch(archive="all.zip", jobs=2)
    compiled = CompiledTemplate(template)
    made = [compiled.render(kind.context(contexts, record)) for record in records[: MERGED[-1]]]

    def merged(folder: Path) -> int:
        merger = Merger(folder / "all.docx", "合同")
        for content in made:
            merger.add(content)
        merger.close()
        return len(made)

    yield f"perfxl, {MERGED[-1]} finished contracts merged", merged
    for number in MERGED:
        yield f"perfxl, print file of {number}", batch(number, print_file="all.docx")
        yield f"perfxl, print file of {number}{TWO}", batch(number, print_file="all.docx", jobs=2)


def _per_document(way: Way) -> Spent:
    with tempfile.TemporaryDirectory() as folder:
        made: list[int] = []
        taken = spent(lambda: made.append(way(Path(folder))))
    return Spent(taken.wall / made[0], taken.cpu / made[0])


def _rows(taken: dict[str, list[Spent]]) -> Iterator[Row]:
    """Ratios are taken within a round, where the machine was as it was."""
    slowest, *_ = taken.values()
    for name, rounds in taken.items():
        speed = statistics.median(1 / one.wall for one in rounds)
        ratio = statistics.median(base.cpu / one.cpu for one, base in zip(rounds, slowest, strict=True))
        gained = ""
        asked = ASKED_OF_MERGING if "merged" in name else ""
        if name.endswith(TWO):
            alone = taken[name.removesuffix(TWO)]
            gain = statistics.median(one.wall / two.wall for two, one in zip(rounds, alone, strict=True))
            gained, asked = f"{gain:.2f}", ASKED_OF_TWO
        yield Row(name, f"{speed:,.0f}/s {ratio:8.1f} x {gained:>5}", asked)


def _many() -> Iterator[Row]:
    program = from_tables(sample.program(MANY, 1, "zh"))[0]
    for jobs, asked in ((1, ""), (2, ASKED_OF_MANY)):
        with tempfile.TemporaryDirectory() as folder:
            begun = time.perf_counter()
            files, _ = make_documents("contract", program.tables, program.policy, Path(folder), jobs=jobs)
            taken = time.perf_counter() - begun
        yield Row(f"perfxl, {len(files):,} contracts{TWO * (jobs == 2)}", f"{taken:.1f} s", asked)


if __name__ == "__main__":
    main()

"""Whole programs: start, check of 10,000 people, and cost from 1,000 to 100,000 people."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.table import Row, Spent, seconds, show, spent
from perfxl import sample
from perfxl.program import from_tables
from perfxl.workbook.program.book import write_program

# As installed: with the modules' bytecode kept.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def process(code: list[str], rounds: int = 15) -> float:
    command = [sys.executable, *code]
    return seconds(lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=ENVIRONMENT), rounds)


def start() -> list[Row]:
    bare = process(["-c", "pass"])
    rules = process(["-c", "import perfxl.core.scoring.scalar"])
    help_text = process(["-m", "perfxl", "--help"])
    return [
        Row("perfxl --help", f"{help_text * 1000:.0f} ms", "under 150 ms"),
        Row("importing the rule core, over a bare interpreter", f"{(rules - bare) * 1000:.0f} ms", "under 60 ms"),
    ]


def check(people: int, folder: Path) -> Row:
    path = folder / f"{people}.xlsx"
    write_program(path, sample.program(people), blank_rows=1)
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-m", "perfxl", "check", str(path), "--json"], stdout=subprocess.DEVNULL)
    taken = time.perf_counter() - begun
    goal = "under 15 s" if people == 10_000 else ""
    return Row(f"perfxl check, {people:,} people", f"{taken:.1f} s", goal)


def beside_bare_reading(people: int, folder: Path) -> list[Row]:
    """Commands on one file, and the same file's bare cells by python-calamine, in one run: by the clock, which counts
    only where nothing else runs, and in seconds of processors."""
    path, out = folder / f"{people}.xlsx", folder / "out.xlsx"
    if not path.exists():
        write_program(path, sample.program(people), blank_rows=1)
    read = "import sys; from python_calamine import CalamineWorkbook as C; b = C.from_path(sys.argv[1])"
    bare = [sys.executable, "-c", f"{read}; [b.get_sheet_by_name(n).to_python() for n in b.sheet_names]", str(path)]
    commands = {
        "score": (["score", str(path), "-o", str(out), "--overwrite"], "under 2.5 x by the clock"),
        "explain, one person": (["explain", str(path), "E100499"], "under 3 s"),
    }

    def taken(command: list[str]) -> Spent:
        return spent(lambda: subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))

    alone = taken(bare)
    measured = f"{alone.wall:.1f} s, {alone.cpu:.1f} s of processors"
    rows = [Row(f"bare cells of {people:,} people by python-calamine", measured)]
    for name, (command, goal) in commands.items():
        own = taken([sys.executable, "-m", "perfxl", *command])
        measured = f"{own.wall:.1f} s ({own.wall / alone.wall:.1f} x), {own.cpu:.1f} s of processors"
        rows.append(Row(f"perfxl {name}", f"{measured} ({own.cpu / alone.cpu:.1f} x)", goal))
    return rows


def growth() -> list[Row]:
    """Checks and scores in memory: time for each 1,000 people."""
    found = []
    for people in (1_000, 10_000, 100_000):
        program, _ = from_tables(sample.program(people))
        begun = time.perf_counter()
        program.check()
        program.score()
        taken = time.perf_counter() - begun
        found.append(Row(f"check and score {people:,} people, per 1,000", f"{taken / people * 1000:.2f} s", "flat"))
    return found


def main() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        found = [*start(), *(check(people, Path(folder)) for people in (1_000, 10_000))]
        found += [*beside_bare_reading(10_000, Path(folder)), *growth()]
    show("Programs", found)
    return found


if __name__ == "__main__":
    sys.exit(not main())

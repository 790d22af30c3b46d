"""Memory of the whole command, from the workbook's file to finished papers, for ever more people; and of check, score,
weights, cascade and explain, up to 100,000 people where that is asked for.

    python -m benchmarks.memory [people or workbook ...]
    python -m benchmarks.memory commands [people or workbook ...]

Every figure is of a fresh process: the most that it and all processes it started held together, looked at every 50 ms.
Memory that several of them share counts once (the sum of Pss, proportional set sizes); beside it stands the most that
one of them held (Rss). Sample workbooks are made in a temporary folder before, by another process, and not measured.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import compress
from pathlib import Path
from typing import NamedTuple
from zipfile import ZipFile

from benchmarks.table import Row, show

PEOPLE = (1_000, 3_000, 10_000, 30_000)
ASKED = "under 300 MB"
EVERY = 0.05  # seconds

WAYS = {
    "contract, a file each, 1 process": ("contract", "--jobs", "1"),
    "contract, a file each, 2 processes": ("contract", "--jobs", "2"),
    "contract, one archive, 1 process": ("contract", "--jobs", "1", "--zip", "{out}/all.zip"),
    "contract, one archive, 2 processes": ("contract", "--jobs", "2", "--zip", "{out}/all.zip"),
    "all papers, a file each, 1 process": ("all", "--jobs", "1"),
    "all papers, a file each, 2 processes": ("all", "--jobs", "2"),
}
ALL_PAPERS_UP_TO = 5 * 2**20  # bytes of the workbook: some 2,000 people; more papers say nothing that contracts do not

# The reader takes workbooks of 1.5 GB unpacked; with more people than this only the year's last reports fit.
FULLY_REPORTED = 50_000


COMMANDS = {
    "check": ("check", "{workbook}"),
    "score": ("score", "{workbook}", "-o", "{out}/out.xlsx"),
    "weights": ("weights", "{workbook}", "-o", "{out}/out.xlsx"),
    "cascade": ("cascade", "{workbook}", "-o", "{out}/out.xlsx"),
    "explain one person": ("explain", "{workbook}", "E100499"),  # of the sample's, who has a contract
}
OF_COMMANDS = (1_000, 10_000)
ASKED_OF = {"explain one person": "under 300 MB and 3 s for 10,000 people"}


class Peak(NamedTuple):
    """What a command needed at most: MB of all its processes, MB of one of them; and its seconds."""

    together: float
    alone: float
    wall: float
    cpu: float


def main() -> None:
    missing = _missing()
    if missing:
        print(f"Memory is not measured here: it is read from {missing}, which this system does not have (Linux does).")
        return
    with tempfile.TemporaryDirectory() as folder:
        commands, asked = sys.argv[1:2] == ["commands"], sys.argv[1:]
        for given in asked[commands:] or map(str, OF_COMMANDS if commands else PEOPLE):
            path = _sample(int(given), Path(folder)) if given.isdecimal() else Path(given)
            what = f"{int(given):,} people" if given.isdecimal() else path.name
            ways = COMMANDS if commands else [name for name in WAYS if _wanted(name, path)]
            rows = [_command_row(name, path) if commands else _row(name, path) for name in ways]
            show(f"{what}, a workbook of {path.stat().st_size / 1e6:,.1f} MB: memory of all processes at most", rows)
            sys.stdout.flush()


def _wanted(name: str, workbook: Path) -> bool:
    return WAYS[name][0] != "all" or workbook.stat().st_size <= ALL_PAPERS_UP_TO


def _row(name: str, workbook: Path) -> Row:
    with tempfile.TemporaryDirectory() as folder:
        kind, *options = (part.format(out=folder) for part in WAYS[name])
        command = [sys.executable, "-m", "perfxl", "documents", kind, str(workbook), "-o", folder, *options]
        peak = _watched(command)
        papers, size = _made(Path(folder))
    measured = (
        f"{peak.together:5,.0f} MB, one process {peak.alone:5,.0f} MB;"
        f" {peak.wall:6.1f} s, {peak.cpu:6.1f} s of processors; {papers:7,} papers, {size / 1e6:7,.1f} MB;"
    )
    return Row(name, measured, ASKED)


def _command_row(name: str, workbook: Path) -> Row:
    with tempfile.TemporaryDirectory() as folder:
        parts = (part.format(workbook=workbook, out=folder) for part in COMMANDS[name])
        peak = _watched([sys.executable, "-m", "perfxl", *parts])
    measured = f"{peak.together:5,.0f} MB; {peak.wall:6.1f} s, {peak.cpu:6.1f} s of processors;"
    return Row(name, measured, ASKED_OF.get(name, "under 2 GB for 100,000 people"))


def _made(folder: Path) -> tuple[int, int]:
    """How many papers there are, in archives too, and the bytes of all that was made."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    names = [path.name for path in files]
    for archive in (path for path in files if path.suffix == ".zip"):
        with ZipFile(archive) as opened:
            names += opened.namelist()
    return sum(name.endswith(".docx") for name in names), sum(path.stat().st_size for path in files)


def _watched(command: list[str]) -> Peak:
    """Runs the command and looks at its memory meanwhile; ends the benchmark where the command fails."""
    together = alone = 0.0
    begun = time.perf_counter()
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, stdout=said, stderr=said)
        while True:
            ended, status, used = os.wait4(process.pid, os.WNOHANG)
            if ended:
                break
            held = list(_held(process.pid))
            together = max(together, sum(pss for pss, _ in held))
            alone = max(alone, max((rss for _, rss in held), default=0.0))
            time.sleep(EVERY)
        wall = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in (0, 1):  # 1: the sample's problems are told
            said.seek(0)
            sys.exit(f"{' '.join(command)}\n{said.read().decode(errors='replace')}")
    return Peak(together, alone, wall, used.ru_utime + used.ru_stime)


def _held(pid: int) -> Iterator[tuple[float, float]]:
    """MB of the process and of each that it started, and so on: now by Pss, and at most so far by Rss."""
    try:
        pss = _megabytes(f"/proc/{pid}/smaps_rollup", "Pss:")
        rss = _megabytes(f"/proc/{pid}/status", "VmHWM:")
        children = [(thread / "children").read_text() for thread in Path(f"/proc/{pid}/task").iterdir()]
    except OSError:  # it has ended meanwhile
        return
    yield pss, rss
    for child in " ".join(children).split():
        yield from _held(int(child))


def _megabytes(file: str, name: str) -> float:
    """One figure of a file of /proc; 0 where the process is ending and has no memory any more."""
    lines = (line.split() for line in Path(file).read_text().splitlines())
    return next((int(parts[1]) / 1024 for parts in lines if parts[0] == name), 0.0)


def _missing() -> str:
    own = os.getpid()
    needed = (f"/proc/{own}/smaps_rollup", f"/proc/{own}/task/{own}/children")
    return next((file.replace(str(own), "<pid>") for file in needed if not Path(file).exists()), "")


def _sample(people: int, folder: Path) -> Path:
    """A sample workbook, by a process that has ended before the measuring begins, since what its modules share with
    those measured would count for less."""
    path = folder / f"{people}.xlsx"
    subprocess.run([sys.executable, "-m", "benchmarks.memory", "--make", str(people), str(path)], check=True)
    return path


def _make(people: int, path: Path) -> None:
    from perfxl import sample
    from perfxl.workbook.program.book import write_program

    book = sample.program(people)
    if people > FULLY_REPORTED:
        actuals = book["actuals"]
        last = [period[4:] in ("", "H2", "Q4", "-12") for period in actuals.column("period")]
        actuals.columns = {name: list(compress(values, last)) for name, values in actuals.columns.items()}
    write_program(path, book, blank_rows=1)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--make"]:
        _make(int(sys.argv[2]), Path(sys.argv[3]))
    else:
        main()

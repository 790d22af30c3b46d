"""Workbooks out to managers and back: reading one that came back, all guards on, against openpyxl read_only and
python-calamine; 1,000 managers out, filled in by a script, and back.

    python -m benchmarks.exchange [managers]

"x" is of processor time in one process, against openpyxl in the same round; figures are medians of rounds. openpyxl
and calamine give the values of all sheets; perfxl reads those that are filled in, and as a whole understands them, too.
The whole road is by the clock, on as many processes as the machine has cores; memory is the most that any of them took.
"""

from __future__ import annotations

import io
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

import openpyxl
from python_calamine import CalamineWorkbook

from benchmarks.table import Row, peak_memory, show, spent
from perfxl.core.records import Records, from_rows
from perfxl.core.values.dates import Span
from perfxl.exchange.collect import Collection, collect, write_collected
from perfxl.exchange.returned import read_filled, read_returned
from perfxl.exchange.send import Order, distribute
from perfxl.processes import count_cores
from perfxl.program import from_tables, load
from perfxl.workbook.files import open_workbook
from perfxl.workbook.program.book import write_program

_PEOPLE, _KPIS = 5, 4  # of a manager, of a person
_FILES, _ROUNDS = 20, 5  # of the first table
_YEAR = {"start": date(2026, 1, 1), "end": date(2026, 12, 31)}
_QUARTER = Span(date(2026, 1, 1), date(2026, 3, 31))
_ORDER = Order(jobs=("actuals", "coaching"), within=_QUARTER, period="2026Q1")
_INPUT = re.compile(rb'<c r="H(\d+)"( s="\d+")?(?:/>|></c>)')


def company(managers: int) -> dict[str, Records]:
    """Managers with five people each, who hold four KPIs that are reported each quarter."""
    chiefs = [f"M{n:04}" for n in range(managers)]
    staff = [(f"S{n:05}", chiefs[n // _PEOPLE]) for n in range(managers * _PEOPLE)]
    kpis = [f"K{n}" for n in range(_KPIS)]
    people = [{"person": m, "name": f"经理{m}", "unit": "D1"} for m in chiefs]
    people += [{"person": p, "name": f"员工{p}", "unit": "D1", "superior": m} for p, m in staff]
    common = {"unit": "万元", "direction": "higher", "method": "ratio", "period": "quarter", "aggregation": "sum"}
    rows: dict[str, list[dict[str, Any]]] = {
        "units": [{"unit": "D1", "name": "销售部"}],
        "people": people,
        "kpis": [{"kpi": kpi, "name": f"指标{kpi}", "category": "financial", **common} for kpi in kpis],
        "contracts": [{"contract": f"HT{p}", "holder": p, "issuer": m, **_YEAR} for p, m in staff],
        "contract_lines": [
            {"contract": f"HT{p}", "kpi": kpi, "target": 1000.0, "weight": 25.0} for p, _ in staff for kpi in kpis
        ],
    }
    return {name: from_rows(name, each) for name, each in rows.items()}


def fill(content: bytes) -> bytes:
    """A form in which every actual is given, as a program types it."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            xml = old.read(name)
            if name.startswith("xl/worksheets/") and b'<c r="L4"' in xml:
                xml = _INPUT.sub(lambda m: b'<c r="H%b"%b><v>%d.5</v></c>' % (m[1], m[2] or b"", 100 + int(m[1])), xml)
            new.writestr(name, xml)
    return out.getvalue()


def read_one() -> list[Row]:
    """One file after the other in one process."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        sent, problems = distribute(from_tables(company(_FILES))[0], place, _ORDER)
        assert not problems, problems
        paths = [place / file.path for file in sent.files]
        for path in paths:
            path.write_bytes(fill(path.read_bytes()))
        ways: dict[str, Callable[[Path], object]] = {
            "openpyxl read_only": _by_openpyxl,
            "python-calamine, values alone": _by_calamine,
            "perfxl, values, all guards on": _by_perfxl,
            "perfxl, rows understood as well": read_returned,
        }
        taken: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(_ROUNDS):
            for name, way in ways.items():
                taken[name].append(spent(lambda way=way: [way(path) for path in paths]).cpu / len(paths))  # type: ignore[misc]
    base = median(taken["openpyxl read_only"])
    rows = []
    for name, each in taken.items():
        ratios = [one / other for one, other in zip(taken["openpyxl read_only"], each, strict=True)]
        asked = "at least 10 x openpyxl" if name.startswith("perfxl") else ""
        rows.append(Row(name, f"{1000 * median(each):.2f} ms a file, x {median(ratios):.1f}", asked))
    assert base
    return rows


def _by_openpyxl(path: Path) -> int:
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    cells = sum(len(row) for sheet in book.worksheets for row in sheet.iter_rows(values_only=True))
    book.close()
    return cells


def _by_calamine(path: Path) -> int:
    book = CalamineWorkbook.from_path(str(path))
    return sum(len(book.get_sheet_by_name(name).to_python()) for name in book.sheet_names)


def _by_perfxl(path: Path) -> int:
    package, _ = open_workbook(path)
    assert package
    return sum(len(grid.rows) for grid in read_filled(package)[1])


def step(name: str, place: Path, managers: int) -> None:
    """One step of the road, as a command of its own; prints seconds by the clock and of processors, the most memory in
    MB of this process and of any worker."""
    path, out, back, result = (place / each for each in ("program.xlsx", "out", "back", "result.xlsx"))
    workers = count_cores()

    def send() -> None:
        distribute(load(path)[0], out, _ORDER, workers=workers)

    def type_in() -> None:
        back.mkdir()
        for file in out.glob("*.xlsx"):
            (back / file.name).write_bytes(fill(file.read_bytes()))

    def take_in() -> None:
        collected = collect(load(path)[0], Collection((back,), (out,)), workers)
        errors = [each for each in collected.problems if each.severity == "error"]
        assert not errors, errors[:3]
        assert len(collected.merged.added) == managers * _PEOPLE * _KPIS
        assert not write_collected(collected, path, result)

    import resource

    took = spent({"out": send, "filled in": type_in, "back": take_in}[name])
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 2**10
    print(took.wall, took.cpu, peak_memory(), children)


def road(managers: int) -> list[Row]:
    """Each step, and all of them."""
    rows, wall, cpu = [], 0.0, 0.0
    with tempfile.TemporaryDirectory() as folder:
        write_program(Path(folder) / "program.xlsx", company(managers), "zh")
        for name in ("out", "filled in", "back"):
            command = [sys.executable, "-m", "benchmarks.exchange", name, folder, str(managers)]
            told = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parent.parent)
            took, used, memory, worker = (float(part) for part in told.stdout.split())
            wall, cpu = wall + took, cpu + used
            said = f"{took:.1f} s, {used:.1f} s of processors; {memory:,.0f} MB, a worker {worker:,.0f} MB"
            rows.append(Row(f"{managers:,} managers {name}", said, "under 300 MB" if name != "filled in" else ""))
    asked = "under 60 s on 2 cores" if managers == 1_000 else ""
    return [*rows, Row("all", f"{wall:.1f} s, {cpu:.1f} s of processors", asked)]


def main() -> None:
    managers = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    show("reading a form that came back: processor time, times openpyxl", read_one())
    show("out and back, by the clock", road(managers))


if __name__ == "__main__":
    if len(sys.argv) > 3:
        step(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
    else:
        main()

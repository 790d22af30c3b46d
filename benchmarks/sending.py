"""Workbooks out to managers: distribute against openpyxl that loads, fills and saves the same template; two processes
against one; 10,000 people in one workbook.

    python -m benchmarks.sending [managers]

"x" is of processor time in one process, for one file; two processes are by the clock.
"""

from __future__ import annotations

import io
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import openpyxl

from benchmarks.exchange import company
from benchmarks.table import Row, peak_memory, show, spent
from perfxl.assets import workbook_templates
from perfxl.core.values.dates import period_span
from perfxl.exchange.send import Order, distribute
from perfxl.program import from_tables

_ORDER = Order(jobs=("actuals",), within=period_span("2026Q1"), period="2026Q1")
_ROWS, _FILES, _PEOPLE, _A_MANAGERS = 60, 5, 10_000, 5  # rows and files of openpyxl; people in one; people of a manager


def _by_openpyxl() -> None:
    content = (workbook_templates() / "manager.zh.xlsx").read_bytes()
    for _ in range(_FILES):
        book = openpyxl.load_workbook(io.BytesIO(content))
        sheet = book["实绩填报"]
        for row in range(5, 5 + _ROWS):
            for column in range(1, 14):
                sheet.cell(row, column).value = f"{row}-{column}"
        book.save(io.BytesIO())


def _sent(managers: int, workers: int, audience: str = "manager") -> Row:
    """What sending takes without what reading the program and scoring it do."""
    program, _ = from_tables(company(managers))
    program.score()
    with tempfile.TemporaryDirectory() as folder:
        order = replace(_ORDER, audience=audience)
        took = spent(lambda: distribute(program, Path(folder), order, workers=workers))
    return Row(f"{took.cpu}", f"{took.wall}")


def main() -> None:
    if sys.argv[1:2] == ["one"]:
        took = _sent(_PEOPLE // _A_MANAGERS, 1, "unit")
        print(f"{took.measured} {peak_memory()}")
        return
    managers = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    before = spent(_by_openpyxl).cpu / _FILES
    one, two = _sent(managers, 1), _sent(managers, 2)
    each = float(one.what) / managers
    command = [sys.executable, "-m", "benchmarks.sending", "one"]
    wall, memory = map(float, subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()[-2:])
    rows = [
        Row("openpyxl load, fill, save", f"{1000 * before:.1f} ms a file, x 1.0"),
        Row("perfxl distribute", f"{1000 * each:.2f} ms a file, x {before / each:.1f}", "at least 30 x openpyxl"),
        Row("two processes", f"x {float(one.measured) / float(two.measured):.2f} by the clock", "1.6 x, on 2 cores"),
        Row(f"{_PEOPLE:,} people in one workbook", f"{wall:.1f} s, {memory:.0f} MB", "under 6 s and 700 MB"),
    ]
    show(f"{managers} managers", rows)


if __name__ == "__main__":
    main()

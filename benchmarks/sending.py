"""Workbooks out to managers: distribute against openpyxl that loads, fills and saves the same template; two processes
against one; 10,000 people in one workbook.

    python -m benchmarks.sending [managers]

"x" is of processor time in one process, for one file: openpyxl writes what one of perfxl's files holds, and has it at
hand, as perfxl has where it fills and saves alone; distribute as a whole finds out what to ask of whom, scores, seals
and lists it, too. All write into memory where the system has such a place. Two processes are by the clock. Figures are
medians of rounds.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import warnings
from copy import copy
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

import openpyxl

from benchmarks.exchange import company
from benchmarks.table import Row, Spent, memory_folder, peak_memory, show, spent
from perfxl.assets import workbook_templates
from perfxl.core.requests import ask
from perfxl.core.values.dates import period_span
from perfxl.exchange.fill import fill
from perfxl.exchange.provisional import SCORES, TOTALS, Preview
from perfxl.exchange.send import Order, distribute, template_for
from perfxl.program import from_tables

_ORDER = Order(jobs=("actuals",), within=period_span("2026Q1"), period="2026Q1")
_FILES, _ROUNDS = 5, 5  # of openpyxl in a round; rounds
_PEOPLE, _A_MANAGERS = 10_000, 5  # in one workbook; of a manager
_PATTERN = 5  # the row that is repeated on each of the sheets that are filled

Cells = dict[str, list[tuple[int, int, Any]]]  # by sheet: row, column, value or formula


def _cells(path: Path) -> Cells:
    book = openpyxl.load_workbook(path)
    return {
        sheet.title: [(c.row, c.column, c.value) for row in sheet.iter_rows() for c in row if c.value is not None]
        for sheet in book.worksheets
    }


def _by_openpyxl(cells: Cells, folder: Path) -> None:
    """The same sheets with the same values and formulas, new rows in the look of the template's row."""
    for number in range(_FILES):
        book = openpyxl.load_workbook(workbook_templates() / "manager.zh.xlsx")
        for other in book.worksheets:
            if other.title not in cells:
                book.remove(other)
        for title, each in cells.items():
            sheet: Any = book[title]
            looks = {cell.column: cell._style for cell in sheet[_PATTERN]}
            for row, column, value in each:
                cell = sheet.cell(row, column)
                cell.value = value
                if row > _PATTERN and not cell.has_style and column in looks:
                    cell._style = copy(looks[column])
        book.save(folder / f"{number}.xlsx")


def _sent(managers: int, workers: int, audience: str = "manager", kept: Path | None = None) -> Spent:
    """What sending takes without what reading the program and scoring it do."""
    program, _ = from_tables(company(managers))
    program.score()
    with tempfile.TemporaryDirectory(dir=memory_folder()) as folder:
        order = replace(_ORDER, audience=audience)
        took = spent(lambda: distribute(program, Path(folder), order, workers=workers))
        if kept:
            next(Path(folder).glob("*.xlsx")).rename(kept)
    return took


def _filled_and_saved(managers: int) -> Spent:
    """What the template's own work takes, with the values at hand."""
    program, _ = from_tables(company(managers))
    requests, _ = ask(program.tables, program.policy, "manager", _ORDER.jobs, _ORDER.within)
    preview = Preview(program.tables, program.policy, program.score()[0], "zh")
    template, _ = template_for(None, "zh", {*_ORDER.jobs, SCORES, TOTALS})
    assert template
    contents = [fill(each, program.policy, "zh", _ORDER.period, outlook=preview.outlook(each)) for each in requests]
    with tempfile.TemporaryDirectory(dir=memory_folder()) as folder:
        paths = [Path(folder) / f"{number}.xlsx" for number in range(len(contents))]
        return spent(
            lambda: [path.write_bytes(template.render(*each)) for path, each in zip(paths, contents, strict=True)]
        )


def main() -> None:
    if sys.argv[1:2] == ["one"]:
        print(f"{_sent(_PEOPLE // _A_MANAGERS, 1, 'unit').wall} {peak_memory()}")
        return
    warnings.simplefilter("ignore")  # of what openpyxl takes out
    managers = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    before, alone, each, times, faster = [], [], [], [], []
    with tempfile.TemporaryDirectory(dir=memory_folder()) as folder:
        one_file = Path(folder) / "one.xlsx"
        _sent(managers, 1, kept=one_file)
        cells = _cells(one_file)
        for _ in range(_ROUNDS):
            before.append(spent(lambda: _by_openpyxl(cells, Path(folder))).cpu / _FILES)
            alone.append(before[-1] / (_filled_and_saved(managers).cpu / managers))
            one, two = _sent(managers, 1), _sent(managers, 2)
            each.append(one.cpu / managers)
            times.append(before[-1] / each[-1])
            faster.append(one.wall / two.wall)
    command = [sys.executable, "-m", "benchmarks.sending", "one"]
    wall, memory = map(float, subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()[-2:])
    asked = "at least 30 x openpyxl"
    rows = [
        Row("openpyxl load, fill, save", f"{1000 * median(before):.1f} ms a file, x 1.0"),
        Row("perfxl, filling and saving alone", f"x {median(alone):.1f}", asked),
        Row("perfxl distribute as a whole", f"{1000 * median(each):.2f} ms a file, x {median(times):.1f}", asked),
        Row("two processes", f"x {median(faster):.2f} by the clock", "1.6 x, on 2 cores"),
        Row(f"{_PEOPLE:,} people in one workbook", f"{wall:.1f} s, {memory:.0f} MB", "under 6 s and 700 MB"),
    ]
    show(f"{managers} managers", rows)


if __name__ == "__main__":
    main()

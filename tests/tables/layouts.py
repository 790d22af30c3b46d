"""Tables as people lay them out, read from a workbook to what the program makes of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl

from perfxl.core.explain import contracts_as_dicts
from perfxl.core.problems import Problem, has_errors
from perfxl.program import load

Rows = Sequence[Sequence[Any]]
LAYOUTS_FILE = Path(__file__).parent.parent / "data" / "tables" / "layouts.json"


@dataclass
class Read:
    """What came of a file.

    kinds   the kind of each table
    taken   header -> meaning, over all tables
    lines   (person, KPI, weight, target, actual, points) of each line
    totals  person (or post, or unit) -> total, official
    asked   the codes of everything said
    """

    kinds: list[str] = field(default_factory=list)
    taken: dict[str, str] = field(default_factory=dict)
    lines: list[tuple[Any, ...]] = field(default_factory=list)
    totals: dict[str, tuple[float | None, bool]] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)
    contracts: list[dict[str, Any]] = field(default_factory=list)
    lang: str = "zh"

    @property
    def wrong(self) -> bool:
        """Whether the command would fail."""
        return has_errors(self.problems) or not self.contracts

    def cells(self, code: str) -> list[str]:
        """Where something was said."""
        return [problem.address.cell for problem in self.problems if problem.code == code]

    @property
    def official(self) -> list[str]:
        """The people who have an official total."""
        return [name for name, (_, official) in self.totals.items() if official]


def read_file(path: Path) -> Read:
    """What `perfxl score --json` tells of a file."""
    program, _ = load(path)
    read = Read(lang=program.lang)
    for table in program.info.found if program.info else ():
        read.kinds.append(table.kind)
        read.taken |= {column.header: column.column for column in table.columns}
    read.problems = program.all_problems() if program.usable else program.problems
    if program.usable:
        read.contracts = contracts_as_dicts(program.tables, program.score()[0], program.lang)
    read.asked = {problem.code for problem in read.problems}
    for contract in read.contracts:
        who = next((contract[name] for name in ("name", "person", "post", "unit") if contract[name]), "")
        read.totals[who] = _rounded(contract["total"]), contract["official"]
        for line in contract["lines"]:
            figures = tuple(_rounded(line[name]) for name in ("weight", "target", "actual", "points"))
            read.lines.append((who, line["kpi"], *figures))
    return read


def _rounded(value: Any) -> Any:
    return round(value, 6) if isinstance(value, float) else value


def save(path: Path, rows: Rows, merges: tuple[str, ...] = (), sheet: str = "Sheet1") -> Path:
    """A workbook of one sheet; "" is a blank cell."""
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = sheet
    for row in rows:
        page.append([None if value == "" else value for value in row])
    for merge in merges:
        page.merge_cells(merge)
    book.save(path)
    return path


def read_rows(folder: Path, rows: Rows, merges: tuple[str, ...] = (), sheet: str = "Sheet1") -> Read:
    """The rows, saved as a workbook and read."""
    return read_file(save(folder / "table.xlsx", rows, merges, sheet))


def save_sheets(path: Path, sheets: Mapping[str, Rows]) -> Path:
    """A workbook of several sheets; "" is a blank cell."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        page = book.create_sheet(name)
        for row in rows:
            page.append([None if cell == "" else cell for cell in row])
    book.save(path)
    return path

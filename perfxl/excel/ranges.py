"""Ranges with headers to tables: headers in Chinese or English, columns typed, subtotals and notes told from KPIs, all
as when the same cells are read from a file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from perfxl.core.catalogue import CATALOGUE
from perfxl.core.language import Text
from perfxl.core.policy import DEFAULT_SCALE
from perfxl.core.problems import Problem, Severity, problem
from perfxl.core.records import Records
from perfxl.core.schema import Column, Table, get
from perfxl.excel.errors import Failure, failure
from perfxl.excel.normalise import Rows
from perfxl.tables.columns import CellProblem, convert
from perfxl.tables.contract_rows import ContractRows, read_contract_rows
from perfxl.tables.headers import Header, find_header


@dataclass
class Range:
    """A table read from a range.

    rows      the cells as given; places, the row in them (from 0) of each record
    findings  what was noticed at single cells, by record and column
    """

    records: Records
    header: Header
    rows: Rows
    places: list[int]
    findings: dict[int, dict[str, Problem]] = field(default_factory=dict)

    @property
    def lang(self) -> str:
        langs = self.header.langs
        return "en" if langs.get("en", 0) > langs.get("zh", 0) else "zh"

    def errors(self, record: int) -> dict[str, Problem]:
        """Columns of a record whose cell cannot be read."""
        found = self.findings.get(record, {})
        return {name: p for name, p in found.items() if p.severity is Severity.ERROR}

    def beside(self, columns: Sequence[tuple[Text, Sequence[Any]]]) -> Rows:
        """Columns to stand beside the range: each header in the header's row, each record's value in its row."""
        rows: Rows = [[None] * len(columns) for _ in self.rows]
        rows[self.header.row + self.header.height - 1] = [zh if self.lang == "zh" else en for (zh, en), _ in columns]
        for at, (_, values) in enumerate(columns):
            for place, value in zip(self.places, values, strict=True):
                rows[place][at] = value
        return rows


def table(name: str, rows: Rows, *needed: str, labels: Iterable[str] = ()) -> Range:
    """The range as the table of that name; `labels` are the grades that a figure may be, besides the usual ones.
    Raises Failure where it has no headers or lacks a needed column."""
    if not rows:
        raise failure("range_missing", table=name)
    header = find(get(name), rows)
    if header is None:
        raise failure(
            "range_without_headers", table=name, value="、".join(str(cell) for cell in rows[0] if cell != "")[:100]
        )
    missing = [column for column in needed if column not in header.columns.values()]
    if missing:
        raise Failure([problem("range_lacks_column", table=name, column=column) for column in missing])
    return read(header, rows, labels)


def find(declared: Table, rows: Rows) -> Header | None:
    """The headers of the range as those of a table; one header alone may be chance."""
    found = find_header(declared, rows, [])
    return found if found and len(found.columns) > 1 else None


def read(header: Header, rows: Rows, labels: Iterable[str] = ()) -> Range:
    """The records below a header."""
    below = _rows_below(header, rows)
    cells = [row for _, row in below.rows]
    columns = list(zip(*cells, strict=True)) if cells else [()] * len(rows[0])
    records = Records(header.table, {}, rows=[place + 1 for place, _ in below.rows])
    found = Range(records, header, rows, [place for place, _ in below.rows])
    grades = frozenset((*DEFAULT_SCALE, *labels))
    for at, name in header.columns.items():
        column = header.table.column(name)
        made = convert(column, columns[at], set(), grades)
        records.columns[name] = made.values
        if made.percent:
            records.percent[name] = made.percent
        for noticed in made.problems:
            _note(found, column, noticed)
    for name, said in (("direction", below.directions), ("category", below.headings)):
        if said:
            given = records.column(name)
            records.columns[name] = [v or said.get(place) for v, place in zip(given, found.places, strict=True)]
    return found


def error_findings(found: Range) -> list[Problem]:
    return [p for i in found.findings for p in found.errors(i).values()]


def _rows_below(header: Header, rows: Rows) -> ContractRows:
    if header.table.name == "contract_sheet" and "kpi" in header.columns.values():
        return read_contract_rows(header, [list(row) for row in rows], [])
    known = sorted(header.columns)
    first = header.row + header.height
    return ContractRows([(i, row) for i, row in enumerate(rows[first:], first) if any(row[at] != "" for at in known)])


def _note(found: Range, column: Column, noticed: CellProblem) -> None:
    """Notices say how a cell was read; only what may be wrong is kept."""
    if CATALOGUE[noticed.name].severity is Severity.NOTICE:
        return
    details: dict[str, Any] = {}
    if column.choices:
        details["allowed"] = Text(
            "、".join(choice.zh for choice in column.choices), ", ".join(choice.en for choice in column.choices)
        )
    about = problem(noticed.name, table=found.header.table.name, column=column.name, value=noticed.raw, **details)
    found.findings.setdefault(noticed.at, {})[column.name] = about

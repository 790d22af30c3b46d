"""Ranges with headers to tables: headers in Chinese or English, columns typed, subtotals and notes told from KPIs, all
as when the same cells are read from a file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from perfxl.core.catalogue import CATALOGUE
from perfxl.core.cells import column_letter
from perfxl.core.checks.structure import check_duplicates
from perfxl.core.language import LANGUAGES, Text
from perfxl.core.policy import DEFAULT_SCALE, Policy
from perfxl.core.problems import Problem, Severity, problem
from perfxl.core.records import Records
from perfxl.core.schema import Column, Table, get
from perfxl.core.table_access import problem_at
from perfxl.core.values.text import fold_name
from perfxl.excel.cells import Failure, Rows, failure
from perfxl.tables.columns import CellProblem, convert
from perfxl.tables.contract_rows import ContractRows, read_contract_rows
from perfxl.tables.forms import find_forms
from perfxl.tables.grid import Grid
from perfxl.tables.headers import SEARCHED_ROWS, Header, find_header
from perfxl.tables.lexicon import CLEAR, SURE, hear


@dataclass
class Range:
    """A table read from a range.

    rows      the cells as given; places, the row in them (from 0) of each record
    findings  what was noticed at single cells, by record and column
    doubts    what is wrong with cells that can be read, by record
    """

    records: Records
    header: Header
    rows: Rows
    places: list[int]
    findings: dict[int, dict[str, Problem]] = field(default_factory=dict)
    doubts: dict[int, list[Problem]] = field(default_factory=dict)

    @property
    def lang(self) -> str:
        langs = self.header.langs
        return max(LANGUAGES, key=lambda lang: langs.get(lang, 0))

    def errors(self, record: int) -> dict[str, Problem]:
        """Columns of a record whose cell cannot be read."""
        findings = self.findings.get(record, {})
        return {name: p for name, p in findings.items() if p.severity is Severity.ERROR}

    def beside(self, columns: Sequence[tuple[Text, Sequence[Any]]]) -> Rows:
        """Columns to stand beside the range: each header in the header's row, each record's value in its row."""
        rows: Rows = [[None] * len(columns) for _ in self.rows]
        rows[self.header.row + self.header.height - 1] = [header(self.lang) for header, _ in columns]
        for at, (_, values) in enumerate(columns):
            for place, value in zip(self.places, values, strict=True):
                rows[place][at] = value
        return rows


def read_table(name: str, rows: Rows, *needed: str, labels: Iterable[str] = (), alone: Sequence[str] = ()) -> Range:
    """The range as the table of that name; `labels` are the grades that a figure may be, besides the usual ones;
    `alone` are columns one of which is a table by itself.
    Raises: Failure where it has no headers or lacks a needed column."""
    if not isinstance(rows, list) or not rows:
        raise failure("range_missing", table=name)
    header = find_headers(get(name), rows, alone)
    if header is None:
        raise failure(
            "range_without_headers", table=name, value="、".join(str(cell) for cell in rows[0] if cell != "")[:100]
        )
    missing = [column for column in needed if column not in header.columns.values()]
    if missing:
        raise Failure([problem("range_lacks_column", table=name, column=column) for column in missing])
    return read_below(header, rows, labels)


def judge_rows(table: Range) -> list[Problem]:
    """What is wrong with the rows by themselves, as in a file: cells that cannot be read, blanks where something is
    required, and keys that stand twice."""
    records = table.records
    unread = [about for i in table.findings for about in table.errors(i).values()]
    blank = [
        problem_at("required_blank", records, i, column.name)
        for column in records.table.columns
        if column.required and not column.has_default and column.name in records.columns
        for i, value in enumerate(records.columns[column.name])
        if value is None and column.name not in table.errors(i)
    ]
    return [*unread, *blank, *check_duplicates({records.table.name: records}, Policy())]


def find_headers(declared: Table, rows: Rows, alone: Sequence[str] = ()) -> Header | None:
    """The headers of the range as those of a table; one header that is not enough `alone` may be chance."""
    header = find_header(declared, rows, [])
    if declared.name == "contract_sheet":
        header = _hear_others(declared, rows, header)
    return header if header and (len(header.columns) > 1 or {*header.columns.values()} & {*alone}) else None


def _hear_others(declared: Table, rows: Rows, header: Header | None) -> Header | None:
    """The header with the columns that its other words name as surely as in a file: 目标值 Target, Weightage."""
    known = header if header and len(header.columns) > 1 else None
    at = (
        known.row + known.height - 1
        if known
        else max(range(min(len(rows), SEARCHED_ROWS)), key=lambda i: _heard(rows[i]))
    )
    header = known or Header(declared, at)
    offers: dict[str, list[int]] = {}
    for place, text in enumerate(rows[at]):
        if isinstance(text, str) and text.strip() and place not in header.columns:
            header.texts.setdefault(place, text.strip())
            if (name := _sure_sense(text)) and name not in header.columns.values():
                offers.setdefault(name, []).append(place)
    for name, places in offers.items():
        header.columns[places[0]] = name
        header.rivals.update(dict.fromkeys(places[1:], places[0]))
        lang = hear(header.texts[places[0]]).language
        header.langs[lang] = header.langs.get(lang, 0) + 1
    if header.columns and "kpi" not in header.columns.values():
        header = _understand(rows, header) or header
    return header if header.columns else None


def _understand(rows: Rows, header: Header) -> Header | None:
    """The header of the only table of the range that names its KPIs, understood by its cells as in a file; None where
    none does, or it stands in another row."""
    forms, *_ = find_forms("", Grid("", [list(row) for row in rows]))
    found = [form.header for form in forms if form.header.table is header.table]
    same = len(found) == 1 and found[0].row + found[0].height == header.row + header.height
    return found[0] if same and "kpi" in found[0].columns.values() else None


def _heard(row: Sequence[Any]) -> int:
    return len({name for text in row if isinstance(text, str) and (name := _sure_sense(text))})


def _sure_sense(text: str) -> str:
    """The column of a contract that a header surely means; blank where another one is near, or none is meant."""
    senses = sorted(hear(text.strip()).senses.items(), key=lambda each: -each[1])
    if not senses or senses[0][1] < SURE - 1e-9 or senses[0][0] not in _CONTRACT_COLUMNS:
        return ""
    return senses[0][0] if len(senses) == 1 or senses[0][1] - senses[1][1] > CLEAR else ""


_CONTRACT_COLUMNS = frozenset(column.name for column in get("contract_sheet").columns)


def read_below(header: Header, rows: Rows, labels: Iterable[str] = ()) -> Range:
    """The records below a header."""
    below = _rows_below(header, rows)
    cells = [row for _, row in below.rows]
    places = dict(below.rows)
    for (place, name), words in below.words.items():  # words for a figure: nobody judges them here
        places[place][_column(header, name)] = words
    columns = list(zip(*cells, strict=True)) if cells else [()] * len(rows[0])
    records = Records(header.table, {}, rows=[place + 1 for place, _ in below.rows])
    if header.table.name != "contract_sheet":  # whose problems name the line
        records.letters = {name: column_letter(at) for at, name in header.columns.items()}
    table = Range(records, header, rows, [place for place, _ in below.rows])
    grades = frozenset((*DEFAULT_SCALE, *labels))
    at_record = {place: record for record, place in enumerate(table.places)}
    for at, name in header.columns.items():
        column = header.table.column(name)
        shown = {at_record[place] for place, col in below.percents if col == at and place in at_record}
        converted = convert(column, columns[at], shown, grades)
        records.columns[name] = converted.values
        if converted.percent:
            records.percent[name] = converted.percent
        for finding in converted.problems:
            _note(table, column, finding)
    for kind, place, at, text in below.others:
        if place in at_record and at in header.columns:
            about = _found(table, header.table.column(header.columns[at]), CellProblem(at_record[place], kind, text))
            if about is not None:
                table.doubts.setdefault(at_record[place], []).append(about)
    low, high = ({place: band[end] for place, band in below.bands.items()} for end in (0, 1))
    said: tuple[tuple[str, Mapping[int, Any]], ...] = (
        *(("direction", below.directions), ("category", below.headings), ("kind", below.kinds)),
        *(("low", low), ("high", high)),
    )
    for name, by_row in said:
        if by_row:
            own = records.column(name)
            records.columns[name] = [v or by_row.get(place) for v, place in zip(own, table.places, strict=True)]
    return table


def select_columns(asked: Any, columns: Mapping[str, Text]) -> list[str]:
    """The columns of an answer that are asked for: by name in either language, several, or all; the first one where
    nothing is. Raises: Failure for a name that is not known."""
    if asked is None:
        return [next(iter(columns))]
    if fold_name(asked) in _ALL:
        return list(columns)
    names = {fold_name(word): name for name, text in columns.items() for word in (name, *text)}
    chosen = []
    for word in re.split(r"[,，、;；]", str(asked)):
        name = names.get(fold_name(word))
        if name is None:
            every = Text("、".join((*(t.zh for t in columns.values()), "全部")), ", ".join((*columns, "all")))
            raise failure("word_unknown", value=word.strip(), known=every)
        chosen.append(name)
    return chosen


_ALL = {fold_name(word) for word in ("全部", "all", "*")}


def _rows_below(header: Header, rows: Rows) -> ContractRows:
    if header.table.name == "contract_sheet" and "kpi" in header.columns.values():
        return read_contract_rows(header, [list(row) for row in rows], [])
    known = sorted(header.columns)
    first = header.row + header.height
    return ContractRows([(i, row) for i, row in enumerate(rows[first:], first) if any(row[at] != "" for at in known)])


def _column(header: Header, name: str) -> int:
    """Where a column stands."""
    return next(at for at, column in header.columns.items() if column == name)


def _note(table: Range, column: Column, finding: CellProblem) -> None:
    about = _found(table, column, finding)
    if about is not None:
        table.findings.setdefault(finding.at, {})[column.name] = about


def _found(table: Range, column: Column, finding: CellProblem) -> Problem | None:
    """Notices say how a cell was read; only what may be wrong is kept."""
    if CATALOGUE[finding.name].severity is Severity.NOTICE:
        return None
    details: dict[str, Any] = {}
    if column.choices:
        details["allowed"] = Text(
            "、".join(choice.zh for choice in column.choices), ", ".join(choice.en for choice in column.choices)
        )
    address = table.records.address(finding.at, column.name)
    return problem(
        finding.name, address, table=table.header.table.name, column=column.name, value=finding.raw, **details
    )

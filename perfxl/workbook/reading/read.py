"""Reads a program, or a lone contract or weight table, from an .xlsx or .xlsm file.

    book, info, problems = read_book("方案.xlsx")

Every row read is in the records or named by a problem; `info` says what each sheet and header was taken for.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from perfxl.core.policy import DEFAULT_SCALE
from perfxl.core.problems import Address, Problem, Text, problem
from perfxl.core.records import Records, joined
from perfxl.core.sheets.own import is_own
from perfxl.core.tables import all_tables
from perfxl.core.values.text import clean
from perfxl.workbook.layout import INDEX_SHEETS
from perfxl.workbook.reading.guard import Package, Unusable, open_package
from perfxl.workbook.reading.info import ReadInfo, SheetInfo
from perfxl.workbook.reading.raw import RawSheet, raw_sheets
from perfxl.workbook.reading.recognise import Match, likely, recognise
from perfxl.workbook.reading.sheet_records import SheetReader


def read_book(path: str | Path, lang: str | None = None) -> tuple[dict[str, Records], ReadInfo, list[Problem]]:
    """The tables that the workbook holds, by canonical name. Empty, with the reason, where the file is unusable."""
    info = ReadInfo(Path(path).name, lang or "zh")
    package, problems = open_package(path)
    if package is None:
        return {}, info, problems
    try:
        with _no_collection():
            book = _read(package, lang, info, problems)
    except Unusable as unusable:
        return {}, info, [*problems, unusable.problem]
    return book, info, problems


def _read(package: Package, lang: str | None, info: ReadInfo, problems: list[Problem]) -> dict[str, Records]:
    sheets = [sheet for sheet in raw_sheets(package) if not is_own(sheet.name)]
    matches = [(sheet, recognise(sheet)) for sheet in sheets]
    info.lang = lang or _language([match for _, match in matches if match])
    labels = _grade_labels(matches)
    parts: dict[str, list[Records]] = {}
    for sheet, match in matches:
        if match is None or match.header is None:
            read, found = _not_read(package.name, sheet, match)
        else:
            reader = SheetReader(package.name, sheet, match, match.header, labels)
            read, found = reader.info, reader.problems
            parts.setdefault(match.table.name, []).append(reader.records)
        info.sheets.append(read)
        problems += found
    if not parts:
        names = ", ".join(sheet.name for sheet in sheets)
        problems.append(problem("S101", Address(package.name), sheets=names))
    problems += _joined_notices(parts)
    return {name: joined(parts[name]) for name in all_tables() if name in parts}


@contextmanager
def _no_collection() -> Iterator[None]:
    """Millions of cells make no cycles; looking for some among them doubles the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _language(matches: list[Match]) -> str:
    counts = {"zh": 0, "en": 0}
    for match in matches:
        for lang, count in (match.header.langs if match.header else {}).items():
            counts[lang] += count
    return "en" if counts["en"] > counts["zh"] else "zh"


def _grade_labels(matches: list[tuple[RawSheet, Match | None]]) -> frozenset[str]:
    """The grades that a figure may be: the default scale's and those of the workbook's own grade tables."""
    labels = set(DEFAULT_SCALE)
    for sheet, match in matches:
        if match and match.header and match.table.name == "grade_tables":
            at = next((at for at, column in match.header.columns.items() if column == "grade"), None)
            if at is not None:
                below = sheet.rows[match.header.row + match.header.height :]
                labels |= {clean(row[at]) for row in below if isinstance(row[at], str) and row[at].strip()}
    return frozenset(labels)


def _not_read(file: str, sheet: RawSheet, match: Match | None) -> tuple[SheetInfo, list[Problem]]:
    info = SheetInfo(sheet.name, hidden=sheet.hidden)
    address = Address(file, sheet.name)
    if not any(value != "" for row in sheet.rows for value in row):
        info.why = Text("空白", "blank")
        return info, []
    if match:
        columns = [column for column in match.table.columns if column.required]
        info.why = Text("找不到表头行", "no header row")
        return info, [problem("S105", address, table=match.table.name, columns=_headers(columns))]
    near = likely(sheet)
    if near:
        info.why = Text("表头不够", "headers are missing")
        missing = [near.table.column(name) for name in near.missing] or list(near.table.columns[:1])
        table = Text(near.table.zh, near.table.en)
        return info, [problem("S102", address, table=near.table.name, likely=table, columns=_headers(missing))]
    info.why = Text("不是方案的表", "none of the program's tables")
    expected = sheet.hidden or sheet.name in INDEX_SHEETS.values()
    return info, [] if expected else [problem("S103", address)]


def _headers(columns: list) -> Text:
    return Text("、".join(column.zh for column in columns), ", ".join(column.en for column in columns))


def _joined_notices(parts: dict[str, list[Records]]) -> list[Problem]:
    """A contract sheet for each person is the rule; any other table on several sheets is worth a word."""
    return [
        problem("S119", some[1].address(0), table=name, sheets=", ".join(one.sheet for one in some))
        for name, some in parts.items()
        if len(some) > 1 and name != "contract_sheet"
    ]

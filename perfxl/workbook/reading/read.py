"""Reads a program, or a lone contract or weight table, from an .xlsx or .xlsm file.

    book, info, problems = read_book("方案.xlsx")

Every row read is in the records or named by a problem; `info` says what each sheet and header was taken for.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from perfxl.core.language import Text
from perfxl.core.policy import DEFAULT_SCALE
from perfxl.core.problems import Address, Problem, problem
from perfxl.core.records import Records, joined
from perfxl.core.schema import all_tables
from perfxl.core.values.text import clean
from perfxl.ooxml.package import PackageError
from perfxl.tables.headers import Header
from perfxl.tables.own import is_own
from perfxl.workbook.opening import file_problem, open_workbook
from perfxl.workbook.program.layout import INDEX_SHEETS
from perfxl.workbook.reading.info import ReadInfo, SheetInfo
from perfxl.workbook.reading.raw import RawSheet, raw_sheets
from perfxl.workbook.reading.recognise import Match, likely, recognise
from perfxl.workbook.reading.sheet_records import SheetReader


class Sheet(Protocol):
    """A sheet that is read at once or in blocks of rows; `top` holds the rows where a header is looked for."""

    @property
    def top(self) -> RawSheet: ...

    def blocks(self, width: int, whole: bool) -> Iterator[RawSheet]:
        """The rows, at least `width` cells each; as one block where they must be seen `whole`."""

    def column_blocks(self, at: int) -> Iterator[RawSheet]:
        """The same with the cells of one column only; none where there is but one block."""


def read_book(path: str | Path, lang: str | None = None) -> tuple[dict[str, Records], ReadInfo, list[Problem]]:
    """The tables that the workbook holds, by canonical name. Empty, with the reason, where the file is unusable."""
    info = ReadInfo(Path(path).name, lang or "zh")
    package, problems = open_workbook(path)
    if package is None:
        return {}, info, problems
    parts: dict[str, list[Records]] = {}
    try:
        with no_collection():
            sheets = raw_sheets(package)
            problems += read_sheets(
                sheets, info, lang, lambda records: parts.setdefault(records.table.name, []).append(records)
            )
            book = {name: joined(parts[name]) for name in all_tables() if name in parts}
    except PackageError as error:
        return {}, info, [*problems, file_problem(error)]
    return book, info, problems


def read_sheets(
    sheets: Sequence[Sheet],
    info: ReadInfo,
    lang: str | None,
    take: Callable[[Records], None],
    wanted: Collection[str] | None = None,
) -> list[Problem]:
    """Gives each block of rows to `take`, of the tables that are wanted, and says in `info` what was recognised."""
    file, problems = info.file, []
    matches = [(sheet, recognise(sheet.top)) for sheet in sheets if not is_own(sheet.top.name)]
    info.lang = lang or _language([match for _, match in matches if match])
    labels = _grade_labels(matches)
    firsts: dict[str, list[Address]] = {}
    for sheet, match in matches:
        if match is None or match.header is None:
            read, found = _not_read(file, sheet.top, match)
        else:
            reader = SheetReader(file, sheet.top, match, match.header, labels)
            if wanted is None or match.table.name in wanted:
                firsts.setdefault(match.table.name, []).append(_read(sheet, reader, match.header, take))
            read, found = reader.info, reader.problems
        info.sheets.append(read)
        problems += found
    if not info.tables:
        names = ", ".join(sheet.top.name for sheet, _ in matches)
        problems.append(problem("no_table_known", Address(file), sheets=names))
    return problems + _joined_notices(firsts)


def _read(sheet: Sheet, reader: SheetReader, header: Header, take: Callable[[Records], None]) -> Address:
    """Reads a sheet's rows; the address of the first one is returned."""
    for at in reader.points:
        for block in sheet.column_blocks(at):
            reader.weigh(at, block)
    first = Address(sheet=sheet.top.name)
    for i, block in enumerate(sheet.blocks(max(header.texts) + 1, header.table.name == "contract_sheet")):
        records = reader.read(block)
        if i == 0 or len(records):
            take(records)
        first = first if first.cell else records.address(0)
    return first


@contextmanager
def no_collection() -> Iterator[None]:
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


def _grade_labels(matches: list[tuple[Sheet, Match | None]]) -> frozenset[str]:
    """The grades that a figure may be: the default scale's and those of the workbook's own grade tables."""
    labels = set(DEFAULT_SCALE)
    for sheet, match in matches:
        if match and match.header and match.table.name == "grade_tables":
            for at in (at for at, column in match.header.columns.items() if column == "grade"):
                for block in sheet.blocks(at + 1, False):
                    below = block.rows[max(match.header.row + match.header.height - block.first, 0) :]
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
        return info, [problem("header_row_missing", address, table=match.table.name, columns=_headers(columns))]
    near = likely(sheet)
    if near:
        info.why = Text("表头不够", "headers are missing")
        missing = [near.table.column(name) for name in near.missing] or list(near.table.columns[:1])
        table = Text(near.table.zh, near.table.en)
        return info, [
            problem("sheet_lacks_headers", address, table=near.table.name, likely=table, columns=_headers(missing))
        ]
    info.why = Text("不是方案的表", "none of the program's tables")
    expected = sheet.hidden or sheet.name in INDEX_SHEETS.values()
    return info, [] if expected else [problem("sheet_unknown", address)]


def _headers(columns: list) -> Text:
    return Text("、".join(column.zh for column in columns), ", ".join(column.en for column in columns))


def _joined_notices(firsts: dict[str, list[Address]]) -> list[Problem]:
    """A contract sheet for each person is the rule; any other table on several sheets is worth a word."""
    return [
        problem("sheets_joined", some[1], table=name, sheets=", ".join(one.sheet for one in some))
        for name, some in firsts.items()
        if len(some) > 1 and name != "contract_sheet"
    ]

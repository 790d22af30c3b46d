"""Reads a program, or a contract or weight table that HR already has, from an .xlsx or .xlsm file.

    tables, info, problems = read_book("方案.xlsx")
    info, problems = stream_book("方案.xlsx", {"people", "actuals"}, take)

Every row read is in the records or named by a problem; `info` says what each sheet and header was taken for.
"""

from __future__ import annotations

import gc
import re
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from perfxl.core.language import LANGUAGES
from perfxl.core.problems import Problem
from perfxl.core.records import Records, join_parts
from perfxl.core.schema import all_tables
from perfxl.ooxml.package import WORKBOOK, Package, PackageError
from perfxl.tables.gathering import TableGatherer
from perfxl.tables.sheets import ReadInfo, read_sheets
from perfxl.workbook.files import file_problem, open_workbook, workbook_on_disk
from perfxl.workbook.program.layout import INDEX_SHEETS
from perfxl.workbook.reading.grids import read_grids

_INDEX_SHEETS = frozenset(INDEX_SHEETS)


def read_book(path: str | Path, lang: str | None = None) -> tuple[dict[str, Records], ReadInfo, list[Problem]]:
    """The tables that the workbook holds, by canonical name. Empty, with the reason, where the file is unusable."""
    info = ReadInfo(Path(path).name, lang or "zh")
    package, problems = open_workbook(path)
    if package is None:
        return {}, info, problems
    parts: dict[str, list[Records]] = {}

    def take(records: Records) -> None:
        parts.setdefault(records.table.name, []).append(records)

    try:
        with no_collection():
            problems += read_sheets(read_grids(package), info, lang, take, index_sheets=_INDEX_SHEETS)
            tables = {name: join_parts(parts[name]) for name in all_tables() if name in parts}
    except PackageError as error:
        info.lang = lang or _language_of_titles(package)
        return {}, info, [*problems, file_problem(error)]
    return tables, info, problems


def read_large_book(path: str | Path, lang: str | None = None) -> tuple[dict[str, Records], ReadInfo, list[Problem]]:
    """As read_book, in memory that is little more than what the tables take, and in more time."""
    gatherer = TableGatherer()
    info, problems = stream_book(path, set(all_tables()), gatherer.take, lang, bounded=False)
    with no_collection():
        return gatherer.tables() if info.sheets else {}, info, problems


def stream_book(
    path: str | Path,
    wanted: Collection[str],
    take: Callable[[Records], None],
    lang: str | None = None,
    *,
    bounded: bool = True,
) -> tuple[ReadInfo, list[Problem]]:
    """Calls `take` with the wanted tables' rows, block by block, in the order of sheets and rows; the blocks of a
    table joined are what read_book gives. A table without rows gives one empty block; other tables are recognised
    only, and count no records.

    The problems are read_book's; where they are `bounded`, cells in blocks after a sheet's first are named only until
    the sheet has tables.sheets.MANY problems. A file that turns out to be unusable says so; before the first block is
    taken the whole file has been found sound, so later on this means that a sheet's XML makes no sense to calamine."""
    from perfxl.workbook.reading.stream import stream_grids  # starts processes, which few files are worth

    info = ReadInfo(Path(path).name, lang or "zh")
    with workbook_on_disk(path) as (package, problems):
        if package is None:
            return info, problems
        try:
            with no_collection():
                problems += read_sheets(stream_grids(package), info, lang, take, wanted, _INDEX_SHEETS, bounded=bounded)
        except PackageError as error:
            return ReadInfo(info.file, lang or _language_of_titles(package)), [*problems, file_problem(error)]
    return info, problems


def _language_of_titles(package: Package) -> str:
    """The language of a workbook whose sheets cannot be read: that of most of its sheets' names."""
    try:
        workbook = package.part(WORKBOOK).decode("utf-8", "replace")
    except PackageError:
        return "zh"
    names = set(re.findall(r'\bname="([^"]+)"', workbook))
    tables = all_tables().values()
    return max(LANGUAGES, key=lambda lang: sum(table.title(lang) in names for table in tables))


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

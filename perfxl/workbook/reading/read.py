"""Reads a program, or a contract or weight table that HR already has, from a workbook or a file of another format.

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
from perfxl.core.problems import Address, Problem, problem
from perfxl.core.records import Records, join_parts
from perfxl.core.schema import all_tables
from perfxl.ooxml.package import Package, PackageError
from perfxl.outputs import read_mark
from perfxl.tables.gathering import TableGatherer
from perfxl.tables.memory import NOTHING_SETTLED, Memory
from perfxl.tables.sheets import ReadInfo, read_sheets
from perfxl.workbook.files import file_problem, open_workbook, workbook_on_disk
from perfxl.workbook.program.layout import INDEX_SHEETS, LISTS_SHEET
from perfxl.workbook.reading.grids import read_grids

_INDEX_SHEETS = frozenset((*INDEX_SHEETS, LISTS_SHEET))
_PROGRAMS = frozenset(("program", "check"))  # what perfxl makes to be filled in, or from what somebody filled in


def read_book(
    path: str | Path, lang: str | None = None, memory: Memory = NOTHING_SETTLED
) -> tuple[dict[str, Records], ReadInfo, list[Problem]]:
    """The tables that the workbook holds, by canonical name. Empty, with the reason, where the file is unusable.

    memory  readings of HR's own tables that were settled before
    """
    info = ReadInfo(Path(path).name, lang or "zh")
    package, problems = open_workbook(path)
    if package is None:
        return {}, info, problems
    if result := result_problem(package, path):
        return {}, info, [result]
    parts: dict[str, list[Records]] = {}

    def take(records: Records) -> None:
        parts.setdefault(records.table.name, []).append(records)

    try:
        with no_collection():
            grids, missing = read_grids(package)
            problems += missing + read_sheets(grids, info, lang, take, None, _INDEX_SHEETS, memory)
            tables = {name: join_parts(parts[name]) for name in all_tables() if name in parts}
    except PackageError as error:
        info.lang = lang or _language_of_titles(package)
        return {}, info, [*problems, file_problem(error)]
    info.stamp = package.stamp
    return tables, info, problems


def read_large_book(path: str | Path, lang: str | None = None) -> tuple[dict[str, Records], ReadInfo, list[Problem]]:
    """As read_book, in memory that is little more than what the tables take, and in more time."""
    gatherer = TableGatherer()
    info, problems = stream_book(path, set(all_tables()), gatherer.take, lang)
    with no_collection():
        return gatherer.tables() if info.sheets else {}, info, problems


def stream_book(
    path: str | Path,
    wanted: Collection[str],
    take: Callable[[Records], None],
    lang: str | None = None,
) -> tuple[ReadInfo, list[Problem]]:
    """Calls `take` with the wanted tables' rows, block by block, in the order of sheets and rows; the blocks of a
    table joined are what read_book gives. A table without rows gives one empty block; other tables are recognised
    only, and count no records.

    The problems are read_book's. A file that turns out to be unusable says so; before the first block is taken the
    whole file has been found sound, so later on this means that a sheet's XML makes no sense to calamine."""
    from perfxl.workbook.reading.stream import stream_grids  # starts processes, which few files are worth

    info = ReadInfo(Path(path).name, lang or "zh")
    with workbook_on_disk(path) as (package, problems):
        if package is None:
            return info, problems
        if result := result_problem(package, path):
            return info, [result]
        try:
            with no_collection():
                grids, missing = stream_grids(package)
                problems += missing + read_sheets(grids, info, lang, take, wanted, _INDEX_SHEETS)
            package.check_unchanged()
        except PackageError as error:
            return ReadInfo(info.file, lang or _language_of_titles(package)), [*problems, file_problem(error)]
        info.stamp = package.stamp
    return info, problems


def _language_of_titles(package: Package) -> str:
    """The language of a workbook whose sheets cannot be read: that of most of its sheets' names."""
    try:
        workbook = package.part(package.main).decode("utf-8", "replace")
    except PackageError:
        return "zh"
    names = set(re.findall(r'\bname="([^"]+)"', workbook))
    tables = all_tables().values()
    return max(LANGUAGES, key=lambda lang: sum(table.title(lang) in names for table in tables))


def result_problem(package: Package, path: str | Path) -> Problem | None:
    """What is said of a workbook that perfxl made from a program, by its mark."""
    source = source_of_result(Path(path)) if package.find("docProps/custom.xml") else None
    return problem("file_is_result", Address(package.name), source=source or "?") if source is not None else None


def source_of_result(path: Path) -> str | None:
    """The file that a workbook was made from, by its mark; None for one that is no result of perfxl's."""
    mark = read_mark(path)
    return None if mark is None or mark.kind in _PROGRAMS else mark.source


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

"""Which table a sheet holds: by its headers first, with its name as a hint."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from perfxl.core.schema import Table, all_tables
from perfxl.tables.headers import Header, bare, find_header
from perfxl.workbook.reading.raw import RawSheet

_NUMBERING = re.compile(r"^(?:\d{4}年度?|\d{4}|\d{1,2}[.、_\-]|[一二三四五六七八九十]+[.、])[_\-.]*")
_COPY = re.compile(r"(?:[_\-]?\d{4}年度?|[_\-]\d{4}|[_\-]\d{1,2}|\d{1,2}月|第?[一二三四1-4]季度|[上下]半年)$")

NAMED, PARTLY = 2.0, 1.0


class Match(NamedTuple):
    """A sheet as a table; `header` is None where the name says so but no header row was found."""

    table: Table
    header: Header | None
    named: bool


def recognise(sheet: RawSheet) -> Match | None:
    """The table that explains most of the sheet's headers; None where no table does."""
    best: Match | None = None
    best_score = 0.0
    for table in all_tables().values():
        name = name_match(sheet.name, table)
        header = find_header(table, sheet.rows, sheet.merges)
        if header is None or not _enough(header, name):
            continue
        score = len(header.columns) + name - len(header.missing) / 2
        if score > best_score:
            best, best_score = Match(table, header, name == NAMED), score
    return best or _by_name(sheet)


def name_match(sheet: str, table: Table) -> float:
    """NAMED where the sheet's name is the table's, PARTLY where it begins or ends with it, else 0."""
    name = _core(sheet)
    titles = _titles(table)
    if name in titles or name.removesuffix("表") in titles:
        return NAMED
    return PARTLY if any(len(title) > 1 and (name.startswith(title) or name.endswith(title)) for title in titles) else 0


def likely(sheet: RawSheet) -> Header | None:
    """For a sheet that is no table: the header that comes near one, if three columns or more speak for it."""
    headers = [find_header(table, sheet.rows, sheet.merges) for table in all_tables().values()]
    best = max((header for header in headers if header), key=lambda header: len(header.columns), default=None)
    return best if best and len(best.columns) >= 3 else None


@cache
def _titles(table: Table) -> frozenset[str]:
    return frozenset(bare(title) for title in (table.zh, table.en, table.name, *table.aliases))


def _core(sheet: str) -> str:
    """A sheet's name without year, number and copy marks: "2025年人员 (2)" is 人员."""
    name = bare(sheet)
    shorter = _COPY.sub("", _NUMBERING.sub("", name))
    return shorter or name


def _enough(header: Header, name: float) -> bool:
    """A name vouches for its headers; without one the table's required columns must all be there."""
    found, missing = len(header.columns), len(header.missing)
    if name == NAMED:
        return found >= 2 or (found == 1 and missing == 0)
    if name == PARTLY:
        return found >= 2 and missing <= 1
    return found >= 2 and missing == 0 and _vouched(header)


def _vouched(header: Header) -> bool:
    """Headers alone: at least two in three of them are the table's, or four of them; a lone KPI list needs a figure."""
    found = set(header.columns.values())
    if header.table.name == "contract_sheet" and not found & {"weight", "target", "actual", "impact"}:
        return False
    return len(found) >= 4 or 3 * len(found) >= 2 * len(header.texts)


def _by_name(sheet: RawSheet) -> Match | None:
    named = (table for table in all_tables().values() if name_match(sheet.name, table) == NAMED)
    found = next(named, None)
    return Match(found, None, True) if found else None

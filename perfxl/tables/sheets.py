"""Grids to the schema's tables: rows below each sheet's header, merged cells filled down, columns typed, extras kept.

`read_sheets` goes through a workbook's sheets; every row is in the records it gives or named by a problem, and a
ReadInfo says what each sheet and header was taken for.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field

from perfxl.core.codes import put_codes
from perfxl.core.language import LANGUAGES, Text, join_texts
from perfxl.core.policy import DEFAULT_SCALE
from perfxl.core.problems import Address, Problem, problem
from perfxl.core.records import Records, Tables
from perfxl.core.values.text import clean
from perfxl.tables.beside import other_names
from perfxl.tables.bounded import grouped, listed
from perfxl.tables.forms import ColumnTaken, FoundTable, looks_like_forms
from perfxl.tables.grid import Grid, GridSource, is_own
from perfxl.tables.headers import Header, Match, find_likely_header, recognise
from perfxl.tables.memory import NOTHING_SETTLED, Memory
from perfxl.tables.naming import SheetCodes
from perfxl.tables.own_tables import OwnSheet, read_own_sheet
from perfxl.tables.read_ahead import find_categories, find_program_period
from perfxl.tables.sheet_reader import SheetInfo, SheetReader

_OF_PROGRAM = ("contract_lines", "contracts", "kpis")  # with one of these, a workbook is a program, not HR's own table


@dataclass
class ReadInfo:
    """What a workbook was taken for; `lang` is the language of its headers: zh or en; `stamp` shows whether the file is
    still the one that was read; `found` are the tables as `check --json` tells them."""

    file: str = ""
    lang: str = "zh"
    sheets: list[SheetInfo] = field(default_factory=list)
    stamp: tuple[int, ...] | None = None
    found: list[FoundTable] = field(default_factory=list)

    @property
    def tables(self) -> set[str]:
        return {sheet.table for sheet in self.sheets if sheet.table}


def read_sheets(
    sheets: Sequence[GridSource],
    info: ReadInfo,
    lang: str | None,
    take: Callable[[Records], None],
    wanted: Collection[str] | None = None,
    index_sheets: Collection[str] = (),
    memory: Memory = NOTHING_SETTLED,
    known: Tables | None = None,
) -> list[Problem]:
    """Gives each block of rows to `take`, of the tables that are `wanted`, and says in `info` what was recognised.

    `index_sheets` are names of sheets that are no table by intention; `memory` holds readings settled before,
    `known` tables read before whose names stand for their codes.
    """
    file, problems = info.file, []
    matches = [(sheet, recognise(sheet.top)) for sheet in sheets if not is_own(sheet.top.name)]
    languages = _languages([match for _, match in matches if match])
    labels = _grade_labels(matches)
    within = find_program_period((sheet.top, match.header) for sheet, match in matches if match and match.header)
    categories = find_categories((sheet.top, match.header) for sheet, match in matches if match and match.header)
    codes = SheetCodes(file, matches, known)
    firsts: dict[str, list[Address]] = {}
    of_sheets: list[Problem] = []
    program = any(match and match.header and match.table.name in _OF_PROGRAM for _, match in matches)
    for sheet, match in matches:
        if not program and _is_own_table(sheet.top, match, memory):
            own = read_own_sheet(file, _whole(sheet), labels, within, memory)
            for records in own.records:
                if wanted is None or records.table.name in wanted:
                    take(records)
            info.sheets += own.infos or [
                SheetInfo(sheet.top.name, why=Text("看不懂表头", "its headers are not understood"))
            ]
            info.found += own.found
            problems += own.problems
            _count(languages, own)
            continue
        if match is None or match.header is None:
            sheet_info, sheet_problems = _explain_unread(file, sheet.top, match, index_sheets)
            of_sheets += sheet_problems
        else:
            reader = SheetReader(file, sheet.top, match, match.header, labels, within, categories)
            if wanted is None or match.table.name in wanted:
                firsts.setdefault(match.table.name, []).append(_read_rows(sheet, reader, match.header, codes, take))
            sheet_info = reader.info
            problems += reader.problems
            info.found.append(_found(sheet_info, match.header))
        info.sheets.append(sheet_info)
        if sheet.top.strays.total:
            of_sheets.append(_strays(file, sheet.top))
    if not any(languages.values()):
        languages[_spoken([sheet.top for sheet, _ in matches])] += 1
    info.lang = lang or max(LANGUAGES, key=lambda each: languages[each])
    problems += grouped(of_sheets)
    if not info.tables:
        names = listed([sheet.top.name for sheet, _ in matches])
        problems.append(problem("no_table_known", Address(file), sheets=names))
    # A contract sheet for each person is the rule; any other table on several sheets is worth a word.
    for name, addresses in firsts.items():
        if len(addresses) > 1 and name != "contract_sheet":
            names = ", ".join(address.sheet for address in addresses)
            problems.append(problem("sheets_joined", addresses[1], table=name, sheets=names))
    return problems


def _read_rows(
    sheet: GridSource, reader: SheetReader, header: Header, codes: SheetCodes, take: Callable[[Records], None]
) -> Address:
    """Reads a sheet's rows, with codes in place of names; the address of the first one is returned."""
    for at in header.points:
        for block in sheet.column_blocks(at):
            reader.count_fractions(at, block)
    first = Address(sheet=sheet.top.name)
    for i, block in enumerate(codes.blocks(sheet, header, header.table.name == "contract_sheet")):
        records = reader.read(block)
        codes.note(records)
        reader.note_names(records, put_codes(records, codes))
        reader.settle_units(records, codes.units)
        reader.note_other_names(records, other_names(records, reader.names, codes))
        if i == 0 or len(records):
            take(records)
        first = first if first.cell else records.address(0)
    return first


def _found(sheet: SheetInfo, header: Header) -> FoundTable:
    """A sheet of perfxl's own form as a table that was found."""
    columns = [
        ColumnTaken(
            each.letter, each.header, each.column, "header" if each.column else "kept", float(bool(each.column))
        )
        for each in sheet.columns
    ]
    last = max(sheet.last_row, sheet.header_row + header.height - 1)
    place = f"{sheet.columns[0].letter}{sheet.header_row}:{sheet.columns[-1].letter}{last}"
    rows = list(range(sheet.header_row, sheet.header_row + header.height))
    own = sheet.table == "contract_sheet"  # a contract of HR's own, in words that perfxl uses too
    return FoundTable(
        sheet.sheet, place, "contract" if own else sheet.table, 1.0, rows, columns, sheet.records, own=own
    )


def _is_own_table(sheet: Grid, match: Match | None, memory: Memory) -> bool:
    """Whether a sheet is to be understood rather than looked up: none of perfxl's own sheets, but for a contract's. The
    KPIs of posts have the headers of HR's own tables, so that only the sheet's name tells them."""
    foreign = match is None or match.header is None or match.table.name == "contract_sheet"
    foreign = foreign or (match is not None and match.table.name == "post_kpis" and not match.named)
    return foreign and looks_like_forms(sheet, memory)


def _whole(sheet: GridSource) -> Grid:
    """All rows of a sheet."""
    width = max((len(row) for row in sheet.top.rows), default=0)
    return next(iter(sheet.blocks(width, True)))


def _languages(matches: list[Match]) -> dict[str, int]:
    """Language -> how many headers are in it."""
    counts = dict.fromkeys(LANGUAGES, 0)
    for match in matches:
        for lang, count in (
            match.header.langs if match.header and match.table.name != "contract_sheet" else {}
        ).items():
            counts[lang] += count
    return counts


def _spoken(grids: Iterable[Grid]) -> str:
    """The language of a workbook whose headers say nothing: that of its other words."""
    words = [cell for grid in grids for row in grid.rows[:_HEARD] for cell in row if isinstance(cell, str) and cell]
    return "en" if words and not any("\u3400" <= char <= "\u9fff" for word in words for char in word) else "zh"


_HEARD = 60  # rows of a sheet


def _count(languages: dict[str, int], own: OwnSheet) -> None:
    for lang, count in own.langs.items():
        languages[lang] += count


def _grade_labels(matches: Sequence[tuple[GridSource, Match | None]]) -> frozenset[str]:
    """The grades that a figure may be: the default scale's and those of the workbook's own grade tables."""
    labels = set(DEFAULT_SCALE)
    for sheet, match in matches:
        if match and match.header and match.table.name == "grade_tables":
            for at in (at for at, column in match.header.columns.items() if column == "grade"):
                for block in sheet.blocks(at + 1, False):
                    below = block.rows[max(match.header.row + match.header.height - block.first, 0) :]
                    labels |= {clean(row[at]) for row in below if isinstance(row[at], str) and row[at].strip()}
    return frozenset(labels)


def _strays(file: str, sheet: Grid) -> Problem:
    total, cells = sheet.strays
    return problem("cells_far_right", Address(file, sheet.name, cells[0]), count=total, value=", ".join(cells))


def _explain_unread(
    file: str, sheet: Grid, match: Match | None, index_sheets: Collection[str]
) -> tuple[SheetInfo, list[Problem]]:
    info = SheetInfo(sheet.name, hidden=sheet.hidden)
    address = Address(file, sheet.name)
    if not any(value != "" for row in sheet.rows for value in row):
        info.why = Text("空白", "blank")
        return info, []
    if match:
        info.why = Text("找不到表头行", "no header row")
        headers = join_texts(column.text for column in match.table.columns if column.required)
        return info, [problem("header_row_missing", address, table=match.table.name, columns=headers)]
    # The hidden sheet of what the dropdowns offer holds the words of many headers.
    near = None if sheet.hidden and sheet.name in index_sheets else find_likely_header(sheet)
    if near:
        info.why = Text("表头不够", "headers are missing")
        missing = [near.table.column(name) for name in near.missing] or list(near.table.columns[:1])
        headers = join_texts(column.text for column in missing)
        lacking = problem(
            "sheet_lacks_headers", address, table=near.table.name, likely=near.table.text, columns=headers
        )
        return info, [lacking]
    info.why = Text("不是方案的表", "none of the program's tables")
    return info, [] if sheet.name in index_sheets else [problem("sheet_unknown", address)]

"""What one person's result takes from a large program: all of the small tables and people; of the contracts and of the
rows for every line of one those about the person and about whoever shares a contract with them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from perfxl.core.cascade.collective import collective_kpis
from perfxl.core.checks.strangers import Strangers
from perfxl.core.policy_reading import read_policy
from perfxl.core.problems import Address, Problem
from perfxl.core.records import Records
from perfxl.core.schema import all_tables
from perfxl.core.table_access import known_people
from perfxl.core.values.text import fold_name
from perfxl.ooxml.package import Package, PackageError
from perfxl.tables.gathering import TableGatherer
from perfxl.tables.grid import Grid
from perfxl.tables.headers import recognise
from perfxl.tables.sheets import ReadInfo, read_sheets
from perfxl.workbook.files import workbook_on_disk
from perfxl.workbook.program.layout import INDEX_SHEETS, LISTS_SHEET
from perfxl.workbook.reading.cut import UnsupportedLayout
from perfxl.workbook.reading.read import no_collection, result_problem
from perfxl.workbook.reading.sieve import Columns, SievedSheet, Wanted, sieved_grids

KEYS = {
    "contract_lines": "contract",
    "phasing": "contract",
    "negotiations": "contract",
    "amendments": "contract",
    "actuals": "holder",
    "events": "holder",
    "marks": "ratee",
    "calibrations": "holder",
    "appeals": "holder",
}
"""Tables of which only some rows are read -> the column that says whom or which contract a row is about."""
_NOT_READ = frozenset(("links", "plans", "coaching", "interviews", "improvements"))  # no result rests on them
_ALL_ROWS = frozenset(("events",))  # of which every row is looked at: any that is nobody's may be anybody's
_SHARED = ("contract_lines", "actuals")
"""Tables of which everybody's rows of collective KPIs are read: what one person reports of these counts for all."""
_NEEDED = ("people", "contracts", "kpis")
_NAMED = re.compile(r"(?=.*[^\W\d_])(?!(?:true|false|nan|inf|infinity)$)(?!\d+(?:\.\d*)?e\d+$)", re.IGNORECASE)
_INDEX_SHEETS = frozenset((*INDEX_SHEETS, LISTS_SHEET))

PersonPart = tuple[dict[str, Records], ReadInfo, list[Problem]]


def read_person(path: str | Path, asked: str, lang: str | None = None) -> PersonPart | None:
    """As read_book, without the rows of others. `asked` is an employee ID or a name.

    Returns: None where the file must be read whole: it is damaged or of a form that is not cut, lacks one of the
    tables, holds contract sheets, or has nobody of this name with a contract.
    """
    with workbook_on_disk(path) as (package, problems), no_collection():
        if package is None or result_problem(package, path):
            return None
        try:
            part = _read_part(package, ReadInfo(Path(path).name, lang or "zh"), asked, lang)
            package.check_unchanged()
        except (PackageError, UnsupportedLayout):
            return None
    return part and (part[0], part[1], [*problems, *part[2]])


def _read_part(package: Package, info: ReadInfo, asked: str, lang: str | None) -> PersonPart | None:
    sheets, sieve = sieved_grids(package, _columns_of_rows_left_out)
    gatherer = TableGatherer()
    wanted = all_tables().keys() - KEYS.keys() - _NOT_READ
    found = read_sheets(sheets, info, lang, gatherer.take, wanted, _INDEX_SHEETS)
    whole = gatherer.tables()
    if "contract_sheet" in info.tables or any(not whole.get(name) for name in _NEEDED):
        return None
    holders, contracts = _concerned(whole, asked)
    if not contracts:
        return None
    ids = {table: contracts if key == "contract" else holders for table, key in KEYS.items()}
    ids["marks"] = holders | contracts  # a mark names whom it is about, or the contract
    tables = {sheet.sheet: sheet.table for sheet in info.sheets}
    names = _names_of(whole, holders)  # which may stand for codes
    shared = frozenset(collective_kpis(whole))
    spellings = _spellings(whole["kpis"], shared)
    strangers, somebody = Strangers(whole, read_policy(whole)[0]), _somebody(whole)

    def wanted_of(sheet: SievedSheet) -> Wanted:
        table = tables[sheet.top.name]
        looked_for = ids[table] | names | (spellings if table in _SHARED else frozenset())
        of_anybody = _spellings(whole["kpis"], strangers.kpis_of(table))
        if not all(map(_NAMED.match, looked_for | of_anybody)):
            raise UnsupportedLayout  # it may stand in cells that are no texts
        return Wanted(looked_for, of_anybody, somebody if of_anybody else frozenset())

    sieve.look_for(wanted_of)
    some, about = TableGatherer(), ReadInfo(info.file, info.lang)

    def take(block: Records) -> None:
        table = block.table.name
        others = {row for row, _ in strangers.rows(block)}
        if table == "marks":
            some.take(_rows_about(block, ("ratee", "contract"), ids[table], others))
        elif table in _SHARED:
            some.take(_rows_about(block, (KEYS[table], "kpi"), ids[table] | shared, others))
        else:
            some.take(_rows_about(block, (KEYS[table],), ids[table], others))

    # Of the others the grades are needed to read figures.
    again = [sheet for sheet in sheets if tables.get(sheet.top.name) in (*KEYS, "grade_tables")]
    more = read_sheets(again, about, info.lang, take, KEYS, _INDEX_SHEETS, known=whole)
    rows = {**whole, **some.tables()}
    rows["contracts"] = _contracts_needed(rows, holders, contracts)
    read_now = {sheet.sheet: sheet for sheet in about.sheets if sheet.table in KEYS}
    info.sheets = [read_now.get(sheet.sheet, sheet) for sheet in info.sheets]
    found = [each for each in found if each.table not in KEYS]
    found = _of_rows(found, rows, info, ("contracts",)) + _of_rows(
        [each for each in more if each.table in KEYS], rows, info, KEYS
    )
    order = {sheet.sheet: i for i, sheet in enumerate(info.sheets)}
    found.sort(key=lambda each: len(order) if each.name == "sheets_joined" else order.get(each.address.sheet, -1))
    return {name: rows[name] for name in all_tables() if name in rows}, info, found


def _columns_of_rows_left_out(top: Grid) -> Columns | None:
    """Of a sheet of which only some rows are read the columns of percent points, which are judged as a whole, and the
    one that says whom a row is about."""
    match = recognise(top)
    if match is None or match.header is None or match.table.name not in KEYS or match.table.name in _ALL_ROWS:
        return None
    places = {name: at for at, name in match.header.columns.items()}
    return Columns(tuple(match.header.points), places.get(KEYS[match.table.name]))


def _contracts_needed(tables: dict[str, Records], holders: frozenset[str], contracts: frozenset[str]) -> Records:
    """The contracts that some numbers, holders or rows that were kept are about."""
    lines, actuals = (tables[name].column(KEYS[name]) if name in tables else [] for name in _SHARED)
    wanted = holders.union(contracts, lines, actuals) - {None}
    return _rows_about(tables["contracts"], ("contract", "holder", "second_holder"), wanted)


def _of_rows(found: list[Problem], tables: dict[str, Records], info: ReadInfo, names: Collection[str]) -> list[Problem]:
    """The problems, of tables of which some rows were kept those of their headers and of these rows."""
    some = [tables[name] for name in names if name in tables]
    cells = [records.address(i) for records in some for i in range(len(records))]
    kept = {(cell.sheet, _row(cell)) for cell in cells}
    headers = {sheet.sheet: sheet.header_row for sheet in info.sheets}
    places = ((each, each.address.sheet, _row(each.address)) for each in found)
    return [
        each for each, sheet, row in places if each.table not in names or row <= headers[sheet] or (sheet, row) in kept
    ]


def _concerned(tables: dict[str, Records], asked: str) -> tuple[frozenset[str], frozenset[str]]:
    """The person with all who share a contract with them, and the contracts of all these."""
    contracts, people = tables["contracts"], tables["people"]
    pairs = list(zip(contracts.column("holder"), contracts.column("second_holder"), strict=True))
    named = zip(people.column("person"), people.column("name"), strict=True)
    persons = {person for person, name in named if asked in (person, name)} | {asked}
    holders = frozenset(one for pair in pairs if persons.intersection(pair) for one in pair if one is not None)
    numbers = zip(contracts.column("contract"), pairs, strict=True)
    return holders, frozenset(number for number, pair in numbers if number and holders.intersection(pair))


def _names_of(tables: dict[str, Records], holders: frozenset[str]) -> frozenset[str]:
    """What a row may call these people, or a contract of theirs."""
    named = zip(*map(tables["people"].column, ("person", "name")), strict=True)
    return holders | {name for person, name in named if person in holders and name}


def _somebody(tables: dict[str, Records]) -> frozenset[str]:
    """How all are spelt who are somebody: by their IDs, and by names that no two share."""
    names = Counter(tables["people"].column("name"))
    alone = {fold_name(name) for name, count in names.items() if name is not None and count == 1}
    return frozenset(alone.union(known_people(tables) or ()))


def _spellings(kpis: Records, wanted: frozenset[Any]) -> frozenset[str]:
    """What a row may call these KPIs."""
    named = zip(*map(kpis.column, ("kpi", "name")), strict=True)
    return frozenset(word for kpi, name in named if kpi in wanted for word in (kpi, name) if word)


def _rows_about(
    block: Records, keys: Sequence[str], ids: frozenset[str], others: Collection[int] = frozenset()
) -> Records:
    """Some rows of a block, and others by their places; their marks go with them."""
    cells = zip(*map(block.column, keys), strict=True)
    at = [i for i, values in enumerate(cells) if i in others or not ids.isdisjoint(values)]
    place = {i: new for new, i in enumerate(at)}
    return replace(
        block,
        columns={name: [values[i] for i in at] for name, values in block.columns.items()},
        extra={name: [values[i] for i in at] for name, values in block.extra.items()},
        rows=[block.rows[i] for i in at],
        percent=_marks_at(place, block.percent),
        multiplied=_marks_at(place, block.multiplied),
    )


def _marks_at(place: Mapping[int, int], marks: Mapping[str, set[int]]) -> dict[str, set[int]]:
    return {name: {place[i] for i in marked if i in place} for name, marked in marks.items()}


def _row(address: Address) -> int:
    digits = address.cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return int(digits) if digits else 0

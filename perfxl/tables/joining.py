"""The tables of several files as one program: people, KPIs and grades of one name are one, departments become units,
contracts get IDs that no other has; nothing of a program that is added to is changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache, partial
from typing import Any

from perfxl.core.codes import codes_of, put_codes
from perfxl.core.language import Text
from perfxl.core.policy_reading import read_policy
from perfxl.core.problems import Problem, Severity, problem
from perfxl.core.records import Records, Tables, from_rows, join_parts
from perfxl.core.schema import all_tables
from perfxl.core.values.text import fold_name
from perfxl.tables.contract_sheet import take_apart
from perfxl.tables.forms import FoundTable
from perfxl.tables.headers import bare
from perfxl.tables.holders import by_name
from perfxl.tables.made_rows import ToProgram
from perfxl.tables.memory import tables_of
from perfxl.tables.total_comparison import known_totals

COMPANY = Text("公司", "Company")
"""What a unit above several departments is called until HR names it."""


def join_books(
    books: Sequence[Tables],
    problems: Sequence[Problem],
    *,
    year: int,
    period: str = "",
    lang: str = "zh",
    into: Tables | None = None,
) -> tuple[dict[str, Records], list[Problem]]:
    """The tables of a program that holds those of all books.

    problems  what reading the books found: cells that could not be read stay as they stand
    period    of contracts that give none; without it the program's, else the whole `year`, and said so
    into      the tables of the program that they are added to
    """
    return _Joining(books, problems, period, year, lang, into).tables()


class _Joining:
    def __init__(
        self,
        books: Sequence[Tables],
        problems: Sequence[Problem],
        period: str,
        year: int,
        lang: str,
        into: Tables | None,
    ) -> None:
        self._books, self._period, self._year, self._lang = books, period, year, lang
        self._into = {name: records for name, records in (into or {}).items() if name != "contract_sheet"}
        self._adds = into is not None or len(books) > 1
        errors = (each for each in problems if each.severity is Severity.ERROR and each.value is not None)
        self._unread = {
            (each.address.file, each.address.sheet, each.address.cell): each.value
            for each in errors
            if each.address.cell
        }
        self._problems: list[Problem] = []

    def tables(self) -> tuple[dict[str, Records], list[Problem]]:
        parts: dict[str, list[Records]] = {name: [records] for name, records in self._into.items() if records}
        self._keep_unread()
        for book in self._books:
            for name, records in book.items():
                if name == "contract_sheet" and book.get("contract_lines"):
                    details = {"table": name, "sheet": records.sheet}
                    self._problems.append(problem("contract_sheet_not_counted", records.address(0), **details))
                elif name != "grade_bands" or self._are_new(parts.get(name, ()), records):
                    parts.setdefault(name, []).append(records)
        given = {name: join_parts(those) for name, those in parts.items()}
        sheets = given.pop("contract_sheet", None)
        new: dict[str, Records] = {}
        if sheets:
            taken = frozenset(given["contracts"].column("contract")) if "contracts" in given else frozenset()
            to = ToProgram(self._period_for(given, sheets), taken, True, self._unread, self._adds)
            new, found = take_apart(given, sheets, to)
            self._problems += found
        given = known_totals(given)
        self._name_units(given, new)
        whole = {
            name: [*([given[name]] if name in given else []), *([new[name]] if name in new else [])]
            for name in all_tables()
        }
        joined = {name: join_parts(those) for name, those in whole.items() if those}
        self._name_people(joined)
        codes = cache(partial(codes_of, joined))
        for records in joined.values():  # names that another file's rows go by
            put_codes(records, codes)
        return joined, self._problems

    def _keep_unread(self) -> None:
        """What stands in cells that could not be read goes into the program as it is; contract sheets keep theirs when
        they are taken apart."""
        places = {(file, sheet) for file, sheet, _ in self._unread}
        for records in (records for book in self._books for records in book.values()):
            if records.table.name == "contract_sheet" or (records.file, records.sheet) not in places:
                continue
            for name, values in records.columns.items():
                for i in (i for i, value in enumerate(values) if value is None and name in records.letters):
                    address = records.address(i, name)
                    values[i] = self._unread.get((address.file, address.sheet, address.cell))

    def _period_for(self, given: Tables, sheets: Records) -> str:
        """The period of contracts that give none; blank where the program's holds."""
        if self._period or read_policy(given)[0].span():
            return self._period
        without = next((i for i, period in enumerate(sheets.column("period")) if period is None), None)
        if without is not None:
            missing = sum(period is None for period in sheets.column("period"))
            about: dict[str, Any] = {"table": "contract_sheet", "value": self._year, "count": missing}
            self._problems.append(problem("year_assumed", sheets.address(without), **about))
        return str(self._year)

    def _are_new(self, known: Sequence[Records], bands: Records) -> bool:
        """Whether grade bands are the first ones; the same again are left out, others too, and said so."""
        if not bands:
            return False
        for first in known:
            if not _are_same(first, bands):
                details = {"table": "grade_bands", "first": str(first.address(0))}
                self._problems.append(problem("table_repeated", bands.address(0), **details))
        return not known

    def _name_units(self, given: dict[str, Records], new: dict[str, Records]) -> None:
        """Departments as units: those that are known by ID or name, and new ones below the company."""
        units = given.get("units")
        of_units = [records for name in ("people", "contracts") if (records := new.get(name))]
        if not units:  # a list of people may name departments as well
            of_units += [records for name in ("people", "contracts") if (records := given.get(name))]
        known = by_name(units, "unit")
        named = dict.fromkeys(
            unit for records in of_units for unit in records.column("unit") if unit and fold_name(unit) not in known
        )
        for records in of_units:
            if "unit" in records.columns:
                records.columns["unit"] = [
                    known.get(fold_name(unit), unit) if unit else unit for unit in records.columns["unit"]
                ]
        if not named:
            return
        roots = (
            [unit for unit, parent in zip(units.column("unit"), units.column("parent"), strict=True) if parent is None]
            if units
            else []
        )
        rows: list[dict[str, Any]] = []
        if not units and len(named) > 1:
            company = COMPANY(self._lang)
            if company not in named:
                rows.append({"unit": company, "name": company})
            roots = [company]
            address = of_units[0].address(0)
            self._problems.append(
                problem("company_unit_added", address, table="units", value=company, count=len(named))
            )
        parent = roots[0] if len(roots) == 1 else None
        if units:
            below = Text(f"，加在“{parent}”之下", f" below {parent}") if parent else Text("，没有写上级", " below none")
            for unit in named:
                first = next(records for records in of_units if unit in records.column("unit"))
                address = first.address(first.column("unit").index(unit), "unit")
                self._problems.append(problem("unit_added", address, table="units", value=unit, below=below))
        rows += [{"unit": unit, "name": unit, "parent": parent if unit != parent else None} for unit in named]
        new["units"] = from_rows("units", rows)

    def _name_people(self, tables: Mapping[str, Records]) -> None:
        """Plans name people as their tables do; a program does it by ID."""
        people, plans = by_name(tables.get("people"), "person"), tables.get("improvements")
        for column in ("holder", "owner") if plans else ():
            assert plans is not None
            if column in plans.columns:
                plans.columns[column] = [
                    people.get(fold_name(name), name) if name else name for name in plans.columns[column]
                ]


def _told_before(
    found: Sequence[tuple[str, FoundTable]], held: Records | None, settled: Records | None
) -> list[dict[str, Any]]:
    """What the sheets say of other tables. What `settled` says of tables that the program does not hold is there to be
    remembered: nothing of the program was read otherwise."""
    new = {(name, _headers(column.header for column in table.columns)) for name, table in found}
    again = {name for name, _ in found}
    in_program = _tables_told(held)
    rows: list[dict[str, Any]] = []
    for key, those in {**in_program, **_tables_told(settled)}.items():
        undecided = key[0] in again and any(row["taken_for"] is None for row in those)
        if key in new or undecided:
            continue
        read_as = {row["letter"]: row["read_as"] for row in in_program.get(key, ())}
        rows += [{**row, "read_as": read_as.get(row["letter"], row["taken_for"])} for row in those]
    return rows


def _tables_told(sources: Records | None) -> dict[tuple[str, frozenset[str]], list[dict[str, Any]]]:
    """File and headers -> the rows of each table that a sheet Sources tells."""
    every = list(sources.records()) if sources else []
    tables = [[every[i] for i in table] for table in tables_of(sources)] if sources else []
    return {(those[0]["file"], _headers(row["header"] for row in those)): those for those in tables}


def _headers(texts: Iterable[str | None]) -> frozenset[str]:
    return frozenset(map(bare, texts))


def _are_same(first: Records, second: Records) -> bool:
    """Whether two sets of grade bands are the same, as far as both say something."""
    one, other = ({row["grade"]: row for row in records.records()} for records in (first, second))
    return one.keys() == other.keys() and all(
        row["lower"] == other[grade]["lower"]
        and (row["coefficient"] is None or other[grade]["coefficient"] in (None, row["coefficient"]))
        for grade, row in one.items()
    )


def list_sources(
    files: Sequence[tuple[str, Sequence[FoundTable]]],
    held: Records | None = None,
    settled: Records | None = None,
) -> Records | None:
    """The sheet Sources: a row for each column of each table of HR's own, those of earlier imports first.

    files    the name of each file, and the tables that were found in it
    held     what the sheet of the program says that is added to
    settled  what that of the program says by which the files were read; it counts before `held`
    A table that is read again takes the place of what was said of it, and so does any of its file that was not decided.
    """
    rows = _told_before([(name, table) for name, found in files for table in found], held, settled)
    for name, found in files:
        for table in (table for table in found if table.own):
            for column in table.columns:
                doubt = column.letter in table.doubts
                rows.append(
                    {
                        "file": name,
                        "sheet": table.sheet,
                        "range": table.range,
                        "kind": table.kind,
                        "letter": column.letter,
                        "header": column.header,
                        "sample": table.samples.get(column.letter) or None,
                        "taken_for": None if doubt else column.column or "not_read",
                        "read_as": None if doubt else column.column or "not_read",
                        "sure": round(100 * column.sure, 1),
                        "how": "in doubt" if doubt else column.how,
                    }
                )
    return from_rows("sources", rows) if rows else None

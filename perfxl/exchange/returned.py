"""One workbook that came back, read: its rows by job, each with the cell it stands in, and what is wrong with them.

Columns are known by the defined names that perfxl gave them, wherever they were moved; by their headers where another
program has lost the names. Rows are known by their keys, never by their place.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from perfxl.core.cells import a1, column_index, column_letter
from perfxl.core.language import LANGUAGES, Text
from perfxl.core.policy import DEFAULT_SCALE
from perfxl.core.problems import Address, Problem, problem
from perfxl.core.records import Records, join_parts
from perfxl.core.requests import JOBS, PREVIEW, Job
from perfxl.core.schema import column_label, get
from perfxl.ooxml.package import Package, PackageError, has_links, has_macros
from perfxl.tables.grid import Grid
from perfxl.tables.headers import Header, Match, bare, meanings
from perfxl.tables.memory import NOTHING_SETTLED
from perfxl.tables.sheet_reader import SheetReader
from perfxl.tables.sheets import ReadInfo, read_sheets
from perfxl.workbook.files import file_problem, open_workbook
from perfxl.workbook.findings_sheet import is_list
from perfxl.workbook.reading.grids import broken_is_damaged, read_grids
from perfxl.workbook.reading.skeleton import WorkbookSkeleton
from perfxl.workbook.template.book import COLUMN, FORM, ROWS
from perfxl.workbook.template.references import title_key

__all__ = ["Returned", "ReturnedRows", "read_filled", "read_returned"]

FILE_NAME, SEAL_NAME = "perfxl_file", "perfxl_seal"
_HEADER_WORDS = {  # what the shipped templates say and the schema does not
    ("grades", "value"): ("级别", "Grade"),
    ("targets", "market"): ("依据（市场分析）", "Grounds (market)", "市场分析", "Market"),
}
_FORMULA = re.compile(rb'<(?:[\w.-]+:)?c\b[^<>]*\br="([A-Z]{1,3})(\d+)"[^<>]*>\s*<(?:[\w.-]+:)?f\b')
_PLAIN_FORMULA = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})"[^<>]*><f\b')  # as most programs write it
_SEARCHED_ROWS = 40
_NOT_SAID = ("no_table_known", "sheet_unknown", "sheet_read_by_headers")  # of reading a table as a program's
_REACH = re.compile(r"^(.*)!\$?([A-Z]{1,3})\$?(\d+)(?::\$?([A-Z]{1,3})\$?(\d+))?$")


@dataclass
class ReturnedRows:
    """The rows of one job: records of its table, addressed as the file came, and what stands in the columns that were
    locked."""

    job: str
    records: Records
    letters: dict[str, str] = field(default_factory=dict)
    locked_fields: tuple[str, ...] = ()
    locked_values: list[tuple[Any, ...]] = field(default_factory=list)  # as tuples, since files come by the thousand

    def locked(self, at: int) -> dict[str, Any]:
        """What stands in the locked columns of a row, by field."""
        return dict(zip(self.locked_fields, self.locked_values[at], strict=True))


@dataclass
class Returned:
    """A file that came back.

    name      as it came: its path below the folder, with the archive that it lay in
    modified  when it was last changed, in seconds, as the file system or the archive says
    file      the ID that it was sent with; blank where it says none
    seal      its seal, blank where it has none; is_form: whether it is one of perfxl's
    rows      by job; those of further sheets with the same job (a sheet that was copied) by job and sheet
    own       of a file that is none of perfxl's: the rows of tables that were understood; is_own: whether the rows
              are such ones
    """

    name: str
    modified: float = 0.0
    file: str = ""
    seal: str = ""
    is_form: bool = False
    is_own: bool = False
    rows: dict[str, ReturnedRows] = field(default_factory=dict)
    own: Records | None = None
    problems: list[Problem] = field(default_factory=list)


class _Place(NamedTuple):
    """Where a job's rows stand: the sheet, the row above the first one, its columns by field."""

    sheet: str
    header: int
    columns: dict[str, int]


def read_returned(path: Path, name: str = "", labels: frozenset[str] = frozenset()) -> Returned:
    """Reads a file that came back.

    name    what messages call it; blank: its own
    labels  the grades of the program, beside the default ones

    Returns: what it holds; without rows, and with the reason, where it cannot be used. Never raises for a bad file.
    """
    returned = Returned(name or path.name, path.stat().st_mtime)
    package, problems = open_workbook(path)
    returned.problems = problems
    if package is None:
        return _renamed(returned)
    if has_macros(package):
        returned.problems = [each for each in problems if each.name != "file_has_macros"]
    try:
        skeleton, grids, missing = read_filled(package)
        returned.problems += missing
        _read(returned, package, grids, skeleton, frozenset((*DEFAULT_SCALE, *labels)))
    except PackageError as error:
        returned.problems.append(file_problem(error))
        returned.rows = {}
    return _renamed(returned)


def read_filled(package: Package) -> tuple[WorkbookSkeleton, list[Grid], list[Problem]]:
    """The sheets of a workbook in which something may be filled in, and a problem for each that the file lacks.

    Raises: PackageError."""
    with broken_is_damaged(package):
        skeleton = WorkbookSkeleton(package)
    shown = _only_shown(skeleton.names)
    return skeleton, *read_grids(package, lambda title: title_key(title) not in shown, skeleton)


def _only_shown(names: Mapping[str, str]) -> set[str]:
    """The sheets whose repeated rows belong to no job, such as points: nothing is read from them."""
    of_jobs, others = set[str](), set[str]()
    for name, text in names.items():
        reach = _reach(text) if name.startswith(ROWS) else None
        if reach:
            (of_jobs if name.removeprefix(ROWS) in JOBS else others).add(reach.sheet)
    return others - of_jobs


def _read(
    returned: Returned,
    package: Package,
    grids: Sequence[Grid],
    skeleton: WorkbookSkeleton,
    labels: frozenset[str],
) -> None:
    names = skeleton.names
    returned.file, returned.seal = (_constant(names.get(name, "")) for name in (FILE_NAME, SEAL_NAME))
    returned.is_form = FORM in names or bool(returned.file)
    by_key = {title_key(grid.name): grid for grid in grids}
    places = [*_places_by_name(names, by_key)]
    known = {place.sheet for _, place in places}
    for grid in grids:
        if grid.name in PREVIEW or is_list(grid.name):
            continue
        if title_key(grid.name) not in known and not (returned.file and grid.hidden):
            places += _places_by_header(grid, returned)
    for name, place in places:
        grid = by_key[place.sheet]
        job, inputs = JOBS[name], {place.columns[each] for each in JOBS[name].inputs if each in place.columns}
        formulas = _formula_cells(package, skeleton.sheets.get(grid.name, ""), inputs)
        formulas |= {cell for cell in package.formulas.get(grid.name, ()) if cell[1] in inputs}
        rows = _rows(returned, job, place, grid, labels, formulas)
        returned.rows[f"{name} {grid.name}" if name in returned.rows else name] = rows
    if not returned.is_form and not returned.rows:
        _read_own(returned, grids)
    if has_links(package):
        returned.problems.append(problem("returned_has_links", Address(package.name)))


def _read_own(returned: Returned, grids: Sequence[Grid]) -> None:
    """Tables of another layout, as far as they hold actuals."""
    parts: list[Records] = []
    problems = read_sheets(grids, ReadInfo(returned.name, "zh"), None, parts.append, None, frozenset(), NOTHING_SETTLED)
    sheets = [part for part in parts if part.table.name == "contract_sheet" and len(part)]
    if sheets:
        returned.own = join_parts(sheets)
        returned.problems = [each for each in returned.problems if each.name != "returned_sheet_unread"]
        returned.problems += [each for each in problems if each.name not in _NOT_SAID]


# ---- where the rows stand


def _constant(text: str) -> str:
    text = text.strip()
    return text[1:-1].replace('""', '"') if len(text) > 1 and text[0] == text[-1] == '"' else ""


def _places_by_name(names: Mapping[str, str], grids: Mapping[str, Grid]) -> Iterator[tuple[str, _Place]]:
    for name in JOBS:
        rows = _reach(names.get(f"{ROWS}{name}", ""))
        if rows is None or rows.sheet not in grids:
            continue
        sheet, first = rows.sheet, rows.row
        grid, job, columns = grids[sheet], JOBS[name], dict[str, int]()
        width = max(map(len, grid.rows), default=0)
        prefix = f"{COLUMN}{name}_"
        for each in [each for each in names if each.startswith(prefix)]:
            found = _reach(names[each])
            if found and found.sheet == sheet and found.column < width:
                columns[each.removeprefix(prefix)] = found.column
                first = min(first, found.row)
        header = _header_row(grid, job, first - 2)
        if 0 <= header < len(grid.rows):
            _follow_headers(columns, job, grid.rows[header])
        if _needs(job) <= columns.keys() and header >= 0:
            yield name, _Place(sheet, header, columns)


class _Reach(NamedTuple):
    """Where a name leads: the sheet's key, the first column (from 0) and the first row (from 1)."""

    sheet: str
    column: int
    row: int


@lru_cache(maxsize=1024)  # hundreds of files that were made from one template have the same names
def _reach(text: str) -> _Reach | None:
    found = _REACH.match(text)
    return _Reach(title_key(found[1]), column_index(found[2]), int(found[3])) if found else None


def _header_row(grid: Grid, job: Job, named: int) -> int:
    """The row above the first one that a name marks, unless a program has put rows above it and left the name where it
    was: then the one that names what the job needs. Restyled headers name nothing."""
    if 0 <= named < len(grid.rows) and _fields_above(job, _shown_texts(grid.rows[named])):
        return named
    there = enumerate(grid.rows[:_SEARCHED_ROWS])
    return next((at for at, row in there if _needs(job) <= _fields_above(job, _shown_texts(row)).keys()), named)


def _follow_headers(columns: dict[str, int], job: Job, header: Sequence[Any]) -> None:
    """Some programs lose some names: columns without one are known by what stands above them. Some put columns between
    and leave the names where they were, above nothing or above what another one is: then what stands above holds."""
    shown, words = _shown_texts(header), _words(job)
    own = _fields_above(job, shown)
    moved = {field: at for field, at in own.items() if columns.get(field, at) != at}
    if moved:
        above = dict(enumerate(map(bare, shown)))
        known = {"", *(word for each in words.values() for word in each)}
        left = [columns[each] for each in moved if above.get(columns[each], "") in known - {*words[each]}]
        if left:
            columns.update(moved)
            for field in [each for each, at in columns.items() if at >= min(left) and each not in own]:
                del columns[field]
    for field, at in own.items():
        if field not in columns and at not in columns.values():
            columns[field] = at


def _shown_texts(row: Sequence[Any]) -> tuple[str, ...]:
    return tuple([value if isinstance(value, str) else "" for value in row])


@lru_cache(maxsize=64)  # hundreds of files that were made from one template have the same headers
def _fields_above(job: Job, header: tuple[str, ...]) -> Mapping[str, int]:
    """The fields that a row of texts names, and the column of each."""
    texts = _texts(header)
    found = (
        (field, next((texts[word] for word in each if word in texts), None)) for field, each in _words(job).items()
    )
    return {field: at for field, at in found if at is not None}


def _texts(row: Sequence[Any]) -> dict[str, int]:
    """Where each text of a row stands first."""
    return {bare(value): i for i, value in reversed([*enumerate(row)]) if isinstance(value, str) and bare(value)}


def _places_by_header(grid: Grid, returned: Returned) -> Iterator[tuple[str, _Place]]:
    """The job whose columns a row of the sheet names best; where one that it needs is not there, that is said."""
    best: tuple[bool, int, Job, _Place] | None = None
    for at, row in enumerate(grid.rows[:_SEARCHED_ROWS]):
        texts = _texts(row)
        for job in JOBS.values() if len(texts) > 1 else ():
            columns = {field: texts[word] for field, words in _words(job).items() for word in words if word in texts}
            whole = _needs(job) <= columns.keys()
            alike = len(columns) > 1 and len(_needs(job) - columns.keys()) == 1
            if (whole or alike) and (best is None or (whole, len(columns)) > best[:2]):
                best = whole, len(columns), job, _Place(title_key(grid.name), at, columns)
    if best is None:
        return
    whole, _, job, place = best
    lacking = [field for field in (*job.key, *job.inputs) if field not in place.columns]
    name = "returned_columns_missing" if whole else "returned_sheet_unread"
    missing = [field for field in lacking if field in job.inputs] if whole else [f for f in lacking if f in _needs(job)]
    if missing:
        address = Address("", grid.name, a1(place.header, min(place.columns.values())))
        columns_missing = Text(*(", ".join(column_label(job.table, f, lang) for f in missing) for lang in LANGUAGES))
        returned.problems.append(problem(name, address, value=job.text, columns=columns_missing))
    if whole:
        yield job.name, place


def _needs(job: Job) -> frozenset[str]:
    """The columns without which its rows say nothing."""
    return frozenset((*job.key, job.needed)) - {"contract"}


@cache
def _words(job: Job) -> dict[str, tuple[str, ...]]:
    """Field -> the header texts that name it."""
    by_word = {word: meaning[0].column for word, meaning in meanings(job.table).items() if meaning}
    found: dict[str, tuple[str, ...]] = {}
    for field_name in (*job.key, *job.inputs):
        words = [word for word, column in by_word.items() if column == field_name]
        if (job.name, field_name) in _HEADER_WORDS:
            words = [bare(word) for word in _HEADER_WORDS[job.name, field_name]]
        found[field_name] = tuple(words)
    return found


# ---- the rows


def _rows(
    returned: Returned,
    job: Job,
    place: _Place,
    grid: Grid,
    labels: frozenset[str],
    formulas: set[tuple[int, int]],
) -> ReturnedRows:
    """`formulas` are the cells to be filled in, zero-based, that hold one."""
    table = get(job.table)
    known = {field: at for field, at in place.columns.items() if field in (*job.key, *job.inputs)}
    texts = {at: table.column(field).header(LANGUAGES[0]) for field, at in known.items()}
    header = Header(table, place.header, 1, {at: field for field, at in known.items()}, texts)
    _blank_unanswered(grid, job, place)
    reader = SheetReader("", grid, Match(table, header, True), header, labels)
    records = reader.read(grid)
    reader.settle_units(records, lambda: _units(grid, place, records))
    found = [each for each in reader.problems if each.name not in ("column_missing", "rows_hidden")]
    returned.problems += found
    blank = {each.address.cell for each in found if each.name == "formula_without_result"}
    for row, at in sorted(formulas):
        if row > place.header and a1(row, at) not in blank:
            address = Address("", grid.name, a1(row, at))
            returned.problems.append(problem("formula_in_input", address, table=job.table))
    width = max(map(len, grid.rows), default=0)
    shown = {field: at for field, at in place.columns.items() if field not in job.inputs and at < width}
    rows = [grid.rows[number - 1] for number in records.rows]
    columns = [[_plain(row[at]) if at < len(row) else None for row in rows] for at in shown.values()]
    locked = [*zip(*columns, strict=True)] if columns else [() for _ in rows]
    letters = {field: column_letter(at) for field, at in place.columns.items()}
    return ReturnedRows(job.name, records, letters, tuple(shown), locked)


def _units(grid: Grid, place: _Place, records: Records) -> dict[Any, Any]:
    """The unit of each KPI, where the sheet shows it."""
    at = place.columns.get("kpi_unit")
    if at is None:
        return {}
    rows = zip(records.column("kpi"), records.rows, strict=True)
    return {kpi: grid.rows[number - 1][at] for kpi, number in rows if at < len(grid.rows[number - 1])}


def _blank_unanswered(grid: Grid, job: Job, place: _Place) -> None:
    """Rows of a job that makes new ones, in which nothing was filled in, say nothing."""
    if not job.adds:
        return
    inputs = [at for field, at in place.columns.items() if field in job.inputs]
    for i, row in enumerate(grid.rows[place.header + 1 :], place.header + 1):
        if all(at >= len(row) or _is_blank(row[at]) for at in inputs):
            grid.rows[i] = [""] * len(row)


def _is_blank(value: Any) -> bool:
    return value == "" or (isinstance(value, str) and not value.strip())


def _plain(value: Any) -> Any:
    """A cell's value as the record of what was sent has it."""
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, bool | float):
        return value
    if isinstance(value, int):
        return float(value)
    return value.isoformat()[:10] if hasattr(value, "isoformat") else value


def _formula_cells(package: Package, part: str, columns: Collection[int]) -> set[tuple[int, int]]:
    """The cells of some columns, zero-based, that hold a formula."""
    xml = package.part(part) if part else b""
    end = max(xml.rfind(b"sheetData>"), 0) or len(xml)
    found = _PLAIN_FORMULA.findall(xml, 0, end)
    if len(found) < xml.count(b"<f", 0, end) + xml.count(b":f", 0, end):  # in another form
        found = _FORMULA.findall(xml)
    letters = {column_letter(at).encode(): at for at in columns}
    return {(int(row) - 1, letters[letter]) for letter, row in found if letter in letters}


def _renamed(returned: Returned) -> Returned:
    """Problems and rows say which file they are of, as it came."""

    def named(address: Address) -> Address:
        return Address(returned.name, address.sheet, address.cell)

    returned.problems = [each.at(named(each.address)) for each in returned.problems]
    for rows in returned.rows.values():
        rows.records.file = returned.name
    return returned

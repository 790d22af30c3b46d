"""Mutated returns: a form for each of a company's managers, filled in with numbers that stand nowhere else, damaged as
people, programs and networks do; what must never happen when they are collected, and did."""

from __future__ import annotations

import io
import re
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import openpyxl
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from perfxl.core.problems import Problem, Severity
from perfxl.core.records import Tables
from perfxl.exchange.collect import Collected, Collection, collect
from perfxl.exchange.record import Record, find_records
from perfxl.exchange.send import Order, distribute
from perfxl.program import Program, from_tables
from tests.core.test_requests import QUARTER
from tests.core.test_requests import program as tables_of
from tests.fuzz.mutations import XML_MUTATIONS, ZIP_MUTATIONS, Parts

MANAGERS, PEOPLE = 20, 4  # people of each
SHEET, FIRST = "实绩填报", 5  # and the row of the first answer
INPUTS = "HIJL"  # columns that are filled in
_SILENT = frozenset(  # what is said of a file that names none of its rows
    (
        "returned_recognised",
        "returned_without_id",
        "returned_unknown",
        "seal_broken",
        "file_has_links",
        "file_has_macros",
        "returned_has_links",
        "returned_rows_missing",
        "file_is_text",
    )
)


class Mutated(NamedTuple):
    """A file as it comes back, what was done to it, and the planted answers that are left in it: sheet and row (blank
    and 0 where only its XML tells)."""

    name: str
    content: bytes
    done: str
    planted: dict[int, tuple[str, int]]


def company() -> Tables:
    """Each manager has people of their own; K1 is reported each quarter."""
    managers = [{"person": f"M{n:02}", "name": f"经理{n:02}号", "unit": "D1"} for n in range(MANAGERS)]
    people = [(f"S{n:03}", f"M{n // PEOPLE:02}") for n in range(MANAGERS * PEOPLE)]
    staff = [{"person": p, "name": f"员工{p[1:]}号", "unit": "D1", "superior": m} for p, m in people]
    dates = {"start": date(2026, 1, 1), "end": date(2026, 12, 31)}
    contracts = [{"contract": f"HT{p}", "holder": p, "issuer": m, **dates} for p, m in people]
    lines = [{"contract": f"HT{p}", "kpi": kpi, "target": 1000.0} for p, _ in people for kpi in ("K1", "K2")]
    return tables_of(people=[*managers, *staff], contracts=contracts, contract_lines=lines)


@cache
def program() -> Program:
    return from_tables(company())[0]


@cache
def _sent() -> tuple[Record, list[tuple[str, bytes]]]:
    """The record, and each form as it went out."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        result, problems = distribute(program(), place, Order(jobs=("actuals", "coaching"), within=QUARTER))
        assert not problems
        (record,) = find_records([place])
        return record, [(file.path, (place / file.path).read_bytes()) for file in result.files]


def filled(manager: int, seed: int) -> tuple[str, bytes, list[int]]:
    """A manager's form with an answer for each person, as a program writes it."""
    name, content = _sent()[1][manager]
    numbers = [700_000 + seed * PEOPLE % 90_000 + i for i in range(PEOPLE)]
    parts = _parts(content)
    part = sheet_part(parts)
    for i, number in enumerate(numbers):
        cell = rb'<c r="H%d"( s="\d+")?(?:/>|></c>)' % (FIRST + i)
        parts[part], count = re.subn(cell, rb'<c r="H%d"\1><v>%d</v></c>' % (FIRST + i, number), parts[part])
        assert count == 1
    return name, _zipped(parts), numbers


def sheet_part(parts: Parts) -> str:
    """The part of the sheet with the actuals."""
    sheet = re.search(rf'<sheet [^>]*name="{SHEET}"[^>]*r:id="(\w+)"', parts["xl/workbook.xml"].decode())
    assert sheet
    relations = parts["xl/_rels/workbook.xml.rels"].decode()
    (target,) = [tag for tag in re.findall(r"<Relationship [^>]*>", relations) if f'Id="{sheet[1]}"' in tag]
    found = re.search(r'Target="/?(?:xl/)?([^"]+)"', target)
    assert found
    return f"xl/{found[1]}"


def mutate(seed: int) -> Mutated:
    """The file of manager `seed % MANAGERS`, mutated."""
    rng = Random(seed)
    name, content, numbers = filled(seed % MANAGERS, seed)
    level = rng.choice(["cells", "cells", "xml", "xml", "zip"])
    if level == "cells":
        book = openpyxl.load_workbook(io.BytesIO(content))
        changes = [rng.choice(CELLS) for _ in range(rng.choice([1, 1, 2, 4]))]
        changes.sort(key=lambda change: change is far_cell)  # what moves cells makes all up to there: gigabytes
        done = [change(rng, book[SHEET]) for change in changes]
        out = io.BytesIO()
        book.save(out)
        planted = {
            cell.value: (sheet.title, cell.row)
            for sheet in book.worksheets
            for cell in sheet._cells.values()  # and not a million rows
            if cell.value in numbers
        }
        return Mutated(name, out.getvalue(), "; ".join(done), planted)  # type: ignore[arg-type]
    done = []
    if level == "xml":
        parts = _parts(content)
        done = [rng.choice(XML_MUTATIONS)(rng, parts) for _ in range(rng.choice([1, 1, 2]))]
        content = _zipped(parts)
    else:
        change = rng.choice(ZIP_MUTATIONS)
        content, done = change(rng, content), [change.__name__]
    return Mutated(name, content, "; ".join(done), dict.fromkeys(_left(content, numbers), ("", 0)))


def judge(first: int, count: int, folder: Path) -> list[str]:
    """What must never happen, and did, with the returns of some seeds collected at once; at most one a manager."""
    back = folder / f"back-{first}"
    back.mkdir()
    mutated = [mutate(seed) for seed in range(first, first + count)]
    for each in mutated:
        (back / each.name).write_bytes(each.content)
    order = Collection((back,), back=folder / f"marked-{first}")
    record, _ = _sent()
    collected = _collect(order, record)
    faults = []
    for seed, each in enumerate(mutated, first):
        faults += [f"seed {seed}, {each.done}: {fault}" for fault in _faults(each, collected)]
    again = _collect(order, record)
    if _told(again) != _told(collected):
        faults.append(f"seeds from {first}: collecting again says something else")
    return faults


def _collect(order: Collection, record: Record) -> Collected:
    from perfxl.exchange.record import write_record

    place = order.places[0].parent / "_下发记录"
    place.mkdir(exist_ok=True)
    write_record(place / record.batch.file, record.batch, record.files.values())
    return collect(program(), order)


def _told(collected: Collected) -> list[object]:
    return [
        [(each.code, str(each.address), each.message()) for each in collected.problems],
        [(each.table, each.row, each.column, each.new) for each in collected.merged.changes],
        [(each.table, sorted(map(str, each.values.items()))) for each in collected.merged.added],
    ]


def _faults(mutated: Mutated, collected: Collected) -> Iterator[str]:
    taken = {value for row in collected.merged.added for value in row.values.values()}
    taken |= {change.new for change in collected.merged.changes}
    of_file = [each for each in collected.problems if each.address.file == mutated.name]
    for number, (sheet, row) in mutated.planted.items():
        if number not in taken and not any(_names(each, number, sheet, row) for each in of_file):
            said = sorted({f"{each.code} {each.address.place}" for each in of_file})
            yield f"{number} ({sheet} row {row}) is lost; said: {said}"
    for each in of_file:
        if re.search(r"\{\w*\}", f"{each.message('zh')} {each.message('en')}"):
            yield f"{each.code} has a hole: {each.message('en')}"
        if "\ue000" in f"{each.message('zh')} {each.message('en')}":
            yield f"{each.code} shows a sign of our own: {each.message('en')}"


def _names(each: Problem, number: int, sheet: str, row: int) -> bool:
    if str(number) in each.message() or re.search(rf"![A-Z]+{row}\b", each.message()):
        return True
    if each.severity is Severity.NOTICE or each.name in _SILENT:
        return False
    if not each.address.sheet or each.name == "cell_far_away":  # of which nothing is read
        return True
    if sheet and each.address.sheet != sheet:
        return False
    at = int(re.sub(r"\D", "", each.address.cell) or 0)
    return at in (0, row) or at < FIRST or not row


def _left(content: bytes, numbers: list[int]) -> Iterator[int]:
    """The numbers that still stand in an input column, as far as the archive can be read."""
    try:
        parts = _parts(content)
    except Exception:  # noqa: BLE001 - then the file says so itself
        return
    for number in numbers:
        cell = re.compile(rb'r="([A-Z]+)\d+"[^<>]*><(?:x:)?v>(?:<!\[CDATA\[)?%d[<\]]' % number)
        found = [match for xml in parts.values() if (match := cell.search(xml))]
        if found and found[0][1].decode() in INPUTS:
            yield number


def _parts(content: bytes) -> Parts:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _zipped(parts: Parts) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


# ---- what people do to cells

Change = Callable[[Random, Worksheet], str]
_HEADERS: tuple[Any, ...] = ("某列", "", "工号", "实际完成值", 5)
_VALUES: tuple[Any, ...] = (
    "九十",
    "=1+1",
    "#REF!",
    True,
    -1,
    1e300,
    "1,234",
    "１２",
    " ",
    "",
    date(2026, 3, 1),
    "N/A",
    "不适用",
    "95%",
    "'5",
    "a\nb",
    '=HYPERLINK("http://x")',
)


def _row(rng: Random) -> int:
    return FIRST + rng.randrange(PEOPLE)


def _book(sheet: Worksheet) -> Workbook:
    assert sheet.parent is not None
    return sheet.parent


def put_value(rng: Random, sheet: Worksheet) -> str:
    cell = sheet.cell(_row(rng), rng.randrange(1, 13))
    cell.value = rng.choice(_VALUES)
    return f"{cell.coordinate} = {cell.value!r}"


def put_header(rng: Random, sheet: Worksheet) -> str:
    cell = sheet.cell(FIRST - 1, rng.randrange(1, 13))
    cell.value = rng.choice(_HEADERS)
    return f"header {cell.coordinate} = {cell.value!r}"


def delete_row(rng: Random, sheet: Worksheet) -> str:
    row = _row(rng)
    sheet.delete_rows(row)
    return f"delete row {row}"


def delete_column(rng: Random, sheet: Worksheet) -> str:
    column = rng.randrange(1, 13)
    sheet.delete_cols(column)
    return f"delete column {column}"


def insert(rng: Random, sheet: Worksheet) -> str:
    at = rng.randrange(1, 9)
    (sheet.insert_rows if rng.random() < 0.5 else sheet.insert_cols)(at, rng.choice([1, 3]))
    return f"insert at {at}"


def double_row(rng: Random, sheet: Worksheet) -> str:
    row = _row(rng)
    sheet.append([cell.value for cell in sheet[row]])
    return f"row {row} again at the end"


def hide(rng: Random, sheet: Worksheet) -> str:
    row = _row(rng)
    sheet.row_dimensions[row].hidden = True
    return f"hide row {row}"


def merge(rng: Random, sheet: Worksheet) -> str:
    row = _row(rng)
    reach = rng.choice([f"A{row}:A{row + 1}", f"H{row}:I{row}", f"H{row}:H{row + 1}"])
    sheet.merge_cells(reach)
    return f"merge {reach}"


def rename(rng: Random, sheet: Worksheet) -> str:
    _book(sheet).create_sheet("新表" if rng.random() < 0.5 else "1")
    return "another sheet"


def copy(rng: Random, sheet: Worksheet) -> str:
    _book(sheet).copy_worksheet(sheet)
    return "copy the sheet"


def nameless(rng: Random, sheet: Worksheet) -> str:
    names = _book(sheet).defined_names
    for name in list(names):
        if rng.random() < rng.choice([0.1, 1.0]):
            del names[name]
    return "without names"


def blank_key(rng: Random, sheet: Worksheet) -> str:
    cell = sheet.cell(_row(rng), rng.choice([1, 3, 6]))
    cell.value = rng.choice([None, "S999", "  ", 5])
    return f"key {cell.coordinate} = {cell.value!r}"


def far_cell(rng: Random, sheet: Worksheet) -> str:
    place = rng.choice(["XFD1048576", "A1048576", "XFD9", "AZ300"])
    sheet[place] = 1
    return f"a cell at {place}"


CELLS: tuple[Change, ...] = (
    *(put_value,) * 4,
    *(
        put_header,
        delete_row,
        delete_column,
        insert,
        double_row,
        hide,
        merge,
        rename,
        copy,
        nameless,
        blank_key,
        far_cell,
    ),
)

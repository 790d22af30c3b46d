"""Parts that are no XML: an error, whole and in blocks, and never some of the rows without a word."""

from __future__ import annotations

import re
from pathlib import Path
from random import Random

import pytest

from perfxl.workbook.reading.read import read_book, read_large_book
from tests.fuzz.books import MARK, Book, parts, program_book, zipped

EDITS: list[tuple[str, str, str]] = [
    ("sheet", "</row>", "</rw>"),
    ("sheet", "</row>", ""),
    ("sheet", "</c>", "</v>"),
    ("sheet", '<c r="A3"', '<cr="A3"'),
    ("sheet", "<v>", "<v><"),
    ("sheet", "</v>", "</v>&"),
    ("sheet", "</v>", "</v>&nbsp;"),
    ("sheet", "<sheetData>", "<sheetData><sheetData>"),
    ("sheet", "</sheetData>", "</sheetData></x>"),
    ("sheet", "</sheetData>", ""),
    ("sheet", '<c r="B3"', '<c r="B2"'),
    ("sheet", '<row r="3"', '<row r="3" r="3"'),
    ("sharedStrings", "</si>", "</s>"),
    ("sharedStrings", "</si>", ""),
    ("sharedStrings", "</t>", "</t"),
    ("sharedStrings", "<si>", "<i>"),
    ("styles", "<cellXfs", "<cellXfs <"),
    ("workbook.xml", "</sheets>", "</sheet>"),
    ("workbook.xml", "<sheet name=", "<sheet-name="),
]


def edited(part: str, old: str, new: str) -> bytes:
    """A program whose last part of this kind has one of the texts changed, half way."""
    made = parts(program_book(12, 1), shared=True)
    name = [name for name in made if part in name and name.endswith(".xml")][-1]
    text = made[name].decode()
    places = [at for at in range(len(text)) if text.startswith(old, at)]
    at = places[len(places) // 2]
    made[name] = (text[:at] + new + text[at + len(old) :]).encode()
    return zipped(made)


@pytest.mark.parametrize("read", [read_book, read_large_book])
@pytest.mark.parametrize(("part", "old", "new"), EDITS)
def test_what_is_no_xml_is_an_error(read: object, part: str, old: str, new: str, tmp_path: Path) -> None:
    path = tmp_path / "program.xlsx"
    path.write_bytes(edited(part, old, new))
    tables, _, problems = read(path)  # type: ignore[operator]
    assert not tables
    assert [problem.code for problem in problems] == ["F108"]


@pytest.mark.parametrize("read", [read_book, read_large_book])
@pytest.mark.parametrize("kind", ["workshet", "chart"])
def test_a_sheet_of_an_unknown_kind_is_named(read: object, kind: str, tmp_path: Path) -> None:
    made = parts(program_book(12, 1), shared=True)
    relations = made["xl/_rels/workbook.xml.rels"]
    made["xl/_rels/workbook.xml.rels"] = relations.replace(b"/worksheet", f"/{kind}".encode(), 1)
    path = tmp_path / "program.xlsx"
    path.write_bytes(zipped(made))
    _, _, problems = read(path)  # type: ignore[operator]
    assert "sheet_part_missing" in [problem.name for problem in problems]


@pytest.mark.parametrize("read", [read_book, read_large_book])
def test_a_workbook_whose_sheets_are_all_missing_says_so(read: object, tmp_path: Path) -> None:
    made = parts(program_book(12, 1), shared=True)
    for name in [name for name in made if "worksheets" in name]:
        del made[name]
    path = tmp_path / "program.xlsx"
    path.write_bytes(zipped(made))
    tables, _, problems = read(path)  # type: ignore[operator]
    assert not tables
    assert "sheet_part_missing" in [problem.name for problem in problems]


@pytest.fixture(scope="module")
def book() -> Book:
    return program_book(12, 1)


def texts(tables: object) -> set[str]:
    return {
        value
        for records in tables.values()  # type: ignore[attr-defined]
        for values in (*records.columns.values(), *records.extra.values())
        for value in values
        if isinstance(value, str)
    }


@pytest.mark.parametrize("seed", range(40))
def test_a_byte_more_or_less_is_an_error_or_nothing_is_lost(seed: int, book: Book, tmp_path: Path) -> None:
    """Also: the file held whole and the file read in blocks say the same."""
    rng, made = Random(seed), parts(book, shared=bool(seed % 2))
    name = rng.choice([name for name in made if name.startswith("xl/") and name.endswith(".xml")])
    xml = made[name]
    places = [at for at in range(len(xml)) if xml[at : at + 1] in b'<>/="cvrsti'] if b"<row" in xml else range(len(xml))
    at = rng.choice([at for at in places if MARK.encode() not in xml[max(at - 8, 0) : at + 8]])
    extra = rng.choice([b"", b"<", b">", b"/", b'"', b"=", b"&", b" ", b"x"])
    made[name] = xml[:at] + extra + xml[at + (0 if extra else 1) :]
    path = tmp_path / "program.xlsx"
    path.write_bytes(zipped(made))
    tables, _, problems = read_book(path)
    again, _, other = read_large_book(path)
    assert list(map(repr, problems)) == list(map(repr, other))
    assert texts(tables) == texts(again)
    errors = [problem for problem in problems if problem.severity.name == "ERROR"]
    if not errors:
        found = "\n".join(texts(tables))
        cells = [(problem.address.sheet, re.sub(r"\D", "", problem.address.cell)) for problem in problems]
        sheets = {sheet for sheet, row in cells if row in ("", "1")}
        for planted, (sheet, row) in book.planted().items():
            assert planted in found or sheet in sheets or (sheet, str(row)) in cells

"""Tables with more records than a sheet has rows: further sheets, read back as one table. A sheet is short here."""

from __future__ import annotations

import re
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfxl.core.records import Records, from_rows, join_parts
from perfxl.core.schema import get, template_tables
from perfxl.sample import program
from perfxl.workbook.program import layout
from perfxl.workbook.program.book import write_program
from perfxl.workbook.program.layout import FIRST_ROW, INDEX_SHEETS, SHEET_ROWS, list_object_name, sheets_of, table_name
from perfxl.workbook.reading.read import read_book
from tests.workbook.office import format_errors

LANGUAGES = ("zh", "en")
ROWS = 63
ROOM = ROWS - FIRST_ROW


@pytest.fixture
def short_sheets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "SHEET_ROWS", ROWS)


def parts_of(count: int) -> list[int]:
    """How many records each sheet of a table with so many holds."""
    return [min(ROOM, count - start) for start in range(0, max(count, 1), ROOM)]


def people(count: int) -> Records:
    return from_rows("people", [{"person": f"E{i}", "name": f"员工{i}"} for i in range(count)])


@pytest.mark.usefixtures("short_sheets")
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_program_on_further_sheets_reads_back_the_same(lang: str, tmp_path: Path) -> None:
    written = program(30, 7, lang)
    write_program(tmp_path / "book.xlsx", written, lang)
    read, info, problems = read_book(tmp_path / "book.xlsx")
    spread = {name for name, records in written.items() if len(records) > ROOM}
    assert {"actuals", "contract_lines"} <= spread
    assert {(found.code, found.table) for found in problems} == {("S119", name) for name in spread}
    for name in written.keys() - {"policy"}:  # completed by the defaults
        records = written[name]
        for column in records.table.columns:
            assert read[name].column(column.name) == records.column(column.name), f"{name}.{column.name}"
        sheets = [sheet.records for sheet in info.sheets if sheet.table == name]
        assert sheets == parts_of(len(records))


@given(st.integers(0, 25), st.integers(1, 9), st.sets(st.integers(0, 24)))
def test_the_sheets_of_a_table_hold_its_records_in_order(count: int, room: int, marked: set[int]) -> None:
    records = Records(
        get("actuals"), {"holder": [f"E{i}" for i in range(count)], "value": [i / 7 for i in range(count)]}
    )
    records.percent["value"] = {i for i in marked if i < count}
    records.extra["备注"] = list(range(count))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(layout, "SHEET_ROWS", FIRST_ROW + room)
        sheets = sheets_of(get("actuals"), records, "zh")
    assert [len(sheet.records) for sheet in sheets[:-1]] == [room] * (len(sheets) - 1)
    assert len(sheets[-1].records) <= room
    assert len(sheets) == 1 or len(sheets[-1].records) > 0
    again = join_parts([sheet.records for sheet in sheets])
    assert (again.columns, again.extra) == (records.columns, records.extra)
    assert again.percent.get("value", set()) == records.percent["value"]


@pytest.mark.usefixtures("short_sheets")
@pytest.mark.parametrize(("count", "sheets"), [(ROOM, ["人员"]), (ROOM + 1, ["人员", "人员 (2)"])])
def test_a_further_sheet_begins_when_the_last_row_is_taken(count: int, sheets: list[str], tmp_path: Path) -> None:
    write_program(tmp_path / "book.xlsx", {"people": people(count)}, blank_rows=0)
    book = openpyxl.load_workbook(tmp_path / "book.xlsx")
    assert [name for name in book.sheetnames if name.startswith("人员")] == sheets
    assert book["人员"].cell(ROWS, 1).value == f"E{ROOM - 1}"
    assert [book[name]["A4"].value for name in sheets] == [f"E{i * ROOM}" for i in range(len(sheets))]


@pytest.mark.usefixtures("short_sheets")
@pytest.mark.parametrize("lang", LANGUAGES)
def test_further_sheets_are_made_like_the_first(lang: str, tmp_path: Path) -> None:
    written = program(30, 7, lang)
    write_program(tmp_path / "book.xlsx", written, lang)
    book = openpyxl.load_workbook(tmp_path / "book.xlsx")
    for name in ("actuals", "marks"):
        table = get(name)
        first = book[table.title(lang)]
        count = len(parts_of(len(written[name])))
        for part in range(2, count + 1):
            title = f"{table.title(lang)} ({part})"
            sheet = book[title]
            assert sheet["A1"].value == title
            assert [cell.value for cell in sheet[3]] == [cell.value for cell in first[3]]
            assert [rule.formula1 for rule in sheet.data_validations.dataValidation] == [
                rule.formula1 for rule in first.data_validations.dataValidation
            ]
            assert list(sheet.tables) == [list_object_name(name, part)]
            ((place, _),) = book.defined_names[table_name(name, part)].destinations
            assert place == title
        assert table_name(name, count + 1) not in book.defined_names


@pytest.mark.usefixtures("short_sheets")
@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_index_lists_every_sheet_with_its_rows(lang: str, tmp_path: Path) -> None:
    written = program(30, 7, lang)
    write_program(tmp_path / "book.xlsx", written, lang)
    formulas, values = (
        openpyxl.load_workbook(tmp_path / "book.xlsx", data_only=shown)[INDEX_SHEETS(lang)] for shown in (False, True)
    )
    listed = [
        (row[2].value, row[2].hyperlink.location, row[7].value, values[row[7].coordinate].value)
        for row in formulas.iter_rows()
        if row[2].hyperlink
    ]
    expected = []
    for table in template_tables():
        if table.name in ("policy", "grade_bands", "grade_tables"):  # prefilled
            continue
        for part, count in enumerate(parts_of(len(written[table.name])), 1):
            title = table.title(lang) + (f" ({part})" if part > 1 else "")
            expected.append((title, f"'{title}'!A1", f"=COUNTA('{title}'!$A$4:$A${ROWS})", count))
    assert [entry for entry in listed if entry in expected] == expected
    assert len(listed) == len(expected) + 3


@pytest.mark.usefixtures("short_sheets")
def test_nothing_reaches_below_the_last_row_of_a_sheet(tmp_path: Path) -> None:
    write_program(tmp_path / "book.xlsx", program(30, 7))
    book = openpyxl.load_workbook(tmp_path / "book.xlsx")
    spans = [found.attr_text for found in book.defined_names.values()]
    spans += [row[7].value for row in book[INDEX_SHEETS("zh")].iter_rows() if row[2].hyperlink]
    for sheet in book.worksheets[1:]:
        spans += [table.ref for table in sheet.tables.values()]
        spans += [str(rule.sqref) for rule in sheet.data_validations.dataValidation]
        spans += [str(area.sqref) for area in sheet.conditional_formatting]
    rows = [int(row) for span in spans for row in re.findall(r":\$?[A-Z]{1,2}\$?(\d+)", span)]
    assert max(rows) == ROWS


@pytest.mark.usefixtures("short_sheets")
def test_the_file_is_valid(tmp_path: Path) -> None:
    write_program(tmp_path / "book.xlsx", program(12, 3), blank_rows=0)
    assert format_errors(tmp_path / "book.xlsx") == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_titles_leave_room_for_a_number(lang: str) -> None:
    """Excel's sheet names have 31 characters at most."""
    assert max(len(f"{table.title(lang)} (99)") for table in template_tables()) <= 31


def test_a_sheet_is_as_long_as_excels() -> None:
    assert SHEET_ROWS == 2**20

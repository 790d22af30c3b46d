"""Cells whose XML makes no sense: a value where there is one to be had, else one problem at the cell; the other rows
are read all the same, the sheet whole or in blocks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from perfxl.core.official import touches_everybody
from perfxl.core.problems import Problem
from perfxl.core.records import Records
from perfxl.tables.sheets import ReadInfo
from perfxl.workbook.reading.read import read_book, read_large_book
from tests.workbook.books import MAIN, PERCENT_STYLES, package, sheet_xml, text_row
from tests.workbook.test_read_sheets import places

ReadFile = Callable[[Path], tuple[dict[str, Records], ReadInfo, list[Problem]]]
HEADER = ("工号", "指标编号", "期间", "实际完成值")
STRINGS = f'<sst xmlns="{MAIN}"><si><t>7</t></si><si><t>8</t></si></sst>'
RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    + "".join(
        f'<Relationship Id="{key}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}"'
        f' Target="{to}"/>'
        for key, kind, to in (
            ("rId1", "worksheet", "worksheets/sheet1.xml"),
            ("rId2", "styles", "styles.xml"),
            ("rId3", "sharedStrings", "sharedStrings.xml"),
        )
    )
    + "</Relationships>"
)
UNREADABLE = [
    ' t="s"><v>z</v></c>',
    ' t="s"><v>2</v></c>',
    ' t="s"><v>-1</v></c>',
    ' t="s"><v>1.0</v></c>',
    ' t="s"><v>99999999999999999999999</v></c>',
    ' s="0" t="s"><v>z</v></c>',
    ' t="s"><f>A1</f><v>z</v></c>',
    ' t="s"><v></v></c>',
    ' t="s"><v/></c>',
    ' s="0" t="s"><v> </v></c>',
    ' t="b"><v>2</v></c>',
    ' t="b"><v>x</v></c>',
    ' t="zzz"><v>5</v></c>',
    ' t=""><v>5</v></c>',
    ' t="n"><v>abc</v></c>',
    "><v>NaN</v></c>",
    "><v>0x10</v></c>",
    "><v>1_0</v></c>",
    "><v>1,5</v></c>",
    "><v>5</v><v>6</v></c>",
    "><x><v>7</v></x></c>",
]
READ = [
    (' t="s"><v> 1 </v></c>', 8.0),
    (' t="s"><v>+1</v></c>', 8.0),
    (' t="inlineStr"><v>9</v></c>', 9.0),
    (' t="n"><v> 5 </v></c>', 5.0),
    (' s="99"><v>5</v></c>', 5.0),
    (' s="x"><v>5</v></c>', 5.0),
    (' t="inlineStr"/>', None),
    (' t="s"/>', None),
    (' t="e"/>', None),
    (' t="b"/>', None),
]


def read(
    tmp_path: Path, cell: str, large: bool, shared: bool = True, styles: str = PERCENT_STYLES
) -> tuple[list[Any], Any]:
    """The actuals of three rows, the second with this cell, and the problems."""
    rows = text_row(1, *HEADER) + "".join(
        text_row(i, "E1", f"K{i}", "2025-01").replace(
            "</row>", f'<c r="D{i}"{cell if i == 3 else "><v>1</v></c>"}</row>'
        )
        for i in (2, 3, 4)
    )
    parts = {"xl/sharedStrings.xml": STRINGS, "xl/_rels/workbook.xml.rels": RELATIONS} if shared else {}
    parts["xl/styles.xml"] = styles
    path = package(tmp_path / "a.xlsx", sheet_xml(rows), parts, name="实绩")
    book, _, problems = (read_large_book if large else read_book)(path)
    assert book, problems
    return book["actuals"].column("value"), problems


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("cell", UNREADABLE)
def test_what_makes_no_sense_is_named_at_its_cell(tmp_path: Path, cell: str, large: bool) -> None:
    values, problems = read(tmp_path, cell, large)
    assert values == [1.0, None, 1.0]
    assert places(problems) == [("V131", "实绩", "D3")]


@pytest.mark.parametrize("large", [False, True])
def test_a_string_of_a_workbook_without_any(tmp_path: Path, large: bool) -> None:
    values, problems = read(tmp_path, ' t="s"><v>0</v></c>', large, shared=False)
    assert values == [1.0, None, 1.0]
    assert places(problems) == [("V131", "实绩", "D3")]


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize(("cell", "value"), READ)
def test_what_can_be_read_is(tmp_path: Path, cell: str, value: float | None, large: bool) -> None:
    values, problems = read(tmp_path, cell, large)
    assert values == [1.0, value, 1.0]
    assert not [each for each in problems if each.name == "cell_unreadable"]


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("style", [1, 2])
@pytest.mark.parametrize("number", ["-1E13", "1E9", "9999999999", "1E+300", "-1E+300", "1E999"])
def test_a_number_beyond_all_dates_where_dates_stand(tmp_path: Path, number: str, style: int, large: bool) -> None:
    """The reader's library gave up the whole file, and the program with it."""
    formats = '<xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="46"/>'  # a date, and hours beyond 24
    styles = f'<styleSheet xmlns="{MAIN}"><cellXfs>{formats}</cellXfs></styleSheet>'
    values, _ = read(tmp_path, f' s="{style}"><v>{number}</v></c>', large, styles=styles)
    assert values == [1.0, values[1], 1.0]
    assert values[1] in (float(number), None)  # what is no number is named


def test_text_columns_have_no_room_for_it_either(tmp_path: Path) -> None:
    rows = text_row(1, *HEADER) + '<row r="2"><c r="A2" t="s"><v>z</v></c></row>'
    _, _, problems = read_book(package(tmp_path / "a.xlsx", sheet_xml(rows), name="实绩"))
    assert ("V131", "实绩", "A2") in places(problems)


@pytest.mark.parametrize("read_file", [read_book, read_large_book])
@pytest.mark.parametrize("cell", [' t="s"><v></v></c>', ' t="s"><v>7</v></c>', "><f>A1</f></c>"])
def test_a_header_that_cannot_be_read_is_no_column_that_is_not_used(
    tmp_path: Path, cell: str, read_file: ReadFile
) -> None:
    """Nobody knows what stands below it: an error for everybody whom the table concerns."""
    rows = text_row(1, *HEADER).replace("</row>", f'<c r="E1"{cell}</row>')
    rows += text_row(2, "E1", "K1", "2025-01", "5", "7")
    parts: dict[str, str | bytes] = {"xl/sharedStrings.xml": STRINGS, "xl/_rels/workbook.xml.rels": RELATIONS}
    tables, _, problems = read_file(package(tmp_path / "a.xlsx", sheet_xml(rows), parts, name="实绩"))
    assert places(problems)[0] == ("S250", "实绩", "E1")
    assert touches_everybody(problems[0])
    assert tables["actuals"].extra == {"E": ["7"]}


@pytest.mark.parametrize("read_file", [read_book, read_large_book])
@pytest.mark.parametrize(
    "twins",
    [
        '<c r="D2"><v>1</v></c><c r="D2"><v>2</v></c>',
        '<c r="D2"><v>1</v></c><c r="E2"><v>2</v></c><c r="D2" t="str"><v>3</v></c>',
        '<c r="D2"><v>1</v></c></row><row r="2"><c r="D2"><v>2</v></c>',
        '<c s="0" r="D2"><v>1</v></c><c r="d2"><v>2</v></c>',
    ],
)
def test_two_cells_of_one_address_make_a_damaged_file(tmp_path: Path, twins: str, read_file: ReadFile) -> None:
    """One of them would take the other's place, and nobody could say which is meant."""
    rows = text_row(1, *HEADER) + text_row(2, "E1", "K1", "2025-01").replace("</row>", f"{twins}</row>")
    tables, _, problems = read_file(package(tmp_path / "a.xlsx", sheet_xml(rows), name="实绩"))
    assert tables == {}
    assert [each.code for each in problems] == ["F108"]


@pytest.mark.parametrize("read_file", [read_book, read_large_book])
def test_a_blank_twin_does_no_harm(tmp_path: Path, read_file: ReadFile) -> None:
    twins = '<c r="D2" s="0"/><c r="D2"><v>1</v></c><c r="D2"></c>'
    rows = text_row(1, *HEADER) + text_row(2, "E1", "K1", "2025-01").replace("</row>", f"{twins}</row>")
    tables, _, problems = read_file(package(tmp_path / "a.xlsx", sheet_xml(rows), name="实绩"))
    assert (tables["actuals"].column("value"), problems) == ([1.0], [])

"""What a file costs is bounded by what it holds, all its sheets together; what is more is one problem."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from perfxl.ooxml.package import open_package
from perfxl.workbook.reading import sheet_xml as xml_of_sheets
from perfxl.workbook.reading import skeleton
from perfxl.workbook.reading.grids import read_grids
from perfxl.workbook.reading.read import read_book, stream_book
from tests.workbook.books import MAIN, PEOPLE, package, person, save, sheet_xml, text_row

CASES = Path(__file__).parent.parent / "data" / "trust"
GOOD = text_row(1, *PEOPLE) + text_row(2, *person(1))


def codes(path: Path) -> list[str]:
    """The codes of an unusable file, the same in both ways of reading."""
    book, _, problems = read_book(path)
    _, streamed = stream_book(path, {"people"}, lambda _: None)
    assert book == {} and streamed == problems
    return [one.code for one in problems]


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="no /proc here to tell the memory of a process")
def test_far_cells_in_many_sheets_are_one_problem_in_little_memory() -> None:
    code = (
        "import sys; from perfxl.workbook.reading.read import read_book; found = read_book(sys.argv[1])[2];"
        "print([one.code for one in found], open('/proc/self/status').read().split('VmHWM:')[1].split()[0])"
    )
    path = CASES / "multi8_far_cells.xlsx"
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    found, memory = done.stdout.rsplit(" ", 1)
    assert found == "['F111']"
    assert int(memory) < 300 * 2**10  # KiB


def test_a_stray_cell_widens_no_row() -> None:
    grids, _ = read_grids(open_package(CASES / "stray_XFD1_in_each_sheet.xlsx"))
    assert max(len(row) for grid in grids for row in grid.rows) < 100
    assert all(grid.strays == (1, ("XFD1",)) for grid in grids if len(grid.rows) > 1)


@pytest.mark.parametrize("row", [1, 2, 40])
def test_stray_cells_are_named_in_both_ways(tmp_path: Path, row: int) -> None:
    rows = [PEOPLE, *map(person, range(60))]
    path = save(tmp_path / "a.xlsx", {"人员": rows})
    import openpyxl

    book = openpyxl.load_workbook(path)
    book["人员"].cell(row, 16384, "x")
    book.save(path)
    tables, _, problems = read_book(path)
    _, streamed = stream_book(path, {"people"}, lambda _: None)
    assert len(tables["people"]) == 60
    assert streamed == problems
    assert [(one.code, one.address.cell) for one in problems] == [("S128", f"XFD{row}")]


def test_too_many_strings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(skeleton, "MAX_STRINGS", 1000)
    strings = f'<sst xmlns="{MAIN}">{"<si/>" * 1001}</sst>'
    assert codes(package(tmp_path / "a.xlsx", sheet_xml(GOOD), {"xl/sharedStrings.xml": strings})) == ["F109"]


def test_too_many_merges_and_such_as_overlap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    merged = '<mergeCells><mergeCell ref="A1:A1048576"/>{}</mergeCells>'
    xml = sheet_xml(GOOD).replace("</worksheet>", merged.format('<mergeCell ref="A1:D900"/>' * 5000) + "</worksheet>")
    assert codes(package(tmp_path / "a.xlsx", xml)) == ["F108"]
    monkeypatch.setattr(xml_of_sheets, "MAX_MERGES", 3)
    xml = sheet_xml(GOOD).replace("</worksheet>", merged.format('<mergeCell ref="B5:B6"/>' * 3) + "</worksheet>")
    assert codes(package(tmp_path / "a.xlsx", xml)) == ["F108"]


def test_unknown_sheets_and_headers_are_counted(tmp_path: Path) -> None:
    sheets = {f"表{i}": [["a", "b"], [1, 2]] for i in range(40)}
    head = [*PEOPLE, *(f"列{i}" for i in range(300)), *["姓名"] * 50]
    path = save(tmp_path / "a.xlsx", {"人员": [head, person(1)], **sheets})
    _, _, problems = read_book(path)
    assert len(problems) < 8
    assert {one.details["count"] for one in problems if one.name.startswith("more_")} == {40, 50}
    assert all(len(one.message("zh")) < 400 for one in problems)


def test_blank_rows_of_a_form_that_are_merged_for_later(tmp_path: Path) -> None:
    """3,000 of them below the table were called damage: ranges may not overlap, and these cover more than is filled."""
    merged = "".join(f'<mergeCell ref="A{row}:H{row}"/>' for row in range(100, 3100))
    xml = sheet_xml(GOOD).replace("</worksheet>", f"<mergeCells>{merged}</mergeCells></worksheet>")
    path = package(tmp_path / "a.xlsx", xml)
    book, _, problems = read_book(path)
    assert len(book["people"]) == 1 and not problems
    assert not stream_book(path, {"people"}, lambda _: None)[1]


def test_rows_above_a_cell_far_below_are_one_row(tmp_path: Path) -> None:
    """A title merged across had a million rows made, of which each was judged twice: seconds for a form with a stray
    cell at A1048576."""
    merged = '<mergeCells count="2"><mergeCell ref="A1:D1"/><mergeCell ref="A40:A42"/></mergeCells>'
    xml = sheet_xml(GOOD + text_row(1048576, "x")).replace("</worksheet>", f"{merged}</worksheet>")
    (grid,), _ = read_grids(open_package(package(tmp_path / "a.xlsx", xml)))
    assert len(grid.rows) == 1048576 and grid.rows[-1][0] == "x"
    assert len({id(row) for row in grid.rows}) == 2 + 3 + 1 + 1  # filled, merged, the one between, the last

"""A workbook that is saved encrypted is read through Excel, and the same comes of it."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from perfxl.outputs import read_mark
from perfxl.program import load
from perfxl.ribbon.cell_copy import copy_cells
from perfxl.ribbon.live_book import LiveBook
from tests.core import clean_program
from tests.excel import com_excel
from tests.excel.ribbon_books import click, open_live, titles, write_broken, write_sheets


@pytest.fixture(params=[b"\xd0\xcf\x11\xe0 with a password", b"\x13E-SafeNet by the company", b""])
def encrypted(request: Any, tmp_path: Path) -> LiveBook:
    """A workbook in Excel of which no other program can read a copy."""
    path = write_broken(tmp_path)
    com = com_excel.workbook(path)
    save = lambda copy: Path(copy).write_bytes(request.param)  # noqa: E731
    com._extras["Workbook"]["SaveCopyAs"] = save
    return LiveBook(com)


def test_what_is_found_is_the_same(encrypted: LiveBook, tmp_path: Path) -> None:
    elsewhere = tmp_path / "别处"
    elsewhere.mkdir()
    plain = open_live(write_broken(elsewhere))
    for name in ("check", "score"):
        assert click(name, encrypted).replace(str(tmp_path), "") == click(name, plain).replace(str(elsewhere), "")
    assert encrypted.marked() == plain.marked() and titles(encrypted) == titles(plain)


def test_cells_are_read_as_they_are_shown(tmp_path: Path) -> None:
    """Percentages, dates, formulas with results, errors, merged cells, hidden rows."""
    path = write_sheets(tmp_path / "方案.xlsx", clean_program.rows())
    changed = load_workbook(path)
    sheet = changed["合同指标"]
    sheet["K1"], sheet["K2"], sheet["K4"] = "合并", 0.25, "007"
    sheet["K2"].number_format, sheet["K4"].number_format = "0%", "@"
    sheet["K6"] = True
    sheet.merge_cells("K1:L1")
    sheet.row_dimensions[3].hidden = True
    changed.save(path)
    book = com_excel.workbook(path)
    for cell, formula in (("K3", "=1+1"), ("K5", "=NA()")):  # typed, so that the model calculates them
        book.Worksheets("合同指标").Range(cell).Formula = formula
    copy_cells(book, tmp_path / "copy.xlsx")
    copied = load_workbook(tmp_path / "copy.xlsx")
    lines = copied["合同指标"]
    assert (lines["K2"].value, lines["K2"].number_format) == (0.25, "0%")
    assert lines["K3"].value == "=1+1" and lines["K4"].value == "007" and lines["K6"].value is True
    assert [str(merged) for merged in lines.merged_cells.ranges] == ["K1:L1"] and lines["K1"].value == "合并"
    assert lines.row_dimensions[3].hidden
    results = load_workbook(tmp_path / "copy.xlsx", data_only=True)["合同指标"]
    assert results["K3"].value == 2 and results["K5"].value == "#N/A"
    one, other = load(path)[0], load(tmp_path / "copy.xlsx")[0]
    for table, records in one.tables.items():
        columns = {name: records.column(name) for name in records.columns}
        assert columns == {name: other.tables[table].column(name) for name in records.columns}, table
        assert [records.address(i).cell for i in range(len(records))] == [
            other.tables[table].address(i).cell for i in range(len(records))
        ]


def test_dates_count_from_the_same_day(tmp_path: Path) -> None:
    """Cells come as numbers: of a workbook of the Mac's, a day would be another one four years before."""
    path = write_sheets(tmp_path / "方案.xlsx", clean_program.rows())
    mac = load_workbook(path)
    mac.epoch = CALENDAR_MAC_1904
    mac.save(path)
    com = com_excel.workbook(path)
    com._extras["Workbook"]["Date1904"] = True
    copy_cells(com, tmp_path / "copy.xlsx")
    one, other = (load(each)[0].tables["contracts"].column("start") for each in (path, tmp_path / "copy.xlsx"))
    assert one == other and any(one)


def test_a_result_is_known_as_a_result(tmp_path: Path) -> None:
    """Read as a program, a score workbook would give other figures."""
    book = open_live(write_broken(tmp_path))
    click("score", book)
    made = book.folder() / "方案-得分.xlsx"
    mark = read_mark(made)
    assert mark is not None
    com = com_excel.workbook(made)
    value = f"{mark.kind} {mark.version} {mark.hash} {mark.source}"
    com._extras["Workbook"]["CustomDocumentProperties"] = lambda name: SimpleNamespace(Value=value)
    com._extras["Workbook"]["SaveCopyAs"] = lambda copy: Path(copy).write_bytes(b"?")
    copy = LiveBook(com).save_copy(tmp_path)
    again = read_mark(copy)
    assert again is not None and (again.kind, again.source) == ("score", "方案.xlsx")

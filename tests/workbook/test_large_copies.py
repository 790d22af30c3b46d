"""A large sheet is marked while it is copied: the copy is the one that is made of a sheet held whole."""

from __future__ import annotations

import re
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest

from perfxl.core.problems import Address, Problem, problem
from perfxl.sample import program
from perfxl.workbook.patch import large_sheet
from perfxl.workbook.program.book import write_program
from perfxl.workbook.reading import cut
from perfxl.workbook.report import write_report


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("large") / "方案.xlsx"
    write_program(path, program(20, 5))
    return path


def wrong(file: Path) -> list[Problem]:
    """In the first row, in the last, in cells that are not there, below all rows, of two sheets; none of the third."""
    cells = {"实绩": ("A1", "D2", "C40", "C41", "AB41", "D30000"), "合同指标": ("A2", "E7")}
    return [
        problem("not_a_number", Address(file.name, sheet, cell), value="x", table="actuals", column="value")
        for sheet, places in cells.items()
        for cell in places
    ]


def parts(workbook: Path) -> dict[str, bytes]:
    with ZipFile(workbook) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist() if not name.startswith("docProps/")}


def test_the_same_copy(sound: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not write_report(sound, wrong(sound), tmp_path / "whole.xlsx")
    monkeypatch.setattr(large_sheet, "LARGE", 1)
    monkeypatch.setattr("perfxl.workbook.report.LARGE", 1)
    monkeypatch.setattr(cut, "BLOCK", 3_000)
    assert not write_report(sound, wrong(sound), tmp_path / "large.xlsx")
    whole, large = parts(tmp_path / "whole.xlsx"), parts(tmp_path / "large.xlsx")
    assert list(large) == list(whole)
    assert {name: without_formats(xml) for name, xml in large.items()} == {
        name: without_formats(xml) for name, xml in whole.items()
    }
    assert formats(tmp_path / "large.xlsx") == formats(tmp_path / "whole.xlsx")
    marked = openpyxl.load_workbook(tmp_path / "large.xlsx")["实绩"]
    assert len({marked[cell].fill.fgColor.rgb for cell in ("A1", "C40", "AB41", "D30000")}) == 1
    assert marked["D3"].fill.fgColor.rgb != marked["D2"].fill.fgColor.rgb


def without_formats(xml: bytes) -> bytes:
    """Formats have other numbers where they were added in another order."""
    return b"" if b"<cellXfs" in xml else re.sub(rb' s="\d+"', b"", xml)


def formats(workbook: Path) -> list[tuple[str, str, str, str, bool]]:
    return [
        (sheet.title, cell.coordinate, cell.number_format, str(cell.fill.fgColor.rgb), bool(cell.font.b))
        for sheet in openpyxl.load_workbook(workbook)
        for row in sheet.iter_rows(max_row=60)
        for cell in row
    ]


def test_a_form_that_is_not_cut(sound: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows in a comment are none: such a sheet is patched as a whole."""
    odd = tmp_path / "odd.xlsx"
    with ZipFile(sound) as old, ZipFile(odd, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"<sheetData>", b'<sheetData><!--<row r="1"/>-->'))
    monkeypatch.setattr(large_sheet, "LARGE", 1)
    monkeypatch.setattr("perfxl.workbook.report.LARGE", 1)
    assert not write_report(odd, wrong(odd), tmp_path / "out.xlsx")
    marked = openpyxl.load_workbook(tmp_path / "out.xlsx")["实绩"]
    assert marked["D2"].fill.fill_type == "solid" and marked["A1"].value


def test_what_is_not_touched_lies_there_as_before(sound: Path, tmp_path: Path) -> None:
    """Unpacking and packing again all that is the same took most of the time."""
    assert not write_report(sound, wrong(sound), tmp_path / "out.xlsx")
    with ZipFile(sound) as old, ZipFile(tmp_path / "out.xlsx") as new:
        for name in ("xl/sharedStrings.xml", "xl/theme/theme1.xml"):
            facts = [(each.CRC, each.compress_size, each.date_time) for each in (old.getinfo(name), new.getinfo(name))]
            assert facts[0] == facts[1]


def test_a_part_that_is_not_touched_and_damaged_is_no_copy(sound: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.xlsx"
    content = bytearray(sound.read_bytes())
    with ZipFile(sound) as archive:
        theme = archive.getinfo("xl/theme/theme1.xml")
    content[theme.header_offset + 30 + len(theme.filename) + 40] ^= 0xFF
    damaged.write_bytes(content)
    assert [each.code for each in write_report(damaged, wrong(damaged), tmp_path / "out.xlsx")] == ["F108"]
    assert not (tmp_path / "out.xlsx").exists()

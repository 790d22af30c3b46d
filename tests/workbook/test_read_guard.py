"""Files that cannot be read, or only with care: one clear problem each, and never a crash."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from perfxl.core.problems import Severity
from perfxl.ooxml.package import MAX_RATIO
from perfxl.workbook.reading.read import read_book
from tests.workbook.books import PEOPLE, package, person, save, sheet_xml, text_row

CFB = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
GOOD = sheet_xml(text_row(1, *PEOPLE) + text_row(2, *person(1)))


def only_code(path: Path) -> str:
    """The code of the one problem that a file without any table gives."""
    book, info, problems = read_book(path)
    assert book == {}
    assert info.sheets == []
    (found,) = problems
    assert found.severity is Severity.ERROR
    assert found.address.file == path.name
    assert "\n" not in found.message("zh") + found.message("en")
    return found.code


def test_a_good_package_is_read(tmp_path: Path) -> None:
    book, _, problems = read_book(package(tmp_path / "a.xlsx", GOOD))
    assert book["people"].column("name") == ["张三1"]
    assert problems == []


def test_missing_folder_and_empty(tmp_path: Path) -> None:
    assert only_code(tmp_path / "none.xlsx") == "F101"
    assert only_code(tmp_path / "none" / "deeper.xlsx") == "F101"
    folder = tmp_path / "folder.xlsx"
    folder.mkdir()
    assert only_code(folder) == "F102"
    empty = tmp_path / "empty.xlsx"
    empty.touch()
    assert only_code(empty) == "F104"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_no_permission(tmp_path: Path) -> None:
    path = package(tmp_path / "a.xlsx", GOOD)
    path.chmod(0)
    assert only_code(path) == "F103"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("secret.xlsx", CFB + b"\0" * 500 + "EncryptedPackage".encode("utf-16-le"), "F105"),
        ("old.xlsx", CFB + b"\0" * 500 + "Workbook".encode("utf-16-le"), "F108"),
        ("old.xls", CFB + b"\0" * 500 + "Book".encode("utf-16-le"), "F108"),
        ("letter.doc", CFB + b"\0" * 500 + "WordDocument".encode("utf-16-le"), "F107"),
        ("list.csv", b"\xff\x81\x00\x01", "F106"),
        ("export.xls", b"<html><p>1</p></html>", "F106"),
        ("noise.xlsx", b"\x00\x01\x02\x03" * 100, "F107"),
        ("~$方案.xlsx", b"\x05user", "F112"),
    ],
)
def test_other_kinds_of_file(tmp_path: Path, name: str, content: bytes, code: str) -> None:
    (tmp_path / name).write_bytes(content)
    assert only_code(tmp_path / name) == code


@pytest.mark.parametrize(
    ("part", "code"),
    [("word/document.xml", "F106"), ("content.xml", "F106"), ("xl/workbook.bin", "F106"), ("readme.txt", "F107")],
)
def test_other_kinds_of_zip(tmp_path: Path, part: str, code: str) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(part, "<x/>")
    assert only_code(path) == code


def test_truncated_anywhere(tmp_path: Path) -> None:
    whole = save(tmp_path / "a.xlsx", {"人员": [PEOPLE, *(person(i) for i in range(50))]}).read_bytes()
    for part in (0.1, 0.5, 0.9, 0.999):
        cut = tmp_path / "cut.xlsx"
        cut.write_bytes(whole[: int(len(whole) * part)])
        assert only_code(cut) == "F108"


def test_damaged_inside(tmp_path: Path) -> None:
    path = package(tmp_path / "a.xlsx", GOOD)
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        entry = archive.getinfo("xl/worksheets/sheet1.xml")
    data[entry.header_offset + 60] ^= 0xFF
    path.write_bytes(data)
    assert only_code(path) == "F108"


def test_a_size_that_lies(tmp_path: Path) -> None:
    """The directory says that a part is smaller than it is."""
    path = package(tmp_path / "a.xlsx", GOOD)
    with zipfile.ZipFile(path) as archive:
        size = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    data = path.read_bytes()
    path.write_bytes(data.replace(size.to_bytes(4, "little"), (size - 9).to_bytes(4, "little")))
    assert only_code(path) == "F108"


def test_bombs(tmp_path: Path) -> None:
    spaces = sheet_xml(" " * (2**20 * (MAX_RATIO // 20)))
    assert only_code(package(tmp_path / "spaces.xlsx", spaces)) == "F109"
    many = {f"xl/media/{i}.txt": b"" for i in range(10_001)}
    assert only_code(package(tmp_path / "many.xlsx", GOOD, many)) == "F110"


@pytest.mark.parametrize("where", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/sharedStrings.xml"])
def test_no_dtd(tmp_path: Path, where: str) -> None:
    laughs = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>'
    assert only_code(package(tmp_path / "a.xlsx", GOOD, {where: laughs})) == "F110"


def test_no_other_encoding(tmp_path: Path) -> None:
    hidden = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x [<!ENTITY a "ha">]><x>&a;</x>'.encode("utf-16")
    assert only_code(package(tmp_path / "a.xlsx", GOOD, {"xl/sharedStrings.xml": hidden})) == "F110"


def test_two_parts_of_one_name(tmp_path: Path) -> None:
    path = package(tmp_path / "a.xlsx", GOOD)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("XL/worksheets/sheet1.xml", GOOD)
    assert only_code(path) == "F110"


def test_a_password_on_the_zip(tmp_path: Path) -> None:
    path = package(tmp_path / "a.xlsx", GOOD)
    data = path.read_bytes()
    at = data.index(b"PK\x01\x02") + 8
    path.write_bytes(data[:at] + bytes([data[at] | 1]) + data[at + 1 :])
    assert only_code(path) == "F105"


@pytest.mark.parametrize(
    "cell",
    [
        '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        "<row r='3'><c r='XFD1048576'><v>1</v></c></row>",
        '<row r="3"><c s="0" r = "xfd1048576" ><f>1+1</f></c></row>',
        '<row r="900000"><c r="ZZ900000" t="str"><v></v></c></row>',
    ],
)
def test_a_cell_far_away(tmp_path: Path, cell: str) -> None:
    """In a process of its own: a reader that lets it through does not survive."""
    path = package(tmp_path / "a.xlsx", sheet_xml(text_row(1, *PEOPLE) + cell))
    code = (
        "import sys; from perfxl.workbook.reading.read import read_book; book, _, found = read_book(sys.argv[1]);"
        "print(len(book), [(one.code, one.address.sheet, one.address.cell) for one in found])"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, encoding="utf-8", timeout=60)
    assert done.returncode == 0, done.stderr[-500:]
    cell_name = "ZZ900000" if "ZZ" in cell else "XFD1048576"
    assert done.stdout.strip() == f"0 [('F111', '人员', '{cell_name}')]"


def test_formats_far_away_are_no_content(tmp_path: Path) -> None:
    far = '<row r="1048576"><c r="XFD1048576" s="1"/><c r="XFC1048576" s="1"></c></row>'
    book, _, problems = read_book(
        package(tmp_path / "a.xlsx", sheet_xml(text_row(1, *PEOPLE) + text_row(2, *person(1)) + far))
    )
    assert len(book["people"]) == 1
    assert problems == []


def test_macros_and_links_are_mentioned(tmp_path: Path) -> None:
    parts: dict[str, str | bytes] = {
        "xl/vbaProject.bin": b"\0\1",
        "xl/externalLinks/externalLink1.xml": "<externalLink/>",
    }
    book, _, problems = read_book(package(tmp_path / "a.xlsm", GOOD, parts))
    assert len(book["people"]) == 1
    assert [(one.code, one.severity) for one in problems] == [("F201", Severity.NOTICE), ("F202", Severity.WARNING)]


def test_a_workbook_part_that_makes_no_sense(tmp_path: Path) -> None:
    assert only_code(package(tmp_path / "a.xlsx", GOOD, {"xl/workbook.xml": "<workbook><sheets>"})) == "F108"
    assert only_code(package(tmp_path / "b.xlsx", "<worksheet><sheetData><row r='1'><c r='A1'>")) == "F108"

"""Workbooks whose parts or XML are written otherwise than Excel's: read as openpyxl and Excel read them, or named."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from perfxl.core.problems import Severity
from perfxl.ooxml.package import open_package
from perfxl.outputs import write_mark
from perfxl.workbook.reading.grids import read_grids
from perfxl.workbook.reading.read import read_book, stream_book
from perfxl.workbook.report import write_report
from tests.workbook.books import PEOPLE, package, person, save, sheet_xml, text_row

ON_UNIX = pytest.mark.skipif(os.name == "nt", reason="links, pipes and permissions of Unix")
CASES = Path(__file__).parent.parent / "data" / "trust"
GOOD = sheet_xml(text_row(1, *PEOPLE) + text_row(2, *person(1)))
SHEET, MAIN, RELATIONS = "xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"


def codes(path: Path) -> list[tuple[str, str]]:
    """Code and cell of what both ways of reading say, which must be the same."""
    _, _, problems = read_book(path)
    _, streamed = stream_book(path, {"people"}, lambda _: None)
    assert streamed == problems
    return [(one.code, one.address.cell) for one in problems]


def names(path: Path) -> list[str | None]:
    """The people that are read, the same in both ways."""
    book, _, _ = read_book(path)
    people: list[str | None] = []
    stream_book(path, {"people"}, lambda records: people.extend(records.column("name")))
    assert (list(book["people"].column("name")) if "people" in book else []) == people
    return people


def renamed(path: Path, parts: dict[str, str], targets: dict[str, str] | None = None) -> Path:
    """The package with parts under other names, and with texts replaced in its relations and content types."""
    with zipfile.ZipFile(path) as archive:
        content = {parts.get(name, name): archive.read(name).decode() for name in archive.namelist()}
    for name in content:
        for old, new in (targets or {}).items():
            if name.endswith(".rels") or name.startswith("[Content"):
                content[name] = content[name].replace(old, new)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in content.items():
            entry = zipfile.ZipInfo("x")
            entry.filename = name  # as it stands, with backslashes
            archive.writestr(entry, text)
    return path


@pytest.mark.parametrize(
    ("parts", "targets"),
    [
        ({SHEET: "xl/Worksheets/Sheet1.XML"}, {}),
        ({SHEET: "xl/worksheets/人员.xml"}, {"worksheets/sheet1.xml": "worksheets/%E4%BA%BA%E5%91%98.xml"}),
        ({SHEET: "xl/worksheets/%E4%BA%BA.xml"}, {"worksheets/sheet1.xml": "worksheets/人.xml"}),
        ({}, {'"worksheets/sheet1.xml': '"./worksheets/sheet1.xml'}),
        ({}, {'"worksheets/sheet1.xml': '"/xl/worksheets/sheet1.xml'}),
        ({}, {'"worksheets/sheet1.xml': '"worksheets\\sheet1.xml'}),
        ({SHEET: "xl/tables/first.xml"}, {"worksheets/sheet1.xml": "tables/first.xml"}),
        ({name: name.replace("/", "\\") for name in (SHEET, MAIN, RELATIONS, "xl/styles.xml", "_rels/.rels")}, {}),
        (
            {MAIN: "xl/workbook22.xml", RELATIONS: "xl/_rels/workbook22.xml.rels"},
            {"xl/workbook.xml": "xl/workbook22.xml"},
        ),
        (
            {MAIN: "book/main.xml", RELATIONS: "book/_rels/main.xml.rels", SHEET: "book/s.xml"},
            {"xl/workbook.xml": "book/main.xml", "worksheets/sheet1.xml": "s.xml", '"styles.xml': '"/xl/styles.xml'},
        ),
    ],
    ids=[
        *("case", "percent in relation", "percent in zip", "dot", "absolute", "backslash", "folder", "backslashes"),
        *("workbook22", "elsewhere"),
    ],
)
def test_parts_are_found_however_they_are_named(tmp_path: Path, parts: dict[str, str], targets: dict[str, str]) -> None:
    path = renamed(package(tmp_path / "a.xlsx", GOOD), parts, targets)
    assert names(path) == ["张三1"]
    assert codes(path) == []
    assert write_report(path, [], tmp_path / "b.xlsx") == []
    assert names(tmp_path / "b.xlsx") == ["张三1"]


@pytest.mark.parametrize("dimension", ["A0", "", "A1:B", "A1:D2", "A1:XFD1048576", "B7"])
def test_what_a_sheet_says_of_its_size_does_not_count(tmp_path: Path, dimension: str) -> None:
    xml = GOOD.replace("<sheetData>", f'<dimension ref="{dimension}"/><sheetData>')
    assert names(package(tmp_path / "a.xlsx", xml)) == ["张三1"]


def test_a_sheet_without_its_part_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    path = save(tmp_path / "a.xlsx", {"人员": [PEOPLE, person(1)], "实绩": [["工号", "指标编号"], ["E1", "K1"]]})
    renamed(path, {"xl/worksheets/sheet2.xml": "xl/other.bin"})
    assert names(path) == ["张三1"]
    (lost,) = [one for one in read_book(path)[2] if one.severity is Severity.ERROR]
    assert (lost.code, lost.value, lost.address.sheet) == ("F118", "实绩", "")
    assert "F118" in dict(codes(path))


def test_two_sheets_of_one_name_or_part_are_no_sound_file(tmp_path: Path) -> None:
    twice = '<sheet name="人员" sheetId="1" r:id="rId1"/><sheet name="{}" sheetId="2" r:id="rId1"/>'
    for name in ("人员", "别的"):
        book = package(tmp_path / "a.xlsx", GOOD)
        with zipfile.ZipFile(book) as archive:
            main = archive.read(MAIN).decode()
        main = main.replace('<sheet name="人员" sheetId="1" r:id="rId1"/>', twice.format(name))
        assert codes(package(tmp_path / "a.xlsx", GOOD, {MAIN: main})) == [("F108", "")]


@pytest.mark.parametrize("name", ["workbook22", "backslash_zip", "part_name_case"])
def test_cases_are_read(name: str) -> None:
    book, info, problems = read_book(CASES / f"{name}.xlsx")
    assert ("people" in book) if name == "part_name_case" else ("contract_sheet" in book)
    assert all(sheet.table for sheet in info.sheets)
    assert not [one for one in problems if one.code.startswith("F")]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_marked_copy_is_made_where_relations_dangle(tmp_path: Path, lang: str) -> None:
    from perfxl.program import load

    path = CASES / "dangling_comments_relation.xlsx"
    program, problems = load(path)
    problems = [*problems, *program.check()]
    assert write_report(path, problems, tmp_path / "b.xlsx", lang) == []
    with zipfile.ZipFile(tmp_path / "b.xlsx") as copy:
        assert b"[" in copy.read("xl/comments1.xml")  # [错误 ...]: the relation that led nowhere leads there now
    assert len(read_book(tmp_path / "b.xlsx")[1].sheets) == len(read_book(path)[1].sheets) + 1


def test_a_marked_copy_is_made_where_styles_hold_an_instruction(tmp_path: Path) -> None:
    from perfxl.core.problems import Address, problem

    path = save(tmp_path / "a.xlsx", {"人员": [PEOPLE, person(1)]})

    def instruct(content: bytes) -> bytes:
        return content.replace(b"<cellXfs", b"<?pi x?><cellXfs").replace(b"<xf ", b"<?pi y?><xf ", 1)

    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["xl/styles.xml"] = instruct(parts["xl/styles.xml"])
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    found = problem("required_blank", Address("a.xlsx", "人员", "B2"), table="people", column="name")
    assert write_report(path, [found], tmp_path / "b.xlsx") == []
    assert openpyxl.load_workbook(tmp_path / "b.xlsx")["人员"]["B2"].fill.fill_type == "solid"


# XML as openpyxl reads it


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1"><c r="A1"><v><![CDATA[5]]></v></c><c r="B1" t="str"><v>a<![CDATA[<b>&]]>c</v></c></row>',
        '<row r="1"><c r="A1" t="inlineStr"><is><t>x<![CDATA[<row r="9">]]></t></is></c></row>',
        '<row r="1"><c r="A1"><v>5</v><f>1+1</f></c><c r="B1" t="str"><v>q</v><f>1+1</f></c>'
        '<c r="C1" t="b"><v>1</v><f/></c></row>',
        '<row hidden="1" r="3"><c r="A3"><v>5</v></c></row><row ht="3" r="7" hidden="1"><c r="B7"><v>6</v></c></row>',
        '<row><c><v>5</v></c><c><v>6</v></c></row><row r="5"><c r="C5"><v>7</v></c><c><v>8</v></c></row>'
        "<row><c><v>9</v></c></row>",
        '<row r="2"><c t="str" r="B2"><v>x</v></c><c><v>3</v></c></row>',
        '<row r="1"><!-- <c r="A1"><v>3</v></c> --><c r="B1"><v>4<!-- x -->5</v></c><?pi <c?></row>',
        '<row r="2"><c r="A2"><v>1</v></c></row><row r="1"><c r="A1"><v>2</v></c></row>',
    ],
    ids=["cdata", "cdata inline", "value first", "hidden first", "no numbers", "no reference", "comments", "order"],
)
def test_cells_are_those_of_openpyxl(tmp_path: Path, rows: str) -> None:
    path = package(tmp_path / "a.xlsx", sheet_xml(rows))
    theirs = openpyxl.load_workbook(path, data_only=True)["人员"]
    ((ours,), problems) = read_grids(open_package(path))
    assert problems == []
    assert [["" if cell.value is None else cell.value for cell in row] for row in theirs.iter_rows()] == ours.rows
    assert ours.hidden_rows == {i - 1 for i, row in theirs.row_dimensions.items() if row.hidden}


def test_shared_strings_in_cdata(tmp_path: Path) -> None:
    rows = '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>'
    strings = (
        '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        "<si><t><![CDATA[<si>]]></t></si><si><t>b</t></si></sst>"
    )
    path = package(tmp_path / "a.xlsx", sheet_xml(rows), {"xl/sharedStrings.xml": strings})
    ((ours,), _) = read_grids(open_package(path))
    assert ours.rows == [["<si>", "b"]]


# Which files


@ON_UNIX
def test_only_regular_files_are_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.xlsx")
    (tmp_path / "null.xlsx").symlink_to("/dev/zero")
    for path in (tmp_path / "pipe.xlsx", tmp_path / "null.xlsx", Path("/dev/zero")):
        assert codes(path) == [("F116", "")]


@ON_UNIX
def test_a_link_to_a_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "link.xlsx").symlink_to(package(tmp_path / "a.xlsx", GOOD))
    assert names(tmp_path / "link.xlsx") == ["张三1"]


def test_a_file_that_changes_while_it_is_read_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = package(tmp_path / "a.xlsx", GOOD)
    from perfxl.workbook.reading import stream

    original: Callable[..., object] = stream.stream_grids

    def meanwhile(package: object) -> object:
        path.write_bytes(path.read_bytes() + b"\0")
        return original(package)

    monkeypatch.setattr(stream, "stream_grids", meanwhile)
    _, problems = stream_book(path, {"people"}, lambda _: None)
    assert [one.code for one in problems] == ["F115"]


def test_a_copy_is_marked_of_the_file_that_was_judged(tmp_path: Path) -> None:
    path = package(tmp_path / "a.xlsx", GOOD)
    _, info, _ = read_book(path)
    assert write_report(path, [], tmp_path / "b.xlsx", stamp=info.stamp) == []
    save(path, {"人员": [PEOPLE, person(2)]})
    (changed,) = write_report(path, [], tmp_path / "c.xlsx", stamp=info.stamp)
    assert changed.code == "F115"
    assert not (tmp_path / "c.xlsx").exists()


@pytest.mark.parametrize(
    ("kind", "refused"), [("score", True), ("weights", True), ("program", False), ("check", False)]
)
def test_a_result_is_no_program(tmp_path: Path, kind: str, refused: bool) -> None:
    path = package(tmp_path / "得分.xlsx", GOOD)
    write_mark(path, kind, "1.0", "方案 2025.xlsx")
    if kind in ("score", "weights"):
        (found,) = read_book(path)[2]
        assert (found.code, found.details["source"]) == ("F114", "方案 2025.xlsx")
        assert codes(path) == [("F114", "")]
    else:
        assert names(path) == ["张三1"]

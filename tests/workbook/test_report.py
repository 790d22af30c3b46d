"""The checked copy: cells marked and commented, the list first, and nothing else of the user's workbook changed."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.cell_range import CellRange

from perfxl.core.catalogue import CATALOGUE
from perfxl.core.problem_table import SEVERITY_COLOURS
from perfxl.core.problems import Address, Problem, problem
from perfxl.workbook import findings_sheet as findings
from perfxl.workbook import report
from perfxl.workbook.findings_sheet import HEADER_ROW, TITLES
from perfxl.workbook.report import write_report
from tests.workbook import books
from tests.workbook.office import convert, format_errors, needs_libreoffice

pytestmark = pytest.mark.filterwarnings("ignore:.*(xtension is not supported|no default style)")

ERROR, WARNING, NOTICE = "file_is_lock", "output_exists", "file_has_macros"
_FILLS = {code: f"FF{colour}" for code, colour in zip((ERROR, WARNING, NOTICE), SEVERITY_COLOURS.values(), strict=True)}
QUOTED = "a'b 1"


def at(sheet: str, cell: str, code: str = ERROR, value: Any = None) -> Problem:
    return problem(code, Address("book.xlsx", sheet, cell), value=value)


def rich(path: Path) -> Path:
    """A workbook with what openpyxl would lose: text box, sparkline, 2010 data bar, chart sheet, stored results."""
    book = xlsxwriter.Workbook(str(path))
    data, other = book.add_worksheet("数据"), book.add_worksheet(QUOTED)
    chart_sheet = book.add_chartsheet("图")
    bold = book.add_format({"bold": True, "num_format": "0.0%", "border": 2})
    data.write_row(0, 0, ["工号", "姓名", "得分"])
    data.write_row(1, 0, ["E1", "张三", 0.85], bold)
    data.write_formula(2, 2, "=C2*2", None, 1.7)
    data.write_comment("B2", "原有批注")
    data.merge_range("A6:C7", "合并")
    data.insert_textbox("F2", "文本框")
    data.add_sparkline("D2", {"range": "数据!A2:C2"})
    data.conditional_format("C2:C9", {"type": "data_bar", "data_bar_2010": True})
    data.data_validation("A2:A9", {"validate": "list", "source": ["E1", "E2"]})
    data.set_column(7, 7, 12, bold)
    other.write("A1", "一")
    other.repeat_rows(0)
    other.print_area("A1:B5")
    other.autofilter("A1:B5")
    other.activate()
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": "=数据!$C$2:$C$3"})
    chart_sheet.set_chart(chart)
    book.define_name("总分", "=数据!$C$2")
    book.close()
    return path


def checked(tmp_path: Path, problems: Iterable[Problem], source: Path | None = None, lang: str = "zh") -> Path:
    source = source or rich(tmp_path / "book.xlsx")
    before = hashlib.sha256(source.read_bytes()).digest()
    out = tmp_path / "report.xlsx"
    assert write_report(source, list(problems), out, lang) == []
    assert hashlib.sha256(source.read_bytes()).digest() == before
    return out


def parts(path: Path) -> dict[str, bytes]:
    with ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def values(path: Path, *, results: bool) -> dict[str, list[tuple[Any, ...]]]:
    book = openpyxl.load_workbook(path, data_only=results)
    cells = {
        sheet.title: [(c.coordinate, c.value) for row in sheet.iter_rows() for c in row] for sheet in book.worksheets
    }
    return {title: [cell for cell in found if cell[1] is not None] for title, found in cells.items()}


def rewritten(path: Path, changes: dict[str, bytes]) -> Path:
    content = {**parts(path), **changes}
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return path


def fill(cell: Any) -> str:
    return cell.fill.fgColor.rgb if cell.fill.fill_type == "solid" else ""


def test_the_list_names_every_problem_and_links_to_its_cell(tmp_path: Path) -> None:
    problems = [
        at("数据", "C2", NOTICE, 1.5),
        at(QUOTED, "A1", ERROR, "=1+1"),
        at("没有", "A1", WARNING, "http://x"),
        at("", ""),
    ]
    book = openpyxl.load_workbook(checked(tmp_path, problems))
    sheet = book.worksheets[0]
    assert (sheet.title, sheet["A1"].value) == (TITLES("zh"), TITLES("zh"))
    assert [sheet.cell(3, column).value for column in (1, 2, 3)] == ["错误 2", "警告 1", "提示 1"]
    first = HEADER_ROW + 1
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(first, first + 3)]
    assert [(row[0], row[1], row[2], row[3], row[6]) for row in rows] == [
        ("错误", CATALOGUE[ERROR].code, QUOTED, "A1", "=1+1"),
        ("错误", CATALOGUE[ERROR].code, None, None, None),
        ("警告", CATALOGUE[WARNING].code, "没有", "A1", "http://x"),
        ("提示", CATALOGUE[NOTICE].code, "数据", "C2", "1.5"),
    ]
    assert rows[0][4:6] == [problems[1].message("zh"), problems[1].hint("zh")]
    assert all(cell.data_type in "sn" for row in sheet.iter_rows() for cell in row)
    links = [cell.hyperlink and cell.hyperlink.location for (cell,) in sheet.iter_rows(first, first + 3, 4, 4)]
    assert links == ["'a''b 1'!A1", None, None, "'数据'!C2"]
    assert sheet.auto_filter.ref == f"A{HEADER_ROW}:G{HEADER_ROW + 4}"
    assert sheet.freeze_panes == f"A{first}"


def test_the_list_speaks_the_language_asked_for(tmp_path: Path) -> None:
    found = at("数据", "A1")
    sheet = openpyxl.load_workbook(checked(tmp_path, [found], lang="en")).worksheets[0]
    assert sheet.title == TITLES("en")
    assert sheet.cell(HEADER_ROW + 1, 5).value == found.message("en")


def test_cells_are_filled_by_the_worst_severity_and_keep_their_other_format(tmp_path: Path) -> None:
    out = checked(tmp_path, [at("数据", "C2", NOTICE), at("数据", "C2", WARNING), at("数据", "B2"), at("数据", "H9")])
    sheet = openpyxl.load_workbook(out)["数据"]
    assert [fill(sheet[cell]) for cell in ("C2", "B2", "H9", "A2")] == [
        _FILLS[WARNING],
        _FILLS[ERROR],
        _FILLS[ERROR],
        "",
    ]
    for cell in ("C2", "B2", "H9"):  # H9 was not there: it takes its column's format
        assert (sheet[cell].font.bold, sheet[cell].number_format) == (True, "0.0%"), cell
        assert sheet[cell].border.left.style == "medium"


def test_comments_hold_message_and_hint_below_what_was_there(tmp_path: Path) -> None:
    one, two, three = at("数据", "B2"), at("数据", "B2", WARNING, "甲"), at(QUOTED, "C5")
    book = openpyxl.load_workbook(checked(tmp_path, [one, two, three]))
    text = book["数据"]["B2"].comment.text
    places = [text.index(part) for part in ("原有批注", one.message(), one.hint(), two.message(), two.hint())]
    assert places == sorted(places)
    assert three.message() in book[QUOTED]["C5"].comment.text


def test_every_comment_has_a_shape_of_its_own_number(tmp_path: Path) -> None:
    cells = [f"E{row}" for row in range(1, 1200)]
    content = parts(checked(tmp_path, [at(name, cell) for name in ("数据", QUOTED) for cell in cells]))
    drawings = [data for name, data in content.items() if name.endswith(".vml")]
    shapes = [int(number) for data in drawings for number in re.findall(rb'<v:shape id="_x0000_s(\d+)"', data)]
    assert len(shapes) == len(set(shapes)) == 2 * len(cells) + 1
    claimed = [set(re.search(rb'idmap[^>]*data="([^"]*)"', data)[1].split(b",")) for data in drawings]  # type: ignore[index]
    assert claimed[0].isdisjoint(claimed[1])
    assert {number // 1024 for number in shapes} == {int(block) for blocks in claimed for block in blocks}


def test_everything_else_stays_byte_for_byte(tmp_path: Path) -> None:
    source = rich(tmp_path / "book.xlsx")
    before, after = parts(source), parts(checked(tmp_path, [at("数据", "B2"), at("数据", "Z99")], source))
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {
        "[Content_Types].xml",
        "xl/workbook.xml",
        "xl/_rels/workbook.xml.rels",
        "xl/styles.xml",
        "xl/comments1.xml",
        "xl/drawings/vmlDrawing1.vml",
        "xl/worksheets/sheet1.xml",
        "xl/worksheets/sheet2.xml",  # was the selected one
        "_rels/.rels",  # leads to the mark
    }
    assert after["xl/worksheets/sheet2.xml"] == before["xl/worksheets/sheet2.xml"].replace(
        b'tabSelected="1"', b'tabSelected="0"'
    )
    for kept in (b"x14:sparklineGroup", b"x14:dataBar", b"<f>C2*2</f><v>1.7</v>", b"<dataValidation "):
        assert kept in after["xl/worksheets/sheet1.xml"]


def test_formulas_results_and_values_are_the_same(tmp_path: Path) -> None:
    source = rich(tmp_path / "book.xlsx")
    out = checked(tmp_path, [at("数据", "C3"), at("数据", "A6"), at(QUOTED, "A1")], source)
    for results in (True, False):
        before, after = values(source, results=results), values(out, results=results)
        assert {title: after[title] for title in before} == before


def test_names_follow_their_sheets_and_only_the_list_is_open(tmp_path: Path) -> None:
    source = rich(tmp_path / "book.xlsx")
    book = openpyxl.load_workbook(checked(tmp_path, [at("数据", "A1")], source))
    assert book.sheetnames == [TITLES("zh"), "数据", QUOTED, "图"]
    assert book[QUOTED].print_area == "'a''b 1'!$A$1:$B$5"
    assert book[QUOTED].print_title_rows == "$1:$1"
    assert book.defined_names["总分"].attr_text == "数据!$C$2"
    assert book.active and book.active.title == TITLES("zh")
    assert [sheet.title for sheet in book.worksheets if sheet.sheet_view.tabSelected] == [TITLES("zh")]


def test_a_problem_inside_a_merged_range_shows_on_its_first_cell(tmp_path: Path) -> None:
    sheet = openpyxl.load_workbook(checked(tmp_path, [at("数据", "B7"), at("数据", "A6", WARNING)]))["数据"]
    assert fill(sheet["A6"]) == _FILLS[ERROR]
    assert at("数据", "B7").message() in sheet["A6"].comment.text
    assert sheet.merged_cells.ranges == {CellRange("A6:C7")}


def test_a_threaded_comment_is_left_to_its_authors(tmp_path: Path) -> None:
    source = rich(tmp_path / "book.xlsx")
    comments = parts(source)["xl/comments1.xml"].replace(b"<author></author>", b"<author>tc={1}</author>")
    comments = comments.replace(b"<author/>", b"<author>tc={1}</author>")
    assert b"tc={1}" in comments
    sheet = openpyxl.load_workbook(
        checked(tmp_path, [at("数据", "B2")], rewritten(source, {"xl/comments1.xml": comments}))
    )["数据"]
    assert (sheet["B2"].comment.text, fill(sheet["B2"])) == ("原有批注", _FILLS[ERROR])


def test_problems_of_another_file_are_listed_only(tmp_path: Path) -> None:
    out = checked(tmp_path, [problem(ERROR, Address("other.xlsx", "数据", "A1"))])
    book = openpyxl.load_workbook(out)
    assert book.worksheets[0].cell(HEADER_ROW + 1, 2).value == CATALOGUE[ERROR].code
    assert (fill(book["数据"]["A1"]), book["数据"]["A1"].comment) == ("", None)


def test_a_clean_workbook_says_so(tmp_path: Path) -> None:
    sheet = openpyxl.load_workbook(checked(tmp_path, [])).worksheets[0]
    assert "没有发现问题" in sheet["A2"].value


def test_comments_are_capped_worst_first_and_the_list_says_how_many_are_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report, "MOST_COMMENTS", 2)
    problems = [at("数据", f"A{row}", NOTICE if row < 5 else ERROR) for row in range(1, 6)]
    book = openpyxl.load_workbook(checked(tmp_path, problems))
    assert [bool(book["数据"][f"A{row}"].comment) for row in range(1, 6)] == [True, False, False, False, True]
    assert all(fill(book["数据"][f"A{row}"]) for row in range(1, 6))
    assert "其中 3 处未加批注" in book.worksheets[0]["A2"].value


def test_a_million_bad_cells_are_marked_and_listed_up_to_a_bound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every cell had a mark and a line of its own: a copy with a million of them was never finished."""
    monkeypatch.setattr(report, "MOST_MARKS", 3)
    monkeypatch.setattr(report, "MOST_COMMENTS", 2)
    monkeypatch.setattr(findings, "MOST_LINES", 2)
    problems = [at("数据", f"A{row}", WARNING if row < 4 else ERROR) for row in range(1, 8)]
    book = openpyxl.load_workbook(checked(tmp_path, problems))
    listing, sheet = book.worksheets[0], book["数据"]
    assert [row for row in range(1, 8) if fill(sheet[f"A{row}"])] == [4, 5, 6]
    assert [row for row in range(1, 8) if sheet[f"A{row}"].comment] == [4, 5]
    about = str(listing["A2"].value)
    assert "其中 4 处未标色" in about and "其中 1 处未加批注" in about and "前 2 条" in about
    told = [[cell.value for cell in row] for row in listing.iter_rows(min_row=HEADER_ROW + 1)]
    assert [row[1] for row in told] == [CATALOGUE[name].code for name in (ERROR, ERROR, ERROR, WARNING)]
    assert "共 2 处" in str(told[2][4]) and "A6, A7" in str(told[2][4]) and "共 3 处" in str(told[3][4])


def test_a_report_of_a_report_gets_a_name_of_its_own(tmp_path: Path) -> None:
    first = checked(tmp_path, [at("数据", "A1")]).rename(tmp_path / "first.xlsx")
    book = openpyxl.load_workbook(checked(tmp_path, [problem(ERROR, Address("first.xlsx", "数据", "A1"))], first))
    assert book.sheetnames[:2] == [f"{TITLES('zh')} (2)", TITLES("zh")]
    assert book["数据"]["A1"].comment.text.count(at("数据", "A1").code) == 2


def test_macros_stay_behind(tmp_path: Path) -> None:
    source = rich(tmp_path / "book.xlsm")
    content = parts(source)
    types = content["[Content_Types].xml"].replace(
        b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
        b"application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    )
    default = b'<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/>'
    types = types.replace(b"<Override", default + b"<Override", 1)
    kind = b"http://schemas.microsoft.com/office/2006/relationships/vbaProject"
    vba = b'<Relationship Id="rIdV" Type="%b" Target="vbaProject.bin"/>' % kind
    relations = content["xl/_rels/workbook.xml.rels"].replace(b"</Relationships>", vba + b"</Relationships>")
    added = {"[Content_Types].xml": types, "xl/_rels/workbook.xml.rels": relations, "xl/vbaProject.bin": b"macros"}
    out = checked(tmp_path, [problem(ERROR, Address("book.xlsm", "数据", "A1"))], rewritten(source, added))
    after = parts(out)
    assert "xl/vbaProject.bin" not in after
    assert all(b"vba" not in after[name].lower() for name in ("[Content_Types].xml", "xl/_rels/workbook.xml.rels"))
    assert b"macroEnabled" not in after["[Content_Types].xml"]
    assert format_errors(out) == []
    assert openpyxl.load_workbook(out)["数据"]["A1"].comment


@pytest.mark.parametrize(
    "rows",
    [
        '<x:row r="2"><x:c r="B2" t="n"><x:v>1</x:v></x:c></x:row><x:row r="4"/>',
        "<x:row/><x:row><x:c/><x:c t='n'><x:v>1</x:v></x:c></x:row>",  # cells and rows by their place
        '<!-- <x:row r="1"> --><x:row r="2" spans="2:2"><x:c r="B2"><x:v>1</x:v></x:c></x:row>',
    ],
)
def test_sheets_written_in_other_ways(rows: str, tmp_path: Path) -> None:
    xml = f'<x:worksheet xmlns:x="{books.MAIN}"><x:sheetData>{rows}</x:sheetData></x:worksheet>'
    source = books.package(tmp_path / "book.xlsx", xml)
    out = checked(tmp_path, [at("人员", cell) for cell in ("A1", "B2", "D2", "C9")], source)
    sheet = openpyxl.load_workbook(out)["人员"]
    assert sheet["B2"].value == 1
    assert {cell.coordinate for row in sheet.iter_rows() for cell in row if fill(cell)} == {"A1", "B2", "D2", "C9"}
    assert sheet["C9"].comment


def test_an_empty_sheet_and_a_workbook_without_formats(tmp_path: Path) -> None:
    source = books.package(tmp_path / "book.xlsx", f'<worksheet xmlns="{books.MAIN}"><sheetData/></worksheet>')
    out = checked(tmp_path, [at("人员", "B3")], source)
    assert fill(openpyxl.load_workbook(out)["人员"]["B3"]) == _FILLS[ERROR]


_CELLS = st.tuples(st.integers(1, 40), st.integers(1, 30))


@settings(max_examples=30, deadline=None)
@given(st.dictionaries(_CELLS, st.integers(0, 9), max_size=40), st.sets(_CELLS, max_size=40))
def test_any_cells_can_be_marked(
    tmp_path_factory: pytest.TempPathFactory, held: dict[tuple[int, int], int], wrong: set[tuple[int, int]]
) -> None:
    folder = tmp_path_factory.getbasetemp()
    book = openpyxl.Workbook()
    for (row, column), value in held.items():
        book.worksheets[0].cell(row, column, value)
    book.save(folder / "book.xlsx")
    cells = [f"{get_column_letter(column)}{row}" for row, column in wrong]
    out = checked(folder, [at("Sheet", cell) for cell in cells], folder / "book.xlsx")
    sheet = openpyxl.load_workbook(out)["Sheet"]
    found = {(cell.row, cell.column): cell for row in sheet.iter_rows() for cell in row}
    assert {place: cell.value for place, cell in found.items() if cell.value is not None} == held
    assert {place for place, cell in found.items() if fill(cell)} == wrong
    assert {place for place, cell in found.items() if cell.comment} == wrong
    xml = parts(out)["xl/worksheets/sheet1.xml"]
    rows = [int(row) for row in re.findall(rb'<row r="(\d+)"', xml)]
    assert rows == sorted(set(rows))
    assert len(re.findall(rb'<c r="', xml)) == len(found.keys() & (held.keys() | wrong))


def test_the_report_is_a_valid_file(tmp_path: Path) -> None:
    assert (
        format_errors(checked(tmp_path, [at("数据", "B2"), at("数据", "Z99", WARNING), at(QUOTED, "C5", NOTICE)])) == []
    )


@needs_libreoffice
def test_libreoffice_opens_it_with_marks_comments_and_values(tmp_path: Path) -> None:
    out = checked(tmp_path, [at("数据", "B2"), at(QUOTED, "C5")])
    book = openpyxl.load_workbook(convert(out, tmp_path / "office", "xlsx"))
    assert book.sheetnames[0] == TITLES("zh")
    assert (fill(book["数据"]["B2"]), fill(book[QUOTED]["C5"])) == (_FILLS[ERROR], _FILLS[ERROR])
    assert "原有批注" in book["数据"]["B2"].comment.text
    assert at(QUOTED, "C5").message() in book[QUOTED]["C5"].comment.text
    assert book["数据"]["C2"].value == 0.85


def test_the_source_is_never_the_target(tmp_path: Path) -> None:
    source = rich(tmp_path / "book.xlsx")
    before = source.read_bytes()
    assert [p.code for p in write_report(source, [], tmp_path / "." / "book.xlsx")] == ["F152"]
    assert source.read_bytes() == before


def test_what_cannot_be_read_or_written_is_a_problem_and_leaves_nothing(tmp_path: Path) -> None:
    source = rich(tmp_path / "book.xlsx")
    assert [p.code for p in write_report(source, [], tmp_path / "none" / "out.xlsx")] == ["F151"]
    assert [p.code for p in write_report(tmp_path / "absent.xlsx", [], tmp_path / "out.xlsx")] == ["F101"]
    broken = rewritten(rich(tmp_path / "broken.xlsx"), {"xl/comments1.xml": b"<comments><"})
    wrong = problem(ERROR, Address("broken.xlsx", "数据", "A1"))
    assert [p.code for p in write_report(broken, [wrong], tmp_path / "out.xlsx")] == ["F108"]
    assert {path.name for path in tmp_path.iterdir()} == {"book.xlsx", "broken.xlsx"}

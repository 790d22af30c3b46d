"""A workbook read block by block gives what it gives when it is read at once, whatever its form."""

from __future__ import annotations

import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from perfxl import sample
from perfxl.core.problems import Problem
from perfxl.core.records import Records, join_parts
from perfxl.core.schema import all_tables
from perfxl.ooxml import package as ooxml_package
from perfxl.tables import bounded
from perfxl.tables.sheets import ReadInfo
from perfxl.workbook.program.book import write_program
from perfxl.workbook.reading import cut, plain_rows, shared_strings, stream
from perfxl.workbook.reading.read import read_book, read_large_book, stream_book
from tests.workbook.books import MAIN, PEOPLE, package, person, save, sheet_xml, text_row
from tests.workbook.office import convert, needs_libreoffice

ONCE = {"S114", "S116", "S117", "S120"}  # said once about a sheet, with a count: of the first such block
STRINGS = "xl/sharedStrings.xml"
ACTUALS = ["工号", "指标编号", "期间", "实际完成值"]
LINES = ["合同编号", "指标编号", "方面", "权重", "目标值", "备注"]


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sizes that make many blocks, and borders of pieces everywhere."""
    monkeypatch.setattr(cut, "BLOCK", 700)
    monkeypatch.setattr(ooxml_package, "PIECE", 97)
    monkeypatch.setattr(shared_strings, "PART", 150)
    monkeypatch.setattr(plain_rows, "_SMALL", 0)


def streamed(path: Path, *wanted: str) -> tuple[dict[str, list[Records]], ReadInfo, list[Problem]]:
    parts: dict[str, list[Records]] = {}
    info, problems = stream_book(
        path, wanted or set(all_tables()), lambda records: parts.setdefault(records.table.name, []).append(records)
    )
    return parts, info, problems


def blocks(path: Path) -> int:
    """How many blocks the largest table came in; all the tables are those of read_book."""
    book, info, problems = read_book(path)
    parts, streamed_info, found = streamed(path)
    assert parts.keys() == book.keys()
    for name, records in book.items():
        whole = join_parts(parts[name])
        assert list(whole.rows) == list(records.rows), name
        for field in ("columns", "letters", "percent", "extra", "file", "sheet"):
            assert getattr(whole, field) == getattr(records, field), (name, field)
        cells = [records.address(i, "") for i in range(len(records))]
        assert [whole.address(i, "") for i in range(len(records))] == cells
    assert streamed_info == info
    assert said(found) == said(problems)
    large, large_info, all_found = read_large_book(path)
    assert large.keys() == book.keys() and list(large) == list(book) and large_info == info
    for name, records in book.items():
        assert list(large[name].rows) == list(records.rows), name
        for field in ("columns", "letters", "percent", "extra", "file", "sheet"):
            assert getattr(large[name], field) == getattr(records, field), (name, field)
        assert repr(large[name].columns) == repr(records.columns), name  # 1, 1.0 and True are not one
    assert all_found == problems
    return max(map(len, parts.values()), default=0)


def said(problems: list[Problem]) -> list[tuple[str, ...]]:
    """In the order of the addresses; a block tells of its columns before the next one comes."""
    return sorted(
        (one.code, one.column, one.address.sheet, *(() if one.code in ONCE else (one.address.cell, repr(one.value))))
        for one in problems
    )


def with_parts(path: Path, change: Callable[[str, bytes], bytes]) -> Path:
    """The package with its parts changed."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: change(name, archive.read(name)) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


# Forms of files


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lang: str) -> None:
    monkeypatch.setattr(cut, "BLOCK", 20_000)
    monkeypatch.setattr(ooxml_package, "PIECE", 4096)
    write_program(tmp_path / "a.xlsx", sample.program(16, lang=lang), lang)
    assert blocks(tmp_path / "a.xlsx") > 5


@needs_libreoffice
def test_a_program_saved_by_libreoffice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cut, "BLOCK", 20_000)
    monkeypatch.setattr(ooxml_package, "PIECE", 4096)
    write_program(tmp_path / "a.xlsx", sample.program(12), "zh")
    assert blocks(convert(tmp_path / "a.xlsx", tmp_path / "converted", "xlsx")) > 5


def test_a_sheet_by_openpyxl(tmp_path: Path) -> None:
    assert blocks(save(tmp_path / "a.xlsx", {"人员": [PEOPLE, *map(person, range(100))]})) > 5


def test_inline_strings(tmp_path: Path) -> None:
    rows = "".join(text_row(i, *person(i)) for i in range(2, 60))
    assert blocks(package(tmp_path / "a.xlsx", sheet_xml(text_row(1, *PEOPLE) + rows))) > 5


@pytest.mark.parametrize("mac", [False, True])
def test_dates_of_both_systems(tmp_path: Path, mac: bool) -> None:
    workbook = openpyxl.Workbook()
    workbook.epoch = CALENDAR_MAC_1904 if mac else workbook.epoch
    sheet = workbook.worksheets[0]
    sheet.title = "人员"
    sheet.append([*PEOPLE, "入职日期"])
    for i in range(60):
        sheet.append([*person(i), date(2020, 1, 1 + i % 28)])
    workbook.save(tmp_path / "a.xlsx")
    assert blocks(tmp_path / "a.xlsx") > 5
    book, _, _ = read_book(tmp_path / "a.xlsx")
    assert book["people"].column("start")[1] == date(2020, 1, 2)


def test_formulas_errors_and_figures_as_text(tmp_path: Path) -> None:
    workbook = xlsxwriter.Workbook(tmp_path / "a.xlsx")
    sheet = workbook.add_worksheet("实绩")
    sheet.write_row(0, 0, ACTUALS)
    for i in range(1, 80):
        sheet.write_row(i, 0, [f"E{i}", f"K{i % 7}", "2025-01"])
        if i % 4:
            sheet.write_formula(i, 3, "=1/0", value=("#DIV/0!", 12.5, "85%")[i % 3])
        else:
            sheet.write_string(i, 3, "不适用")
    workbook.close()

    def unstored(part: str, content: bytes) -> bytes:
        return content.replace(b"<v>12.5</v>", b"") if part.startswith("xl/worksheets") else content

    assert blocks(tmp_path / "a.xlsx") > 5
    assert blocks(with_parts(tmp_path / "a.xlsx", unstored)) > 5
    assert "S118" in {one.code for one in streamed(tmp_path / "a.xlsx")[2]}


ODD = ["  a ", "a\nb", "_x000D_", "_x0041_", "<b>&\"'", "\ufeff", "", "😀", "\ue001", "\ue0015", "1", "TRUE", '"s"']


def test_odd_texts_shared(tmp_path: Path) -> None:
    workbook = xlsxwriter.Workbook(tmp_path / "a.xlsx")
    sheet, bold = workbook.add_worksheet("人员"), workbook.add_format({"bold": True})
    sheet.write_row(0, 0, PEOPLE)
    for i in range(1, 90):
        sheet.write_string(i, 0, f"E{i}")
        sheet.write_rich_string(i, 1, "张", bold, f" 三 {i} ")
        sheet.write_string(i, 2, ODD[i % len(ODD)])
        sheet.write_string(i, 3, ODD[i % 3])
    workbook.close()
    assert blocks(tmp_path / "a.xlsx") > 5


@pytest.mark.parametrize("text", ODD)
def test_odd_texts_in_their_cells(tmp_path: Path, text: str) -> None:
    """A text that holds the mark of a shared string, and one that looks like an attribute, is read whole."""
    workbook = openpyxl.Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = "人员"
    sheet.append(PEOPLE)
    for i in range(60):
        sheet.append([f"E{i}", CellRichText("张", TextBlock(InlineFont(b=True), f" 三 {i}")), text, text])
    workbook.save(tmp_path / "a.xlsx")
    assert (blocks(tmp_path / "a.xlsx") > 5) == ("\ue001" not in text and text != '"s"')


def test_blank_rows_gaps_and_rows_without_cells(tmp_path: Path) -> None:
    rows = [text_row(i, *person(i)) for i in [*range(4, 40), *range(45, 60), 30_000, 30_001, 90_000]]
    rows.insert(36, '<row r="41" ht="20"/><row r="42"></row><row r="43"><c r="A43" s="1"/></row>')
    end = "".join(f'<row r="{i}" s="1"><c r="A{i}" s="1"/></row>' for i in range(90_001, 90_100))
    assert blocks(package(tmp_path / "a.xlsx", sheet_xml(text_row(3, *PEOPLE) + "".join(rows) + end))) > 5


def test_hidden_rows_and_percent_cells(tmp_path: Path) -> None:
    hidden = ' hidden="1"'
    rows = "".join(
        f'<row r="{i}"{hidden if i % 9 == 0 else ""}><c r="A{i}" t="str"><v>C{i // 4}</v></c>'
        f'<c r="B{i}" t="str"><v>K{i}</v></c><c r="D{i}" s="{i % 2}"><v>0.25</v></c></row>'
        for i in range(2, 90)
    )
    assert blocks(package(tmp_path / "a.xlsx", sheet_xml(text_row(1, *LINES[:4]) + rows), name="合同指标")) > 5


@pytest.mark.parametrize("late", [0.2, 20])
def test_percent_points_are_judged_by_the_whole_column(tmp_path: Path, late: float) -> None:
    """Fractions first and percent points after: what is more decides for all."""
    rows = [["C1", f"K{i}", None, 0.25 if i < 40 else late] for i in range(120)]
    path = save(tmp_path / "a.xlsx", {"合同指标": [LINES[:4], *rows]})
    assert blocks(path) > 5
    assert streamed(path)[0]["contract_lines"][0].columns["weight"][0] == (25.0 if late < 1 else 0.25)


def test_merged_cells(tmp_path: Path) -> None:
    """Also such as reach over the borders of blocks, and to rows that hold nothing else."""
    rows = [[f"C{i // 5}" if i % 5 == 0 else None, f"K{i}" if i % 5 < 4 else None, None, 20] for i in range(150)]
    for i in range(100, 150):
        rows[i][1:] = [None, None, None]
    path = save(tmp_path / "a.xlsx", {"合同指标": [LINES, *rows]}, [f"A{i + 2}:A{i + 6}" for i in range(0, 150, 5)])
    assert blocks(path) > 5


def test_a_column_left_blank_and_columns_beyond_z(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        [None, *PEOPLE, *[None] * 30, "备注二"],
        *([None, *person(i), *[None] * 30, i] for i in range(60)),
    ]
    rows[30][3:] = [None] * 33
    assert blocks(save(tmp_path / "a.xlsx", {"人员": rows})) > 5


def test_grades_far_down_in_their_table(tmp_path: Path) -> None:
    grades = [["分级表", "级别", "得分"], *(["服务", f"卓越{i}", 120] for i in range(60))]
    rows = [ACTUALS, *(["E1", "K1", "2025", f"卓越{i}"] for i in range(60))]
    path = save(tmp_path / "a.xlsx", {"实绩": rows, "分级评估表": grades})
    assert blocks(path) > 5
    assert streamed(path, "actuals")[0]["actuals"][-1].columns["value"][-1] == "卓越59"


def test_a_lone_contract_is_seen_whole(tmp_path: Path) -> None:
    head = [["业绩合同"], ["姓名：张三", None, "岗位：经理"], ["指标名称", "权重", "目标值", "实际完成值", "指标类别"]]
    rows = [[f"指标{i}", 5, 100, 90, None] for i in range(40)]
    path = save(tmp_path / "a.xlsx", {"合同表": [*head, *rows, ["合计", 200]]})
    assert blocks(path) == 1
    assert len(streamed(path)[0]["contract_sheet"][0]) == 40


def test_only_what_is_wanted(tmp_path: Path) -> None:
    people, actuals = [PEOPLE, *map(person, range(40))], [ACTUALS, *(["E1", f"K{i}", "2025", i] for i in range(40))]
    path = save(tmp_path / "a.xlsx", {"人员": people, "说明": [["说明"]], "实绩": actuals})
    parts, info, problems = streamed(path, "actuals")
    assert list(parts) == ["actuals"]
    assert [(sheet.table, sheet.records) for sheet in info.sheets] == [("people", 0), ("", 0), ("actuals", 40)]
    assert {one.code for one in problems} == {"S103"}


def test_two_sheets_of_a_table_and_sheets_of_none(tmp_path: Path) -> None:
    sheets = {name: [PEOPLE, *map(person, range(30))] for name in ("人员", "人员 (2)")}
    assert blocks(save(tmp_path / "a.xlsx", {**sheets, "空": [], "其他": [["a", "b"]] * 60, "合同": [["x"]]})) > 5
    assert blocks(save(tmp_path / "b.xlsx", {"其他": [["a", "b"]] * 60})) == 0


# Forms that cannot be cut


ROWS = text_row(1, *PEOPLE) + "".join(text_row(i, *person(i)) for i in range(2, 30))


@pytest.mark.parametrize(
    "xml",
    [
        sheet_xml(ROWS).replace("<", "<x:").replace("<x:/", "</x:").replace("<x:?", "<?").replace("xmlns", "xmlns:x"),
        sheet_xml(ROWS.replace('<c r="A9" t="inlineStr">', '<c t="inlineStr" r="A9">')),
        sheet_xml(ROWS.replace('<row r="9">', "<row>")),
        sheet_xml(ROWS.replace('<row r="9">', "<row\nr='9'>")),
        sheet_xml(ROWS.replace("张三7", "&#xE001;7")),
        sheet_xml(ROWS.replace("张三7", "\ue0017")),
        sheet_xml(ROWS.replace("张三7", "<![CDATA[<row ]]>")),
        sheet_xml(ROWS + text_row(12, *person(99))),
        sheet_xml("<!-- <row --> " + ROWS),
        sheet_xml("").replace("<sheetData></sheetData>", "<sheetData/>"),
    ],
    ids=["prefixed", "attributes", "no number", "quotes", "mark", "plain mark", "cdata", "order", "comment", "blank"],
)
def test_unusual_sheets_are_read_whole(tmp_path: Path, xml: str) -> None:
    assert blocks(package(tmp_path / "a.xlsx", xml)) <= 1


@pytest.mark.parametrize(
    ("cell", "cut_up"),
    [
        ('<c r="B9" t="s" s="1" ph="1"><v>1</v></c>', True),
        ("<c r=\"B9\" t='s'><v>1</v></c>", False),
        ('<c r="B9" t="s"><f>A1</f><v>1</v></c>', False),
        ('<c r="B9" t="s"  ><v>1</v></c>', True),
    ],
)
def test_unusual_shared_cells(tmp_path: Path, cell: str, cut_up: bool) -> None:
    rows = ROWS.replace(text_row(9, *person(9)), f'<row r="9">{cell}<c r="C9" t="s"><v>0</v></c></row>')
    strings = f'<sst xmlns="{MAIN}"><si><t>甲</t></si><si><t>乙</t></si></sst>'
    assert (blocks(package(tmp_path / "a.xlsx", sheet_xml(rows), {STRINGS: strings})) > 1) == cut_up


@pytest.mark.parametrize(
    ("strings", "cut_up"),
    [
        ("<sst><si><t>甲</t></si><si><t>乙</t></si></sst>", True),
        ("<sst><si><t>甲</t></si><si><t/></si><si><r><t>丙</t></r><rPh><t>x</t></rPh></si></sst>", True),
        ("<sst><si/><si><t>甲</t></si><si><t>乙</t></si></sst>", False),
        ('<sst><si><t>甲</t></si><si a="1"><t>乙</t></si></sst>', False),
        ("<x:sst><x:si><x:t>甲</x:t></x:si><x:si><x:t>乙</x:t></x:si></x:sst>", False),
        ("<sst><si><t>甲</t></si><!-- <si> --><si><t>乙</t></si></sst>", False),
    ],
)
def test_forms_of_shared_strings(tmp_path: Path, strings: str, cut_up: bool) -> None:
    shared = '<row r="30"><c r="A30" t="s"><v>1</v></c><c r="B30" t="s"><v>0</v></c><c r="C30" t="s"><v></v></c></row>'
    path = package(tmp_path / "a.xlsx", sheet_xml(ROWS + shared), {STRINGS: strings})
    assert (blocks(path) > 1) == cut_up


# Files that cannot be read


def codes(path: Path) -> list[str]:
    """The codes, the same for both ways of reading, of a file that gives no table."""
    book, info, problems = read_book(path)
    parts, streamed_info, found = streamed(path)
    assert (book, info.sheets) == ({}, [])
    assert (parts, streamed_info) == ({}, info)
    assert found == problems
    return [one.code for one in found]


def test_truncated_anywhere(tmp_path: Path) -> None:
    whole = save(tmp_path / "a.xlsx", {"人员": [PEOPLE, *map(person, range(50))]}).read_bytes()
    for part in (0, 0.1, 0.5, 0.9, 0.999):
        (tmp_path / "cut.xlsx").write_bytes(whole[: int(len(whole) * part)])
        assert codes(tmp_path / "cut.xlsx") == ["F108" if part else "F104"]
    assert codes(tmp_path / "none.xlsx") == ["F101"]
    assert codes(tmp_path) == ["F102"]


def test_damaged_and_lying(tmp_path: Path) -> None:
    path = package(tmp_path / "a.xlsx", sheet_xml(ROWS))
    good = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        entry = archive.getinfo("xl/worksheets/sheet1.xml")
    for at in (entry.header_offset, entry.header_offset + 60, entry.header_offset + entry.compress_size):
        path.write_bytes(good[:at] + bytes([good[at] ^ 0xFF]) + good[at + 1 :])
        assert codes(path) == ["F108"]
    for size in (entry.file_size, entry.compress_size, entry.CRC, entry.header_offset):
        for lie in (size - 9, size + 9, 0, 2**31):
            if lie >= 0:
                path.write_bytes(good.replace(size.to_bytes(4, "little"), lie.to_bytes(4, "little")))
                blocks(path)


@pytest.mark.parametrize("at", range(8))
def test_a_dtd_across_the_border_of_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int) -> None:
    monkeypatch.setattr(ooxml_package, "PIECE", 8)
    path = package(tmp_path / "a.xlsx", sheet_xml(ROWS + " " * at + "<!ENTITY>" + text_row(90, *person(90))))
    assert codes(path) == ["F110"]
    assert codes(package(tmp_path / "b.xlsx", sheet_xml(ROWS), {STRINGS: " " * at + "<!DOCTYPE x><sst/>"})) == ["F110"]


def test_sheets_that_make_no_sense(tmp_path: Path) -> None:
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    assert codes(package(tmp_path / "a.xlsx", sheet_xml(ROWS + far))) == ["F111"]
    assert codes(package(tmp_path / "b.xlsx", sheet_xml(ROWS).split("</sheetData>")[0])) == ["F108"]
    beyond = '<row r="90"><c r="A90" t="s"><v>7</v></c></row>'
    strings = "<sst><si><t>甲</t></si></sst>"
    for parts in ({STRINGS: strings}, {}):
        _, _, problems = read_book(package(tmp_path / "c.xlsx", sheet_xml(ROWS + beyond), parts))
        assert problems == streamed(tmp_path / "c.xlsx")[2]
        assert ("V131", "A90") in [(one.code, one.address.cell) for one in problems]


def test_a_wide_cell_in_a_row_where_it_does_not_belong(tmp_path: Path) -> None:
    """What calamine would take for a sheet of ten thousand million cells."""
    lost = '<row r="90"><c r="XFD1048576"><v>1</v></c></row>'
    assert codes(package(tmp_path / "a.xlsx", sheet_xml(ROWS + lost))) == ["F108"]  # its row says another number


def test_what_take_raises_comes_out(tmp_path: Path) -> None:
    path = save(tmp_path / "a.xlsx", {"人员": [PEOPLE, *map(person, range(100))]})
    seen: list[int] = []

    def take(records: Records) -> None:
        seen.append(len(records))
        if len(seen) == 2:
            raise ValueError("enough")

    with pytest.raises(ValueError, match="enough"):
        stream_book(path, {"people"}, take)
    assert len(seen) == 2


def test_problems_stay_few_and_the_rest_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read at once and block by block alike; what is not named one by one is an error of the sheet."""
    monkeypatch.setattr(bounded, "MANY", 12)
    rows = [ACTUALS, *(["E1", "K1", "2025", "优秀吗"] for _ in range(200))]
    path = save(tmp_path / "a.xlsx", {"实绩": rows})
    assert blocks(path) > 5
    _, _, problems = streamed(path)
    *named, more = problems
    assert [one.address.cell for one in named] == [f"D{i}" for i in range(2, 14)]
    assert (more.code, more.address.sheet, more.address.cell, more.table) == ("S125", "实绩", "", "actuals")
    assert more.details["count"] == 188


_PEAK = """
import sys
from pathlib import Path
from perfxl.workbook.reading.read import stream_book

def peak():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) // 1024 for line in lines if line.startswith("VmHWM"))

rows = []
for path in sys.argv[1:]:
    stream_book(path, {"actuals"}, lambda records: rows.append(len(records)))
    print(len(rows), sum(rows), peak())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the peak is read from /proc")
def test_memory_does_not_grow_with_the_sheet(tmp_path: Path) -> None:
    head, paths = text_row(1, *ACTUALS), []
    for count in (60_000, 240_000):
        rows = "".join(
            f'<row r="{i}"><c r="A{i}" t="s"><v>{i % 2999}</v></c><c r="B{i}" t="s"><v>{i % 7}</v></c>'
            f'<c r="C{i}" t="s"><v>1</v></c><c r="D{i}"><v>{i * 7919 % 9973}.{i % 97}</v></c></row>'
            for i in range(2, count + 2)
        )
        strings = f"<sst>{''.join(f'<si><t>2025年{i}</t></si>' for i in range(3000))}</sst>"
        paths.append(package(tmp_path / f"{count}.xlsx", sheet_xml(head + rows), {STRINGS: strings}, "实绩"))
    done = subprocess.run([sys.executable, "-c", _PEAK, *map(str, paths)], capture_output=True, check=True)
    (few, small, first), (many, large, second) = (map(int, line.split()) for line in done.stdout.decode().splitlines())
    assert (small, large - small) == (60_000, 240_000)
    assert many > 3 * few > 3
    assert second < first + 25


# Any grid of cells


VALUES = st.one_of(
    st.none(),
    st.floats(-1e6, 1e6, allow_nan=False),
    st.booleans(),
    st.dates(date(1990, 1, 1), date(2090, 1, 1)),
    st.sampled_from(
        ["", " ", "85%", "１２", "#DIV/0!", "不适用", "优", "合计", "=1+1", "A", "12万", "_x000D_", "\ue001"]
    ),
)
GRID = st.lists(st.one_of(st.just([]), st.lists(VALUES, min_size=1, max_size=7)), max_size=14)
MERGED = st.lists(st.tuples(st.integers(2, 30), st.integers(1, 9)), max_size=2)  # first row, rows after it


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    grid=GRID, again=st.integers(1, 4), merged=st.lists(st.tuples(st.integers(2, 30), st.integers(1, 9)), max_size=2)
)
@example(grid=[[0.0, "合计", 0.0], [None, 0.0, "合计"]], again=4, merged=[])  # one a block, where 合计 is no text
def test_any_cells(tmp_path: Path, grid: list[list[Any]], again: int, merged: list[tuple[int, int]]) -> None:
    merges = [f"{'AC'[i]}{top}:{'AC'[i]}{top + height}" for i, (top, height) in enumerate(merged)]
    blocks(save(tmp_path / "a.xlsx", {"合同指标": [LINES, *grid * again]}, merges))


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    before=st.text("<>abc", max_size=9),
    rows=st.lists(st.integers(1, 400), unique=True, max_size=30).map(sorted),
    after=st.text("<>abc", max_size=30),
    size=st.integers(1, 40),
)
def test_a_cut_loses_nothing(before: str, rows: list[int], after: str, size: int) -> None:
    xml = (before + "".join(map(text_row, rows)) + "</sheetData>" + after).encode()
    pieces: Iterator[bytes] = (xml[i : i + size] for i in range(0, len(xml), size))
    try:
        found = list(cut.cut(pieces))
    except cut.UnsupportedLayout:
        assert not rows
        return
    assert b"".join(found) == xml
    assert all(one.startswith(b"<row ") for one in found[1:-1])


def test_a_hidden_sheet_in_many_blocks(tmp_path: Path) -> None:
    """What is said once about a sheet is said once, and counts over all its blocks."""
    workbook = openpyxl.Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = "人员"
    sheet.append(PEOPLE)
    for i in range(60):
        sheet.append(person(i))
        sheet.row_dimensions[i + 2].hidden = i % 9 == 4
    for first in (3, 30, 50):
        sheet.merge_cells(f"B{first}:B{first + 2}")
    workbook.create_sheet("其他")
    sheet.sheet_state = "hidden"
    workbook.active = 1
    workbook.save(tmp_path / "a.xlsx")
    assert blocks(tmp_path / "a.xlsx") > 5
    counts = {one.name: one.details.get("count") for one in read_large_book(tmp_path / "a.xlsx")[2]}
    assert counts["rows_hidden"] == 7 and counts["cells_filled_down"] == 6 and "sheet_hidden" in counts


def test_no_process_is_forked_while_a_thread_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Names that stand for codes are read from other sheets in the middle of one: forked then, a process would hold
    what the thread had locked. No thread is left."""
    at_forks: list[int] = []

    def forked(items: Any) -> Any:
        at_forks.append(threading.active_count())
        return iter(items)

    threads = threading.active_count()
    monkeypatch.setattr(stream, "prefetch", forked)
    path = tmp_path / "program.xlsx"
    write_program(path, sample.program(60), blank_rows=1)
    assert len(streamed(path)[0]["actuals"]) > 3
    assert at_forks and set(at_forks) == {threads} and threading.active_count() == threads

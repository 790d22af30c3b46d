"""Files of other formats: the same table reads to the same grid whatever it was saved as, told by content, bounded."""

from __future__ import annotations

import json
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfxl.cli import main
from perfxl.core.problems import Problem
from perfxl.tables.grid import Grid
from perfxl.workbook.files import open_workbook
from perfxl.workbook.formats import cells
from perfxl.workbook.formats.plain_text import describe_text
from perfxl.workbook.reading.grids import read_grids
from tests.workbook.office import convert, format_errors, needs_libreoffice

OLD = Path(__file__).parent.parent / "data" / "formats" / "contract.xls"
HEADER = ["指标类别", "考核指标", "权重(%)", "目标值", "实际完成值"]
CSV = "考核指标{0}权重{0}目标值\n回款率{0}40%{0}95.5%\n满意度{0}60%{0}90\n"
READ = [["考核指标", "权重", "目标值"], ["回款率", 0.4, 0.955], ["满意度", 0.6, 90.0]]


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def read_file_grids(path: Path) -> tuple[list[Grid], list[Problem]]:
    """The sheets of a file of any kind, each as it stands; none, with the reason, where it is unusable."""
    package, problems = open_workbook(path)
    if package is None:
        return [], problems
    grids, missing = read_grids(package)
    return grids, [*problems, *missing]


def names(problems: list[Problem]) -> list[str]:
    return [each.name for each in problems]


def only_grid(path: Path) -> Grid:
    (grid,), problems = read_file_grids(path)
    assert set(names(problems)) <= {"file_is_text"}
    return grid


def test_an_old_workbook() -> None:
    grid = only_grid(OLD)
    assert grid.rows[2] == HEADER
    assert grid.rows[4] == ["财务", "回款率", 30.0, "95%", "90%"]


@pytest.mark.parametrize("command", ["check", "score", "weights", "cascade"])
def test_commands_take_it_and_write_xlsx(command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out.xlsx"
    assert main([command, str(OLD), "-o", str(out)]) == 0
    assert openpyxl.load_workbook(out).sheetnames
    assert "Traceback" not in capsys.readouterr().out


def test_the_marked_copy_of_an_old_workbook_is_in_order(tmp_path: Path) -> None:
    out = tmp_path / "marked.xlsx"
    assert main(["check", str(OLD), "-o", str(out)]) == 0
    assert [error for error in format_errors(out) if "relationships/theme" not in error] == []  # Excel needs none
    sheet = openpyxl.load_workbook(out)["Sheet1"]
    assert sheet["B5"].value == "回款率" and sheet["C6"].comment is not None
    assert main(["check", str(OLD), "-o", str(tmp_path / "marked.xls")]) == 2


def saved(path: Path) -> Path:
    """A table with everything that a grid tells of."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "指标"
    rows: list[list[Any]] = [
        ["工号", "指标", "权重", "目标值", "日期", "实绩"],
        [123, "回款率", 0.4, 0.96, date(2026, 3, 1), 1200],
        [45, "满意\n度", 0.35, 0.955, date(2026, 12, 31), 1234567.5],
        [7, "事故", 0.25, 0, None, "待报"],
        ["000123", " 空格 ", 0.1, "≥90分", date(2026, 1, 2), "=F2*2"],
    ]
    for row in rows:
        sheet.append(row)
    for at in range(2, 6):
        for column, code in (("A", "000000"), ("C", "0%"), ("D", "0.0%"), ("E", "yyyy-mm-dd"), ("F", "#,##0.00")):
            sheet[f"{column}{at}"].number_format = code
    sheet["F6"] = "=1/0"
    sheet["A8"] = "合计"
    sheet.merge_cells("A8:B9")
    sheet.row_dimensions[3].hidden = True
    hidden = book.create_sheet("隐藏")
    hidden["B2"] = 5
    hidden.sheet_state = "hidden"
    book.save(path)
    return path


def told(grid: Grid) -> dict[str, Any]:
    """All that a grid says, of formats only where there is a number."""
    number = {(i, at) for i, row in enumerate(grid.rows) for at, value in enumerate(row) if isinstance(value, float)}
    return {
        "rows": grid.rows,
        "name": grid.name,
        "hidden": grid.hidden,
        "merges": grid.merges,
        "hidden_rows": grid.hidden_rows,
        "percent": {(row, at) for at, rows in grid.percent.items() for row in rows} & number,
        "padded": {
            (row, at): code for at, rows in grid.padded.items() for row, code in rows.items() if (row, at) in number
        },
    }


@needs_libreoffice
@pytest.mark.parametrize("kind", ["xls", "ods"])
def test_the_same_table_reads_the_same(kind: str, tmp_path: Path) -> None:
    source = saved(tmp_path / "a.xlsx")
    twin, problems = read_file_grids(convert(source, tmp_path / "x", "xlsx"))
    other, more = read_file_grids(convert(source, tmp_path / "o", kind))
    assert problems == more == []
    assert [told(grid) for grid in other] == [told(grid) for grid in twin]
    assert (1, 2) in told(twin[0])["percent"] and told(twin[0])["merges"] == [(7, 0, 8, 1)]
    assert told(twin[0])["padded"][1, 0] == "000000" and twin[1].hidden and told(twin[0])["hidden_rows"] == {2}


@needs_libreoffice
def test_the_same_table_as_text(tmp_path: Path) -> None:
    source = saved(tmp_path / "a.xlsx")
    twin = read_file_grids(convert(source, tmp_path / "x", "xlsx"))[0][0]
    other = only_grid(convert(source, tmp_path / "o", "csv", ":Text - txt - csv (StarCalc):44,34,76,1"))
    padded = {(row, at) for at, rows in twin.padded.items() for row in rows}
    for i, row in enumerate(twin.rows):
        assert [value for at, value in enumerate(other.rows[i]) if (i, at) not in padded] == [
            value for at, value in enumerate(row) if (i, at) not in padded
        ]
    assert [row[0] for row in other.rows[1:5]] == ["000123", "000045", "000007", "000123"]  # as shown
    assert told(other)["percent"] == told(twin)["percent"]


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("name", ["权重.csv", "权重.xls", "权重"])
def test_text_of_any_encoding_and_separator(mark: str, encoding: str, name: str, tmp_path: Path) -> None:
    path = written(tmp_path / name, CSV.format(mark).encode(encoding))
    (grid,), problems = read_file_grids(path)
    assert names(problems) == ["file_is_text"]
    assert grid.rows == READ
    assert grid.percent == {1: {1, 2}, 2: {1}}


def test_a_separator_that_is_stated(tmp_path: Path) -> None:
    assert only_grid(written(tmp_path / "a.csv", b"sep=;\r\na,b;c\r\n1;2\r\n")).rows == [["a,b", "c"], [1.0, 2.0]]


def test_one_column_is_a_table_only_where_the_name_says_so(tmp_path: Path) -> None:
    assert only_grid(written(tmp_path / "a.csv", "指标\n回款率\n".encode())).rows == [["指标"], ["回款率"]]
    assert names(read_file_grids(written(tmp_path / "a.xlsx", "指标\n回款率\n".encode()))[1]) == ["file_not_workbook"]


@given(st.lists(st.lists(st.text(alphabet="甲乙,;\t\"' ab1.%", max_size=6), min_size=2, max_size=5), min_size=1))
def test_no_text_is_lost(rows: list[list[str]]) -> None:
    """Whatever separator is found: every character that is not one is in a cell."""
    lines = "\n".join(",".join(row) for row in rows).encode()
    form = describe_text(lines, named=True)
    if form is None:
        return
    kept = "".join(cell for row in form.rows for cell in row)
    assert sorted(char for char in kept if char in "甲乙ab1.%") == sorted(c for c in lines.decode() if c in "甲乙ab1.%")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("95%", 0.95),
        ("0.1%", 0.001),
        ("1,234.5", 1234.5),
        ("-3", -3.0),
        ("000123", "000123"),
        ("1234567890123456789", "1234567890123456789"),
        ("2026/3/1", date(2026, 3, 1)),
        ("2026-02-30", "2026-02-30"),
        ("3/1/2026", "3/1/2026"),
        ("1e5", "1e5"),
        ("≥90", "≥90"),
        ("12,34", "12,34"),
    ],
)
def test_what_of_a_text_is_a_number(text: str, value: object, tmp_path: Path) -> None:
    assert only_grid(written(tmp_path / "a.csv", f'x\ty\n"{text}"\tz\n'.encode())).rows[1] == [value, "z"]


PAGE = """<html><head><meta charset="gb2312"><style>.id {mso-number-format:"\\@";}</style></head><body><table border=1>
<tr><th rowspan=2>指标</th><th colspan=2>权重<br>目标</th></tr><tr><td>甲</td><td>乙</td></tr>
<tr style="display:none"><td>回款率</td><td>40%</td><td class=id>00123</td></tr>
<tr><td>满意<b>度</b></td><td>60%</td><td x:num="0.955">95%</td></tr></table><table><tr><td>签字</td></tr></table>"""


def test_a_web_page_saved_as_a_workbook(tmp_path: Path) -> None:
    grid = only_grid(written(tmp_path / "导出.xls", PAGE.encode("gb18030")))
    assert grid.rows == [
        ["指标", "权重\n目标", ""],
        ["", "甲", "乙"],
        ["回款率", 0.4, "00123"],
        ["满意度", 0.6, 0.955],
        ["", "", ""],
        ["签字", "", ""],
    ]
    assert grid.merges == [(0, 0, 1, 0), (0, 1, 0, 2)]
    assert grid.hidden_rows == {2}
    assert grid.percent == {1: {2, 3}, 2: {3}}


def test_xml_of_excel_2003(tmp_path: Path) -> None:
    xml = """<?xml version="1.0" encoding="UTF-8"?><?mso-application progid="Excel.Sheet"?>
    <Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"
    xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
    <Styles><Style ss:ID="p"><NumberFormat ss:Format="0.0%"/></Style></Styles>
    <Worksheet ss:Name="指标"><Table>
    <Row ss:Index="2"><Cell ss:MergeAcross="1"><Data ss:Type="String">权重</Data></Cell>
    <Cell ss:StyleID="p"><Data ss:Type="Number">0.955</Data></Cell></Row>
    <Row ss:Hidden="1"><Cell ss:Index="3"><Data ss:Type="DateTime">2026-03-01T00:00:00.000</Data></Cell></Row></Table>
    </Worksheet></Workbook>"""
    grid = only_grid(written(tmp_path / "a.xls", xml.encode()))
    assert (grid.name, grid.rows[1][:3], grid.merges) == ("指标", ["权重", "", 0.955], [(1, 0, 1, 1)])
    assert grid.percent == {2: {1}} and grid.hidden_rows == {2}
    entity = xml.replace("<Workbook", '<!DOCTYPE x [<!ENTITY a "b">]><Workbook', 1)
    assert names(read_file_grids(written(tmp_path / "b.xls", entity.encode()))[1]) == ["file_unsafe"]


def ods(path: Path, rows: str, manifest: str = "", kind: str = "spreadsheet") -> Path:
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    body = f"<office:body><office:{kind}>{rows}</office:{kind}></office:body>"
    content = f"<office:document-content {spaces}>{body}</office:document-content>"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        if manifest:
            archive.writestr("META-INF/manifest.xml", manifest)
    return path


CELL = '<table:table-cell office:value-type="float" office:value="1" table:number-columns-repeated="{}"/>'


def test_repeated_cells_are_bounded(tmp_path: Path) -> None:
    row = '<table:table-row table:number-rows-repeated="{}">{}</table:table-row>'
    table = f'<table:table table:name="a">{row}</table:table>'
    assert only_grid(ods(tmp_path / "a.ods", table.format(2, CELL.format(3)))).rows == [[1.0] * 3] * 2
    for rows, columns in ((1_048_576, 1024), (1, 16_385), (2_000_000_000, 1), (1, 2_000_000_000)):
        bomb = ods(tmp_path / "b.ods", table.format(rows, CELL.format(columns)))
        assert names(read_file_grids(bomb)[1]) == ["file_too_large"]
    blank = table.format(1_048_576, '<table:table-cell table:number-columns-repeated="16384"/>')
    assert only_grid(ods(tmp_path / "c.ods", blank)).rows == []


@pytest.mark.parametrize(
    ("rows", "manifest", "kind", "said"),
    [
        ("", "<m><encryption-data/></m>", "spreadsheet", "file_encrypted"),
        ("<text:p>1</text:p>", "", "text", "file_not_xlsx"),
        ('<table:table table:name="a"><table:table-row>', "", "spreadsheet", "file_damaged"),
        (
            f'<table:table table:name="a"><table:table-row>{CELL}</table:table-row></table:table>',
            "",
            "spreadsheet",
            "file_damaged",
        ),
    ],
)
def test_an_open_document_that_is_unusable(rows: str, manifest: str, kind: str, said: str, tmp_path: Path) -> None:
    assert names(read_file_grids(ods(tmp_path / "a.ods", rows, manifest, kind))[1]) == [said]


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.7, 0.9])
def test_a_truncated_old_workbook_is_damaged(share: float, tmp_path: Path) -> None:
    data = OLD.read_bytes()
    grids, problems = read_file_grids(written(tmp_path / "a.xls", data[: int(len(data) * share)]))
    assert (grids, names(problems)) == ([], ["file_damaged"])


def test_an_old_workbook_with_any_byte_changed_is_read_or_named(tmp_path: Path) -> None:
    data = OLD.read_bytes()
    for at in range(0, len(data), 61):
        changed = bytearray(data)
        changed[at] ^= 0xFF
        grids, problems = read_file_grids(written(tmp_path / "a.xls", bytes(changed)))
        assert grids or names(problems)


def test_too_many_cells_are_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells, "MAX_CELLS", 1000)
    path = written(tmp_path / "a.csv", b"1,2\n" * 600)
    assert names(read_file_grids(path)[1]) == ["file_too_large"]


def test_the_json_of_a_text_file_says_how_it_was_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path / "a.csv", CSV.format(";").encode("gb18030"))
    main(["check", str(path), "--json"])
    told = [each for each in json.loads(capsys.readouterr().out)["problems"] if each["name"] == "file_is_text"]
    assert "GB18030" in told[0]["message"] and ";" in told[0]["message"]

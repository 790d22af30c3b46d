"""A template that HR has made its own: with a logo, columns in another order and of HR's own, sheets under other names.
What is drawn by it goes out and comes back like any other."""

from __future__ import annotations

import struct
import zipfile
import zlib
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from xlsxwriter.worksheet import Worksheet

from perfxl.core.language import Text
from perfxl.exchange.collect import Collection, collect
from perfxl.exchange.send import Sent, distribute
from perfxl.exchange.template_check import check_template
from tests.exchange.test_collect_merge import put
from tests.exchange.test_distribute import ORDER, program
from tests.workbook.office import convert, needs_libreoffice
from tools.manager_templates import build
from tools.manager_templates.sheets import SHEETS, Sheet

TITLE = Text("一季度 数据(集团)", "Q1 data")


def png() -> bytes:
    """A picture of two by two dots."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    dots = b"".join(b"\0" + bytes((200, 30, 30)) * 2 for _ in range(2))
    header = struct.pack(">IIBBBBB", 2, 2, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(dots)) + chunk(b"IEND", b"")


def own_sheet(sheet: Sheet) -> Sheet:
    """The actuals under another name, what is filled in first, then whom it is about."""
    if sheet.job != "actuals":
        return sheet
    asked = [column for column in sheet.columns if column.kind != "shown"]
    shown = [column for column in sheet.columns if column.kind == "shown"]
    whose = [column for column in shown if column.field in ("holder", "name")]
    rest = [column for column in reversed(shown) if column not in whose]
    return sheet._replace(title=TITLE, columns=(*whose, *asked, *rest))


@pytest.fixture
def template(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """As Excel would save it."""
    logo = tmp_path / "logo.png"
    logo.write_bytes(png())
    start = build._Builder._start

    def with_logo(self: build._Builder, worksheet: Worksheet, done: list[str]) -> None:
        start(self, worksheet, done)
        worksheet.insert_image("F2", str(logo), {"description": "集团标志"})

    monkeypatch.setattr(build._Builder, "_start", with_logo)
    monkeypatch.setattr(build, "SHEETS", tuple(map(own_sheet, SHEETS)))
    (tmp_path / "own").mkdir()
    return build.build_templates(tmp_path / "own")[0]


def sent(template: Path, out: Path) -> Sent:
    assert not [each for each in check_template(template, "zh")[1] if each.severity != "notice"]
    result, problems = distribute(program(), out, replace(ORDER, template=template))
    assert not problems
    return result


def fills_and_comes_back(result: Sent, out: Path, back: Path) -> None:
    """Figures and evidence of two people, typed where the columns stand now."""
    back.mkdir()
    path = out / result.files[0].path
    book = openpyxl.load_workbook(path)
    assert TITLE.zh in book.sheetnames and "实绩填报" not in book.sheetnames
    cells = [
        put(book, "S000", 55, TITLE.zh),
        put(book, "S003", 66.5, TITLE.zh),
        put(book, "S000", "月报", TITLE.zh, "依据"),
    ]
    book.save(back / path.name)
    collected = collect(program(), Collection((back,), (out,)))
    told = [(change.column, change.new, change.source.cell) for change in collected.merged.changes]
    assert sorted(told, key=lambda each: cells.index(each[2])) == [
        *(("value", 55.0, cells[0]), ("value", 66.5, cells[1]), ("evidence", "月报", cells[2]))
    ]
    assert {each.source.sheet for each in collected.merged.changes} == {TITLE.zh}
    assert not [each for each in collected.problems if each.address.file]


def test_a_logo_other_columns_and_names_go_out_and_come_back(template: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    result = sent(template, out)
    for file in result.files:
        with zipfile.ZipFile(out / file.path) as archive:
            pictures = [archive.read(name) for name in archive.namelist() if name.startswith("xl/media/")]
            drawings = [name for name in archive.namelist() if name.startswith("xl/drawings/drawing")]
        assert pictures == [png()] and drawings
    start = openpyxl.load_workbook(out / result.files[0].path)["首页"]
    assert len(vars(start)["_images"]) == 1
    fills_and_comes_back(result, out, tmp_path / "back")


@needs_libreoffice
def test_so_it_does_when_libreoffice_has_saved_it(template: Path, tmp_path: Path) -> None:
    saved = convert(template, tmp_path / "office", "xlsx")
    out = tmp_path / "out"
    result, problems = distribute(program(), out, replace(ORDER, template=saved))
    assert not [each for each in problems if each.severity == "error"]
    with zipfile.ZipFile(out / result.files[0].path) as archive:
        assert [name for name in archive.namelist() if name.startswith("xl/media/")]
    fills_and_comes_back(result, out, tmp_path / "back")


@pytest.mark.parametrize("width", [14, 60])
def test_rows_are_as_high_as_its_columns_need(template: Path, tmp_path: Path, width: int) -> None:
    """Heights were those of the shipped columns: of a column that HR had made narrow, names lost their second line."""
    book = openpyxl.load_workbook(template)
    sheet = book[TITLE.zh]
    letter = next(cell.column_letter for cell in sheet[5] if cell.value == "{{kpi_name}}")
    sheet.column_dimensions[letter].width = width
    book.save(template)
    made = program()
    made.tables["kpis"].columns["name"] = ["重点客户综合满意度提升率"] * len(made.tables["kpis"])
    result, _ = distribute(made, tmp_path / "out", replace(ORDER, template=template))
    filled = openpyxl.load_workbook(tmp_path / "out" / result.files[0].path)[TITLE.zh]
    heights = {filled.row_dimensions[row].height for row in range(5, filled.max_row + 1)}
    assert (heights == {None}) is (width == 60)

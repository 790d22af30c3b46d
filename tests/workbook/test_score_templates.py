"""Score books drawn from a template that HR has made its own: columns moved, added and taken out, texts, a picture,
another look; saved by LibreOffice. What it can no longer do is said by cell, and no figure becomes wrong by it."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.drawing.image import Image
from openpyxl.styles import PatternFill

from perfxl import sample
from perfxl.assets import workbook_templates
from perfxl.cli import main
from perfxl.core.scoring.program import Scores
from perfxl.program import from_tables
from perfxl.workbook.program.book import write_program
from perfxl.workbook.score.book import write_scores
from perfxl.workbook.score.cell_writer import GRADE_COLOURS
from perfxl.workbook.score.template import template_for
from perfxl.workbook.score.template_check import check_score_template
from tests import oracles
from tests.exchange.test_own_templates import png
from tests.workbook.office import convert, format_errors, needs_libreoffice
from tools.score_templates.build import build_templates

PAGE, SUMMARY = "个人", "汇总"


def shipped(lang: str = "zh") -> Path:
    return workbook_templates() / f"scorecard.{lang}.xlsx"


def changed(folder: Path, change: Callable[[Any], None]) -> Path:
    book = openpyxl.load_workbook(shipped())
    change(book)
    path = folder / "own.xlsx"
    book.save(path)
    return path


def scored(path: Path, template: Path, people: int = 12, seed: int = 2) -> Scores:
    program, _ = from_tables(sample.program(people, seed, "zh"))
    scores, _ = program.score()
    loaded = template_for(template, "zh")
    assert loaded.template, loaded.problems
    write_scores(path, program.tables, scores, "zh", template=loaded.template)
    return scores


def new_errors(path: Path, template: Path) -> list[str]:
    """What is wrong with the form of a book, but for what whoever saved the template has written into it."""
    known = {re.sub(r".*\]: ", "", error) for error in format_errors(template)}
    return [error for error in format_errors(path) if re.sub(r".*\]: ", "", error) not in known]


def swap(sheet: Any, first: str, second: str) -> None:
    """Two columns exchanged, as HR drags them."""
    for row in range(1, 21):
        a, b = sheet[f"{first}{row}"], sheet[f"{second}{row}"]
        a.value, b.value = b.value, a.value
        a._style, b._style = b._style, a._style


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_shipped_templates_can_do_everything(lang: str) -> None:
    marks, problems = check_score_template(shipped(lang), lang)
    assert problems == [] and len(marks) == 22


def test_columns_moved_and_added_text_and_a_picture(tmp_path: Path) -> None:
    logo = tmp_path / "logo.png"
    logo.write_bytes(png())

    def change(book: Any) -> None:
        sheet = book[PAGE]
        swap(sheet, "M", "D")
        swap(sheet, "F", "H")
        for row, value in ((5, "集团口径"), (6, '=IF(ISNUMBER(D6),D6/100,"")'), (10, "=SUM(AB6:AB6)"), (1, "机密")):
            sheet[f"AB{row}"] = value
        sheet["AB6"].fill = PatternFill("solid", fgColor="FFDDEEFF")
        sheet.add_image(Image(logo), "H1")
        sheet.title = "员工页"
        for name in book.defined_names.values():  # as every spreadsheet does when a sheet is renamed
            name.attr_text = name.attr_text.replace(PAGE, "员工页")

    template = changed(tmp_path, change)
    assert [each.code for each in check_score_template(template, "zh")[1]] == []
    path = tmp_path / "scores.xlsx"
    scores = scored(path, template)
    formulas, values = oracles.formulas(path), oracles.stored(path)
    own = {cell: text for cell, text in formulas.items() if cell[1].startswith("AB")}
    assert sum(text.startswith("SUM(AB") for text in own.values()) == len(scores.line_table.contracts)
    assert any(re.fullmatch(r"SUM\(AB6:AB1\d\)", text) for text in own.values()), "it grew with the lines"
    # What is HR's own has no stored value; what perfxl wrote is calculated to what it says.
    expected = {cell: value for cell, value in values.items() if cell not in own}
    assert oracles.differences(expected, oracles.by_formualizer(path, tmp_path)) == []
    assert new_errors(path, template) == []
    with zipfile.ZipFile(path) as archive:
        pictures = [name for name in archive.namelist() if name.startswith("xl/media/")]
        drawings = [name for name in archive.namelist() if re.match(r"xl/drawings/drawing\d+_s\d+\.xml$", name)]
    assert len(pictures) == 1 and len(drawings) == len(scores.people) + 1  # and that of the summary
    sheet = openpyxl.load_workbook(path)
    page = next(each for each in sheet if each["AB1"].value == "机密" and len(each["AB"]) > 5)
    assert page["D5"].value == "得分" and page["AB6"].fill.fgColor.rgb == "FFDDEEFF"


def test_a_figure_whose_cells_are_gone_is_a_figure_and_said_so(tmp_path: Path) -> None:
    """No formula may say what it cannot know: of weights, of deductions, of vetoes."""

    def change(book: Any) -> None:
        sheet = book[PAGE]
        sheet["O6"] = None  # status of lines
        del book.defined_names["perfxl_rows_vetoes"]
        del book.defined_names["perfxl_rows_adjusting"]
        for row in (7, 8):
            for cell in sheet[row]:
                cell.value = None

    template = changed(tmp_path, change)
    found = [(each.code, each.address.sheet, each.address.cell) for each in check_score_template(template, "zh")[1]]
    assert ("X151", PAGE, "A6") in found
    assert [code for code, *_ in found].count("X152") == 2
    path = tmp_path / "scores.xlsx"
    scores = scored(path, template, 60, 5)
    assert scores.line_table.vetoed
    assert oracles.differences(oracles.stored(path), oracles.by_formualizer(path, tmp_path)) == []
    shown = openpyxl.load_workbook(path, data_only=True)["人员得分"]
    by_person = {row[0].value: row[4].value for row in shown.iter_rows(min_row=5)}
    totals = dict(zip(scores.people, scores.totals.total.tolist(), strict=True))
    assert all(by_person[person] == total for person, total in totals.items() if total == total)


@needs_libreoffice
def test_saved_by_libreoffice_it_draws_the_same(tmp_path: Path) -> None:
    template = convert(shipped(), tmp_path / "saved", "xlsx")
    assert [each for each in check_score_template(template, "zh")[1] if each.severity == "error"] == []
    path = tmp_path / "scores.xlsx"
    scored(path, template)
    assert new_errors(path, template) == []
    assert oracles.differences(oracles.stored(path), oracles.by_libreoffice(path, tmp_path)) == []
    with zipfile.ZipFile(path) as archive:
        charts = [archive.read(name).decode() for name in archive.namelist() if "/charts/chart" in name]
    reaches = re.findall(rf"'?{SUMMARY}'?!\$B\$(\d+):\$B\$(\d+)", " ".join(charts))
    assert len(charts) == 4 and any(int(last) - int(first) >= 4 for first, last in reaches), "they grow with the data"
    (coloured,) = [chart for chart in charts if "c:dPt" in chart]  # of which LibreOffice had kept the first
    points = re.findall(r'<c:dPt><c:idx val="(\d)".*?<a:srgbClr val="(\w+)"', coloured)
    assert [(at, f"#{ink.upper()}") for at, ink in points] == [
        (str(at), ink) for at, (_, ink) in enumerate(GRADE_COLOURS)
    ]


def test_a_workbook_that_is_no_template_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, out = tmp_path / "p.xlsx", tmp_path / "o.xlsx"
    write_program(source, sample.program(8, 1, "zh"), "zh")
    assert main(["score", str(source), "-o", str(out), "--template", str(source)]) == 2
    assert "perfxl_rows_units" in capsys.readouterr().err and not out.exists()

    def change(book: Any) -> None:
        del book.defined_names["perfxl_rows_result"]

    own = changed(tmp_path, change)
    assert main(["score", str(source), "-o", str(out), "--template", str(own)]) == 2
    assert "perfxl_rows_result" in capsys.readouterr().err
    assert main(["score", str(source), "-o", str(out), "--template", str(shipped())]) in (0, 1) and out.exists()


def test_a_sheet_whose_elements_have_a_prefix_is_drawn_too(tmp_path: Path) -> None:
    """As the Open XML SDK writes it: x:worksheet, x:row."""
    template = tmp_path / "prefixed.xlsx"
    with zipfile.ZipFile(shipped()) as source, zipfile.ZipFile(template, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name.startswith("xl/worksheets/sheet"):
                content = re.sub(rb"<(/?)(?=[a-zA-Z])", rb"<\1x:", content).replace(b" xmlns=", b" xmlns:x=", 1)
            target.writestr(name, content)
    scored(tmp_path / "own.xlsx", template)
    scored(tmp_path / "usual.xlsx", shipped())
    assert oracles.stored(tmp_path / "own.xlsx") == oracles.stored(tmp_path / "usual.xlsx")
    assert format_errors(tmp_path / "own.xlsx") == []


def test_a_field_that_nobody_knows_is_named_by_its_cell(tmp_path: Path) -> None:
    def change(book: Any) -> None:
        book[PAGE]["B6"] = "{{kpy}}"
        book[SUMMARY]["B2"] = "{{subtitel}}"

    found = {
        (p.code, p.address.sheet, p.address.cell) for p in check_score_template(changed(tmp_path, change), "zh")[1]
    }
    assert {("T169", PAGE, "B6"), ("T169", SUMMARY, "B2")} <= found


def test_what_ships_is_what_the_tool_makes(tmp_path: Path) -> None:
    for path in build_templates(tmp_path):
        assert path.read_bytes() == (workbook_templates() / path.name).read_bytes(), "python -m tools.score_templates"

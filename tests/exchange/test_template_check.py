"""Managers' templates as HR changes them: what still works is used, what does not is named by its cell."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.styles import Font, PatternFill, Protection

from perfxl.assets import workbook_templates
from perfxl.cli import main
from perfxl.exchange.send import distribute
from perfxl.exchange.template_check import check_template
from tests.exchange.test_distribute import ORDER, program
from tests.workbook.office import convert, needs_libreoffice

SHIPPED = workbook_templates() / "manager.zh.xlsx"


def changed(folder: Path, change: Callable[[Any], object]) -> Path:
    book = openpyxl.load_workbook(SHIPPED)
    change(book)
    path = folder / "own.xlsx"
    book.save(path)
    return path


def lock(cell: Any, locked: bool) -> None:
    cell.protection = Protection(locked=locked)


def found(path: Path) -> list[tuple[str, str, str]]:
    return [(each.code, each.address.sheet, each.address.cell) for each in check_template(path, "zh")[1]]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_shipped_templates_can_do_everything(lang: str) -> None:
    marks, problems = check_template(workbook_templates() / f"manager.{lang}.xlsx", lang)
    assert not problems
    assert {mark.name for mark in marks} >= {"perfxl_rows_actuals", "perfxl_rows_scores", "perfxl_result_done_marks"}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda book: book["实绩填报"].__setitem__("H5", "实绩 {{value}}"), ("T164", "实绩填报", "H5")),
        (lambda book: book.defined_names.pop("perfxl_rows_actuals"), ("T190", "实绩填报", "A5")),
        (lambda book: setattr(book["实绩填报"].protection, "sheet", False), ("T191", "实绩填报", "")),
        (lambda book: book["预估得分"].delete_cols(11), ("T192", "预估得分", "A5")),
        (lambda book: book["实绩填报"].__setitem__("N5", "{{value}}"), ("T193", "实绩填报", "N5")),
        (lambda book: book["实绩填报"].__setitem__("A5", "工号"), ("T164", "实绩填报", "A5")),
        (lambda book: book["实绩填报"].__setitem__("M5", None), ("T165", "实绩填报", "A5")),
        (
            lambda book: setattr(book["实绩填报"]["H5"], "protection", Protection(locked=True)),
            ("T166", "实绩填报", "H5"),
        ),
        (
            lambda book: setattr(book["实绩填报"]["G5"], "protection", Protection(locked=False)),
            ("T167", "实绩填报", "G5"),
        ),
        (lambda book: book["定性评价"].data_validations.dataValidation.clear(), ("T168", "定性评价", "G5")),
        (lambda book: book["实绩填报"].__setitem__("N5", "{{valeu}}"), ("T169", "实绩填报", "N5")),
        (lambda book: book["首页"].__setitem__("D10", 3), ("T170", "首页", "D10")),
        (lambda book: book.defined_names.pop("perfxl_rows_marks"), ("T163", "", "")),
    ],
)
def test_what_it_cannot_do_is_named_by_its_cell(
    tmp_path: Path, change: Callable[[Any], object], told: tuple[str, str, str]
) -> None:
    assert told in found(changed(tmp_path, change))


def restyle(book: Any) -> None:
    """A title above, another order of sheets, colours, a column of HR's own, other texts."""
    sheet = book["实绩填报"]
    sheet["A1"].value = "某某集团 2026 年填报 {{period}}"
    sheet["A1"].font = Font(size=22, color="FF0000")
    sheet["N4"].value, sheet["N5"].value = "HR 备注", "请在系统里核对"
    for cell in sheet[4]:
        cell.fill = PatternFill("solid", fgColor="112233")
    book.move_sheet("评分", -2)


def works(template: Path, out: Path) -> None:
    result, problems = distribute(program(), out, replace(ORDER, jobs=("actuals", "marks"), template=template))
    assert not [each for each in problems if each.severity == "error"]
    book = openpyxl.load_workbook(out / result.files[0].path)
    sheet = book["实绩填报"]
    assert sheet["A1"].value == "某某集团 2026 年填报 2026Q1"
    assert [sheet.cell(row, 1).value for row in (5, 6)] == ["S000", "S003"]
    assert [sheet.cell(row, 14).value for row in (4, 5, 6)] == ["HR 备注", "请在系统里核对", "请在系统里核对"]
    assert not sheet["H6"].protection.locked and sheet["G6"].protection.locked


def test_a_template_restyled_by_hr_still_works(tmp_path: Path) -> None:
    path = changed(tmp_path, restyle)
    assert not [code for code, _, _ in found(path) if code not in ("T163", "T170")]
    works(path, tmp_path / "out")


@needs_libreoffice
def test_a_template_restyled_and_saved_by_libreoffice_still_works(tmp_path: Path) -> None:
    path = convert(changed(tmp_path, restyle), tmp_path / "office", "xlsx")
    assert not [code for code, _, _ in found(path) if code in ("T103", "T164", "T166", "T169")]
    works(path, tmp_path / "out")


def test_the_command_lists_names_and_faults(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["templates", "check", str(SHIPPED)]) == 0
    assert "perfxl_rows_actuals" in capsys.readouterr().out
    assert (
        main(["templates", "check", str(changed(tmp_path, lambda book: book["实绩填报"].__setitem__("A5", "")))]) == 1
    )
    (tmp_path / "no.xlsx").write_bytes(b"no workbook")
    assert main(["templates", "check", str(tmp_path / "no.xlsx")]) == 1


def test_nothing_else_is_said_on_the_terminal(tmp_path: Path) -> None:
    """Lines of a library's warnings, in English, with the paths of its files."""
    command = [sys.executable, "-m", "perfxl", "templates", "check", str(SHIPPED)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2])
    assert not done.stderr
    marks, _ = check_template(SHIPPED, "zh")
    said = {mark.name: mark.meaning.zh for mark in marks}
    assert (
        "“权重与预估总分”" in said["perfxl_if_totals_2"]
        and "实绩填报已填的行数" in said["perfxl_result_done_actuals_2"]
    )
    assert not [text for text in said.values() if re.search("“[a-z_0-9]+”", text)]

"""What the boxes of the ribbon make of documents, where the pages of a protected workbook go, and what is printed."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.workbook.protection import WorkbookProtection

from perfxl.assets import doc_templates
from perfxl.core.language import several
from perfxl.documents.pdf import find_office
from perfxl.outputs import read_mark
from perfxl.ribbon.file_book import FileBook
from perfxl.ribbon.open_book import CellRef
from tests.core import clean_program
from tests.excel.ribbon_books import Opened, both, click, open_file, open_live, titles, write_broken, write_sheets


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    return write_sheets(tmp_path / "方案.xlsx", clean_program.rows())


@both
def test_a_print_file_holds_all(opened: Opened, copied: Path) -> None:
    book = opened(copied)
    made = book.folder() / "方案-业绩合同.docx"
    assert f"已生成：{made}" in click("documents.contract", book, ticked=["print"])
    assert made.exists() and not list(book.folder().glob("业绩合同/*.docx"))


def test_an_archive_of_the_selected_does_not_replace_that_of_all(copied: Path) -> None:
    book = open_file(copied)
    click("documents.contract", book, ticked=["zip"])
    chosen = FileBook(copied, CellRef("人员", "A3"))
    assert "方案-业绩合同-所选.zip" in click("selected.contract", chosen, ticked=["zip"])
    archives = {path.name: len(_papers(path)) for path in book.folder().glob("*.zip")}
    assert archives == {"方案-业绩合同.zip": 2, "方案-业绩合同-所选.zip": 1}
    assert chosen.shown == [book.folder()]


def _papers(archive: Path) -> list[str]:
    with zipfile.ZipFile(archive) as held:
        return [name for name in held.namelist() if name.endswith(".docx")]


def test_only_what_changed(copied: Path) -> None:
    book = open_file(copied)
    assert "已生成 2 份" in click("documents.contract", book)
    assert "已生成 0 份" in click("documents.contract", book, ticked=["since"])
    changed = load_workbook(copied)
    changed["人员"]["B4"] = "张小三"
    changed.save(copied)
    told = click("documents.contract", open_file(copied), ticked=["since"])
    assert "已生成 1 份" in told


def test_a_template_of_ones_own_is_asked_for(copied: Path, tmp_path: Path) -> None:
    own = Path(shutil.copy(doc_templates() / "contract.zh.docx", tmp_path / "我们的.docx"))
    book = FileBook(copied, files=[own])
    assert "已生成 2 份" in click("documents.contract", book, ticked=["template"])
    assert click("documents.contract", open_file(copied), ticked=["template"]) == ""  # none was chosen
    (tmp_path / "坏.docx").write_bytes(b"no")
    told = click("documents.contract", FileBook(copied, files=[tmp_path / "坏.docx"]), ticked=["template"])
    assert "错误 1" in told and "已生成 0 份" in told


@pytest.mark.skipif(not find_office(), reason="LibreOffice is not installed")
def test_pdfs_too(copied: Path) -> None:
    chosen = FileBook(copied, CellRef("人员", "A3"))
    assert "已生成" in click("selected.contract", chosen, ticked=["pdf"])
    assert len(list(chosen.folder().rglob("*.pdf"))) == 1


@both
def test_pages_of_a_protected_workbook_are_a_file(opened: Opened, tmp_path: Path) -> None:
    path = write_broken(tmp_path)
    protected = load_workbook(path)
    protected.security = WorkbookProtection(lockStructure=True)
    protected.save(path)
    book = opened(path)
    before = titles(book)
    for name, made in (("check", "方案-PX 检查.xlsx"), ("score", "方案-PX 得分.xlsx")):
        told = click(name, book)
        assert "结构有保护" in told and made in told
        held = load_workbook(book.folder() / made)
        assert held.sheetnames[-1] == "PX 检查" and held["PX 检查"]["A5"].value == "错误"
        mark = read_mark(book.folder() / made)
        assert mark is not None and mark.source == "方案.xlsx"  # a button pressed in it goes back to the program
    assert titles(book) == before and book.marked()


def test_the_explanation_fits_the_paper(tmp_path: Path) -> None:
    path = write_broken(tmp_path)
    file, live = open_file(path), open_live(path)
    for book in (file, live):
        click("score", book)
        book.go_to(CellRef("PX 得分", "A6"))
        click("explain", book)
    sheet = file._book["PX 解释"]
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight, sheet.print_title_rows) == (1, 0, "$1:$4")
    assert sheet.sheet_properties.pageSetUpPr and sheet.sheet_properties.pageSetUpPr.fitToPage
    setup: Any = live._book.Worksheets("PX 解释").PageSetup
    assert (setup.FitToPagesWide, setup.FitToPagesTall, setup.PrintTitleRows) == (1, False, "$1:$4")


def test_one_document_is_told_in_the_singular(copied: Path) -> None:
    book = FileBook(copied, CellRef("人员", "A3"))
    assert click("selected.contract", book, "en").startswith("1 document in ")
    assert several(2, "document") == "2 documents"

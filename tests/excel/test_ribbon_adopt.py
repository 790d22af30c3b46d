"""Proposed weights are taken with one click and given back with another; what cannot be taken stays and is named."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.workbook.protection import WorkbookProtection

from perfxl.program import load
from perfxl.ribbon.file_book import FileBook
from perfxl.ribbon.open_book import CellRef, quoted
from tests.core import clean_program
from tests.excel.ribbon_books import Opened, both, cell_value, click, open_file, titles, write_sheets

_LINES = "合同指标"


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """One contract breaks a rule: a weight that is far too large."""
    return write_sheets(tmp_path / "方案.xlsx", clean_program.rows(clean_program.put("contract_lines", 0, weight=95.0)))


def weight_cells(path: Path) -> dict[str, str]:
    """The cell of every weight -> its contract."""
    lines = load(path)[0].tables["contract_lines"]
    contracts = lines.column("contract")
    return {lines.address(row, "weight").cell: contracts[row] for row in range(len(contracts))}


def weights(book: Any, cells: Any) -> list[Any]:
    return [cell_value(book, _LINES, cell) for cell in cells]


def proposed(path: Path) -> dict[str, float]:
    """By cell, what the engine proposes for contracts that break a rule."""
    program, _ = load(path)
    lines = program.tables["contract_lines"]
    return {
        lines.address(row, "weight").cell: weight
        for contract in program.weigh()[0].contracts
        if not contract.legal
        for row, weight in zip(contract.rows, contract.repaired, strict=True)
        if weight is not None
    }


@both
def test_proposals_are_taken_and_given_back(opened: Opened, copied: Path) -> None:
    cells, wanted = weight_cells(copied), proposed(copied)
    book = opened(copied)
    before = weights(book, cells)
    assert before[0] == 95
    told = click("adopt.all", book)
    assert "已采用 1 份合同的建议" in told
    now = dict(zip(cells, weights(book, cells), strict=True))
    assert {cell: now[cell] for cell in wanted} == wanted
    assert {cell: value for cell, value in now.items() if cell not in wanted} == {
        cell: value for cell, value in zip(cells, before, strict=True) if cell not in wanted
    }
    assert cell_value(book, "PX 采用", "F5") == 95 and cell_value(book, "PX 采用", "G5") == wanted[next(iter(cells))]
    assert "没有建议可采用" in click("adopt.all", book)  # they are legal now
    assert "已还原" in click("unadopt", book)
    assert weights(book, cells) == before and "PX 采用" not in titles(book)
    assert "不用撤销" in click("unadopt", book)


@both
@pytest.mark.parametrize(("typed", "number_format", "shown"), [("95%", "@", "{:g}%"), (0.95, "0%", "")])
def test_a_weight_is_written_as_weights_stand_there(
    opened: Opened, typed: Any, number_format: str, shown: str, copied: Path
) -> None:
    changed = load_workbook(copied)
    cells = weight_cells(copied)
    for cell in cells:
        value = changed[_LINES][cell].value
        if value is not None:
            changed[_LINES][cell].value = value / 100 if shown == "" else f"{value:g}%"
            changed[_LINES][cell].number_format = number_format
    changed.save(copied)
    wanted = proposed(copied)
    book = opened(copied)
    assert cell_value(book, _LINES, next(iter(cells))) == typed
    assert "已采用 1 份合同的建议" in click("adopt.all", book)
    for cell, weight in wanted.items():
        assert cell_value(book, _LINES, cell) == (shown.format(weight) if shown else pytest.approx(weight / 100))
    click("unadopt", book)
    assert cell_value(book, _LINES, next(iter(cells))) == typed


def test_only_of_selected_people(copied: Path) -> None:
    rows = clean_program.rows(
        clean_program.put("contract_lines", 0, weight=95.0), clean_program.put("contract_lines", 13, weight=90.0)
    )
    path = write_sheets(copied.with_name("两份.xlsx"), rows)
    program, _ = load(path)
    wrong = [contract for contract in program.weigh()[0].contracts if not contract.legal]
    assert len(wrong) == 2
    people = program.tables["people"]
    row = people.column("person").index(wrong[1].holders[0])
    book = FileBook(path, CellRef("人员", people.address(row, "person").cell))
    assert "已采用 1 份合同的建议" in click("adopt.selected", book)
    assert cell_value(book, "PX 采用", "A5") == wrong[1].contract
    assert "请先选中" in click("adopt.selected", FileBook(path, CellRef("人员", "A1")))


def test_what_was_changed_since_stays_and_is_listed(copied: Path) -> None:
    cells = list(weight_cells(copied))
    book = open_file(copied)
    click("adopt.all", book)
    book._book[_LINES][cells[0]].value = 33
    assert "1 个后来改过" in click("unadopt", book)
    assert cell_value(book, _LINES, cells[0]) == 33
    assert book._book["PX 采用"]["E5"].value == f"{_LINES}!{cells[0]}" and book._book["PX 采用"]["A6"].value is None
    assert book._book["PX 采用"]["E5"].hyperlink.location == quoted(CellRef(_LINES, cells[0]))


def test_rows_that_moved_are_found_again(copied: Path) -> None:
    cells, wanted = weight_cells(copied), proposed(copied)
    book = open_file(copied)
    before = weights(book, cells)
    click("adopt.all", book)
    book._book[_LINES].insert_rows(2)
    assert f"已还原 {len([w for w, b in zip(wanted.values(), before, strict=False) if w != b])} 个" in click(
        "unadopt", book
    )
    moved = [f"{cell[0]}{int(cell[1:]) + 1}" for cell in cells]
    assert weights(book, moved) == before


def test_a_formula_is_left_and_its_contract_with_it(copied: Path) -> None:
    changed = load_workbook(copied)
    cell = next(iter(weight_cells(copied)))
    changed[_LINES][cell].value = "=90+5"
    changed.save(copied)
    patched = _with_value(copied, cell, 95)
    book = open_file(patched)
    before = weights(book, weight_cells(patched))
    told = click("adopt.all", book)
    assert "没有采用建议：有的权重是公式" in told
    assert weights(book, weight_cells(patched)) == before and "PX 采用" not in titles(book)


def _with_value(path: Path, cell: str, value: float) -> Path:
    """As Excel saves a formula: with its result."""
    out = path.with_name("公式.xlsx")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            content = source.read(name).decode() if name.endswith(".xml") else source.read(name)
            if isinstance(content, str):
                content = re.sub(rf'(<c r="{cell}"[^>]*><f>90\+5</f>)<v ?/?>(</v>)?', rf"\g<1><v>{value}</v>", content)
            target.writestr(name, content)
    return out


@both
def test_proposals_are_given_back_after_the_workbook_was_closed(opened: Opened, copied: Path, tmp_path: Path) -> None:
    """In Excel or in another program: what stood there before is on the page, not in memory."""
    first = opened(copied)
    cells = weight_cells(copied)
    before = weights(first, cells)
    click("adopt.all", first)
    taken = weights(first, cells)
    assert taken != before
    (tmp_path / "存").mkdir()
    later = opened(first.save_copy(tmp_path / "存"))
    assert weights(later, cells) == taken
    assert "已还原" in click("unadopt", later)
    assert weights(later, cells) == before and "PX 采用" not in titles(later)
    assert "没有采用过建议" in click("unadopt", later)


@both
def test_a_locked_sheet_is_left(opened: Opened, copied: Path) -> None:
    locked = load_workbook(copied)
    locked[_LINES].protection.sheet = True
    locked.save(copied)
    book = opened(copied)
    assert "没有采用建议：有的权重的单元格有保护" in click("adopt.all", book)
    assert cell_value(book, _LINES, next(iter(weight_cells(copied)))) == 95


def test_what_is_not_read_as_it_was_meant_is_put_back(copied: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a cell makes of what is typed, such as a rule of the sheet's own."""
    cells = weight_cells(copied)
    book = open_file(copied)
    before = weights(book, cells)
    write, first = FileBook.write_cell, next(iter(cells))

    def once(self: FileBook, place: CellRef, value: Any) -> None:
        write(self, place, 1.0 if place.cell == first and value != before[0] else value)

    monkeypatch.setattr(FileBook, "write_cell", once)
    assert "已全部还原" in click("adopt.all", book)
    assert weights(book, cells) == before and "PX 采用" not in titles(book)


def test_with_a_protected_structure_nothing_is_taken(copied: Path) -> None:
    protected = load_workbook(copied)
    protected.security = WorkbookProtection(lockStructure=True)
    protected.save(copied)
    book = open_file(copied)
    assert "结构有保护" in click("adopt.all", book)
    assert cell_value(book, _LINES, next(iter(weight_cells(copied)))) == 95


def test_a_contract_without_a_proposal_is_not_called_legal(copied: Path) -> None:
    """No rule can be kept with two KPIs of 30% at most."""
    rows = clean_program.rows(clean_program.put("contract_lines", 0, weight=95.0))
    rows["contract_lines"] = [
        row for row in rows["contract_lines"] if row["contract"] != "C1" or row["kpi"] in ("K1", "K2")
    ]
    path = write_sheets(copied.with_name("两个指标.xlsx"), rows)
    wrong = [contract for contract in load(path)[0].weigh()[0].contracts if not contract.legal]
    assert [contract.contract for contract in wrong] == ["C1"]
    book = open_file(path)
    told = click("adopt.all", book)
    assert "1 份不合规的合同算不出合规的建议" in told and "PX 采用" not in titles(book)
    asked = click("repair", book)
    assert "0 份的建议" in asked and "1 份没有合规的取法" in asked
    (page,) = (title for title in titles(book) if title.startswith("PX") and "建议" in title)
    assert [row[9] for row in book.page_rows(page, 10) if row[3] in ("K1", "K2")] == [None, None]


def test_the_page_of_what_was_taken_is_the_only_one(copied: Path) -> None:
    rows = clean_program.rows(
        clean_program.put("contract_lines", 0, weight=95.0), clean_program.put("contract_lines", 13, weight=90.0)
    )
    path = write_sheets(copied.with_name("两份.xlsx"), rows)
    people = load(path)[0].tables["people"]
    book = FileBook(path, CellRef("人员", people.address(people.column("person").index("E2"), "person").cell))
    cells = weight_cells(path)
    before = weights(book, cells)
    click("adopt.selected", book, "en")
    assert "PX Taken" in titles(book)
    click("adopt.all", book, "zh")
    assert "PX 采用" in titles(book) and "PX Taken" not in titles(book)
    click("unadopt", book, "en")
    assert weights(book, cells) == before and not {"PX 采用", "PX Taken"} & titles(book)

"""Whatever is done to files before they come back, every answer in them is in the result or named by a problem."""

from __future__ import annotations

import random
from pathlib import Path
from string import ascii_uppercase as LETTERS

import pytest
from openpyxl.workbook import Workbook

from perfxl.exchange.changes import LATEST, STOP, Merged
from perfxl.exchange.merging import merge_returned
from perfxl.exchange.returned import read_returned
from tests.exchange.test_collect_merge import ACTUALS, Mail, columns, put
from tests.exchange.test_distribute import program


@pytest.fixture
def mail(tmp_path: Path) -> Mail:
    return Mail(tmp_path)


def copied(book: Workbook, person: str, value: float) -> str:
    """The sheet is copied, as a manager does who wants to keep the first draft, and filled in there."""
    copy = book.copy_worksheet(book[ACTUALS])
    copy.title = "实绩 (2)"
    return put(book, person, value, copy.title)


def doubled(book: Workbook, person: str, first: float, second: float) -> None:
    """A person's row stands there twice, with two answers."""
    put(book, person, first)
    ws = book[ACTUALS]
    at = columns(ws)
    row = next(r for r in range(1, ws.max_row + 1) if ws.cell(r, at["工号"]).value == person)
    ws.append([cell.value for cell in ws[row]])
    ws.cell(ws.max_row, at["实际完成值"]).value = second


def values(merged: Merged) -> list[object]:
    return [change.new for change in merged.changes]


def named(merged: Merged, code: str) -> list[str]:
    return [str(each.address) for each in merged.problems if each.code == code]


def test_answers_in_a_copied_sheet_are_taken(mail: Mail) -> None:
    mail.answer(0, lambda book: copied(book, "S000", 55))
    merged = mail.collect()
    assert values(merged) == [55.0]
    assert merged.changes[0].source.sheet == "实绩 (2)"
    assert not [each for each in merged.problems if each.code != "T123"]


@pytest.mark.parametrize("rule", [STOP, LATEST])
def test_two_sheets_of_one_file_that_disagree_are_shown(mail: Mail, rule: str) -> None:
    mail.answer(0, lambda book: [copied(book, "S000", 55), put(book, "S000", 57)])
    merged = mail.collect(rule)
    assert not merged.changes
    assert named(merged, "T133") == ["M0_经理0号_销售部.xlsx 实绩 (2)!H5"]


@pytest.mark.parametrize("rule", [STOP, LATEST])
@pytest.mark.parametrize("at", [500.0, 2000.0])
def test_an_answer_that_falls_with_a_doubled_row_is_named(mail: Mail, rule: str, at: float) -> None:
    mail.answer(0, lambda book: doubled(book, "S000", 55, 57))
    mail.answer(0, lambda book: put(book, "S000", 60), "again.xlsx", at)
    merged = mail.collect(rule)
    assert not merged.changes
    told = " ".join(f"{each.address} {each.message()}" for each in merged.problems if each.severity == "error")
    assert "M0_经理0号_销售部.xlsx" in told
    assert "again.xlsx" in told
    assert not named(merged, "T121")


def test_a_repeated_answer_that_falls_is_named(mail: Mail) -> None:
    for name, value, at in (("a.xlsx", 1, 10.0), ("b.xlsx", 1, 20.0), ("c.xlsx", 2, 30.0)):
        mail.answer(0, lambda book, value=value: put(book, "S000", value), name, at)  # type: ignore[misc]
    merged = mail.collect()
    assert named(merged, "T132") == ["b.xlsx 实绩填报!H5"]
    later = mail.collect(LATEST)
    assert values(later) == [2.0]
    assert len(named(later, "T121")) == 2


def test_a_row_that_names_nobody_is_told_and_not_taken(mail: Mail) -> None:
    """Without a record, too: a row without a person would stand in the program for anybody."""

    def edit(book: Workbook) -> None:
        put(book, "S003", 66)
        cell = put(book, "S000", 55)
        book[ACTUALS].cell(book[ACTUALS][cell].row, columns(book[ACTUALS])["工号"]).value = None

    path = mail.answer(0, edit)
    for record in (mail.record, None):
        merged = merge_returned(program().tables, [read_returned(path)], record)
        assert values(merged) == [66.0]
        assert named(merged, "T117") == ["M0_经理0号_销售部.xlsx 实绩填报!H5"]


@pytest.mark.parametrize("seed", range(12))
def test_after_random_edits_every_answer_is_in_the_result_or_named(mail: Mail, seed: int) -> None:
    chance = random.Random(seed)
    typed: list[tuple[str, str, int, float]] = []
    for number in range(3):
        for name in ("first.xlsx", "second.xlsx")[: chance.randint(1, 2)]:
            file = f"{number}{name}"
            mail.answer(number, lambda book, file=file: typed.extend(edited(book, file, chance)), file)  # type: ignore[misc]
    for rule in (STOP, LATEST):
        merged = mail.collect(rule)
        told = " ".join(each.message() for each in merged.problems)
        rows = {(p.address.file, p.address.sheet, int(p.address.cell.lstrip(LETTERS) or 0)) for p in merged.problems}
        taken = {change.new for change in merged.changes}
        lost = [each for each in typed if each[-1] not in taken and each[:-1] not in rows]
        assert [each for each in lost if str(each[-1]) not in told and f"{each[1]}!H{each[2]}" not in told] == []


def edited(book: Workbook, file: str, chance: random.Random) -> list[tuple[str, str, int, float]]:
    """Types answers, then deletes, doubles and retitles as people do; returned is which answers are left."""
    ws = book[ACTUALS]
    at = columns(ws)
    header = next(cell.row for row in ws.iter_rows() for cell in row if cell.value == "工号")
    rows = [r for r in range(header + 1, ws.max_row + 1) if ws.cell(r, at["工号"]).value]
    for row in chance.sample(rows, min(4, len(rows))):
        ws.cell(row, at["实际完成值"]).value = chance.randint(1000, 99999)
    for _ in range(chance.randint(0, 3)):
        kind = chance.choice(["delete", "double", "sheet", "copy", "locked"])
        row = chance.choice(rows)
        if kind == "delete":
            for cell in ws[row]:
                cell.value = None
        elif kind == "double":
            ws.append([cell.value for cell in ws[row]])
        elif kind == "sheet":
            ws.title = f"表{chance.randint(1, 99)}"
        elif kind == "copy":
            book.copy_worksheet(ws).cell(row, at["实际完成值"]).value = chance.randint(1000, 99999)
        else:
            ws.cell(row, at["工号"]).value = "S999"
    column = at["实际完成值"]
    sheets = [sheet for sheet in book.worksheets if sheet.cell(header, column).value == "实际完成值"]  # of answers
    found = [(sheet, r, sheet.cell(r, column).value) for sheet in sheets for r in range(header + 1, sheet.max_row + 1)]
    return [(file, sheet.title, r, value) for sheet, r, value in found if isinstance(value, int | float)]

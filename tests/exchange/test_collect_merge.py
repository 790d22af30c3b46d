"""What comes back and what comes of it: every answer taken once, everything that does not fit named at its cell."""

from __future__ import annotations

import os
import re
import shutil
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from perfxl.core.records import Tables, from_rows
from perfxl.exchange.changes import LATEST, STOP, Merged
from perfxl.exchange.merging import merge_returned
from perfxl.exchange.record import Record, find_records
from perfxl.exchange.returned import read_returned
from perfxl.exchange.send import Order, distribute
from tests.exchange.test_distribute import ORDER, named, program, sent

ACTUALS, GRADES = "实绩填报", "定性评价"


class Mail:
    """Files that were sent, and what comes back of them."""

    def __init__(self, folder: Path, order: Order = ORDER) -> None:
        self.folder, self.back = folder, folder / "back"
        self.back.mkdir()
        result, _ = sent(folder, order)
        self.files = result.files
        (record,) = find_records([folder])
        self.record: Record = record

    def answer(self, number: int, edit: Callable[[Workbook], object], name: str = "", at: float = 1000.0) -> Path:
        """The file of manager `number`, edited, as it comes back."""
        source = self.folder / self.files[number].path
        path = self.back / (name or source.name)
        book = openpyxl.load_workbook(source)
        edit(book)
        book.save(path)
        os.utime(path, (at, at))
        return path

    def collect(self, rule: str = STOP, record: Record | None = None) -> Merged:
        files = [read_returned(path) for path in sorted(self.back.iterdir())]
        return merge_returned(program().tables, files, record or self.record, rule)


@pytest.fixture
def mail(tmp_path: Path) -> Mail:
    return Mail(tmp_path)


def columns(sheet: Worksheet) -> dict[str, int]:
    row = next(row for row in sheet.iter_rows() if any(cell.value in ("工号", "Employee ID") for cell in row))
    return {str(cell.value): int(cell.column or 0) for cell in row}


def put(book: Workbook, person: str, value: Any, sheet: str = ACTUALS, column: str = "实际完成值") -> str:
    """Types a value into a person's row; the cell is returned."""
    ws = book[sheet]
    at = columns(ws)
    row = next(r for r in range(1, ws.max_row + 1) if ws.cell(r, at["工号"]).value == person)
    cell = ws.cell(row, at[column])
    cell.value = value
    return str(cell.coordinate)


def codes(merged: Merged, but: tuple[str, ...] = ("T123",)) -> list[tuple[str, str, str]]:
    return [(p.code, p.address.file, p.address.cell) for p in merged.problems if p.code not in but]


def test_answers_become_changes_that_say_who_and_where(mail: Mail) -> None:
    mail.answer(0, lambda book: (put(book, "S000", 55), put(book, "S003", 1234.5))[0])
    merged = mail.collect()
    assert not codes(merged)
    told = [(c.table, c.column, c.old, c.new, c.who, c.source.cell) for c in merged.changes]
    assert told == [
        ("actuals", "value", None, 55.0, "经理0号", "H5"),
        ("actuals", "value", None, 1234.5, "经理0号", "H6"),
    ]
    actuals = merged.tables["actuals"]
    assert [tuple(actuals.column(name)[i] for name in ("holder", "period", "value")) for i in (0, 1)] == [
        ("S000", "2026Q1", 55.0),
        ("S003", "2026Q1", 1234.5),
    ]
    assert str(actuals.address(1, "value")) == "M0_经理0号_销售部.xlsx 实绩填报!H6"


def test_an_untouched_file_changes_nothing(mail: Mail) -> None:
    shutil.copy(mail.folder / mail.files[0].path, mail.back / "x.xlsx")
    merged = mail.collect()
    assert not merged.changes
    assert not codes(merged)
    assert [state.done for state in merged.files] == [0, 0, 0]


def test_who_has_not_answered_is_said(mail: Mail) -> None:
    mail.answer(0, lambda book: put(book, "S000", 55))
    merged = mail.collect()
    assert [p.value for p in merged.problems if p.code == "T123"] == ["经理1号", "经理2号"]
    assert [(state.done, state.asked) for state in merged.files] == [(1, 8), (0, 8), (0, 8)]


def test_a_renamed_file_is_known_by_its_id(mail: Mail) -> None:
    mail.answer(1, lambda book: put(book, "S001", 5), "回复：请查收(1).xlsx")
    merged = mail.collect()
    assert not codes(merged)
    assert [change.who for change in merged.changes] == ["经理1号"]


def test_renamed_sheets_and_inserted_rows_and_columns(mail: Mail) -> None:
    def edit(book: Workbook) -> None:
        put(book, "S000", 55)
        book[ACTUALS].title = "我的表"
        for reach in book.defined_names.values():
            reach.attr_text = (reach.attr_text or "").replace(ACTUALS, "我的表")

    mail.answer(0, edit)
    merged = mail.collect()
    assert not codes(merged)
    assert [(change.new, change.source.sheet) for change in merged.changes] == [(55.0, "我的表")]


def test_without_names_columns_are_known_by_their_headers(mail: Mail) -> None:
    def edit(book: Workbook) -> None:
        put(book, "S000", 55)
        book[ACTUALS].insert_cols(3)
        book[ACTUALS].insert_rows(2)
        for name in list(book.defined_names):
            del book.defined_names[name]

    mail.answer(0, edit)
    merged = mail.collect()
    assert [code for code, *_ in codes(merged)] == ["T140"]
    assert [state.done for state in merged.files] == [1, 0, 0]
    assert [(change.new, change.source.cell) for change in merged.changes] == [(55.0, "I6")]


def test_rows_may_be_sorted_otherwise(mail: Mail) -> None:
    def edit(book: Workbook) -> None:
        put(book, "S000", 1)
        put(book, "S003", 2)
        sheet = book[ACTUALS]
        rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=5, max_row=8)]
        for at, row in enumerate(reversed(rows), 5):
            for column, value in enumerate(row, 1):
                sheet.cell(at, column).value = value

    mail.answer(0, edit)
    merged = mail.collect()
    assert not codes(merged, ("T123", "T111"))
    assert {
        (merged.tables["actuals"].column("holder")[i], v)
        for i, v in enumerate(merged.tables["actuals"].column("value"))
    } == {
        ("S000", 1.0),
        ("S003", 2.0),
    }


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        (lambda book: put(book, "S000", "九十"), "V116"),
        (lambda book: put(book, "S000", "=1+1"), "S118"),
        (lambda book: put(book, "S000", 99, column="本期目标"), "T119"),
        (lambda book: put(book, "S000", "S999", column="工号"), "T117"),
        (lambda book: put(book, "S000", "王五", column="姓名"), "T119"),
    ],
)
def test_what_does_not_fit_is_named_at_its_cell(mail: Mail, edit: Callable[[Workbook], str], code: str) -> None:
    found: list[str] = []

    def change(book: Workbook) -> None:
        if code == "T117":
            put(book, "S000", 5)
        found.append(edit(book))

    mail.answer(0, change)
    merged = mail.collect()
    cell = found[0] if code != "T117" else "H5"
    assert (code, "M0_经理0号_销售部.xlsx", cell) in codes(merged)
    assert not [change for change in merged.changes if change.new == 99]


def test_deleted_rows_are_missed(mail: Mail) -> None:
    mail.answer(0, lambda book: book[ACTUALS].delete_rows(6))
    merged = mail.collect()
    assert [code for code, *_ in codes(merged)] == ["T118"]


def two(mail: Mail) -> None:
    mail.answer(0, lambda book: put(book, "S000", 55), "v1.xlsx", 1000)
    mail.answer(0, lambda book: put(book, "S000", 66), "v2.xlsx", 2000)


def test_two_versions_that_disagree_stop(mail: Mail) -> None:
    two(mail)
    merged = mail.collect(STOP)
    assert codes(merged) == [("T120", "v2.xlsx", "H5")]
    assert not merged.changes


def test_or_the_latest_counts(mail: Mail) -> None:
    two(mail)
    merged = mail.collect(LATEST)
    assert codes(merged) == [("T121", "v2.xlsx", "H5")]
    assert [change.new for change in merged.changes] == [66.0]


def test_a_later_version_with_more_answers_is_no_conflict(mail: Mail) -> None:
    mail.answer(0, lambda book: put(book, "S000", 55), "v1.xlsx", 1000)
    mail.answer(0, lambda book: (put(book, "S000", 55), put(book, "S003", 66))[0], "v2.xlsx", 2000)
    merged = mail.collect()
    assert not codes(merged)
    assert [change.new for change in merged.changes] == [55.0, 66.0]


def test_a_file_with_another_files_seal_is_found_out(mail: Mail) -> None:
    def forge(book: Workbook) -> None:
        book.defined_names["perfxl_file"].attr_text = f'"{mail.files[1].file}"'

    mail.answer(0, forge)
    merged = mail.collect()
    assert "T115" in {code for code, *_ in codes(merged)}


def test_collecting_into_the_result_changes_nothing(mail: Mail) -> None:
    mail.answer(0, lambda book: put(book, "S000", 55))
    first = mail.collect()
    files = [read_returned(path) for path in sorted(mail.back.iterdir())]
    again = merge_returned(first.tables, files, mail.record)
    assert not again.changes
    assert not again.added


def test_new_rows_come_once(tmp_path: Path) -> None:
    mail = Mail(tmp_path, Order(jobs=("coaching", "interview")))

    def edit(book: Workbook) -> None:
        put(book, "S000", "客户流失", "辅导记录", "情况")
        put(book, "S000", date(2026, 3, 1), "辅导记录", "日期")

    mail.answer(0, edit)
    mail.answer(0, edit, "copy.xlsx")
    merged = mail.collect()
    assert not codes(merged)
    assert [(r.table, r.values["holder"], r.values["situation"], r.values["coach"]) for r in merged.added] == [
        ("coaching", "S000", "客户流失", "M0")
    ]
    assert merged.tables["coaching"].column("date") == [date(2026, 3, 1)]


def test_nothing_at_all_is_said(mail: Mail) -> None:
    (mail.back / "empty.xlsx").write_bytes(b"")
    openpyxl.Workbook().save(mail.back / "other.xlsx")
    merged = mail.collect()
    assert [(code, file) for code, file, _ in codes(merged)] == [("F104", "empty.xlsx"), ("T112", "other.xlsx")]


def nameless(book: Workbook) -> None:
    """As programs save it that have no defined names."""
    for name in list(book.defined_names):
        del book.defined_names[name]


def retitled(book: Workbook, header: str, title: str) -> str:
    sheet = book[ACTUALS]
    cell = next(cell for row in sheet.iter_rows() for cell in row if cell.value == header)
    cell.value = title
    return str(cell.coordinate)


@pytest.mark.parametrize(
    ("header", "code", "taken"), [("工号", "T138", 0), ("实际完成值", "T138", 0), ("分子", "T139", 1)]
)
def test_a_header_that_is_not_known_any_more_is_a_problem(mail: Mail, header: str, code: str, taken: int) -> None:
    """Without the names nothing else says what the column is; the answers are named, not passed over."""

    def edit(book: Workbook) -> None:
        put(book, "S000", 55)
        retitled(book, header, "某列")
        nameless(book)

    mail.answer(0, edit)
    merged = mail.collect()
    assert [
        (c, sheet) for c, _, sheet in ((p.code, p.address.file, p.address.sheet) for p in merged.problems) if c == code
    ] == [(code, ACTUALS)]
    assert len(merged.changes) == taken


def test_a_sheet_that_is_gone_is_missed(mail: Mail) -> None:
    mail.answer(0, lambda book: book.remove(book[ACTUALS]))
    merged = mail.collect()
    assert [(p.code, p.details["count"]) for p in merged.problems if p.code == "T118"] == [("T118", 4)]


def test_a_formula_with_its_result_is_read_and_said_once(mail: Mail) -> None:
    path = mail.answer(0, lambda book: put(book, "S000", "=1+1"))
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, re.sub(rb"<f>1\+1</f><v(?:></v>| ?/>)", b"<f>1+1</f><v>2</v>", content))
    merged = mail.collect()
    assert codes(merged) == [("T111", path.name, "H5")]
    assert [change.new for change in merged.changes] == [2.0]


def test_of_two_files_of_one_moment_none_is_the_latest(mail: Mail) -> None:
    mail.answer(0, lambda book: put(book, "S000", 55), "v1.xlsx", 1000)
    mail.answer(0, lambda book: put(book, "S000", 66), "v2.xlsx", 1000)
    merged = mail.collect(LATEST)
    assert codes(merged) == [("T120", "v2.xlsx", "H5")]
    assert not merged.changes


def test_a_name_that_leads_beyond_the_sheet_is_no_crash(mail: Mail) -> None:
    """Found by the fuzz: columns were deleted, and the names still led to where they were."""

    def edit(book: Workbook) -> None:
        put(book, "S000", 55)
        book[ACTUALS].delete_cols(9, 4)

    mail.answer(0, edit)
    assert [change.new for change in mail.collect().changes] == [55.0]
    mail.answer(0, lambda book: book[ACTUALS].delete_cols(2, 11))
    assert "T118" in {code for code, *_ in codes(mail.collect())}


def typed_back(tables: Tables, folder: Path, typed: Any) -> tuple[Merged, str]:
    """What comes of a form in which one figure was typed, and its cell."""
    result, _ = distribute(program(tables), folder, ORDER)
    (record,) = find_records([folder])
    path = folder / result.files[0].path
    book = openpyxl.load_workbook(path)
    cell = put(book, "S000", typed)
    book.save(path)
    merged = merge_returned(tables, [read_returned(path)], record)
    return merged, cell


@pytest.mark.parametrize(
    ("typed", "expected"), [(None, ["T124"]), ("#N/A", ["V104"]), ("九十", ["V116"]), ("=1+2", ["S118"])]
)
def test_only_a_blank_cell_is_said_to_be_blank(tmp_path: Path, typed: Any, expected: list[str]) -> None:
    """An error, a formula and a word were said to be blank as well as what they are."""
    tables = named(3)
    row = {"holder": "S000", "kpi": "K1", "period": "2026Q1", "value": 7.0}
    tables = {**tables, "actuals": from_rows("actuals", [row])}
    merged, cell = typed_back(tables, tmp_path, typed)
    assert [each.code for each in merged.problems if each.address.cell == cell] == expected and not merged.changes


def test_a_table_that_lacks_columns_does_not_say_that_they_were_emptied(tmp_path: Path) -> None:
    tables = named(3)
    row = {"holder": "S000", "kpi": "K1", "period": "2026Q1", "value": 7.0, "evidence": "系统报表"}
    tables = {**tables, "actuals": from_rows("actuals", [row])}
    distribute(program(tables), tmp_path, ORDER)
    (record,) = find_records([tmp_path])
    book = openpyxl.Workbook()
    for line in (["工号", "指标编号", "期间", "实际完成值"], ["S000", "K1", "2026Q1", 8.0]):
        book.active.append(line)  # type: ignore[union-attr]
    book.save(tmp_path / "自己的.xlsx")
    merged = merge_returned(tables, [read_returned(tmp_path / "自己的.xlsx")], record)
    assert "T124" not in {each.code for each in merged.problems} and [each.new for each in merged.changes] == [8.0]


def test_a_locked_cell_that_has_no_value_shows_no_sign_of_ours(mail: Mail) -> None:
    """What stands for a formula without a result was told to people as it is: perfxl:not-stored."""
    mail.answer(0, lambda book: put(book, "S000", "=1+1", column="本期目标"))
    (told,) = [each for each in mail.collect().problems if each.code == "T119"]
    assert "\ue000" not in told.message("zh") and "?" in told.message("zh")


@pytest.mark.parametrize(("typed", "expected"), [(95.5, ["X170"]), (0.955, []), (5.0, [])])
def test_a_figure_pasted_into_a_cell_of_percentages_is_asked_about(
    tmp_path: Path, typed: float, expected: list[str]
) -> None:
    """95.5 became 9550% in silence, with all the points that there are."""
    tables = named(3)
    tables["kpis"].columns["unit"] = ["%"] * len(tables["kpis"])
    tables["contract_lines"].columns["target"] = [0.95] * len(tables["contract_lines"])
    merged, cell = typed_back(tables, tmp_path, typed)
    assert [each.code for each in merged.problems if each.address.cell == cell] == expected
    assert [change.new for change in merged.changes] == [typed]


def test_rows_of_an_emptied_column_are_told_together(mail: Mail) -> None:
    """There were two problems for each of them."""

    def empty(book: Workbook) -> None:
        sheet = book[ACTUALS]
        for row in range(5, 9):
            sheet.cell(row, columns(sheet)["实际完成值"]).value = 5
            sheet.cell(row, columns(sheet)["工号"]).value = None

    mail.answer(0, empty)
    merged = mail.collect()
    told = [each for each in merged.problems if each.code in ("T117", "T143", "V109")]
    assert [(each.code, each.address.cell) for each in told] == [("T143", "A5")]
    assert "4 行" in told[0].message("zh") and "A5:A8" in told[0].message("zh") and "工号" in told[0].message("zh")
    assert not merged.changes and not merged.added


def test_a_lone_row_without_a_name_is_told_at_its_cells(mail: Mail) -> None:
    def empty(book: Workbook) -> None:
        put(book, "S000", 5)
        put(book, "S000", None, column="工号")

    mail.answer(0, empty)
    assert {each.code for each in mail.collect().problems if each.address.cell} == {"T117", "V109"}


@pytest.mark.parametrize(("unit", "expected"), [("万元", ["X171"]), ("%", []), (None, [])])
def test_a_percentage_of_a_kpi_in_another_unit_is_told_at_the_cell_that_was_filled_in(
    tmp_path: Path, unit: str | None, expected: list[str]
) -> None:
    """It was told at the target in HR's program alone."""
    tables = named(3)
    tables["kpis"].columns["unit"] = [unit] * len(tables["kpis"])
    merged, cell = typed_back(tables, tmp_path, "５０％")
    assert [each.code for each in merged.problems if each.address.cell == cell and each.code[0] == "X"] == expected
    assert [change.new for change in merged.changes] == [0.5]


def test_percentages_that_disagree_are_told_as_percentages(mail: Mail) -> None:
    """91% and 93.1% were 0.91 and 0.931."""
    for name, text, at in (("v1.xlsx", "93.1%", 1000.0), ("v2.xlsx", "91%", 2000.0)):
        mail.answer(0, lambda book, text=text: put(book, "S000", text), name, at)  # type: ignore[misc]
    (told,) = [each for each in mail.collect().problems if each.code == "T120"]
    assert "“91%”" in told.message("zh") and "“93.1%”" in told.message("zh")

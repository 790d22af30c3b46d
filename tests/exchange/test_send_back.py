"""What goes back: a marked copy of each file that has problems, with nothing about anybody else's people, and drafts of
mails to who is to be reminded."""

from __future__ import annotations

import os
import shutil
import zipfile
from email import policy
from email.parser import BytesParser
from html import unescape
from pathlib import Path

import openpyxl
import pytest
from openpyxl.comments import Comment

from perfxl.cli import main
from perfxl.core.problems import Problem
from perfxl.exchange.collect import Collected, Collection, collect
from perfxl.exchange.mail import judge_addresses, write_drafts
from perfxl.exchange.reminding import reminders
from perfxl.program import Program
from perfxl.workbook.program.book import write_program
from tests.exchange.test_collect import Company
from tests.exchange.test_collect_merge import ACTUALS, put
from tests.exchange.test_distribute import texts
from tests.workbook.office import convert, needs_libreoffice


@pytest.fixture
def company(tmp_path: Path) -> Company:
    return Company(tmp_path)


def back(company: Company, rule: str = "", program: Program | None = None) -> Collected:
    order = Collection((company.back,), (company.folder / "out",), rule=rule, back=company.folder / "退回")
    return collect(program or company.program(), order)


def test_each_problem_stands_at_its_cell_and_in_a_list_in_front(company: Company) -> None:
    company.answer(0, ("S000", "九十"), ("S003", 66))
    company.answer(1, ("S001", 5))
    (marked,) = back(company).marked
    assert marked.name == "M0_经理0号_销售部.xlsx"
    assert marked.path == company.folder / "退回" / "M0_经理0号_销售部.xlsx"
    book = openpyxl.load_workbook(marked.path)
    assert book.sheetnames[0] == "检查结果"
    comment = book[ACTUALS]["H5"].comment
    assert comment is not None
    assert "V116" in comment.text
    assert book[ACTUALS]["H6"].comment is None
    rows = [[cell.value for cell in row] for row in book["检查结果"].iter_rows(min_row=6)]
    assert [row[1:4] for row in rows] == [["V116", ACTUALS, "H5"]]
    assert len(rows) == marked.shown


def test_all_other_parts_are_as_they_came(company: Company) -> None:
    company.answer(0, ("S000", "九十"))
    (marked,) = back(company).marked
    came = company.back / marked.name
    with zipfile.ZipFile(came) as old, zipfile.ZipFile(marked.path) as new:
        same = [name for name in old.namelist() if old.read(name) == new.read(name)]
        sheets = [name for name in old.namelist() if name.startswith("xl/worksheets/sheet")]
        changed = [name for name in sheets if name not in same]
    assert len(changed) <= 2  # the marked one, and the one that was selected
    assert {"xl/sharedStrings.xml", "xl/theme/theme1.xml", "docProps/core.xml"} & set(old.namelist()) <= set(same)


def test_a_copy_says_nothing_about_others(company: Company) -> None:
    """Two managers disagree about one person: each is told of the own answer alone."""
    company.answer(0, ("S000", 55))
    book = openpyxl.load_workbook(company.back / company.sent.files[0].path)
    put(book, "S000", 66)
    for name in list(book.defined_names):
        del book.defined_names[name]
    book.save(company.back / "M1_经理1号_转发.xlsx")
    company.answer(1, ("S001", "九十"))
    for rule in ("stop", "latest"):
        collected = back(company, rule)
        assert {"T120", "T121"} & {each.code for each in collected.problems}
        of_first = [each for each in collected.marked if each.name == "M1_经理1号_转发.xlsx"]
        assert of_first
        for each in collected.marked:
            held, came = (unescape(texts(path.read_bytes())) for path in (each.path, company.back / each.name))
            words = [f"S{n:03}" for n in range(12)] + [f"员工{n:03}号" for n in range(12)]
            words += [f"经理{n}号" for n in range(3)] + [other.name for other in collected.marked]
            told = [word for word in words if word in held and word not in came + each.name]
            assert not told


def test_a_corrected_copy_is_collected_again(company: Company) -> None:
    company.answer(0, ("S000", "九十"), ("S003", 66))
    (marked,) = back(company).marked
    book = openpyxl.load_workbook(marked.path)
    put(book, "S000", 90)
    (company.back / marked.name).unlink()
    book.save(company.back / "改好了.xlsx")
    collected = back(company)
    assert [change.new for change in collected.merged.changes] == [90.0, 66.0]
    assert not [each for each in collected.problems if each.address.file]
    assert not collected.marked


@pytest.mark.parametrize("name", ["改好了.xlsx", "改/M0_经理0号_销售部.xlsx"])
def test_a_corrected_copy_counts_beside_what_it_was_made_of(company: Company, name: str) -> None:
    """The first file's slips were told for ever, and what was corrected disagreed with it."""
    company.answer(0, ("S000", 9), ("S003", "九十"))
    (marked,) = back(company).marked
    book = openpyxl.load_workbook(marked.path)
    put(book, "S000", 90)
    put(book, "S003", 66)
    (company.back / name).parent.mkdir(exist_ok=True)
    book.save(company.back / name)
    collected = back(company)
    assert [row.values["value"] for row in collected.merged.added] == [90.0, 66.0]
    assert [(each.code, each.address.file) for each in collected.problems if each.address.file] == [
        ("T144", "M0_经理0号_销售部.xlsx")
    ]
    assert [state.names for state in collected.merged.files if state.names] == [[name]] and not collected.marked


def test_what_was_changed_after_its_copy_was_sent_back_is_no_earlier_version(company: Company) -> None:
    company.answer(0, ("S000", 9), ("S003", "九十"))
    (marked,) = back(company).marked
    shutil.copy(marked.path, company.back / "副本.xlsx")
    os.utime(company.back / "副本.xlsx", (1000, 1000))
    company.answer(0, ("S000", 91))
    codes = {each.code for each in back(company).problems}
    assert "T120" in codes and "T144" not in codes


def test_a_copy_of_somebody_elses_file_of_the_same_name_replaces_nothing(company: Company) -> None:
    for number, value in ((0, "九十"), (1, 5)):
        company.answer(number, (f"S00{number}", value))
        folder = company.back / str(number)
        folder.mkdir()
        (company.back / company.sent.files[number].path).rename(folder / "实绩.xlsx")
    (marked,) = back(company).marked
    book = openpyxl.load_workbook(marked.path)
    put(book, "S000", 90)
    book.save(company.back / "改.xlsx")
    collected = back(company)
    assert [row.values["value"] for row in collected.merged.added] == [5.0, 90.0]
    assert [each.address.file for each in collected.problems if each.code == "T144"] == ["0/实绩.xlsx"]


def test_a_copy_of_what_came_in_an_archive_or_with_a_password_says_what_the_file_is_called(company: Company) -> None:
    """Its list was of 1.xlsx, the name under which it had been unpacked."""
    company.answer(0, ("S000", "九十"))
    came = company.back / company.sent.files[0].path
    with zipfile.ZipFile(company.back / "包.zip", "w") as archive:
        archive.write(came, came.name)
    came.unlink()
    (marked,) = back(company).marked
    assert openpyxl.load_workbook(marked.path)["检查结果"]["A2"].value == came.name


def test_the_list_of_an_earlier_copy_goes(company: Company) -> None:
    company.answer(0, ("S000", "九十"))
    (marked,) = back(company).marked
    marked.path.rename(company.back / marked.name)
    (again,) = back(company).marked
    assert [title for title in openpyxl.load_workbook(again.path).sheetnames if "检查" in title] == ["检查结果"]


def _second_round(company: Company, *edits: tuple[object, ...]) -> Path:
    """A copy that was corrected in part, marked once more."""
    (marked,) = back(company).marked
    book = openpyxl.load_workbook(marked.path)
    for edit in edits:
        put(book, *edit)  # type: ignore[arg-type]
    marked.path.unlink()
    book.save(company.back / marked.name)
    (again,) = back(company).marked
    return again.path


def _fill(path: Path, cell: str) -> tuple[str, str]:
    """Of a cell of the actuals: the fill's pattern and colour."""
    fill = openpyxl.load_workbook(path)[ACTUALS][cell].fill
    return str(fill.fill_type), str(fill.fgColor.rgb)


def test_a_cell_that_was_corrected_is_marked_no_more(company: Company) -> None:
    company.answer(0, ("S000", "九十"), ("S003", "八十"))
    before = _fill(company.back / company.sent.files[0].path, "H5")
    again = _second_round(company, ("S000", 90))
    sheet = openpyxl.load_workbook(again)[ACTUALS]
    assert sheet["H5"].comment is None and _fill(again, "H5") == before
    assert sheet["H5"].protection.locked is False and sheet["H5"].value == 90
    comment = sheet["H6"].comment
    assert comment is not None and comment.text.count("V116") == 1
    assert _fill(again, "H6") != before


def test_all_of_a_column_corrected_has_its_fill_again(company: Company) -> None:
    people = [f"S{n:03}" for n in range(0, 12, 3)]
    company.answer(0, *((person, "九十") for person in people))
    came = company.back / company.sent.files[0].path
    before = [_fill(came, f"H{row}") for row in range(5, 9)]
    again = _second_round(company, *((person, 90) for person in people[1:]))
    assert [_fill(again, f"H{row}") for row in range(6, 9)] == before[1:]


def test_what_people_wrote_at_a_cell_stays(company: Company) -> None:
    company.answer(0, ("S000", "九十"), ("S003", "八十"))
    path = company.back / company.sent.files[0].path
    book = openpyxl.load_workbook(path)
    book[ACTUALS]["H5"].comment = Comment("请核对", "王五")
    book.save(path)
    again = _second_round(company, ("S000", 90))
    comment = openpyxl.load_workbook(again)[ACTUALS]["H5"].comment
    assert comment is not None and comment.text == "请核对"
    held = texts(again.read_bytes())
    assert held.count("<x:Row>4</x:Row>") == 1, "and its shape is there once"


@needs_libreoffice
def test_a_copy_saved_by_libreoffice_is_unmarked_too(company: Company, tmp_path: Path) -> None:
    company.answer(0, ("S000", "九十"), ("S003", "八十"))
    before = _fill(company.back / company.sent.files[0].path, "H5")
    (marked,) = back(company).marked
    book = openpyxl.load_workbook(marked.path)
    put(book, "S000", 90)
    book.save(company.back / marked.name)
    marked.path.unlink()
    saved = convert(company.back / marked.name, tmp_path / "saved", "xlsx")
    (company.back / marked.name).write_bytes(saved.read_bytes())
    (again,) = back(company).marked
    assert openpyxl.load_workbook(again.path)[ACTUALS]["H5"].comment is None
    assert _fill(again.path, "H5") == before


def test_copies_beside_the_returns_are_no_returns(company: Company) -> None:
    company.answer(0, ("S000", "九十"))
    order = Collection((company.back,), (company.folder / "out",), back=company.back / "退回")
    first = collect(company.program(), order)
    kept = first.marked[0].path.read_bytes()
    second = collect(company.program(), order)
    assert second.files == first.files == 1
    assert second.marked[0].path.read_bytes() == kept


def test_the_command_writes_its_copies_anew_each_time(company: Company, capsys: pytest.CaptureFixture[str]) -> None:
    """From the second time on every copy was refused as an input, F152: the folders of what is written, in which no
    returns are looked for, counted as folders that are read."""
    company.answer(0, ("S000", "九十"))
    program = company.folder / "方案.xlsx"
    write_program(program, company.program().tables, "zh")
    folders = ["--back", str(company.folder / "信" / "退回"), "--drafts", str(company.folder / "信")]
    command = ["collect", str(program), str(company.back), "-o", str(company.folder / "结果.xlsx"), *folders, "--json"]
    told = []
    for _ in range(3):
        capsys.readouterr()
        assert main([*command, "--sent", str(company.folder / "out")]) == 1
        told.append(capsys.readouterr().out)
    assert "V116" in told[0] and "F152" not in told[0]
    assert told[0] == told[1] == told[2]


def test_a_copy_that_was_worked_on_is_kept(company: Company) -> None:
    company.answer(0, ("S000", "九十"))
    (marked,) = back(company).marked
    book = openpyxl.load_workbook(marked.path)
    book[ACTUALS]["A1"] = "改过"
    book.save(marked.path)
    collected = back(company)
    assert not collected.marked
    assert "output_changed" in {each.name for each in collected.problems}


def test_what_lies_in_an_archive_is_marked_and_what_cannot_be_opened_is_said(company: Company) -> None:
    company.answer(0, ("S000", "九十"))
    came = company.back / company.sent.files[0].path
    with zipfile.ZipFile(company.back / "打包.zip", "w") as archive:
        archive.write(came, f"一部/{came.name}")
    came.write_bytes(b"")
    collected = back(company)
    assert [each.name for each in collected.marked] == [f"打包.zip/一部/{came.name}"]
    assert [(p.value, p.details["count"]) for p in collected.problems if p.code == "T136"] == [(came.name, 1)]


@needs_libreoffice
def test_a_return_in_another_format_is_marked_as_a_workbook(company: Company, tmp_path: Path) -> None:
    company.answer(0, ("S000", "九十"))
    came = company.back / company.sent.files[0].path
    convert(came, company.back, "ods")
    came.unlink()
    (marked,) = back(company).marked
    comment = openpyxl.load_workbook(marked.path)[ACTUALS]["H5"].comment
    assert comment is not None
    assert "V116" in comment.text


# ---- reminders


def mails(paths: list[Path]) -> list[tuple[str, list[str], str]]:
    """Of each draft: to whom, what is attached, what it says."""
    found = []
    for path in paths:
        message = BytesParser(policy=policy.default).parsebytes(path.read_bytes())
        body = message.get_body()
        assert body is not None
        attached = [str(part.get_filename()) for part in message.iter_attachments()]
        found.append((str(message["To"] or ""), attached, body.get_content()))
    return found


def drafted(collected: Collected, folder: Path) -> tuple[list[Path], list[Problem]]:
    mails = reminders(collected.merged.files, collected.record, collected.marked, "zh")
    drafts, kept = write_drafts(folder, mails)
    return drafts, [*judge_addresses(mails, collected.program.tables), *kept]


def test_drafts_remind_those_who_are_not_done_and_carry_what_is_to_be_corrected(company: Company) -> None:
    company.answer(0, ("S000", "九十"), ("S003", 66))
    company.answer(1, *((f"S{n:03}", 5) for n in (1, 4, 7, 10)))
    collected = back(company)
    folder = company.folder / "催报"
    drafts, problems = drafted(collected, folder)
    assert [path.name for path in drafts] == ["M0_经理0号_销售部.eml", "M2_经理2号_销售部.eml"]
    assert [(each.code, each.details["count"]) for each in problems] == [("T160", 2)]
    first, second = mails(drafts)
    assert first[1] == ["M0_经理0号_销售部.xlsx"]
    assert "实绩填报 3 行" in first[2]
    assert "标出了 1 处" in first[2]
    assert second[1] == ["M2_经理2号_销售部.xlsx"]
    assert "还没有收到" in second[2]
    assert b"X-Unsent: 1" in drafts[0].read_bytes()


def test_drafts_again_are_the_same_and_those_edited_are_kept(company: Company) -> None:
    company.answer(0, ("S000", 55))
    collected = back(company)
    folder = company.folder / "催报"
    drafts, _ = drafted(collected, folder)
    before = {path: path.read_bytes() for path in drafts}
    assert len(before) == 3
    again, problems = drafted(collected, folder)
    assert {path: path.read_bytes() for path in again} == before
    assert [each.code for each in problems] == ["T160"]
    drafts[0].write_bytes(before[drafts[0]].replace(b"X-Unsent", b"X-Other"))
    again, problems = drafted(collected, folder)
    assert again == drafts[1:]
    assert "output_changed" in [each.name for each in problems]

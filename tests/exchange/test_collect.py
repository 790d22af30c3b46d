"""Out, filled in, back and into a copy of the program: everything else of it stays, nothing is lost."""

from __future__ import annotations

import os
import shutil
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from perfxl.exchange.collect import Collected, Collection, collect, write_collected
from perfxl.exchange.send import Order, distribute
from perfxl.program import Program, from_tables, load
from perfxl.sample import program as build_program
from perfxl.workbook.program.book import write_program
from tests.core.test_requests import QUARTER
from tests.exchange.test_collect_merge import ACTUALS, put
from tests.exchange.test_distribute import named


class Company:
    """A program as a file, what was sent, and what came back."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.path, self.back = folder, folder / "方案.xlsx", folder / "back"
        self.back.mkdir()
        write_program(self.path, named(), "zh")
        self.sent, problems = distribute(
            self.program(), folder / "out", Order(jobs=("actuals", "coaching"), within=QUARTER)
        )
        assert not problems

    def program(self) -> Program:
        return load(self.path)[0]

    def answer(self, number: int, *edits: tuple[object, ...]) -> None:
        source = self.folder / "out" / self.sent.files[number].path
        book = openpyxl.load_workbook(source)
        for edit in edits:
            put(book, *edit)  # type: ignore[arg-type]
        book.save(self.back / source.name)

    def collect(self, program: Program | None = None) -> Collected:
        return collect(program or self.program(), Collection((self.back,), (self.folder / "out",)))

    def written(self) -> Path:
        out = self.folder / "收集.xlsx"
        assert not write_collected(self.collect(), self.path, out)
        return out


@pytest.fixture
def company(tmp_path: Path) -> Company:
    return Company(tmp_path)


def test_answers_stand_in_a_copy_of_the_program(company: Company) -> None:
    before = company.path.read_bytes()
    company.answer(0, ("S000", 55), ("S003", "不适用"))
    company.answer(1, ("S001", 7), ("S001", "约谈", "辅导记录", "情况"), ("S001", date(2026, 2, 1), "辅导记录", "日期"))
    program, problems = load(company.written())
    assert not [each for each in problems if each.severity == "error"]
    actuals = program.tables["actuals"]
    told = list(
        zip(*(actuals.column(name) for name in ("holder", "kpi", "period", "value", "reported_by")), strict=True)
    )
    assert told == [
        ("S000", "K1", "2026Q1", 55.0, "经理0号"),
        ("S003", "K1", "2026Q1", "N/A", "经理0号"),
        ("S001", "K1", "2026Q1", 7.0, "经理1号"),
    ]
    coaching = program.tables["coaching"]
    assert [coaching.record(0)[name] for name in ("holder", "coach", "situation")] == ["S001", "M1", "约谈"]
    assert company.path.read_bytes() == before


def test_collecting_into_the_result_changes_nothing(company: Company) -> None:
    company.answer(0, ("S000", 55))
    company.answer(1, ("S001", "约谈", "辅导记录", "情况"), ("S001", date(2026, 2, 1), "辅导记录", "日期"))
    program, _ = load(company.written())
    assert not company.collect(program).is_changed


def test_a_later_answer_changes_the_cell_and_nothing_else(company: Company) -> None:
    company.answer(0, ("S000", 55), ("S003", 66))
    first = company.written()
    first.rename(company.path)
    company.answer(0, ("S000", 57), ("S003", 66))
    collected = company.collect()
    assert [(change.old, change.new) for change in collected.merged.changes] == [(55.0, 57.0)]
    out = company.written()
    with zipfile.ZipFile(company.path) as old, zipfile.ZipFile(out) as new:
        changed = [name for name in old.namelist() if old.read(name) != new.read(name)]
    assert [name for name in changed if name.startswith("xl/worksheets")] == [
        name for name in changed if "sheet" in name and "rels" not in name
    ]
    assert sum(name.startswith("xl/worksheets/sheet") for name in changed) == 1
    assert load(out)[0].tables["actuals"].column("value") == [57.0, 66.0]


def test_what_is_wrong_is_said_at_the_managers_cell(company: Company) -> None:
    company.answer(0, ("S000", date(2026, 3, 5)))
    found = [(each.code, str(each.address)) for each in company.collect().problems if each.severity == "error"]
    assert ("M0_经理0号_销售部.xlsx 实绩填报!H5") in {place for _, place in found}


def test_the_record_is_found_in_a_folder_beside(company: Company) -> None:
    """As docs/managers.md has it: distribute -o 填报表, collect 发回. Of several the one that knows the files, then the
    latest of this program; never one of another program that knows none."""
    other = company.folder / "另一家"
    distribute(from_tables(named(6))[0], other, Order(jobs=("actuals",), within=QUARTER))
    place = Collection((company.back,))
    collected = collect(company.program(), place)
    assert collected.record is not None and collected.record.folder.parent.name == "out"
    assert {each.code for each in collected.problems} == {"T123"}
    company.answer(0, ("S000", 55))
    shutil.rmtree(company.folder / "out" / "_下发记录")
    assert collect(company.program(), place).record is None


def test_without_a_record_it_is_said(company: Company) -> None:
    company.answer(0, ("S000", 55))
    shutil.rmtree(company.folder / "out" / "_下发记录")
    collected = collect(company.program(), Collection((company.back,)))
    codes = {each.code for each in collected.problems}
    assert {"T131", "T113"} & codes
    assert [change.new for change in collected.merged.changes] == [55.0]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("audience", ["manager", "reporter", "unit", "person"])
def test_the_sample_comes_back_untouched_as_nothing(
    audience: str, lang: str, sample: dict[str, Path], tmp_path: Path
) -> None:
    """Every kind of KPI, unit and date goes out and comes back as the same value."""
    program, _ = load(sample[lang])
    jobs = ("targets", "actuals", "grades", "marks", "coaching", "improvement", "interview")
    distribute(program, tmp_path / "out", Order(audience=audience, jobs=jobs))
    collected = collect(program, Collection((tmp_path / "out",)))
    assert not collected.is_changed
    assert not [(each.code, str(each.address)) for each in collected.problems]


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("sample")
    paths = {lang: folder / f"{lang}.xlsx" for lang in ("zh", "en")}
    for lang, path in paths.items():
        write_program(path, build_program(24, lang=lang), lang)
    return paths


@pytest.mark.parametrize(("said", "code", "values"), [(None, "T120", []), ("采用后改的", "T121", [66.0])])
def test_the_settings_say_which_of_two_answers_counts(
    said: str | None, code: str, values: list[float], company: Company
) -> None:
    if said:
        book = openpyxl.load_workbook(company.path)
        row = next(row for row in book["参数"].iter_rows() if row[0].value == "收集冲突")
        row[1].value = said
        book.save(company.path)
    for value, name, at in ((55, "v1.xlsx", 1000), (66, "v2.xlsx", 2000)):
        company.answer(0, ("S000", value))
        path = company.back / company.sent.files[0].path
        path.rename(company.back / name)
        os.utime(company.back / name, (at, at))
    collected = company.collect()
    assert [each.code for each in collected.problems if each.code in ("T120", "T121")] == [code]
    assert [row.values["value"] for row in collected.merged.added] == values


def test_cells_of_new_rows_are_no_changes_of_cells(company: Company) -> None:
    company.answer(0, ("S000", 55), ("S000", 6, ACTUALS, "分母"))
    company.written().rename(company.path)
    company.answer(0, ("S000", 57), ("S003", 5))
    merged = company.collect().merged
    assert [(change.column, change.old, change.new) for change in merged.changed] == [("value", 55.0, 57.0)]
    assert [row.values["holder"] for row in merged.added] == ["S003"]

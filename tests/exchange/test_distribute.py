"""What goes out: one file for each manager, nothing of anybody else in it, written down and sealed."""

from __future__ import annotations

import errno
import io
import json
import os
import stat
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from perfxl.core.problems import Problem
from perfxl.core.records import Tables
from perfxl.disk import WINDOWS
from perfxl.exchange.record import find_records
from perfxl.exchange.seal import KEY_FILE, seal_of
from perfxl.exchange.send import Order, Sent, distribute
from perfxl.outputs import is_unchanged, read_mark
from perfxl.program import Program, from_tables
from tests.core.test_requests import QUARTER
from tests.core.test_requests import program as tables_of

ORDER = Order(jobs=("actuals", "grades"), within=QUARTER, period="2026Q1", due=date(2026, 4, 10))


def named(people: int = 12) -> Tables:
    """Everybody has a name and a number that stand nowhere else: E2's people are E20 to E2n, and so on."""
    managers = [{"person": f"M{n}", "name": f"经理{n}号", "unit": "D1"} for n in range(3)]
    staff = [
        {"person": f"S{n:03}", "name": f"员工{n:03}号", "unit": "D1", "superior": f"M{n % 3}"} for n in range(people)
    ]
    contracts = [
        {
            "contract": f"HT{n:03}",
            "holder": f"S{n:03}",
            "issuer": f"M{n % 3}",
            "start": date(2026, 1, 1),
            "end": date(2026, 12, 31),
        }
        for n in range(people)
    ]
    lines = [{"contract": f"HT{n:03}", "kpi": kpi, "target": 1000.0 + n} for n in range(people) for kpi in ("K1", "K2")]
    return tables_of(people=[*managers, *staff], contracts=contracts, contract_lines=lines)


def program(tables: Tables | None = None) -> Program:
    return from_tables(named() if tables is None else tables)[0]


def sent(out: Path, order: Order = ORDER) -> tuple[Sent, list[Problem]]:
    return distribute(program(), out, order)


def texts(content: bytes) -> str:
    """Everything that a file holds: every part of it, names of parts and properties too."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return "\n".join(f"{name}\n{archive.read(name).decode('utf-8', 'replace')}" for name in archive.namelist())


def test_one_file_for_each_manager_by_number_name_and_unit(tmp_path: Path) -> None:
    result, problems = sent(tmp_path)
    assert not problems
    assert [file.path for file in result.files] == [f"M{n}_经理{n}号_销售部.xlsx" for n in range(3)]
    assert all(is_unchanged(tmp_path / file.path) for file in result.files)
    mark = read_mark(tmp_path / result.files[0].path)
    assert mark is not None
    assert mark.kind == "manager"


def test_no_file_holds_anything_of_other_peoples(tmp_path: Path) -> None:
    result, _ = sent(tmp_path, Order(jobs=("targets", "actuals", "grades", "marks", "coaching", "interview")))
    for manager, file in enumerate(result.files):
        held = texts((tmp_path / file.path).read_bytes())
        for number in range(12):
            own = number % 3 == manager
            for word in (f"S{number:03}", f"员工{number:03}号", f"HT{number:03}", f">{1000 + number}.0<"):
                assert (word in held) is own, f"{file.path}: {word}"


def test_the_record_says_what_was_sent_to_whom(tmp_path: Path) -> None:
    result, _ = sent(tmp_path)
    (record,) = find_records([tmp_path])
    assert record.batch.period == "2026Q1"
    assert [file.counts for file in record.files.values()] == [{"actuals": 4, "grades": 4}] * 3
    first = record.files[result.files[0].file]
    assert first.rows["actuals"][0]["holder"] == "S000"
    assert "value" not in first.rows["actuals"][0]
    assert record.key is not None
    assert first.seal == seal_of(
        record.key, first.file, json.dumps(first.rows, ensure_ascii=False, separators=(",", ":"))
    )


def test_each_file_says_which_it_is(tmp_path: Path) -> None:
    result, _ = sent(tmp_path)
    for file in result.files:
        names = openpyxl.load_workbook(tmp_path / file.path).defined_names
        assert names["perfxl_file"].attr_text == f'"{file.file}"'
        assert names["perfxl_seal"].attr_text == f'"{file.seal}"'


@pytest.mark.skipif(WINDOWS, reason="rights of files are of another kind on Windows")
def test_the_key_is_for_its_owner_alone(tmp_path: Path) -> None:
    result, _ = sent(tmp_path)
    assert stat.S_IMODE((result.folder / KEY_FILE).stat().st_mode) == 0o600


def test_sending_again_changes_nothing(tmp_path: Path) -> None:
    result, _ = sent(tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    again, problems = sent(tmp_path)
    assert not problems
    assert again.files == result.files
    assert {path.name: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_sending_more_keeps_the_record_of_what_was_sent(tmp_path: Path) -> None:
    sent(tmp_path)
    distribute(program(), tmp_path, replace(ORDER, chosen=lambda person: person == "S000", overwrite=True))
    (record,) = find_records([tmp_path])
    assert [file.name for file in record.files.values()] == ["经理0号", "经理1号", "经理2号"]
    distribute(program(), tmp_path, Order(jobs=("coaching",), overwrite=True))
    assert len(list(find_records([tmp_path]))) == 2


def test_a_file_that_its_manager_has_filled_in_is_kept(tmp_path: Path) -> None:
    result, _ = sent(tmp_path)
    path = tmp_path / result.files[0].path
    book = openpyxl.load_workbook(path)
    book["实绩填报"]["H5"] = 5
    book.save(path)
    kept = path.read_bytes()
    _, problems = sent(tmp_path)
    assert [each.name for each in problems] == ["output_changed"]
    assert path.read_bytes() == kept


def test_processes_make_the_same_files(tmp_path: Path) -> None:
    large = program(named(150))
    order = Order(audience="person", jobs=("actuals",), within=QUARTER)
    one, _ = distribute(large, tmp_path, order)
    here = [(tmp_path / file.path).read_bytes() for file in one.files]
    two, _ = distribute(large, tmp_path, order, workers=2)
    assert len(one.files) == 150
    assert [(tmp_path / file.path).read_bytes() for file in two.files] == here


@pytest.mark.parametrize("workers", [1, 2])
def test_a_full_disk_is_said_whoever_writes(tmp_path: Path, workers: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes that write files say so, too: it is no lost worker."""

    def full(*_: object) -> list[Problem]:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("perfxl.exchange.send._write", full)
    monkeypatch.setattr("perfxl.exchange.making._WORTH_A_FORK", 1)
    result, problems = distribute(program(), tmp_path, ORDER, workers=workers)
    assert not result.files
    assert "output_not_writable" in {each.name for each in problems}
    assert "worker_lost" not in {each.name for each in problems}


def test_nothing_due_is_said(tmp_path: Path) -> None:
    result, problems = distribute(program(), tmp_path, Order(chosen=lambda person: False))
    assert not result.files
    assert [each.code for each in problems] == ["T102"]
    assert not list(tmp_path.iterdir())


def test_a_template_that_cannot_do_it_is_named(tmp_path: Path) -> None:
    own = tmp_path / "own.xlsx"
    openpyxl.Workbook().save(own)
    result, problems = distribute(program(), tmp_path / "out", Order(jobs=("actuals",), template=own))
    assert [each.code for each in problems] == ["T104"]
    assert not result.files
    (tmp_path / "no.xlsx").write_bytes(b"no workbook")
    _, problems = distribute(program(), tmp_path / "out", Order(template=tmp_path / "no.xlsx"))
    assert [each.name for each in problems] == ["file_not_workbook"]

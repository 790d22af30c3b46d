"""perfxl documents with a file that is too large to be held: the same papers, flat memory, clear words."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from perfxl import program as programs
from perfxl.cli import main
from perfxl.documents.papers import KINDS
from perfxl.program import load, load_for_papers
from perfxl.table_store import TableStore
from tests.documents.batch_kit import ROOT, make_documents, prints, program_file
from tests.workbook.books import save
from tests.workbook.test_contract_sheets import CONTRACT, MERGES

PEOPLE = 24


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file counts as large."""
    monkeypatch.setattr(programs, "STORED_FROM", 0)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole")
    assert main(["documents", "all", str(program_file(PEOPLE)), "-o", str(folder)]) == 0
    return folder


def test_all_papers_from_the_file(large: None, whole: Path, tmp_path: Path) -> None:
    source, problems = load_for_papers(program_file(PEOPLE))
    assert isinstance(source.tables, TableStore) and source.usable and problems == load(program_file(PEOPLE))[1]
    assert main(["documents", "all", str(program_file(PEOPLE)), "-o", str(tmp_path), "--jobs", "1"]) == 0
    assert prints(tmp_path) == prints(whole)


@pytest.mark.parametrize("kind", KINDS)
def test_papers_of_a_kind_are_the_same(kind: str, large: None, tmp_path: Path) -> None:
    source, program = load_for_papers(program_file(PEOPLE))[0], load(program_file(PEOPLE))[0]
    assert isinstance(source.tables, TableStore)
    for name, book in (("shelf", source.tables), ("whole", program.tables)):
        files, problems = make_documents(kind, book, program.policy, tmp_path / name, jobs=1, blank=True)
        assert files and not problems
    assert prints(tmp_path / "shelf") == prints(tmp_path / "whole")


def test_a_batch_goes_on_where_one_of_a_small_file_stopped(
    large: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which way the file was read does not show in what a paper is made from."""
    command = ["documents", "contract", str(program_file(PEOPLE)), "-o", str(tmp_path)]
    assert main(command) == 0
    before = {path: path.stat().st_ino for path in tmp_path.glob("*.docx")}
    monkeypatch.setattr(programs, "STORED_FROM", 2**40)
    assert main(command) == 0
    assert {path: path.stat().st_ino for path in tmp_path.glob("*.docx")} == before


def test_a_lone_contract(large: None, tmp_path: Path) -> None:
    """Its lines must be seen together, however large the file is."""
    path = save(tmp_path / "合同.xlsx", {"合同": CONTRACT}, MERGES)
    assert main(["documents", "contract", str(path), "-o", str(tmp_path / "out")]) == 0
    assert list((tmp_path / "out").glob("*.docx"))


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut short", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)])
def test_bad_files_are_told_alike(large: None, content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "方案.xlsx"
    path.write_bytes(content)
    source, problems = load_for_papers(path)
    assert not source.usable and problems == load(path)[1] and problems
    assert main(["documents", "contract", str(path), "-o", str(tmp_path / "out")]) == 2


def test_no_file_and_a_folder(large: None, tmp_path: Path) -> None:
    for path in (tmp_path / "none.xlsx", tmp_path):
        assert load_for_papers(path)[1] == load(path)[1] != []


@pytest.mark.skipif(os.name == "nt", reason="Windows sets no limits to the size of files")
def test_no_room_for_temporary_files(tmp_path: Path) -> None:
    code = f"""
import resource, sys
from perfxl import program, table_store
from perfxl.cli import main
program.STORED_FROM, table_store._CACHE = 0, 16
resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536))
sys.exit(main(["documents", "contract", {str(program_file(PEOPLE))!r}, "-o", {str(tmp_path / "out")!r}]))
"""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", "TMPDIR": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 2 and "较大" in done.stderr and str(tmp_path) in done.stderr
    assert "Traceback" not in done.stderr and not (tmp_path / "out").exists() and not list(tmp_path.iterdir())

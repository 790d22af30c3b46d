"""Two runs into one archive or print file: one waits, or is told; none is half written."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from perfxl.documents.batch import locks
from perfxl.documents.batch.locks import OutputBusy, held
from tests.documents.batch_kit import ROOT, make_documents, program_file, run
from tests.documents.contract_book import book, policy

HOLD = """import sys
from pathlib import Path
from perfxl.documents.batch.locks import held
with held(Path(sys.argv[1])):
    print(flush=True)
    input()
"""


@pytest.mark.parametrize("option", ["archive", "print_file"])
def test_who_comes_second_is_told(option: str, tmp_path: Path) -> None:
    path = tmp_path / ("all.zip" if option == "archive" else "all.docx")
    command = [sys.executable, "-c", HOLD, str(path)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout and other.stdin
        other.stdout.readline()
        files, problems = make_documents("contract", book(), policy(), tmp_path / "out", **{option: path})
        assert (list(files), [each.code for each in problems]) == ([], ["D173"])
        assert not path.exists()
        other.communicate(b"\n")
    files, problems = make_documents("contract", book(), policy(), tmp_path / "out", **{option: path})
    assert path in files and not problems
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith(".")] == []


def test_a_lock_of_a_run_that_was_killed_holds_nobody_up(tmp_path: Path) -> None:
    path = tmp_path / "all.zip"
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], cwd=ROOT, stdout=subprocess.PIPE, stdin=subprocess.PIPE
    ) as other:
        assert other.stdout
        other.stdout.readline()
        other.kill()
    with held(path):
        pass
    assert list(tmp_path.iterdir()) == []


def test_who_waits_gets_its_turn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "all.zip"
    with held(path):
        monkeypatch.setattr(locks, "PATIENCE", 0.1)
        with pytest.raises(OutputBusy), held(path):
            pass
    with held(path):
        pass


def test_two_runs_at_once_leave_a_whole_archive(tmp_path: Path) -> None:
    path = tmp_path / "all.zip"
    arguments = ["contract", program_file(8), "--zip", path, "--overwrite"]
    first = subprocess.Popen(
        [sys.executable, "-m", "perfxl", "documents", *map(str, arguments), "-o", str(tmp_path / "a")],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    second = run(*arguments, "-o", tmp_path / "b")
    told, _ = first.communicate()
    codes = {first.returncode, second.returncode}
    assert codes <= {0, 1, 2} and 0 in codes, (told, second.stdout)
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None and "index.xlsx" in archive.namelist()

"""Workbooks that cannot be written: one line and exit 2, and nothing is left behind."""

from __future__ import annotations

import errno
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from perfxl import sample
from perfxl.cli import main
from perfxl.workbook.program.book import write_program

pytestmark = pytest.mark.filterwarnings("error")  # also what is raised when a ZipFile is collected

COMMANDS = ("score", "weights", "cascade")


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("program") / "program.xlsx"
    write_program(path, sample.program(12, 1, "zh"), "zh", blank_rows=5)
    return path


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Workbooks meet a full disk with the second of their parts. Gives the folder of temporary files."""

    begin = ZipFile.open

    def fail(archive: ZipFile, name: Any, mode: Any = "r", *arguments: Any, **options: Any) -> Any:
        if mode == "w" and archive.filelist:
            raise OSError(errno.ENOSPC, "No space left on device")
        return begin(archive, name, mode, *arguments, **options)

    parts = tmp_path / "tmp"
    parts.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(parts))
    monkeypatch.setattr(ZipFile, "open", fail)
    return parts


@pytest.mark.parametrize("command", COMMANDS)
def test_a_full_disk_is_one_line_and_leaves_nothing(
    command: str, program: Path, tmp_path: Path, full_disk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    assert main([command, str(program), "-o", str(folder / "out.xlsx")]) == 2
    error = _without_progress(capsys.readouterr().err)
    assert len(error) == 1
    assert "磁盘已满" in error[0]
    assert list(folder.iterdir()) == []
    assert list(full_disk.iterdir()) == []


def test_a_demo_on_a_full_disk_ends_alike(tmp_path: Path, full_disk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", str(tmp_path / "demo"), "--people", "12"]) == 2
    assert "磁盘已满" in capsys.readouterr().err
    assert not (tmp_path / "demo").exists(), "the folder that was made for it, too"


@pytest.mark.parametrize("arguments", [["templates", "fields", "contract", "-o", "{out}/fields.xlsx"]])
def test_lists_of_fields_end_alike(
    arguments: list[str], tmp_path: Path, full_disk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    assert main([argument.format(out=folder) for argument in arguments]) == 2
    assert "磁盘已满" in capsys.readouterr().err
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("command", COMMANDS)
def test_files_that_may_not_grow(command: str, program: Path, tmp_path: Path) -> None:
    """The same through the process's own limit: nothing is said behind the one line, not even at its end."""
    resource = pytest.importorskip("resource")
    run = subprocess.run(
        [sys.executable, "-m", "perfxl", command, str(program), "-o", str(tmp_path / "out.xlsx")],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (8_000, 8_000)),
    )
    assert run.returncode == 2, run.stderr
    assert len([line for line in run.stderr.splitlines() if "份/秒" not in line and "计分" not in line]) == 1, (
        run.stderr
    )
    assert list(tmp_path.iterdir()) == []


def _without_progress(text: str) -> list[str]:
    return [line for line in text.splitlines() if not line.startswith("计分")]

"""What is printed into pipes, as on Chinese Windows: in the code page of the reader, JSON valid in any, and no word
about a reader that has gone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from perfxl import sample
from perfxl.cli import show
from perfxl.core.language import Text
from perfxl.core.schema import get
from perfxl.workbook.program.book import write_program

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With a name that the code page of Chinese Windows lacks, on a row that has a problem."""
    tables = sample.program(12, 7, "zh")
    people = tables["people"]
    assert get("people")
    people.columns["name"] = ["𠮷²" for _ in people.columns["name"]]
    path = tmp_path_factory.mktemp("programs") / "方案.xlsx"
    write_program(path, tables)
    return path


def perfxl(*arguments: object, encoding: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    own = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0", **environment}
    command = [sys.executable, "-m", "perfxl", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, env=own, check=False)


@pytest.mark.parametrize("encoding", ["gbk", "cp1252", "utf-8"])
def test_simulated_a_pipe_gets_its_own_code_page(encoding: str, program: Path) -> None:
    done = perfxl("check", program, encoding=encoding)
    assert done.returncode in (0, 1) and not done.stderr
    text = done.stdout.decode(encoding)
    if encoding != "cp1252":
        assert "合同指标" in text and "怎么办" in text
    assert ("𠮷²" if encoding == "utf-8" else r"\U00020bb7") in text  # a name is never lost


def test_simulated_without_a_locale_it_is_utf_8(program: Path) -> None:
    done = perfxl("check", program, encoding="", LC_ALL="C", PYTHONCOERCECLOCALE="0")
    assert "合同指标" in done.stdout.decode("utf-8")


def test_simulated_utf_8_mode_gives_utf_8(program: Path) -> None:
    done = perfxl("check", program, encoding="", LC_ALL="C", PYTHONUTF8="1")
    assert "合同指标" in done.stdout.decode("utf-8")


@pytest.mark.parametrize("encoding", ["gbk", "cp1252", "utf-8"])
def test_simulated_json_is_the_same_in_every_code_page(encoding: str, program: Path) -> None:
    """Read as UTF-8, as programs do, and as the system's code page, as PowerShell does."""
    raw = perfxl("check", program, "--json", encoding=encoding).stdout
    answer = json.loads(raw.decode("utf-8"))
    assert answer == json.loads(raw.decode(encoding))
    assert any("𠮷²" in problem["message"] for problem in answer["problems"])


@pytest.mark.skipif(os.name == "nt", reason="a shell of Unix")
@pytest.mark.parametrize("command", ["check {}", "check {} --json", "--help", "documents contract {} -o {}.out 2>&1"])
def test_a_reader_that_goes_is_no_trouble(command: str, program: Path) -> None:
    """And the work goes on to its end."""
    asked = command.format(*[program] * command.count("{}"))
    line = f"'{sys.executable}' -m perfxl {asked} | true; echo ${{PIPESTATUS[0]}}"
    own = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(["bash", "-c", line], capture_output=True, env=own, check=False, text=True)
    assert done.stderr == "" and done.stdout.strip() in ("0", "1")
    if "documents" in command:
        assert len(list(Path(f"{program}.out").glob("*.docx"))) > 5


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_told(program: Path) -> None:
    own = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(program.parent)}
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "perfxl", "check", str(program), "--json"],
            stdout=full,
            stderr=subprocess.PIPE,
            env=own,
        )
    assert done.returncode == 3 and done.stderr


def test_what_comes_at_once_is_not_called_fast(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two processes hand over 16 files at a time: 22 that took two seconds were said to be 2,400 a second."""
    now = [100.0]
    monkeypatch.setattr("perfxl.cli.show.time.monotonic", lambda: now[0])
    with show.progress(Text("下发", "Distributing"), "zh") as progress:
        now[0] += 2.0
        for done in range(1, 23):
            progress(done, 22)
    assert capsys.readouterr().err == "下发：22/22 11 份/秒\n"
    with show.progress(Text("下发", "Distributing"), "zh") as progress:
        for done in range(1, 101):
            now[0] += 10.0 if done == 1 else 0.1
            progress(done, 100)
    assert capsys.readouterr().err.endswith("100/100 10 份/秒\n")

"""A file that is read block by block gives what it gives when it is read at once, in every command."""

from __future__ import annotations

import re
from pathlib import Path
from zipfile import ZipFile

import pytest

from perfxl import program as programs
from perfxl.cli import main
from perfxl.program import load
from perfxl.sample import program
from perfxl.workbook.program.book import write_program
from perfxl.workbook.reading import cut


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A program with wrong cells, references and keys here and there."""
    path, tables = tmp_path_factory.mktemp("broken") / "方案.xlsx", program(40, 5)
    tables["actuals"].columns["value"][::37] = ["坏值"] * len(tables["actuals"].columns["value"][::37])
    tables["contract_lines"].columns["weight"][7] = 95.0
    tables["contract_lines"].columns["kpi"][12] = "K-无此"
    tables["contracts"].columns["contract"][9] = tables["contracts"].columns["contract"][3]
    tables["people"].columns["person"][11] = "E999"
    tables["people"].columns["superior"][5] = "E000"
    write_program(path, tables)
    return path


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cut, "BLOCK", 20_000)


def test_the_same_problems(broken: Path, small_blocks: None, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, problems = load(broken)
    monkeypatch.setattr(programs, "STREAMED_FROM", 0)
    large, found = load(broken)
    assert found == problems and problems
    assert large.check() == whole.check() and large.info == whole.info and large.lang == whole.lang
    assert large.score()[1] == whole.score()[1]


@pytest.mark.parametrize("command", ["check", "score", "weights", "cascade", "explain"])
def test_the_same_output(
    command: str,
    broken: Path,
    small_blocks: None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Words and, but for the time and place that it was made, every byte."""
    said, made = [], []
    for name, size in (("whole", 2**40), ("large", 0)):
        monkeypatch.setattr(programs, "STREAMED_FROM", size)
        out = tmp_path / name / "out.xlsx"
        out.parent.mkdir()
        options = ["E100003"] if command == "explain" else ["-o", str(out)] if command != "check" else []
        code = main([command, str(broken), *options])
        captured = capsys.readouterr()
        said.append((code, captured.out.replace(name, ""), re.sub(r"\d+ 份/秒", "", captured.err)))
        made.append(_parts(out))
    assert said[0] == said[1] and made[0] == made[1]


def _parts(workbook: Path) -> dict[str, bytes]:
    if not workbook.exists():
        return {}
    with ZipFile(workbook) as archive:
        return {name: archive.read(name) for name in archive.namelist() if not name.startswith("docProps/")}

"""What nobody foresaw: one line in both languages, a report without contents of cells, exit 3."""

from __future__ import annotations

import gc
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import perfxl.program
from perfxl import unforeseen
from perfxl.cli import main
from perfxl.excel import functions, registry
from perfxl.ribbon.running import run

PROGRAM = Path(__file__).parent.parent / "data" / "trust" / "thirds.xlsx"
SECRET = "王小明的工资"


def _fail(*_: Any, **__: Any) -> Any:
    raise KeyError(SECRET)


def _report(line: str) -> str:
    """The report that a line names; the list that all tests watch is emptied."""
    path = Path(re.search(r"\S+perfxl-report-\w+\.txt", line)[0])  # type: ignore[index]
    assert unforeseen.REPORTS.pop() == path
    report = path.read_text(encoding="utf-8")
    path.unlink()
    return report


def test_the_command_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(perfxl.program.Program, "find_person", _fail)
    assert main(["explain", str(PROGRAM), SECRET]) == 3
    shown = capsys.readouterr()
    assert shown.out == "" and len(shown.err.strip().splitlines()) == 1
    assert "程序内部出错" in shown.err and "An error inside perfxl" in shown.err
    report = _report(shown.err)
    assert SECRET not in report and "KeyError" in report and "command=explain" in report and "in explain" not in report
    assert "commands.py" in report and perfxl.__version__ in report


@pytest.mark.parametrize("moment", ["perfxl.cli.options.parser", "perfxl.program.Program.check"])
def test_ctrl_c_is_one_line(moment: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Also before there is a command: while modules are read it was a traceback."""

    def stop(*_: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(moment, stop)
    assert main(["check", str(PROGRAM)]) == 130
    shown = capsys.readouterr()
    assert shown.out == "" and len(shown.err.strip().splitlines()) == 1


@pytest.mark.skipif(os.name == "nt", reason="a pipe's reader is closed as on POSIX")
def test_a_pipe_without_reader_is_no_traceback() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "perfxl", "check", str(PROGRAM), "--json"]
    done = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, check=False)
    os.close(writer)
    assert done.stderr == b"" and done.returncode == 0


def test_a_worksheet_function(monkeypatch: pytest.MonkeyPatch) -> None:
    function = functions.FUNCTIONS["PX_GRADE"]
    monkeypatch.setitem(functions.FUNCTIONS, "PX_GRADE", function._replace(rule=_fail))
    session = registry.Session()
    assert session.call("PX_GRADE", [90.0]) == [["#VALUE!"]]
    assert session.last_failure is not None
    (about,) = session.last_failure.problems
    assert about.code == "A117"
    assert SECRET not in _report(about.message("en"))


def test_a_button(monkeypatch: pytest.MonkeyPatch) -> None:
    message = run("px.check", _Broken(), "en")  # type: ignore[arg-type]
    assert message.startswith("An error inside perfxl")
    assert SECRET not in _report(message)


class _Broken:
    """An open workbook that fails."""

    is_program = _fail


def test_what_a_command_froze_is_released() -> None:
    """Of a process that runs many commands the memory would grow with each."""
    for _ in range(2):
        main(["check", str(PROGRAM)])
        assert gc.get_freeze_count() == 0

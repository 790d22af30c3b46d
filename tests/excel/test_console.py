"""The server in a console tells developers what Excel asked for; the add-in that comes to it starts none itself."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from perfxl.cli import main
from perfxl.excel.addin import install
from perfxl.ribbon.console import told


def test_every_question_is_told_with_its_time_and_its_failure() -> None:
    said: list[str] = []

    def answer(server: Any, script: str, name: str, given: tuple[Any, ...], *more: Any) -> Any:
        if name == "PX_NONE":
            raise KeyError(name)
        return (server, script, *given, *more)

    ask = told(answer, said.append)
    assert ask("server", "perfxl.excel.functions", "PX_GRADE", (95.0,), "book") == (
        *("server", "perfxl.excel.functions", 95.0, "book"),
    )
    with pytest.raises(KeyError):
        ask("server", "perfxl.excel.functions", "PX_NONE", ())
    assert said[0].startswith("PX_GRADE(1)  ") and said[0].endswith(" ms")
    assert said[1].startswith("PX_NONE(0)  ") and "Traceback" in said[1] and "KeyError" in said[1]


def test_the_add_in_for_the_console_names_xlwings_class(tmp_path: Path) -> None:
    assert main(["addin", "build", "--console", "-o", str(tmp_path / "dev.xlam")]) == 0
    assert install.read_settings(tmp_path / "dev.xlam")["server"] == "{506e67c3-55b5-48c3-a035-eed5deea7d6d}"


@pytest.mark.skipif(sys.platform == "win32", reason="it would serve")
def test_elsewhere_it_says_that_there_is_no_excel(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["addin", "serve", "--console"]) == 2
    assert "Windows" in capsys.readouterr().err

"""The examples in docstrings run, and each public name has one; type checkers see what the names are."""

from __future__ import annotations

import doctest
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import perfxl as px
from perfxl import sample
from perfxl.workbook.program.book import write_program

ROOT = Path(__file__).parent.parent
# What a name must show: itself, or those of its methods that people call.
SHOWN: dict[str, tuple[str, ...]] = {
    "load": ("",),
    **dict.fromkeys(("score_lines", "score_contracts", "evaluate", "derive_weights", "check_weights"), ("",)),
    **dict.fromkeys(("distribution", "diagnose"), ("",)),
    "ColumnsError": ("",),
    "ProblemList": ("",),
    "Policy": ("", "but", "from_json"),
    "PolicyError": ("",),
    "Problem": ("",),
    "ProgramError": ("",),
    "CompiledTemplate": ("",),
    "LoadedProgram": ("", "score", "all_problems", "frame", "with_policy", "documents"),
}
_NAMES = sorted({*px.__all__} - {"__version__"})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where p.xlsx lies, of which the examples speak."""
    made = tmp_path_factory.mktemp("examples")
    write_program(made / "p.xlsx", sample.program(12), "zh")
    return made


def examples_of(name: str) -> dict[str, doctest.DocTest]:
    """The examples of a name and its methods, by the method's name."""
    thing: Any = getattr(px, name)
    found = doctest.DocTestFinder(exclude_empty=True).find(thing, name, module=False)
    return {test.name.partition(".")[2]: test for test in found if test.examples}


@pytest.mark.parametrize("name", _NAMES)
def test_examples_run(name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    tests = examples_of(name)
    assert set(SHOWN.get(name, ())) <= tests.keys()
    said: list[str] = []
    for test in tests.values():
        doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(test, out=said.append)
    assert not said, "".join(said)


def test_type_checkers_see_the_names(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    lines = {
        'px.load("p.xlsx")': "perfxl.analysis.loaded.LoadedProgram",
        'px.load("p.xlsx").score()': "perfxl.analysis.scored.Scored",
        'px.load("p.xlsx").score().to_frame()': "pandas.core.frame.DataFrame",
        'px.load("p.xlsx").score().explain("E1")': "perfxl.analysis.scored.Explained",
        'px.load("p.xlsx").all_problems()': "perfxl.problem_list.ProblemList",
        "px.Policy().but(points_cap=110)": "perfxl.core.policy.policy.Policy",
        'px.CompiledTemplate("t.docx").render({})': "bytes",
    }
    asked = "\n".join(f"reveal_type({line})" for line in lines)
    script.write_text(f"import perfxl as px\n{asked}\npx.no_such_name\n", encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--config-file", "pyproject.toml", "--no-error-summary", str(script)]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8").stdout.splitlines()
    revealed = [line.partition('Revealed type is "')[2].rstrip('"') for line in told if "Revealed type" in line]
    shown = [line.rpartition("fallback=")[2].rstrip("]") for line in revealed]  # of what is a tuple too
    assert shown == list(lines.values()), told
    (error,) = (line for line in told if ": error:" in line)
    assert 'no attribute "no_such_name"' in error

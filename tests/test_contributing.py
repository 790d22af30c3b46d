"""CONTRIBUTING.md is true: each thing is added in the one place it names, in a process of its own, and then works; the
hooks and workflows run what the one command runs."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

import run
from tools.ci.__main__ import STEPS

ROOT = Path(__file__).parent.parent
PAGES = ("CONTRIBUTING.md", "docs/architecture.md")

METHOD = """
from perfxl.core import rulebook
rulebook.METHODS += (rulebook.Method("halving", "折半法", "50*A/T"),)

import pandas, perfxl
from perfxl.excel.functions import FUNCTIONS
lines = pandas.DataFrame({"method": ["折半法", "halving"], "actual": [8.0, 4.0], "target": [10.0, 10.0]})
assert list(perfxl.score_lines(lines).points) == [40.0, 20.0]
assert FUNCTIONS["PX_SCORE"].call("折半法", 8, 10) == [[40.0]]
"""
FUNCTION = """
import runpy
from perfxl.excel.functions import FUNCTIONS, FunctionCall, function, value

@function("加倍", value("number", "数", "A number"))
def PX_TWICE(call: FunctionCall) -> float:
    'Doubles'
    return 2.0 * call["number"]

assert FUNCTIONS["PX_TWICE"].call(4) == [[8.0]]
pages = runpy.run_path("docs/build.py")
assert "## PX_TWICE" in pages["functions_page"]()
"""
PROBLEM = """
from perfxl.core.catalogue import values
from perfxl.core.catalogue.declare import Kind, Severity
texts = ("{cell} 钉住了", "{cell} is stapled", "拔掉", "Take it out")
values.KINDS["cell_stapled"] = Kind("V999", Severity.WARNING, *texts)

import importlib
import perfxl.core.catalogue
importlib.reload(perfxl.core.catalogue)
import perfxl.core.problems as problems
importlib.reload(problems)
stapled = problems.problem("cell_stapled", problems.Address("a.xlsx", "人员", "B4"))
assert (stapled.code, stapled.message("zh"), stapled.hint("en")) == ("V999", "B4 钉住了", "Take it out")
"""
PAPER = """
import tempfile
from dataclasses import replace
from pathlib import Path
from perfxl.core.language import Text
from perfxl.documents.papers import KINDS, interview
name = Text("{holder[id]} 催办", "{holder[id]} reminder")
KINDS["reminder"] = replace(interview.KIND, title=Text("催办单", "reminder"), file_name=name)

from perfxl.cli import main
from perfxl.sample import program
from perfxl.workbook.program.book import write_program
with tempfile.TemporaryDirectory() as folder:
    book = Path(folder, "book.xlsx")
    write_program(book, program(12, lang="zh"), "zh", blank_rows=2)
    assert main(["templates", "fields", "reminder", "--lang", "zh"]) == 0
    assert main(["documents", "reminder", str(book), "-o", str(Path(folder, "out")), "--jobs", "1"]) in (0, 1)
    assert list(Path(folder, "out").rglob("*催办*.docx"))

from perfxl.cli.options import parser
from perfxl.ribbon.ribbon_xml import ribbon_xml
assert "reminder" in ribbon_xml()
try:
    parser().parse_args(["documents", "--help"])
except SystemExit:
    pass
"""


@pytest.mark.parametrize("script", [METHOD, FUNCTION, PROBLEM, PAPER], ids=["method", "function", "problem", "paper"])
def test_one_entry_is_enough(script: str) -> None:
    result = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", script], cwd=ROOT, capture_output=True, text=True, encoding="utf-8"
    )
    assert result.returncode == 0, result.stderr
    if script == PAPER:
        assert "reminder 催办单" in result.stdout


@pytest.mark.parametrize("page", [page for page in PAGES if (ROOT / page).exists()])
def test_every_place_that_a_page_names_is_there(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    places = re.findall(r"\b(?:perfxl|tests|docs|tools|benchmarks|doc_templates)/[\w./]*[\w/]", text)
    places += re.findall(r"\]\((?!http)([\w./-]+)\)", text)
    names = [place for place in places if "NAME" not in place]
    missing = [name for name in names if not (ROOT / name).exists() and not ((ROOT / page).parent / name).exists()]
    assert names and not missing


def test_the_hooks_are_those_of_the_one_command() -> None:
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    hooks = {hook["id"]: hook for repo in config["repos"] for hook in repo["hooks"]}
    assert {name: hook["entry"].split()[2:] for name, hook in hooks.items()} == {
        "ruff-check": ["ruff", "check"],
        "ruff-format": ["ruff", "format"],
        "mypy": ["mypy"],
    }
    assert all(hook["language"] == "system" for hook in hooks.values())


def test_workflows_run_the_one_command_everywhere() -> None:
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8"))
    job = workflow["jobs"]["test"]
    matrix = job["strategy"]["matrix"]
    assert {name.split("-")[0] for name in matrix["os"]} == {"ubuntu", "windows", "macos"}
    assert matrix["python"] == ["3.11", "3.12", "3.13", "3.14"]
    commands = "\n".join(step.get("run", "") for step in job["steps"])
    assert "python run.py test" in commands and "python run.py demo demo | cat" in commands
    assert all(package in commands for package in run.SYSTEM)
    steps = re.findall(r"python -m tools\.ci (\w+)", commands)
    modules = {path.stem for path in (ROOT / "tools" / "ci").glob("*.py")} - {"__init__", "__main__", "kit"}
    assert tuple(steps) == STEPS and set(steps) == modules
    here = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "python3 run.py test" in here and "python3 -m tools.ci" in here


def test_the_changelog_is_dated() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert not re.search(r"^[<>=]{7}", text, re.MULTILINE)
    versions = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert versions[0] == "[Unreleased]"
    assert all(re.fullmatch(r"\[\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d", version) for version in versions[1:])
    headings = set(re.findall(r"^### (.+)$", text, re.MULTILINE))
    assert headings <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}

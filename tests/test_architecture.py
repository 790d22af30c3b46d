"""The house (docs: architecture): which room may know which, and what must not be loaded at the start."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "perfxl"

# Room -> the rooms it may import. Files directly in perfxl/ are rooms of their own.
ALLOWED: dict[str, set[str]] = {
    "core": set(),
    "ooxml": set(),
    "assets": set(),
    "tables": {"core"},
    "frames": {"core"},
    "sample": {"core"},
    "workbook": {"core", "ooxml", "tables", "assets"},
    "documents": {"core", "ooxml", "tables", "assets"},
    "excel": {"core", "ooxml", "tables", "assets"},
    "program": {"core", "tables", "workbook", "documents", "excel"},
    "ribbon": {"core", "tables", "workbook", "documents", "excel", "program"},
    "cli": {"core", "tables", "assets", "workbook", "documents", "excel", "sample", "program", "frames", "ribbon"},
    "__main__": {"cli"},
    "__init__": {"core", "frames", "program", "documents"},
}
# The rule core starts with Excel: these never load with it.
HEAVY = ("pandas", "openpyxl", "numpy", "docxtpl", "lxml", "xlsxwriter", "rich")
# Only where batches are computed.
NUMPY_ROOMS = {"batch.py", "totals.py", "book.py", "days.py", "veto.py"}


def _sources() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def _room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def _imports(path: Path, *, top: bool = False) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = tree.body if top else list(ast.walk(tree))
    found = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports hide which room is meant"
            found.add(node.module or "")
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize("path", _sources(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_rooms_know_only_what_is_below_them(path: Path) -> None:
    room = _room(path)
    known = {name.split(".")[1] for name in _imports(path) if name.startswith("perfxl.")} - {"__version__"}
    rooms = {name for name in known if name in ALLOWED}
    assert rooms <= ALLOWED[room] | {room}, f"{room} must not import {rooms - ALLOWED[room] - {room}}"


@pytest.mark.parametrize("path", [p for p in _sources() if _room(p) == "core"], ids=lambda p: p.name)
def test_the_core_loads_nothing_heavy(path: Path) -> None:
    heavy = {name.split(".")[0] for name in _imports(path, top=True)} & set(HEAVY)
    allowed = {"numpy"} if path.parent.name == "scoring" and path.name in NUMPY_ROOMS else set()
    assert heavy <= allowed
    assert not {name.split(".")[0] for name in _imports(path)} & {"pandas", "openpyxl"}


def test_starting_loads_nothing_heavy() -> None:
    code = "import sys, perfxl.cli.options, perfxl.core.scoring.line; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not set(HEAVY) & set(loaded)


def test_only_the_command_line_prints() -> None:
    for path in _sources():
        if _room(path) == "cli":
            continue
        calls = (n for n in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(n, ast.Call))
        assert not any(isinstance(c.func, ast.Name) and c.func.id == "print" for c in calls), path


def test_files_stay_short() -> None:
    long = [path for path in _sources() if len(path.read_text(encoding="utf-8").splitlines()) > 500]
    assert not long


def test_no_code_runs_text() -> None:
    for path in _sources():
        calls = (n for n in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(n, ast.Call))
        names = {c.func.id for c in calls if isinstance(c.func, ast.Name)}
        assert not names & {"eval", "exec", "compile", "__import__"}, path

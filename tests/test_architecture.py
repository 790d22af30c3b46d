"""The house as data: which room may know which, inside the rule core too, and what no file may do.

Every import counts: those inside functions, those for types only, and modules named by a string and loaded later.
docs/architecture.md shows the same as a picture.
"""

from __future__ import annotations

import ast
import functools
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import perfxl.core
from perfxl.core.catalogue import CATALOGUE

PACKAGE = Path(__file__).parent.parent / "perfxl"

# Room -> the rooms it may import. Files directly in perfxl/ are rooms of their own.
OFFICE = {
    *(
        "core",
        "disk",
        "ooxml",
        "tables",
        "assets",
        "table_store",
        "outputs",
        "unforeseen",
        "judgement",
        "installation",
        "processes",
    ),
    "pictures",
}
ROOMS: dict[str, set[str]] = {
    "core": set(),
    "disk": set(),
    "processes": set(),
    "ooxml": {"disk"},
    "assets": set(),
    "outputs": {"core", "disk", "ooxml"},
    "unforeseen": {"core"},
    "installation": {"core"},
    "pictures": {"core", "installation"},
    "tables": {"core"},
    "table_store": {"core"},
    "judgement": {"core", "table_store"},
    "problem_list": {"core"},
    "frames": {"core", "problem_list"},
    "sample": {"core"},
    "workbook": OFFICE,
    "documents": OFFICE,
    "excel": OFFICE,
    "program": {"core", "tables", "table_store", "judgement", "workbook", "documents", "excel", "processes"},
    "importing": {"core", "disk", "tables", "workbook", "program"},
    "exchange": {*OFFICE, "workbook", "documents", "program", "importing"},
    "ribbon": {"exchange", "importing", *OFFICE, "workbook", "documents", "excel", "program"},
    "cli": {
        "exchange",
        "importing",
        *OFFICE,
        "workbook",
        "documents",
        "excel",
        "program",
        "sample",
        "frames",
        "ribbon",
    },
    "analysis": {*OFFICE, "workbook", "documents", "program", "problem_list"},
    "__init__": {"core", "frames", "program", "documents", "analysis", "problem_list"},
    "__main__": {"cli"},
}
# Inside the rule core, from the ground up: a part imports what stands on the lines above it, and not its neighbours.
CORE = (
    ("language", "cells"),
    ("schema",),
    ("catalogue",),
    ("problems",),
    ("problem_table",),
    ("values",),
    ("records",),
    ("codes",),
    ("formula",),
    ("policy",),
    ("rulebook",),
    ("table_access",),
    ("official",),
    ("amendments",),
    ("weights", "scoring", "evaluation"),
    ("policy_reading", "own_methods"),
    ("value_tree",),
    ("cascade",),
    ("wording",),
    ("explain", "requests"),
    ("checks",),
)
# The rule core starts with Excel: these never load with it.
HEAVY = {"pandas", "openpyxl", "numpy", "docxtpl", "lxml", "xlsxwriter", "rich"}
# Only where batches are computed.
NUMPY_MODULES = {"decisions.py", "vector.py", "totals.py", "program.py", "versions.py"}


@functools.cache
def modules() -> dict[str, Path]:
    """Every module of perfxl by its dotted name; a package's name is its folder's."""
    files = sorted(PACKAGE.rglob("*.py"))
    return {".".join(p.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__"): p for p in files}


@functools.cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@functools.cache
def imports(module: str) -> frozenset[str]:
    """The modules of perfxl that a module knows, wherever in the file it names them."""
    names = set()
    for node in ast.walk(tree(modules()[module])):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: relative imports hide which room is meant"
            inside = {f"{node.module}.{alias.name}" for alias in node.names}
            names |= inside if inside <= modules().keys() else inside | {str(node.module)}
    if "importlib" in names or "importlib.import_module" in names:
        names |= set(strings(tree(modules()[module])))
    return frozenset(names & modules().keys() - {module, "perfxl"})


def room(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "__init__"


def calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    """Each call with the plain name of what is called: name(...) and thing.name(...)."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name):
                yield node.func.id, node
            elif isinstance(node.func, ast.Attribute):
                yield node.func.attr, node


def where(path: Path, node: ast.AST) -> str:
    return f"{path.relative_to(PACKAGE.parent).as_posix()}:{getattr(node, 'lineno', 0)}"


def strings(node: ast.AST) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value


def test_every_room_stands_in_the_plan() -> None:
    assert {room(module) for module in modules()} <= ROOMS.keys()
    parts = {module.split(".")[2] for module in modules() if module.startswith("perfxl.core.")}
    assert parts == {part for level in CORE for part in level}
    # The rule core's own page says the same: a line for each level, "names   what they are".
    told = re.findall(r"^    ([\w, ]+?)  +\S", perfxl.core.__doc__ or "", re.MULTILINE)
    assert [tuple(line.split(", ")) for line in told] == list(CORE)


def test_rooms_know_only_what_is_below_them() -> None:
    wrong = [
        f"{module} -> {other}"
        for module in modules()
        for other in sorted(imports(module))
        if room(other) not in {*ROOMS[room(module)], room(module)}
    ]
    assert not wrong


def test_inside_the_core_arrows_point_down() -> None:
    height = {part: level for level, parts in enumerate(CORE) for part in parts}
    wrong = []
    for module in (m for m in modules() if m.startswith("perfxl.core.")):
        part = module.split(".")[2]
        for other in sorted(imports(module)):
            below = other.split(".")[2]
            if below != part and height[below] >= height[part]:
                wrong.append(f"{module} -> {other}")
    assert not wrong


def circles() -> list[list[str]]:
    """Groups of modules of which each reaches each (Tarjan's strongly connected components)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    groups = []

    def visit(module: str) -> None:
        index[module] = low[module] = len(index)
        stack.append(module)
        for other in imports(module):
            if other not in index:
                visit(other)
                low[module] = min(low[module], low[other])
            elif other in stack:
                low[module] = min(low[module], index[other])
        if low[module] == index[module]:
            group = stack[stack.index(module) :]
            del stack[-len(group) :]
            if len(group) > 1:
                groups.append(sorted(group))

    for module in modules():
        if module not in index:
            visit(module)
    return groups


def test_there_are_no_circles() -> None:
    assert not circles()


@pytest.mark.parametrize("path", [p for m, p in modules().items() if room(m) == "core"], ids=lambda p: p.name)
def test_the_core_loads_nothing_heavy(path: Path) -> None:
    def loads(nodes: list[ast.stmt] | Iterator[ast.AST]) -> set[str]:
        plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
        return {name.split(".")[0] for name in plain}

    def loads_from(nodes: list[ast.stmt] | Iterator[ast.AST]) -> set[str]:
        return {str(node.module).split(".")[0] for node in nodes if isinstance(node, ast.ImportFrom)}

    top = tree(path).body
    allowed = {"numpy"} if path.parent.name == "scoring" and path.name in NUMPY_MODULES else set()
    assert (loads(top) | loads_from(top)) & HEAVY <= allowed
    anywhere = loads(ast.walk(tree(path))) | loads_from(ast.walk(tree(path)))
    assert not anywhere & {"pandas", "openpyxl"}


def test_starting_loads_nothing_heavy() -> None:
    code = "import sys, perfxl.cli.options, perfxl.core.scoring.scalar; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not HEAVY & set(loaded)


def test_only_the_command_line_prints() -> None:
    wrong = [
        where(path, call)
        for module, path in modules().items()
        for name, call in calls(path)
        if name == "print" and isinstance(call.func, ast.Name) and room(module) != "cli"
    ]
    assert not wrong


def test_no_code_runs_text() -> None:
    wrong = [
        where(path, call)
        for path in modules().values()
        for name, call in calls(path)
        if name in {"eval", "exec", "compile", "__import__"} and isinstance(call.func, ast.Name)
    ]
    assert not wrong


def test_files_stay_short() -> None:
    lines = {str(p.relative_to(PACKAGE)): p.read_text(encoding="utf-8").count("\n") for p in modules().values()}
    assert not {name: length for name, length in lines.items() if length > 500}


def test_code_calls_problems_by_name() -> None:
    """Numbers such as W101 are for users; they stand in the catalogue alone."""
    numbers = {kind.code for kind in CATALOGUE.values()}
    wrong = [
        f"{where(path, part)}: {text}"
        for path in modules().values()
        if "catalogue" not in path.parts
        for node in ast.walk(tree(path))
        if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))  # docstrings may tell of them
        for part in ast.iter_child_nodes(node)
        if isinstance(part, ast.Constant)
        for text in re.findall(r"\b[A-Z]\d{3}\b", str(part.value))
        if text in numbers
    ]
    assert not wrong


def test_problems_named_in_code_are_in_the_catalogue() -> None:
    wrong = [
        f"{where(path, call)}: {text}"
        for path in modules().values()
        for name, call in calls(path)
        if name in {"problem", "finding"} and call.args and not isinstance(call.args[0], ast.Call | ast.JoinedStr)
        for text in _results(call.args[0])
        if text not in CATALOGUE
    ]
    assert not wrong


def _results(node: ast.expr) -> Iterator[str]:
    """The strings that an expression can be: "a", "a" if x else "b"."""
    if isinstance(node, ast.IfExp):
        yield from _results(node.body)
        yield from _results(node.orelse)
    elif isinstance(node, ast.Constant):
        yield str(node.value)


def test_only_the_language_module_compares_languages() -> None:
    """Everywhere else a Text is called with the language."""
    wrong = [
        where(path, node)
        for path in modules().values()
        if path != PACKAGE / "core" / "language.py"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Compare | ast.MatchValue) and {"zh", "en"} & set(strings(node))
    ]
    assert not wrong

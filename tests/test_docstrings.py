"""What a public function says of itself: one line always; then columns or shapes with units, `Returns:`, `Raises:`,
`Source:` where names and types do not say it already. One form everywhere."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import perfxl
from tests.test_architecture import PACKAGE, modules, tree

# Sections that a name of the package itself must have, beside its first line.
SECTIONS: dict[str, set[str]] = {
    "load": {"Returns"},
    "Program": set(),
    "score_lines": {"Returns", "Source"},
    "score_contracts": {"Returns", "Source"},
    "evaluate": {"Returns", "Source"},
    "distribution": {"Returns", "Raises", "Source"},
    "diagnose": {"Returns", "Raises", "Source"},
    "derive_weights": {"Returns", "Source"},
    "check_weights": {"Returns", "Source"},
    "CompiledTemplate": {"Raises"},
    "LoadedProgram": set(),
    "ProgramError": set(),
    "PolicyError": set(),
    "ColumnsError": set(),
    "ProblemList": set(),
    "Policy": set(),
    "Problem": set(),
}
# Whose columns are part of the interface, each with its unit where it has one.
WITH_UNITS = (
    "score_lines",
    "score_contracts",
    "evaluate",
    "distribution",
    "diagnose",
    "derive_weights",
    "check_weights",
)
FORM = re.compile(r"(?:^|[.;] +|\n *)(Returns|Raises|Source)\b(?!: )")


def public(path: Path) -> Iterator[ast.FunctionDef | ast.ClassDef]:
    """What a module defines for others; a worksheet function's texts stand in its decorator."""
    for node in tree(path).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith(("_", "PX_")):
            yield node


def test_everything_public_says_what_it_is_for() -> None:
    silent = [
        f"{path.relative_to(PACKAGE).as_posix()}: {node.name}"
        for path in modules().values()
        for node in public(path)
        if not ast.get_docstring(node)
    ]
    assert not silent


def test_docstrings_have_one_form() -> None:
    odd = [
        f"{path.relative_to(PACKAGE).as_posix()}: {node.name}"
        for path in modules().values()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and FORM.search(ast.get_docstring(node) or "")
    ]
    assert not odd


def test_sources_name_a_document_and_a_section() -> None:
    odd = []
    for path in modules().values():
        for node in public(path):
            for source in re.findall(r"Source: ([^\n]*(?:\n +[^\n]*)*)", ast.get_docstring(node) or ""):
                if not re.search(r"(scoring|domain)\.md sections? \d", source):
                    odd.append(f"{path.relative_to(PACKAGE).as_posix()}: {node.name}: {source}")
    assert not odd


def test_the_list_is_that_of_the_package() -> None:
    assert SECTIONS.keys() == {*perfxl.__all__} - {"__version__"}


@pytest.mark.parametrize("name", SECTIONS)
def test_names_of_the_package_say_all(name: str) -> None:
    thing: Any = getattr(perfxl, name)
    text = inspect.getdoc(thing) or ""
    assert text.splitlines()[0].endswith("."), "one line that says what it does"
    said = set(re.findall(r"^(Returns|Raises|Source): \S", text, re.MULTILINE))
    assert SECTIONS[name] <= said, SECTIONS[name] - said
    if name in WITH_UNITS:
        assert "columns" in text and "percent points" in text

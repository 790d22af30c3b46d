"""Tests say themselves where they cannot run: what only Unix has is used by none that Windows would run too."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent
UNIX = re.compile(
    r"\bos\.(?:mkfifo|geteuid|getuid|fork|killpg|statvfs)\b|\bSIGKILL\b|\bsymlink_to\b|\bimport resource\b|\.st_mode &"
    r"|['\"]/(?:proc|dev|tmp|etc|bin)\b"
)
SAID = re.compile(
    r"\bpytest\.(?:skip|importorskip|mark\.skipif)\b|\bON_UNIX\b|\bFORKED\b|\b(?:os\.name|sys\.platform)\b|\bmount\("
)


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    return (node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"))


@pytest.mark.parametrize(
    "path", sorted(set(ROOT.rglob("test_*.py")) - {Path(__file__)}), ids=lambda path: path.stem.removeprefix("test_")
)
def test_what_only_unix_has_is_marked(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    whole = "\n".join(ast.unparse(node) for node in tree.body if isinstance(node, ast.Assign))
    if re.search(r"^pytestmark = .*skipif", whole, re.MULTILINE):
        return
    wrong = [
        node.name for node in functions(tree) if UNIX.search(ast.unparse(node)) and not SAID.search(ast.unparse(node))
    ]
    assert not wrong


@pytest.mark.parametrize("path", sorted(ROOT.parent.glob("benchmarks/*.py")), ids=lambda path: path.stem)
def test_benchmarks_load_where_there_is_no_module_of_unix(path: Path) -> None:
    """Windows has no `resource`: it is imported where it is used, and something else serves there."""
    tops = [ast.unparse(node) for node in ast.parse(path.read_text(encoding="utf-8")).body]
    assert not [line for line in tops if re.match(r"(?:import|from) (?:resource|fcntl|pwd|grp|termios)\b", line)]

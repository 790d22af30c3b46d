"""The generated pages are those of today's catalogue and schema, and the README names every command."""

from __future__ import annotations

import argparse
import importlib.util
import re
from pathlib import Path

import pytest

from perfxl.cli.options import parser
from tests.test_architecture import ROOMS, imports, modules
from tools.draw_rooms import PICTURE, draw

ROOT = Path(__file__).parent.parent


def _build() -> object:
    spec = importlib.util.spec_from_file_location("docs_build", ROOT / "docs" / "build.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("page", ["problems", "tables", "functions", "policy", "methods", "notebook"])
def test_pages_are_up_to_date(page: str) -> None:
    made = getattr(_build(), f"{page}_page")()
    assert (ROOT / "docs" / f"{page}.md").read_text(encoding="utf-8") == made, "run: python docs/build.py"


@pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md"])
def test_every_command_has_help_and_a_line_in_the_readme(readme: str) -> None:
    text = (ROOT / readme).read_text(encoding="utf-8")
    (commands,) = (a for a in parser()._actions if isinstance(a, argparse._SubParsersAction))
    helps = {choice.dest: choice.help for choice in commands._choices_actions}
    for name in commands.choices:
        assert helps[name], name
        assert f"perfxl {name}" in text or f"run.py {name}" in text, f"{name} is missing in {readme}"


def test_the_picture_of_the_rooms_is_up_to_date() -> None:
    assert PICTURE.read_text(encoding="utf-8") == draw(), "run: python -m tools.draw_rooms"


@pytest.mark.parametrize(
    ("road", "longest"), [("A cell to a problem", 8), ("An actual to a total", 8), ("A template", 10)]
)
def test_the_roads_are_short_and_lead_from_file_to_file(road: str, longest: int) -> None:
    """Each file of a road is imported by one that stands before it, or by a package that one imports."""
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    section = page.split(f"### {road}")[1].split("\n#")[0]
    files = re.findall(r"^\d+\. `(perfxl/[\w/]+\.py)`", section, re.MULTILINE)
    names = [name.removesuffix(".py").replace("/", ".").removesuffix(".__init__") for name in files]
    assert 5 <= len(names) <= longest
    for place, name in enumerate(names[1:], 1):
        near = {module for before in names[:place] for module in imports(before)}
        packages = {module for module in near if modules()[module].name == "__init__.py"}
        assert name in near.union(*map(imports, packages)), f"{name} is not imported on its road"


def test_the_page_of_the_rooms_names_each() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rooms = ROOMS.keys() - {"__init__", "__main__", "assets"}
    assert not [room for room in rooms if f"`perfxl/{room}/`" not in page and f"`perfxl/{room}.py`" not in page]


def test_every_promise_names_tests_that_are_there() -> None:
    named = [
        set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", (ROOT / readme).read_text(encoding="utf-8")))
        for readme in ("README.md", "README.zh-CN.md")
    ]
    assert len(named[0]) > 10 and named[0] == named[1]
    for file, name in named[0]:
        assert re.search(rf"^def {name}\(", (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE), f"{file}::{name}"

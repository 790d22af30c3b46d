"""docs/python.md does what it says: its code runs from top to bottom, and what it lists is there."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import perfxl as px
from perfxl import sample
from perfxl.core.rulebook import COLUMNS, METHODS, Method
from perfxl.workbook.program.book import write_program

DOCS = Path(__file__).parent.parent / "docs"
_FIGURES: dict[str, Any] = {
    "actual": 90.0,
    "target": 100.0,
    "threshold": 50.0,
    "base": 10.0,
    "k": 2.0,
    "unit_step": 1.0,
    "low": 80.0,
    "high": 110.0,
    "full_marks": 100.0,
    "direction": "higher",
    "steps": "100:120;80:90",
    "grade": "",
}


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The names that the code of the page leaves."""
    folder = tmp_path_factory.mktemp("page")
    write_program(folder / "p.xlsx", sample.program(30), "zh")
    names: dict[str, Any] = {}
    blocks = re.findall(r"^```python\n(.*?)^```", (DOCS / "python.md").read_text(encoding="utf-8"), re.S | re.M)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for block in blocks:
            exec(compile(block, "docs/python.md", "exec"), names)
    names["folder"] = folder
    return names


def test_the_session_gives_what_the_page_says(ran: dict[str, Any]) -> None:
    frame = ran["df"]
    named = ["person", "name", "unit", "contract", "total", "grade", "coefficient", "rank", "status", "official"]
    assert list(frame.columns[:10]) == named and len(frame) == 29
    assert frame.total[~frame.official].isna().all() and frame.total[frame.official].notna().all()
    assert (ran["folder"] / "s.xlsx").is_file() and (ran["folder"] / "s.parquet").is_file()
    assert ran["files"] and all(path.is_file() for path in ran["files"])
    assert json.loads(ran["kept"])["settings"]["points_cap"] == 110


def test_own_data(ran: dict[str, Any]) -> None:
    assert ran["mine"].status.tolist() == ["scored", "scored", "pending"]
    assert ran["totals"].total.isna().all() and ran["totals"].provisional.notna().all()
    assert ran["w"].frame.weight.sum() == 100 and ran["w"].problems == []


@pytest.mark.parametrize(
    "method", [each for each in METHODS if each.text and each.effect == "points"], ids=lambda each: each.name
)
def test_the_columns_that_a_method_needs_are_enough(method: Method) -> None:
    page = (DOCS / "methods.md").read_text(encoding="utf-8").split(f"`{method.name}`\n")[1].split("\n## ")[0]
    (needs,) = re.findall(r"^- 需要 needs：(.*)$", page, re.MULTILINE)
    columns = re.findall(r"`(\w+)`", needs)
    row = {name: _FIGURES[name] for name in columns} | {
        "method": method.name,
        "weight": 100.0,
        "kpi": "K",
        "person": "P",
    }
    if method.name == "milestone":
        row |= {"actual": "2025-07-02", "target": "2025-06-30"}
    if method.name == "pass_fail":
        row |= {"actual": 100.0}
    if method.name == "grade":
        row |= {"actual": "良"}
    scored = px.score_lines(pd.DataFrame([row]))
    assert scored.status[0] == "scored" and scored.points[0] > 0, scored.reason[0]
    assert set(columns) <= {*COLUMNS.values(), "direction", "steps", "grade"}


def test_links_of_the_new_pages_lead_somewhere() -> None:
    for page in ("python.md", "rules.md", "exit-codes.md", "methods.md"):
        for target in re.findall(r"\]\(([^)#]+)\)", (DOCS / page).read_text(encoding="utf-8")):
            assert (DOCS / target).exists(), f"{page}: {target}"

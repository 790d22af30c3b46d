"""The telecom sample broken down by the real command line: the expected matrix; files with one design sheet only."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from perfxl.core.records import Tables
from perfxl.sample import program
from perfxl.workbook.program.book import write_program

COLUMNS = ("depth", "kind", "kpi", "person", "mode", "share", "target", "expected")
REVENUE = [
    (1, "company", "F01", "E100002", "measure", None, 1380, None),
    (2, "unit", "F02", "E100003", "share", 62.44, 862, 862),
    (3, "person", "F04", "E100004", "share", 25.38, 219, 219),
    (3, "person", "F04", "E100005", "share", 24.15, 208, 208),
    (3, "person", "F04", "E100006", "share", 25.81, 222, 222),
    (3, "person", "F04", "E100007", "share", 24.66, 213, 213),
    (2, "unit", "F03", "E100008", "share", 37.56, 518, 518),
    (3, "person", "F05", "E100009", "share", 49.94, 259, 259),
    (3, "person", "F05", "E100010", "share", 50.06, 259, 259),
]
PROFIT = [
    (1, "company", "F06", "E100002", "measure", None, 0.36, None),
    (2, "unit", "F10", "E100003", "support", None, 27, None),
    *((3, "person", "F14", f"E10000{i}", "support", None, 0.08, None) for i in range(4, 8)),
    (2, "unit", "F15", "E100011", "support", None, 2.6, None),
    (2, "unit", "F13", "E100015", "support", None, 48, None),
    (2, "unit", "T11", "E100019", "support", None, None, None),
]
CARRIERS = [("F01", 2), ("F06", 4), ("F07", 1), ("S01", 4), ("S02", 2), ("P01", 4), ("P02", 1)]


def run_cascade(tmp_path: Path, tables: Tables) -> tuple[dict[str, Any], list[str]]:
    """What `cascade --json` tells of a program, and the sheets of its workbook."""
    source, out = tmp_path / "p.xlsx", tmp_path / "c.xlsx"
    write_program(source, tables, "zh", blank_rows=2)
    command = [sys.executable, "-m", "perfxl", "cascade", str(source), "-o", str(out), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=120)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout), openpyxl.load_workbook(out).sheetnames


def test_the_sample_breaks_down_to_the_expected_matrix(tmp_path: Path) -> None:
    told, _ = run_cascade(tmp_path, program(24, lang="zh"))
    rows = [tuple(row[column] for column in COLUMNS) for row in told["matrix"]]
    for expected in (REVENUE, PROFIT):
        first = rows.index(expected[0])
        assert rows[first : first + len(expected)] == expected
    shared = [row for row in told["matrix"] if row["mode"] in ("share", "full")]
    assert len(shared) == 39
    assert [row for row in shared if row["expected"] != row["target"]] == []
    assert [(each["kpi"], each["carriers"]) for each in told["coverage"]["company"]] == CARRIERS
    assert {each["code"] for each in told["problems"]}.isdisjoint({"W141", "W142", "W143", "R182", "R183", "R184"})


@pytest.mark.parametrize(("table", "sheet", "rows"), [("value_tree", "逐项测算", 0), ("objectives", "战略地图", 23)])
def test_one_design_sheet_alone_gives_its_pages_and_says_why_the_rest_is_empty(
    tmp_path: Path, table: str, sheet: str, rows: int
) -> None:
    told, sheets = run_cascade(tmp_path, {table: program(24, lang="zh")[table]})
    assert [each["code"] for each in told["problems"]] == ["C220"]
    assert sheet in sheets and len(told["matrix"]) == rows and told["cascade"] == []

"""Excel for Windows, as far as it can be had here: xlwings' own CallUDF with what Excel sends, on a stub of pywin32."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from perfxl.excel.functions import FUNCTIONS
from tests.excel.cases import CASES

pytest.importorskip("xlwings")


@pytest.fixture(scope="module")
def served() -> dict[str, Any]:
    run = [sys.executable, "-m", "tests.excel.calludf_host"]
    done = subprocess.run(run, capture_output=True, text=True, encoding="utf-8", cwd=Path(__file__).parents[2])
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def test_every_case_comes_back_from_excel(served: dict[str, Any]) -> None:
    for case, (name, got) in zip(CASES, served["results"], strict=True):
        assert name == case.function
        rows = case.rows
        # One cell comes back bare and one row flat, as xlwings hands them to VBA.
        expected: Any = rows if len(rows) > 1 else rows[0][0] if len(rows[0]) == 1 else rows[0]
        assert got == expected, case


def test_functions_are_marked_for_xlwings(served: dict[str, Any]) -> None:
    for name, function in FUNCTIONS.items():
        mark = served["marks"][name]
        assert mark["category"] == "绩效" and not mark["volatile"] and mark["async_mode"] is None
        assert mark["ret"] == {"doc": f"{function.zh} / {function.en}", "options": {"convert": "raw"}}
        for argument, told in zip(function.arguments, mark["args"], strict=True):
            assert told["name"] == argument.name and told["doc"] == f"{argument.zh} / {argument.en}"
            assert told["options"] == {"convert": "raw"}
            assert ("optional" in told) == argument.optional

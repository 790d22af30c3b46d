"""xlwings Lite runs Python in the browser: every case in Pyodide, from the wheel, without NumPy and pandas, as Lite
sends cells."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from datetime import date
from email import message_from_string
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement

from perfxl.excel.functions import FUNCTIONS
from tests.excel.cases import CASES, CONTRACT

HERE = Path(__file__).parent
VERSION = "314.0.7"


@pytest.fixture(scope="module")
def pyodide() -> Path:
    """The folder of the npm package, which carries the whole runtime; installed once for all runs."""
    folder = Path(os.environ.get("PERFXL_PYODIDE") or Path(tempfile.gettempdir()) / f"perfxl-pyodide-{VERSION}")
    package = folder / "node_modules" / "pyodide"
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        pytest.skip("Node.js is not installed")
    if not (package / "pyodide.asm.wasm").exists():
        folder.mkdir(parents=True, exist_ok=True)
        done = subprocess.run(
            [npm, "install", "--prefix", str(folder), "--no-audit", "--no-fund", f"pyodide@{VERSION}"],
            capture_output=True,
            text=True,
            timeout=180,
        )
        if done.returncode:
            pytest.skip(f"Pyodide does not install from npm: {done.stderr.strip().splitlines()[-1:]}")
    return package


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the wheel unpacks to."""
    pytest.importorskip("hatchling")
    folder = tmp_path_factory.mktemp("wheel")
    run = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(run, cwd=HERE.parents[1], capture_output=True, check=True)
    (wheel,) = folder.glob("perfxl-*-py3-none-any.whl")  # pure Python, or Lite could not install it
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def test_the_wheel_asks_for_nothing_else_in_the_browser(installed: Path) -> None:
    (metadata,) = installed.glob("*.dist-info/METADATA")
    asked = [
        Requirement(text) for text in message_from_string(metadata.read_text("utf-8")).get_all("Requires-Dist", [])
    ]
    here, browser = ({"sys_platform": name, "extra": ""} for name in ("win32", "emscripten"))
    assert any(each.marker and each.marker.evaluate(here) for each in asked)
    assert not [each.name for each in asked if not each.marker or each.marker.evaluate(browser)]


def test_every_case_in_the_browser(pyodide: Path, installed: Path, tmp_path: Path) -> None:
    cases = tmp_path / "cases.json"
    cases.write_text(json.dumps([(c.function, _encoded(list(c.arguments))) for c in CASES]), encoding="utf-8")
    table = tmp_path / "table.json"
    table.write_text(json.dumps(CONTRACT), encoding="utf-8")
    run = ["node", str(HERE / "lite_host.mjs"), str(pyodide), str(installed), str(cases), str(table)]
    done = subprocess.run(run, capture_output=True, text=True, encoding="utf-8", timeout=300)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    for case, got in zip(CASES, told["results"], strict=True):
        assert got == case.rows, case
    assert told["loaded"] == [] and told["null"]
    functions = {name: mark for name, mark in told["marks"].items() if "script" not in mark}
    assert set(functions) == set(FUNCTIONS)
    assert set(told["marks"]) - set(functions) == {"score_table", "check_weights"} == set(told["takes"])
    assert all("Book" in takes for takes in told["takes"].values())  # by which Lite knows a script
    scored, checked = told["scripts"]
    sheets, front, refused = scored
    totals = FUNCTIONS["PX_TOTALS"].call(CONTRACT)
    assert front == "PX 得分" and [row[: len(totals[0])] for row in sheets[front][: len(totals)]] == totals
    assert [row[len(CONTRACT[0])] for row in sheets[front][len(totals) + 1 :]][2:4] == [105.0, 110.0]
    assert "请先切换到合同表" in refused
    sheets, front, _ = checked
    assert front == "PX 检查" and [row[0] for row in sheets[front]][1:] == ["W103", "W105"]
    # Lite turns the text of an error into an error only where its own conversion of results is left on.
    assert all(mark["ret"] == [{}] for mark in functions.values())
    assert {a["convert"] for mark in functions.values() for a in mark.get("arg", ())} == {"raw"}


def _encoded(cell: Any) -> Any:
    if isinstance(cell, list):
        return [_encoded(each) for each in cell]
    return {"date": cell.isoformat()} if isinstance(cell, date) else cell

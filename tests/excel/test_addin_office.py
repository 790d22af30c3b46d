"""LibreOffice opens the add-in as Excel would, compiles its VBA and calculates cells that call perfxl through it."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from perfxl.excel.addin import package
from perfxl.excel.addin.package import Place, addin
from perfxl.excel.addin.vba_project import Module
from perfxl.ribbon.ribbon_xml import ribbon_texts, ribbon_xml
from tests.excel.vba_host import LINK, VERSION

PYTHON = shutil.which("python3", path="/usr/bin")
HERE = Path(__file__)


def _has_uno() -> bool:
    return bool(PYTHON) and subprocess.run([str(PYTHON), "-c", "import uno"], capture_output=True).returncode == 0


pytestmark = pytest.mark.skipif(
    shutil.which("soffice") is None or not _has_uno(), reason="LibreOffice with its Python is not installed"
)

CALLS: list[tuple[Any, ...]] = [
    ("PxFunctions.PX_GRADE", 95.0),
    ("PxFunctions.PX_NUMBER", "１２万"),
    ("PxFunctions.PX_SCORE", "比率法", 90.0, 100.0),
    ("PxTexts.PxSetting", "server"),
]
FORMULAS = {
    "H1": "95",
    "H2": "指标名称",
    "J1": "=PX_GRADE(H1)",
    "J2": '=PX_SCORE("比率法";90;100)',  # the arguments in the middle are left out
    "J3": '=PX_SCORE("功效系数法";95;100;80)',
    "J4": '=PX_GRADE("x")',
    "J5": "=PX_WHY()",
    "J6": '=PX_NUMBER("１２万")+1',
}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("office")
    path = folder / package.FILE_NAME
    with pytest.MonkeyPatch.context() as patch:  # the line to Windows' DLL is replaced by one to this machine's Python
        made = [Module("PxLink", LINK) if m.name == "PxLink" else m for m in package.code_modules(VERSION)]
        patch.setattr(package, "code_modules", lambda version: made)
        path.write_bytes(addin(Place("the server", "", VERSION), ribbon_xml(), ribbon_texts(), "1"))
    run = subprocess.run(
        [str(PYTHON), str(HERE.with_name("addin_in_office.py")), str(folder / "profile"), str(path)],
        input=json.dumps({"calls": CALLS, "formulas": FORMULAS}),
        capture_output=True,
        text=True,
        timeout=180,
        env={"PYTHONPATH": str(HERE.parents[2]), "PATH": "/usr/bin:/bin", "HOME": str(folder)},
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def test_all_modules_are_there(found: Any) -> None:
    assert {"ThisWorkbook", "PxLink", "PxBridge", "PxTexts", "PxRibbon", "PxFunctions"} <= set(found["modules"])


def test_vba_runs_and_reads_the_sheets_of_texts(found: Any) -> None:
    assert found["results"] == ["A", 120_000, 90, "the server"]


def test_cells_calculate_through_the_wrappers(found: Any) -> None:
    cells = found["cells"]
    assert cells["J1"][1] == "A"
    assert cells["J2"][0] == 90.0
    assert cells["J3"][0] == 90.0
    assert cells["J6"][0] == 120_001.0


def test_a_failure_is_an_error_and_a_reason(found: Any) -> None:
    assert found["cells"]["J4"][1] == "Error 2015"  # how this spreadsheet shows CVErr
    assert "x" in found["cells"]["J5"][1]

"""The add-in in LibreOffice Calc: every case as a formula in a workbook that is saved, opened and recalculated."""

from __future__ import annotations

import json
import pickle
import re
import subprocess
import sys
import zipfile
from datetime import date
from math import isinf
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import xlsxwriter

from perfxl.cli import main
from perfxl.core.problems import problem
from perfxl.excel.calc.build import SKELETON, build_oxt
from perfxl.excel.calc.describe import add_in_entries, idl
from perfxl.excel.calc.mending import NOT_FOUND, mended
from perfxl.excel.cells import CellError
from perfxl.excel.functions import FUNCTIONS
from tests.excel.calc import python_with_uno, recalculated
from tests.excel.cases import CASES, CONTRACT, CONTRACT_POINTS, CONTRACT_TOTAL, Case

INTERFACE = SKELETON / "interface.rdb"
SDK = Path("/usr/lib/libreoffice/sdk/bin")
TYPES = [Path("/usr/lib/libreoffice/program/types.rdb"), Path("/usr/lib/libreoffice/program/types/offapi.rdb")]
ERRORS = set(map(str, CellError))
_ZERO = problem("blank_or_zero", argument=FUNCTIONS["PX_SCORE"].arguments[1].text)
X121 = f"{_ZERO.code} {_ZERO.message()} → {_ZERO.hint()}"


def _holds_error(cell: Any) -> bool:
    """An error value, or infinity, which is one in Calc (Err:502)."""
    if isinstance(cell, list | tuple):
        return any(map(_holds_error, cell))
    return cell in ERRORS or (isinstance(cell, float) and isinf(cell))


def _date_where_none_belongs(case: Case) -> bool:
    """Calc hands dates over as numbers, so a date for a number is the one mistake that it cannot tell."""
    return case.gives == "#VALUE!" and any(isinstance(cell, date) for cell in case.arguments)


@pytest.mark.skipif(not python_with_uno(), reason="LibreOffice or its Python bridge is not installed")
def test_every_case_in_calc(tmp_path: Path) -> None:
    cases = [case for case in CASES if not _date_where_none_belongs(case)]
    results = recalculated(cases, tmp_path).results
    wrong = []
    for case, got in zip(cases, results, strict=True):
        if got != case.rows and not (_holds_error(case.arguments) and _all_errors(case.rows) and _all_errors(got)):
            wrong.append((case.function, case.arguments, got, case.rows))
    assert not wrong


def _all_errors(rows: list[list[Any]]) -> bool:
    """An error that is handed over as an argument may come back as Calc's own."""
    return all(isinstance(cell, str) and cell[:1] in ("#", "E") for row in rows for cell in row)


def test_the_compiled_interface_has_every_function() -> None:
    compiled = INTERFACE.read_bytes()
    for name in FUNCTIONS:
        assert name.encode() in compiled, "run: unoidl-write (see docs/calc.md)"


@pytest.mark.skipif(not (SDK / "unoidl-write").exists(), reason="libreoffice-dev is not installed")
def test_the_compiled_interface_is_that_of_the_registry(tmp_path: Path) -> None:
    source, fresh = tmp_path / "functions.idl", tmp_path / "interface.rdb"
    source.write_text(idl())
    subprocess.run([SDK / "unoidl-write", *TYPES, source, fresh], check=True)
    assert _declared(fresh) == _declared(INTERFACE)


def _declared(compiled: Path) -> str:
    read = subprocess.run([SDK / "unoidl-read", *TYPES, compiled], capture_output=True, text=True, check=True)
    return read.stdout


def test_the_extension_is_whole_and_always_the_same(tmp_path: Path) -> None:
    first, second = build_oxt(tmp_path / "a.oxt"), build_oxt(tmp_path / "b.oxt")
    assert first.read_bytes() == second.read_bytes()
    with zipfile.ZipFile(first) as archive:
        names = set(archive.namelist())
        manifest = ElementTree.fromstring(archive.read("META-INF/manifest.xml"))
        ElementTree.fromstring(archive.read("description.xml"))
    listed = {value for entry in manifest for key, value in entry.attrib.items() if key.endswith("full-path")}
    assert listed <= names and "pythonpath/perfxl/excel/functions.py" in names
    assert not any(name.endswith(".pyc") for name in names)


def test_the_sources_inside_are_all_that_the_functions_need(tmp_path: Path) -> None:
    with zipfile.ZipFile(build_oxt(tmp_path / "perfxl.oxt")) as archive:
        archive.extractall(tmp_path)
        names = [name for name in archive.namelist() if name.startswith("pythonpath/")]
    assert not [name for name in names if "/addin/" in name or "/ribbon/" in name]
    code = (
        "import json, pickle, sys; sys.path.insert(0, sys.argv[1])\n"
        "from perfxl.excel.calc.describe import add_in_entries\n"
        "from perfxl.excel.functions import FUNCTIONS\n"
        "made = [FUNCTIONS[name].call(*arguments) for name, arguments in pickle.load(sys.stdin.buffer)]\n"
        "print(json.dumps([made, sys.modules['perfxl'].__file__]))"
    )
    asked = pickle.dumps([(case.function, case.arguments) for case in CASES])
    run = [sys.executable, "-I", "-S", "-c", code, str(tmp_path / "pythonpath")]  # no other library is in reach
    made, home = json.loads(subprocess.run(run, input=asked, capture_output=True, check=True).stdout)
    assert home.startswith(str(tmp_path))
    assert made == [case.rows for case in CASES]


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "perfxl.oxt"
    assert main(["addin", "build", "--calc", "-o", str(path)]) == 0
    assert path.read_bytes() == build_oxt(tmp_path / "same.oxt").read_bytes()
    assert str(path) in capsys.readouterr().out
    assert main(["addin", "build", "--calc", "-o", str(tmp_path / "none" / "perfxl.oxt")]) == 2


def test_the_function_wizard_is_told_everything() -> None:
    root = ElementTree.fromstring(add_in_entries())
    texts = {value.text for value in root.iter("value")}
    for function in FUNCTIONS.values():
        assert {function.name, function.zh, function.en} <= texts
        assert {text for argument in function.arguments for text in (argument.name, argument.zh, argument.en)} <= texts


@pytest.mark.skipif(not python_with_uno(), reason="LibreOffice or its Python bridge is not installed")
def test_references_as_people_write_them(tmp_path: Path) -> None:
    whole = CONTRACT_POINTS[:-1]
    cases = [
        Case("PX_SCORES", (CONTRACT,), CONTRACT_POINTS),  # puts the contract on the sheet Cells, from A1 down
        _formula("=PX_SCORES($Cells.A:H)", [*whole, [""]]),
        _formula("=PX_TOTAL($Cells.A:H)", CONTRACT_TOTAL),
        # A single blank cell comes as 0 from Calc, so neither is believed; a range tells them apart.
        _formula('=PX_SCORE("比率法";$Cells.Z1;100)', "#VALUE!"),
        _formula('=PX_SCORE("比率法";$Cells.Z1:Z1;100)', "待报"),
        _formula('=PX_WHY("PX_SCORE";"比率法";$Cells.Z1;100)', X121),
        _formula("=PX_CASCADE(100;{50;50};0)+0", [[50.0, 50.0]]),
        _formula("=SUM(PX_CASCADE(100;{50;50};0))", 100.0),
        _formula('=ISERROR(PX_SCORE("没有";1;1))', 1.0),
    ]
    shown = {
        "A1": 98.0,
        "A2": 97.0,
        "D1": "得分",
        "D2": 90.0,
        "D3": "#NUM!",
        "E1": 190.0,
        # Linked to the file of the add-in; a text that only looks so; a function of another one.
        "F1": 98.0,
        "F2": 92.0,
        "F3": "[1]!PX_SCORE(1)",
        "F4": 3.0,
        # Not one of ours, and not entered again: its stored value stays.
        "K1": 12.0,
        "K2": 13.0,
    }
    told = recalculated(cases, tmp_path, opens=_file_of_excel(tmp_path), cells=list(shown))
    assert told.results == [case.rows for case in cases]
    assert dict(zip(shown, told.opened, strict=True)) == shown


def test_only_functions_that_were_not_found_are_entered_again() -> None:
    for formula in (
        "=px_score(1)",
        "=SUM([2]!PX_NUMBER(A1);1)",
        "=A1+px_grade (2)",
        "='C:\\a\\perfxl.xlam'!PX_GRADE(1)",
    ):
        assert re.search(NOT_FOUND, formula), formula
    for formula in (
        "=PX_SCORE(1)",
        "=INDEX(px_grades;1)",
        "=px_score+1",
        "=px_scorer(1)",
        "=apx_score(1)",
        "=[1]!OTHER(1)",
    ):
        assert not re.search(NOT_FOUND, formula), formula
    assert mended('=SUM([2]!PX_NUMBER("92");[1]!MINE(1))') == '=SUM(PX_NUMBER("92");[1]!MINE(1))'
    assert mended('="[1]!PX_SCORE(1)"&[12]!PX_GRADE(1)') == '="[1]!PX_SCORE(1)"&PX_GRADE(1)'


def _file_of_excel(folder: Path) -> str:
    """Calc does not know functions of add-ins in it; opening it sees to that. The stored values are all wrong."""
    path = folder / "excel.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_formula("A1", '=PX_SCORE("比率法",98,100)', value=1)
        sheet.write_formula("A2", "=A1-1", value=2)
        for row, cells in enumerate((("指标", "目标值", "实际完成值"), ("收入", 100, 90), ("成本", 0, 5))):
            sheet.write_row(row, 6, cells)
        sheet.write_array_formula("D1:D3", "{=PX_SCORES(G1:I3)}", value=3)
        sheet.write_formula("F1", '=[1]!PX_SCORE("比率法",98,100)', value=5)
        sheet.write_formula("F2", '=MAX([1]!PX_NUMBER("92"),1)', value=6)
        sheet.write_formula("F3", '="[1]!PX_SCORE(1)"', value="[1]!PX_SCORE(1)")
        sheet.write_formula("F4", "=[1]!OTHER(1)", value=3)
        book.define_name("px_grades", "=Sheet1!$L$1:$L$2")
        sheet.write_formula("K1", "=INDEX(px_grades,1)", value=12)
        sheet.write_formula("K2", "=INDEX(px_grades,2)", value=13)
        sheet.write_formula("E1", '=SUM(A1,PX_NUMBER("92"))', value=4)
    return str(path)


def _formula(text: str, gives: Any) -> Case:
    return Case("", (), gives, text)

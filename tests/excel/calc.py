"""LibreOffice Calc with the add-in, for tests and the benchmark."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from perfxl.core.values.dates import serial
from perfxl.excel.calc.build import build_oxt
from tests.excel.cases import Case

HOST = Path(__file__).with_name("calc_host.py")


def python_with_uno() -> str:
    """The Python that LibreOffice's bridge is installed for; blank where there is none."""
    for python in ("/usr/bin/python3", shutil.which("python3") or ""):
        done = python and shutil.which("soffice") and subprocess.run([python, "-c", "import uno"], capture_output=True)
        if done and done.returncode == 0:
            return python
    return ""


class Seen(NamedTuple):
    """What the cells of each case show in Calc, how long each recalculation took, and the cells of a file of Excel."""

    results: list[list[list[Any]]]
    seconds: list[float]
    opened: list[Any]


def recalculated(
    cases: list[Case], folder: Path, *, rounds: int = 1, opens: str = "", cells: Sequence[str] = ()
) -> Seen:
    asked = {
        "opens": opens,
        "cells": list(cells),
        "oxt": str(build_oxt(folder / "perfxl.oxt")),
        "profile": str(folder / "profile"),
        "workbook": str(folder / "cases.ods"),
        "rounds": rounds,
        "cases": [
            {
                "function": case.function,
                "arguments": _sent(list(case.arguments)),
                "formula": case.formula,
                "shape": (len(case.rows), len(case.rows[0])),
            }
            for case in cases
        ],
    }
    run = [python_with_uno(), str(HOST)]
    environment = {**os.environ, "PYTHONPATH": str(HOST.parents[2])}
    done = subprocess.run(run, input=json.dumps(asked), capture_output=True, text=True, timeout=300, env=environment)
    assert done.returncode == 0, done.stderr
    return Seen(**json.loads(done.stdout))


def _sent(cell: Any) -> Any:
    if isinstance(cell, list):
        return [_sent(each) for each in cell]
    return serial(cell) if isinstance(cell, date) else cell

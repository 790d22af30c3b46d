"""The same cells in a file give the same figures: worksheet functions against the program, the command line and
DataFrames."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import xlsxwriter

import perfxl
from perfxl.cli import main
from perfxl.core.policy import Policy
from perfxl.core.scoring.scalar import Status
from perfxl.excel.functions import FUNCTIONS
from tests.excel.cases import CONTRACT, CONTRACT_TOTAL, PEOPLE, SHARES, TYPED, VETOED, VETOED_TOTALS, WORKED

TWO_PEOPLE = PEOPLE[:5]


def _file(folder: Path, rows: list[list[Any]]) -> Path:
    path = folder / "业绩合同.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("业绩合同")
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row)
    return path


def test_a_contract_in_a_file(tmp_path: Path) -> None:
    program, _ = perfxl.load(_file(tmp_path, CONTRACT))
    scores, _ = program.score()
    assert scores.totals.total.tolist() == [CONTRACT_TOTAL]
    points = [row[0] for row in FUNCTIONS["PX_SCORES"].call(CONTRACT)[2:]]
    assert scores.lines.points.tolist()[:2] == points[:2]


def test_people_in_a_file(tmp_path: Path) -> None:
    program, _ = perfxl.load(_file(tmp_path, TWO_PEOPLE))
    scores, _ = program.score()
    lines = FUNCTIONS["PX_TOTALS"].call(TWO_PEOPLE)[1:]
    assert [line[0] for line in lines] == scores.people
    assert [line[2] for line in lines] == [97.0, "pending"]
    assert scores.totals.total[0] == 97.0 and scores.totals.total[1] != scores.totals.total[1]
    assert [line[3] for line in lines] == scores.totals.provisional.tolist()
    assert [line[4] for line in lines] == scores.totals.completeness.tolist()


def test_a_veto_in_a_file(tmp_path: Path) -> None:
    program, _ = perfxl.load(_file(tmp_path, VETOED))
    scores, _ = program.score()
    assert dict(zip(scores.people, scores.totals.total.tolist(), strict=True)) == VETOED_TOTALS
    names = ("person", "kpi", "method", "weight", "target", "actual")
    totals = perfxl.score_contracts(pd.DataFrame(VETOED[1:], columns=names))["total"]
    assert totals.tolist() == list(VETOED_TOTALS.values())


def test_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows: list[list[Any]] = [["指标名称", "权重"], ["a", 40.0], ["b", 33.0], ["c", 30.0]]
    assert main(["check", str(_file(tmp_path, rows)), "--json"]) == 1
    told = [p["code"] for p in json.loads(capsys.readouterr().out)["problems"] if p["code"].startswith("W")]
    assert sorted(told) == sorted(row[0] for row in FUNCTIONS["PX_WEIGHTCHECK"].call(rows)[1:])


def test_dataframes() -> None:
    names = {"KPI name": "kpi", "Scoring method": "method", "Name": "person"}
    frame = pd.DataFrame(TWO_PEOPLE[1:], columns=[names.get(head, head.lower()) for head in TWO_PEOPLE[0]])
    points = perfxl.score_lines(frame)["points"].fillna(-1).tolist()
    assert [-1.0 if row[0] == "pending" else row[0] for row in FUNCTIONS["PX_SCORES"].call(TWO_PEOPLE)[1:]] == points
    assert perfxl.score_contracts(frame)["total"].tolist()[0] == 97.0
    worked = pd.DataFrame(WORKED[1:], columns=["kpi", "category", "impact", "controllability", "measurability"])
    found, _ = perfxl.derive_weights(worked, {str(name): float(str(weight)) for name, weight in SHARES}, Policy())
    assert [row[0] for row in FUNCTIONS["PX_WEIGHTS"].call(WORKED, SHARES)[1:]] == found["weight"].tolist()


def test_actuals_as_people_type_them(tmp_path: Path) -> None:
    """In a file, and in a range of a worksheet: the same points, or the same reason for none."""
    header = ["姓名", "指标名称", "计分方法", "方向", "权重(%)", "目标值", "实际完成值"]
    rows = [
        header,
        *([f"人{i}", "收入", "比率法", "越大越好", 100.0, 100.0, each.actual] for i, each in enumerate(TYPED)),
    ]
    path = tmp_path / "业绩合同.xlsx"
    with xlsxwriter.Workbook(path, {"strings_to_numbers": False}) as book:
        sheet = book.add_worksheet("业绩合同")
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row[:6])
            if isinstance(row[6], str):
                sheet.write_string(at, 6, row[6])
            elif row[6] is not None:
                sheet.write_number(at, 6, row[6])
    program, _ = perfxl.load(path)
    scores, _ = program.score()
    shown = [row[0] for row in FUNCTIONS["PX_SCORES"].call(rows)[1:]]
    wrong = {each.address.cell for each in program.all_problems() if each.severity.value == "error"}
    for i, (each, points, cell) in enumerate(zip(TYPED, scores.lines.points.tolist(), shown, strict=True)):
        assert cell == each.shown, each
        assert (points if points == points else None) == (each.gives if isinstance(each.gives, float) else None), each
        # In a table of one's own 12万 beside a plain target of 100 is asked about: of what unit is the target?
        asked = "万" in str(each.actual)
        assert (f"G{i + 2}" in wrong) == (each.gives is Status.PROBLEM or asked), each

"""The tables that a slide of performance management shows, copied into a sheet: weights, contract, papers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from perfxl.cli import main
from perfxl.program import load
from tests.tables.layouts import LAYOUTS_FILE, read_rows, save

KPIS = [
    ("70%", "财务类", "净营运资产贡献率", 2, 2, 4, 15),
    ("", "", "营销收入", 4, 2, 4, 20),
    ("", "", "预算网络成本贡献率", 2, 3, 4, 15),
    ("", "", "应收帐款周转次数", 1, 2, 4, 10),
    ("", "", "营销成本", 1, 2, 4, 10),
    ("20%", "服务/经营类", "大客户收入/总收入", 2, 2, 4, 10),
    ("", "", "客户满意度", 2, 2, 3, 10),
    ("10%", "人员管理类", "关键人员流失率", 3, 2, 4, 10),
]
HEAD = ["分类权重", "指标类别", "具体指标", "对经济效益影响", "可控性", "可测性", "加权得分", "权重"]


def _weight_table(shares: list[str]) -> list[list[Any]]:
    lines = [[*line[:6], 0.6 * line[3] + 0.25 * line[4] + 0.15 * line[5], ""] for line in KPIS]
    return [HEAD, ["", "", "", *shares], *lines, ["", "内部管理类", "（无）"]]


def test_weights_of_a_lone_table(tmp_path: Path) -> None:
    """Ratings and sections' weights give the slide's weights; its shares of the ratings are no KPI's row."""
    path = save(tmp_path / "weights.xlsx", _weight_table(["60%", "25%", "15%"]), ("A3:A7", "B3:B7", "A8:A9", "B8:B9"))
    program, _ = load(path)
    weighing, _ = program.weigh()
    (contract,) = weighing.contracts
    assert [int(weight or 0) for weight in contract.derived] == [line[6] for line in KPIS]
    assert main(["weights", str(path), "-o", str(tmp_path / "out.xlsx")]) == 0
    assert main(["check", str(path)]) == 1 == main(["score", str(path), "-o", str(tmp_path / "s.xlsx")])  # none agreed
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx").worksheets[1]
    column = next(i for i, cell in enumerate(next(sheet.iter_rows(min_row=4, max_row=4))) if cell.value == "测算权重")
    shown = [row[column].value for row in sheet.iter_rows(min_row=5, max_row=12)]
    assert shown == [line[6] for line in KPIS]


def test_other_shares_of_the_ratings_are_no_detail(tmp_path: Path) -> None:
    assert read_rows(tmp_path, _weight_table(["50%", "25%", "25%"])).cells("S227") == ["D2"]


@pytest.mark.parametrize("name", ["slide contract", "slide functional department", "slide qualitative"])
def test_papers_of_a_slides_table(name: str, tmp_path: Path) -> None:
    layout = next(each for each in json.loads(LAYOUTS_FILE.read_text(encoding="utf-8")) if each["name"] == name)
    path = save(tmp_path / "table.xlsx", layout["rows"], tuple(layout["merges"]))
    assert main(["score", str(path), "-o", str(tmp_path / "scores.xlsx")]) == 0
    for paper in ("contract", "notice", "interview", "improvement"):
        assert main(["documents", paper, str(path), "-o", str(tmp_path / paper)]) == 0
        assert len(list((tmp_path / paper).rglob("*.docx"))) == 1


def test_levels_with_sentences_are_a_grade_table(tmp_path: Path) -> None:
    """优(100%) 良(75%) 中(50%) 差(0%), each above what earns it."""
    layout = next(
        each for each in json.loads(LAYOUTS_FILE.read_text(encoding="utf-8")) if each["name"] == "slide qualitative"
    )
    program, _ = load(save(tmp_path / "table.xlsx", layout["rows"]))
    grades = program.tables["grade_tables"]
    assert grades.column("grade")[:4] == ["优", "良", "中", "差"]
    assert grades.column("points")[:4] == [100.0, 75.0, 50.0, 0.0]
    assert str(grades.column("sentence")[0]).startswith("主动协调相关部门")

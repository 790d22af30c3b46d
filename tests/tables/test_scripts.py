"""Traditional characters are the same words; what is asked comes in the language of the workbook's own words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from perfxl.cli import main
from tests.tables.layouts import read_rows, save

SIMPLE: list[list[Any]] = [
    ["姓名：王小明　部门：业务部"],
    ["指标类别", "关键绩效指标", "权重", "目标值", "评分标准", "实际值"],
    ["财务", "营业额", 50, 1000, "", 900],
    ["客户", "客户投诉件数", 30, 5, "", 4],
    ["内部", "准时率", 20, "95%", "达标得满分，每低1%扣2分", "93%"],
    ["合计", "", 100],
]
TRADITIONAL: list[list[Any]] = [
    ["姓名：王小明　部門：業務部"],
    ["指標類別", "關鍵績效指標", "權重", "目標值", "評分標準", "實際值"],
    ["財務", "營業額", 50, 1000, "", 900],
    ["客戶", "客戶投訴件數", 30, 5, "", 4],
    ["內部", "準時率", 20, "95%", "達標得滿分，每低1%扣2分", "93%"],
    ["合計", "", 100],
]


def test_traditional_characters_read_the_same(tmp_path: Path) -> None:
    simple, traditional = (read_rows(tmp_path, rows) for rows in (SIMPLE, TRADITIONAL))
    assert [line[2:] for line in traditional.lines] == [line[2:] for line in simple.lines]
    assert traditional.totals == simple.totals == {"王小明": (100.2, True)}
    assert [line[1] for line in traditional.lines] == ["營業額", "客戶投訴件數", "準時率"]  # names stay as typed


@pytest.mark.parametrize(
    ("rows", "chinese"),
    [
        ([["Wskaźnik", "Waga"], ["Przychody", 0.6], ["Koszty", 0.4]], False),
        ([["奋斗点", "配比甲"], ["收入", 0.6], ["成本", 0.4]], True),
        ([["Criteria", "Weight", "Rating"], ["Quality", "50%", "Exceeds"], ["Attitude", "50%", "Meets"]], False),
    ],
)
def test_what_is_not_read_is_said_in_its_own_language(
    rows: list[list[Any]], chinese: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(save(tmp_path / "table.xlsx", rows))]) == 2
    out, err = capsys.readouterr()
    assert ("认得出的表" in out + err) == chinese

"""A new user types the slides' tables into Excel and has weights, scores and papers in four commands."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from perfxl.cli import main
from tests.documents.papers import tables, whole_text
from tests.tables.layouts import LAYOUTS_FILE, save

WEIGHTS: list[list[Any]] = [
    ["分类权重", "指标类别", "具体指标", "对经济效益影响", "可控性", "可测性", "加权得分", "权重"],
    ["", "", "", "60%", "25%", "15%", "", ""],
    ["70%", "财务类", "净营运资产贡献率", 2, 2, 4, "", ""],
    ["", "", "营销收入", 4, 2, 4, "", ""],
    ["", "", "预算网络成本贡献率", 2, 3, 4, "", ""],
    ["", "", "应收帐款周转次数", 1, 2, 4, "", ""],
    ["", "", "营销成本", 1, 2, 4, "", ""],
    ["20%", "服务/经营类", "大客户收入/总收入", 2, 2, 4, "", ""],
    ["", "", "大客户ARPU*", "", "", "", "", ""],
    ["", "", "客户满意度", 2, 2, 3, "", ""],
    ["", "", "市场占有率（语音）*", "", "", "", "", ""],
    ["", "", "总话务量增长*", "", "", "", "", ""],
    ["10%", "人员管理类", "关键人员流失率", 3, 2, 4, "", ""],
    ["", "内部管理类", "（无）", "", "", "", "", ""],
]
CONTRACT: list[list[Any]] = [
    ["业绩合同"],
    ["受约人姓名：张三", "", "职位：总经理", "", "业务部门：营销公司"],
    ["受约人1姓名：", "", "职位："],
    ["合同有效期：2026年1月1日-2026年12月31日", "", "签署日期："],
    ["主要业绩考核方面", "关键业绩指标(KPI)", "单位", "权重", "目标完成值", "实际完成值", "业绩分值"],
    ["财务指标", "净营运资产贡献率", "%", "10%", "12%", "11%", ""],
    ["", "收入", "元", "25%", 1000000, 1050000, ""],
    ["", "收入增长率*", "%", "", "10%", "9%", ""],
    ["", "预算网络成本贡献率", "%", "15%", "95%", "96%", ""],
    ["", "营销成本", "元", "10%", 500000, 480000, ""],
    ["", "应收帐款周转次数", "次", "10%", 6, 5.5, ""],
    ["服务/经营指标", "大客户收入/总收入", "%", "10%", "40%", "42%", ""],
    ["", "大客户ARPU*", "元", "", 80, 82, ""],
    ["", "客户满意度", "评分", "10%", 90, 88, ""],
    ["", "市场占有率*", "%", "", "30%", "31%", ""],
    ["", "总话务量增长*", "分钟", "", 1000, 900, ""],
    ["人员管理指标", "关键人员流失率", "%", "10%", "5%", "4%", ""],
]
PAPERS = ("业绩合同", "考核结果通知", "面谈准备表", "绩效面谈记录表", "绩效改进计划")


def test_from_the_slides_to_signed_papers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    weights, contract = save(tmp_path / "权重.xlsx", WEIGHTS), save(tmp_path / "合同.xlsx", CONTRACT)
    # 1: what the weights should be
    assert main(["weights", str(weights), "-o", str(tmp_path / "测算.xlsx")]) == 0
    sheet = openpyxl.load_workbook(tmp_path / "测算.xlsx").worksheets[1]
    rows = list(sheet.iter_rows(values_only=True))
    head = next(i for i, row in enumerate(rows) if "测算权重" in row)
    derived = [row[rows[head].index("测算权重")] for row in rows[head + 1 :]]
    assert [weight for weight in derived if isinstance(weight, int | float)][:8] == [15, 20, 15, 10, 10, 10, 10, 10]
    # 2: is the contract sound
    capsys.readouterr()
    assert main(["check", str(contract), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert not [each for each in told["problems"] if each["severity"] == "error"]
    [one] = told["contracts"]
    assert (one["person"], one["unit"], one["post"], one["total"], one["grade"]) == (
        "张三",
        "营销公司",
        "总经理",
        102.42,
        "A",
    )
    agreed = [line["weight"] for line in one["lines"] if line["weight"] is not None]
    assert agreed == [10, 25, 15, 10, 10, 10, 10, 10]
    assert [line["kpi"] for line in one["lines"] if line["kind"] == "monitor"] == [
        "收入增长率",
        "大客户ARPU",
        "市场占有率",
        "总话务量增长",
    ]
    # 3: the scores
    assert main(["score", str(contract), "-o", str(tmp_path / "得分.xlsx")]) == 0
    # 4: the papers
    made = tmp_path / "文件"
    assert main(["documents", "all", str(contract), "-o", str(made), "--jobs", "1"]) == 0
    for paper in PAPERS:
        [file] = (made / paper).glob("张三 *.docx")
        assert "张三" in whole_text(file) and "—" not in {cell for row in tables(file)[0] for cell in row}
    assert "102.42" in whole_text(made / "考核结果通知" / "张三 考核结果通知.docx")


@pytest.mark.parametrize("name", ["slide functional department", "slide qualitative"])
def test_the_other_tables_of_the_slides(name: str, tmp_path: Path) -> None:
    """Key tasks, duties and deductions of a department; grades that are described."""
    layout = next(each for each in json.loads(LAYOUTS_FILE.read_text(encoding="utf-8")) if each["name"] == name)
    table = save(tmp_path / "表.xlsx", layout["rows"], tuple(layout["merges"]))
    assert main(["check", str(table)]) == 0
    assert main(["score", str(table), "-o", str(tmp_path / "得分.xlsx")]) == 0
    assert main(["documents", "all", str(table), "-o", str(tmp_path / "文件"), "--jobs", "1"]) == 0
    assert {path.parent.name for path in (tmp_path / "文件").rglob("*.docx")} >= set(PAPERS)

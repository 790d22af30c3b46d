"""A small program whose contracts hold what contracts can hold: every method, two holders, long and bare ones."""

from __future__ import annotations

from datetime import date
from typing import Any

from perfxl.core.policy import Policy
from perfxl.core.records import Records, from_rows

YEAR = {"start": date(2025, 1, 1), "end": date(2025, 12, 31)}

UNITS = [
    {"unit": "U0", "name": "华信通信股份有限公司"},
    {"unit": "U1", "name": "营销公司", "parent": "U0", "head": "E002"},
    {"unit": "U2", "name": "战略发展部", "parent": "U0"},
]

PEOPLE = [
    {"person": "E001", "name": "周建国", "unit": "U0", "post": "总裁"},
    {"person": "E002", "name": "林晓梅", "unit": "U1", "post": "总经理", "superior": "E001"},
    {"person": "E003", "name": "欧阳思远", "unit": "U1", "post": "大客户部主任", "superior": "E002"},
    {"person": "E004", "name": "陈立", "unit": "U1", "post": "大客户部副主任", "superior": "E002"},
    {
        "person": "E005",
        "name": "阿卜杜热西提·买买提明·伊布拉音江",
        "unit": "U2",
        "post": "战略规划与法务合规高级经理（主持工作）",
    },
]


def _kpi(kpi: str, name: str, category: str, method: str, unit: str, period: str, **more: Any) -> dict[str, Any]:
    kinds = {"监控": "monitor", "说明法": "qualitative", "减分法": "deduct", "加分": "bonus", "否决": "veto"}
    known = {"category": category, "kind": kinds.get(method, "quantitative"), "method": method, "unit": unit}
    return {"kpi": kpi, "name": name, "period": period, "data_source": "财务部", **known, **more}


UP, DOWN = {"direction": "higher"}, {"direction": "lower"}
REPORTED = {"collector": "财务部", "reporter": "财务部经理", "due_day": 10}

KPIS = [
    _kpi(
        "F01",
        "净营运资产贡献率",
        "financial",
        "功效系数法",
        "%",
        "quarter",
        decimals=1,
        aggregation="ratio",
        definition="公司贡献与净营运资产之比。公司贡献＝实际收入－实际网络成本－运营成本。",
        numerator="公司贡献",
        denominator="固定资产＋流动资产＋无形资产",
        **UP,
        **REPORTED,
    ),
    _kpi(
        "F02",
        "营销收入",
        "financial",
        "比率法",
        "万元",
        "month",
        aggregation="sum",
        definition="通信业务收入减坏帐；应收帐款超出三个月以上计为坏帐。",
        **UP,
        **REPORTED,
    ),
    _kpi("F03", "收入增长率", "financial", "监控", "%", "year", numerator="当年客户收入－去年年终客户收入", **UP),
    _kpi("F04", "营销成本", "financial", "比率法", "万元", "month", definition="营销活动直接费用", cap=110.0, **DOWN),
    _kpi("F05", "应收帐款周转次数", "financial", "加减分法", "次", "year", decimals=1, k=10.0, unit_step=0.5, **UP),
    _kpi("F06", "预算网络成本贡献率", "financial", "改善法", "%", "year", decimals=1),
    _kpi("S01", "大客户收入/总收入", "service", "层差法", "%", "half", steps="收入占比", **UP),
    _kpi("S02", "客户满意度", "service", "区间控制", "分", "half", decimals=1, k=2.0, unit_step=1.0),
    _kpi("S03", "市场占有率（语音）", "service", "监控", "%", "quarter", **UP),
    _kpi("S04", "新计费系统上线", "service", "节点法", "日期", "year", k=2.0),
    _kpi("P01", "关键人员流失率", "people", "非此即彼法", "%", "year", decimals=1, **DOWN),
    _kpi("Q01", "部门协调能力", "people", "说明法", "级", "half", scale="部门协调", definition="与相关部门协作的能力"),
    _kpi("Q02", "政府协调能力", "people", "说明法", "级", "year"),
    _kpi("D01", "重大通信障碍", "quality", "减分法", "次", "month", k=5.0, limit=20.0, definition="端局以上瘫痪"),
    _kpi("B01", "集团通报表扬", "quality", "加分", "次", "year", k=2.0, limit=4.0),
    _kpi("V01", "重大安全责任事故", "quality", "否决", "次", "year", veto_effect="limit_total"),
]

GRADE_TABLES = [
    {"scale": "部门协调", "grade": g, "points": p, "sentence": s}
    for g, p, s in (
        ("优", 100.0, "主动协调相关部门，全面开展各项工作，流程运作非常顺利"),
        ("良", 75.0, "能够协调相关部门开展各项工作，流程运作没有严重问题"),
        ("中", 50.0, "基本能协调相关部门开展各项工作，流程运作有较少问题"),
        ("差", 0.0, "无法协调相关部门开展工作，流程无法运作"),
    )
]

LINES: list[tuple[str, float | None, dict[str, Any]]] = [
    ("F01", 10.0, {"threshold": 0.08, "target": 0.105, "challenge": 0.12}),
    ("F02", 25.0, {"target": 80000.0, "challenge": 100000.0, "threshold": 64000.0}),
    ("F03", None, {"target": 0.15}),
    ("F04", 15.0, {"target": 12500.0}),
    ("F05", 10.0, {"target": 6.0}),
    ("F06", 10.0, {"base": 0.2, "target": 0.25}),
    ("S01", 5.0, {"target": 0.35}),
    ("S02", 5.0, {"low": 85.0, "high": 95.0}),
    ("S03", None, {"target": 0.3, "challenge": 0.32}),
    ("S04", 5.0, {"target": date(2025, 9, 30), "threshold": date(2025, 12, 31)}),
    ("P01", 10.0, {"target": 0.02}),
    ("Q01", 5.0, {}),
    ("D01", None, {}),
    ("B01", None, {}),
    ("V01", None, {}),
]


def policy(**values: Any) -> Policy:
    base = Policy(
        steps={"收入占比": ((0.4, 120.0), (0.35, 100.0), (0.3, 80.0))},
        scales={"部门协调": {"优": 100.0, "良": 75.0, "中": 50.0, "差": 0.0}},
    )
    return base.but(program="2025年度绩效方案", company="华信通信股份有限公司", **values)


def book(**tables: list[dict[str, Any]]) -> dict[str, Records]:
    """The program; a keyword replaces the rows of a table, [] leaves the table out."""
    rows: dict[str, list[dict[str, Any]]] = {
        "units": UNITS,
        "people": PEOPLE,
        "kpis": KPIS,
        "grade_tables": GRADE_TABLES,
        "contracts": [
            {
                "contract": "HT-2025-002",
                "holder": "E002",
                "issuer": "E001",
                "signed": date(2025, 1, 6),
                "version": "1",
                **YEAR,
            },
            {"contract": "HT-2025-003", "holder": "E003", "second_holder": "E004", "issuer": "E002", **YEAR},
            {"contract": "HT-2025-005", "holder": "E005", "issuer": "E001", **YEAR},
        ],
        "contract_lines": [
            *({"contract": "HT-2025-002", "kpi": kpi, "weight": w, **figures} for kpi, w, figures in LINES),
            {"contract": "HT-2025-003", "kpi": "F02", "weight": 60.0, "target": 30000.0},
            {"contract": "HT-2025-003", "kpi": "P01", "weight": 40.0, "target": 0.02},
            {"contract": "HT-2025-005", "kpi": "Q01", "weight": 50.0},
            {"contract": "HT-2025-005", "kpi": "Q02", "weight": 50.0},
        ],
        **tables,
    }
    return {name: from_rows(name, held) for name, held in rows.items() if held}

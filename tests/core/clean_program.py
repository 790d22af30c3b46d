"""A small program without a single finding, and the way to break it."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from datetime import date
from typing import Any

from perfxl.core.records import Records, Tables, from_rows

Rows = dict[str, list[dict[str, Any]]]
Edit = Callable[[Rows], object]

START, END = date(2025, 1, 1), date(2025, 12, 31)


def _kpi(kpi: str, name: str, category: str, method: str, **more: Any) -> dict[str, Any]:
    card = {"kpi": kpi, "name": name, "category": category, "kind": "quantitative", "method": method}
    return {**card, "period": "year", "source": "routine", **more}


_PARTS = {"numerator": "贡献", "denominator": "净营运资产"}
_KPIS = [
    _kpi(
        "K1",
        "营销收入",
        "financial",
        "比率法",
        direction="higher",
        period="quarter",
        aggregation="sum",
        objective="O1",
        unit="万元",
    ),
    _kpi("K2", "营销成本", "financial", "功效系数法", direction="lower", aggregation="last", unit="万元"),
    _kpi("K3", "净资产贡献率", "financial", "改善法", direction="higher", unit="%", aggregation="ratio", **_PARTS),
    _kpi("K4", "客户满意度", "service", "层差法", direction="higher", steps="满意度", objective="O2"),
    _kpi("K5", "部门协作", "service", "说明法", kind="qualitative", scale="协作"),
    _kpi("K6", "库存天数", "service", "区间控制", k=2.0, unit_step=1.0, objective="O3", unit="天"),
    _kpi(
        "K7",
        "关键人员流失率",
        "people",
        "达标法",
        direction="lower",
        unit="%",
        definition="离职人数÷平均人数",
        objective="O4",
    ),
    _kpi("K8", "系统上线", "service", "节点法", k=1.0),
    _kpi("K9", "投诉件数", "service", "加减分法", direction="lower", k=1.0, unit_step=1.0, objective="O5", unit="件"),
    _kpi("K10", "安全事故", "quality", "减分法", kind="deduct", k=5.0, limit=20.0),
    _kpi("K11", "重大违规", "quality", "否决", kind="veto", veto_effect="limit_grade", veto_grade="D"),
    _kpi("K12", "用户数", "service", "监控", kind="monitor"),
    _kpi("K13", "创新奖励", "quality", "加分", kind="bonus", k=2.0),
    _kpi("K14", "旧指标", "service", "比率法", direction="higher", verdict="drop", unit="万元"),
]

# KPI, weight, figures of the line.
_LINES: list[tuple[str, float | None, dict[str, Any]]] = [
    ("K1", 20.0, {"target": 8000.0, "challenge": 10000.0, "threshold": 6000.0}),
    ("K2", 20.0, {"target": 500.0, "challenge": 450.0, "threshold": 600.0}),
    ("K3", 20.0, {"target": 0.2, "base": 0.15}),
    ("K4", 5.0, {}),
    ("K5", 5.0, {}),
    ("K6", 5.0, {"low": 20.0, "high": 30.0}),
    ("K7", 10.0, {"target": 0.05}),
    ("K8", 10.0, {"target": date(2025, 6, 30), "threshold": date(2025, 9, 30)}),
    ("K9", 5.0, {"target": 12.0}),
    ("K10", None, {}),
    ("K11", None, {}),
    ("K12", None, {}),
    ("K13", None, {}),
]

CLEAN: Rows = {
    "policy": [
        {"key": "考核期开始", "value": "2025-01-01"},
        {"key": "period_end", "value": "2025-12-31"},
        {"key": "Greatest weight", "value": "30"},
        {"key": "单项权重下限", "value": None},
    ],
    "grade_bands": [
        {"grade": "A", "lower": 90.0, "coefficient": 1.2},
        {"grade": "B", "lower": 75.0, "coefficient": 1.0},
        {"grade": "D", "lower": 0.0, "coefficient": 0.6},
    ],
    "category_weights": [
        {"post_type": "营销", "category": "financial", "weight": 60.0, "lower": 50.0, "upper": 70.0},
        {"post_type": "营销", "category": "service", "weight": 30.0},
        {"post_type": "营销", "category": "people", "weight": 10.0},
    ],
    "holidays": [
        {"date": date(2025, 10, 1), "kind": "off", "name": "国庆节"},
        {"date": date(2025, 10, 11), "kind": "work", "name": "调休"},
    ],
    "units": [
        {"unit": "U1", "name": "公司"},
        {"unit": "U2", "name": "营销部", "parent": "U1", "head": "E2"},
        {"unit": "U3", "name": "大客户组", "parent": "U2"},
    ],
    "people": [
        {"person": "E1", "name": "王总", "unit": "U1", "post": "总经理"},
        {"person": "E2", "name": "李梅", "unit": "U2", "post": "经理", "post_type": "营销", "superior": "E1"},
        {"person": "E3", "name": "张三", "unit": "U3", "post": "主管", "post_type": "营销", "superior": "E2"},
    ],
    "objectives": [
        {"objective": "O1", "unit": "U1", "perspective": "financial", "text": "提高利润", "csf_result": "利润"},
        {"objective": "O2", "unit": "U1", "perspective": "customer", "text": "留住大客户", "causes": "O1"},
        {"objective": "O3", "unit": "U1", "perspective": "process", "text": "缩短交付", "causes": "O2；O1"},
        {"objective": "O4", "unit": "U1", "perspective": "learning", "text": "培养骨干", "causes": "O3"},
        {"objective": "O5", "parent": "O2", "unit": "U2", "perspective": "customer", "text": "提高满意度"},
    ],
    "kpis": _KPIS,
    "step_tables": [
        {"table": "满意度", "at": 90.0, "points": 120.0},
        {"table": "满意度", "at": 80.0, "points": 100.0},
        {"table": "满意度", "at": 70.0, "points": 60.0},
    ],
    "grade_tables": [
        {"scale": "协作", "grade": "优", "points": 100.0},
        {"scale": "协作", "grade": "差", "points": 0.0},
    ],
    "methods": [{"method": "平方法", "formula": "100*(A/T)*(A/T)"}],
    "links": [
        {"kpi": "K1", "owner": "E2", "sub_kpi": "K1", "sub_owner": "E3", "mode": "full"},
        {"kpi": "K2", "owner": "E2", "sub_kpi": "K2", "sub_owner": "E3", "mode": "support"},
    ],
    "contracts": [
        {"contract": "C1", "holder": "E2", "issuer": "E1", "start": START, "end": END, "signed": date(2024, 12, 30)},
        {"contract": "C2", "holder": "E3", "issuer": "E2", "start": START, "end": END},
    ],
    "contract_lines": [
        {"contract": contract, "kpi": kpi, "weight": weight, **figures}
        for contract in ("C1", "C2")
        for kpi, weight, figures in _LINES
    ],
    "phasing": [{"contract": "C1", "kpi": "K1", "period": "2025Q1", "target": 2000.0}],
    "actuals": [
        {"holder": "E2", "kpi": "K1", "period": "2025Q1", "value": 1900.0},
        {"holder": "E2", "kpi": "K1", "period": "2025Q2", "value": 2100.0},
        {"holder": "E2", "kpi": "K3", "period": "2025", "numerator": 19.0, "denominator": 100.0},
        {"holder": "E2", "kpi": "K4", "period": "2025", "value": 85.0},
        {"holder": "E2", "kpi": "K5", "period": "2025", "value": "优"},
        {"holder": "E2", "kpi": "K7", "period": "2025", "value": 0.04},
        {"holder": "E2", "kpi": "K8", "period": "2025", "value": date(2025, 6, 20)},
        {"holder": "E3", "kpi": "K1", "period": "2025Q1", "value": "N/A"},
        {"holder": "E3", "kpi": "K1", "period": "2025Q2"},
    ],
    "events": [
        {"holder": "E2", "kpi": "K10", "kind": "deduct", "date": date(2025, 3, 1), "fact": "轻微事故"},
        {"holder": "E3", "kpi": "K13", "kind": "bonus", "date": date(2025, 4, 1), "fact": "创新奖", "count": 2.0},
    ],
    "plans": [{"holder": "E3", "action": "走访", "start": date(2025, 2, 1), "end": date(2025, 3, 1)}],
}


def rows(*edits: Edit) -> Rows:
    changed = deepcopy(CLEAN)
    for edit in edits:
        edit(changed)
    return changed


def book_of(changed: Rows) -> dict[str, Records]:
    return {table: from_rows(table, held, file="p.xlsx") for table, held in changed.items()}


def book(*edits: Edit) -> Tables:
    """The clean program after some edits."""
    return book_of(rows(*edits))


def put(table: str, row: int, **cells: Any) -> Edit:
    """Overwrites cells of one row."""
    return lambda program: program[table][row].update(cells)


def add(table: str, **cells: Any) -> Edit:
    """Appends a row."""
    return lambda program: program.setdefault(table, []).append(dict(cells))


def drop(table: str, row: int) -> Edit:
    return lambda program: program[table].pop(row)


def without(*tables: str) -> Edit:
    return lambda program: [program.pop(table) for table in tables]


def line(contract: str, kpi: str) -> int:
    """The row of a contract line."""
    return next(i for i, row in enumerate(CLEAN["contract_lines"]) if row["contract"] == contract and row["kpi"] == kpi)

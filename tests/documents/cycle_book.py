"""The small program of contract_book.py a year on: figures, events, coaching, interviews, plans, appeals; one contract
was amended in mid-year."""

from __future__ import annotations

from datetime import date
from typing import Any

from perfxl.core.records import Records, from_rows
from tests.documents.contract_book import LINES, PEOPLE, UNITS, YEAR
from tests.documents.contract_book import book as contract_book

MANAGER, COUPLE, LONG_NAME = "E002", "E003", "E005"

# What the manager reached: every way a line can stand.
_YEAR: dict[str, Any] = {
    "F03": 0.16,
    "F04": 13000.0,
    "F05": 5.5,
    "F06": 0.24,
    "S01": 0.33,
    "S03": 0.29,
    "S04": date(2025, 10, 10),
    "P01": 0.018,
    "Q01": "良",
}
_QUARTERS = [("2025Q1", 17000.0), ("2025Q2", 20500.0), ("2025Q3", 19000.0), ("2025Q4", 25500.0)]
_RATIO = [("2025Q1", 2.0, 20.0), ("2025Q2", 2.4, 21.0), ("2025Q3", 2.2, 22.0), ("2025Q4", 2.6, 23.0)]


def _actuals() -> list[dict[str, Any]]:
    rows = [{"holder": MANAGER, "kpi": kpi, "period": "2025", "value": value} for kpi, value in _YEAR.items()]
    rows += [{"holder": MANAGER, "kpi": "F02", "period": p, "value": v} for p, v in _QUARTERS]
    rows += [
        {"holder": MANAGER, "kpi": "F01", "period": p, "numerator": over, "denominator": under}
        for p, over, under in _RATIO
    ]
    rows.append({"holder": MANAGER, "kpi": "S02", "period": "2025", "value": "N/A"})
    rows += [{"holder": COUPLE, "kpi": "F02", "period": p, "value": v / 3} for p, v in _QUARTERS[:2]]
    rows.append({"holder": COUPLE, "kpi": "P01", "period": "2025", "value": 0.03})
    rows += [{"holder": LONG_NAME, "kpi": kpi, "period": "2025", "value": "优"} for kpi in ("Q01", "Q02")]
    return rows


EVENTS = [
    {
        "holder": MANAGER,
        "kpi": "D01",
        "kind": "deduct",
        "date": date(2025, 5, 20),
        "count": 2.0,
        "fact": "端局交换机瘫痪42分钟",
        "source": "网管中心故障通报",
    },
    {"holder": MANAGER, "kpi": "B01", "kind": "bonus", "date": date(2025, 9, 1), "fact": "获集团通报表扬"},
]
COACHING = [
    {
        "holder": MANAGER,
        "coach": "E001",
        "date": date(2025, 10, 15),
        "kpi": "F04",
        "situation": "营销成本超进度",
        "cause": "促销集中在三季度",
        "advice": "按周控制费用",
        "follow_up": "11月复查",
    },
    {"holder": MANAGER, "coach": "E001", "date": date(2025, 4, 15), "situation": "一季度收入落后"},
]
INTERVIEWS = [
    {
        "holder": MANAGER,
        "interviewer": "E001",
        "date": date(2026, 1, 15),
        "place": "301会议室",
        "self_assessment": "收入完成较好",
        "affirmed": "大客户开拓有成效",
        "shortfalls": "成本控制不足",
        "causes": "预算分解不细",
        "next_targets": "2026年成本下降5%",
        "support": "增加财务分析支持",
        "agreed": True,
        "opinion": "认可考核结果",
    },
    {"holder": COUPLE, "interviewer": "E002", "date": date(2026, 1, 16), "agreed": False, "opinion": "保留意见"},
]
IMPROVEMENTS: list[dict[str, Any]] = [
    {
        "holder": MANAGER,
        "kpi": "F04",
        "gap": "超支500万元",
        "cause": "预算分解不细",
        "action": "每月5日前核对费用，超预算2%即停",
        "owner": MANAGER,
        "support": "财务部",
        "due": date(2026, 3, 31),
        "measure": "一季度营销成本不超过3,000万元",
        "check_date": date(2026, 4, 10),
        "status": "running",
    },
    {"holder": MANAGER, "kpi": "S01", "action": "加强大客户服务，提高收入占比"},
]
PLANS: list[dict[str, Any]] = [
    {
        "holder": MANAGER,
        "kpi": "F02",
        "action": "开展大客户回访",
        "start": date(2025, 2, 1),
        "end": date(2025, 6, 30),
        "resources": "专项预算3万元",
        "status": "done",
    },
    {"holder": MANAGER, "action": "完善渠道管理", "end": date(2025, 9, 30), "status": "late"},
]
APPEALS = [
    {
        "appeal": "SS2025-001",
        "holder": MANAGER,
        "kpi": "F05",
        "date": date(2026, 1, 28),
        "reason": "口径年中有调整",
        "evidence": "口径调整邮件",
        "finding": "情况属实",
        "decision": "changed",
        "points": 95.0,
        "decided_by": "绩效申诉工作小组",
        "decided_on": date(2026, 2, 4),
    },
    {"appeal": "SS2025-002", "holder": COUPLE, "date": date(2026, 1, 29), "reason": "未计算新签客户"},
]
MARKS = [
    {"rater": "E003", "ratee": MANAGER, "relation": "subordinate", "dimension": "团队协作", "mark": 61.37},
    {"rater": "E005", "ratee": MANAGER, "relation": "peer", "dimension": "沟通", "mark": 62.73, "comment": "同级评语"},
]


# Kept apart: an amended contract has a version, which most tests do without.
SIGNED = {"signed_issuer": date(2024, 12, 20), "signed_holder": date(2024, 12, 21)}
_CHANGE = {"contract": "HT-2025-002", "kpi": "F02", "reason": "市场变化", "change": "target", **SIGNED}
AMENDMENTS = [
    {**_CHANGE, "old": 88000.0, "new": 80000.0, "effective": date(2025, 7, 1)},
    {**_CHANGE, "old": 80000.0, "new": 70000.0, "effective": date(2025, 10, 1), "signed_holder": None},
]
NEGOTIATIONS = [
    {
        "contract": "HT-2025-002",
        "kpi": "F02",
        "session": "营销中心质询会",
        "date": date(2024, 12, 12),
        "superior_target": 100000.0,
        "market": "行业增长 6%",
        "history": 70000.0,
        "ability": "缺编 2 人",
        "budget": 78000.0,
        "proposal": 84000.0,
        "forecast": 76000.0,
        "cause": "对续约率的判断不同",
        "resources": "客户经理 2 人",
        "sla": "24 小时内开通",
        "provider": "网络中心",
        "agreed": 88000.0,
        "open_point": "审批时间",
        "owner": "E001",
        "due": date(2025, 1, 15),
        **SIGNED,
    }
]


def agreed() -> dict[str, Records]:
    """The program with a negotiated target and an amended contract."""
    return {
        **book(),
        "negotiations": from_rows("negotiations", NEGOTIATIONS),
        "amendments": from_rows("amendments", AMENDMENTS),
    }


def book(**tables: list[dict[str, Any]]) -> dict[str, Records]:
    """The program with its follow-up; a keyword replaces the rows of a table, [] leaves the table out."""
    proposed = {"F02": (84000.0, 76000.0), "S01": (0.38, 0.33), "S04": (date(2025, 9, 20), date(2025, 10, 15))}
    lines = [
        {
            "contract": "HT-2025-002",
            "kpi": kpi,
            "weight": weight,
            **figures,
            **dict(zip(("proposal_issuer", "proposal_holder"), proposed.get(kpi, ()), strict=False)),
        }
        for kpi, weight, figures in LINES
    ]
    others = [
        {"contract": "HT-2025-003", "kpi": "F02", "weight": 60.0, "target": 30000.0},
        {"contract": "HT-2025-003", "kpi": "P01", "weight": 40.0, "target": 0.02},
        {"contract": "HT-2025-005", "kpi": "Q01", "weight": 50.0},
        {"contract": "HT-2025-005", "kpi": "Q02", "weight": 50.0},
        {"contract": "HT-2025-005-2", "kpi": "Q01", "weight": 60.0},
        {"contract": "HT-2025-005-2", "kpi": "P01", "weight": 40.0, "target": 0.02},
    ]
    parties = {"holder": LONG_NAME, "issuer": "E001"}
    contracts = [
        {"contract": "HT-2025-002", "holder": MANAGER, "issuer": "E001", "signed": date(2025, 1, 6), **YEAR},
        {"contract": "HT-2025-003", "holder": COUPLE, "second_holder": "E004", "issuer": MANAGER, **YEAR},
        {"contract": "HT-2025-005", **parties, "start": YEAR["start"], "end": date(2025, 6, 30), "version": "1"},
        {"contract": "HT-2025-005-2", **parties, "start": date(2025, 7, 1), "end": YEAR["end"], "version": "2"},
    ]
    held: dict[str, list[dict[str, Any]]] = {
        "contracts": contracts,
        "contract_lines": [*lines, *others],
        "actuals": _actuals(),
        "events": EVENTS,
        "coaching": COACHING,
        "interviews": INTERVIEWS,
        "improvements": IMPROVEMENTS,
        "plans": PLANS,
        "appeals": APPEALS,
        "marks": MARKS,
    }
    return contract_book(**{**held, **tables})


__all__ = ["COUPLE", "LINES", "LONG_NAME", "MANAGER", "PEOPLE", "UNITS", "YEAR", "book"]

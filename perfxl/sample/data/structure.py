"""The sample's organisation: departments, teams, who leads them, and how people spread over them."""

from __future__ import annotations

from typing import NamedTuple

Pair = tuple[str, str]


class Department(NamedTuple):
    """A department. `share` is its part of the people that are not heads; `staff` take turns; teams only when large."""

    code: str
    name: Pair
    head: str
    staff: tuple[str, ...]
    share: int
    lead: str = ""
    teams: tuple[Pair, ...] = ()


HEADQUARTERS = (
    Department(
        "D01",
        ("营销公司", "Marketing company"),
        "marketing_gm",
        ("sales_rep",),
        26,
        "sales_lead",
        (
            ("东区营销中心", "East sales centre"),
            ("西区营销中心", "West sales centre"),
            ("商务客户中心", "Business customer centre"),
            ("电子渠道中心", "Electronic channels"),
        ),
    ),
    Department(
        "D02",
        ("大客户部", "Key accounts"),
        "account_head",
        ("account_rep",),
        16,
        "account_lead",
        (
            ("党政客户组", "Government accounts"),
            ("金融客户组", "Banking accounts"),
            ("教育医疗客户组", "Education and health accounts"),
            ("工商企业客户组", "Industry accounts"),
        ),
    ),
    Department(
        "D03",
        ("客户服务部", "Customer service"),
        "cs_head",
        ("agent",),
        22,
        "cs_lead",
        (
            ("呼叫中心一班", "Call centre shift 1"),
            ("呼叫中心二班", "Call centre shift 2"),
            ("呼叫中心三班", "Call centre shift 3"),
            ("投诉处理班", "Complaints"),
        ),
    ),
    Department(
        "D04",
        ("网络运行维护部", "Network operations"),
        "net_head",
        ("engineer",),
        22,
        "net_lead",
        (
            ("网管监控班", "Network control"),
            ("传输维护班", "Transmission"),
            ("交换维护班", "Switching"),
            ("线路维护班", "Outside plant"),
        ),
    ),
    Department("D05", ("财务部", "Finance"), "fin_head", ("fin_staff",), 5),
    Department("D06", ("人力资源部", "Human resources"), "hr_head", ("hr_recruit", "hr_train"), 4),
    Department("D07", ("战略发展部", "Strategy"), "strategy_head", ("strategy_staff",), 2),
    Department("D08", ("综合办公室", "General office"), "office_head", ("office_staff",), 3),
)

BRANCH = (
    Department(
        "1", ("市场部", "Sales"), "sales_head", ("sales_rep",), 40, "sales_lead", (("营销中心", "Sales centre"),)
    ),
    Department(
        "2", ("客户服务中心", "Customer service"), "cs_head", ("agent",), 22, "cs_lead", (("客服班", "Service shift"),)
    ),
    Department(
        "3",
        ("网络维护中心", "Maintenance"),
        "net_head",
        ("engineer",),
        32,
        "net_lead",
        (("维护班", "Maintenance team"),),
    ),
    Department("4", ("综合部", "General office"), "office_head", ("office_staff",), 6),
)
BRANCH_NAME: Pair = ("{place}分公司", "{place} branch")
COUNTY_NAME: Pair = ("{city}{place}分公司", "{city} {place} branch")

# Superior KPI -> KPI of a direct subordinate, and how it is carried.
CASCADE: tuple[tuple[str, str, str], ...] = (
    ("F01", "F01", "share"),
    ("F01", "F02", "share"),
    ("F01", "F03", "share"),
    ("F02", "F02", "share"),
    ("F02", "F04", "share"),
    ("F03", "F03", "share"),
    ("F03", "F05", "share"),
    ("F06", "F06", "full"),
    ("F06", "F10", "support"),
    ("F06", "F13", "support"),
    ("F06", "F15", "support"),
    ("F06", "T11", "support"),
    ("F07", "F07", "full"),
    ("F08", "F12", "support"),
    ("F09", "F11", "support"),
    ("F10", "F14", "support"),
    ("F11", "F11", "full"),
    ("F12", "F12", "full"),
    ("F13", "F13", "full"),
    ("F14", "F14", "full"),
    ("S01", "S01", "full"),
    ("S01", "S07", "support"),
    ("S01", "S18", "support"),
    ("S01", "S06", "support"),
    ("S02", "S02", "full"),
    ("S02", "S17", "support"),
    ("S06", "S06", "full"),
    ("S07", "S07", "full"),
    ("S08", "S08", "full"),
    ("S10", "S10", "full"),
    ("S11", "S11", "full"),
    ("S14", "S14", "full"),
    ("S16", "S12", "support"),
    ("S17", "S17", "full"),
    ("S18", "S18", "full"),
    ("P01", "P01", "full"),
    ("P01", "P05", "support"),
    ("P02", "T20", "support"),
    ("P03", "P03", "full"),
    ("T12", "T12", "full"),
    ("T20", "T20", "full"),
    ("T21", "T21", "full"),
    ("T30", "T30", "full"),
    ("T31", "T31", "full"),
    ("D01", "T27", "support"),
    ("D10", "D10", "full"),
    ("D11", "D11", "full"),
    ("D30", "D30", "full"),
    ("D31", "D31", "full"),
)

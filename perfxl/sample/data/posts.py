"""The sample's posts: post types with their category weights, and what each post's contract holds."""

from __future__ import annotations

from typing import NamedTuple

Pair = tuple[str, str]

# Post type -> name and {category: (weight, least, most)}, percent points.
POST_TYPES: dict[str, tuple[Pair, dict[str, tuple[float, float, float]]]] = {
    "company": (
        ("公司领导", "Company management"),
        {"financial": (50, 40, 60), "service": (30, 20, 40), "people": (20, 10, 30)},
    ),
    "marketing": (
        ("营销管理", "Marketing management"),
        {"financial": (70, 60, 80), "service": (20, 10, 30), "people": (10, 5, 20)},
    ),
    "account": (
        ("客户经理", "Account manager"),
        {"financial": (60, 50, 70), "service": (30, 20, 40), "behaviour": (10, 5, 20)},
    ),
    "call_centre": (
        ("呼叫中心主任", "Call-centre head"),
        {"financial": (25, 20, 30), "service": (55, 45, 65), "people": (20, 10, 25)},
    ),
    "agent": (
        ("客户服务", "Customer service"),
        {"service": (70, 60, 80), "efficiency": (20, 10, 30), "behaviour": (10, 5, 20)},
    ),
    "maintenance": (
        ("维护主任", "Maintenance head"),
        {"financial": (5, 5, 10), "service": (75, 65, 85), "people": (20, 10, 25)},
    ),
    "engineer": (("维护人员", "Maintenance engineer"), {"service": (80, 70, 90), "behaviour": (20, 10, 30)}),
    "functional": (
        ("职能部门", "Functional department"),
        {"key_task": (50, 40, 60), "duty": (30, 20, 40), "efficiency": (20, 10, 30)},
    ),
    "branch": (
        ("分公司经理", "Branch manager"),
        {"financial": (55, 45, 65), "service": (30, 20, 40), "people": (15, 10, 20)},
    ),
}


class Line(NamedTuple):
    """A contract line of a post: weight in percent points (None where it carries none), aspect if not the KPI's own."""

    kpi: str
    weight: float | None
    aspect: str | None = None


class Profile(NamedTuple):
    """What people of a post sign. `derived` are the weights derived from the ratings, where the agreed ones differ."""

    post: Pair
    post_type: str
    lines: tuple[Line, ...]
    derived: tuple[float, ...] = ()


def _lines(text: str) -> tuple[Line, ...]:
    """`F01:20 P01:10/duty X01` -> lines."""
    lines = []
    for word in text.split():
        name, _, aspect = word.partition("/")
        kpi, _, weight = name.partition(":")
        lines.append(Line(kpi, float(weight) if weight else None, aspect or None))
    return tuple(lines)


def _post(zh: str, en: str, post_type: str, lines: str, derived: str = "") -> Profile:
    return Profile((zh, en), post_type, _lines(lines), tuple(map(float, derived.split())))


PROFILES: dict[str, Profile] = {
    "chair": _post("董事长", "Chair of the board", "company", ""),
    "gm": _post(
        "总经理",
        "General manager",
        "company",
        "F01:20 F06:15 F07:15 S01:10 S02:20 P01:10 P02:10 M01 X01 V01 Y01",
    ),
    # The worked contract of domain.md section 4, with its derived and its agreed weights.
    "marketing_gm": _post(
        "营销公司总经理",
        "General manager, marketing company",
        "marketing",
        "F07:10 F02:25 F08:15 F09:10 F10:10 S03:10 S01:10 P01:10 M01 M02 M03 X01 V01",
        "15 20 15 10 10 10 10 10",
    ),
    "account_head": _post(
        "大客户部主任",
        "Head of key accounts",
        "marketing",
        "F03:25 F11:15 F12:15 F14:15 S18:10 S06:10 P05:10 M03 X02 V02",
    ),
    "cs_head": _post(
        "呼叫中心主任", "Call-centre head", "call_centre", "F14:15 F15:10 S01:15 S08:20 S10:20 P03:10 P04:10 X02 V03"
    ),
    "net_head": _post(
        "网络维护主任",
        "Maintenance head",
        "maintenance",
        "F13:5 S02:15 S11:15 S14:15 S16:15 S17:15 P03:10 P01:10 M05 X01 V01",
    ),
    "fin_head": _post(
        "财务部主任",
        "Finance head",
        "functional",
        "T10:20 T11:15 T12:15 D10:15 D11:15 E10:10 B03:10/efficiency X05 V02",
    ),
    "hr_head": _post(
        "人力资源部主任",
        "HR head",
        "functional",
        "T20:20 T21:15 P03:15/key_task P01:15/duty D20:15 E10:10 B03:10/efficiency X05",
    ),
    # The functional example of domain.md section 4: weights of 4, 12 and so on, thirteen KPIs.
    "strategy_head": _post(
        "战略发展部主任",
        "Strategy head",
        "functional",
        "T01:10 T02:12 T03:4 T04:6 T05:8 T06:6 T07:4 D01:8 D02:4 D03:8 D04:10 E11:10 E12:10 X04 X05",
        "10 10 5 5 10 5 5 10 5 5 10 10 10",
    ),
    "office_head": _post(
        "综合办公室主任", "Office head", "functional", "T30:25 T31:25 D30:15 D31:15 E10:10 E30:10 X05 X06"
    ),
    "branch_gm": _post(
        "分公司总经理",
        "Branch general manager",
        "branch",
        "F01:25 F06:15 F11:15 S01:10 S14:10 S18:10 P01:10 P03:5 M04 X01 V01 Y01",
    ),
    "sales_head": _post(
        "市场部主任", "Head of sales", "marketing", "F02:25 F10:10 F11:20 F12:15 S18:10 S06:10 P03:10 M04 X02"
    ),
    "sales_lead": _post(
        "区域销售经理",
        "Regional sales manager",
        "marketing",
        "F02:25 F11:15 F12:15 F14:15 S04:10 S18:10 P05:10 M04 X02 Y01",
    ),
    "account_lead": _post(
        "大客户经理组长", "Account team leader", "marketing", "F03:25 F11:15 F12:15 F14:15 S06:10 S18:10 P03:10 X02 Y01"
    ),
    "cs_lead": _post(
        "呼叫中心班长",
        "Call-centre shift leader",
        "agent",
        "S07:20 S08:20 S09:15 S10:15 E20:10 E21:10 B03:10 X02 V03 Y01",
    ),
    "net_lead": _post(
        "维护班长",
        "Maintenance team leader",
        "maintenance",
        "F13:5 S11:15 S12:15 S14:15 S15:15 S17:15 P03:10 P05:10 X01 X03 V01",
    ),
    "sales_rep": _post(
        "渠道经理", "Sales representative", "account", "F04:20 F11:15 F12:15 F14:10 S04:15 S05:15 B01:10 M04 X02 Y01"
    ),
    "account_rep": _post(
        "客户经理", "Account manager", "account", "F05:25 F11:20 F14:15 S05:10 S06:10 S18:10 B01:10 X02 Y01 V03"
    ),
    "agent": _post(
        "客服代表", "Call-centre agent", "agent", "S07:20 S08:20 S09:15 S10:15 E20:10 E21:10 B04:10 X02 V03 Y02"
    ),
    "engineer": _post(
        "维护工程师", "Maintenance engineer", "engineer", "S11:20 S12:15 S13:15 S14:15 S15:15 B02:10 B04:10 X03 V01 Y02"
    ),
    "fin_staff": _post(
        "会计", "Accountant", "functional", "T12:20 T13:30 D10:15 D11:15 E30:10 B03:10/efficiency X06 V02"
    ),
    "hr_recruit": _post(
        "招聘主管",
        "Recruiting officer",
        "functional",
        "T20:20 T22:15 T24:15 D21:15 D23:15 E30:10 B03:10/efficiency X06 Y02",
    ),
    "hr_train": _post(
        "培训主管",
        "Training officer",
        "functional",
        "T21:20 T23:15 T25:15 D22:15 P03:15/duty E30:10 B03:10/efficiency X06 Y02",
    ),
    "strategy_staff": _post(
        "战略研究员", "Strategy analyst", "functional", "T26:25 T27:25 D24:15 D25:15 E30:10 B03:10/efficiency X06 Y02"
    ),
    "office_staff": _post(
        "行政专员",
        "Administration officer",
        "functional",
        "T30:25 T31:25 D30:10 D31:10 D32:10 E30:10 B03:10/efficiency X06 Y02",
    ),
}

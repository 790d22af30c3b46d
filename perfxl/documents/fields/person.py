"""Fields that papers about one person share."""

from __future__ import annotations

from perfxl.documents.fields import NUMBERED, Field


def named(path: str, zh: str, en: str, example: tuple[str, str, str, str]) -> tuple[Field, ...]:
    return (
        Field(f"{path}.id", f"{zh}工号", f"Employee ID of the {en}", example[0]),
        Field(f"{path}.name", f"{zh}姓名", f"Name of the {en}", example[1]),
        Field(f"{path}.post", f"{zh}岗位", f"Post of the {en}", example[2]),
        Field(f"{path}.unit", f"{zh}所属单位", f"Unit of the {en}", example[3]),
    )


def result(path: str, zh: str, en: str) -> tuple[Field, ...]:
    return (
        Field(f"{path}.official", f"{zh}是否正式，用于 if", f"Whether the {en} is official, for `if`", "True"),
        Field(
            f"{path}.state",
            f"{zh}的状态（正式，或暂定与完整度）",
            f"State of the {en} (official, or provisional and how much is known)",
            "暂定，完整度 85%",
            "Provisional, 85% known",
        ),
        Field(f"{path}.total", zh, en.capitalize(), "92.35"),
        Field(f"{path}.grade", "等级；暂定时为横线", "Grade; a dash while provisional", "A"),
        Field(f"{path}.coefficient", "奖金系数", "Bonus coefficient", "1.2"),
    )


PERSON_HEAD: tuple[Field, ...] = (
    *NUMBERED,
    *named("holder", "员工", "employee", ("E002", "林晓梅", "总经理", "营销公司")),
    *named("superior", "直接上级", "superior", ("E001", "周建国", "总裁", "华信通信股份有限公司")),
    Field("period", "考核期", "Period", "2025年1月1日至2025年12月31日", "1 Jan 2025 to 31 Dec 2025"),
    *result("result", "总分", "total"),
)

_ENTRY = (
    ("number", "序号", "Number", "1", ""),
    ("date", "日期", "Date", "2025年4月15日", "15 Apr 2025"),
    ("coach", "辅导人姓名", "Name of the coach", "周建国", ""),
    ("kpi", "相关指标", "KPI", "营销收入", ""),
    ("situation", "情况", "Situation", "连续两个月落后于进度目标", "Behind target two months running"),
    ("cause", "原因", "Cause", "计划分解不细", "The plan was not broken down"),
    ("advice", "辅导意见", "Advice", "按周分解目标", "Break the target down by week"),
    ("follow_up", "跟进", "Follow-up", "两周后复查进展", "Look at progress in two weeks"),
)
ENTRIES: tuple[Field, ...] = tuple(Field(f"entries[].{name}", *words) for name, *words in _ENTRY)

PROGRESS: tuple[Field, ...] = (
    Field("as_of", "进展截至的月份", "Month of the figures to date", "2025年6月", "2025-06"),
    Field("lines[].number", "指标序号", "Number of the KPI", "2"),
    Field("lines[].kpi", "指标名称（监控指标带 *）", "KPI (with * if monitored)", "营销收入"),
    Field("lines[].unit", "单位", "Unit", "万元"),
    Field("lines[].weight", "权重", "Weight", "25%"),
    Field("lines[].target", "目标值（区间控制为区间）", "Target (or the range to stay in)", "80,000"),
    Field("lines[].aim", "进度目标：到该月应达到的值", "Target to date", "40,000"),
    Field("lines[].actual", "实绩（待报、不适用用文字）", "Actual so far (pending and N/A in words)", "38,200"),
    Field("lines[].attainment", "完成率：实绩比进度目标", "Attainment to date", "95.5%"),
    Field("lines[].light", "亮灯：green、amber、red 或空，用于 if", "green, amber, red or blank, for `if`", "green"),
    Field("lines[].light_name", "亮灯", "Light", "绿灯", "Green"),
    Field("lines[].forecast", "按目前进度预计的期末值", "What the period ends with at this pace", "76,400"),
)

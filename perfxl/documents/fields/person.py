"""Fields that papers about one person share."""

from __future__ import annotations

from perfxl.documents.fields import NUMBERED, Field


def named(path: str, zh: str, en: str) -> tuple[Field, ...]:
    return (
        Field(f"{path}.id", f"{zh}工号", f"Employee ID of the {en}"),
        Field(f"{path}.name", f"{zh}姓名", f"Name of the {en}"),
        Field(f"{path}.post", f"{zh}岗位", f"Post of the {en}"),
        Field(f"{path}.unit", f"{zh}所属单位", f"Unit of the {en}"),
    )


def result(path: str, zh: str, en: str) -> tuple[Field, ...]:
    return (
        Field(f"{path}.official", f"{zh}是否正式，用于 if", f"Whether the {en} is official, for `if`"),
        Field(
            f"{path}.state",
            f"{zh}的状态（正式，或暂定与完整度）",
            f"State of the {en} (official, or provisional and how much is known)",
        ),
        Field(f"{path}.total", zh, en.capitalize()),
        Field(f"{path}.grade", "等级；暂定时为横线", "Grade; a dash while provisional"),
        Field(f"{path}.coefficient", "奖金系数", "Bonus coefficient"),
    )


PERSON_HEAD: tuple[Field, ...] = (
    *NUMBERED,
    *named("holder", "员工", "employee"),
    *named("superior", "直接上级", "superior"),
    Field("period", "考核期", "Period"),
    *result("result", "总分", "total"),
)

ENTRIES: tuple[Field, ...] = (
    Field("entries[].number", "序号", "Number"),
    Field("entries[].date", "日期", "Date"),
    Field("entries[].coach", "辅导人姓名", "Name of the coach"),
    Field("entries[].kpi", "相关指标", "KPI"),
    Field("entries[].situation", "情况", "Situation"),
    Field("entries[].cause", "原因", "Cause"),
    Field("entries[].advice", "辅导意见", "Advice"),
    Field("entries[].follow_up", "跟进", "Follow-up"),
)

PROGRESS: tuple[Field, ...] = (
    Field("as_of", "进展截至的月份", "Month of the figures to date"),
    Field("lines[].number", "指标序号", "Number of the KPI"),
    Field("lines[].kpi", "指标名称（监控指标带 *）", "KPI (with * if monitored)"),
    Field("lines[].unit", "单位", "Unit"),
    Field("lines[].weight", "权重", "Weight"),
    Field("lines[].target", "目标值（区间控制为区间）", "Target (or the range to stay in)"),
    Field("lines[].aim", "进度目标：到该月应达到的值", "Target to date"),
    Field("lines[].actual", "实绩（待报、不适用用文字）", "Actual so far (pending and N/A in words)"),
    Field("lines[].attainment", "完成率：实绩比进度目标", "Attainment to date"),
    Field("lines[].light", "亮灯：green、amber、red 或空，用于 if", "green, amber, red or blank, for `if`"),
    Field("lines[].light_name", "亮灯", "Light"),
    Field("lines[].forecast", "按目前进度预计的期末值", "What the period ends with at this pace"),
)

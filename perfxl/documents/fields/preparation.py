"""Fields of the preparation of an interview."""

from __future__ import annotations

from perfxl.documents.fields import Field
from perfxl.documents.fields.person import PERSON_HEAD

TREND: tuple[Field, ...] = (
    Field("trend[].period", "图表：月份", "Chart: month"),
    Field("trend[].attainment", "图表：累计完成率，百分数（数字）", "Chart: attainment to date, % (a number)"),
    Field("trend[].target", "图表：目标线，百分数（数字）", "Chart: the target, % (a number)"),
)


def _line(path: str) -> tuple[Field, ...]:
    return (
        Field(f"{path}.kpi", "指标名称", "KPI"),
        Field(f"{path}.target", "目标值（区间控制为区间）", "Target (or the range to stay in)"),
        Field(f"{path}.actual", "实绩", "Actual"),
        Field(f"{path}.points", "得分", "Points"),
    )


PREPARATION: tuple[Field, ...] = (
    *PERSON_HEAD,
    Field("as_of", "数据截至的月份", "Month of the figures"),
    Field("date", "面谈日期；没有时为空", "Date of the interview; blank if none", "2026年1月15日", "15 Jan 2026"),
    Field("place", "面谈地点；没有时为空", "Place of the interview; blank if none", "301会议室", "Meeting room 301"),
    *TREND,
    *_line("affirmed[]"),
    *_line("gaps[]"),
    Field("gaps[].gap", "实绩与目标之差", "Actual less target"),
    Field("gaps[].lost", "少得的总分", "What it costs of the total"),
    Field("gaps[].cause", "辅导中记录的原因；没有时为空", "Cause noted in coaching; blank if none"),
    Field("questions[]", "需要核实的问题", "Open question"),
    Field("promises[].source", "来源（改进计划、行动计划、辅导约定、上次面谈）", "Where it comes from"),
    Field("promises[].text", "承诺的内容", "What was promised"),
    Field("promises[].due", "期限", "By when"),
    Field("promises[].status", "状态", "Status"),
)

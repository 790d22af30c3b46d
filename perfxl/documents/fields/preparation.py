"""Fields of the preparation of an interview."""

from __future__ import annotations

from perfxl.documents.fields import Field
from perfxl.documents.fields.person import PERSON_HEAD

TREND: tuple[Field, ...] = (
    Field("trend[].period", "图表：月份", "Chart: month", "3月", "Mar"),
    Field("trend[].attainment", "图表：累计完成率，百分数（数字）", "Chart: attainment to date, % (a number)", "96.4"),
    Field("trend[].target", "图表：目标线，百分数（数字）", "Chart: the target, % (a number)", "100"),
)


def _line(path: str) -> tuple[Field, ...]:
    return (
        Field(f"{path}.kpi", "指标名称", "KPI", "营销收入"),
        Field(f"{path}.target", "目标值（区间控制为区间）", "Target (or the range to stay in)", "80,000"),
        Field(f"{path}.actual", "实绩", "Actual", "76,400"),
        Field(f"{path}.points", "得分", "Points", "95.50"),
    )


PREPARATION: tuple[Field, ...] = (
    *PERSON_HEAD,
    Field("as_of", "数据截至的月份", "Month of the figures", "2025年12月", "2025-12"),
    Field("date", "面谈日期；没有时为空", "Date of the interview; blank if none", "2026年1月15日", "15 Jan 2026"),
    Field("place", "面谈地点；没有时为空", "Place of the interview; blank if none", "301会议室", "Meeting room 301"),
    *TREND,
    *_line("affirmed[]"),
    *_line("gaps[]"),
    Field("gaps[].gap", "实绩与目标之差", "Actual less target", "−3,600 (−4.5%)"),
    Field("gaps[].lost", "少得的总分", "What it costs of the total", "1.13"),
    Field("gaps[].cause", "辅导中记录的原因；没有时为空", "Cause noted in coaching; blank if none", "计划分解不细"),
    Field(
        "questions[]",
        "需要核实的问题",
        "Open question",
        "“客户满意度”尚未上报实绩：何时能报？由谁提供数据？",
        "“Customer satisfaction” is not yet reported: when will it be, and by whom?",
    ),
    Field(
        "promises[].source",
        "来源（改进计划、行动计划、辅导约定、上次面谈）",
        "Where it comes from",
        "改进计划",
        "Improvement",
    ),
    Field("promises[].text", "承诺的内容", "What was promised", "每周复盘一次", "A review every week"),
    Field("promises[].due", "期限", "By when", "2025年9月30日", "30 Sep 2025"),
    Field("promises[].status", "状态", "Status", "已完成", "Done"),
)

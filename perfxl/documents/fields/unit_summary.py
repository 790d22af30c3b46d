"""Fields of a unit's summary."""

from __future__ import annotations

from perfxl.documents.fields import NUMBERED, Field
from perfxl.documents.fields.person import named, result

UNIT_SUMMARY: tuple[Field, ...] = (
    *NUMBERED,
    Field("period", "考核期", "Period", "2025年1月1日至2025年12月31日", "1 Jan 2025 to 31 Dec 2025"),
    Field("unit.id", "单位编号", "Unit ID", "U1"),
    Field("unit.name", "单位名称", "Name of the unit", "营销公司"),
    Field("unit.parent", "上级单位", "Parent unit", "华信通信股份有限公司"),
    Field("unit.grade", "单位等级", "Grade of the unit", "A"),
    *named("head", "负责人", "head of the unit", ("E002", "林晓梅", "总经理", "营销公司")),
    Field("count", "参评人数（含下级单位）", "People, those of the units below included", "42"),
    Field("official", "已有正式总分的人数", "People with an official total", "40"),
    Field("pending", "未定的人数", "People without one", "2"),
    Field("average", "平均分", "Average", "86.40"),
    Field("highest", "最高分", "Highest total", "97.20"),
    Field("lowest", "最低分", "Lowest total", "63.15"),
    Field("distribution[].grade", "等级", "Grade", "A"),
    Field("distribution[].range", "总分范围", "Range of totals", "90 分及以上", "90 and above"),
    Field("distribution[].count", "人数", "People", "8"),
    Field("distribution[].share", "占比", "Share", "20.0%"),
    Field("distribution[].company", "全公司占比", "The company's share", "18.5%"),
    Field("distribution[].share_number", "图表：占比，百分数（数字）", "Chart: share, % (a number)", "20"),
    Field(
        "distribution[].company_number",
        "图表：全公司占比，百分数（数字）",
        "Chart: the company's, % (a number)",
        "18.5",
    ),
    Field("people[].number", "序号", "Number", "1"),
    *named("people[]", "员工", "employee", ("E003", "欧阳思远", "大客户部主任", "大客户部")),
    *result("people[]", "总分", "total"),
    Field("units[].name", "下级单位名称", "Unit below", "大客户部"),
    Field("units[].head", "下级单位负责人", "Its head", "欧阳思远"),
    Field("units[].count", "下级单位人数", "Its people", "12"),
    Field("units[].average", "下级单位平均分", "Its average", "88.20"),
    Field("units[].grades", "下级单位等级分布", "Its grades", "A 3 人、B 7 人、C 2 人", "A: 3, B: 7, C: 2"),
    Field("unit_chart[].unit", "图表：下级单位", "Chart: unit below", "大客户部"),
    Field("unit_chart[].average", "图表：平均分（数字）", "Chart: average (a number)", "88.2"),
)

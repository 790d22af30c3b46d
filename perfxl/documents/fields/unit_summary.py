"""Fields of a unit's summary."""

from __future__ import annotations

from perfxl.documents.fields import NUMBERED, Field
from perfxl.documents.fields.person import named, result

UNIT_SUMMARY: tuple[Field, ...] = (
    *NUMBERED,
    Field("period", "考核期", "Period"),
    Field("unit.id", "单位编号", "Unit ID"),
    Field("unit.name", "单位名称", "Name of the unit"),
    Field("unit.parent", "上级单位", "Parent unit"),
    Field("unit.grade", "单位等级", "Grade of the unit"),
    *named("head", "负责人", "head of the unit"),
    Field("count", "参评人数（含下级单位）", "People, those of the units below included"),
    Field("official", "已有正式总分的人数", "People with an official total"),
    Field("pending", "未定的人数", "People without one"),
    Field("average", "平均分", "Average"),
    Field("highest", "最高分", "Highest total"),
    Field("lowest", "最低分", "Lowest total"),
    Field("distribution[].grade", "等级", "Grade"),
    Field("distribution[].range", "总分范围", "Range of totals"),
    Field("distribution[].count", "人数", "People"),
    Field("distribution[].share", "占比", "Share"),
    Field("distribution[].company", "全公司占比", "The company's share"),
    Field("distribution[].share_number", "图表：占比，百分数（数字）", "Chart: share, % (a number)"),
    Field("distribution[].company_number", "图表：全公司占比，百分数（数字）", "Chart: the company's, % (a number)"),
    Field("people[].number", "序号", "Number"),
    *named("people[]", "员工", "employee"),
    *result("people[]", "总分", "total"),
    Field("units[].name", "下级单位名称", "Unit below"),
    Field("units[].head", "下级单位负责人", "Its head"),
    Field("units[].count", "下级单位人数", "Its people"),
    Field("units[].average", "下级单位平均分", "Its average"),
    Field("units[].grades", "下级单位等级分布", "Its grades"),
    Field("unit_chart[].unit", "图表：下级单位", "Chart: unit below"),
    Field("unit_chart[].average", "图表：平均分（数字）", "Chart: average (a number)"),
)

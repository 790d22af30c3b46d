"""Fields of an improvement plan."""

from __future__ import annotations

from perfxl.documents.fields import Field
from perfxl.documents.fields.person import PERSON_HEAD

IMPROVEMENT: tuple[Field, ...] = (
    *PERSON_HEAD,
    Field(
        "planned",
        "是否来自“改进计划”表（否则为得分最低的指标），用于 if",
        "Whether it comes from the sheet Improvement actions (else the weakest KPIs), for `if`",
        "True",
    ),
    Field("items[].number", "序号", "Number", "1"),
    Field("items[].kpi", "指标名称；没有时为空", "KPI; blank if none", "营销成本"),
    Field("items[].target", "目标值；没有时为空", "Target; blank if none", "12,500"),
    Field("items[].actual", "实绩；没有时为空", "Actual; blank if none", "13,000"),
    Field("items[].points", "得分；没有时为空", "Points; blank if none", "96.00"),
    Field("items[].gap", "差距；没有时为空", "Gap; blank if none", "+500 (+4.0%)"),
    Field("items[].cause", "原因；没有时为空", "Cause; blank if none", "预算分解不细", "Budget not broken down"),
    Field(
        "items[].action",
        "改进措施；待填时为空",
        "Action; blank to fill in",
        "每月5日前核对费用",
        "Check costs by the 5th",
    ),
    Field("items[].owner", "责任人姓名", "Owner", "林晓梅"),
    Field("items[].support", "支持人；没有时为空", "Support; blank if none", "财务部", "Finance"),
    Field("items[].due", "完成期限；没有时为空", "Due; blank if none", "2026年3月31日", "31 Mar 2026"),
    Field("items[].measure", "衡量标准；没有时为空", "Measure; blank if none", "不超过3,000万元", "No more than 3,000"),
    Field("items[].check_date", "检查日期；没有时为空", "Check date; blank if none", "2026年4月10日", "10 Apr 2026"),
    Field("items[].status", "状态；没有时为空", "Status; blank if none", "进行中", "In progress"),
    Field("items[].vague", "措施是否不够具体，用于 if", "Whether the action is vague, for `if`", "False"),
)

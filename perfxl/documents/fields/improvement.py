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
    ),
    Field("items[].number", "序号", "Number"),
    Field("items[].kpi", "指标名称；没有时为空", "KPI; blank if none"),
    Field("items[].target", "目标值；没有时为空", "Target; blank if none"),
    Field("items[].actual", "实绩；没有时为空", "Actual; blank if none"),
    Field("items[].points", "得分；没有时为空", "Points; blank if none"),
    Field("items[].gap", "差距；没有时为空", "Gap; blank if none"),
    Field("items[].cause", "原因；没有时为空", "Cause; blank if none"),
    Field("items[].action", "改进措施；待填时为空", "Action; blank to fill in"),
    Field("items[].owner", "责任人姓名", "Owner"),
    Field("items[].support", "支持人；没有时为空", "Support; blank if none"),
    Field("items[].due", "完成期限；没有时为空", "Due; blank if none"),
    Field("items[].measure", "衡量标准；没有时为空", "Measure; blank if none"),
    Field("items[].check_date", "检查日期；没有时为空", "Check date; blank if none"),
    Field("items[].status", "状态；没有时为空", "Status; blank if none"),
    Field("items[].vague", "措施是否不够具体，用于 if", "Whether the action is vague, for `if`"),
)

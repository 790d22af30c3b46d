"""Fields of the record of an interview."""

from __future__ import annotations

from perfxl.documents.fields import Field
from perfxl.documents.fields.person import PERSON_HEAD, named

INTERVIEW: tuple[Field, ...] = (
    *PERSON_HEAD,
    *named("interviewer", "面谈人", "interviewer"),
    Field("date", "面谈日期；没有时为空", "Date; blank if none"),
    Field("place", "地点；没有时为空", "Place; blank if none"),
    Field("self_assessment", "自我评价；没有时为空", "Self-assessment; blank if none"),
    Field("affirmed", "肯定的成绩；没有时为空", "Affirmed; blank if none"),
    Field("shortfalls", "不足；没有时为空", "Shortfalls; blank if none"),
    Field("causes", "原因分析；没有时为空", "Causes; blank if none"),
    Field("next_targets", "下期目标；没有时为空", "Next targets; blank if none"),
    Field("support", "需要的支持；没有时为空", "Support; blank if none"),
    Field("opinion", "员工意见；没有时为空", "Employee's opinion; blank if none"),
    Field("agreed_box", "“认可”前的方框", "Box before “I agree”"),
    Field("disagreed_box", "“不认可”前的方框", "Box before “I do not agree”"),
    Field("actions[].action", "改进措施", "Improvement"),
    Field("actions[].owner", "责任人姓名；没有时为空", "Owner; blank if none"),
    Field("actions[].due", "完成期限；没有时为空", "Due; blank if none"),
    Field("actions[].support", "支持；没有时为空", "Support; blank if none"),
)

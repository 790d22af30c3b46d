"""Fields of the record of an interview."""

from __future__ import annotations

from perfxl.documents.fields import Field
from perfxl.documents.fields.person import PERSON_HEAD, named

INTERVIEW: tuple[Field, ...] = (
    *PERSON_HEAD,
    *named("interviewer", "面谈人", "interviewer", ("E001", "周建国", "总裁", "华信通信股份有限公司")),
    Field("date", "面谈日期；没有时为空", "Date; blank if none", "2026年1月15日", "15 Jan 2026"),
    Field("place", "地点；没有时为空", "Place; blank if none", "301会议室", "Meeting room 301"),
    Field(
        "self_assessment", "自我评价；没有时为空", "Self-assessment; blank if none", "收入完成较好", "Revenue went well"
    ),
    Field("affirmed", "肯定的成绩；没有时为空", "Affirmed; blank if none", "大客户开拓有成效", "Key accounts won"),
    Field("shortfalls", "不足；没有时为空", "Shortfalls; blank if none", "成本控制不足", "Costs not under control"),
    Field("causes", "原因分析；没有时为空", "Causes; blank if none", "预算分解不细", "Budget not broken down"),
    Field(
        "next_targets",
        "下期目标；没有时为空",
        "Next targets; blank if none",
        "2026年成本下降5%",
        "Cost down 5% in 2026",
    ),
    Field("support", "需要的支持；没有时为空", "Support; blank if none", "财务分析支持", "Financial analysis"),
    Field("opinion", "员工意见；没有时为空", "Employee's opinion; blank if none", "认可考核结果", "I agree"),
    Field("agreed_box", "“认可”前的方框", "Box before “I agree”", "☑"),
    Field("disagreed_box", "“不认可”前的方框", "Box before “I do not agree”", "□"),
    Field("actions[].action", "改进措施", "Improvement", "每月5日前核对费用", "Check costs by the 5th of each month"),
    Field("actions[].owner", "责任人姓名；没有时为空", "Owner; blank if none", "林晓梅"),
    Field("actions[].due", "完成期限；没有时为空", "Due; blank if none", "2026年3月31日", "31 Mar 2026"),
    Field("actions[].support", "支持；没有时为空", "Support; blank if none", "财务部", "Finance"),
)

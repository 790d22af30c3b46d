"""Follow-up tables: action plans, coaching, interviews, improvement, appeals."""

from __future__ import annotations

from perfxl.core.schema import choices
from perfxl.core.schema.declare import Column, Table, Type

_HOLDER = Column(
    "holder", "工号", "Employee ID", Type.REF, required=True, ref="people.person", aliases=("受约人", "员工编号")
)
_KPI = Column("kpi", "指标编号", "KPI ID", Type.REF, ref="kpis.kpi", aliases=("KPI编号",))
_STATUS = Column("status", "状态", "Status", Type.CHOICE, choices=choices.STATUS, aliases=("进展", "完成状态"))

PLANS = Table(
    "plans",
    "行动计划",
    "Action plans",
    key=(),
    stage="follow_up",
    aliases=("工作计划",),
    zh_help="谁、做什么、何时起止、需要什么资源。",
    en_help="Who does what, from when to when, with which resources.",
    columns=(
        _HOLDER,
        _KPI,
        Column("action", "行动", "Action", required=True, aliases=("行动措施", "措施", "工作内容")),
        Column("start", "开始日期", "From", Type.DATE, aliases=("起",)),
        Column("end", "完成日期", "To", Type.DATE, aliases=("结束日期", "截止日期", "止")),
        Column("resources", "所需资源", "Resources", aliases=("资源", "资源支持")),
        _STATUS,
    ),
)

COACHING = Table(
    "coaching",
    "辅导记录",
    "Coaching log",
    key=(),
    stage="follow_up",
    aliases=("绩效辅导", "绩效辅导记录"),
    zh_help="过程辅导与关键事件，随时记录，避免只凭近期印象。",
    en_help="Coaching and critical incidents through the period, against recency.",
    columns=(
        _HOLDER,
        Column(
            "coach", "辅导人", "Coach", Type.REF, required=True, ref="people.person", aliases=("上级", "辅导人工号")
        ),
        Column("date", "日期", "Date", Type.DATE, required=True, aliases=("辅导日期",)),
        _KPI,
        Column("situation", "情况", "Situation", required=True, aliases=("问题", "现状")),
        Column("cause", "原因", "Cause", aliases=("原因分析", "偏差原因")),
        Column("advice", "辅导意见", "Advice", aliases=("建议", "措施")),
        Column("follow_up", "跟进", "Follow-up", aliases=("后续行动", "约定")),
    ),
)

INTERVIEWS = Table(
    "interviews",
    "面谈",
    "Interviews",
    key=("holder", "date"),
    stage="follow_up",
    aliases=("绩效面谈", "面谈记录"),
    zh_help="面谈的时间地点、双方意见与达成的一致。",
    en_help="Time and place, both sides' views, what was agreed.",
    columns=(
        _HOLDER,
        Column(
            "interviewer",
            "面谈人",
            "Interviewer",
            Type.REF,
            required=True,
            ref="people.person",
            aliases=("上级", "面谈人工号"),
        ),
        Column("date", "面谈日期", "Date", Type.DATE, required=True, aliases=("日期", "时间")),
        Column("place", "地点", "Place"),
        Column("self_assessment", "自我评价", "Self-assessment", aliases=("员工自评", "自评")),
        Column("affirmed", "肯定的成绩", "Affirmed", aliases=("成绩", "优点")),
        Column("shortfalls", "不足", "Shortfalls", aliases=("问题", "待改进")),
        Column("causes", "原因分析", "Causes", aliases=("原因",)),
        Column("next_targets", "下期目标", "Next targets", aliases=("下一步目标",)),
        Column("support", "需要的支持", "Support", aliases=("支持",)),
        Column("agreed", "员工确认", "Agreed", Type.BOOL, aliases=("是否认可", "是否同意")),
        Column("opinion", "员工意见", "Employee's opinion", aliases=("意见",)),
    ),
)

IMPROVEMENTS = Table(
    "improvements",
    "改进计划",
    "Improvement actions",
    key=(),
    stage="follow_up",
    aliases=("绩效改进计划", "绩效改进"),
    zh_help="改什么、谁来做、谁支持、何时完成、如何衡量、何时检查。",
    en_help="What, who, with whose support, by when, measured how, checked when.",
    columns=(
        _HOLDER,
        _KPI,
        Column("gap", "差距", "Gap", aliases=("不足", "问题")),
        Column("cause", "原因", "Cause", aliases=("原因分析",)),
        Column("action", "改进措施", "Action", required=True, aliases=("措施", "行动")),
        Column("owner", "责任人", "Owner", Type.REF, ref="people.person", aliases=("责任人工号",)),
        Column("support", "支持人", "Support", aliases=("支持", "所需支持")),
        Column("due", "完成期限", "Due", Type.DATE, aliases=("期限", "截止日期")),
        Column("measure", "衡量标准", "Measure", aliases=("标准", "验收标准")),
        Column("check_date", "检查日期", "Check date", Type.DATE, aliases=("检查时间",)),
        _STATUS,
    ),
)

APPEALS = Table(
    "appeals",
    "申诉",
    "Appeals",
    key=("appeal",),
    stage="follow_up",
    aliases=("绩效申诉", "申诉登记"),
    zh_help="申诉登记、复核与决定；原结果与申诉后结果都保留。",
    en_help="Appeals, recheck and decision; the original and the later result are both kept.",
    columns=(
        Column("appeal", "申诉编号", "Appeal ID", required=True, aliases=("编号",)),
        _HOLDER,
        _KPI,
        Column("date", "申诉日期", "Date", Type.DATE, required=True, aliases=("日期",)),
        Column("reason", "申诉理由", "Reason", required=True, aliases=("理由", "申诉内容")),
        Column("evidence", "依据", "Evidence", aliases=("证据",)),
        Column("finding", "复核情况", "Finding", aliases=("调查情况",)),
        Column("decision", "处理决定", "Decision", Type.CHOICE, choices=choices.DECISION, aliases=("决定", "处理结果")),
        Column(
            "points",
            "变更后得分",
            "Changed points",
            Type.NUMBER,
            aliases=("调整后得分",),
            zh_help="填了指标编号时是该指标的得分，否则是总分",
            en_help="Of the KPI where one is named, otherwise of the total",
        ),
        Column("grade", "变更后等级", "Changed grade", zh_help="留空按总分定等级", en_help="Blank: by the total"),
        Column("decided_by", "决定人", "Decided by", aliases=("处理人",)),
        Column("decided_on", "决定日期", "Decided on", Type.DATE, aliases=("处理日期",)),
    ),
)

TABLES = (PLANS, COACHING, INTERVIEWS, IMPROVEMENTS, APPEALS)

"""What the parties of a contract agree on: the targets that are negotiated, and later changes of the contract."""

from __future__ import annotations

from perfxl.core.schema import choices
from perfxl.core.schema.declare import Column, Table, Type

_CONTRACT = Column(
    "contract", "合同编号", "Contract ID", Type.REF, required=True, ref="contracts.contract", aliases=("合同号",)
)
_KPI = Column("kpi", "指标编号", "KPI ID", Type.REF, required=True, ref="kpis.kpi", aliases=("KPI编号",))

NEGOTIATIONS = Table(
    "negotiations",
    "目标质询",
    "Target negotiation",
    key=("contract", "kpi"),
    stage="contract",
    aliases=("目标质询会", "目标协商"),
    zh_help="发约人提议与受约人预测并列，写明依据、差异原因、资源与商定目标；双方都签字以前为未决。",
    en_help="Issuer's proposal and holder's forecast side by side, with grounds, cause, resources, agreed target; "
    "open until both sign.",
    columns=(
        _CONTRACT,
        _KPI,
        Column("session", "质询会", "Session", aliases=("场次", "质询会名称", "会议名称")),
        Column("date", "质询日期", "Session on", Type.DATE, aliases=("会议日期",)),
        Column("superior_target", "上级目标", "Superior's target", Type.FIGURE),
        Column("market", "市场分析", "Market", aliases=("市场", "市场与客户分析")),
        Column("history", "历史业绩", "History", Type.FIGURE, aliases=("历史实绩", "上年完成")),
        Column("ability", "能力与资源", "Ability", aliases=("自身能力", "能力")),
        Column("budget", "年度预算", "Budget", Type.FIGURE, aliases=("预算",)),
        Column("proposal", "发约人提议", "Issuer's proposal", Type.FIGURE, aliases=("发约人要求",)),
        Column("forecast", "受约人预测", "Holder's forecast", Type.FIGURE, aliases=("受约人提议",)),
        Column("cause", "差异原因", "Cause", aliases=("差距原因", "原因")),
        Column("resources", "所需资源", "Resources", aliases=("资源", "资源支持")),
        Column("sla", "服务水平协议", "SLA", aliases=("服务水平", "SLA约定")),
        Column("provider", "提供方", "Provided by", aliases=("资源提供方",)),
        Column("agreed", "商定目标", "Agreed target", Type.FIGURE, aliases=("商定结果", "质询结果")),
        Column("signed_issuer", "发约人签字日期", "Issuer signed on", Type.DATE, aliases=("发约人签字",)),
        Column("signed_holder", "受约人签字日期", "Holder signed on", Type.DATE, aliases=("受约人签字",)),
        Column("open_point", "未决事项", "Open point", aliases=("遗留问题",)),
        Column("owner", "责任人", "Responsible", Type.REF, ref="people.person", aliases=("责任人工号",)),
        Column("due", "完成期限", "Due", Type.DATE, aliases=("期限",)),
    ),
)

AMENDMENTS = Table(
    "amendments",
    "合同变更",
    "Contract amendments",
    key=(),
    stage="contract",
    aliases=("合同变更记录", "变更记录"),
    zh_help="“合同指标”是现行版本；这里每行写一项变更的原值和新值。各方都签字的变更才有效。",
    en_help="Contract lines are the current version; each row here is one change, with old and new value. A change "
    "counts once all parties signed.",
    columns=(
        _CONTRACT,
        Column(
            "version",
            "版本",
            "Version",
            Type.INTEGER,
            aliases=("版本号",),
            zh_help="变更后的版本，2 起；留空按生效日期编号",
            en_help="The version that it makes, from 2; blank: by the dates",
        ),
        Column(
            "effective", "生效日期", "Effective from", Type.DATE, required=True, aliases=("变更生效日期", "变更日期")
        ),
        _KPI,
        Column(
            "change",
            "变更项目",
            "What changes",
            Type.CHOICE,
            required=True,
            choices=choices.AMENDED,
            aliases=("变更内容", "项目"),
        ),
        Column("old", "原值", "Old value", Type.FIGURE, aliases=("变更前",)),
        Column("new", "新值", "New value", Type.FIGURE, aliases=("变更后",)),
        Column("reason", "变更原因", "Reason", aliases=("原因",)),
        Column("signed_issuer", "发约人签字日期", "Issuer signed on", Type.DATE, aliases=("发约人签字",)),
        Column("signed_holder", "受约人签字日期", "Holder signed on", Type.DATE, aliases=("受约人签字",)),
        Column(
            "signed_second", "共同受约人签字日期", "Second holder signed on", Type.DATE, aliases=("共同受约人签字",)
        ),
    ),
)

TABLES = (NEGOTIATIONS, AMENDMENTS)

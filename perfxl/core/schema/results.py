"""Result tables: actuals, events, raters' marks, calibration."""

from __future__ import annotations

from perfxl.core.schema import choices
from perfxl.core.schema.declare import Column, Table, Type

ACTUALS = Table(
    "actuals",
    "实绩",
    "Actuals",
    key=("holder", "kpi", "period"),
    stage="results",
    aliases=("实际完成", "完成情况", "实际值"),
    zh_help="每人每个指标每期的实际完成。空白=未报，0=零，不适用=N/A，三者不同。定性指标填级别（优/良/中/差）。",
    en_help="Actual of each person, KPI and period. Blank = not yet reported, 0 = zero, N/A = not applicable.",
    columns=(
        Column(
            "holder",
            "工号",
            "Employee ID",
            Type.REF,
            required=True,
            ref="people.person",
            aliases=("受约人", "员工编号"),
        ),
        Column("kpi", "指标编号", "KPI ID", Type.REF, required=True, ref="kpis.kpi", aliases=("KPI编号",)),
        Column("period", "期间", "Period", Type.PERIOD, required=True, aliases=("月份", "考核期", "考核期间")),
        Column("value", "实际完成值", "Actual", Type.FIGURE, aliases=("实绩", "实际值", "完成值", "实际完成", "实际")),
        Column("numerator", "分子", "Numerator", Type.NUMBER, aliases=("分子值",)),
        Column("denominator", "分母", "Denominator", Type.NUMBER, aliases=("分母值",)),
        Column("evidence", "依据", "Evidence", aliases=("佐证", "数据依据", "证明材料")),
        Column("reported_by", "上报人", "Reported by", aliases=("填报人",)),
        Column("date", "上报日期", "Reported on", Type.DATE, aliases=("填报日期", "日期")),
    ),
)

EVENTS = Table(
    "events",
    "事件",
    "Events",
    key=(),
    stage="results",
    aliases=("加减分事件", "扣分事件", "奖惩事件"),
    zh_help="扣分、加分、否决的事实：谁、哪项指标、何时、何事、来源。",
    en_help="Facts that deduct, add or veto: who, which KPI, when, what, source.",
    columns=(
        Column(
            "holder",
            "工号",
            "Employee ID",
            Type.REF,
            required=True,
            ref="people.person",
            aliases=("受约人", "员工编号"),
        ),
        Column("kpi", "指标编号", "KPI ID", Type.REF, required=True, ref="kpis.kpi", aliases=("KPI编号",)),
        Column("kind", "类型", "Kind", Type.CHOICE, required=True, choices=choices.EVENT_KIND, aliases=("事件类型",)),
        Column("date", "日期", "Date", Type.DATE, required=True, aliases=("发生日期",)),
        Column("count", "次数", "Count", Type.COUNT, zh_help="留空为 1", en_help="Blank: 1"),
        Column("fact", "事实", "Fact", required=True, aliases=("事由", "说明", "事件描述")),
        Column("source", "来源", "Source", aliases=("依据",)),
    ),
)

MARKS = Table(
    "marks",
    "评价",
    "Marks",
    key=(),
    stage="results",
    aliases=("评分", "多方评价", "360评价"),
    zh_help="自评、上级、同级、下级、客户的打分。评分法的指标按它计分；同级、下级、客户的个人打分不会出现在任何文件里。",
    en_help="Marks by self, superior, peers, subordinates, customers. KPIs of the method marks are scored by them; "
    "single marks of peers, subordinates and customers never reach a document.",
    columns=(
        Column(
            "rater",
            "评价人",
            "Rater",
            Type.REF,
            ref="people.person",
            aliases=("评价人工号", "评分人"),
            zh_help="工号；不知道是谁时留空",
            en_help="Employee ID; blank where it is not known who",
        ),
        Column(
            "ratee",
            "被评价人",
            "Ratee",
            Type.REF,
            ref="people.person",
            aliases=("被评价人工号", "被评人"),
            zh_help="工号；填了合同编号时可留空",
            en_help="Employee ID; may be blank where the contract is given",
        ),
        Column(
            "relation", "关系", "Relation", Type.CHOICE, required=True, choices=choices.RELATION, aliases=("评价关系",)
        ),
        Column(
            "dimension",
            "评价维度",
            "Dimension",
            required=True,
            aliases=("维度", "评价项目", "指标编号"),
            zh_help="计分的打分填指标编号或指标名称",
            en_help="The ID or name of a KPI where the mark is to count",
        ),
        Column(
            "mark",
            "评分",
            "Mark",
            Type.FIGURE,
            aliases=("分数", "得分", "评级"),
            zh_help="按该指标的满分打分，或填级别；空白=未评，不适用=不评",
            en_help="On the KPI's scale, or a grade; blank = not yet given, N/A = no opinion",
        ),
        Column("comment", "评语", "Comment", aliases=("意见", "备注")),
        Column("date", "日期", "Date", Type.DATE),
        Column(
            "contract",
            "合同编号",
            "Contract ID",
            Type.REF,
            ref="contracts.contract",
            aliases=("合同号",),
            zh_help="一人有几份合同时填写；留空按日期归属",
            en_help="Where a person has several contracts; blank: by the date",
        ),
    ),
)

CALIBRATIONS = Table(
    "calibrations",
    "校准",
    "Calibration",
    key=("holder",),
    stage="results",
    aliases=("绩效校准", "结果校准"),
    zh_help="校准会议对个人结果的决定；原结果与校准后结果都保留。总分、等级至少填一项。",
    en_help="What calibration decided of a person's result; the original is kept. Give the total, the grade or both.",
    columns=(
        Column(
            "holder",
            "工号",
            "Employee ID",
            Type.REF,
            required=True,
            ref="people.person",
            aliases=("受约人", "员工编号"),
        ),
        Column("total", "校准后总分", "Calibrated total", Type.NUMBER),
        Column("grade", "校准后等级", "Calibrated grade"),
        Column("reason", "校准理由", "Reason", aliases=("理由",)),
        Column("decided_by", "决定人", "Decided by"),
        Column("decided_on", "决定日期", "Decided on", Type.DATE),
    ),
)

TABLES = (ACTUALS, EVENTS, MARKS, CALIBRATIONS)

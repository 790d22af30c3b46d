"""Fields of the performance contract."""

from __future__ import annotations

from perfxl.documents.fields import HEAD, Field, party

GRADES: tuple[Field, ...] = (
    Field("grades[].grade", "绩效等级", "Grade of the total"),
    Field("grades[].range", "总分范围", "Range of totals"),
    Field("grades[].coefficient", "奖金系数", "Bonus coefficient"),
)

RULES: tuple[Field, ...] = (
    Field("rules.points_floor", "单项得分下限", "Least points of a KPI"),
    Field("rules.points_cap", "单项得分上限", "Most points of a KPI"),
    Field("rules.total_cap", "总分上限", "Most points in all"),
    Field("rules.not_applicable", "不适用指标的权重分给谁", "What the weight of a N/A KPI goes to"),
)

# What every paper about a contract begins with.
CONTRACT_HEAD: tuple[Field, ...] = (
    *HEAD,
    Field("business_unit", "业务单位", "Business unit"),
    Field("contract.number", "合同编号", "Contract ID"),
    Field("contract.version", "版本", "Version"),
    Field("contract.valid_from", "生效日期", "Valid from"),
    Field("contract.valid_to", "截止日期", "Valid to"),
    Field("contract.validity", "合同有效期", "Term"),
    Field("contract.signed_on", "签约日期", "Signed on"),
    *party("issuer", "发约人", "issuer"),
    *party("holders[]", "受约人", "holder (one or two)"),
    *party("parties[]", "签署方（发约人与全部受约人）", "party (issuer and holders)"),
    Field("holder_names", "受约人姓名，用顿号隔开", "Names of the holders, with commas"),
)

CONTRACT: tuple[Field, ...] = (
    *CONTRACT_HEAD,
    Field("aspects[].name", "考核方面", "Aspect"),
    Field("aspects[].weight", "该方面的权重小计", "Weight of the aspect"),
    Field("aspects[].lines[].number", "指标序号", "Number of the KPI"),
    Field("aspects[].lines[].kpi", "指标名称（监控指标带 *）", "KPI (with * if monitored)"),
    Field("aspects[].lines[].unit", "单位", "Unit"),
    Field("aspects[].lines[].weight", "权重", "Weight"),
    Field("aspects[].lines[].threshold", "门槛值", "Threshold"),
    Field("aspects[].lines[].target", "目标值（区间控制为区间）", "Target (or the range to stay in)"),
    Field("aspects[].lines[].challenge", "挑战值", "Challenge"),
    Field("aspects[].lines[].base", "基数", "Base"),
    Field("aspects[].lines[].method", "计分方法（简）", "Scoring method, short"),
    Field("aspects[].lines[].responsibility", "责任（主要、次要）", "Responsibility"),
    Field("aspects[].lines[].note", "备注", "Note", "含子公司", "Includes subsidiaries"),
    Field("total_weight", "权重合计", "Total weight"),
    Field("monitored[]", "监控指标的名称；没有时为空，可用于 if", "Names of monitored KPIs; empty if none, for `if`"),
    Field("adjustments[].number", "扣分、加分、否决指标的序号", "Number of a deduction, bonus or veto"),
    Field("adjustments[].kind", "类型", "Kind"),
    Field("adjustments[].kpi", "指标名称", "KPI"),
    Field("adjustments[].rule", "规则", "Rule"),
    Field("definitions[].number", "指标序号", "Number of the KPI"),
    Field("definitions[].kpi", "指标名称（监控指标带 *）", "KPI (with * if monitored)"),
    Field("definitions[].kind", "指标性质", "Kind"),
    Field("definitions[].unit", "单位", "Unit"),
    Field("definitions[].weight", "权重", "Weight"),
    Field("definitions[].definition", "指标定义", "Definition"),
    Field(
        "definitions[].has_fraction", "是否有分子分母，用于 if", "Whether it has a numerator or denominator, for `if`"
    ),
    Field("definitions[].numerator", "分子", "Numerator"),
    Field("definitions[].denominator", "分母", "Denominator"),
    Field("definitions[].data_source", "数据来源", "Data source"),
    Field("definitions[].collector", "收集人", "Collector"),
    Field("definitions[].reporter", "上报人", "Reporter"),
    Field("definitions[].due_day", "上报日", "Due day"),
    Field("definitions[].period", "考核周期", "Period"),
    Field("definitions[].aggregation", "汇总方式", "Aggregation"),
    Field("definitions[].method", "计分方法（简）", "Scoring method, short"),
    Field("definitions[].rule", "计分规则（全文）", "Scoring rule in full"),
    Field("scales[].number", "定性指标的序号", "Number of a qualitative KPI"),
    Field("scales[].kpi", "定性指标的名称", "Qualitative KPI"),
    Field("scales[].weight", "权重", "Weight"),
    Field("scales[].grades[].grade", "级别", "Grade"),
    Field("scales[].grades[].points", "得分", "Points"),
    Field("scales[].grades[].sentence", "该级别的描述", "What the grade looks like"),
    *GRADES,
    *RULES,
)

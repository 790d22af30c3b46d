"""Fields of the performance contract."""

from __future__ import annotations

from perfxl.documents.fields import HEAD, Field, party

_RULE = (
    "达到目标值得 100 分，每高 0.5 次 加 10 分，每低 0.5 次 扣 10 分（按比例折算）；得分不低于 0 分、不高于 120 分。",
    "100 points at the target, 10 more for each 0.5 次 above it, 10 off for each 0.5 次 below, pro rata; "
    "limited to 0 to 120 points.",
)

GRADES: tuple[Field, ...] = (
    Field("grades[].grade", "绩效等级", "Grade of the total", "A"),
    Field("grades[].range", "总分范围", "Range of totals", "90 分及以上", "90 and above"),
    Field("grades[].coefficient", "奖金系数", "Bonus coefficient", "1.2"),
)

RULES: tuple[Field, ...] = (
    Field("rules.points_floor", "单项得分下限", "Least points of a KPI", "0"),
    Field("rules.points_cap", "单项得分上限", "Most points of a KPI", "120"),
    Field("rules.total_cap", "总分上限", "Most points in all", "120"),
    Field(
        "rules.not_applicable",
        "不适用指标的权重分给谁",
        "What the weight of a N/A KPI goes to",
        "同一方面的其余指标",
        "the other KPIs of the same aspect",
    ),
)

# What every paper about a contract begins with.
CONTRACT_HEAD: tuple[Field, ...] = (
    *HEAD,
    Field("business_unit", "业务单位", "Business unit", "营销公司"),
    Field("contract.number", "合同编号", "Contract ID", "HT-2025-002"),
    Field("contract.version", "版本", "Version", "1"),
    Field("contract.valid_from", "生效日期", "Valid from", "2025年1月1日", "1 Jan 2025"),
    Field("contract.valid_to", "截止日期", "Valid to", "2025年12月31日", "31 Dec 2025"),
    Field("contract.validity", "合同有效期", "Term", "2025年1月1日至2025年12月31日", "1 Jan 2025 to 31 Dec 2025"),
    Field("contract.signed_on", "签约日期", "Signed on", "2025年1月6日", "6 Jan 2025"),
    *party("issuer", "发约人", "issuer", ("发约人", "Issuer")),
    *party("holders[]", "受约人", "holder (one or two)", ("受约人", "Holder")),
    *party("parties[]", "签署方（发约人与全部受约人）", "party (issuer and holders)", ("发约人", "Issuer")),
    Field(
        "holder_names",
        "受约人姓名，用顿号隔开",
        "Names of the holders, with commas",
        "欧阳思远、陈立",
        "欧阳思远, 陈立",
    ),
)

CONTRACT: tuple[Field, ...] = (
    *CONTRACT_HEAD,
    Field("aspects[].name", "考核方面", "Aspect", "财务", "Financial"),
    Field("aspects[].weight", "该方面的权重小计", "Weight of the aspect", "70%"),
    Field("aspects[].lines[].number", "指标序号", "Number of the KPI", "1"),
    Field("aspects[].lines[].kpi", "指标名称（监控指标带 *）", "KPI (with * if monitored)", "收入增长率*"),
    Field("aspects[].lines[].unit", "单位", "Unit", "%"),
    Field("aspects[].lines[].weight", "权重", "Weight", "25%"),
    Field("aspects[].lines[].threshold", "门槛值", "Threshold", "8.0%"),
    Field("aspects[].lines[].target", "目标值（区间控制为区间）", "Target (or the range to stay in)", "10.5%"),
    Field("aspects[].lines[].challenge", "挑战值", "Challenge", "12.0%"),
    Field("aspects[].lines[].base", "基数", "Base", "9.0%"),
    Field(
        "aspects[].lines[].method",
        "计分方法（简）",
        "Scoring method, short",
        "加减分法（每 0.5 次 计 10 分）",
        "Per unit (10 per 0.5 次)",
    ),
    Field("aspects[].lines[].responsibility", "责任（主要、次要）", "Responsibility", "主要", "Main"),
    Field("aspects[].lines[].note", "备注", "Note", "含子公司"),
    Field("total_weight", "权重合计", "Total weight", "100%"),
    Field(
        "monitored[]",
        "监控指标的名称；没有时为空，可用于 if",
        "Names of monitored KPIs; empty if none, for `if`",
        "收入增长率",
    ),
    Field("adjustments[].number", "扣分、加分、否决指标的序号", "Number of a deduction, bonus or veto", "13"),
    Field("adjustments[].kind", "类型", "Kind", "扣分", "Deduct"),
    Field("adjustments[].kpi", "指标名称", "KPI", "重大通信障碍"),
    Field(
        "adjustments[].rule",
        "规则",
        "Rule",
        "每发生一次扣 5 分；累计最多扣 20 分。",
        "5 points off for each event; at most 20 in all.",
    ),
    Field("definitions[].number", "指标序号", "Number of the KPI", "1"),
    Field("definitions[].kpi", "指标名称（监控指标带 *）", "KPI (with * if monitored)", "净营运资产贡献率"),
    Field("definitions[].kind", "指标性质", "Kind", "定量", "Quantitative"),
    Field("definitions[].unit", "单位", "Unit", "%"),
    Field("definitions[].weight", "权重", "Weight", "10%"),
    Field("definitions[].definition", "指标定义", "Definition", "公司贡献与净营运资产之比"),
    Field(
        "definitions[].has_fraction",
        "是否有分子分母，用于 if",
        "Whether it has a numerator or denominator, for `if`",
        "True",
    ),
    Field("definitions[].numerator", "分子", "Numerator", "公司贡献"),
    Field("definitions[].denominator", "分母", "Denominator", "固定资产＋流动资产＋无形资产"),
    Field("definitions[].data_source", "数据来源", "Data source", "财务部"),
    Field("definitions[].collector", "收集人", "Collector", "财务部"),
    Field("definitions[].reporter", "上报人", "Reporter", "财务部经理"),
    Field("definitions[].due_day", "上报日", "Due day", "期末次月 10 日前", "Day 10, next month"),
    Field("definitions[].period", "考核周期", "Period", "季", "Quarter"),
    Field("definitions[].aggregation", "汇总方式", "Aggregation", "累计", "Sum"),
    Field(
        "definitions[].method",
        "计分方法（简）",
        "Scoring method, short",
        "加减分法（每 0.5 次 计 10 分）",
        "Per unit (10 per 0.5 次)",
    ),
    Field("definitions[].rule", "计分规则（全文）", "Scoring rule in full", *_RULE),
    Field("scales[].number", "定性指标的序号", "Number of a qualitative KPI", "12"),
    Field("scales[].kpi", "定性指标的名称", "Qualitative KPI", "部门协调能力"),
    Field("scales[].weight", "权重", "Weight", "5%"),
    Field("scales[].grades[].grade", "级别", "Grade", "优"),
    Field("scales[].grades[].points", "得分", "Points", "100"),
    Field(
        "scales[].grades[].sentence", "该级别的描述", "What the grade looks like", "主动协调相关部门，流程运作非常顺利"
    ),
    *GRADES,
    *RULES,
)

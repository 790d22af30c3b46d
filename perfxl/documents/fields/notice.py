"""Fields of a score notice."""

from __future__ import annotations

from perfxl.documents.fields import Field
from perfxl.documents.fields.contract import GRADES, RULES
from perfxl.documents.fields.person import PERSON_HEAD, result

SCORE_CHART: tuple[Field, ...] = (
    Field("score_chart[].kpi", "图表：指标名称", "Chart: KPI", "营销收入"),
    Field("score_chart[].target", "图表：目标对应的得分（数字）", "Chart: points at the target (a number)", "100"),
    Field(
        "score_chart[].met",
        "图表：达到目标的得分值（数字，未达为空）",
        "Chart: points where the target is met",
        "102.5",
    ),
    Field("score_chart[].missed", "图表：未达目标时的得分（数字）", "Chart: points where the target is missed", "96"),
)

NOTICE: tuple[Field, ...] = (
    *PERSON_HEAD,
    Field("several", "考核期内是否有多份合同，用于 if", "Whether there are several contracts, for `if`", "False"),
    Field(
        "average",
        "多份合同按天数加权的算式",
        "How several contracts make one total, by days",
        "(92.10 分 × 181 天 + 88.40 分 × 184 天) ÷ 365",
        "(92.10 × 181 days + 88.40 × 184 days) ÷ 365",
    ),
    Field("contracts[].number", "合同编号", "Contract ID", "HT-2025-002"),
    Field("contracts[].post", "该合同的岗位", "Post of the contract", "总经理"),
    Field("contracts[].unit", "该合同的单位", "Unit of the contract", "营销公司"),
    Field("contracts[].validity", "合同有效期", "Term", "2025年1月1日至2025年12月31日", "1 Jan 2025 to 31 Dec 2025"),
    Field("contracts[].days", "考核期内的天数", "Days within the period", "365"),
    *result("contracts[].result", "该合同的总分", "total of the contract"),
    Field("contracts[].lines[].number", "指标序号", "Number of the KPI", "2"),
    Field("contracts[].lines[].kpi", "指标名称（监控指标带 *）", "KPI (with * if monitored)", "营销收入"),
    Field("contracts[].lines[].unit", "单位", "Unit", "万元"),
    Field("contracts[].lines[].weight", "计入的权重（不适用指标分摊后）", "Weight, after N/A lines are spread", "25%"),
    Field("contracts[].lines[].target", "目标值（区间控制为区间）", "Target (or the range to stay in)", "80,000"),
    Field("contracts[].lines[].actual", "实绩（待报、不适用用文字）", "Actual (pending and N/A in words)", "82,000"),
    Field("contracts[].lines[].points", "得分", "Points", "102.50"),
    Field("contracts[].lines[].weighted", "加权得分", "Weighted points", "25.625"),
    Field("contracts[].lines[].status", "状态", "Status", "已计分", "Scored"),
    Field(
        "contracts[].lines[].rule",
        "计分规则（全文）",
        "Scoring rule in full",
        "得分＝实绩÷目标值×100；得分不低于 0 分、不高于 120 分。",
        "Points = actual ÷ target × 100; limited to 0 to 120 points.",
    ),
    Field(
        "contracts[].lines[].calculation",
        "代入数字的计分过程；没有时为空",
        "The rule with its figures; blank if none",
        "代入：100×(1+(82000−80000)÷80000)＝102.5 分。",
        "Here: 100×(1+(82000−80000)÷80000) = 102.5 points.",
    ),
    Field("contracts[].adjustments[].number", "扣分、加分、否决指标的序号", "Number of a deduction or bonus", "13"),
    Field("contracts[].adjustments[].kpi", "指标名称", "KPI", "重大通信障碍"),
    Field("contracts[].adjustments[].kind", "类型", "Kind", "扣分", "Deduct"),
    Field(
        "contracts[].adjustments[].rule",
        "规则",
        "Rule",
        "每发生一次扣 5 分；累计最多扣 20 分。",
        "5 points off for each event; at most 20 in all.",
    ),
    Field(
        "contracts[].adjustments[].events",
        "发生的事件，每件一行",
        "What happened, a line for each event",
        "2025年5月20日 端局交换机瘫痪42分钟（来源：网管中心故障通报）",
        "20 May 2025 Exchange down for 42 minutes (source: network centre)",
    ),
    Field("contracts[].adjustments[].points", "加减分，或否决的后果", "Points, or what a veto does", "−5.00"),
    Field("contracts[].weighted", "加权得分合计", "Sum of the weighted points", "93.0418"),
    Field(
        "contracts[].sum",
        "从加权得分到总分的算式",
        "From the weighted points to the total",
        "加权得分合计 93.0418 分 + 加分 2.00 分 − 扣分 5.00 分。",
        "Weighted points 93.0418 + bonuses 2.00 − deductions 5.00.",
    ),
    *SCORE_CHART,
    *GRADES,
    *RULES,
)

"""Fields of a score notice."""

from __future__ import annotations

from perfxl.documents.fields import Field
from perfxl.documents.fields.contract import GRADES, RULES
from perfxl.documents.fields.person import PERSON_HEAD, result

SCORE_CHART: tuple[Field, ...] = (
    Field("score_chart[].kpi", "图表：指标名称", "Chart: KPI"),
    Field("score_chart[].target", "图表：目标对应的得分（数字）", "Chart: points at the target (a number)"),
    Field("score_chart[].met", "图表：达到目标的得分值（数字，未达为空）", "Chart: points where the target is met"),
    Field("score_chart[].missed", "图表：未达目标时的得分（数字）", "Chart: points where the target is missed"),
)

NOTICE: tuple[Field, ...] = (
    *PERSON_HEAD,
    Field("several", "考核期内是否有多份合同，用于 if", "Whether there are several contracts, for `if`"),
    Field("average", "多份合同按天数加权的算式", "How several contracts make one total, by days"),
    Field("contracts[].number", "合同编号", "Contract ID"),
    Field("contracts[].post", "该合同的岗位", "Post of the contract"),
    Field("contracts[].unit", "该合同的单位", "Unit of the contract"),
    Field("contracts[].validity", "合同有效期", "Term"),
    Field("contracts[].days", "考核期内的天数", "Days within the period"),
    *result("contracts[].result", "该合同的总分", "total of the contract"),
    Field("contracts[].lines[].number", "指标序号", "Number of the KPI"),
    Field("contracts[].lines[].kpi", "指标名称（监控指标带 *）", "KPI (with * if monitored)"),
    Field("contracts[].lines[].unit", "单位", "Unit"),
    Field("contracts[].lines[].weight", "计入的权重（不适用指标分摊后）", "Weight, after N/A lines are spread"),
    Field("contracts[].lines[].target", "目标值（区间控制为区间）", "Target (or the range to stay in)"),
    Field("contracts[].lines[].actual", "实绩（待报、不适用用文字）", "Actual (pending and N/A in words)"),
    Field("contracts[].lines[].points", "得分", "Points"),
    Field("contracts[].lines[].weighted", "加权得分", "Weighted points"),
    Field("contracts[].lines[].status", "状态", "Status"),
    Field("contracts[].lines[].rule", "计分规则（全文）", "Scoring rule in full"),
    Field(
        "contracts[].lines[].calculation", "代入数字的计分过程；没有时为空", "The rule with its figures; blank if none"
    ),
    Field("contracts[].adjustments[].number", "扣分、加分、否决指标的序号", "Number of a deduction or bonus"),
    Field("contracts[].adjustments[].kpi", "指标名称", "KPI"),
    Field("contracts[].adjustments[].kind", "类型", "Kind"),
    Field("contracts[].adjustments[].rule", "规则", "Rule"),
    Field("contracts[].adjustments[].events", "发生的事件，每件一行", "What happened, a line for each event"),
    Field("contracts[].adjustments[].points", "加减分，或否决的后果", "Points, or what a veto does"),
    Field("contracts[].weighted", "加权得分合计", "Sum of the weighted points"),
    Field("contracts[].sum", "从加权得分到总分的算式", "From the weighted points to the total"),
    *SCORE_CHART,
    *GRADES,
    *RULES,
)

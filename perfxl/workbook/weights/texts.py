"""The words of the weights workbook, Chinese and English; headers that the schema knows come from there."""

from __future__ import annotations

from perfxl.core.language import Text
from perfxl.core.schema import column_label
from perfxl.core.schema.choices import KIND

TEXTS: dict[str, Text] = {
    "summary": Text("权重汇总", "Summary"),
    "lines": Text("权重明细", "Weights"),
    "comparison": Text("横向比较", "Comparison"),
    "parameters": Text("参数", "Parameters"),
    # lines
    "lines_guide": Text(
        "每份合同一组：先计权重的指标（按类别），后不计权重的，末行合计。改黄底单元格，公式随之重算；"
        "测算与建议权重由 perfxl 给出。",
        "A block for each contract: KPIs with weight by category, those without, then the sums. Change what is yellow "
        "and the formulas follow; derived and proposed weights are perfxl's.",
    ),
    "input": Text("可改", "May be changed"),
    "engine": Text("测算结果", "Worked out"),
    "far": Text("与测算相差较大", "Far from derived"),
    "illegal": Text("不合规", "Not legal"),
    "proposal": Text("建议改动", "Proposed change"),
    "importance": Text("重要性", "Importance"),
    "share": Text("类别权重", "Category weight"),
    "raw": Text("原始权重", "Raw weight"),
    "derived": Text("测算权重", "Derived"),
    "agreed": Text("商定权重", "Agreed"),
    "difference": Text("商定−测算", "Agreed − derived"),
    "category_sum": Text("类别合计", "Category sum"),
    "repaired": Text("建议权重", "Proposed"),
    "check": Text("检查", "Check"),
    "sum": Text("合计", "Sum"),
    "missing": Text("缺权重", "no weight"),
    "below": Text("低于下限", "below the least"),
    "above": Text("高于上限", "above the greatest"),
    "step": Text("不是步长的倍数", "no multiple of the step"),
    "must_be_blank": Text("不应有权重", "must have none"),
    "no_share": Text("无类别权重", "no category weight"),
    "category_off": Text("类别合计不符", "category sum is off"),
    "short": Text("合计少 ", "short by "),
    "over": Text("合计多 ", "over by "),
    "open": Text("有不合规的行", "some lines are not legal"),
    "legal": Text("合规", "legal"),
    # parameters
    "parameters_guide": Text(
        "明细表的公式引用本表。取整与修正由 perfxl 计算；改参数后请在方案文件中同样修改并重新生成。",
        "The formulas of the sheet of weights refer to this one. Rounding and repair are perfxl's: change the program "
        "too and run the command again.",
    ),
    "importance_title": Text("重要性的构成", "What importance is made of"),
    "limits_title": Text("权重规则", "Rules for weights"),
    "shares_title": Text("类别权重（按岗位类型，%）", "Category weights by post type (%)"),
    "name": Text("参数", "Parameter"),
    "value": Text("取值", "Value"),
    "meaning": Text("说明", "Meaning"),
    "ok": Text("合计 100", "sums to 100"),
    "not_ok": Text("合计不是 100", "does not sum to 100"),
    # comparison
    "comparison_guide": Text(
        "单位 × 指标：格内为该单位对该指标的权重（有几份合同时取最大）。主要责任用大权重，次要责任用小权重；"
        "上下级之间不分主次，非集体指标权重相同时各自承担。",
        "The weight with which a unit carries a KPI (the largest of its contracts). The main owner carries more than "
        "secondary ones; units above or below an owner do not compete; alike and not collective: each for itself.",
    ),
    "main": Text("主要责任", "Main owner"),
    "secondary": Text("次要责任", "Secondary"),
    "own": Text("各自承担", "Each its own"),
    "in_line": Text("上级或下级", "Above or below"),
    "undecided": Text("主次不明", "Undecided"),
    "carriers": Text("承担单位数", "Units"),
    "shared_title": Text("几个单位都承担的指标", "KPIs that several units carry"),
    "single_title": Text("只由一个单位承担的指标", "KPIs that one unit carries"),
    "no_units": Text(
        "没有可比较的单位：填写人员的所属单位，或合同的业务单位。",
        "No units to compare: give people their unit, or contracts their business unit.",
    ),
    # summary
    "summary_guide": Text(
        "商定权重、测算权重与合规建议，{contracts} 份合同，{lines} 条指标。",
        "Agreed, derived and proposed weights: {contracts} contracts, {lines} lines.",
    ),
    "count_contracts": Text("合同", "Contracts"),
    "count_legal": Text("合规", "Legal"),
    "count_illegal": Text("不合规", "Not legal"),
    "count_weighted": Text("计权重指标", "Weighted lines"),
    "count_far": Text("与测算相差 ≥{tolerance}", "Apart by ≥{tolerance}"),
    "count_shared": Text("多单位共担指标", "Shared KPIs"),
    "illegal_title": Text("不合规的合同", "Contracts that are not legal"),
    "illegal_none": Text("全部合同的权重都合规。", "The weights of all contracts are legal."),
    "changes": Text("改动最小的合规建议", "Smallest legal change"),
    "count": Text("指标数", "KPIs"),
    "total": Text("权重合计", "Sum"),
    "off": Text("差", "Off by"),
    "why": Text("原因", "Why"),
    "no_proposal": Text("无法只调整权重", "cannot be mended by weights alone"),
    "more": Text("还有 {count} 份，见“{sheet}”的检查列", "{count} more: see the column Check of {sheet}"),
    "differences_title": Text("商定与测算相差最大的指标", "Lines whose agreed weight is farthest from the derived one"),
    "differences_none": Text(
        "商定权重与测算权重没有差异，或没有评分可供测算。",
        "No differences, or no ratings to derive from.",
    ),
    "problems_title": Text("问题一览（全部见“{sheet}”）", "Problems by code (all of them: {sheet})"),
    "problems_none": Text("没有发现问题。", "No problems found."),
    "severity": Text("级别", "Severity"),
    "code": Text("代码", "Code"),
    "cases": Text("条数", "Cases"),
    "example": Text("例", "Example"),
    "hint": Text("怎么办", "What to do"),
}

_OF_SCHEMA = {
    "contract": ("contract_lines", "contract"),
    "holder": ("contracts", "holder"),
    "unit": ("contracts", "unit"),
    "kpi": ("kpis", "kpi"),
    "name": ("kpis", "name"),
    "category": ("kpis", "category"),
    "impact": ("kpis", "impact"),
    "controllability": ("kpis", "controllability"),
    "measurability": ("kpis", "measurability"),
    "post_type": ("category_weights", "post_type"),
}
_LABELS = {"kind": {c.name: c for c in KIND}}


def say(name: str, lang: str, **details: object) -> str:
    """The text of that name, its details filled in."""
    text = TEXTS[name](lang)
    return text.format(**details) if details else text


def header(column: str, lang: str) -> str:
    """A column's header: the schema's where it has one."""
    return column_label(*_OF_SCHEMA[column], lang) if column in _OF_SCHEMA else say(column, lang)


def kind_label(kind: str, lang: str) -> str:
    """The label of a kind of KPI."""
    return _LABELS["kind"][kind].label(lang)

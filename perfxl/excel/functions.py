"""Every worksheet function, one entry each: what it does, its arguments, and the rule behind it.

To add a function, write it here below `@function(...)`: its name is the worksheet name, its docstring what it does in
English; `value`, `cells` and `either` declare its arguments in order. It gets the cells by argument name (see
registry.FunctionCall), gives back a value or rows, and raises Failure where it has no answer. Every host (xlwings in
Excel and Lite, the VBA bridge, the Calc add-in, the docs) reads registry.FUNCTIONS; nothing else is to be written. In
xlwings Lite: `from perfxl.excel.lite import *`.
"""

from __future__ import annotations

from typing import Any

from perfxl.core.amendments import note_versions
from perfxl.excel import answers, coverage, lines, rating, scores, totals, tracking, value_tree, weighing
from perfxl.excel.registry import FUNCTIONS as FUNCTIONS
from perfxl.excel.registry import FunctionCall, cells, either, function, value
from perfxl.excel.settings import read_settings

METHOD = value("method", "计分方法，如 比率法、功效系数法", "Scoring method, such as ratio or interpolate")
ACTUAL = value(
    "actual", "实际完成值：空为待报，0 为零，不适用另计", "Actual: blank is pending, 0 is zero, N/A is not applicable"
)
TARGET = value("target", "目标值", "Target", optional=True)
DIRECTION = value(
    "direction",
    "方向：越大越好（默认）或 越小越好",
    "Direction: higher is better (default) or lower is better",
    optional=True,
)
FIGURES = (
    value("threshold", "门槛值", "Threshold", optional=True),
    value("challenge", "挑战值", "Challenge", optional=True),
    value("base", "基数（改善法）", "Base, for progress", optional=True),
    DIRECTION,
    value("k", "每单位分值（每天、每次）", "Points per unit, day or event", optional=True),
    value("unit_step", "计分单位：每多少算一个单位", "Unit step: how much makes one unit", optional=True),
    value("low", "区间下限", "Band from", optional=True),
    value("high", "区间上限", "Band to", optional=True),
    value("floor", "得分下限，默认 0", "Floor of the points, 0 if left out", optional=True),
    value("cap", "得分上限，默认 120", "Cap of the points, 120 if left out", optional=True),
    value("limit", "扣加分上限", "Limit of deductions and bonuses", optional=True),
    either(
        "steps",
        "分档表：名称、两列区域（达到值、得分）或 100:120;95:100",
        "Step table: a name, two columns (reached at, points), or 100:120;95:100",
        optional=True,
    ),
    either(
        "scale",
        "分级表：名称或两列区域（级别、得分），默认 优100 良75 中50 差0",
        "Grade scale: a name or two columns (grade, points); 优100 良75 中50 差0 if left out",
        optional=True,
    ),
)
FULL_MARKS = value("full_marks", "评分满分（评分法）", "Full marks, for the method marks", optional=True)
UNIT = value("unit", "单位，如 万元：950万 就是 950", "Unit, such as 万元: 950万 is 950 then", optional=True)
LINES = cells(
    "table",
    "合同表，含表头：指标名称、计分方法、目标值、实际完成值、权重等",
    "Contract table with its headers: KPI name, Scoring method, Target, Actual, Weight and so on",
)
KPIS = cells(
    "table",
    "指标表，含表头：指标名称、类别、效益影响、可控性、可测性、权重",
    "Table of KPIs with its headers: KPI name, Category, Impact, Controllability, Measurability, Weight",
)
CATEGORIES = cells(
    "categories",
    "类别权重，两列（类别、权重）；不填则全部指标合计 100%",
    "Category weights, two columns (category, weight); without them all KPIs make 100%",
    optional=True,
)
SHOW = value(
    "show",
    "输出：得分（默认）、状态、方法、原因、过程 或 全部",
    "What: points (default), status, method, reason, how or all",
    optional=True,
)
MONTHS = (
    value("month", "已过月数", "Months so far"),
    value("months", "考核期月数，默认 12", "Months of the period, 12 if left out", optional=True),
    value(
        "aggregation",
        "汇总方式：累计（默认）、期末、平均等",
        "Aggregation: sum (default), last, mean, ...",
        optional=True,
    ),
)
SETTINGS = tuple(
    cells(
        name,
        "参数、等级、分档表、分级评估表、自定义计分方法、节假日、事件、校准或申诉，按表头识别",
        "Policy, Grades, Step tables, Grade tables, Own methods, Holidays, Events, Calibration or Appeals, by headers",
        optional=True,
    )
    for name in ("settings", "settings2", "settings3", "settings4")
)
ONE_SETTING = SETTINGS[:1]
WHAT_FAILED = value(
    "name",
    "出错的函数名，如 PX_SCORE；不填则说明最近一次",
    "The function, such as PX_SCORE; blank: the last one",
    optional=True,
)


@function("一条指标的得分", METHOD, ACTUAL, TARGET, *FIGURES, *SETTINGS, FULL_MARKS, UNIT)
def PX_SCORE(call: FunctionCall) -> Any:
    """The points of one contract line"""
    return lines.show_score(lines.score_cells(call.arguments, read_settings(call)), call.lang)


@function(
    "按公司自己的方法计分：给出公式，或自定义计分方法表",
    METHOD,
    either("formula", "公式，如 100*A/T，或自定义计分方法表", "Formula, such as 100*A/T, or the table of own methods"),
    ACTUAL,
    TARGET,
    *FIGURES,
    *SETTINGS,
    FULL_MARKS,
    UNIT,
)
def PX_METHOD(call: FunctionCall) -> Any:
    """Points by a method of your own: its formula, or the table of own methods"""
    return lines.show_score(lines.score_cells(call.arguments, read_settings(call, call["formula"])), call.lang)


@function("一条指标的得分是怎样算出来的", METHOD, ACTUAL, TARGET, *FIGURES, *SETTINGS, FULL_MARKS, UNIT)
def PX_EXPLAIN(call: FunctionCall) -> Any:
    """How the points of one line come about"""
    return answers.explain_line(call.arguments, read_settings(call), call.lang)


@function("整张合同表的得分，与表逐行对齐", LINES, SHOW, *SETTINGS)
def PX_SCORES(call: FunctionCall) -> Any:
    """The points of a whole table, row by row beside it"""
    return call.found_by_row(answers.show_columns(scores.score_table(call["table"], read_settings(call)), call["show"]))


@function(
    "一个人的总分（加减分、否决、不适用、待报都算在内；给出校准、申诉表时为其后的结果）",
    LINES,
    value(
        "person",
        "工号或姓名；表里只有一份合同时不填",
        "Employee ID or name; not needed for a single contract",
        optional=True,
    ),
    *SETTINGS,
)
def PX_TOTAL(call: FunctionCall) -> Any:
    """One person's total, with deductions, bonuses, vetoes, N/A and pending lines; after decisions that are given"""
    settings = read_settings(call)
    call.reasons.extend(note_versions(settings.policy))
    return totals.total_person(scores.score_table(call["table"], settings), call["person"], call.lang)


@function("所有人的总分、等级和系数；给出校准、申诉表时为其后的结果，原结果并列", LINES, *SETTINGS)
def PX_TOTALS(call: FunctionCall) -> Any:
    """Totals, grades and coefficients of everybody; after calibration and appeals, if given, with the original"""
    return call.found_by_row(answers.show_totals(scores.score_table(call["table"], read_settings(call))))


@function("总分对应的等级；没有总分的为待报或不适用", value("total", "总分", "Total"), *ONE_SETTING)
def PX_GRADE(call: FunctionCall) -> Any:
    """The grade of a total; pending or not applicable where there is none"""
    return totals.without_total(call["total"], call.lang) or totals.find_band(call["total"], read_settings(call)).grade


@function(
    "总分或等级对应的奖金系数；没有总分的为待报或不适用",
    value("total", "总分或等级", "Total or grade"),
    *ONE_SETTING,
)
def PX_COEFFICIENT(call: FunctionCall) -> Any:
    """The coefficient of a total or grade; pending or not applicable where there is none"""
    return totals.without_total(call["total"], call.lang) or totals.find_coefficient(call["total"], read_settings(call))


@function(
    "由三项评分得出的重要性",
    value("impact", "效益影响 1-4", "Impact, 1 to 4"),
    value("controllability", "可控性 1-4", "Controllability, 1 to 4"),
    value("measurability", "可测性 1-4", "Measurability, 1 to 4"),
    *ONE_SETTING,
)
def PX_IMPORTANCE(call: FunctionCall) -> Any:
    """The importance that three ratings make"""
    return weighing.rate_importance(call.arguments, read_settings(call))


@function(
    "测算权重并取整到合规值，与表逐行对齐",
    KPIS,
    CATEGORIES,
    value(
        "show",
        "输出：权重（默认）、重要性、取整前 或 全部",
        "What: weight (default), importance, raw or all",
        optional=True,
    ),
    *ONE_SETTING,
)
def PX_WEIGHTS(call: FunctionCall) -> Any:
    """Weights derived from the ratings and rounded to legal ones, row by row beside the table"""
    return weighing.derive_weights(call["table"], call["categories"], call["show"], read_settings(call))


@function("权重的问题清单", KPIS, CATEGORIES, *ONE_SETTING)
def PX_WEIGHTCHECK(call: FunctionCall) -> Any:
    """What is wrong with the weights"""
    return weighing.check_weights(call["table"], call["categories"], read_settings(call))


@function(
    "改动最小的合规权重，与表逐行对齐",
    KPIS,
    CATEGORIES,
    *ONE_SETTING,
)
def PX_REPAIR(call: FunctionCall) -> Any:
    """The legal weights nearest to the agreed ones, row by row beside the table"""
    return weighing.repair_weights(call["table"], call["categories"], read_settings(call))


@function(
    "按份额分摊目标值，分项之和恰等于目标值",
    value("target", "上级目标值", "The superior's target"),
    either("shares", "份额，合计 100%", "Shares that sum to 100%"),
    value(
        "decimals",
        "保留几位小数，默认按目标值，最少 0 位",
        "Decimals of the parts; the target's own if left out",
        optional=True,
        zero=True,
    ),
)
def PX_CASCADE(call: FunctionCall) -> Any:
    """A target divided by shares; the parts sum to it exactly"""
    return call.found(weighing.divide_target(call["target"], call["shares"], call["decimals"]))


@function(
    "各指标由几人承接、份额合计、主要责任人数和结论，与表逐行对齐",
    cells("table", "指标表，含表头：指标编号", "Table of KPIs with its header: KPI ID"),
    cells(
        "links",
        "目标分解表，含表头：上级指标、上级责任人、分解方式、份额、责任",
        "Links with their headers: Superior KPI, Superior owner, Mode, Share, Responsibility",
    ),
    value(
        "show",
        "输出：承接数（默认）、份额合计、主要责任人数、结论 或 全部",
        "What: carriers (default), sum of shares, main owners, verdict or all",
        optional=True,
    ),
)
def PX_COVERAGE(call: FunctionCall) -> Any:
    """How many carry each KPI, the sum of shares, main owners and what is wrong, row by row beside the table"""
    return call.found(coverage.show_coverage(call["table"], call["links"], call["show"]))


@function(
    "价值树各节点的弹性、单项增益、分解额和影响评分，与表逐行对齐",
    cells(
        "table",
        "价值树，含表头：节点编号、节点名称、节点公式、实际值、目标值、单位",
        "Value tree with its headers: Node ID, Node name, Node formula, Actual, Target, Unit",
    ),
    value(
        "show",
        "输出：弹性（默认）、单项增益、分解额、影响评分、实际值、目标值 或 全部",
        "What: elasticity (default), gain, step, rating, actual, target or all",
        optional=True,
    ),
    value(
        "root", "结果的名称或编号；只有一棵树时不填", "The result's name or ID; not needed for one tree", optional=True
    ),
    *ONE_SETTING,
)
def PX_VALUETREE(call: FunctionCall) -> Any:
    """What each node of a value tree does for the result, row by row beside the table"""
    return call.found(value_tree.show_value_tree(call["table"], call["show"], call["root"], read_settings(call)))


@function(
    "完成率（百分数，100 即完成）",
    ACTUAL,
    value("target", "目标值", "Target"),
    DIRECTION,
)
def PX_ATTAINMENT(call: FunctionCall) -> Any:
    """Attainment in percent; 100 is reached"""
    return tracking.measure_attainment(call.arguments, call.lang)


@function(
    "到某月末应达到的目标（按时间均匀推进）",
    value("target", "全期目标值", "Target of the whole period"),
    *MONTHS,
)
def PX_PHASED(call: FunctionCall) -> Any:
    """The target to date at a month's end, linear in time"""
    return tracking.phase_target(call.arguments)


@function(
    "红黄绿灯：到目前的完成率对照参数",
    ACTUAL,
    value("target", "到目前的目标值", "Target to date"),
    DIRECTION,
    *ONE_SETTING,
)
def PX_LIGHT(call: FunctionCall) -> Any:
    """Green, amber or red: attainment to date against the policy"""
    return tracking.find_light(call.arguments, read_settings(call), call.lang)


@function(
    "按目前进度预计期末数",
    value("actual", "到目前的实绩", "Actual to date"),
    *MONTHS,
)
def PX_FORECAST(call: FunctionCall) -> Any:
    """The figure the period ends with at this pace"""
    return tracking.forecast(call.arguments, call.lang)


@function(
    "把各期实绩汇总成全期的数",
    cells("values", "各期实绩；比率指标填各期分子", "The periods' actuals; numerators for a ratio"),
    value(
        "aggregation", "累计、期末、平均、最大、最小、分子合计/分母合计", "sum, last, mean, max, min or ratio of sums"
    ),
    cells("denominators", "各期分母", "The periods' denominators", optional=True),
)
def PX_AGGREGATE(call: FunctionCall) -> Any:
    """The periods' actuals as the whole period's figure"""
    return tracking.aggregate_periods(call["values"], call["aggregation"], call["denominators"], call.lang)


@function(
    "查一个人的合同指标",
    LINES,
    value("person", "工号或姓名", "Employee ID or name"),
    value("kpi", "指标编号或名称；不填则列出全部", "KPI ID or name; blank: all of them", optional=True),
    value("column", "只要这一列，如 目标值", "Only this column, such as Target", optional=True),
)
def PX_FIND(call: FunctionCall) -> Any:
    """Looks up a person's contract lines"""
    return answers.find_lines(call["table"], call["person"], call["kpi"], call["column"])


@function("表里每一列被当作什么", LINES)
def PX_COLUMNS(call: FunctionCall) -> Any:
    """What each column of a table is taken for"""
    return answers.describe_columns(call["table"])


@function(
    "把 12万、85%、(3) 之类的文字读作数字",
    value("text", "文字或数字", "Text or number"),
)
def PX_NUMBER(call: FunctionCall) -> Any:
    """Reads text such as 85%, 1,234, (3) or 12万 as a number"""
    return lines.read_number(call["text"], FUNCTIONS["PX_NUMBER"].arguments[0].text)


@function("计分方法的公式", METHOD, *ONE_SETTING)
def PX_RULE(call: FunctionCall) -> Any:
    """The formula of a scoring method"""
    return answers.spell_rule(call["method"], read_settings(call))


@function(
    "由各人评分得出的得分：关系内取平均，关系间按占比加权",
    cells("marks", "各人的评分：数字、级别，空白为未评", "The raters' marks: numbers or grades; blank: not yet given"),
    cells(
        "relations",
        "各评分对应的关系：自评、上级、同级、下级、客户",
        "Whose mark each is: self, superior, peer, subordinate, customer",
    ),
    value("full_marks", "评分满分，如 100、5", "The best mark, such as 100 or 5", optional=True),
    either(
        "shares",
        "各关系占比：自评20%；上级80%，或两列区域（关系、占比）；不填取参数",
        "Shares: self 20%; superior 80%, or two columns (relation, share); those of the policy if left out",
        optional=True,
    ),
    *ONE_SETTING,
)
def PX_MARKS(call: FunctionCall) -> Any:
    """The points that raters' marks make: the mean within each relation, weighted over the relations"""
    return lines.show_score(rating.score_marks(call.arguments, read_settings(call)), call.lang)


@function("全部计分方法：名称、公式、要填的数", *ONE_SETTING)
def PX_METHODS(call: FunctionCall) -> Any:
    """All scoring methods: name, formula, the figures they need"""
    return answers.list_methods(read_settings(call), call.lang)


@function("全部参数及现值，可复制到表中修改", *ONE_SETTING)
def PX_SETTINGS(call: FunctionCall) -> Any:
    """All settings and their values, to copy and change"""
    return answers.list_settings(read_settings(call), call.lang)


@function(
    '出错的原因：在 Excel 中给出错的单元格，如 =PX_WHY(E5)；或函数名后照抄原来的参数，如 =PX_WHY("PX_SCORE",A2,B2,C2)',
    WHAT_FAILED,
    *(either(f"argument{i}", "原来的参数", "The same argument", optional=True) for i in range(1, 24)),
)
def PX_WHY(call: FunctionCall) -> Any:
    """Why a function failed: in Excel the cell, as in =PX_WHY(E5); or its name and the same arguments, as in
    =PX_WHY("PX_SCORE",A2,B2,C2)"""
    name, *arguments = call.arguments.values()
    return answers.explain_failure(name, arguments, call.session, call.lang)


__all__ = list(FUNCTIONS)

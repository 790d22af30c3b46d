"""`SETTINGS` declares the rows of the sheet 参数 once: name, label, unit, default, help, limits."""

from __future__ import annotations

from typing import Any, NamedTuple

from perfxl.core.language import Text
from perfxl.core.schema import Choice, Type
from perfxl.core.schema.choices import AMENDMENT_RULES, CONFLICT_RULES, DAY_RULES, NA_RULES, RELATION, VETO_SCOPES


class Setting(NamedTuple):
    """One row of the policy sheet."""

    name: str
    zh: str
    en: str
    type: Type
    default: Any
    unit: str = ""
    zh_help: str = ""
    en_help: str = ""
    choices: tuple[Choice, ...] = ()
    low: float | None = None
    high: float | None = None

    @property
    def text(self) -> Text:
        """Its label in both languages."""
        return Text(self.zh, self.en)


_N, _I, _P, _T = Type.NUMBER, Type.INTEGER, Type.POINTS, Type.TEXT

SETTINGS: tuple[Setting, ...] = (
    Setting("company", "公司名称", "Company", _T, "", "", "印在合同页眉", "Printed on the contracts"),
    Setting("program", "方案名称", "Program", _T, "", "", "如：2025年度绩效方案", "Such as: Performance program 2025"),
    Setting("period_start", "考核期开始", "Period from", Type.DATE, None, "", "如 2025-01-01", "Such as 2025-01-01"),
    Setting("period_end", "考核期结束", "Period to", Type.DATE, None, "", "如 2025-12-31", "Such as 2025-12-31"),
    Setting(
        "as_of",
        "数据截止日",
        "Data as of",
        Type.DATE,
        None,
        "",
        "预测与亮灯按此日计算；留空取最后一期实绩",
        "For forecast and lights; blank: the last reported period",
    ),
    Setting(
        "weight_min",
        "单项权重下限",
        "Least weight",
        _P,
        5.0,
        "%",
        "低于此值起不到引导作用",
        "Less guides nobody",
        low=0,
        high=100,
    ),
    Setting(
        "weight_max",
        "单项权重上限",
        "Greatest weight",
        _P,
        30.0,
        "%",
        "高于此值会忽视其他指标",
        "More crowds out the rest",
        low=0,
        high=100,
    ),
    Setting(
        "weight_step",
        "权重步长",
        "Weight step",
        _P,
        5.0,
        "%",
        "权重一般取 5 的倍数",
        "Weights are multiples of it",
        low=0.01,
        high=100,
    ),
    Setting(
        "kpi_min",
        "指标数下限",
        "Fewest KPIs",
        _I,
        5,
        "个",
        "计权重的指标个数",
        "KPIs that carry weight",
        low=1,
        high=50,
    ),
    Setting(
        "kpi_max", "指标数上限", "Most KPIs", _I, 10, "个", "计权重的指标个数", "KPIs that carry weight", low=1, high=50
    ),
    Setting(
        "impact_share",
        "效益影响占比",
        "Impact share",
        _P,
        60.0,
        "%",
        "重要性 = 影响60%+可控25%+可测15%",
        "Importance = 60% impact + 25% controllability + 15% measurability",
        low=0,
        high=100,
    ),
    Setting("controllability_share", "可控性占比", "Controllability share", _P, 25.0, "%", low=0, high=100),
    Setting("measurability_share", "可测性占比", "Measurability share", _P, 15.0, "%", low=0, high=100),
    Setting(
        "rating_min",
        "评分最低值",
        "Lowest rating",
        _N,
        1.0,
        "分",
        "影响、可控、可测的评分范围",
        "Range of the three ratings",
    ),
    Setting("rating_max", "评分最高值", "Highest rating", _N, 4.0, "分"),
    Setting(
        "weight_difference",
        "测算商定容差",
        "Derived-agreed tolerance",
        _P,
        5.0,
        "%",
        "测算与商定权重相差达到此值时提示",
        "Derived and agreed weights that differ this much are reported",
        low=0,
        high=100,
    ),
    Setting(
        "points_floor", "单项得分下限", "Points floor", _N, 0.0, "分", "指标另有规定的从其规定", "A KPI may set its own"
    ),
    Setting(
        "points_cap", "单项得分上限", "Points cap", _N, 120.0, "分", "指标另有规定的从其规定", "A KPI may set its own"
    ),
    Setting("total_cap", "总分上限", "Total cap", _N, 120.0, "分"),
    Setting(
        "knot_threshold",
        "门槛得分",
        "Points at threshold",
        _N,
        60.0,
        "分",
        "功效系数法在门槛值的得分",
        "interpolate, at L",
    ),
    Setting(
        "knot_target", "目标得分", "Points at target", _N, 100.0, "分", "功效系数法在目标值的得分", "interpolate, at T"
    ),
    Setting(
        "knot_challenge",
        "挑战得分",
        "Points at challenge",
        _N,
        120.0,
        "分",
        "功效系数法在挑战值的得分",
        "interpolate, at C",
    ),
    Setting(
        "na_rule",
        "不适用指标的权重",
        "Weight of N/A lines",
        Type.CHOICE,
        "category",
        "",
        "分给同类其余指标，或全部其余指标",
        "Spread over the rest of the category or of the contract",
        NA_RULES,
    ),
    Setting(
        "milestone_days",
        "节点法计日",
        "Milestone days",
        Type.CHOICE,
        "calendar",
        "",
        "工作日按节假日表计算",
        "Working days follow the sheet Holidays",
        DAY_RULES,
    ),
    Setting(
        "milestone_early",
        "提前加分",
        "Early completion earns",
        Type.BOOL,
        False,
        "",
        "节点法提前完成是否加分",
        "Whether early milestones earn extra points",
    ),
    Setting(
        "veto_limit",
        "否决总分上限",
        "Veto total limit",
        _N,
        59.0,
        "分",
        "否决后果为“总分封顶”且指标未另定时",
        "Where a veto limits the total and the KPI sets no limit",
    ),
    Setting(
        "veto_grade",
        "否决等级上限",
        "Veto grade limit",
        _T,
        "D",
        "",
        "否决后果为“等级封顶”且指标未另定时",
        "Where a veto limits the grade and the KPI names none",
    ),
    Setting(
        "veto_scope",
        "否决范围",
        "Veto binds",
        Type.CHOICE,
        "person",
        "",
        "一人有几份合同时，否决限制其全部结果，或只限制发生的那份合同",
        "Where a person has several contracts: their whole result, or only the contract in which it happened",
        VETO_SCOPES,
    ),
    Setting(
        "amendment_scoring",
        "变更计分",
        "Amended contracts count",
        Type.CHOICE,
        "current",
        "",
        "合同有变更时：全期按现行版本，或各版本按有效天数加权",
        "The whole period by the current version, or each version by the days it held",
        AMENDMENT_RULES,
    ),
    Setting(
        "light_green",
        "绿灯下限",
        "Green from",
        _P,
        95.0,
        "%",
        "累计完成率达到此值为绿灯",
        "Attainment to date for green",
        low=0,
        high=200,
    ),
    Setting(
        "light_amber", "黄灯下限", "Amber from", _P, 80.0, "%", "低于此值为红灯", "Below it is red", low=0, high=200
    ),
    *(
        Setting(
            f"share_{relation.name}",
            f"{relation.zh if relation.name == 'self' else relation.zh + '评价'}占比",
            f"Share of {relation.en} marks",
            _P,
            None,
            "%",
            "评分法：各评价关系的占比合计 100%；指标库可另定" if relation.name == "self" else "",
            "For the method marks: the shares sum to 100%; a KPI may set its own" if relation.name == "self" else "",
            low=0,
            high=100,
        )
        for relation in RELATION
    ),
    Setting(
        "confidentiality_min",
        "保密最少人数",
        "Confidentiality minimum",
        _I,
        3,
        "人",
        "同级、下级、客户的评价人少于此数时不单列",
        "Peers, subordinates and customers are not shown apart where fewer marked",
        low=1,
        high=100,
    ),
    Setting(
        "service_min",
        "参评最短天数",
        "Minimum service",
        _I,
        90,
        "天",
        "在岗天数不足的不参加强制分布",
        "Fewer days stay outside the distribution",
        low=0,
        high=366,
    ),
    Setting(
        "objectives_max",
        "目标数上限",
        "Most objectives",
        _I,
        7,
        "个",
        "一个单位最多承担的目标",
        "Objectives a unit may hold",
        low=1,
        high=50,
    ),
    Setting(
        "smart_stretch",
        "目标增幅上限",
        "Most stretch of a target",
        _P,
        50.0,
        "%",
        "目标比基数（上年）好出的幅度超过此值时提示可能达不到（SMART 的 A）",
        "A target this much better than the base is noticed as out of reach (SMART: attainable)",
        low=0,
        high=10000,
    ),
    Setting(
        "smart_run_rate",
        "进度预测下限",
        "Least forecast",
        _P,
        50.0,
        "%",
        "按已报月份推算的全期值不足目标的此比例时提示（SMART 的 A）",
        "A pace that makes less than this part of the target is noticed (SMART: attainable)",
        low=0,
        high=100,
    ),
    Setting(
        "screen_controllability",
        "可控性筛选线",
        "Least controllability",
        _N,
        2.0,
        "分",
        "低于此分建议剔除或转监控",
        "KPIs rated lower are proposed to be dropped or monitored",
    ),
    Setting("screen_measurability", "可测性筛选线", "Least measurability", _N, 2.0, "分", "同上", "As the one above"),
    Setting(
        "screen_importance",
        "重要性筛选线",
        "Least importance",
        _N,
        1.7,
        "分",
        "三项评分加权后低于此值为影响不大，建议剔除",
        "KPIs whose three ratings weigh less are proposed to be dropped",
    ),
    Setting(
        "collect_conflict",
        "收集冲突",
        "Conflicting answers",
        Type.CHOICE,
        "stop",
        "",
        "收集时两份填报不一样：都不采用，或采用后改的；两种都并排列出",
        "Where two workbooks that came back disagree; both are shown side by side either way",
        CONFLICT_RULES,
    ),
    Setting(
        "own_verbs",
        "目标动词",
        "Objective verbs",
        _T,
        "",
        "",
        "公司自己认可的行动动词，用顿号隔开；常用动词已内置",
        "Verbs of action of your own, with commas; the usual ones are known",
    ),
)


def default_values() -> dict[str, Any]:
    """Setting -> its default."""
    return {setting.name: setting.default for setting in SETTINGS}

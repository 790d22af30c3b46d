"""Allowed values that several tables share: canonical name, Chinese, English, other spellings."""

from __future__ import annotations

from perfxl.core.schema.declare import Choice

KIND = (
    Choice("quantitative", "定量", "quantitative", ("定量指标", "量化")),
    Choice("qualitative", "定性", "qualitative", ("定性指标",)),
    Choice("deduct", "扣分", "deduct", ("减分", "扣分指标", "防范性指标", "deduction")),
    Choice("bonus", "加分", "bonus", ("加分指标",)),
    Choice("veto", "否决", "veto", ("一票否决", "否决指标")),
    Choice(
        "monitor",
        "监控",
        "monitor",
        ("监控指标", "*", "monitored", "不计分", "不计权重", "不计入", "不考核", "仅供参考", "not scored"),
    ),
)

SOURCE = (
    Choice("value_tree", "价值树分解", "value tree", ("价值树",)),
    Choice("routine", "岗位常规", "routine duty", ("常规", "岗位职责")),
    Choice("priority", "短期重点", "short-term priority", ("重点工作", "短期")),
    Choice("collective", "集体指标", "collective", ("共担", "共担指标")),
    Choice("preventive", "防范性指标", "preventive", ("防范性(扣分)指标", "防范")),
)

CATEGORY = (
    Choice("financial", "财务", "financial", ("财务类", "财务指标", "财务效益")),
    Choice(
        "service",
        "服务/营运",
        "service/operations",
        ("服务营运", "服务", "营运", "运营", "服务/运营", "服务/经营", "服务经营", "operations"),
    ),
    Choice("people", "人员", "people", ("人员类", "人员管理", "员工", "学习与成长", "人员发展")),
    Choice("customer", "客户", "customer", ("客户类",)),
    Choice("process", "内部流程", "internal process", ("流程", "内部运营")),
    Choice("key_task", "重点工作", "key tasks", ("关键任务", "重点任务")),
    Choice("duty", "岗位职责", "duties", ("职责", "日常工作")),
    Choice("efficiency", "效率", "efficiency", ("工作效率",)),
    Choice("quality", "质量控制", "quality control", ("质量", "风险控制")),
    Choice("behaviour", "行为素质", "behaviour", ("行为", "素质", "能力态度")),
)

DIRECTION = (
    Choice("higher", "越大越好", "higher", ("正向", "越高越好", "大", "↑", "+", "up", "higher is better")),
    Choice("lower", "越小越好", "lower", ("负向", "逆向", "越低越好", "小", "↓", "-", "down", "lower is better")),
)

PERSPECTIVE = (
    Choice("financial", "财务", "financial", ("财务层面",)),
    Choice("customer", "客户", "customer", ("客户层面",)),
    Choice("process", "内部流程", "internal process", ("内部运营", "流程", "内部流程层面")),
    Choice("learning", "学习与成长", "learning and growth", ("学习成长", "员工", "人员")),
)

PERIOD_KIND = (
    Choice("month", "月", "month", ("月度", "每月", "monthly")),
    Choice("quarter", "季", "quarter", ("季度", "每季", "quarterly")),
    Choice("half", "半年", "half-year", ("半年度",)),
    Choice("year", "年", "year", ("年度", "全年", "每年", "yearly", "annual")),
)

AGGREGATION = (
    Choice("sum", "累计", "sum", ("求和", "合计", "加总")),
    Choice("last", "期末", "last", ("最后一期", "期末值", "最新")),
    Choice("mean", "平均", "mean", ("均值", "平均值", "average")),
    Choice("max", "最大", "max", ("最高",)),
    Choice("min", "最小", "min", ("最低",)),
    Choice("ratio", "分子合计/分母合计", "ratio of sums", ("比率", "分子分母", "ratio")),
)

ROLL_UP = (
    Choice("sum", "合计", "sum", ("求和", "累计", "加总")),
    Choice("mean", "加权平均", "weighted mean", ("平均", "均值", "mean", "average")),
    Choice("ratio", "分子合计/分母合计", "ratio of sums", ("比率", "分子分母", "ratio")),
    Choice("last", "取主责下级", "main owner's", ("期末", "最后", "主责", "last", "main")),
)

RESPONSIBILITY = (
    Choice("main", "主要", "main", ("主责", "主承担", "主")),
    Choice("secondary", "次要", "secondary", ("次责", "协助", "辅", "配合")),
)

LINK_MODE = (
    Choice("full", "全额承担", "full", ("全额", "承接")),
    Choice("share", "分摊", "share", ("分解", "按比例")),
    Choice("support", "支撑", "support", ("支持",)),
    Choice("formula", "公式", "formula", ("价值树公式",)),
)

VERDICT = (
    Choice("keep", "保留", "keep", ("选用", "采用")),
    Choice("monitor", "转监控", "monitor", ("监控",)),
    Choice("drop", "剔除", "drop", ("淘汰", "不用")),
)

EVENT_KIND = (
    Choice("deduct", "扣分", "deduction", ("减分", "deduct")),
    Choice("bonus", "加分", "bonus", ()),
    Choice("veto", "否决", "veto", ("一票否决",)),
)

VETO_EFFECT = (
    Choice("zero", "总分为零", "total is zero", ("零分", "清零")),
    Choice("limit_total", "总分封顶", "limits the total", ("限总分",)),
    Choice("limit_grade", "等级封顶", "limits the grade", ("限等级",)),
)

RELATION = (
    Choice("self", "自评", "self", ("本人", "自己", "自我评价", "本人评价", "self-assessment", "employee")),
    Choice(
        "superior",
        "上级",
        "superior",
        ("直接上级", "上级评价", "上级评分", "领导", "领导评价", "主管", "经理", "manager", "supervisor", "leader"),
    ),
    Choice("peer", "同级", "peer", ("同事", "互评", "同级评价", "同事评价", "colleague")),
    Choice("subordinate", "下级", "subordinate", ("下属", "下级评价", "下属评价")),
    Choice("customer", "客户", "customer", ("内部客户", "外部客户", "客户评价", "client")),
)

STATUS = (
    Choice("planned", "未开始", "planned", ("计划",)),
    Choice("running", "进行中", "in progress", ("执行中",)),
    Choice("done", "已完成", "done", ("完成",)),
    Choice("late", "已逾期", "overdue", ("延期",)),
    Choice("stopped", "已取消", "stopped", ("中止",)),
)

DECISION = (
    Choice("open", "受理中", "open", ("待处理",)),
    Choice("upheld", "维持原结果", "decision confirmed", ("驳回", "维持", "confirmed", "result confirmed")),
    Choice("changed", "变更结果", "changed", ("调整", "支持")),
    Choice("withdrawn", "已撤回", "withdrawn", ("撤回",)),
)

DAY_KIND = (
    Choice("off", "放假", "off", ("休", "节假日", "holiday")),
    Choice("work", "上班", "working day", ("班", "调休上班", "补班")),
)

AMENDED = (
    Choice("weight", "权重", "weight", ("商定权重",)),
    Choice("target", "目标值", "target", ("目标",)),
    Choice("challenge", "挑战值", "challenge", ("挑战目标",)),
    Choice("threshold", "门槛值", "threshold", ("门槛",)),
    Choice("base", "基数", "base", ()),
    Choice("low", "区间下限", "band from", ()),
    Choice("high", "区间上限", "band to", ()),
    Choice("k", "每单位分值", "points per unit", ()),
    Choice("unit_step", "计分单位", "unit step", ()),
    Choice("floor", "得分下限", "floor", ()),
    Choice("cap", "得分上限", "cap", ()),
    Choice("limit", "扣加分上限", "limit", ()),
    Choice("full_marks", "评分满分", "full marks", ()),
    Choice("added", "新增指标", "line added", ("新增", "增加指标", "added")),
    Choice("removed", "取消指标", "line removed", ("取消", "删除指标", "removed", "dropped")),
)

# Of settings.

NA_RULES = (
    Choice("category", "分给同类指标", "rest of the category", ("同类", "类别", "category")),
    Choice("contract", "分给全部指标", "rest of the contract", ("全部", "合同", "contract")),
)
DAY_RULES = (
    Choice("calendar", "自然日", "calendar days", ("日历日",)),
    Choice("working", "工作日", "working days", ()),
)

AMENDMENT_RULES = (
    Choice("current", "按现行版本", "by the current version", ("现行版本", "current")),
    Choice("days", "按天数", "by days", ("天数", "days")),
)

CONFLICT_RULES = (
    Choice("stop", "都不采用", "take neither", ("停", "停止", "不采用", "none", "stop")),
    Choice("latest", "采用后改的", "take the latest", ("最新", "后改的", "以最新为准", "latest")),
)

VETO_SCOPES = (
    Choice("person", "个人全部结果", "the person", ("个人", "本人", "person")),
    Choice("contract", "该份合同", "the contract", ("合同", "contract")),
)

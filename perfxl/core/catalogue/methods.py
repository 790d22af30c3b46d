"""M codes: scoring methods. M101-M119 are also given when a line is scored; M12x cards and lines that need a look."""

from __future__ import annotations

from perfxl.core.problems import Kind, Severity

E, W, N = Severity.ERROR, Severity.WARNING, Severity.NOTICE

KINDS: dict[str, Kind] = {
    "M101": Kind(
        E,
        "{kpi} 的计分方法“{value}”不认识",
        "{kpi} names an unknown scoring method, “{value}”",
        "用内置方法：比率法、改善法、功效系数法、层差法、说明法、节点法、加减分法、区间控制、非此即彼法、减分法、加分、否决、监控；"
        "或在“自定义计分方法”表中定义它",
        "Use ratio, progress, interpolate, steps, grade, milestone, per_unit, within, pass_fail, deduct, bonus, veto "
        "or monitor, or define it on the sheet Own methods",
    ),
    "M102": Kind(
        E,
        "{kpi} 缺少“{figure}”，{method}无法计分",
        "{kpi} lacks “{figure}”, which {method} needs",
        "填写“{figure}”，或换一种计分方法；每单位分值、计分单位、分档表也可填在指标库",
        "Fill in “{figure}” or choose another method; the library may hold points per unit, unit step, step table",
    ),
    "M103": Kind(
        E,
        "{kpi} 的目标值为 0，不能用{method}",
        "{kpi}: the target is 0, which {method} cannot divide by",
        "目标确为 0 时改用加减分法、减分法或非此即彼法",
        "If the target is 0 indeed, use per_unit, deduct or pass_fail",
    ),
    "M104": Kind(
        E,
        "{kpi} 的目标值等于基数 {value}，没有改善的余地",
        "{kpi}: the target equals the base {value}; there is no progress to measure",
        "改正目标值或基数，或改用比率法、非此即彼法",
        "Correct one of them, or use ratio or pass_fail",
    ),
    "M105": Kind(
        E,
        "{kpi} 的门槛值、目标值、挑战值没有依次变好（这里是 {value}）",
        "{kpi}: threshold, target and challenge must get better in this order (here: {value})",
        "越大越好：门槛 < 目标 < 挑战；越小越好：门槛 > 目标 > 挑战；节点法的门槛日期不早于目标日期",
        "Higher is better: threshold < target < challenge; lower is better: the reverse; a milestone's last day is not "
        "before its target day",
    ),
    "M106": Kind(
        E,
        "{kpi} 的“{figure}”不是数字：{value}",
        "{kpi}: “{figure}” is not a number: {value}",
        "{method}要填数字；定性指标请用说明法",
        "{method} takes numbers; use grade for a qualitative KPI",
    ),
    "M107": Kind(
        E,
        "{kpi} 的评级“{value}”不在其分级表中",
        "{kpi}: the grade “{value}” is not on its scale",
        "按分级评估表的级别填写（默认 优、良、中、差）",
        "Use a grade of its scale (优, 良, 中, 差 where no scale is named)",
    ),
    "M108": Kind(
        E,
        "{kpi} 的分档表或分级表“{value}”不存在",
        "{kpi}: there is no step table or grade scale “{value}”",
        "在“分档表”或“分级评估表”中建立它，或改正指标库中的名称",
        "Add it to the sheet Step tables or Grade tables, or correct its name in the library",
    ),
    "M109": Kind(
        E,
        "{kpi} 的区间下限 {value} 高于区间上限",
        "{kpi}: the band begins at {value}, above its end",
        "对调区间下限和区间上限",
        "Exchange the two",
    ),
    "M110": Kind(
        E,
        "{kpi} 的计分单位应大于 0，这里是 {value}",
        "{kpi}: the unit step must be greater than 0; it is {value}",
        "填每多少算一个单位，如 1 或 1%",
        "Type how much makes one unit, such as 1 or 1%",
    ),
    "M111": Kind(
        E,
        "{kpi} 用{method}算不出数字",
        "{kpi}: {method} gives no number",
        "检查代入的数值，常见原因是除以 0",
        "Check the figures put in; a division by 0 is the usual reason",
    ),
    "M112": Kind(
        E,
        "{kpi} 的“{figure}”应为日期，这里是 {value}",
        "{kpi}: “{figure}” must be a date; it is {value}",
        "{method}按日期计分，写成 2025-03-05",
        "{method} works on dates; write 2025-03-05",
    ),
    "M113": Kind(
        E,
        "{kpi} 的方向“{value}”不认识",
        "{kpi}: unknown direction “{value}”",
        "填“越大越好”或“越小越好”",
        "Use higher is better or lower is better",
    ),
    "M114": Kind(
        E,
        "{kpi} 报了多期实绩，但指标库没有填汇总方式",
        "{kpi}: several periods were reported, but the library names no aggregation",
        "在指标库填汇总方式：累计、期末、平均、最大、最小或分子合计/分母合计",
        "Name the aggregation in the KPI library: sum, last, mean, max, min or ratio of sums",
    ),
    "M115": Kind(
        E,
        "{kpi} 各期分母合计为 0，算不出比率",
        "{kpi}: the denominators sum to 0, so there is no ratio",
        "核对实绩表中该指标的分母",
        "Check this KPI's denominators on the sheet of actuals",
    ),
    "M116": Kind(
        E,
        "{kpi} 按分子合计/分母合计汇总，但有的期间没有填分子和分母",
        "{kpi} is aggregated as a ratio of sums, but some periods lack numerator and denominator",
        "每一期都填分子和分母，或改用其他汇总方式",
        "Give both for every period, or choose another aggregation",
    ),
    "M120": Kind(
        E,
        "指标“{kpi}”的性质是“{kind}”，计分方法却是“{value}”",
        "The KPI “{kpi}” is of kind “{kind}”, but its method is “{value}”",
        "扣分、加分、否决指标用同名的方法，计权重的指标不能用它们",
        "Deducting, bonus and veto KPIs take the method of that name; KPIs with weight never do",
    ),
    "M121": Kind(
        W,
        "{kpi} 的“{figure}”是负数：{value}",
        "{kpi}: “{figure}” is negative: {value}",
        "填正数；加分还是减分由方向决定",
        "Type a positive number; the direction says whether points are added or taken off",
    ),
    "M122": Kind(
        W,
        "指标“{kpi}”没有填方向，{method}按越大越好计分",
        "The KPI “{kpi}” has no direction; {method} takes higher for better",
        "填“越大越好”或“越小越好”",
        "Fill in higher is better or lower is better",
    ),
    "M123": Kind(
        W,
        "指标“{kpi}”的分档表“{value}”与方向相反：越好的一档得分越低",
        "The step table “{value}” runs against the direction of “{kpi}”: better steps earn less",
        "改正指标的方向，或分档表的得分",
        "Correct the KPI's direction or the points of the step table",
    ),
    "M124": Kind(
        E,
        "{kpi} 的得分下限 {floor} 高于得分上限 {cap}",
        "{kpi}: the floor {floor} lies above the cap {cap}",
        "改正其中一个；留空则用参数表的默认值",
        "Correct one of them; a blank takes the policy's",
    ),
    "M125": Kind(
        E,
        "指标“{kpi}”的否决等级上限“{value}”不在等级表中",
        "The veto grade limit “{value}” of “{kpi}” is not a grade",
        "填等级表中的等级：{grades}",
        "Use one of the grades: {grades}",
    ),
    "M126": Kind(
        W,
        "{kpi} 的方向与基数到目标的变化相反（{figures}）",
        "{kpi}: the direction says otherwise than base and target ({figures})",
        "改善法以基数到目标为准；请核对两者和方向",
        "Progress goes from base to target; check both figures and the direction",
    ),
    "M127": Kind(
        W,
        "{kpi} 的“{column}”与方向不符（{figures}）",
        "{kpi}: “{column}” is on the wrong side of the target ({figures})",
        "门槛值不应好于目标值，挑战值不应差于目标值；请核对数值和方向",
        "A threshold is no better than the target, a challenge no worse; check figures and direction",
    ),
    "M130": Kind(
        W,
        "{line} 的 {value} 可能漏了百分号：与之比较的是 {other}",
        "{line}: {value} may have lost its percent sign; it is compared with {other}",
        "是百分之几就写上 %，如 95%；同一指标的目标和实绩用同一种写法",
        "Write the sign, such as 95%; use one way of writing for targets and actuals of a KPI",
    ),
}

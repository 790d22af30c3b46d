"""The words of the score workbook, Chinese and English."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "summary": ("汇总", "Summary"),
    "people": ("人员得分", "People"),
    "params": ("参数", "Parameters"),
    "problems": ("问题", "Problems"),
    "no_unit": ("未分配单位", "No unit"),
    "no_aspect": ("未分类", "none"),
    "no_lines": ("（没有指标）", "(no KPIs)"),
    "column_effective": ("有效权重 (%)", "Effective weight (%)"),
    "column_points": ("得分", "Points"),
    "column_weighted": ("加权得分", "Weighted points"),
    "column_status": ("状态", "Status"),
    "column_to_date": ("截至目前", "To date"),
    "column_light": ("亮灯", "Light"),
    "column_forecast": ("期末预测", "Forecast"),
    "column_spread": ("同类分摊后", "Spread in category"),
    "total": ("总分", "Total"),
    "grade": ("等级", "Grade"),
    "coefficient": ("系数", "Coefficient"),
    "completeness": ("完成度", "Complete"),
    "provisional": ("暂定分", "Provisional"),
    "known": ("已知权重", "Known weight"),
    "open": ("未定项", "Open lines"),
    "adjusted": ("加减分", "Adjustments"),
    "band": ("等级位次", "Grade place"),
    "sum": ("合计", "Sum"),
    "contract_result": ("合同结果", "Contract"),
    "person_result": ("个人结果", "Person"),
    "triggered": ("已触发", "triggered"),
    "not_triggered": ("未发生", "none"),
    "params_help": (
        "得分公式引用的参数。改动黄色单元格，全部得分随之重算；正式修改请改方案工作簿的参数表。",
        "What the formulas refer to. Change a yellow cell and every score follows; for good, change the program.",
    ),
    "default_scale": ("默认", "default"),
    "px_days_off": ("放假的工作日", "Weekdays off"),
    "px_days_on": ("调休上班的周末", "Weekend days worked"),
    "person_table": ("各段合同按天数加权", "Contracts, weighted by their days"),
    "days": ("天数", "Days"),
    "span": ("起止", "From – to"),
    "mean": ("平均", "Mean"),
    "red": ("红灯", "Red"),
    "amber": ("黄灯", "Amber"),
    "title": ("绩效考核得分", "Performance scores"),
    "as_of": ("数据截止", "as of"),
    "card_people": ("参评人数", "People"),
    "card_official": ("已出总分", "With total"),
    "card_mean": ("平均总分", "Mean total"),
    "card_complete": ("平均完成度", "Mean completeness"),
    "card_pending": ("待报指标", "Pending lines"),
    "card_absent": ("不适用指标", "N/A lines"),
    "card_problem": ("有问题指标", "Problem lines"),
    "card_vetoed": ("触发否决人数", "People vetoed"),
    "units": ("各单位得分", "Units"),
    "gaps": ("失分最多的指标：权重 ×（100 − 得分）÷ 100，合计到人", "Most points lost: weight × (100 − points) ÷ 100"),
    "grades": ("等级分布", "Grades"),
    "bins": ("总分分布", "Totals"),
    "chart_bins": ("总分分布（人数）", "Distribution of totals (people)"),
    "chart_grades": ("等级分布（人数）", "Distribution of grades (people)"),
    "chart_units": ("各单位平均总分", "Mean total by unit"),
    "chart_gaps": ("失分最多的指标（合计失分）", "KPIs that lose most points"),
}

# Added to a method's name: the figures that make it this line's.
SHORT: dict[str, tuple[str, str]] = {
    "per_unit": ("每 {u} 计 {k} 分", "{k} per {u}"),
    "within": ("每偏离 {u} 扣 {k} 分", "{k} off per {u}"),
    "milestone": ("每迟一日扣 {k} 分", "{k} off a day late"),
    "deduct": ("每次扣 {k} 分", "{k} off each"),
    "bonus": ("每次加 {k} 分", "{k} more each"),
}


def say(name: str, lang: str) -> str:
    return TEXTS[name][0 if lang == "zh" else 1]

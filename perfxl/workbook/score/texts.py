"""The words of the score workbook, Chinese and English."""

from __future__ import annotations

from perfxl.core.language import Text

TEXTS: dict[str, Text] = {
    "summary": Text("汇总", "Summary"),
    "people": Text("人员得分", "People"),
    "params": Text("参数", "Parameters"),
    "problems": Text("问题", "Problems"),
    "no_unit": Text("未分配单位", "No unit"),
    "no_aspect": Text("未分类", "none"),
    "no_lines": Text("（没有指标）", "(no KPIs)"),
    "column_effective": Text("有效权重 (%)", "Effective weight (%)"),
    "column_points": Text("得分", "Points"),
    "column_weighted": Text("加权得分", "Weighted points"),
    "column_status": Text("状态", "Status"),
    "column_to_date": Text("截至目前", "To date"),
    "column_light": Text("亮灯", "Light"),
    "column_forecast": Text("期末预测", "Forecast"),
    "column_spread": Text("同类分摊后", "Spread in category"),
    "total": Text("总分", "Total"),
    "grade": Text("等级", "Grade"),
    "coefficient": Text("系数", "Coefficient"),
    "decided": Text("谁何时决定", "Decided by, on, why"),
    "completeness": Text("数据完整度", "Data complete"),
    "provisional": Text("暂定分", "Provisional"),
    "known": Text("已知权重", "Known weight"),
    "open": Text("未定项", "Open lines"),
    "adjusted": Text("加减分", "Adjustments"),
    "band": Text("等级位次", "Grade place"),
    "sum": Text("合计", "Sum"),
    "limits": Text("加减与限制", "Limits"),
    "weighted_sum": Text("加权得分", "Weighted"),
    "total_cap": Text("总分封顶", "Cap"),
    "veto_most": Text("否决后至多", "Veto leaves"),
    "veto_grade": Text("最高等级", "Best grade"),
    "contract_result": Text("合同结果", "Contract"),
    "person_result": Text("个人结果", "Person"),
    "triggered": Text("已触发", "triggered"),
    "not_triggered": Text("未发生", "none"),
    "params_help": Text(
        "得分公式引用的参数。改动黄色单元格，全部得分随之重算；正式修改请改方案工作簿的参数表。",
        "What the formulas refer to. Change a yellow cell and every score follows; for good, change the program.",
    ),
    "default_scale": Text("默认", "default"),
    "px_days_off": Text("放假的工作日", "Weekdays off"),
    "px_days_on": Text("调休上班的周末", "Weekend days worked"),
    "person_table": Text("各段合同按天数加权", "Contracts, weighted by their days"),
    "days": Text("天数", "Days"),
    "span": Text("起止", "From – to"),
    "mean": Text("平均", "Mean"),
    "with_below": Text("含下级单位", "With units below"),
    "head": Text("负责人", "Head"),
    "of_people": Text("{} 人", "{} people"),
    "rank": Text("公司排名", "Rank"),
    "unit_rank": Text("单位内排名", "Unit rank"),
    "post_group": Text("岗位类别", "Post group"),
    "group_rank": Text("同类排名", "Group rank"),
    "tied": Text('0"（并列）"', '0" (tied)"'),
    "red": Text("红灯", "Red"),
    "amber": Text("黄灯", "Amber"),
    "title": Text("绩效考核得分", "Performance scores"),
    "as_of": Text("数据截止", "as of"),
    "card_people": Text("参评人数", "People"),
    "card_official": Text("已出总分", "With total"),
    "card_mean": Text("平均总分", "Mean total"),
    "version": Text("第 {} 版 {} – {} {} 天{}", "Version {} {} – {}, {} days{}"),
    "version_total": Text(" {:.2f} 分", ": {:.2f}"),
    "card_complete": Text("数据完整度", "Data completeness"),
    "card_pending": Text("待报指标", "Pending lines"),
    "card_absent": Text("不适用指标", "N/A lines"),
    "card_problem": Text("有问题指标", "Problem lines"),
    "card_vetoed": Text("触发否决人数", "People vetoed"),
    "units": Text("各单位得分", "Units"),
    "gaps": Text(
        "失分最多的指标：权重 ×（100 − 得分）÷ 100，合计到人", "Most points lost: weight × (100 − points) ÷ 100"
    ),
    "grades": Text("等级分布", "Grades"),
    "bins": Text("总分分布", "Totals"),
    "chart_bins": Text("总分分布（人数）", "Distribution of totals (people)"),
    "chart_grades": Text("等级分布（人数）", "Distribution of grades (people)"),
    "chart_units": Text(
        "各单位平均总分（至多 20 个，全部见下表）", "Mean total by unit (up to 20; all in the table below)"
    ),
    "chart_gaps": Text("失分最多的指标（合计失分）", "KPIs that lose most points"),
}

# Added to a method's name: the figures that make it this line's.
SHORT: dict[str, Text] = {
    "per_unit": Text("每 {u} 计 {k} 分", "{k} per {u}"),
    "within": Text("{low} 至 {high}，每偏离 {u} 扣 {k} 分", "{low} to {high}, {k} off per {u}"),
    "milestone": Text("每迟一日扣 {k} 分", "{k} off a day late"),
    "deduct": Text("每次扣 {k} 分", "{k} off each"),
    "bonus": Text("每次加 {k} 分", "{k} more each"),
}


def say(name: str, lang: str) -> str:
    """The text of that name."""
    return TEXTS[name](lang)

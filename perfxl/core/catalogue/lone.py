"""What to do about a problem in a lone table: there are no sheets Policy or KPI library to look for, so the remedy is a
cell, a header or a line of the table itself."""

from __future__ import annotations

from perfxl.core.language import Text

LONE_HINTS: dict[str, Text] = {
    "weight_off_step": Text(
        "权重一般取 {step}% 的倍数；需要更细的权重时不用处理",
        "Use a multiple of {step}%, or leave it where finer weights are meant",
    ),
    "figure_missing": Text(
        "在这一行填写“{figure}”（没有这一列时加一列），或在“计分方法”“评分标准”列写明怎样计分",
        "Fill in “{figure}” in this row (add the column where there is none), or say how it is scored in a column "
        "Scoring method or Scoring rule",
    ),
    "scale_unknown": Text(
        "在“评分标准”列写明各档，如“≥95%得100分，90%-95%得80分”", "Write the steps in a column Scoring rule"
    ),
    "aggregation_assumed": Text(
        "不是这样时，加一列“汇总方式”，填 累计、平均、期末、最大或最小",
        "If that is wrong, add a column Aggregation: sum, mean, last, max or min",
    ),
    "aggregation_missing": Text(
        "各期相加、平均还是取最后一期，从表中看不出：加一列“汇总方式”，填 累计、平均或期末",
        "Whether they add up, have a mean or the last one counts is not to be seen: add a column Aggregation with sum, "
        "mean or last",
    ),
    "steps_against_direction": Text(
        "改正各档的得分，或加一列“方向”写明", "Correct the steps' points, or add a column Direction"
    ),
    "smart_out_of_reach": Text(
        "核对目标与基数；有把握时无需处理", "Check the target and the base; nothing to do where it is meant"
    ),
    "floor_above_cap": Text("改正其中一个", "Correct one of them"),
    "mark_beyond_scale": Text(
        "改正评分，或改正表头、“满分”列写的满分", "Correct the mark, or full marks in the header"
    ),
    "mark_unreadable": Text("填数字；未评请留空", "Type a number, or leave it blank"),
    "rater_shares_missing": Text(
        "在评分列的表头写明各占多少，如“自评(20%)”“上级评分(80%)”，或在表下写“自评占20%，上级占80%”",
        "Give the shares in the headers, such as Self (20%) and Manager (80%), or in a line below the table",
    ),
    "rater_shares_sum": Text(
        "改正表头里的占比，使合计为 100%", "Correct the shares in the headers so that they make 100%"
    ),
    "relation_without_share": Text(
        "应计入时在表头写明占比；不计入时不用处理",
        "Give the share in the header if it should count; else nothing to do",
    ),
    "full_marks_missing": Text(
        "在表头写明满分，如“得分(100分)”，或加一列“满分”",
        "Say full marks in the header, such as Score (of 100), or add a column",
    ),
    "contract_outside_period": Text("改正表上方的考核期", "Correct the period above the table"),
    "actual_of_wrong_type": Text("按{expected}填报", "Report by {expected}"),
    "rating_out_of_range": Text("评 {low}-{high} 分", "Rate it from {low} to {high}"),
    "marks_not_used": Text(
        "要计分的，不要给这一行写扣分、加分等性质；其余不用处理",
        "To have them count, give the row a weight; else nothing to do",
    ),
    "not_a_figure": Text(
        "填数字（85%）或日期（2025-03-05）；由人评判的，加一列“得分(100分)”；"
        "没有数据请留空，不考核此项请填“不适用”，零请填 0",
        "Type a number (85%) or a date (2025-03-05); for what people judge add a column Score (of 100); leave it blank "
        "if there is none, n/a if it does not apply, 0 for zero",
    ),
    "figure_not_a_number": Text(
        "填数字；由人评判的，加一列“得分(100分)”，由评分人填",
        "Type a number; for what people judge add a column Score (of 100)",
    ),
    "program_empty": Text("填好后再运行", "Fill it in and run again"),
    "weight_missing": Text(
        "在这一行填写权重；不计权重的在权重格写“扣分”“加分”“否决”或“监控”",
        "Give a weight in this row; one that shall carry none says deduct, bonus, veto or monitor there",
    ),
}

"""X codes: worksheet functions. What PX_WHY tells where a cell shows an error value."""

from __future__ import annotations

from perfxl.core.problems import Kind, Severity

E, W, N = Severity.ERROR, Severity.WARNING, Severity.NOTICE

KINDS: dict[str, Kind] = {
    "X101": Kind(
        E,
        "没有给出{table}区域，或区域是空的",
        "No range was given for {table}, or it is empty",
        "选中含表头的整个区域，也可以选整列",
        "Select the whole range with its headers; whole columns will do",
    ),
    "X102": Kind(
        E,
        "区域里找不到{table}的表头（第一行是：{value}）",
        "The range has no headers of {table} (its first row: {value})",
        "区域要包含表头行，表头用中文或英文均可，如 指标名称、计分方法、目标值、实际完成值、权重",
        "Include the header row, in Chinese or English, such as KPI name, Scoring method, Target, Actual, Weight",
    ),
    "X103": Kind(
        E,
        "区域里没有“{column}”列",
        "The range has no column “{column}”",
        "加上这一列，或把它选进区域",
        "Add the column, or select it too",
    ),
    "X104": Kind(
        E,
        "“{argument}”应为数字，这里是“{value}”",
        "“{argument}” must be a number; it is “{value}”",
        "填数字，如 120、85%、12万",
        "Type a number, such as 120 or 85%",
    ),
    "X105": Kind(
        E,
        "认不出这个设置区域（“{value}”）",
        "This range of settings is none that is known (“{value}”)",
        "给出“参数、取值”两列，或等级、分档表、分级评估表、自定义计分方法、节假日、类别权重、事件表（含表头）",
        "Give two columns Setting and Value, or the table of grades, steps, grade scales, own methods, holidays, "
        "category weights or events with its headers",
    ),
    "X106": Kind(
        E,
        "参数“{setting}”是 {value}：看不出是百分之几还是不足 1%",
        "The setting “{setting}” is {value}: a percentage, or less than one per cent?",
        "填 5 或文本 5%（函数看不到单元格的百分比格式）",
        "Type 5, or 5% as text (a function does not see the cell's percent format)",
    ),
    "X107": Kind(
        E,
        "没有“{value}”",
        "There is no “{value}”",
        "核对名称；可用的有：{known}",
        "Check the name; there are: {known}",
    ),
    "X108": Kind(
        E,
        "区域里有 {count} 个人，没有说明要谁的",
        "The range holds {count} people and none is named",
        "给出工号或姓名，或用 PX_TOTALS 一次列出所有人",
        "Name one by ID or name, or use PX_TOTALS for everybody",
    ),
    "X109": Kind(
        E,
        "“{argument}”是空的",
        "“{argument}” is blank",
        "填写它所指的单元格",
        "Fill in the cell it refers to",
    ),
    "X110": Kind(
        E,
        "份额合计 {total}%，比 100% {way_zh} {amount} 个百分点，不能分摊",
        "The shares sum to {total}%, {amount} {way_en}: nothing can be allocated",
        "调整份额使合计恰为 100%（填 50、30、20 或 50%、30%、20%）",
        "Make the shares sum to exactly 100% (50, 30, 20 or 50%, 30%, 20%)",
    ),
    "X111": Kind(
        E,
        "目标值 {value} 的小数多于 {decimals} 位，分摊后的合计对不上",
        "The target {value} has more than {decimals} decimals, so the parts could not sum to it",
        "增加小数位数，或先把目标值取整",
        "Allow more decimals, or round the target first",
    ),
    "X112": Kind(
        E,
        "份额“{value}”不是数字或为负",
        "The share “{value}” is no number or negative",
        "填 0 以上的数字",
        "Type a number from 0 up",
    ),
    "X113": Kind(
        E,
        "“{argument}”应在 {low} 到 {high} 之间，这里是 {value}",
        "“{argument}” must lie between {low} and {high}; it is {value}",
        "改正这个数字",
        "Correct the number",
    ),
    "X114": Kind(
        E,
        "目标值为 0，算不出完成率",
        "The target is 0, so there is no attainment",
        "目标确为 0 时不用完成率，改看得分",
        "If the target is 0 indeed, look at the points instead",
    ),
    "X115": Kind(
        E,
        "公式读不懂：{reason}",
        "The formula cannot be read: {reason}",
        "写法同 Excel，可用 A 实绩 T 目标 L 门槛 C 挑战 B 基数 D 方向 K U LO HI，以及 IF AND OR MIN MAX ABS ROUND INT",
        "As in Excel, over A actual, T target, L threshold, C challenge, B base, D direction, K, U, LO, HI with IF AND "
        "OR MIN MAX ABS ROUND INT",
    ),
    "X116": Kind(
        E,
        "{count} 行不能计分，所以没有总分",
        "{count} lines cannot be scored, so there is no total",
        '用 PX_SCORES(区域,"全部") 查看每一行的原因',
        'PX_SCORES(range,"all") tells the reason line by line',
    ),
    "X117": Kind(
        E,
        "“{value}”不认识",
        "“{value}” is not known",
        "可填：{known}",
        "It may be: {known}",
    ),
    "X118": Kind(
        E,
        "第 {row} 行：{reason}",
        "Row {row}: {reason}",
        "{hint}",
        "{hint}",
    ),
    "X119": Kind(
        E,
        "否决指标“{kpi}”的实际完成值“{value}”看不出是否发生",
        "The actual “{value}” of the vetoing KPI “{kpi}” does not say whether it happened",
        "填发生次数：0 表示没有发生",
        "Type how often it happened; 0 if it did not",
    ),
    "X120": Kind(
        N,
        "没有出错",
        "Nothing failed",
        "无需处理",
        "Nothing to do",
    ),
    "X131": Kind(
        N,
        "自定义方法“{value}”的名称不能用作 Excel 名称，没有生成 LAMBDA",
        "The own method “{value}” cannot be a name in Excel; there is no LAMBDA of it",
        "方法名只用汉字、字母、数字和下划线",
        "Use letters, digits and underscores in the method's name",
    ),
    "X132": Kind(
        N,
        "{value}按工作日计日，没有生成 LAMBDA",
        "{value} counts working days; there is no LAMBDA of it",
        "用加载项的 PX_SCORE，它认得节假日和调休",
        "Use PX_SCORE of the add-in, which knows holidays and make-up days",
    ),
    "X121": Kind(
        E,
        "“{argument}”是 0 还是空单元格，Calc 不告诉函数",
        "Calc does not tell whether “{argument}” is 0 or a blank cell",
        '写成区域，如 B2:B2 而不是 B2（空与 0 即可分清）；确实是常数 0 时写成文本 "0"',
        'Write it as a range, B2:B2 instead of B2, which keeps the two apart; a constant 0 is written as text, "0"',
    ),
}

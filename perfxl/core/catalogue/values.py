"""V codes: single cells. core/text, core/dates and core/numbers return the codes that need no details; the reader adds
V108 (allowed), V110 (low, high), V112 (first) and V115 (limit)."""

from __future__ import annotations

from perfxl.core.problems import Kind, Severity

E, W, N = Severity.ERROR, Severity.WARNING, Severity.NOTICE

KINDS: dict[str, Kind] = {
    "V101": Kind(
        E,
        "“{value}”不能读作数字",
        "“{value}” cannot be read as a number",
        "只填阿拉伯数字，如 120、85% 或 -3.5；没有数据请留空，零请填 0",
        "Type digits only, such as 120, 85% or -3.5; leave it blank if there is no figure yet, type 0 for zero",
    ),
    "V102": Kind(
        E,
        "“{column}”要填数字，这里是“{value}”(是/否)",
        "“{column}” takes a number; this is yes/no (“{value}”)",
        "填数字；如果是公式的结果，请让公式返回数值而不是 TRUE/FALSE",
        "Type a number; if a formula made it, let it return a number instead of TRUE/FALSE",
    ),
    "V103": Kind(
        E,
        "“{column}”要填数字，这里是日期 {value}",
        "“{column}” takes a number; this is the date {value}",
        "把单元格格式改为“常规”，重新填写数字（如 3.5 被 Excel 变成了 3月5日）",
        "Set the cell format to General and type the number again (Excel may have turned 3.5 or 3/5 into a date)",
    ),
    "V104": Kind(
        E,
        "单元格是公式错误值 {value}",
        "The cell holds the Excel error {value}",
        "改正公式或公式引用的单元格；此项不适用时请填“不适用”，#N/A 不等于不适用",
        "Mend the formula or the cells it refers to; if the item does not apply type N/A: #N/A does not mean that",
    ),
    "V105": Kind(
        E,
        "“{value}”不是有效的日期",
        "“{value}” is not a valid date",
        "按 2025-03-05 的写法填年、月、日",
        "Type year, month and day as 2025-03-05",
    ),
    "V106": Kind(
        E,
        "“{value}”有几种读法，不能确定是哪一天",
        "“{value}” can be read as more than one day",
        "年份在前并写四位：2025-03-05",
        "Put the year first, in four digits: 2025-03-05",
    ),
    "V107": Kind(
        E,
        "“{value}”不是有效的期间",
        "“{value}” is not a valid period",
        "写成 2025（年）、2025H1（上半年）、2025Q1（一季度）或 2025-01（月），必须有四位年份；"
        "2025.10 会被 Excel 变成 2025.1，请用 2025-10",
        "Type 2025 (year), 2025H1 (half), 2025Q1 (quarter) or 2025-01 (month), with a four-digit year; "
        "Excel turns 2025.10 into 2025.1, so type 2025-10",
    ),
    "V108": Kind(
        E,
        "“{column}”不能填“{value}”",
        "“{value}” is not allowed in “{column}”",
        "从下拉列表中选择：{allowed}",
        "Choose from the list: {allowed}",
    ),
    "V109": Kind(
        E,
        "必填项“{column}”为空",
        "“{column}” is required but blank",
        "填写此单元格；整行不需要时请删除该行",
        "Fill the cell in, or delete the row if it is not needed",
    ),
    "V110": Kind(
        E,
        "“{column}”应在 {low} 到 {high} 之间，这里是 {value}",
        "“{column}” must lie between {low} and {high}; this is {value}",
        "填 {low} 到 {high} 之间的数；百分比格式的单元格请填 15%，普通单元格请填 15",
        "Type a number from {low} to {high}; 15% in a cell formatted as percentage, 15 in any other",
    ),
    "V111": Kind(
        E,
        "“{value}”可能漏了百分号：“{column}”的其他数都是百分比",
        "“{value}” probably lacks its percent sign: the other figures of “{column}” are percentages",
        "是百分之几就写上 %，如 20%；确实是倍数时请写成 2000%",
        "Add the sign if it is a percentage, such as 20%; if the multiple is meant, type 2000%",
    ),
    "V112": Kind(
        E,
        "“{value}”重复，已见于 {first}",
        "“{value}” occurs twice, first in {first}",
        "删除重复的一行，或改正其编号",
        "Delete one of the two rows, or correct its key",
    ),
    "V113": Kind(
        E,
        "“{column}”要填整数，这里是 {value}",
        "“{column}” takes a whole number; this is {value}",
        "填不带小数和百分号的数字，如 3",
        "Type a number without decimals or percent sign, such as 3",
    ),
    "V114": Kind(
        E,
        "“{column}”只能填“是”或“否”，这里是“{value}”",
        "“{column}” takes yes or no; this is “{value}”",
        "填“是”或“否”（√、×、Y、N 也可以）",
        "Type yes or no (Y, N, √, × will do)",
    ),
    "V115": Kind(
        E,
        "文字过长，超过 {limit} 个字符",
        "The text is longer than {limit} characters",
        "缩短到 {limit} 个字符以内",
        "Shorten it to {limit} characters",
    ),
    "V116": Kind(
        E,
        "“{value}”不是数字、日期、“不适用”，也不是评级",
        "“{value}” is neither a number, a date, N/A nor a grade",
        "填数字（85%）、日期（2025-03-05）或分级表中的级别；没有数据请留空，不考核此项请填“不适用”，零请填 0",
        "Type a number (85%), a date (2025-03-05) or a grade of the scale; leave it blank if there is no figure yet, "
        "N/A if the item does not apply, 0 for zero",
    ),
    "V117": Kind(
        E,
        "“{value}”带有单位或其他文字",
        "“{value}” carries a unit or other words",
        "只填数字，不写单位（如“12人”填 12）；单位以指标的“单位”栏为准",
        "Type the number alone (12, not 12 people), in the KPI's own unit",
    ),
    "V118": Kind(
        W,
        "“{value}”超过 15 位，Excel 已把后面的数字变成 0",
        "“{value}” has more than 15 digits; Excel has replaced the rest by 0",
        "先把单元格格式设为“文本”，再重新填写完整的编号",
        "Set the cell format to Text, then type the whole number again",
    ),
    "V121": Kind(
        N,
        "文本“{value}”已按数字读取",
        "The text “{value}” was read as a number",
        "无需处理；想让 Excel 也能计算，请把单元格转换为数字",
        "Nothing to do; convert the cell to a number if Excel shall calculate with it",
    ),
    "V122": Kind(
        N,
        "“{value}”含全角字符、千分位、空格或括号，已按数字读取（括号表示负数）",
        "“{value}” (full-width, separators, spaces or brackets) was read as a number; brackets mean minus",
        "无需处理；读错时请改填普通数字",
        "Nothing to do; if it was read wrongly, type a plain number",
    ),
    "V123": Kind(
        N,
        "“{value}”已按乘以百、千、万、亿以后的数读取",
        "“{value}” was read as the number multiplied out (万 is 10,000, 亿 is 100,000,000)",
        "请核对指标单位：单位若已是万元，只填万元数（12万 填 12）",
        "Check the KPI's unit: if it is 万元 already, type the figure in 万元 (12 for 12万)",
    ),
    "V124": Kind(
        N,
        "“{value}”已去掉货币单位，按元读取",
        "“{value}” was read without its currency, at face value",
        "请核对指标单位：单位若是万元，请改填万元数",
        "Check the KPI's unit: if it is 万元 or thousands, type the figure in that unit",
    ),
    "V125": Kind(
        N,
        "“{value}”已按空白处理",
        "“{value}” was taken as a blank cell",
        "没有数据时留空即可；零请填 0，不考核此项请填“不适用”",
        "Leave the cell blank if there is no figure; type 0 for zero, N/A if the item does not apply",
    ),
    "V126": Kind(
        N,
        "“{value}”已按日期读取",
        "“{value}” was read as a date",
        "无需处理；想让 Excel 也当作日期，请按 2025-03-05 填写（时刻不保留）",
        "Nothing to do; type it as 2025-03-05 for Excel to know it as a date (the time of day is dropped)",
    ),
    "V127": Kind(
        N,
        "文本栏“{column}”里是日期，已读作“{value}”",
        "The text column “{column}” holds a date, read as “{value}”",
        "如果本意不是日期（如 1-2 被 Excel 变成了 1月2日），请把单元格格式设为“文本”再填",
        "If no date was meant (Excel turns 1-2 into 2 January), set the cell format to Text and type it again",
    ),
    "V128": Kind(
        N,
        "日期 {value} 已按所在月份读取",
        "The date {value} was read as its month",
        "无需处理；若指季度或年度，请写成 2025Q1 或 2025",
        "Nothing to do; if the quarter or the year is meant, type 2025Q1 or 2025",
    ),
    "V129": Kind(
        W,
        "“{column}”以百分点计，{value} 表示百分之 {value}",
        "“{column}” is in percent points: {value} means {value} per cent",
        "若指 15%，请填 15 或 15%（不是 0.15）；确实不足 1% 时请写上百分号，如 0.5%",
        "For 15% type 15 or 15%, not 0.15; if less than one per cent is meant, type the sign, such as 0.5%",
    ),
}

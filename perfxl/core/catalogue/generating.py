"""C230 to C249, C295, C296, C301, C302, C306: names in place of codes and grey columns beside them; what is generated
from the KPIs of posts; a cascade without links."""

from __future__ import annotations

from perfxl.core.catalogue.declare import Kind, Severity

E, W, N = Severity.ERROR, Severity.WARNING, Severity.NOTICE

KINDS: dict[str, Kind] = {
    "names_as_codes": Kind(
        "C230",
        N,
        "“{column}”有 {count} 处填的是名称，已读作编号（“{value}”即“{target}”）",
        "{column}: {count} cell(s) hold names, read as their IDs (“{value}” is “{target}”)",
        "无需处理",
        "Nothing to do",
    ),
    "name_of_several": Kind(
        "C231",
        E,
        "“{column}”填的“{value}”在“{target}”表中对应 {count} 个{key}：{candidates}",
        "{column}: “{value}” stands for {count} rows of the sheet {target}, by {key}: {candidates}",
        "改填其中一个{key}",
        "Write the {key} of the one that is meant",
    ),
    "name_beside_differs": Kind(
        "C295",
        W,
        "“{column}”旁的名称列写着“{value}”，而“{target}”是“{likely}”（共 {count} 处不符）；只按编号读取，名称没有采用",
        "Beside {column} stands the name “{value}”, but “{target}” is “{likely}” ({count} cell(s) differ); only the ID "
        "was read",
        "名称列由公式带出，不要填写；编号错了，请改编号",
        "The column of names is filled by formulas: leave it. If the ID is wrong, correct the ID",
    ),
    "name_beside_no_code": Kind(
        "C296",
        W,
        "“{column}”空白，名称列却填了“{value}”（共 {count} 处）；名称列不作数据，没有读取",
        "{column} is blank, but the column of names beside it holds “{value}” ({count} cell(s)): it was not read",
        "把编号或名称填在“{column}”列",
        "Write the ID or the name into the column {column}",
    ),
    "worked_beside_differs": Kind(
        "C301",
        W,
        "“{column}”右边的灰色列写着“{value}”，按本行应为“{likely}”（共 {count} 处不符）；没有采用",
        "The grey column right of {column} says “{value}” where “{likely}” follows from its row ({count} cell(s) "
        "differ); it was not read",
        "该列由公式算出，不要填写：恢复公式，要改请改提议、预测或签字日期",
        "That column is worked out by a formula: restore it, and change the proposals or signatures if they are wrong",
    ),
    "cascade_without_links": Kind(
        "C302",
        W,
        "没有目标分解：“目标分解”表是空的，只看得出下级合同有没有同一指标，份额和目标值没有核对",
        "There are no links: the sheet Links is blank. Only who holds the same KPI is known; shares and targets were "
        "not judged",
        "在“目标分解”写明每个指标由谁承接、怎样分；或填“岗位指标”生成",
        "Say there who carries which KPI and how, or fill in Post KPIs and generate them",
    ),
    "post_kpis_empty": Kind(
        "C232",
        E,
        "“岗位指标”没有填写，没有可生成的内容",
        "The sheet Post KPIs is blank: there is nothing to generate from",
        "在“岗位指标”写明每类岗位考核哪些指标；公司目标填在总经理岗位",
        "Say there what each post is measured by; the company's targets stand at the top post",
    ),
    "generation_year_assumed": Kind(
        "C233",
        N,
        "参数表没有考核期，合同按 {value} 年全年生成",
        "The policy sets no period; contracts are generated for the whole of {value}",
        "不是时，填参数“考核期开始”“考核期结束”后再生成",
        "If that is wrong, set Period from and Period to, then generate again",
    ),
    "post_without_kpis": Kind(
        "C234",
        W,
        "岗位“{post}”（{count} 人）在“岗位指标”中没有指标，没有为他们生成合同",
        "The post “{post}” ({count} people) has no KPIs in the sheet Post KPIs; no contract was generated",
        "为该岗位填写指标，或改正岗位名称",
        "Give the post its KPIs, or correct its name",
    ),
    "post_of_nobody": Kind(
        "C235",
        W,
        "岗位“{post}”在人员表中没有人",
        "Nobody in the sheet People has the post “{post}”",
        "改正岗位名称，使之与人员表的岗位、岗位类型或姓名一致",
        "Correct it to a post, post type or name of the sheet People",
    ),
    "post_kpi_dropped": Kind(
        "C236",
        N,
        "指标“{kpi}”的筛选结论是剔除，没有生成（{count} 人）",
        "The KPI “{kpi}” was dropped in screening and not generated ({count} people)",
        "要用时改指标库的“筛选结论”",
        "To use it, change its verdict in the KPI library",
    ),
    "superior_without_kpi": Kind(
        "C237",
        E,
        "{count} 人（如{person}）的各级上级都没有指标“{kpi}”，得不出目标值",
        "No superior of {count} people (such as {person}) holds the KPI “{kpi}”, so there is no target",
        "为上级岗位加上该指标，或在此填写目标值",
        "Give the superior's post the KPI, or write a target here",
    ),
    "post_shares_not_whole": Kind(
        "C238",
        E,
        "承接“{upper}”的份额合计为 {sum}%，不是 100%，没有生成目标值",
        "The shares of those who carry “{upper}” make {sum}%, not 100%; no targets were generated",
        "改正份额，或把其中一个岗位的份额留空（平分其余）",
        "Correct the shares, or leave one post's blank: it takes the rest",
    ),
    "sheets_left_behind": Kind(
        "C239",
        W,
        "原文件的格式或缺少的工作表使生成的行无法直接加入，已另写一本新工作簿；没有带过去的工作表：{sheets}",
        "The rows could not be added to the file as it is (its format, or a sheet that is missing): a new workbook was "
        "written; sheets that it does not hold: {sheets}",
        "需要时把这些工作表复制过去；想保留原文件的样式，请先存为 .xlsx 并补齐缺少的工作表",
        "Copy them over if you need them; to keep the file's own looks, save it as .xlsx with all sheets first",
    ),
    "generated_column_missing": Kind(
        "C240",
        W,
        "“{table}”没有“{column}”列，生成的 {count} 个值没有写入",
        "{table} has no column {column}: {count} generated values were not written",
        "加上这一列后再生成",
        "Add the column and generate again",
    ),
    "blank_takes_default": Kind(
        "C241",
        N,
        "“{column}”有 {count} 处空白，按默认处理（如“{value}”）",
        "{column}: {count} blank cell(s) take the default (such as {value})",
        "不合适时填写",
        "Fill them in where that is not what is meant",
    ),
    "post_mode_unclear": Kind(
        "C242",
        E,
        "“{upper}”由几个人承接，没有写明是分摊还是全额承担，没有生成目标值（{count} 人）",
        "Several carry “{upper}”; whether shared or in full nothing says: no targets were generated ({count} people)",
        "填“分解方式”，或在指标库填“汇总方式”（累计即分摊，其他即全额）",
        "Give the mode, or the KPI's aggregation in the library (sum is shared, others are carried in full)",
    ),
    "post_kpis_wrong_number": Kind(
        "C306",
        E,
        "岗位“{post}”（{count} 人）有 {kpis} 个计权重的指标：每个 {minimum}%-{maximum}%，合计凑不成 100%",
        "The post “{post}” ({count} people) has {kpis} KPIs with weight: of {minimum}% to {maximum}% each, they cannot "
        "sum to 100%",
        "为该岗位配 {holds} 个指标（建议 5-10 个），或改参数“单项权重下限”“单项权重上限”",
        "Give the post {holds} KPIs (5 to 10 are advised), or change the settings Least weight, Greatest weight",
    ),
}

"""R2 codes: objectives, CSFs and KPI cards against the rules of the design methods."""

from __future__ import annotations

from perfxl.core.catalogue.declare import Kind, Severity

E, W, N = Severity.ERROR, Severity.WARNING, Severity.NOTICE

KINDS: dict[str, Kind] = {
    "objective_without_verb": Kind(
        "R210",
        N,
        "目标“{value}”没有行动动词",
        "The objective “{value}” holds no verb of action",
        "写成“提高……”“完成……”；公司自己的动词可写在参数表“目标动词”",
        "Begin with a verb such as Raise or Complete; verbs of your own go to the setting Objective verbs",
    ),
    "objective_vague": Kind(
        "R211",
        N,
        "目标“{value}”只是口号，没有说明要达到什么",
        "The objective “{value}” is a slogan: it does not say what is to be reached",
        "写明对象和要达到的结果，如“提高大客户收入”",
        "Say of what and to which result, such as Raise key account revenue",
    ),
    "manager_objectives_too_many": Kind(
        "R212",
        W,
        "“{person}”负责的几个单位共有 {count} 个目标，超过 {limit} 个",
        "The units headed by “{person}” hold {count} objectives in all, more than {limit}",
        "一位经理建议 5-7 个目标；合并或取舍，或交给其他负责人",
        "5-7 is the advice for a manager; merge or drop some, or give them to somebody else",
    ),
    "csfs_missing": Kind(
        "R213",
        N,
        "目标“{objective}”没有关键成功要素，而同一单位的其他目标有",
        "Objective “{objective}” has no CSFs, while others of its unit do",
        "填写一个结果类、两个行动类关键成功要素",
        "Give it one CSF of result and two of action",
    ),
    "csfs_all_financial": Kind(
        "R214",
        N,
        "“{unit}”的 {count} 个关键成功要素全是财务的",
        "All {count} CSFs of “{unit}” are financial",
        "关键成功要素还应包含客户、流程、人员等非财务要素，各方面才平衡",
        "CSFs should hold non-financial ones too: customers, processes, people",
    ),
    "csf_unknown": Kind(
        "R215",
        E,
        "“{value}”不是目标“{objective}”的关键成功要素；它有：{candidates}",
        "“{value}” is no CSF of the objective “{objective}”, which has: {candidates}",
        "按“目标”表中的写法填写，或留空",
        "Write it as on the sheet Objectives, or leave the cell blank",
    ),
    "csf_kpis_too_many": Kind(
        "R216",
        W,
        "关键成功要素“{csf}”对应 {count} 个指标，超过 {limit} 个",
        "The CSF “{csf}” has {count} KPIs, more than {limit}",
        "每个关键成功要素最多 3 个指标，保留最能反映它的",
        "At most 3 KPIs for a CSF; keep those that tell most about it",
    ),
    "csf_without_kpi": Kind(
        "R217",
        N,
        "关键成功要素“{value}”没有指标衡量，而同一目标的其他要素有",
        "No KPI measures the CSF “{value}”, while the other CSFs of its objective have some",
        "在指标库的“对应要素”栏为它指定指标",
        "Name it in the column CSF of a KPI",
    ),
    "kpi_without_frequency": Kind(
        "R218",
        N,
        "指标“{kpi}”没有考核周期",
        "KPI “{kpi}” does not say how often it is measured",
        "填写月、季或年",
        "Give month, quarter or year",
    ),
    "ratio_without_parts": Kind(
        "R219",
        N,
        "指标“{kpi}”是比率，但没有写明分子和分母",
        "KPI “{kpi}” is a ratio, but names no numerator and denominator",
        "填写“分子”“分母”，或在“指标定义”中写成算式，如 A÷B×100%",
        "Fill in both, or write the definition as a formula such as A / B",
    ),
    "kpi_half_a_ratio": Kind(
        "R220",
        W,
        "指标“{kpi}”的分子、分母只填了一个",
        "KPI “{kpi}” has only one of numerator and denominator",
        "补上空着的一个",
        "Fill in the one that is blank",
    ),
    "objective_without_kpi": Kind(
        "R221",
        N,
        "目标“{objective}”没有指标衡量，下级目标也没有",
        "No KPI measures the objective “{objective}”, nor one below it",
        "在指标库的“对应目标”栏填写其编号“{value}”",
        "Write its ID “{value}” under Objective of the KPIs that measure it",
    ),
    "kpi_without_source": Kind(
        "R222",
        N,
        "指标“{kpi}”既没有对应目标，也没有指标来源，也不承接上级指标",
        "KPI “{kpi}” leads to no objective, has no source and carries no superior's KPI",
        "填写“对应目标”或“指标来源”（价值树、岗位常规、短期重点、集体、防范）",
        "Fill in Objective or Source (value tree, routine duty, priority, collective, preventive)",
    ),
    "category_unknown": Kind(
        "R234",
        W,
        "“{value}”不在公司的指标类别中",
        "“{value}” is none of the company's KPI categories",
        "公司的类别：{allowed}；改正，或在“指标类别”表中加上它",
        "The company's are: {allowed}; correct it, or add it to the sheet Categories",
    ),
}

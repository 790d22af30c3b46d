"""R codes: references between tables, trees and cycles."""

from __future__ import annotations

from perfxl.core.catalogue.declare import Kind, Severity

E, W, N = Severity.ERROR, Severity.WARNING, Severity.NOTICE

KINDS: dict[str, Kind] = {
    "reference_unknown": Kind(
        "R101",
        E,
        "“{column}”填的“{value}”在“{target}”表中没有{suggestion}",
        "{column}: “{value}” is not in the sheet {target}{suggestion}",
        "按“{target}”表的“{key}”填写，或先在该表补上这一行",
        "Use a “{key}” of the sheet {target}, or add the row there first",
    ),
    "rows_without_partner": Kind(
        "R102",
        E,
        "“{table}”有 {count} 行无处可用（{cells}）：没有“{missing}”，或它是空表",
        "{table}: {count} row(s) lead nowhere ({cells}): the sheet {missing} is missing or blank",
        "补上“{missing}”；表名或表头改过时请改回，或删除这些行",
        "Add {missing}; undo a changed sheet name or header, or delete the rows",
    ),
    "key_repeated": Kind(
        "R110",
        E,
        "“{key}”重复，已在 {first} 出现",
        "“{key}” stands twice; it is already at {first}",
        "删除多余的一行，或改正其中一个编号",
        "Delete one of the rows or correct its key",
    ),
    "kpi_name_repeated": Kind(
        "R111",
        W,
        "指标“{value}”（{kpi}）与 {first} 的指标（{other}）同名",
        "KPI “{value}” ({kpi}) has the same name as the KPI {other} at {first}",
        "同一个指标只保留一张卡；不同的指标请用名称区分",
        "Keep one card for one KPI; give different KPIs different names",
    ),
    "parents_circular": Kind(
        "R120",
        E,
        "“{table}”的“{column}”成环：{path}",
        "{table}: “{column}” runs in a circle: {path}",
        "改正环中任意一处的“{column}”，使其逐级向上到顶",
        "Correct “{column}” at one place of the circle so that it leads up to the top",
    ),
    "second_top_unit": Kind(
        "R121",
        E,
        "“{unit}”没有上级单位，而“{root}”已是最高单位",
        "“{unit}” has no parent unit, but “{root}” is the top already",
        "只有公司没有上级单位；请为“{unit}”填写上级单位",
        "Only the company has no parent; name the parent unit of “{unit}”",
    ),
    "links_circular": Kind(
        "R122",
        E,
        "目标分解成环：{path}",
        "The links run in a circle: {path}",
        "指标只能由上级分解到下级；删除或改正环中的一条分解关系",
        "KPIs are carried from superior to subordinate; delete or correct one link of the circle",
    ),
    "causes_circular": Kind(
        "R123",
        W,
        "目标的因果关系成环：{path}",
        "The causes of objectives run in a circle: {path}",
        "因果应从学习成长、流程、客户指向财务；删除环中的一处“支撑目标”",
        "Causes lead from learning, process and customer to financial; remove one of them",
    ),
    "cause_unknown": Kind(
        "R124",
        E,
        "目标“{objective}”要支撑的目标“{cause}”不存在{suggestion}",
        "Objective “{objective}” supports “{cause}”, which does not exist{suggestion}",
        "填写目标编号，多个用分号隔开",
        "Write the IDs of objectives, with semicolons between them",
    ),
    "objectives_too_many": Kind(
        "R130",
        W,
        "“{unit}”承担 {count} 个目标，超过 {limit} 个",
        "“{unit}” holds {count} objectives, more than {limit}",
        "合并或取舍，建议 5-7 个；上限在参数表“目标数上限”",
        "Merge or drop some, 5-7 is the advice; the limit is a setting of the policy sheet",
    ),
    "objective_kpis_too_many": Kind(
        "R131",
        W,
        "目标“{objective}”对应 {count} 个指标，{csfs} 个关键成功要素最多 {limit} 个",
        "Objective “{objective}” has {count} KPIs; {csfs} CSF(s) take {limit} at most",
        "每个关键成功要素最多 3 个指标，保留最能反映结果的",
        "At most 3 KPIs for a CSF; keep those that tell most about the result",
    ),
    "perspective_empty": Kind(
        "R132",
        N,
        "公司目标中没有“{perspective}”层面的目标",
        "No company objective stands in the perspective “{perspective}”",
        "综合平衡记分卡的四个层面都应有目标",
        "Each of the four perspectives should hold an objective",
    ),
    "effect_without_cause": Kind(
        "R133",
        N,
        "目标“{objective}”没有其他目标支撑（有果无因）",
        "No objective supports “{objective}”: an effect without a cause",
        "在促成它的目标的“支撑目标”栏填写其编号“{value}”",
        "Write its ID “{value}” under “Supports objectives” of what brings it about",
    ),
}

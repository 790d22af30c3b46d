"""T100 onwards: sheets that go out to be filled in, and what comes back."""

from __future__ import annotations

from perfxl.core.catalogue.declare import Kind, Severity

E, W, N = Severity.ERROR, Severity.WARNING, Severity.NOTICE

KINDS: dict[str, Kind] = {
    "person_without_recipient": Kind(
        "T100",
        W,
        "{count} 人没有可以下发的对象（如“{value}”），{rows} 行未下发",
        "{count} people have nobody to be asked about them (such as “{value}”); {rows} rows were not sent",
        "在人员表填写直接上级（按单位下发时填写所属单位）",
        "Name the superior (or, by unit, the unit) on the sheet People",
    ),
    "kpi_without_reporter": Kind(
        "T101",
        W,
        "{count} 个指标没有上报人或数据来源（如“{value}”），{rows} 行未下发",
        "{count} KPIs have neither reporter nor data source (such as “{value}”); {rows} rows were not sent",
        "在指标库填写“上报人”或“数据来源”",
        "Fill in Reporter or Data source in the KPI library",
    ),
    "nothing_to_send": Kind(
        "T102",
        E,
        "没有要下发的行：这一期没有到期的填报",
        "There is nothing to send: no row is due for that period",
        "检查合同日期、指标的考核周期和 --period、--what",
        "Check the contracts' dates, the KPIs' periods, and --period and --what",
    ),
    "template_name_marks_nothing": Kind(
        "T103",
        E,
        "模板中的名称“{value}”没有标在一行或一个单元格上（{reach}）",
        "The template's defined name “{value}” marks no single row or cell ({reach})",
        "在 Excel 的名称管理器中让它指向要重复的那一行，或删除这个名称",
        "Let it refer to the row that is repeated (Excel's name manager), or delete it",
    ),
    "job_without_sheet": Kind(
        "T104",
        E,
        "模板中没有“{value}”的行",
        "The template has no row for “{value}”",
        "用 perfxl new 取回自带模板，或在模板中为该行定义名称（docs/managers.md）",
        "Take the shipped template (perfxl new), or define the name for that row (docs/managers.md)",
    ),
}

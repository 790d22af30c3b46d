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
}

"""C230 to C249: names in place of codes; contracts and lines generated from the KPIs of posts."""

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
}

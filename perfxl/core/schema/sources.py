"""Where an imported program came from: each column of each table that was read, and what it was taken for.

What stands here is read again: HR corrects a dropdown, and tables with the same headers are read accordingly.
"""

from __future__ import annotations

from perfxl.core.schema.contract import CONTRACT_SHEET
from perfxl.core.schema.declare import Choice, Column, Table, Type

NOT_READ = "not_read"
"""What a column is taken for that is kept in its file, and not read."""

TABLE_KIND = (
    Choice("contract", "合同或权重表", "contract or weight table"),
    Choice("scored_form", "评分表", "scored form"),
    Choice("rubric", "分档评分表", "rubric"),
    Choice("matrix", "人员×指标评分表", "people by KPI matrix"),
    Choice("months", "分月表", "months across"),
    Choice("target_actual_rows", "目标/实际分行表", "target and actual rows"),
    Choice("grade_bands", "等级划分表", "grade bands"),
    Choice("deductions", "扣分项", "deductions"),
    Choice("bonuses", "加分项", "bonuses"),
    Choice("plans", "行动计划", "action plan"),
    Choice("people", "人员名单", "people list"),
    Choice("none", "其他表", "another table"),
)
"""What a table may be; "none" is not read."""

# Columns of the contract sheet that are made by the reader, and never stand in a table.
_MADE = ("form", "target_text", "actual_text")

TAKEN_FOR = (
    Choice(NOT_READ, "不读取", "not read", ("保留不用",)),
    *(Choice(column.name, column.zh, column.en) for column in CONTRACT_SHEET.columns if column.name not in _MADE),
    Choice("mark:self", "自评分", "mark: self"),
    Choice("mark:superior", "上级评分", "mark: superior"),
    Choice("mark:peer", "同级评分", "mark: peer"),
    Choice("mark:subordinate", "下级评分", "mark: subordinate"),
    Choice("mark:customer", "客户评分", "mark: customer"),
    Choice("mark:review", "复核评分", "mark: review"),
    Choice("period:target", "各期目标", "target of a period"),
    Choice("period:actual", "各期实绩", "actual of a period"),
    Choice("period:variance", "各期差异", "difference of a period"),
    Choice("kpi_column", "指标（横排，每列一项）", "a KPI (one a column)"),
    Choice("person_column", "某人的得分（横排，每列一人）", "somebody's points (one a column)"),
    Choice("level", "评分档次（每列一档）", "a level (one a column)"),
    Choice("no", "序号", "row number"),
    Choice("row_kind", "行别（目标/实际）", "kind of row (target/actual)"),
    Choice("attainment", "完成率", "attainment"),
    Choice("variance", "差异", "difference"),
    Choice("total_score", "总分", "total"),
    Choice("signature", "签字", "signature"),
    Choice("option", "评分选项", "option"),
    Choice("option_points", "选项分值", "points of the option"),
    Choice("grade", "等级", "grade"),
    Choice("range", "分数区间", "range of totals"),
    Choice("coefficient", "系数", "coefficient"),
    Choice("meaning", "含义", "meaning"),
    Choice("deduction_item", "扣分事项", "deduction for"),
    Choice("deduction", "扣分", "deduction"),
    Choice("deducted", "从满分中扣的分", "points off full marks"),
    Choice("bonus_item", "加分事项", "bonus for"),
    Choice("bonus", "加分", "bonus"),
    Choice("count", "次数", "times"),
    Choice("event_date", "发生日期", "date of the event"),
    Choice("action", "行动措施", "action"),
    Choice("gap", "差距", "gap"),
    Choice("owner", "责任人", "owner"),
    Choice("due", "完成期限", "due"),
    Choice("start", "开始日期", "start"),
    Choice("resources", "所需资源", "resources"),
    Choice("status", "状态", "status"),
    Choice("email", "邮箱", "e-mail"),
)
"""What a column may be taken for, by the names that perfxl/tables uses."""

HOW = (
    Choice("header", "表头", "header"),
    Choice("header and cells", "表头与内容", "header and cells"),
    Choice("cells", "内容", "cells"),
    Choice("sources", "来源表指定", "sheet Sources"),
    Choice("in doubt", "拿不准，请指定", "in doubt: please choose"),
    Choice("kept", "未采用", "not used"),
)
"""By what a column was taken for what it was."""

SOURCES = Table(
    "sources",
    "来源",
    "Sources",
    key=(),
    stage="setup",
    zh_help="导入的每张表、每一列读作什么。读错的在“读作”里改，再用 perfxl import … --sources 本工作簿 重读。",
    en_help="What each column of each imported table was taken for. Correct it, then import with --sources THIS FILE.",
    template=False,
    when_filled=True,
    columns=(
        Column("file", "来源文件", "Source file", required=True),
        Column("sheet", "来源工作表", "Source sheet", required=True),
        Column("range", "区域", "Range", required=True),
        Column(
            "kind",
            "表的类型",
            "Kind of table",
            Type.CHOICE,
            choices=TABLE_KIND,
            zh_help="一张表的各行须一致",
            en_help="The same in all rows of a table",
        ),
        Column("letter", "列", "Column letter", required=True),
        Column("header", "原表头", "Header as typed", required=True),
        Column("sample", "内容举例", "Sample"),
        Column(
            "taken_for",
            "读作",
            "Taken for",
            Type.CHOICE,
            choices=TAKEN_FOR,
            zh_help="读错了在这里改；空白表示还没有定",
            en_help="Correct it here; blank is not decided yet",
        ),
        Column(
            "read_as",
            "导入时读作",
            "Read as when imported",
            Type.CHOICE,
            choices=TAKEN_FOR,
            zh_help="不用改；与“读作”不同，说明改过而还没有重新导入",
            en_help="Not to be changed; another than Taken for means corrected, and not imported again yet",
        ),
        Column("sure", "把握", "How sure", Type.POINTS, unit="%"),
        Column("how", "依据", "By what", Type.CHOICE, choices=HOW),
    ),
)

SHOWN_TOTALS = Table(
    "shown_totals",
    "表中总分",
    "Totals shown",
    key=(),
    stage="setup",
    zh_help="导入的表里写明的总分，用来核对各行算出的总分；表中总分本身有误时，在这里改正或删去该行。",
    en_help="Totals that imported tables show, set against what their lines give. Correct or delete a wrong one.",
    template=False,
    when_filled=True,
    columns=(
        Column(
            "contract", "合同编号", "Contract ID", zh_help="空白：看不出是哪份合同，不核对", en_help="Blank: unknown"
        ),
        Column("holder", "受约人", "Holder"),
        Column("total", "表中总分", "Total shown", Type.NUMBER, required=True),
        Column("places", "小数位数", "Decimals shown", Type.INTEGER),
        Column("origin", "来源单元格", "Source cell"),
    ),
)

TABLES = (SOURCES, SHOWN_TOTALS)

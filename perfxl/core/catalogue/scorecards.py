"""X150 onwards: templates of score books."""

from __future__ import annotations

from perfxl.core.catalogue.declare import Kind, Severity

E, W, N = Severity.ERROR, Severity.WARNING, Severity.NOTICE

KINDS: dict[str, Kind] = {
    "score_template_unusable": Kind(
        "X150",
        E,
        "得分表模板缺少必需的行：{value}",
        "The template of score books lacks rows that it needs: {value}",
        "用名称 perfxl_rows_… 标出这些行，各占一行，合同的行在前、个人的行在后；或从 scorecard.zh.xlsx 重新开始",
        "Mark them with names perfxl_rows_..., one row each, the contract's before the person's; or begin with "
        "scorecard.en.xlsx again",
    ),
    "score_template_figure_only": Kind(
        "X151",
        W,
        "“{kind}”这一行没有单独一格的 {value}：用到它的公式只写出数值，不再随改动重算",
        "The row “{kind}” has no cell with {value} alone: formulas that need it become figures that follow no change",
        "要保留公式，在这一行找一格只写 {value}；不想显示可以隐藏那一列",
        "Give {value} a cell of its own in that row to keep the formulas; its column may be hidden",
    ),
    "score_template_lacks_row": Kind(
        "X152",
        N,
        "模板里没有“{value}”这种行，得分表里就不显示",
        "The template has no row “{value}”, so score books do not show it",
        "不需要就不用处理；需要的，把名称 perfxl_rows_… 标在那一行",
        "Nothing to do unless it is wanted; then mark its row with a name perfxl_rows_...",
    ),
    "score_template_other_columns": Kind(
        "X153",
        W,
        "“{value}”这一行的 {fields} 与正常结果的行不在同一列，所以不用这一行",
        "The row “{value}” has {fields} in other columns than the row of ordinary results and is not used",
        "把它们放到与正常结果同一列",
        "Put them into the same columns as the ordinary result's",
    ),
}

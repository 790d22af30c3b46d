"""A codes: what was asked for on the command line or the ribbon."""

from __future__ import annotations

from perfxl.core.catalogue.declare import Kind, Severity

E, N = Severity.ERROR, Severity.NOTICE

KINDS: dict[str, Kind] = {
    "contract_unknown": Kind(
        "A101",
        E,
        "方案里没有“{value}”的合同，或有多人同名",
        "No contract of “{value}” in this program, or several people of that name",
        "填写工号",
        "Use the employee ID",
    ),
    "kind_unknown": Kind(
        "A102",
        E,
        "没有“{value}”这种文件",
        "There are no documents of the kind “{value}”",
        "可选：{kinds}",
        "Choose one of: {kinds}",
    ),
    "result_not_writable": Kind(
        "A103",
        E,
        "写不了 {value}：{reason}",
        "Cannot write {value}: {reason}",
        "换一个文件夹；文件若在 Excel 里打开，先关闭",
        "Choose another folder; close the file if Excel has it open",
    ),
    "table_missing": Kind(
        "A104",
        E,
        "方案里没有{table}，无法执行",
        "The program holds no {table}; nothing can be done",
        "补上这张表，或用 perfxl new 新建方案",
        "Add that sheet, or start from perfxl new",
    ),
    "excel_not_here": Kind(
        "A111",
        E,
        "加载项只能装到 Windows 版 Excel，这台电脑是 {value}",
        "The add-in is for Excel on Windows; this computer runs {value}",
        "LibreOffice 用 perfxl addin build --calc；其他情况用命令行",
        "For LibreOffice use perfxl addin build --calc; otherwise the command line",
    ),
    "xlwings_missing": Kind(
        "A112",
        E,
        "没有装 xlwings，或装得不完整（缺 DLL）",
        "xlwings is not installed, or not completely (its DLL is missing)",
        "运行 pip install --force-reinstall xlwings，再装加载项",
        "Run pip install --force-reinstall xlwings, then install the add-in again",
    ),
    "addin_not_writable": Kind(
        "A113",
        E,
        "写不了 {value}：{reason}",
        "Cannot write {value}: {reason}",
        "关闭 Excel 后再试",
        "Close Excel and try again",
    ),
    "addin_missing": Kind(
        "A114",
        E,
        "{value} 里没有 perfxl 加载项",
        "There is no perfxl add-in in {value}",
        "不用卸载；要安装请运行 perfxl addin install",
        "Nothing to remove; perfxl addin install puts it there",
    ),
    "workbook_not_given": Kind(
        "A115",
        E,
        "没有给出工作簿",
        "No workbook was given",
        "perfxl addin relink 文件 -o 新文件",
        "perfxl addin relink FILE -o NEW",
    ),
    "addin_links_absent": Kind(
        "A116",
        N,
        "没有指向旧加载项路径的链接，文件照原样复制",
        "There are no links to an old path of the add-in; the file was copied as it is",
        "公式若显示 #NAME?，请运行 perfxl addin doctor",
        "Where formulas show #NAME?, run perfxl addin doctor",
    ),
}

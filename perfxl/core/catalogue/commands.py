"""A codes: what was asked for on the command line or the ribbon."""

from __future__ import annotations

from perfxl.core.problems import Kind, Severity

E = Severity.ERROR

KINDS: dict[str, Kind] = {
    "A101": Kind(
        E,
        "方案里没有“{value}”的合同，或有多人同名",
        "No contract of “{value}” in this program, or several people of that name",
        "填写工号",
        "Use the employee ID",
    ),
    "A102": Kind(
        E,
        "没有“{value}”这种文件",
        "There are no documents of the kind “{value}”",
        "可选：{kinds}",
        "Choose one of: {kinds}",
    ),
    "A103": Kind(
        E,
        "写不了 {value}：{reason}",
        "Cannot write {value}: {reason}",
        "换一个文件夹；文件若在 Excel 里打开，先关闭",
        "Choose another folder; close the file if Excel has it open",
    ),
    "A104": Kind(
        E,
        "方案里没有{table}，无法执行",
        "The program holds no {table}; nothing can be done",
        "补上这张表，或用 perfxl new 新建方案",
        "Add that sheet, or start from perfxl new",
    ),
}

"""F codes: files that cannot be used (F1), and what a file carries that perfxl leaves alone (F2)."""

from __future__ import annotations

from perfxl.core.problems import Kind, Severity

E, W, N = Severity.ERROR, Severity.WARNING, Severity.NOTICE

KINDS: dict[str, Kind] = {
    "F101": Kind(
        E,
        "找不到文件 {value}",
        "There is no file {value}",
        "核对文件名和所在文件夹",
        "Check the name and the folder",
    ),
    "F102": Kind(
        E,
        "{value} 是文件夹，不是工作簿",
        "{value} is a folder, not a workbook",
        "请给出其中一个 .xlsx 文件",
        "Name one .xlsx file in it",
    ),
    "F103": Kind(
        E,
        "无法打开 {value}：没有读取权限，或文件正被占用",
        "{value} cannot be opened: no permission, or another program holds it",
        "关闭正在使用它的程序，或请文件所有者授权",
        "Close the program that uses it, or ask its owner for access",
    ),
    "F104": Kind(
        E,
        "{file} 是空文件",
        "{file} is empty",
        "重新复制或下载该文件",
        "Copy or download it again",
    ),
    "F105": Kind(
        E,
        "{file} 设有打开密码，无法读取",
        "{file} is encrypted with a password",
        "在 Excel/WPS 中打开，取消“用密码进行加密”后另存",
        "Open it in Excel, remove the password to open, and save",
    ),
    "F106": Kind(
        E,
        "{file} 是{kind}，不是 .xlsx 工作簿",
        "{file} is {kind}, not an .xlsx workbook",
        "在 Excel/WPS 中打开，另存为“Excel 工作簿(*.xlsx)”",
        "Open it in Excel and save it as an Excel workbook (*.xlsx)",
    ),
    "F107": Kind(
        E,
        "{file} 不是工作簿",
        "{file} is not a workbook",
        "请给出 .xlsx 或 .xlsm 文件",
        "Name an .xlsx or .xlsm file",
    ),
    "F108": Kind(
        E,
        "{file} 不完整或已损坏，无法读取",
        "{file} is incomplete or damaged",
        "重新复制或下载；仍不行时在 Excel 中用“打开并修复”后另存",
        "Copy or download it again; failing that, open it with Excel's Open and Repair and save",
    ),
    "F109": Kind(
        E,
        "{file} 展开后过大（{what}），未读取",
        "{file} is too large when unpacked ({what}) and was not read",
        "删除多余的工作表、图片和空行后另存；来历不明的文件请勿打开",
        "Delete surplus sheets, pictures and empty rows and save; do not open a file from an unknown source",
    ),
    "F110": Kind(
        E,
        "{file} 的内部结构不正常（{what}），为安全起见未读取",
        "{file} is built in an unsafe way ({what}) and was not read",
        "用 Excel 或 WPS 打开后另存一份；来历不明的文件请勿打开",
        "Open it in Excel and save a copy; do not open a file from an unknown source",
    ),
    "F111": Kind(
        E,
        "离数据很远的单元格 {cell} 有内容，工作表范围过大，未读取",
        "Cell {cell} far away from the data has content; the sheet is too large and was not read",
        "删除该单元格所在的行和列后保存（Ctrl+End 可跳到那里）",
        "Delete the row and the column of that cell and save (Ctrl+End goes there)",
    ),
    "F112": Kind(
        E,
        "{file} 是 Excel 打开文件时的临时文件",
        "{file} is the lock file that Excel makes while a workbook is open",
        "请给出不带“~$”的原文件",
        "Name the workbook itself, without ~$",
    ),
    "F201": Kind(
        N,
        "{file} 含有宏；perfxl 只读取数值，不运行宏",
        "{file} holds macros; perfxl reads values only and runs none",
        "无需处理",
        "Nothing to do",
    ),
    "F202": Kind(
        W,
        "{file} 含有外部链接或数据连接；只读取了上次保存的数值",
        "{file} has links to other files or data connections; only the values saved last were read",
        "打开工作簿更新链接并保存，或把链接转换为数值",
        "Open the workbook, update the links and save, or turn them into values",
    ),
    "F113": Kind(
        E,
        "{file} 较大，读取时要把数据暂存到临时文件夹 {folder}，那里写不下：{reason}",
        "{file} is large; its rows are put aside in the temporary folder {folder}, where they do not fit: {reason}",
        "在该磁盘上腾出空间，或把环境变量 TMPDIR（Windows 为 TEMP）指到空间足够的文件夹",
        "Make room on that disk, or point the environment variable TMPDIR (TEMP on Windows) to a folder with room",
    ),
    "F150": Kind(
        W,
        "{value} 已存在，未改动",
        "{value} is there already and was left as it is",
        "换一个文件夹，或先移走原文件",
        "Choose another folder, or move the file away first",
    ),
    "F151": Kind(
        E,
        "{value} 无法写入：{reason}",
        "{value} cannot be written: {reason}",
        "检查文件夹的权限、剩余空间，以及文件是否正在 Excel 中打开",
        "Check the folder's permissions, free space, and whether the file is open in Excel",
    ),
    "F152": Kind(
        E,
        "结果不能写回 {value} 本身：输入文件不会被改动",
        "The result cannot be written over {value}: inputs are never changed",
        "另取一个文件名",
        "Give the result another name",
    ),
}

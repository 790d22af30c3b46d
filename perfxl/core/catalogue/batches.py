"""D codes from D220: making many papers at once, packing, merging and converting them."""

from __future__ import annotations

from perfxl.core.catalogue.declare import Kind, Severity

E, W, N = Severity.ERROR, Severity.WARNING, Severity.NOTICE

KINDS: dict[str, Kind] = {
    "unit_unknown": Kind(
        "D220",
        E,
        "没有编号或名称为“{value}”的部门",
        "There is no unit with the ID or name “{value}”",
        "检查 --unit 后的部门编号或名称",
        "Check the unit's ID or name after --unit",
    ),
    "papers_by_docxtpl": Kind(
        "D221",
        W,
        "{record} 的抽查结果与 docxtpl 不一致，用模板 {template} 的文件本次改由 docxtpl 逐份生成，较慢",
        "{record}, checked against docxtpl, came out differently; all documents of {template} were made by docxtpl, "
        "slowly",
        "文件可以照常使用；请把模板发给维护者",
        "The documents are good; please send the template to the maintainers",
    ),
    "papers_kept": Kind(
        "D222",
        N,
        "{count} 份与上次相同，沿用文件夹里已有的文件",
        "{count} are as they were; their files in the folder were kept",
        "要全部重做，删除文件夹里的文件后再运行",
        "To make them all again, delete the files first",
    ),
    "papers_unchanged": Kind(
        "D223",
        N,
        "{count} 份自{since}以来没有变化，未列入",
        "{count} have not changed since {since} and were left out",
        "要全部生成，去掉 --since",
        "Leave --since out to make them all",
    ),
    "disk_full": Kind(
        "D224",
        E,
        "{folder} 所在的磁盘已满；已生成 {done} 份，其余 {left} 份未生成",
        "The disk of {folder} is full; {done} made, {left} not made",
        "腾出空间后再运行一次，会接着做",
        "Make room and run it again: it goes on where it stopped",
    ),
    "folder_forbidden": Kind(
        "D225",
        E,
        "没有权限写入 {folder}（{reason}）；已生成 {done} 份，其余 {left} 份未生成",
        "No permission to write to {folder} ({reason}); {done} made, {left} not made",
        "换一个文件夹，或请管理员给予写入权限",
        "Take another folder, or ask for permission to write there",
    ),
    "folder_busy": Kind(
        "D226",
        E,
        "文件夹 {folder} 正在被另一次生成使用",
        "Another batch is at work in the folder {folder}",
        "等它结束，或换一个文件夹",
        "Wait until it is done, or take another folder",
    ),
    "worker_lost": Kind(
        "D227",
        E,
        "工作进程中断（{reason}）；已生成 {done} 份，其余 {left} 份未生成",
        "A working process was lost ({reason}); {done} made, {left} not made",
        "再运行一次，会接着做；内存不足时用 --jobs 1",
        "Run it again: it goes on where it stopped; with little memory use --jobs 1",
    ),
    "combined_file_not_writable": Kind(
        "D228",
        E,
        "{file} 写不进去：{reason}",
        "{file} cannot be written: {reason}",
        "文件若已打开，先关闭；或换一个文件名",
        "Close the file if it is open, or take another name",
    ),
    "template_for_one_kind": Kind(
        "D229",
        E,
        "--template 只能用于一种文件，不能与 all 同用",
        "--template is for one kind of document, not for all",
        "分别运行：perfxl documents 文件种类 … --template …",
        "Run one kind after the other: perfxl documents KIND … --template …",
    ),
    "cluster_unreachable": Kind(
        "D230",
        E,
        "连不上 {value}：{reason}",
        "{value} cannot be reached: {reason}",
        "检查地址和端口，确认 Dask 调度器正在运行；写法：dask://主机:端口",
        "Check host and port, and that the Dask scheduler runs; written dask://HOST:PORT",
    ),
    "dask_missing": Kind(
        "D231",
        E,
        "没有安装 Dask，不能使用 {value}",
        "Dask is not installed; {value} cannot be used",
        "安装：pip install perfxl[dask]",
        "Install it: pip install perfxl[dask]",
    ),
    "libreoffice_missing": Kind(
        "D232",
        E,
        "没有找到 LibreOffice，不能转成 PDF；Word 文件已生成",
        "LibreOffice was not found, so there are no PDFs; the Word documents were made",
        "安装 LibreOffice（Linux：apt install libreoffice-writer），或在 Word 里另存为 PDF",
        "Install LibreOffice (Linux: apt install libreoffice-writer), or save as PDF in Word",
    ),
    "pdf_failed": Kind(
        "D233",
        E,
        "{file} 没有转成 PDF：{reason}",
        "{file} was not converted to PDF: {reason}",
        "用 LibreOffice 打开这份文件看看；再运行一次只补缺少的",
        "Open the document in LibreOffice; another run makes only what is missing",
    ),
    "merge_failed": Kind(
        "D234",
        E,
        "{file} 不能并入打印文件：{reason}",
        "{file} cannot be merged into the print file: {reason}",
        "用 Word 打开并另存为 .docx 后再试",
        "Open it in Word, save it as .docx and try again",
    ),
}

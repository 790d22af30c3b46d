"""Pictures of the cascade and a leader's part. C codes from C260 on, C307."""

from __future__ import annotations

from perfxl.core.catalogue.declare import Kind, Severity

E, W, N = Severity.ERROR, Severity.WARNING, Severity.NOTICE

KINDS: dict[str, Kind] = {
    "png_without_renderer": Kind(
        "C260",
        W,
        "没有生成 PNG 图片：缺少 resvg-py",
        "No PNG pictures were made: resvg-py is missing",
        "运行 {pip}，再生成一次",
        "Run {pip} and make them again",
    ),
    "png_without_chinese": Kind(
        "C261",
        W,
        "没有生成 PNG 图片：这台电脑没有中文字体，图中的字会缺",
        "No PNG pictures were made: this computer has no Chinese font, and signs would be missing",
        "安装一种中文字体（如 fonts-noto-cjk），再生成一次；SVG 和网页不受影响",
        "Install a Chinese font, such as fonts-noto-cjk; SVG and the page are not affected",
    ),
    "picture_in_part": Kind(
        "C262",
        N,
        "图没有画全：{what}",
        "Not everything is drawn: {what}",
        "全部内容在工作簿的各表中；用 --for 只看一位负责人及其下级",
        "The sheets hold everything; --for shows one leader's part",
    ),
    "leader_unknown": Kind(
        "C263",
        E,
        "方案里没有“{value}”这个人{suggestion}",
        "Nobody is called “{value}” in this program{suggestion}",
        "填写“人员”表中的工号或姓名",
        "Use an employee ID or a name of the sheet People",
    ),
    "leader_of_several": Kind(
        "C307",
        E,
        "叫“{value}”的有 {count} 人：{candidates}",
        "{count} people are called “{value}”: {candidates}",
        "填写其中一位的工号",
        "Use the employee ID of the one who is meant",
    ),
    "problems_of_others": Kind(
        "C264",
        N,
        "另有 {count} 个问题与此部分有关，但涉及其他人，未列在这里",
        "{count} more problems touch this part but name other people, and are not listed here",
        "请 HR 用 perfxl check 查看全部问题",
        "HR sees all of them with perfxl check",
    ),
    "pictures_not_asked_for": Kind(
        "C265",
        N,
        "方案较大（{count} 条合同指标），没有生成战略地图与分解图",
        "The program is large ({count} contract lines): no pictures were made",
        "需要时加 --pictures 文件夹，或用 --for 只看一位负责人及其下级",
        "Add --pictures DIR where they are needed, or --for with one leader",
    ),
    "leader_without_into": Kind(
        "C266",
        E,
        "--for 与 --into 不能同用",
        "--for and --into do not go together",
        "先用 --into 生成新方案，再对它用 --for",
        "Make the new program with --into first, then use --for on it",
    ),
}

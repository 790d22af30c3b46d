"""Pictures of the cascade. C codes from C260 on."""

from __future__ import annotations

from perfxl.core.catalogue.declare import Kind, Severity

W, N = Severity.WARNING, Severity.NOTICE

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
}

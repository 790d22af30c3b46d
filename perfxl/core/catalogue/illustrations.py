"""D26x to D28x: pictures of people in papers, the code of a printed paper, check boxes."""

from __future__ import annotations

from perfxl.core.catalogue.declare import Kind, Severity

E, W, N = Severity.ERROR, Severity.WARNING, Severity.NOTICE

KINDS: dict[str, Kind] = {
    "picture_folder_missing": Kind(
        "D260",
        E,
        "找不到图片文件夹 {value}，或没有权限读取；没有生成",
        "There is no folder of pictures {value}, or it cannot be read; nothing was made",
        "检查 --pictures 后的文件夹",
        "Check the folder after --pictures",
    ),
    "picture_missing": Kind(
        "D261",
        W,
        "没有{person}的{field}，文件里该处留空",
        "There is no {field} of {person}; its place in the paper is left blank",
        "在图片文件夹里放入以工号或姓名命名的 PNG 或 JPEG，如 {field}/工号.png；公章放“公章.png”",
        "Put a PNG or JPEG named by employee ID or name into the folder of pictures, such as {field}/ID.png; "
        "for the company's seal, seal.png",
    ),
    "picture_refused": Kind(
        "D262",
        E,
        "{file} 不能用作{person}的{field}：{reason}；文件里该处留空",
        "{file} was not taken as the {field} of {person}: {reason}; its place in the paper is left blank",
        "换成完整的 PNG 或 JPEG 文件本身，不超过 4 MB",
        "Put the PNG or JPEG file itself there, whole and no larger than 4 MB",
    ),
    "picture_ambiguous": Kind(
        "D263",
        E,
        "{person}的{field}有几个文件：{files}；不知用哪一个，该处留空",
        "There are several files for the {field} of {person}: {files}; its place in the paper is left blank",
        "只留一个",
        "Keep one of them",
    ),
    "picture_name_shared": Kind(
        "D264",
        E,
        "{file} 可能是几个人的{field}（工号 {others}），没有用于{person}",
        "{file} may be the {field} of several people (ID {others}); it was not taken for {person}",
        "文件改用工号命名",
        "Name the file by employee ID",
    ),
    "picture_folder_is_link": Kind(
        "D265",
        W,
        "图片文件夹里的 {value} 是链接，没有读取",
        "{value} in the folder of pictures is a link and was not read",
        "把文件夹本身放进来",
        "Put the folder itself there",
    ),
    "picture_places_blank": Kind(
        "D266",
        N,
        "{file} 有放图片的地方（{fields}），都留空了",
        "{file} has places for pictures ({fields}), which were left blank",
        "加上 --pictures 文件夹",
        "Add --pictures DIR",
    ),
    "picture_unplaced": Kind(
        "D305",
        W,
        "{file} 里没有放{field}的地方，文件里不会有",
        "{file} has no place for the {field}; papers are without",
        "在模板里插入占位图片，字段名写进它的替代文字；或用自带的业绩合同、考核结果通知模板",
        "Insert a placeholder picture into the template and name the field in its alt text; the shipped templates of "
        "contract and notice have such places",
    ),
    "picture_folder_empty": Kind(
        "D306",
        W,
        "图片文件夹 {value} 里没有图片",
        "The folder of pictures {value} holds none",
        "放入以工号或姓名命名的 PNG 或 JPEG，如 照片/工号.png；公章放“公章.png”",
        "Put PNG or JPEG files named by employee ID or name into it, such as photo/ID.png; for the company's seal, "
        "seal.png",
    ),
    "code_unknown": Kind(
        "D270",
        E,
        "没有从 {folder} 发出过校验码为 {value} 的文件",
        "No paper with the code {value} was issued from {folder}",
        "确认 --in 是当时生成文件的文件夹；是，则这份纸质文件不是这里发出的，或内容被改过",
        "Make sure that --in is the folder that papers were made in; if it is, the print was not issued here",
    ),
    "code_mistyped": Kind(
        "D271",
        E,
        "“{value}”里没有校验码，或抄错了",
        "“{value}” holds no code, or one with a slip of the pen",
        "照纸上重抄：四组，每组四个字母或数字",
        "Copy it again from the paper: four groups of four letters or figures",
    ),
    "code_replaced": Kind(
        "D272",
        E,
        "这份文件是 {at} 发出的，{newer} 又发出了内容不同的一份",
        "This paper was issued on {at}; another one took its place on {newer}",
        "以新的一份为准",
        "Take the newer one",
    ),
    "code_text_differs": Kind(
        "D273",
        E,
        "二维码里的“{value}”与发出的不一致",
        "“{value}” in the QR code is not what was issued",
        "以列出的为准，并查明纸质文件的来源",
        "What is listed was issued; find out where the print comes from",
    ),
    "issued_papers_missing": Kind(
        "D274",
        E,
        "{value} 及其下级文件夹里没有发出文件的记录",
        "There is no record of issued papers in {value} or below",
        "用 --in 指明 perfxl documents 生成文件的文件夹",
        "Name the folder that perfxl documents made papers in, with --in",
    ),
    "code_of_draft": Kind(
        "D275",
        E,
        "{value} 是草稿的校验码，草稿不作为正式文件",
        "{value} is the code of a draft, which is no official document",
        "改正错误后重新生成正式文件",
        "Mend what is wrong and make the official one",
    ),
    "contents_not_in_pdf": Kind(
        "D281",
        W,
        "{file} 有目录：Word 打开文件时会更新目录，LibreOffice 转成的 PDF 里目录是模板原来的",
        "{file} has a table of contents: Word makes it anew on opening, but the PDFs, which LibreOffice makes, show "
        "that of the template",
        "要目录正确的 PDF，在 Word 里另存为 PDF",
        "For PDFs with the right one, save as PDF in Word",
    ),
}

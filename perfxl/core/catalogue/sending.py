"""T160 onwards: workbooks that go out: their mails, passwords and templates."""

from __future__ import annotations

from perfxl.core.catalogue.declare import Kind, Severity

E, W, N = Severity.ERROR, Severity.WARNING, Severity.NOTICE

KINDS: dict[str, Kind] = {
    "mail_address_missing": Kind(
        "T160",
        W,
        "{count} 份填报表的收件人没有邮箱（如“{value}”）",
        "{count} workbooks go to somebody without an e-mail address (such as “{value}”)",
        "在人员表的“邮箱”列填写；或在邮件草稿里填上收件人",
        "Fill in the column E-mail of the sheet People, or address the draft yourself",
    ),
    "mail_address_wrong": Kind(
        "T161",
        W,
        "“{who}”的邮箱“{value}”不是邮箱地址，没有写入收件人",
        "“{value}” is no e-mail address; the mail to “{who}” was not addressed to it",
        "写成 name@company.com；几个地址用分号分开",
        "Write name@company.com; part several by semicolons",
    ),
    "encryption_needs_package": Kind(
        "T162",
        E,
        "给填报表设密码需要 msoffcrypto-tool",
        "Giving workbooks a password takes msoffcrypto-tool",
        "运行：{command}",
        "Run: {command}",
    ),
    "template_without_job": Kind(
        "T163",
        N,
        "模板里没有“{value}”的表，不能下发这一项",
        "The template has no sheet for “{value}”, which cannot be sent with it",
        "不需要这一项就不用处理；需要的，把名称 perfxl_rows_... 标在要重复的那一行",
        "Nothing to do unless it is wanted; then mark the row to be repeated with a name perfxl_rows_...",
    ),
    "template_lacks_key": Kind(
        "T164",
        E,
        "“{job}”的行里没有单独一格的 {value}：发回后认不出是谁的哪一行",
        "The row of “{job}” has no cell with {value} alone: what comes back could not be told apart",
        "在这一行找一格，只写 {value}",
        "Give {value} a cell of its own in that row",
    ),
    "template_lacks_field": Kind(
        "T165",
        W,
        "“{job}”的行里没有 {value}，这一项填不了",
        "The row of “{job}” has no {value}, so it cannot be filled in",
        "需要填的，在这一行找一格写 {value}",
        "If it is wanted, write {value} in a cell of that row",
    ),
    "template_row_unmarked": Kind(
        "T190",
        E,
        "这一行有 {{{{{value}}}}} 等字段，却没有名称标明它是要重复的行（名称被删，或标到了别处）：下发时是空的",
        "This row has fields such as {{{{{value}}}}}, and no name marks it as the row to be repeated (deleted, or "
        "leading elsewhere): it stays blank",
        "在“公式”“名称管理器”里，把 perfxl_rows_ 开头、属于这张表的名称标到这一行",
        "Formulas, Name Manager: let the name perfxl_rows_... of this sheet refer to this row",
    ),
    "template_sheet_open": Kind(
        "T191",
        N,
        "工作表“{value}”没有保护：填报人会误改锁定的内容（收集时会指出）",
        "The sheet {value} is not protected: what must stay may be changed by mistake (collecting will say so)",
        "需要时在“审阅”里保护工作表（不设密码），允许排序和筛选",
        "If you like, Review, Protect Sheet (without a password); let people sort and filter",
    ),
    "template_lacks_live": Kind(
        "T192",
        W,
        "“预估得分”的行里没有单独一格的 {value}：预估得分不会随填随变",
        "The row of Provisional has no cell with {value} alone: provisional points will not follow what is typed",
        "在这一行找一格，只写 {value}；不想显示的列可以隐藏",
        "Give {value} a cell of its own in that row; a column that is not to be seen may be hidden",
    ),
    "template_field_twice": Kind(
        "T193",
        W,
        "{value} 在 {first} 已有一格；收集时只读那一格，这里填的会丢",
        "{value} has a cell already, {first}, and only that one is read: what is typed here would be lost",
        "删去其中一格",
        "Delete one of the two",
    ),
    "template_input_locked": Kind(
        "T166",
        E,
        "{value} 这一格是锁定的，工作表又受保护：填报人填不了",
        "The cell of {value} is locked on a protected sheet: nobody can fill it in",
        "设置单元格格式，在“保护”里取消“锁定”",
        "Format cells, Protection: take off Locked",
    ),
    "template_shown_unlocked": Kind(
        "T167",
        W,
        "{value} 这一格没有锁定，填报人会误改",
        "The cell of {value} is not locked and may be changed by mistake",
        "设置单元格格式，在“保护”里勾选“锁定”",
        "Format cells, Protection: set Locked",
    ),
    "template_without_choice": Kind(
        "T168",
        W,
        "“{job}”的级别没有下拉列表了",
        "The grade of “{job}” has no dropdown any more",
        "数据验证：序列，来源为“列表”表的 A2",
        "Data validation: a list from A2 of the sheet Lists",
    ),
    "template_field_unknown": Kind(
        "T169",
        E,
        "没有 {value} 这个字段，下发时是空的；是不是 {meant}？",
        "There is no field {value}; it would be blank. {meant}?",
        "改正字段名，或删去",
        "Correct it, or delete it",
    ),
    "template_result_without_formula": Kind(
        "T170",
        W,
        "名称 {value} 标的单元格里已没有公式，这里的数不会随填随变",
        "The cell of the name {value} holds no formula any more and will not follow what is typed",
        "把公式写回去，或让名称指向有公式的单元格",
        "Write the formula again, or let the name refer to it",
    ),
}

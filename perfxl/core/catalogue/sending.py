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
}

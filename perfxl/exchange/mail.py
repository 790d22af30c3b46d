"""Mails to those who get a workbook: the list for a mail merge, and drafts with the file attached.

Nothing is sent from here: a draft opens in the user's mail program, which sends it under the user's name.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from email.headerregistry import Address as MailAddress
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import NamedTuple

from perfxl.core.language import Text
from perfxl.core.problems import Problem, problem
from perfxl.core.records import Tables
from perfxl.core.requests import JOBS
from perfxl.core.schema import column_label
from perfxl.core.table_access import first_rows, problem_at, rows_of
from perfxl.core.values.text import clean
from perfxl.disk import made_folder, real
from perfxl.documents.filenames import FileNames
from perfxl.exchange.csv_lists import as_csv
from perfxl.exchange.record import Batch, SentFile
from perfxl.outputs import OutputRefused, refuse_output, write_whole
from perfxl.workbook.style import Formats, fitting_width
from perfxl.workbook.writing import new_workbook

__all__ = [
    "DRAFT_FOLDER",
    "LIST_NAME",
    "LIST_SUFFIXES",
    "Mail",
    "invitations",
    "judge_addresses",
    "write_drafts",
    "write_list",
]

DRAFT_FOLDER, LIST_NAME = Text("邮件草稿", "mail drafts"), Text("邮件合并清单", "Mail merge list")
LIST_SUFFIXES = (".csv", ".xlsx")
KIND = "mail"

_DRAFT_SUFFIX = ".eml"
_PARTED = re.compile(r"[;,；，、\s]+")
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")


class Mail(NamedTuple):
    """A mail to one recipient.

    name, unit   as people call them; person: the employee ID, blank where it is not known
    email        as the sheet People has it: one address or several, or blank
    attachment   the file that goes with it; None: none
    rows         that are to be filled in
    """

    name: str
    unit: str
    person: str
    email: str
    subject: str
    text: str
    attachment: Path | None = None
    rows: int = 0

    @property
    def addresses(self) -> list[str]:
        """The addresses that can be written to."""
        return [word for word in _PARTED.split(self.email) if _ADDRESS.fullmatch(word)]


_SUBJECT = Text("绩效填报表{period}{due}", "Performance form{period}{due}")
_BY = Text("（请于 {} 前填好发回）", " (please return it by {})")
_WHEN = Text("请在 {} 前填好黄色单元格，存盘后", "Please fill in the yellow cells by {}, save the file, and ")
_SOME_DAY = Text("请填好黄色单元格，存盘后", "Please fill in the yellow cells, save the file, and ")
_LETTER = Text(
    "{name}，您好：\n\n附件是您的绩效填报表{period}，要填的有：\n\n{jobs}\n\n{when}用“回复”把文件发回。"
    "{secret}首页写明要填什么、已填多少；Excel、WPS、LibreOffice 都能打开，不需要安装任何程序。\n\n人力资源部\n",
    "Dear {name},\n\nattached is your performance form{period}. To be filled in:\n\n{jobs}\n\n{when}send it back by "
    "replying to this mail. {secret}Its first sheet says what is asked for and how much is done. It opens in "
    "Excel, WPS and LibreOffice; nothing needs to be installed.\n\nHuman Resources\n",
)
_LOCKED = Text("文件有密码，密码另行告知。", "It has a password, which you get another way. ")
_ROWS = Text("　　{job}：{count} 行", "    {job}: {count} rows")


def invitations(files: Iterable[SentFile], batch: Batch, folder: Path) -> list[Mail]:
    """The mails with which files go out; `folder` is that of the files."""
    lang = batch.lang
    period = f" {batch.period}" if batch.period else ""
    due = _BY(lang).format(batch.due) if batch.due else ""
    when = _WHEN(lang).format(batch.due) if batch.due else _SOME_DAY(lang)
    mails = []
    for file in files:
        jobs = "\n".join(_ROWS(lang).format(job=JOBS[job].text(lang), count=n) for job, n in file.counts.items())
        subject = _SUBJECT(lang).format(period=period, due=due)
        secret = _LOCKED(lang) if file.stored else ""
        text = _LETTER(lang).format(name=file.name, period=period, jobs=jobs, when=when, secret=secret)
        count = sum(file.counts.values())
        mails.append(Mail(file.name, file.unit, file.person, file.email, subject, text, folder / file.path, count))
    return mails


def judge_addresses(mails: Sequence[Mail], tables: Tables) -> list[Problem]:
    """Whom no mail can reach: addresses that are none, each at its cell, and how many have none at all."""
    people = rows_of(tables, "people")
    place = first_rows(people, "person")
    problems = []
    for mail in mails:
        words = [word for word in _PARTED.split(mail.email) if word]
        if len(words) == len(mail.addresses):
            continue
        at = place.get(mail.person)
        if people is not None and at is not None:
            problems.append(problem_at("mail_address_wrong", people, at, "email", who=mail.name))
        else:
            problems.append(problem("mail_address_wrong", value=mail.email, who=mail.name))
    without = [mail for mail in mails if not mail.email.strip()]
    if without:
        problems.append(problem("mail_address_missing", value=without[0].name, count=len(without)))
    return problems


def write_list(path: Path, mails: Sequence[Mail], lang: str, overwrite: bool = False) -> list[Problem]:
    """The list for a mail merge, a line for each mail below a line of headers: as .csv that Excel and Word read
    rightly, or as .xlsx.

    Returns: why it was not written: one that somebody has changed, or another program made, is kept.

    Raises: OSError where it cannot be written.
    """
    headers = [header(lang) for header in _HEADERS]
    rows: list[Sequence[str | int]] = [
        (
            *(mail.person, mail.name, mail.unit, "; ".join(mail.addresses)),
            *((mail.attachment.name, str(mail.attachment.absolute())) if mail.attachment else ("", "")),
            *(mail.rows, mail.subject),
        )
        for mail in mails
    ]
    if path.suffix.lower() == ".csv":
        content = as_csv([headers, *rows])
        if path.is_file() and path.read_bytes() == content:
            return []
    try:
        refuse_output(path, (), LIST_SUFFIXES, overwrite)
    except OutputRefused as refused:
        return [refused.problem]
    made_folder(path.parent)
    if path.suffix.lower() == ".csv":
        write_whole(path, content, "")  # a table as text has no place for a mark
        return []
    with new_workbook(path, lang, LIST_NAME(lang), KIND) as workbook:
        sheet, formats = workbook.add_worksheet(LIST_NAME(lang)), Formats(workbook, lang)
        for at, header in enumerate(headers):
            texts = [str(row[at]) for row in rows]
            sheet.set_column(at, at, fitting_width([header, *texts], 10, 60))
            sheet.write_string(0, at, header, formats.bordered(bold=True))
            for row, value in enumerate(rows, 1):
                sheet.write(row, at, value[at], formats.bordered())
        sheet.freeze_panes(1, 2)
    return []


def write_drafts(folder: Path, mails: Iterable[Mail], overwrite: bool = False) -> tuple[list[Path], list[Problem]]:
    """A draft for each mail, named as its file or else as its recipient. Those without an address are drafts too:
    the user gives it one. The same mails give the same bytes.

    Returns: the drafts, and which were kept, since somebody has changed them.

    Raises: OSError where they cannot be written, or an attachment cannot be read.
    """
    made_folder(folder)
    names = FileNames(len(str(real(folder))), _DRAFT_SUFFIX)
    paths, problems = [], []
    for mail in mails:
        stem = mail.attachment.stem if mail.attachment else "_".join(filter(None, (mail.person, mail.name, mail.unit)))
        path = folder / names.give(stem)
        try:
            refuse_output(path, (mail.attachment,), (_DRAFT_SUFFIX,), overwrite)
        except OutputRefused as refused:
            problems.append(refused.problem)
            continue
        write_whole(path, _draft(mail), KIND)
        paths.append(path)
    return paths, problems


_HEADERS = (
    Text(*(column_label("people", "person", lang) for lang in ("zh", "en"))),
    Text("填报人", "Name"),
    Text("单位", "Unit"),
    Text(*(column_label("people", "email", lang) for lang in ("zh", "en"))),
    Text("文件", "File"),
    Text("完整路径", "Path"),
    Text("行数", "Rows"),
    Text("主题", "Subject"),
)


def _draft(mail: Mail) -> bytes:
    """A message that opens ready to be sent: X-Unsent says so to Outlook. It has no sender, which is the user."""
    message = EmailMessage(policy=SMTP)
    message["X-Unsent"] = "1"
    addresses = mail.addresses
    if addresses:
        name = _one_line(mail.name) if len(addresses) == 1 else ""
        message["To"] = [MailAddress(name, addr_spec=address) for address in addresses]
    message["Subject"] = _one_line(mail.subject)
    message.set_content(mail.text, cte="base64")
    message.make_mixed()
    content = b""
    if mail.attachment:
        content = mail.attachment.read_bytes()
        kind = _KINDS.get(mail.attachment.suffix.lower(), "octet-stream")
        message.add_attachment(content, "application", kind, filename=mail.attachment.name)
    digest = hashlib.blake2b(mail.text.encode() + content, digest_size=16).hexdigest()
    message.set_boundary(f"=_{digest}")  # which Python would make at random
    return message.as_bytes()


def _one_line(text: str) -> str:
    """Without line breaks, behind which a header of its own could stand."""
    return " ".join(clean(text).split())


_KINDS = {".xlsx": "vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".zip": "zip"}

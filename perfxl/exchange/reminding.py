"""Mails to who has not sent the file back, has not filled in all of it, or has something to correct."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from perfxl.core.language import Text
from perfxl.exchange.changes import FileState
from perfxl.exchange.mail import Mail
from perfxl.exchange.marking import Marked
from perfxl.exchange.progress import open_rows
from perfxl.exchange.record import Record

__all__ = ["reminders"]

_REMINDED = Text("提醒：绩效填报表{period}", "Reminder: performance form{period}")
_TO_CORRECT = Text("请改正：绩效填报表{period}", "Please correct: performance form{period}")
_GREETING = Text("{name}，您好：", "Dear {name},")
_NOT_BACK = Text(
    "“{file}”还没有收到，共 {rows} 行要填（{open}）。原表附后，填好后请用“回复”发回。",
    "We have not received “{file}” yet; {rows} rows are to be filled in ({open}). It is attached again.",
)
_INCOMPLETE = Text(
    "“{file}”已收到，还有没填的：{open}。请补填后发回。",
    "We have received “{file}”; still open: {open}. Please fill these in and send it back.",
)
_CORRECT = Text(
    "附件里标出了 {count} 处要核对或改正的地方：第一张表是清单，单元格旁有批注。请直接在附件里改正后发回。",
    "The attached copy marks {count} places to check or correct: listed on its first sheet, with comments at the "
    "cells. Please correct them there and send it back.",
)
_DUE = Text("截止日期：{due}。", "Due: {due}.")
_IGNORE = Text("如果已经发出，请不必理会这封邮件。", "If it is on its way already, please disregard this mail.")
_SENDER = Text("人力资源部", "Human Resources")


def reminders(states: Sequence[FileState], record: Record | None, marked: Sequence[Marked], lang: str) -> list[Mail]:
    """A mail to everybody who is to be reminded, with the file that was sent, or has something to correct, with the
    marked copy; of several versions with the one changed last."""
    copies = {each.name: each for each in marked}
    mails = []
    for state in states:
        own = [copies[name] for name in state.names if name in copies]
        if not state.names or state.done < state.asked or own:
            mails.append(_mail(state, record, own[-1] if own else None, lang))
    return mails


def _mail(state: FileState, record: Record | None, copy: Marked | None, lang: str) -> Mail:
    sent, batch = state.sent, record.batch if record else None
    is_open = not state.names or state.done < state.asked
    left = state.asked - state.done
    about = {
        "name": sent.name,
        "file": PurePosixPath(sent.path).name,
        "rows": left,
        "open": open_rows(state, lang) or "—",
        "count": copy.shown if copy else 0,
        "due": batch.due if batch else "",
        "period": f" {batch.period}" if batch and batch.period else "",
    }
    said = [_GREETING]
    if is_open:
        said.append(_INCOMPLETE if state.names else _NOT_BACK)
    if copy:
        said.append(_CORRECT)
    if about["due"]:
        said.append(_DUE)
    said += [_IGNORE, _SENDER]
    text = "\n\n".join(part(lang).format(**about) for part in said) + "\n"
    subject = (_REMINDED if is_open else _TO_CORRECT)(lang).format(**about)
    attached = copy.path if copy else _original(state, record)
    return Mail(sent.name, sent.unit, sent.person, sent.email, subject, text, attached, left)


def _original(state: FileState, record: Record | None) -> Path | None:
    """The file that was sent, for who has not sent it back."""
    if record is None or state.names:
        return None
    path = record.folder.parent / state.sent.path
    return path if path.is_file() else None

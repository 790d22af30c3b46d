"""What an entry of the catalogue says: a number for users, and in both languages what is wrong and what to do."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from perfxl.core.language import Text


class Severity(StrEnum):
    """error: cannot be used as it stands; warning: usable, look at it; notice: perfxl took it so, for you to know."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


SEVERITY_LABELS = {
    Severity.ERROR: Text("错误", "error"),
    Severity.WARNING: Text("警告", "warning"),
    Severity.NOTICE: Text("提示", "notice"),
}


class Kind(NamedTuple):
    """One kind of problem. The four texts are str.format templates over the problem's details, plus the names value,
    column, table, sheet, cell and file."""

    code: str
    severity: Severity
    zh: str
    en: str
    hint_zh: str
    hint_en: str

    @property
    def text(self) -> Text:
        """What is wrong."""
        return Text(self.zh, self.en)

    @property
    def hint(self) -> Text:
        """What to do."""
        return Text(self.hint_zh, self.hint_en)

"""What perfxl took a workbook for: the table of each sheet and the column of each header."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from perfxl.core.language import Text


class ColumnInfo(NamedTuple):
    """One header as typed and the canonical column it was taken for; "" where it is kept as it is."""

    letter: str
    header: str
    column: str


@dataclass
class SheetInfo:
    """One sheet. `table` is "" where the sheet was not read, and `why` says so; rows are counted from 1."""

    sheet: str
    table: str = ""
    header_row: int = 0
    columns: list[ColumnInfo] = field(default_factory=list)
    records: int = 0
    hidden: bool = False
    why: Text = field(default=Text("", ""))


@dataclass
class ReadInfo:
    """`lang` is the language of the headers: zh or en."""

    file: str = ""
    lang: str = "zh"
    sheets: list[SheetInfo] = field(default_factory=list)

    @property
    def tables(self) -> set[str]:
        return {sheet.table for sheet in self.sheets if sheet.table}

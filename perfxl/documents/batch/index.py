"""index.xlsx: what is in the folder, with links, and what could not be made and why."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime
from io import BytesIO
from typing import Any, NamedTuple
from urllib.parse import quote

import xlsxwriter
from xlsxwriter.format import Format

from perfxl.core.problems import Text
from perfxl.documents.batch.manifest import Entry, Key, Manifest
from perfxl.documents.contexts.base import Contexts
from perfxl.documents.kinds import KINDS

__all__ = ["FAILED", "GONE", "INDEX", "MADE", "Row", "index_rows", "index_workbook"]

INDEX = "index.xlsx"

MADE = Text("已生成", "made")
FAILED = Text("未生成", "not made")
GONE = Text("方案中已无", "no longer in the program")


class Row(NamedTuple):
    """A paper. `file` and `pdf` are links where they are `linked`, relative to the workbook; else `file` is the archive
    or print file that the paper is in."""

    kind: str
    record: str
    status: Text
    file: str = ""
    pdf: str = ""
    linked: bool = False
    pages: int = 0
    reason: str = ""


def index_rows(manifest: Manifest, contexts: Contexts, packed: Collection[Key] | None = None) -> list[Row]:
    """Every paper that the manifest knows of, in the order of the program, then those it has no more; of an archive,
    those that were asked to be `packed`."""
    rows = []
    for kind in KINDS:
        latest = ((record, manifest.latest((kind, record))) for record in manifest.records(kind))
        known = {record: entry for record, entry in latest if entry and (packed is None or entry.key in packed)}
        held = [record for record in KINDS[kind].ids(contexts) if record in known] if known else []
        gone = sorted(known.keys() - set(held))
        for record, status in (*((one, _status(known[one])) for one in held), *((one, GONE) for one in gone)):
            there = known[record] if packed is not None else manifest.there((kind, record))
            rows.append(_row(known[record], there, status, contexts.lang))
    return rows


def index_workbook(rows: Sequence[Row], title: str, lang: str) -> bytes:
    """The workbook; equal rows give equal bytes."""
    saved = BytesIO()
    with xlsxwriter.Workbook(saved, _PLAIN) as book:
        book.set_properties({"title": title, "created": _NO_DAY})
        _Sheet(book, lang).write(rows, title)
    return saved.getvalue()


def _status(entry: Entry) -> Text:
    return FAILED if entry.failed else MADE


def _row(entry: Entry, there: Entry | None, status: Text, lang: str) -> Row:
    """`there`: what the paper's file is where the index is; it may be older than the entry."""
    kind, reason = KINDS[entry.kind].title(lang), "\n".join(entry.failed)
    if there is None or not there.file:
        return Row(kind, entry.record, status, entry.where or entry.file, reason=reason)
    return Row(kind, entry.record, status, there.file, there.pdf, True, there.pages, reason)


_PLAIN = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_NO_DAY = datetime(1980, 1, 1)  # the same file whenever it is made
_SIDE = {"zh": 0, "en": 1}
_FONT = {"zh": "微软雅黑", "en": "Calibri"}
_SHEET = Text("文件目录", "Index")
_COLUMNS = (  # header, width
    (Text("种类", "Kind"), 20),
    (Text("编号", "ID"), 18),
    (Text("文件", "File"), 56),
    (Text("PDF", "PDF"), 7),
    (Text("页数", "Pages"), 8),
    (Text("状态", "Status"), 12),
    (Text("原因", "Reason"), 50),
)
_FILE, _PDF, _PAGES, _STATUS, _REASON = 2, 3, 4, 5, 6
_TITLE_ROW, _COUNT_ROW, _HEADER_ROW = 0, 1, 3
_SHOWN = {MADE: "#2E7D4F", FAILED: "#B42318", GONE: "#6B7280"}
_MOST_LINKS = 60_000  # Excel opens no sheet with more than 65,530
_NOT_IN_LINKS = re.compile("[ %#]")


class _Sheet:
    """A table; cells with nothing in them are not written, for there may be many thousands."""

    def __init__(self, book: xlsxwriter.Workbook, lang: str) -> None:
        self._side = _SIDE[lang]
        self._sheet = book.add_worksheet(_SHEET[self._side])
        self._links = 0

        def look(**more: Any) -> Format:
            return book.add_format({"font_name": _FONT[lang], "font_size": 10, "valign": "vcenter", **more})

        self._title, self._muted = look(font_size=16, bold=True), look(font_color="#6B7280")
        self._header = look(bold=True, font_color="#FFFFFF", bg_color="#475467")
        self._text, self._wrapped = look(), look(text_wrap=True)
        self._link = look(font_color="#1F5FBF", underline=1)
        self._status = {status: look(font_color=colour) for status, colour in _SHOWN.items()}

    def write(self, rows: Sequence[Row], title: str) -> None:
        sheet, last = self._sheet, _HEADER_ROW + max(1, len(rows))
        sheet.set_row(_TITLE_ROW, 30)
        sheet.write_string(_TITLE_ROW, 0, title, self._title)
        sheet.write_string(_COUNT_ROW, 0, self._counted(rows), self._muted)
        headers = [{"header": header[self._side], "header_format": self._header} for header, _ in _COLUMNS]
        sheet.add_table(
            *(_HEADER_ROW, 0, last, len(_COLUMNS) - 1), {"columns": headers, "style": "Table Style Light 1"}
        )
        for column, (_, width) in enumerate(_COLUMNS):
            sheet.set_column(column, column, width, self._wrapped if column == _REASON else self._text)
        for at, row in enumerate(rows, _HEADER_ROW + 1):
            self._write_row(at, row)
        sheet.freeze_panes(_HEADER_ROW + 1, 0)
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(_HEADER_ROW)

    def _write_row(self, at: int, row: Row) -> None:
        sheet = self._sheet
        sheet.write_string(at, 0, row.kind)
        sheet.write_string(at, 1, row.record)
        self._write_link(at, _FILE, row.file, row.file, row.linked)
        if row.pdf:
            self._write_link(at, _PDF, row.pdf, "PDF", row.linked)
        if row.pages:
            sheet.write_number(at, _PAGES, row.pages)
        sheet.write_string(at, _STATUS, row.status[self._side], self._status[row.status])
        if row.reason:
            sheet.write_string(at, _REASON, row.reason, self._wrapped)

    def _write_link(self, at: int, column: int, target: str, text: str, linked: bool) -> None:
        if linked and self._links < _MOST_LINKS:
            self._links += 1
            safe = _NOT_IN_LINKS.sub(lambda found: quote(found[0]), target)
            self._sheet.write_url(at, column, f"external:{safe}", self._link, string=text)
        else:
            self._sheet.write_string(at, column, text)

    def _counted(self, rows: Sequence[Row]) -> str:
        counts = Counter(row.status for row in rows)
        parts = [f"{status[self._side]} {counts[status]}" for status in _SHOWN if counts[status]]
        return ("，" if self._side == 0 else ", ").join(parts)

"""index.xlsx: a table of papers with links, what could not be made and why; written row by row, for there may be
hundreds of thousands.

XlsxWriter, which remembers every cell of a table and every link, makes a small workbook that looks as it should, with
one row of each status. This takes the place of its rows, the links of its links."""

from __future__ import annotations

import io
import re
import shutil
import zipfile
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import IO, Any, NamedTuple
from urllib.parse import quote

import xlsxwriter
from xlsxwriter.format import Format

from perfxl.core.cells import column_letter
from perfxl.core.language import PAUSE, Text
from perfxl.disk import open_scratch
from perfxl.documents.batch.manifest import Manifest, PaperKey
from perfxl.documents.papers import KINDS
from perfxl.documents.papers.contexts import Contexts
from perfxl.ooxml.relations import relation_xml
from perfxl.ooxml.text import inline_string
from perfxl.ooxml.zip_write import SAME_DAY, zip_entry

__all__ = ["FAILED", "GONE", "INDEX", "MADE", "IndexRow", "Listing", "write_index_book"]


INDEX = "index.xlsx"

MADE = Text("已生成", "made")
FAILED = Text("未生成", "not made")
GONE = Text("方案中已无", "no longer in the program")


class IndexRow(NamedTuple):
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


class Listing:
    """Every paper that the manifest knows of, in the order of the program, then those it has no more; of an archive,
    those that were asked to be `packed`."""

    def __init__(self, manifest: Manifest, contexts: Contexts, packed: Container[PaperKey] | None = None) -> None:
        self._manifest, self._contexts, self._packed = manifest, contexts, packed

    def counts(self) -> Counter[Text]:
        """How many papers are in each state."""
        return Counter(status for _, status in self._papers())

    def rows(self) -> Iterator[IndexRow]:
        return (self._row(key, status) for key, status in self._papers())

    def _papers(self) -> Iterator[tuple[PaperKey, Text]]:
        for kind, papers in KINDS.items():
            left = self._manifest.records(kind)
            if self._packed is not None:
                left = {record for record in left if (kind, record) in self._packed}
            for record in papers.ids(self._contexts) if left else ():
                if record in left:
                    left.remove(record)
                    key = kind, record
                    yield key, FAILED if self._manifest.refused(key) else MADE
            yield from (((kind, record), GONE) for record in sorted(left))

    def _row(self, key: PaperKey, status: Text) -> IndexRow:
        kind = KINDS[key[0]].title(self._contexts.lang)
        entry = there = self._manifest.latest(key)
        if entry is None:
            return IndexRow(kind, key[1], status)
        if self._packed is None and (entry.where or not entry.file):
            there = self._manifest.in_folder(key)
        reason = "\n".join(entry.failed)
        if there is None or not there.file:
            return IndexRow(kind, key[1], status, entry.where or entry.file, reason=reason)
        return IndexRow(kind, key[1], status, there.file, there.pdf, True, there.pages, reason)


def write_index_book(path: Path, rows: Iterable[IndexRow], counts: Mapping[Text, int], title: str, lang: str) -> None:
    """The workbook; equal rows give equal bytes. `counts`: how many of the rows are in each state."""
    last = _FIRST_ROW - 1 + min(_MOST_ROWS, max(1, sum(counts.values())))
    with (
        zipfile.ZipFile(io.BytesIO(_pattern(counts, title, lang))) as pattern,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book,
        open_scratch(path.parent) as links,
        open_scratch(path.parent) as targets,
    ):
        for part in pattern.infolist():
            if part.filename not in (_SHEET, _RELATIONS):
                content = pattern.read(part)
                book.writestr(
                    zip_entry(part.filename), _reach_row(content, last) if part.filename == _TABLE else content
                )
        before, rows_of_pattern, after = _split(_reach_row(pattern.read(_SHEET), last).decode())
        sheet = _RowWriter(dict(_LOOK.findall(rows_of_pattern)), lang, links, targets)
        with book.open(zip_entry(_SHEET), "w") as out:
            out.write(before.encode())
            for row in islice(rows, _MOST_ROWS):
                out.write(sheet.xml(row))
            out.write(b"</sheetData>")
            if sheet.links:
                _insert(out, b"<hyperlinks>", links, b"</hyperlinks>")
            out.write(after.encode())
        start, end, _ = pattern.read(_RELATIONS).partition(b"</Relationships>")
        with book.open(zip_entry(_RELATIONS), "w") as out:
            _insert(out, start, targets, end)


_SHEET, _RELATIONS = "xl/worksheets/sheet1.xml", "xl/worksheets/_rels/sheet1.xml.rels"
_TABLE = "xl/tables/table1.xml"
_FONT = Text("微软雅黑", "Calibri")
_NAME = Text("文件目录", "Index")
_COLUMNS = (  # header, width
    (Text("种类", "Kind"), 20),
    (Text("编号", "ID"), 18),
    (Text("文件", "File"), 56),
    (Text("PDF", "PDF"), 7),
    (Text("页数", "Pages"), 8),
    (Text("状态", "Status"), 12),
    (Text("原因", "Reason"), 50),
)
_KIND, _ID, _FILE, _PDF, _PAGES, _STATUS, _REASON = range(len(_COLUMNS))
_LETTERS = [column_letter(column) for column in range(len(_COLUMNS))]
_TITLE_ROW, _COUNT_ROW, _HEADER_ROW, _FIRST_ROW = 1, 2, 4, 5
_SHOWN = {MADE: "#2E7D4F", FAILED: "#B42318", GONE: "#6B7280"}
_MOST_ROWS = 1_048_576 - _HEADER_ROW  # that a sheet has
_MOST_LINKS = 60_000  # Excel opens no sheet with more than 65,530


def _pattern(counts: Mapping[Text, int], title: str, lang: str) -> bytes:
    """The workbook with a row of each status and no links."""
    saved = io.BytesIO()
    with xlsxwriter.Workbook(saved, {"in_memory": True, "strings_to_formulas": False}) as book:
        book.set_properties({"title": title, "created": SAME_DAY})  # the same file whenever it is made
        _write_pattern(book, counts, title, lang)
    return saved.getvalue()


def _write_pattern(book: xlsxwriter.Workbook, counts: Mapping[Text, int], title: str, lang: str) -> None:
    sheet = book.add_worksheet(_NAME(lang))

    def look(**more: Any) -> Format:
        return book.add_format({"font_name": _FONT(lang), "font_size": 10, "valign": "vcenter", **more})

    muted, header = look(font_color="#6B7280"), look(bold=True, font_color="#FFFFFF", bg_color="#475467")
    text, wrapped, link = look(), look(text_wrap=True), look(font_color="#1F5FBF", underline=1)
    sheet.set_row(_TITLE_ROW - 1, 30)
    sheet.write_string(_TITLE_ROW - 1, 0, title, look(font_size=16, bold=True))
    sheet.write_string(
        _COUNT_ROW - 1,
        0,
        PAUSE(lang).join(f"{status(lang)} {counts[status]}" for status in _SHOWN if counts.get(status)),
        muted,
    )
    headers = [{"header": name(lang), "header_format": header} for name, _ in _COLUMNS]
    place = (_HEADER_ROW - 1, 0, _PATTERN_END - 1, len(_COLUMNS) - 1)
    sheet.add_table(*place, {"columns": headers, "style": "Table Style Light 1"})
    for column, (_, width) in enumerate(_COLUMNS):
        sheet.set_column(column, column, width, wrapped if column == _REASON else text)
    for row, colour in enumerate(_SHOWN.values(), _FIRST_ROW - 1):
        status = look(font_color=colour)
        for column in range(len(_COLUMNS)):
            special = {_FILE: link, _PDF: link, _STATUS: status, _REASON: wrapped}
            sheet.write_blank(row, column, None, special.get(column, text))
    sheet.freeze_panes(_HEADER_ROW, 0)
    sheet.hide_gridlines(2)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(_HEADER_ROW - 1)


_PATTERN_END = _FIRST_ROW - 1 + len(_SHOWN)
_LOOK = re.compile(r'<c r="([A-Z]+\d+)" s="(\d+)"')  # a cell, the number of its look


def _reach_row(part: bytes, last: int) -> bytes:
    """A part of the pattern, what it says of the place of the table made true."""
    corner = f':{_LETTERS[-1]}{{}}"'
    return part.replace(corner.format(_PATTERN_END).encode(), corner.format(last).encode())


def _split(sheet: str) -> tuple[str, str, str]:
    """What stands before the rows of the table, those rows, and what stands after."""
    start, end = sheet.index(f'<row r="{_FIRST_ROW}"'), sheet.index("</sheetData>")
    return sheet[:start], sheet[start:end], sheet[end:].removeprefix("</sheetData>")


class _RowWriter:
    """Rows as XML. What the links say goes into `links` and `targets`."""

    def __init__(self, looks: Mapping[str, str], lang: str, links: IO[bytes], targets: IO[bytes]) -> None:
        self.links = 0
        self._lang, self._links, self._targets = lang, links, targets
        self._next = _FIRST_ROW
        self._looks = [looks[f"{letter}{_FIRST_ROW}"] for letter in _LETTERS]
        self._status = {status: looks[f"{_LETTERS[_STATUS]}{row}"] for row, status in enumerate(_SHOWN, _FIRST_ROW)}

    def xml(self, row: IndexRow) -> bytes:
        """Cells with nothing in them are left out."""
        at = self._next
        self._next += 1
        cells = [
            _text(_KIND, at, self._looks[_KIND], row.kind),
            _text(_ID, at, self._looks[_ID], row.record),
            self._link(_FILE, at, row.file, row.file, row.linked),
            self._link(_PDF, at, row.pdf, "PDF", row.linked) if row.pdf else "",
            f'<c r="{_LETTERS[_PAGES]}{at}" s="{self._looks[_PAGES]}"><v>{row.pages}</v></c>' if row.pages else "",
            _text(_STATUS, at, self._status[row.status], row.status(self._lang)),
            _text(_REASON, at, self._looks[_REASON], row.reason),
        ]
        return f'<row r="{at}">{"".join(cells)}</row>'.encode()

    def _link(self, column: int, at: int, target: str, text: str, linked: bool) -> str:
        if not linked or self.links >= _MOST_LINKS:
            return _text(column, at, self._looks[_ID], text)
        self.links += 1
        name, to = f"link{self.links}", _NOT_IN_LINKS.sub(lambda match: quote(match[0]), target).replace("/", "\\")
        self._links.write(f'<hyperlink ref="{_LETTERS[column]}{at}" r:id="{name}"/>'.encode())
        self._targets.write(relation_xml(name, _HYPERLINK, to, external=True).encode())
        return _text(column, at, self._looks[column], text)


_NOT_IN_LINKS = re.compile(r"[ %#\[\]^`{}]")
_HYPERLINK = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"


def _text(column: int, at: int, look: str, text: str) -> str:
    return f'<c r="{_LETTERS[column]}{at}" s="{look}" t="inlineStr">{inline_string(text)}</c>' if text else ""


def _insert(out: IO[bytes], before: bytes, written: IO[bytes], after: bytes) -> None:
    written.seek(0)
    out.write(before)
    shutil.copyfileobj(written, out)
    out.write(after)

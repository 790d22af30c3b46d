"""The list of everything that was sent from a folder, for HR to read: what, to whom, when, due when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import chain
from operator import getitem

from perfxl.core.language import PAUSE, Text
from perfxl.core.problems import Problem
from perfxl.core.requests import JOBS
from perfxl.core.schema import column_label
from perfxl.exchange.record import Batch, Record, SentFile, find_records
from perfxl.outputs import OutputRefused, refuse_output
from perfxl.workbook.result_page import HEADER_HEIGHT, TITLE_HEIGHT, ResultPage, header_width
from perfxl.workbook.row_sheet import RowSheet, row, text, whole_row
from perfxl.workbook.style import Formats, fitting_width, row_height
from perfxl.workbook.writing import new_workbook

__all__ = ["MANIFEST", "write_manifest"]

MANIFEST = Text("下发清单", "What was sent")
KIND = "sent"

_GUIDE = Text(
    "从这个文件夹下发的全部填报表；只留在 HR。“版本”是生成时的 perfxl。",
    "Every workbook that was sent from this folder; for HR alone. Version is that of perfxl.",
)
_HEADER_ROW = 3
_HEADERS = (
    *(Text("下发时间", "Sent"), Text("工号", "Employee ID"), Text("填报人", "Name"), Text("单位", "Unit")),
    *(Text(*(column_label("people", "email", lang) for lang in ("zh", "en"))), Text("要填的内容", "What is asked")),
    *(Text("期间", "Period"), Text("截止", "Due"), Text("密码", "Password"), Text("文件", "File")),
    *(Text("方案", "Program"), Text("版本", "Version")),
)
_HAS = Text("有", "yes")


def write_manifest(record: Record, lang: str, overwrite: bool = False) -> list[Problem]:
    """Writes the list into the folder of a record, which was written there just now.

    Returns: why not, where somebody has changed the one that is there.

    Raises: OSError where it cannot be written.
    """
    path = record.folder / f"{MANIFEST(lang)}.xlsx"
    try:
        refuse_output(path, (), (".xlsx",), overwrite)
    except OutputRefused as refused:
        return [refused.problem]
    every = (record, *find_records([record.folder], record))
    sent = [(each.batch, file) for each in every for file in each.files.values()]
    rows = sorted((_row(batch, file, lang) for batch, file in sent), key=lambda row: (row[0], row[-3]))
    last = max((row[0] for row in rows if row[0]), default="")
    created = datetime.fromisoformat(last) if last else None  # so that the same list is the same file
    with new_workbook(path, lang, MANIFEST(lang), KIND, created=created) as workbook:
        sheet: RowSheet = workbook.add_worksheet(MANIFEST(lang), worksheet_class=RowSheet)
        page = ResultPage(sheet, Formats(workbook, lang), lang, "results")
        page.top(MANIFEST(lang), _GUIDE(lang))
        headers = [header(lang) for header in _HEADERS]
        columns = [tuple({row[at] for row in rows}) for at in range(len(headers))]  # most texts come again and again
        widths = [
            fitting_width(texts, header_width(header, True), 44) for texts, header in zip(columns, headers, strict=True)
        ]
        for at, width in enumerate(widths):
            sheet.set_column(at, at, width)
        last_row = _HEADER_ROW + len(rows)
        stream = _sheet_rows(page, headers, rows, columns, widths)
        sheet.fill(lambda: stream, last_row, len(headers) - 1)
        sheet.autofilter(_HEADER_ROW, 0, last_row, len(headers) - 1)
        sheet.freeze_panes(_HEADER_ROW + 1, 3)
        page.print_set_up(MANIFEST(lang), _HEADER_ROW)
    return []


def _sheet_rows(
    page: ResultPage,
    headers: Sequence[str],
    rows: Sequence[Sequence[str]],
    columns: Sequence[Iterable[str]],
    widths: Sequence[float],
) -> Iterator[bytes]:
    """The title, what the list is, the headers, and a row for each file. `columns`: the texts of each, once; all looks
    are known when this returns, which is before the workbook counts them."""
    top = [
        row(1, {0: text(MANIFEST(page.lang), page.title_look())}, TITLE_HEIGHT),
        row(2, {0: text(_GUIDE(page.lang), page.muted_look())}),
        whole_row(_HEADER_ROW + 1, [text(header, page.header_look()) for header in headers], HEADER_HEIGHT),
    ]
    look = page.formats.bordered(text_wrap=True)
    cells = [{each: text(each, look) for each in texts} for texts in columns]
    heights = [{each: row_height(each, width) for each in texts} for texts, width in zip(columns, widths, strict=True)]
    of_files = (
        whole_row(number, [*map(getitem, cells, texts)], max(map(getitem, heights, texts)))
        for number, texts in enumerate(rows, _HEADER_ROW + 2)
    )
    return chain(top, of_files)


def _row(batch: Batch, file: SentFile, lang: str) -> tuple[str, ...]:
    counts = ((JOBS[job].text, count) for job, count in file.counts.items())
    asked = PAUSE(lang).join(Text(f"{job.zh} {count} 行", f"{job.en}: {count}")(lang) for job, count in counts)
    return (
        *(file.sent, file.person, file.name, file.unit, file.email, asked, batch.period, batch.due),
        *(_HAS(lang) if file.stored else "", file.path, batch.program, batch.version),
    )

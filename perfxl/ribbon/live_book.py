"""The port on a workbook that is open in Excel, through COM. `workbook` is Excel's Workbook object."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from perfxl.core.cells import a1, cell_place
from perfxl.disk import documents_folder
from perfxl.ribbon.cell_copy import copy_cells, is_readable
from perfxl.ribbon.open_book import (
    HEADER_ROW,
    KEPT_FILL,
    NO_FILL,
    CellContent,
    CellRef,
    Content,
    FileLink,
    Link,
    Mark,
    MarkedComment,
    Page,
    Selection,
    Value,
    join_comment,
    program_places,
    quoted,
    results_folder,
    split_comment,
)

# Excel's own numbers for things.
_NONE, _SOLID = -4142, 1
_FILE_PICKER, _FOLDER_PICKER, _CHOSEN = 3, 4, -1
_TEXT = 2
_TOP, _RIGHT = -4160, -4152
_VISIBLE = -1
_VISIBLE_CELLS = 12
_A4, _PORTRAIT, _MARGIN = 9, 1, 36.0  # points
_LAST_COLUMN = 16_383
_MOST_LINKS = 1_000  # each takes Excel some milliseconds
_NOTE_SIZE = (320, 120)

_HEADER, _INK = "344054", "FFFFFF"
_WORKBOOKS = (".xlsx", ".xlsm")


class LiveBook:
    """A workbook in Excel."""

    def __init__(self, workbook: Any) -> None:
        self._book = workbook
        self._excel = workbook.Application

    @property
    def name(self) -> str:
        return str(self._book.Name)

    def folder(self) -> Path:
        """Beside the workbook; of one that was never saved, or is in OneDrive (a web address), under Documents."""
        return results_folder(self._beside() or documents_folder(), Path(self.name).stem)

    def open_names(self) -> frozenset[str]:
        return frozenset(str(each.Name).lower() for each in self._excel.Workbooks)

    def is_program(self) -> bool:
        """The add-in stands in where no workbook is open."""
        return not self._book.IsAddin

    def save_copy(self, folder: Path) -> Path:
        path = folder / (self.name if Path(self.name).suffix else f"{self.name}.xlsx")
        self._book.SaveCopyAs(str(path))
        if not is_readable(path):  # encrypted, by a password or by the company
            copy_cells(self._book, path)
        return path

    def program_of(self, source: str) -> LiveBook | None:
        beside, folder = self._beside(), self.folder()
        places = program_places(beside, source) if beside else []
        for workbook in self._excel.Workbooks:
            book = LiveBook(workbook)
            if book.name in (source, Path(source).stem) and (book.folder() == folder or book._path() in places):
                workbook.Activate()
                return book
        found = next((path for path in places if path.is_file()), None)
        return LiveBook(self._excel.Workbooks.Open(str(found))) if found else None

    def _window(self) -> Any:
        """Its foremost window."""
        return self._book.Windows(1)

    def _beside(self) -> Path | None:
        """The folder it lies in; of one that was never saved, or is in OneDrive (a web address), none."""
        beside = str(self._book.Path)
        return Path(beside) if beside and "://" not in beside else None

    def _path(self) -> Path | None:
        beside = self._beside()
        return beside / self.name if beside else None

    def selected(self) -> Selection:
        """What is selected in its own window: the user may be in another workbook by now."""
        cell = None
        with suppress(Exception):  # Excel raises, or gives nothing, of a chart sheet
            cell = self._window().ActiveCell
        if cell is None:
            return Selection(CellRef(str(self._book.ActiveSheet.Name), "A1"), ())
        sheet = cell.Worksheet
        used = sheet.UsedRange
        last = min(used.Column + used.Columns.Count, _LAST_COLUMN)
        row = sheet.Range(f"{a1(cell.Row - 1, 0)}:{a1(cell.Row - 1, last)}").Value
        texts = [cell.Value, *row[0]]
        place = CellRef(str(sheet.Name), a1(cell.Row - 1, cell.Column - 1))
        rows = self._selected_rows(sheet, used.Row + used.Rows.Count - 1, last)
        return Selection(place, tuple(_text(value) for value in texts if value is not None), rows)

    def _selected_rows(self, sheet: Any, last_row: int, last: int) -> tuple[tuple[str, ...], ...]:
        """What stands in the visible rows of the selection, if they are several: a whole column ends with the data."""
        rows: dict[int, tuple[str, ...]] = {}
        for area in getattr(self._window().Selection, "Areas", ()):  # a chosen picture has none
            top, bottom, column = area.Row, min(area.Row + area.Rows.Count - 1, last_row), area.Column - 1
            if bottom < top:
                continue
            cells = sheet.Range(f"{a1(top - 1, column)}:{a1(bottom - 1, column)}")
            for part in cells.SpecialCells(_VISIBLE_CELLS).Areas if bottom > top else (cells,):
                read = f"{a1(part.Row - 1, 0)}:{a1(part.Row + part.Rows.Count - 2, last)}"
                for at, row in enumerate(sheet.Range(read).Value, part.Row):
                    rows.setdefault(at, tuple(_text(value) for value in row if value is not None))
        return tuple(rows.values()) if len(rows) > 1 else ()

    def is_open(self) -> bool:
        try:
            return any(each.FullName == self._book.FullName for each in self._excel.Workbooks)
        except Exception:  # noqa: BLE001 - COM's own, of which there is no type elsewhere than on Windows
            return False

    def takes_sheets(self) -> bool:
        return not self._book.ProtectStructure

    def page_rows(self, sheet: str, width: int) -> list[list[Content]]:
        found = self._find(sheet)
        if found is None:
            return []
        used = found.UsedRange
        last = used.Row + used.Rows.Count - 1
        if last <= HEADER_ROW:
            return []
        rows = found.Range(f"{a1(HEADER_ROW, 0)}:{a1(last, width - 1)}").Value  # one more: never a lone row
        return [[_content(value) for value in row] for row in rows]

    def remove(self, sheet: str) -> None:
        found = self._find(sheet)
        if found is None:
            return
        asks = self._excel.DisplayAlerts
        self._excel.DisplayAlerts = False
        try:
            found.Delete()
        finally:
            self._excel.DisplayAlerts = asks

    def read_cell(self, place: CellRef) -> CellContent:
        sheet = self._book.Worksheets(place.sheet)
        cell = sheet.Range(place.cell)
        value = cell.Formula if cell.HasFormula else cell.Value
        locked = bool(sheet.ProtectContents and cell.Locked)
        return CellContent(_content(value), bool(cell.HasFormula), "%" in str(cell.NumberFormat), locked)

    def write_cell(self, place: CellRef, value: Content) -> None:
        with self._quietly():
            self._book.Worksheets(place.sheet).Range(place.cell).Value = _value(value)

    def put(self, page: Page) -> None:
        with self._quietly():
            sheet = self._sheet(page.sheet)
            _write(sheet, page)
            sheet.Activate()
            _freeze(self._window())

    def mark(self, wanted: Sequence[Mark]) -> list[Mark]:
        titles = {str(sheet.Name) for sheet in self._book.Worksheets}
        left = []
        with self._quietly():
            for mark in wanted:
                sheet = self._book.Worksheets(mark.place.sheet) if mark.place.sheet in titles else None
                if sheet is None or sheet.ProtectContents or not _mark(sheet.Range(mark.place.cell), mark):
                    left.append(mark)
        return left

    def marked(self) -> list[tuple[CellRef, str]]:
        marked = []
        for sheet in self._book.Worksheets:
            of_sheet = []
            for comment in sheet.Comments:
                text = split_comment(str(comment.Text()))
                if text.fill is not None:
                    of_sheet.append((a1(comment.Parent.Row - 1, comment.Parent.Column - 1), text.text))
            of_sheet.sort(key=lambda pair: cell_place(pair[0]))
            marked += [(CellRef(str(sheet.Name), cell), text) for cell, text in of_sheet]
        return marked

    def clear_marks(self) -> int:
        cleared = 0
        with self._quietly():
            for place, _ in self.marked():
                sheet = self._book.Worksheets(place.sheet)
                if not sheet.ProtectContents:
                    _clear(sheet.Range(place.cell))
                    cleared += 1
        return cleared

    def go_to(self, place: CellRef) -> None:
        sheet = self._find(place.sheet)  # a chart sheet has no cells
        if sheet is not None and sheet.Visible == _VISIBLE:
            self._excel.Goto(sheet.Range(place.cell))

    def status(self, text: str) -> None:
        self._excel.StatusBar = text or False

    def show(self, path: Path) -> bool:
        if path.suffix.lower() in _WORKBOOKS:
            named = next((each for each in self._excel.Workbooks if str(each.Name).lower() == path.name.lower()), None)
            if named is None:
                self._excel.Workbooks.Open(str(path))
            elif LiveBook(named)._path() != path:
                return False
            else:
                named.Activate()
        elif sys.platform == "win32":  # as wherever Excel's COM is
            os.startfile(path)
        return True

    def ask_folder(self, title: str) -> Path | None:
        dialog = self._excel.FileDialog(_FOLDER_PICKER)
        dialog.Title = title
        return Path(str(dialog.SelectedItems(1))) if dialog.Show() == _CHOSEN else None

    def ask_text(self, question: str, proposed: str) -> str | None:
        answer = self._excel.InputBox(question, "perfxl", proposed, Type=_TEXT)
        return None if answer is False else str(answer).strip()

    def ask_files(self, title: str) -> list[Path]:
        dialog = self._excel.FileDialog(_FILE_PICKER)
        dialog.Title, dialog.AllowMultiSelect = title, True
        if dialog.Show() != _CHOSEN:
            return []
        chosen = dialog.SelectedItems
        return [Path(str(chosen(i))) for i in range(1, chosen.Count + 1)]

    def _find(self, title: str) -> Any:
        return next((sheet for sheet in self._book.Worksheets if str(sheet.Name) == title), None)

    def _sheet(self, title: str) -> Any:
        found = self._find(title)
        if found is not None:
            return found
        sheets = self._book.Worksheets
        sheet = sheets.Add(After=sheets(sheets.Count))
        sheet.Name = title
        return sheet

    @contextmanager
    def _quietly(self) -> Iterator[None]:
        """Without redrawing and without the workbook's own macros reacting to every cell."""
        self._excel.ScreenUpdating = self._excel.EnableEvents = False
        try:
            yield
        finally:
            self._excel.ScreenUpdating = self._excel.EnableEvents = True


def _mark(cell: Any, mark: Mark) -> bool:
    """Whether the cell could be marked; a discussion (threaded comment) leaves no room for a comment."""
    cell = cell.MergeArea.Cells(1, 1)
    if getattr(cell, "CommentThreaded", None) is not None:
        return False
    there = split_comment(str(cell.Comment.Text())) if cell.Comment is not None else MarkedComment("")
    if there.fill is None:
        text = join_comment(there.own, _fill_of(cell), mark.text)
    else:  # another cell of a merged range was marked before
        text = join_comment(there.own, there.fill, f"{there.text}\n{mark.text}")
    if split_comment(text).fill != KEPT_FILL:
        cell.Interior.Color = _bgr(mark.colour)
    if cell.Comment is not None:
        cell.Comment.Text(text)
    else:
        shape = cell.AddComment(text).Shape
        shape.Width, shape.Height = _NOTE_SIZE
    return True


def _clear(cell: Any) -> None:
    there = split_comment(str(cell.Comment.Text()))
    if there.fill == NO_FILL:
        cell.Interior.Pattern = _NONE
    elif there.fill and there.fill != KEPT_FILL:
        cell.Interior.Color = _bgr(there.fill)
    if there.own:
        cell.Comment.Text(there.own)
    else:
        cell.Comment.Delete()


def _fill_of(cell: Any) -> str:
    pattern = cell.Interior.Pattern
    if pattern == _NONE:
        return NO_FILL
    return _rgb(int(cell.Interior.Color)) if pattern == _SOLID else KEPT_FILL


def _write(sheet: Any, page: Page) -> None:
    sheet.AutoFilterMode = False
    sheet.Cells.Clear()
    _title(sheet, page)
    width, last = len(page.columns), HEADER_ROW + len(page.rows)
    table = sheet.Range(f"{a1(HEADER_ROW - 1, 0)}:{a1(last - 1, width - 1)}")
    table.Value = tuple(
        tuple(_value(value) for value in row) for row in ([column.header for column in page.columns], *page.rows)
    )
    table.VerticalAlignment = _TOP
    for at, column in enumerate(page.columns):
        cells = sheet.Range(f"{a1(HEADER_ROW, at)}:{a1(max(last, HEADER_ROW + 1) - 1, at)}")
        cells.ColumnWidth = column.width
        cells.WrapText = not column.number
        if column.number:
            cells.NumberFormat = column.number
            sheet.Range(a1(HEADER_ROW - 1, at)).HorizontalAlignment = _RIGHT
    table.EntireRow.AutoFit()
    _header(sheet.Range(f"{a1(HEADER_ROW - 1, 0)}:{a1(HEADER_ROW - 1, width - 1)}"))
    table.AutoFilter()
    _links(sheet, page)
    if page.for_printing:
        _set_up_printing(sheet)
    for at, colour in enumerate(page.colours[:_MOST_LINKS], HEADER_ROW):
        sheet.Range(a1(at, 0)).Interior.Color = _bgr(colour)


def _title(sheet: Any, page: Page) -> None:
    title = sheet.Range("A1")
    title.Value = _value(page.title)
    title.Font.Size, title.Font.Bold = 18, True
    sheet.Range("A2").Value = _value(page.about)


def _header(cells: Any) -> None:
    cells.Font.Bold, cells.Font.Color = True, _bgr(_INK)
    cells.Interior.Color = _bgr(_HEADER)


def _set_up_printing(sheet: Any) -> None:
    """As wide as the paper, the header on each page, page numbers. Excel refuses where no printer is known."""
    with suppress(Exception):
        setup = sheet.PageSetup
        setup.PaperSize, setup.Orientation = _A4, _PORTRAIT
        setup.Zoom = False
        setup.FitToPagesWide, setup.FitToPagesTall = 1, False
        setup.LeftMargin = setup.RightMargin = _MARGIN
        setup.PrintTitleRows = f"$1:${HEADER_ROW}"
        setup.CenterFooter = "&P / &N"


def _links(sheet: Any, page: Page) -> None:
    for row, values in enumerate(page.rows[:_MOST_LINKS], HEADER_ROW):
        for column, value in enumerate(values):
            if isinstance(value, Link | FileLink):
                file = str(value.path) if isinstance(value, FileLink) else ""
                sheet.Hyperlinks.Add(sheet.Range(a1(row, column)), file, quoted(value.to) if value.to else "")


def _freeze(window: Any) -> None:
    window.FreezePanes = False
    window.SplitColumn, window.SplitRow = 0, HEADER_ROW
    window.FreezePanes = True
    window.DisplayGridlines = False


def _value(value: Value) -> str | float | None:
    """Text goes in behind an apostrophe, which Excel takes off: so it is never a formula, a date or a number."""
    text = value.text if isinstance(value, Link | FileLink) else value
    return f"'{text}" if isinstance(text, str) and text else None if text == "" else text


def _content(value: Any) -> Content:
    """A value as it was typed; a date as its text."""
    if value is None or isinstance(value, str):
        return value
    return float(value) if isinstance(value, int | float) else str(value)


def _text(value: Any) -> str:
    """A number that stands for an ID has no decimals."""
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def _bgr(colour: str) -> int:
    """RRGGBB as Excel's number."""
    return int(colour[4:6] + colour[2:4] + colour[:2], 16)


def _rgb(colour: int) -> str:
    return f"{colour & 255:02X}{colour >> 8 & 255:02X}{colour >> 16 & 255:02X}"

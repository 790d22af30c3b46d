"""The port on a file: what the ribbon does, for programs without one, and without Excel. The file itself is never
changed; `save` writes a copy with pages and marks."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from perfxl.core.cells import cell_place
from perfxl.outputs import refuse_output, replacing
from perfxl.ribbon.open_book import (
    HEADER_ROW,
    KEPT_FILL,
    NO_FILL,
    CellContent,
    CellRef,
    Content,
    Mark,
    MarkedComment,
    Page,
    Selection,
    join_comment,
    program_places,
    results_folder,
    split_comment,
)
from perfxl.ribbon.page_file import write_page
from perfxl.workbook.files import load_quietly

_AUTHOR = "perfxl"
_NOTE_SIZE = (360, 140)
_LINE = 15.0  # points
_HEADER, _INK, _LINK = "344054", "FFFFFF", "175CD3"


class FileBook:
    """An .xlsx or .xlsm file. `chosen` is the folder and `files` the files that the user would choose, `answers`
    what would be typed, None to cancel, `rows` the rows of the sheet that would be selected, where they are
    several; where there are no more of them, what is proposed is taken. What would be opened is in `shown`, what
    the status bar said in `said`; of a result, the program that was gone back to in `program`."""

    def __init__(
        self,
        path: Path,
        selected: CellRef | None = None,
        chosen: Path | None = None,
        files: Sequence[Path] = (),
        answers: Sequence[str | None] = (),
        rows: Sequence[int] = (),
    ) -> None:
        self._path = path
        self._book = load_quietly(path, keep_vba=path.suffix.lower() == ".xlsm", rich_text=True)
        self._at = selected or CellRef(self._book.sheetnames[0], "A1")
        self._chosen, self._files, self._answers, self._rows = chosen, files, list(answers), rows
        self._is_written = False
        self.program: FileBook | None = None
        self.shown: list[Path] = []
        self.said: list[str] = []

    @property
    def name(self) -> str:
        return self._path.name

    def folder(self) -> Path:
        return results_folder(self._path.parent, self._path.stem)

    def is_program(self) -> bool:
        return True

    def save_copy(self, folder: Path) -> Path:
        """The file as it came, but for what was written into it: openpyxl drops the stored results of formulas. Marks
        and pages are no data."""
        if self._is_written:
            self._book.save(folder / self._path.name)
            return folder / self._path.name
        return Path(shutil.copy2(self._path, folder / self._path.name))

    def program_of(self, source: str) -> FileBook | None:
        found = next((path for path in program_places(self._path.parent, source) if path.is_file()), None)
        if found is None:
            return None
        self.program = FileBook(found, chosen=self._chosen, files=self._files, answers=self._answers)
        return self.program

    def save(self, path: Path) -> None:
        """Writes the workbook with its pages and marks to another file."""
        refuse_output(path, [self._path], [self._path.suffix.lower()])
        with replacing(path, "check", self._path.name) as temporary:
            self._book.save(temporary)

    def selected(self) -> Selection:
        sheet = self._book[self._at.sheet]
        row, column = cell_place(self._at.cell)
        texts = [sheet.cell(row + 1, column + 1).value, *(cell.value for cell in sheet[row + 1])]
        rows = [[cell.value for cell in sheet[at]] for at in self._rows if not sheet.row_dimensions[at].hidden]
        return Selection(self._at, _words(texts), tuple(map(_words, rows)) if len(rows) > 1 else ())

    def is_open(self) -> bool:
        return True

    def open_names(self) -> frozenset[str]:
        return frozenset()

    def takes_sheets(self) -> bool:
        return not (self._book.security and self._book.security.lockStructure)

    def page_rows(self, sheet: str, width: int) -> list[list[Content]]:
        if sheet not in self._book.sheetnames:
            return []
        return [
            [_content(cell.value) for cell in row]
            for row in self._book[sheet].iter_rows(min_row=HEADER_ROW + 1, max_col=width)
        ]

    def remove(self, sheet: str) -> None:
        if sheet in self._book.sheetnames:
            self._book.remove(self._book[sheet])
            if self._at.sheet == sheet:
                self._at = CellRef(self._book.sheetnames[0], "A1")

    def read_cell(self, place: CellRef) -> CellContent:
        sheet = self._book[place.sheet]
        cell = sheet[place.cell]
        locked = bool(sheet.protection.sheet and cell.protection.locked)
        return CellContent(_content(cell.value), cell.data_type == "f", "%" in str(cell.number_format), locked)

    def write_cell(self, place: CellRef, value: Content) -> None:
        cell = self._book[place.sheet][place.cell]
        cell.value = value
        if isinstance(value, str):
            cell.data_type = "s"
        self._is_written = True

    def put(self, page: Page) -> None:
        if page.sheet in self._book.sheetnames:
            self._book.remove(self._book[page.sheet])
        sheet = self._book.create_sheet(page.sheet)
        write_page(sheet, page)

    def mark(self, wanted: Sequence[Mark]) -> list[Mark]:
        left = []
        for mark in wanted:
            if mark.place.sheet not in self._book.sheetnames or self._book[mark.place.sheet].protection.sheet:
                left.append(mark)
            else:
                _mark(_first(self._book[mark.place.sheet], mark.place.cell), mark)
        return left

    def marked(self) -> list[tuple[CellRef, str]]:
        return [
            (CellRef(sheet.title, cell), comment.text)
            for sheet in self._book.worksheets
            for cell, comment in _comments(sheet)
            if comment.fill is not None
        ]

    def clear_marks(self) -> int:
        marked = self.marked()
        for place, _ in marked:
            _clear(self._book[place.sheet][place.cell])
        return len(marked)

    def go_to(self, place: CellRef) -> None:
        self._at = place
        self._book.active = self._book[place.sheet]

    def status(self, text: str) -> None:
        self.said.append(text)

    def show(self, path: Path) -> bool:
        self.shown.append(path)
        return True

    def ask_folder(self, title: str) -> Path | None:
        return self._chosen

    def ask_text(self, question: str, proposed: str) -> str | None:
        return self._answers.pop(0) if self._answers else proposed

    def ask_files(self, title: str) -> list[Path]:
        return list(self._files)


def _content(value: object) -> Content:
    """A value as it was typed; a date as its text."""
    if value is None or isinstance(value, str):
        return value
    return float(value) if isinstance(value, int | float) else str(value)


def _words(row: Sequence[object]) -> tuple[str, ...]:
    return tuple(str(text) for text in row if text is not None)


def _first(sheet: Worksheet, cell: str) -> Any:
    """The cell, or of merged cells the first."""
    for merged in sheet.merged_cells.ranges:
        if cell in merged:
            return merged.start_cell
    return sheet[cell]


def _mark(cell: Any, mark: Mark) -> None:
    there = split_comment(cell.comment.text if cell.comment else "")
    fill, text = (_fill_of(cell), mark.text) if there.fill is None else (there.fill, f"{there.text}\n{mark.text}")
    if fill != KEPT_FILL:
        cell.fill = PatternFill("solid", start_color=f"FF{mark.colour}")
    _comment(cell, join_comment(there.own, fill, text))


def _clear(cell: Any) -> None:
    there = split_comment(cell.comment.text)
    if there.fill == NO_FILL:
        cell.fill = PatternFill()
    elif there.fill != KEPT_FILL:
        cell.fill = PatternFill("solid", start_color=f"FF{there.fill}")
    cell.comment = None
    if there.own:
        _comment(cell, there.own)


def _comment(cell: Any, text: str) -> None:
    cell.comment = Comment(text, _AUTHOR, height=_NOTE_SIZE[1], width=_NOTE_SIZE[0])


def _fill_of(cell: Any) -> str:
    """How a mark remembers the fill: a plain colour, none, or one that is left alone (patterns, theme colours)."""
    fill = cell.fill
    if fill.fill_type is None:
        return NO_FILL
    plain = fill.fill_type == "solid" and fill.start_color.type == "rgb"
    return fill.start_color.rgb[-6:].upper() if plain else KEPT_FILL


def _comments(sheet: Worksheet) -> list[tuple[str, MarkedComment]]:
    return [(cell.coordinate, split_comment(cell.comment.text)) for row in sheet for cell in row if cell.comment]

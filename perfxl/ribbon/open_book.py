"""The open workbook as ribbon commands see it: a port, with an adapter for Excel and one for files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

from perfxl.tables.own import OWN_PREFIX


class Place(NamedTuple):
    """A cell: sheet title and address such as "E7"."""

    sheet: str
    cell: str


class Selection(NamedTuple):
    """The selected cell, and what stands in its row: its own text first."""

    place: Place
    words: tuple[str, ...]


class Mark(NamedTuple):
    """A fill (RRGGBB) and a comment for a cell that needs a look."""

    place: Place
    colour: str
    text: str


class Column(NamedTuple):
    """A column of a page; `number` is the number format, blank for text."""

    header: str
    width: float = 12
    number: str = ""


class Link(NamedTuple):
    """The text of a cell that leads to another one."""

    text: str
    to: Place


class Page(NamedTuple):
    """A sheet of results; `colours` are fills (RRGGBB) of the first column by row of `rows`."""

    title: str
    about: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[str | float | Link | None]]
    colours: Sequence[str] = ()

    @property
    def sheet(self) -> str:
        """The title of the sheet: readers and people know by its beginning that perfxl made it."""
        return OWN_PREFIX + self.title


HEADER_ROW = 4
"""Where a page's header stands, below title and guide; the rows follow."""


class OpenBook(Protocol):
    """What commands may do with a workbook. Input is never changed but for marks, which can be taken off again."""

    @property
    def name(self) -> str:
        """The file's name with its ending."""

    def folder(self) -> Path:
        """Where files made from it go; need not exist yet."""

    def is_program(self) -> bool:
        """False where no workbook is open at all."""

    def save_copy(self, folder: Path) -> Path:
        """Writes it as it stands now into a folder."""

    def selected(self) -> Selection: ...

    def put(self, page: Page) -> None:
        """Writes a page to its own sheet, in place of what an earlier run put there."""

    def mark(self, marks: Sequence[Mark]) -> list[Mark]:
        """Marks cells. Returns those that could not be: on protected sheets, or in use by a discussion."""

    def marked(self) -> list[tuple[Place, str]]:
        """The marked cells and their comments, sheet by sheet and row by row."""

    def clear_marks(self) -> int:
        """Takes all marks off and gives the cells their fill and comment back. Returns how many there were."""

    def go_to(self, place: Place) -> None: ...

    def status(self, text: str) -> None:
        """Shows a text in the status bar; a blank one gives it back."""

    def show(self, path: Path) -> None:
        """Opens a file or a folder."""

    def ask_folder(self, title: str) -> Path | None:
        """Lets the user choose a folder; None where they did not."""

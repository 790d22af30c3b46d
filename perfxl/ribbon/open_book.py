"""The open workbook as the ribbon's buttons see it: a port, with an adapter for Excel and one for files; the pages and
marks that it takes, and how a mark remembers what was there before."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

from perfxl.core.problem_table import SEVERITY_COLOURS, comment_text, worst_first
from perfxl.core.problems import Problem
from perfxl.tables.grid import OWN_PREFIX


class CellRef(NamedTuple):
    """A cell: sheet title and address such as "E7"."""

    sheet: str
    cell: str


class Selection(NamedTuple):
    """The selected cell, and what stands in its row: its own text first. Of several selected rows, what stands in each
    that a filter lets through."""

    place: CellRef
    words: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...] = ()


class Mark(NamedTuple):
    """A fill (RRGGBB) and a comment for a cell that needs a look."""

    place: CellRef
    colour: str
    text: str


class PageColumn(NamedTuple):
    """A column of a page; `number` is the number format, blank for text."""

    header: str
    width: float = 12
    number: str = ""


class Link(NamedTuple):
    """The text of a cell that leads to another one."""

    text: str
    to: CellRef


def quoted(place: CellRef) -> str:
    """A cell as links and formulas name it."""
    title = place.sheet.replace("'", "''")
    return f"'{title}'!{place.cell}"


class FileLink(NamedTuple):
    """The text of a cell that leads to a file, or to a cell in a workbook."""

    text: str
    path: Path
    to: CellRef | None = None


Value = str | float | Link | FileLink | None
"""What a cell of a page may hold."""


Content = str | float | None
"""What stands in a cell, as it was typed."""


class CellContent(NamedTuple):
    """What stands in a cell, and whether it is a formula's, shown as a percentage, or locked by the sheet."""

    value: Content
    is_formula: bool = False
    is_percent: bool = False
    is_locked: bool = False


class Page(NamedTuple):
    """A sheet of results; `colours` are fills (RRGGBB) of the first column by row of `rows`. One `for_printing` fits
    the width of the paper, with its header on each page."""

    title: str
    about: str
    columns: Sequence[PageColumn]
    rows: Sequence[Sequence[Value]]
    colours: Sequence[str] = ()
    for_printing: bool = False

    @property
    def sheet(self) -> str:
        """The title of the sheet: readers and people know by its beginning that perfxl made it."""
        return OWN_PREFIX + self.title


HEADER_ROW = 4
"""Where a page's header stands, below title and guide; the rows follow."""

MOST_MARKS = 1_000  # Excel takes some milliseconds for each; the list names every problem anyway

NO_FILL, KEPT_FILL = "-", "="  # there was none; it was of a kind that cannot be given back, and left alone

_OURS = re.compile(r"(?:^|\n\n)\[perfxl (-|=|[0-9A-F]{6})\]\n(.*)", re.DOTALL)


class OpenBook(Protocol):
    """What commands may do with a workbook. Input is never changed but for marks, which can be taken off again, and
    for weights that the user takes over, which can be given back."""

    @property
    def name(self) -> str:
        """The file's name with its ending."""

    def folder(self) -> Path:
        """Where files made from it go; need not exist yet."""

    def open_names(self) -> frozenset[str]:
        """The names of all workbooks that are open, in small letters: no second one of a name can be."""

    def is_program(self) -> bool:
        """False where no workbook is open at all."""

    def save_copy(self, folder: Path) -> Path:
        """Writes it as it stands now into a folder."""

    def program_of(self, source: str) -> OpenBook | None:
        """The program called `source` that this workbook, a result, was made from, brought to the front and opened
        where need be; None where it is not to be found."""

    def selected(self) -> Selection: ...

    def is_open(self) -> bool:
        """Whether it still is."""

    def takes_sheets(self) -> bool:
        """Whether sheets can be added: not where the structure of the workbook is protected."""

    def put(self, page: Page) -> None:
        """Writes a page to its own sheet, in place of what an earlier run put there."""

    def page_rows(self, sheet: str, width: int) -> list[list[Content]]:
        """What stands in the rows of a page that was put there; nothing where there is no such sheet."""

    def remove(self, sheet: str) -> None:
        """Takes the sheet of a page out again, where it is there."""

    def read_cell(self, place: CellRef) -> CellContent: ...

    def write_cell(self, place: CellRef, value: Content) -> None:
        """Types a value into a cell; a text stays one, whatever it looks like."""

    def mark(self, marks: Sequence[Mark]) -> list[Mark]:
        """Marks cells. Returns: those that could not be: on protected sheets, or in use by a discussion."""

    def marked(self) -> list[tuple[CellRef, str]]:
        """The marked cells and their comments, sheet by sheet and row by row."""

    def clear_marks(self) -> int:
        """Takes all marks off and gives the cells their fill and comment back. Returns: how many there were."""

    def go_to(self, place: CellRef) -> None: ...

    def status(self, text: str) -> None:
        """Shows a text in the status bar; a blank one gives it back."""

    def show(self, path: Path) -> bool:
        """Opens a file or a folder. Returns: False where a workbook of that name from elsewhere is open."""

    def ask_folder(self, title: str) -> Path | None:
        """Lets the user choose a folder; None where they did not."""

    def ask_text(self, question: str, proposed: str) -> str | None:
        """Lets the user type an answer, or take the one proposed; None where they cancelled."""

    def ask_files(self, title: str) -> list[Path]:
        """Lets the user choose table files; none where they did not."""


def results_folder(beside: Path, stem: str) -> Path:
    """Where files made from a workbook go: a folder beside it; of one that lies in such a folder, that folder."""
    return beside if beside.name.endswith(_RESULTS) else beside / f"{stem}{_RESULTS}"


def program_places(beside: Path, source: str) -> list[Path]:
    """Where the program of a result in the folder `beside` may lie: there, or beside its own folder of results."""
    own = beside.name == f"{Path(source).stem}{_RESULTS}"
    return [*([beside.parent / source] if own else []), beside / source]


_RESULTS = "-perfxl"


def make_marks(problems: Sequence[Problem], lang: str) -> list[Mark]:
    """A mark for each cell that has problems, the worst first, at most MOST_MARKS."""
    at: dict[CellRef, list[Problem]] = {}
    for problem in worst_first(problems):
        if problem.address.sheet and problem.address.cell:
            at.setdefault(CellRef(problem.address.sheet, problem.address.cell), []).append(problem)
    return [
        Mark(place, SEVERITY_COLOURS[of_cell[0].severity], comment_text(of_cell, lang))
        for place, of_cell in list(at.items())[:MOST_MARKS]
    ]


class MarkedComment(NamedTuple):
    """A cell's comment taken apart: the user's own text, the fill before the mark, the mark's text. Without a mark the
    fill is None."""

    own: str
    fill: str | None = None
    text: str = ""


def join_comment(own: str, fill: str, text: str) -> str:
    """A comment that holds the user's own text, and ours with the fill that the cell had. Kept in the comment, it goes
    where the cell goes when rows are inserted or sorted."""
    head = f"{own}\n\n" if own else ""
    return f"{head}[perfxl {fill}]\n{text}"


def split_comment(comment: str) -> MarkedComment:
    """The user's own text and ours apart."""
    match = _OURS.search(comment)
    return MarkedComment(comment[: match.start()], match[1], match[2]) if match else MarkedComment(comment)

"""What one row of a contract sheet says beside its plain columns."""

from __future__ import annotations

from typing import Any, NamedTuple

from perfxl.tables.marked import MarkCell
from perfxl.tables.notation.lines import LineRule
from perfxl.tables.notation.powers import in_multiple
from perfxl.tables.notation.targets import Target, read_target


class Option(NamedTuple):
    """One option of a rubric: its label, what it is worth, its sheet row, whether it was chosen; the sentence that says
    what earns it."""

    label: str
    points: float
    row: int
    chosen: bool
    sentence: str = ""


class Report(NamedTuple):
    """One cell of a period: the period as the header says it, target or actual, the cell and its place."""

    period: str
    kind: str
    value: Any
    letter: str
    row: int
    multiple: float | None = None

    def read(self) -> Target:
        """The figure in the KPI's unit."""
        return in_multiple(read_target(self.value), self.value, self.multiple)


class ShownTotal(NamedTuple):
    """A total that a table shows: its cell, its value, the decimals shown, and by how much rounding may have it off."""

    cell: str
    value: float
    places: int
    near: float


class ShownTotals(NamedTuple):
    """The totals that a table shows of a person, and how many rows it has of that person."""

    rows: int
    totals: tuple[ShownTotal, ...]


class RowForm(NamedTuple):
    """What else a row of a contract sheet says.

    judged   people say the points, by marks on a scale up to `full`, with `shares` as the KPI library writes them
    rule     what the row's scoring sentence makes of the line; text, the sentence
    sentences  (level, what earns it)
    wholes   what the row shows for all its periods together
    unread   (relation, what stands in the cell) of marks that are none
    open     the sentence was not understood, or gives this actual no points: nothing scores the line
    shown    the totals that the table shows of the person whose row it is
    """

    marks: tuple[MarkCell, ...] = ()
    reports: tuple[Report, ...] = ()
    options: tuple[Option, ...] = ()
    judged: bool = False
    full: float | None = None
    shares: str | None = None
    rule: LineRule | None = None
    text: str | None = None
    open: bool = False
    sentences: tuple[tuple[str, str], ...] = ()
    unread: tuple[tuple[str, str], ...] = ()
    wholes: tuple[float, ...] = ()
    shown: ShownTotals | None = None


NOTHING_ELSE = RowForm()

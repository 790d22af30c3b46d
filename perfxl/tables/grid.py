"""A sheet's cells as they stand in it, before anything is known of their meaning."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from perfxl.core.language import Text

Merge = tuple[int, int, int, int]
"""First row, first column, last row, last column of merged cells; zero-based."""

NOT_STORED = "\ue000perfxl:not-stored"  # stands where a formula has no stored result
UNREADABLE = "\ue000perfxl:unreadable"  # stands where a cell's XML makes no sense

OWN_PREFIX = "PX "

OWN_PAGES = {
    "check": Text("检查", "Check"),
    "cascade": Text("分解", "Cascade"),
    "weights": Text("权重", "Weights"),
    "proposals": Text("权重建议", "Weight proposals"),
    "taken": Text("采用", "Taken"),
    "scores": Text("得分", "Scores"),
    "explained": Text("解释", "Explained"),
    "sent": Text("下发", "Sent"),
    "returned": Text("收集", "Returned"),
    "changes": Text("改动", "Changes"),
    "missing": Text("催报", "Missing"),
}
"""What perfxl puts into a user's workbook to look at: the titles of such sheets, without the prefix."""
_OWN_SHEETS = frozenset(OWN_PREFIX + title for text in OWN_PAGES.values() for title in text)


class Strays(NamedTuple):
    """Cells far right of all others, which are not read: how many, and the first ones by name."""

    total: int = 0
    cells: tuple[str, ...] = ()


def is_own(sheet: str) -> bool:
    """Whether perfxl put the sheet into a user's workbook to look at: such sheets are never read back as tables. A
    sheet of the user's own that only begins alike is read."""
    return sheet in _OWN_SHEETS


class GridSource(Protocol):
    """A sheet that is read at once or in blocks of rows; `top` holds the rows where a header is looked for."""

    @property
    def top(self) -> Grid: ...

    def blocks(self, width: int, whole: bool) -> Iterator[Grid]:
        """The rows, at least `width` cells each; as one block where they must be seen `whole`."""

    def column_blocks(self, at: int) -> Iterator[Grid]:
        """The same with the cells of one column only; none where there is but one block."""


@dataclass
class Grid:
    """One sheet, or the rows of it from row `first` on. Rows and columns count from A1 = 0, 0; a blank cell is "".

    percent      column -> the rows whose cell is shown as a percentage
    merges       merged cells; hidden_rows, the rows that are not shown; both as rows of the sheet
    padded       column -> row -> the number format that shows more than the digits of a number, such as 000000
    totals       the rows that Excel's own tables keep for their totals
    strays       what lies too far right to belong to the rows
    """

    name: str
    rows: list[list[Any]]
    hidden: bool = False
    percent: dict[int, set[int]] = field(default_factory=dict)
    merges: list[Merge] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    first: int = 0
    padded: dict[int, dict[int, str]] = field(default_factory=dict)
    totals: Collection[int] = frozenset()
    strays: Strays = field(default_factory=Strays)

    # A sheet that is in memory whole is its own source.

    @property
    def top(self) -> Grid:
        return self

    def blocks(self, width: int, whole: bool) -> Iterator[Grid]:
        yield self

    def column_blocks(self, at: int) -> Iterator[Grid]:
        return iter(())

    def percent_rows(self, at: int, numbers: Sequence[int]) -> set[int]:
        """The indices of `numbers` (rows of the sheet) whose cell in column `at` is shown as a percentage."""
        shown = self.percent.get(at)
        return {i for i, row in enumerate(numbers) if row in shown} if shown else set()

"""Rows of a program's tables under way, each with the row of the sheet that it came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from perfxl.core.records import Gathered, Records
from perfxl.core.schema import get


@dataclass(frozen=True)
class ToProgram:
    """How contract sheets become rows of a program that is written.

    period     of contracts that give none: "2026"
    contracts  IDs that are taken
    keeps      whether what could not be read is written as it stands, so that it is not taken for blank
    unread     (file, sheet, cell) -> what stands in such a cell
    adds       whether people are added whom the program does not know
    asked      (file, sheet) of those where a period is asked about, which then was not left out
    """

    period: str = ""
    contracts: frozenset[str] = frozenset()
    keeps: bool = False
    unread: Mapping[tuple[str, str, str], Any] = field(default_factory=dict)
    adds: bool = False
    asked: frozenset[tuple[str, str]] = frozenset()


AS_IT_IS = ToProgram()


@dataclass
class TableRows:
    """Rows of one table under way, with the row of the sheet that each came from."""

    table: str
    names: Mapping[str, str]
    rows: list[dict[str, Any]] = field(default_factory=list)
    origins: list[int | tuple[Records, int]] = field(default_factory=list)

    def add(self, origin: int | tuple[Records, int], **values: Any) -> None:
        """A row that came from a row of the sheet, or from one of another table."""
        self.rows.append(values)
        self.origins.append(origin)

    def records(self, sheets: Records) -> Records:
        """Only the columns that some row gives: a table without targets misses none."""
        names = [column.name for column in get(self.table).columns if any(column.name in row for row in self.rows)]
        sources = {name: self.names.get(name, name) for name in names}
        origins = [(sheets, origin) if isinstance(origin, int) else origin for origin in self.origins]
        records = Gathered(
            get(self.table),
            {name: [row.get(name) for row in self.rows] for name in names},
            sheets.file,
            sheets.sheet,
            [origin.rows[i] for origin, i in origins],
            {name: sheets.letters[source] for name, source in sources.items() if source in sheets.letters},
            origins=origins,
            names=dict(self.names),
        )
        for name, source in sources.items():
            percent = sheets.percent.get(source)
            if percent:
                records.percent[name] = {at for at, i in enumerate(self.origins) if i in percent}
        return records

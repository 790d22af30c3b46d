"""The codes of people, units, KPIs, objectives and contracts, and the KPIs' units, while a workbook is read: they are
needed by rows that may stand on an earlier sheet, or in the same one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from perfxl.core.codes import NAMING, Codes, codes_of
from perfxl.core.records import Records, Tables
from perfxl.core.values.multiples import bracketed
from perfxl.tables.grid import Grid, GridSource
from perfxl.tables.headers import Header, Match
from perfxl.tables.sheet_reader import SheetReader


class SheetCodes:
    """Each table's codes, read when they are first asked for. What is read in the meantime is taken note of, so that
    few sheets are gone through twice.

    known  tables that were read before: their codes hold
    """

    def __init__(
        self, file: str, sheets: Sequence[tuple[GridSource, Match | None]], known: Tables | None = None
    ) -> None:
        self._file, self._known = file, known or {}
        self._sheets: Mapping[str, list[tuple[GridSource, Match]]] = {table: [] for table in NAMING}
        for sheet, match in sheets:
            if match and match.header and match.table.name in NAMING:
                self._sheets[match.table.name].append((sheet, match))
        self._columns: dict[tuple[str, str], tuple[list[Any], ...]] = {}  # of a sheet that was read
        self._kept: dict[str, list[Grid]] = {}  # blocks of a sheet that is to be read once more
        self._codes: dict[str, Codes | None] = {}
        self._units: dict[Any, Any] | None = None

    def __call__(self, table: str) -> Codes | None:
        """The codes of a table; None where the workbook does not hold it, or nobody has filled it in."""
        if table not in self._codes:
            self._codes[table] = self._read(table)
        return self._codes[table]

    def units(self) -> Mapping[Any, Any]:
        """The unit of each KPI, or its name, which may say it in brackets; read when first asked for."""
        if self._units is None:
            known = self._known.get("kpis")
            parts = [known] if known is not None else self._read_columns("kpis", ("kpi", "unit", "name"))
            columns = (zip(*map(part.column, ("kpi", "unit", "name")), strict=True) for part in parts)
            self._units = {kpi: unit or bracketed(name) for part in columns for kpi, unit, name in part}
        return self._units

    def blocks(self, sheet: GridSource, header: Header, whole: bool) -> Iterable[Grid]:
        """The rows of a sheet: those that the codes were read from, unless they were too many to be kept."""
        kept = self._kept.pop(sheet.top.name, None)
        return sheet.blocks(_width(header), whole) if kept is None else kept

    def note(self, records: Records) -> None:
        """Takes note of rows that were read, of the sheets in order."""
        table = records.table.name
        if table in NAMING and table not in self._codes:
            self._add((table, records.sheet), records)

    def _read(self, table: str) -> Codes | None:
        if table in self._known:
            return codes_of(self._known, table)
        columns: tuple[list[Any], ...] = tuple([] for _ in NAMING[table])
        for sheet, match in self._sheets.get(table, ()):
            key = table, sheet.top.name
            if key not in self._columns:
                self._read_sheet(key, sheet, match)
            for whole, part in zip(columns, self._columns.pop(key, columns), strict=True):
                whole += part
        if not columns[0]:
            return None
        return Codes(columns[0], columns[1:], self("people") if table == "contracts" else None)

    def _read_sheet(self, key: tuple[str, str], sheet: GridSource, match: Match) -> None:
        """Reads nothing but the codes and the names, as the rows are read."""
        for records in self._read_rows(sheet, match, NAMING[key[0]]):
            self._add(key, records)

    def _read_columns(self, table: str, names: Sequence[str]) -> Iterator[Records]:
        for sheet, match in self._sheets.get(table, ()):
            yield from self._read_rows(sheet, match, names)

    def _read_rows(self, sheet: GridSource, match: Match, names: Sequence[str]) -> Iterator[Records]:
        """The rows of a sheet with nothing but some columns."""
        assert match.header is not None
        columns = {at: name for at, name in match.header.columns.items() if name in names}
        header = replace(match.header, columns=columns, texts={at: match.header.texts[at] for at in columns})
        if not columns:
            return
        reader = SheetReader(self._file, sheet.top, match, header, frozenset())
        kept: list[Grid] | None = []
        for block in sheet.blocks(_width(match.header), False):
            fits = kept is not None and len(kept) < _MOST_KEPT and not block.merges  # the reader fills merged cells
            kept = [*(kept or ()), block] if fits else None
            yield reader.read(block)
        if kept is not None:
            self._kept[sheet.top.name] = kept

    def _add(self, key: tuple[str, str], records: Records) -> None:
        parts = self._columns.setdefault(key, tuple([] for _ in NAMING[key[0]]))
        for whole, name in zip(parts, NAMING[key[0]], strict=True):
            whole += records.column(name)


_MOST_KEPT = 4  # blocks of 4 MB


def _width(header: Header) -> int:
    return max(header.texts) + 1

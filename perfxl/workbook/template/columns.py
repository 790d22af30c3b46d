"""Records that fill a template, as mappings or by their columns: of many rows with the same fields, columns take a
fraction of the time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from perfxl.workbook.template.values import CellValue

__all__ = ["HEIGHT", "Columns", "Record", "Records", "column_of"]

Record = Mapping[str, CellValue]
"""Values by field."""
HEIGHT = "row height"
"""In a record: how high its row is to be, in points, where that differs from the template's. It grows with what is
typed: it is not said to be a user's own. A row without height is hidden."""


class Columns:
    """Records by their columns: those of `records`, and what is `put` in their place or beside them. (No Sequence of
    the standard library, of which it takes long to ask whether something is one.)"""

    def __init__(self, records: Sequence[Record]) -> None:
        self._records = records
        self._columns: dict[str, Sequence[CellValue]] = {}
        self._put: list[str] = []

    def column(self, name: str) -> Sequence[CellValue]:
        """The values of a field, blank where it is not there."""
        found = self._columns.get(name)
        if found is None:
            found = self._columns[name] = [record.get(name) for record in self._records]
        return found

    def put(self, name: str, values: Sequence[CellValue]) -> None:
        """Gives a field these values."""
        self._put.append(name)
        self._columns[name] = values

    def __len__(self) -> int:
        return len(self._records)

    def __iter__(self) -> Iterator[Record]:
        """Each record with what was put."""
        for at, record in enumerate(self._records):
            yield {**record, **{name: self._columns[name][at] for name in self._put}}

    def part(self, start: int, stop: int) -> Columns:
        """Some of the records."""
        part = Columns(self._records[start:stop])
        part._columns = {name: values[start:stop] for name, values in self._columns.items()}
        part._put = self._put
        return part


Records = Sequence[Record] | Columns


def column_of(records: Records, name: str) -> Sequence[CellValue]:
    """The values of a field, blank where it is not there."""
    if isinstance(records, Columns):
        return records.column(name)
    return [record.get(name) for record in records]

"""What people, units and KPIs are called, in full: for tables that show the ID in a column of its own."""

from __future__ import annotations

from typing import NamedTuple

from perfxl.core.findings import columns_of, rows_of
from perfxl.core.lookups import Labels
from perfxl.core.records import Book


class Names(NamedTuple):
    """ID -> name, in the order of the sheets; an ID without a name stands for itself, a blank for nothing."""

    people: Labels = Labels()
    units: Labels = Labels()
    kpis: Labels = Labels()

    @classmethod
    def of(cls, book: Book) -> Names:
        return cls(_names(book, "people"), _names(book, "units"), _names(book, "kpis"))


def _names(book: Book, table: str) -> Labels:
    records = rows_of(book, table)
    if records is None:
        return Labels()
    key = records.table.key[0]
    return Labels((each, str(name or each)) for _, each, name in columns_of(records, key, "name") if each is not None)

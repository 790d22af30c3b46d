"""The tables of a program, indexed once for the thousands of papers made from them."""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from functools import cache
from typing import Any

from perfxl.core.language import Text
from perfxl.core.policy import Policy
from perfxl.core.problems import Address, problem
from perfxl.core.records import Records, Tables, empty
from perfxl.documents.template.errors import DocumentError

Row = dict[str, Any]


class ContextError(DocumentError):
    """A paper that cannot be made from what the tables hold."""


class Index:
    """Rows by key, and by the values of a column. A row is made when asked for."""

    def __init__(self, book: Tables, policy: Policy) -> None:
        self.policy = policy
        self._tables = {name: records for name, records in book.items() if len(records)}
        self._groups: dict[tuple[str, str], dict[str, list[int]]] = {}
        self._columns: dict[str, list[tuple[str, list[Any]]]] = {}

    def over(self, book: Tables) -> Index:
        """The same with the tables of `book` in place of its own, which may have no rows and are there nevertheless."""
        index = copy(self)
        index._tables = {**self._tables, **book}
        index._groups = {at: groups for at, groups in self._groups.items() if at[0] not in book}
        index._columns = {table: columns for table, columns in self._columns.items() if table not in book}
        return index

    def keys(self, table: str) -> list[str]:
        """The keys of a table, in sheet order."""
        return self.values(table, empty(table).table.key[0])

    def values(self, table: str, column: str) -> list[str]:
        """The different values of a column, as they first appear."""
        return list(dict.fromkeys(value for value in self._records(table).column(column) if value is not None))

    def position(self, table: str, key: str) -> int:
        """Where the row with that key stands. Raises KeyError for a key that does not exist."""
        return self._grouped(table)[key][0]

    def at(self, table: str, position: int) -> Row:
        columns = self._columns.get(table)
        if columns is None:
            records = self._records(table)
            blank = [None] * len(records)
            columns = [(column.name, records.columns.get(column.name, blank)) for column in records.table.columns]
            self._columns[table] = columns
        return {name: values[position] for name, values in columns}

    def address(self, table: str, position: int, column: str = "") -> Address:
        return self._records(table).address(position, column)

    def rows(self, table: str, column: str, value: str) -> Iterator[tuple[int, Row]]:
        """(position, row) of every row whose `column` is `value`, in sheet order."""
        return ((at, self.at(table, at)) for at in self._grouped(table, column).get(value, ()))

    def refer(self, record: str, source: str, position: int, column: str, key: str) -> Row:
        """The row that `column` of the row at `position` in `source` points to, for the paper `record`.

        Where the workbook does not hold the other table at all, what was typed is the name. A key that is missing
        from a table that is there raises ContextError."""
        target, named = _leads_to(source, column)
        if target not in self._tables:
            return {**dict.fromkeys(c.name for c in empty(target).table.columns), named: key, "name": key}
        found = self._grouped(target).get(key)
        if found:
            return self.at(target, found[0])
        title = empty(target).table
        raise ContextError(
            [
                problem(
                    "paper_reference_unknown",
                    self.address(source, position, column),
                    table=source,
                    column=column,
                    value=key,
                    record=record,
                    target=Text(title.zh, title.en),
                )
            ]
        )

    def pairs(self, table: str, key: str, value: str) -> dict[str, str]:
        """One column by another, of the rows that have both."""
        records = self._records(table)
        held = zip(records.column(key), records.column(value), strict=True)
        return {name: text for name, text in held if name and text}

    def root_unit(self) -> str:
        """The company's name: that of the unit without a parent."""
        units = self._records("units")
        names = (name for name, parent in zip(units.column("name"), units.column("parent"), strict=True) if not parent)
        return next(names, None) or ""

    def _records(self, table: str) -> Records:
        return self._tables.get(table) or empty(table)

    def _grouped(self, table: str, column: str = "") -> dict[str, list[int]]:
        """value -> positions, of a column (blank: the table's key)."""
        if (table, column) not in self._groups:
            records = self._records(table)
            groups: dict[str, list[int]] = {}
            for at, value in enumerate(records.column(column or records.table.key[0])):
                if value is not None:
                    groups.setdefault(value, []).append(at)
            self._groups[table, column] = groups
        return self._groups[table, column]


@cache
def _leads_to(table: str, column: str) -> tuple[str, str]:
    """The table and column that a column's values are keys of."""
    target, _, named = empty(table).table.column(column).ref.partition(".")
    return target, named

"""The rows of the sample as they are made: columns by table, so that 300,000 people fit into memory."""

from __future__ import annotations

from typing import Any

from perfxl.core.records import Records, from_columns
from perfxl.core.schema import template_tables


class TableBuilder:
    """Takes rows in; `records` hands the tables over."""

    def __init__(self) -> None:
        self._tables = {table.name: table for table in template_tables()}
        self._columns: dict[str, dict[str, list[Any]]] = {
            name: {column.name: [] for column in table.columns} for name, table in self._tables.items()
        }

    def add(self, table: str, /, **row: Any) -> None:
        """Appends a row.

        Raises: KeyError for a column that the schema does not declare.
        """
        columns = self._declared(table, row)
        value = row.get
        for name, column in columns.items():
            column.append(value(name))

    def add_rows(self, table: str, count: int, /, **columns: Any) -> None:
        """Appends so many rows at once: lists hold a value for each, anything else is the same in all."""
        for name, column in self._declared(table, columns).items():
            value = columns.get(name)
            column.extend(value if isinstance(value, list) else [value] * count)

    def _declared(self, table: str, names: dict[str, Any]) -> dict[str, list[Any]]:
        columns = self._columns[table]
        if not names.keys() <= columns.keys():
            raise KeyError(f"{table}: {', '.join(names.keys() - columns.keys())}")
        return columns

    def records(self, lang: str) -> dict[str, Records]:
        return {
            name: from_columns(name, self._columns[name], sheet=table.title(lang))
            for name, table in self._tables.items()
        }

"""The one schema: every table, column, header, alias, type and allowed value, declared once.

The declarations stand in the modules of this folder, by stage of the cycle; here they are found by name. Templates,
dropdowns, the reader's checks, the labels in messages and the documentation come from them.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from perfxl.core.schema import agreements, contract, design, follow_up, posts, results, setup, sources
from perfxl.core.schema.declare import Choice, Column, Table, Type

__all__ = ["Choice", "Column", "Table", "Type", "all_tables", "column_label", "get", "table_label", "template_tables"]


@cache
def all_tables() -> dict[str, Table]:
    """Every declared table by canonical name, in the order of the workbook's sheets."""
    parts = (setup, sources, design, posts, contract, agreements, results, follow_up)
    declared = [table for part in parts for table in part.TABLES]
    return {table.name: table for table in declared}


def get(name: str) -> Table:
    """A declared table. Raises: KeyError for a name that is not declared."""
    return all_tables()[name]


def template_tables() -> Iterator[Table]:
    """The tables that a new program workbook holds, in sheet order."""
    return (table for table in all_tables().values() if table.template)


def table_label(table: str, lang: str) -> str:
    """The sheet's name that a user sees; the name itself where it is not in the schema."""
    declared = all_tables().get(table)
    return declared.title(lang) if declared else table


def column_label(table: str, column: str, lang: str) -> str:
    """The header a user sees for a canonical column name; the name itself where it is not in the schema."""
    declared = all_tables().get(table)
    if declared and column in declared:
        return declared.column(column).header(lang)
    return column

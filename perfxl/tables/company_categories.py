"""The company's own KPI categories, read ahead of the other sheets: their names stand on all of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from perfxl.core.schema.categories import USUAL, Categories, list_categories
from perfxl.core.values.numbers import parse_number
from perfxl.core.values.text import parse_bool, parse_text
from perfxl.tables.grid import Grid
from perfxl.tables.headers import Header


def find_categories(sheets: Iterable[tuple[Grid, Header]]) -> Categories:
    """From the sheet of categories; the usual ones where there is none or it is empty."""
    rows = []
    for sheet, header in sheets:
        if header.table.name == "categories":
            at = {column: place for place, column in header.columns.items()}
            for row in sheet.rows[header.row + header.height :]:
                rows.append((_read(row, at, "category"), _read(row, at, "english"), _place(row, at), _money(row, at)))
    return list_categories(rows) if rows else USUAL


def _read(row: list[Any], at: dict[str, int], column: str) -> Any:
    return parse_text(row[at[column]]).value if column in at else None


def _place(row: list[Any], at: dict[str, int]) -> Any:
    return parse_number(row[at["place"]]).value if "place" in at else None


def _money(row: list[Any], at: dict[str, int]) -> Any:
    return parse_bool(row[at["financial"]]).value if "financial" in at else None
